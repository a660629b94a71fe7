//! Parses the parameters of a query. Errors name the parameter and the accepted values, and never
//! repeat a value.

use std::fmt::Display;

use form_urlencoded::Serializer;
use serde::{Serialize, de::DeserializeOwned, de::value::Error};
use serde_path_to_error::Segment;
use serde_urlencoded::Deserializer;

use crate::{error::ApiError, request::body::json::is_like_a_name};

/// Parses the query of a URL. An unknown parameter is an error, because a misspelt filter would
/// make the answer a list of all users.
///
/// # Errors
/// The invalid parameter, and its accepted values.
pub(super) fn parse<T: DeserializeOwned>(query: &str) -> Result<T, ApiError> {
    let pairs = form_urlencoded::parse(query.as_bytes());
    serde_path_to_error::deserialize(Deserializer::new(pairs)).map_err(|error| explain(&error))
}

/// Writes parameters as a query, with the token of a page at the end.
pub(super) fn with_token(parameters: &impl Serialize, token: &str) -> String {
    let query = serde_urlencoded::to_string(parameters).unwrap_or_default();
    Serializer::new(query).append_pair("pageToken", token).finish()
}

/// Parses the value of a parameter.
pub(super) fn parsed<T, E: Display>(
    name: &str,
    value: Option<&str>,
    parse: impl FnOnce(&str) -> Result<T, E>,
) -> Result<Option<T>, ApiError> {
    value.map(parse).transpose().map_err(|reason| refusal(name, &reason))
}

/// The error for an invalid parameter.
pub(crate) fn refusal(name: &str, reason: &impl Display) -> ApiError {
    ApiError::Malformed(format!("{name} {reason}"))
}

/// Translates the error of serde, whose own text may repeat a value.
fn explain(error: &serde_path_to_error::Error<Error>) -> ApiError {
    let message = error.inner().to_string();
    if let Some(name) = message.strip_prefix("duplicate field ") {
        return refusal(name.trim_matches('`'), &"must occur once");
    }
    let Some(Segment::Map { key }) = error.path().iter().next_back() else {
        return refusal("the query", &"is malformed");
    };
    let Some((found, accepted)) = message.rsplit_once("expected ") else {
        return refusal(key, &message);
    };
    let accepted = accepted.replace('`', "");
    if !found.starts_with("unknown field") {
        return refusal(key, &format_args!("must be {accepted}"));
    }
    let name = if is_like_a_name(key) { key } else { "a parameter of the query" };
    refusal(
        name,
        &format_args!("is unknown; accepted are {}", accepted.trim_start_matches("one of ")),
    )
}
