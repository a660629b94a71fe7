//! How slowly a client may read.

use std::time::Duration;

use tokio::time::Instant;

use crate::connection::limits::Limits;

/// The patience with a client that answers are sent to. It is spent while nothing more can be sent,
/// earned with each byte that the client makes room for, and refilled while the client keeps up.
pub(super) struct Pace {
    left: Duration,
    /// When the client fell behind, or when it last kept up.
    since: Instant,
    is_behind: bool,
    /// When the answer that is being sent must be sent, once the client has fallen behind with it.
    deadline: Option<Instant>,
}

impl Pace {
    pub(super) fn new(limits: &Limits) -> Self {
        let (left, since) = (limits.send_timeout, Instant::now());
        Self { left, since, is_behind: false, deadline: None }
    }

    /// Whether something waits until the client has made room for it.
    pub(super) fn is_behind(&self) -> bool {
        self.is_behind
    }

    /// When the client must have made room, if it must.
    pub(super) fn due(&self) -> Option<Instant> {
        let due = self.is_behind.then(|| self.since + self.left)?;
        Some(self.deadline.map_or(due, |deadline| deadline.min(due)))
    }

    /// Nothing more can be sent before the client makes room.
    pub(super) fn fall_behind(&mut self, limits: &Limits, now: Instant) {
        if !self.is_behind {
            self.earn(limits, now - self.since);
            self.is_behind = true;
            self.since = now;
            self.deadline.get_or_insert(now + limits.answer_timeout);
        }
    }

    /// The client has made room for so many bytes.
    pub(super) fn advance(&mut self, limits: &Limits, bytes: usize, now: Instant) {
        self.left = self.left.saturating_sub(now - self.since);
        let rate = limits.send_rate.get();
        let bytes = u32::try_from(bytes).unwrap_or(u32::MAX);
        self.earn(limits, Duration::from_secs(1) * bytes / rate);
        self.is_behind = false;
        self.since = now;
    }

    /// The answer is sent.
    pub(super) fn finish(&mut self) {
        self.deadline = None;
    }

    fn earn(&mut self, limits: &Limits, time: Duration) {
        self.left = self.left.saturating_add(time).min(limits.send_timeout);
    }
}

#[cfg(test)]
mod tests {
    use super::{Duration, Instant, Limits, Pace};

    const LIMITS: Limits = Limits {
        header_timeout: Duration::from_secs(10),
        body_timeout: Duration::from_secs(10),
        keep_alive: Duration::from_secs(5),
        send_timeout: Duration::from_secs(10),
        send_rate: std::num::NonZeroU32::new(1000).unwrap(),
        answer_timeout: Duration::from_secs(600),
        connections: 1,
        connections_per_worker: 1,
    };

    /// How many seconds a client has that makes room for `bytes` each time after `pause` seconds,
    /// and then at once falls behind again; no more than 2000.
    fn borne(pause: u64, bytes: usize) -> u64 {
        let start = Instant::now();
        let (mut pace, mut seconds) = (Pace::new(&LIMITS), 0);
        while seconds < 2000 {
            let now = start + Duration::from_secs(seconds);
            pace.fall_behind(&LIMITS, now);
            let left = (pace.due().unwrap() - start).as_secs();
            if left < seconds + pause {
                return left;
            }
            seconds += pause;
            pace.advance(&LIMITS, bytes, start + Duration::from_secs(seconds));
        }
        seconds
    }

    #[test]
    fn a_client_must_read_at_the_least_speed() {
        // Nothing, a drop each time, half the speed, just the speed.
        assert_eq!([borne(3000, 1), borne(9, 1), borne(1, 500)], [10, 10, 19]);
        assert_eq!([borne(1, 1000), borne(9, 9000)], [600, 600]);
        // What comes at once is no reason to wait longer than for anything else.
        assert_eq!(borne(11, 1_000_000), 10);
    }

    #[test]
    fn each_answer_has_its_own_deadline_and_patience_comes_back() {
        let start = Instant::now();
        let at = |seconds| start + Duration::from_secs(seconds);
        let mut pace = Pace::new(&LIMITS);
        pace.fall_behind(&LIMITS, at(0));
        pace.advance(&LIMITS, 0, at(9));
        pace.finish();
        assert_eq!(pace.due(), None);
        pace.fall_behind(&LIMITS, at(12));
        assert_eq!(pace.due().map(|due| due - start), Some(Duration::from_secs(12 + 1 + 3)));
        assert!(pace.is_behind());
    }
}
