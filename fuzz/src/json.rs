//! JSON with nothing lost: members in their order, also those that come twice.

use std::fmt;

use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

/// A value.
#[derive(Clone, Debug, PartialEq)]
pub enum Json {
    Null,
    Text(String),
    List(Vec<Json>),
    Object(Vec<(String, Json)>),
    /// A number, true or false: nothing here is one of those.
    Other,
}

impl Json {
    /// Reads a whole text; none if it is not JSON.
    #[must_use]
    pub fn parse(bytes: &[u8]) -> Option<Self> {
        serde_json::from_slice(&with_small_numbers(bytes)?).ok()
    }

    /// The members of an object whose names are among `known`, each there once at most.
    #[must_use]
    pub fn members(&self, known: &[&str]) -> Option<&[(String, Self)]> {
        let Self::Object(members) = self else { return None };
        let is_fit = |at: usize, name: &str| {
            known.contains(&name) && members[..at].iter().all(|(other, _)| other != name)
        };
        members.iter().enumerate().all(|(at, (name, _))| is_fit(at, name)).then_some(members)
    }

    /// The member of an object, if it is there.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Self> {
        let Self::Object(members) = self else { return None };
        members.iter().find(|(other, _)| other == name).map(|(_, value)| value)
    }

    /// The text, if it is one.
    #[must_use]
    pub fn text(&self) -> Option<&str> {
        if let Self::Text(text) = self { Some(text) } else { None }
    }

    /// Whether a member's name anywhere holds `text`.
    #[must_use]
    pub fn names(&self, text: &str) -> bool {
        match self {
            Self::List(items) => items.iter().any(|item| item.names(text)),
            Self::Object(members) => {
                members.iter().any(|(name, value)| name.contains(text) || value.names(text))
            }
            _ => false,
        }
    }
}

/// The text with 1 in the place of each number, which may be one that `serde_json` calls no JSON;
/// none if a string or a number is not well formed.
fn with_small_numbers(mut text: &[u8]) -> Option<Vec<u8>> {
    let mut changed = Vec::new();
    while let Some(first) = text.first() {
        let length = match first {
            b'"' => length::<String>(text)?,
            b'-' | b'0'..=b'9' => length::<IgnoredAny>(text)?,
            _ => 1,
        };
        let (word, rest) = text.split_at(length);
        let is_number = first.is_ascii_digit() || *first == b'-';
        changed.extend_from_slice(if is_number { b"1" } else { word });
        text = rest;
    }
    Some(changed)
}

/// How long the value is that a text begins with.
fn length<'de, T: Deserialize<'de>>(text: &'de [u8]) -> Option<usize> {
    let mut values = serde_json::Deserializer::from_slice(text).into_iter::<T>();
    values.next()?.ok()?;
    Some(values.byte_offset())
}

impl<'de> Deserialize<'de> for Json {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(JsonVisitor)
    }
}

struct JsonVisitor;

impl<'de> Visitor<'de> for JsonVisitor {
    type Value = Json;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Json, E> {
        Ok(Json::Null)
    }

    fn visit_bool<E>(self, _: bool) -> Result<Json, E> {
        Ok(Json::Other)
    }

    fn visit_i64<E>(self, _: i64) -> Result<Json, E> {
        Ok(Json::Other)
    }

    fn visit_u64<E>(self, _: u64) -> Result<Json, E> {
        Ok(Json::Other)
    }

    fn visit_f64<E>(self, _: f64) -> Result<Json, E> {
        Ok(Json::Other)
    }

    fn visit_str<E>(self, text: &str) -> Result<Json, E> {
        Ok(Json::Text(text.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Json, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element()? {
            list.push(item);
        }
        Ok(Json::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Json, A::Error> {
        let mut object = Vec::new();
        while let Some(member) = members.next_entry()? {
            object.push(member);
        }
        Ok(Json::Object(object))
    }
}
