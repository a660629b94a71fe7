//! Checks answers against the published document.

use std::{
    collections::HashMap,
    sync::{Arc, LazyLock, Mutex, PoisonError},
};

use jsonschema::Validator;
use serde_json::{Value, json};

use super::Answer;

static DOCUMENT: LazyLock<Value> = LazyLock::new(|| {
    serde_json::from_str(include_str!("../../../../../openapi/openapi.json")).unwrap()
});

/// Paths outside the contract.
const EXTRA: [&str; 9] = [
    "/",
    "/console",
    "/health/",
    "/openapi.",
    "/openapi-3.0.json",
    "/signing-test-vectors.json",
    "/swagger-ui",
    "/nothing",
    "/prov",
];

/// Every difference between `answer` and the document's `method` on `path`.
pub(super) fn breaches(method: &str, path: &str, answer: &Answer) -> Vec<String> {
    let mut breaches = Vec::new();
    if answer.header("x-request-id").is_empty() {
        breaches.push("no X-Request-Id".to_owned());
    }
    let path = path.split('?').next().unwrap_or(path);
    let Some(item) = path_item(path) else {
        let is_extra =
            EXTRA.iter().any(|extra| path == *extra || (*extra != "/" && path.starts_with(extra)));
        if answer.status != 404 && !is_extra {
            breaches.push(format!("{path} is not in the document"));
        }
        return breaches;
    };
    // HEAD is answered as GET is, without the body.
    let (method, is_head) = if method == "HEAD" { ("GET", true) } else { (method, false) };
    match item.get(method.to_lowercase()) {
        Some(operation) => {
            let response = resolve(&operation["responses"][answer.status.to_string()]);
            breaches.extend(response_breaches(response, answer, is_head));
        }
        None if answer.status == 405 => {
            if answer.header("allow").is_empty() {
                breaches.push("405 without Allow".to_owned());
            }
        }
        // CORS preflight requests apply to all operations.
        None if method == "OPTIONS" && answer.header("vary").starts_with("Origin") => {}
        None if method == "OPTIONS" && answer.status == 204 => {
            if answer.header("allow").is_empty() || !answer.body.is_empty() {
                breaches.push("OPTIONS without Allow or with a body".to_owned());
            }
        }
        None => breaches.push(format!("{method} is not in the document")),
    }
    breaches
}

fn response_breaches(response: &'static Value, answer: &Answer, is_head: bool) -> Vec<String> {
    if response.is_null() {
        return vec![format!("status {} is not documented", answer.status)];
    }
    let mut breaches = Vec::new();
    for (name, header) in response["headers"].as_object().into_iter().flatten() {
        let header = resolve(header);
        let value = answer.headers.get(name).map(|value| value.to_str().unwrap());
        match value {
            None if header["required"] == json!(false) => {}
            None => breaches.push(format!("no {name}")),
            Some(text) => {
                let is_number = header["schema"]["type"] == "integer";
                let number = serde_json::from_str(text).ok().filter(|_| is_number);
                let value = number.unwrap_or_else(|| json!(text));
                breaches.extend(schema_breaches(&header["schema"], &value));
            }
        }
    }
    let media_type = answer.header("content-type");
    match response["content"].as_object() {
        None if !answer.body.is_empty() => breaches.push("an undocumented body".to_owned()),
        None => {}
        Some(content) => match content.get(media_type) {
            Some(_) if is_head && answer.body.is_empty() => {}
            Some(content) => match serde_json::from_str(&answer.body) {
                Ok(body) => breaches.extend(schema_breaches(&content["schema"], &body)),
                Err(_) => breaches.push("the body is no JSON".to_owned()),
            },
            None => breaches.push(format!("content type {media_type} is not documented")),
        },
    }
    breaches
}

fn schema_breaches(schema: &Value, value: &Value) -> Vec<String> {
    validator(schema)
        .iter_errors(value)
        .map(|error| format!("{error} at {}", error.instance_path()))
        .collect()
}

/// The validator of a schema, kept because building one takes longer than most requests.
fn validator(schema: &Value) -> Arc<Validator> {
    static MADE: LazyLock<Mutex<HashMap<String, Arc<Validator>>>> = LazyLock::new(Mutex::default);
    let key = schema.to_string();
    let made = MADE.lock().unwrap_or_else(PoisonError::into_inner).get(&key).map(Arc::clone);
    made.unwrap_or_else(|| {
        let mut schema = schema.clone();
        schema["components"] = DOCUMENT["components"].clone();
        let options = jsonschema::options().should_validate_formats(true);
        let validator = Arc::new(options.build(&schema).expect("a schema"));
        let mut made = MADE.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(made.entry(key).or_insert(validator))
    })
}

/// The documented path that `path` is one of: of `/users/me` and `/users/{userId}` the one that has
/// it word for word.
fn path_item(path: &str) -> Option<&'static Value> {
    let segments: Vec<_> = path.split('/').collect();
    let matches = |template: &str| {
        let template: Vec<_> = template.split('/').collect();
        template.len() == segments.len()
            && template.iter().zip(&segments).all(|(expected, actual)| {
                (expected.starts_with('{') && !actual.is_empty()) || expected == actual
            })
    };
    let paths = DOCUMENT["paths"].as_object()?;
    let found = paths.iter().filter(|(template, _)| matches(template));
    found.min_by_key(|(template, _)| template.matches('{').count()).map(|(_, item)| item)
}

fn resolve(value: &'static Value) -> &'static Value {
    match value["$ref"].as_str() {
        Some(reference) => DOCUMENT.pointer(reference.trim_start_matches('#')).expect("a target"),
        None => value,
    }
}

mod tests {
    use super::{Answer, breaches};
    use ureq::http::{HeaderMap, HeaderName, HeaderValue};

    const USER: &str = r#"{"user":{"id":1,"version":0,"createTime":"2017-05-08T17:44:19Z",
        "name":"a","email":null,"status":"ENABLED","roles":[]}}"#;

    fn answer(status: u16, headers: &[(&'static str, &'static str)], body: &str) -> Answer {
        // The first header of a name counts.
        let headers: HeaderMap = headers
            .iter()
            .chain(&[("x-request-id", "1")])
            .map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value)))
            .collect();
        Answer { status, headers, body: body.to_owned() }
    }

    #[test]
    fn an_honest_answer_passes() {
        let headers = [("content-type", "application/json"), ("etag", "\"0\"")];
        assert_eq!(breaches("GET", "/users/1", &answer(200, &headers, USER)), [""; 0]);
    }

    #[test]
    fn every_kind_of_breach_is_found() {
        let json = ("content-type", "application/json");
        let etag = ("etag", "\"0\"");
        let bad_time = USER.replace("2017-05-08T17:44:19Z", "yesterday");
        for (method, path, answer, expected) in [
            ("GET", "/users/1", answer(418, &[json], USER), "not documented"),
            ("GET", "/users/1", answer(200, &[json], USER), "no ETag"),
            ("GET", "/users/1", answer(200, &[etag], USER), "content type"),
            ("GET", "/users/1", answer(200, &[json, etag], "{}"), "required"),
            ("GET", "/users/1", answer(200, &[json, etag], "{"), "no JSON"),
            ("GET", "/users/1", answer(200, &[json, etag, ("x-request-id", "a b")], USER), "match"),
            ("GET", "/users/1", answer(200, &[json, etag], &bad_time), "date-time"),
            ("GET", "/users/1", answer(304, &[etag], USER), "undocumented body"),
            ("DELETE", "/users/1", answer(204, &[], ""), "DELETE is not in the document"),
            ("OPTIONS", "/users/1", answer(200, &[], ""), "OPTIONS is not in the document"),
            ("OPTIONS", "/users/1", answer(204, &[], ""), "without Allow"),
            ("OPTIONS", "/users/1", answer(204, &[("allow", "GET")], "GET"), "with a body"),
            ("HEAD", "/users/1", answer(200, &[json], ""), "no ETag"),
            ("HEAD", "/users/1", answer(200, &[etag], ""), "content type"),
            ("HEAD", "/users/1", answer(200, &[json, etag], "{"), "no JSON"),
            ("HEAD", "/tokens", answer(200, &[], ""), "GET is not in the document"),
            ("DELETE", "/users/1", answer(405, &[], ""), "without Allow"),
            ("GET", "/elsewhere", answer(200, &[], ""), "not in the document"),
        ] {
            let found = breaches(method, path, &answer);
            assert!(found.iter().any(|breach| breach.contains(expected)), "{expected}: {found:?}");
        }
    }
}
