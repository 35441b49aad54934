//! U01: tries to install the agent, which no device has two of at a time.

use jiff::Timestamp;
use rusqlite::Connection;

use super::{NOW, place};
use crate::store::{Deployment, DeploymentEnd, DeploymentResult, Store, StoreError};

fn attempt(mark: &str, device: &str, second: i64) -> Deployment {
    Deployment {
        mark: mark.to_owned(),
        tenant: "t".to_owned(),
        site: "s".to_owned(),
        device: device.to_owned(),
        device_name: device.to_uppercase(),
        component: "c".to_owned(),
        tried_by: "alex".to_owned(),
        tried_at: Timestamp::from_second(second).expect("a time"),
        job: None,
        result: None,
    }
}

fn result(end: DeploymentEnd) -> DeploymentResult {
    DeploymentResult {
        end,
        reason: Some("why".to_owned()),
        at: NOW,
    }
}

#[test]
fn a_try_is_kept_from_before_its_job_to_its_end() {
    let (_folder, path) = place();
    let (mut store, _) = Store::open(&path).expect("opened");
    let mut known = attempt("m", "d", 7);
    store.begin_deployment(&known).expect("written");
    assert_eq!(Store::deployments(&path).expect("read"), [known.clone()]);
    store.deployment_started("m", "j").expect("written");
    known.job = Some("j".to_owned());
    assert_eq!(Store::deployments(&path).expect("read"), [known.clone()]);
    known.result = Some(result(DeploymentEnd::Expired));
    for end in [DeploymentEnd::Expired, DeploymentEnd::Success] {
        store.deployment_ended("m", &result(end)).expect("written");
    }
    assert_eq!(
        Store::deployments(&path).expect("read"),
        [known.clone()],
        "the first end stays"
    );
    assert!(known.job_name().ends_with(" m"));
}

#[test]
fn no_device_has_two_at_a_time() {
    let (_folder, path) = place();
    let (mut store, _) = Store::open(&path).expect("opened");
    store
        .begin_deployment(&attempt("a", "d", 2))
        .expect("written");
    let second = store.begin_deployment(&attempt("b", "d", 3));
    assert!(
        matches!(&second, Err(StoreError::UnderWay { device, .. }) if device == "d"),
        "{second:?}"
    );
    store
        .begin_deployment(&attempt("c", "other", 1))
        .expect("another device");
    store
        .deployment_ended("a", &result(DeploymentEnd::NotStarted))
        .expect("written");
    store
        .begin_deployment(&attempt("b", "d", 3))
        .expect("the first has ended");
    let marks: Vec<_> = Store::deployments(&path)
        .expect("read")
        .into_iter()
        .map(|it| it.mark)
        .collect();
    assert_eq!(marks, ["c", "a", "b"], "oldest first");
}

#[test]
fn every_end_is_read_as_it_was_written_and_any_other_is_damage() {
    let (_folder, path) = place();
    let (mut store, _) = Store::open(&path).expect("opened");
    let ends = [
        DeploymentEnd::Success,
        DeploymentEnd::Failure,
        DeploymentEnd::Expired,
        DeploymentEnd::Retired,
        DeploymentEnd::Refused,
        DeploymentEnd::NotStarted,
        DeploymentEnd::Gone,
        DeploymentEnd::AgentSeen,
        DeploymentEnd::GivenUp,
    ];
    for (second, end) in (0..).zip(ends) {
        let mark = format!("m{second}");
        store
            .begin_deployment(&attempt(&mark, "d", second))
            .expect("written");
        store
            .deployment_ended(&mark, &result(end))
            .expect("written");
    }
    let read = Store::deployments(&path).expect("read").into_iter();
    let read: Vec<_> = read
        .filter_map(|it| it.result)
        .map(|result| result.end)
        .collect();
    assert_eq!(read, ends);
    drop(store);
    let connection = Connection::open(&path).expect("opened");
    connection
        .execute(
            "UPDATE deployments SET outcome = 'odd' WHERE mark = 'm3'",
            [],
        )
        .expect("written");
    let why = Store::deployments(&path).expect_err("damaged").to_string();
    assert!(why.contains("m3"), "{why}");
}
