//! The memory as bytes, which a store keeps while no process runs.

use std::collections::BTreeSet;

use jiff::Timestamp;

use super::{
    signature::{Entry, TakenSignature},
    state::{Gap, State},
};
use crate::user_id::UserId;

/// The form of the bytes. Another one is not read, as if the process before had been killed.
const FORM: u8 = 2;

/// The form of release 0.1.0: without a gap.
const FORM_WITHOUT_GAP: u8 = 1;

impl State {
    /// All of it: the form, the gap, the common watermark, those of users, and the slices.
    pub(super) fn saved(&self) -> Vec<u8> {
        let mut bytes = vec![FORM];
        bytes.push(u8::from(self.gap.is_some()));
        if let Some(Gap { newest_session, signed_until }) = self.gap {
            put_time(&mut bytes, newest_session);
            put_time(&mut bytes, signed_until);
        }
        put_time(&mut bytes, self.forgotten_until);
        put_length(&mut bytes, self.forgotten_of.len());
        for (user, until) in &self.forgotten_of {
            bytes.extend(user.0.to_be_bytes());
            put_time(&mut bytes, *until);
        }
        put_length(&mut bytes, self.slices.len());
        for (second, slice) in &self.slices {
            put_slice(&mut bytes, *second, slice);
        }
        bytes
    }

    /// Remembers what was [saved](State::saved), too. None when the bytes are not that, of which a
    /// part may be remembered then.
    pub(super) fn add(&mut self, saved: &[u8]) -> Option<()> {
        let mut reader = Reader(saved);
        match reader.next()? {
            [FORM] => match reader.next()? {
                [0] => {}
                [1] => self.widen_gap(reader.gap()?),
                _ => return None,
            },
            [FORM_WITHOUT_GAP] => {}
            _ => return None,
        }
        self.forgotten_until = self.forgotten_until.max(reader.time()?);
        for _ in 0..reader.length()? {
            let user = UserId(i64::from_be_bytes(reader.next()?));
            let until = reader.time()?;
            let known = self.forgotten_of.entry(user).or_insert(until);
            *known = until.max(*known);
        }
        for _ in 0..reader.length()? {
            let second = i64::from_be_bytes(reader.next()?);
            for _ in 0..reader.length()? {
                let entry = reader.entry()?;
                self.insert(&TakenSignature { second, entry });
            }
        }
        reader.0.is_empty().then_some(())
    }
}

fn put_slice(bytes: &mut Vec<u8>, second: i64, slice: &BTreeSet<Entry>) {
    bytes.extend(second.to_be_bytes());
    put_length(bytes, slice.len());
    for (user, nanosecond, part) in slice {
        bytes.extend(user.0.to_be_bytes());
        bytes.extend(nanosecond.to_be_bytes());
        bytes.extend(part.to_be_bytes());
    }
}

fn put_time(bytes: &mut Vec<u8>, time: Timestamp) {
    bytes.extend(time.as_nanosecond().to_be_bytes());
}

fn put_length(bytes: &mut Vec<u8>, length: usize) {
    bytes.extend(u32::try_from(length).unwrap_or(u32::MAX).to_be_bytes());
}

/// The bytes that are yet to be read.
struct Reader<'a>(&'a [u8]);

impl Reader<'_> {
    fn next<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (first, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(*first)
    }

    fn time(&mut self) -> Option<Timestamp> {
        Timestamp::from_nanosecond(i128::from_be_bytes(self.next()?)).ok()
    }

    fn gap(&mut self) -> Option<Gap> {
        Some(Gap { newest_session: self.time()?, signed_until: self.time()? })
    }

    fn length(&mut self) -> Option<u32> {
        self.next().map(u32::from_be_bytes)
    }

    fn entry(&mut self) -> Option<Entry> {
        let user = UserId(i64::from_be_bytes(self.next()?));
        let nanosecond = u32::from_be_bytes(self.next()?);
        Some((user, nanosecond, u64::from_be_bytes(self.next()?)))
    }
}
