//! Puts the bridge first into the `<head>` of a document, while the document streams through.

use axum::body::{Body, BodyDataStream, Bytes};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::Response;
use futures_util::{Stream, StreamExt, stream};

/// A document whose first tag lies deeper than this is left to itself.
const SEARCHED_BYTES_MAX: usize = 64 * 1024;

/// Adds the bridge to an HTML answer; other answers pass unchanged.
pub(super) fn into_document(response: Response) -> Response {
    let text = |headers: &HeaderMap, name| -> Option<String> {
        headers
            .get(name)
            .and_then(|value: &HeaderValue| value.to_str().ok())
            .map(str::to_owned)
    };
    let headers = response.headers();
    let is_html =
        text(headers, header::CONTENT_TYPE).is_some_and(|kind| kind.starts_with("text/html"));
    let is_encoded =
        text(headers, header::CONTENT_ENCODING).is_some_and(|coding| coding != "identity");
    if !is_html {
        return response;
    }
    if is_encoded {
        tracing::warn!("the server compressed a document although it was asked not to: no bridge");
        return response;
    }
    let nonce = text(headers, header::CONTENT_SECURITY_POLICY).and_then(|policy| nonce_of(&policy));
    let (mut parts, body) = response.into_parts();
    parts.headers.remove(header::CONTENT_LENGTH);
    parts.headers.remove(header::ETAG);
    // A cached copy would keep the agent and scenario of an earlier visit.
    parts
        .headers
        .insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    let body = Body::from_stream(injected(body.into_data_stream(), tags(nonce.as_deref())));
    Response::from_parts(parts, body)
}

/// External and of the page's own origin, so that a content security policy with `'self'` lets
/// them pass; a policy that lives by nonces gets its own nonce.
fn tags(nonce: Option<&str>) -> String {
    let nonce = nonce
        .map(|nonce| format!(" nonce=\"{nonce}\""))
        .unwrap_or_default();
    format!(
        "<link rel=\"stylesheet\" href=\"/__wechat/sheet.css\"{nonce}>\
         <script src=\"/__wechat/bridge.js\"{nonce}></script>"
    )
}

fn nonce_of(policy: &str) -> Option<String> {
    let after = policy.split("'nonce-").nth(1)?;
    let nonce = after.split('\'').next()?;
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"+/=_-".contains(&byte);
    nonce.bytes().all(allowed).then(|| nonce.to_owned())
}

/// How far the search for the head has come.
enum Progress {
    Searching(Vec<u8>),
    Passing,
}

fn injected(
    document: BodyDataStream,
    tags: String,
) -> impl Stream<Item = Result<Bytes, axum::Error>> {
    let start = (document, Progress::Searching(Vec::new()), tags);
    stream::unfold(start, |(mut document, progress, tags)| async move {
        let Progress::Searching(mut begun) = progress else {
            let chunk = document.next().await?;
            return Some((chunk, (document, Progress::Passing, tags)));
        };
        loop {
            match document.next().await {
                Some(Ok(chunk)) => begun.extend_from_slice(&chunk),
                Some(Err(error)) => return Some((Err(error), (document, Progress::Passing, tags))),
                None if begun.is_empty() => return None,
                None => {
                    let at = insertion_point(&begun).unwrap_or(0);
                    let whole = spliced(&begun, at, &tags);
                    return Some((Ok(whole), (document, Progress::Passing, tags)));
                }
            }
            let at = insertion_point(&begun);
            let at = at.or((begun.len() > SEARCHED_BYTES_MAX).then_some(0));
            if let Some(at) = at {
                let first = spliced(&begun, at, &tags);
                return Some((Ok(first), (document, Progress::Passing, tags)));
            }
        }
    })
}

fn spliced(document: &[u8], at: usize, tags: &str) -> Bytes {
    [&document[..at], tags.as_bytes(), &document[at..]]
        .concat()
        .into()
}

/// After `<head …>`, or before the first tag that a document without `<head>` begins with.
/// `None`: more of the document is needed.
fn insertion_point(document: &[u8]) -> Option<usize> {
    let mut at = 0;
    loop {
        at += document[at..].iter().position(|byte| *byte == b'<')?;
        let rest = &document[at..];
        if rest.starts_with(b"<!--") {
            at += find(rest, b"-->")? + 3;
            continue;
        }
        let end = find(rest, b">")?;
        let name: Vec<u8> = rest[1..end]
            .iter()
            .take_while(|byte| byte.is_ascii_alphanumeric() || **byte == b'!')
            .map(u8::to_ascii_lowercase)
            .collect();
        match name.as_slice() {
            b"!doctype" | b"html" => at += end + 1,
            b"head" => return Some(at + end + 1),
            _ => return Some(at),
        }
    }
}

fn find(text: &[u8], wanted: &[u8]) -> Option<usize> {
    text.windows(wanted.len())
        .position(|window| window == wanted)
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn through(chunks: &[&'static str]) -> String {
        let chunks: Vec<Result<&str, std::io::Error>> =
            chunks.iter().map(|text| Ok(*text)).collect();
        let document = Body::from_stream(stream::iter(chunks)).into_data_stream();
        let pieces: Vec<Bytes> = injected(document, "[]".to_owned())
            .map(|chunk| chunk.expect("a chunk"))
            .collect()
            .await;
        String::from_utf8(pieces.concat()).expect("text")
    }

    #[tokio::test]
    async fn the_tags_come_first_in_the_head_however_the_document_is_cut() {
        let document = "<!DOCTYPE html><!-- <head> --><html lang=zh><head class=a><title>x";
        let wanted = "<!DOCTYPE html><!-- <head> --><html lang=zh><head class=a>[]<title>x";
        assert_eq!(through(&[document]).await, wanted);
        for cut in 1..document.len() {
            let (first, second) = document.split_at(cut);
            assert_eq!(through(&[first, second]).await, wanted, "cut at {cut}");
        }
    }

    #[tokio::test]
    async fn documents_without_a_head_get_the_tags_before_their_first_element() {
        assert_eq!(
            through(&["<!doctype html><p>x"]).await,
            "<!doctype html>[]<p>x"
        );
        assert_eq!(
            through(&["<!doctype html><HEADER>x"]).await,
            "<!doctype html>[]<HEADER>x"
        );
        assert_eq!(through(&["plain"]).await, "[]plain");
        assert_eq!(through(&[]).await, "");
    }

    #[test]
    fn the_nonce_of_a_policy_is_reused() {
        assert_eq!(
            nonce_of("script-src 'nonce-abc+/='").as_deref(),
            Some("abc+/=")
        );
        assert_eq!(nonce_of("script-src 'self'"), None);
        assert_eq!(nonce_of("script-src 'nonce-\"><script>'"), None);
    }
}
