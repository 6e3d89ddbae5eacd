// The checkout as a function: makes the element, and gives a handle on it.

import { PROPERTIES, WechatCheckoutElement } from "./element.js";

/** Resolves as soon as the checkout is on show; see `index.d.ts`. */
export async function checkout({ target, onEvent, ...options }) {
  const place = typeof target === "string" ? document.querySelector(target) : target;
  if (!(place instanceof Element)) {
    throw new TypeError(`wechat-checkout: there is no target ${target}`);
  }
  const element = document.createElement("wechat-checkout");
  apply(element, options);
  if (onEvent) {
    for (const type of WechatCheckoutElement.EVENTS) {
      element.addEventListener(type, ({ detail }) => onEvent({ type, detail }));
    }
  }
  const mounted = element.mounted;
  place.append(element);
  try {
    await mounted;
  } catch (cause) {
    element.remove();
    throw cause;
  }
  return {
    element,
    get state() {
      return element.state;
    },
    pay: () => element.pay(),
    retry: () => element.retry(),
    update: (changed) => apply(element, changed),
    unmount: () => element.remove(),
  };
}

function apply(element, options) {
  for (const [name, value] of Object.entries(options)) {
    if (!PROPERTIES.includes(name)) {
      throw new TypeError(`wechat-checkout: there is no option ${name}`);
    }
    element[name] = value;
  }
}
