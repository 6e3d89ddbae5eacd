// The package's door: importing it makes `<wechat-checkout>` known, and gives the functions.

import { WechatCheckoutElement } from "./element.js";

export { checkout } from "./checkout.js";
export { loadCheckout } from "./load.js";
export { loadInFull, payDirectory } from "./pay-directory.js";
export { WechatCheckoutElement };

// On a server that renders pages there is nothing to define it in.
if (globalThis.customElements && !customElements.get("wechat-checkout")) {
  customElements.define("wechat-checkout", WechatCheckoutElement);
}
