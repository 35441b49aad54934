//! What a process takes to the shared file, and what it brings back.

use std::collections::HashMap;
use std::io;
use std::time::{Duration, Instant};

use super::super::file::{BudgetFile, Opened};
use super::super::ledger::{Arranged, Learned, Ledger, Measure, turn};
use super::LOOK;
use crate::clock::Clock;
use crate::window::{LONGEST, ceiling};

/// What goes to the file.
pub(super) struct Parcel {
    pub(super) file: BudgetFile,
    pub(super) owner: u64,
    pub(super) anchor: Option<(Instant, i64)>,
    pub(super) fraction: f64,
    pub(super) changes: u64,
    pub(super) blocked_until: Option<Instant>,
    pub(super) pieces: Vec<Piece>,
    /// Waiters in order of arrival, with their buckets.
    pub(super) wishes: Vec<(u64, Vec<usize>)>,
    /// There are more waiters than wishes.
    pub(super) more: bool,
    pub(super) patience: Option<Duration>,
    pub(super) leaves: bool,
}

pub(super) struct Piece {
    pub(super) name: String,
    pub(super) target: Option<String>,
    pub(super) limit: u32,
    pub(super) span: Duration,
    pub(super) slow_down: f64,
    pub(super) pending: u32,
    pub(super) answered: Vec<(Instant, u32)>,
    pub(super) observed: Option<(u32, Instant)>,
    pub(super) is_counted: bool,
    pub(super) has_learned: bool,
    pub(super) learned_at: i64,
    pub(super) is_rearranged: bool,
    pub(super) arranged_at: i64,
    pub(super) paused_until: Option<Instant>,
}

/// What comes back.
pub(super) struct News {
    /// Our time and the file's.
    pub(super) anchor: (Instant, i64),
    pub(super) lost: Option<&'static str>,
    pub(super) granted: Vec<u64>,
    pub(super) blocked_until: Option<Instant>,
    pub(super) arranged: Vec<Arranged>,
    pub(super) learned: Vec<(String, Learned)>,
    /// For each piece: requests that count, when there can be room, and the end of a pause.
    pub(super) buckets: Vec<(u32, Instant, Option<Instant>)>,
    pub(super) look: Option<Instant>,
}

impl Parcel {
    /// One visit of the file, under its lock.
    pub(super) fn deliver(&mut self, clock: &dyn Clock) -> io::Result<News> {
        let mut file = self.file.lock(self.patience)?;
        let (now, wall) = (clock.now(), clock.timestamp().as_millisecond());
        let expected = self
            .anchor
            .map(|(at, time)| time.saturating_add(millis(now.saturating_duration_since(at))));
        let (mut ledger, lost) = match file.read(self.anchor.is_some())? {
            Opened::Whole(ledger) => (ledger, None),
            Opened::Lost(why) => (Ledger::after_loss(wall, expected), Some(why)),
        };
        let time = ledger.tell_time(wall, expected);
        let visit = Visit { now, time };
        ledger.tidy(time);
        let measures = self.tell(&mut ledger, visit);
        let (granted, look) = self.ask(&mut ledger, &measures, visit);
        if self.leaves {
            ledger.leave(self.owner);
        }
        file.write(&ledger)?;
        drop(file);
        let buckets = self.pieces.iter().zip(&measures).map(|(piece, measure)| {
            let room = ledger.next_room(&piece.name, *measure, time);
            (
                ledger.used(&piece.name, *measure, time),
                visit.ours(room),
                Some(ledger.paused_until(&piece.name))
                    .filter(|until| *until > time)
                    .map(|until| visit.ours(until)),
            )
        });
        let copy = |(name, learned): (&str, Learned)| (name.to_owned(), learned);
        Ok(News {
            anchor: (now, time),
            lost,
            granted,
            blocked_until: Some(ledger.blocked_until())
                .filter(|until| *until > time)
                .map(|until| visit.ours(until)),
            buckets: buckets.collect(),
            arranged: ledger.arranged().collect(),
            learned: ledger.learned().map(copy).collect(),
            look: look.map(|look| visit.ours(look) + jitter()),
        })
    }

    /// Tells what this process knows; gives how it counts each bucket.
    fn tell(&self, ledger: &mut Ledger, visit: Visit) -> Vec<Measure> {
        let Visit { time, .. } = visit;
        let rearranged: Vec<_> = self
            .pieces
            .iter()
            .enumerate()
            .filter_map(|(index, piece)| {
                let known = ledger.arranged_at(&piece.name);
                // What the file lost is told again.
                let at = if piece.is_rearranged {
                    time.max(known.saturating_add(1))
                } else {
                    piece.arranged_at
                };
                (at > known).then_some((index, piece, at))
            })
            .collect();
        for (_, piece, _) in &rearranged {
            ledger.split(&piece.name, piece.target.as_deref());
        }
        let known: HashMap<String, Learned> = ledger
            .learned()
            .map(|(name, learned)| (name.to_owned(), learned))
            .collect();
        let mut measures: Vec<Measure> = Vec::with_capacity(self.pieces.len());
        for piece in &self.pieces {
            let newer = known
                .get(ledger.follow(&piece.name))
                .filter(|learned| !piece.has_learned && learned.at > piece.learned_at);
            let measure = match newer {
                Some(learned) => Measure {
                    ceiling: ceiling(learned.limit, self.fraction, learned.slow_down),
                    span: learned.span.max(1),
                },
                None => Measure {
                    ceiling: ceiling(piece.limit, self.fraction, piece.slow_down),
                    span: millis(piece.span).max(1),
                },
            };
            measures.push(measure);
            if piece.target.is_none() {
                ledger.open(&piece.name, measure, time);
            }
        }
        for (index, piece, at) in rearranged {
            // Nobody may have named it before.
            ledger.open(&piece.name, measures[index], time);
            ledger.arrange(&piece.name, piece.target.as_deref(), at);
        }
        let mut held: HashMap<String, u32> = HashMap::new();
        for (piece, measure) in self.pieces.iter().zip(&measures) {
            let name = &piece.name;
            if piece.has_learned && piece.target.is_none() {
                let learned = Learned {
                    at: time,
                    limit: piece.limit,
                    span: millis(piece.span).max(1),
                    slow_down: piece.slow_down,
                };
                ledger.learn(name, learned);
            }
            for (at, requests) in &piece.answered {
                // Both clocks are cut to milliseconds, so one is added.
                ledger.count(name, visit.theirs(*at).saturating_add(1), *requests);
            }
            if let Some((used, at)) = piece.observed {
                ledger.observe(name, used, *measure, visit.theirs(at), time);
            }
            if let Some(until) = piece.paused_until {
                ledger.pause(name, visit.theirs(until));
            }
            let places = held.entry(ledger.follow(name).to_owned()).or_default();
            *places = places.saturating_add(piece.pending);
        }
        for (name, places) in held {
            ledger.hold(&name, self.owner, places, self.lease(time));
        }
        if let Some(until) = self.blocked_until {
            ledger.block(visit.theirs(until));
        }
        measures
    }

    /// Takes places for the waiters, and announces when this process comes back for the rest.
    fn ask(
        &self,
        ledger: &mut Ledger,
        measures: &[Measure],
        visit: Visit,
    ) -> (Vec<u64>, Option<i64>) {
        let Visit { time, .. } = visit;
        let blocked = ledger.blocked_until();
        if blocked > time {
            return (Vec::new(), (!self.wishes.is_empty()).then_some(blocked));
        }
        // By bucket, in the ledger's terms.
        let mut asks: HashMap<String, Ask> = HashMap::new();
        let mut wishes = Vec::with_capacity(self.wishes.len());
        for (id, buckets) in &self.wishes {
            let mut names = Vec::with_capacity(buckets.len());
            for &at in buckets {
                let name = ledger.follow(&self.pieces[at].name).to_owned();
                let ask = asks.entry(name.clone()).or_insert(Ask {
                    measure: measures[at],
                    wants: 0,
                    left: 0,
                    taken: 0,
                    lacks: 0,
                    yields: false,
                });
                if !names.contains(&name) {
                    ask.wants = ask.wants.saturating_add(1);
                    names.push(name);
                }
            }
            wishes.push((*id, names));
        }
        for (name, ask) in &mut asks {
            if !ledger.open(name, ask.measure, time) {
                // Too many names: this one is not shared.
                ask.left = u32::MAX;
                continue;
            }
            let share = ledger.share(name, self.owner, ask.wants, ask.measure, time);
            (ask.left, ask.yields) = (share.places, share.yields);
        }
        let mut granted = Vec::new();
        for (id, names) in wishes {
            let has_room = names.iter().all(|name| asks[name].left > 0);
            for name in &names {
                if let Some(ask) = asks.get_mut(name) {
                    if has_room {
                        ask.left -= 1;
                        ask.taken += 1;
                    } else if ask.left == 0 {
                        ask.lacks += 1;
                    }
                }
            }
            if has_room {
                granted.push(id);
            }
        }
        let mut look: Option<i64> = None;
        for (name, ask) in &asks {
            let places = ask.taken.saturating_add(self.pending(ledger, name));
            ledger.hold(name, self.owner, places, self.lease(time));
            let mut next = time;
            if ask.lacks > 0 {
                let step = turn(ask.measure.span);
                next = if ask.yields {
                    time.saturating_add(step)
                } else {
                    let latest = (ask.measure.span / 10).clamp(step, LOOK);
                    ledger
                        .next_room(name, ask.measure, time)
                        .clamp(time.saturating_add(1), time.saturating_add(latest))
                };
                look = Some(look.map_or(next, |look| look.min(next)));
            }
            ledger.claim(name, self.owner, ask.taken, ask.lacks, next, time);
        }
        (granted, look)
    }

    /// Places under way under this name of the ledger's.
    fn pending(&self, ledger: &Ledger, name: &str) -> u32 {
        self.pieces
            .iter()
            .filter(|piece| ledger.follow(&piece.name) == name)
            .fold(0, |sum, piece| sum.saturating_add(piece.pending))
    }

    fn lease(&self, time: i64) -> i64 {
        time.saturating_add(millis(self.file.lease_time()))
    }
}

/// What a process asks of one bucket.
struct Ask {
    measure: Measure,
    wants: u32,
    /// Places that it may still take.
    left: u32,
    taken: u32,
    /// Waiters for which there was none.
    lacks: u32,
    yields: bool,
}

/// One moment on both clocks.
#[derive(Clone, Copy)]
struct Visit {
    now: Instant,
    time: i64,
}

impl Visit {
    fn theirs(self, at: Instant) -> i64 {
        if at > self.now {
            self.time.saturating_add(millis(at - self.now))
        } else {
            self.time.saturating_sub(millis(self.now - at))
        }
    }

    fn ours(self, time: i64) -> Instant {
        let ahead = u64::try_from(time.saturating_sub(self.time)).unwrap_or(0);
        self.now + Duration::from_millis(ahead).min(LONGEST)
    }
}

fn millis(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}

/// So that not everybody comes in the same millisecond.
fn jitter() -> Duration {
    Duration::from_micros(fastrand::u64(..2_000))
}
