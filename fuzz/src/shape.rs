//! The shapes of bodies: which members there may be, and what each of them.

use rollcall_domain::Status;

use crate::json::Json;

/// What a member may be.
#[derive(Clone, Copy)]
pub enum Kind {
    /// Read past.
    Ignored,
    Text,
    Status,
    Roles,
}

/// The members of an object.
pub type Members<'a> = &'a [(&'a str, Kind)];

/// Whether a body is an object with nothing but these envelopes, and they with nothing but their
/// members, beside members that are `ignored`.
#[must_use]
pub fn is_fit(json: &Json, envelopes: &[(&str, Members)], ignored: &[&str]) -> bool {
    let names: Vec<_> = envelopes.iter().map(|(name, _)| *name).chain(ignored.to_vec()).collect();
    let Some(members) = json.members(&names) else { return false };
    members.iter().all(|(name, envelope)| {
        let Some((_, known)) = envelopes.iter().find(|(envelope, _)| envelope == name) else {
            return true;
        };
        let names: Vec<_> = known.iter().map(|(name, _)| *name).collect();
        let is_kind = |(name, value): &(String, Json)| {
            known.iter().any(|(member, kind)| member == name && kind.takes(value))
        };
        let members = envelope.members(&names);
        *envelope == Json::Null || members.is_some_and(|members| members.iter().all(is_kind))
    })
}

impl Kind {
    /// Whether a member may be this. Null is the same as left out.
    fn takes(self, value: &Json) -> bool {
        match self {
            _ if *value == Json::Null => true,
            Self::Ignored => true,
            Self::Text => value.text().is_some(),
            Self::Status => value.text().is_some_and(|text| Status::parse(text).is_some()),
            Self::Roles => matches!(value, Json::List(items) if items.iter().all(|role| {
                let name = role.members(&["name"]).and_then(|_| role.get("name"));
                name.is_some_and(|name| name.text().is_some())
            })),
        }
    }
}
