//! One type for each table, with its conversion from and to the domain.

pub(crate) mod audit;
pub(crate) mod key;
pub(crate) mod roles;
pub(crate) mod session;
pub(crate) mod user;
