//! `(state, event, now) → (state, effects)`: the dispatcher, and the road to an order in hand.

use wechat_checkout_protocol::{OrderView, UnixMillis};

use super::{
    Asking, Checkout, CheckoutEvent, Effect, Event, Holding, Money, RETRIES_MAX, Recovery, Start,
    Timer, Trouble, TroubleKind, retry_delay_ms,
};

/// The outcome of one event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Transition {
    /// What the machine knows now.
    pub state: Checkout,
    /// To be performed in this order, before anything else happens.
    pub effects: Vec<Effect>,
}

/// Moves the machine by one event that happened at `now`, by the device's clock.
#[must_use]
pub fn transition(state: Checkout, event: Event, now: UnixMillis) -> Transition {
    let mut effects = Vec::new();
    let state = match (state, event) {
        (_, Event::Started(start)) => begin(start, &mut effects),
        (
            Checkout::Issuing {
                product_id,
                quantity,
                asking,
            },
            event,
        ) => {
            let start = Start::Product {
                product_id,
                quantity,
            };
            seek(start, asking, event, now, &mut effects)
        }
        (Checkout::Loading { order_id, asking }, event) => {
            seek(Start::Order(order_id), asking, event, now, &mut effects)
        }
        (Checkout::Halted { start, trouble }, Event::RetryTapped) => {
            match trouble.kind.recovery() {
                Recovery::SignIn => {
                    effects.push(Effect::SignIn { is_asked_for: true });
                    Checkout::Halted { start, trouble }
                }
                Recovery::Automatic | Recovery::ByHand | Recovery::None => {
                    begin(start, &mut effects)
                }
            }
        }
        (Checkout::Holding(mut holding), event) => match holding.hear(event, now, &mut effects) {
            None => Checkout::Holding(holding),
            Some(start) => begin(start, &mut effects),
        },
        (state @ (Checkout::Idle | Checkout::Halted { .. }), _) => state,
    };
    Transition { state, effects }
}

/// Opens the road: asks for the order.
fn begin(start: Start, effects: &mut Vec<Effect>) -> Checkout {
    ask(&start, effects);
    seeking(start, Asking::default())
}

fn seeking(start: Start, asking: Asking) -> Checkout {
    match start {
        Start::Product {
            product_id,
            quantity,
        } => Checkout::Issuing {
            product_id,
            quantity,
            asking,
        },
        Start::Order(order_id) => Checkout::Loading { order_id, asking },
    }
}

fn ask(start: &Start, effects: &mut Vec<Effect>) {
    effects.push(match start {
        Start::Product {
            product_id,
            quantity,
        } => Effect::PlaceOrder {
            product_id: product_id.clone(),
            quantity: *quantity,
        },
        Start::Order(order_id) => Effect::LoadOrder(order_id.clone()),
    });
}

/// One step while no order is in hand yet.
fn seek(
    start: Start,
    mut asking: Asking,
    event: Event,
    now: UnixMillis,
    effects: &mut Vec<Effect>,
) -> Checkout {
    match event {
        Event::OrderArrived(order) if answers(&start, &order) => {
            return Checkout::Holding(Box::new(Holding::take(order, &start, now, effects)));
        }
        Event::PlacingFailed(trouble) | Event::LoadingFailed(trouble) => {
            return refused(start, asking, trouble, effects);
        }
        Event::TimerFired(Timer::Retry) | Event::Shown | Event::WentOnline | Event::RetryTapped
            if asking.is_waiting =>
        {
            asking.is_waiting = false;
            ask(&start, effects);
        }
        Event::Started(_)
        | Event::OrderArrived(_)
        | Event::BridgeRefused(_)
        | Event::ReportFailed(_)
        | Event::PayTapped
        | Event::SheetAnswered(_)
        | Event::LinkChanged(_)
        | Event::TimerFired(_)
        | Event::Hidden
        | Event::Shown
        | Event::WentOnline
        | Event::RetryTapped => {}
    }
    seeking(start, asking)
}

/// A late answer to a question asked before is not an answer to this one.
fn answers(start: &Start, order: &OrderView) -> bool {
    match start {
        Start::Product {
            product_id,
            quantity,
        } => order.product_id == *product_id && order.quantity == *quantity,
        Start::Order(order_id) => order.id == *order_id,
    }
}

fn refused(
    start: Start,
    mut asking: Asking,
    trouble: Trouble,
    effects: &mut Vec<Effect>,
) -> Checkout {
    if let (
        TroubleKind::Conflict,
        0,
        Start::Product {
            product_id,
            quantity,
        },
    ) = (trouble.kind, asking.attempt, &start)
    {
        // The stored key belongs to other content, for example after the shop changed: a new key
        // asks for a new order. Once only, so that two pages cannot chase each other.
        asking.attempt = 1;
        effects.push(Effect::ForgetKey {
            product_id: product_id.clone(),
            quantity: *quantity,
        });
        ask(&start, effects);
        return seeking(start, asking);
    }
    match trouble.kind.recovery() {
        Recovery::Automatic if asking.attempt < RETRIES_MAX => {
            asking.wait(trouble, effects);
            seeking(start, asking)
        }
        recovery @ (Recovery::Automatic | Recovery::SignIn | Recovery::ByHand | Recovery::None) => {
            if recovery == Recovery::SignIn {
                effects.push(Effect::SignIn {
                    is_asked_for: false,
                });
            }
            let money = Money::without_order(&start);
            effects.push(Effect::Emit(CheckoutEvent::Halted(trouble.clone(), money)));
            Checkout::Halted { start, trouble }
        }
    }
}

impl Asking {
    /// Notes the trouble and lets the retry wait for its time.
    pub(super) fn wait(&mut self, trouble: Trouble, effects: &mut Vec<Effect>) {
        let pause_ms = retry_delay_ms(self.attempt, &trouble);
        effects.push(Effect::StartTimer(Timer::Retry, pause_ms));
        self.attempt = self.attempt.saturating_add(1);
        self.trouble = Some(trouble);
        self.is_waiting = true;
    }
}
