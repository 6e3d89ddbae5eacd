//! The figures as a table for people and as JSON for programs.

use serde_json::{Map, Value};

use super::measurement::Measurement;

/// What a run found.
#[derive(Clone, Debug, Default)]
pub(super) struct Figures {
    /// Which, and how durable.
    pub(super) database: &'static str,
    pub(super) rows: Vec<Row>,
    /// The server's memory at the end of its load.
    pub(super) rss_bytes: Option<u64>,
    /// The store without HTTP.
    pub(super) store_per_s: Option<u64>,
    /// The engine without store.
    pub(super) raw_limit_per_s: Option<u64>,
}

/// One measurement over HTTP.
#[derive(Clone, Debug)]
pub(super) struct Row {
    pub(super) connections: usize,
    /// Orders that were there before.
    pub(super) stored: Option<u64>,
    pub(super) measurement: Measurement,
}

const PERCENTILES: [(&str, usize); 3] = [("p50", 500), ("p99", 990), ("p999", 999)];

pub(super) fn print(figures: &Figures, as_json: bool) {
    println!("{}", table(figures));
    if as_json {
        println!("{}", json(figures));
    }
}

fn table(figures: &Figures) -> String {
    let mut lines = vec![
        format!(
            "payment notifications over HTTP, each confirmed and delivered once; {}",
            figures.database
        ),
        format!(
            "{:>12} {:>12} {:>10} {:>10} {:>10} {:>10}",
            "stored", "connections", "per s", "p50 ms", "p99 ms", "p99.9 ms"
        ),
    ];
    for row in &figures.rows {
        let stored = row
            .stored
            .map_or_else(|| "-".to_owned(), |stored| stored.to_string());
        let waits =
            PERCENTILES.map(|(_, permille)| milliseconds(row.measurement.wait_us(permille)));
        let [p50, p99, p999] = waits;
        lines.push(format!(
            "{stored:>12} {:>12} {:>10} {p50:>10} {p99:>10} {p999:>10}",
            row.connections,
            row.measurement.per_second(),
        ));
    }
    if let Some(rss) = figures.rss_bytes {
        lines.push(format!("server memory (RSS)          {:>9} kB", rss / 1024));
    }
    if let Some(store) = figures.store_per_s {
        lines.push(format!("the store without HTTP       {store:>9} per s"));
    }
    if let Some(raw) = figures.raw_limit_per_s {
        lines.push(format!(
            "the engine alone             {raw:>9} per s (the same rows, 256 a commit)"
        ));
        if let Some(percent) = percent_of(per_second_at(figures, 64), raw) {
            lines.push(format!(
                "64 connections reach         {percent:>9} % of the engine"
            ));
        }
    }
    if let Some(percent) = slowest_percent(figures) {
        lines.push(format!(
            "the slowest of these reaches {percent:>9} % of the fastest"
        ));
    }
    lines.join("\n")
}

fn json(figures: &Figures) -> Value {
    let mut object = Map::new();
    for row in &figures.rows {
        let suffix = match row.stored {
            None => row.connections.to_string(),
            Some(stored) => format!("{}_stored_{stored}", row.connections),
        };
        let per_second = row.measurement.per_second();
        let _ = object.insert(format!("notify_per_s_{suffix}"), per_second.into());
        for (name, permille) in PERCENTILES {
            let wait = row.measurement.wait_us(permille);
            let _ = object.insert(format!("{name}_us_{suffix}"), wait.into());
        }
    }
    let rest = [
        ("rss_bytes", figures.rss_bytes),
        ("store_per_s", figures.store_per_s),
        ("raw_limit_per_s", figures.raw_limit_per_s),
    ];
    for (name, figure) in rest {
        if let Some(figure) = figure {
            let _ = object.insert(name.to_owned(), figure.into());
        }
    }
    Value::Object(object)
}

/// Microseconds as milliseconds with two places.
fn milliseconds(wait_us: Option<u32>) -> String {
    wait_us.map_or_else(
        || "-".to_owned(),
        |us| format!("{}.{:02}", us / 1_000, us % 1_000 / 10),
    )
}

fn per_second_at(figures: &Figures, connections: usize) -> Option<u64> {
    let row = figures
        .rows
        .iter()
        .find(|row| row.connections == connections);
    row.map(|row| row.measurement.per_second())
}

fn percent_of(part: Option<u64>, whole: u64) -> Option<u64> {
    part?.checked_mul(100)?.checked_div(whole)
}

/// How far the measurements of a growing database are apart.
fn slowest_percent(figures: &Figures) -> Option<u64> {
    let rates = || {
        figures
            .rows
            .iter()
            .filter(|row| row.stored.is_some())
            .map(|row| row.measurement.per_second())
    };
    percent_of(rates().min(), rates().max()?)
}
