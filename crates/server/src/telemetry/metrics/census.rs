//! Counts users, sessions and audit entries in the background, at most once a minute and a part at
//! a time, independent of scrapes: a store may have millions of users, and may be unavailable.

use std::{
    ops::ControlFlow,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use actix_web::{rt, web};
use jiff::Timestamp;
use rollcall_domain::{
    Clock,
    statistics::{
        Family, Observe,
        Values::{Gauges, Seconds},
        labelled, unlabelled,
    },
};
use rollcall_persistence::{Census, CensusCursor, Store};

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
    at: Timestamp,
}

/// Counts repeatedly, and puts each result into `last`.
pub(crate) async fn keep(
    store: Store,
    max_session_age: Duration,
    clock: impl Clock,
    last: LastCensus,
) {
    loop {
        let started = Instant::now();
        // Failures of the store have their own metrics.
        if let Some(census) = count(&store, max_session_age, clock.now()).await {
            let (duration, at) = (started.elapsed(), clock.now());
            let finished = Finished { census, duration, at };
            *last.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(finished);
        }
        rt::time::sleep(INTERVAL.max(started.elapsed() * REST)).await;
    }
}

async fn count(store: &Store, max_session_age: Duration, now: Timestamp) -> Option<Census> {
    let mut counting = CensusCursor::new(max_session_age, now);
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

impl Observe for LastCensus {
    fn observe(&self) -> Vec<Family> {
        let last = self.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let Some(Finished { census, duration, at }) = last else { return Vec::new() };
        let hashes = census.hashes.iter().map(|(cost, count)| {
            ([cost.map_or_else(|| "other".to_owned(), |cost| cost.to_string())], *count)
        });
        vec![
            Family::new(
                "rollcall_users",
                "Users by status, at the last count.",
                Gauges(labelled(
                    ["status"],
                    [(["enabled"], census.enabled), (["disabled"], census.disabled)],
                )),
            ),
            Family::new(
                "rollcall_sessions",
                "Active sessions, at the last count.",
                Gauges(unlabelled(census.sessions)),
            ),
            Family::new(
                "rollcall_audit_entries",
                "Audit log entries, at the last count.",
                Gauges(unlabelled(census.audit_entries)),
            ),
            Family::new(
                "rollcall_password_hashes",
                "Password hashes by bcrypt cost, at the last count.",
                Gauges(labelled(["cost"], hashes)),
            ),
            Family::new(
                "rollcall_census_timestamp",
                "Time of the last count of users and sessions, in Unix time.",
                Seconds(at.as_duration().as_secs_f64()),
            ),
            Family::new(
                "rollcall_census_duration",
                "Duration of the last count of users and sessions, with pauses.",
                Seconds(duration.as_secs_f64()),
            ),
        ]
    }
}
