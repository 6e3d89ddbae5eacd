"""wechatpy judges the simulator: places, pays, queries, closes, refunds, and signs for a server."""

import json
import os
import sys
import threading
import time
from datetime import datetime, timedelta, timezone
from http.server import BaseHTTPRequestHandler, HTTPServer
from importlib.metadata import version
from queue import Queue
from urllib.parse import parse_qs, urlsplit

import requests
import xmltodict
from wechatpy.exceptions import WeChatPayException
from wechatpy.pay import WeChatPay
from wechatpy.pay.utils import calculate_signature, calculate_signature_hmac, dict_to_xml
from wechatpy.utils import random_string

PATIENCE_S = 20
BEIJING = timezone(timedelta(hours=8))
TOTAL_FEE = 1990
BODY = "轻松会员商城-VIP月卡 <&> 测试"
ATTACH = "a&b<c>'\"中文"
ACKNOWLEDGEMENT = (
    "<xml><return_code><![CDATA[SUCCESS]]></return_code>"
    "<return_msg><![CDATA[OK]]></return_msg></xml>"
)

checks = []


def expect(name, actual, wanted):
    """Counts a check; a disagreement ends the run."""
    if actual != wanted:
        raise AssertionError(f"{name}: wanted {wanted!r}, got {actual!r}")
    checks.append(name)


def setting(name, default=None):
    value = os.environ.get(f"INTEROP_{name}", default)
    if value is None:
        sys.exit(f"INTEROP_{name} is not set")
    return value


class Merchant:
    """The merchant under test, as the SDK sees it."""

    def __init__(self):
        self.gateway = setting("GATEWAY_URL").rstrip("/") + "/"
        self.appid = setting("APPID", "wx5100000000000001")
        self.mch_id = setting("MCH_ID", "1900000001")
        self.api_key = setting("API_KEY", "SimulatedApiKeyForLocalUseOnly01")
        self.app_secret = setting("APP_SECRET", "SimulatedAppSecretLocalUseOnly01")
        WeChatPay.API_BASE_URL = self.gateway
        self.sdk = WeChatPay(self.appid, self.api_key, self.mch_id, timeout=PATIENCE_S)

    def signature(self, fields, sign_type):
        fields = {name: value for name, value in fields.items() if name != "sign"}
        sign = calculate_signature_hmac if sign_type == "HMAC-SHA256" else calculate_signature
        return sign(fields, self.api_key)

    def expect_signed(self, name, fields, sign_type):
        expect(name, fields.get("sign"), self.signature(fields, sign_type))


class Receiver:
    """A notify_url that keeps what arrives."""

    def __init__(self):
        bodies = self.bodies = Queue()

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                bodies.put(self.rfile.read(int(self.headers["content-length"])))
                answer = ACKNOWLEDGEMENT.encode()
                self.send_response(200)
                self.send_header("content-length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, *_):
                pass

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_port}/notify"

    def next(self):
        return self.bodies.get(timeout=PATIENCE_S)


def control(merchant, method, path, body=None):
    headers = {"x-simulator-control": "1"}
    url = merchant.gateway + path
    answer = requests.request(method, url, json=body, headers=headers, timeout=PATIENCE_S)
    answer.raise_for_status()
    return answer.json()


def refused(name, code, call):
    try:
        call()
    except WeChatPayException as error:
        expect(name, error.errcode, code)
    else:
        raise AssertionError(f"{name}: was not refused")


def sign_in(merchant):
    """OAuth as a browser would do it; returns the openid of the default account."""
    authorize = {
        "appid": merchant.appid,
        "redirect_uri": "http://127.0.0.1:1/back",
        "response_type": "code",
        "scope": "snsapi_base",
        "state": "interop",
    }
    answer = requests.get(
        merchant.gateway + "connect/oauth2/authorize",
        params=authorize,
        allow_redirects=False,
        timeout=PATIENCE_S,
    )
    code = parse_qs(urlsplit(answer.headers["location"]).query)["code"][0]
    exchange = {
        "appid": merchant.appid,
        "secret": merchant.app_secret,
        "code": code,
        "grant_type": "authorization_code",
    }
    url = merchant.gateway + "sns/oauth2/access_token"
    grant = requests.get(url, params=exchange, timeout=PATIENCE_S).json()
    again = requests.get(url, params=exchange, timeout=PATIENCE_S).json()
    expect("a code works once", again.get("errcode"), 40163)
    return grant["openid"]


class Validity:
    """One start and one expiry for all orders, because a repeated order must not change them."""

    start = None
    expire = None

    @classmethod
    def begin(cls, now):
        cls.start = now
        cls.expire = cls.start + timedelta(hours=2)


def place(merchant, number, openid, notify_url, sign_type, total_fee=TOTAL_FEE):
    return merchant.sdk.order.create(
        trade_type="JSAPI",
        body=BODY,
        attach=ATTACH,
        total_fee=total_fee,
        notify_url=notify_url,
        client_ip="203.0.113.7",
        user_id=openid,
        out_trade_no=number,
        sign_type=sign_type,
        time_start=Validity.start,
        time_expire=Validity.expire,
    )


def buy(merchant, receiver, openid, sign_type):
    """Place, place again, pay, be notified, query."""
    number = random_string(32)
    prepay = place(merchant, number, openid, receiver.url, sign_type)
    merchant.expect_signed(f"{sign_type}: unifiedorder is signed", prepay, sign_type)
    again = place(merchant, number, openid, receiver.url, sign_type)
    expect(f"{sign_type}: the same order is the same session", again["prepay_id"], prepay["prepay_id"])
    refused(
        f"{sign_type}: a changed order is refused",
        "INVALID_REQUEST",
        lambda: place(merchant, number, openid, receiver.url, sign_type, TOTAL_FEE + 1),
    )
    before = merchant.sdk.order.query(out_trade_no=number)
    merchant.expect_signed(f"{sign_type}: orderquery is signed", before, "MD5")
    expect(f"{sign_type}: not paid", before["trade_state"], "NOTPAY")
    check_bridge(merchant, prepay["prepay_id"], sign_type)

    control(merchant, "POST", f"_control/trades/{number}/pay")
    body = receiver.next()
    notification = xmltodict.parse(body)["xml"]
    merchant.expect_signed(f"{sign_type}: the notification is signed", notification, sign_type)
    if sign_type == "MD5":
        parsed = merchant.sdk.parse_payment_result(body)
        expect("MD5: the SDK takes the notification", parsed["total_fee"], TOTAL_FEE)
    expect(f"{sign_type}: notified attach", notification["attach"], ATTACH)
    expect(f"{sign_type}: notified openid", notification["openid"], openid)

    after = merchant.sdk.order.query(transaction_id=notification["transaction_id"])
    merchant.expect_signed(f"{sign_type}: orderquery after payment is signed", after, "MD5")
    expect(f"{sign_type}: paid", after["trade_state"], "SUCCESS")
    expect(f"{sign_type}: amount", after["total_fee"], str(TOTAL_FEE))
    refused(
        f"{sign_type}: a paid order is not placed again",
        "ORDERPAID",
        lambda: place(merchant, number, openid, receiver.url, sign_type),
    )
    return number


def check_bridge(merchant, prepay_id, sign_type):
    """The sheet takes parameters that the SDK signed. The SDK knows only MD5 here."""
    client = os.environ.get("INTEROP_CLIENT_URL")
    if client is None or sign_type != "MD5":
        return
    params = merchant.sdk.jsapi.get_jsapi_params(prepay_id)
    call = {"params": params, "page_url": client, "landing_url": client}
    answer = requests.post(client.rstrip("/") + "/__wechat/sheet/open", json=call, timeout=PATIENCE_S)
    expect("the sheet takes the SDK's paySign", answer.json()["sheet"]["amount"], "19.90")


def close(merchant, openid, notify_url):
    number = random_string(32)
    place(merchant, number, openid, notify_url, "MD5")
    refused("an order is not closed at once", "TRADE_STATE_ERROR", lambda: merchant.sdk.order.close(number))
    control(merchant, "POST", "_control/clock/step", {"ms": 300_000})
    closed = merchant.sdk.order.close(number)
    merchant.expect_signed("closeorder is signed", closed, "MD5")
    expect("closed", merchant.sdk.order.query(out_trade_no=number)["trade_state"], "CLOSED")
    refused("a closed order stays closed", "ORDERCLOSED", lambda: merchant.sdk.order.close(number))


def refund(merchant, receiver, number):
    """Part of the money goes back: accept, repeat, be notified, query."""
    out_refund_no = random_string(32)

    def apply(fee):
        return merchant.sdk.refund.apply(
            TOTAL_FEE, fee, out_refund_no, out_trade_no=number, notify_url=receiver.url
        )

    accepted = apply(990)
    merchant.expect_signed("refund is signed", accepted, "MD5")
    expect("one number is one refund", apply(990)["refund_id"], accepted["refund_id"])
    refused("a changed refund is refused", "REFUND_FEE_MISMATCH", lambda: apply(991))
    control(merchant, "POST", "_control/clock/step", {"ms": 10_000})
    told = merchant.sdk.parse_refund_notify_result(receiver.next())
    expect("the SDK decrypts the refund notification", told["out_refund_no"], out_refund_no)
    expect("notified refund", (told["refund_status"], told["refund_fee"]), ("SUCCESS", 990))
    found = merchant.sdk.refund.query(out_refund_no=out_refund_no)
    merchant.expect_signed("refundquery is signed", found, "MD5")
    expect("refunded", (found["refund_status_0"], found["refund_fee_0"]), ("SUCCESS", "990"))


def simulated_time(merchant):
    return datetime.fromtimestamp(control(merchant, "GET", "_control/clock")["now"] / 1000, BEIJING)


def wait_for_next_noon(merchant):
    """Moves the clock, so that nothing here runs over a midnight; returns the day before."""
    now = simulated_time(merchant)
    noon = (now + timedelta(days=1)).replace(hour=12, minute=0, second=0, microsecond=0)
    step = {"ms": int((noon - now).total_seconds() * 1000)}
    control(merchant, "POST", "_control/clock/step", step)
    return now.date()


def bill(merchant, number):
    """The day's trades, asked for on the day after."""
    table = merchant.sdk.tools.download_bill(wait_for_next_noon(merchant)).splitlines()
    columns = table[0].lstrip("\ufeff").split(",")
    rows = [dict(zip(columns, line[1:].split(",`"))) for line in table[1:-2]]
    mine = [row for row in rows if row["商户订单号"] == number]
    expect("the bill has payment and refund", [row["交易状态"] for row in mine], ["SUCCESS", "REFUND"])
    expect("the bill is in yuan", (mine[0]["订单金额"], mine[1]["退款金额"]), ("19.90", "9.90"))


def notify_server(merchant):
    """Signs notifications as WeChat would: forged ones are refused, the true one is accepted."""
    url = os.environ.get("INTEROP_NOTIFY_URL")
    if url is None:
        return
    sign_type = setting("NOTIFY_SIGN_TYPE", "HMAC-SHA256")
    fields = {
        "appid": merchant.appid,
        "bank_type": "OTHERS",
        "cash_fee": setting("TOTAL_FEE"),
        "fee_type": "CNY",
        "is_subscribe": "N",
        "mch_id": merchant.mch_id,
        "nonce_str": random_string(32),
        "openid": setting("OPENID"),
        "out_trade_no": setting("ORDER"),
        "result_code": "SUCCESS",
        "return_code": "SUCCESS",
        "time_end": time.strftime("%Y%m%d%H%M%S", time.gmtime(time.time() + 8 * 3600)),
        "total_fee": setting("TOTAL_FEE"),
        "trade_type": "JSAPI",
        # A field that no table knows: verification has to include it.
        "added_by_wechat_later": "新字段",
        "transaction_id": "4200" + str(time.time_ns()).rjust(24, "0"),
    }
    sign = merchant.signature(fields, sign_type)

    def post(body):
        headers = {"content-type": "text/xml"}
        return requests.post(url, data=body.encode(), headers=headers, timeout=PATIENCE_S)

    cheaper = dict(fields, total_fee="1")
    expect("the server refuses a changed amount", ACKNOWLEDGEMENT in post(dict_to_xml(cheaper, sign)).text, False)
    expect("the server refuses a missing signature", ACKNOWLEDGEMENT in post(dict_to_xml(fields)).text, False)
    answer = post(dict_to_xml(fields, sign))
    expect("the server answers 200", answer.status_code, 200)
    expect("the server acknowledges byte for byte", answer.text, ACKNOWLEDGEMENT)
    expect("the server acknowledges a repeat", post(dict_to_xml(fields, sign)).text, ACKNOWLEDGEMENT)


def main():
    merchant = Merchant()
    receiver = Receiver()
    wait_for_next_noon(merchant)
    Validity.begin(simulated_time(merchant))
    openid = sign_in(merchant)
    numbers = [buy(merchant, receiver, openid, name) for name in ("MD5", "HMAC-SHA256")]
    close(merchant, openid, receiver.url)
    refund(merchant, receiver, numbers[0])
    notify_server(merchant)
    bill(merchant, numbers[0])


if __name__ == "__main__":
    sdk = f"wechatpy {version('wechatpy')}"
    try:
        main()
    except Exception as error:  # The line of JSON is the report, whatever went wrong.
        print(json.dumps({"sdk": sdk, "ok": False, "error": repr(error), "checks": checks}, ensure_ascii=False))
        sys.exit(1)
    print(json.dumps({"sdk": sdk, "ok": True, "checks": checks}, ensure_ascii=False))
