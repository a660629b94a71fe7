//! What an answer says of a call.

use serde_json::Value;

use super::http::Answer;
use crate::record::{Action, Outcome, Refusal, View};

/// The portal set's refusal of a current password.
const WRONG_CURRENT: &[u8] = b"\"Current password does not match\"";

/// What an answer leaves for the history.
pub(crate) enum Meaning {
    /// An outcome, with the token of a new session.
    Outcome(Outcome, Option<String>),
    /// The request was refused before it did anything, for a reason that says nothing about users.
    NotDone,
    /// No request of the driver should get this.
    Unexpected,
}

/// Reads an answer.
pub(crate) fn meaning(action: &Action, answer: &Answer) -> Meaning {
    let outcome = match answer.status {
        200 | 201 => return success(action, answer).unwrap_or(Meaning::Unexpected),
        204 => Outcome::Done,
        401 => Outcome::Refused(Refusal::Unauthenticated),
        403 if answer.body == WRONG_CURRENT => Outcome::Refused(Refusal::WrongCurrent),
        403 => Outcome::Refused(Refusal::Forbidden),
        404 => Outcome::Refused(Refusal::Missing),
        409 => Outcome::Refused(Refusal::Conflict),
        412 => Outcome::Refused(Refusal::Mismatch),
        429 => return Meaning::NotDone,
        // The commit may have happened.
        503 => Outcome::Unknown,
        _ => return Meaning::Unexpected,
    };
    Meaning::Outcome(outcome, None)
}

fn success(action: &Action, answer: &Answer) -> Option<Meaning> {
    let body: Value = serde_json::from_slice(&answer.body).ok()?;
    let (id, version) = match &answer.etag {
        Some(tag) if tag.contains('.') => {
            let (id, version) = tag.split_once('.')?;
            (id.parse().ok()?, version.parse().ok()?)
        }
        _ => (0, 0),
    };
    let (outcome, token) = match action {
        Action::LookUp(_) => (Outcome::Holder(id, version), None),
        Action::SetPassword { name, .. } => {
            (body["value"]["username"] == name.as_str()).then_some(())?;
            (Outcome::Holder(id, version), None)
        }
        Action::Create { name, .. } => {
            let name = name.clone();
            let view = View { id, version, name, email: None, is_enabled: true, is_admin: false };
            (Outcome::View(view), None)
        }
        Action::LogIn { .. } => {
            let text = |name: &str| body["sessionToken"][name].as_str().map(str::to_owned);
            (Outcome::Session(text("key")?), Some(text("token")?))
        }
        _ => (Outcome::View(view(&body["user"])?), None),
    };
    Some(Meaning::Outcome(outcome, token))
}

/// A user of the directory set.
fn view(user: &Value) -> Option<View> {
    Some(View {
        id: user["id"].as_i64()?,
        version: user["version"].as_u64()?,
        name: user["name"].as_str()?.to_owned(),
        email: user["email"].as_str().map(str::to_owned),
        is_enabled: user["status"].as_str()? == "ENABLED",
        is_admin: user["roles"].as_array()?.iter().any(|role| role["name"] == "admin"),
    })
}
