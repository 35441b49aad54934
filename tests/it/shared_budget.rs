//! N07, U15: processes that share an account are never refused, and use what there is.

use std::path::Path;
use std::time::Duration;

use datto_rmm::system::Pagination;
use datto_rmm::{CalibrationPolicy, Client, ClientBuilder, Error, ErrorKind};
use simulator::{Settings, Simulator, World};
use tokio::task::JoinSet;

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

fn client(simulator: &Simulator) -> ClientBuilder {
    Client::builder(
        simulator.rmm_url().parse().expect("an address"),
        simulator.rmm_key(),
        simulator.rmm_secret(),
    )
    .deadline(Duration::from_secs(5))
}

/// Reads so many times at once.
async fn read(client: &Client, times: usize) -> Vec<Result<Pagination, Error>> {
    let mut reads = JoinSet::new();
    for _ in 0..times {
        let client = client.clone();
        reads.spawn(async move { client.system().pagination().await });
    }
    reads.join_all().await
}

/// N07: one that starts when others used most of the limit asks the account first, and takes only what is left.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_that_shares_no_file_takes_what_the_account_has_left() {
    let simulator = Simulator::start(World::demo(), Settings::default())
        .await
        .expect("starts");
    let other = client(&simulator).calibration(CalibrationPolicy::off());
    let other = other.build().expect("builds");
    for done in read(&other, 500).await {
        done.expect("there is room for 510");
    }
    // Of the ceiling of 510 the other's 500 are gone, and its own question; log-ins may count too.
    let late = client(&simulator).build().expect("builds");
    let answers = read(&late, 50).await;
    let answered = answers.iter().filter(|answer| answer.is_ok()).count();
    assert!((1..=9).contains(&answered), "{answered}");
    for error in answers.iter().filter_map(|answer| answer.as_ref().err()) {
        assert_eq!(error.kind(), ErrorKind::RateLimited, "{error}");
        assert_eq!(error.status(), None, "the vendor was not asked: {error}");
    }
    let requests = simulator.requests();
    assert!(requests.iter().all(|request| request.status != Some(429)));
}
