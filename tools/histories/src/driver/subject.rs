//! Users that the clients work on, and what the clients know of them.

use std::sync::{
    Mutex, MutexGuard, PoisonError, RwLock,
    atomic::{AtomicUsize, Ordering},
};

use super::client::Token;
use crate::record::{Credential, Id, Password, View};

/// A user. Many clients use it at once, and one cuts its history alone.
pub(crate) struct Subject {
    pub(crate) id: Id,
    /// Held by each client during a call, and alone by a client that cuts.
    pub(crate) gate: RwLock<()>,
    calls: AtomicUsize,
    unknown: AtomicUsize,
    known: Mutex<Known>,
}

/// What answers have shown. It may be out of date: stale guesses test refusals.
pub(crate) struct Known {
    pub(crate) view: View,
    pub(crate) passwords: Vec<Password>,
    pub(crate) sessions: Vec<(String, Token)>,
}

impl Subject {
    pub(crate) fn new(view: View, password: Password) -> Self {
        let id = view.id;
        let known = Known { view, passwords: vec![password], sessions: Vec::new() };
        let (calls, unknown) = (AtomicUsize::new(0), AtomicUsize::new(0));
        Self { id, gate: RwLock::new(()), calls, unknown, known: Mutex::new(known) }
    }

    pub(crate) fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Counts a call since the last cut.
    pub(crate) fn count(&self) {
        self.calls.fetch_add(1, Ordering::Relaxed);
    }

    /// Counts a call whose outcome is unknown.
    pub(crate) fn count_unknown(&self) {
        self.unknown.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn calls(&self) -> usize {
        self.calls.load(Ordering::Relaxed)
    }

    pub(crate) fn unknown(&self) -> usize {
        self.unknown.load(Ordering::Relaxed)
    }

    /// Starts counting again after a cut, which has set this password.
    pub(crate) fn was_cut(&self, view: View, password: Password) {
        self.calls.store(0, Ordering::Relaxed);
        let mut known = self.known();
        known.view = view;
        known.passwords.push(password);
        known.sessions.clear();
    }

    /// Credentials with a password, mostly the newest.
    pub(crate) fn with_password(&self) -> Credential {
        let known = self.known();
        let count = known.passwords.len();
        let back = if fastrand::u8(..5) == 0 { 1 + fastrand::usize(..3) } else { 1 };
        let password = known.passwords.get(count.saturating_sub(back)).copied();
        let (name, password) = (known.view.name.clone(), password.unwrap_or_default());
        Credential::Password { user: self.id, name, password }
    }

    /// Credentials of one of the last sessions, with the token.
    pub(crate) fn with_session(&self) -> Option<(Credential, Token)> {
        let known = self.known();
        let back = fastrand::usize(1..=4);
        let (key, token) = known.sessions.get(known.sessions.len().checked_sub(back)?)?.clone();
        Some((Credential::Session { user: self.id, key }, token))
    }
}

impl Known {
    /// Keeps the newest view.
    pub(crate) fn see(&mut self, view: View) {
        if view.version >= self.view.version {
            self.view = view;
        }
    }
}
