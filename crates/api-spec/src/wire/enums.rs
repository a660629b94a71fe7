//! The enums in bodies and query parameters: the domain's, by their words.

use rollcall_domain::{
    Status, UserOrder,
    audit::{ActorKind, AuditAction as DomainAction, ChangedField},
    key::Scope,
};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{ObjectBuilder, RefOr, Schema, schema::Type},
};

/// Declares the wire type of a domain enum. Its doc comment is the description in the document,
/// with the same line breaks.
macro_rules! wire_enum {
    ($(#[doc = $line:literal])+ $name:ident($enum:ty)) => {
        $(#[doc = $line])+
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub struct $name(pub $enum);

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.0.as_str())
            }
        }

        impl<'de> Deserialize<'de> for $name {
            // As a text, because serde's own enums also accept `{"ENABLED": null}`.
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let word = String::deserialize(deserializer)?;
                let value = <$enum>::parse(&word).map(Self);
                value.ok_or_else(|| D::Error::unknown_variant(&word, <$enum>::WORDS))
            }
        }

        impl PartialSchema for $name {
            fn schema() -> RefOr<Schema> {
                let lines = [$($line),+].map(str::trim);
                let texts = ObjectBuilder::new().schema_type(Type::String);
                let texts = texts.description(Some(lines.join("\n")));
                texts.enum_values(Some(<$enum>::WORDS.iter().copied())).into()
            }
        }

        impl ToSchema for $name {}
    };
}

wire_enum! {
/// Whether a user may log in.
UserStatus(Status)
}

wire_enum! {
/// The order of users: by `id`, by `name` ignoring case, or by `createTime`.
UserSort(UserOrder)
}

wire_enum! {
/// What an API key permits, as far as its user may do it. `verify` permits `GET /auth/verify`, and
/// `users:read` reads users. `users:write` changes name, email address and status of users without
/// the role `admin`. `audit:read` reads the audit log. `GET /users/me` requires `verify` or
/// `users:read`.
KeyScope(Scope)
}

wire_enum! {
/// How the caller was authenticated. `PASSWORD` is a user with HTTP Basic credentials, `SESSION` a
/// user with a session, `KEY` a user with an API key, `RESET_CODE` a person with a reset code of
/// the user. `ANONYMOUS` is a registration without credentials, `OPERATOR` the command line or the
/// server itself.
AuditActor(ActorKind)
}

wire_enum! {
/// The kind of an audit entry.
AuditAction(DomainAction)
}

wire_enum! {
/// A field in the audit log. Most are fields of a user; `roles` is a comma-separated list.
/// `sessions` is the number of the user's sessions, when a change ends them. `session` is the key
/// of one session. `keys` is the number of the user's API keys, when a change ends them. `key` is
/// the id of one API key, with its `scopes` and its `expireTime` if it has one. `users` is the
/// number of imported users, and `ids` has their ids, such as `4-17,19`. `anchor` is the number and
/// the hash of the last archived entry, with a colon in between. `lost` is the same, of the last
/// archived entry whose file is lost.
AuditField(ChangedField)
}
