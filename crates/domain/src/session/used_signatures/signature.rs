//! A signature, as a request brings it and as it is remembered.

use jiff::Timestamp;

use crate::user_id::UserId;

/// A signature that a request has used up, unless it is [given
/// back](crate::SessionService::give_back).
#[derive(Clone, Copy, Debug)]
pub struct TakenSignature {
    pub(super) second: i64,
    pub(super) entry: Entry,
}

/// A signature that a request brings.
#[derive(Clone, Copy)]
pub(crate) struct Signed<'a> {
    /// Who made it.
    pub(crate) user: UserId,
    /// When the session began that it was made with.
    pub(crate) begin_time: Timestamp,
    /// When it says that it was made.
    pub(crate) time: Timestamp,
    /// Its bytes.
    pub(crate) signature: &'a [u8; 32],
}

/// A user, the nanosecond within the slice, and a part of the signature. That part is as random as
/// the whole, and two that are alike can be made only with the session's token.
pub(super) type Entry = (UserId, u32, u64);

impl TakenSignature {
    pub(super) fn of(user: UserId, time: Timestamp, signature: &[u8; 32]) -> Self {
        let part = signature.first_chunk().copied().unwrap_or_default();
        let nanosecond = time.as_nanosecond().rem_euclid(1_000_000_000);
        let nanosecond = u32::try_from(nanosecond).unwrap_or_default();
        let second = time.as_nanosecond().div_euclid(1_000_000_000);
        let second = i64::try_from(second).unwrap_or_default();
        Self { second, entry: (user, nanosecond, u64::from_be_bytes(part)) }
    }

    /// When it was made.
    pub(super) fn time(&self) -> Timestamp {
        time_of(self.second, self.entry.1)
    }
}

pub(super) fn time_of(second: i64, nanosecond: u32) -> Timestamp {
    let nanosecond = i32::try_from(nanosecond).unwrap_or_default();
    // Whatever was a time once is one.
    Timestamp::new(second, nanosecond).unwrap_or(Timestamp::MIN)
}
