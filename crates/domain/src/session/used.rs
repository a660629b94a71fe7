//! Signatures that have been taken, so that none is taken twice.

use std::{
    collections::BTreeSet,
    sync::{Mutex, PoisonError},
};

use jiff::Timestamp;

/// Signatures by the time that they were made at. What is forgotten, because it is too old or there
/// are too many, takes everything as old or older with it: that is refused from then on, so that
/// nothing is taken twice even when the clock is set back.
pub(super) struct UsedSignatures {
    capacity: usize,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    seen: BTreeSet<(Timestamp, [u8; 32])>,
    forgotten_until: Option<Timestamp>,
}

impl UsedSignatures {
    /// Remembers at most `capacity` of them, some 60 bytes each.
    pub(super) fn new(capacity: usize) -> Self {
        Self { capacity, state: Mutex::default() }
    }

    /// Whether this is the first time that `signature`, made at `time`, is taken. What was made
    /// before `oldest` nobody will ask about any more.
    pub(super) fn take(&self, time: Timestamp, signature: [u8; 32], oldest: Timestamp) -> bool {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if state.forgotten_until.is_some_and(|until| time <= until) {
            return false;
        }
        let is_new = state.seen.insert((time, signature));
        while state.seen.len() > self.capacity
            || state.seen.first().is_some_and(|(time, _)| *time < oldest)
        {
            state.forgotten_until = state.seen.pop_first().map(|(time, _)| time);
        }
        is_new
    }
}

#[cfg(test)]
mod tests {
    use super::UsedSignatures;
    use jiff::Timestamp;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    #[test]
    fn a_signature_is_taken_once() {
        let used = UsedSignatures::new(10);
        assert!(used.take(at(5), [1; 32], at(0)));
        assert!(used.take(at(5), [2; 32], at(0)));
        assert!(!used.take(at(5), [1; 32], at(0)));
    }

    #[test]
    fn what_is_forgotten_is_never_taken_again() {
        let used = UsedSignatures::new(3);
        for second in 1..=5 {
            assert!(used.take(at(second), [0; 32], at(0)));
        }
        assert_eq!(used.state.lock().unwrap().seen.len(), 3);
        for second in 1..=5 {
            assert!(!used.take(at(second), [0; 32], at(0)));
        }
        assert!(used.take(at(9), [0; 32], at(8)));
        assert_eq!(used.state.lock().unwrap().seen.len(), 1);
        assert!(!used.take(at(4), [9; 32], at(0)));
    }
}
