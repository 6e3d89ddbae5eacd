//! One order in the list.

use wechat_checkout_protocol::{OrderId, OrderView};
use yew::prelude::*;

use super::{marks::chevron, yuan};
use crate::text::{Moment, Texts};

/// Properties of [`OrderRow`].
#[derive(Clone, Debug, PartialEq, Properties)]
pub struct OrderRowProps {
    /// The order.
    pub order: OrderView,
    /// The language.
    pub texts: &'static Texts,
    /// The buyer wants to see it.
    pub on_open: Callback<OrderId>,
}

/// A button as large as the row.
#[component]
pub fn OrderRow(props: &OrderRowProps) -> Html {
    let (order, texts) = (&props.order, props.texts);
    let onclick = {
        let (on_open, id) = (props.on_open.clone(), order.id.clone());
        move |_| on_open.emit(id.clone())
    };
    html! {
        <button type="button" class="wc-order-row" data-test="order-row"
            data-order={order.id.as_str().to_owned()} data-status={order.status.as_str()}
            {onclick}>
            <span class="wc-product__words">
                <span class="wc-product__title">{ order.title.clone() }</span>
                <span class="wc-product__subtitle">
                    { (texts.date_and_time)(Moment::of(order.created_at)) }
                </span>
            </span>
            <span class="wc-product__prices">
                <span class="wc-order-row__amount">{ yuan(order.amount_total) }</span>
                <span class={["wc-status wc-status--", order.status.as_str()].concat()}>
                    { (texts.status)(order.status) }
                </span>
            </span>
            { chevron() }
        </button>
    }
}
