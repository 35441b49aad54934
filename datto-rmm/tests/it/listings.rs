//! Listings that cannot be trusted are errors, and keep what they got.

use std::time::Duration;

use client_core::{Decoded, ErrorKind, Gathered};
use datto_rmm::devices::ListDevices;
use datto_rmm::filters::FilterId;
use datto_rmm::sites::{ListSites, Site};
use serde_json::{Value, json as value};
use wiremock::Mock;

use crate::support::{Wire, html, json, line, page, refused};

fn sites(uids: &[&str]) -> Value {
    uids.iter()
        .map(|uid| value!({"uid": uid, "name": uid}))
        .collect()
}

fn target(number: u32) -> String {
    format!("/api/v2/account/sites?max=2&page={number}")
}

async fn gather(wire: &Wire) -> (Vec<String>, Option<ErrorKind>) {
    let client = wire.builder().page_size(2).build().unwrap();
    let gathered = client.sites().list(&ListSites::default()).gather().await;
    let uids = gathered
        .as_slice()
        .iter()
        .map(|site: &Site| site.uid.to_string())
        .collect();
    (uids, gathered.error().map(client_core::Error::kind))
}

/// Pages by number; the link names the next one on the mock server.
async fn serve(wire: &Wire, pages: &[(&[&str], Option<u64>, bool)]) {
    for (number, (uids, total, more)) in (0_u32..).zip(pages) {
        let link = more.then(|| format!("{}{}", wire.server.uri(), target(number + 1)));
        wire.answer(
            line("GET", target(number)),
            1,
            page("sites", &sites(uids), *total, link.as_deref()),
        )
        .await;
    }
}

/// U02: whole, in order, over pages.
#[tokio::test]
async fn pages_until_the_last() {
    let wire = Wire::start().await;
    serve(
        &wire,
        &[
            (&["a", "b"], Some(5), true),
            (&["c", "d"], Some(5), true),
            (&["e"], Some(5), false),
        ],
    )
    .await;
    let (uids, error) = gather(&wire).await;
    assert_eq!((uids.join(""), error), ("abcde".to_owned(), None));
}

#[tokio::test]
async fn without_a_total_an_empty_page_or_no_link_ends() {
    let wire = Wire::start().await;
    serve(
        &wire,
        &[
            (&["a"], None, true),
            (&["b", "c"], None, true),
            (&[], None, true),
        ],
    )
    .await;
    assert_eq!(
        gather(&wire).await,
        (vec!["a".into(), "b".into(), "c".into()], None)
    );
}

/// The link loses filters, so they are sent again by us.
#[tokio::test]
async fn filters_are_kept_on_every_page() {
    let wire = Wire::start().await;
    let first = "/api/v2/account/sites?siteName=Acme&max=2&page=0";
    let link = Some(format!(
        "{}/api/v2/account/sites?max=2&page=1",
        wire.server.uri()
    ));
    wire.answer(
        line("GET", first),
        1,
        page("sites", &sites(&["a", "b"]), None, link.as_deref()),
    )
    .await;
    let second = "/api/v2/account/sites?siteName=Acme&max=2&page=1";
    wire.answer(
        line("GET", second),
        1,
        page("sites", &sites(&["c"]), None, None),
    )
    .await;
    let client = wire.builder().page_size(2).build().unwrap();
    let all = client
        .sites()
        .list(&ListSites::default().site_name("Acme"))
        .collect_all()
        .await
        .unwrap();
    assert_eq!(all.as_slice().len(), 3);
}

/// Trap 1: a first page that fails is an error, not an empty list.
#[tokio::test]
async fn trap_1_a_failing_first_page_is_an_error() {
    for answer in [
        refused(500, "Internal Server Error", "/v2/account/sites"),
        html(200),
        json(200, r#"{"sites":["#),
    ] {
        let wire = Wire::start().await;
        wire.answer(line("GET", target(0)), 4, answer).await;
        let (uids, error) = gather(&wire).await;
        assert!(uids.is_empty() && error.is_some());
    }
}

/// Trap 2: the last retry of a later page fails; what was read is a part, never a whole.
#[tokio::test]
async fn trap_2_a_failing_later_page_leaves_a_part() {
    let wire = Wire::start().await;
    let link = Some(format!("{}{}", wire.server.uri(), target(1)));
    wire.answer(
        line("GET", target(0)),
        2,
        page("sites", &sites(&["a", "b"]), Some(4), link.as_deref()),
    )
    .await;
    wire.answer(
        line("GET", target(1)),
        8,
        refused(503, "Service Unavailable", "/v2/account/sites"),
    )
    .await;
    assert_eq!(
        gather(&wire).await,
        (vec!["a".into(), "b".into()], Some(ErrorKind::Server))
    );
    let client = wire.builder().page_size(2).build().unwrap();
    let error = client
        .sites()
        .list(&ListSites::default())
        .collect_all()
        .await
        .unwrap_err();
    assert_eq!(
        (error.kind(), error.operation()),
        (ErrorKind::Server, "sites.list")
    );
}

/// Trap 3: a page that lacks its key.
#[tokio::test]
async fn trap_3_a_page_without_its_list_is_an_error() {
    let wire = Wire::start().await;
    wire.answer(
        line("GET", target(0)),
        1,
        json(
            200,
            r#"{"pageDetails":{"count":0,"totalCount":0},"site":[]}"#,
        ),
    )
    .await;
    assert_eq!(gather(&wire).await, (Vec::new(), Some(ErrorKind::Decode)));
}

/// Trap 4: the token would go to another host.
#[tokio::test]
async fn trap_4_a_link_to_another_host_is_an_error() {
    let (wire, other) = (Wire::start().await, Wire::start().await);
    let link = Some(format!("{}{}", other.server.uri(), target(1)));
    wire.answer(
        line("GET", target(0)),
        1,
        page("sites", &sites(&["a", "b"]), None, link.as_deref()),
    )
    .await;
    assert_eq!(gather(&wire).await.1, Some(ErrorKind::Paging));
    assert!(other.server.received_requests().await.unwrap().is_empty());
}

/// Trap 5: the same row on two pages while rows shift.
#[tokio::test]
async fn trap_5_a_row_on_two_pages_is_one_row() {
    let wire = Wire::start().await;
    serve(
        &wire,
        &[(&["a", "b"], Some(3), true), (&["b", "c"], Some(3), false)],
    )
    .await;
    assert_eq!(
        gather(&wire).await,
        (vec!["a".into(), "b".into(), "c".into()], None)
    );
}

#[tokio::test]
async fn trap_5_rows_that_were_pushed_out_of_sight_are_missed() {
    let wire = Wire::start().await;
    serve(
        &wire,
        &[
            (&["a", "b"], Some(4), true),
            (&["b", "d"], Some(4), false),
            (&[], Some(4), false),
        ],
    )
    .await;
    assert_eq!(
        gather(&wire).await,
        (
            vec!["a".into(), "b".into(), "d".into()],
            Some(ErrorKind::Paging)
        )
    );
}

/// U02: a listing that stops early is asked once more and then not believed.
#[tokio::test]
async fn fewer_rows_than_the_total_is_an_error() {
    let wire = Wire::start().await;
    serve(
        &wire,
        &[(&["a", "b"], Some(9), false), (&[], Some(9), false)],
    )
    .await;
    assert_eq!(
        gather(&wire).await,
        (vec!["a".into(), "b".into()], Some(ErrorKind::Paging))
    );
}

#[tokio::test]
async fn a_page_that_repeats_is_an_error() {
    let wire = Wire::start().await;
    for number in 0..2 {
        let link = Some(format!("{}{}", wire.server.uri(), target(number + 1)));
        wire.answer(
            line("GET", target(number)),
            1,
            page("sites", &sites(&["a", "b"]), None, link.as_deref()),
        )
        .await;
    }
    assert_eq!(
        gather(&wire).await,
        (vec!["a".into(), "b".into()], Some(ErrorKind::Paging))
    );
}

#[tokio::test]
async fn a_listing_without_end_is_cut_off() {
    let wire = Wire::start().await;
    serve(
        &wire,
        &[
            (&["a"], None, true),
            (&["b"], None, true),
            (&["c"], None, true),
        ],
    )
    .await;
    let client = wire.builder().page_size(2).build().unwrap();
    let listing = client
        .sites()
        .list(&ListSites::default())
        .max_pages(2)
        .gather()
        .await;
    let Gathered::Part(sites, error) = listing else {
        panic!("{listing:?}")
    };
    assert_eq!((sites.len(), error.kind()), (2, ErrorKind::Paging));
}

/// N20, U16: one bad row does not take the others with it, and does not vanish.
#[tokio::test]
async fn a_bad_row_is_seen() {
    let wire = Wire::start().await;
    let rows = value!([{"uid": "a", "name": "A"}, {"uid": "b", "name": {"value": "CANARY"}}, {"name": "no uid"}]);
    wire.answer(
        line("GET", target(0)),
        2,
        page("sites", &rows, Some(3), None),
    )
    .await;
    assert_eq!(
        gather(&wire).await,
        (vec!["a".into()], Some(ErrorKind::Decode))
    );
    let client = wire.builder().page_size(2).build().unwrap();
    let rows = client
        .sites()
        .list(&ListSites::default())
        .decoded()
        .collect_all()
        .await
        .unwrap()
        .into_inner();
    let bad: Vec<_> = rows
        .iter()
        .filter_map(|row| match row {
            Decoded::Bad(bad) => Some((bad.id.as_deref(), bad.path.as_str())),
            Decoded::Item(_) => None,
        })
        .collect();
    assert_eq!(bad, [(Some("b"), "name"), (Some("no uid"), "")]);
    crate::support::assert_no_secret(&format!("{rows:?}"));
}

#[tokio::test]
async fn contradictory_filters_are_not_sent() {
    let wire = Wire::start().await;
    let filter = ListDevices::default()
        .filter(FilterId::new(1))
        .hostname("x");
    let error = wire
        .client()
        .account()
        .devices()
        .list(&filter)
        .collect_all()
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidInput);
    assert!(wire.lines().await.is_empty());
}

/// Pages whose total is known are asked for together, as many as the host allows, and come in order.
#[tokio::test]
async fn pages_at_once_are_a_setting() {
    for (at_once, asked) in [(1, 2), (4, 5)] {
        let wire = Wire::start().await;
        let uids = ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l"];
        for (number, pair) in (0_u32..).zip(uids.chunks(2)) {
            let link = (number < 5).then(|| format!("{}{}", wire.server.uri(), target(number + 1)));
            let answer = page("sites", &sites(pair), Some(12), link.as_deref());
            // The second page comes last, so what was asked for with it has been seen by then.
            let late = Duration::from_millis(if number == 1 { 300 } else { 0 });
            Mock::given(line("GET", target(number)))
                .respond_with(answer.set_delay(late))
                .mount(&wire.server)
                .await;
        }
        let builder = wire.builder().page_size(2).page_concurrency(at_once);
        let client = builder.build().unwrap();
        let mut pages = client.sites().list(&ListSites::default()).pages();
        let mut read = String::new();
        for _ in 0..2 {
            for site in pages.next().await.unwrap().unwrap() {
                read += site.into_result().unwrap().uid.as_str();
            }
        }
        assert_eq!((read.as_str(), wire.lines().await.len()), ("abcd", asked));
        while let Some(page) = pages.next().await {
            for site in page.unwrap() {
                read += site.into_result().unwrap().uid.as_str();
            }
        }
        assert!(pages.is_complete());
        assert_eq!((read, wire.lines().await.len()), (uids.concat(), 6));
    }
}

/// What is not the vendor's JSON is told with its operation, status, place and beginning, and without secrets.
#[tokio::test]
async fn bad_answers_are_told_as_what_they_are() {
    let truncated = r#"{"pageDetails":{"count":1,"totalCount":1},"sites":[{"uid":"a","proxySettings":{"password":"CANARY"#;
    let other = r#"{"pageDetails":{"count":"many"},"sites":[{"uid":"a","value":"CANARY"}]}"#;
    for (answer, attempts, kind, path, excerpt) in [
        (html(200), 4, ErrorKind::Malformed, None, "Request blocked"),
        (
            json(200, truncated),
            4,
            ErrorKind::Malformed,
            None,
            "totalCount",
        ),
        (json(200, ""), 4, ErrorKind::Malformed, None, ""),
        (
            json(200, other),
            1,
            ErrorKind::Decode,
            Some("pageDetails.count"),
            "many",
        ),
    ] {
        let wire = Wire::start().await;
        wire.answer(line("GET", target(0)), attempts, answer).await;
        let client = wire.builder().page_size(2).build().unwrap();
        let sites = client.sites().list(&ListSites::default());
        let error = sites.collect_all().await.unwrap_err();
        assert_eq!(
            (error.kind(), error.operation(), error.status()),
            (kind, "sites.list", Some(200)),
            "{error:?}"
        );
        assert_eq!(error.decode_path(), path, "{error:?}");
        let shown = error.body_excerpt().unwrap_or_default();
        assert!(shown.contains(excerpt), "{error:?}");
        crate::support::assert_no_secret(&format!("{error} {error:?}"));
    }
}
