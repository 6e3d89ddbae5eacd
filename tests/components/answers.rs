//! The page's own reader takes what serde takes, and refuses what serde refuses.

use std::fmt::Debug;

use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use wasm_bindgen_test::wasm_bindgen_test;
use wechat_checkout::json;
use wechat_checkout_protocol::{
    BenefitsView, CatalogView, OrderListView, OrderView, PlaceOrder, Problem, ReportOutcome,
    SessionView,
};

use crate::samples::{benefits, catalog, minimal_order, order, orders, problem, session, written};

#[wasm_bindgen_test]
fn every_answer_is_read_as_serde_reads_it() {
    agree::<OrderView>(&written(&order()));
    agree::<OrderView>(&minimal_order());
    agree::<OrderListView>(&written(&orders()));
    agree::<OrderListView>(&json!({ "orders": [minimal_order()] }));
    agree::<CatalogView>(&written(&catalog()));
    agree::<CatalogView>(&json!({
        "merchant_name": "会员中心",
        "products": [{ "id": "a", "kind": "voucher", "title": "t", "subtitle": "", "price": 1 }],
    }));
    agree::<SessionView>(&written(&session()));
    agree::<SessionView>(&json!({ "is_signed_in": false }));
    agree::<BenefitsView>(&written(&benefits()));
    agree::<BenefitsView>(&json!({ "vouchers": [] }));
    agree::<Problem>(&written(&problem()));
    agree::<Problem>(&json!({
        "code": "of_tomorrow", "status": 409, "title": "t", "request_id": "r",
    }));
    agree::<PlaceOrder>(&json!({
        "product_id": "a", "quantity": 2, "idempotency_key": "0123456789abcdef0123456789abcdef",
    }));
    agree::<ReportOutcome>(&json!({ "outcome": "no_answer", "raw": "{}" }));
}

#[wasm_bindgen_test]
fn samples_are_read_at_all() {
    let read: Option<OrderView> = json::read(&written(&order()).to_string());
    assert_eq!(read, Some(order()));
    assert!(json::read::<OrderView>(&minimal_order().to_string()).is_some());
}

#[cfg(debug_assertions)]
#[wasm_bindgen_test]
fn a_debug_build_names_the_field_that_cannot_be_read() {
    let mut broken = written(&orders());
    broken["orders"][0]["amount_total"] = json!("19.90");
    let said = json::explain::<OrderListView>(&broken.to_string());
    assert!(said.contains("orders[0].amount_total"), "{said}");
    assert!(said.contains("\"19.90\""), "{said}");
    let mut broken = written(&session());
    broken
        .as_object_mut()
        .expect("an object")
        .remove("is_signed_in");
    let said = json::explain::<SessionView>(&broken.to_string());
    assert!(said.contains("is_signed_in"), "{said}");
}

/// Compares the two readers on the sample, and on every sample that differs from it in one place.
fn agree<T: DeserializeOwned + PartialEq + Debug>(sample: &Value) {
    agree_on::<T>(sample);
    for pointer in pointers(sample, "") {
        for other in [
            Value::Null,
            json!("?"),
            json!(3),
            json!([]),
            json!({}),
            json!(true),
        ] {
            let mut changed = sample.clone();
            *changed.pointer_mut(&pointer).expect("a place in it") = other;
            agree_on::<T>(&changed);
        }
        let (parent, name) = pointer.rsplit_once('/').expect("below the top");
        let mut changed = sample.clone();
        let place = changed.pointer_mut(parent).expect("a place in it");
        if let Some(object) = place.as_object_mut() {
            object.remove(name);
            agree_on::<T>(&changed);
        }
    }
}

fn agree_on<T: DeserializeOwned + PartialEq + Debug>(value: &Value) {
    let text = value.to_string();
    let ours: Option<T> = json::read(&text);
    let theirs = serde_json::from_str::<T>(&text);
    match (&ours, &theirs) {
        (Some(ours), Ok(theirs)) => assert_eq!(ours, theirs, "{text}"),
        (None, Err(_)) => {}
        _ => panic!("the page reads {ours:?}, serde {theirs:?}: {text}"),
    }
}

/// Every place in a value, as JSON pointers.
fn pointers(value: &Value, at: &str) -> Vec<String> {
    let inside: Vec<(String, &Value)> = match value {
        Value::Object(object) => object
            .iter()
            .map(|(name, value)| ([at, "/", name].concat(), value))
            .collect(),
        Value::Array(items) => items
            .iter()
            .enumerate()
            .map(|(index, value)| ([at, "/", &index.to_string()].concat(), value))
            .collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => Vec::new(),
    };
    inside
        .into_iter()
        .flat_map(|(place, value)| {
            let mut all = pointers(value, &place);
            all.push(place);
            all
        })
        .collect()
}
