//! `PocketBase`, which `POCKETBASE` names. Its users log in once and then send a token. A read is
//! the record of the user.

use std::{env, process::Command};

use serde_json::{Value, json};
use tempfile::TempDir;

use super::{
    PASSWORD, READER, VICTIM,
    peer::{Peer, free_address, run, version},
};
use crate::{
    Result,
    client::{Client, request},
    other,
    storm::Target,
};

const LOG_IN: &str = "/api/collections/users/auth-with-password";

pub(super) struct PocketBase {
    folder: TempDir,
    address: String,
    version: String,
    path: String,
    token: String,
}

impl PocketBase {
    pub(super) fn new() -> Result<Self> {
        let version = version(program().arg("--version"))?;
        let (path, token) = Default::default();
        Ok(Self { folder: tempfile::tempdir()?, address: free_address()?, version, path, token })
    }

    fn with_folder(&self, arguments: &[&str]) -> Command {
        let mut command = program();
        command.args(arguments).arg("--dir").arg(self.folder.path());
        command
    }

    /// The answer to a request with a body, which must succeed.
    fn ask(&self, path: &str, token: &str, body: &Value) -> Result<Value> {
        let mut client = Client::connect(&self.address, None)?;
        let (status, answer) = client.exchange("POST", path, token, &body.to_string())?;
        if status == 200 {
            return Ok(serde_json::from_slice(&answer)?);
        }
        Err(other(&format!("{path}: {status} {}", String::from_utf8_lossy(&answer))).into())
    }
}

impl Peer for PocketBase {
    fn name(&self) -> String {
        format!("PocketBase {}, token", self.version)
    }

    fn command(&self) -> Command {
        self.with_folder(&["serve", "--http", &self.address])
    }

    fn set_up(&mut self) -> Result<()> {
        let root = "root@example.com";
        run(&mut self.with_folder(&["superuser", "upsert", root, PASSWORD]))?;
        let mut running = self.start()?;
        running.wait_until(|| Client::connect(&self.address, None).is_ok())?;
        let log_in = |collection: &str, name: &str| {
            let path = format!("/api/collections/{collection}/auth-with-password");
            self.ask(&path, "", &json!({"identity": name, "password": PASSWORD}))
        };
        let token = text(&log_in("_superusers", root)?["token"])?;
        for name in [READER, VICTIM] {
            let body = json!({
                "email": address(name), "name": name, "password": PASSWORD,
                "passwordConfirm": PASSWORD,
            });
            self.ask("/api/collections/users/records", &token, &body)?;
        }
        let reader = log_in("users", &address(READER))?;
        let id = text(&reader["record"]["id"])?;
        let token = text(&reader["token"])?;
        self.path = format!("/api/collections/users/records/{id}");
        self.token = token;
        Ok(())
    }

    fn target(&self) -> Target<'_> {
        Target {
            address: self.address.clone(),
            path: self.path.clone(),
            authorization: self.token.clone(),
            guess: Box::new(|number, guess| {
                let password = format!("guess {guess} of {number}");
                let body = json!({"identity": address(VICTIM), "password": password});
                request("POST", LOG_IN, "", &body.to_string())
            }),
        }
    }
}

fn program() -> Command {
    Command::new(env::var_os("POCKETBASE").unwrap_or_else(|| "pocketbase".into()))
}

fn address(name: &str) -> String {
    format!("{name}@example.com")
}

fn text(value: &Value) -> Result<String> {
    Ok(value.as_str().ok_or_else(|| other("no text in an answer of PocketBase"))?.to_owned())
}
