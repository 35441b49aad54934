//! Many waiters, and waiters that are alive but not listened to, as in a stream that its reader left alone.

use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use futures_util::future::join_all;
use futures_util::poll;
use jiff::Timestamp;

use super::{Desk, MINUTE};
use crate::clock::{Clock, ManualClock, SystemClock};
use crate::limits::Limits;

const WINDOW: Duration = Duration::from_millis(300);

fn process(folder: &tempfile::TempDir, limit: u32) -> Limits {
    Limits::builder()
        .fraction(1.0)
        .bucket("read", limit, WINDOW)
        .shared_with(folder.path().join("budget"))
        .build()
}

async fn send(limits: &Limits) {
    let place = limits.acquire(&["read"], None);
    let place = tokio::time::timeout(Duration::from_secs(5), place).await;
    place.expect("there is room").unwrap().mark_sent();
}

#[tokio::test]
async fn a_waiter_that_is_not_polled_does_not_keep_the_others_from_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let limits = process(&folder, 2);
    send(&limits).await;
    send(&limits).await;
    let mut left_alone = pin!(limits.acquire(&["read"], None));
    for _ in 0..10 {
        assert!(poll!(&mut left_alone).is_pending());
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    send(&limits).await;
}

#[tokio::test]
async fn a_waiter_that_is_not_polled_does_not_keep_the_turn() {
    let folder = tempfile::tempdir().unwrap();
    let limits = process(&folder, 2);
    let elsewhere = Arc::clone(&limits.shared.turn).lock_owned().await;
    let mut left_alone = pin!(limits.acquire(&["read"], None));
    assert!(poll!(&mut left_alone).is_pending());
    drop(elsewhere);
    send(&limits).await;
}

/// What changed is looked at by whoever listens.
#[tokio::test]
async fn a_raised_limit_is_noticed_beside_a_waiter_that_is_not_polled() {
    let folder = tempfile::tempdir().unwrap();
    let limits = process(&folder, 1);
    limits.set("read", 1, Duration::from_hours(1));
    send(&limits).await;
    let mut left_alone = pin!(limits.acquire(&["read"], None));
    let mut second = pin!(send(&limits));
    for _ in 0..30 {
        assert!(poll!(&mut left_alone).is_pending());
        assert!(poll!(&mut second).is_pending());
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    limits.set("read", 3, Duration::from_hours(1));
    let second = tokio::time::timeout(Duration::from_secs(2), second).await;
    second.expect("long before the next look at the file");
}

/// Each visit of the file looks at the wall clock once.
#[derive(Debug, Default)]
struct Visits(AtomicUsize);

#[async_trait]
impl Clock for Visits {
    fn now(&self) -> Instant {
        SystemClock.now()
    }

    fn timestamp(&self) -> Timestamp {
        self.0.fetch_add(1, Ordering::Relaxed);
        SystemClock.timestamp()
    }

    async fn sleep_until(&self, at: Instant) {
        SystemClock.sleep_until(at).await;
    }
}

/// More than are asked for in one visit.
const CROWD: usize = 700;

#[tokio::test]
async fn a_crowd_of_waiters_leaves_the_file_in_peace() {
    let folder = tempfile::tempdir().unwrap();
    let clock = Arc::new(Visits::default());
    let limits = Limits::builder()
        .clock(clock.clone())
        .fraction(1.0)
        .bucket("read", 1, MINUTE)
        .shared_with(folder.path().join("budget"))
        .build();
    send(&limits).await;
    let crowd = join_all((0..CROWD).map(|_| limits.acquire(&["read"], None)));
    assert!(
        tokio::time::timeout(Duration::from_secs(1), crowd)
            .await
            .is_err()
    );
    let visits = clock.0.load(Ordering::Relaxed);
    assert!(visits < 20, "{visits} visits in a second without room");
}

#[tokio::test]
async fn a_crowd_of_waiters_is_served_in_a_row() {
    let folder = tempfile::tempdir().unwrap();
    let limits = process(&folder, 1_000);
    let crowd = join_all((0..CROWD).map(|_| limits.acquire(&["read"], None)));
    let places = tokio::time::timeout(Duration::from_secs(5), crowd).await;
    assert_eq!(places.expect("there is room").len(), CROWD);
}

/// A vendor that blocks us while places are fetched.
#[tokio::test]
async fn places_that_a_block_overtakes_are_not_used() {
    let desk = Desk::new(ManualClock::new());
    let limits = desk.process(3);
    let turn = Arc::clone(&limits.shared.turn).lock_owned().await;
    let mut waiting = pin!(limits.acquire(&["read"], None));
    assert!(poll!(&mut waiting).is_pending());
    let now = desk.clock.now();
    let mut parcel = limits.shared.lock().pack(now).unwrap();
    limits.block(MINUTE);
    let news = parcel.deliver(desk.clock.as_ref()).unwrap();
    assert_eq!(news.granted.len(), 1);
    limits.shared.lock().unpack(&parcel, news, now);
    drop(turn);
    for _ in 0..20 {
        assert!(poll!(&mut waiting).is_pending());
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
}
