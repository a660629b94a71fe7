//! The state of a user who is not deleted.

use std::collections::BTreeSet;

use crate::record::{Fields, Password, View};

/// The state of a user.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Life {
    pub(crate) view: View,
    pub(crate) password: Password,
    /// The keys of the sessions.
    pub(crate) sessions: BTreeSet<String>,
}

/// What a caller proves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Proof {
    /// A password. The name counts when it is verified, and not when the request writes later.
    Password {
        name: Option<String>,
        password: Password,
    },
    Session(String),
}

impl Life {
    /// Sets fields, which makes a new version if something differs.
    pub(super) fn change(&mut self, fields: &Fields) {
        let Fields { name, email, password, is_enabled, is_admin } = fields;
        let before = self.view.clone();
        let view = &mut self.view;
        view.name.clone_from(name.as_ref().unwrap_or(&before.name));
        view.email.clone_from(if email.is_some() { email } else { &before.email });
        view.is_enabled = is_enabled.unwrap_or(before.is_enabled);
        view.is_admin = is_admin.unwrap_or(before.is_admin);
        let is_disabled = before.is_enabled && !view.is_enabled;
        if *view != before || password.is_some() {
            view.version += 1;
        }
        self.password = password.unwrap_or(self.password);
        if is_disabled || password.is_some() {
            self.sessions.clear();
        }
    }

    /// Whether a proof is accepted now.
    pub(super) fn holds(&self, proof: &Proof) -> bool {
        match proof {
            Proof::Password { name, password } => {
                self.view.is_enabled
                    && self.password == *password
                    && name.as_ref().is_none_or(|name| *name == self.view.name)
            }
            Proof::Session(key) => self.sessions.contains(key),
        }
    }
}
