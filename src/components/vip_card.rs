//! The buyer's membership.

use super::words::p;
use wechat_checkout_protocol::UnixMillis;
use yew::{Html, html};

use crate::text::{Moment, Texts, fill};

/// The state of the membership at `now`.
pub fn vip_card(vip_until: Option<UnixMillis>, now: UnixMillis, texts: &Texts) -> Html {
    let (class, sentence) = match vip_until {
        None => ("wc-vip", texts.vip_none.to_owned()),
        Some(until) => {
            let date = (texts.date)(Moment::of(until));
            if until > now {
                ("wc-vip wc-vip--active", fill(texts.vip_until, &date))
            } else {
                ("wc-vip", fill(texts.vip_ended, &date))
            }
        }
    };
    html! {
        <div {class} data-test="vip-state">
            { p("wc-vip__state", &sentence) }
            { p("wc-vip__hint", texts.vip_invitation) }
        </div>
    }
}
