//! One watch socket: opens, sends the token, hands over frames, closes when dropped.
//!
//! Why not gloo-net's: its destructor panics when the browser refuses to close, and as a stream it
//! needs a task per socket where four listeners do.

use gloo_events::EventListener;
use wasm_bindgen::JsCast;
use web_sys::{CloseEvent, MessageEvent, WebSocket};

/// What a socket tells.
#[derive(Debug)]
pub(super) enum SocketNews {
    /// A text frame.
    Frame(String),
    /// The end, with its close code; 1006 when the connection broke.
    Closed(u16),
}

#[derive(Debug)]
pub(super) struct Socket {
    socket: WebSocket,
    listeners: Vec<EventListener>,
}

impl Socket {
    /// Connects; `None` when the browser refuses even to try, for example for a mixed-content page.
    pub(super) fn open(
        address: &str,
        first_frame: String,
        on_news: impl Fn(SocketNews) + Clone + 'static,
    ) -> Option<Socket> {
        let socket = WebSocket::new(address).ok()?;
        let on_open = {
            let socket = socket.clone();
            // A socket that dies between "open" and here reports its end by "close".
            move |_: &web_sys::Event| drop(socket.send_with_str(&first_frame))
        };
        let on_message = {
            let on_news = on_news.clone();
            move |event: &web_sys::Event| {
                let message = event.dyn_ref::<MessageEvent>().map(MessageEvent::data);
                if let Some(text) = message.and_then(|data| data.as_string()) {
                    on_news(SocketNews::Frame(text));
                }
            }
        };
        let on_close = move |event: &web_sys::Event| {
            let code = event.dyn_ref::<CloseEvent>().map_or(1006, CloseEvent::code);
            on_news(SocketNews::Closed(code));
        };
        let listeners = vec![
            EventListener::once(&socket, "open", on_open),
            EventListener::new(&socket, "message", on_message),
            EventListener::once(&socket, "close", on_close),
        ];
        Some(Socket { socket, listeners })
    }
}

impl Drop for Socket {
    fn drop(&mut self) {
        // Deaf first: a closing socket must not report its own end as news.
        self.listeners.clear();
        let _already_closed = self.socket.close();
    }
}
