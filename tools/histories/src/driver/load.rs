//! The load: each client picks a user and a request, again and again.

use std::sync::{
    Arc, Mutex, PoisonError,
    atomic::{AtomicBool, Ordering},
};
use std::{thread, time::Duration};

use super::{
    choices,
    client::{Client, Plan, Shared, Token},
    subject::Subject,
};
use crate::{
    Result,
    record::{Action, Credential, Outcome},
};

/// How many users share the load.
pub(crate) const USERS: usize = 64;

/// The names that many users want.
pub(crate) const WANTED: [&str; 6] =
    ["wanted-1", "wanted-2", "wanted-3", "wanted-4", "wanted-5", "wanted-6"];

/// The calls about a user after which its history is cut.
const CUT_AFTER: usize = 50;

/// The calls without an answer after which another user takes the place of one.
const RETIRED_AFTER: usize = 6;

/// The users, each in a place that another takes after it.
pub(crate) struct Crowd(Vec<Mutex<Arc<Subject>>>);

impl Crowd {
    /// Creates the users.
    pub(crate) fn create(client: &mut Client<'_>) -> Result<Self> {
        let users = (0..USERS).map(|_| {
            let subject = client.create()?.ok_or("no user can be created")?;
            Ok(Mutex::new(Arc::new(subject)))
        });
        Ok(Self(users.collect::<Result<_>>()?))
    }

    pub(crate) fn get(&self, place: usize) -> Arc<Subject> {
        self.0[place].lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Puts a new user in the place of one, unless another client was faster.
    pub(crate) fn replace(
        &self,
        place: usize,
        old: &Subject,
        client: &mut Client<'_>,
    ) -> Result<()> {
        let Some(new) = client.create()? else { return Ok(()) };
        let mut current = self.0[place].lock().unwrap_or_else(PoisonError::into_inner);
        if current.id == old.id {
            *current = Arc::new(new);
        }
        Ok(())
    }
}

/// Works until `is_over`.
pub(crate) fn work(shared: &Shared, crowd: &Crowd, is_over: &AtomicBool) -> Result<()> {
    let mut client = Client::new(shared);
    while !is_over.load(Ordering::Relaxed) {
        client.turn(crowd)?;
    }
    Ok(())
}

/// Cuts the history of every user, so that it ends with an answer that shows all of its state.
pub(crate) fn finish(shared: &Shared, crowd: &Crowd) -> Result<()> {
    let mut client = Client::new(shared);
    for place in 0..USERS {
        client.cut(&crowd.get(place))?;
    }
    Ok(())
}

impl Client<'_> {
    fn turn(&mut self, crowd: &Crowd) -> Result<()> {
        let place = choices::place();
        let subject = crowd.get(place);
        if subject.calls() >= CUT_AFTER {
            if let Ok(_alone) = subject.gate.try_write()
                && (!self.cut(&subject)? || subject.unknown() >= RETIRED_AFTER)
            {
                crowd.replace(place, &subject, self)?;
            }
            return Ok(());
        }
        let other = crowd.get(choices::place());
        let (Ok(_gate), Ok(_other)) = (subject.gate.try_read(), other.gate.try_read()) else {
            return Ok(());
        };
        let Some(plan) = choices::plan(&self.shared.recorder, &subject, &other) else {
            return Ok(());
        };
        let actor = [&subject, &other].into_iter().find(|user| plan.is_by(user));
        [Some(&subject), actor].into_iter().flatten().for_each(|user| user.count());
        let action = plan.action.clone();
        match self.call(plan)? {
            Some((outcome, token)) => {
                learn(&subject, &action, &outcome, token);
                if outcome == Outcome::Unknown {
                    subject.count_unknown();
                    thread::sleep(Duration::from_millis(20));
                }
                if matches!(action, Action::Delete { .. }) && outcome == Outcome::Done {
                    crowd.replace(place, &subject, self)?;
                }
            }
            None => thread::sleep(Duration::from_millis(10)),
        }
        Ok(())
    }
}

impl Plan {
    fn is_by(&self, subject: &Subject) -> bool {
        match &self.credential {
            Credential::Root => false,
            Credential::Password { user, .. } | Credential::Session { user, .. } => {
                *user == subject.id
            }
        }
    }
}

/// Remembers what an answer shows.
fn learn(subject: &Subject, action: &Action, outcome: &Outcome, token: Option<Token>) {
    let mut known = subject.known();
    match (action, outcome) {
        (
            Action::Change { fields, .. } | Action::SetPassword { fields, .. },
            Outcome::View(_) | Outcome::Holder(..) | Outcome::Unknown,
        ) => {
            known.passwords.extend(fields.password);
        }
        (_, Outcome::Session(key)) => {
            known.sessions.extend(token.map(|token| (key.clone(), token)));
        }
        _ => {}
    }
    if let Outcome::View(view) = outcome
        && view.id == subject.id
    {
        known.see(view.clone());
    }
    if let Outcome::Holder(id, version) = outcome
        && *id == subject.id
    {
        known.view.version = known.view.version.max(*version);
    }
}
