//! Rules of answers.

use serde_json::Value;

use crate::document::{Operation, is_named, items, members, operations, resolve, says};

/// Every answer that is not as it should be: its place and status.
fn not(document: &Value, is_right: impl Fn(&Operation<'_>, &str, &Value) -> bool) -> Vec<String> {
    let mut wrong = Vec::new();
    for operation in operations(document) {
        for (status, response) in operation.responses(document) {
            if !is_right(&operation, status, response) {
                wrong.push(format!("{} {status}", operation.place()));
            }
        }
    }
    wrong
}

fn is_success(status: &str) -> bool {
    status.starts_with('2')
}

pub(crate) fn successes(document: &Value) -> Vec<String> {
    let mut wrong = not(document, |_, status, response| {
        let has_body = response.get("content").is_some();
        has_body != matches!(status, "204" | "304")
    });
    for operation in operations(document) {
        let successes = operation.responses(document).filter(|(status, _)| is_success(status));
        if successes.count() != 1 {
            wrong.push(operation.place());
        }
    }
    wrong
}

pub(crate) fn refusals(document: &Value) -> Vec<String> {
    not(document, |operation, status, response| {
        let (media_type, schema) = if operation.path.starts_with("/api/") {
            ("application/json", "ErrorMessage")
        } else {
            ("application/problem+json", "Problem")
        };
        let content = &response["content"][media_type];
        let is_of_its_set = content["schema"]["$ref"] == format!("#/components/schemas/{schema}")
            && content.get("example").is_some()
            && members(&response["content"]).count() == 1;
        let is_refusal = status.starts_with(['4', '5']);
        says(&response["description"]) && (!is_refusal || is_of_its_set)
    })
}

pub(crate) fn statuses(document: &Value) -> Vec<String> {
    let mut missing = Vec::new();
    for operation in operations(document) {
        let mut expected = vec!["500", "503"];
        let takes_credentials =
            items(&operation.value["security"]).any(|requirement| members(requirement).count() > 0);
        if takes_credentials || operation.id() == "createSessionToken" {
            expected.extend(["401", "429"]);
            // One operation reads no body, even if the request is signed.
            if operation.id() != "verifyCredentials" {
                expected.extend(["408", "413"]);
            }
        }
        if operation.id() == "redeemResetCode" {
            expected.extend(["404", "429"]);
        }
        // A caller may always read itself.
        if takes_credentials && operation.id() != "getCurrentUser" {
            expected.push("403");
        }
        if operation.path.contains('{') && operation.method != "put" {
            expected.push("404");
        }
        if operation.value.get("requestBody").is_some() {
            expected.extend(["400", "408", "413", "415"]);
        }
        if items(&operation.value["parameters"]).any(|parameter| parameter["name"] == "If-Match") {
            expected.push("412");
        }
        let given = &operation.value["responses"];
        let absent = expected.iter().filter(|status| given.get(**status).is_none());
        missing.extend(absent.map(|status| format!("{} {status}", operation.place())));
    }
    missing
}

pub(crate) fn headers(document: &Value) -> Vec<String> {
    not(document, |_, status, response| {
        let headers = &response["headers"];
        let expected = match status {
            "401" => &["X-Request-Id", "WWW-Authenticate"][..],
            "429" | "503" => &["X-Request-Id", "Retry-After"],
            _ => &["X-Request-Id"],
        };
        expected.iter().all(|name| headers.get(name).is_some())
            && members(headers).all(|(name, header)| {
                let header = resolve(document, header);
                // The last page has no next one, and only a PATCH has its own content types.
                header["required"] == !matches!(name, "Link" | "Accept-Patch")
                    && says(&header["description"])
                    && header["schema"]["type"].is_string()
            })
    })
}

pub(crate) fn bodies(document: &Value) -> Vec<String> {
    not(document, |_, _, response| {
        members(&response["content"]).all(|(_, content)| is_named(document, &content["schema"]))
    })
}
