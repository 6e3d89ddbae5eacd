//! One order in the list.

use wechat_checkout_protocol::{OrderId, OrderStatus, OrderView};
use yew::prelude::*;

use super::{marks::chevron, news, refunds::part, title_of, yuan};
use crate::text::{Moment, Texts};

/// A button as large as the row.
pub fn order_row(order: &OrderView, texts: &Texts, on_open: &Callback<OrderId>) -> Html {
    let onclick = {
        let (on_open, id) = (on_open.clone(), order.id.clone());
        move |_| on_open.emit(id.clone())
    };
    let part = part(order, texts);
    // Money that went back is no success to be shown in green.
    let tone = if part.is_some() {
        OrderStatus::Refunded
    } else {
        order.status
    };
    html! {
        <button type="button" key={order.id.as_str()} class="wc-order-row" data-test="order-row"
            data-order={order.id.as_str().to_owned()} data-status={order.status.as_str()}
            {onclick}>
            <span class="wc-product__words">
                <span class="wc-product__title">{ title_of(order, texts) }</span>
                <span class="wc-product__subtitle">{ (texts.date_and_time)(Moment::of(order.created_at)) }</span>
            </span>
            <span class="wc-product__prices">
                <span class="wc-order-row__amount" translate="no">{ yuan(order.amount_total) }</span>
                <span class="wc-status" data-status={tone.as_str()}>
                    { news(&part.unwrap_or_else(|| (texts.status)(order.status).into())) }
                </span>
            </span>
            { chevron() }
        </button>
    }
}
