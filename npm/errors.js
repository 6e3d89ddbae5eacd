// Names the errors of the wasm, which knows them by number, and says what developers need to know of
// troubles. Tests compare both lists with the page's own.

/** What is in the way of an order, with the cause and the remedy. */
const TROUBLES = [
  [
    "offline",
    "no answer: the network is down or the server is too slow",
  ],
  [
    "unavailable",
    "the server, or WeChat behind it, asked to try again later",
  ],
  [
    "sign_in",
    "no session: is this origin in the server's public_origins, and are cookies kept?",
  ],
  [
    "sold_out",
    "the catalogue has no stock left of this product",
  ],
  [
    "too_many_open_orders",
    "the buyer holds too many unpaid orders",
  ],
  [
    "not_found",
    "no such order of this buyer; another buyer's looks the same",
  ],
  [
    "no_product",
    "the catalogue has no product with this id",
  ],
  [
    "not_payable",
    "the order is closed, paid or under review",
  ],
  [
    "conflict",
    "the stored idempotency key belongs to other content",
  ],
  [
    "wechat_refused",
    "WeChat refused the order; its code is in the server's log under the support code",
  ],
  [
    "defect",
    "an answer that the page does not understand, or a defect of the server: see its log under the support code",
  ],
];

/** Why a payment did not go through. */
const REASONS = [
  "bridge_missing",
  "access_denied",
  "client_too_old",
  "too_frequent",
  "misconfigured",
  "not_a_real_device",
  "url_not_registered",
  "another_account",
  "order_expired",
  "merchant_restricted",
  "bad_prepay",
  "missing_parameter",
  "wrong_appid",
  "bad_signature",
  "wrong_scene",
  "already_paid",
  "unexplained",
];

/** The state as the wasm tells it, with its error named. */
export function named(state) {
  if (!state.error) return state;
  const { number, ...error } = state.error;
  const [code, developerText] = TROUBLES[number] ?? [REASONS[number - TROUBLES.length]];
  return { ...state, error: { code, ...error, developerText: developerText ?? error.developerText } };
}
