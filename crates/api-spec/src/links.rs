//! OpenAPI links: operations that can follow a response, with parameters taken from it.

use utoipa::{
    Modify,
    openapi::{
        OpenApi, RefOr,
        link::{Link, LinkBuilder},
        path::Operation,
    },
};

use crate::paths::operations_mut;

/// A link from a response with one status to an operation, and the value of each of its parameters.
struct Next {
    after: &'static str,
    status: &'static str,
    name: &'static str,
    operation: &'static str,
    parameters: &'static [(&'static str, &'static str)],
}

const CREATED_USER: (&str, &str) = ("userId", "$response.body#/user/id");
const FIRST_USER: (&str, &str) = ("userId", "$response.body#/userList/users/0/id");
const ITS_VERSION: (&str, &str) = ("If-Match", "$response.header.ETag");
const CREATED_NAME: (&str, &str) = ("user", "$response.body#/value/username");
/// The user whose name and version are in a response.
const NAMED_AT: [(&str, &str); 2] = [CREATED_NAME, ITS_VERSION];
const FIRST_NAME: (&str, &str) = ("user", "$response.body#/value/0/username");
const SAME_NAME: (&str, &str) = ("user", "$request.path.user");
const CREATED_SESSION: (&str, &str) = ("sessionKey", "$response.body#/sessionToken/key");
const SAME_SESSION: (&str, &str) = ("sessionKey", "$request.path.sessionKey");
const LOGGED_IN: (&str, &str) = ("userId", "$response.body#/sessionToken/userId");
const SAME_USER: (&str, &str) = ("userId", "$request.path.userId");
const LAST_USED: (&str, &str) = ("sessionId", "$response.body#/sessionList/sessions/0/id");
const SAME_ID: (&str, &str) = ("sessionId", "$request.path.sessionId");

#[rustfmt::skip]
const LINKS: [Next; 18] = [
    next("listUsers", "200", "GetUser", "getUser", &[FIRST_USER]),
    next("createUser", "201", "GetUser", "getUser", &[CREATED_USER]),
    next("createUser", "201", "UpdateUser", "updateUser", &[CREATED_USER, ITS_VERSION]),
    next("getUser", "200", "UpdateUser", "updateUser", &[CREATED_USER, ITS_VERSION]),
    next("updateUser", "200", "GetUser", "getUser", &[CREATED_USER]),
    next("updateUser", "200", "UpdateUser", "updateUser", &[CREATED_USER, ITS_VERSION]),
    next("listPortalUsers", "200", "GetUser", "getPortalUser", &[FIRST_NAME]),
    next("createPortalUser", "201", "GetUser", "getPortalUser", &[CREATED_NAME]),
    next("createPortalUser", "201", "UpdatePassword", "updatePortalUserPassword", &NAMED_AT),
    next("createPortalUser", "201", "DeleteUser", "deletePortalUser", &NAMED_AT),
    next("updatePortalUserPassword", "200", "DeleteUser", "deletePortalUser", &NAMED_AT),
    next("deletePortalUser", "204", "GetUser", "getPortalUser", &[SAME_NAME]),
    next("createSessionToken", "201", "LogOut", "deleteSessionToken", &[CREATED_SESSION]),
    next("createSessionToken", "201", "ListSessions", "listSessions", &[LOGGED_IN]),
    next("listSessions", "200", "EndSession", "deleteSession", &[SAME_USER, LAST_USED]),
    next("deleteSessions", "204", "GetUser", "getUser", &[SAME_USER]),
    next("deleteSession", "204", "EndSession", "deleteSession", &[SAME_USER, SAME_ID]),
    next("deleteSessionToken", "204", "LogOut", "deleteSessionToken", &[SAME_SESSION]),
];

const fn next(
    after: &'static str,
    status: &'static str,
    name: &'static str,
    operation: &'static str,
    parameters: &'static [(&'static str, &'static str)],
) -> Next {
    Next { after, status, name, operation, parameters }
}

/// Adds the links to their responses.
pub(crate) struct Links;

impl Modify for Links {
    fn modify(&self, document: &mut OpenApi) {
        for operation in document.paths.paths.values_mut().flat_map(operations_mut) {
            for next in &LINKS {
                next.add_to(operation);
            }
        }
    }
}

impl Next {
    fn add_to(&self, operation: &mut Operation) {
        let is_start = operation.operation_id.as_deref() == Some(self.after);
        let response = operation.responses.responses.get_mut(self.status);
        if let (true, Some(RefOr::T(response))) = (is_start, response) {
            response.links.insert(self.name.to_owned(), RefOr::T(self.link()));
        }
    }

    fn link(&self) -> Link {
        let link = LinkBuilder::new().operation_id(self.operation);
        let add = |link: LinkBuilder, (name, value): &(&str, &str)| link.parameter(*name, *value);
        self.parameters.iter().fold(link, add).build()
    }
}
