#!/usr/bin/env python3
"""Writes the notifications of this folder and `verdicts.tsv`, what must become of each.

The signatures are made here with Python's hashlib, so that the gateway is not its own judge.
Run it after a change of this file: `python3 generate.py`.
"""

import gzip
import hashlib
import hmac
import pathlib

HERE = pathlib.Path(__file__).parent
KEY = "192006250b4c09247ec02edce69f6a2d"

# A notification of the order that the test expects, as (name, value) in WeChat's order.
BASE = [
    ("appid", "wx2421b1c4370ec43b"),
    ("attach", "支付测试"),
    ("bank_type", "CFT"),
    ("fee_type", "CNY"),
    ("is_subscribe", "Y"),
    ("mch_id", "10000100"),
    ("nonce_str", "5d2b6c2a8db53831f7eda20af46e531c"),
    ("openid", "oUpF8uMEb4qRXf22hE3X68TekukE"),
    ("out_trade_no", "1409811653"),
    ("result_code", "SUCCESS"),
    ("return_code", "SUCCESS"),
    ("time_end", "20140903131540"),
    ("total_fee", "1990"),
    ("trade_type", "JSAPI"),
    ("transaction_id", "1004400740201409030005092168"),
]

verdicts = []


def canonical(pairs, keep_empty=False):
    pairs = sorted(p for p in pairs if p[0] != "sign" and (keep_empty or p[1] != ""))
    return "&".join(f"{name}={value}" for name, value in pairs)


def signature(pairs, kind="MD5", key=KEY, text=None):
    text = (canonical(pairs) if text is None else text) + "&key=" + key
    if kind == "MD5":
        return hashlib.md5(text.encode()).hexdigest().upper()
    return hmac.new(key.encode(), text.encode(), hashlib.sha256).hexdigest().upper()


def change(pairs=BASE, drop=(), **values):
    kept = [(n, values.pop(n, v)) for n, v in pairs if n not in drop]
    return kept + list(values.items())


def signed(pairs, kind="MD5", key=KEY):
    return pairs + [("sign", signature(pairs, kind, key))]


def element(name, value):
    return f"<{name}>{value}</{name}>" if value.isdigit() else f"<{name}><![CDATA[{value}]]></{name}>"


def xml(pairs, before="", after=""):
    return before + "<xml>" + "".join(element(n, v) for n, v in pairs) + "</xml>" + after


def case(name, merchant, verdict, body):
    (HERE / f"{name}.xml").write_bytes(body if isinstance(body, bytes) else body.encode())
    verdicts.append(f"{name}\t{merchant}\t{verdict}")


def unreadable(name, why, body):
    case(name, "MD5", f"Unreadable({why})", body)


def unverified(name, why, body, merchant="MD5"):
    case(name, merchant, f"Unverified({why})", body)


GOOD = xml(signed(BASE))


def into(inside, where="<total_fee>"):
    """The good message with something put in front of a tag."""
    return GOOD.replace(where, inside + where, 1)


def accepted():
    def ok(name, merchant, body):
        case("ok-" + name, merchant, "Accepted", body)

    ok("md5", "MD5", GOOD)
    ok("md5-with-sign-type", "MD5", xml(signed(change(sign_type="MD5"))))
    ok("hmac", "HMAC-SHA256", xml(signed(change(sign_type="HMAC-SHA256"), "HMAC-SHA256")))
    ok("hmac-without-sign-type", "HMAC-SHA256", xml(signed(BASE, "HMAC-SHA256")))
    ok("without-fee-type", "MD5", xml(signed(change(drop=("fee_type",)))))
    ok("without-optional-fields", "MD5", xml(signed(
        change(drop=("attach", "bank_type", "fee_type", "is_subscribe", "time_end", "trade_type")))))
    ok("unknown-fields", "MD5", xml(signed(change(brand_new="1", Another_New="x", z9="中"))))
    ok("service-provider-fields", "MD5", xml(signed(
        change(sub_appid="wx1", sub_mch_id="2", sub_openid="o1", sub_is_subscribe="N"))))
    ok("coupons", "MD5", xml(signed(change(
        cash_fee="1490", coupon_fee="500", coupon_count="2", coupon_type_0="CASH", coupon_id_0="10000",
        coupon_fee_0="300", coupon_type_1="NO_CASH", coupon_id_1="10001", coupon_fee_1="200"))))
    ok("twelve-coupons", "MD5", xml(signed(change(
        coupon_count="12", **{f"coupon_fee_{n}": "1" for n in range(12)}))))
    ok("coupons-without-types", "MD5", xml(signed(change(coupon_count="1", coupon_id_0="10000"))))
    ok("coupon-fee-zero", "MD5", xml(signed(change(coupon_fee="0", coupon_count="0"))))
    ok("empty-elements", "MD5", xml(signed(BASE)).replace(
        "</xml>", "<device_info/><err_code></err_code><err_code_des><![CDATA[]]></err_code_des></xml>"))
    ok("blank-value", "MD5", xml(signed(change(attach=" "))))
    ok("other-order", "MD5", xml(list(reversed(signed(BASE)))))
    ok("bare-values", "MD5", "<xml>" + "".join(f"<{n}>{v}</{n}>" for n, v in signed(BASE)) + "</xml>")
    ok("pretty-printed", "MD5", "\n<xml>\n" + "".join(
        f"  {element(n, v)}\r\n" for n, v in signed(BASE)) + "</xml>\n")
    ok("declaration", "MD5", '<?xml version="1.0" encoding="UTF-8"?>\n' + GOOD)
    special = signed(change(attach="a<b>&\"c'&amp;=1&sign=2"))
    ok("markup-in-cdata", "MD5", xml(special))
    ok("markup-escaped", "MD5", xml(signed(BASE)[:0] + [p for p in special if p[0] != "attach"]).replace(
        "</xml>", "<attach>a&lt;b&gt;&amp;&quot;c&apos;&amp;amp;=1&amp;sign=2</attach></xml>"))
    cut = signed(change(attach="x]]>y"))
    ok("cdata-end-in-value", "MD5", xml(cut).replace("x]]>y", "x]]]]><![CDATA[>y"))
    ok("numeric-references", "MD5", GOOD.replace("<![CDATA[支付测试]]>", "&#25903;&#x4ed8;测&#35797;"))
    ok("spaces-in-tags", "MD5", GOOD.replace("<xml>", "<xml >").replace("</openid>", "</openid\n>"))
    ok("json-attach", "MD5", xml(signed(change(attach='{"shop":"深圳","n":[1,2]}'))))
    ok("emoji", "MD5", xml(signed(change(attach="🎁会员"))))
    ok("sixty-kilobytes", "MD5", xml(signed(change(attach="x" * 60000))))


def not_our_xml():
    probe = '<!DOCTYPE foo [<!ENTITY xxe SYSTEM "http://tst.qq.com/xxe_inject/1">]>'
    unreadable("doctype-probe-of-wechat", "DocumentType", probe + into("<a>&xxe;</a>"))
    unreadable("doctype-file", "DocumentType",
               '<!DOCTYPE xml [<!ENTITY f SYSTEM "file:///etc/passwd">]>' + GOOD)
    unreadable("doctype-internal-entity", "DocumentType", '<!DOCTYPE xml [<!ENTITY a "1990">]>' + GOOD)
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    unreadable("doctype-billion-laughs", "DocumentType",
               f'<!DOCTYPE xml [<!ENTITY l0 "lol">{laughs}]>' + into("<a>&l9;</a>"))
    unreadable("doctype-parameter-entity", "DocumentType",
               '<!DOCTYPE xml [<!ENTITY % p SYSTEM "http://127.0.0.1/x.dtd"> %p;]>' + GOOD)
    unreadable("doctype-public", "DocumentType", '<!DOCTYPE xml PUBLIC "a" "http://127.0.0.1/b">' + GOOD)
    unreadable("doctype-lower-case", "DocumentType", "<!doctype xml>" + GOOD)
    unreadable("doctype-after-declaration", "DocumentType",
               '<?xml version="1.0"?>\n<!DOCTYPE xml>\n' + GOOD)
    unreadable("doctype-inside", "DocumentType", into("<!DOCTYPE xml>"))
    unreadable("doctype-at-the-end", "DocumentType", GOOD + "<!DOCTYPE xml>")
    unreadable("entity-unknown", "UnknownEntity", into("<a>&nbsp;</a>"))
    unreadable("entity-upper-case", "UnknownEntity", into("<a>&AMP;</a>"))
    unreadable("entity-undeclared", "UnknownEntity", into("<a>&xxe;</a>"))
    unreadable("entity-surrogate", "UnknownEntity", into("<a>&#xD800;</a>"))
    unreadable("entity-beyond-unicode", "UnknownEntity", into("<a>&#x110000;</a>"))
    unreadable("entity-number-with-sign", "UnknownEntity", into("<a>&#+65;</a>"))
    unreadable("entity-endless-number", "UnknownEntity", into(f"<a>&#{'0' * 5000}65;</a>"))
    unreadable("entity-nul", "ForbiddenCharacter", into("<a>&#0;</a>"))
    unreadable("entity-control", "ForbiddenCharacter", into("<a>&#8;</a>"))
    unreadable("entity-unclosed", "NotWellFormed", into("<a>&amp</a>"))
    unreadable("ampersand-bare", "NotWellFormed", into("<a>1 & 2</a>"))
    unreadable("instruction-stylesheet", "ProcessingInstruction",
               '<?xml-stylesheet href="http://127.0.0.1/x.xsl"?>' + GOOD)
    unreadable("instruction-inside", "ProcessingInstruction", into("<?php echo 1 ?>"))
    unreadable("instruction-in-value", "ProcessingInstruction",
               GOOD.replace("<total_fee>1990", "<total_fee>1<?x ?>990"))
    unreadable("declaration-gbk", "ProcessingInstruction", '<?xml version="1.0" encoding="GBK"?>' + GOOD)
    unreadable("declaration-1.1", "ProcessingInstruction", '<?xml version="1.1"?>' + GOOD)
    unreadable("declaration-late", "ProcessingInstruction", '\n<?xml version="1.0"?>' + GOOD)
    unreadable("declaration-twice", "ProcessingInstruction", '<?xml version="1.0"?>' * 2 + GOOD)
    unreadable("comment-before", "Comment", "<!-- -->" + GOOD)
    unreadable("comment-between", "Comment", into("<!-- -->"))
    unreadable("comment-in-amount", "Comment", GOOD.replace("<total_fee>1990", "<total_fee>1<!-- -->990"))
    unreadable("comment-after", "Comment", GOOD + "<!-- -->")
    unreadable("nested-element", "Nested", GOOD.replace(">1990<", "><b>1990</b><"))
    unreadable("nested-message", "Nested", into(f"<a>{GOOD}</a>"))
    unreadable("nested-deep", "Nested", "<xml>" + "<a>" * 5000 + "</a>" * 5000 + "</xml>")
    unreadable("nested-unclosed-deep", "Nested", "<xml>" + "<a>" * 20000)
    for name, extra in [
        ("amount-again", "<total_fee>1990</total_fee>"),
        ("amount-first", "<total_fee>1</total_fee>"),
        ("order-number", "<out_trade_no>1409811654</out_trade_no>"),
        ("sign", "<sign>C380BEC2BFD727A4B6845133519F3AD6</sign>"),
        ("empty-amount", "<total_fee/>"),
    ]:
        unreadable(f"duplicate-{name}", "Duplicate", into(extra))
    # An early sample of the official documentation has coupon_fee twice.
    unreadable("duplicate-coupon-fee", "Duplicate", into("<coupon_fee>1</coupon_fee><coupon_fee>2</coupon_fee>"))
    unreadable("attribute-on-root", "Attribute", GOOD.replace("<xml>", '<xml version="2">'))
    unreadable("attribute-on-amount", "Attribute", GOOD.replace("<total_fee>", '<total_fee unit="yuan">'))
    unreadable("attribute-xinclude", "Attribute", GOOD.replace(
        "<xml>", '<xml xmlns:xi="http://www.w3.org/2001/XInclude">'))
    unreadable("prefix", "BadName", into("<a:b>1</a:b>"))
    unreadable("name-chinese", "BadName", into("<金额>1</金额>"))
    unreadable("name-starts-with-digit", "BadName", into("<1a>1</1a>"))
    unreadable("name-endless", "BadName", into(f"<{'n' * 5000}/>"))
    unreadable("name-with-equals", "BadName", into("<a=b>1</a=b>"))
    unreadable("root-other", "WrongRoot", GOOD.replace("xml>", "root>"))
    unreadable("root-upper-case", "WrongRoot", GOOD.replace("xml>", "XML>"))
    unreadable("root-soap", "WrongRoot", f"<Envelope><Body>{GOOD}</Body></Envelope>")
    unreadable("html", "WrongRoot", "<html><body>502 Bad Gateway</body></html>")
    unreadable("two-messages", "StrayText", GOOD + GOOD)
    unreadable("trailing-text", "StrayText", GOOD + "x")
    unreadable("trailing-element", "StrayText", GOOD + "<a/>")
    unreadable("leading-text", "StrayText", "x" + GOOD)
    unreadable("text-between", "StrayText", into("x"))
    unreadable("cdata-between", "StrayText", into("<![CDATA[x]]>"))
    unreadable("reference-between", "StrayText", into("&#32;"))
    unreadable("json", "StrayText", '{"return_code":"SUCCESS","total_fee":1990}')
    unreadable("form", "StrayText", "&".join(f"{n}={v}" for n, v in signed(BASE)))
    unreadable("empty", "NotWellFormed", b"")
    unreadable("blanks", "NotWellFormed", " \r\n\t ")
    unreadable("truncated-half", "NotWellFormed", GOOD[: len(GOOD) // 2])
    unreadable("truncated-end-tag", "NotWellFormed", GOOD[:-1])
    unreadable("truncated-cdata", "NotWellFormed", "<xml><a><![CDATA[x")
    unreadable("tags-crossed", "NotWellFormed", "<xml><a>1</xml></a>")
    unreadable("tags-by-case", "NotWellFormed", into("<a>1</A>"))
    unreadable("cdata-end-in-text", "NotWellFormed", into("<a>]]></a>"))
    unreadable("byte-order-mark", "ByteOrderMark", b"\xef\xbb\xbf" + GOOD.encode())
    unreadable("nul-in-value", "ForbiddenCharacter", GOOD.replace(">1990<", ">1990\0<"))
    unreadable("nul-at-the-end", "ForbiddenCharacter", GOOD + "\0")
    unreadable("control-in-value", "ForbiddenCharacter", GOOD.replace("支付测试", "a\x1bb"))
    unreadable("not-a-character", "ForbiddenCharacter", GOOD.replace("支付测试", "a\ufffeb"))
    unreadable("gbk", "NotUtf8", GOOD.encode("gbk"))
    unreadable("utf-16", "NotUtf8", GOOD.encode("utf-16"))
    unreadable("utf-8-overlong", "NotUtf8", GOOD.encode().replace(b"1990", b"\xc0\xb1990"))
    unreadable("utf-8-surrogates", "NotUtf8", GOOD.encode().replace(b"1990", b"\xed\xa0\x80"))
    unreadable("gzip", "NotUtf8", gzip.compress(GOOD.encode(), mtime=0))
    unreadable("seventy-kilobytes", "TooLong", xml(signed(change(attach="x" * 70 * 1024))))
    unreadable("three-thousand-fields", "TooManyFields",
               "<xml>" + "".join(f"<f{n}/>" for n in range(3000)) + "</xml>")


def not_signed():
    unverified("sign-missing", "SignatureMissing", xml(BASE))
    unverified("sign-empty", "SignatureMissing", xml(BASE).replace("</xml>", "<sign></sign></xml>"))
    unverified("sign-empty-cdata", "SignatureMissing", xml(BASE + [("sign", "")]))
    unverified("sign-self-closing", "SignatureMissing", xml(BASE).replace("</xml>", "<sign/></xml>"))
    unverified("sign-capital-name", "SignatureMissing", xml(BASE + [("Sign", signature(BASE))]))
    unverified("nothing-but-success", "SignatureMissing", "<xml><return_code>SUCCESS</return_code></xml>")
    right = signature(BASE)
    for name, sign in [
        ("lower-case", right.lower()),
        ("mixed-case", right[:16] + right[16:].lower()),
        ("blank-behind", right + " "),
        ("line-end-behind", right + "\n"),
        ("half", right[:16]),
        ("twice", right * 2),
        ("full-width", "".join(chr(ord(c) + 0xFEE0) for c in right)),
        ("of-the-documentation", "C380BEC2BFD727A4B6845133519F3AD6"),
        ("zeros", "0" * 32),
        ("blank", " "),
        ("null", "null"),
        ("other-key", signature(BASE, key="292006250b4c09247ec02edce69f6a2d")),
        ("empty-key", signature(BASE, key="")),
        ("without-key", hashlib.md5(canonical(BASE).encode()).hexdigest().upper()),
        ("of-another-message", signature(change(total_fee="1"))),
        ("arrival-order", signature(BASE, text="&".join(f"{n}={v}" for n, v in reversed(BASE)))),
        ("of-url-encoded-values", signature(BASE, text=canonical(change(attach="%E6%94%AF%E4%BB%98")))),
    ]:
        unverified(f"sign-{name}", "SignatureMismatch", xml(BASE + [("sign", sign)]))
    unverified("sign-of-empty-values", "SignatureMismatch", xml(
        change(device_info="") + [("sign", signature(BASE, text=canonical(change(device_info=""), True)))]))
    done = signed(BASE)
    unverified("changed-amount", "SignatureMismatch", xml(change(done, total_fee="1")))
    unverified("changed-order-number", "SignatureMismatch", xml(change(done, out_trade_no="1409811654")))
    unverified("changed-openid", "SignatureMismatch", xml(change(done, openid="oUpF8uMEb4qRXf22hE3X68TekukF")))
    unverified("changed-blank", "SignatureMismatch", xml(change(done, attach="支付测试 ")))
    unverified("added-field", "SignatureMismatch", xml(done + [("cash_fee", "1990")]))
    unverified("removed-field", "SignatureMismatch", xml(change(done, drop=("time_end",))))
    unverified("swapped-values", "SignatureMismatch",
               xml(change(done, out_trade_no="1004400740201409030005092168", transaction_id="1409811653")))
    for label in ["none", "MD5", "HMAC-SHA256"]:
        fields = BASE if label == "none" else change(sign_type=label)
        name = label.lower().replace("-", "")
        unverified(f"md5-to-hmac-merchant-labelled-{name}", "SignatureMismatch",
                   xml(signed(fields, "MD5")), "HMAC-SHA256")
        unverified(f"hmac-to-md5-merchant-labelled-{name}", "SignatureMismatch",
                   xml(signed(fields, "HMAC-SHA256")), "MD5")
    unverified("sign-type-none", "SignatureMismatch", xml(change(sign_type="NONE") + [("sign", "x")]))


def not_for_us_or_not_paid():
    def rightly_signed(name, verdict, pairs):
        case(name, "MD5", verdict, xml(signed(pairs)))

    rightly_signed("appid-foreign", "Unverified(ForeignAppid)", change(appid="wx0000000000000000"))
    rightly_signed("appid-other-case", "Unverified(ForeignAppid)", change(appid="WX2421B1C4370EC43B"))
    rightly_signed("appid-empty", "Unverified(AppidMissing)", change(appid=""))
    rightly_signed("appid-missing", "Unverified(AppidMissing)", change(drop=("appid",)))
    rightly_signed("mch-id-foreign", "Unverified(ForeignMchId)", change(mch_id="10000101"))
    rightly_signed("mch-id-padded", "Unverified(ForeignMchId)", change(mch_id=" 10000100"))
    rightly_signed("mch-id-missing", "Unverified(MchIdMissing)", change(drop=("mch_id",)))
    rightly_signed("mch-id-in-sub-mch-id", "Unverified(MchIdMissing)",
                   change(drop=("mch_id",), sub_mch_id="10000100"))
    rightly_signed("return-code-fail", "CommunicationFailed", change(return_code="FAIL"))
    rightly_signed("return-code-missing", "CommunicationFailed", change(drop=("return_code",)))
    rightly_signed("return-code-lower-case", "CommunicationFailed", change(return_code="success"))
    rightly_signed("result-code-fail", "NotPaid", change(result_code="FAIL", err_code="SYSTEMERROR"))
    rightly_signed("result-code-missing", "NotPaid", change(drop=("result_code",)))
    rightly_signed("result-code-padded", "NotPaid", change(result_code="SUCCESS "))
    for name, amount in [
        ("zero", "0"), ("negative", "-1990"), ("plus", "+1990"), ("decimal", "19.90"), ("point-zero", "1990.0"),
        ("exponent", "199e1"), ("hexadecimal", "0x7C6"), ("full-width", "１９９０"), ("padded", " 1990"),
        ("comma", "1,990"), ("endless", "9" * 400), ("words", "1990分"), ("beyond-range", "10000000001"),
    ]:
        rightly_signed(f"amount-{name}", 'Incomplete(NotANumber { name: "total_fee" })', change(total_fee=amount))
    for name in ["total_fee", "openid", "transaction_id", "out_trade_no"]:
        rightly_signed(f"without-{name.replace('_', '-')}", f'Incomplete(Missing {{ name: "{name}" }})',
                       change(drop=(name,)))
    rightly_signed("coupon-count-endless", 'Incomplete(NotANumber { name: "coupon_count" })',
                   change(coupon_count="4294967295"))
    rightly_signed("coupon-fee-negative", 'Incomplete(NotANumber { name: "coupon_fee" })',
                   change(coupon_count="1", coupon_fee_0="-5"))
    rightly_signed("terms-one-fen-less", "Terms(TotalFee)", change(total_fee="1989"))
    rightly_signed("terms-one-fen-more", "Terms(TotalFee)", change(total_fee="1991"))
    rightly_signed("terms-cash-fee-fits-only", "Terms(TotalFee)", change(total_fee="1", cash_fee="1990"))
    rightly_signed("terms-yuan-for-fen", "Terms(TotalFee)", change(total_fee="19"))
    rightly_signed("terms-dollars", "Terms(FeeType)", change(fee_type="USD"))
    rightly_signed("terms-currency-lower-case", "Terms(FeeType)", change(fee_type="cny"))
    rightly_signed("terms-other-order", "Terms(OutTradeNo)", change(out_trade_no="1409811654"))
    rightly_signed("terms-other-payer", "Terms(OpenId)", change(openid="oUpF8uMEb4qRXf22hE3X68TekukF"))


for old in HERE.glob("*.xml"):
    old.unlink()
accepted()
not_our_xml()
not_signed()
not_for_us_or_not_paid()
assert len({line.split("\t")[0] for line in verdicts}) == len(verdicts), "two cases of one name"
(HERE / "verdicts.tsv").write_text("\n".join(sorted(verdicts)) + "\n")
