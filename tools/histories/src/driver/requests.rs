//! The requests of the calls.

use base64::{Engine, prelude::BASE64_STANDARD};
use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use super::http::Request;
use crate::{
    ROOT_PASSWORD, Result,
    record::{Action, Credential, Fields, Id, Password},
};

const HOST: &str = "pennprovenance.net";

/// The text of a password.
pub(crate) fn password_text(password: Password) -> String {
    format!("violet harbour {password}")
}

/// The request of a call, without credentials.
pub(crate) fn request(action: &Action) -> Request {
    let (method, path, if_match, body) = match action {
        Action::Read(id) => ("GET", format!("/users/{id}"), None, None),
        Action::ReadSelf => ("GET", "/users/me".to_owned(), None, None),
        Action::LookUp(name) => ("GET", portal(name), None, None),
        Action::Create { name, password } => {
            let body = json!({"value": {"password": password_text(*password)}});
            ("PUT", portal(name), None, Some(body))
        }
        Action::Change { target, if_match, fields, .. } => {
            let if_match = if_match.map(|version| format!("\"{version}\""));
            let body = json!({"userInfo": info(fields)});
            ("PATCH", format!("/users/{target}"), if_match, Some(body))
        }
        Action::SetPassword { target, name, if_match, fields, current } => {
            let body = json!({"value": {
                "current_password": current.map(password_text),
                "password": fields.password.map(password_text),
            }});
            ("PATCH", portal(name), portal_tag(*target, *if_match), Some(body))
        }
        Action::Delete { target, name, if_match } => {
            ("DELETE", portal(name), portal_tag(*target, *if_match), None)
        }
        Action::LogIn { name, password, .. } => {
            let password = password_text(*password);
            let body = json!({"credentials": {"name": name, "password": password}});
            ("POST", "/tokens".to_owned(), None, Some(body))
        }
        Action::EndSession { key, .. } => ("DELETE", format!("/tokens/{key}"), None, None),
        Action::EndSessions(id) => ("DELETE", format!("/users/{id}/sessions"), None, None),
    };
    let headers = if_match.map(|tag| ("if-match", tag)).into_iter().collect();
    let body = body.map(|body| body.to_string()).unwrap_or_default();
    Request { method, path, headers, body }
}

/// Adds the headers of the credential. `token` signs, if it is a session.
pub(crate) fn authenticate(
    request: &mut Request,
    credential: &Credential,
    token: Option<&str>,
) -> Result<()> {
    let basic = |name: &str, password: &str| {
        ("authorization", format!("Basic {}", BASE64_STANDARD.encode(format!("{name}:{password}"))))
    };
    match credential {
        Credential::Root => request.headers.push(basic("admin", ROOT_PASSWORD)),
        Credential::Password { name, password, .. } => {
            request.headers.push(basic(name, &password_text(*password)));
        }
        Credential::Session { key, .. } => sign(request, key, token.unwrap_or_default())?,
    }
    Ok(())
}

fn sign(request: &mut Request, key: &str, token: &str) -> Result<()> {
    let time = format!("{:.3}", jiff::Timestamp::now());
    let body = BASE64_STANDARD.encode(Sha256::digest(&request.body));
    let Request { method, path, .. } = &request;
    let signed = format!("{key}\n{method}\n{HOST}\n{path}\n\n{time}\n{body}");
    let mac = Hmac::<Sha256>::new_from_slice(token.as_bytes())?.chain_update(signed);
    let signature = BASE64_STANDARD.encode(mac.finalize().into_bytes());
    let key = ("sessionkey", key.to_owned());
    request.headers.extend([key, ("timestamp", time), ("signature", signature)]);
    Ok(())
}

fn portal(name: &str) -> String {
    format!("/api/v1/users/{name}")
}

/// The tag that the portal set shows for a user at a version.
fn portal_tag(user: Id, version: Option<u64>) -> Option<String> {
    version.map(|version| format!("\"{user}.{version}\""))
}

fn info(fields: &Fields) -> Value {
    let Fields { name, email, password, is_enabled, is_admin } = fields;
    let roles =
        is_admin.map(|is_admin| if is_admin { json!([{"name": "admin"}]) } else { json!([]) });
    let status = is_enabled.map(|is_enabled| if is_enabled { "ENABLED" } else { "DISABLED" });
    let members = [
        ("name", name.clone().map(Value::from)),
        ("email", email.clone().map(Value::from)),
        ("plaintextPassword", password.map(password_text).map(Value::from)),
        ("status", status.map(Value::from)),
        ("roles", roles),
    ];
    let given = members.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?)));
    Value::Object(given.collect::<Map<_, _>>())
}
