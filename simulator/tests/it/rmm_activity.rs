//! Datto RMM: the activity log.

use std::collections::BTreeSet;
use std::time::Duration;

use msp_simulator::{ActivityDay, ActivitySpec, SecurityLevel, Simulator};
use serde_json::{Value, json};

use crate::support::{Rmm, demo};

const LOG: &str = "/api/v2/activity-logs";
/// 1 May 2027, 12:00:00 UTC.
const NOON_MS: i64 = 1_809_172_800_000;

/// The demo at noon.
fn at_noon() -> Simulator {
    let simulator = demo();
    simulator.set_clock_ms(NOON_MS);
    simulator
}

fn device(simulator: &Simulator) -> String {
    simulator.sites()[1].devices[0].uid.clone()
}

fn ids(page: &Value) -> Vec<String> {
    page["activities"]
        .as_array()
        .unwrap_or_else(|| panic!("{page}"))
        .iter()
        .map(|row| row["id"].as_str().unwrap().to_owned())
        .collect()
}

/// What a link asks for, without its origin.
fn target(link: &Value) -> String {
    let link = link.as_str().unwrap();
    link[link.find("/api").unwrap()..].to_owned()
}

#[tokio::test]
async fn an_entry_is_spelled_as_on_the_wire() {
    let simulator = at_noon();
    let rmm = Rmm::new(&simulator).await;
    let uid = device(&simulator);
    let spec = ActivitySpec::device(&uid, "job", "deployment")
        .by("robin.keeper")
        .at_ms(NOON_MS - 60_000 + 714)
        .detail("job.status", "success")
        .output(true, false);
    let id = simulator.add_activity(&spec).unwrap();
    let page = rmm.get(LOG).await.json();
    assert_eq!(
        (&page["error"], &page["pageDetails"]["count"]),
        (&Value::Null, &json!(1))
    );
    assert_eq!(page["pageDetails"].get("totalCount"), None);
    let row = &page["activities"][0];
    assert_eq!((&row["id"], &row["entity"]), (&json!(id), &json!("DEVICE")));
    assert_eq!(row["date"], 1_809_172_740.714);
    let site = &simulator.sites()[1];
    assert_eq!(row["site"], json!({"id": site.id, "name": site.name}));
    assert_eq!(row["deviceId"], site.devices[0].id);
    assert_eq!(row["user"]["userName"], "robin.keeper");
    assert_eq!(
        (&row["hasStdOut"], &row["hasStdErr"]),
        (&json!(true), &json!(false))
    );
    let details: Value = serde_json::from_str(row["details"].as_str().unwrap()).unwrap();
    assert_eq!(details["uid"], id);
    assert_eq!(details["event.action"], "deployment");
    assert_eq!(
        (&details["device.uid"], &details["job.status"]),
        (&json!(uid), &json!("success"))
    );
    assert_eq!(details["user.email"], "robin@lighthouse.example");
}

#[tokio::test]
async fn without_a_range_it_lists_the_last_quarter_of_an_hour() {
    let simulator = at_noon();
    let rmm = Rmm::new(&simulator).await;
    let uid = device(&simulator);
    let at = |ms: i64| {
        let spec = ActivitySpec::device(&uid, "device", "note").at_ms(ms);
        simulator.add_activity(&spec).unwrap()
    };
    let (old, recent) = (at(NOON_MS - 16 * 60_000), at(NOON_MS - 14 * 60_000));
    at(NOON_MS - 181 * 86_400_000);
    let list = async |query: &str| ids(&rmm.get(&format!("{LOG}{query}")).await.json());
    assert_eq!(list("").await, std::slice::from_ref(&recent));
    assert_eq!(
        list("?from=2027-05-01T11:00:00Z").await,
        [recent.clone(), old.clone()]
    );
    assert_eq!(
        list("?from=2027-05-01T11:00:00Z&order=asc").await,
        [old.clone(), recent]
    );
    let range = "?from=2027-05-01T11:00:00Z&until=2027-05-01T11:45:00Z";
    assert_eq!(list(range).await, [old]);
    assert_eq!(
        list("?from=2020-01-01T00:00:00Z").await.len(),
        2,
        "180 days are kept"
    );
    for wrong in [
        "from=2027-05-01T11:00:00.5Z",
        "from=2027-05-01T11:00:00%2B02:00",
        "until=yesterday",
        "order=up",
        "page=2",
        "size=0",
        "size=x",
        "entities=printer",
        "siteIds=x",
        "userIds=1,x",
        "searchAfter=1",
        "searchAfter=x,y",
        "searchQuery=(a",
    ] {
        assert_eq!(
            rmm.get(&format!("{LOG}?{wrong}")).await.status,
            400,
            "{wrong}"
        );
    }
}

#[tokio::test]
async fn a_cursor_leads_through_all_of_it_and_back() {
    let simulator = at_noon();
    let day = ActivityDay::new(3).entries(23).late_percent(0);
    let made = simulator.simulate_activity(&day);
    let rmm = Rmm::new(&simulator).await;
    for repeat_key in [false, true] {
        simulator.update_settings(|settings| settings.rmm.activity.repeat_cursor_key = repeat_key);
        let mut path =
            format!("{LOG}?size=5&order=asc&from=2027-04-30T12:00:00Z&max=2&categories=");
        let mut seen = Vec::new();
        let mut pages: Vec<Vec<String>> = Vec::new();
        let last = loop {
            let page = rmm.get(&path).await.json();
            let next = &page["pageDetails"]["nextPageUrl"];
            if ids(&page).is_empty() {
                assert_eq!(*next, Value::Null, "an empty page links nowhere");
                break pages.len();
            }
            assert!(
                next.as_str().unwrap().contains("order=asc"),
                "the filters are kept"
            );
            assert_eq!(
                next.as_str().unwrap().matches("searchAfter=").count(),
                if repeat_key { 2 } else { 1 }
            );
            path = target(next);
            if pages.len() == 2 {
                let back = rmm
                    .get(&target(&page["pageDetails"]["prevPageUrl"]))
                    .await
                    .json();
                assert_eq!(ids(&back), pages[1]);
            }
            seen.extend(ids(&page));
            pages.push(ids(&page));
        };
        assert_eq!((last, &seen), (5, &made));
    }
    simulator.update_settings(|settings| settings.rmm.activity.endless_links = false);
    let whole = rmm
        .get(&format!("{LOG}?from=2027-04-30T12:00:00Z&size=1000"))
        .await
        .json();
    let details = &whole["pageDetails"];
    assert_eq!(
        (
            ids(&whole).len(),
            &details["nextPageUrl"],
            &details["prevPageUrl"]
        ),
        (23, &Value::Null, &Value::Null)
    );
}

#[tokio::test]
async fn filters_take_lists_of_numbers_and_words() {
    let simulator = at_noon();
    simulator.simulate_activity(&ActivityDay::new(3).entries(200).late_percent(0));
    let rmm = Rmm::new(&simulator).await;
    let range = "size=250&from=2027-04-30T12:00:00Z";
    let rows = async |filter: &str| {
        let page = rmm.get(&format!("{LOG}?{range}&{filter}")).await.json();
        page["activities"].as_array().unwrap().clone()
    };
    let all = rows("").await;
    assert_eq!(all.len(), 200);
    let users = rows("entities=user").await;
    assert!(!users.is_empty() && users.iter().all(|row| row["entity"] == "USER"));
    assert_eq!(rows("entities=device").await.len() + users.len(), 200);
    assert_eq!(rows("entities=device,user").await.len(), 200);
    let some = rows("categories=job,remote&actions=chat").await;
    assert!(!some.is_empty() && some.iter().all(|row| row["action"] == "chat"));
    let site = all.iter().find(|row| row["site"].is_object()).unwrap()["site"]["id"].clone();
    let of_site = rows(&format!("siteIds={site},1")).await;
    assert!(!of_site.is_empty() && of_site.iter().all(|row| row["site"]["id"] == site));
    let user = all[0]["user"]["id"].clone();
    assert_eq!(rows(&format!("userIds={user}")).await.len(), 200);
    assert_eq!(rows("userIds=1").await.len(), 0);
    let found = rows("searchQuery=event.action%20:%20%22note%22%20AND%20customer").await;
    assert!(!found.is_empty() && found.iter().all(|row| row["action"] == "note"));
}

#[tokio::test]
async fn late_entries_come_under_a_date_that_has_passed() {
    let simulator = at_noon();
    let rmm = Rmm::new(&simulator).await;
    let spec = ActivitySpec::user("robin.keeper", "user", "login")
        .at_ms(NOON_MS - 60_000)
        .visible_from_ms(NOON_MS + 600_000);
    let id = simulator.add_activity(&spec).unwrap();
    assert_eq!(ids(&rmm.get(LOG).await.json()), [""; 0]);
    simulator.advance(Duration::from_mins(11));
    let page = rmm.get(LOG).await.json();
    assert_eq!(ids(&page), [id]);
    assert_eq!(page["activities"][0]["date"], 1_809_172_740.0);

    let made =
        simulator.simulate_activity(&ActivityDay::new(9).late_percent(20).starts_ms(NOON_MS));
    simulator.set_clock_ms(NOON_MS + 86_400_000);
    let early = ids(&rmm
        .get(&format!("{LOG}?size=250&from=2027-05-01T12:00:00Z"))
        .await
        .json());
    simulator.advance(Duration::from_mins(91));
    let late = ids(&rmm
        .get(&format!("{LOG}?size=250&from=2027-05-01T12:00:00Z"))
        .await
        .json());
    assert!(early.len() < late.len() && made.iter().all(|id| late.contains(id)));
}

#[tokio::test]
async fn what_is_done_through_the_api_is_in_it() {
    let simulator = demo();
    let rmm = Rmm::new(&simulator).await;
    let uid = device(&simulator);
    let site = simulator.site_uid("Harbour Clinic").unwrap();
    let alert = simulator.add_alert(&uid, "Low", None).unwrap();
    let other = simulator.site_uid("Bluebird Bakery").unwrap();
    rmm.put("/api/v2/site", r#"{"name":"New"}"#).await;
    rmm.put(
        &format!("/api/v2/site/{site}/variable"),
        r#"{"name":"V","value":"hush-hush"}"#,
    )
    .await;
    rmm.post(
        &format!("/api/v2/device/{uid}/udf"),
        r#"{"udf1":"hush-hush"}"#,
    )
    .await;
    rmm.post(&format!("/api/v2/alert/{alert}/resolve"), "")
        .await;
    rmm.post(
        &format!("/api/v2/site/{site}/settings/proxy"),
        r#"{"host":"p","password":"hush-hush"}"#,
    )
    .await;
    rmm.put(&format!("/api/v2/device/{uid}/site/{other}"), "")
        .await;
    rmm.put("/api/v2/device/nobody/site/x", "").await;
    let reply = rmm.get(&format!("{LOG}?order=asc")).await;
    assert!(!reply.text.contains("hush-hush"));
    let page = reply.json();
    let mut done: Vec<_> = page["activities"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| {
            format!(
                "{} {}",
                row["category"].as_str().unwrap(),
                row["action"].as_str().unwrap()
            )
        })
        .collect();
    done.sort_unstable();
    assert_eq!(
        done,
        [
            "alert resolve",
            "device move.device",
            "device udf.update",
            "site create",
            "site proxy.update",
            "variable create"
        ]
    );
    assert!(
        page["activities"]
            .as_array()
            .unwrap()
            .iter()
            .all(|row| row["user"]["userName"] == "robin.keeper")
    );
}

/// F058, U23: what users did is for administrators.
#[tokio::test]
async fn users_activity_asks_for_an_administrator() {
    let simulator = at_noon();
    let (key, secret) = simulator.add_rmm_user("reader", SecurityLevel::ReadOnly);
    simulator.simulate_activity(&ActivityDay::new(3).late_percent(0));
    let rmm = Rmm::with(&simulator, &key, &secret).await;
    let range = "size=250&from=2027-04-30T12:00:00Z";
    let refused = rmm
        .get(&format!("{LOG}?{range}&entities=device,user"))
        .await;
    assert_eq!(
        (refused.status, &refused.json()["path"]),
        (403, &json!("/v2/activity-logs"))
    );
    let page = rmm.get(&format!("{LOG}?{range}")).await.json();
    let kinds: BTreeSet<_> = page["activities"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| row["entity"].to_string())
        .collect();
    assert_eq!(
        kinds,
        BTreeSet::from(["\"DEVICE\"".to_owned()]),
        "the rest is left out without a word"
    );
    simulator
        .set_user_level("reader", SecurityLevel::Administrator)
        .unwrap();
    assert_eq!(
        rmm.get(&format!("{LOG}?{range}&entities=user"))
            .await
            .status,
        200
    );
}

#[tokio::test]
async fn a_failure_of_its_database_is_told_with_status_200() {
    let simulator = at_noon();
    simulator
        .update_settings(|settings| settings.rmm.activity.error = Some("search timed out".into()));
    let rmm = Rmm::new(&simulator).await;
    let reply = rmm.get(LOG).await;
    assert_eq!(
        (reply.status, &reply.json()["error"]),
        (200, &json!("search timed out"))
    );
    assert_eq!(reply.json()["activities"], json!([]));
}
