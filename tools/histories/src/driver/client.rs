//! One client: sends a call to a replica and records what came of it.

use std::{net::SocketAddr, sync::Arc};

use super::{
    answers::{Meaning, meaning},
    http::{Answer, Connection, Request},
    planted::Planted,
    requests,
};
use crate::{
    Result,
    faults::replica::Replica,
    record::{Action, Call, Credential, Outcome},
    recorder::Recorder,
};

/// What all clients share.
pub(crate) struct Shared {
    pub(crate) replicas: Vec<Arc<Replica>>,
    pub(crate) recorder: Recorder,
    pub(crate) planted: Planted,
}

/// A client with a connection to each replica.
pub(crate) struct Client<'a> {
    pub(crate) shared: &'a Shared,
    connections: Vec<Option<(SocketAddr, Connection)>>,
}

/// Signs the requests of a session.
pub(crate) type Token = String;

/// A request that is to be sent.
pub(crate) struct Plan {
    pub(crate) credential: Credential,
    pub(crate) token: Option<Token>,
    pub(crate) action: Action,
    pub(crate) is_cut: bool,
}

impl Plan {
    pub(crate) fn by_root(action: Action) -> Self {
        Self { credential: Credential::Root, token: None, action, is_cut: false }
    }
}

impl<'a> Client<'a> {
    pub(crate) fn new(shared: &'a Shared) -> Self {
        let connections = shared.replicas.iter().map(|_| None).collect();
        Self { shared, connections }
    }

    /// Sends a request to any replica. Returns none if it certainly did nothing.
    pub(crate) fn call(&mut self, plan: Plan) -> Result<Option<(Outcome, Option<Token>)>> {
        let Plan { credential, token, action, is_cut } = plan;
        let replica = fastrand::usize(..self.connections.len());
        let Some(mut connection) = self.connect(replica) else { return Ok(None) };
        let recorder = &self.shared.recorder;
        let number = recorder.number();
        let mut request = requests::request(&action);
        requests::authenticate(&mut request, &credential, token.as_deref())?;
        request.headers.push(("x-request-id", format!("call-{number}")));
        let begin = recorder.now();
        let answer = self.exchange(&mut connection.1, &action, &mut request);
        let end = recorder.now();
        let meaning = match &answer {
            Ok(answer) => meaning(&action, answer),
            Err(_) => Meaning::Outcome(Outcome::Unknown, None),
        };
        if answer.is_ok_and(|answer| !answer.is_last) {
            self.connections[replica] = Some(connection);
        }
        match meaning {
            Meaning::Outcome(outcome, token) => {
                let is_cut = is_cut && matches!(outcome, Outcome::View(_));
                let known = outcome.clone();
                let is_resolved = false;
                recorder.add(Call {
                    number,
                    begin,
                    end,
                    replica,
                    credential,
                    action,
                    outcome,
                    is_cut,
                    is_resolved,
                });
                Ok(Some((known, token)))
            }
            Meaning::NotDone => Ok(None),
            Meaning::Unexpected => {
                recorder.unexpected(format!("call {number}, {action:?} by {credential:?}"));
                Ok(None)
            }
        }
    }

    fn exchange(
        &self,
        connection: &mut Connection,
        action: &Action,
        request: &mut Request,
    ) -> std::io::Result<Answer> {
        let planted = &self.shared.planted;
        if let Some(answer) = planted.before(action, request) {
            return Ok(answer);
        }
        if planted.repeats(action) {
            connection.exchange(request)?;
        }
        let answer = connection.exchange(request)?;
        planted.after(action, request, &answer);
        Ok(answer)
    }

    /// The open connection to a replica, or a new one if it has another address now.
    fn connect(&mut self, replica: usize) -> Option<(SocketAddr, Connection)> {
        let address = self.shared.replicas.get(replica)?.address()?;
        let open = self.connections.get_mut(replica)?.take();
        if let Some(open) = open.filter(|(of, _)| *of == address) {
            return Some(open);
        }
        Some((address, Connection::open(address).ok()?))
    }
}
