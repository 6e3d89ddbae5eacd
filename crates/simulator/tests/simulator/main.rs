//! The simulator from outside: as a merchant's server, a buyer's browser and a tester see it.

mod bills;
mod buyer;
mod certificates;
mod closing;
mod command;
mod control;
mod coupons;
mod courier;
mod date;
mod gateway;
mod guard;
mod proxy;
mod receiver;
mod refunds;
mod scenarios;
mod stage;
