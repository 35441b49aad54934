//! N07, U15: processes that share an account through a budget file are never refused, and use what there is.

use std::path::Path;
use std::time::Duration;

use msp_tests::shared_budget::{PROCESSES, WINDOW, measure};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn four_greedy_processes_stay_within_one_limit() {
    let binary = Path::new(env!("CARGO_BIN_EXE_shared_budget"));
    let figures = measure(binary, WINDOW * 4 + Duration::from_secs(1))
        .await
        .expect("every process is answered");
    assert_eq!(figures.refused, 0, "{figures:?}");
    assert!(figures.peak <= figures.ceiling, "{figures:?}");
    assert_eq!(figures.answered.len(), PROCESSES);
    // Nobody starves: each has at least half of an equal share.
    let all: u64 = figures.answered.iter().sum();
    assert!(
        figures.answered.iter().all(|one| one * 8 >= all),
        "{figures:?}"
    );
    // A loaded machine loses time; the benchmark binary asks for 95 %.
    assert!(figures.median_utilisation() >= 0.75, "{figures:?}");
}
