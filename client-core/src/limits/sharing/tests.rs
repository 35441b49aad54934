//! Two budgets over one file stand for two processes: nothing but the file is between them.

use std::path::{Path, PathBuf};
use std::pin::pin;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use futures_util::future::join_all;
use futures_util::poll;
use jiff::Timestamp;

use crate::clock::{Clock, ManualClock};
use crate::limits::permit::Permit;
use crate::limits::{BudgetFile, Limits};

mod merging;
mod observing;
mod waiters;

const MINUTE: Duration = Duration::from_mins(1);
const SECOND: Duration = Duration::from_secs(1);

struct Desk {
    folder: tempfile::TempDir,
    clock: Arc<ManualClock>,
}

impl Desk {
    fn new(clock: ManualClock) -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
            clock: Arc::new(clock),
        }
    }

    fn path(&self) -> PathBuf {
        self.folder.path().join("deep").join("budget")
    }

    fn process(&self, limit: u32) -> Limits {
        process(&self.path(), self.clock.clone(), limit)
    }
}

fn process(path: &Path, clock: Arc<dyn Clock>, limit: u32) -> Limits {
    Limits::builder()
        .clock(clock)
        .fraction(1.0)
        .bucket("read", limit, MINUTE)
        .bucket("write", limit, MINUTE)
        .bucket("site-create", 1, MINUTE)
        .fallback("write")
        .shared_with(path)
        .build()
}

/// While the clock stands still nobody looks at the file again by himself, and the other process tells what it has to
/// tell a moment later: so this one is made to look.
async fn place(limits: &Limits, charges: &[&str]) -> Permit {
    let mut place = pin!(limits.acquire(charges, None));
    loop {
        match tokio::time::timeout(Duration::from_millis(50), &mut place).await {
            Ok(place) => return place.unwrap(),
            Err(_) => limits.shared.lock().serve(limits.shared.clock.now()),
        }
    }
}

async fn send(limits: &Limits, charges: &[&str]) {
    place(limits, charges).await.mark_sent();
}

/// Nothing comes back before the deadline.
async fn has_no_room(limits: &Limits, clock: &dyn Clock, charges: &[&str]) -> bool {
    let deadline = clock.now() + SECOND;
    limits.acquire(charges, Some(deadline)).await.is_err()
}

/// N07: both count together, and each request until a window after its answer.
#[tokio::test]
async fn two_processes_have_one_window() {
    let desk = Desk::new(ManualClock::new());
    let (one, two) = (desk.process(3), desk.process(3));
    send(&one, &["read"]).await;
    let under_way = place(&two, &["read"]).await;
    send(&two, &["read"]).await;
    assert!(has_no_room(&one, desk.clock.as_ref(), &["read"]).await);
    assert!(has_no_room(&two, desk.clock.as_ref(), &["read"]).await);
    // Another bucket is another matter.
    send(&one, &["write"]).await;
    drop(under_way);
    send(&one, &["read"]).await;
    desk.clock.advance(MINUTE + SECOND);
    for _ in 0..3 {
        send(&two, &["read"]).await;
    }
    assert!(has_no_room(&one, desk.clock.as_ref(), &["read"]).await);
    assert_eq!(one.sharing().unwrap().trouble, None);
    assert_eq!(one.sharing().unwrap().restarts, 0);
}

#[tokio::test]
async fn several_buckets_are_taken_at_once_or_not_at_all() {
    let desk = Desk::new(ManualClock::new());
    let (one, two) = (desk.process(3), desk.process(3));
    send(&one, &["write", "site-create"]).await;
    assert!(has_no_room(&two, desk.clock.as_ref(), &["write", "site-create"]).await);
    send(&two, &["write"]).await;
    send(&two, &["write"]).await;
    assert!(has_no_room(&two, desk.clock.as_ref(), &["write"]).await);
}

/// Waiters get in when room appears, without anybody telling them.
#[tokio::test]
async fn waiters_of_two_processes_use_all_the_room_there_is() {
    let desk = Desk::new(ManualClock::jumping());
    let (one, two) = (desk.process(4), desk.process(4));
    let done = Mutex::new([0, 0]);
    let run = |limits: Limits, who: usize| {
        let done = &done;
        async move {
            let place = limits.acquire(&["read"], None).await;
            place.unwrap().mark_sent();
            done.lock().unwrap()[who] += 1;
        }
    };
    let both = (0..40).map(|n| run(if n % 2 == 0 { one.clone() } else { two.clone() }, n % 2));
    join_all(both).await;
    assert_eq!(*done.lock().unwrap(), [20, 20]);
    let elapsed = desk.clock.elapsed();
    assert!(elapsed >= MINUTE * 9, "{elapsed:?}");
    // A jumping clock runs ahead of who is at the file just then, the further the busier the machine is. Not woken when
    // there is room, they would take longer than one window for each place.
    assert!(elapsed < MINUTE * 20, "40 at 4 in a minute: {elapsed:?}");
}

#[tokio::test]
async fn a_process_that_ends_leaves_no_place_behind() {
    let desk = Desk::new(ManualClock::new());
    let (one, two) = (desk.process(2), desk.process(2));
    let unsent = place(&one, &["read"]).await;
    let mut sent = place(&one, &["read"]).await;
    assert!(has_no_room(&two, desk.clock.as_ref(), &["read"]).await);
    sent.mark_sent();
    drop((unsent, sent, one));
    send(&two, &["read"]).await;
    assert!(has_no_room(&two, desk.clock.as_ref(), &["read"]).await);
}

/// A process that was killed: its places end with their lease, and count for a window after that.
#[tokio::test]
async fn the_places_of_the_dead_expire() {
    let desk = Desk::new(ManualClock::new());
    let start = |lease| {
        Limits::builder()
            .clock(desk.clock.clone())
            .fraction(1.0)
            .bucket("read", 1, MINUTE)
            .shared_with(BudgetFile::new(desk.path()).lease(lease))
            .build()
    };
    let (killed, alive) = (start(MINUTE * 2), start(MINUTE * 2));
    std::mem::forget(place(&killed, &["read"]).await);
    std::mem::forget(killed);
    for _ in 0..3 {
        assert!(has_no_room(&alive, desk.clock.as_ref(), &["read"]).await);
        desk.clock.advance(SECOND * 59);
    }
    desk.clock.advance(SECOND * 4);
    send(&alive, &["read"]).await;
}

/// N07, U15: what one process is told holds for all.
#[tokio::test]
async fn limits_pauses_and_blocks_are_learned_together() {
    let desk = Desk::new(ManualClock::new());
    let (one, two) = (desk.process(3), desk.process(3));
    send(&two, &["read"]).await;
    one.set("read", 600, SECOND * 30);
    one.set_slow_down("read", 0.5);
    one.set("new-thing", 7, MINUTE);
    one.observe("read", 200, 0);
    send(&one, &["read"]).await;
    send(&two, &["read"]).await;
    let usage = |limits: &Limits, bucket: &str| {
        let found = limits.usage().into_iter().find(|it| it.bucket == bucket);
        found.unwrap()
    };
    let read = usage(&two, "read");
    assert_eq!(
        (read.limit, read.ceiling, read.window),
        (600, 299, SECOND * 30)
    );
    assert!((201..=203).contains(&read.used), "{read:?}");
    assert_eq!(usage(&two, "new-thing").limit, 7);

    one.pause(&["read"], SECOND * 20);
    send(&one, &["write"]).await;
    assert!(has_no_room(&two, desk.clock.as_ref(), &["read"]).await);
    send(&two, &["write"]).await;
    desk.clock.advance(SECOND * 20);
    send(&two, &["read"]).await;

    two.block(MINUTE * 5);
    assert!(has_no_room(&two, desk.clock.as_ref(), &["read"]).await);
    let refused = one
        .acquire(&["write"], Some(desk.clock.now() + SECOND))
        .await;
    assert!(refused.unwrap_err().blocked);
    assert_eq!(one.blocked_for(), Some(MINUTE * 5));
    desk.clock.advance(MINUTE * 5);
    send(&one, &["write"]).await;
}

/// A waiter that gives up while others are asked leaves nothing behind.
#[tokio::test]
async fn a_dropped_waiter_gives_its_place_back() {
    let desk = Desk::new(ManualClock::new());
    let (one, two) = (desk.process(1), desk.process(1));
    let held = place(&one, &["read"]).await;
    let mut waiting = Box::pin(two.acquire(&["read"], None));
    for _ in 0..50 {
        assert!(poll!(&mut waiting).is_pending());
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    drop(waiting);
    drop(held);
    send(&one, &["read"]).await;
    assert!(has_no_room(&two, desk.clock.as_ref(), &["read"]).await);
}

#[tokio::test]
async fn a_damaged_file_is_told_and_counts_as_full_for_a_window() {
    for (damage, kept) in [
        (&b"request budget 1 0123456789abcdef\n{\"lat"[..], false),
        (b"", false),
        (b"Dear diary", true),
        (b"\xff\xfe\0", true),
    ] {
        let desk = Desk::new(ManualClock::new());
        let limits = desk.process(3);
        send(&limits, &["read"]).await;
        std::fs::write(desk.path(), damage).unwrap();
        assert!(
            has_no_room(&limits, desk.clock.as_ref(), &["read"]).await,
            "{damage:?}"
        );
        assert_eq!(limits.sharing().unwrap().restarts, 1);
        let mut aside = desk.path().into_os_string();
        aside.push(".foreign");
        assert_eq!(
            std::fs::read(aside).ok(),
            kept.then(|| damage.to_vec()),
            "somebody's text is not lost"
        );
        desk.clock.advance(MINUTE + SECOND);
        send(&limits, &["read"]).await;
        assert_eq!(limits.sharing().unwrap().restarts, 1);
    }
}

/// Without its file a process counts alone, and says why.
#[tokio::test]
async fn a_file_that_cannot_be_used_is_told() {
    let desk = Desk::new(ManualClock::jumping());
    std::fs::create_dir_all(desk.path()).unwrap();
    let limits = desk.process(2);
    for _ in 0..5 {
        send(&limits, &["read"]).await;
    }
    assert!(limits.sharing().unwrap().trouble.is_some());
    assert!(desk.clock.elapsed() >= MINUTE * 2, "its own windows hold");
    std::fs::remove_dir(desk.path()).unwrap();
    desk.clock.advance(SECOND * 2);
    send(&limits, &["read"]).await;
    assert_eq!(limits.sharing().unwrap().trouble, None);
    let other = desk.process(2);
    assert!(has_no_room(&other, desk.clock.as_ref(), &["read"]).await);
}

/// A wall clock that can be set.
#[derive(Debug)]
struct Settable {
    inner: Arc<ManualClock>,
    off: Mutex<i64>,
}

#[async_trait]
impl Clock for Settable {
    fn now(&self) -> Instant {
        self.inner.now()
    }

    fn timestamp(&self) -> Timestamp {
        let off = jiff::SignedDuration::from_secs(*self.off.lock().unwrap());
        self.inner.timestamp() + off
    }

    async fn sleep_until(&self, at: Instant) {
        self.inner.sleep_until(at).await;
    }
}

#[tokio::test]
async fn a_wall_clock_that_is_set_changes_nothing() {
    for jump in [-86_400, -30, 30, 86_400] {
        let desk = Desk::new(ManualClock::new());
        let clock = Arc::new(Settable {
            inner: desk.clock.clone(),
            off: Mutex::new(0),
        });
        let (one, two) = (
            process(&desk.path(), clock.clone(), 2),
            process(&desk.path(), clock.clone(), 2),
        );
        send(&one, &["read"]).await;
        send(&two, &["read"]).await;
        desk.clock.advance(SECOND * 10);
        *clock.off.lock().unwrap() = jump;
        assert!(has_no_room(&one, clock.as_ref(), &["read"]).await, "{jump}");
        assert!(has_no_room(&two, clock.as_ref(), &["read"]).await, "{jump}");
        desk.clock.advance(SECOND * 51);
        send(&two, &["read"]).await;
        send(&one, &["read"]).await;
        assert!(has_no_room(&one, clock.as_ref(), &["read"]).await, "{jump}");
    }
}

/// Sharing can begin later; what was counted until then is told.
#[tokio::test]
async fn a_budget_can_be_shared_later() {
    let desk = Desk::new(ManualClock::new());
    let late = Limits::builder()
        .clock(desk.clock.clone())
        .fraction(1.0)
        .bucket("read", 2, MINUTE)
        .build();
    send(&late, &["read"]).await;
    assert_eq!(late.sharing(), None);
    late.share(desk.path());
    send(&late, &["read"]).await;
    let other = desk.process(2);
    assert!(has_no_room(&other, desk.clock.as_ref(), &["read"]).await);
}

/// The file names neither keys nor accounts.
#[tokio::test]
async fn the_file_holds_counts_only() {
    let desk = Desk::new(ManualClock::new());
    let file = BudgetFile::of_account(desk.folder.path(), "CANARY-PLATFORM", "CANARY-ACCOUNT");
    let limits = Limits::builder()
        .clock(desk.clock.clone())
        .bucket("read", 2, MINUTE)
        .shared_with(file.clone())
        .build();
    send(&limits, &["read"]).await;
    let text = std::fs::read_to_string(file.path()).unwrap();
    assert!(text.contains("read"), "{text}");
    assert!(!format!("{text}{file:?}").contains("CANARY"), "{text}");
}

/// In real time, with many waiters on both sides: the vendor never sees more than the limit in any window.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn never_more_than_the_limit_in_real_time() {
    const WINDOW: Duration = Duration::from_millis(200);
    let folder = tempfile::tempdir().unwrap();
    let file = BudgetFile::new(folder.path().join("budget"));
    let seen = Mutex::new(Vec::new());
    let process = || {
        Limits::builder()
            .fraction(1.0)
            .bucket("read", 20, WINDOW)
            .shared_with(file.clone())
            .build()
    };
    let limits = [process(), process(), process()];
    join_all((0..120).map(|n| {
        let (limits, seen) = (&limits[n % 3], &seen);
        async move {
            let mut place = limits.acquire(&["read"], None).await.unwrap();
            seen.lock().unwrap().push(Instant::now());
            place.mark_sent();
        }
    }))
    .await;
    let mut seen = seen.into_inner().unwrap();
    seen.sort_unstable();
    assert_eq!(seen.len(), 120);
    for within in seen.windows(21) {
        assert!(within[20].duration_since(within[0]) >= WINDOW);
    }
}
