//! `rollcall calibrate`: measures which bcrypt cost fits this machine.

use std::time::{Duration, Instant};

use rollcall_domain::{HashCost, Password, PasswordHash};

use crate::{commands::output, failure::Failure};

/// The measured cost: cheap enough to repeat, expensive enough to measure.
const SAMPLE_COST: u32 = 8;
const SAMPLES: usize = 5;

/// Prints the highest cost at which a hash takes no longer than `target`.
pub(crate) fn calibrate(target: Duration) -> Result<(), Failure> {
    let mut samples = Vec::new();
    for _ in 0..SAMPLES {
        samples.push(time_of_hash(SAMPLE_COST)?);
    }
    let sample = samples.into_iter().min().unwrap_or_default();
    let fits = |cost: &u32| expected(sample, *cost) <= target;
    let cost = (HashCost::MIN..=HashCost::MAX).rev().find(fits).unwrap_or(HashCost::MIN);
    let lines: Vec<_> = (cost.saturating_sub(1)..=cost + 1)
        .filter(|cost| HashCost::new(*cost).is_ok())
        .map(|cost| format!("  cost {cost:>2}  {:>7.1} ms", milliseconds(expected(sample, cost))))
        .collect();
    output::print(&format!(
        "Time of one hash on this idle machine:\n{}\n\
         --bcrypt-cost {cost} is the highest that takes at most {:.0} ms (measured: {:.1} ms).\n",
        lines.join("\n"),
        milliseconds(target),
        milliseconds(time_of_hash(cost)?),
    ))
}

/// Each step of the cost doubles the work.
fn expected(sample: Duration, cost: u32) -> Duration {
    if cost >= SAMPLE_COST {
        sample * (1 << (cost - SAMPLE_COST))
    } else {
        sample / (1 << (SAMPLE_COST - cost))
    }
}

fn time_of_hash(cost: u32) -> Result<Duration, Failure> {
    let password = Password::parse("a password to measure").map_err(|flaw| flaw.to_string())?;
    let cost = HashCost::new(cost).map_err(|reason| reason.to_string())?;
    let begun = Instant::now();
    PasswordHash::new(&password, cost).map_err(|error| error.to_string())?;
    Ok(begun.elapsed())
}

fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}
