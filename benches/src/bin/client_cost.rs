//! CPU time of one page of 250 devices: through the client, against reqwest and `serde_json` with the same structs.

use std::io::{BufRead, BufReader};
use std::process::{Command, ExitCode, Stdio};
use std::time::Duration;

use datto_rmm::client_core::Limits;
use datto_rmm::client_core::reqwest;
use datto_rmm::devices::{Device, ListDevices};
use datto_rmm::{CalibrationPolicy, Client};
use msp_benches::{cpu, page_server};
use serde::Deserialize;

const DEVICES: usize = 250;
const FIELDS: usize = 300;
const ROUNDS: usize = 15;
const REQUESTS: u32 = 20;

type Failure = Box<dyn std::error::Error + Send + Sync>;

#[derive(Deserialize)]
struct Page {
    #[serde(rename = "pageDetails")]
    _details: Details,
    devices: Vec<Device>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(dead_code, reason = "only decoded")]
struct Details {
    count: Option<u64>,
    total_count: Option<u64>,
    next_page_url: Option<String>,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let is_server = std::env::args().nth(1).as_deref() == Some("serve");
    let outcome = if is_server {
        page_server::serve(page_server::page(DEVICES, FIELDS))
            .await
            .map_err(Failure::from)
    } else {
        compare().await
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

async fn compare() -> Result<(), Failure> {
    let mut server = Command::new(std::env::current_exe()?)
        .arg("serve")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()?;
    let mut port = String::new();
    BufReader::new(server.stdout.take().ok_or("no output")?).read_line(&mut port)?;
    let origin = format!("http://127.0.0.1:{}", port.trim());
    let client = Client::builder(origin.parse()?, "EXAMPLE-KEY", "EXAMPLE-SECRET")
        .no_proxy()
        .limits(Limits::unlimited())
        .calibration(CalibrationPolicy::off())
        .build()?;
    let bare = reqwest::Client::builder().no_proxy().build()?;
    let target = format!("{origin}/api/v2/account/devices?max=250&page=0");
    // Connections, log-in and caches.
    by_client(&client).await?;
    by_hand(&bare, &target).await?;
    let mut ratios = Vec::new();
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for round in 0..ROUNDS {
        let mut times = [Duration::ZERO; 2];
        // Whoever goes second finds warmer caches, so they take turns.
        for turn in 0..2 {
            let which = (round + turn) % 2;
            let before = cpu::used();
            for _ in 0..REQUESTS {
                if which == 0 {
                    by_client(&client).await?;
                } else {
                    by_hand(&bare, &target).await?;
                }
            }
            times[which] = cpu::used().saturating_sub(before) / REQUESTS;
        }
        ours.push(times[0]);
        theirs.push(times[1]);
        ratios.push(times[0].as_secs_f64() / times[1].as_secs_f64());
    }
    drop(server.stdin.take());
    server.wait()?;
    ratios.sort_unstable_by(f64::total_cmp);
    ours.sort_unstable();
    theirs.sort_unstable();
    let middle = ROUNDS / 2;
    println!(
        "one page of {DEVICES} devices, CPU time (user and system) of a request, median of {ROUNDS} rounds of {REQUESTS}"
    );
    println!("client:                {:?}", ours[middle]);
    println!("reqwest + serde_json:  {:?}", theirs[middle]);
    println!(
        "ratio: {:.2} (rounds {:.2} to {:.2})",
        ratios[middle],
        ratios[0],
        ratios[ROUNDS - 1]
    );
    Ok(())
}

async fn by_client(client: &Client) -> Result<(), Failure> {
    let devices = client
        .account()
        .devices()
        .list(&ListDevices::default())
        .collect_all()
        .await?;
    check(devices.as_slice().len())
}

async fn by_hand(client: &reqwest::Client, target: &str) -> Result<(), Failure> {
    let answer = client
        .get(target)
        .bearer_auth("EXAMPLE-TOKEN")
        .send()
        .await?
        .error_for_status()?;
    let page: Page = serde_json::from_slice(&answer.bytes().await?)?;
    check(page.devices.len())
}

fn check(devices: usize) -> Result<(), Failure> {
    if devices == DEVICES {
        Ok(())
    } else {
        Err(format!("{devices} devices").into())
    }
}
