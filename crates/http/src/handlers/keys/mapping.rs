//! Converts between the API types of keys and the domain's.

use rollcall_api_spec::keys::{ApiKey as WireKey, KeyCreation, KeyScope};
use rollcall_domain::{
    PresentedPassword,
    key::{ApiKey, KeyName, KeyRequest, Scopes},
    parse_time,
};

use crate::{error::ApiError, request::body::fields::FieldErrors};

const NO_SCOPE: &str = "must be at least one scope";

/// Converts a key. Destructures it, so that a new field forces a decision here.
pub(super) fn wire_key(key: ApiKey) -> WireKey {
    let ApiKey { id, user_id: _, hash: _, prefix, name, scopes, .. } = key;
    let ApiKey { create_time, expire_time, last_use, .. } = key;
    WireKey {
        id: id.0,
        name: name.as_str().to_owned(),
        prefix,
        scopes: scopes.iter().map(KeyScope).collect(),
        create_time,
        expire_time,
        last_use_time: last_use,
    }
}

/// Parses a request for a key, with the caller's current password if it is sent.
///
/// # Errors
/// [`ApiError::Invalid`] with every invalid field.
pub(super) fn new_key(
    body: KeyCreation,
    needs_current: bool,
) -> Result<(KeyRequest, Option<PresentedPassword>), ApiError> {
    let info = body.key_info.unwrap_or_default();
    let mut fields = FieldErrors::of("keyInfo", &info);
    let name = fields.parse("name", info.name, |text| KeyName::parse(&text));
    let scopes = fields.parse("scopes", info.scopes, |list| {
        let scopes = Scopes::new(list.into_iter().map(|KeyScope(scope)| scope));
        if scopes.is_empty() { Err(NO_SCOPE) } else { Ok(scopes) }
    });
    let expire_time = fields.parse("expireTime", info.expire_time, |text| parse_time(&text));
    let mut current = info.current_plaintext_password;
    if needs_current {
        current = fields.required("currentPlaintextPassword", current);
    }
    let (name, scopes) = fields.finish(name.zip(scopes))?;
    let current = current.map(|text| PresentedPassword::new(text.into_inner()));
    Ok((KeyRequest { name, scopes, expire_time }, current))
}
