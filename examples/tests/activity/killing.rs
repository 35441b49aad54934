//! F073: killed 50 times over a simulated day, each entry is in the file once.

use std::collections::BTreeSet;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use simulator::ActivityDay;

use super::support::{Bench, ids};

const KILLS: u32 = 50;
const ENTRIES: usize = 600;
const DAY: Duration = Duration::from_hours(24);
const FILE: &str = "activity.jsonl";

/// Milliseconds since 1970, so many hours ago.
pub(crate) fn ago(hours: u64) -> i64 {
    let at = SystemTime::now() - Duration::from_hours(hours);
    let since = at.duration_since(UNIX_EPOCH).expect("after 1970");
    i64::try_from(since.as_millis()).expect("before the year 292 million")
}

#[test]
fn f073_killed_50_times_over_a_day_every_entry_is_there_once() {
    let bench = Bench::new();
    bench.map();
    let starts = ago(72);
    bench.simulator.set_clock_ms(starts);
    // Small pages: more moments between a line that is written and one that is committed.
    bench
        .simulator
        .update_settings(|settings| settings.rmm.page_size = 10);
    let day = ActivityDay::new(73)
        .entries(ENTRIES)
        .starts_ms(starts)
        .late_percent(10);
    let expected: BTreeSet<_> = bench
        .simulator
        .simulate_activity(&day)
        .into_iter()
        .collect();
    let mut random = fastrand::Rng::with_seed(2026);
    let follow = ["follow", "--to", FILE, "--since", "96h", "--every", "5ms"];
    let (mut grown, mut before, mut cut) = (0, 0, 0);
    for _ in 0..KILLS {
        bench.simulator.advance(DAY / KILLS);
        bench.simulator.reset_counts();
        let child = bench.spawn(&follow);
        // Anywhere between its log-in and some readings later.
        let further = random.usize(3..18);
        bench.until("it asks", |bench| {
            bench.simulator.requests().len() >= further
        });
        std::thread::sleep(Duration::from_millis(random.u64(0..15)));
        let run = child.kill();
        cut += usize::from(run.stderr.contains("written and not committed"));
        let length = std::fs::metadata(bench.path(FILE)).map_or(0, |found| found.len());
        grown += usize::from(length != before);
        before = length;
    }
    assert!(
        grown > 10,
        "only {grown} runs came to tell anything before they were killed"
    );
    // The last of the late entries appear 90 minutes after the day.
    bench.simulator.advance(Duration::from_mins(91));
    bench.ok(&["follow", "--to", FILE, "--every", "5ms", "--until-idle"]);
    let lines = bench.lines(FILE);
    let found = ids(&lines);
    assert_eq!(found.len(), ENTRIES, "{cut} times a tail was cut off");
    assert_eq!(found.into_iter().collect::<BTreeSet<_>>(), expected);
    let late = bench.simulator.activity();
    assert!(
        late.iter()
            .filter(|entry| entry.visible_from_ms > entry.date_ms)
            .count()
            > 50
    );
}
