//! The binary: what it prints leads to the vendors, and Ctrl-C ends it well.

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::support::{Reply, client};

#[tokio::test]
async fn it_prints_addresses_and_stops_on_ctrl_c() {
    let mut child = Command::new(env!("CARGO_BIN_EXE_msp-simulator"))
        .args(["--demo", "--unlimited", "--latency-ms", "20"])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut value = |label: &str| {
        let line = lines
            .find(|line| line.as_ref().unwrap().trim_start().starts_with(label))
            .unwrap()
            .unwrap();
        line.split_whitespace().last().unwrap().to_owned()
    };
    let (rmm, control) = (value("Datto RMM"), value("Control"));
    let get = async |url: String| {
        Reply::read(client().get(url).send().await.unwrap())
            .await
            .json()
    };
    assert_eq!(get(control.clone()).await["rmm"]["url"], rmm.as_str());
    let asked = Instant::now();
    assert_eq!(
        get(format!("{rmm}/api/v2/system/status")).await["status"],
        "OK"
    );
    assert!(asked.elapsed() >= Duration::from_millis(20));
    assert_eq!(
        get(format!("{control}/counts")).await["operations"]["rmm GET /api/v2/system/status"],
        1
    );
    // Only a signal ends it as a person would; the shell has `kill` built in.
    let interrupted = Command::new("sh")
        .args(["-c", &format!("kill -INT {}", child.id())])
        .status()
        .unwrap();
    assert!(interrupted.success());
    assert!(child.wait().unwrap().success());
}
