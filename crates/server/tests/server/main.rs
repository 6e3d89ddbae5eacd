//! Tests of the server: the machine, the stores, the HTTP surface with a simulated WeChat.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod cluster;
mod command_line;
mod configuration;
mod database_loss;
mod hostile;
mod journey;
mod last_query;
mod limits;
mod machine;
mod misfits;
mod money_back;
mod notified;
mod observed;
mod openapi;
mod property;
mod push;
mod readiness;
mod refunds;
mod refusals;
mod sample;
mod several_servers;
mod shop;
mod shop_words;
mod sign_in;
mod simulated_clock;
mod store;
mod token_endpoint;
mod webhooks;
mod wechat_trouble;
mod wire;
