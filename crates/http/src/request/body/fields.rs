//! Fields of a body, and the rules that they break.

use heck::{ToLowerCamelCase, ToUpperCamelCase};
use rollcall_api_spec::{PasswordText, Validate, missing_members};
use rollcall_domain::Password;

use crate::error::{ApiError, FieldRule, InvalidField};

/// The paths of the portal set's fields, as its document spells them.
pub(crate) const PORTAL_FIELDS: &str = "UserPasswordRequest.Value";

/// Parses the fields of an envelope and collects their errors.
pub(crate) struct FieldErrors {
    envelope: &'static str,
    invalid: Vec<InvalidField>,
}

impl FieldErrors {
    pub(crate) fn within(envelope: &'static str) -> Self {
        Self { envelope, invalid: Vec::new() }
    }

    /// Begins with the members that `info` requires and does not have.
    pub(crate) fn of(envelope: &'static str, info: &impl Validate) -> Self {
        let mut fields = Self::within(envelope);
        for member in missing_members(info) {
            let name = match envelope {
                PORTAL_FIELDS => member.to_upper_camel_case(),
                _ => member.to_lower_camel_case(),
            };
            fields.reject(&name, FieldRule::Required);
        }
        fields
    }

    /// The value of a field that must be present.
    pub(crate) fn required<T>(&mut self, field: &str, value: Option<T>) -> Option<T> {
        if value.is_none() {
            self.reject(field, FieldRule::Required);
        }
        value
    }

    pub(crate) fn parse<T, U, E: ToString>(
        &mut self,
        field: &str,
        value: Option<T>,
        parse: impl FnOnce(T) -> Result<U, E>,
    ) -> Option<U> {
        let parsed = parse(value?);
        parsed.map_err(|reason| self.reject(field, FieldRule::Other(reason.to_string()))).ok()
    }

    pub(crate) fn password(&mut self, field: &str, text: Option<PasswordText>) -> Option<Password> {
        let parsed = Password::parse(&text?.into_inner());
        parsed.map_err(|flaw| self.reject(field, FieldRule::Password(flaw))).ok()
    }

    fn reject(&mut self, field: &str, rule: FieldRule) {
        let path = format!("{}.{field}", self.envelope);
        self.invalid.push(InvalidField { path, rule });
    }

    /// What was parsed, or all errors, ordered by field.
    pub(crate) fn finish<T>(mut self, parsed: Option<T>) -> Result<T, ApiError> {
        match parsed {
            Some(parsed) if self.invalid.is_empty() => Ok(parsed),
            _ => {
                self.invalid.sort_by(|left, right| left.path.cmp(&right.path));
                Err(ApiError::Invalid(self.invalid))
            }
        }
    }
}
