//! The words of the source documents, which the published one repeats as they are.

use serde_json::Value;

use crate::document::published;

/// A place of the document, and what a source document says there. More may follow in sentences.
const PORTAL: [(&str, &str); 20] = [
    ("/tags/0/x-displayName", "Portal"),
    (
        "/tags/0/description",
        "Create, edit, and delete users. You need to provide authentication parameters for all \
         queries.",
    ),
    ("/paths/~1api~1v1~1users/get/summary", "Get all users"),
    ("/paths/~1api~1v1~1users/get/description", "Get all users"),
    ("/paths/~1api~1v1~1users/get/responses/200/description", "Successfully received users"),
    ("/paths/~1api~1v1~1users~1{user}/get/summary", "Get an user"),
    ("/paths/~1api~1v1~1users~1{user}/get/description", "Get an user specified by the user"),
    ("/paths/~1api~1v1~1users~1{user}/get/parameters/0/description", "Username"),
    (
        "/paths/~1api~1v1~1users~1{user}/get/responses/200/description",
        "Successfully received an user",
    ),
    ("/paths/~1api~1v1~1users~1{user}/put/summary", "Create an user"),
    ("/paths/~1api~1v1~1users~1{user}/put/description", "Create an user specified by the user"),
    (
        "/paths/~1api~1v1~1users~1{user}/put/responses/201/description",
        "Successfully created an user",
    ),
    ("/paths/~1api~1v1~1users~1{user}/put/responses/400/description", "Password issue"),
    ("/paths/~1api~1v1~1users~1{user}/put/responses/409/description", "Username already existed"),
    ("/paths/~1api~1v1~1users~1{user}/delete/summary", "Delete an user"),
    ("/paths/~1api~1v1~1users~1{user}/delete/description", "Delete an user specified by the user"),
    (
        "/paths/~1api~1v1~1users~1{user}/delete/responses/204/description",
        "Successfully deleted an user",
    ),
    ("/paths/~1api~1v1~1users~1{user}/patch/summary", "Update a password user"),
    (
        "/paths/~1api~1v1~1users~1{user}/patch/description",
        "Update a password user specified by the user",
    ),
    ("/paths/~1api~1v1~1users~1{user}/patch/responses/200/description", "Password updated"),
];

const DIRECTORY: [(&str, &str); 12] = [
    ("/tags/1/x-displayName", "Users"),
    ("/tags/1/description", "The Users Resource"),
    ("/paths/~1users/get/summary", "Returns a list of all users"),
    (
        "/paths/~1users/get/description",
        "Returns a list of all users. Non-admins will get an authorization error when trying to \
         retrieve this resource.",
    ),
    ("/paths/~1users/post/summary", "Creates a user"),
    ("/paths/~1users/post/description", "Creates a user."),
    ("/paths/~1users~1{userId}/get/summary", "Returns info about a user"),
    (
        "/paths/~1users~1{userId}/get/description",
        "Returns info about a user. A non-admin user can only retrieve his or her own info. Admins \
         can retrieve any user's info.",
    ),
    ("/paths/~1users~1{userId}/get/parameters/0/description", "The desired user's id (not name)."),
    ("/paths/~1users~1{userId}/patch/summary", "Modify a user's info"),
    (
        "/paths/~1users~1{userId}/patch/description",
        "Modify a user's info. A non-admin user can only modify his or her own info. Admins can \
         modify any user's info. Attempts by non-admin user to change status or roles will be \
         ignored.",
    ),
    (
        "/paths/~1users~1{userId}/patch/parameters/1/description",
        "Only perform modification if server's user.version matches the value of this header.",
    ),
];

/// Whether `said` is these words, alone or with more behind them.
fn begins_with(said: &str, words: &str) -> bool {
    let rest = said.strip_prefix(words);
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', ' ']))
}

#[test]
fn the_words_are_the_ones_of_the_source_documents() {
    let document = published();
    for (place, words) in PORTAL.into_iter().chain(DIRECTORY) {
        let said = document.pointer(place).and_then(Value::as_str).unwrap_or_default();
        let said = said.replace('\n', " ");
        assert!(begins_with(&said, words), "{place}: {said}");
    }
}

#[test]
fn the_source_document_lets_the_body_of_one_patch_be_left_out() {
    let document = published();
    let required = document.pointer("/paths/~1api~1v1~1users~1{user}/patch/requestBody/required");
    assert_eq!(required, Some(&Value::Bool(false)));
}
