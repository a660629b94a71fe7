//! A client whose every answer is checked against the published document.

use std::time::Duration;

use base64::{Engine, prelude::BASE64_STANDARD};
use serde_json::Value;
use ureq::http::{Request, header::HeaderMap};

use super::{SIGNING_HOST, Session, Signable, contract, timestamp};

/// A client with one user's credentials, or with none.
#[derive(Clone)]
pub(crate) struct Client {
    agent: ureq::Agent,
    address: String,
    /// The prefix of every path.
    base: String,
    headers: Vec<(String, String)>,
    session: Option<Session>,
}

/// An answer of the server.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
}

/// The value of an `Authorization` header.
pub(crate) fn basic(name: &str, password: &str) -> String {
    format!("Basic {}", BASE64_STANDARD.encode(format!("{name}:{password}")))
}

impl Client {
    pub(crate) fn new(address: &str, credentials: Option<(&str, &str)>) -> Self {
        let config = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .allow_non_standard_methods(true)
            // A test may set a shorter time after which the server closes idle connections.
            .max_idle_age(Duration::from_secs(2))
            .timeout_global(Some(Duration::from_secs(60)));
        let headers = credentials
            .map(|(name, password)| ("authorization".to_owned(), basic(name, password)))
            .into_iter()
            .collect();
        let agent = config.build().new_agent();
        let (address, base) = (address.to_owned(), String::new());
        Self { agent, address, base, headers, session: None }
    }

    /// The same client with one more header on each request.
    pub(crate) fn with(&self, name: &str, value: &str) -> Self {
        let mut client = self.clone();
        client.headers.push((name.to_owned(), value.to_owned()));
        client
    }

    /// The same client of a server that has everything below this path.
    pub(crate) fn below(&self, base: &str) -> Self {
        Self { base: base.to_owned(), ..self.clone() }
    }

    /// The same client with other credentials.
    pub(crate) fn login(&self, name: &str, password: &str) -> Self {
        let mut client = self.clone();
        client.headers.retain(|(name, _)| name != "authorization");
        client.with("authorization", &basic(name, password))
    }

    /// The same client with an API key as a Bearer token.
    pub(crate) fn bearer(&self, key: &str) -> Self {
        let mut client = self.clone();
        client.headers.retain(|(name, _)| name != "authorization");
        client.with("authorization", &format!("Bearer {key}"))
    }

    /// The same client, but its requests are signed and carry no password.
    pub(crate) fn signing(&self, session: &Session) -> Self {
        let mut client = self.clone();
        client.headers.retain(|(name, _)| name != "authorization");
        client.session = Some(session.clone());
        client
    }

    /// The three headers of a signed request that is sent now.
    fn signed_headers(&self, method: &str, target: &str, body: &str) -> Vec<(String, String)> {
        let Some(session) = &self.session else { return Vec::new() };
        let time = timestamp(0);
        let signable = Signable { method, host: SIGNING_HOST, target, timestamp: &time, body };
        let signature = session.signature(signable);
        [("sessionKey", session.key.clone()), ("timestamp", time), ("signature", signature)]
            .map(|(name, value)| (name.to_owned(), value))
            .to_vec()
    }

    pub(crate) fn get(&self, path: &str) -> Answer {
        self.send("GET", path, None)
    }

    pub(crate) fn delete(&self, path: &str) -> Answer {
        self.send("DELETE", path, None)
    }

    pub(crate) fn post(&self, path: &str, body: &Value) -> Answer {
        self.send_json("POST", path, body)
    }

    pub(crate) fn put(&self, path: &str, body: &Value) -> Answer {
        self.send_json("PUT", path, body)
    }

    pub(crate) fn patch(&self, path: &str, body: &Value) -> Answer {
        self.send_json("PATCH", path, body)
    }

    fn send_json(&self, method: &str, path: &str, body: &Value) -> Answer {
        self.with("content-type", "application/json").send(method, path, Some(&body.to_string()))
    }

    /// The answer, or none if the server ends before the answer is complete.
    pub(crate) fn attempt(&self, method: &str, path: &str, body: Option<&Value>) -> Option<Answer> {
        let body = body.map(Value::to_string);
        match &body {
            Some(body) => {
                self.with("content-type", "application/json").try_send(method, path, Some(body))
            }
            None => self.try_send(method, path, None),
        }
        .ok()
    }

    /// Sends exactly this, and checks the answer against the document.
    pub(crate) fn send(&self, method: &str, path: &str, body: Option<&str>) -> Answer {
        self.try_send(method, path, body).unwrap()
    }

    fn try_send(
        &self,
        method: &str,
        path: &str,
        body: Option<&str>,
    ) -> Result<Answer, ureq::Error> {
        let target = format!("{}{path}", self.base);
        let url = format!("http://{}{target}", self.address);
        let mut request = Request::builder().method(method).uri(url);
        let signed = self.signed_headers(method, &target, body.unwrap_or_default());
        for (name, value) in self.headers.iter().chain(&signed) {
            request = request.header(name, value);
        }
        let response = match body {
            Some(body) => self.agent.run(request.body(body.to_owned()).unwrap()),
            None => self.agent.run(request.body(()).unwrap()),
        };
        let (parts, mut body) = response?.into_parts();
        let body = body.read_to_string()?;
        let answer = Answer { status: parts.status.as_u16(), headers: parts.headers, body };
        let breaches = contract::breaches(method, path, &answer);
        assert!(breaches.is_empty(), "{method} {path}: {breaches:#?}\n{answer:#?}");
        Ok(answer)
    }
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }

    /// A header's value, empty if the header is absent.
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// The status and, of a portal error, its text or, of a problem, its type's last part.
    pub(crate) fn error(&self) -> (u16, String) {
        let text = match self.json() {
            Value::String(text) => text,
            problem => problem["type"].as_str().unwrap().rsplit(':').next().unwrap().to_owned(),
        };
        (self.status, text)
    }
}
