//! Fills in what names look like in rows that earlier releases have written.

use std::{ops::ControlFlow, time::Duration};

use actix_web::{rt, web};
use rollcall_persistence::{SkeletonPass, Store};

/// How long others go first between two steps.
const PAUSE: Duration = Duration::from_millis(20);

/// How often rows are looked for that have no skeleton.
const INTERVAL: Duration = Duration::from_secs(60);

/// Every so many times all rows are looked at: where a replica of an earlier release has renamed a
/// user, the skeleton is that of the earlier name.
const PASSES_PER_FULL_ONE: u32 = 60;

/// Looks at all rows at once and then every hour, and at those without skeletons every minute.
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

/// One pass. What a failure leaves undone the next one does.
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
