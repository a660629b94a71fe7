//! Counts users, sessions and audit entries in the background, at most once a minute and a part at
//! a time, independent of scrapes: a store may have millions of users, and may be unavailable.

use std::{
    fmt,
    ops::ControlFlow,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use actix_web::{rt, web};
use rollcall_persistence::{Census, CensusCursor, Store};

use crate::families::Families;

/// The shortest time between two counts.
const INTERVAL: Duration = Duration::from_secs(60);

/// After a slow count, the pause is this many times its duration.
const REST: u32 = 20;

/// The pause between two parts, in which other work runs.
const PAUSE: Duration = Duration::from_millis(20);

/// The last completed count; none before the first.
#[derive(Clone, Default)]
pub(crate) struct LastCensus(Arc<Mutex<Option<Finished>>>);

#[derive(Clone)]
struct Finished {
    census: Census,
    duration: Duration,
    at: SystemTime,
}

/// Counts repeatedly, and puts each result into `last`.
pub(crate) async fn keep(store: Store, max_session_age: Duration, last: LastCensus) {
    loop {
        let started = Instant::now();
        // Failures of the store have their own metrics.
        if let Some(census) = count(&store, max_session_age).await {
            let (duration, at) = (started.elapsed(), SystemTime::now());
            let finished = Finished { census, duration, at };
            *last.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(finished);
        }
        rt::time::sleep(INTERVAL.max(started.elapsed() * REST)).await;
    }
}

async fn count(store: &Store, max_session_age: Duration) -> Option<Census> {
    let mut counting = CensusCursor::new(max_session_age);
    loop {
        let store = store.clone();
        let step = web::block(move || counting.step(&store)).await.ok()?;
        match step {
            Ok(ControlFlow::Break(census)) => return Some(census),
            Ok(ControlFlow::Continue(next)) => counting = next,
            Err(error) => {
                log::debug!("counting users: {error}");
                return None;
            }
        }
        rt::time::sleep(PAUSE).await;
    }
}

pub(crate) fn encode(families: &mut Families<'_>, last: &LastCensus) -> fmt::Result {
    let last = last.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
    let Some(Finished { census, duration, at }) = last else { return Ok(()) };
    families.gauges(
        "rollcall_users",
        "Users by status, at the last count.",
        [
            (&[("status", "enabled")][..], census.enabled),
            (&[("status", "disabled")], census.disabled),
        ],
    )?;
    families.gauge("rollcall_sessions", "Active sessions, at the last count.", census.sessions)?;
    families.gauge(
        "rollcall_audit_entries",
        "Audit log entries, at the last count.",
        census.audit_entries,
    )?;
    let costs = census.hashes.iter().map(|(cost, count)| {
        let cost = cost.map_or_else(|| "other".to_owned(), |cost| cost.to_string());
        (cost, *count)
    });
    let costs: Vec<_> = costs.collect();
    let costs: Vec<_> =
        costs.iter().map(|(cost, count)| ([("cost", cost.as_str())], *count)).collect();
    families.gauges(
        "rollcall_password_hashes",
        "Password hashes by bcrypt cost, at the last count.",
        costs.iter().map(|(labels, count)| (&labels[..], *count)),
    )?;
    let at = at.duration_since(UNIX_EPOCH).unwrap_or_default();
    families.seconds(
        "rollcall_census_timestamp",
        "Time of the last count of users and sessions, in Unix time.",
        at.as_secs_f64(),
    )?;
    families.seconds(
        "rollcall_census_duration",
        "Duration of the last count of users and sessions, with pauses.",
        duration.as_secs_f64(),
    )
}
