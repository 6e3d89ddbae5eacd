//! Carries a call out: signed, sent, judged, and sent again within its time while its outcome is
//! unclear.

use std::sync::Arc;
use std::time::{Duration, Instant};

use url::Url;

use crate::bill::{Bill, BillError};
use crate::call::{CallError, InvalidRequest, UnknownCause};
use crate::call_log;
use crate::error_code::Call;
use crate::fields::FieldError;
use crate::judge::judge;
use crate::retry::{self, Retry};
use crate::signature_pause::SignaturePause;
use crate::transport::Transport;
use crate::{Merchant, Params, SignType, Verified, WallClock, xml};

/// A large bill takes minutes.
const BILL_PATIENCE: Duration = Duration::from_secs(600);

/// Whoever calls for a merchant. Cheap to clone; clones share connections and pauses.
#[derive(Clone, Debug)]
pub(crate) struct Exchange {
    pub(crate) merchant: Merchant,
    pub(crate) hosts: Arc<[Url]>,
    pub(crate) transport: Transport,
    pub(crate) patience: Duration,
    pub(crate) attempts_max: u32,
    pub(crate) clock: WallClock,
    pub(crate) pause: Arc<SignaturePause>,
}

impl Exchange {
    pub(crate) fn is_plain_http(&self) -> bool {
        self.hosts.iter().all(|host| host.scheme() != "https")
    }

    /// Sends until the outcome is clear, [`retry::decide`] says stop, or the patience ends.
    pub(crate) async fn call<T>(
        &self,
        call: Call,
        params: Result<Params, InvalidRequest>,
        read: impl Fn(Verified<Params>) -> Result<T, FieldError>,
    ) -> Result<T, CallError> {
        let started = Instant::now();
        let (outcome, params, attempts) = match params {
            Ok(params) => {
                let (outcome, attempts) = self.repeat(call, &params, read).await;
                (outcome, params, attempts)
            }
            Err(invalid) => (Err(invalid.into()), Params::new(), 0),
        };
        let facts = call_log::Facts {
            call,
            params: &params,
            attempts,
            took: started.elapsed(),
            skew: self.clock.skew().filter(|skew| skew.is_beyond_bound()),
        };
        call_log::ended(&facts, outcome.as_ref().err());
        outcome
    }

    /// Gives the last outcome, and how many attempts it took.
    async fn repeat<T>(
        &self,
        call: Call,
        params: &Params,
        read: impl Fn(Verified<Params>) -> Result<T, FieldError>,
    ) -> (Result<T, CallError>, u32) {
        let deadline = Instant::now() + self.patience;
        let mut attempts = 0;
        loop {
            attempts += 1;
            let outcome = self.attempt(call, params.clone(), deadline, &read).await;
            let Err(error) = &outcome else {
                return (outcome, attempts);
            };
            let decision = retry::decide(error, attempts);
            let pause = pause_before_next(decision, deadline);
            let Some(pause) = pause.filter(|_| attempts < self.attempts_max) else {
                return (outcome, attempts);
            };
            call_log::repeated(call, params, attempts, pause, error);
            self.clock.wait(pause).await;
        }
    }

    async fn attempt<T>(
        &self,
        call: Call,
        params: Params,
        deadline: Instant,
        read: impl Fn(Verified<Params>) -> Result<T, FieldError>,
    ) -> Result<T, CallError> {
        self.pause
            .admit(Instant::now())
            .map_err(|left| UnknownCause::Paused { left })?;
        let message = self.write(params, self.merchant.sign_type());
        let answer = self
            .transport
            .post_xml(&self.hosts, call.path(), message, xml::BYTES_MAX, deadline)
            .await;
        let outcome = match answer {
            Ok(answer) => judge(&self.merchant, call, &answer),
            Err(error) => Err(UnknownCause::Transport(error).into()),
        };
        self.note_signature(&outcome);
        Ok(read(outcome?).map_err(UnknownCause::Incomplete)?)
    }

    /// Begins or ends the pause that a refused signature of ours asks for.
    fn note_signature(&self, outcome: &Result<Verified<Params>, CallError>) {
        match outcome {
            Err(CallError::OutcomeUnknown(UnknownCause::SignatureRefused { message })) => {
                if self.pause.begin(Instant::now()) {
                    call_log::signature_refused(&self.merchant, message);
                }
            }
            // Verified: the key is the right one.
            Ok(_) | Err(CallError::Refused { .. }) => {
                if self.pause.end() {
                    call_log::signature_accepted(&self.merchant);
                }
            }
            Err(CallError::OutcomeUnknown(_) | CallError::Invalid(_)) => {}
        }
    }

    fn write(&self, mut params: Params, sign_type: SignType) -> String {
        params.set("appid", self.merchant.appid());
        params.set("mch_id", self.merchant.mch_id());
        self.merchant.sign_as(&mut params, sign_type);
        xml::write(&params)
    }

    /// Opens a bill, whose rows the caller then reads. A broken one is asked for again; what breaks
    /// while it is read is the caller's to ask for: see [`retry::decide_bill`].
    pub(crate) async fn download(
        &self,
        path: &str,
        params: Params,
        sign_type: SignType,
    ) -> Result<Bill, BillError> {
        let deadline = Instant::now() + BILL_PATIENCE;
        let mut attempt = 1;
        loop {
            let message = self.write(params.clone(), sign_type);
            let opened = self.open_bill(path, message, deadline).await;
            let Err(error) = &opened else { return opened };
            let decision = retry::decide_bill(error, attempt);
            let pause = pause_before_next(decision, deadline);
            let Some(pause) = pause.filter(|_| attempt < self.attempts_max) else {
                return opened;
            };
            self.clock.wait(pause).await;
            attempt += 1;
        }
    }

    async fn open_bill(
        &self,
        path: &str,
        message: String,
        deadline: Instant,
    ) -> Result<Bill, BillError> {
        let body = self
            .transport
            .post_for_stream(&self.hosts, path, message, deadline)
            .await?;
        Bill::open(body).await
    }
}

/// How long to wait, if there is time for another attempt afterwards.
fn pause_before_next(decision: Retry, deadline: Instant) -> Option<Duration> {
    let Retry::WaitFor(wait) = decision else {
        return None;
    };
    let pause = retry::with_jitter(wait, rand::random());
    let left = deadline.saturating_duration_since(Instant::now());
    (pause < left).then_some(pause)
}
