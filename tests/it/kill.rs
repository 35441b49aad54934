//! U01, U14, N01: killed with SIGKILL at every boundary of an apply, and run again, there is exactly one of each.

use std::path::Path;
use std::process::Stdio;
use std::sync::atomic::{AtomicI32, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use msp_tests::bridge::Access;
use reconcile::log::unframe;
use rustix::process::{Pid, Signal, kill_process};
use simulator::{Phase, Settings, Simulator};
use tokio::process::{Child, Command};

use crate::world::{assert_exactly_one_of_each, established, two_sites};

/// Where the process dies.
#[derive(Debug, Clone)]
enum Death {
    /// At this request, from 0, before or after it took effect.
    Request(usize, Phase),
    /// At this write of the log, from 0: before it, half way, or after it.
    LogWrite(usize, &'static str),
}

fn spawn(access: &Access, log: &Path, death: Option<String>) -> Child {
    let mut command = Command::new(env!("CARGO_BIN_EXE_apply_once"));
    command
        .arg(log)
        .args(death)
        .env("RMM_URL", &access.rmm_url)
        .env("RMM_KEY", &access.rmm_key)
        .env("RMM_SECRET", &access.rmm_secret)
        .env("GRAVITYZONE_URL", &access.gravityzone_url)
        .env("GRAVITYZONE_KEY", &access.gravityzone_key)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true);
    command
        .spawn()
        .expect("the helper binary is built with the tests")
}

/// Runs to the end, which must be a success; answers how often the log was written.
async fn run(access: &Access, log: &Path, context: &str) -> usize {
    let output = spawn(access, log, None)
        .wait_with_output()
        .await
        .expect("it ends");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{context}: {errors}");
    String::from_utf8_lossy(&output.stdout)
        .trim()
        .parse()
        .expect("it prints how often it wrote")
}

async fn start(hidden: Duration) -> Simulator {
    let mut settings = Settings::unlimited();
    settings.gravityzone.visibility_delay = hidden;
    Simulator::start(two_sites(), settings)
        .await
        .expect("loopback is there")
}

/// Whether the process died, as it was meant to: where it waits for the vendor, it may need fewer requests than the
/// undisturbed run did.
async fn die_and_run_again(death: Death, hidden: Duration) -> bool {
    let context = format!("{death:?}, new companies hidden for {hidden:?}");
    let simulator = start(hidden).await;
    let access = Access::to(&simulator);
    let folder = tempfile::tempdir().expect("a folder");
    let log = folder.path().join("log");
    let mut child = match &death {
        Death::LogWrite(write, how) => spawn(&access, &log, Some(format!("{write}:{how}"))),
        Death::Request(request, phase) => {
            let (request, phase) = (*request, *phase);
            let victim = Arc::new(AtomicI32::new(0));
            let counted = AtomicUsize::new(0);
            let target = Arc::clone(&victim);
            simulator.on_request(move |_, now| {
                if now != phase || counted.fetch_add(1, Ordering::SeqCst) != request {
                    return;
                }
                // The process may be faster than the line that notes its number.
                let pid = loop {
                    if let Some(pid) = Pid::from_raw(target.load(Ordering::SeqCst)) {
                        break pid;
                    }
                    std::thread::yield_now();
                };
                kill_process(pid, Signal::KILL).expect("it is there");
            });
            let child = spawn(&access, &log, None);
            let pid = child
                .id()
                .and_then(|pid| i32::try_from(pid).ok())
                .expect("it runs");
            victim.store(pid, Ordering::SeqCst);
            child
        }
    };
    let status = child.wait().await.expect("it ends");
    let died = !status.success();
    simulator.clear_hooks();
    run(&access, &log, &context).await;
    assert_exactly_one_of_each(&simulator, &context);
    let state = unframe(&std::fs::read(&log).expect("readable"))
        .expect("the log is sound")
        .state;
    assert_eq!(established(&state), 2, "{context}");
    assert!(state.execution().is_none(), "{context}");

    simulator.reset_counts();
    run(&access, &log, &context).await;
    assert_eq!(
        simulator.writes(),
        0,
        "the run after that has nothing to do: {context}"
    );
    died
}

async fn enumerate(hidden: Duration) {
    let simulator = start(hidden).await;
    let folder = tempfile::tempdir().expect("a folder");
    let writes = run(
        &Access::to(&simulator),
        &folder.path().join("log"),
        "undisturbed",
    )
    .await;
    assert_exactly_one_of_each(&simulator, "undisturbed");
    let requests = simulator.requests().len();
    assert!(
        requests > 20 && writes > 10,
        "{requests} requests, {writes} writes of the log"
    );

    let at_requests = (0..requests).flat_map(|request| {
        [Phase::Before, Phase::After].map(|phase| Death::Request(request, phase))
    });
    let at_writes = (0..writes)
        .flat_map(|write| ["before", "torn", "after"].map(|how| Death::LogWrite(write, how)));
    let deaths: Vec<_> = at_requests.chain(at_writes).collect();
    let all = deaths.len();
    println!("{requests} requests and {writes} writes of the log: {all} deaths");
    let deaths = Arc::new(Mutex::new(deaths));
    let survived = Arc::new(AtomicUsize::new(0));
    let workers = (0..4).map(|_| {
        let (deaths, survived) = (Arc::clone(&deaths), Arc::clone(&survived));
        tokio::spawn(async move {
            loop {
                let death = deaths
                    .lock()
                    .expect("no worker panics while holding it")
                    .pop();
                match death {
                    Some(death) => {
                        if !die_and_run_again(death, hidden).await {
                            survived.fetch_add(1, Ordering::SeqCst);
                        }
                    }
                    None => break,
                }
            }
        })
    });
    for worker in workers.collect::<Vec<_>>() {
        worker
            .await
            .expect("there is exactly one of each after every death");
    }
    let survived = survived.load(Ordering::SeqCst);
    if hidden.is_zero() {
        assert_eq!(survived, 0, "every boundary was reached");
    } else {
        assert!(
            survived * 10 < all,
            "{survived} of {all} boundaries were not reached"
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn u01_u14_killed_at_every_request_and_every_write_of_the_log() {
    enumerate(Duration::ZERO).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn u01_u14_the_same_at_a_vendor_that_shows_new_companies_late() {
    enumerate(Duration::from_millis(100)).await;
}
