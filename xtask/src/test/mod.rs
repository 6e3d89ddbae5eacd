//! Everything that must hold, as a list of steps with what each took.

mod report;
mod steps;

use std::time::Instant;

use anyhow::{Result, bail};
use clap::Args;

use crate::interrupt;
use report::{Outcome, Report};
pub(crate) use steps::cargo;
use steps::{STEPS, Speed, Step};

/// Which steps to run.
#[derive(Debug, Args)]
pub(crate) struct Selection {
    /// Leaves out what needs a browser or other languages.
    #[arg(long)]
    fast: bool,
    /// Runs only this step; may be given several times.
    #[arg(long, value_name = "STEP")]
    only: Vec<String>,
}

impl Selection {
    fn takes(&self, step: &Step) -> bool {
        if self.only.is_empty() {
            return !(self.fast && step.speed == Speed::Slow);
        }
        self.only.iter().any(|name| name == step.name)
    }

    fn check_names(&self) -> Result<()> {
        let names: Vec<&str> = STEPS.iter().map(|step| step.name).collect();
        match self
            .only
            .iter()
            .find(|name| !names.contains(&name.as_str()))
        {
            Some(unknown) => bail!(
                "no step is called {unknown:?}; there are {}",
                names.join(", ")
            ),
            None => Ok(()),
        }
    }
}

/// Runs the selected steps, all of them even after a failure, and prints the table.
///
/// # Errors
/// When a step fails, and on Ctrl-C.
pub(crate) fn run(selection: &Selection) -> Result<()> {
    selection.check_names()?;
    let mut report = Report::default();
    for step in STEPS.iter().filter(|step| selection.takes(step)) {
        if let Some(missing) = step.needs.iter().find(|needed| report.has_failed(needed)) {
            report.note(step.name, Outcome::Skipped { because: missing });
            continue;
        }
        println!("\n== {}: {}", step.name, step.what);
        let started = Instant::now();
        let result = (step.run)();
        interrupt::check()?;
        if let Err(error) = &result {
            eprintln!("{}: {error:#}", step.name);
        }
        let outcome = if result.is_ok() {
            Outcome::Passed
        } else {
            Outcome::Failed
        };
        report.note_timed(step.name, outcome, started.elapsed());
    }
    println!("\n{report}");
    if report.is_clean() {
        Ok(())
    } else {
        bail!("not everything holds")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_that_does_not_exist_is_refused_with_the_names() {
        let selection = Selection {
            fast: false,
            only: vec!["journey".to_owned()],
        };
        let refused = selection.check_names().map_err(|error| error.to_string());
        assert!(refused.is_err_and(|error| error.contains("journeys")));
    }

    #[test]
    fn fast_leaves_out_the_slow_steps_unless_they_are_named() {
        let taken = |selection: &Selection| {
            STEPS
                .iter()
                .filter(|step| selection.takes(step))
                .map(|step| step.name)
                .collect::<Vec<_>>()
        };
        let fast = taken(&Selection {
            fast: true,
            only: Vec::new(),
        });
        assert!(
            fast.contains(&"tidy") && !fast.contains(&"journeys"),
            "{fast:?}"
        );
        let named = Selection {
            fast: true,
            only: vec!["journeys".to_owned()],
        };
        assert_eq!(taken(&named), ["journeys"]);
    }

    #[test]
    fn a_step_needs_only_steps_that_come_before_it() {
        for (index, step) in STEPS.iter().enumerate() {
            for needed in step.needs {
                let earlier = STEPS.iter().take(index).any(|other| other.name == *needed);
                assert!(earlier, "{} needs {needed}", step.name);
            }
        }
    }
}
