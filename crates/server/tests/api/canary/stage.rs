//! A server that receives secrets, and everything that it answers and logs.

use std::{
    collections::BTreeSet,
    io::{Read, Write},
    net::TcpStream,
    sync::Mutex,
    time::Duration,
};

use serde_json::{Value, json};

use super::secrets::{Secrets, percent};
use crate::{
    harness::{Process, SIGNING_HOST, Session, Signable, basic, rollcall, timestamp},
    import::{Place, sql},
};

/// The credentials of a request.
#[derive(Clone, Copy)]
pub(super) enum Who<'a> {
    Anonymous,
    Basic(&'a str, &'a str),
    Signed(&'a Session),
    /// By the secret of an API key.
    Bearer(&'a str),
}

/// A request.
#[derive(Clone)]
pub(super) struct Request {
    pub(super) method: String,
    pub(super) target: String,
    pub(super) headers: Vec<(String, String)>,
    pub(super) body: Option<String>,
}

/// A server and its answers.
pub(super) struct Stage {
    pub(super) secrets: Secrets,
    place: Place,
    process: Process,
    address: String,
    metrics_address: String,
    /// Each request and its answer.
    answers: Mutex<Vec<(String, String)>>,
    pub(super) admin_password: String,
    /// The password of every other user.
    pub(super) password: String,
}

const SETTINGS: [&str; 9] = [
    "--listen=127.0.0.1:0",
    "--metrics-listen=127.0.0.1:0",
    "--bcrypt-cost=4",
    "--admin-name=root",
    "--body-timeout=1",
    "--failures-per-address=1000000",
    "--registrations-per-address=1000000",
    // Then a log-in is the only operation without credentials.
    "--registration=admin",
    "--drain=0",
];

impl Stage {
    /// Starts the server with `log` as its `RUST_LOG`.
    pub(super) fn start(log: Option<&str>) -> Self {
        let (secrets, place) = (Secrets::default(), Place::new());
        let admin_password = secrets.password("the first admin's password");
        let password = secrets.password("a user's password");
        let mut command = rollcall(&place.0, &SETTINGS);
        command.env("ROLLCALL_ADMIN_PASSWORD", &admin_password);
        command.env("ROLLCALL_SESSION_SECRET", secrets.password("the session secret"));
        command.envs(log.map(|log| ("RUST_LOG", log)));
        command.envs(with_password(&place.url(), &secrets));
        let process = Process::start(&mut command);
        let address = |text: &str| process.wait_for(text).split_once("://").unwrap().1.to_owned();
        let address_of = |text: &str| address(text).split('/').next().unwrap().to_owned();
        let metrics_address = address_of("metrics on http://");
        let address = address_of("listening on http://");
        secrets.keep("the beginning of any hash", "$2b$04$");
        let answers = Mutex::default();
        Self {
            secrets,
            place,
            process,
            address,
            metrics_address,
            answers,
            admin_password,
            password,
        }
    }

    /// The admin.
    pub(super) fn admin(&self) -> Who<'_> {
        Who::Basic("root", &self.admin_password)
    }

    /// Sends a request, all of it, and returns the status and the body of the answer.
    pub(super) fn send(&self, request: &Request, who: Who<'_>) -> (u16, String) {
        self.send_raw(&request.text(who, &self.secrets))
    }

    /// Sends these bytes, valid or not.
    pub(super) fn send_raw(&self, text: &[u8]) -> (u16, String) {
        let said = exchange(&self.address, text);
        let said =
            said.unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(text)));
        let status = said.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or(0);
        let body = said.split_once("\r\n\r\n").map_or("", |(_, body)| body).to_owned();
        let sent = String::from_utf8_lossy(text).replace('\n', " ");
        self.answers.lock().unwrap().push((sent, self.without_handed_out(said)));
        (status, body)
    }

    /// Removes the token from the answer to a log-in, the secret from that of a new key, and the
    /// code from that of a new reset code: the only answers that may contain them.
    fn without_handed_out(&self, mut answer: String) -> String {
        for (member, what) in [
            ("\"token\":\"", "a session token"),
            ("\"secret\":\"", "an API key"),
            ("\"code\":\"", "a reset code"),
        ] {
            if let Some((before, after)) = answer.split_once(member) {
                let (secret, rest) = after.split_once('"').unwrap();
                self.secrets.keep(what, secret);
                self.secrets.keep(what, &secret.replace('-', ""));
                answer = format!("{before}{rest}");
            }
        }
        answer
    }

    /// Creates a reset code of a user.
    pub(super) fn reset_code(&self, user: i64) -> String {
        let request = Request::new("POST", &format!("/users/{user}/reset-codes"), None);
        let (status, body) = self.send(&request, self.admin());
        assert_eq!(status, 201, "{body}");
        let body: Value = serde_json::from_str(&body).unwrap();
        body["resetCode"]["code"].as_str().unwrap().to_owned()
    }

    /// Makes a user and returns its id.
    pub(super) fn user(&self, name: &str) -> i64 {
        let info = json!({"name": name, "email": format!("{name}@example.com"),
            "plaintextPassword": self.password});
        let request = Request::new("POST", "/users", Some(&json!({ "userInfo": info })));
        let (status, body) = self.send(&request, self.admin());
        assert_eq!(status, 201, "{body}");
        serde_json::from_str::<Value>(&body).unwrap()["user"]["id"].as_i64().unwrap()
    }

    /// Logs a user in.
    pub(super) fn session(&self, name: &str, password: &str) -> Session {
        let credentials = json!({"name": name, "password": password});
        let body = json!({ "credentials": credentials });
        let request = Request::new("POST", "/tokens", Some(&body));
        let (status, body) = self.send(&request, Who::Anonymous);
        assert_eq!(status, 201, "{body}");
        Session::of(&serde_json::from_str(&body).unwrap())
    }

    /// Makes a key of a user that reads the audit log, and returns its id and its secret.
    pub(super) fn key(&self, user: i64) -> (i64, String) {
        let info = json!({"name": "a program", "scopes": ["audit:read"]});
        let body = json!({ "keyInfo": info });
        let request = Request::new("POST", &format!("/users/{user}/keys"), Some(&body));
        let (status, body) = self.send(&request, self.admin());
        assert_eq!(status, 201, "{body}");
        let made: Value = serde_json::from_str(&body).unwrap();
        (made["key"]["id"].as_i64().unwrap(), made["secret"].as_str().unwrap().to_owned())
    }

    /// Runs a statement on the database.
    pub(super) fn sql(&self, on_sqlite: &str, on_postgres: &str) -> String {
        sql(&self.place.url(), on_sqlite, on_postgres)
    }

    /// Records all hashes of the store as secrets.
    pub(super) fn keep_hashes(&self) {
        let hashes = "SELECT password_hash FROM users";
        for hash in self.sql(hashes, hashes).lines() {
            self.secrets.keep("a hash", hash);
        }
    }

    /// Requests the paths outside the contract, whose responses must hold no secret either.
    pub(super) fn read_the_rest(&self) {
        for path in ["/", "/openapi.json", "/health/live", "/health/ready", "/nothing/here"] {
            self.send(&Request::new("GET", path, None), Who::Anonymous);
        }
        let request = b"GET /metrics HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n";
        let metrics = exchange(&self.metrics_address, request).unwrap();
        assert!(metrics.contains("rollcall_"), "{metrics}");
        self.answers.lock().unwrap().push(("the metrics".to_owned(), metrics));
    }

    /// Stops the server, and returns all secrets that were found in any output.
    pub(super) fn end(mut self, command_lines: &BTreeSet<String>) -> Vec<String> {
        self.process.signal("TERM");
        assert_eq!(self.process.wait().code(), Some(0));
        let (log, answers) = (self.process.all_said(), self.answers.into_inner().unwrap());
        // Checks that the log and the command lines have been captured at all.
        assert!(log.matches(" GET /").count() > 10, "{log}");
        assert!(command_lines.iter().any(|line| line.contains("--metrics-listen")));
        let log: BTreeSet<_> = log.lines().map(without_time).collect();
        let log: Vec<_> = log.into_iter().collect();
        let command_lines: Vec<_> = command_lines.iter().map(String::as_str).collect();
        let (log, command_lines) = (log.join("\n"), command_lines.join("\n"));
        let texts = [("the log", &*log), ("/proc/*/cmdline", &*command_lines)].into_iter();
        let answers = answers.iter().map(|(sent, answer)| (&**sent, &**answer));
        self.secrets.found_in(texts.chain(answers))
    }
}

impl Request {
    pub(super) fn new(method: &str, target: &str, body: Option<&Value>) -> Self {
        let json = ("content-type".to_owned(), "application/json".to_owned());
        Self {
            method: method.to_owned(),
            target: target.to_owned(),
            headers: body.map(|_| json).into_iter().collect(),
            body: body.map(Value::to_string),
        }
    }

    /// The same with one more header.
    pub(super) fn with(&self, name: &str, value: &str) -> Self {
        let mut request = self.clone();
        request.headers.push((name.to_owned(), value.to_owned()));
        request
    }

    /// The same with another body.
    pub(super) fn with_body(&self, body: &str) -> Self {
        Self { body: Some(body.to_owned()), ..self.clone() }
    }

    /// As it is sent.
    pub(super) fn text(&self, who: Who<'_>, secrets: &Secrets) -> Vec<u8> {
        let body = self.body.as_deref().unwrap_or_default();
        let mut headers = self.headers.clone();
        if !body.is_empty() {
            headers.push(("content-length".to_owned(), body.len().to_string()));
        }
        match who {
            Who::Anonymous => {}
            Who::Basic(name, password) => {
                headers.push(("authorization".to_owned(), basic(name, password)));
            }
            Who::Bearer(key) => {
                headers.push(("authorization".to_owned(), format!("Bearer {key}")));
            }
            Who::Signed(session) => headers.extend(self.signed(session, body, secrets)),
        }
        let mut text =
            format!("{} {} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n", self.method, self.target);
        for (name, value) in headers {
            text.extend([&*name, ": ", &*value, "\r\n"]);
        }
        format!("{text}\r\n{body}").into_bytes()
    }

    fn signed(&self, session: &Session, body: &str, secrets: &Secrets) -> Vec<(String, String)> {
        let (time, method) = (timestamp(0), &*self.method);
        let signable =
            Signable { method, host: SIGNING_HOST, target: &self.target, timestamp: &time, body };
        let signature = session.signature(signable);
        secrets.keep("a signature", &signature);
        [("sessionKey", session.key.clone()), ("timestamp", time), ("signature", signature)]
            .map(|(name, value)| (name.to_owned(), value))
            .to_vec()
    }
}

/// An environment with a password in the URL of the database, if the backend has one.
pub(super) fn with_password(url: &str, secrets: &Secrets) -> Option<(&'static str, String)> {
    let password = percent(&secrets.password("the database's password"), false, "");
    url.starts_with("postgres").then(|| {
        ("ROLLCALL_DATABASE_URL", url.replacen("rollcall@", &format!("rollcall:{password}@"), 1))
    })
}

/// A log line without its time, so that repeated lines are equal.
fn without_time(line: &str) -> &str {
    line.split_once("Z ").filter(|_| line.starts_with('[')).map_or(line, |(_, line)| line)
}

fn exchange(address: &str, text: &[u8]) -> std::io::Result<String> {
    let mut stream = TcpStream::connect(address)?;
    stream.set_read_timeout(Some(Duration::from_secs(30)))?;
    // The server may reject a request before it has received all of it.
    let _ = stream.write_all(text);
    let mut said = Vec::new();
    match stream.read_to_end(&mut said) {
        Err(error) if said.is_empty() => Err(error),
        _ => Ok(String::from_utf8_lossy(&said).into_owned()),
    }
}
