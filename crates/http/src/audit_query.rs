//! Parses the query of the audit log.

use rollcall_domain::{
    LARGEST_NUMBER, UserId,
    audit::{AuditAction, AuditQuery},
};

use crate::{
    directory,
    error::ApiError,
    page_query::{DEFAULT_LIMIT, Parameters, limit, refusal},
    page_token,
};

const NAMES: [&str; 4] = ["limit", "pageToken", "userId", "action"];

/// A requested page.
#[derive(Debug, PartialEq)]
pub(crate) struct AuditRequest {
    /// The query for the store.
    pub(crate) query: AuditQuery,
    /// The parameters as the client sent them, without the token.
    parameters: Parameters,
}

impl AuditRequest {
    /// Parses the query of a URL.
    ///
    /// # Errors
    /// [`ApiError`] with the invalid parameter and its accepted values.
    pub(crate) fn parse(query: &str) -> Result<Self, ApiError> {
        let mut parameters = Parameters::parse(query, &NAMES)?;
        let token = parameters.take("pageToken");
        let mut query = AuditQuery { user: None, action: None, before: None, limit: DEFAULT_LIMIT };
        for (name, value) in parameters.iter() {
            match name {
                "limit" => query.limit = limit(value)?,
                "userId" => query.user = Some(user_id(value)?),
                "action" => query.action = Some(action(value)?),
                _ => {}
            }
        }
        if let Some(token) = token {
            let place = page_token::read_place(&token, &filter(&query));
            let number = place.and_then(|place| place.parse().ok());
            query.before = Some(number.ok_or_else(page_token::refusal)?);
        }
        Ok(Self { query, parameters })
    }

    /// The token of the page that continues after the entry with this number.
    pub(crate) fn token(&self, number: i64) -> String {
        page_token::write_place(&number.to_string(), &filter(&self.query))
    }

    /// The query of the next page.
    pub(crate) fn next(&self, token: &str) -> String {
        self.parameters.with_token(token)
    }
}

/// Identifies the filter of a query; a token is valid only for the same one.
fn filter(query: &AuditQuery) -> String {
    format!("audit {:?} {:?}", query.user, query.action)
}

fn user_id(value: &str) -> Result<UserId, ApiError> {
    directory::whole_number("userId", value, LARGEST_NUMBER).map(UserId)
}

fn action(value: &str) -> Result<AuditAction, ApiError> {
    AuditAction::parse(value).ok_or_else(|| {
        let words: Vec<_> = AuditAction::ALL.map(AuditAction::as_str).into();
        refusal("action", &format!("must be one of {}", words.join(", ")))
    })
}
