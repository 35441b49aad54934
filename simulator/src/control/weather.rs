//! The vendors' clock and the faults on the way to them.

use std::time::Duration;

use crate::faults::{Fault, FaultAction};
use crate::simulator::Simulator;

impl Simulator {
    /// The vendors' clock in epoch milliseconds. It runs, and starts at real time.
    pub fn now_ms(&self) -> i64 {
        self.lock().clock.now_ms()
    }

    /// Moves the vendors' clock forward: kits get built, what was made comes into sight, tokens
    /// expire, rate windows and blocks pass.
    pub fn advance(&self, by: Duration) {
        self.lock().clock.advance(by);
    }

    /// Sets the vendors' clock, which runs on from there.
    pub fn set_clock_ms(&self, epoch_ms: i64) {
        self.lock().clock.set(epoch_ms);
    }

    /// Adds a fault. Faults are looked at in the order in which they were added.
    pub fn inject(&self, fault: Fault) {
        self.lock().faults.add(fault);
    }

    /// Has requests go wrong at random: `per_mille` of a thousand, each in one of these ways. The
    /// same seed and the same order of requests give the same faults. Replaces an earlier seed.
    pub fn inject_seeded(&self, seed: u64, per_mille: u32, actions: Vec<FaultAction>) {
        self.lock().faults.draw_from(seed, per_mille, actions);
    }

    /// The faults that have struck no request so far: at the end of a test, those that were misspelt
    /// or came too late. Faults drawn from a seed are not among them.
    pub fn unfired_faults(&self) -> Vec<Fault> {
        self.lock().faults.unfired()
    }

    /// Removes all faults, seeded ones too.
    pub fn clear_faults(&self) {
        self.lock().faults.clear();
    }
}
