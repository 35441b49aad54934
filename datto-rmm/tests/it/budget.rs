//! N07, U15: limits that are taken from the account again when they may have changed, and budgets between processes.

use std::sync::Arc;
use std::time::Duration;

use client_core::{Clock, Delivery, ErrorKind};
use datto_rmm::{CalibrationPolicy, Client};
use futures_util::future::join_all;

use crate::support::{Wire, html, json, line};

const RATE: &str = "/api/v2/system/request_rate";
const PAGES: &str = "/api/v2/system/pagination";
const MINUTE: Duration = Duration::from_mins(1);

async fn wire(limit: u32) -> Wire {
    let wire = Wire::start().await;
    let rate =
        format!(r#"{{"accountCount":1,"accountRateLimit":{limit},"accountWriteRateLimit":600}}"#);
    wiremock::Mock::given(line("GET", RATE))
        .respond_with(json(200, rate))
        .mount(&wire.server)
        .await;
    wire
}

async fn answering(wire: &Wire) {
    wiremock::Mock::given(line("GET", PAGES))
        .respond_with(json(200, r#"{"max":250}"#))
        .mount(&wire.server)
        .await;
}

async fn read(client: &Client) {
    client.system().pagination().await.unwrap();
}

fn calibrating(wire: &Wire) -> Client {
    let builder = wire.builder().calibration(CalibrationPolicy::default());
    builder.build().unwrap()
}

fn ceiling(client: &Client) -> u32 {
    let usage = client.limits().usage();
    usage.iter().find(|it| it.bucket == "read").unwrap().ceiling
}

async fn calibrations(wire: &Wire) -> usize {
    let lines = wire.lines().await;
    lines.iter().filter(|line| line.contains(RATE)).count()
}

/// Waits for a calibration that runs beside the calls.
async fn calibrated(wire: &Wire, times: usize) {
    for _ in 0..500 {
        if calibrations(wire).await >= times {
            break;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    // One too many would come now.
    tokio::time::sleep(Duration::from_millis(30)).await;
    assert_eq!(calibrations(wire).await, times);
}

#[tokio::test]
async fn calibrating_once_keeps_the_limits_fresh() {
    let wire = wire(300).await;
    answering(&wire).await;
    let policy = CalibrationPolicy::default()
        .at_start(false)
        .after_requests(20);
    let client = wire.builder().calibration(policy).build().unwrap();
    for _ in 0..30 {
        read(&client).await;
    }
    assert_eq!(calibrations(&wire).await, 0, "nobody began");
    client.calibrate().await.unwrap();
    read(&client).await;
    calibrated(&wire, 1).await;
    // After so long; the clones that notice it at the same time do it once.
    wire.clock.advance(MINUTE * 15);
    join_all((0..10).map(|_| read(&client))).await;
    calibrated(&wire, 2).await;
    // After so many requests, but not sooner than a minute after the last.
    join_all((0..25).map(|_| read(&client))).await;
    calibrated(&wire, 2).await;
    wire.clock.advance(MINUTE);
    read(&client).await;
    calibrated(&wire, 3).await;
}

#[tokio::test]
async fn a_refusal_is_looked_into() {
    let wire = wire(300).await;
    let client = calibrating(&wire);
    client.calibrate().await.unwrap();
    wire.clock.advance(MINUTE * 2);
    wire.answer_once(line("GET", PAGES), json(429, "")).await;
    answering(&wire).await;
    read(&client).await;
    calibrated(&wire, 2).await;
}

#[tokio::test]
async fn the_first_requests_wait_for_the_accounts_figures() {
    let wire = wire(300).await;
    answering(&wire).await;
    let client = calibrating(&wire);
    join_all((0..10).map(|_| read(&client))).await;
    let lines = wire.lines().await;
    assert!(lines[0].contains(RATE), "{lines:?}");
    assert_eq!(ceiling(&client), 255);
    calibrated(&wire, 1).await;
}

/// N07: what other integrations used is known before the first request, not after a refusal.
#[tokio::test]
async fn an_account_that_others_used_up_is_left_alone_for_a_window() {
    let wire = Wire::start().await;
    wire.answer(
        line("GET", RATE),
        1,
        json(
            200,
            r#"{"accountCount":590,"accountRateLimit":600,"accountWriteRateLimit":600}"#,
        ),
    )
    .await;
    answering(&wire).await;
    let client = calibrating(&wire);
    let began = wire.clock.now();
    read(&client).await;
    assert!(wire.clock.now() - began >= MINUTE);
}

#[tokio::test]
async fn a_host_that_calibrates_first_does_it_for_the_first_request_too() {
    let wire = wire(300).await;
    answering(&wire).await;
    let client = calibrating(&wire);
    client.calibrate().await.unwrap();
    read(&client).await;
    calibrated(&wire, 1).await;
}

#[tokio::test]
async fn without_a_key_nothing_comes_before_the_request() {
    let wire = wire(300).await;
    let status = json(200, r#"{"version":"1"}"#);
    wire.answer(line("GET", "/api/v2/system/status"), 1, status)
        .await;
    calibrating(&wire).system().status().await.unwrap();
    assert_eq!((wire.lines().await.len(), wire.logins().await), (1, 0));
}

/// A caller that gives up leaves the calibration to the next one.
#[tokio::test]
async fn a_cancelled_first_request_leaves_nothing_undone() {
    let wire = Wire::start().await;
    let slow = json(200, r#"{"accountRateLimit":300}"#).set_delay(Duration::from_secs(5));
    wire.answer_once(line("GET", RATE), slow).await;
    answering(&wire).await;
    let client = calibrating(&wire);
    let given_up = tokio::time::timeout(Duration::from_millis(200), read(&client)).await;
    assert!(given_up.is_err(), "it waits for the figures");
    let quick = json(200, r#"{"accountRateLimit":200}"#);
    wire.answer(line("GET", RATE), 1, quick).await;
    read(&client).await;
    assert_eq!(ceiling(&client), 170);
}

#[tokio::test]
async fn the_wait_for_the_figures_counts_for_the_deadline() {
    let wire = Wire::start().await;
    let slow = json(200, r#"{"accountRateLimit":300}"#).set_delay(Duration::from_secs(5));
    wire.answer_once(line("GET", RATE), slow).await;
    let builder = wire.builder().calibration(CalibrationPolicy::default());
    let client = builder
        .deadline(Duration::from_millis(200))
        .build()
        .unwrap();
    let error = client.system().pagination().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Timeout);
    assert_eq!(error.delivery(), Delivery::NotSent);
    assert!(error.to_string().contains("before the first"), "{error}");
}

#[tokio::test]
async fn it_can_be_switched_off() {
    let wire = wire(300).await;
    answering(&wire).await;
    let off = wire.builder().calibration(CalibrationPolicy::off());
    let off = off.build().unwrap();
    off.calibrate().await.unwrap();
    wire.clock.advance(MINUTE * 60);
    read(&off).await;
    calibrated(&wire, 1).await;
}

/// A calibration that fails neither repeats itself nor changes anything.
#[tokio::test]
async fn a_failing_calibration_waits_for_its_next_time() {
    let wire = Wire::start().await;
    answering(&wire).await;
    wiremock::Mock::given(line("GET", RATE))
        .respond_with(crate::support::refused(403, "Forbidden", RATE))
        .mount(&wire.server)
        .await;
    let client = calibrating(&wire);
    let before = client.limits().usage()[0].limit;
    for _ in 0..5 {
        read(&client).await;
    }
    calibrated(&wire, 1).await;
    assert_eq!(client.limits().usage()[0].limit, before);
}

/// A block of the address that one process meets is waited out by the other, which sends nothing meanwhile.
#[tokio::test]
async fn a_block_holds_for_all_processes_of_the_account() {
    let wire = Wire::start().await;
    wire.answer_once(line("GET", PAGES), html(403)).await;
    answering(&wire).await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("budget");
    let process = || {
        let clock = Arc::clone(&wire.clock);
        let builder = wire.builder().clock(clock).deadline(MINUTE);
        builder.budget_file(file.as_path()).build().unwrap()
    };
    let (one, two) = (process(), process());
    for client in [&one, &two, &one] {
        let error = client.system().pagination().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Blocked);
    }
    assert_eq!(wire.lines().await.len(), 1);
    wire.clock.advance(MINUTE * 5);
    read(&two).await;
}
