//! The roles that a query requires of a user.

use rollcall_domain::RoleName;

use crate::{
    error::ApiError,
    request::{body::json::is_like_a_name, pages::parameters::refusal},
};

/// The parameter that names a role.
const ROLE: &str = "role";

/// The roles that the query of a URL names; none if it names none.
///
/// # Errors
/// That one is not the name of a role, or that a parameter has another name. A misspelt one that
/// was ignored would let every user pass.
pub(crate) fn parse(query: &str) -> Result<Vec<RoleName>, ApiError> {
    let mut roles = Vec::new();
    for (name, value) in form_urlencoded::parse(query.as_bytes()) {
        if name != ROLE {
            return Err(unknown(&name));
        }
        roles.push(RoleName::parse(&value).map_err(|reason| refusal(ROLE, &reason))?);
    }
    Ok(roles)
}

fn unknown(name: &str) -> ApiError {
    let name = if is_like_a_name(name) { name } else { "a parameter of the query" };
    refusal(name, &"is unknown; accepted is role, which may be repeated")
}

#[cfg(test)]
mod tests {
    use super::parse;
    use crate::error::ApiError;

    #[test]
    fn every_role_of_the_query_counts_as_it_is_spelt() {
        for (query, expected) in [
            ("", &[][..]),
            ("role=auditor", &["auditor"]),
            ("role=auditor&role=ROLE_USER", &["auditor", "ROLE_USER"]),
            ("role=system%3Amasters&role=auditor", &["system:masters", "auditor"]),
            ("%72ole=a", &["a"]),
            ("&role=a&&", &["a"]),
        ] {
            let roles = parse(query).unwrap();
            let roles: Vec<_> = roles.iter().map(ToString::to_string).collect();
            assert_eq!(roles, expected, "{query}");
        }
    }

    #[test]
    fn a_query_that_names_anything_else_is_refused() {
        for (query, expected) in [
            ("group=a", "group is unknown; accepted is role, which may be repeated"),
            ("role=a&Role=b", "Role is unknown; accepted is role, which may be repeated"),
            ("role=", "role must be 1 to 64 of A-Z"),
            ("role", "role must be 1 to 64 of A-Z"),
            ("role=a%0d%0ab", "role must be 1 to 64 of A-Z"),
            ("role=a,b", "role must be 1 to 64 of A-Z"),
            ("role=a&role=1", "role must be 1 to 64 of A-Z"),
            ("role=Admin", "role must not be `admin` in capital letters"),
        ] {
            let refusal = parse(query).unwrap_err();
            let ApiError::Malformed(text) = refusal else { panic!("{query}: {refusal:?}") };
            assert!(text.starts_with(expected), "{query}: {text}");
        }
    }
}
