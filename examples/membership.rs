//! A small Yew app of somebody else's, with the checkout inside it.
//!
//! `cargo check --example membership --target wasm32-unknown-unknown` compiles it;
//! `docs/EMBEDDING.md` explains it.

use wechat_checkout::{
    checkout::CheckoutEvent,
    components::WechatCheckout,
    text::{Explanation, Texts, ZH_CN},
};
use wechat_checkout_protocol::ProductId;
use yew::prelude::*;

/// The shop's own words for two sentences; everything else stays as it is.
static TEXTS: Texts = Texts {
    paid_title: "欢迎加入",
    done: "开始阅读",
    ..ZH_CN
};

#[component]
fn Membership() -> Html {
    let is_buying = use_state(|| false);
    let news = use_state(String::new);
    let on_event = {
        let news = news.clone();
        Callback::from(move |event| news.set(tell(&event)))
    };
    let on_join = {
        let is_buying = is_buying.clone();
        Callback::from(move |_: MouseEvent| is_buying.set(true))
    };
    let on_done = {
        let is_buying = is_buying.clone();
        Callback::from(move |()| is_buying.set(false))
    };
    let Ok(product) = ProductId::parse("vip-year") else {
        return Html::default();
    };
    html! {
        <main>
            <p role="status">{ (*news).clone() }</p>
            if *is_buying {
                <WechatCheckout {product} texts={&TEXTS} {on_event} {on_done} />
            } else {
                <button onclick={on_join}>{ "加入会员" }</button>
            }
        </main>
    }
}

/// What an app typically does with each event. Only `Confirmed` means that the money is there.
fn tell(event: &CheckoutEvent) -> String {
    match event {
        CheckoutEvent::Issued(order_id) => format!("订单 {order_id}"),
        CheckoutEvent::Ready(_) => "可以支付".into(),
        CheckoutEvent::SheetOpened(_) => "正在支付".into(),
        CheckoutEvent::Reported(_, outcome) => format!("微信返回 {outcome:?}，等待服务器确认"),
        CheckoutEvent::Confirmed(order) => format!("已支付 ¥{}", order.amount_total),
        CheckoutEvent::Cancelled(_) => "未支付，订单保留".into(),
        CheckoutEvent::Expired(_) => "订单已过期".into(),
        CheckoutEvent::Halted(trouble) => Explanation::of_trouble(trouble, &TEXTS).title.into(),
        CheckoutEvent::Failed(order_id, reason) => {
            Explanation::of_reason(*reason, order_id, &TEXTS)
                .sentence
                .into()
        }
    }
}

fn main() {
    yew::Renderer::<Membership>::new().render();
}
