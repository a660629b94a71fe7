//! Work on every user, outside the pools: import, export, copy, backup, restore, census.

pub(crate) mod backup;
pub(crate) mod census;
pub(crate) mod copy;
pub(crate) mod export;
pub(crate) mod import;
pub(crate) mod raw_users;
pub(crate) mod restore;
pub(crate) mod skeletons;
