//! Listings: to the last page, or an error.

use std::sync::Mutex;
use std::time::Duration;

use client_core::{
    Call, Client, Complete, Decoded, Error, ErrorKind, Gathered, Items, Next, OnePage, PagerFn,
    Plain, Rows, Turn,
};
use serde::Deserialize;
use serde_json::{Value, json};
use wiremock::matchers::{method, query_param};
use wiremock::{Mock, MockServer, Respond, ResponseTemplate};

use crate::support::{READ, Thing, builder, jumping};

#[derive(Deserialize)]
struct Page {
    things: Rows<Thing>,
    #[serde(default)]
    next: Option<u32>,
    #[serde(default)]
    total: u32,
}

fn call(page: u32) -> Call<Page> {
    Call::new(&READ, []).query_pair("page", page)
}

/// Follows the page number that each page names.
fn follow(client: &Client) -> Items<Thing> {
    client.items(PagerFn::new(call(0), |page: Page| {
        Ok(match page.next {
            None => Turn::done(page.things),
            Some(next) => Turn::call(page.things, call(next)),
        })
    }))
}

/// Asks for all pages at once after the first one told how many there are.
fn window(client: &Client) -> Items<Thing> {
    let mut left = None;
    client.items(PagerFn::new(call(0), move |page: Page| {
        let total = page.total;
        let next = match &mut left {
            None => {
                left = Some(total - 1);
                if total == 1 {
                    Next::Done
                } else {
                    Next::Window((1..total).map(call).collect())
                }
            }
            Some(1) => Next::Done,
            Some(more) => {
                *more -= 1;
                Next::Outstanding
            }
        };
        Ok(Turn::new(page.things, next))
    }))
}

async fn server(pages: Vec<Value>) -> (MockServer, Client) {
    let server = MockServer::start().await;
    for (at, page) in pages.into_iter().enumerate() {
        Mock::given(query_param("page", at.to_string()))
            .respond_with(ResponseTemplate::new(200).set_body_json(page))
            .mount(&server)
            .await;
    }
    let client = builder(&server.uri(), &jumping()).build().unwrap();
    (server, client)
}

fn names(things: &[Thing]) -> Vec<&str> {
    things.iter().map(|thing| thing.name.as_str()).collect()
}

fn three_pages() -> Vec<Value> {
    vec![
        json!({"things": [{"name": "a"}, {"name": "b"}], "next": 1, "total": 3}),
        json!({"things": [{"name": "c"}], "next": 2, "total": 3}),
        json!({"things": [], "next": null, "total": 3}),
    ]
}

#[tokio::test]
async fn a_listing_is_read_to_its_last_page() {
    let (_server, client) = server(three_pages()).await;
    let all: Complete<Vec<Thing>> = follow(&client).collect_all().await.unwrap();
    assert_eq!(names(all.as_slice()), ["a", "b", "c"]);
    // It owns its client and can go to another task.
    let listing = follow(&client);
    drop(client);
    let all = tokio::spawn(listing.collect_all()).await.unwrap().unwrap();
    assert_eq!(all.map(|things| things.len()).into_inner(), 3);
}

#[tokio::test]
async fn pages_are_asked_for_as_the_stream_reaches_them() {
    let (server, client) = server(three_pages()).await;
    let mut listing = follow(&client);
    assert!(server.received_requests().await.unwrap().is_empty());
    assert_eq!(listing.next().await.unwrap().unwrap().name, "a");
    assert_eq!(listing.next().await.unwrap().unwrap().name, "b");
    assert_eq!(server.received_requests().await.unwrap().len(), 1);
    let mut pages = follow(&client).pages();
    assert_eq!(pages.next().await.unwrap().unwrap().len(), 2);
    assert!(!pages.is_complete());
    while pages.next().await.is_some() {}
    assert!(pages.is_complete());
}

#[tokio::test]
async fn a_window_is_seen_in_order() {
    struct SlowFirst(Mutex<u32>);
    impl Respond for SlowFirst {
        fn respond(&self, request: &wiremock::Request) -> ResponseTemplate {
            let page: u64 = request
                .url
                .query()
                .unwrap()
                .strip_prefix("page=")
                .unwrap()
                .parse()
                .unwrap();
            *self.0.lock().unwrap() += 1;
            let delay = std::time::Duration::from_millis(if page == 1 { 60 } else { 0 });
            ResponseTemplate::new(200)
                .set_body_json(json!({"things": [{"name": page.to_string()}], "total": 6}))
                .set_delay(delay)
        }
    }
    let server = MockServer::start().await;
    Mock::given(method("GET"))
        .respond_with(SlowFirst(Mutex::new(0)))
        .mount(&server)
        .await;
    let client = builder(&server.uri(), &jumping()).build().unwrap();
    let all = window(&client).concurrency(3).collect_all().await.unwrap();
    assert_eq!(names(all.as_slice()), ["0", "1", "2", "3", "4", "5"]);
}

/// A slow vendor of a window of pages that are somewhat larger than `size`.
async fn slow(pages: usize, size: usize) -> MockServer {
    let server = MockServer::start().await;
    for page in 0..pages {
        let rest = "x".repeat(size);
        let body = json!({"things": [{"name": page.to_string()}], "total": pages, "rest": rest});
        let answer = ResponseTemplate::new(200).set_body_json(body);
        Mock::given(query_param("page", page.to_string()))
            .respond_with(answer.set_delay(Duration::from_millis(20)))
            .mount(&server)
            .await;
    }
    server
}

/// Pages that are asked for ahead keep no slot from what the reader asks for between two items.
#[tokio::test]
async fn readers_that_ask_between_items_hold_nobody_up() {
    let server = slow(16, 0).await;
    let client = Client::builder(server.uri(), Plain)
        .no_proxy()
        .max_in_flight(2)
        .deadline(Duration::from_secs(20))
        .build()
        .unwrap();
    let read = async || {
        let mut listing = window(&client).concurrency(8);
        let mut names = Vec::new();
        while let Some(thing) = listing.next().await {
            names.push(thing.unwrap().name);
            client.send(call(0)).await.unwrap();
        }
        names
    };
    let (one, two) = futures_util::future::join(read(), read()).await;
    let all: Vec<_> = (0..16).map(|page| page.to_string()).collect();
    assert_eq!((&one, &two), (&all, &all));
}

/// A reader that takes longer over a page than a request may take is no reason to ask again.
#[tokio::test]
async fn a_slow_reader_asks_for_every_page_once() {
    // More than a connection carries while nobody reads from it.
    let server = slow(6, 300_000).await;
    let client = Client::builder(server.uri(), Plain)
        .no_proxy()
        .attempt_timeout(Duration::from_secs(1))
        .build()
        .unwrap();
    let mut listing = window(&client);
    let mut read = 0;
    while let Some(thing) = listing.next().await {
        assert_eq!(thing.unwrap().name, read.to_string());
        read += 1;
        if read == 2 {
            tokio::time::sleep(Duration::from_millis(1600)).await;
        }
    }
    assert_eq!(read, 6);
    assert_eq!(server.received_requests().await.unwrap().len(), 6);
}

#[tokio::test]
async fn what_was_asked_for_ahead_ends_with_the_stream() {
    let server = slow(40, 0).await;
    let client = Client::builder(server.uri(), Plain)
        .no_proxy()
        .max_in_flight(1)
        .build()
        .unwrap();
    let mut listing = window(&client).concurrency(39);
    listing.next().await.unwrap().unwrap();
    listing.next().await.unwrap().unwrap();
    drop(listing);
    tokio::time::sleep(Duration::from_millis(300)).await;
    let asked = server.received_requests().await.unwrap().len();
    assert!(asked <= 4, "{asked}");
}

/// N02: an error ends the listing, which is then a part with a reason and never complete.
#[tokio::test]
async fn an_error_ends_the_listing() {
    let mut pages = three_pages();
    pages.pop();
    let (server, client) = server(pages).await;
    Mock::given(query_param("page", "2"))
        .respond_with(ResponseTemplate::new(403))
        .mount(&server)
        .await;
    let Gathered::Part(things, error) = follow(&client).gather().await else {
        panic!("whole")
    };
    assert_eq!(
        (names(&things), error.kind()),
        (vec!["a", "b", "c"], ErrorKind::Denied)
    );
    let mut listing = follow(&client);
    let mut results = Vec::new();
    while let Some(item) = listing.next().await {
        results.push(item.is_ok());
    }
    assert_eq!(results, [true, true, true, false]);
    assert!(
        listing.collect_all().await.is_err(),
        "the end after an error is no last page"
    );
}

struct Endless;
impl Respond for Endless {
    fn respond(&self, request: &wiremock::Request) -> ResponseTemplate {
        let page: u32 = request
            .url
            .query()
            .unwrap()
            .strip_prefix("page=")
            .unwrap()
            .parse()
            .unwrap();
        ResponseTemplate::new(200)
            .set_body_json(json!({"things": [{"name": page.to_string()}], "next": page + 1}))
    }
}

#[tokio::test]
async fn loops_and_endless_listings_are_errors() {
    // The cursor leads back.
    let (_server, client) = server(vec![
        json!({"things": [{"name": "a"}], "next": 1}),
        json!({"things": [{"name": "b"}], "next": 0}),
    ])
    .await;
    let error = follow(&client).collect_all().await.unwrap_err();
    assert_eq!(
        (error.kind(), error.operation()),
        (ErrorKind::Paging, "things.get")
    );

    // The page number is ignored: the same page comes again and again.
    let same = MockServer::start().await;
    Mock::given(method("GET"))
        .respond_with(ResponseTemplate::new(200).set_body_json(json!({"things": [{"name": "a"}]})))
        .mount(&same)
        .await;
    let client = builder(&same.uri(), &jumping()).build().unwrap();
    let mut page = 0;
    let endless = client.items(PagerFn::new(call(0), move |answer: Page| {
        page += 1;
        Ok(Turn::call(answer.things, call(page)))
    }));
    assert_eq!(
        endless.collect_all().await.unwrap_err().kind(),
        ErrorKind::Paging
    );
    assert_eq!(same.received_requests().await.unwrap().len(), 2);

    // New pages for ever.
    let endless = MockServer::start().await;
    Mock::given(method("GET"))
        .respond_with(Endless)
        .mount(&endless)
        .await;
    let client = builder(&endless.uri(), &jumping()).build().unwrap();
    let Gathered::Part(things, error) = follow(&client).max_pages(5).gather().await else {
        panic!("whole")
    };
    assert_eq!((things.len(), error.kind()), (5, ErrorKind::Paging));
}

#[tokio::test]
async fn a_pager_that_stops_early_is_no_complete_listing() {
    let (_server, client) = server(three_pages()).await;
    let broken = client.items(PagerFn::new(call(0), |page: Page| {
        Ok(Turn::new(page.things, Next::Outstanding))
    }));
    assert_eq!(
        broken.collect_all().await.unwrap_err().kind(),
        ErrorKind::Paging
    );
    let refusing = client.items(PagerFn::new(
        call(0),
        |_: Page| -> Result<Turn<Thing, Page>, Error> {
            Err(Error::new(ErrorKind::Paging, "the total changed"))
        },
    ));
    assert_eq!(
        refusing.collect_all().await.unwrap_err().to_string(),
        "things.get: listing cannot be trusted: the total changed"
    );
}

#[tokio::test]
async fn items_that_moved_between_pages_are_seen_once() {
    let pages = || {
        vec![
            json!({"things": [{"name": "a"}, {"name": "b"}], "next": 1}),
            json!({"things": [{"name": "b"}, {"name": "c"}], "next": 2}),
            json!({"things": [{"name": "c"}]}),
        ]
    };
    let (_server, client) = server(pages()).await;
    let all = follow(&client)
        .dedupe_by(|thing| thing.name.clone())
        .collect_all()
        .await
        .unwrap();
    assert_eq!(names(all.as_slice()), ["a", "b", "c"]);
    let mut stuck = pages();
    stuck[1] = json!({"things": [{"name": "b"}, {"name": "a"}], "next": 2});
    let (_server, client) = server(stuck).await;
    let error = follow(&client)
        .dedupe_by(|thing| thing.name.clone())
        .collect_all()
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Paging);
}

/// N20, U16.
#[tokio::test]
async fn a_bad_item_ends_a_strict_listing_and_is_surfaced_in_a_tolerant_one() {
    let (_server, client) = server(vec![
        json!({"things": [{"name": "a"}, {"id": 7, "name": 5}], "next": 1}),
        json!({"things": [{"name": "c"}]}),
    ])
    .await;
    let Gathered::Part(things, error) = follow(&client).gather().await else {
        panic!("whole")
    };
    assert_eq!(
        (names(&things), error.kind(), error.decode_path()),
        (vec!["a"], ErrorKind::Decode, Some("name"))
    );
    let all = follow(&client).decoded().collect_all().await.unwrap();
    let [Decoded::Item(_), Decoded::Bad(bad), Decoded::Item(_)] = all.as_slice() else {
        panic!("{all:?}")
    };
    assert_eq!((bad.id.as_deref(), bad.path.as_str()), (Some("7"), "name"));
}

#[tokio::test]
async fn one_answer_can_be_the_whole_listing() {
    let server = MockServer::start().await;
    Mock::given(method("GET"))
        .respond_with(ResponseTemplate::new(200).set_body_json(json!([{"name": "a"}])))
        .mount(&server)
        .await;
    let client = builder(&server.uri(), &jumping()).build().unwrap();
    let all = client
        .send_complete(Call::<Vec<Thing>>::new(&READ, []))
        .await
        .unwrap();
    assert_eq!(names(all.as_slice()), ["a"]);
    let all = client
        .items(OnePage::new(Call::<Rows<Thing>>::new(&READ, [])))
        .collect_all()
        .await
        .unwrap();
    assert_eq!(names(all.as_slice()), ["a"]);
}
