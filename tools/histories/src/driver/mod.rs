//! The clients.

mod actions;
pub(crate) mod answers;
mod choices;
pub(crate) mod client;
mod cutting;
pub(crate) mod duel;
pub(crate) mod http;
pub(crate) mod load;
pub(crate) mod planted;
pub(crate) mod requests;
mod subject;
