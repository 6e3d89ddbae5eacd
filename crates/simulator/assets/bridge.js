// Plays WeixinJSBridge. Runs before every script of the page; `settings` and `openSheet` are in scope.

if (settings.userAgent) {
  // The header is set by the proxy; pages read this property. A page that is served past the proxy
  // (a development server, for example) gets its WeChat agent from here alone.
  Object.defineProperty(navigator, "userAgent", { get: () => settings.userAgent, configurable: true });
}
if (settings.agent === "ios") window.__wxjs_is_wkwebview = true;
if (settings.agent === "mini-program") window.__wxjs_environment = "miniprogram";

// iOS judges the address the document was loaded from, whatever pushState did to it since.
const landingUrl = location.href.split("#")[0];

let isPaying = false;

async function post(path, body) {
  const response = await fetch(path, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`${path}: ${response.status}`);
  return response.json();
}

// Real time, long enough to see what the page makes of the first answer.
const NEXT_ANSWER_AFTER_MS = 1000;

// Answers what the page's callback is to receive, one after another; often one, sometimes nothing.
async function requestPayment(params) {
  const isObject = params !== null && typeof params === "object" && !Array.isArray(params);
  const call = {
    params: isObject ? params : {},
    page_url: location.href.split("#")[0],
    landing_url: landingUrl,
  };
  const opened = await post("/__wechat/sheet/open", call);
  if (!opened.sheet) return [opened.answer];
  const sheet = openSheet(opened.sheet);
  try {
    const decision = await sheet.decision;
    const decided = await post("/__wechat/sheet/decide", { ...call, decision });
    return decided.answers;
  } finally {
    sheet.close();
  }
}

function pay(params, answer) {
  if (isPaying) {
    answer({ err_msg: "system:too_frequent" });
    return;
  }
  isPaying = true;
  requestPayment(params)
    .catch((error) => {
      console.error("simulated WeChat:", error);
      return [{ err_msg: "get_brand_wcpay_request:fail", err_desc: "系统繁忙，请稍后再试" }];
    })
    .then((answers) => {
      isPaying = false;
      answers.forEach((result, index) => setTimeout(() => answer(result), index * NEXT_ANSWER_AFTER_MS));
    });
}

// The few calls that pages make besides paying. Everything else does not exist, as in an old app.
const answers = {
  getNetworkType: { err_msg: "network_type:wifi" },
  hideOptionMenu: { err_msg: "hideOptionMenu:ok" },
  showOptionMenu: { err_msg: "showOptionMenu:ok" },
  hideToolbar: { err_msg: "hideToolbar:ok" },
  showToolbar: { err_msg: "showToolbar:ok" },
  closeWindow: { err_msg: "close_window:ok" },
};

function invoke(name, params, callback) {
  const answer = (result) => {
    // The app calls back from outside the page's own call, never within it.
    if (typeof callback === "function") setTimeout(() => callback(result), 0);
  };
  if (name === "getBrandWCPayRequest") pay(params, answer);
  else answer(answers[name] ?? { err_msg: "system:function_not_exist" });
}

function install() {
  if (window.WeixinJSBridge) return;
  window.WeixinJSBridge = {
    invoke,
    call: (name) => invoke(name, {}, undefined),
    on: () => {},
    log: () => {},
  };
  document.dispatchEvent(new Event("WeixinJSBridgeReady"));
}

if (settings.hasBridge) {
  // The app injects its bridge while the page loads, so a page has to wait for it.
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", install);
  else setTimeout(install, 0);
}
