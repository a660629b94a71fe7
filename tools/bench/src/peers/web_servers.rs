//! Apache with its cache of credentials, and nginx, before a file. Both check hashes of bcrypt.

use std::{fs, os::unix::fs::PermissionsExt, path::Path, process::Command};

use tempfile::TempDir;

use super::{
    PASSWORD, READER, VICTIM,
    peer::{Peer, free_address, version},
};
use crate::{
    COST, Result,
    client::{basic, request},
    server::BODY,
    storm::Target,
    throughput::{CLIENTS, Clients},
};

/// The file's path, as long as the answer of a directory.
const FILE: &str = "/user.json";

pub(super) struct WebServer {
    name: String,
    program: &'static str,
    arguments: &'static [&'static str],
    folder: TempDir,
    address: String,
    settings: fn(&str, &Path) -> String,
}

/// Apache with `mod_authn_socache`.
pub(super) fn apache() -> Result<WebServer> {
    let program = "/usr/sbin/apache2";
    let version = version(Command::new(program).arg("-v"))?;
    WebServer::new(
        format!("Apache {version}, `mod_authn_socache`, bcrypt {COST}"),
        program,
        &["-DFOREGROUND", "-f"],
        apache_settings,
    )
}

/// nginx with `auth_basic`.
pub(super) fn nginx() -> Result<WebServer> {
    let program = "/usr/sbin/nginx";
    let version = version(Command::new(program).arg("-v"))?;
    WebServer::new(
        format!("nginx {version}, `auth_basic`, bcrypt {COST}"),
        program,
        &["-g", "daemon off;", "-c"],
        nginx_settings,
    )
}

fn apache_settings(address: &str, folder: &Path) -> String {
    let modules = "mpm_event authn_core authz_core authz_user auth_basic authn_file authn_socache \
        socache_shmcb";
    let load = |module: &str| {
        format!("LoadModule {module}_module /usr/lib/apache2/modules/mod_{module}.so\n")
    };
    let load: String = modules.split_whitespace().map(load).collect();
    let folder = folder.display();
    format!(
        "ServerRoot {folder}\nServerName localhost\nListen {address}\nPidFile {folder}/pid\n{load}\
         User www-data\nGroup www-data\nErrorLog {folder}/error.log\nDocumentRoot {folder}/files\n\
         MaxKeepAliveRequests 0\n\
         <Location />\nAuthType Basic\nAuthName files\nAuthBasicProvider socache file\n\
         AuthnCacheProvideFor file\nAuthUserFile {folder}/users\nRequire valid-user\n</Location>\n"
    )
}

fn nginx_settings(address: &str, folder: &Path) -> String {
    let folder = folder.display();
    let places: String = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
        .map(|kind| format!("{kind}_temp_path {folder}/temporary;\n"))
        .concat();
    format!(
        "user www-data;\nworker_processes auto;\npid {folder}/pid;\nerror_log {folder}/error.log;\n\
         events {{}}\nhttp {{\naccess_log off;\nkeepalive_requests 1000000000;\n{places}\
         server {{\nlisten {address};\nroot {folder}/files;\nauth_basic files;\n\
         auth_basic_user_file {folder}/users;\n}}\n}}\n"
    )
}

impl WebServer {
    fn new(
        name: String,
        program: &'static str,
        arguments: &'static [&'static str],
        settings: fn(&str, &Path) -> String,
    ) -> Result<Self> {
        let (folder, address) = (tempfile::tempdir()?, free_address()?);
        Ok(Self { name, program, arguments, folder, address, settings })
    }
}

impl Peer for WebServer {
    fn name(&self) -> String {
        self.name.clone()
    }

    fn command(&self) -> Command {
        let mut command = Command::new(self.program);
        command.args(self.arguments).arg(self.folder.path().join("settings"));
        command
    }

    fn set_up(&mut self) -> Result<()> {
        let folder = self.folder.path();
        // Workers run as another user.
        fs::set_permissions(folder, fs::Permissions::from_mode(0o755))?;
        fs::create_dir(folder.join("files"))?;
        fs::write(folder.join("files").join(&FILE[1..]), BODY)?;
        let line = |name| -> Result<String> {
            let hash = bcrypt::hash_with_result(PASSWORD, COST)?;
            Ok(format!("{name}:{}\n", hash.format_for_version(bcrypt::Version::TwoY)))
        };
        fs::write(folder.join("users"), line(READER)? + &line(VICTIM)?)?;
        fs::write(folder.join("settings"), (self.settings)(&self.address, folder))?;
        Ok(())
    }

    fn clients(&self) -> Clients {
        Clients { connections: 8, ..CLIENTS }
    }

    fn target(&self) -> Target<'_> {
        Target {
            address: self.address.clone(),
            path: FILE.to_owned(),
            authorization: basic(READER, PASSWORD),
            guess: Box::new(|number, guess| {
                request("GET", FILE, &basic(VICTIM, &format!("guess {guess} of {number}")), "")
            }),
        }
    }
}
