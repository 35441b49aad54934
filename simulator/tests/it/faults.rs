//! Faults, as a client sees them and as the world does.

use std::sync::{Mutex, mpsc};
use std::time::{Duration, Instant};

use msp_simulator::{Fault, FaultAction, Phase, Settings, Simulator, Vendor, World, WorldSpec};
use reqwest::Method;
use serde_json::json;

use crate::support::{Rmm, demo, networking, result, rpc, start, try_rpc};

const CREATE: &str = "gravityzone companies.createCompany";
const KETTLE: &str = r#"{"id":"r-1","jsonrpc":"2.0","method":"createCompany","params":{"type":1,"name":"Copper Kettle"}}"#;

#[tokio::test]
async fn a_lost_answer_leaves_the_company_behind() {
    let simulator = demo();
    simulator.inject(Fault::on(CREATE, FaultAction::CloseAfter));
    assert!(
        try_rpc(&simulator, "v1.0/jsonrpc/companies", KETTLE)
            .await
            .is_err()
    );
    assert!(simulator.company_id("Copper Kettle").is_ok());
    let record = simulator.requests().pop().unwrap();
    assert_eq!(
        (record.status, record.processed, record.fault.as_deref()),
        (None, true, Some("close-after"))
    );
    assert_eq!(simulator.writes(), 1);
}

#[tokio::test]
async fn a_connection_closed_before_leaves_nothing() {
    let simulator = demo();
    simulator.inject(Fault::on(
        "companies.createCompany",
        FaultAction::CloseBefore,
    ));
    assert!(
        try_rpc(&simulator, "v1.0/jsonrpc/companies", KETTLE)
            .await
            .is_err()
    );
    assert!(simulator.company_id("Copper Kettle").is_err());
    assert!(!simulator.requests()[0].processed);
    assert!(
        try_rpc(&simulator, "v1.0/jsonrpc/companies", KETTLE)
            .await
            .is_ok(),
        "once only"
    );
    assert!(simulator.company_id("Copper Kettle").is_ok());
}

#[tokio::test]
async fn bodies_are_cut_or_broken_after_the_work() {
    let simulator = demo();
    let rmm = Rmm::new(&simulator).await;
    simulator.inject(Fault::on(
        "rmm GET /api/v2/account/sites",
        FaultAction::CutBody,
    ));
    let response = rmm
        .try_send(Method::GET, "/api/v2/account/sites", "")
        .await
        .unwrap();
    assert_eq!(response.status(), 200);
    assert!(response.bytes().await.is_err());
    simulator.inject(Fault::on(
        "rmm GET /api/v2/account/sites",
        FaultAction::TruncatedJson,
    ));
    let reply = rmm.get("/api/v2/account/sites").await;
    assert_eq!(reply.status, 200);
    assert!(
        reply.text.starts_with('{')
            && serde_json::from_str::<serde_json::Value>(&reply.text).is_err()
    );
    assert!(rmm.get("/api/v2/account/sites").await.json()["sites"].is_array());
}

#[tokio::test]
async fn statuses_are_worded_as_each_vendor_does() {
    let simulator = demo();
    let rmm = Rmm::new(&simulator).await;
    simulator.inject(Fault::any(Vendor::Rmm, FaultAction::Status(500)));
    let reply = rmm.get("/api/v2/account").await;
    assert_eq!(
        (reply.status, reply.header("content-type")),
        (500, Some("text/html"))
    );
    simulator.inject(Fault::any(Vendor::Rmm, FaultAction::Status(409)));
    assert_eq!(rmm.get("/api/v2/account").await.json()["error"], "Conflict");
    simulator.inject(Fault::any(
        Vendor::Rmm,
        FaultAction::RateLimited(Some("7".into())),
    ));
    let reply = rmm.get("/api/v2/account").await;
    assert_eq!(
        (reply.status, reply.header("retry-after")),
        (429, Some("7"))
    );
    simulator.inject(Fault::any(
        Vendor::GravityZone,
        FaultAction::RateLimited(Some("60, 60".into())),
    ));
    let reply = rpc(
        &simulator,
        "companies.createCompany",
        json!({"type": 1, "name": "Copper Kettle"}),
    )
    .await;
    assert_eq!(
        (reply.status, reply.header("retry-after")),
        (429, Some("60, 60"))
    );
    assert!(simulator.company_id("Copper Kettle").is_err());
    simulator.inject(Fault::any(Vendor::Networking, FaultAction::Status(404)));
    assert_eq!(
        networking(&simulator, "/time", "n1").await.json()["errors"][0]["code"],
        1000
    );
    simulator.inject(Fault::any(None, FaultAction::HtmlOk));
    let reply = rpc(&simulator, "general.getApiKeyDetails", json!({})).await;
    assert_eq!(
        (reply.status, reply.header("content-type")),
        (200, Some("text/html"))
    );
    let answer = FaultAction::Answer {
        status: 418,
        content_type: "text/plain".into(),
        body: "short and stout".into(),
    };
    simulator.inject(Fault::any(None, answer));
    assert_eq!(rmm.get("/api/v2/account").await.text, "short and stout");
}

#[tokio::test]
async fn one_page_can_fail_and_another_lack_rows() {
    let simulator = start(
        World::generate(&WorldSpec::new(2).sites(12)),
        Settings::unlimited(),
    );
    let rmm = Rmm::new(&simulator).await;
    let sites = "rmm GET /api/v2/account/sites";
    simulator.inject(Fault::on(sites, FaultAction::Status(500)).page(1).always());
    assert_eq!(rmm.get("/api/v2/account/sites?max=5").await.status, 200);
    assert_eq!(
        rmm.get("/api/v2/account/sites?max=5&page=1").await.status,
        500
    );
    assert_eq!(
        rmm.get("/api/v2/account/sites?max=5&page=2").await.status,
        200
    );
    simulator.clear_faults();
    simulator.inject(Fault::on(sites, FaultAction::MissingRows(2)));
    let page = rmm.get("/api/v2/account/sites?max=5").await.json();
    assert_eq!(
        (
            page["sites"].as_array().unwrap().len(),
            &page["pageDetails"]["totalCount"]
        ),
        (3, &json!(15))
    );
    assert!(page["pageDetails"]["nextPageUrl"].is_string());

    let full = result(&simulator, "network.getCompaniesList", json!({}))
        .await
        .as_array()
        .unwrap()
        .len();
    simulator.inject(Fault::on(
        "network.getCompaniesList",
        FaultAction::MissingRows(1),
    ));
    assert_eq!(
        result(&simulator, "network.getCompaniesList", json!({}))
            .await
            .as_array()
            .unwrap()
            .len(),
        full - 1
    );
}

/// When each phase of a request was reached.
fn watch(simulator: &Simulator) -> mpsc::Receiver<(Phase, Instant)> {
    let (tell, told) = mpsc::channel();
    let tell = Mutex::new(tell);
    simulator
        .on_request(move |_, phase| tell.lock().unwrap().send((phase, Instant::now())).unwrap());
    told
}

#[tokio::test]
async fn delays_come_before_or_after_the_work() {
    let simulator = demo();
    let phases = watch(&simulator);
    let wait = Duration::from_millis(60);
    let asked = async |fault| {
        simulator.inject(Fault::on(CREATE, fault));
        try_rpc(&simulator, "v1.0/jsonrpc/companies", KETTLE)
            .await
            .unwrap();
        let (before, after) = (phases.recv().unwrap(), phases.recv().unwrap());
        assert_eq!((before.0, after.0), (Phase::Before, Phase::After));
        (after.1 - before.1, after.1.elapsed())
    };
    let (working, _) = asked(FaultAction::delay(wait)).await;
    assert!(working >= wait);
    let (_, answering) = asked(FaultAction::DelayAnswerMs(60)).await;
    assert!(answering >= wait);
}

#[tokio::test]
async fn what_was_sent_is_carried_out_even_if_the_client_is_gone() {
    let simulator = demo();
    let phases = watch(&simulator);
    simulator.inject(Fault::on(CREATE, FaultAction::DelayMs(60)));
    let handle = simulator.clone();
    let call = tokio::spawn(async move {
        try_rpc(&handle, "v1.0/jsonrpc/companies", KETTLE)
            .await
            .map(drop)
    });
    tokio::task::spawn_blocking(move || {
        assert_eq!(phases.recv().unwrap().0, Phase::Before);
        call.abort();
        assert_eq!(
            phases.recv_timeout(Duration::from_secs(20)).unwrap().0,
            Phase::After
        );
    })
    .await
    .unwrap();
    assert!(simulator.company_id("Copper Kettle").is_ok());
}

#[tokio::test]
async fn writes_alone_can_be_hit_and_nth_is_counted_from_one() {
    let simulator = demo();
    let rmm = Rmm::new(&simulator).await;
    simulator.inject(
        Fault::any(Vendor::Rmm, FaultAction::Status(503))
            .writes_only()
            .nth(2),
    );
    let put = async |name: &str| {
        rmm.send(
            Method::PUT,
            "/api/v2/site",
            &json!({"name": name}).to_string(),
        )
        .await
        .status
    };
    assert_eq!(put("one").await, 200);
    assert_eq!(rmm.get("/api/v2/account").await.status, 200);
    assert_eq!(put("two").await, 503);
    assert_eq!(put("three").await, 200);
}

#[tokio::test]
async fn a_seeded_schedule_repeats_itself() {
    let run = async |seed| {
        let simulator = demo();
        simulator.inject_seeded(
            seed,
            400,
            vec![FaultAction::Status(503), FaultAction::HtmlOk],
        );
        for _ in 0..30 {
            rpc(&simulator, "general.getApiKeyDetails", json!({})).await;
        }
        simulator
            .requests()
            .into_iter()
            .map(|record| record.fault)
            .collect::<Vec<_>>()
    };
    let first = run(1).await;
    assert_eq!(first, run(1).await);
    assert_ne!(first, run(2).await);
    let hit = first.iter().flatten().count();
    assert!((5..25).contains(&hit), "{hit}");
}
