// The types of the package `wechat-checkout`.

/** Where an order stands, as the server has it. Only `confirmed` means paid. */
export type OrderStatus =
  | "unprocessed"
  | "awaiting_confirmation"
  | "confirmed"
  | "closed"
  | "refunding"
  | "refunded";

/** Which screen is on show. */
export type Stage =
  | "loading"
  | "issuing"
  | "halted"
  | "outside"
  | "payable"
  | "sheet_open"
  | "confirming"
  | "not_yet_confirmed"
  | "failed"
  | "under_review"
  | "expiring"
  | OrderStatus;

/** What WeChat's bridge said. It is not a payment, not even `ok`. */
export type Outcome = "ok" | "cancel" | "fail" | "unknown" | "no_answer";

/** One thing that was delivered. */
export type Benefit =
  /** Membership until then, in milliseconds of Unix time. */
  | { kind: "vip"; until: number }
  /** A voucher's code. */
  | { kind: "voucher"; code: string };

/** What is in the way. */
export type ErrorCode =
  | "offline"
  | "unavailable"
  | "sign_in"
  | "sold_out"
  | "too_many_open_orders"
  | "not_found"
  | "no_product"
  | "not_payable"
  | "conflict"
  | "wechat_refused"
  | "defect"
  | "bridge_missing"
  | "access_denied"
  | "client_too_old"
  | "too_frequent"
  | "misconfigured"
  | "not_a_real_device"
  | "url_not_registered"
  | "another_account"
  | "order_expired"
  | "merchant_restricted"
  | "bad_prepay"
  | "missing_parameter"
  | "wrong_appid"
  | "bad_signature"
  | "wrong_scene"
  | "already_paid"
  | "unexplained"
  /** The wasm could not be loaded. */
  | "not_loaded"
  /** The wasm has died; the order has not. */
  | "crashed"
  /** An attribute or property has a value that no server could accept. */
  | "bad_option";

/** An error in three voices. */
export interface CheckoutError {
  code: ErrorCode;
  /** For the buyer: what it is. */
  title: string;
  /** For the buyer: what to do; in the language of the checkout. */
  buyerText: string;
  /** For developers: the cause and the remedy, in English. Not for buyers. */
  developerText: string;
  /** Finds the case in the server's log or journal; `null` when no server answered. */
  supportCode: string | null;
}

/** Where a checkout stands, and the detail of each of its events. What is not known yet is `null`. */
export interface CheckoutState {
  stage: Stage;
  /** Whether a tap would open the pay sheet at once. */
  isReady: boolean;
  orderId: string | null;
  status: OrderStatus | null;
  productId: string | null;
  title: string | null;
  quantity: number | null;
  /** In fen, a hundredth of a yuan: always whole. */
  amountFen: number | null;
  /** Milliseconds of Unix time, by the server's clock. */
  expiresAt: number | null;
  confirmedAt: number | null;
  /** Empty until the order is confirmed. */
  benefits: Benefit[];
  /** The bridge's last answer. */
  outcome: Outcome | null;
  error: CheckoutError | null;
}

/** The events of the element, all with the same detail. They bubble, through shadow roots too. */
export interface CheckoutEventMap {
  /** A tap would open the sheet. */
  ready: CustomEvent<CheckoutState>;
  /** The server issued an order, or found the open one. */
  issued: CustomEvent<CheckoutState>;
  /** The pay sheet was asked for. */
  sheet_opened: CustomEvent<CheckoutState>;
  /** WeChat's bridge answered. Not a payment. */
  reported: CustomEvent<CheckoutState>;
  /** The server confirmed the payment and delivered: the only event that means "paid". */
  confirmed: CustomEvent<CheckoutState>;
  /** The buyer closed the sheet; the order stays payable. */
  cancelled: CustomEvent<CheckoutState>;
  /** The sheet did not open. */
  failed: CustomEvent<CheckoutState>;
  /** The time to pay is over. */
  expired: CustomEvent<CheckoutState>;
  /** It does not go on without the buyer or the developer. */
  halted: CustomEvent<CheckoutState>;
  /** The buyer tapped the button of `doneButton`. */
  done: CustomEvent<CheckoutState>;
  /** The buyer tapped the button of `ordersButton`. */
  orders: CustomEvent<CheckoutState>;
}

/** The names of the sentences. A text may hold one `{}`, where the value goes. */
export type Sentence =
  | "language_name"
  | "shop_title"
  | "order_title"
  | "my_orders"
  | "back_to_shop"
  | "vip_group"
  | "voucher_group"
  | "best_value"
  | "sold_out"
  | "stock_left"
  | "price_before"
  | "vip_until"
  | "vip_none"
  | "vip_ended"
  | "vip_invitation"
  | "vip_renewal"
  | "pay"
  | "preparing"
  | "opening_sheet"
  | "pay_within"
  | "minutes_left"
  | "seconds_left"
  | "amount"
  | "product"
  | "quantity"
  | "merchant"
  | "order_number"
  | "ordered_at"
  | "paid_at"
  | "payment_method"
  | "wechat_pay"
  | "valid_until_if_paid"
  | "days"
  | "validity"
  | "how_to_use"
  | "quantity_less"
  | "quantity_more"
  | "contact_shop"
  | "issuing"
  | "loading"
  | "no_order_yet"
  | "order_kept"
  | "may_have_paid"
  | "order_safe"
  | "cancelled_title"
  | "cancelled_text"
  | "tap_again"
  | "confirming_title"
  | "confirming_text"
  | "elapsed"
  | "not_yet_title"
  | "not_yet_text"
  | "not_found_title"
  | "not_found_text"
  | "wechat_says"
  | "wechat_found"
  | "check_again"
  | "checking"
  | "pay_again"
  | "paid_title"
  | "delivered"
  | "activated"
  | "voucher_code"
  | "copy"
  | "copied"
  | "copy_failed"
  | "done"
  | "leave"
  | "failed_title"
  | "support_code"
  | "expiring_title"
  | "expiring_text"
  | "closed_title"
  | "closed_text"
  | "order_again"
  | "late_title"
  | "late_text"
  | "late_back_text"
  | "refunding_title"
  | "refunding_text"
  | "refund_stuck_text"
  | "refunded_title"
  | "refunded_text"
  | "part_refunding"
  | "part_refunded"
  | "rest_voucher"
  | "rest_vip"
  | "refund_amount"
  | "refund_failed"
  | "review_title"
  | "review_text"
  | "retry"
  | "sign_in_again"
  | "sign_in_title"
  | "sign_in_refused"
  | "sign_in_snapshot"
  | "sign_in_expired"
  | "sign_in_unavailable"
  | "update_title"
  | "outside_title"
  | "outside_text"
  | "outside_hint"
  | "copy_link"
  | "qr_label"
  | "hand_over_title"
  | "hand_over_desktop"
  | "hand_over_mini_program"
  | "hand_over_dev_tools"
  | "hand_over_wecom"
  | "hand_over_too_old"
  | "hand_over_waiting"
  | "all_orders"
  | "no_orders"
  | "my_vouchers"
  | "sign_out"
  | "signed_out"
  | "sign_in";

/** What a checkout can be told. Attributes have the same names in kebab case. */
export interface CheckoutOptions {
  /** What to order; ignored when there is an `order`. */
  product?: string | null;
  /** Units of it, 1 to 20; 1 unless given. */
  quantity?: number | string | null;
  /** An order to go on with. */
  order?: string | null;
  /** The server, without a slash at the end; the page's own origin unless given. */
  apiBase?: string | null;
  /** `zh-CN`, `zh-TW` or `en`; WeChat's or the browser's language unless given. */
  language?: string | null;
  /** Light or dark; as the device is set unless given. */
  theme?: "light" | "dark" | null;
  /** The parameter of the page's address that keeps the order's number over reloads and sign-ins. */
  orderParameter?: string | null;
  /** The registered payment directory, or `""` for the present one: see `loadInFull`. */
  payDirectory?: string | null;
  /** Shows a button "done" after the payment, "back" before it. */
  doneButton?: boolean;
  /** Shows a button "my orders". */
  ordersButton?: boolean;
  /** Your own words, by the names of the sentences. */
  texts?: Partial<Record<Sentence, string>> | null;
}

/** `<wechat-checkout>`: its properties are the options, and mirror the attributes. */
export class WechatCheckoutElement extends HTMLElement implements CheckoutOptions {
  static readonly EVENTS: readonly (keyof CheckoutEventMap)[];

  get product(): string | null;
  set product(product: string | null | undefined);
  get quantity(): string | null;
  set quantity(quantity: number | string | null | undefined);
  get order(): string | null;
  set order(order: string | null | undefined);
  get apiBase(): string | null;
  set apiBase(apiBase: string | null | undefined);
  get language(): string | null;
  set language(language: string | null | undefined);
  get theme(): "light" | "dark" | null;
  set theme(theme: "light" | "dark" | null | undefined);
  get orderParameter(): string | null;
  set orderParameter(parameter: string | null | undefined);
  get payDirectory(): string | null;
  set payDirectory(directory: string | null | undefined);
  doneButton: boolean;
  ordersButton: boolean;
  get texts(): Partial<Record<Sentence, string>> | null;
  set texts(texts: Partial<Record<Sentence, string>> | null | undefined);

  /** Where the checkout stands. */
  readonly state: CheckoutState;
  /** Settles when the checkout is on show, or cannot be. */
  readonly mounted: Promise<void>;
  /** Opens the pay sheet: directly in the buyer's tap, not after an `await`. */
  pay(): void;
  /** Tries, checks or orders again, whichever the present state offers. */
  retry(): void;

  addEventListener<Type extends keyof CheckoutEventMap>(
    type: Type,
    listener: (this: WechatCheckoutElement, event: CheckoutEventMap[Type]) => void,
    options?: boolean | AddEventListenerOptions,
  ): void;
  addEventListener<Type extends keyof HTMLElementEventMap>(
    type: Type,
    listener: (this: WechatCheckoutElement, event: HTMLElementEventMap[Type]) => void,
    options?: boolean | AddEventListenerOptions,
  ): void;
  removeEventListener<Type extends keyof CheckoutEventMap>(
    type: Type,
    listener: (this: WechatCheckoutElement, event: CheckoutEventMap[Type]) => void,
    options?: boolean | EventListenerOptions,
  ): void;
  removeEventListener<Type extends keyof HTMLElementEventMap>(
    type: Type,
    listener: (this: WechatCheckoutElement, event: HTMLElementEventMap[Type]) => void,
    options?: boolean | EventListenerOptions,
  ): void;
}

/** What `onEvent` hears. */
export interface CheckoutEvent {
  type: keyof CheckoutEventMap;
  detail: CheckoutState;
}

/** Options of {@link checkout}. */
export interface CheckoutCall extends CheckoutOptions {
  /** Where the checkout goes: an element, or a selector. It becomes the last child. */
  target: Element | string;
  /** Hears everything. */
  onEvent?: (event: CheckoutEvent) => void;
}

/** A running checkout. */
export interface CheckoutHandle {
  readonly element: WechatCheckoutElement;
  readonly state: CheckoutState;
  /** Opens the pay sheet: directly in the buyer's tap, not after an `await`. */
  pay(): void;
  retry(): void;
  /** Changes some options; another product, order or server starts over. */
  update(options: CheckoutOptions): void;
  /** Takes it out of the page. The order lives on, on the server. */
  unmount(): void;
}

/** Puts a checkout into the page. Rejects when it cannot be shown, and then leaves nothing behind. */
export function checkout(call: CheckoutCall): Promise<CheckoutHandle>;

/** Loads the wasm ahead of time, so that the first checkout is on show at once. */
export function loadCheckout(): Promise<void>;

/** The payment directory (支付授权目录) to register with WeChat for the present address, ending in `/`. */
export function payDirectory(): string;

/**
 * Loads the present address in full, once, where WeChat for iOS would judge the address that was loaded
 * last and refuse the payment. `registered` is the registered directory, the present one unless given.
 * `true`: the browser is leaving the page.
 */
export function loadInFull(registered?: string): boolean;

declare global {
  interface HTMLElementTagNameMap {
    "wechat-checkout": WechatCheckoutElement;
  }
}
