//! A piece of the document in which one component is drawn.

use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement};
use yew::prelude::*;

/// Drawn once, read and tapped by the test, and gone when the test ends.
pub(crate) struct Screen {
    root: Element,
}

#[derive(PartialEq, Properties)]
struct ShownProps {
    content: Html,
}

#[component]
fn Shown(props: &ShownProps) -> Html {
    props.content.clone()
}

impl Screen {
    /// Draws and waits until the browser has it.
    pub(crate) async fn show(content: Html) -> Screen {
        let document = web_sys::window().and_then(|window| window.document());
        let document = document.expect("the test runs in a page");
        let root = document.create_element("div").expect("a page has elements");
        let body = document.body().expect("a page has a body");
        body.append_child(&root).expect("a body takes children");
        yew::Renderer::<Shown>::with_root_and_props(root.clone(), ShownProps { content }).render();
        yew::scheduler::flush().await;
        Screen { root }
    }

    /// What can be read.
    pub(crate) fn text(&self) -> String {
        self.root.text_content().unwrap_or_default()
    }

    /// Whether there is a match.
    pub(crate) fn has(&self, selector: &str) -> bool {
        self.root
            .query_selector(selector)
            .expect("a selector")
            .is_some()
    }

    /// The first match; the test fails without one.
    pub(crate) fn find(&self, selector: &str) -> HtmlElement {
        let found = self.root.query_selector(selector).expect("a selector");
        let found = found.unwrap_or_else(|| panic!("nothing is {selector}: {}", self.text()));
        found.dyn_into().expect("it is HTML")
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        self.root.remove();
    }
}
