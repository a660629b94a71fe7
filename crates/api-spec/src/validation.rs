//! Checks requests against the rules that their types declare.

use std::borrow::Cow;

use validator::{Validate, ValidationError};

/// A field that breaks a rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// The field's name in Rust's spelling, such as `plaintext_password`.
    pub field: Cow<'static, str>,
    /// The rule.
    pub rule: Rule,
}

/// The rules that types of requests declare.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rule {
    /// Must be present and not empty.
    Required,
    /// Has too few characters.
    TooShort,
    /// Has too many characters.
    TooLong,
}

/// Every rule that `info` breaks, ordered by field. Without the values, which may be secret.
#[must_use]
pub fn violations(info: &impl Validate) -> Vec<Violation> {
    let Err(errors) = info.validate() else { return Vec::new() };
    let mut found: Vec<_> = errors
        .field_errors()
        .into_iter()
        .flat_map(|(field, errors)| errors.iter().map(move |error| (field.clone(), rule(error))))
        .map(|(field, rule)| Violation { field, rule })
        .collect();
    found.sort_by(|left, right| left.field.cmp(&right.field));
    found
}

/// The rule behind an error. For a length, this is the limit that was violated. Only passwords
/// have length limits, and `value` is their length.
fn rule(error: &ValidationError) -> Rule {
    let number = |name: &str| error.params.get(name).and_then(serde_json::Value::as_u64);
    match (number("value"), number("min")) {
        _ if error.code == "required" => Rule::Required,
        (Some(length), Some(min)) if length < min => Rule::TooShort,
        _ => Rule::TooLong,
    }
}

#[cfg(test)]
mod tests {
    use super::{Rule, violations};
    use crate::{directory::UserRegistrationInfo, portal::PortalUserCreateValue};

    fn rules_broken_by(password: Option<&str>) -> Vec<Rule> {
        let value = serde_json::json!({ "password": password });
        let value: PortalUserCreateValue = serde_json::from_value(value).unwrap();
        violations(&value).into_iter().map(|violation| violation.rule).collect()
    }

    #[test]
    fn lengths_are_in_characters_and_the_exceeded_limit_is_named() {
        assert_eq!(rules_broken_by(None), [Rule::Required]);
        assert_eq!(rules_broken_by(Some(&"☃".repeat(7))), [Rule::TooShort]);
        assert_eq!(rules_broken_by(Some(&"☃".repeat(8))), []);
        assert_eq!(rules_broken_by(Some(&"☃".repeat(256))), []);
        assert_eq!(rules_broken_by(Some(&"☃".repeat(257))), [Rule::TooLong]);
        // Lengths are counted in Unicode form NFC, in which passwords are stored.
        assert_eq!(rules_broken_by(Some(&"e\u{301}".repeat(7))), [Rule::TooShort]);
        assert_eq!(rules_broken_by(Some(&"e\u{301}".repeat(256))), []);
    }

    #[test]
    fn every_failing_field_is_named_in_a_fixed_order() {
        let broken = violations(&UserRegistrationInfo::default());
        let fields: Vec<_> = broken.iter().map(|violation| &*violation.field).collect();
        assert_eq!(fields, ["email", "name", "plaintext_password"]);
    }
}
