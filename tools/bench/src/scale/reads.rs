//! Reads of one user.

use super::Store;
use crate::{
    Result,
    client::Client,
    median, row,
    server::{Rollcall, admin},
    throughput::{CLIENTS, Load, ROUNDS, with_basic, wrk},
};

const SECONDS: u32 = 3;

/// How many different requests there are, and a prime that scatters them over the ids.
const REQUESTS: u64 = 20_000;
const STEP: u64 = 7_368_787;

/// Measures reads of users all over the store, in turns with the smallest; returns the seconds that
/// one takes on one connection.
pub(super) fn measure(store: &Store, smallest: Option<&Store>) -> Result<f64> {
    let load = load(store.users);
    let small = smallest.map(|store| (&store.rollcall, self::load(store.users)));
    let (mut rates, mut ratios) = (Vec::new(), Vec::new());
    rate(&store.rollcall, &load)?;
    for _ in 0..ROUNDS {
        let measured = rate(&store.rollcall, &load)?;
        rates.push(measured);
        if let Some((rollcall, load)) = &small {
            ratios.push(rate(rollcall, load)? / measured);
        }
    }
    let beside = if ratios.is_empty() {
        String::new()
    } else {
        format!(", {:.2} times the cost on the smallest store", median(ratios))
    };
    let what = "`GET /users/{userId}` of scattered users, Basic, known, 64 connections";
    row(&store.title(what), &format!("{:.0}/s{beside}", median(rates)));
    alone(store)
}

fn load(users: u32) -> Vec<Load> {
    (0..REQUESTS).map(|number| with_basic(&path(number, users), admin())).collect()
}

fn path(number: u64, users: u32) -> String {
    format!("/users/{}", 1 + number * STEP % u64::from(users))
}

fn rate(rollcall: &Rollcall, load: &[Load]) -> Result<f64> {
    Ok(wrk(&rollcall.address, load, CLIENTS, SECONDS)?.per_second)
}

/// The median of reads, one after the other.
fn alone(store: &Store) -> Result<f64> {
    let mut client = Client::connect(&store.rollcall.address, None)?;
    let paths = (0..super::pages::TRIES).map(|number| path(number, store.users));
    super::pages::each(&mut client, paths)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn requests_are_scattered_over_all_ids() {
        let paths: HashSet<_> = (0..1000).map(|number| path(number, 1000)).collect();
        assert_eq!(paths.len(), 1000);
        assert!(paths.contains("/users/1") && paths.contains("/users/1000"));
    }
}
