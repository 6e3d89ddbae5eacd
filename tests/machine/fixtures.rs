//! Orders and shortcuts for the machine's tests.

use wechat_checkout::checkout::{
    Checkout, CheckoutEvent, Effect, Event, FailReason, Holding, SheetAnswer, Stage, Start,
    Transition, Trouble, TroubleKind, transition,
};
use wechat_checkout_protocol::{
    BridgeOutcome, BridgeParams, Fen, LastQuery, OrderId, OrderStatus, OrderView, ProductId,
    ProductKind, QueriedState, Translations, UnixMillis,
};

pub(crate) const NOW: UnixMillis = UnixMillis(1_800_000_000_000);
pub(crate) const EXPIRES_AFTER_MS: i64 = 900_000;

pub(crate) fn order_id() -> OrderId {
    OrderId::parse("0193f0c2a4b87d01a2b3c4d5e6f70819").expect("a valid id")
}

pub(crate) fn product_id() -> ProductId {
    ProductId::parse("vip-month").expect("a valid id")
}

pub(crate) fn params(nonce: &str) -> BridgeParams {
    BridgeParams {
        app_id: "wx5100000000000001".into(),
        time_stamp: "1800000000".into(),
        nonce_str: nonce.into(),
        package: "prepay_id=wx1".into(),
        sign_type: "HMAC-SHA256".into(),
        pay_sign: "AB".into(),
    }
}

/// The server's view; payable as long as it is unpaid.
pub(crate) fn order(status: OrderStatus, seq: u64) -> OrderView {
    let is_payable = matches!(
        status,
        OrderStatus::Unprocessed | OrderStatus::AwaitingConfirmation
    );
    OrderView {
        id: order_id(),
        status,
        seq,
        product_id: product_id(),
        product_kind: ProductKind::Vip,
        title: "VIP 月度会员".into(),
        title_translations: Translations::default(),
        validity: None,
        how_to_use: None,
        vip_days: Some(31),
        vip_until_if_paid: None,
        quantity: 1,
        amount_total: Fen::new(1990).expect("in range"),
        amount_refunded: Fen::ZERO,
        amount_refunding: Fen::ZERO,
        refunds: Vec::new(),
        merchant_name: "轻松会员商城".into(),
        created_at: NOW,
        expires_at: NOW.plus_ms(EXPIRES_AFTER_MS),
        confirmed_at: None,
        server_now: NOW,
        last_query: None,
        watch_token: None,
        is_payable,
        bridge: None,
        benefits: Vec::new(),
        attention: None,
    }
}

pub(crate) fn with_bridge(mut order: OrderView) -> OrderView {
    order.bridge = Some(params("n1"));
    order
}

pub(crate) fn buy() -> Start {
    Start::Product {
        product_id: product_id(),
        quantity: 1,
    }
}

pub(crate) fn trouble(kind: TroubleKind) -> Trouble {
    Trouble {
        kind,
        request_id: Some("r1".into()),
        retry_after_ms: None,
    }
}

/// An answer of the first sheet.
pub(crate) fn said(outcome: BridgeOutcome, reason: Option<FailReason>) -> Event {
    said_by(1, outcome, reason)
}

pub(crate) fn said_by(sheet: u32, outcome: BridgeOutcome, reason: Option<FailReason>) -> Event {
    Event::SheetAnswered(SheetAnswer {
        sheet,
        outcome,
        reason,
        words: None,
        raw: "{}".into(),
    })
}

/// WeChat was asked this long after the page's [`NOW`], and said this.
pub(crate) fn found(mut order: OrderView, state: QueriedState, after_ms: i64) -> OrderView {
    order.last_query = Some(LastQuery {
        state,
        description: None,
        at: NOW.plus_ms(after_ms),
    });
    order
}

/// A machine with a clock in the hand and a list of everything it wished.
#[derive(Clone, Debug)]
pub(crate) struct Bench {
    pub(crate) state: Checkout,
    pub(crate) now: UnixMillis,
    pub(crate) effects: Vec<Effect>,
}

impl Bench {
    pub(crate) fn new() -> Bench {
        Bench {
            state: Checkout::Idle,
            now: NOW,
            effects: Vec::new(),
        }
    }

    /// An order just issued, bridge parameters in hand.
    pub(crate) fn payable() -> Bench {
        Bench::new()
            .after(Event::Started(buy()))
            .after(arrived(with_bridge(order(OrderStatus::Unprocessed, 1))))
    }

    pub(crate) fn sheet_open() -> Bench {
        Bench::payable().after(Event::PayTapped)
    }

    pub(crate) fn confirming() -> Bench {
        Bench::sheet_open().after(said(BridgeOutcome::Ok, None))
    }

    pub(crate) fn not_yet(outcome: BridgeOutcome) -> Bench {
        let timer = Event::TimerFired(wechat_checkout::checkout::Timer::ConfirmingEnds);
        Bench::sheet_open().after(said(outcome, None)).after(timer)
    }

    pub(crate) fn hear(&mut self, event: Event) {
        let Transition { state, effects } = transition(self.state.clone(), event, self.now);
        self.state = state;
        self.effects = effects;
    }

    pub(crate) fn after(mut self, event: Event) -> Bench {
        self.hear(event);
        self
    }

    pub(crate) fn later(mut self, ms: i64) -> Bench {
        self.now = self.now.plus_ms(ms);
        self
    }

    pub(crate) fn holding(&self) -> &Holding {
        self.state
            .holding()
            .unwrap_or_else(|| panic!("no order in hand: {:?}", self.state))
    }

    pub(crate) fn stage(&self) -> Stage {
        self.holding().stage
    }

    pub(crate) fn wished(&self, effect: &Effect) -> bool {
        self.effects.contains(effect)
    }

    pub(crate) fn emitted(&self) -> Vec<&CheckoutEvent> {
        self.effects
            .iter()
            .filter_map(|effect| match effect {
                Effect::Emit(event) => Some(event),
                _ => None,
            })
            .collect()
    }

    pub(crate) fn opened_sheet(&self) -> bool {
        self.effects
            .iter()
            .any(|effect| matches!(effect, Effect::OpenSheet { .. }))
    }
}

pub(crate) fn arrived(order: OrderView) -> Event {
    Event::OrderArrived(Box::new(order))
}
