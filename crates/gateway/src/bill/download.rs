//! A bill on its way: chunks of a connection, unpacked a little at a time, to rows.

use std::collections::VecDeque;
use std::io::Write;

use bytes::Bytes;
use flate2::write::GzDecoder;

use super::{BillFormatError, BillLines, BillRow, BillSummary};
use crate::call::InvalidRequest;
use crate::transport::{BodyStream, TransportError};
use crate::{Params, xml};

/// Compressed bytes are unpacked in steps of this size, so that the most that can be blown up at
/// once (about a thousand times as much) stays small.
const STEP_BYTES: usize = 1024;

/// The first bytes of a gzip stream.
const GZIP_MAGIC: &[u8] = &[0x1F, 0x8B];

/// Why there is no bill, or no whole bill.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BillError {
    /// Not sent, because WeChat would refuse it.
    #[error("call was not sent")]
    Invalid(#[from] InvalidRequest),
    /// 20002 `No Bill Exist`: nothing was settled that day. Not an error for the day's accounts.
    #[error("WeChat has no bill for that day")]
    Empty,
    /// 20007 `Bill Creating`: ask after 10:00, Beijing time.
    #[error("WeChat is still making the bill")]
    NotReady,
    /// 20003 or 20100: WeChat's own trouble, worth another try.
    #[error("WeChat cannot give the bill now: {message}")]
    Busy {
        /// `return_msg`.
        message: String,
    },
    /// Any other refusal, for example 20001 with `SIGN ERROR`.
    #[error("WeChat refused the bill: {code} {message}")]
    Refused {
        /// `error_code`, which bills have instead of `err_code`.
        code: String,
        /// `return_msg`.
        message: String,
    },
    /// The connection did not give a whole answer.
    #[error("no usable answer")]
    Transport(#[from] TransportError),
    /// The compressed bytes are damaged.
    #[error("bill cannot be unpacked")]
    Damaged(#[source] std::io::Error),
    /// The bytes are not a whole bill.
    #[error("answer is not a whole bill")]
    Format(#[from] BillFormatError),
}

/// A bill that is being read.
///
/// Call [`Bill::next`] until it gives `None`, then [`Bill::finish`]: rows before that may be a part
/// of a broken download.
pub struct Bill {
    body: BodyStream,
    /// When the bill is packed.
    decoder: Option<Box<GzDecoder<Vec<u8>>>>,
    lines: BillLines,
    rows: VecDeque<BillRow>,
    is_exhausted: bool,
}

impl std::fmt::Debug for Bill {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Bill")
            .field("lines", &self.lines)
            .finish_non_exhaustive()
    }
}

impl Bill {
    /// Looks at the first bytes: a refusal is XML, everything else is the bill.
    pub(crate) async fn open(mut body: BodyStream) -> Result<Bill, BillError> {
        let mut first = Bytes::new();
        while first.len() < 5 {
            let Some(chunk) = body.next().await? else {
                break;
            };
            first = [first, chunk].concat().into();
        }
        // No bill begins like that, and not every refusal begins with `<xml>` itself.
        if first.trim_ascii_start().starts_with(b"<") {
            return Err(read_refusal(&first, body).await);
        }
        let is_packed = first.starts_with(GZIP_MAGIC);
        let mut bill = Bill {
            body,
            decoder: is_packed.then(|| Box::new(GzDecoder::new(Vec::new()))),
            lines: BillLines::default(),
            rows: VecDeque::new(),
            is_exhausted: false,
        };
        bill.take(&first)?;
        Ok(bill)
    }

    /// The next row; `None` at the end.
    ///
    /// # Errors
    /// When the rest cannot be had or is damaged; nothing that came before may then be relied on.
    pub async fn next(&mut self) -> Result<Option<BillRow>, BillError> {
        while self.rows.is_empty() && !self.is_exhausted {
            match self.body.next().await? {
                Some(chunk) => self.take(&chunk)?,
                None => self.end()?,
            }
        }
        Ok(self.rows.pop_front())
    }

    /// Reads what is left, and compares the number of rows with the bill's own summary.
    ///
    /// # Errors
    /// When the bill is not complete.
    pub async fn finish(mut self) -> Result<BillSummary, BillError> {
        while self.next().await?.is_some() {}
        Ok(self.lines.finish()?)
    }

    fn take(&mut self, chunk: &[u8]) -> Result<(), BillError> {
        let Some(decoder) = &mut self.decoder else {
            return Ok(self.lines.feed(chunk, &mut self.rows)?);
        };
        for step in chunk.chunks(STEP_BYTES) {
            decoder.write_all(step).map_err(BillError::Damaged)?;
            self.lines
                .feed(&std::mem::take(decoder.get_mut()), &mut self.rows)?;
        }
        Ok(())
    }

    fn end(&mut self) -> Result<(), BillError> {
        self.is_exhausted = true;
        if let Some(decoder) = &mut self.decoder {
            decoder.try_finish().map_err(BillError::Damaged)?;
            self.lines
                .feed(&std::mem::take(decoder.get_mut()), &mut self.rows)?;
        }
        Ok(())
    }
}

/// Bills are refused in another way than calls: `error_code`, and no signature.
async fn read_refusal(first: &[u8], mut body: BodyStream) -> BillError {
    let mut message = first.to_vec();
    loop {
        match body.next().await {
            Err(error) => return BillError::Transport(error),
            Ok(Some(chunk)) if message.len() + chunk.len() <= xml::BYTES_MAX => {
                message.extend_from_slice(&chunk);
            }
            Ok(_) => break,
        }
    }
    let Ok(params) = xml::read(&message) else {
        return BillError::Format(BillFormatError::Misfit { line: 1 });
    };
    refusal(&params)
}

/// The texts are as good as the numbers, which not every refusal has: `No Bill Exist`,
/// `NO Bill Exist` and `NO_BILL_EXIST` are one. Fund flows are refused with `err_code`.
fn refusal(params: &Params) -> BillError {
    let first = |names: [&str; 2]| {
        let values = names.into_iter().filter_map(|name| params.get(name));
        let value = values.into_iter().find(|value| !value.is_empty());
        value.unwrap_or_default().to_owned()
    };
    let code = first(["error_code", "err_code"]);
    let message = match params.get("return_msg") {
        // A fund flow that is refused by its content has nothing to say here.
        Some("OK") => first(["err_code_des", "err_code"]),
        _ => first(["return_msg", "err_code_des"]),
    };
    let says = |text: &str| is_same(&message, text) || is_same(&code, text);
    if code == "20002" || says("No Bill Exist") {
        BillError::Empty
    } else if code == "20007" || says("Bill Creating") {
        BillError::NotReady
    } else if matches!(code.as_str(), "20003" | "20100" | "SYSTEMERROR") || says("system error") {
        BillError::Busy { message }
    } else {
        BillError::Refused { code, message }
    }
}

/// Without regard to case, blanks and underscores.
fn is_same(found: &str, text: &str) -> bool {
    let letters = |text: &str| {
        let letters = text.bytes().filter(u8::is_ascii_alphanumeric);
        letters
            .map(|byte| byte.to_ascii_uppercase())
            .collect::<Vec<_>>()
    };
    letters(found) == letters(text)
}
