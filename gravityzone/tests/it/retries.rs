//! What is asked again, and what never is.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use client_core::Clock;
use client_core::Delivery;
use gravityzone::ErrorKind;
use gravityzone::companies::{CompanyId, LicenseSubscription, NewCompany};
use gravityzone::packages::{Competitors, NewPackage, PackageId};
use serde_json::json;
use wiremock::ResponseTemplate;

use crate::console::{ACME, Answer, Console, PACKAGE, root};

/// Answers the first request with `first`, all others well.
async fn after_first(first: fn() -> ResponseTemplate, result: serde_json::Value) -> Console {
    let times = AtomicUsize::new(0);
    Console::start(move |_| match times.fetch_add(1, Ordering::SeqCst) {
        0 => Answer::Raw(first()),
        _ => Answer::Result(result.clone()),
    })
    .await
}

fn lost() -> ResponseTemplate {
    ResponseTemplate::new(200).set_delay(Duration::from_secs(20))
}

fn throttled() -> ResponseTemplate {
    ResponseTemplate::new(429)
        .insert_header("retry-after", "60, 60")
        .set_body_raw("<html>429 Too Many Requests</html>", "text/html")
}

fn broken() -> ResponseTemplate {
    ResponseTemplate::new(503)
}

fn new_company() -> NewCompany {
    NewCompany::customer("Acme", LicenseSubscription::trial())
}

#[tokio::test]
async fn reads_are_repeated_on_anything_transient() {
    for first in [lost as fn() -> ResponseTemplate, throttled, broken] {
        let console = after_first(first, root()).await;
        console.hasty_client().companies().own().await.unwrap();
        assert_eq!(console.asked().len(), 2);
    }
}

/// U01: a creation whose answer was lost is never sent again by itself.
#[tokio::test]
async fn u01_creations_are_not_repeated_after_a_lost_answer() {
    for first in [lost as fn() -> ResponseTemplate, broken] {
        let console = after_first(first, json!(ACME)).await;
        let error = console
            .hasty_client()
            .companies()
            .create(&new_company())
            .await
            .unwrap_err();
        assert!(error.is_outcome_unknown(), "{error}");
        assert_eq!(console.asked().len(), 1);

        let console = after_first(first, json!([{"records": [PACKAGE], "success": true}])).await;
        let package = NewPackage::new("site-1", Competitors::Remove);
        let error = console
            .hasty_client()
            .packages()
            .create(&package)
            .await
            .unwrap_err();
        assert!(error.is_outcome_unknown(), "{error}");
        assert_eq!(console.asked().len(), 1);
    }
    let console = after_first(lost, json!(null)).await;
    let id = PackageId::new(PACKAGE);
    assert!(
        console
            .hasty_client()
            .package(&id)
            .delete()
            .await
            .unwrap_err()
            .is_outcome_unknown()
    );
    assert_eq!(console.asked().len(), 1);
}

/// A creation that was throttled was surely not done.
#[tokio::test]
async fn throttled_creations_are_repeated_after_the_vendors_pause() {
    let console = after_first(throttled, json!(ACME)).await;
    let before = console.clock.now();
    let id = console
        .client()
        .companies()
        .create(&new_company())
        .await
        .unwrap();
    assert_eq!(id, CompanyId::new(ACME));
    assert_eq!(console.asked().len(), 2);
    let waited = console.clock.now().duration_since(before);
    assert!(
        waited >= Duration::from_mins(1),
        "the first number of `60, 60` counts: {waited:?}"
    );
    assert!(waited < Duration::from_mins(2), "{waited:?}");
}

/// -32003 inside of a success is a throttle too.
#[tokio::test]
async fn a_throttle_may_come_as_an_error_with_status_200() {
    let times = AtomicUsize::new(0);
    let console = Console::start(move |_| match times.fetch_add(1, Ordering::SeqCst) {
        0 => Answer::Error(-32003, "Too many requests: 100 per 60 s."),
        _ => Answer::Result(json!(ACME)),
    })
    .await;
    console
        .client()
        .companies()
        .create(&new_company())
        .await
        .unwrap();
    assert_eq!(console.asked().len(), 2);
}

#[tokio::test]
async fn an_endless_throttle_is_told_as_one_that_did_nothing() {
    let console = Console::start(|_| Answer::Raw(throttled())).await;
    let error = console
        .client()
        .companies()
        .create(&new_company())
        .await
        .unwrap_err();
    assert_eq!(
        (error.kind(), error.delivery()),
        (ErrorKind::RateLimited, Delivery::Refused)
    );
    assert_eq!(error.retry_after(), Some(Duration::from_mins(1)));
}

#[tokio::test]
async fn changes_that_may_run_twice_are_repeated() {
    let console = after_first(lost, json!(null)).await;
    console
        .hasty_client()
        .company(&CompanyId::new(ACME))
        .suspend(false)
        .await
        .unwrap();
    assert_eq!(console.asked().len(), 2);
}

/// U15: five a second for licences, of which a part is used; ten a second for most others.
#[tokio::test]
async fn u15_budgets_hold_back() {
    let console = Console::with(&[("getLicenseInfo", json!({"subscriptionType": 1}))]).await;
    let client = console.client();
    let before = console.clock.now();
    for _ in 0..12 {
        client.licensing().own().await.unwrap();
    }
    let took = console.clock.now().duration_since(before);
    assert!(
        took >= Duration::from_secs(2),
        "4 of 5 a second are used: {took:?}"
    );

    let generous = gravityzone::limits::published()
        .bucket(
            gravityzone::limits::COMPANY.name,
            1000,
            Duration::from_secs(1),
        )
        .clock(console.clock.clone())
        .build();
    let client = console.builder().limits(generous).build().unwrap();
    let before = console.clock.now();
    for _ in 0..12 {
        client.licensing().own().await.unwrap();
    }
    assert!(console.clock.now().duration_since(before) < Duration::from_secs(1));
}
