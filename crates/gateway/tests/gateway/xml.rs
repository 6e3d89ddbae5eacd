//! The XML reader takes what WeChat and its SDKs write, and nothing else.

use wechat_checkout_gateway::Params;
use wechat_checkout_gateway::xml::{BYTES_MAX, FIELDS_MAX, XmlError, read, write};

fn check(message: &str, expected: &[(&str, &str)]) {
    let params = read(message.as_bytes()).expect(message);
    assert_eq!(params.iter().collect::<Vec<_>>(), expected, "{message}");
}

#[test]
fn the_forms_in_use_are_read() {
    check("<xml/>", &[]);
    check("<xml></xml>", &[]);
    check(
        " \n<xml>\r\n  <a>1</a>\t<b/></xml>\n",
        &[("a", "1"), ("b", "")],
    );
    check("<xml><a><![CDATA[]]></a></xml>", &[("a", "")]);
    check(
        "<xml><a><![CDATA[<b>&amp;]]></a></xml>",
        &[("a", "<b>&amp;")],
    );
    check("<xml><a>1<![CDATA[2]]>3</a></xml>", &[("a", "123")]);
    check(
        "<xml><a>&lt;&gt;&amp;&apos;&quot;&#20013;&#x6587;</a></xml>",
        &[("a", "<>&'\"中文")],
    );
    check("<xml><a> x </a></xml>", &[("a", " x ")]);
    check(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><xml><a>1</a></xml>",
        &[("a", "1")],
    );
    check(
        "<?xml version='1.0' encoding='utf-8' standalone='no'?>\n<xml/>",
        &[],
    );
    check("<?xml version=\"1.0\"?><xml/>", &[]);
    check("<xml ><a >1</a ></xml >", &[("a", "1")]);
    check(
        "<xml><a>腾讯充值中心-QQ会员充值</a></xml>",
        &[("a", "腾讯充值中心-QQ会员充值")],
    );
}

#[test]
fn line_ends_become_line_feeds_unless_they_are_references() {
    check(
        "<xml><a>1\r\n2\r3&#13;&#10;4</a></xml>",
        &[("a", "1\n2\n3\r\n4")],
    );
    check("<xml><a><![CDATA[1\r\n2]]></a></xml>", &[("a", "1\n2")]);
}

#[test]
fn everything_else_is_refused() {
    use XmlError::*;
    for (message, expected) in [
        ("", NotWellFormed),
        ("   ", NotWellFormed),
        ("hello", StrayText),
        ("{\"a\":1}", StrayText),
        ("<xml>", NotWellFormed),
        ("<xml><a>1</a>", NotWellFormed),
        ("<xml><a>1</xml>", NotWellFormed),
        ("<xml><a>1</b></xml>", NotWellFormed),
        ("<xml><a>1</A></xml>", NotWellFormed),
        ("</xml>", NotWellFormed),
        ("<xml><a><![CDATA[1</a></xml>", NotWellFormed),
        ("<xml><a>]]></a></xml>", NotWellFormed),
        ("<xml><a>1 & 2</a></xml>", NotWellFormed),
        ("<html><a>1</a></html>", WrongRoot),
        ("<XML><a>1</a></XML>", WrongRoot),
        ("<root><a>1</a></root>", WrongRoot),
        ("<xml/><xml/>", StrayText),
        ("<xml></xml>junk", StrayText),
        ("<xml></xml><a/>", StrayText),
        ("junk<xml></xml>", StrayText),
        ("<xml>junk<a>1</a></xml>", StrayText),
        ("<xml><![CDATA[ ]]></xml>", StrayText),
        ("<xml>&#32;</xml>", StrayText),
        ("<![CDATA[]]><xml/>", StrayText),
        ("<xml><a><b>1</b></a></xml>", Nested),
        ("<xml><a><b/></a></xml>", Nested),
        ("<xml><a>1</a><a>1</a></xml>", Duplicate),
        ("<xml><a>1</a><b/><a>2</a></xml>", Duplicate),
        ("<xml><a/><a>2</a></xml>", Duplicate),
        ("<xml a=\"1\"></xml>", Attribute),
        ("<xml xmlns=\"x\"></xml>", Attribute),
        ("<xml><a b=\"1\">1</a></xml>", Attribute),
        ("<xml><a b/></xml>", Attribute),
        ("<xml><a:b>1</a:b></xml>", BadName),
        ("<xml><1>1</1></xml>", BadName),
        ("<xml><金额>1</金额></xml>", BadName),
        ("<xml><!-- 1 --></xml>", Comment),
        ("<xml><a>1<!-- -->9</a></xml>", Comment),
        ("<xml><?php 1 ?></xml>", ProcessingInstruction),
        ("<?xml-stylesheet href=\"x\"?><xml/>", ProcessingInstruction),
        ("<xml/><?xml version=\"1.0\"?>", ProcessingInstruction),
        (" <?xml version=\"1.0\"?><xml/>", ProcessingInstruction),
        ("<?xml version=\"1.1\"?><xml/>", ProcessingInstruction),
        (
            "<?xml version=\"1.0\" encoding=\"GBK\"?><xml/>",
            ProcessingInstruction,
        ),
        ("<!DOCTYPE xml><xml/>", DocumentType),
        ("<!doctype xml><xml/>", DocumentType),
        (
            "<!DOCTYPE xml [<!ENTITY a SYSTEM \"file:///etc/passwd\">]><xml><b>&a;</b></xml>",
            DocumentType,
        ),
        ("<xml/><!DOCTYPE xml>", DocumentType),
        ("<xml><a>&nbsp;</a></xml>", UnknownEntity),
        ("<xml><a>&LT;</a></xml>", UnknownEntity),
        ("<xml><a>&#x110000;</a></xml>", UnknownEntity),
        ("<xml><a>&#xD800;</a></xml>", UnknownEntity),
        ("<xml><a>&#;</a></xml>", UnknownEntity),
        ("<xml><a>&#0;</a></xml>", ForbiddenCharacter),
        ("<xml><a>&#1;</a></xml>", ForbiddenCharacter),
        ("<xml><a>&#xFFFE;</a></xml>", ForbiddenCharacter),
        ("<xml><a>\0</a></xml>", ForbiddenCharacter),
        ("<xml><a>\u{1B}</a></xml>", ForbiddenCharacter),
        ("<xml><a>\u{FFFF}</a></xml>", ForbiddenCharacter),
        ("\u{FEFF}<xml/>", ByteOrderMark),
    ] {
        assert_eq!(read(message.as_bytes()), Err(expected), "{message:?}");
    }
    assert_eq!(
        read(b"<xml><a>\xB2\xE2\xCA\xD4</a></xml>"),
        Err(NotUtf8),
        "GBK"
    );
    assert_eq!(read(b"\xFF\xFE<\0x\0m\0l\0/\0>\0"), Err(NotUtf8), "UTF-16");
    assert_eq!(read(b"\x1F\x8B\x08\x00"), Err(NotUtf8), "gzip");
}

#[test]
fn sizes_are_bounded() {
    let message = |bytes: usize| format!("<xml><a>{}</a></xml>", "x".repeat(bytes - 18));
    assert!(read(message(BYTES_MAX).as_bytes()).is_ok());
    assert_eq!(
        read(message(BYTES_MAX + 1).as_bytes()),
        Err(XmlError::TooLong)
    );

    let fields = |count: usize| {
        let fields: String = (0..count).map(|n| format!("<a{n}>1</a{n}>")).collect();
        format!("<xml>{fields}</xml>")
    };
    assert_eq!(
        read(fields(FIELDS_MAX).as_bytes()).map(|params| params.len()),
        Ok(FIELDS_MAX)
    );
    assert_eq!(
        read(fields(FIELDS_MAX + 1).as_bytes()),
        Err(XmlError::TooManyFields)
    );

    let name = "n".repeat(65);
    assert_eq!(
        read(format!("<xml><{name}/></xml>").as_bytes()),
        Err(XmlError::BadName)
    );
}

#[test]
fn a_written_message_looks_like_the_platforms_own() {
    let params = Params::from_iter([
        ("return_code", "SUCCESS"),
        ("total_fee", "1990"),
        ("attach", ""),
    ]);
    assert_eq!(
        write(&params),
        "<xml><return_code><![CDATA[SUCCESS]]></return_code><total_fee>1990</total_fee><attach></attach></xml>",
    );
    let params = Params::from_iter([("a", "x]]>y\r\n]]z")]);
    assert_eq!(
        write(&params),
        "<xml><a><![CDATA[x]]]]><![CDATA[>y]]>&#13;<![CDATA[\n]]z]]></a></xml>",
    );
    let params = Params::from_iter([("a", "x\0y\u{FFFE}z")]);
    assert_eq!(
        write(&params),
        "<xml><a><![CDATA[x\u{FFFD}y\u{FFFD}z]]></a></xml>"
    );
}
