//! Claims to be a user.

use crate::{
    client_key::ClientKey,
    user::{name::NameKey, password::presented::PresentedPassword},
};

/// A password that is said to be that of a name, and where that comes from.
#[derive(Clone, Copy)]
pub struct Claim<'a> {
    pub(crate) client_key: ClientKey,
    pub(crate) name: &'a NameKey,
    pub(crate) password: &'a PresentedPassword,
}
