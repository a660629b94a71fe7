//! The query of a list: which page of it, if not all.

use std::fmt::Display;

use form_urlencoded::Serializer;
use rollcall_api_spec::UserSort;
use rollcall_domain::{
    Email, NamePrefix, PAGE_MAX_LENGTH, PageQuery, RoleName, Status, UserFilter, UserOrder,
    Username,
};

use crate::{body, error::ApiError, page_token};

/// How many users a page has unless it is said.
pub(crate) const DEFAULT_LIMIT: u32 = 100;

/// The parameters that make an answer a page.
const NAMES: [&str; 8] =
    ["limit", "pageToken", "name", "email", "namePrefix", "status", "role", "sort"];

/// A page that was asked for.
#[derive(Debug, PartialEq)]
pub(crate) struct PageRequest {
    /// What the store is asked.
    pub(crate) query: PageQuery,
    /// The parameters as they were given, without the token.
    parameters: Parameters,
}

/// Parameters that mean something, each there once, as they were given.
#[derive(Debug, PartialEq)]
pub(crate) struct Parameters(Vec<(&'static str, String)>);

impl PageRequest {
    /// The page that the query of a URL asks for; none if it asks for every user.
    ///
    /// # Errors
    /// The invalid parameter, and its accepted values.
    pub(crate) fn parse(query: &str, order: UserOrder) -> Result<Option<Self>, ApiError> {
        let parameters = Parameters::parse(query, &NAMES)?;
        if parameters.0.is_empty() { Ok(None) } else { Self::of(parameters, order).map(Some) }
    }

    fn of(mut parameters: Parameters, order: UserOrder) -> Result<Self, ApiError> {
        let token = parameters.take("pageToken");
        let mut query =
            PageQuery { filter: UserFilter::default(), order, after: None, limit: DEFAULT_LIMIT };
        for (name, value) in parameters.iter() {
            set(&mut query, name, value)?;
        }
        if let Some(token) = token {
            let place = page_token::read(&token, &query);
            query.after = Some(place.ok_or_else(page_token::refusal)?);
        }
        Ok(Self { query, parameters })
    }

    /// The query of the page behind this one.
    pub(crate) fn next(&self, token: &str) -> String {
        self.parameters.with_token(token)
    }
}

impl Parameters {
    /// Those of the query of a URL, which must have these names: a filter that is misspelt would
    /// make the answer a list of all users.
    ///
    /// # Errors
    /// That one has another name, or is there twice.
    pub(crate) fn parse(query: &str, names: &[&'static str]) -> Result<Self, ApiError> {
        let mut parameters: Vec<(&'static str, String)> = Vec::new();
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            let known = names.iter().find(|known| **known == name);
            let name = known.ok_or_else(|| unknown(&name, names))?;
            if parameters.iter().any(|(given, _)| given == name) {
                return Err(refusal(name, &"must occur once"));
            }
            parameters.push((*name, value.into_owned()));
        }
        Ok(Self(parameters))
    }

    /// Takes one of them out.
    pub(crate) fn take(&mut self, name: &str) -> Option<String> {
        let place = self.0.iter().position(|(given, _)| *given == name)?;
        Some(self.0.remove(place).1)
    }

    /// Each of them.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&'static str, &str)> {
        self.0.iter().map(|(name, value)| (*name, value.as_str()))
    }

    /// The same as a query, with the token of a page.
    pub(crate) fn with_token(&self, token: &str) -> String {
        let mut query = Serializer::new(String::new());
        query.extend_pairs(&self.0).append_pair("pageToken", token).finish()
    }
}

/// How many a page is to have.
///
/// # Errors
/// That it can't have as many.
pub(crate) fn limit(value: &str) -> Result<u32, ApiError> {
    let limit = value.parse().ok().filter(|limit| (1..=PAGE_MAX_LENGTH).contains(limit));
    let accepted = format!("must be a whole number from 1 to {PAGE_MAX_LENGTH}");
    limit.ok_or_else(|| refusal("limit", &accepted))
}

/// Takes over one parameter but the token, which depends on the others.
fn set(query: &mut PageQuery, name: &'static str, value: &str) -> Result<(), ApiError> {
    let filter = &mut query.filter;
    match name {
        "limit" => query.limit = limit(value)?,
        "name" => filter.name = Some(parsed(name, Username::parse(value))?.key()),
        "email" => filter.email = Some(parsed(name, Email::parse(value))?.key()),
        "namePrefix" => filter.name_prefix = Some(parsed(name, NamePrefix::parse(value))?),
        "role" => filter.role = Some(parsed(name, RoleName::parse(value))?),
        "status" => {
            let status = [Status::Enabled, Status::Disabled].into_iter();
            let status = status.into_iter().find(|status| status.as_str() == value);
            filter.status =
                Some(status.ok_or_else(|| refusal(name, &"must be ENABLED or DISABLED"))?);
        }
        "sort" => {
            query.order = match value.parse() {
                Ok(UserSort::Id) => UserOrder::Id,
                Ok(UserSort::Name) => UserOrder::Name,
                Ok(UserSort::CreateTime) => UserOrder::CreateTime,
                Err(_) => return Err(refusal(name, &"must be id, name or createTime")),
            };
        }
        _ => {}
    }
    Ok(())
}

fn parsed<T, E: Display>(name: &str, outcome: Result<T, E>) -> Result<T, ApiError> {
    outcome.map_err(|reason| refusal(name, &reason))
}

/// Refuses a parameter that has none of these names.
fn unknown(name: &str, names: &[&str]) -> ApiError {
    let name = if body::is_like_a_name(name) { name } else { "a parameter of the query" };
    refusal(name, &format!("is unknown; accepted are {}", names.join(", ")))
}

/// Refuses a parameter.
pub(crate) fn refusal(name: &str, reason: &impl Display) -> ApiError {
    ApiError::Malformed(format!("{name} {reason}"))
}
