//! The use cases: what both endpoint sets and the command line do, each with the check of who may.

pub(crate) mod api_keys;
pub(crate) mod audit_log;
pub(crate) mod confirmed_caller;
pub(crate) mod logins;
pub(crate) mod named_account;
pub(crate) mod reset_codes;
pub(crate) mod restrictions;
pub(crate) mod sessions;
pub(crate) mod update_user;
pub(crate) mod user_sessions;
pub(crate) mod users;
