//! Fills in the skeletons of names in rows that earlier releases wrote.

use std::{ops::ControlFlow, time::Duration};

use actix_web::{rt, web};
use rollcall_persistence::{SkeletonPass, Store};

/// The pause between two steps, in which other work runs.
const PAUSE: Duration = Duration::from_millis(20);

/// The time between two passes over rows without a skeleton.
const INTERVAL: Duration = Duration::from_secs(60);

/// One in so many passes reads all rows: if a replica of an earlier release renamed a user, the
/// skeleton is that of the old name.
const PASSES_PER_FULL_ONE: u32 = 60;

/// Checks all rows now and every hour, and rows without a skeleton every minute.
pub(crate) async fn keep_filled(store: Store) {
    loop {
        fill(&store, SkeletonPass::over_all()).await;
        for _ in 1..PASSES_PER_FULL_ONE {
            rt::time::sleep(INTERVAL).await;
            fill(&store, SkeletonPass::over_missing()).await;
        }
        rt::time::sleep(INTERVAL).await;
    }
}

/// Runs one pass. After a failure, the next pass does the rest.
async fn fill(store: &Store, mut pass: SkeletonPass) {
    loop {
        let store = store.clone();
        match web::block(move || pass.step(&store)).await {
            Ok(Ok(ControlFlow::Continue(next))) => pass = next,
            Ok(Ok(ControlFlow::Break(()))) | Err(_) => return,
            Ok(Err(error)) => return log::debug!("filling in skeletons of names: {error}"),
        }
        rt::time::sleep(PAUSE).await;
    }
}
