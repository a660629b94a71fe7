//! Rules of operations and of what they take.

use std::collections::HashSet;

use serde_json::{Value, json};

use crate::document::{Operation, is_named, items, members, operations, resolve, says};

/// The verbs that method names begin with.
const VERBS: [&str; 7] = ["list", "get", "create", "redeem", "update", "delete", "verify"];

/// The operation whose body its source document says is not required.
const OPTIONAL_BODY: &str = "updatePortalUserPassword";

pub(crate) fn openapi_version(document: &Value) -> Vec<String> {
    if document["openapi"] == "3.1.0" { vec![] } else { vec![document["openapi"].to_string()] }
}

/// The places of the operations that are not as they should be.
fn not(document: &Value, is_right: impl Fn(&Operation<'_>) -> bool) -> Vec<String> {
    operations(document)
        .filter(|operation| !is_right(operation))
        .map(|operation| operation.place())
        .collect()
}

pub(crate) fn tags(document: &Value) -> Vec<String> {
    let described: Vec<_> = items(&document["tags"])
        .filter(|tag| says(&tag["description"]))
        .map(|tag| &tag["name"])
        .collect();
    let titled = items(&document["tags"]).filter(|tag| says(&tag["x-displayName"])).count();
    let mut wrong = not(document, |operation| {
        let tags = operation.value["tags"].as_array();
        tags.is_some_and(|tags| matches!(&tags[..], [tag] if described.contains(&tag)))
    });
    if titled < described.len() {
        wrong.push("a tag has no title".to_owned());
    }
    wrong
}

pub(crate) fn descriptions(document: &Value) -> Vec<String> {
    not(document, |operation| {
        says(&operation.value["summary"]) && says(&operation.value["description"])
    })
}

/// Menus show summaries alone.
pub(crate) fn summaries(document: &Value) -> Vec<String> {
    let mut seen = HashSet::new();
    let summary = |operation: &Operation<'_>| {
        operation.value["summary"].as_str().unwrap_or_default().to_lowercase()
    };
    operations(document)
        .filter(|operation| !seen.insert(summary(operation)))
        .map(|operation| operation.place())
        .collect()
}

pub(crate) fn operation_ids(document: &Value) -> Vec<String> {
    let mut seen = HashSet::new();
    let ids: Vec<_> = operations(document).map(|operation| operation.id()).collect();
    let is_right = |id: &&str| {
        let rest = VERBS.iter().find_map(|verb| id.strip_prefix(verb)).unwrap_or_default();
        rest.starts_with(|first: char| first.is_ascii_uppercase())
            && rest.chars().all(|character| character.is_ascii_alphabetic())
    };
    ids.iter().filter(|id| !is_right(id) || !seen.insert(**id)).map(ToString::to_string).collect()
}

pub(crate) fn security(document: &Value) -> Vec<String> {
    let schemes = &document["components"]["securitySchemes"];
    let is_known =
        |requirement: &Value| members(requirement).all(|(name, _)| schemes.get(name).is_some());
    not(document, |operation| {
        let security = &operation.value["security"];
        items(security).count() > 0 && items(security).all(is_known)
    })
}

pub(crate) fn parameters(document: &Value) -> Vec<String> {
    let is_right = |parameter: &Value| {
        let schema = resolve(document, &parameter["schema"]);
        let is_in_path = parameter["in"] == "path";
        says(&parameter["description"])
            && schema["type"].is_string()
            && parameter["required"] == json!(is_in_path)
            // Swagger UI fills in every example, even for optional parameters.
            && parameter.get("example").is_some() == is_in_path
    };
    not(document, |operation| {
        let named =
            items(&operation.value["parameters"]).filter(|parameter| parameter["in"] == "path");
        named.count() == operation.path.matches('{').count()
            && items(&operation.value["parameters"]).all(is_right)
    })
}

pub(crate) fn request_bodies(document: &Value) -> Vec<String> {
    let is_right = |operation: &Operation<'_>, body: &Value| {
        let content = &body["content"]["application/json"];
        body["required"] == json!(operation.id() != OPTIONAL_BODY)
            && says(&body["description"])
            && is_named(document, &content["schema"])
            && resolve(document, &content["schema"])["example"].is_object()
    };
    not(document, |operation| {
        operation.value.get("requestBody").is_none_or(|body| is_right(operation, body))
    })
}

pub(crate) fn links(document: &Value) -> Vec<String> {
    let is_right = |link: &Value| {
        let target = operations(document)
            .find(|operation| operation.value["operationId"] == link["operationId"]);
        target.is_some_and(|target| {
            let takes = |name| {
                items(&target.value["parameters"]).any(|parameter| parameter["name"] == name)
            };
            members(&link["parameters"]).count() > 0
                && members(&link["parameters"]).all(|(name, _)| takes(name))
        })
    };
    not(document, |operation| {
        let links: Vec<_> = operation
            .responses(document)
            .flat_map(|(_, response)| members(&response["links"]))
            .collect();
        let leads_on = ["create", "delete"].iter().any(|verb| operation.id().starts_with(verb));
        (!leads_on || !links.is_empty()) && links.iter().all(|(_, link)| is_right(link))
    })
}
