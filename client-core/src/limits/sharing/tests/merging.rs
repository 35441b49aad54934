//! Buckets that one process merges or splits.

use super::{Desk, MINUTE, has_no_room, place, send};
use crate::clock::ManualClock;
use crate::limits::Limits;

/// U15: an account with one bucket for everything.
#[tokio::test]
async fn one_bucket_for_all_is_learned_together() {
    let desk = Desk::new(ManualClock::new());
    let (one, two) = (desk.process(3), desk.process(3));
    send(&two, &["write"]).await;
    send(&one, &["read"]).await;
    one.merge("write", "read");
    send(&one, &["write"]).await;
    assert!(has_no_room(&two, desk.clock.as_ref(), &["write"]).await);
    assert_eq!(two.usage().len(), 2, "{:?}", two.usage());
    assert!(has_no_room(&two, desk.clock.as_ref(), &["read"]).await);
}

fn limit(limits: &Limits, bucket: &str) -> Option<u32> {
    let usage = limits.usage();
    let found = usage.iter().find(|usage| usage.bucket == bucket);
    found.map(|usage| usage.limit)
}

/// U15: what one process splits is split for all, and stays so.
#[tokio::test]
async fn several_buckets_again_are_learned_together() {
    let desk = Desk::new(ManualClock::new());
    let (one, two) = (desk.process(3), desk.process(3));
    for round in 1..4 {
        one.merge("write", "read");
        send(&one, &["read"]).await;
        send(&two, &["write"]).await;
        assert_eq!(limit(&two, "write"), None, "{round}");
        // It tells what was answered.
        drop(place(&two, &["site-create"]).await);
        one.split("write");
        one.set("write", 10 + round, MINUTE);
        send(&one, &["read"]).await;
        assert!(has_no_room(&two, desk.clock.as_ref(), &["read"]).await);
        for _ in 2..10 + round {
            send(&two, &["write"]).await;
        }
        assert!(has_no_room(&one, desk.clock.as_ref(), &["write"]).await);
        for limits in [&one, &two] {
            assert_eq!(limit(limits, "read"), Some(3), "{round}");
            assert_eq!(limit(limits, "write"), Some(10 + round));
        }
        desk.clock.advance(MINUTE * 2);
    }
}

/// What the file lost is told again, the newest word first or last.
#[tokio::test]
async fn a_lost_file_forgets_no_merge_and_no_split() {
    let desk = Desk::new(ManualClock::new());
    let (one, two) = (desk.process(3), desk.process(3));
    two.merge("write", "read");
    two.merge("site-create", "read");
    send(&two, &["read"]).await;
    desk.clock.advance(MINUTE);
    one.merge("write", "read");
    send(&one, &["read"]).await;
    desk.clock.advance(MINUTE);
    one.split("write");
    send(&one, &["write"]).await;
    std::fs::write(desk.path(), b"").unwrap();
    assert!(has_no_room(&one, desk.clock.as_ref(), &["write"]).await);
    for limits in [&one, &two, &desk.process(3)] {
        desk.clock.advance(MINUTE * 2);
        send(limits, &["write"]).await;
        assert_eq!(limit(limits, "write"), Some(3));
        assert_eq!(limit(limits, "site-create"), None);
    }
}
