//! WeChat's side of a measurement: prepared notifications over a number of keep-alive connections.

use std::cell::Cell;
use std::net::SocketAddr;
use std::ops::Range;
use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use futures_util::future::try_join_all;

use super::measurement::Measurement;
use crate::shop::{Cashier, Connection, OrderNumber, request};

/// Before the clock starts, each connection has carried one request, and lazily built parts exist.
const WARM_UP_BODY: &str = "<xml></xml>";

/// Notifies about a range of orders as fast as the connections allow. Every one must be
/// acknowledged.
///
/// Runs on the caller's thread alone: the other core is the server's.
pub(super) async fn notify_all(
    address: SocketAddr,
    cashier: &Cashier,
    numbers: Range<u64>,
    connections: usize,
) -> Result<Measurement> {
    let prepared: Vec<Vec<u8>> = numbers
        .map(|number| Ok(request(&cashier.notification(OrderNumber(number))?)))
        .collect::<Result<_>>()?;
    let next = Cell::new(0);
    let mut open = Vec::with_capacity(connections);
    for _ in 0..connections {
        let mut connection = Connection::open(address).await?;
        ensure!(
            !connection.is_acknowledged(&request(WARM_UP_BODY)).await?,
            "the server acknowledged nonsense"
        );
        open.push(connection);
    }
    let started = Instant::now();
    let waits = try_join_all(
        open.into_iter()
            .map(|connection| work_off(connection, &prepared, &next)),
    )
    .await?;
    Ok(Measurement::new(started.elapsed(), waits.concat()))
}

async fn work_off(
    mut connection: Connection,
    prepared: &[Vec<u8>],
    next: &Cell<usize>,
) -> Result<Vec<u32>> {
    let mut waits_us = Vec::new();
    while let Some(request) = prepared.get(next.replace(next.get().saturating_add(1))) {
        let sent = Instant::now();
        let is_acknowledged = connection.is_acknowledged(request).await?;
        ensure!(is_acknowledged, "a genuine notification was refused");
        waits_us.push(micros(sent.elapsed()));
    }
    Ok(waits_us)
}

fn micros(duration: Duration) -> u32 {
    u32::try_from(duration.as_micros()).unwrap_or(u32::MAX)
}
