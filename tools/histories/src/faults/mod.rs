//! What disturbs the service: processes that end and stop, a database that does, and a network that
//! is cut.

pub(crate) mod nemesis;
pub(crate) mod postgres;
pub(crate) mod replica;
pub(crate) mod wire;
