//! The handler that checks credentials for proxies and other programs.

use std::fmt::Write;

use actix_web::{HttpResponse, http::header::HeaderName};
use rollcall_domain::{Action, User, UserRef};

use crate::{
    error::ApiError,
    request::{ApiRequest, required_roles},
};

const REMOTE_USER: HeaderName = HeaderName::from_static("remote-user");
const REMOTE_USER_ID: HeaderName = HeaderName::from_static("remote-user-id");
const REMOTE_EMAIL: HeaderName = HeaderName::from_static("remote-email");
const REMOTE_GROUPS: HeaderName = HeaderName::from_static("remote-groups");

/// Answers for the request that a proxy asks about. It may carry the headers of that request, such
/// as the length of a body that does not follow, so no body is waited for.
pub(crate) async fn verify_credentials(mut call: ApiRequest) -> Result<HttpResponse, ApiError> {
    call.ignore_body();
    let caller = call.authenticate().await?;
    let target = UserRef::Id(caller.user()?.id);
    caller.may(Action::Verify, Some(&target))?;
    let roles = required_roles::parse(call.request().query_string())?;
    Ok(identify(caller.user_with_any(&roles)?))
}

/// The answer that names `user`. Every header is present: many proxies replace a header of the
/// client only by one that the answer has.
fn identify(user: &User) -> HttpResponse {
    let email = user.email.as_ref().map_or("", |email| email.as_str());
    let roles: Vec<_> = user.roles.iter().map(|role| encoded(role.as_str())).collect();
    HttpResponse::NoContent()
        .insert_header((REMOTE_USER, encoded(user.name.as_str())))
        .insert_header((REMOTE_USER_ID, user.id.0))
        .insert_header((REMOTE_EMAIL, encoded(email)))
        .insert_header((REMOTE_GROUPS, roles.join(",")))
        .finish()
}

/// Percent-encodes `%` and every byte but printable ASCII, of which a header consists.
fn encoded(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_graphic() && byte != b'%' {
            encoded.push(char::from(byte));
        } else {
            // Writing to a string does not fail.
            let _ = write!(encoded, "%{byte:02X}");
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::{User, encoded, identify};
    use rollcall_domain::{Email, RoleName, Roles, Status, UserId, Username, Version};

    #[test]
    fn percent_signs_and_bytes_beyond_printable_ascii_are_encoded() {
        for (text, expected) in [
            ("", ""),
            ("alice", "alice"),
            ("a+b@example.com", "a+b@example.com"),
            ("!\"#$&'()*,;<=>?[\\]^`{|}~", "!\"#$&'()*,;<=>?[\\]^`{|}~"),
            ("100%", "100%25"),
            ("%41", "%2541"),
            ("müller", "m%C3%BCller"),
            ("名", "%E5%90%8D"),
            ("a b", "a%20b"),
            ("a\r\nRemote-Groups: admin", "a%0D%0ARemote-Groups:%20admin"),
            ("\0\t\u{7f}\u{85}\u{2028}", "%00%09%7F%C2%85%E2%80%A8"),
        ] {
            assert_eq!(encoded(text), expected, "{text:?}");
        }
    }

    /// A store may hold what an earlier release accepted, or what its operator has written there.
    #[test]
    fn nothing_that_a_store_holds_adds_a_header() {
        let text = || "x\r\nRemote-Groups: admin\u{e9}".to_owned();
        let user = User {
            id: UserId(7),
            version: Version(0),
            create_time: jiff::Timestamp::UNIX_EPOCH,
            name: Username::from_store(text()),
            email: Some(Email::from_store(text())),
            status: Status::Enabled,
            roles: Roles::new([RoleName::from_store(text())]).unwrap(),
        };
        let answer = identify(&user);
        assert_eq!((answer.status().as_u16(), answer.headers().len()), (204, 4));
        for name in ["remote-user", "remote-email", "remote-groups"] {
            let value = answer.headers().get(name).unwrap();
            assert_eq!(value, "x%0D%0ARemote-Groups:%20admin%C3%A9", "{name}");
        }
    }
}
