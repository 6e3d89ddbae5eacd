//! A shop to prove things on: its files, its orders, WeChat's notifications, the server's program.

mod config;
mod folder;
mod notification;
mod order;
mod program;
mod wire;

pub(crate) use config::{ADMIN_TOKEN, DATABASE, ShopFiles};
pub(crate) use folder::Folder;
pub(crate) use notification::Cashier;
pub(crate) use order::{OrderNumber, place_all};
pub(crate) use program::{Limits, Observed, Program, SERVER_LOG};
pub(crate) use wire::{Connection, request};
