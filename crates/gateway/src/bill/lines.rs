//! Bytes of a bill to rows, however they are cut: header, rows, summary header, summary.

use std::sync::Arc;

use super::{BillRow, BillSummary};

/// A longer line is no row of a bill.
pub const LINE_BYTES_MAX: usize = 64 * 1024;

/// Why bytes are not a whole bill.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BillFormatError {
    /// A line that never ends.
    #[error("line {line} is longer than 64 KiB")]
    LineTooLong {
        /// Counted from 1.
        line: u64,
    },
    /// Not UTF-8.
    #[error("line {line} is not UTF-8")]
    NotUtf8 {
        /// Counted from 1.
        line: u64,
    },
    /// Not a line that can stand there, or with another number of cells than the header.
    #[error("line {line} does not fit its header")]
    Misfit {
        /// Counted from 1.
        line: u64,
    },
    /// The bill ended before its summary: it is not complete.
    #[error("bill ends without its summary")]
    Truncated,
    /// The summary does not say how many rows there are.
    #[error("summary has no count of rows")]
    NoCount,
    /// Rows are missing, or too many.
    #[error("bill has {found} rows and a summary of {expected}")]
    WrongCount {
        /// Rows that came.
        found: u64,
        /// Rows by the bill's own count.
        expected: u64,
    },
}

enum Section {
    Start,
    Rows(Arc<[String]>),
    Summary(Arc<[String]>),
    Done(BillSummary),
}

/// Takes a bill in pieces of any size and gives its rows.
///
/// Knows nothing of connections and compression: what arrives is fed in, what is whole comes out.
pub struct BillLines {
    pending: Vec<u8>,
    line: u64,
    rows: u64,
    section: Section,
}

impl Default for BillLines {
    fn default() -> BillLines {
        BillLines {
            pending: Vec::new(),
            line: 0,
            rows: 0,
            section: Section::Start,
        }
    }
}

impl std::fmt::Debug for BillLines {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("BillLines")
            .field("line", &self.line)
            .field("rows", &self.rows)
            .finish()
    }
}

impl BillLines {
    /// Takes the next piece; whole rows are added to `rows`.
    ///
    /// # Errors
    /// With the first line that cannot be one; the bill is then to be dropped.
    pub fn feed(
        &mut self,
        mut piece: &[u8],
        rows: &mut impl Extend<BillRow>,
    ) -> Result<(), BillFormatError> {
        while let Some(end) = piece.iter().position(|&byte| byte == b'\n') {
            self.keep(&piece[..end])?;
            piece = &piece[end + 1..];
            let line = std::mem::take(&mut self.pending);
            rows.extend(self.take_line(&line)?);
        }
        self.keep(piece)
    }

    /// Ends the bill.
    ///
    /// # Errors
    /// When something is missing: a bill without its summary, or with another number of rows.
    pub fn finish(mut self) -> Result<BillSummary, BillFormatError> {
        let line = std::mem::take(&mut self.pending);
        if !line.is_empty() && self.take_line(&line)?.is_some() {
            return Err(BillFormatError::Truncated);
        }
        let Section::Done(summary) = self.section else {
            return Err(BillFormatError::Truncated);
        };
        if summary.rows == self.rows {
            Ok(summary)
        } else {
            Err(BillFormatError::WrongCount {
                found: self.rows,
                expected: summary.rows,
            })
        }
    }

    fn keep(&mut self, bytes: &[u8]) -> Result<(), BillFormatError> {
        if self.pending.len() + bytes.len() > LINE_BYTES_MAX {
            return Err(BillFormatError::LineTooLong {
                line: self.line + 1,
            });
        }
        self.pending.extend_from_slice(bytes);
        Ok(())
    }

    fn take_line(&mut self, line: &[u8]) -> Result<Option<BillRow>, BillFormatError> {
        self.line += 1;
        let misfit = BillFormatError::Misfit { line: self.line };
        let text =
            str::from_utf8(line).map_err(|_| BillFormatError::NotUtf8 { line: self.line })?;
        let text = text.strip_suffix('\r').unwrap_or(text);
        match &self.section {
            Section::Start => {
                let text = text.strip_prefix('\u{FEFF}').unwrap_or(text);
                self.section = Section::Rows(header(text).ok_or(misfit)?);
                Ok(None)
            }
            Section::Rows(names) => match cells(text) {
                Some(cells) if cells.len() == names.len() => {
                    self.rows += 1;
                    Ok(Some(BillRow::new(Arc::clone(names), cells)))
                }
                Some(_) => Err(misfit),
                None => {
                    self.section = Section::Summary(header(text).ok_or(misfit)?);
                    Ok(None)
                }
            },
            Section::Summary(names) => {
                let cells = cells(text).filter(|cells| cells.len() == names.len());
                let totals = BillRow::new(Arc::clone(names), cells.ok_or(misfit)?);
                self.section = Section::Done(BillSummary::read(totals)?);
                Ok(None)
            }
            Section::Done(_) if text.trim_ascii().is_empty() => Ok(None),
            Section::Done(_) => Err(misfit),
        }
    }
}

/// Names of columns, without backticks.
fn header(line: &str) -> Option<Arc<[String]>> {
    if line.is_empty() || line.starts_with('`') || line.starts_with('<') {
        return None;
    }
    Some(line.split(',').map(str::to_owned).collect())
}

/// Cells begin with a backtick each, and only ``,` `` separates them: product names have commas.
fn cells(line: &str) -> Option<Vec<String>> {
    let cells = line.strip_prefix('`')?;
    Some(cells.split(",`").map(str::to_owned).collect())
}
