//! The shapes of bodies: which members there may be, and what each of them.

use rollcall_domain::Status;

use crate::json::Json;

/// What a member may be.
#[derive(Clone, Copy)]
pub enum Kind {
    Anything,
    Nullable,
    Text,
    Status,
    Roles,
}

/// The members of an object.
pub type Members<'a> = &'a [(&'a str, Kind)];

/// Whether a body is an object with nothing but these envelopes, and they with nothing but their members.
#[must_use]
pub fn is_fit(json: &Json, envelopes: &[(&str, Members)]) -> bool {
    let names: Vec<_> = envelopes.iter().map(|(name, _)| *name).collect();
    let Some(members) = json.members(&names) else { return false };
    members.iter().all(|(name, envelope)| {
        let Some((_, known)) = envelopes.iter().find(|(it, _)| it == name) else { return false };
        let names: Vec<_> = known.iter().map(|(name, _)| *name).collect();
        let is_kind = |(name, value): &(String, Json)| {
            known.iter().any(|(it, kind)| it == name && kind.takes(value))
        };
        let members = envelope.members(&names);
        *envelope == Json::Null || members.is_some_and(|it| it.iter().all(is_kind))
    })
}

impl Kind {
    fn takes(self, value: &Json) -> bool {
        match self {
            Self::Anything => true,
            Self::Nullable => *value == Json::Null || value.text().is_some(),
            Self::Text => value.text().is_some(),
            Self::Status => value.text().is_some_and(|text| Status::parse(text).is_some()),
            Self::Roles => matches!(value, Json::List(items) if items.iter().all(|role| {
                let name = role.members(&["name"]).and_then(|_| role.get("name"));
                name.is_some_and(|name| name.text().is_some())
            })),
        }
    }
}
