// What stands there when the checkout itself cannot: it needs no wasm.

const WORDS = {
  not_loaded: [
    "支付组件加载失败",
    "您的订单不受影响。请检查网络后重试。",
    "The checkout could not load. Your order is safe; please try again.",
  ],
  crashed: [
    "页面出错了",
    "您的订单不受影响，请重新加载页面。",
    "Something went wrong. Your order is safe; please reload the page.",
  ],
  bad_option: [
    "暂时无法下单",
    "页面设置有误，请联系商家。",
    "This page is set up wrongly; please contact the shop.",
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
