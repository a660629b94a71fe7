//! Checks requests against the rules that their types declare.

use std::borrow::Cow;

use validator::Validate;

/// The members that `info` requires and does not have, in Rust's spelling, such as
/// `plaintext_password`.
#[must_use]
pub fn missing_members(info: &impl Validate) -> Vec<Cow<'static, str>> {
    let errors = info.validate().err();
    errors.iter().flat_map(|errors| errors.field_errors().into_keys()).collect()
}

#[cfg(test)]
mod tests {
    use super::missing_members;
    use crate::directory::requests::UserRegistrationInfo;

    #[test]
    fn every_missing_member_is_named() {
        let info: UserRegistrationInfo = serde_json::from_str(r#"{"name": "bob"}"#).unwrap();
        let mut missing = missing_members(&info);
        missing.sort();
        assert_eq!(missing, ["email", "plaintext_password"]);
    }
}
