//! A request's body, with an end to the patience for it.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use axum::BoxError;
use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use hyper::body::Incoming;
use tokio::time::{Instant, Sleep};

use super::patience::Patience;
use crate::places::Guest;

/// While it is read, the server waits for the guest.
#[derive(Debug)]
pub(super) struct PatientBody {
    body: Incoming,
    guest: Guest,
    deadline: Instant,
    /// Set once the body lets the server wait.
    timer: Option<Pin<Box<Sleep>>>,
}

impl PatientBody {
    pub(super) fn new(body: Incoming, guest: Guest, patience: Patience) -> PatientBody {
        PatientBody {
            body,
            guest,
            deadline: Instant::now() + patience.body,
            timer: None,
        }
    }
}

impl Body for PatientBody {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        let this = &mut *self;
        if let Poll::Ready(frame) = Pin::new(&mut this.body).poll_frame(context) {
            let is_over = !matches!(frame, Some(Ok(_))) || this.body.is_end_stream();
            if is_over && this.timer.take().is_some() {
                this.guest.is_served();
            }
            return Poll::Ready(frame.map(|frame| frame.map_err(BoxError::from)));
        }
        let (guest, deadline) = (&this.guest, this.deadline);
        // Only the first wait counts: a body that dribbles keeps the server waiting all along.
        let timer = this.timer.get_or_insert_with(|| {
            guest.is_awaited();
            Box::pin(tokio::time::sleep_until(deadline))
        });
        timer.as_mut().poll(context).map(|()| {
            let late = io::Error::new(io::ErrorKind::TimedOut, "the body did not come in time");
            Some(Err(late.into()))
        })
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
