use std::sync::Arc;
use std::time::Duration;

use futures_util::future::join_all;
use futures_util::poll;

use super::Limits;
use super::permit::{NoPlace, Permit};
use crate::clock::{Clock, ManualClock};

const MINUTE: Duration = Duration::from_mins(1);
const SECOND: Duration = Duration::from_secs(1);

fn two_buckets(clock: &Arc<ManualClock>) -> Limits {
    Limits::builder()
        .clock(Arc::clone(clock) as Arc<dyn Clock>)
        .fraction(1.0)
        .bucket("read", 3, MINUTE)
        .bucket("write", 3, MINUTE)
        .bucket("site-create", 1, MINUTE)
        .fallback("write")
        .build()
}

async fn send(limits: &Limits, charges: &[&str]) {
    let mut permit = limits.acquire(charges, None).await.unwrap();
    permit.mark_sent();
}

fn used(limits: &Limits, bucket: &str) -> u32 {
    limits
        .usage()
        .into_iter()
        .find(|usage| usage.bucket == bucket)
        .unwrap()
        .used
}

#[tokio::test]
async fn a_full_bucket_waits_for_the_oldest_request_to_leave() {
    let clock = Arc::new(ManualClock::new());
    let limits = two_buckets(&clock);
    for _ in 0..3 {
        send(&limits, &["read"]).await;
        clock.advance(SECOND);
    }
    let fourth = send(&limits, &["read"]);
    tokio::pin!(fourth);
    assert!(poll!(&mut fourth).is_pending());
    clock.advance(SECOND * 56);
    assert!(poll!(&mut fourth).is_pending());
    clock.advance(SECOND);
    fourth.await;
    send(&limits, &["write"]).await;
}

#[tokio::test]
async fn several_buckets_are_charged_at_once_or_not_at_all() {
    let clock = Arc::new(ManualClock::new());
    let limits = two_buckets(&clock);
    send(&limits, &["write", "site-create"]).await;
    let second = send(&limits, &["write", "site-create"]);
    tokio::pin!(second);
    assert!(poll!(&mut second).is_pending());
    assert_eq!(
        used(&limits, "write"),
        1,
        "a waiter holds no place in the bucket that has room"
    );
    // It does not hold up those that need only the other bucket.
    send(&limits, &["write"]).await;
    assert_eq!(used(&limits, "write"), 2);
}

#[tokio::test]
async fn unknown_charges_use_the_fallback_once() {
    let clock = Arc::new(ManualClock::new());
    let limits = two_buckets(&clock);
    send(&limits, &["write", "device-move", "user-reset-keys"]).await;
    assert_eq!(used(&limits, "write"), 1);
    limits.set("device-move", 100, MINUTE);
    send(&limits, &["write", "device-move"]).await;
    assert_eq!(
        (used(&limits, "write"), used(&limits, "device-move")),
        (2, 1)
    );
    send(&Limits::unlimited(), &["anything"]).await;
}

#[tokio::test]
async fn waiters_are_served_in_order_of_arrival() {
    let clock = Arc::new(ManualClock::jumping());
    let limits = two_buckets(&clock);
    let order = std::sync::Mutex::new(Vec::new());
    join_all((0..20).map(|n| {
        let (limits, order) = (limits.clone(), &order);
        async move {
            send(&limits, &["site-create"]).await;
            order.lock().unwrap().push(n);
        }
    }))
    .await;
    assert_eq!(*order.lock().unwrap(), (0..20).collect::<Vec<_>>());
    assert_eq!(clock.elapsed(), MINUTE * 19);
}

#[tokio::test]
async fn waiters_use_all_the_room_there_is() {
    let clock = Arc::new(ManualClock::jumping());
    let limits = two_buckets(&clock);
    join_all((0..20).map(|_| send(&limits, &["read"]))).await;
    assert_eq!(clock.elapsed(), MINUTE * 6, "20 requests at 3 per minute");
}

#[tokio::test]
async fn a_dropped_waiter_leaves_no_trace() {
    let clock = Arc::new(ManualClock::new());
    let limits = two_buckets(&clock);
    for _ in 0..3 {
        send(&limits, &["read"]).await;
    }
    let mut first = Box::pin(send(&limits, &["read"]));
    let second = send(&limits, &["read"]);
    tokio::pin!(second);
    assert!(poll!(&mut first).is_pending() && poll!(&mut second).is_pending());
    drop(first);
    clock.advance(MINUTE);
    second.await;
    assert_eq!(used(&limits, "read"), 1);
}

#[tokio::test]
async fn a_granted_waiter_that_is_dropped_hands_over() {
    let clock = Arc::new(ManualClock::new());
    let limits = Limits::builder()
        .clock(Arc::clone(&clock) as Arc<dyn Clock>)
        .bucket("read", 1, MINUTE)
        .build();
    let held: Permit = limits.acquire(&["read"], None).await.unwrap();
    let mut first = Box::pin(limits.acquire(&["read"], None));
    let second = limits.acquire(&["read"], None);
    tokio::pin!(second);
    assert!(poll!(&mut first).is_pending() && poll!(&mut second).is_pending());
    drop(held); // Unsent: its place goes to the first waiter, which never looks.
    drop(first);
    let permit = second.await.unwrap();
    drop(permit);
    assert_eq!(used(&limits, "read"), 0, "nothing was ever sent");
}

#[tokio::test]
async fn a_pause_and_a_block_are_waited_out_by_all() {
    let clock = Arc::new(ManualClock::new());
    let limits = two_buckets(&clock);
    limits.pause(&["read"], SECOND * 30);
    send(&limits, &["write"]).await;
    let read = send(&limits, &["read"]);
    tokio::pin!(read);
    assert!(poll!(&mut read).is_pending());
    clock.advance(SECOND * 30);
    read.await;

    limits.block(MINUTE * 5);
    assert_eq!(limits.blocked_for(), Some(MINUTE * 5));
    let write = send(&limits, &["write"]);
    tokio::pin!(write);
    assert!(poll!(&mut write).is_pending());
    clock.advance(MINUTE * 5);
    write.await;
    assert_eq!(limits.blocked_for(), None);
}

#[tokio::test]
async fn no_place_before_the_deadline_is_told_at_once() {
    let clock = Arc::new(ManualClock::new());
    let limits = two_buckets(&clock);
    limits.block(MINUTE);
    let error = limits
        .acquire(&["read"], Some(clock.now() + SECOND))
        .await
        .unwrap_err();
    assert_eq!(
        error,
        NoPlace {
            wait: MINUTE,
            blocked: true
        }
    );
    clock.advance(MINUTE);
    for _ in 0..3 {
        send(&limits, &["read"]).await;
    }
    let error = limits
        .acquire(&["read"], Some(clock.now() + SECOND))
        .await
        .unwrap_err();
    assert_eq!(
        error,
        NoPlace {
            wait: MINUTE,
            blocked: false
        }
    );
}

#[tokio::test]
async fn a_deadline_ends_a_wait_for_requests_under_way() {
    let clock = Arc::new(ManualClock::new());
    let limits = Limits::builder()
        .clock(Arc::clone(&clock) as Arc<dyn Clock>)
        .bucket("read", 1, MINUTE)
        .build();
    let _under_way = limits.acquire(&["read"], None).await.unwrap();
    let waiting = limits.acquire(&["read"], Some(clock.now() + SECOND));
    tokio::pin!(waiting);
    assert!(poll!(&mut waiting).is_pending());
    clock.advance(SECOND);
    assert!(waiting.await.is_err());
}

#[tokio::test]
async fn a_legacy_account_counts_everything_in_one_bucket() {
    let clock = Arc::new(ManualClock::new());
    let limits = two_buckets(&clock);
    send(&limits, &["write"]).await;
    send(&limits, &["read"]).await;
    let mut under_way = limits.acquire(&["write"], None).await.unwrap();
    limits.merge("write", "read");
    assert_eq!(used(&limits, "read"), 3);
    under_way.mark_sent();
    drop(under_way);
    assert_eq!(used(&limits, "read"), 3);
    let next = send(&limits, &["device-move"]);
    tokio::pin!(next);
    assert!(poll!(&mut next).is_pending(), "the fallback followed");
    clock.advance(MINUTE);
    next.await;
    limits.merge("read", "write");
    assert_eq!(used(&limits, "read"), 1, "merging again changes nothing");
}

#[tokio::test]
async fn a_bucket_that_is_split_has_its_own_limit_again() {
    let clock = Arc::new(ManualClock::new());
    let limits = two_buckets(&clock);
    let before = limits.acquire(&["write"], None).await.unwrap();
    limits.merge("write", "read");
    let within = limits.acquire(&["write"], None).await.unwrap();
    send(&limits, &["read"]).await;
    let mut waiting = Box::pin(limits.acquire(&["write", "site-create"], None));
    assert!(poll!(&mut waiting).is_pending());
    limits.split("write");
    limits.split("write");
    assert_eq!(
        (used(&limits, "read"), used(&limits, "write")),
        (2, 3),
        "under way where it began, answered in both, and who waits where it belongs"
    );
    limits.set("write", 4, MINUTE);
    assert_eq!(limits.usage()[0].limit, 3, "the other keeps its limit");
    let waited = waiting.await.unwrap();
    drop((before, within, waited));
    assert_eq!((used(&limits, "read"), used(&limits, "write")), (1, 1));
    clock.advance(MINUTE);
    assert_eq!((used(&limits, "read"), used(&limits, "write")), (0, 0));
}

#[tokio::test]
async fn places_find_home_through_every_merge_and_split() {
    let clock = Arc::new(ManualClock::new());
    let limits = two_buckets(&clock);
    let first = limits.acquire(&["site-create"], None).await.unwrap();
    limits.merge("site-create", "write");
    let second = limits.acquire(&["site-create"], None).await.unwrap();
    limits.merge("write", "read");
    let third = limits.acquire(&["write"], None).await.unwrap();
    limits.split("site-create");
    assert_eq!(
        (used(&limits, "site-create"), used(&limits, "read")),
        (1, 2)
    );
    drop(second);
    limits.split("write");
    assert_eq!((used(&limits, "write"), used(&limits, "read")), (0, 1));
    drop((first, third));
    for bucket in ["read", "write", "site-create"] {
        assert_eq!(used(&limits, bucket), 0, "{bucket}");
    }
}

#[tokio::test]
async fn limits_are_learned_at_run_time() {
    let clock = Arc::new(ManualClock::new());
    let limits = two_buckets(&clock);
    limits.observe("read", 590, 600);
    limits.observe("read", 0, 0);
    limits.observe("nothing", 5, 5);
    limits.set("read", 0, MINUTE);
    let usage = limits
        .usage()
        .into_iter()
        .find(|usage| usage.bucket == "read")
        .unwrap();
    assert_eq!((usage.used, usage.limit, usage.ceiling), (590, 600, 600));
    // A higher limit lets waiters in at once.
    send(&limits, &["write", "site-create"]).await;
    let waiting = send(&limits, &["site-create"]);
    tokio::pin!(waiting);
    assert!(poll!(&mut waiting).is_pending());
    limits.set("site-create", 100, MINUTE);
    waiting.await;
    assert_eq!(limits.longest_window(&["read", "write"]), Some(MINUTE));
    assert_eq!(Limits::unlimited().longest_window(&["read"]), None);
}

#[tokio::test]
async fn endless_times_are_capped() {
    let clock = Arc::new(ManualClock::new());
    let limits = two_buckets(&clock);
    limits.set("read", 1, Duration::MAX);
    send(&limits, &["read"]).await;
    limits.pause(&["write"], Duration::MAX);
    limits.block(Duration::MAX);
    let deadline = Some(clock.now() + MINUTE);
    assert!(limits.acquire(&["read", "write"], deadline).await.is_err());
}
