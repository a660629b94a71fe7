//! The model of a user: a versioned register with compare-and-set, a password and sessions.

use super::{
    life::{Life, Proof},
    search::Model,
};
use crate::record::{Fields, Refusal, View};

/// A user, or none after a deletion.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Account(pub(crate) Option<Life>);

/// What a call does to the user.
#[derive(Clone, Debug)]
pub(crate) enum Step {
    Read,
    Prove(Proof),
    ProveAdmin(Proof),
    /// `name` is the user's, if it says which user is changed. `by` is the user's own proof. Both
    /// must hold at the commit.
    Change {
        name: Option<String>,
        if_match: Option<u64>,
        fields: Fields,
        by: Option<Proof>,
    },
    Delete {
        name: String,
        if_match: Option<u64>,
    },
    LogIn(Proof),
    EndSession(String),
    EndSessions,
}

/// What it answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Answer {
    View(View),
    /// The version that a change made.
    Version(u64),
    Session(String),
    Done,
    Refused(Refusal),
}

impl Model for Account {
    type Step = Step;
    type Answer = Answer;

    fn apply(&mut self, step: &Step) {
        match step {
            Step::Change { name, if_match, fields, by } => {
                if self.allows(by.as_ref()) && self.is(name.as_deref(), *if_match) {
                    self.0.iter_mut().for_each(|life| life.change(fields));
                }
            }
            Step::Delete { name, if_match } => {
                if self.is(Some(name), *if_match) {
                    self.0 = None;
                }
            }
            Step::EndSession(key) => {
                self.0.iter_mut().for_each(|life| life.sessions.retain(|other| other != key));
            }
            Step::EndSessions => self.0.iter_mut().for_each(|life| life.sessions.clear()),
            Step::Read | Step::Prove(_) | Step::ProveAdmin(_) | Step::LogIn(_) => {}
        }
    }

    fn accepts(&mut self, step: &Step, answer: &Answer) -> bool {
        match answer {
            Answer::Refused(refusal) => self.refuses(step, *refusal),
            Answer::View(view) => self.shows(step, view),
            Answer::Version(version) => self.made(step, *version),
            Answer::Session(key) => match (step, &mut self.0) {
                (Step::LogIn(proof), Some(life)) => {
                    life.holds(proof) && life.sessions.insert(key.clone())
                }
                _ => false,
            },
            Answer::Done => self.did(step),
        }
    }
}

impl Account {
    fn matches(&self, if_match: Option<u64>) -> bool {
        let version = self.0.as_ref().map(|life| life.view.version);
        version.is_some_and(|version| if_match.is_none_or(|expected| expected == version))
    }

    fn has_name(&self, name: &str) -> bool {
        self.0.as_ref().is_some_and(|life| life.view.name == name)
    }

    /// Whether a request for this name and version is about it.
    fn is(&self, name: Option<&str>, if_match: Option<u64>) -> bool {
        name.is_none_or(|name| self.has_name(name)) && self.matches(if_match)
    }

    fn allows(&self, by: Option<&Proof>) -> bool {
        by.is_none_or(|proof| self.holds(proof))
    }

    fn holds(&self, proof: &Proof) -> bool {
        self.0.as_ref().is_some_and(|life| life.holds(proof))
    }

    fn is_admin(&self) -> bool {
        self.0.as_ref().is_some_and(|life| life.view.is_admin)
    }

    /// Whether it may show this user. Takes the step.
    fn shows(&mut self, step: &Step, view: &View) -> bool {
        let is_possible = matches!(step, Step::Read) || self.changes(step);
        is_possible && self.0.as_ref().is_some_and(|life| life.view == *view)
    }

    /// Whether it may make this version. Takes the step.
    fn made(&mut self, step: &Step, version: u64) -> bool {
        self.changes(step) && self.0.as_ref().is_some_and(|life| life.view.version == version)
    }

    /// Whether a step is a change that is possible. Takes it.
    fn changes(&mut self, step: &Step) -> bool {
        let Step::Change { name, if_match, by, .. } = step else { return false };
        let is_possible = self.allows(by.as_ref()) && self.is(name.as_deref(), *if_match);
        self.apply(step);
        is_possible
    }

    /// Whether a step without more in its answer is possible. Takes it.
    fn did(&mut self, step: &Step) -> bool {
        match step {
            Step::Prove(proof) => self.holds(proof),
            Step::ProveAdmin(proof) => self.holds(proof) && self.is_admin(),
            Step::Delete { name, if_match } => {
                let is_possible = self.is(Some(name), *if_match);
                self.0 = None;
                is_possible
            }
            Step::EndSession(key) => self.0.as_mut().is_some_and(|life| life.sessions.remove(key)),
            Step::EndSessions => {
                self.apply(step);
                self.0.is_some()
            }
            Step::Read | Step::Change { .. } | Step::LogIn(_) => false,
        }
    }

    fn refuses(&self, step: &Step, refusal: Refusal) -> bool {
        match (step, refusal) {
            (Step::Prove(proof), Refusal::Unauthenticated) => !self.holds(proof),
            (Step::ProveAdmin(proof), Refusal::Forbidden) => self.holds(proof) && !self.is_admin(),
            (Step::Change { name: None, if_match, .. }, Refusal::Mismatch) => {
                self.0.is_some() && !self.matches(*if_match)
            }
            (
                Step::Change { name: Some(name), if_match, .. } | Step::Delete { name, if_match },
                Refusal::Mismatch,
            ) => !self.is(Some(name), *if_match),
            (Step::Change { .. }, Refusal::Conflict) => self.0.is_some(),
            (
                Step::Change { name: Some(name), .. } | Step::Delete { name, .. },
                Refusal::Missing,
            ) => !self.has_name(name),
            (Step::EndSession(key), Refusal::Missing) => {
                !self.0.as_ref().is_some_and(|life| life.sessions.contains(key))
            }
            (Step::Read | Step::Change { .. } | Step::EndSessions, Refusal::Missing) => {
                self.0.is_none()
            }
            _ => false,
        }
    }
}
