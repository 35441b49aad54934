//! What the story promises, checked as it is told.

use std::process::ExitCode;

/// Counts promises kept and broken.
#[derive(Debug, Default)]
pub struct Expectations {
    kept: usize,
    broken: Vec<String>,
}

impl Expectations {
    /// States a promise and whether it holds.
    pub fn that(&mut self, holds: bool, promise: impl Into<String>) {
        let promise = promise.into();
        if holds {
            println!("  ✓ {promise}");
            self.kept += 1;
        } else {
            println!("  ✗ {promise}");
            self.broken.push(promise);
        }
    }

    /// States that two values are equal, and shows both if they are not.
    pub fn equal<T: PartialEq + std::fmt::Debug>(
        &mut self,
        actual: &T,
        expected: &T,
        promise: &str,
    ) {
        if actual == expected {
            self.that(true, promise);
        } else {
            self.that(
                false,
                format!("{promise}: {actual:?} instead of {expected:?}"),
            );
        }
    }

    /// Sums up.
    pub fn verdict(self) -> ExitCode {
        if self.broken.is_empty() {
            println!("\nAll {} promises of the story were kept.", self.kept);
            return ExitCode::SUCCESS;
        }
        println!(
            "\n{} promises were broken, {} kept:",
            self.broken.len(),
            self.kept
        );
        for promise in &self.broken {
            println!("  ✗ {promise}");
        }
        ExitCode::FAILURE
    }
}
