//! How members are read that serde's own rules would read too generously.

pub(crate) mod enums;
pub(crate) mod merge_patch;
pub(crate) mod password_text;

use std::{fmt, marker::PhantomData};

use serde::{
    Deserialize, Deserializer,
    de::{Error as _, MapAccess, Visitor, value::MapAccessDeserializer},
};
use serde_json::Value;

/// A member of an answer that a request may have too, where it changes nothing. It is ignored but
/// read: serde passes over an `IgnoredAny` also where it is not JSON.
pub(crate) type Ignored = Option<Value>;

/// A `T` that came as a JSON object. On its own serde also takes an array for a struct, its items
/// for the members in their order.
pub struct Object<T>(pub T);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Object<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        object("an object", deserializer).map(Self)
    }
}

/// Reads a `T` that came as a JSON object; an error says that this was `expected`.
pub(crate) fn object<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    expected: &'static str,
    deserializer: D,
) -> Result<T, D::Error> {
    deserializer.deserialize_map(ObjectVisitor(expected, PhantomData))
}

struct ObjectVisitor<T>(&'static str, PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for ObjectVisitor<T> {
    type Value = T;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.0)
    }

    fn visit_map<M: MapAccess<'de>>(self, members: M) -> Result<Self::Value, M::Error> {
        T::deserialize(MapAccessDeserializer::new(members))
    }
}

/// Reads an envelope: an object, or null, which counts as absent.
pub(crate) fn envelope<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    deserializer: D,
) -> Result<Option<T>, D::Error> {
    Ok(Option::<Object<T>>::deserialize(deserializer)?.map(|Object(envelope)| envelope))
}

/// Reads a text that must be there; null counts as absent.
pub(crate) fn present<'de, D: Deserializer<'de>>(
    name: &'static str,
    deserializer: D,
) -> Result<String, D::Error> {
    let text = Option::<String>::deserialize(deserializer)?;
    text.ok_or_else(|| D::Error::missing_field(name))
}

/// Reads a text that must say something: null and the empty text count as absent.
pub(crate) fn empty_as_absent<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<String>, D::Error> {
    Ok(Option::<String>::deserialize(deserializer)?.filter(|text| !text.is_empty()))
}
