//! How fast a step goes, and how long it will take.

use std::time::{Duration, Instant};

use super::counted;

/// How wide a bar is.
const WIDTH: u64 = 24;

/// One step of a command from its beginning on.
pub(crate) struct Pace {
    what: &'static str,
    thing: &'static str,
    started: Instant,
}

/// How far a step is in what it goes through: bytes or users.
#[derive(Clone, Copy)]
pub(crate) struct Part {
    pub(crate) done: u64,
    pub(crate) total: u64,
}

impl Pace {
    /// A step that begins now.
    pub(crate) fn start(what: &'static str, thing: &'static str) -> Self {
        Self { what, thing, started: Instant::now() }
    }

    /// What is done.
    pub(crate) fn what(&self) -> &'static str {
        self.what
    }

    /// How far it is after so many things, with a bar where somebody watches.
    pub(crate) fn text(&self, count: u64, part: Option<Part>, has_bar: bool) -> String {
        self.text_after(self.started.elapsed(), count, part, has_bar)
    }

    fn text_after(&self, time: Duration, count: u64, part: Option<Part>, has_bar: bool) -> String {
        let Self { what, thing, .. } = self;
        let things = counted(count, thing);
        let rate = per_second(count, time);
        let Some(part) = part else { return format!("{what}: {things}, {rate}/s") };
        let (percent, left) = (part.percent(), part.time_left(time));
        let bar = if has_bar { part.bar() } else { String::new() };
        format!("{what}: {bar}{things} ({percent} %), {rate}/s, {left} left")
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

    /// How much of `whole` is done; of nothing, all.
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
    fn rate_and_time_left_follow_from_what_is_done() {
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
    fn a_bar_is_as_full_as_it_is_far() {
        let said = text(1, 5, Some((5, 10)), true);
        assert_eq!(said, "adding: [############............] 5 users (50 %), 5/s, 1 s left");
    }

    #[test]
    fn of_what_has_no_known_end_only_the_rate_is_known() {
        assert_eq!(text(2, 500, None, true), "adding: 500 users, 250/s");
    }
}
