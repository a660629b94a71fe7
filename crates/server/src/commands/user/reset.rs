//! `rollcall user reset`.

use std::{sync::Arc, time::Duration};

use rollcall_domain::{Caller, InlineHasher, ResetCodes, SystemClock, audit::RequestOrigin};
use rollcall_persistence::Store;

use super::{about, named};
use crate::{commands::output, failure::Failure};

/// Creates a reset code of a user that can be redeemed for `max_age`, and prints it. The code is
/// shown nowhere else.
pub(super) fn create(
    store: Store,
    hasher: Arc<InlineHasher>,
    name: &str,
    max_age: Duration,
) -> Result<(), Failure> {
    let target = named(name)?;
    let store = Arc::new(store);
    let codes = ResetCodes {
        codes: store.clone(),
        users: store,
        passwords: hasher,
        throttle: None,
        clock: Arc::new(SystemClock::default()),
        max_age,
    };
    let issued = codes
        .create(&RequestOrigin::default(), &Caller::Operator, &target)
        .map_err(|error| about(name, &error))?;
    let code = issued.code.shown();
    let until = issued.expire_time;
    output::print(&format!("reset code of {name}, valid once until {until}: {}\n", *code))
}
