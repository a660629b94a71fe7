//! Rules of examples.

use rollcall_api_spec::{
    directory::{UserChange, UserRegistration},
    portal::{PortalPasswordChange, PortalUserCreate},
    tokens::SessionTokenRequest,
};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::document::{items, members, operations, schemas};

pub(crate) fn validity(document: &Value) -> Vec<String> {
    let mut wrong = Vec::new();
    let mut check = |place: String, schema: &Value, example: Option<&Value>| {
        if let Some(example) = example
            && !is_valid(document, schema, example)
        {
            wrong.push(place);
        }
    };
    for operation in operations(document) {
        for parameter in items(&operation.value["parameters"]) {
            check(operation.place(), &parameter["schema"], parameter.get("example"));
        }
        for (status, response) in operation.responses(document) {
            for (_, content) in members(&response["content"]) {
                let place = format!("{} {status}", operation.place());
                check(place, &content["schema"], content.get("example"));
            }
        }
    }
    for (name, schema) in schemas(document) {
        check(name.to_owned(), schema, schema.get("example"));
        for (member, value) in members(&schema["properties"]) {
            check(format!("{name}.{member}"), value, value.get("example"));
        }
    }
    wrong.extend(requests_that_are_not_read(document));
    wrong
}

fn is_valid(document: &Value, schema: &Value, example: &Value) -> bool {
    let mut schema = schema.clone();
    schema["components"] = document["components"].clone();
    let options = jsonschema::options().should_validate_formats(true);
    options.build(&schema).is_ok_and(|validator| validator.is_valid(example))
}

/// The examples of request bodies that the service's own types do not take.
fn requests_that_are_not_read(document: &Value) -> Vec<String> {
    fn is_read<T: DeserializeOwned>(example: &Value) -> bool {
        serde_json::from_value::<T>(example.clone()).is_ok()
    }
    type Reader = fn(&Value) -> bool;
    let readers: [(&str, Reader); 5] = [
        ("PortalUserCreate", is_read::<PortalUserCreate>),
        ("PortalPasswordChange", is_read::<PortalPasswordChange>),
        ("UserRegistration", is_read::<UserRegistration>),
        ("UserChange", is_read::<UserChange>),
        ("SessionTokenRequest", is_read::<SessionTokenRequest>),
    ];
    let example = |name: &str| &document["components"]["schemas"][name]["example"];
    let unread = readers.iter().filter(|(name, is_read)| !is_read(example(name)));
    unread.map(|(name, _)| (*name).to_owned()).collect()
}

/// Compares the examples with what the source documents show, as far as they show any.
pub(crate) fn are_the_source_documents_own(document: &Value) {
    let request = |name: &str| &document["components"]["schemas"][name]["example"];
    assert_eq!(request("PortalUserCreate"), &json!({"value": {"password": "stringst"}}));
    let passwords = json!({"value": {"current_password": "string", "password": "stringst"}});
    assert_eq!(request("PortalPasswordChange"), &passwords);
    let registration = json!({"userInfo": {
        "name": "new-user",
        "email": "new-user-email@example.com",
        "plaintextPassword": "newUserPassw0rd!"
    }});
    assert_eq!(request("UserRegistration"), &registration);
    let answer = |path: &str, method: &str, status: &str| {
        let response = &document["paths"][path][method]["responses"][status];
        &response["content"]["application/json"]["example"]
    };
    let shown = json!({"username": "string", "admin": true});
    let list = "/api/v1/users";
    let user = "/api/v1/users/{user}";
    assert_eq!(answer(list, "get", "200"), &json!({"value": [shown]}));
    assert_eq!(answer(user, "get", "200"), &shown);
    assert_eq!(answer(user, "put", "201"), &json!({"value": shown}));
    assert_eq!(answer(user, "patch", "200"), &json!({"value": shown}));
    assert_eq!(
        answer(user, "put", "400"),
        "Key: 'UserPasswordRequest.Value.Password' Error:Field validation for 'Password' failed on \
         the 'required' tag"
    );
    assert_eq!(answer(user, "put", "409"), "Username already existed");
    let made = &answer("/users", "post", "201")["user"];
    assert_eq!((&made["id"], &made["createTime"]), (&json!(13), &json!("2017-05-08T17:44:19Z")));
    let ids: Vec<_> = items(&answer("/users", "get", "200")["userList"]["users"])
        .map(|user| &user["id"])
        .collect();
    assert_eq!(ids, [18, 21, 33]);
    assert_eq!(answer("/users/{userId}", "get", "200")["user"]["name"], "user12");
}
