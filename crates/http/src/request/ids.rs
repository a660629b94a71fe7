//! Ids in paths and parameters.

use rollcall_domain::{Action, Caller, UserId, UserRef, limits::LARGEST_NUMBER};

use crate::error::ApiError;

/// The user that the path means by `text`, if `caller` may do `action` to it. An anonymous caller
/// does not learn even that the path is malformed.
pub(crate) fn with_id(caller: &Caller, text: &str, action: Action) -> Result<UserRef, ApiError> {
    if let Caller::Anonymous = caller {
        caller.may(action, None)?;
    }
    // A larger one is as unknown as any other that no user has: 404, or 403 to non-admins.
    let id = id(text).ok_or_else(|| no_id("userId", LARGEST_NUMBER))?;
    let target = UserRef::Id(UserId(id));
    caller.may(action, Some(&target))?;
    Ok(target)
}

/// The id that the parameter `name` of the path says, from 1 to `highest`.
pub(crate) fn whole_number(name: &str, text: &str, highest: i64) -> Result<i64, ApiError> {
    id(text).filter(|id| *id <= highest).ok_or_else(|| no_id(name, highest))
}

/// The id that a text is, in the one way of writing it.
fn id(text: &str) -> Option<i64> {
    text.parse().ok().filter(|id: &i64| *id >= 1 && id.to_string() == text)
}

fn no_id(name: &str, highest: i64) -> ApiError {
    ApiError::Malformed(format!("{name} must be a whole number from 1 to {highest}"))
}
