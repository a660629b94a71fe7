use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use super::{
    MemoryLimits, UsedSignatures,
    signature::{Signed, TakenSignature},
    state::{Gap, Refusal},
};
use crate::user_id::UserId;

const ALICE: UserId = UserId(1);
const BOB: UserId = UserId(2);

/// As a server has them.
const LIMITS: MemoryLimits = MemoryLimits { per_user: 1000, bytes: 32 << 20 };

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap()
}

fn milliseconds(count: i64) -> Timestamp {
    at(0) + SignedDuration::from_millis(count)
}

/// Signatures of a process that follows one which has accepted none.
fn used(limits: MemoryLimits) -> UsedSignatures {
    let before = UsedSignatures::resume(limits, &[], None);
    UsedSignatures::resume(limits, &[before.close()], Some(gap(1_000_000)))
}

fn take(
    used: &UsedSignatures,
    signer: UserId,
    time: Timestamp,
    byte: u8,
) -> Result<TakenSignature, Refusal> {
    used.take(signed(signer, time, &[byte; 32]), at(0))
}

/// A signature of a session that began at 0.
fn signed(user: UserId, time: Timestamp, signature: &[u8; 32]) -> Signed<'_> {
    Signed { user, begin_time: at(0), time, signature }
}

/// Whether the signature is refused because it was used.
fn is_used(used: &UsedSignatures, signer: UserId, time: Timestamp, byte: u8) -> bool {
    matches!(take(used, signer, time, byte), Err(Refusal::Used))
}

#[test]
fn a_signature_is_accepted_once() {
    let used = used(LIMITS);
    assert!(take(&used, ALICE, at(5), 1).is_ok());
    assert!(take(&used, ALICE, at(5), 2).is_ok());
    assert!(take(&used, BOB, at(5), 1).is_ok());
    assert!(is_used(&used, ALICE, at(5), 1));
}

#[test]
fn a_signature_of_a_refused_request_may_be_sent_again() {
    let used = used(LIMITS);
    let taken = take(&used, ALICE, at(5), 1).unwrap();
    assert!(is_used(&used, ALICE, at(5), 1));
    used.give_back(&taken);
    assert!(take(&used, ALICE, at(5), 1).is_ok());
    assert!(is_used(&used, ALICE, at(5), 1));
    assert_eq!(used.lock().length, 1);
}

#[test]
fn refused_requests_take_no_place_and_raise_no_watermark() {
    let used = used(LIMITS);
    let first = take(&used, ALICE, milliseconds(0), 0);
    assert!(first.is_ok());
    for count in 1..10_000 {
        let taken = take(&used, ALICE, milliseconds(count), 0).unwrap();
        used.give_back(&taken);
    }
    let state = used.lock();
    assert_eq!((state.length, state.forgotten_of.len()), (1, 0));
}

#[test]
fn twenty_thousand_other_users_make_none_forgotten() {
    let used = used(LIMITS);
    assert!(take(&used, ALICE, at(5), 0).is_ok());
    for signer in 2..20_000 {
        for byte in 1..4 {
            assert!(take(&used, UserId(signer), at(6), byte).is_ok());
        }
    }
    assert!(is_used(&used, ALICE, at(5), 0));
}

#[test]
fn a_user_with_too_many_raises_only_a_watermark_of_its_own() {
    let used = used(LIMITS);
    assert!(take(&used, BOB, milliseconds(1), 0).is_ok());
    for count in 1..=3000 {
        assert!(take(&used, ALICE, milliseconds(count), 0).is_ok());
    }
    // None is accepted again: the oldest are behind the watermark, the others remembered.
    assert!((1..=3000).all(|count| is_used(&used, ALICE, milliseconds(count), 0)));
    assert!(is_used(&used, ALICE, milliseconds(1000), 9));
    assert!(take(&used, ALICE, milliseconds(2500), 9).is_ok());
    assert!(is_used(&used, BOB, milliseconds(1), 0));
    assert!(take(&used, BOB, milliseconds(2), 0).is_ok());
    assert!(used.lock().counts[&ALICE] <= 1001);
}

#[test]
fn a_users_watermark_outlives_what_the_user_sent_before() {
    let used = used(LIMITS);
    for count in 0..2000 {
        assert!(take(&used, ALICE, milliseconds(10_000 + count), 0).is_ok());
    }
    let until = used.lock().forgotten_of[&ALICE];
    // All that was sent in those two seconds is too old; now nothing of that time is accepted.
    assert!(used.take(signed(BOB, at(400), &[0; 32]), at(100)).is_ok());
    assert!(used.lock().forgotten_of.is_empty());
    for time in [milliseconds(10_000), until, milliseconds(11_999)] {
        assert!(matches!(take(&used, ALICE, time, 0), Err(Refusal::Forgotten(_))));
    }
}

#[test]
fn signatures_too_old_are_refused_after_the_clock_is_set_back() {
    let used = used(LIMITS);
    assert!(used.take(signed(ALICE, at(9), &[0; 32]), at(0)).is_ok());
    assert!(used.take(signed(ALICE, at(20), &[0; 32]), at(11)).is_ok());
    assert_eq!(used.lock().length, 1);
    assert!(matches!(take(&used, ALICE, at(9), 0), Err(Refusal::Forgotten(_))));
}

#[test]
fn only_the_bound_in_bytes_raises_the_common_watermark() {
    let limits = MemoryLimits { bytes: 100_000, ..LIMITS };
    let used = used(limits);
    for second in 0..50 {
        for signer in 0..100 {
            assert!(take(&used, UserId(signer), at(second), 0).is_ok());
            assert!(used.lock().bytes() <= limits.bytes + 1000);
        }
    }
    let until = used.lock().forgotten_until;
    assert!(until > at(0) && until < at(49));
    for second in 0..50 {
        let refusal = take(&used, UserId(7), at(second), 0).unwrap_err();
        match refusal {
            Refusal::Used => assert!(at(second) > until),
            Refusal::Forgotten(wait) => {
                assert_eq!(wait, until.duration_since(at(second)).unsigned_abs());
            }
        }
    }
}

#[test]
fn the_memory_survives_a_clean_stop() {
    let before = used(LIMITS);
    for count in 0..1500 {
        assert!(take(&before, ALICE, milliseconds(count), 0).is_ok());
    }
    let taken = take(&before, BOB, at(5), 0).unwrap();
    assert!(take(&before, BOB, at(5), 1).is_ok());
    before.give_back(&taken);
    let saved = before.close();
    assert_eq!(take(&before, BOB, at(7), 0).unwrap_err(), Refusal::Forgotten(Duration::ZERO));
    let other = used(LIMITS);
    assert!(take(&other, BOB, at(5), 2).is_ok());
    let after = UsedSignatures::resume(LIMITS, &[saved, other.close()], Some(gap(100)));
    assert!((0..1500).all(|count| is_used(&after, ALICE, milliseconds(count), 0)));
    assert!(take(&after, BOB, at(5), 0).is_ok());
    assert!(is_used(&after, BOB, at(5), 1) && is_used(&after, BOB, at(5), 2));
    // A clock that is slow is no reason to refuse.
    assert!(take(&after, BOB, at(40), 0).is_ok());
}

#[test]
fn after_a_kill_what_old_sessions_may_have_signed_is_refused() {
    let saved = used(LIMITS).close();
    let cut = saved[..saved.len() - 1].to_vec();
    let longer = [&saved[..], &[0]].concat();
    let of_another_form = [&[0], &saved[1..]].concat();
    for saved in [vec![], vec![cut], vec![longer], vec![of_another_form], vec![vec![]]] {
        let used = UsedSignatures::resume(LIMITS, &saved, Some(gap(100)));
        for (second, wait) in [(40, 60), (99, 1), (100, 0)] {
            let refusal = Refusal::Forgotten(Duration::from_secs(wait));
            assert_eq!(take(&used, ALICE, at(second), 0).unwrap_err(), refusal);
        }
        assert!(take(&used, ALICE, milliseconds(100_001), 0).is_ok());
        // A session that began since then had signed nothing.
        let new = |second| Signed { begin_time: at(31), ..signed(ALICE, at(second), &[1; 32]) };
        assert!(used.take(new(40), at(0)).is_ok());
        assert!(matches!(used.take(new(40), at(0)), Err(Refusal::Used)));
    }
}

#[test]
fn a_gap_outlives_a_clean_stop_and_stays_as_wide_as_it_was() {
    let used = UsedSignatures::resume(LIMITS, &[], Some(gap(100)));
    let later = Gap { newest_session: at(60), signed_until: at(130) };
    let after = UsedSignatures::resume(LIMITS, &[used.close()], Some(later));
    assert!(matches!(take(&after, ALICE, at(100), 0), Err(Refusal::Forgotten(_))));
    assert!(take(&after, ALICE, at(101), 0).is_ok());
    let of_new = Signed { begin_time: at(31), ..signed(BOB, at(40), &[0; 32]) };
    assert!(after.take(of_new, at(0)).is_ok());
    assert!(after.is_of_gap(at(30)) && !after.is_of_gap(at(31)));
}

#[test]
fn what_release_0_1_0_remembered_is_read() {
    let used = used(LIMITS);
    assert!(take(&used, ALICE, at(5), 0).is_ok());
    let mut saved = used.close();
    assert_eq!(saved[..2], [2, 0]);
    saved.splice(..2, [1]);
    let after = UsedSignatures::resume(LIMITS, &[saved], Some(gap(100)));
    assert!(is_used(&after, ALICE, at(5), 0));
    assert!(take(&after, ALICE, at(6), 0).is_ok());
}

#[test]
fn without_sessions_a_kill_leaves_no_gap() {
    let used = UsedSignatures::resume(LIMITS, &[], None);
    assert!(take(&used, ALICE, at(0), 0).is_ok());
}

/// The gap of a process whose newest session began at 30.
fn gap(until: i64) -> Gap {
    Gap { newest_session: at(30), signed_until: at(until) }
}
