// Draws the pay sheet and waits for the buyer's decision.

function element(name, className, text) {
  const node = document.createElement(name);
  node.className = className;
  if (text !== undefined) node.textContent = text;
  return node;
}

function button(className, text, test) {
  const node = element("button", className, text);
  node.type = "button";
  node.dataset.test = test;
  return node;
}

function row(label, value) {
  const node = element("div", "wechat-sheet__row");
  node.append(element("span", "wechat-sheet__label", label), element("span", "wechat-sheet__value", value));
  return node;
}

// A page opened past the proxy brings no stylesheet of its own.
function ensureStyle() {
  if (document.querySelector('link[href="/__wechat/sheet.css"]')) return;
  const link = document.createElement("link");
  link.rel = "stylesheet";
  link.href = "/__wechat/sheet.css";
  document.head.append(link);
}

function drawSheet(order) {
  const backdrop = element("div", "wechat-sheet");
  const panel = element("section", "wechat-sheet__panel");
  panel.setAttribute("role", "dialog");
  panel.setAttribute("aria-modal", "true");
  panel.setAttribute("aria-label", "模拟微信支付");
  panel.lang = "zh-CN";
  panel.tabIndex = -1;

  const head = element("header", "wechat-sheet__head");
  const cancel = button("wechat-sheet__close", "", "sheet-cancel");
  cancel.setAttribute("aria-label", "取消支付");
  head.append(cancel, element("span", "wechat-sheet__badge", "模拟支付 · 不会扣款"));

  const amount = element("p", "wechat-sheet__amount");
  amount.append(element("span", "wechat-sheet__currency", "¥"), order.amount);
  amount.dataset.test = "sheet-amount";

  const pay = button("wechat-sheet__pay", "立即支付", "sheet-pay");
  const tests = element("div", "wechat-sheet__tests");
  const fail = button("wechat-sheet__test", "支付报错", "sheet-fail");
  const silent = button("wechat-sheet__test", "不作回应", "sheet-silent");
  tests.append(fail, silent);

  panel.append(
    head,
    element("p", "wechat-sheet__payee", order.payee),
    amount,
    row("商品", order.description),
    row("支付方式", "零钱"),
    pay,
    tests,
  );
  backdrop.append(panel);
  return { backdrop, panel, choices: { cancel, pay, fail, silent } };
}

// Keeps Tab inside the sheet, as nothing outside it can be reached in the app.
function keepFocusInside(panel, event) {
  const stops = [...panel.querySelectorAll("button:not(:disabled)")];
  const last = stops.at(-1);
  if (event.shiftKey && document.activeElement === stops[0]) {
    event.preventDefault();
    last?.focus();
  } else if (!event.shiftKey && document.activeElement === last) {
    event.preventDefault();
    stops[0]?.focus();
  }
}

function openSheet(order) {
  ensureStyle();
  const focusedBefore = document.activeElement;
  const { backdrop, panel, choices } = drawSheet(order);
  let onKey;
  const decision = new Promise((resolve) => {
    const decide = (chosen) => {
      for (const choice of Object.values(choices)) choice.disabled = true;
      choices[chosen].classList.add("wechat-sheet__chosen");
      if (chosen === "pay") choices.pay.textContent = "正在支付…";
      resolve(chosen);
    };
    for (const chosen of Object.keys(choices)) {
      choices[chosen].addEventListener("click", () => decide(chosen), { once: true });
    }
    onKey = (event) => {
      if (event.key === "Escape" && !choices.cancel.disabled) decide("cancel");
      if (event.key === "Tab") keepFocusInside(panel, event);
    };
    document.addEventListener("keydown", onKey);
  });
  document.body.append(backdrop);
  // Not the green button: a stray Enter must not pay.
  panel.focus({ preventScroll: true });
  const close = () => {
    document.removeEventListener("keydown", onKey);
    backdrop.remove();
    focusedBefore?.focus?.({ preventScroll: true });
  };
  return { decision, close };
}
