//! A connection's bytes, with an end to the patience for reading a head and for writing an answer.
//!
//! A client that asks and does not read is gone, and so is one that reads a byte now and then. A
//! watch socket stays on the same stream, so the pace holds for its frames, too.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::{Instant, Sleep, sleep, sleep_until};

use super::head::HeadLines;
use super::patience::{PACE_BYTES, Patience};
use crate::places::Guest;

/// Whether a request of this connection is being answered: then what arrives is no head.
#[derive(Clone, Debug, Default)]
pub(super) struct Exchange(Arc<AtomicBool>);

impl Exchange {
    /// A head was read.
    pub(super) fn begin(&self) {
        self.0.store(true, Ordering::SeqCst);
    }

    /// What arrives from now on is the next head. Never said of a connection that was upgraded.
    pub(super) fn end(&self) {
        self.0.store(false, Ordering::SeqCst);
    }

    fn is_under_way(&self) -> bool {
        self.0.load(Ordering::SeqCst)
    }
}

/// A stream that gives up on clients who let it wait.
#[derive(Debug)]
pub(super) struct PatientStream {
    stream: TcpStream,
    guest: Guest,
    exchange: Exchange,
    patience: Patience,
    head: Option<Head>,
    slow_writing: Option<SlowWriting>,
}

/// A head that is expected, or on its way.
#[derive(Debug)]
struct Head {
    lines: HeadLines,
    due: Instant,
    timer: Option<Pin<Box<Sleep>>>,
}

/// Bytes lie ready for a client who did not take them at once.
#[derive(Debug)]
struct SlowWriting {
    taken: usize,
    timer: Pin<Box<Sleep>>,
}

impl Head {
    fn begin(patience: Patience) -> Head {
        Head {
            lines: HeadLines::default(),
            due: Instant::now() + patience.head,
            timer: None,
        }
    }

    fn is_late(&mut self, context: &mut Context<'_>) -> bool {
        let due = self.due;
        let timer = self.timer.get_or_insert_with(|| Box::pin(sleep_until(due)));
        timer.as_mut().poll(context).is_ready()
    }
}

impl PatientStream {
    pub(super) fn new(
        stream: TcpStream,
        guest: Guest,
        exchange: Exchange,
        patience: Patience,
    ) -> PatientStream {
        PatientStream {
            stream,
            guest,
            exchange,
            patience,
            head: Some(Head::begin(patience)),
            slow_writing: None,
        }
    }

    fn take_in(&mut self, arrived: &mut [u8]) {
        if self.head.is_none() && !self.exchange.is_under_way() {
            self.head = Some(Head::begin(self.patience));
        }
        if let Some(head) = &mut self.head {
            head.lines.check(arrived);
            if head.lines.are_over() {
                self.head = None;
            }
        }
    }

    fn is_head_late(&mut self, context: &mut Context<'_>) -> bool {
        let head = self.head.as_mut();
        head.is_some_and(|head| head.is_late(context))
    }

    /// Watches the pace of what was written of so many bytes.
    fn pace(
        &mut self,
        context: &mut Context<'_>,
        written: Poll<io::Result<usize>>,
        wanted: usize,
    ) -> Poll<io::Result<usize>> {
        match &written {
            Poll::Ready(Ok(count)) => {
                if !self.guest.has_the_server_at_work() {
                    self.guest.is_awaited();
                }
                let taken = self.slow_writing.as_ref().map_or(0, |slow| slow.taken);
                let taken = taken.saturating_add(*count);
                if *count == wanted || taken >= PACE_BYTES {
                    self.slow_writing = None;
                } else if let Some(slow) = &mut self.slow_writing {
                    slow.taken = taken;
                }
                written
            }
            Poll::Ready(Err(_)) => written,
            Poll::Pending => {
                let pace = self.patience.pace;
                let slow = self.slow_writing.get_or_insert_with(|| SlowWriting {
                    taken: 0,
                    timer: Box::pin(sleep(pace)),
                });
                slow.timer
                    .as_mut()
                    .poll(context)
                    .map(|()| Err(late("the client does not take its answer")))
            }
        }
    }
}

fn late(what: &'static str) -> io::Error {
    io::Error::new(io::ErrorKind::TimedOut, what)
}

impl AsyncRead for PatientStream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        let read = Pin::new(&mut self.stream).poll_read(context, buffer);
        match &read {
            Poll::Ready(Ok(())) => {
                if let Some(arrived) = buffer.filled_mut().get_mut(before..)
                    && !arrived.is_empty()
                {
                    self.take_in(arrived);
                }
                read
            }
            Poll::Ready(Err(_)) => read,
            Poll::Pending if self.is_head_late(context) => {
                Poll::Ready(Err(late("the head did not come in time")))
            }
            Poll::Pending => Poll::Pending,
        }
    }
}

impl AsyncWrite for PatientStream {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write(context, bytes);
        self.pace(context, written, bytes.len())
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write_vectored(context, slices);
        let wanted = slices.iter().map(|slice| slice.len()).sum();
        self.pace(context, written, wanted)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
