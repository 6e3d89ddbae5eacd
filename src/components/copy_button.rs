//! A button that copies a text and says so.

use gloo_timers::callback::Timeout;
use wasm_bindgen_futures::spawn_local;
use yew::prelude::*;

use crate::{browser, text::Texts};

/// How long "copied" is shown.
const SHOWN_MS: u32 = 2_000;

/// Properties of [`CopyButton`].
#[derive(Clone, Debug, PartialEq, Properties)]
pub struct CopyButtonProps {
    /// What is copied.
    pub value: AttrValue,
    /// What the button says; for screen readers too.
    pub label: AttrValue,
    /// The language.
    pub texts: &'static Texts,
    /// Look.
    #[prop_or("wc-copy".into())]
    pub class: AttrValue,
}

/// Copies on tap.
#[component]
pub fn CopyButton(props: &CopyButtonProps) -> Html {
    let said = use_state_eq(|| None::<bool>);
    let timer = use_mut_ref(|| None::<Timeout>);
    let label = match *said {
        None => props.label.clone(),
        Some(true) => props.texts.copied.into(),
        Some(false) => props.texts.copy_failed.into(),
    };
    let onclick = {
        let value = props.value.clone();
        move |_| {
            let (value, said, timer) = (value.clone(), said.clone(), timer.clone());
            spawn_local(async move {
                said.set(Some(browser::copy_text(&value).await));
                let reset = Timeout::new(SHOWN_MS, move || said.set(None));
                timer.replace(Some(reset));
            });
        }
    };
    html! {
        <button type="button" class={props.class.clone()} {onclick}>
            <span aria-live="polite">{ label }</span>
        </button>
    }
}
