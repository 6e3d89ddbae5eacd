//! The buyer's membership.

use wechat_checkout_protocol::UnixMillis;
use yew::{Html, html};

use crate::text::{Moment, Texts, fill};

/// The state of the membership at `now`.
pub fn vip_card(vip_until: Option<UnixMillis>, now: UnixMillis, texts: &Texts) -> Html {
    let is_active = vip_until.is_some_and(|until| until > now);
    let sentence = match vip_until {
        None => texts.vip_none.to_owned(),
        Some(until) => {
            let words = if is_active {
                texts.vip_until
            } else {
                texts.vip_ended
            };
            fill(words, &(texts.date)(Moment::of(until)))
        }
    };
    html! {
        <div class="wc-vip" data-active={is_active.then_some("")} data-test="vip-state">
            <p class="wc-vip__state">{ sentence }</p>
            <p class="wc-vip__hint">
                { if is_active { texts.vip_renewal } else { texts.vip_invitation } }
            </p>
        </div>
    }
}
