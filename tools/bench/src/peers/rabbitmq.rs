//! The management API of `RabbitMQ`. Its passwords are hashed by one round of SHA-256.

use std::{fs, path::PathBuf, process::Command};

use tempfile::TempDir;

use super::{
    PASSWORD, READER, VICTIM,
    peer::{Peer, free_address, version},
};
use crate::{
    Result,
    client::{Client, basic, request},
    storm::Target,
};

/// Debian's own scripts change to the user `rabbitmq` first.
const PROGRAMS: &str = "/usr/lib/rabbitmq/bin";

pub(super) struct RabbitMq {
    folder: TempDir,
    address: String,
    distribution: String,
    mapper: String,
    version: String,
}

impl RabbitMq {
    pub(super) fn new() -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let address = free_address()?;
        let port = port(&address);
        let settings = format!(
            "listeners.tcp = none\nmanagement.tcp.ip = 127.0.0.1\nmanagement.tcp.port = {port}\n\
             default_user = {READER}\ndefault_pass = {PASSWORD}\n\
             default_user_tags.administrator = true\n"
        );
        fs::write(folder.path().join("rabbitmq.conf"), settings)?;
        fs::write(folder.path().join("plugins"), "[rabbitmq_management].\n")?;
        let version = version(Command::new("dpkg-query").args([
            "-W",
            "-f",
            "${Version}",
            "rabbitmq-server",
        ]))?;
        let (distribution, mapper) = (free_address()?, free_address()?);
        Ok(Self { folder, address, distribution, mapper, version })
    }

    fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }
}

impl Peer for RabbitMq {
    fn name(&self) -> String {
        format!("RabbitMQ {}, management API", self.version)
    }

    fn command(&self) -> Command {
        let mut command = Command::new(format!("{PROGRAMS}/rabbitmq-server"));
        command
            .env("HOME", self.folder.path())
            .env("RABBITMQ_NODENAME", "peers@localhost")
            .env("RABBITMQ_CONFIG_FILE", self.file("rabbitmq.conf"))
            .env("RABBITMQ_CONF_ENV_FILE", self.file("none"))
            .env("RABBITMQ_ENABLED_PLUGINS_FILE", self.file("plugins"))
            .env("RABBITMQ_MNESIA_BASE", self.file("mnesia"))
            .env("RABBITMQ_LOG_BASE", self.file("log"))
            .env("RABBITMQ_PID_FILE", self.file("pid"))
            .env("RABBITMQ_DIST_PORT", port(&self.distribution))
            .env(
                "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS",
                "-kernel inet_dist_use_interface {127,0,0,1}",
            )
            .env("ERL_EPMD_ADDRESS", "127.0.0.1")
            .env("ERL_EPMD_PORT", port(&self.mapper));
        command
    }

    fn set_up(&mut self) -> Result<()> {
        let mut running = self.start()?;
        let authorization = basic(READER, PASSWORD);
        let body = format!(r#"{{"password":"{PASSWORD}","tags":"management"}}"#);
        let make = || {
            let mut client = Client::connect(&self.address, None).ok()?;
            client.send("PUT", &format!("/api/users/{VICTIM}"), &authorization, &body).ok()
        };
        running.wait_until(|| make() == Some(201) || make() == Some(204))
    }

    fn target(&self) -> Target<'_> {
        Target {
            address: self.address.clone(),
            path: "/api/whoami".to_owned(),
            authorization: basic(READER, PASSWORD),
            guess: Box::new(|number, guess| {
                let guess = basic(VICTIM, &format!("guess {guess} of {number}"));
                request("GET", "/api/whoami", &guess, "")
            }),
        }
    }
}

impl Drop for RabbitMq {
    /// Ends the port mapper, which `RabbitMQ` starts and leaves behind.
    fn drop(&mut self) {
        let _ = Command::new("epmd").args(["-port", port(&self.mapper), "-kill"]).output();
    }
}

fn port(address: &str) -> &str {
    address.rsplit(':').next().unwrap_or_default()
}
