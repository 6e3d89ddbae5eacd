//! Web-views that lack or refuse what browsers have: nothing that follows is cut off.

use std::future::Future;

use wasm_bindgen_test::wasm_bindgen_test;
use wechat_checkout::api::{ApiClient, CallError};
use wechat_checkout::browser;

/// Runs `test` in a page that `change` has changed, and repairs the page: `set(object, name, value)`
/// replaces a property.
async fn changed<T>(change: &str, test: impl Future<Output = T>) -> T {
    let prepare = r#"
        window.repairs = [];
        const set = (object, name, value) => {
          const before = Object.getOwnPropertyDescriptor(object, name);
          repairs.push(() => before ? Object.defineProperty(object, name, before) : delete object[name]);
          Object.defineProperty(object, name, { configurable: true, ...value });
        };
        const fail = () => { throw new TypeError("refused"); };
    "#;
    run(&format!("(() => {{ {prepare} {change} }})()"));
    let result = test.await;
    run("repairs.reverse().forEach((repair) => repair())");
    result
}

fn run(script: &str) -> wasm_bindgen::JsValue {
    js_sys::eval(script).expect("a script of the test")
}

#[wasm_bindgen_test]
async fn without_a_clipboard_texts_are_copied_the_old_way() {
    for clipboard in [
        "{ value: undefined }",
        "{ get: fail }",
        "{ value: {} }",
        "{ value: { writeText: fail } }",
        "{ value: { writeText: () => Promise.reject(new Error()) } }",
    ] {
        let change = [
            "set(navigator, 'clipboard', ",
            clipboard,
            "); window.copied = [];
             set(document, 'execCommand', { value: (what) => copied.push(what) > 0 });",
        ];
        assert!(
            changed(&change.concat(), browser::copy_text("A-1")).await,
            "{clipboard}"
        );
        assert_eq!(
            run("copied.join()").as_string().as_deref(),
            Some("copy"),
            "{clipboard}"
        );
    }
    let refused = "set(navigator, 'clipboard', { value: undefined });
                   set(document, 'execCommand', { value: fail });";
    assert!(!changed(refused, browser::copy_text("A-1")).await);
    let odd = "set(navigator, 'clipboard', { value: { writeText: () => undefined } });";
    assert!(changed(odd, browser::copy_text("A-1")).await);
}

#[wasm_bindgen_test]
async fn what_is_missing_or_throws_stops_nothing() {
    for change in [
        "set(window, 'performance', { value: undefined });",
        "set(window, 'performance', { value: { getEntriesByType: () => undefined } });",
        "set(window, 'performance', { value: { getEntriesByType: fail } });",
        "set(window, 'scrollTo', { value: undefined });",
        "set(window, 'scrollTo', { value: fail });",
        "set(window, 'crypto', { value: undefined });",
        "set(window, 'crypto', { value: { getRandomValues: fail } });",
        "set(window, 'history', { value: undefined });",
        "set(window, 'history', { value: { pushState: fail, replaceState: fail } });",
        "for (const name of ['localStorage', 'sessionStorage']) set(window, name, { get: fail });",
        "for (const name of ['localStorage', 'sessionStorage']) set(window, name, { value: null });",
        "for (const name of ['warn', 'error']) set(console, name, { value: fail });",
    ] {
        changed(change, async {
            browser::log_warning("a warning");
            browser::log_error("an error");
            browser::scroll_to_top();
            browser::push_query(&browser::Query::current());
            browser::replace_query(&browser::Query::current());
            browser::save(browser::Shelf::Device, "a", "b");
            let _loaded = browser::load(browser::Shelf::Session, "a");
            browser::remove(browser::Shelf::Device, "a");
            assert_eq!(browser::random_hex::<8>().len(), 16, "{change}");
            assert!(
                browser::pay_addresses().landing.starts_with("http"),
                "{change}"
            );
        })
        .await;
    }
}

#[wasm_bindgen_test]
async fn a_network_that_throws_or_answers_nonsense_is_no_answer() {
    for fetch in [
        "fail",
        "() => undefined",
        "() => Promise.reject(1)",
        "() => Promise.resolve('text')",
        "undefined",
    ] {
        let change = ["set(window, 'fetch', { value: ", fetch, " });"].concat();
        let answer = changed(&change, catalog()).await;
        assert_eq!(answer, Some(CallError::Unreached), "{fetch}");
    }
    let change = "set(window, 'AbortController', { value: undefined });
                  set(window, 'fetch', { value: async () => new Response(
                    '{\"merchant_name\":\"a\",\"products\":[]}') });";
    assert_eq!(changed(change, catalog()).await, None);
}

#[wasm_bindgen_test]
async fn whoever_asks_to_come_back_later_is_understood() {
    for (status, headers, expected_ms) in [
        (429, "'Retry-After': '3'", Some(3_000)),
        (408, "'retry-after': ' 0 '", Some(0)),
        (
            503,
            "'Retry-After': 'Wed, 25 Nov 2026 10:00:30 GMT', Date: 'Wed, 25 Nov 2026 10:00:00 GMT'",
            Some(30_000),
        ),
        (
            503,
            "'Retry-After': 'Wed, 25 Nov 2026 10:00:00 GMT', Date: 'Wed, 25 Nov 2026 10:00:30 GMT'",
            Some(0),
        ),
        (429, "'Retry-After': 'soon'", None),
        (429, "'Retry-After': '-3'", None),
        (429, "", None),
    ] {
        let change = format!(
            "set(window, 'fetch', {{ value: async () => new Response(
               '<html>later</html>', {{ status: {status}, headers: {{ {headers} }} }}) }});"
        );
        let expected = CallError::Unreadable {
            status,
            retry_after_ms: expected_ms,
        };
        assert_eq!(
            changed(&change, catalog()).await,
            Some(expected),
            "{headers}"
        );
    }
}

async fn catalog() -> Option<CallError> {
    ApiClient::default().catalog().await.err()
}
