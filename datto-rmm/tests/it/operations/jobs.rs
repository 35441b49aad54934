//! Jobs and the components that they run.

use client_core::{Delivery, ErrorKind};
use datto_rmm::components::ComponentUid;
use datto_rmm::devices::DeviceUid;
use datto_rmm::jobs::{ComponentStatus, DeploymentStatus, JobOutcome, JobStatus, JobUid, QuickJob};
use datto_rmm::variables::VariableValue;
use datto_rmm::{ScriptOutput, WireTime};
use wiremock::matchers::header;
use wiremock::{Mock, ResponseTemplate};

use super::Case;
use crate::support::{Exactly, Wire, assert_no_secret, html, json, line, refused};

const JOB: &str =
    r#"{"id":5,"dateCreated":1767225600000,"name":"Clean up","uid":"j-1","status":"active"}"#;
const QUICK: &str = "/api/v2/device/d-1/quickjob";

fn job() -> QuickJob {
    QuickJob::new("Clean up", ComponentUid::new("c-1"))
        .variable("Days", VariableValue::new("30"))
        .variable("Key", VariableValue::new("CANARY"))
}

pub(super) async fn quick_job(case: &Case) {
    let body = r#"{"jobName":"Clean up","jobComponent":{"componentUid":"c-1","variables":[{"name":"Days","value":"30"},{"name":"Key","value":"CANARY"}]}}"#;
    let answer = format!(
        r#"{{"job":{JOB},"jobComponents":[{{"uid":"c-1","name":"Cleaner","variables":[{{"name":"Key","value":"CANARY"}}]}},
        {{"uid":null,"name":null,"variables":null}}],"addedLater":1}}"#
    );
    Mock::given(line("PUT", QUICK))
        .and(Exactly(body))
        .and(header("content-type", "application/json"))
        .respond_with(json(200, answer))
        .expect(1)
        .mount(&case.wire.server)
        .await;
    let uid = DeviceUid::new("d-1");
    let created = case.client.device(&uid).quick_job(&job()).await.unwrap();
    assert_eq!(created.uid(), Some(&JobUid::new("j-1")));
    let given = &created.job_components[0].variables[0];
    assert_eq!(
        given.value.as_ref().map(VariableValue::expose),
        Some("CANARY")
    );
    assert_no_secret(&format!("{created:?} {:?}", job()));
}

pub(super) async fn one(case: &Case) {
    let uid = JobUid::new("j-1");
    let job = case.client.job(&uid);
    case.wire
        .answer_once(line("GET", "/api/v2/job/j-1"), json(200, JOB))
        .await;
    let odd = r#"{"id":null,"dateCreated":null,"name":null,"uid":null,"status":"paused"}"#;
    case.wire
        .answer(line("GET", "/api/v2/job/j-1"), 1, json(200, odd))
        .await;
    let found = job.get().await.unwrap();
    assert_eq!(
        (found.id, found.status, found.uid),
        (Some(5), Some(JobStatus::Active), Some(uid.clone()))
    );
    let at = found.date_created.as_ref().and_then(WireTime::timestamp);
    assert_eq!(at.unwrap().to_string(), "2026-01-01T00:00:00Z");
    let odd = job.get().await.unwrap();
    assert_eq!(odd.status.as_ref().map(JobStatus::as_str), Some("paused"));

    let body = r#"{"pageDetails":{"count":2,"totalCount":2},"jobComponents":[{"uid":"c-1","name":"Cleaner","variables":[]},
        {"uid":"c-1","name":"Cleaner","variables":null}]}"#;
    case.wire
        .answer(
            line("GET", "/api/v2/job/j-1/components?max=250&page=0"),
            1,
            json(200, body),
        )
        .await;
    let components = job.components().collect_all().await.unwrap();
    assert_eq!(components.as_slice().len(), 2, "a component may run twice");
}

/// Completed is not success: the results tell.
pub(super) async fn results(case: &Case) {
    let (uid, device) = (JobUid::new("j-1"), DeviceUid::new("d-1"));
    let job = case.client.job(&uid);
    let target = "/api/v2/job/j-1/results/d-1";
    let body = r#"{"jobUid":"j-1","deviceUid":"d-1","ranOn":1767225600000,"jobDeploymentStatus":"Success","componentResults":[
        {"componentUid":"c-1","componentName":"Cleaner","componentStatus":"Success","numberOfWarnings":1,"hasStdOut":true,
        "hasStdErr":false},{"componentUid":null,"componentName":null,"componentStatus":"Failure","numberOfWarnings":null,
        "hasStdOut":null,"hasStdErr":null}]}"#;
    case.wire
        .answer_once(line("GET", target), json(200, body))
        .await;
    let nulls = r#"{"jobUid":null,"deviceUid":null,"ranOn":null,"jobDeploymentStatus":null,"componentResults":null}"#;
    case.wire
        .answer(line("GET", target), 1, json(200, nulls))
        .await;
    let results = job.results(&device).await.unwrap();
    assert_eq!(
        results.job_deployment_status,
        Some(DeploymentStatus::Success)
    );
    let first = &results.component_results[0];
    assert_eq!(
        (first.component_status.as_ref(), first.number_of_warnings),
        (Some(&ComponentStatus::Success), Some(1))
    );
    assert_eq!(
        (first.has_std_out, first.has_std_err),
        (Some(true), Some(false))
    );
    assert_eq!(results.outcome(), JobOutcome::Failure, "a component failed");
    assert_eq!(
        job.results(&device).await.unwrap().outcome(),
        JobOutcome::Unknown
    );

    let printed = r#"[{"componentUid":"c-1","componentName":"Cleaner","stdData":"CANARY\r\n"},
        {"componentUid":null,"componentName":null,"stdData":null}]"#;
    case.wire
        .answer(
            line("GET", format!("{target}/stdout")),
            1,
            json(200, printed),
        )
        .await;
    case.wire
        .answer(line("GET", format!("{target}/stderr")), 1, json(200, "[]"))
        .await;
    let printed = job.stdout(&device).await.unwrap();
    assert_eq!(
        printed[0].std_data.as_ref().map(ScriptOutput::as_str),
        Some("CANARY\r\n")
    );
    assert_eq!(printed[1].std_data, None);
    assert_no_secret(&format!("{printed:?}"));
    assert!(job.stderr(&device).await.unwrap().is_empty());
}

pub(super) async fn components(case: &Case) {
    let body = r#"{"pageDetails":{"count":2,"totalCount":2,"nextPageUrl":null},"components":[{"id":9,"credentialsRequired":null,
        "uid":"c-1","name":"Cleaner","description":"Cleans","categoryCode":"scripts","variables":[{"name":"Days","defaultVal":"CANARY",
        "type":"string","direction":true,"description":"How many","variablesIdx":0}]},{"uid":"c-2","variables":null}]}"#;
    case.wire
        .answer(
            line("GET", "/api/v2/account/components?max=250&page=0"),
            1,
            json(200, body),
        )
        .await;
    let components = case.client.components().list().collect_all().await;
    let components = components.unwrap().into_inner();
    assert_no_secret(&format!("{components:?}"));
    let variable = &components[0].variables[0];
    assert_eq!(
        (variable.name.as_deref(), variable.direction),
        (Some("Days"), Some(true))
    );
    assert_eq!(
        variable.default_val.as_ref().map(VariableValue::expose),
        Some("CANARY")
    );
    assert!(components[1].variables.is_empty());
}

/// N01: a job that may have started is not started again.
#[tokio::test]
async fn a_lost_answer_never_starts_a_job_twice() {
    for (answer, kind) in [
        (
            refused(500, "Internal Server Error", "/v2/device/d-1/quickjob"),
            ErrorKind::Server,
        ),
        (html(504), ErrorKind::Timeout),
        (json(200, r#"{"job":{"uid":"#), ErrorKind::Malformed),
        (ResponseTemplate::new(200), ErrorKind::Malformed),
    ] {
        let wire = Wire::start().await;
        wire.answer(line("PUT", QUICK), 1, answer).await;
        let client = wire.client();
        let uid = DeviceUid::new("d-1");
        let error = client.device(&uid).quick_job(&job()).await.unwrap_err();
        assert_eq!(
            (error.kind(), error.delivery()),
            (kind, Delivery::Unknown),
            "{error}"
        );
        assert_no_secret(&format!("{error} {error:?}"));
    }
    let wire = Wire::start().await;
    let busy = refused(429, "Too Many Requests", "/v2/device/d-1/quickjob");
    wire.answer_once(line("PUT", QUICK), busy).await;
    wire.answer(
        line("PUT", QUICK),
        1,
        json(200, r#"{"job":null,"jobComponents":null}"#),
    )
    .await;
    let client = wire.client();
    let uid = DeviceUid::new("d-1");
    let created = client.device(&uid).quick_job(&job()).await.unwrap();
    assert_eq!(created.uid(), None);
}

/// U28: what scripts print is in no error.
#[tokio::test]
async fn output_is_in_no_error() {
    let wire = Wire::start().await;
    let target = "/api/v2/job/j-1/results/d-1/stdout";
    let cut = json(200, r#"[{"componentUid":"c-1","stdData":"CANARY and mo"#);
    wire.answer(line("GET", target), 4, cut).await;
    let (client, uid) = (wire.client(), JobUid::new("j-1"));
    let error = client.job(&uid).stdout(&DeviceUid::new("d-1")).await;
    let error = error.unwrap_err();
    assert_eq!(
        (error.kind(), error.operation()),
        (ErrorKind::Malformed, "jobs.stdout")
    );
    assert_no_secret(&format!("{error} {error:?}"));
}
