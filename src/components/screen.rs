//! Which screen a checkout state has.

use wechat_checkout_protocol::{Attention, OrderStatus, OrderView, ShopView};
use yew::prelude::*;

use super::{
    announcement::{not_yet_words, settled_words},
    contact::with_contact,
    countdown::countdown,
    delivered::delivered,
    elapsed::elapsed,
    hand_over, hand_over_sentence,
    marks::{attention_mark, clock_mark, paid_mark, return_mark, waiting_mark},
    notice::notice,
    order_details::{Print, order_details},
    pay_bar::pay_bar,
    refunds::refunds,
    result::{ButtonKind, Outcome, button, result},
    skeleton::order_skeleton,
    title_of, trouble_panel, yuan,
};
use crate::{
    browser,
    checkout::{Checkout, FailReason, Holding, Notice, Stage, Trouble},
    environment::Environment,
    hooks::CheckoutHandle,
    text::{Moment, Texts, fill},
};

/// All that a screen is made from.
pub(super) struct Screen<'a> {
    pub(super) handle: &'a CheckoutHandle,
    pub(super) texts: &'static Texts,
    pub(super) environment: Environment,
    pub(super) api_base: &'a str,
    pub(super) shop: Option<&'a ShopView>,
    pub(super) heading: &'a NodeRef,
    pub(super) on_done: Option<&'a Callback<()>>,
    pub(super) on_orders: Option<&'a Callback<()>>,
}

impl Screen<'_> {
    pub(super) fn view(&self) -> Html {
        match &*self.handle.state() {
            Checkout::Idle => order_skeleton(self.texts.loading),
            Checkout::Issuing { asking, .. } => {
                self.awaiting(asking.trouble.as_ref(), self.texts.issuing)
            }
            Checkout::Loading { asking, .. } => {
                self.awaiting(asking.trouble.as_ref(), self.texts.loading)
            }
            Checkout::Halted { trouble, .. } => {
                self.trouble(trouble, html! { <>{ self.done() }{ self.orders() }</> })
            }
            Checkout::Holding(holding) => self.holding(holding),
        }
    }

    fn awaiting(&self, trouble: Option<&Trouble>, sentence: &str) -> Html {
        match trouble {
            None => order_skeleton(sentence),
            Some(trouble) => self.trouble(trouble, self.done()),
        }
    }

    fn trouble(&self, trouble: &Trouble, leave: Html) -> Html {
        let money = Some(self.handle.state().money());
        let on_retry = self.on_retry();
        trouble_panel(
            trouble,
            money,
            self.shop,
            self.texts,
            self.heading,
            on_retry,
            leave,
        )
    }

    fn holding(&self, holding: &Holding) -> Html {
        match holding.stage {
            Stage::Payable { notice } => self.payable(holding, notice, None),
            Stage::Failed { reason } => self.payable(holding, None, Some(reason)),
            Stage::SheetOpen { .. } => self.payable(holding, None, None),
            Stage::Confirming { since, reason } => self.confirming(holding, since, reason),
            Stage::NotYetConfirmed {
                reason,
                is_checking,
                may_pay_again,
            } => self.not_yet(holding, reason, is_checking, may_pay_again),
            Stage::UnderReview => self.told(
                attention_mark(),
                (self.texts.review_title, self.texts.review_text),
                order_details(&holding.order, Print::Open, self.texts),
                self.orders(),
            ),
            Stage::Expiring => self.told(
                waiting_mark(),
                (self.texts.expiring_title, self.texts.expiring_text),
                order_details(&holding.order, Print::Open, self.texts),
                html! { <>{ self.done() }{ self.orders() }</> },
            ),
            Stage::Settled => self.settled(holding),
        }
    }

    /// The order, ready to be paid, with what happened before above it.
    fn payable(&self, holding: &Holding, said: Option<Notice>, reason: Option<FailReason>) -> Html {
        let (order, texts) = (&holding.order, self.texts);
        let time_left_ms = holding.time_left_ms(self.handle.now());
        let is_open = matches!(holding.stage, Stage::SheetOpen { .. });
        let can_pay = self.environment.opens_sheet();
        let said = self.said(holding, said, reason);
        let print = if reason.is_some() {
            Print::Failed
        } else {
            Print::Beside
        };
        html! {
            <div class="wc-screen" data-dimmed={is_open.then_some("")}>
                if !can_pay { { said.clone() } }
                <div class="wc-summary">
                    <p class="wc-summary__title">{ title_of(order, texts) }</p>
                    <h1 class="wc-summary__amount" tabindex="-1" ref={self.heading} translate="no"
                        aria-label={yuan(order.amount_total)}>
                        <small>{ "¥" }</small>{ order.amount_total.to_string() }
                    </h1>
                    <p class="wc-summary__gives">{ gives(order, texts) }</p>
                    { countdown(time_left_ms, texts) }
                </div>
                if !can_pay { { self.hand_over() } }
                { order_details(order, print, texts) }
                if can_pay { { pay_bar(holding, self.handle, said, texts) } }
            </div>
        }
    }

    /// What happened before.
    fn said(&self, holding: &Holding, said: Option<Notice>, reason: Option<FailReason>) -> Html {
        let texts = self.texts;
        match (reason, said) {
            (Some(reason), _) => notice(
                texts.failed_title,
                &self.reason(reason, holding),
                self.shop,
                texts,
            ),
            (None, Some(Notice::Cancelled)) => {
                notice(texts.cancelled_title, texts.cancelled_text, None, texts)
            }
            (None, Some(Notice::TapAgain)) => notice("", texts.tap_again, None, texts),
            (None, None) => Html::default(),
        }
    }

    fn hand_over(&self) -> Html {
        let texts = self.texts;
        // The app keeps the order in the page's address, so the phone goes on with the same order.
        let path = browser::path_and_query();
        html! {
            <section class="wc-card wc-hand-over-card">
                <h2 class="wc-card__title">{ texts.hand_over_title }</h2>
                <p>{ hand_over_sentence(self.environment, texts) }</p>
                { hand_over(&path, self.api_base, texts) }
                <p class="wc-caption">{ texts.hand_over_waiting }</p>
            </section>
        }
    }

    fn confirming(
        &self,
        holding: &Holding,
        since: wechat_checkout_protocol::UnixMillis,
        reason: Option<FailReason>,
    ) -> Html {
        let texts = self.texts;
        let text = match reason {
            Some(reason) => with_contact(&self.reason(reason, holding), self.shop, texts),
            None => texts.confirming_text.into(),
        };
        let more = html! {
            <>
                { elapsed(self.handle.now().since_ms(since), texts) }
                { order_details(&holding.order, Print::Open, texts) }
            </>
        };
        let outcome = Outcome {
            mark: waiting_mark(),
            title: texts.confirming_title,
            text,
            more,
            actions: self.orders(),
        };
        result(outcome, self.heading)
    }

    /// Why the sheet did not lead to a payment: WeChat's own words, where the page has none.
    fn reason(&self, reason: FailReason, holding: &Holding) -> String {
        match &holding.words {
            Some(words) if reason == FailReason::Unexplained => fill(self.texts.wechat_says, words),
            _ => (self.texts.reason)(reason).to_owned(),
        }
    }

    /// What WeChat said, in the sheet and when it was asked, as lines of their own.
    fn wechat_said(&self, holding: &Holding, reason: Option<FailReason>) -> Html {
        let in_sheet = reason
            .filter(|reason| *reason != FailReason::Unexplained || holding.words.is_some())
            .map(|reason| self.reason(reason, holding));
        let asked = holding
            .finding()
            .and_then(|query| query.description.as_deref())
            .map(|found| fill(self.texts.wechat_found, found));
        let line = |words| line(words, self.shop, self.texts);
        html! { <>{ line(in_sheet) }{ line(asked) }</> }
    }

    fn not_yet(
        &self,
        holding: &Holding,
        reason: Option<FailReason>,
        is_checking: bool,
        may_pay_again: bool,
    ) -> Html {
        let texts = self.texts;
        let label = if is_checking {
            texts.checking
        } else {
            texts.check_again
        };
        let on_pay = {
            let handle = self.handle.clone();
            Callback::from(move |()| handle.pay())
        };
        let more = html! {
            <>
                { self.wechat_said(holding, reason) }
                { order_details(&holding.order, Print::Open, texts) }
            </>
        };
        let can_pay = may_pay_again && self.environment.opens_sheet();
        // Where WeChat knows of no payment, paying is what comes next.
        let (pay, check) = if can_pay && holding.is_payment_missing() {
            (ButtonKind::Primary, ButtonKind::Quiet)
        } else {
            (ButtonKind::Quiet, ButtonKind::Primary)
        };
        let actions = html! {
            <>
                if can_pay {
                    { button(pay, "pay-again", texts.pay_again, false, on_pay) }
                }
                { button(check, "retry", label, is_checking, self.on_retry()) }
                { self.orders() }
            </>
        };
        self.told(
            attention_mark(),
            not_yet_words(holding, texts),
            more,
            actions,
        )
    }

    fn settled(&self, holding: &Holding) -> Html {
        let (order, texts) = (&holding.order, self.texts);
        // Of a refund the buyer looks for the amount first; what was delivered is gone or going.
        let has_moved_money = order.status != OrderStatus::Closed;
        let is_back = matches!(order.status, OrderStatus::Refunding | OrderStatus::Refunded);
        let mark = match (order.attention, order.status) {
            (_, OrderStatus::Refunding | OrderStatus::Refunded) => return_mark(),
            (Some(Attention::UnderReview), _) => attention_mark(),
            (_, OrderStatus::Confirmed) => paid_mark(),
            (Some(Attention::LatePaymentRefunded), _) => return_mark(),
            (
                None,
                OrderStatus::Closed | OrderStatus::Unprocessed | OrderStatus::AwaitingConfirmation,
            ) => clock_mark(),
        };
        let print = match (order.attention, order.status) {
            (None, OrderStatus::Confirmed) => Print::Ended,
            _ => Print::Open,
        };
        let more = html! {
            <>
                if is_back {
                    <p class="wc-caption">{ texts.refund_amount }</p>
                }
                if has_moved_money {
                    <p class="wc-result__amount" translate="no">{ yuan(order.amount_total) }</p>
                }
                { refunds(order, texts) }
                if order.status == OrderStatus::Confirmed {
                    { delivered(order, texts) }
                }
                { order_details(order, print, texts) }
            </>
        };
        let can_order_again = matches!(order.status, OrderStatus::Closed | OrderStatus::Refunded);
        let on_again = self.on_retry();
        let actions = html! {
            <>
                if can_order_again && self.environment.can_sign_in() {
                    { button(
                        ButtonKind::Primary, "order-again", texts.order_again, false, on_again,
                    ) }
                }
                { self.done() }
                { self.orders() }
            </>
        };
        self.told(mark, settled_words(order, texts), more, actions)
    }

    fn told(
        &self,
        mark: Html,
        (title, text): (&'static str, &'static str),
        more: Html,
        actions: Html,
    ) -> Html {
        let outcome = Outcome {
            mark,
            title,
            text: with_contact(text, self.shop, self.texts),
            more,
            actions,
        };
        result(outcome, self.heading)
    }

    fn on_retry(&self) -> Callback<()> {
        let handle = self.handle.clone();
        Callback::from(move |()| handle.retry())
    }

    fn done(&self) -> Html {
        let Some(on_done) = self.on_done.cloned() else {
            return Html::default();
        };
        let status = self
            .handle
            .state()
            .holding()
            .map(|holding| holding.order.status);
        if status == Some(OrderStatus::Confirmed) {
            button(ButtonKind::Primary, "done", self.texts.done, false, on_done)
        } else {
            button(ButtonKind::Quiet, "leave", self.texts.leave, false, on_done)
        }
    }

    fn orders(&self) -> Html {
        let Some(on_orders) = self.on_orders.cloned() else {
            return Html::default();
        };
        button(
            ButtonKind::Quiet,
            "my-orders",
            self.texts.my_orders,
            false,
            on_orders,
        )
    }
}

fn line(words: Option<String>, shop: Option<&ShopView>, texts: &Texts) -> Html {
    match words {
        Some(words) => html! {
            <p class="wc-result__text" data-test="wechat-said">
                { with_contact(&words, shop, texts) }
            </p>
        },
        None => Html::default(),
    }
}

/// What the buyer gets for the amount, in one line.
fn gives(order: &OrderView, texts: &Texts) -> String {
    let Some(days) = order.vip_days else {
        let validity = order.validity.as_ref();
        return validity
            .map(|validity| texts.local(validity).to_owned())
            .unwrap_or_default();
    };
    let days = fill(texts.days, &days.to_string());
    match order.vip_until_if_paid {
        Some(until) => {
            let until = fill(texts.valid_until_if_paid, &(texts.date)(Moment::of(until)));
            days + &until
        }
        None => days,
    }
}
