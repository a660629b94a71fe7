//! The use cases of a server.

use std::sync::Arc;

use rollcall_domain::{
    ApiKeys, AuditLog, ChangeBudget, Clock, Logins, PasswordHasher, ResetCodes, Restrictions,
    SessionService, SystemClock, Throttle, UserSessions, Users, session::SessionSecret,
};
use rollcall_http::Services;
use rollcall_persistence::Store;

use crate::{config::serve::ServeSettings, failure::Failure, hashing_threads};

/// Starts the hashing threads, and puts the use cases on `store`. Log-ins, current passwords,
/// reset codes and registrations count attempts in one throttle.
pub(super) fn start(
    settings: &ServeSettings,
    store: &Store,
    secret: SessionSecret,
) -> Result<(Arc<Services>, Arc<PasswordHasher>), Failure> {
    let store = Arc::new(store.clone());
    let cost = settings.store.bcrypt_cost();
    let clock: Arc<dyn Clock> = Arc::new(SystemClock::default());
    let throttle = Arc::new(Throttle::new(settings.limits(), Arc::clone(&clock)));
    let hasher = Arc::new(hashing_threads::start(cost, Arc::clone(&throttle))?);
    hashing_threads::raise_store_cost(&*store, &hasher, cost)
        .map_err(|error| settings.store.database.failure(&error))?;
    let reset_codes = ResetCodes {
        codes: store.clone(),
        users: store.clone(),
        passwords: hasher.clone(),
        throttle: Some(Arc::clone(&throttle)),
        clock: Arc::clone(&clock),
        max_age: settings.reset_codes.max_age(),
    };
    let restrictions = Restrictions {
        registration: settings.registration.into(),
        names: settings.names.into(),
        budget: ChangeBudget::new(settings.changes_per_user, Arc::clone(&clock)),
        throttle: Some(Arc::clone(&throttle)),
    };
    let users = Users::new(store.clone(), hasher.clone(), restrictions, Arc::clone(&clock));
    let keys = ApiKeys::new(store.clone(), Some(throttle), Arc::clone(&clock));
    let sessions = UserSessions::new(store.clone(), settings.sessions.max_age(), clock);
    let sessions = SessionService::start(sessions, secret, settings.signing_policy())
        .map_err(|error| format!("reading the used signatures: {error}"))?;
    let logins = Logins::new(store.clone(), Arc::clone(&hasher));
    let audit_log = AuditLog::new(store);
    let services = Services { users, logins, sessions, keys, reset_codes, audit_log };
    Ok((Arc::new(services), hasher))
}
