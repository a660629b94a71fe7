//! Signatures that requests have used up, so that none is accepted twice.
//!
//! They are kept in slices of one second by the time that they were made at. A signature that is
//! forgotten, because it is too old or there are too many, raises a watermark to its time.
//! Signatures from before a watermark are refused, even when the clock is set back. A user who has
//! too many raises a watermark of that user only; age and the bound in bytes alone raise the
//! common one.

mod saved;
pub(crate) mod signature;
pub(crate) mod state;
#[cfg(test)]
mod tests;

use std::sync::{Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;

use signature::{Signed, TakenSignature};
use state::{Gap, Refusal, State};

/// How much is remembered.
#[derive(Clone, Copy)]
pub(crate) struct MemoryLimits {
    /// Signatures of one user.
    pub(crate) per_user: usize,
    /// Bytes of all.
    pub(crate) bytes: usize,
}

/// Signatures that requests have used up.
pub(crate) struct UsedSignatures {
    limits: MemoryLimits,
    state: Mutex<State>,
}

impl UsedSignatures {
    /// Goes on from what processes remembered when they stopped. When there is nothing of that,
    /// the one before may have been killed, and what it may have accepted is refused: the `gap`.
    /// Without sessions there is none.
    pub(crate) fn resume(limits: MemoryLimits, saved: &[Vec<u8>], gap: Option<Gap>) -> Self {
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
    pub(crate) fn take(
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
    pub(crate) fn is_of_gap(&self, time: Timestamp) -> bool {
        self.lock().gap.is_some_and(|gap| time == gap.newest_session)
    }

    /// Forgets a signature whose request was refused.
    pub(crate) fn give_back(&self, taken: &TakenSignature) {
        self.lock().remove(taken);
    }

    /// Accepts no more, and returns the memory in the form that [`UsedSignatures::resume`] takes.
    pub(crate) fn close(&self) -> Vec<u8> {
        let mut state = self.lock();
        state.is_closed = true;
        state.saved()
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
