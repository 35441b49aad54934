//! The vendor's own count, which has the requests of all processes in it.

use std::time::Duration;

use super::{Desk, MINUTE, SECOND, has_no_room, send};
use crate::clock::ManualClock;

/// N07: who calibrates late waits no longer than the file says.
#[tokio::test]
async fn requests_of_others_are_not_counted_again_when_the_vendor_tells_of_them() {
    let desk = Desk::new(ManualClock::new());
    let (one, two) = (desk.process(3), desk.process(3));
    for _ in 0..3 {
        send(&one, &["read"]).await;
    }
    desk.clock.advance(SECOND * 40);
    two.observe("read", 3, 3);
    let usage = two.usage();
    let read = usage.iter().find(|usage| usage.bucket == "read");
    assert_eq!(read.unwrap().used, 3, "before the others are asked");
    assert!(has_no_room(&two, desk.clock.as_ref(), &["read"]).await);
    desk.clock.advance(SECOND * 21);
    let late = tokio::time::timeout(Duration::from_secs(5), send(&two, &["read"]));
    late.await.expect("the others' requests have left");
}

/// Requests of those who do not share the file.
#[tokio::test]
async fn what_only_the_vendor_knows_is_told_to_the_others() {
    let desk = Desk::new(ManualClock::new());
    let (one, two) = (desk.process(3), desk.process(3));
    two.observe("read", 3, 0);
    assert!(has_no_room(&two, desk.clock.as_ref(), &["read"]).await);
    assert!(has_no_room(&one, desk.clock.as_ref(), &["read"]).await);
    desk.clock.advance(MINUTE + SECOND);
    send(&one, &["read"]).await;
}

#[tokio::test]
async fn the_vendors_count_holds_without_the_file_and_is_told_when_it_is_back() {
    let desk = Desk::new(ManualClock::new());
    std::fs::create_dir_all(desk.path()).unwrap();
    let (one, two) = (desk.process(3), desk.process(3));
    two.observe("read", 3, 0);
    for _ in 0..3 {
        assert!(has_no_room(&two, desk.clock.as_ref(), &["read"]).await);
        desk.clock.advance(SECOND * 10);
    }
    std::fs::remove_dir(desk.path()).unwrap();
    assert!(has_no_room(&two, desk.clock.as_ref(), &["read"]).await);
    assert!(has_no_room(&one, desk.clock.as_ref(), &["read"]).await);
    desk.clock.advance(SECOND * 31);
    send(&one, &["read"]).await;
    send(&two, &["read"]).await;
}
