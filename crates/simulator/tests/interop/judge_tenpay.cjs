// tenpay judges the simulator: places, pays, queries, closes, refunds, and signs for a server.
"use strict";

const crypto = require("node:crypto");
const http = require("node:http");
const Payment = require("tenpay");
const util = require("tenpay/lib/util");

const PATIENCE_MS = 20_000;
const TOTAL_FEE = 1990;
const BODY = "轻松会员商城-VIP月卡 测试";
const ATTACH = "第三分店";
const ACKNOWLEDGEMENT =
  "<xml><return_code><![CDATA[SUCCESS]]></return_code><return_msg><![CDATA[OK]]></return_msg></xml>";

const checks = [];

// Counts a check; a disagreement ends the run.
function expect(name, actual, wanted) {
  if (actual !== wanted) throw new Error(`${name}: wanted ${wanted}, got ${actual}`);
  checks.push(name);
}

function setting(name, fallback) {
  const value = process.env[`INTEROP_${name}`] ?? fallback;
  if (value === undefined) throw new Error(`INTEROP_${name} is not set`);
  return value;
}

async function refused(name, code, call) {
  let message = "not refused";
  await call().catch((error) => { message = error.message; });
  expect(name, message, code);
}

function newNumber() {
  return crypto.randomBytes(16).toString("hex");
}

// The SDK with its addresses turned to the simulator.
function merchant(gateway, notifyUrl) {
  const sdk = new Payment({
    appid: setting("APPID", "wx5100000000000001"),
    mchid: setting("MCH_ID", "1900000001"),
    partnerKey: setting("API_KEY", "SimulatedApiKeyForLocalUseOnly01"),
    notify_url: notifyUrl,
    spbill_create_ip: "203.0.113.7",
  });
  for (const [name, address] of Object.entries(sdk.urls)) {
    sdk.urls[name] = gateway + new URL(address).pathname;
  }
  return sdk;
}

// A notify_url that keeps what arrives.
async function receiver() {
  const waiting = [];
  const arrived = [];
  const server = http.createServer(async (request, response) => {
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    const body = Buffer.concat(chunks).toString();
    const taker = waiting.shift();
    if (taker) taker(body);
    else arrived.push(body);
    response.end(ACKNOWLEDGEMENT);
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const next = () =>
    new Promise((resolve, reject) => {
      const body = arrived.shift();
      if (body !== undefined) return resolve(body);
      const timer = setTimeout(() => reject(new Error("no notification came")), PATIENCE_MS);
      waiting.push((text) => { clearTimeout(timer); resolve(text); });
    });
  return { url: `http://127.0.0.1:${server.address().port}/notify`, next, close: () => server.close() };
}

async function control(gateway, method, path, body) {
  const response = await fetch(`${gateway}/_control/${path}`, {
    method,
    headers: { "content-type": "application/json", "x-simulator-control": "1" },
    body: body === undefined ? undefined : JSON.stringify(body),
    signal: AbortSignal.timeout(PATIENCE_MS),
  });
  if (!response.ok) throw new Error(`${path}: ${response.status}`);
  return response.json();
}

// OAuth as a browser would do it; returns the openid of the default account.
async function signIn(gateway, sdk) {
  const authorize = new URLSearchParams({
    appid: sdk.appid,
    redirect_uri: "http://127.0.0.1:1/back",
    response_type: "code",
    scope: "snsapi_base",
    state: "interop",
  });
  const answer = await fetch(`${gateway}/connect/oauth2/authorize?${authorize}`, { redirect: "manual" });
  const code = new URL(answer.headers.get("location")).searchParams.get("code");
  const exchange = new URLSearchParams({
    appid: sdk.appid,
    secret: setting("APP_SECRET", "SimulatedAppSecretLocalUseOnly01"),
    code,
    grant_type: "authorization_code",
  });
  const grant = await fetch(`${gateway}/sns/oauth2/access_token?${exchange}`);
  return (await grant.json()).openid;
}

// Place, place again, pay, be notified, query. The SDK verifies every answer by itself and throws.
async function buy(gateway, sdk, notified, openid, signType) {
  const number = newNumber();
  const order = () => ({
    body: BODY,
    attach: ATTACH,
    out_trade_no: number,
    total_fee: TOTAL_FEE,
    openid,
    sign_type: signType,
  });
  const prepay = await sdk.unifiedOrder(order());
  expect(`${signType}: the SDK takes the unifiedorder reply`, prepay.trade_type, "JSAPI");
  const again = await sdk.unifiedOrder(order());
  expect(`${signType}: the same order is the same session`, again.prepay_id, prepay.prepay_id);
  await refused(`${signType}: a changed order is refused`, "INVALID_REQUEST", () =>
    sdk.unifiedOrder({ ...order(), total_fee: TOTAL_FEE + 1 }));
  const before = await sdk.orderQuery({ out_trade_no: number, sign_type: signType });
  expect(`${signType}: not paid`, before.trade_state, "NOTPAY");
  await checkBridge(sdk, prepay.prepay_id, signType);

  await control(gateway, "POST", `trades/${number}/pay`);
  const notification = await sdk._parse(await notified.next(), "middleware_pay", signType);
  expect(`${signType}: the SDK takes the notification`, notification.out_trade_no, number);
  expect(`${signType}: notified amount`, notification.total_fee, String(TOTAL_FEE));
  expect(`${signType}: notified attach`, notification.attach, ATTACH);
  expect(`${signType}: notified openid`, notification.openid, openid);

  const query = { transaction_id: notification.transaction_id, sign_type: signType };
  const after = await sdk.orderQuery(query);
  expect(`${signType}: paid`, after.trade_state, "SUCCESS");
  await refused(`${signType}: a paid order is not placed again`, "ORDERPAID", () => sdk.unifiedOrder(order()));
  return number;
}

// The sheet takes parameters that the SDK signed.
async function checkBridge(sdk, prepayId, signType) {
  const client = process.env.INTEROP_CLIENT_URL;
  if (client === undefined) return;
  const params = sdk.getPayParamsByPrepay({ prepay_id: prepayId }, signType);
  const response = await fetch(new URL("/__wechat/sheet/open", client), {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ params, page_url: client, landing_url: client }),
  });
  const opened = await response.json();
  expect(`${signType}: the sheet takes the SDK's paySign`, opened.sheet?.amount, "19.90");
}

async function close(gateway, sdk, openid) {
  const number = newNumber();
  await sdk.unifiedOrder({ body: BODY, out_trade_no: number, total_fee: TOTAL_FEE, openid });
  const call = () => sdk.closeOrder({ out_trade_no: number });
  await refused("an order is not closed at once", "TRADE_STATE_ERROR", call);
  await control(gateway, "POST", "clock/step", { ms: 300_000 });
  await call();
  const closed = await sdk.orderQuery({ out_trade_no: number });
  expect("closed", closed.trade_state, "CLOSED");
  await refused("a closed order stays closed", "ORDERCLOSED", call);
}

// Part of the money goes back: accept, repeat, be notified, query.
async function refund(gateway, sdk, notified, number) {
  const outRefundNo = newNumber();
  const apply = (fee) => sdk.refund({
    out_trade_no: number,
    out_refund_no: outRefundNo,
    total_fee: TOTAL_FEE,
    refund_fee: fee,
    notify_url: notified.url,
  });
  const accepted = await apply(990);
  expect("one number is one refund", (await apply(990)).refund_id, accepted.refund_id);
  await refused("a changed refund is refused", "REFUND_FEE_MISMATCH", () => apply(991));
  await control(gateway, "POST", "clock/step", { ms: 10_000 });
  const told = await sdk._parse(await notified.next(), "middleware_refund");
  expect("the SDK decrypts the refund notification", told.req_info.out_refund_no, outRefundNo);
  expect("notified refund", told.req_info.refund_status, "SUCCESS");
  const found = await sdk.refundQuery({ out_refund_no: outRefundNo });
  expect("refunded", found.refund_status_0, "SUCCESS");
  expect("refunded amount", found.refund_fee_0, "990");
}

// Moves the clock, so that nothing here runs over a midnight; answers the day before.
async function waitForNextNoon(gateway) {
  const beijing = 8 * 3_600_000;
  const { now } = await control(gateway, "GET", "clock");
  const midnight = Math.floor((now + beijing) / 86_400_000) * 86_400_000 - beijing;
  await control(gateway, "POST", "clock/step", { ms: midnight + 36 * 3_600_000 - now });
  return new Date(now + beijing).toISOString().slice(0, 10).replace(/-/g, "");
}

// The day's trades, asked for on the day after.
async function bill(gateway, sdk, number) {
  const table = await sdk.downloadBill({ bill_date: await waitForNextNoon(gateway) }, true);
  const titles = table.list_title.map((title) => title.replace("\ufeff", ""));
  const cell = (row, title) => row[titles.indexOf(title)];
  const mine = table.list_data.filter((row) => cell(row, "商户订单号") === number);
  expect("the bill has payment and refund", mine.map((row) => cell(row, "交易状态")).join(), "SUCCESS,REFUND");
  expect("the bill is in yuan", `${cell(mine[0], "订单金额")} ${cell(mine[1], "退款金额")}`, "19.90 9.90");
}

// Signs notifications as WeChat would: forged ones are refused, the true one is accepted.
async function notifyServer(sdk) {
  const url = process.env.INTEROP_NOTIFY_URL;
  if (url === undefined) return;
  const fields = {
    appid: sdk.appid,
    bank_type: "OTHERS",
    cash_fee: setting("TOTAL_FEE"),
    fee_type: "CNY",
    is_subscribe: "N",
    mch_id: sdk.mchid,
    nonce_str: util.generate(),
    openid: setting("OPENID"),
    out_trade_no: setting("ORDER"),
    result_code: "SUCCESS",
    return_code: "SUCCESS",
    time_end: new Date(Date.now() + 8 * 3_600_000).toISOString().replace(/\D/g, "").slice(0, 14),
    total_fee: setting("TOTAL_FEE"),
    trade_type: "JSAPI",
    // A field that no table knows: verification has to include it.
    added_by_wechat_later: "新字段",
    transaction_id: `4200${String(process.hrtime.bigint()).padStart(24, "0").slice(-24)}`,
  };
  const sign = sdk._getSign(fields, setting("NOTIFY_SIGN_TYPE", "HMAC-SHA256"));
  const post = async (message) => {
    const headers = { "content-type": "text/xml" };
    const response = await fetch(url, { method: "POST", headers, body: util.buildXML(message) });
    return { status: response.status, text: await response.text() };
  };
  const isAcknowledged = async (message) => (await post(message)).text === ACKNOWLEDGEMENT;
  const cheaper = { ...fields, total_fee: "1", sign };
  expect("the server refuses a changed amount", await isAcknowledged(cheaper), false);
  expect("the server refuses a missing signature", await isAcknowledged(fields), false);
  const answer = await post({ ...fields, sign });
  expect("the server answers 200", answer.status, 200);
  expect("the server acknowledges byte for byte", answer.text, ACKNOWLEDGEMENT);
  expect("the server acknowledges a repeat", await isAcknowledged({ ...fields, sign }), true);
}

async function main() {
  const gateway = setting("GATEWAY_URL").replace(/\/$/, "");
  const notified = await receiver();
  try {
    const sdk = merchant(gateway, notified.url);
    await waitForNextNoon(gateway);
    const openid = await signIn(gateway, sdk);
    const number = await buy(gateway, sdk, notified, openid, "MD5");
    await buy(gateway, sdk, notified, openid, "HMAC-SHA256");
    await close(gateway, sdk, openid);
    await refund(gateway, sdk, notified, number);
    await notifyServer(sdk);
    await bill(gateway, sdk, number);
  } finally {
    notified.close();
  }
}

const sdk = `tenpay ${require("tenpay/package.json").version}`;
main().then(
  () => process.stdout.write(`${JSON.stringify({ sdk, ok: true, checks })}\n`, () => process.exit(0)),
  // The line of JSON is the report, whatever went wrong.
  (error) => process.stdout.write(`${JSON.stringify({ sdk, ok: false, error: String(error), checks })}\n`, () => process.exit(1)),
);
