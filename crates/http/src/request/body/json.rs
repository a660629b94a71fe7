//! Reads JSON with errors that name the field and the accepted values there, and that never repeat
//! a value, which may be a password.

use rollcall_api_spec::Object;
use serde::de::DeserializeOwned;
use serde_json::error::Category;
use serde_path_to_error::{Path, Segment};

/// How much of a field's name an error repeats.
const MAX_FIELD_CHARS: usize = 80;

/// The longest name of a member that is repeated though there is no such member.
const MAX_NAME_BYTES: usize = 32;

/// Parses JSON; the error names the field and the accepted values.
pub(super) fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, String> {
    let mut deserializer = serde_json::Deserializer::from_slice(bytes);
    let Object(parsed) = serde_path_to_error::deserialize(&mut deserializer)
        .map_err(|error| explain(error.path(), error.inner()))?;
    deserializer.end().map_err(|error| explain_syntax(&error))?;
    Ok(parsed)
}

fn explain(path: &Path, error: &serde_json::Error) -> String {
    if error.classify() != Category::Data {
        return explain_syntax(error);
    }
    let field = match path.to_string() {
        path if path == "." => "the body".to_owned(),
        path => path.chars().take(MAX_FIELD_CHARS).collect(),
    };
    let message = error.to_string();
    let expected = expectation(&message);
    if message.starts_with("unknown field") {
        format!("{} is unknown; {expected}", unknown(path, field))
    } else if let Some(duplicate) = message.strip_prefix("duplicate field ") {
        format!("{field}: {} occurs twice", without_place(duplicate))
    } else if let Some(missing) = message.strip_prefix("missing field ") {
        // One that is null is missing too, and then the path is its own.
        let missing = without_place(missing);
        match path.iter().next_back() {
            Some(Segment::Map { key }) if *key == missing.trim_matches('`') => {
                format!("{field} is required")
            }
            _ => format!("{field}: {missing} is required"),
        }
    } else {
        format!("{field}: {expected}")
    }
}

/// What to call a member that is not known, which is `field`: by its name only if that looks like
/// one, and not like a password that has got into its place.
fn unknown(path: &Path, field: String) -> String {
    let Some(Segment::Map { key }) = path.iter().next_back() else { return field };
    if is_like_a_name(key) {
        return field;
    }
    let path = path.to_string();
    match path.strip_suffix(key).unwrap_or_default().trim_end_matches('.') {
        "" => "a member of the body".to_owned(),
        parent => format!("a member of {parent}"),
    }
}

/// Whether an unknown name looks like a misspelt one, and may be repeated.
pub(crate) fn is_like_a_name(text: &str) -> bool {
    (1..=MAX_NAME_BYTES).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_alphabetic() || byte == b'_')
}

/// What serde says, without where it stood.
fn without_place(message: &str) -> &str {
    message.rsplit_once(" at line ").map_or(message, |(message, _)| message)
}

/// What serde says it expected, without what it found and where it stood.
fn expectation(message: &str) -> String {
    match without_place(message).rsplit_once("expected ") {
        Some((_, "a sequence")) => "expected an array".to_owned(),
        Some((_, expected)) => format!("expected {expected}"),
        None => "not accepted here".to_owned(),
    }
}

fn explain_syntax(error: &serde_json::Error) -> String {
    format!("the body is not valid JSON at line {} column {}", error.line(), error.column())
}

#[cfg(test)]
mod tests {
    use super::parse;
    use rollcall_api_spec::{
        directory::{UserChange, UserRegistration},
        portal::{PortalPasswordChange, PortalUserCreate},
    };

    fn refusal<T: serde::de::DeserializeOwned>(body: &str) -> String {
        parse::<T>(body.as_bytes()).err().unwrap_or_default()
    }

    #[test]
    fn errors_name_the_field_and_the_accepted_values() {
        for (body, expected) in [
            ("{", "the body is not valid JSON at line 1 column 1"),
            ("{} {}", "the body is not valid JSON at line 1 column 4"),
            ("[{}]", "the body: expected an object"),
            ("null", "the body: expected an object"),
            (r#"{"userInfo":["x"]}"#, "userInfo: expected an object"),
            (r#"{"userInfo":{"name":5}}"#, "userInfo.name: expected a string"),
            (r#"{"userInfo":{"name":null}}"#, ""),
            (
                r#"{"userInfo":{"status":"OFF"}}"#,
                "userInfo.status: expected `ENABLED` or `DISABLED`",
            ),
            (r#"{"userInfo":{"roles":null}}"#, ""),
            (r#"{"userInfo":{"roles":{}}}"#, "userInfo.roles: expected an array"),
            (
                r#"{"userInfo":{"roles":[null]}}"#,
                r#"userInfo.roles[0]: expected an object such as {"name": "admin"}"#,
            ),
            (
                r#"{"userInfo":{"roles":[{"name":"a"},"b"]}}"#,
                r#"userInfo.roles[1]: expected an object such as {"name": "admin"}"#,
            ),
            (r#"{"userInfo":{"roles":[{"name":null}]}}"#, "userInfo.roles[0].name is required"),
            (
                r#"{"userInfo":{"roles":[["a"]]}}"#,
                r#"userInfo.roles[0]: expected an object such as {"name": "admin"}"#,
            ),
            (
                r#"{"userInfo":{"roles":[{"name":"a","x":1}]}}"#,
                "userInfo.roles[0].x is unknown; expected `name`",
            ),
            (r#"{"userInfo":{"roles":[{}]}}"#, "userInfo.roles[0]: `name` is required"),
            (r#"{"user":{},"usr":{}}"#, "usr is unknown; expected `userInfo` or `user`"),
            (r#"{"1":{}}"#, "a member of the body is unknown; expected `userInfo` or `user`"),
            (
                r#"{"userInfo":{"roles":[{"name":"a","x y":1}]}}"#,
                "a member of userInfo.roles[0] is unknown; expected `name`",
            ),
            (r#"{"userInfo":{"name":"a","name":"b"}}"#, "userInfo: `name` occurs twice"),
        ] {
            assert_eq!(refusal::<UserChange>(body), expected, "{body}");
        }
    }

    #[test]
    fn what_answers_show_is_ignored_whatever_it_is() {
        for body in [
            r#"{"user":{"id":1,"version":2,"createTime":[]}}"#,
            r#"{"userInfo":{"id":"x","version":null,"createTime":{"a":1}}}"#,
        ] {
            assert_eq!(refusal::<UserChange>(body), "", "{body}");
        }
        for body in
            [r#"{"value":{"username":1,"admin":[]}}"#, r#"{"username":null,"admin":{},"value":{}}"#]
        {
            assert_eq!(refusal::<PortalUserCreate>(body), "", "{body}");
            assert_eq!(refusal::<PortalPasswordChange>(body), "", "{body}");
        }
        let body = r#"{"userInfo":{"id":1,"version":2,"createTime":3,"status":4,"roles":5}}"#;
        assert_eq!(refusal::<UserRegistration>(body), "");
        let twice = refusal::<UserChange>(r#"{"user":{"id":1,"id":1}}"#);
        assert_eq!(twice, "user: `id` occurs twice");
    }

    #[test]
    fn ignored_members_must_be_json() {
        for ignored in [&b"\"\xff\""[..], b"\"\\ud800\"", &b"[".repeat(200)] {
            let body = [b"{\"user\":{\"id\":", ignored, b"}}"].concat();
            let refusal = parse::<UserChange>(&body).err().unwrap_or_default();
            assert!(refusal.starts_with("the body is not valid JSON"), "{refusal}");
        }
        let deep = format!(r#"{{"user":{{"id":{}1{}}}}}"#, "[".repeat(200), "]".repeat(200));
        assert!(refusal::<UserChange>(&deep).starts_with("the body is not valid JSON"));
    }

    #[test]
    fn errors_never_repeat_a_value() {
        for body in [
            r#"{"value":{"password":12345678}}"#,
            r#"{"value":{"password":["hunter22, expected hunter22"]}}"#,
            r#"{"value":"hunter22 at line expected hunter22"}"#,
            r#"{"value":{"password":{"hunter22":1}}}"#,
            r#"{"value":{"password":["expected hunter22 at line 1"]}}"#,
            r#"{"value":"expected hunter22 at line 1"}"#,
            r#"{"value":{"hunter22":1}}"#,
            r#"{"hunter22":"hunter22"}"#,
        ] {
            let refusal = refusal::<PortalUserCreate>(body);
            assert!(!refusal.is_empty() && !refusal.contains("hunter22"), "{refusal}");
            assert!(!refusal.contains("12345678"), "{refusal}");
        }
    }
}
