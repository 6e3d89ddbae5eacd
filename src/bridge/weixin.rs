//! `WeixinJSBridge`: waits for it, within bounds, and asks it to open the pay sheet.

use std::{cell::RefCell, rc::Rc};

use gloo_events::EventListener;
use gloo_timers::callback::Timeout;
use js_sys::{Function, JSON, Reflect};
use wasm_bindgen::{JsCast, JsValue, closure::Closure, prelude::wasm_bindgen};
use wechat_checkout_protocol::{BridgeOutcome, BridgeParams, ReportOutcome};

use super::{Judgement, judge, safe_words};
use crate::{browser, checkout::FailReason, json};

/// How long a page waits for the client to put its bridge in place.
///
/// Android may do so seconds after the document has loaded; waiting longer looks like a frozen page.
pub const BRIDGE_WAIT_MS: u32 = 5_000;

#[wasm_bindgen]
extern "C" {
    type WeixinJsBridge;

    #[wasm_bindgen(method, catch)]
    fn invoke(
        this: &WeixinJsBridge,
        name: &str,
        params: &JsValue,
        callback: &Function,
    ) -> Result<JsValue, JsValue>;
}

/// A sheet that answers more often than this is not WeChat's.
const ANSWERS_MAX: u32 = 4;

/// What came back from one attempt to open the sheet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// Judged.
    pub judgement: Judgement,
    /// WeChat's own words for the buyer, where they are safe to show.
    pub words: Option<String>,
    /// As received, short enough for the report.
    pub raw: String,
}

/// A sheet that was asked for. Dropping it stops the wait for the bridge; a sheet that is already
/// open stays open and its answer is still heard, because only the buyer can close it.
#[derive(Debug, Default)]
#[must_use = "dropping it stops the wait for the bridge"]
pub struct PendingSheet {
    waiting: Rc<RefCell<Option<Waiting>>>,
}

#[derive(Debug)]
struct Waiting {
    _listeners: [EventListener; 2],
    _timeout: Timeout,
}

/// Opens the pay sheet. When the bridge is there, this happens before the function returns, so that
/// it still belongs to the buyer's tap. `on_answer` is called a few times at most: a sheet that
/// said `cancel` may say `ok` afterwards.
pub fn open_sheet(params: BridgeParams, on_answer: Box<dyn Fn(Answer)>) -> PendingSheet {
    let pending = PendingSheet::default();
    if let Some(bridge) = find_bridge() {
        invoke_sheet(&bridge, &params, on_answer);
        return pending;
    }
    let waiting = Rc::clone(&pending.waiting);
    let job = Rc::new(RefCell::new(Some((params, on_answer))));
    let finish = move |found: Option<WeixinJsBridge>| {
        if let Some((params, on_answer)) = job.borrow_mut().take() {
            match found {
                Some(bridge) => invoke_sheet(&bridge, &params, on_answer),
                None => on_answer(missing()),
            }
        }
    };
    let on_ready = {
        let finish = finish.clone();
        move |_: &web_sys::Event| {
            if let Some(bridge) = find_bridge() {
                finish(Some(bridge));
            }
        }
    };
    let document = browser::document();
    // Old clients fire the second name. The bridge may also appear without any event that this page
    // could still hear, hence the last look when the time is up.
    *waiting.borrow_mut() = Some(Waiting {
        _listeners: [
            EventListener::new(&document, "WeixinJSBridgeReady", on_ready.clone()),
            EventListener::new(&document, "onWeixinJSBridgeReady", on_ready),
        ],
        _timeout: Timeout::new(BRIDGE_WAIT_MS, move || finish(find_bridge())),
    });
    pending
}

fn find_bridge() -> Option<WeixinJsBridge> {
    let value = browser::global("WeixinJSBridge")?;
    let invoke = Reflect::get(&value, &JsValue::from_str("invoke")).ok()?;
    invoke.is_function().then(|| value.unchecked_into())
}

fn invoke_sheet(bridge: &WeixinJsBridge, params: &BridgeParams, on_answer: Box<dyn Fn(Answer)>) {
    let Some(params) = json::to_js(params) else {
        return on_answer(thrown(&JsValue::from_str(
            "parameters that cannot be written",
        )));
    };
    let on_answer: Rc<dyn Fn(Answer)> = on_answer.into();
    let callback = {
        let on_answer = Rc::clone(&on_answer);
        let mut answers = 0;
        // Owned by JavaScript: WeChat may call it long after this page has moved on, or never.
        Closure::<dyn FnMut(JsValue)>::new(move |result: JsValue| {
            answers += 1;
            if answers <= ANSWERS_MAX {
                on_answer(read(&result));
            }
        })
        .into_js_value()
    };
    let callback: &Function = callback.unchecked_ref();
    if let Err(error) = bridge.invoke("getBrandWCPayRequest", &params, callback) {
        on_answer(thrown(&error));
    }
}

fn read(result: &JsValue) -> Answer {
    let text = |name: &str| {
        Reflect::get(result, &JsValue::from_str(name))
            .ok()
            .and_then(|value| value.as_string())
    };
    // A few clients hand over the bare message.
    let message = text("err_msg")
        .or_else(|| text("errMsg"))
        .or_else(|| result.as_string());
    let description = text("err_desc")
        .or_else(|| text("errDesc"))
        .unwrap_or_default();
    let judgement = judge(&message.unwrap_or_default(), &description);
    let is_failure = judgement.outcome == BridgeOutcome::Fail;
    Answer {
        judgement,
        words: safe_words(&description).filter(|_| is_failure),
        raw: raw_text(result),
    }
}

fn missing() -> Answer {
    let reason = Some(FailReason::BridgeMissing);
    let judgement = Judgement {
        outcome: BridgeOutcome::Fail,
        reason,
    };
    Answer {
        judgement,
        words: None,
        raw: String::new(),
    }
}

fn thrown(error: &JsValue) -> Answer {
    let judgement = Judgement {
        outcome: BridgeOutcome::Unknown,
        reason: None,
    };
    let message = Reflect::get(error, &JsValue::from_str("message")).ok();
    let message = message
        .and_then(|message| message.as_string())
        .unwrap_or_default();
    Answer {
        judgement,
        words: None,
        raw: cut(["thrown: ", &message].concat()),
    }
}

fn raw_text(result: &JsValue) -> String {
    cut(JSON::stringify(result)
        .ok()
        .and_then(|text| text.as_string())
        .unwrap_or_default())
}

/// Cuts at a character boundary: the server refuses a longer text as a whole.
fn cut(mut text: String) -> String {
    text.truncate(text.floor_char_boundary(ReportOutcome::RAW_BYTES_MAX));
    text
}
