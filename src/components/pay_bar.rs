//! The bar at the foot with the pay button.

use yew::prelude::*;

use super::yuan;
use crate::{
    checkout::{Holding, Stage},
    hooks::CheckoutHandle,
    text::{Texts, fill},
};

/// The button opens the sheet inside the tap; it is off while the sheet is open or not yet possible.
/// What has to be said stands above it: there it covers the page and does not push it.
pub(super) fn pay_bar(
    holding: &Holding,
    handle: &CheckoutHandle,
    said: Html,
    texts: &Texts,
) -> Html {
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
            { said }
            <button type="button" class="wc-button wc-button--pay" data-test="pay-button"
                disabled={!is_ready} aria-busy={(!is_ready).to_string()} {onclick}>
                <span key={label.clone()} translate="no">{ label }</span>
            </button>
        </div>
    }
}
