//! What answers requests: the use cases of the domain.

use std::{rc::Rc, sync::Arc};

use rollcall_domain::{ApiKeys, AuditLog, Logins, ResetCodes, SessionService, Users};

/// The use cases, one of each for all workers.
pub struct Services {
    /// Users.
    pub users: Users,
    /// Log-ins with name and password.
    pub logins: Logins,
    /// Sessions, and signed requests.
    pub sessions: SessionService,
    /// API keys.
    pub keys: ApiKeys,
    /// Codes that set a lost password.
    pub reset_codes: ResetCodes,
    /// The audit log.
    pub audit_log: AuditLog,
}

/// The services as a worker has them. A request counts its reference to them on its own thread:
/// workers that all count in one place wait for each other's cores.
pub(crate) type WorkerServices = Rc<Arc<Services>>;
