//! The query of the audit log.

use rollcall_api_spec::{AuditParameters, audit::AuditAction};
use rollcall_domain::{UserId, audit::AuditQuery, limits::PAGE_DEFAULT_LENGTH, parse_time};

use super::{page_token, parameters, parameters::parsed};
use crate::error::ApiError;

/// A requested page.
#[derive(Debug, PartialEq)]
pub struct AuditRequest {
    /// The query for the store.
    pub query: AuditQuery,
    /// The parameters as the client sent them, without the token.
    parameters: AuditParameters,
}

impl AuditRequest {
    /// Parses the query of a URL.
    ///
    /// # Errors
    /// [`ApiError`] with the invalid parameter and its accepted values.
    pub fn parse(query: &str) -> Result<Self, ApiError> {
        let mut parameters: AuditParameters = parameters::parse(query)?;
        let mut query = AuditQuery {
            user: parameters.user_id.map(UserId),
            actor: parameters.actor_id.map(UserId),
            action: parameters.action.map(|AuditAction(action)| action),
            since: parsed("since", parameters.since.as_deref(), parse_time)?,
            until: parsed("until", parameters.until.as_deref(), parse_time)?,
            before: None,
            limit: parameters.limit.unwrap_or(PAGE_DEFAULT_LENGTH),
        };
        if let Some(token) = parameters.page_token.take() {
            let place = page_token::read_place(&token, &filter(&query));
            let number = place.and_then(|place| place.parse().ok());
            query.before = Some(number.ok_or_else(page_token::refusal)?);
        }
        Ok(Self { query, parameters })
    }

    /// The token of the page that continues after the entry with this number.
    #[must_use]
    pub fn token(&self, number: i64) -> String {
        page_token::write_place(&number.to_string(), &filter(&self.query))
    }

    /// The query of the next page.
    #[must_use]
    pub fn next(&self, token: &str) -> String {
        parameters::with_token(&self.parameters, token)
    }
}

/// Identifies the filter of a query; a token is valid only for the same one.
fn filter(query: &AuditQuery) -> String {
    let AuditQuery { user, actor, action, since, until, before: _, limit: _ } = query;
    format!("audit {user:?} {actor:?} {action:?} {since:?} {until:?}")
}
