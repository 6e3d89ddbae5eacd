//! The line ends of a request's head: CR LF, and nothing else.
//!
//! The parser below us takes a bare LF for a line end, as the standard allows. A proxy in front
//! may take the same LF for part of a header's value: then the two read different requests, and
//! one of them can be smuggled past the proxy. So a head with a bare LF is spoilt before the
//! parser sees it, and the parser answers 400.

/// No request may contain it anywhere in its head.
const SPOILER: u8 = 0;

/// Follows one head, in whatever pieces it arrives.
#[derive(Debug, Default)]
pub(super) struct HeadLines {
    at: At,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum At {
    /// Inside a line.
    #[default]
    Line,
    /// After a CR inside a line.
    LineReturn,
    /// At the begin of a line.
    Start,
    /// After a CR at the begin of a line.
    StartReturn,
    /// Behind the empty line.
    Body,
}

impl HeadLines {
    /// Whether the head has ended.
    pub(super) fn are_over(&self) -> bool {
        self.at == At::Body
    }

    /// Spoils the first bare LF among bytes that arrived.
    pub(super) fn check(&mut self, arrived: &mut [u8]) {
        for byte in arrived {
            self.at = match (self.at, *byte) {
                (At::Body, _) => return,
                (At::Line | At::Start, b'\n') => {
                    *byte = SPOILER;
                    At::Body
                }
                (At::Line, b'\r') => At::LineReturn,
                (At::Start, b'\r') => At::StartReturn,
                (At::LineReturn, b'\n') => At::Start,
                (At::StartReturn, b'\n') => At::Body,
                // A CR alone: the parser refuses that by itself.
                _ => At::Line,
            };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_spoilt(head: &str) -> bool {
        let whole = {
            let mut bytes = head.as_bytes().to_vec();
            HeadLines::default().check(&mut bytes);
            bytes
        };
        let mut lines = HeadLines::default();
        let mut pieces = head.as_bytes().to_vec();
        pieces.chunks_mut(1).for_each(|piece| lines.check(piece));
        assert_eq!(whole, pieces, "the pieces make no difference");
        whole.contains(&SPOILER)
    }

    #[test]
    fn a_bare_lf_in_a_head_is_spoilt_and_one_in_a_body_is_not() {
        for head in [
            "GET / HTTP/1.1\nHost: x\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: x\nX: y\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: x\r\n\n",
            "GET / HTTP/1.1\r\nHost: x\n\n",
            "\nGET / HTTP/1.1\r\n\r\n",
        ] {
            assert!(is_spoilt(head), "{head:?}");
        }
        assert!(!is_spoilt("GET / HTTP/1.1\r\nHost: x\r\n\r\n"));
        assert!(!is_spoilt(
            "POST / HTTP/1.1\r\nHost: x\r\n\r\n<xml>\n</xml>"
        ));
    }
}
