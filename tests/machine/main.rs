//! The pure parts of the page, tested natively: the checkout machine, the bridge's answers, the user
//! agents, the payment directories, the push policy, the sentences.

#![cfg(not(target_arch = "wasm32"))]

mod bridge_answers;
mod environments;
mod fixtures;
mod money;
mod pay_directories;
mod properties;
mod push_policy;
mod seeking;
mod sentences;
mod settling;
mod sheet;
