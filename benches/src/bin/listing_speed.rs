//! A full listing of 20,000 devices from a vendor that takes 80 ms for each answer: with the client's defaults, against
//! the same client with one request at a time.

use std::process::ExitCode;
use std::time::{Duration, Instant};

use datto_rmm::devices::{DeviceUid, ListDevices};
use datto_rmm::{Client, ClientBuilder};
use simulator::{Fault, FaultAction, Settings, Simulator, Vendor, World, WorldSpec};

const SITES: usize = 200;
const DEVICES_PER_SITE: usize = 100;
const LATENCY: Duration = Duration::from_millis(80);
const ROUNDS: usize = 3;
/// What the defaults are to be faster by.
const WANTED: f64 = 5.0;

type Failure = Box<dyn std::error::Error + Send + Sync>;

#[tokio::main]
async fn main() -> ExitCode {
    match run().await {
        Ok(ratio) if ratio >= WANTED => ExitCode::SUCCESS,
        Ok(_) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

async fn run() -> Result<f64, Failure> {
    let mut spec = WorldSpec::new(1)
        .sites(SITES)
        .devices_per_site(DEVICES_PER_SITE);
    spec.on_demand_sites = 0;
    let mut settings = Settings::default();
    // An account of this size uses few fields; the answers' size is not what is measured.
    settings.rmm.udf_keys = 30;
    let simulator = Simulator::start(World::generate(&spec), settings).await?;
    simulator.inject(Fault::any(Vendor::Rmm, FaultAction::delay(LATENCY)).always());
    let mut best = [Duration::MAX; 2];
    let mut ratios = Vec::new();
    for _ in 0..ROUNDS {
        let (one, serially) = list(&simulator, |builder| builder.max_in_flight(1)).await?;
        let (two, at_once) = list(&simulator, |builder| builder).await?;
        if one != two {
            return Err("the two listings differ".into());
        }
        best = [best[0].min(serially), best[1].min(at_once)];
        ratios.push(serially.as_secs_f64() / at_once.as_secs_f64());
        println!(
            "{} devices: one request at a time {serially:.2?}, defaults {at_once:.2?}, ratio {:.2}",
            one.len(),
            ratios[ratios.len() - 1]
        );
    }
    ratios.sort_unstable_by(f64::total_cmp);
    let ratio = ratios[ROUNDS / 2];
    println!(
        "best: {:.2?} and {:.2?}; median ratio {ratio:.2}",
        best[0], best[1]
    );
    Ok(ratio)
}

/// The devices in order, and how long it took.
async fn list(
    simulator: &Simulator,
    set: impl FnOnce(ClientBuilder) -> ClientBuilder,
) -> Result<(Vec<DeviceUid>, Duration), Failure> {
    simulator.reset_counts();
    let builder = Client::builder(
        simulator.rmm_url().parse()?,
        simulator.rmm_key(),
        simulator.rmm_secret(),
    );
    let client = set(builder.no_proxy()).build()?;
    // The log-in and the connection are not part of a listing.
    client.calibrate().await?;
    let started = Instant::now();
    let devices = client
        .account()
        .devices()
        .list(&ListDevices::default())
        .collect_all()
        .await?;
    let took = started.elapsed();
    let refused = simulator
        .requests()
        .iter()
        .filter(|request| request.status == Some(429))
        .count();
    if refused > 0 {
        return Err(format!("{refused} requests were refused").into());
    }
    let uids = devices.into_inner().into_iter().map(|device| device.uid);
    Ok((uids.collect(), took))
}
