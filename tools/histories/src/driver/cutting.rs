//! Calls that leave nothing about a user unknown, so that its history may be cut.

use std::{thread, time::Duration};

use super::{
    choices,
    client::{Client, Plan},
    subject::Subject,
};
use crate::{
    Result,
    record::{Action, Fields, Outcome, Refusal},
};

/// How often a cut is tried before other clients go on.
const TRIES: usize = 40;

impl Client<'_> {
    /// Creates a user, sometimes with a name that many want.
    pub(crate) fn create(&mut self) -> Result<Option<Subject>> {
        for _ in 0..TRIES {
            let recorder = &self.shared.recorder;
            let (password, number) = (recorder.number(), recorder.number());
            let name = choices::wanted().unwrap_or_else(|| format!("user-{number}"));
            let mut plan = Plan::by_root(Action::Create { name, password });
            plan.is_cut = true;
            match self.call(plan)? {
                Some((Outcome::View(view), _)) => return Ok(Some(Subject::new(view, password))),
                Some((Outcome::Unknown, _)) | None => thread::sleep(Duration::from_millis(100)),
                Some(_) => {}
            }
        }
        Ok(None)
    }

    /// Changes everything of a user while no other client uses it. Returns false if it is deleted.
    pub(crate) fn cut(&mut self, subject: &Subject) -> Result<bool> {
        for _ in 0..TRIES {
            let recorder = &self.shared.recorder;
            let (password, email) = (recorder.number(), Some(choices::email(recorder)));
            let (is_enabled, is_admin) = (Some(true), Some(false));
            let fields =
                Fields { name: None, email, password: Some(password), is_enabled, is_admin };
            let (target, if_match, old_name) = (subject.id, None, None);
            let mut plan = Plan::by_root(Action::Change { target, if_match, old_name, fields });
            plan.is_cut = true;
            match self.call(plan)? {
                Some((Outcome::View(view), _)) => {
                    subject.was_cut(view, password);
                    return Ok(true);
                }
                Some((Outcome::Refused(Refusal::Missing), _)) => return Ok(false),
                Some((Outcome::Unknown, _)) => subject.count_unknown(),
                _ => {}
            }
            thread::sleep(Duration::from_millis(100));
        }
        Ok(true)
    }
}
