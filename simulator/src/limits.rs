//! Rolling windows, counted exactly.

use std::collections::VecDeque;
use std::time::Duration;

use crate::clock::millis;

/// The times of the calls that still count.
#[derive(Debug, Clone, Default)]
pub(crate) struct Window(VecDeque<i64>);

impl Window {
    /// How many calls lie within `window` before `now_ms`. Forgets older ones.
    pub(crate) fn count(&mut self, now_ms: i64, window: Duration) -> usize {
        self.count_kept(now_ms, window, window)
    }

    /// As [`Window::count`], but keeps calls for `kept`, for a bucket that is read with several windows.
    pub(crate) fn count_kept(&mut self, now_ms: i64, window: Duration, kept: Duration) -> usize {
        while self
            .0
            .front()
            .is_some_and(|oldest| now_ms - oldest >= millis(kept))
        {
            self.0.pop_front();
        }
        self.0
            .iter()
            .rev()
            .take_while(|time| now_ms - **time < millis(window))
            .count()
    }

    pub(crate) fn add(&mut self, now_ms: i64) {
        self.0.push_back(now_ms);
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::Window;

    #[test]
    fn a_call_counts_until_its_window_has_passed() {
        let mut window = Window::default();
        let second = Duration::from_secs(1);
        window.add(0);
        window.add(600);
        assert_eq!(window.count(999, second), 2);
        assert_eq!(window.count(1000, second), 1);
        assert_eq!(window.count(1600, second), 0);
    }
}
