//! The README's bridge is the code that is compiled and run here.

use std::path::Path;

use async_trait::async_trait;
use examples::file_log::FileLog;
use msp_tests::bridge::{Access, Bridge};
use msp_tests::readme_bridge::bridge;
use reconcile::execution::Report;
use reconcile::log::{Log, LogError};
use reconcile::state::{Entry, State};

use crate::world::{established, start, two_sites};

const README: &str = include_str!("../../README.md");
const CODE: &str = include_str!("../src/readme_bridge.rs");

#[test]
fn the_readme_shows_the_bridge_that_is_tested_in_at_most_40_lines() {
    let shown = README
        .split("```rust\n")
        .nth(1)
        .and_then(|rest| rest.split("```").next())
        .expect("a Rust block");
    let (_, code) = CODE
        .split_once("// The README shows from here on.\n")
        .expect("the mark");
    assert_eq!(shown, code);
    assert!(
        shown.lines().count() <= 40,
        "{} lines",
        shown.lines().count()
    );
}

/// One run of the README's bridge, whose log can be written so often.
async fn run(access: &Access, path: &Path, writes: usize) -> Result<(State, Report), String> {
    let (inner, state) = FileLog::open(path).expect("a log");
    let mut log = Breaking { inner, writes };
    let Bridge {
        source,
        destination,
        policy,
        ..
    } = Bridge::connect(access).await.expect("connects");
    let done = bridge((&source, &destination, &policy), state, &mut log).await;
    drop(log);
    let (_, state) = FileLog::open(path).expect("a log");
    done.map(|report| (state, report))
        .map_err(|error| error.to_string())
}

/// A log whose disk is full after so many entries.
struct Breaking {
    inner: FileLog,
    writes: usize,
}

#[async_trait]
impl Log for Breaking {
    async fn append(&mut self, entry: &Entry) -> Result<(), LogError> {
        let left = self.writes.checked_sub(1);
        self.writes = left.ok_or_else(|| LogError::new("the disk is full"))?;
        self.inner.append(entry).await
    }
}

#[tokio::test]
async fn the_readmes_bridge_runs_and_runs_again() {
    let simulator = start(two_sites()).await;
    let access = Access::to(&simulator);
    let folder = tempfile::tempdir().expect("a folder");
    for again in [false, true] {
        simulator.reset_counts();
        let ran = run(&access, &folder.path().join("log"), usize::MAX).await;
        let (state, report) = ran.expect("runs");
        // Alder Dental has no company yet, and the README's bridge creates none.
        assert_eq!(established(&state), 1);
        assert_eq!(report.halted, None);
        if again {
            assert_eq!(simulator.writes(), 0);
        }
    }
}

/// U14: wherever it breaks off, the next run goes on, and the one after that has nothing to do.
#[tokio::test]
async fn the_readmes_bridge_goes_on_where_it_broke_off() {
    for writes in 0.. {
        let simulator = start(two_sites()).await;
        let access = Access::to(&simulator);
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("log");
        let broken = run(&access, &path, writes).await;
        for _ in 0..2 {
            let (_, report) = run(&access, &path, usize::MAX).await.expect("goes on");
            assert_eq!(report.halted, None, "after {writes}");
        }
        simulator.reset_counts();
        let (state, _) = run(&access, &path, usize::MAX).await.expect("runs");
        assert_eq!(established(&state), 1, "after {writes}");
        assert_eq!(simulator.writes(), 0, "after {writes}");
        if broken.is_ok() {
            assert!(writes >= 10, "only {writes} entries");
            break;
        }
    }
}
