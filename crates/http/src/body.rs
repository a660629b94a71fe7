//! Request bodies: JSON of bounded size, read with errors that name the field and the accepted
//! values there, and that never repeat a value, which may be a password.

use std::{mem, rc::Rc, time::Duration};

use actix_web::{
    HttpRequest,
    http::header,
    rt,
    web::{self, Bytes},
};
use rollcall_api_spec::{MergePatch, Object};
use serde::de::DeserializeOwned;
use serde_json::error::Category;
use serde_path_to_error::{Path, Segment};

use crate::{connection::Connection, error::ApiError, merge_patch, numbers};

/// The largest body that is read.
pub(crate) const MAX_BODY_BYTES: usize = 64 * 1024;

/// The content types of bodies.
const JSON: &str = "application/json";
const MERGE_PATCH: &str = "application/merge-patch+json";

/// What some systems begin texts in UTF-8 with. It is no part of JSON (RFC 8259, section 8.1).
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// How long a body may take to come.
#[derive(Clone, Copy)]
pub(crate) struct BodyTimeout(pub(crate) Duration);

impl Default for BodyTimeout {
    fn default() -> Self {
        Self(Duration::from_secs(10))
    }
}

/// How much of a field's name an error repeats.
const MAX_FIELD_CHARS: usize = 80;

/// The longest name of a member that is repeated though there is no such member.
const MAX_NAME_BYTES: usize = 32;

/// The body of a request.
pub(crate) enum Body {
    /// As it comes.
    Unread(web::Payload),
    /// As it came.
    Read(Bytes),
}

impl Body {
    /// Whether the body has been read.
    pub(crate) fn is_read(&self) -> bool {
        matches!(self, Self::Read(_))
    }

    /// The bytes of the body of `request`.
    pub(crate) async fn bytes(&mut self, request: &HttpRequest) -> Result<Bytes, ApiError> {
        let bytes = match mem::replace(self, Self::Read(Bytes::new())) {
            Self::Unread(payload) => read(request, payload).await?,
            Self::Read(bytes) => bytes,
        };
        *self = Self::Read(bytes.clone());
        Ok(bytes)
    }

    /// Reads the body of `request` as JSON; an absent one as one without members.
    pub(crate) async fn json<T: DeserializeOwned + Default>(
        &mut self,
        request: &HttpRequest,
    ) -> Result<T, ApiError> {
        let text = self.text(request, &[JSON]).await?;
        if text.is_empty() { Ok(T::default()) } else { parse(&text).map_err(ApiError::Malformed) }
    }

    /// The same of a change, which may be a merge patch.
    pub(crate) async fn patch<T: DeserializeOwned + Default + MergePatch>(
        &mut self,
        request: &HttpRequest,
    ) -> Result<T, ApiError> {
        let text = self.text(request, &[JSON, MERGE_PATCH]).await?;
        if text.is_empty() {
            return Ok(T::default());
        }
        let mut patch = parse(&text).map_err(ApiError::Malformed)?;
        if media_type(request).is_some_and(|it| it == MERGE_PATCH) {
            merge_patch::take_away(&text, &mut patch)?;
        }
        Ok(patch)
    }

    /// The bytes of the body, of which there are none or which are of one of these media types.
    async fn text(
        &mut self,
        request: &HttpRequest,
        media_types: &[&str],
    ) -> Result<Bytes, ApiError> {
        let media_type = media_type(request);
        let coding = request.headers().get(header::CONTENT_ENCODING);
        if coding.is_some_and(|coding| !coding.as_bytes().eq_ignore_ascii_case(b"identity")) {
            return Err(ApiError::UnsupportedMediaType);
        }
        if media_type.as_deref().is_some_and(|it| !media_types.contains(&it)) {
            return Err(ApiError::UnsupportedMediaType);
        }
        let mut bytes = self.bytes(request).await?;
        if bytes.starts_with(BYTE_ORDER_MARK) {
            bytes = bytes.slice(BYTE_ORDER_MARK.len()..);
        }
        if media_type.is_none() && !bytes.is_empty() {
            return Err(ApiError::UnsupportedMediaType);
        }
        Ok(numbers::in_range(bytes))
    }
}

/// The content type without parameters, in lower case.
fn media_type(request: &HttpRequest) -> Option<String> {
    let value = request.headers().get(header::CONTENT_TYPE)?;
    let text = String::from_utf8_lossy(value.as_bytes());
    Some(text.split(';').next().unwrap_or_default().trim().to_ascii_lowercase())
}

async fn read(request: &HttpRequest, payload: web::Payload) -> Result<Bytes, ApiError> {
    let announced = request.headers().get(header::CONTENT_LENGTH);
    let announced = announced.and_then(|value| value.to_str().ok()?.parse().ok());
    if announced.is_some_and(|length: usize| length > MAX_BODY_BYTES) {
        return Err(ApiError::BodyTooLarge);
    }
    let _awaiting = request.conn_data::<Rc<Connection>>().map(Connection::await_body);
    let BodyTimeout(timeout) = request.app_data().copied().unwrap_or_default();
    match rt::time::timeout(timeout, payload.to_bytes_limited(MAX_BODY_BYTES)).await {
        Ok(Ok(Ok(bytes))) => Ok(bytes),
        Ok(Ok(Err(_))) => Err(ApiError::Malformed("the body is incomplete".to_owned())),
        Ok(Err(_)) => Err(ApiError::BodyTooLarge),
        Err(_) => Err(ApiError::BodyTooSlow(timeout)),
    }
}

fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, String> {
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
            (r#"{"userInfo":{"roles":[null]}}"#, "userInfo.roles[0]: expected an object"),
            (r#"{"userInfo":{"roles":[{"name":null}]}}"#, "userInfo.roles[0].name is required"),
            (r#"{"userInfo":{"roles":[["a"]]}}"#, "userInfo.roles[0]: expected an object"),
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
