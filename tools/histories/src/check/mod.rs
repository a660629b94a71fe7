//! The checks of a history.

mod account;
mod accounts;
mod admins;
mod life;
mod log;
mod names;
mod parts;
mod replay;
mod resolve;
mod revocation;
mod search;
#[cfg(test)]
mod tests;
mod traced;

use std::{
    collections::BTreeMap,
    fmt::{self, Write},
    time::{Duration, Instant},
};

use self::{
    replay::Replay,
    search::{MOST_CALLS, Model, Piece, Verdict},
};
use crate::{
    audit::Entry,
    record::{Action, Call, Id, Outcome},
};

/// How many calls of an unexplained piece are shown.
const SHOWN: usize = 12;

/// Everything that is checked.
pub(crate) struct History {
    pub(crate) calls: Vec<Call>,
    /// Answers that no request should get.
    pub(crate) unexpected: Vec<String>,
    pub(crate) entries: Vec<Entry>,
    pub(crate) duelists: Option<[Id; 2]>,
}

/// Something that no correct service does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Anomaly {
    /// The check that found it.
    pub(crate) check: &'static str,
    /// The call that shows it, if it is one.
    pub(crate) call: Option<u64>,
    pub(crate) text: String,
}

/// The result of the checks.
pub(crate) struct Report {
    pub(crate) anomalies: Vec<Anomaly>,
    pub(crate) pieces: usize,
    pub(crate) most_calls: usize,
    pub(crate) longest: Duration,
}

impl Anomaly {
    fn of(check: &'static str, text: String) -> Self {
        Self { check, call: None, text }
    }

    fn at(call: &Call, check: &'static str, text: &str) -> Self {
        let text = format!("{call:?}: {text}");
        Self { check, call: Some(call.number), text }
    }
}

impl fmt::Display for Anomaly {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}: {}", self.check, self.text)
    }
}

/// Makes all checks.
pub(crate) fn check(history: History) -> Report {
    let History { calls, unexpected, entries, duelists } = history;
    let (replay, mut anomalies) = Replay::of(&entries);
    let unexpected = unexpected.into_iter().map(|text| Anomaly::of("unexpected answer", text));
    anomalies.extend(unexpected.chain(ids(&calls)));
    anomalies.extend(log::check(&calls, &entries, &replay));
    let calls = resolve::resolve(calls, &replay);
    anomalies.extend(revocation::check(&calls));
    let longest = Duration::ZERO;
    let mut report = Report { anomalies, pieces: 0, most_calls: 0, longest };
    report.search("search of a user", &accounts::pieces(&calls), &calls);
    report.search("search of a name", &names::pieces(&calls), &calls);
    if let Some(duelists) = duelists {
        report.search("search of the last admin", &admins::pieces(&calls, duelists), &calls);
    }
    report
}

/// Ids that two users were given.
fn ids(calls: &[Call]) -> Vec<Anomaly> {
    let mut given: BTreeMap<Id, &Call> = BTreeMap::new();
    let mut anomalies = Vec::new();
    for call in calls {
        if let (Action::Create { .. }, Outcome::View(view)) = (&call.action, &call.outcome)
            && let Some(earlier) = given.insert(view.id, call)
        {
            let text = format!("call {} was given the same id", earlier.number);
            anomalies.push(Anomaly::at(call, "ids", &text));
        }
    }
    anomalies
}

impl Report {
    fn search<M: Model>(&mut self, check: &'static str, pieces: &[Piece<M>], calls: &[Call]) {
        for piece in pieces {
            let begun = Instant::now();
            let verdict = piece.search();
            self.longest = self.longest.max(begun.elapsed());
            self.pieces += 1;
            let mut numbers: Vec<_> = piece.events.iter().map(|event| event.call).collect();
            numbers.dedup();
            self.most_calls = self.most_calls.max(numbers.len());
            let text = match verdict {
                Verdict::Explained if numbers.len() <= MOST_CALLS => continue,
                Verdict::Explained => format!("a piece has {} calls", numbers.len()),
                Verdict::Undecided => format!("undecided: {} calls", numbers.len()),
                Verdict::Unexplained => unexplained(piece, calls),
            };
            let call = piece.flaw().first().map(|event| event.call);
            self.anomalies.push(Anomaly { check, call, text });
        }
    }
}

/// The calls up to the first that has no explanation.
fn unexplained<M: Model>(piece: &Piece<M>, calls: &[Call]) -> String {
    let mut text = format!("no order explains these calls, from {:?}:", piece.start);
    let flaw = piece.flaw();
    for event in flaw.iter().take(SHOWN).rev() {
        let call = calls.iter().find(|call| call.number == event.call);
        let replica = call.map(|call| call.replica);
        let _ = write!(text, "\n    replica {replica:?} {event:?}");
    }
    text
}
