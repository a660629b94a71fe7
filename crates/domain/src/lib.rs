//! What a user is, what may be done with one and by whom.
//!
//! The rules stand here once and hold for both endpoint sets and for the command line. The crate
//! knows no HTTP, no JSON and no database: adapters parse their input into the types of this
//! crate, call [`UserService`] and [`SessionService`], and show what they answer. A store is
//! anything that implements [`UserStore`] and [`SessionStore`].

pub mod access;
mod account;
pub mod audit;
mod budget;
mod change;
mod claim;
mod email;
mod error;
mod fold;
mod hashing;
mod import;
mod invalid_username;
mod look_alike;
mod number;
mod page;
pub mod password;
mod preconditions;
mod refusal;
mod role;
mod service;
pub mod session;
pub mod statistics;
mod store;
mod username;

pub use access::{Action, Authentication, Caller, Proof, Registration, UserRef};
pub use account::{Account, NewAccount, PasswordVersion, Revision, Status, User, UserId, Version};
pub use budget::ChangeBudget;
pub use change::{PasswordReplacement, UserChange};
pub use claim::{Claim, Revoked};
pub use email::{EMAIL_MAX_LENGTH, EMAIL_PATTERN, Email, EmailKey, InvalidEmail};
pub use error::{UniqueField, UserError};
pub use hashing::{
    AttemptLimits, ClientKey, HashingPool, HashingStatistics, Overloaded, PasswordHasher,
    TooManyAttempts, canonical,
};
pub use import::{Differences, ImportedUser};
pub use invalid_username::InvalidUsername;
pub use look_alike::{MixedScripts, NameRule, NameSkeleton};
pub use number::{LARGEST_NUMBER, shown_number};
pub use page::{PAGE_MAX_LENGTH, Page, PageQuery, Position, UserFilter};
pub use password::{HashCost, Password, PasswordFlaw, PasswordHash, PresentedPassword};
pub use preconditions::{Preconditions, VersionCondition};
pub use refusal::{Refusal, RefusalReason};
pub use role::{InvalidRoles, ROLE_PATTERN, ROLES_MAX_COUNT, RoleName, Roles};
pub use service::{PasswordPatch, ProvedUser, Registrant, UserPatch, UserService};
pub use session::{SessionService, SessionStore, SignatureFlaw};
pub use store::{ListError, LookUp, StoreError, UserOrder, UserStore, WriteError};
pub use username::{InvalidNamePrefix, NAME_MAX_LENGTH, NameKey, NamePrefix, Username};
