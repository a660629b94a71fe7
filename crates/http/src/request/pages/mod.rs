//! The query of a list: which page of it, if not all.

pub(crate) mod audit_pages;
pub mod page_token;
pub(crate) mod parameters;

use rollcall_api_spec::{PageParameters, UserSort, directory::UserStatus};
use rollcall_domain::{
    Email, NamePrefix, PageQuery, RoleName, UserFilter, UserOrder, Username,
    limits::PAGE_DEFAULT_LENGTH,
};

use self::parameters::parsed;
use crate::error::ApiError;

/// A requested page.
#[derive(Debug, PartialEq)]
pub struct PageRequest {
    /// The query for the store.
    pub query: PageQuery,
    /// The parameters as the client sent them, without the token.
    parameters: PageParameters,
}

impl PageRequest {
    /// Parses the query of a URL; none if it requests every user.
    ///
    /// # Errors
    /// The invalid parameter, and its accepted values.
    pub fn parse(query: &str, order: UserOrder) -> Result<Option<Self>, ApiError> {
        let mut parameters = parameters::parse(query)?;
        if parameters == PageParameters::default() {
            return Ok(None);
        }
        let mut query = page_query(&parameters, order)?;
        if let Some(token) = parameters.page_token.take() {
            query.after = Some(page_token::read(&token, &query).ok_or_else(page_token::refusal)?);
        }
        Ok(Some(Self { query, parameters }))
    }

    /// The query of the next page.
    #[must_use]
    pub fn next(&self, token: &str) -> String {
        parameters::with_token(&self.parameters, token)
    }
}

/// The query for the first page.
fn page_query(parameters: &PageParameters, order: UserOrder) -> Result<PageQuery, ApiError> {
    let PageParameters { limit, page_token: _, name, email, name_prefix, status, role, sort } =
        parameters;
    let filter = UserFilter {
        name: parsed("name", name.as_deref(), Username::parse)?.map(|name| name.key()),
        email: parsed("email", email.as_deref(), Email::parse)?.map(|email| email.key()),
        name_prefix: parsed("namePrefix", name_prefix.as_deref(), NamePrefix::parse)?,
        status: status.map(|UserStatus(status)| status),
        role: parsed("role", role.as_deref(), RoleName::parse)?,
    };
    let order = sort.map_or(order, |UserSort(order)| order);
    let limit = limit.unwrap_or(PAGE_DEFAULT_LENGTH);
    Ok(PageQuery { filter, order, after: None, limit })
}
