//! What a user is, what may be done with one and by whom.
//!
//! The rules stand here once and hold for both endpoint sets and for the command line. The crate
//! knows no HTTP, no JSON and no database: adapters parse their input into the types of this
//! crate, call [`Users`], [`Logins`], [`SessionService`], [`ApiKeys`], [`ResetCodes`] and
//! [`AuditLog`], and show their answers. A store is anything that implements [`UserStore`],
//! [`SessionStore`], [`KeyStore`], [`ResetCodeStore`] and [`AuditStore`].

pub mod access;
pub mod audit;
mod client_key;
mod clock;
mod error;
pub mod key;
pub mod limits;
mod login;
mod ports;
mod reset_code;
mod service;
pub mod session;
mod shard;
pub mod statistics;
mod user;
mod user_id;
mod words;

pub use access::{Action, Authentication, Caller, Proof, Registration, UserRef, claim::Claim};
pub use client_key::{ClientKey, canonical};
pub use clock::{
    Clock, SystemClock,
    time_text::{InvalidTime, parse_time},
};
pub use error::{
    Refusal, UserError,
    name::{InvalidUsername, MixedScripts},
    refusal_reason::RefusalReason,
    signature::SignatureFlaw,
    store::{ListError, Revoked, StoreError, UniqueField, WriteError},
    too_many::{Overloaded, TooManyAttempts},
};
pub use login::{
    common_cost::CommonCost,
    hasher::PasswordHasher,
    passwords::{HashPasswords, InlineHasher},
    throttle::{AttemptLimits, Throttle, change_budget::ChangeBudget},
    workers::HashingWorkers,
};
pub use ports::{
    LookUp,
    audit::AuditStore,
    keys::KeyStore,
    number::shown_number,
    queued::{PendingWrite, UpdateQueue, WRITE_PATIENCE},
    reset_codes::ResetCodeStore,
    sessions::SessionStore,
    users::UserStore,
};
pub use reset_code::{IssuedResetCode, NewResetCode, ResetCode, ResetCodeHash};
pub use service::{
    api_keys::{ApiKeys, KeyUse, KeyedCaller, PresentedKey},
    audit_log::AuditLog,
    confirmed_caller::ConfirmedCaller,
    logins::{Logins, ProvedUser},
    reset_codes::ResetCodes,
    restrictions::Restrictions,
    sessions::{Activity, Authenticated, FoundSession, Login, SessionService},
    user_sessions::UserSessions,
    users::Users,
};
pub use shard::shard_of;
pub use user::{
    Account, NamedUser, PasswordVersion, Revision, Status, User, Version,
    change::{PasswordChange, PasswordReplacement, RolesChange, UserChange},
    email::{Email, EmailKey, InvalidEmail},
    look_alike::{NameRule, NameSkeleton},
    name::{InvalidNamePrefix, NameKey, NamePrefix, Username},
    new_user::{Differences, NewUser},
    password::{
        self, Password, PasswordFlaw,
        hash::{HashCost, PasswordHash},
        presented::PresentedPassword,
    },
    preconditions::{Preconditions, VersionCondition},
    query::{Page, PageQuery, Position, UserFilter, UserOrder},
    role::{InvalidRoles, RoleName, Roles},
};
pub use user_id::UserId;
