//! The life of the page: background, front, back/forward cache, network.

use std::rc::Rc;

use gloo_events::EventListener;
use web_sys::VisibilityState;

/// A change in the life of the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PageLife {
    /// Went to the background.
    Hidden,
    /// Is being left: it ends, or waits in the back/forward cache until the buyer returns.
    Left,
    /// Came to the front, perhaps out of the back/forward cache.
    Shown,
    /// The device says that the network is back.
    Online,
}

/// Listening ends when this is dropped.
#[derive(Debug)]
#[must_use = "listening ends when this is dropped"]
pub struct LifeListeners {
    _listeners: [EventListener; 4],
}

/// Listens to the life of the page.
///
/// WeChat sends `visibilitychange` when its cashier covers the page, `pageshow` when the buyer comes
/// back to it with the Back button, and on some clients only one of the two.
pub fn listen_to_life(on_change: impl Fn(PageLife) + 'static) -> LifeListeners {
    let on_change = Rc::new(on_change);
    let window = super::window();
    let document = super::document();
    let on_visibility = {
        let on_change = Rc::clone(&on_change);
        let document = document.clone();
        move |_: &web_sys::Event| {
            on_change(match document.visibility_state() {
                VisibilityState::Hidden => PageLife::Hidden,
                _ => PageLife::Shown,
            });
        }
    };
    let on_pagehide = {
        let on_change = Rc::clone(&on_change);
        move |_: &web_sys::Event| on_change(PageLife::Left)
    };
    let on_pageshow = {
        let on_change = Rc::clone(&on_change);
        move |event: &web_sys::Event| {
            // The first load also fires it; only a page out of the cache holds old news.
            let persisted = js_sys::Reflect::get(event, &"persisted".into());
            if persisted.is_ok_and(|value| value.is_truthy()) {
                on_change(PageLife::Shown);
            }
        }
    };
    LifeListeners {
        _listeners: [
            EventListener::new(&document, "visibilitychange", on_visibility),
            EventListener::new(&window, "pagehide", on_pagehide),
            EventListener::new(&window, "pageshow", on_pageshow),
            EventListener::new(&window, "online", move |_| on_change(PageLife::Online)),
        ],
    }
}

/// Calls back when the buyer goes back or forward inside the page's own history.
#[must_use = "listening ends when the listener is dropped"]
pub fn on_popstate(on_move: impl Fn() + 'static) -> EventListener {
    EventListener::new(&super::window(), "popstate", move |_| on_move())
}
