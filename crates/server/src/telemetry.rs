//! Logs and metrics of a process.

use std::io::IsTerminal;
use std::sync::OnceLock;
use std::time::Duration;

use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use tracing_subscriber::EnvFilter;

/// How often collected samples are folded together.
const UPKEEP_INTERVAL: Duration = Duration::from_secs(5);

static METRICS: OnceLock<PrometheusHandle> = OnceLock::new();

/// How log lines look.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum LogFormat {
    /// For people.
    #[default]
    Text,
    /// For log collectors.
    Json,
}

/// Starts logging to standard error (`RUST_LOG` chooses what) and collecting metrics. Once a process.
pub fn start(format: LogFormat) {
    let filter =
        EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info,hyper=warn"));
    let lines = tracing_subscriber::fmt()
        .with_ansi(std::io::stderr().is_terminal())
        .with_env_filter(filter)
        .with_writer(std::io::stderr);
    let _ = match format {
        LogFormat::Text => lines.try_init(),
        LogFormat::Json => lines.json().try_init(),
    };
    if let Ok(handle) = PrometheusBuilder::new().install_recorder() {
        let _ = METRICS.set(handle);
        // Histograms keep every sample until somebody tidies up, and nobody may ever scrape.
        let _detached = std::thread::Builder::new()
            .name("metrics-upkeep".to_owned())
            .spawn(|| {
                while let Some(handle) = METRICS.get() {
                    handle.run_upkeep();
                    std::thread::sleep(UPKEEP_INTERVAL);
                }
            });
    }
}

/// The metrics as Prometheus reads them; `None` when nobody collects them.
#[must_use]
pub fn render_metrics() -> Option<String> {
    METRICS.get().map(PrometheusHandle::render)
}
