//! A small Yew app of somebody else's, with the checkout inside it.
//!
//! `cargo xtask backend`, then `trunk serve --config examples/membership/Trunk.toml`, and it runs inside
//! simulated WeChat on port 8000. `docs/EMBEDDING.md` explains it.

use wechat_checkout::{
    api::ApiClient,
    browser::{self, Query},
    checkout::CheckoutEvent,
    components::WechatCheckout,
    text::{Explanation, Texts, ZH_CN},
};
use wechat_checkout_protocol::{OrderId, ProductId};
use yew::prelude::*;

/// The shop's own words for two sentences; everything else stays as it is.
static TEXTS: Texts = Texts {
    paid_title: "欢迎加入读书会",
    done: "开始阅读",
    ..ZH_CN
};

/// In the address while the buyer is at the checkout: the sign-in comes back to it.
const JOINING: &str = "join";
/// In the address as soon as there is an order: a reload comes back to it.
const ORDER: &str = "order";

#[component]
fn Membership() -> Html {
    let is_joining = use_state(|| Query::current().get(JOINING).is_some());
    // Read once: the running checkout would start over if it were told its own order.
    let order = use_state(order_in_address);
    let api = use_memo((), |()| server());
    let news = use_state(String::new);
    let on_event = {
        let news = news.clone();
        Callback::from(move |event| {
            if let CheckoutEvent::Issued(order_id) = &event {
                browser::replace_query(&Query::current().with(ORDER, order_id.as_str()));
            }
            news.set(tell(&event));
        })
    };
    let on_join = {
        let is_joining = is_joining.clone();
        Callback::from(move |_: MouseEvent| {
            browser::push_query(&Query::current().with(JOINING, "1"));
            is_joining.set(true);
        })
    };
    let on_done = {
        let (is_joining, order) = (is_joining.clone(), order.clone());
        Callback::from(move |()| {
            browser::replace_query(&Query::current().without(JOINING).without(ORDER));
            order.set(None);
            is_joining.set(false);
        })
    };
    let product = ProductId::parse("vip-year").ok();
    html! {
        <main>
            <h1>{ "读书会" }</h1>
            <p role="status">{ (*news).clone() }</p>
            if *is_joining {
                <WechatCheckout {product} order={(*order).clone()} api={(*api).clone()}
                    texts={&TEXTS} {on_event} {on_done} />
            } else {
                <button class="join" onclick={on_join}>{ "加入会员" }</button>
            }
        </main>
    }
}

/// What an app typically does with each event. Only `Confirmed` means that the money is there.
fn tell(event: &CheckoutEvent) -> String {
    match event {
        CheckoutEvent::Issued(_) => "订单已创建".into(),
        CheckoutEvent::Ready(_) => "可以支付".into(),
        CheckoutEvent::SheetOpened(_) => "正在支付".into(),
        CheckoutEvent::Reported(..) => "等待服务器确认".into(),
        CheckoutEvent::Confirmed(order) => format!("已支付 ¥{}", order.amount_total),
        CheckoutEvent::Cancelled(_) => "支付未完成，订单保留".into(),
        CheckoutEvent::Expired(_) => "订单已过期".into(),
        CheckoutEvent::Halted(trouble, money) => Explanation::of_trouble(trouble, *money, &TEXTS)
            .title
            .into(),
        CheckoutEvent::Failed(order_id, reason) => {
            Explanation::of_reason(*reason, order_id, &TEXTS).sentence
        }
    }
}

fn order_in_address() -> Option<OrderId> {
    OrderId::parse(Query::current().get(ORDER)?).ok()
}

/// The server of this page; Trunk's proxy takes sockets only under a prefix of their own.
fn server() -> ApiClient {
    let server = ApiClient::default();
    if cfg!(debug_assertions) {
        server.with_socket_base([&browser::socket_origin(), "/__socket"].concat())
    } else {
        server
    }
}

fn main() {
    yew::Renderer::<Membership>::new().render();
}
