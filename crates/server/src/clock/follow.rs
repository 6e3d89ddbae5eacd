//! Follows the clock of a simulated WeChat, so that minutes of a shop can be played in seconds.

use std::sync::{Arc, Weak};
use std::time::{Duration, Instant};

use serde::Deserialize;
use url::{Host, Url};
use wechat_checkout_protocol::UnixMillis;

use super::Clock;
use super::simulated::{Reading, SimulatedClock};

/// Where the control API tells the time, at the given origin.
const CLOCK_PATH: &str = "/_control/clock";

/// The clock answers a question about news after 20 s at the latest, so a reading is never older
/// than this; a simulator that is silent for longer is gone.
const ANSWER_WITHIN: Duration = Duration::from_secs(30);

/// Pause between two attempts to find a simulator that is gone.
const RETRY_INTERVAL: Duration = Duration::from_secs(1);

/// The clock's answer has about a hundred bytes.
const ANSWER_BYTES_MAX: usize = 4_096;

/// Why a clock is not followed.
#[derive(Debug, thiserror::Error)]
pub enum FollowError {
    /// Production never runs on a foreign clock.
    #[error(
        "--clock is for a simulated WeChat on this machine, and {0} is not on loopback; \
         leave --clock away, and the system's clock is used"
    )]
    NotLoopback(Url),
    /// Nobody answers there.
    #[error(
        "--clock {0}: no clock can be read there; is the simulator running, and is this its \
         gateway's address?"
    )]
    NoClock(Url, #[source] ReadError),
}

/// Why a reading failed.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// No connection, or no answer in time.
    #[error("no answer")]
    Http(#[from] reqwest::Error),
    /// Something else answers.
    #[error("the answer is not that of a simulator's clock")]
    Unreadable,
}

/// Reads the simulator's clock and follows it from now on: each time it is held, stepped or set,
/// at once.
///
/// While the simulator is gone the clock goes on in real time from where it stood.
///
/// # Errors
/// When the control API or an address of WeChat's is not on this machine's loopback interface, or there is no
/// clock to be read.
pub async fn follow(control: &Url, wechat: &[&Url]) -> Result<Clock, FollowError> {
    for url in wechat.iter().copied().chain([control]) {
        if !is_loopback(url) {
            return Err(FollowError::NotLoopback(url.clone()));
        }
    }
    let no_clock = |error| FollowError::NoClock(control.clone(), error);
    let source = Source::new(control).map_err(no_clock)?;
    let answer = source.read(None).await.map_err(no_clock)?;
    let clock = Arc::new(SimulatedClock::new(answer.reading()));
    tracing::warn!(%control, "time follows simulated WeChat");
    drop(tokio::spawn(keep_up(
        Arc::downgrade(&clock),
        source,
        answer.revision,
    )));
    Ok(Clock::Simulated(clock))
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

/// Runs until nobody uses the clock any more.
async fn keep_up(clock: Weak<SimulatedClock>, source: Source, revision: u64) {
    let mut known = Some(revision);
    loop {
        let answer = source.read(known).await;
        let Some(clock) = clock.upgrade() else {
            return;
        };
        match answer {
            Ok(answer) => {
                if known.is_none() {
                    tracing::warn!("simulated WeChat is back: time follows it again");
                }
                known = Some(answer.revision);
                clock.set(answer.reading());
            }
            Err(error) => {
                if known.take().is_some() {
                    tracing::warn!(
                        %error,
                        "simulated WeChat is gone: time goes on from where it stood"
                    );
                    clock.run_on();
                }
                drop(clock);
                tokio::time::sleep(RETRY_INTERVAL).await;
            }
        }
    }
}

/// Asks the simulator what time it is.
struct Source {
    http: reqwest::Client,
    url: Url,
}

impl Source {
    fn new(control: &Url) -> Result<Source, ReadError> {
        // Somebody else in this process may have installed a provider before; any will do.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let http = reqwest::Client::builder()
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .timeout(ANSWER_WITHIN)
            .build()?;
        let mut url = control.clone();
        url.set_path(CLOCK_PATH);
        url.set_query(None);
        Ok(Source { http, url })
    }

    /// Reads at once; with a known revision, as soon as there is another.
    async fn read(&self, known: Option<u64>) -> Result<Answer, ReadError> {
        let mut url = self.url.clone();
        if let Some(known) = known {
            url.set_query(Some(&format!("after={known}")));
        }
        let mut response = self.http.get(url).send().await?.error_for_status()?;
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await? {
            if body.len().saturating_add(chunk.len()) > ANSWER_BYTES_MAX {
                return Err(ReadError::Unreadable);
            }
            body.extend_from_slice(&chunk);
        }
        serde_json::from_slice(&body).map_err(|_| ReadError::Unreadable)
    }
}

/// What the simulator's control API says of its clock.
#[derive(Debug, Deserialize)]
struct Answer {
    now: UnixMillis,
    pace: Pace,
    revision: u64,
}

#[derive(Debug, Deserialize)]
#[serde(tag = "pace", rename_all = "snake_case")]
enum Pace {
    Held,
    Running { speed: u32 },
}

impl Answer {
    fn reading(&self) -> Reading {
        Reading {
            at: self.now,
            read_at: Instant::now(),
            speed: match self.pace {
                Pace::Held => 0,
                Pace::Running { speed } => speed,
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn no_clock_is_followed_beyond_this_machine() {
        let url = |text: &str| Url::parse(text).expect("a URL");
        let (here, wechat) = (
            url("http://127.0.0.1:8089"),
            url("https://api.mch.weixin.qq.com"),
        );
        let near_and_far = [&here, &wechat];
        let elsewhere = url("http://127.0.0.1.nip.io:8089");
        for (control, asked, named) in [
            (&here, &near_and_far[1..], "api.mch.weixin.qq.com"),
            (&here, &near_and_far, "api.mch.weixin.qq.com"),
            (&wechat, &near_and_far[..1], "api.mch.weixin.qq.com"),
            (&elsewhere, &near_and_far[..1], "nip.io"),
        ] {
            let refused = follow(control, asked).await.expect_err("a foreign clock");
            let sentence = refused.to_string();
            assert!(
                sentence.contains(named) && sentence.contains("not on loopback"),
                "{sentence}"
            );
        }
    }
}
