//! Signatures that requests have used up, so that none is accepted twice.
//!
//! They are kept in slices of one second by the time that they were made at. A signature that is
//! forgotten, because it is too old or there are too many, raises a watermark to its time.
//! Signatures from before a watermark are refused, even when the clock is set back. A user who has
//! too many raises a watermark of that user only; age and the bound in bytes alone raise the
//! common one.

mod saved;
mod state;
#[cfg(test)]
mod tests;

use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use jiff::Timestamp;

use self::state::State;
use crate::UserId;

/// How much is remembered.
#[derive(Clone, Copy)]
pub(super) struct MemoryLimits {
    /// Signatures of one user.
    pub(super) per_user: usize,
    /// Bytes of all.
    pub(super) bytes: usize,
}

/// Signatures that requests have used up.
pub(super) struct UsedSignatures {
    limits: MemoryLimits,
    state: Mutex<State>,
}

/// A signature that a request has used up, unless it is [given
/// back](super::SessionService::give_back).
#[derive(Clone, Copy, Debug)]
pub struct TakenSignature {
    second: i64,
    entry: Entry,
}

/// A signature that a request brings.
#[derive(Clone, Copy)]
pub(super) struct Signed<'a> {
    /// Who made it.
    pub(super) user: UserId,
    /// When the session began that it was made with.
    pub(super) begin_time: Timestamp,
    /// When it says that it was made.
    pub(super) time: Timestamp,
    /// Its bytes.
    pub(super) signature: &'a [u8; 32],
}

/// What a process that was killed may have accepted, as far as its successor knows.
#[derive(Clone, Copy, Debug)]
pub(super) struct Gap {
    /// When the newest of its sessions began. Later sessions had signed nothing.
    pub(super) newest_session: Timestamp,
    /// The latest time that its clients can have signed with.
    pub(super) signed_until: Timestamp,
}

/// Why a signature is not accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    /// It was used before, or its user has used too many since.
    Used,
    /// Signatures of that time are not remembered. Those made this much later are.
    Forgotten(Duration),
}

/// A user, the nanosecond within the slice, and a part of the signature. That part is as random as
/// the whole, and two that are alike can be made only with the session's token.
type Entry = (UserId, u32, u64);

impl UsedSignatures {
    /// Goes on from what processes remembered when they stopped. When there is nothing of that,
    /// the one before may have been killed, and what it may have accepted is refused: the `gap`.
    /// Without sessions there is none.
    pub(super) fn resume(limits: MemoryLimits, saved: &[Vec<u8>], gap: Option<Gap>) -> Self {
        let mut state = State::empty();
        let are_read = saved.iter().all(|saved| {
            let is_read = state.add(saved).is_some();
            state.shrink(limits.bytes);
            is_read
        });
        if let Some(gap) = gap
            && (saved.is_empty() || !are_read)
        {
            state.widen_gap(gap);
        }
        Self { limits, state: Mutex::new(state) }
    }

    /// Uses up a signature. Those that were made before `oldest` are too old to be looked at.
    ///
    /// # Errors
    /// [`Refusal`]; nothing is remembered then.
    pub(super) fn take(
        &self,
        Signed { user, begin_time, time, signature }: Signed<'_>,
        oldest: Timestamp,
    ) -> Result<TakenSignature, Refusal> {
        let mut state = self.lock();
        state.forget_before(oldest);
        let taken = TakenSignature::of(user, time, signature);
        state.check_gap(begin_time, time)?;
        state.check(user, time, &taken)?;
        state.shrink_of(user, self.limits.per_user);
        state.shrink(self.limits.bytes);
        // Behind a watermark that has just risen it need not be remembered to be refused.
        if !state.is_forgotten(user, time) {
            state.insert(&taken);
        }
        Ok(taken)
    }

    /// Whether signatures of a session that begins at `time` would be taken for those of a session
    /// from before the gap.
    pub(super) fn is_of_gap(&self, time: Timestamp) -> bool {
        self.lock().gap.is_some_and(|gap| time == gap.newest_session)
    }

    /// Forgets a signature whose request was refused.
    pub(super) fn give_back(&self, taken: &TakenSignature) {
        self.lock().remove(taken);
    }

    /// Accepts no more, and returns the memory in the form that [`UsedSignatures::resume`] takes.
    pub(super) fn close(&self) -> Vec<u8> {
        let mut state = self.lock();
        state.is_closed = true;
        state.saved()
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl TakenSignature {
    fn of(user: UserId, time: Timestamp, signature: &[u8; 32]) -> Self {
        let part = signature.first_chunk().copied().unwrap_or_default();
        let nanosecond = time.as_nanosecond().rem_euclid(1_000_000_000);
        let nanosecond = u32::try_from(nanosecond).unwrap_or_default();
        let second = time.as_nanosecond().div_euclid(1_000_000_000);
        let second = i64::try_from(second).unwrap_or_default();
        Self { second, entry: (user, nanosecond, u64::from_be_bytes(part)) }
    }

    /// When it was made.
    fn time(&self) -> Timestamp {
        time_of(self.second, self.entry.1)
    }
}

fn time_of(second: i64, nanosecond: u32) -> Timestamp {
    let nanosecond = i32::try_from(nanosecond).unwrap_or_default();
    // Whatever was a time once is one.
    Timestamp::new(second, nanosecond).unwrap_or(Timestamp::MIN)
}
