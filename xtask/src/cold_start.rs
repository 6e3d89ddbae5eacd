//! Measures how soon a buyer with a slow phone can pay, by the harness that tests the page.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use clap::Args;
use serde_json::{Map, Value, json};

use crate::system::{self, Need};
use crate::test::cargo;
use crate::{browser, page, places, process};

/// How to measure.
#[derive(Debug, Args)]
pub(crate) struct Options {
    /// Starts to take the median of.
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u8).range(1..=100))]
    runs: u8,
    /// Prints the figures once more, as one JSON object on the last line.
    #[arg(long)]
    json: bool,
}

/// Builds the page where needed, starts it cold again and again, and prints what it took.
///
/// # Errors
/// When something is missing or the page does not start.
pub(crate) fn run(options: &Options) -> Result<()> {
    system::ensure(&[Need::Browser, Need::ChineseFont, Need::Node])?;
    page::build_unless_fresh()?;
    let weight = page::budget::weigh(&places::dist())?;
    let file = places::target().join("cold-start.json");
    let mut command = cargo(&["test", "--locked", "--package", "wechat-checkout"]);
    command
        .args(["--test", "journeys", "--", "--ignored", "--exact"])
        .arg("cold_start::cold_start_on_a_slow_phone")
        .env("COLD_START_FIGURES", &file)
        .env("COLD_STARTS", options.runs.to_string());
    process::run(browser::known_to(command)?)?;
    let figures = read(&file)?;
    println!("{}", table(&figures, weight));
    if options.json {
        println!("{}", as_json(figures, weight));
    }
    Ok(())
}

fn read(file: &Path) -> Result<Map<String, Value>> {
    let figures = fs::read(file).with_context(|| format!("reading {}", file.display()))?;
    serde_json::from_slice(&figures).context("reading the figures")
}

fn table(figures: &Map<String, Value>, weight: u64) -> String {
    let figure = |name: &str| {
        figures
            .get(name)
            .and_then(Value::as_u64)
            .unwrap_or_default()
    };
    let ms = |name: &str| {
        let tenths = figure(name);
        format!("{}.{}", tenths / 10, tenths % 10)
    };
    [
        format!(
            "the order page, never seen before; CPU x 4, 1.6 Mb/s, 150 ms; median of {}",
            figure("runs")
        ),
        row("wasm and glue, brotli", &weight.to_string(), "bytes"),
        row(
            "downloaded until payable",
            &figure("bytes").to_string(),
            "bytes",
        ),
        row(
            "requests until payable",
            &figure("requests").to_string(),
            "",
        ),
        row("first paint", &ms("first_paint_tenth_ms"), "ms"),
        row("pay button works", &ms("pay_ready_tenth_ms"), "ms"),
        row("tap to sheet", &ms("tap_to_sheet_tenth_ms"), "ms"),
    ]
    .join("\n")
}

fn row(name: &str, figure: &str, unit: &str) -> String {
    format!("{name:<26}{figure:>10} {unit}")
        .trim_end()
        .to_owned()
}

/// Milliseconds with one place, as programs like them.
fn as_json(figures: Map<String, Value>, weight: u64) -> Value {
    let mut object = Map::new();
    let _ = object.insert("wasm_and_glue_bytes".to_owned(), json!(weight));
    for (name, figure) in figures {
        let (name, figure) = match (name.strip_suffix("_tenth_ms"), figure.as_u64()) {
            (Some(name), Some(tenths)) => {
                let ms = format!("{}.{}", tenths / 10, tenths % 10);
                (
                    format!("{name}_ms"),
                    ms.parse().map_or(figure, Value::Number),
                )
            }
            (Some(_), None) | (None, _) => (name, figure),
        };
        let _ = object.insert(name, figure);
    }
    Value::Object(object)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn figures() -> Map<String, Value> {
        let figures = json!({"runs": 3, "bytes": 1234, "requests": 7, "first_paint_tenth_ms": 4015,
            "pay_ready_tenth_ms": 12_000, "tap_to_sheet_tenth_ms": 9});
        figures.as_object().cloned().unwrap_or_default()
    }

    #[test]
    fn programs_read_milliseconds() {
        let printed = as_json(figures(), 99).to_string();
        for part in [
            "\"wasm_and_glue_bytes\":99",
            "\"bytes\":1234",
            "\"first_paint_ms\":401.5",
            "\"pay_ready_ms\":1200.0",
            "\"tap_to_sheet_ms\":0.9",
        ] {
            assert!(printed.contains(part), "{part} is not in {printed}");
        }
    }

    #[test]
    fn people_read_them_too() {
        let table = table(&figures(), 99);
        assert!(
            table.contains("first paint                    401.5 ms"),
            "{table}"
        );
        assert!(
            table.contains("requests until payable             7\n"),
            "{table}"
        );
    }
}
