// `<wechat-checkout>`: the checkout inside a shadow root, so that no style of the page reaches it but
// the custom properties that it asks for.

import { named } from "./errors.js";
import { load, onDeath } from "./load.js";
import { showPanel } from "./panel.js";
import { loadInFull } from "./pay-directory.js";
import { followScheme } from "./scheme.js";
import { replaced } from "./sentences.js";

const STYLES = new URL("./wechat-checkout.css", import.meta.url).href;

/** As many as the server takes in one order. */
const QUANTITY_MAX = 20;

// Anybody can write an address: only a number of this shape counts.
const ORDER_NUMBER = /^[0-9A-Za-z_-]{6,32}$/;

/** Properties that mirror attributes, with what an attribute's text means. */
const MIRRORED = {
  product: "product",
  quantity: "quantity",
  order: "order",
  apiBase: "api-base",
  language: "language",
  theme: "theme",
  orderParameter: "order-parameter",
  payDirectory: "pay-directory",
  doneButton: "done-button",
  ordersButton: "orders-button",
};
const SWITCHES = ["doneButton", "ordersButton"];

/** Everything that can be set on the element. */
export const PROPERTIES = [...Object.keys(MIRRORED), "texts"];

// A server that renders pages may import this module; it has no elements.
const Base = globalThis.HTMLElement ?? class {};

export class WechatCheckoutElement extends Base {
  static EVENTS = [
    "ready",
    "issued",
    "sheet_opened",
    "reported",
    "confirmed",
    "cancelled",
    "failed",
    "expired",
    "halted",
    "done",
    "orders",
  ];

  static observedAttributes = [...Object.values(MIRRORED), "lang"];

  #checkout = null;
  #Checkout = null;
  #root = null;
  #texts = null;
  #resumed = null;
  #isSettling = false;
  #error = null;
  #styled;
  #scheme;
  #mounted = promised();
  #stopMourning = null;
  #lastDetail = null;

  constructor() {
    super();
    const link = document.createElement("link");
    link.rel = "stylesheet";
    link.href = STYLES;
    link.crossOrigin = "anonymous";
    this.#scheme = followScheme(link);
    this.#styled = new Promise((resolve) => {
      link.addEventListener("load", resolve, { once: true });
      // Without its styles the checkout is ugly, and works.
      link.addEventListener("error", resolve, { once: true });
    });
    // The page's own content stands there until the checkout does.
    this.attachShadow({ mode: "open" }).append(link, document.createElement("slot"));
  }

  connectedCallback() {
    // Properties that were set before the element was defined hide the real ones.
    for (const name of PROPERTIES) {
      if (Object.prototype.hasOwnProperty.call(this, name)) {
        const value = this[name];
        delete this[name];
        this[name] = value;
      }
    }
    this.#settle();
  }

  disconnectedCallback() {
    this.#settle();
  }

  attributeChangedCallback(name, before, after) {
    if (before === after) return;
    // Another wish counts more than the order that the address named when the page was opened.
    if (["product", "quantity", "order"].includes(name)) this.#resumed = null;
    this.#settle();
  }

  /** Where the checkout stands. */
  get state() {
    if (this.#checkout) return named(this.#checkout.state());
    return { ...NOTHING, error: this.#error };
  }

  /** Settles when the checkout is on show, or cannot be. */
  get mounted() {
    return this.#mounted.promise;
  }

  get texts() {
    return this.#texts;
  }

  set texts(texts) {
    this.#texts = texts ?? null;
    this.#settle();
  }

  /** Opens the pay sheet: directly in the buyer's tap, not after an `await`. */
  pay() {
    this.#checkout?.pay();
  }

  /** Tries, checks or orders again, whichever the present state offers. */
  retry() {
    if (this.#checkout) this.#checkout.retry();
    else this.#settle();
  }

  // Once for all that happened in one go: several attributes, or a move to another place in the page,
  // which is a removal and an insertion, and not the end of the checkout.
  #settle() {
    if (this.#isSettling) return;
    this.#isSettling = true;
    queueMicrotask(() => {
      this.#isSettling = false;
      if (!this.isConnected) this.#unmount();
      else if (!this.#Checkout) this.#load();
      else this.#show();
    });
  }

  #load() {
    // Before anything is downloaded: the page may be about to be loaded again.
    if (this.payDirectory !== null && loadInFull(this.payDirectory)) return;
    Promise.all([load(), this.#styled]).then(
      ([{ Checkout }]) => {
        this.#Checkout = Checkout;
        this.#settle();
      },
      (cause) => {
        console.error(cause);
        this.#halt("not_loaded", cause);
      },
    );
  }

  #show() {
    this.#scheme(this.theme);
    if (!this.#checkout) this.#resumed = this.#orderInAddress();
    try {
      const options = this.#options();
      if (this.#checkout) this.#checkout.show(...options);
      else if (this.#isWanted()) this.#mount(options);
      else throw new TypeError("wechat-checkout: neither product nor order is given");
    } catch (cause) {
      // The running checkout, if there is one, stays as it is.
      const error = new TypeError(cause?.message ?? `wechat-checkout: ${cause}`);
      console.error(error);
      if (!this.#checkout) this.#halt("bad_option", error);
    }
  }

  #isWanted() {
    return Boolean(this.product || this.order || this.#resumed);
  }

  #mount(options) {
    const root = document.createElement("div");
    // Told in a task of its own: a listener may remove the element that is just telling.
    const checkout = new this.#Checkout(root, (name, detail) => {
      queueMicrotask(() => {
        if (root === this.#root) this.#tell(name, named(detail));
      });
    });
    try {
      checkout.show(...options);
    } catch (cause) {
      checkout.unmount();
      throw cause;
    }
    this.#checkout = checkout;
    this.#error = null;
    this.#replaceRoot(root);
    this.#stopMourning = onDeath((message) => this.#die(message));
    this.#mounted.resolve();
  }

  #unmount() {
    this.#checkout?.unmount();
    this.#forget();
    this.#replaceRoot(null);
  }

  #forget() {
    this.#checkout = null;
    this.#stopMourning?.();
    this.#mounted = promised();
  }

  /** The wasm has died, and with it every checkout of the page; the orders have not. */
  #die(message) {
    const { orderId } = this.#lastDetail ?? {};
    this.#forget();
    this.#halt("crashed", message, orderId);
  }

  #tell(name, detail) {
    this.#lastDetail = detail;
    if (name === "issued" && this.orderParameter) keepInAddress(this.orderParameter, detail.orderId);
    this.dispatchEvent(new CustomEvent(name, { bubbles: true, composed: true, detail }));
  }

  #halt(code, cause, orderId = null) {
    const developerText = String(cause?.message ?? cause);
    const root = document.createElement("div");
    const words = showPanel(root, { code, orderId, retry: () => this.retry() });
    this.#error = { code, ...words, developerText, supportCode: orderId };
    this.#replaceRoot(root);
    this.#mounted.reject(cause);
    this.#mounted = promised();
    this.#tell("halted", { ...NOTHING, stage: "halted", orderId, error: this.#error });
  }

  #replaceRoot(root) {
    this.#root?.remove();
    this.#root = root;
    if (root) this.shadowRoot.append(root);
    this.shadowRoot.querySelector("slot").hidden = root !== null;
  }

  /** In the order in which the wasm takes them. */
  #options() {
    const quantity = Number(this.quantity ?? 1);
    if (!Number.isInteger(quantity) || quantity < 1 || quantity > QUANTITY_MAX) {
      throw new TypeError(`wechat-checkout: quantity: 1 to ${QUANTITY_MAX}, not ${this.quantity}`);
    }
    return [
      this.product || undefined,
      quantity,
      this.order || this.#resumed || undefined,
      this.apiBase ? new URL(this.apiBase, location.href).href.replace(/\/+$/, "") : undefined,
      this.language || this.lang || undefined,
      replaced(this.#texts),
      this.doneButton,
      this.ordersButton,
    ];
  }

  #orderInAddress() {
    if (!this.orderParameter) return null;
    const order = new URLSearchParams(location.search).get(this.orderParameter);
    return order && ORDER_NUMBER.test(order) ? order : null;
  }
}

for (const [property, attribute] of Object.entries(MIRRORED)) {
  const isSwitch = SWITCHES.includes(property);
  Object.defineProperty(WechatCheckoutElement.prototype, property, {
    configurable: true,
    enumerable: true,
    get() {
      return isSwitch ? this.hasAttribute(attribute) : this.getAttribute(attribute);
    },
    set(value) {
      if (isSwitch) this.toggleAttribute(attribute, Boolean(value));
      else if (value === null || value === undefined) this.removeAttribute(attribute);
      else this.setAttribute(attribute, value);
    },
  });
}

/** Before there is an order. */
const NOTHING = {
  stage: "loading",
  isReady: false,
  orderId: null,
  status: null,
  productId: null,
  title: null,
  quantity: null,
  amountFen: null,
  expiresAt: null,
  confirmedAt: null,
  benefits: [],
  outcome: null,
  error: null,
};

function promised() {
  const promised = {};
  promised.promise = new Promise((resolve, reject) => Object.assign(promised, { resolve, reject }));
  // Who does not ask for it hears of a failure by the event.
  promised.promise.catch(() => {});
  return promised;
}

/** From now on a reload, a shared link and the sign-in come back to this order. */
function keepInAddress(parameter, orderId) {
  try {
    const address = new URL(location.href);
    address.searchParams.set(parameter, orderId);
    history.replaceState(history.state, "", address);
  } catch (cause) {
    // Browsers limit the rate of such calls, and sandboxes forbid them; the checkout goes on.
    console.warn(cause);
  }
}
