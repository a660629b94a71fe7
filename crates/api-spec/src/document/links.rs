//! OpenAPI links: operations that can follow a response, with parameters taken from it.

use utoipa::{
    Modify,
    openapi::{
        OpenApi, RefOr,
        link::{Link, LinkBuilder},
        path::Operation,
    },
};

use super::walk::operations_mut;

/// A link from a response with one status to an operation, and the value of each of its parameters.
/// Swagger UI shows the description as text, so it has no Markdown.
struct Next {
    after: &'static str,
    status: &'static str,
    name: &'static str,
    operation: &'static str,
    parameters: &'static [(&'static str, &'static str)],
    description: &'static str,
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
const CREATED_KEY: (&str, &str) = ("keyId", "$response.body#/key/id");
const SAME_ID: (&str, &str) = ("sessionId", "$request.path.sessionId");

#[rustfmt::skip]
const LINKS: [Next; 22] = [
    next("listUsers", "200", "GetUser", "getUser", &[FIRST_USER])
        .described("Gets the first user of the list."),
    next("createUser", "201", "GetUser", "getUser", &[CREATED_USER])
        .described("Gets the new user."),
    next("createUser", "201", "UpdateUser", "updateUser", &[CREATED_USER, ITS_VERSION])
        .described("Changes the new user at this version."),
    next("getUser", "200", "UpdateUser", "updateUser", &[CREATED_USER, ITS_VERSION])
        .described("Changes the user at this version."),
    next("getCurrentUser", "200", "UpdateUser", "updateUser", &[CREATED_USER, ITS_VERSION])
        .described("Changes the user at this version."),
    next("updateUser", "200", "GetUser", "getUser", &[CREATED_USER])
        .described("Gets the changed user."),
    next("updateUser", "200", "UpdateUser", "updateUser", &[CREATED_USER, ITS_VERSION])
        .described("Changes the user again, at the new version."),
    next("listPortalUsers", "200", "GetUser", "getPortalUser", &[FIRST_NAME])
        .described("Gets the first user of the list."),
    next("createPortalUser", "201", "GetUser", "getPortalUser", &[CREATED_NAME])
        .described("Gets the new user."),
    next("createPortalUser", "201", "UpdatePassword", "updatePortalUserPassword", &NAMED_AT)
        .described("Changes the password of the new user at this version."),
    next("createPortalUser", "201", "DeleteUser", "deletePortalUser", &NAMED_AT)
        .described("Deletes the new user at this version."),
    next("updatePortalUserPassword", "200", "DeleteUser", "deletePortalUser", &NAMED_AT)
        .described("Deletes the user at the new version."),
    next("deletePortalUser", "204", "GetUser", "getPortalUser", &[SAME_NAME])
        .described("Checks that the user is deleted."),
    next("createSessionToken", "201", "LogOut", "deleteSessionToken", &[CREATED_SESSION])
        .described("Ends the new session."),
    next("createSessionToken", "201", "ListSessions", "listSessions", &[LOGGED_IN])
        .described("Lists the sessions of the user."),
    next("listSessions", "200", "EndSession", "deleteSession", &[SAME_USER, LAST_USED])
        .described("Ends the most recently used session."),
    next("deleteSessions", "204", "GetUser", "getUser", &[SAME_USER])
        .described("Gets the user."),
    next("deleteSession", "204", "EndSession", "deleteSession", &[SAME_USER, SAME_ID])
        .described("Checks that the session has ended."),
    next("createApiKey", "201", "EndKey", "deleteApiKey", &[SAME_USER, CREATED_KEY])
        .described("Ends the new key."),
    next("deleteApiKey", "204", "ListKeys", "listApiKeys", &[SAME_USER])
        .described("Lists the other keys of the user."),
    next("createResetCode", "201", "GetUser", "getUser", &[SAME_USER])
        .described("Gets the user whose password the code sets."),
    next("deleteSessionToken", "204", "LogOut", "deleteSessionToken", &[SAME_SESSION])
        .described("Checks that the session has ended."),
];

const fn next(
    after: &'static str,
    status: &'static str,
    name: &'static str,
    operation: &'static str,
    parameters: &'static [(&'static str, &'static str)],
) -> Next {
    Next { after, status, name, operation, parameters, description: "" }
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
    const fn described(self, description: &'static str) -> Self {
        Self { description, ..self }
    }

    fn add_to(&self, operation: &mut Operation) {
        let is_start = operation.operation_id.as_deref() == Some(self.after);
        let response = operation.responses.responses.get_mut(self.status);
        if let (true, Some(RefOr::T(response))) = (is_start, response) {
            response.links.insert(self.name.to_owned(), RefOr::T(self.link()));
        }
    }

    fn link(&self) -> Link {
        let link = LinkBuilder::new().operation_id(self.operation).description(self.description);
        let add = |link: LinkBuilder, (name, value): &(&str, &str)| link.parameter(*name, *value);
        self.parameters.iter().fold(link, add).build()
    }
}
