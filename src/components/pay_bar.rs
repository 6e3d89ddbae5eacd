//! The bar at the foot with the pay button.

use yew::prelude::*;

use super::yuan;
use crate::{
    checkout::{Holding, Stage},
    hooks::CheckoutHandle,
    text::{Texts, fill},
};

/// The button opens the sheet inside the tap; it is off while the sheet is open or not yet possible.
pub(super) fn pay_bar(holding: &Holding, handle: &CheckoutHandle, texts: &Texts) -> Html {
    let is_opening = matches!(holding.stage, Stage::SheetOpen { .. });
    let is_ready = holding.is_ready(handle.now());
    let label = if is_opening {
        texts.opening_sheet.to_owned()
    } else if is_ready {
        fill(texts.pay, &yuan(holding.order.amount_total))
    } else {
        texts.preparing.to_owned()
    };
    let onclick = {
        let handle = handle.clone();
        move |_| handle.pay()
    };
    html! {
        <div class="wc-pay-bar">
            <button type="button" class="wc-button wc-button--pay" data-test="pay-button"
                disabled={!is_ready} aria-busy={(!is_ready).to_string()} {onclick}>
                { label }
            </button>
            <p class="wc-pay-bar__note">{ texts.paid_through_wechat }</p>
        </div>
    }
}
