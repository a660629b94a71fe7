//! Counts attempts, and computes the waits after too many.

use std::{num::NonZeroU32, time::Duration};

use crate::error::too_many::TooManyAttempts;

/// The longest wait.
const LONGEST_WAIT: Duration = Duration::from_secs(60);

/// The attempts of one account or one address. All times are of one [`Clock`](crate::Clock).
#[derive(Debug, Default)]
pub(crate) struct AttemptCount {
    attempts: u32,
    since: Option<Duration>,
    blocked_until: Option<Duration>,
}

impl AttemptCount {
    /// Counts an attempt. From the last one within `limit` on, each is followed by a wait that is
    /// twice as long as the one before. With a `window`, the count starts at 0 when that is over.
    pub(crate) fn add(
        &mut self,
        now: Duration,
        limit: NonZeroU32,
        window: Option<Duration>,
    ) -> Result<(), TooManyAttempts> {
        self.check(now)?;
        self.charge(now, 1, limit, window);
        Ok(())
    }

    /// Counts this number of earlier attempts at once, which together determine the wait.
    pub(crate) fn charge(
        &mut self,
        now: Duration,
        attempts: u32,
        limit: NonZeroU32,
        window: Option<Duration>,
    ) {
        let since = *self.since.get_or_insert(now);
        if window.is_some_and(|window| now.saturating_sub(since) >= window) {
            *self = Self { since: Some(now), ..Self::default() };
        }
        self.attempts = self.attempts.saturating_add(attempts);
        if let Some(excess) = self.attempts.checked_sub(limit.get()) {
            let wait = Duration::from_secs(1_u64.checked_shl(excess).unwrap_or(u64::MAX));
            self.blocked_until = Some(now + wait.min(LONGEST_WAIT));
        }
    }

    /// Counts an attempt within `window`, without any wait.
    pub(crate) fn add_unlimited(&mut self, now: Duration, window: Duration) {
        // The limit is never reached.
        let _ = self.add(now, NonZeroU32::MAX, Some(window));
    }

    /// The current number of attempts.
    pub(crate) fn attempts(&self) -> u32 {
        self.attempts
    }

    /// The number of attempts in the current `window`; 0 once it is over.
    pub(crate) fn attempts_within(&self, now: Duration, window: Duration) -> u32 {
        match self.since {
            Some(since) if now.saturating_sub(since) < window => self.attempts,
            _ => 0,
        }
    }

    /// Fails if an attempt has to wait.
    pub(crate) fn check(&self, now: Duration) -> Result<(), TooManyAttempts> {
        let wait = self.blocked_until.map(|until| until.saturating_sub(now));
        match wait {
            Some(wait) if !wait.is_zero() => Err(TooManyAttempts(wait)),
            _ => Ok(()),
        }
    }

    /// Uncounts this number of attempts.
    pub(crate) fn take_back(&mut self, attempts: u32) {
        self.attempts = self.attempts.saturating_sub(attempts);
    }
}

#[cfg(test)]
mod tests {
    use super::{AttemptCount, TooManyAttempts};
    use std::{num::NonZeroU32, time::Duration};

    fn limit(number: u32) -> NonZeroU32 {
        NonZeroU32::new(number).unwrap()
    }

    #[test]
    fn waits_double_from_a_second_to_a_minute() {
        let (mut count, mut now) = (AttemptCount::default(), Duration::ZERO);
        for _ in 0..10 {
            assert_eq!(count.add(now, limit(10), None), Ok(()));
        }
        for seconds in [1, 2, 4, 8, 16, 32, 60, 60] {
            let wait = Duration::from_secs(seconds);
            assert_eq!(count.add(now, limit(10), None), Err(TooManyAttempts(wait)));
            now += wait;
            assert_eq!(count.add(now, limit(10), None), Ok(()));
        }
    }

    #[test]
    fn attempts_that_are_over_bring_the_wait_of_all() {
        let (mut count, mut now) = (AttemptCount::default(), Duration::ZERO);
        let window = Some(Duration::from_secs(60));
        for seconds in [0, 1, 60] {
            assert_eq!(count.add(now, limit(20), window), Ok(()));
            count.charge(now, 9, limit(20), window);
            let wait = Duration::from_secs(seconds);
            let expected = if seconds == 0 { Ok(()) } else { Err(TooManyAttempts(wait)) };
            assert_eq!(count.check(now), expected);
            now += wait;
        }
    }

    #[test]
    fn a_count_restarts_at_zero_after_its_window() {
        let (mut count, now) = (AttemptCount::default(), Duration::ZERO);
        let window = Some(Duration::from_secs(60));
        for _ in 0..3 {
            assert_eq!(count.add(now, limit(3), window), Ok(()));
        }
        assert!(count.add(now, limit(3), window).is_err());
        let later = now + Duration::from_secs(60);
        let within = |time| count.attempts_within(time, Duration::from_secs(60));
        assert_eq!([within(now), within(later)], [3, 0]);
        for _ in 0..3 {
            assert_eq!(count.add(later, limit(3), window), Ok(()));
        }
        assert!(count.add(later, limit(3), window).is_err());
    }
}
