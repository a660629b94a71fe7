//! Two admins who take each other's role, while no other admin exists: one must always be left.

use std::{
    sync::{
        RwLock,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use super::client::{Client, Plan, Shared};
use crate::{
    Result,
    record::{Action, Credential, Fields, Id, Outcome, Password, View},
};

const CLIENTS: usize = 4;
/// The calls after which the clients pause and the roles of both are read.
const CUT_AFTER: usize = 40;
/// How often a step before and after the duel is tried.
const TRIES: usize = 200;

/// One of the two.
#[derive(Clone)]
struct Duelist {
    view: View,
    password: Password,
}

/// Lets two admins duel for some time. Returns their ids.
pub(crate) fn duel(shared: &Shared, time: Duration) -> Result<[Id; 2]> {
    let mut client = Client::new(shared);
    let duelists = [Duelist::create(&mut client)?, Duelist::create(&mut client)?];
    let root = client.sure(|| Plan::by_root(Action::ReadSelf))?.id;
    let [first, second] = &duelists;
    client.sure(|| first.plan(root, false))?;
    let (gate, calls) = (RwLock::new(()), AtomicUsize::new(0));
    let until = Instant::now() + time;
    thread::scope(|scope| {
        let fighters: Vec<_> = (0..CLIENTS)
            .map(|_| scope.spawn(|| fight(shared, &duelists, &gate, &calls, until)))
            .collect();
        fighters.into_iter().try_for_each(|fighter| fighter.join().map_err(|_| "a client ended")?)
    })?;
    let [is_first, _] = client.read_both(&duelists)?;
    let winner = if is_first { first } else { second };
    client.sure(|| winner.plan(root, true))?;
    Ok([first.view.id, second.view.id])
}

fn fight(
    shared: &Shared,
    duelists: &[Duelist; 2],
    gate: &RwLock<()>,
    calls: &AtomicUsize,
    until: Instant,
) -> Result<()> {
    let mut client = Client::new(shared);
    while Instant::now() < until {
        if calls.load(Ordering::Relaxed) >= CUT_AFTER {
            if let Ok(_alone) = gate.try_write() {
                client.read_both(duelists)?;
                calls.store(0, Ordering::Relaxed);
            }
            continue;
        }
        let Ok(_gate) = gate.try_read() else { continue };
        calls.fetch_add(1, Ordering::Relaxed);
        let [first, second] = duelists;
        let (actor, target) = if fastrand::bool() { (first, second) } else { (second, first) };
        client.call(actor.plan(target.view.id, fastrand::u8(..5) < 2))?;
    }
    Ok(())
}

impl Duelist {
    fn create(client: &mut Client<'_>) -> Result<Self> {
        let recorder = &client.shared.recorder;
        let view = client.sure(|| {
            let (password, number) = (recorder.number(), recorder.number());
            let action = Action::Create { name: format!("duelist-{number}"), password };
            Plan { is_cut: true, ..Plan::by_root(action) }
        })?;
        let password = recorder.number();
        let (email, target) = (Some(format!("e{password}@example.com")), view.id);
        let view = client.sure(|| {
            let (password, is_admin) = (Some(password), Some(true));
            let is_enabled = Some(true);
            let fields =
                Fields { name: None, email: email.clone(), password, is_enabled, is_admin };
            let action = Action::Change { target, if_match: None, old_name: None, fields };
            Plan { is_cut: true, ..Plan::by_root(action) }
        })?;
        Ok(Self { view, password })
    }

    fn credential(&self) -> Credential {
        let (user, name, password) = (self.view.id, self.view.name.clone(), self.password);
        Credential::Password { user, name, password }
    }

    /// Gives or takes the role of a user.
    fn plan(&self, target: Id, is_admin: bool) -> Plan {
        let fields = Fields { is_admin: Some(is_admin), ..Fields::default() };
        let action = Action::Change { target, if_match: None, old_name: None, fields };
        Plan { credential: self.credential(), token: None, action, is_cut: false }
    }
}

impl Client<'_> {
    /// Whether each of the two is an admin, read while no other client works.
    fn read_both(&mut self, duelists: &[Duelist; 2]) -> Result<[bool; 2]> {
        let mut is_admin = [false; 2];
        for (duelist, is_admin) in duelists.iter().zip(&mut is_admin) {
            let view = self.sure(|| Plan {
                credential: duelist.credential(),
                token: None,
                action: Action::ReadSelf,
                is_cut: true,
            })?;
            *is_admin = view.is_admin;
        }
        Ok(is_admin)
    }

    /// Sends a request until it succeeds.
    fn sure(&mut self, plan: impl Fn() -> Plan) -> Result<View> {
        for _ in 0..TRIES {
            if let Some((Outcome::View(view), _)) = self.call(plan())? {
                return Ok(view);
            }
            thread::sleep(Duration::from_millis(100));
        }
        let Plan { credential, action, .. } = plan();
        Err(format!("no answer to {action:?} by {credential:?}").into())
    }
}
