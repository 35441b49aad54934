//! Greedy processes that share one account's budget through a file, against a vendor that counts strictly.

use std::path::Path;
use std::process::{ExitStatus, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use datto_rmm::{ApiUrl, Client};
use simulator::{Phase, Settings, Simulator, World};
use tokio::process::Command;

/// Processes at the same time.
pub const PROCESSES: usize = 4;
/// The vendor's rolling window: a minute scaled down.
pub const WINDOW: Duration = Duration::from_secs(2);
/// Reads that the vendor allows within it.
pub const LIMIT: usize = 600;
/// Calls that each process has waiting at any time.
const GREED: usize = 12;

/// What came of it.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Figures {
    /// Reads that each process was answered.
    pub answered: Vec<u64>,
    /// Requests that the vendor refused.
    pub refused: usize,
    /// What each process allowed all of them together within a window.
    pub ceiling: usize,
    /// Most reads that reached the vendor within any window.
    pub peak: usize,
    /// Reads within each whole window from the first read on, one after the other.
    pub windows: Vec<usize>,
}

type Failure = Box<dyn std::error::Error + Send + Sync>;

/// Runs one of the processes: reads as much as it may until its time is up, and prints how much that was.
///
/// # Errors
///
/// A call that failed, which none may.
pub async fn process(file: &Path, length: Duration) -> Result<u64, Failure> {
    let address: ApiUrl = std::env::var("RMM_URL")?.parse()?;
    let client = Client::builder(
        address,
        std::env::var("RMM_KEY")?,
        std::env::var("RMM_SECRET")?,
    )
    .no_proxy()
    .max_in_flight(GREED)
    .budget_file(file)
    .build()?;
    client.calibrate().await?;
    let until = Instant::now() + length;
    let mut callers = tokio::task::JoinSet::new();
    for _ in 0..GREED {
        let client = client.clone();
        callers.spawn(async move {
            let mut answered = 0_u64;
            while Instant::now() < until {
                client.system().pagination().await?;
                answered += 1;
            }
            Ok::<_, datto_rmm::Error>(answered)
        });
    }
    let mut answered = 0;
    while let Some(one) = callers.join_next().await {
        answered += one??;
    }
    Ok(answered)
}

/// Starts the vendor and the processes (`binary`, which calls [`process`] with its arguments), and counts.
///
/// # Errors
///
/// A process that failed or could not be started.
pub async fn measure(binary: &Path, length: Duration) -> Result<Figures, Failure> {
    let mut settings = Settings::default();
    settings.rmm.limits.window = WINDOW;
    settings.rmm.limits.reads = LIMIT;
    let simulator = Simulator::start(World::demo(), settings).await?;
    let arrivals = Arc::new(Mutex::new(Vec::new()));
    let noted = Arc::clone(&arrivals);
    simulator.on_request(move |request, phase| {
        if phase == Phase::Before && request.target.contains("/system/") {
            let mut noted = noted
                .lock()
                .unwrap_or_else(std::sync::PoisonError::into_inner);
            noted.push(Instant::now());
        }
    });
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("budget");
    let mut running = Vec::new();
    for _ in 0..PROCESSES {
        let child = Command::new(binary)
            .arg("process")
            .arg(&file)
            .arg(length.as_millis().to_string())
            .env("RMM_URL", simulator.rmm_url())
            .env("RMM_KEY", simulator.rmm_key())
            .env("RMM_SECRET", simulator.rmm_secret())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()?;
        running.push(child);
    }
    let mut answered = Vec::new();
    for child in running {
        let output = child.wait_with_output().await?;
        answered.push(count(output.status, &output.stdout, &output.stderr)?);
    }
    let refused = simulator
        .requests()
        .iter()
        .filter(|request| request.status != Some(200))
        .count();
    simulator.shutdown();
    let mut arrivals = std::mem::take(
        &mut *arrivals
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner),
    );
    arrivals.sort_unstable();
    Ok(Figures {
        answered,
        refused,
        ceiling: LIMIT * 85 / 100,
        peak: peak(&arrivals),
        windows: whole_windows(&arrivals, length),
    })
}

impl Figures {
    /// The part of the ceiling that was used in an average window.
    #[expect(clippy::cast_precision_loss, reason = "small numbers")]
    pub fn utilisation(&self) -> f64 {
        let sum: usize = self.windows.iter().sum();
        sum as f64 / (self.ceiling * self.windows.len().max(1)) as f64
    }

    /// The part of the ceiling that was used in the middle one of the windows: what a machine that stalls now and then
    /// allows.
    #[expect(clippy::cast_precision_loss, reason = "small numbers")]
    pub fn median_utilisation(&self) -> f64 {
        let mut windows = self.windows.clone();
        windows.sort_unstable();
        let middle = windows.get(windows.len() / 2).copied().unwrap_or(0);
        middle as f64 / self.ceiling as f64
    }
}

fn count(status: ExitStatus, out: &[u8], errors: &[u8]) -> Result<u64, Failure> {
    if !status.success() {
        return Err(String::from_utf8_lossy(errors).into_owned().into());
    }
    Ok(String::from_utf8_lossy(out).trim().parse()?)
}

fn peak(arrivals: &[Instant]) -> usize {
    let mut first = 0;
    let mut peak = 0;
    for (at, arrival) in arrivals.iter().enumerate() {
        while arrival.duration_since(arrivals[first]) >= WINDOW {
            first += 1;
        }
        peak = peak.max(at + 1 - first);
    }
    peak
}

fn whole_windows(arrivals: &[Instant], length: Duration) -> Vec<usize> {
    let Some(first) = arrivals.first() else {
        return Vec::new();
    };
    // The last one may be cut short.
    let windows = usize::try_from(length.as_millis() / WINDOW.as_millis()).unwrap_or(0);
    let mut counts = vec![0; windows.saturating_sub(1)];
    for arrival in arrivals {
        let number = arrival.duration_since(*first).as_millis() / WINDOW.as_millis();
        if let Some(count) = usize::try_from(number).ok().and_then(|n| counts.get_mut(n)) {
            *count += 1;
        }
    }
    counts
}
