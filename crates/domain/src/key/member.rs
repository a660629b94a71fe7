//! The members of a user that no key changes.

use std::fmt;

/// A member that a request names. The two sets of endpoints spell it differently.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyMember {
    /// The new password.
    Password,
    /// The current password, which proves the caller.
    CurrentPassword,
    /// The roles.
    Roles,
}

impl KeyMember {
    /// Says that no key changes the member with this name, which depends on the request.
    #[must_use]
    pub fn refusal(name: impl fmt::Display) -> String {
        format!("API keys cannot change {name}; accepted are name, email and status")
    }
}

impl fmt::Display for KeyMember {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Password => "the password",
            Self::CurrentPassword => "the current password",
            Self::Roles => "roles",
        })
    }
}
