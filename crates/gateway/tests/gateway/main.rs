//! Tests of the gateway from outside: messages as WeChat, or somebody else, would send them.

mod answers;
mod bill;
mod bridge;
mod calls;
mod certificate;
mod corpus;
mod explain;
mod fields;
mod merchant;
mod mutation;
mod mutual_tls;
mod notification;
mod oauth;
mod other_reader;
mod refund;
mod refund_fields;
mod refund_notification;
mod roundtrip;
mod stub;
mod transport;
mod verify;
mod xml;
