//! What goes on: alerts, jobs, and the log of who did what.

use std::sync::Arc;
use std::time::Duration;

use datto_rmm::activity_logs::{ActivityEntity, ActivityOrder, ListActivityLogs};
use datto_rmm::alerts::{Alert, AlertPriority, AlertUid, ListAlerts};
use datto_rmm::jobs::{JobOutcome, JobStatus, QuickJob};
use datto_rmm::variables::VariableValue;
use datto_rmm::{ErrorKind, ScriptOutput, WireTime, client_core::Complete};
use jiff::Timestamp;
use simulator::JobScript;

use super::{Seen, Stage, small};

fn uids(alerts: Complete<Vec<Alert>>) -> Vec<String> {
    let alerts = alerts.into_inner().into_iter();
    alerts.map(|alert| alert.alert_uid.to_string()).collect()
}

#[expect(deprecated, reason = "muting is still an operation")]
pub(super) async fn alerts_until_they_are_resolved(seen: &Arc<Seen>) {
    let stage = Stage::set(small(), seen).await;
    let (simulator, client) = (&stage.simulator, &stage.client);
    let (first, second, other) = (
        stage.device("PC-1"),
        stage.device("PC-2"),
        stage.device("PC-9"),
    );
    let raise = |device: &str, priority: &str| {
        let raised = simulator.add_alert(device, priority, None);
        AlertUid::from(raised.expect("there"))
    };
    let (a, b, c) = (
        raise(first.as_str(), "Critical"),
        raise(second.as_str(), "Low"),
        raise(other.as_str(), "High"),
    );
    simulator.with_world_mut(|world| {
        let alert = world.alert_mut(a.as_str()).expect("raised");
        alert.diagnostics = Some("EXAMPLE-OUTPUT\r\nof two lines".into());
        alert.autoresolve_minutes = Some(30);
    });
    let all = ListAlerts::default();
    let sorted = |mut uids: Vec<String>| {
        uids.sort();
        uids
    };
    let text = |uids: &[&AlertUid]| sorted(uids.iter().map(ToString::to_string).collect());
    let open = client
        .alerts()
        .open(&all)
        .collect_all()
        .await
        .expect("reads");
    assert_eq!(sorted(uids(open)), text(&[&a, &b, &c]));

    let alert = client.alert(&a).get().await.expect("reads");
    assert_eq!(
        (&alert.priority, alert.resolved),
        (&Some(AlertPriority::Critical), Some(false))
    );
    assert_eq!(alert.autoresolve_mins, Some(30));
    let source = alert.alert_source_info.as_ref().expect("told");
    assert_eq!(source.device_uid.as_ref(), Some(&first));
    let printed = alert.diagnostics.as_ref().map(ScriptOutput::as_str);
    assert!(printed.is_some_and(|text| text.starts_with("EXAMPLE-OUTPUT")));
    assert!(!format!("{alert:?}").contains("EXAMPLE-OUTPUT"));

    // Muting is answered and does nothing.
    client.alert(&a).mute().await.expect("answers");
    assert_eq!(client.alert(&a).get().await.expect("reads"), alert);
    client.alert(&a).unmute().await.expect("answers");
    client.alert(&a).resolve().await.expect("resolves");
    client.alert(&c).resolve().await.expect("resolves");
    let resolved = client.alert(&a).get().await.expect("reads");
    assert_eq!(resolved.resolved, Some(true));
    let held = simulator
        .alerts()
        .into_iter()
        .find(|known| known.uid == a.as_str());
    let held = held.and_then(|alert| alert.resolution).expect("resolved");
    assert_eq!(resolved.resolved_by, Some(held.by));
    let at = resolved.resolved_on.as_ref().and_then(WireTime::timestamp);
    assert_eq!(at.map(Timestamp::as_millisecond), Some(held.on_ms));
    client
        .alert(&a)
        .resolve()
        .await
        .expect("again, which changes nothing");
    assert_eq!(client.alert(&a).get().await.expect("reads"), resolved);

    let site = stage.site("Alder Dental");
    let (of_site, of_device) = (client.site(&site), client.device(&second));
    for (open, resolved, wanted) in [
        (
            client.alerts().open(&all),
            client.alerts().resolved(&all),
            [text(&[&b]), text(&[&a, &c])],
        ),
        (
            of_site.alerts().open(&all),
            of_site.alerts().resolved(&all),
            [text(&[&b]), text(&[&a])],
        ),
        (
            of_device.alerts().open(&all),
            of_device.alerts().resolved(&all),
            [text(&[&b]), text(&[])],
        ),
    ] {
        let found = [
            sorted(uids(open.collect_all().await.expect("reads"))),
            sorted(uids(resolved.collect_all().await.expect("reads"))),
        ];
        assert_eq!(found, wanted);
    }
}

pub(super) async fn a_job_its_results_and_its_trace(seen: &Arc<Seen>) {
    let stage = Stage::set(small(), seen).await;
    let (simulator, client) = (&stage.simulator, &stage.client);
    let uid = stage.device("PC-1");
    let components = client
        .components()
        .list()
        .collect_all()
        .await
        .expect("reads");
    let component = components
        .as_slice()
        .iter()
        .find(|component| component.name.as_deref() == Some("Collect event logs"))
        .map(|component| component.uid.clone())
        .expect("stocked");
    let script = JobScript::new(simulator::JobOutcome::Failure)
        .stdout("12 events\r\n")
        .stderr("access denied\r\n");
    simulator
        .script_jobs(Some(component.as_str()), None, script)
        .expect("there");
    let began = Timestamp::now();
    let job =
        QuickJob::new("Logs of PC-1", component.clone()).variable("days", VariableValue::new("3"));
    let created = client.device(&uid).quick_job(&job).await.expect("starts");
    let job_uid = created.uid().expect("told").clone();
    assert_eq!(
        simulator.jobs().first().map(|job| job.uid.clone()),
        Some(job_uid.to_string())
    );

    let running = client.job(&job_uid);
    let record = running.get().await.expect("reads");
    assert_eq!(record.name.as_deref(), Some("Logs of PC-1"));
    assert_eq!(record.status, Some(JobStatus::Active));
    let outcome = running.results(&uid).await.expect("reads").outcome();
    assert!(!outcome.is_final(), "{outcome}");
    assert!(
        running.stdout(&uid).await.expect("reads").is_empty(),
        "nothing yet"
    );
    let parts = running
        .components()
        .collect_all()
        .await
        .expect("reads")
        .into_inner();
    assert_eq!(parts[0].uid.as_ref(), Some(&component));
    let days = parts[0]
        .variables
        .iter()
        .find(|known| known.name.as_deref() == Some("days"));
    let days = days.and_then(|known| known.value.as_ref());
    assert_eq!(days.map(VariableValue::expose), Some("3"));

    simulator.advance(Duration::from_mins(1));
    assert_eq!(
        running.get().await.expect("reads").status,
        Some(JobStatus::Completed)
    );
    let results = running.results(&uid).await.expect("reads");
    assert_eq!(
        results.outcome(),
        JobOutcome::Failure,
        "completed is not success"
    );
    assert_eq!(results.component_results[0].has_std_err, Some(true));
    let said = |rows: Vec<datto_rmm::jobs::JobStdData>| {
        let text = rows.into_iter().next().and_then(|row| row.std_data);
        text.map(|text| text.as_str().to_owned())
    };
    let stdout = running.stdout(&uid).await.expect("reads");
    assert_eq!(said(stdout).as_deref(), Some("12 events\r\n"));
    let stderr = running.stderr(&uid).await.expect("reads");
    assert_eq!(said(stderr).as_deref(), Some("access denied\r\n"));
    let elsewhere = stage.device("PC-9");
    let error = running
        .results(&elsewhere)
        .await
        .expect_err("another device");
    assert_eq!(error.kind(), ErrorKind::NotFound);

    let filter = ListActivityLogs::default()
        .order(ActivityOrder::Ascending)
        .from(began)
        .entities([ActivityEntity::Device])
        .categories(["job"]);
    let log = client
        .activity_logs()
        .list(&filter)
        .collect_all()
        .await
        .expect("reads");
    let told: Vec<_> = log
        .as_slice()
        .iter()
        .map(|entry| {
            let details = entry.parsed_details().expect("an object").expect("told");
            assert_eq!(details.job_uid.as_ref(), Some(&job_uid));
            assert_eq!(entry.hostname.as_deref(), Some("PC-1"));
            (entry.action.clone(), entry.has_std_err)
        })
        .collect();
    assert_eq!(
        told,
        [
            (Some("create".into()), Some(false)),
            (Some("deployment".into()), Some(true))
        ]
    );
}
