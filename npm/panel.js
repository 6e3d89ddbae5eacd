// What stands there when the checkout itself cannot: it needs no wasm.

const WORDS = {
  not_loaded: [
    "支付组件加载失败",
    "请检查网络后重试。如已付款，请勿重复支付。",
    "The checkout could not load. Please try again. If you have paid, do not pay again.",
  ],
  crashed: [
    "页面出错了",
    "请重新加载页面。如已付款，请勿重复支付。",
    "Something went wrong. Please reload the page. If you have paid, do not pay again.",
  ],
  bad_option: [
    "暂时无法下单",
    "商家暂时无法收款，请联系商家。",
    "The shop cannot take payments right now. Please contact the shop.",
  ],
};

/** Fills `root` and returns the words for the buyer. */
export function showPanel(root, { code, orderId, retry }) {
  const [title, text, english] = WORDS[code];
  const screen = make("div", "wc-screen wc-result");
  const heading = make("h2", "wc-result__title", title);
  heading.lang = "zh-CN";
  const chinese = make("p", "wc-result__text", text);
  chinese.lang = "zh-CN";
  const other = make("p", "wc-result__text", english);
  other.lang = "en";
  screen.append(heading, chinese, other);
  if (orderId) screen.append(make("p", "wc-support", `订单编号 ${orderId}`));
  if (code !== "bad_option") {
    const button = make("button", "wc-button", "重试 · Try again");
    button.dataset.kind = "primary";
    button.dataset.test = "retry";
    // A wasm that has died cannot be started a second time in the same page.
    button.addEventListener("click", code === "crashed" ? () => location.reload() : retry);
    screen.append(button);
  }
  const section = make("section", "wechat-checkout");
  section.dataset.test = "order-status";
  section.dataset.status = "none";
  section.dataset.stage = code;
  section.setAttribute("role", "alert");
  section.append(screen);
  root.replaceChildren(section);
  return { title, buyerText: text };
}

function make(tag, className, text) {
  const element = document.createElement(tag);
  element.className = className;
  if (text) element.textContent = text;
  return element;
}
