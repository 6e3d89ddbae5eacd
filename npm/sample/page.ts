// Uses everything that the package types, as a careful page would; the compiler is the test. What must
// not compile is marked, and the compiler also complains when it does.

import { checkout, loadCheckout, loadInFull, payDirectory, WechatCheckoutElement } from "wechat-checkout";
import type { Benefit, CheckoutError, CheckoutState } from "wechat-checkout";

const element = document.createElement("wechat-checkout");
element.product = "vip-month";
element.quantity = 2;
element.doneButton = true;
element.texts = { pay: "马上付 {}", done: "开始阅读" };
// @ts-expect-error There is no such sentence.
element.texts = { pai: "马上付 {}" };
// @ts-expect-error There is no such theme.
element.theme = "blue";
// @ts-expect-error The state belongs to the checkout.
element.state = null;

element.addEventListener("confirmed", ({ detail }) => {
  const yuan: number = (detail.amountFen ?? 0) / 100;
  console.log(detail.orderId, yuan, detail.benefits.map(words));
});
element.addEventListener("click", (event) => event.clientX);
// @ts-expect-error There is no such event.
element.addEventListener("paid", () => {});

function words(benefit: Benefit): string {
  switch (benefit.kind) {
    case "vip":
      return new Date(benefit.until).toISOString();
    case "voucher":
      return benefit.code;
  }
}

function report(error: CheckoutError): string {
  return `${error.code} ${error.buyerText} ${error.developerText} ${error.supportCode ?? ""}`;
}

function isPaid(state: CheckoutState): boolean {
  // @ts-expect-error No status is called paid.
  if (state.status === "paid") return true;
  return state.status === "confirmed";
}

export async function buy(target: Element): Promise<void> {
  await loadCheckout();
  if (loadInFull("https://pay.example.com/shop/")) return;
  console.log(payDirectory().endsWith("/"));
  const handle = await checkout({
    target,
    product: "vip-month",
    apiBase: "https://pay.example.com",
    language: "en",
    orderParameter: "order",
    onEvent({ type, detail }) {
      if (type === "failed" && detail.error) console.warn(report(detail.error));
      if (type === "confirmed") console.log(isPaid(detail));
    },
  });
  handle.update({ language: "zh-TW" });
  handle.pay();
  handle.unmount();
  // @ts-expect-error A checkout needs a place.
  await checkout({ product: "vip-month" });
}

export const known: typeof WechatCheckoutElement | undefined = customElements.get("wechat-checkout") as
  | typeof WechatCheckoutElement
  | undefined;
