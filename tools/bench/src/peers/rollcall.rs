//! The binary that `ROLLCALL` names, on SQLite.

use std::process::Command;

use tempfile::TempDir;

use super::{
    PASSWORD, READER, VICTIM,
    peer::{Peer, free_address, version},
};
use crate::{
    Result,
    client::{Client, basic, request},
    other,
    server::{admin, binary, with_settings},
    storm::Target,
};

pub(super) struct Rollcall {
    folder: TempDir,
    address: String,
    version: String,
}

impl Rollcall {
    pub(super) fn new() -> Result<Self> {
        let version = version(binary()?.arg("--version"))?;
        Ok(Self { folder: tempfile::tempdir()?, address: free_address()?, version })
    }
}

impl Peer for Rollcall {
    fn name(&self) -> String {
        format!("Rollcall {}", self.version)
    }

    fn command(&self) -> Command {
        let binary = binary().unwrap_or_else(|_| Command::new("rollcall"));
        let mut command = with_settings(binary, self.folder.path(), crate::COST);
        command.env("ROLLCALL_LISTEN", &self.address);
        command
    }

    fn set_up(&mut self) -> Result<()> {
        let mut running = self.start()?;
        running.wait_until(|| Client::connect(&self.address, None).is_ok())?;
        let mut client = Client::connect(&self.address, None)?;
        for name in [READER, VICTIM] {
            let body = format!(r#"{{"value":{{"password":"{PASSWORD}"}}}}"#);
            if client.send("PUT", &format!("/api/v1/users/{name}"), &admin(), &body)? != 201 {
                return Err(other("a user was not made").into());
            }
        }
        Ok(())
    }

    fn target(&self) -> Target<'_> {
        Target {
            address: self.address.clone(),
            path: format!("/api/v1/users/{READER}"),
            authorization: basic(READER, PASSWORD),
            guess: Box::new(|number, guess| {
                let guess = basic(VICTIM, &format!("guess {guess} of {number}"));
                request("GET", &format!("/api/v1/users/{READER}"), &guess, "")
            }),
        }
    }
}
