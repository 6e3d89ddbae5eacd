//! One answer of the server for a page: fetched on mount, and again by itself while it is missing.

use std::{future::Future, pin::Pin, rc::Rc};

use gloo_timers::callback::Timeout;
use wasm_bindgen_futures::spawn_local;
use yew::prelude::*;

use crate::{
    api::CallError,
    browser,
    checkout::{RETRIES_MAX, Recovery, Trouble, retry_delay_ms},
};

/// A call in flight.
pub(super) type Call<T> = Pin<Box<dyn Future<Output = Result<T, CallError>>>>;

/// How far the answer is.
#[derive(Debug)]
pub enum Answer<T> {
    /// On its way.
    Awaited,
    /// Here.
    Here(Rc<T>),
    /// Not to be had now.
    Missing(Trouble),
}

/// The answer and the way to ask again.
#[derive(Debug)]
pub struct AnswerHandle<T> {
    /// How far it is.
    pub answer: Answer<T>,
    /// Asks again.
    pub on_retry: Callback<()>,
}

/// Fetches on mount. Keeps what it has when a later call fails.
#[hook]
pub fn use_answer<T: 'static>(call: impl Fn() -> Call<T> + 'static) -> AnswerHandle<T> {
    let here = use_state_eq(|| None::<ByPointer<T>>);
    let trouble = use_state_eq(|| None::<Trouble>);
    let asked = use_state_eq(|| 0_u32);
    let retry_timer = use_mut_ref(|| None::<Timeout>);
    use_effect_with(*asked, {
        let (here, trouble, asked) = (here.clone(), trouble.clone(), asked.clone());
        let retry_timer = Rc::clone(&retry_timer);
        move |&attempt| {
            let answer = call();
            spawn_local(async move {
                match answer.await {
                    Ok(value) => {
                        here.set(Some(ByPointer(Rc::new(value))));
                        trouble.set(None);
                    }
                    Err(error) => {
                        browser::log_warning(&error.developer_text());
                        let found = Trouble::from(error);
                        if found.kind.recovery() == Recovery::Automatic && attempt < RETRIES_MAX {
                            let pause = browser::jittered_ms(retry_delay_ms(attempt));
                            let timer = Timeout::new(pause, move || asked.set(attempt + 1));
                            retry_timer.replace(Some(timer));
                        }
                        trouble.set(Some(found));
                    }
                }
            });
        }
    });
    use_effect_with((), move |()| move || drop(retry_timer.take()));
    let answer = match (&*here, &*trouble) {
        (Some(value), _) => Answer::Here(Rc::clone(&value.0)),
        (None, Some(trouble)) => Answer::Missing(trouble.clone()),
        (None, None) => Answer::Awaited,
    };
    let on_retry = Callback::from(move |()| asked.set(*asked + 1));
    AnswerHandle { answer, on_retry }
}

/// Two answers are the same when they are one: comparing the contents would cost code.
struct ByPointer<T>(Rc<T>);

impl<T> PartialEq for ByPointer<T> {
    fn eq(&self, other: &ByPointer<T>) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}
