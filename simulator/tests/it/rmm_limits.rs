//! Datto RMM: rolling windows, slow-down, block.

use std::time::{Duration, Instant};

use msp_simulator::{Settings, World};
use reqwest::Method;
use serde_json::Value;

use crate::support::{Rmm, start};

/// Ten reads, four writes, two of each kind in a minute that only the simulated clock lets pass.
fn small() -> Settings {
    let mut settings = Settings::default();
    let limits = &mut settings.rmm.limits;
    (limits.reads, limits.writes, limits.per_operation) = (10, 4, 2);
    (limits.block_after, limits.slow_down) = (3, Duration::ZERO);
    settings
}

#[tokio::test]
async fn reads_and_each_kind_of_write_have_windows_of_their_own() {
    let simulator = start(World::demo(), small());
    let rmm = Rmm::new(&simulator).await;
    let site = simulator.site_uid("Harbour Clinic").unwrap();
    let put = |number: u8| {
        let body = format!(r#"{{"name":"V{number}","value":"x"}}"#);
        let path = format!("/api/v2/site/{site}/variable");
        async {
            let body = body;
            let path = path;
            rmm.send(Method::PUT, &path, &body).await
        }
    };
    assert_eq!(put(1).await.status, 200);
    assert_eq!(put(1).await.status, 400, "an error counts too");
    let refused = put(2).await;
    assert_eq!((refused.status, refused.header("retry-after")), (429, None));
    let rate = rmm.get("/api/v2/system/request_rate").await.json();
    assert_eq!(rate["accountCutOffRatio"], 0.9);
    assert_eq!(rate["slidingTimeWindowSizeSeconds"], 60);
    assert_eq!(
        (&rate["accountCount"], &rate["accountRateLimit"]),
        (&1.into(), &10.into())
    );
    assert_eq!(
        (&rate["accountWriteCount"], &rate["accountWriteRateLimit"]),
        (&2.into(), &4.into())
    );
    assert_eq!(
        rate["operationWriteStatus"]["site-variable-create"]["count"],
        2
    );
    assert_eq!(rate["operationWriteStatus"]["device-udf-set"]["limit"], 600);

    simulator.advance(Duration::from_mins(1));
    assert_eq!(put(2).await.status, 200);
}

#[tokio::test]
async fn an_old_account_has_one_bucket_and_no_figures_for_writes() {
    let mut settings = small();
    settings.rmm.limits.single_bucket = true;
    let simulator = start(World::demo(), settings);
    let rmm = Rmm::new(&simulator).await;
    for number in 0..5 {
        let body = format!(r#"{{"name":"New {number}"}}"#);
        assert_eq!(
            rmm.send(Method::PUT, "/api/v2/site", &body).await.status,
            200
        );
    }
    let rate = rmm.get("/api/v2/system/request_rate").await.json();
    assert_eq!(rate["accountCount"], 6);
    for absent in [
        "accountWriteCount",
        "accountWriteRateLimit",
        "operationWriteStatus",
    ] {
        assert_eq!(rate.get(absent), None::<&Value>, "{absent}");
    }
}

#[tokio::test]
async fn whoever_ignores_429_is_blocked_with_a_page() {
    let mut settings = small();
    settings.rmm.limits.retry_after = Some("60".into());
    let simulator = start(World::demo(), settings);
    let rmm = Rmm::new(&simulator).await;
    for _ in 0..10 {
        assert_eq!(rmm.get("/api/v2/account").await.status, 200);
    }
    let refused = rmm.get("/api/v2/account").await;
    assert_eq!(
        (refused.status, refused.header("retry-after")),
        (429, Some("60"))
    );
    for _ in 0..3 {
        assert_eq!(rmm.get("/api/v2/account").await.status, 429);
    }
    let blocked = rmm.get("/api/v2/account").await;
    assert_eq!(
        (blocked.status, blocked.header("content-type")),
        (403, Some("text/html"))
    );
    simulator.advance(Duration::from_mins(4));
    assert_eq!(
        rmm.get("/api/v2/account").await.status,
        403,
        "the block outlives the window"
    );
    simulator.advance(Duration::from_mins(1));
    assert_eq!(rmm.get("/api/v2/account").await.status, 200);
}

#[tokio::test]
async fn near_the_limit_answers_are_held_back() {
    let mut settings = small();
    settings.rmm.limits.slow_down = Duration::from_millis(150);
    let simulator = start(World::demo(), settings);
    let rmm = Rmm::new(&simulator).await;
    for _ in 0..8 {
        rmm.get("/api/v2/account").await;
    }
    let asked = Instant::now();
    assert_eq!(rmm.get("/api/v2/account").await.status, 200);
    assert!(
        asked.elapsed() >= Duration::from_millis(150),
        "the ninth of ten"
    );
}
