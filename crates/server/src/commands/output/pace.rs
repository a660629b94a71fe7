//! The rate of a step, and its remaining time.

use std::time::{Duration, Instant};

use crate::words::counted;

/// The width of a bar.
const WIDTH: u64 = 24;

/// One step of a command.
pub(crate) struct Pace {
    verb: &'static str,
    thing: &'static str,
    started: Instant,
}

/// The progress of a step, in bytes or users.
#[derive(Clone, Copy)]
pub(crate) struct Part {
    pub(crate) done: u64,
    pub(crate) total: u64,
}

impl Pace {
    /// A step that begins now.
    pub(crate) fn start(verb: &'static str, thing: &'static str) -> Self {
        Self { verb, thing, started: Instant::now() }
    }

    /// The verb of the step, such as `adding`.
    pub(crate) fn verb(&self) -> &'static str {
        self.verb
    }

    /// The progress after `count` things, with a bar on a terminal.
    pub(crate) fn text(&self, count: u64, part: Option<Part>, has_bar: bool) -> String {
        self.text_after(self.started.elapsed(), count, part, has_bar)
    }

    fn text_after(&self, time: Duration, count: u64, part: Option<Part>, has_bar: bool) -> String {
        let Self { verb, thing, .. } = self;
        let things = counted(count, thing);
        let rate = per_second(count, time);
        let Some(part) = part else { return format!("{verb}: {things}, {rate}/s") };
        let (percent, left) = (part.percent(), part.time_left(time));
        let bar = if has_bar { part.bar() } else { String::new() };
        format!("{verb}: {bar}{things} ({percent} %), {rate}/s, {left} left")
    }
}

impl Part {
    fn percent(self) -> u64 {
        self.of(100)
    }

    fn bar(self) -> String {
        let full = usize::try_from(self.of(WIDTH)).unwrap_or_default();
        let empty = usize::try_from(WIDTH).unwrap_or_default().saturating_sub(full);
        format!("[{}{}] ", "#".repeat(full), ".".repeat(empty))
    }

    /// The done part of `whole`. An empty step is done.
    fn of(self, whole: u64) -> u64 {
        (self.done.min(self.total) * whole).checked_div(self.total).unwrap_or(whole)
    }

    fn time_left(self, spent: Duration) -> String {
        let left = u128::from(self.total.saturating_sub(self.done)) * spent.as_millis();
        let seconds = left.checked_div(u128::from(self.done) * 1000).unwrap_or_default();
        match seconds {
            0..60 => format!("{seconds} s"),
            60..3600 => format!("{} min {} s", seconds / 60, seconds % 60),
            _ => format!("{} h {} min", seconds / 3600, seconds / 60 % 60),
        }
    }
}

fn per_second(count: u64, time: Duration) -> u128 {
    (u128::from(count) * 1_000_000).checked_div(time.as_micros()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::{Pace, Part};
    use std::time::Duration;

    fn text(seconds: u64, count: u64, part: Option<(u64, u64)>, has_bar: bool) -> String {
        let part = part.map(|(done, total)| Part { done, total });
        let pace = Pace::start("adding", "user");
        pace.text_after(Duration::from_secs(seconds), count, part, has_bar)
    }

    #[test]
    fn shows_the_rate_and_the_time_left() {
        for (seconds, done, total, expected) in [
            (2, 500, 2000, "adding: 500 users (25 %), 250/s, 6 s left"),
            (100, 50, 100, "adding: 50 users (50 %), 0/s, 1 min 40 s left"),
            (100, 1, 100, "adding: 1 user (1 %), 0/s, 2 h 45 min left"),
            (0, 7, 7, "adding: 7 users (100 %), 0/s, 0 s left"),
            (0, 0, 0, "adding: 0 users (100 %), 0/s, 0 s left"),
        ] {
            assert_eq!(text(seconds, done, Some((done, total)), false), expected);
        }
    }

    #[test]
    fn fills_the_bar_by_the_done_part() {
        let said = text(1, 5, Some((5, 10)), true);
        assert_eq!(said, "adding: [############............] 5 users (50 %), 5/s, 1 s left");
    }

    #[test]
    fn shows_only_the_rate_of_an_unknown_total() {
        assert_eq!(text(2, 500, None, true), "adding: 500 users, 250/s");
    }
}
