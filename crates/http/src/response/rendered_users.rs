//! Users as JSON with their tags, rendered once by each worker.
//!
//! The answer depends on the user alone. A user is compared as a whole with the one that was
//! rendered, so that a changed user is rendered again.

use std::cell::RefCell;

use actix_web::{http::header::HeaderValue, web::Bytes};
use rollcall_api_spec::EndpointSet;
use rollcall_domain::User;
use serde::Serialize;

use crate::request::conditions;

/// How many users a worker keeps at most, of both sets together: about a megabyte.
const PLACES: usize = 2048;

thread_local! {
    static RENDERED: RefCell<RenderedUsers> = const { RefCell::new(RenderedUsers(Vec::new())) };
}

/// The answer that shows a user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct RenderedUser {
    /// The JSON.
    pub(crate) body: Bytes,
    /// The tag, quotes included.
    pub(crate) etag: HeaderValue,
}

/// Rendered users, each in the place of its id and set.
struct RenderedUsers(Vec<Option<Box<Kept>>>);

/// A user as it was rendered in a set.
struct Kept {
    set: EndpointSet,
    user: User,
    rendered: RenderedUser,
}

/// The answer of `set` that shows `user`, as `to_wire` converts it. A set has one such conversion.
///
/// # Errors
/// When it cannot be written as JSON.
pub(crate) fn rendered<T: Serialize>(
    set: EndpointSet,
    user: User,
    to_wire: fn(User) -> T,
) -> serde_json::Result<RenderedUser> {
    RENDERED.with_borrow_mut(|users| users.get_or(set, user, |user| render(set, user, to_wire)))
}

fn render<T: Serialize>(
    set: EndpointSet,
    user: &User,
    to_wire: fn(User) -> T,
) -> serde_json::Result<RenderedUser> {
    let tag = Bytes::from(conditions::etag(set, user.revision()));
    // A tag is made of digits.
    let etag = HeaderValue::from_maybe_shared(tag).unwrap_or(HeaderValue::from_static(""));
    Ok(RenderedUser { body: serde_json::to_vec(&to_wire(user.clone()))?.into(), etag })
}

impl RenderedUsers {
    fn get_or(
        &mut self,
        set: EndpointSet,
        user: User,
        render: impl FnOnce(&User) -> serde_json::Result<RenderedUser>,
    ) -> serde_json::Result<RenderedUser> {
        if self.0.is_empty() {
            self.0.resize_with(PLACES, || None);
        }
        let place = &mut self.0[place(set, &user)];
        match place {
            Some(kept) if kept.set == set && kept.user == user => Ok(kept.rendered.clone()),
            _ => {
                let rendered = render(&user)?;
                *place = Some(Box::new(Kept { set, user, rendered: rendered.clone() }));
                Ok(rendered)
            }
        }
    }
}

/// The place of a user. Ids that follow each other have places of their own.
fn place(set: EndpointSet, user: &User) -> usize {
    let id = usize::try_from(user.id.0).unwrap_or_default();
    (id % (PLACES / 2)) * 2 + usize::from(set == EndpointSet::Portal)
}

#[cfg(test)]
mod tests {
    use super::{EndpointSet, HeaderValue, PLACES, User, rendered};
    use rollcall_domain::{Email, RoleName, Roles, Status, UserId, Username, Version};

    fn user(id: i64) -> User {
        User {
            id: UserId(id),
            version: Version(3),
            create_time: jiff::Timestamp::UNIX_EPOCH,
            name: Username::from_store("alice".to_owned()),
            email: None,
            status: Status::Enabled,
            roles: Roles::default(),
        }
    }

    /// Everything about a user.
    fn all(user: User) -> String {
        let text = format!("{user:?}");
        drop(user);
        text
    }

    #[test]
    fn every_field_of_a_user_is_compared() {
        let email = Some(Email::from_store("a@example.com".to_owned()));
        let roles = Roles::new([RoleName::from_store("reader".to_owned())]).unwrap();
        let other_id = 7 + i64::try_from(PLACES).unwrap();
        let users = [
            user(7),
            User { id: UserId(other_id), ..user(7) },
            User { version: Version(4), ..user(7) },
            User { create_time: jiff::Timestamp::MAX, ..user(7) },
            User { name: Username::from_store("Alice".to_owned()), ..user(7) },
            User { email, ..user(7) },
            User { status: Status::Disabled, ..user(7) },
            User { roles, ..user(7) },
        ];
        // Twice: each takes the place of the one before.
        for user in users.iter().chain(&users) {
            for _ in 0..2 {
                let answer = rendered(EndpointSet::Directory, user.clone(), all).unwrap();
                assert_eq!(answer.body, serde_json::to_vec(&all(user.clone())).unwrap());
                assert_eq!(answer.etag, format!("\"{}\"", user.version));
            }
        }
    }

    #[test]
    fn each_set_has_its_own_answer() {
        for _ in 0..2 {
            let directory = rendered(EndpointSet::Directory, user(7), |_| "directory").unwrap();
            let portal = rendered(EndpointSet::Portal, user(7), |_| "portal").unwrap();
            assert_eq!([&directory.body[..], &portal.body], [&b"\"directory\""[..], b"\"portal\""]);
            assert_eq!(directory.etag, HeaderValue::from_static("\"3\""));
            assert_eq!(portal.etag, HeaderValue::from_static("\"7.3\""));
        }
    }
}
