use proptest::prelude::*;

use super::{Learned, Ledger, Measure, Share, grace, turn};

const MINUTE: Measure = Measure {
    ceiling: 10,
    span: 60_000,
};
const NAME: &str = "read";

fn ledger() -> Ledger {
    let mut ledger = Ledger::default();
    assert!(ledger.open(NAME, MINUTE, 0));
    ledger
}

fn share(ledger: &Ledger, owner: u64, wants: u32, now: i64) -> Share {
    ledger.share(NAME, owner, wants, MINUTE, now)
}

#[test]
fn time_never_runs_backwards_and_setting_the_clock_moves_nothing() {
    let mut ledger = Ledger::default();
    assert_eq!(ledger.tell_time(1_000_000, None), 1_000_000);
    // A process that was here before knows how much time passed.
    assert_eq!(ledger.tell_time(9_000_000, Some(1_005_000)), 1_005_000);
    assert_eq!(ledger.tell_time(9_001_000, Some(1_006_000)), 1_006_000);
    // One that is new only knows the wall clock.
    assert_eq!(ledger.tell_time(9_002_000, None), 1_007_000);
    assert_eq!(ledger.tell_time(2_000, None), 1_007_000, "set back");
    assert_eq!(ledger.tell_time(3_000, None), 1_008_000);
    assert_eq!(ledger.tell_time(i64::MAX, Some(1_009_000)), 1_009_000);
    assert_eq!(ledger.tell_time(i64::MIN, Some(1_010_000)), 1_010_000);
}

#[test]
fn room_is_divided_among_those_who_wait_and_the_longest_waiting_comes_first() {
    let mut ledger = ledger();
    assert_eq!(share(&ledger, 1, 99, 0).places, 10, "nobody else waits");
    ledger.claim(NAME, 2, 0, 99, 1_000, 10);
    ledger.claim(NAME, 3, 0, 99, 1_000, 20);
    let at = |owner| share(&ledger, owner, 99, 1_000);
    assert_eq!(at(2).places, 5, "half of the room, with one other");
    assert_eq!((at(3).places, at(3).yields), (5, true));
    assert_eq!((at(1).places, at(1).yields), (2, true), "who came last");
    // With one place, only the first.
    ledger.count(NAME, 900, 9);
    let at = |owner| share(&ledger, owner, 99, 1_000);
    assert_eq!((at(2).places, at(3).places, at(1).places), (1, 0, 0));
    assert!(at(3).yields && at(1).yields);
    // Who does not come in time is passed over.
    let late = 1_000 + grace(MINUTE.span);
    assert_eq!(share(&ledger, 1, 1, late).places, 1);
    // Who took something goes to the end.
    ledger.claim(NAME, 2, 1, 99, 1_000 + turn(MINUTE.span), 1_000);
    let next = share(&ledger, 2, 99, 1_000);
    assert_eq!((next.places, next.yields), (0, true));
}

#[test]
fn a_log_is_bounded() {
    let mut ledger = ledger();
    for at in 0..100_000 {
        ledger.count(NAME, at, 1);
        ledger.tidy(at);
    }
    assert!(ledger.buckets[NAME].log.len() < 520);
    assert_eq!(ledger.used(NAME, MINUTE, 99_999), 60_102);
    for number in 0..10_000 {
        ledger.open(&format!("bucket {number}"), MINUTE, 0);
    }
    assert_eq!(ledger.buckets.len(), 256);
}

#[test]
fn a_merged_bucket_counts_with_its_target() {
    let mut ledger = ledger();
    ledger.open("write", MINUTE, 0);
    ledger.open("site-create", MINUTE, 0);
    ledger.count("write", 100, 2);
    ledger.count("site-create", 100, 3);
    ledger.hold("write", 1, 1, 9_000);
    ledger.merge("site-create", "write");
    ledger.merge("write", NAME);
    ledger.merge("write", NAME);
    ledger.merge(NAME, "site-create");
    assert_eq!(ledger.follow("site-create"), NAME);
    assert_eq!(ledger.used("site-create", MINUTE, 100), 6);
    assert_eq!(ledger.used(NAME, MINUTE, 100), 6);
}

#[test]
fn a_split_bucket_counts_alone_from_then_on() {
    let mut ledger = ledger();
    ledger.open("write", MINUTE, 0);
    ledger.open("site-create", MINUTE, 0);
    ledger.arrange("site-create", Some("write"), 1);
    ledger.arrange("write", Some(NAME), 2);
    ledger.count("write", 100, 2);
    ledger.hold("write", 1, 4, 9_000);
    ledger.split("write", Some(NAME));
    assert_eq!(ledger.follow("write"), NAME, "it is to be, and is");
    ledger.split("write", None);
    ledger.arrange("write", None, 3);
    ledger.count("write", 200, 1);
    assert_eq!(ledger.used("write", MINUTE, 200), 3);
    assert_eq!(ledger.used(NAME, MINUTE, 200), 6);
    assert_eq!(ledger.follow("site-create"), NAME);
    let arranged = ledger.arranged();
    let told: Vec<_> = arranged.map(|one| (one.name, one.target, one.at)).collect();
    assert_eq!(
        told,
        [
            ("site-create".to_owned(), Some(NAME.to_owned()), 1),
            ("write".to_owned(), None, 3)
        ]
    );
    assert_eq!(
        (ledger.arranged_at("write"), ledger.arranged_at("nothing")),
        (3, 0)
    );
}

#[test]
fn the_newest_limit_is_believed() {
    let mut ledger = ledger();
    let told = |at, limit| Learned {
        at,
        limit,
        span: 30_000,
        slow_down: 0.9,
    };
    ledger.learn(NAME, told(5, 100));
    ledger.learn(NAME, told(4, 700));
    assert_eq!(ledger.learned().collect::<Vec<_>>(), [(NAME, told(5, 100))]);
}

#[test]
fn after_a_loss_every_bucket_is_full_for_a_window() {
    let mut ledger = Ledger::after_loss(50_000, None);
    ledger.open(NAME, MINUTE, 50_000);
    assert_eq!(share(&ledger, 1, 5, 50_000).places, 0);
    let room = ledger.next_room(NAME, MINUTE, 50_000);
    assert!((110_000..110_200).contains(&room), "{room}");
    ledger.open("later", MINUTE, 111_000);
    assert_eq!(ledger.used("later", MINUTE, 111_000), 0);
}

proptest! {
    /// Promise 8, between processes: whatever they do and whenever they die, no window sees more than the ceiling.
    #[test]
    fn never_more_than_the_ceiling_in_any_window(
        steps in prop::collection::vec((0_u64..4, 0_i64..9_000, 0_u32..4, 0_i64..4_000, any::<bool>()), 1..150),
    ) {
        let mut ledger = ledger();
        let mut now = 0;
        let mut ghosts = 100;
        let held = |under_way: &[(u64, i64)], owner: u64| {
            u32::try_from(under_way.iter().filter(|(by, _)| *by == owner).count()).unwrap()
        };
        // Owner and answer.
        let mut under_way: Vec<(u64, i64)> = Vec::new();
        let mut seen: Vec<i64> = Vec::new();
        for (owner, pause, wants, lag, dies) in steps {
            now += pause;
            ledger.tidy(now);
            let done: Vec<_> = under_way.extract_if(.., |(_, answer)| *answer <= now).collect();
            for (_, answer) in done {
                ledger.count(NAME, answer, 1);
            }
            for other in 0..4 {
                ledger.hold(NAME, other, held(&under_way, other), now + 10_000);
            }
            let taken = share(&ledger, owner, wants, now).places;
            prop_assert!(taken <= wants);
            for _ in 0..taken {
                seen.push(now + lag / 2);
                if !dies {
                    under_way.push((owner, now + lag));
                }
            }
            if dies && taken > 0 {
                // The dead keep their places until the lease ends, which is after the vendor saw the request.
                ghosts += 1;
                ledger.hold(NAME, ghosts, taken, now + 10_000);
            }
            ledger.hold(NAME, owner, held(&under_way, owner), now + 10_000);
            ledger.claim(NAME, owner, taken, wants - taken, now + 1_000, now);
        }
        seen.sort_unstable();
        for (at, first) in seen.iter().enumerate() {
            let within = seen[at..].iter().filter(|later| **later - first < MINUTE.span).count();
            prop_assert!(within <= 10, "{within} requests in one window");
        }
    }
}
