//! Datto RMM: rolling windows, slow-down, block.

use std::time::{Duration, Instant};

use msp_simulator::{Settings, World};
use reqwest::Method;
use serde_json::Value;

use crate::support::{Reply, Rmm, client, start, token};

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
        (&2.into(), &10.into()),
        "the log-in and this"
    );
    assert_eq!(
        (&rate["accountWriteCount"], &rate["accountWriteRateLimit"]),
        (&4.into(), &4.into()),
        "the log-in, and the refused one too"
    );
    assert_eq!(
        rate["operationWriteStatus"]["site-variable-create"]["count"],
        3
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
    for number in 0..4 {
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
    for _ in 0..9 {
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
    for path in ["/api/v2/system/status", "/elsewhere", "/api/v2/nonsense"] {
        let url = format!("{}{path}", simulator.rmm_url());
        let reply = Reply::read(client().get(url).send().await.unwrap()).await;
        assert_eq!(
            (reply.status, reply.header("content-type")),
            (403, Some("text/html")),
            "{path}: the address is blocked, not the account"
        );
    }
    let log_in = token(&simulator, &simulator.rmm_key(), &simulator.rmm_secret()).await;
    assert_eq!(log_in.status, 403);
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
async fn refused_requests_count_too() {
    let simulator = start(World::demo(), small());
    let rmm = Rmm::new(&simulator).await;
    for _ in 0..9 {
        assert_eq!(rmm.get("/api/v2/account").await.status, 200);
    }
    simulator.advance(Duration::from_secs(30));
    for _ in 0..2 {
        assert_eq!(rmm.get("/api/v2/account").await.status, 429);
    }
    simulator.advance(Duration::from_secs(30));
    let rate = rmm.get("/api/v2/system/request_rate").await.json();
    assert_eq!(rate["accountCount"], 3, "two refusals and this");
}

#[tokio::test]
async fn log_ins_count_on_both_sides_unless_the_account_says_otherwise() {
    let mut settings = small();
    settings.rmm.limits.count_log_ins = false;
    let simulator = start(World::demo(), settings);
    let log_in = async || token(&simulator, &simulator.rmm_key(), &simulator.rmm_secret()).await;
    for _ in 0..20 {
        assert_eq!(log_in().await.status, 200);
    }
    simulator.update_settings(|settings| settings.rmm.limits.count_log_ins = true);
    for _ in 0..4 {
        assert_eq!(log_in().await.status, 200);
    }
    assert_eq!(log_in().await.status, 429, "four writes are allowed");
    let wrong = token(&simulator, &simulator.rmm_key(), "wrong").await;
    assert_eq!(
        wrong.status, 400,
        "of no account that could have used it up"
    );
}

#[tokio::test]
async fn near_the_limit_answers_are_held_back() {
    let slow = Duration::from_millis(900);
    let mut settings = small();
    settings.rmm.limits.slow_down = slow;
    let simulator = start(World::demo(), settings);
    let rmm = Rmm::new(&simulator).await;
    for _ in 0..6 {
        rmm.get("/api/v2/account").await;
    }
    let timed = async |method, path: &str, body: &str| {
        let asked = Instant::now();
        assert_eq!(rmm.send(method, path, body).await.status, 200);
        asked.elapsed()
    };
    let read = async || timed(Method::GET, "/api/v2/account", "").await;
    assert!(read().await < slow, "the eighth of ten");
    assert!(read().await >= slow, "the ninth of ten");
    let write = async |name: &str| {
        let body = format!(r#"{{"name":"{name}","value":"x"}}"#);
        timed(Method::PUT, "/api/v2/account/variable", &body).await
    };
    assert!(write("One").await < slow, "the first of two of its kind");
    assert!(write("Two").await >= slow, "the second of two of its kind");
}
