//! Merge patches (RFC 7396): the meaning of null in a change that is
//! `application/merge-patch+json`.

use std::fmt;

use rollcall_api_spec::MergePatch;
use serde::de::{Deserialize, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};

use crate::error::ApiError;

/// A value, as far as nulls go. Texts are not copied: they may be passwords.
enum Shape {
    Null,
    Object(Vec<(String, Shape)>),
    Other,
}

/// Does to `patch`, which `body` was read as, what each null of the body asks for.
///
/// # Errors
/// [`ApiError::Malformed`] when that is to take away a member that is always there.
pub(crate) fn take_away(body: &[u8], patch: &mut impl MergePatch) -> Result<(), ApiError> {
    // It was read before.
    let shape = serde_json::from_slice(body).unwrap_or(Shape::Other);
    for (name, value) in shape.members() {
        if let Shape::Null = value {
            take(patch, &[name])?;
        }
        for (member, value) in value.members() {
            if let Shape::Null = value {
                take(patch, &[name, member])?;
            }
        }
    }
    Ok(())
}

fn take(patch: &mut impl MergePatch, member: &[&str]) -> Result<(), ApiError> {
    if patch.take_away(member) {
        return Ok(());
    }
    Err(ApiError::Malformed(format!(
        "{} must not be null in application/merge-patch+json; send a value or leave it out",
        member.join(".")
    )))
}

impl Shape {
    /// The members of an object; of anything else none.
    fn members(&self) -> impl Iterator<Item = (&str, &Self)> {
        let members = if let Self::Object(members) = self { &members[..] } else { &[] };
        members.iter().map(|(name, value)| (name.as_str(), value))
    }
}

impl<'de> Deserialize<'de> for Shape {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ShapeVisitor)
    }
}

struct ShapeVisitor;

impl<'de> Visitor<'de> for ShapeVisitor {
    type Value = Shape;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a value")
    }

    fn visit_unit<E: Error>(self) -> Result<Shape, E> {
        Ok(Shape::Null)
    }

    fn visit_bool<E: Error>(self, _: bool) -> Result<Shape, E> {
        Ok(Shape::Other)
    }

    fn visit_i64<E: Error>(self, _: i64) -> Result<Shape, E> {
        Ok(Shape::Other)
    }

    fn visit_u64<E: Error>(self, _: u64) -> Result<Shape, E> {
        Ok(Shape::Other)
    }

    fn visit_f64<E: Error>(self, _: f64) -> Result<Shape, E> {
        Ok(Shape::Other)
    }

    fn visit_str<E: Error>(self, _: &str) -> Result<Shape, E> {
        Ok(Shape::Other)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Shape, A::Error> {
        while items.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Shape::Other)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Shape, A::Error> {
        let mut object = Vec::new();
        while let Some(member) = members.next_entry()? {
            object.push(member);
        }
        Ok(Shape::Object(object))
    }
}

#[cfg(test)]
mod tests {
    use super::take_away;
    use crate::error::ApiError;
    use rollcall_api_spec::{MergePatch, directory::UserChange, portal::PortalPasswordChange};
    use serde::de::DeserializeOwned;

    fn read<T: DeserializeOwned + MergePatch>(body: &str) -> Result<T, String> {
        let mut patch = serde_json::from_str(body).unwrap();
        match take_away(body.as_bytes(), &mut patch) {
            Ok(()) => Ok(patch),
            Err(ApiError::Malformed(reason)) => Err(reason),
            Err(error) => panic!("{error:?}"),
        }
    }

    #[test]
    fn null_takes_the_address_away_in_either_envelope() {
        for envelope in ["userInfo", "user"] {
            let body = format!("{{\"{envelope}\": {{ \"email\" :\n null, \"id\": null}} }}");
            let (info, _) = read::<UserChange>(&body).unwrap().into_info().unwrap();
            assert_eq!(info.email.as_deref(), Some(""));
            let body = body.replace("null", "\"null\"");
            let (info, _) = read::<UserChange>(&body).unwrap().into_info().unwrap();
            assert_eq!(info.email.as_deref(), Some("null"));
        }
    }

    #[test]
    fn null_elsewhere_is_refused_by_its_place() {
        for place in ["name", "plaintextPassword", "currentPlaintextPassword", "status", "roles"] {
            let body = format!("{{\"userInfo\":{{\"email\":\"a@b\",\"{place}\":null}}}}");
            let reason = read::<UserChange>(&body).err().unwrap();
            assert!(reason.starts_with(&format!("userInfo.{place} must not be null")), "{reason}");
        }
        let reason = read::<UserChange>(r#"{"userInfo":{},"user":null}"#).err().unwrap();
        assert!(reason.starts_with("user must not be null"), "{reason}");
        let body = r#"{"username":null,"admin":{"x":null},"value":{"admin":null,"password":null}}"#;
        let reason = read::<PortalPasswordChange>(body).err().unwrap();
        assert!(reason.starts_with("value.password must not be null"), "{reason}");
    }
}
