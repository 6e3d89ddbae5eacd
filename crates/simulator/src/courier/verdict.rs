//! Judges the answer to a notification as WeChat does, and says what is wrong with it.

/// The acknowledgement without the white space that the official sample has between elements.
const ACKNOWLEDGEMENT: &str = "<xml><return_code><![CDATA[SUCCESS]]></return_code><return_msg><![CDATA[OK]]></return_msg></xml>";

/// What the courier makes of an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// No further attempt.
    Acknowledged,
    /// Another attempt follows; the sentence says why.
    NotAcknowledged(&'static str),
}

/// Judges status and body.
pub(crate) fn judge(status: u16, body: &[u8]) -> Verdict {
    if (300..400).contains(&status) {
        return Verdict::NotAcknowledged(
            "the answer is a redirect; WeChat does not follow redirects",
        );
    }
    if status != 200 {
        return Verdict::NotAcknowledged("the HTTP status is not 200");
    }
    let Ok(text) = std::str::from_utf8(body) else {
        return Verdict::NotAcknowledged("the body is not UTF-8");
    };
    if without_layout(text) == ACKNOWLEDGEMENT {
        return Verdict::Acknowledged;
    }
    Verdict::NotAcknowledged(explain(text))
}

/// Drops white space around the document and between elements, never inside an element's text.
fn without_layout(text: &str) -> String {
    let mut kept = String::with_capacity(text.len());
    for (index, piece) in text.trim_ascii().split('<').enumerate() {
        if index > 0 {
            kept.push('<');
        }
        // `<![CDATA[` and `]]>` never leave blanks of their own behind: only a piece that is a
        // whole tag followed by blanks is shortened.
        match piece.split_once('>') {
            Some((tag, rest)) if rest.bytes().all(|byte| byte.is_ascii_whitespace()) => {
                kept.push_str(tag);
                kept.push('>');
            }
            _ => kept.push_str(piece),
        }
    }
    kept
}

fn explain(text: &str) -> &'static str {
    let body = text.trim_ascii();
    if body.is_empty() {
        return "the body is empty";
    }
    if body.starts_with('\u{feff}') {
        return "the body begins with a byte order mark";
    }
    if body.starts_with('{') {
        return "the body is JSON; version 2 wants XML";
    }
    if body.eq_ignore_ascii_case("success") || body.eq_ignore_ascii_case("ok") {
        return "the body is a bare word; version 2 wants XML";
    }
    if body.starts_with("<?xml") {
        return "the body begins with an XML declaration";
    }
    if !body.starts_with("<xml>") {
        return "the body is not an <xml> document";
    }
    if body.contains("<return_code><![CDATA[FAIL]]>") || body.contains("<return_code>FAIL") {
        return "the merchant answered FAIL";
    }
    if body.contains("<return_code>SUCCESS") {
        return "return_code is not in a CDATA section";
    }
    if !body.contains("<return_code><![CDATA[SUCCESS]]></return_code>") {
        return "return_code is not SUCCESS, written exactly so";
    }
    if !body.contains("<return_msg><![CDATA[OK]]></return_msg>") {
        return "return_msg is missing or not OK in a CDATA section";
    }
    "the body has more than return_code and return_msg, or another order"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_official_sample_and_its_one_line_form_are_acknowledgements() {
        let sample = "<xml>\n  <return_code><![CDATA[SUCCESS]]></return_code>\n  <return_msg><![CDATA[OK]]></return_msg>\n</xml>\n";
        assert_eq!(judge(200, sample.as_bytes()), Verdict::Acknowledged);
        let gateway = wechat_checkout_gateway::notification::ACK_SUCCESS;
        assert_eq!(judge(200, gateway.as_bytes()), Verdict::Acknowledged);
    }

    #[test]
    fn every_other_answer_is_explained() {
        let rows: [(u16, &str, &str); 12] = [
            (500, ACKNOWLEDGEMENT, "the HTTP status is not 200"),
            (204, "", "the HTTP status is not 200"),
            (
                302,
                "",
                "the answer is a redirect; WeChat does not follow redirects",
            ),
            (200, "", "the body is empty"),
            (
                200,
                "success",
                "the body is a bare word; version 2 wants XML",
            ),
            (
                200,
                "{\"code\":\"SUCCESS\"}",
                "the body is JSON; version 2 wants XML",
            ),
            (200, "<html></html>", "the body is not an <xml> document"),
            (
                200,
                "<xml><return_code>SUCCESS</return_code><return_msg>OK</return_msg></xml>",
                "return_code is not in a CDATA section",
            ),
            (
                200,
                "<xml><return_code><![CDATA[success]]></return_code><return_msg><![CDATA[OK]]></return_msg></xml>",
                "return_code is not SUCCESS, written exactly so",
            ),
            (
                200,
                "<xml><return_code><![CDATA[SUCCESS]]></return_code></xml>",
                "return_msg is missing or not OK in a CDATA section",
            ),
            (
                200,
                "<xml><return_code><![CDATA[FAIL]]></return_code><return_msg><![CDATA[sign]]></return_msg></xml>",
                "the merchant answered FAIL",
            ),
            (
                200,
                "<xml><return_msg><![CDATA[OK]]></return_msg><return_code><![CDATA[SUCCESS]]></return_code></xml>",
                "the body has more than return_code and return_msg, or another order",
            ),
        ];
        for (status, body, reason) in rows {
            assert_eq!(
                judge(status, body.as_bytes()),
                Verdict::NotAcknowledged(reason),
                "{body}"
            );
        }
    }

    #[test]
    fn blanks_inside_the_text_are_not_forgiven() {
        let blank = ACKNOWLEDGEMENT.replace("SUCCESS", "SUCCESS ");
        assert_ne!(judge(200, blank.as_bytes()), Verdict::Acknowledged);
    }
}
