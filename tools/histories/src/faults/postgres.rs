//! A PostgreSQL server of the run's own.

use std::{
    fs,
    net::TcpListener,
    os::unix::fs::chown,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use crate::Result;

/// The user who owns the server, as it refuses to run as root.
const OWNER: &str = "postgres";

/// A server in a folder.
pub(crate) struct Postgres {
    programs: PathBuf,
    data: PathBuf,
    pub(crate) port: u16,
}

impl Postgres {
    /// Creates a server in `folder` and starts it.
    pub(crate) fn create(folder: &Path) -> Result<Self> {
        let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let home = folder.join("postgres");
        fs::create_dir(&home)?;
        if rustix::process::getuid().is_root() {
            let (user, group) = owner()?;
            chown(&home, Some(user), Some(group))?;
        }
        let server = Self { programs: programs()?, data: home.join("data"), port };
        let data = server.data.display().to_string();
        let auth = ["-U", "rollcall", "--auth=trust", "--encoding=UTF8", "--locale=C"];
        server.run("initdb", &[&["-D", &data][..], &auth[..]].concat())?;
        server.start()?;
        Ok(server)
    }

    pub(crate) fn start(&self) -> Result<()> {
        let home = self.data.parent().unwrap_or(&self.data).display().to_string();
        let options = format!(
            "-p {} -c listen_addresses=127.0.0.1 -c unix_socket_directories={home} \
             -c max_connections=200",
            self.port
        );
        let (data, log) = (self.data.display().to_string(), format!("{home}/log"));
        self.run("pg_ctl", &["-D", &data, "-l", &log, "-o", &options, "-w", "start"])
    }

    /// Stops it: `immediate` is like a crash.
    pub(crate) fn stop(&self, mode: &str) -> Result<()> {
        let data = self.data.display().to_string();
        self.run("pg_ctl", &["-D", &data, "-m", mode, "-w", "stop"])
    }

    fn run(&self, program: &str, arguments: &[&str]) -> Result<()> {
        let program = self.programs.join(program);
        let mut command = if rustix::process::getuid().is_root() {
            let mut command = Command::new("runuser");
            command.args(["-u", OWNER, "--"]).arg(program);
            command
        } else {
            Command::new(program)
        };
        let home = self.data.parent().unwrap_or(&self.data);
        command.args(arguments).current_dir(home).stdin(Stdio::null()).stdout(Stdio::null());
        let status = command.stderr(Stdio::null()).status()?;
        let log = fs::read_to_string(home.join("log")).unwrap_or_default();
        if status.success() { Ok(()) } else { Err(format!("{command:?} fails:\n{log}").into()) }
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        let _ = self.stop("immediate");
    }
}

/// The folder of the newest release that is installed.
fn programs() -> Result<PathBuf> {
    let mut releases: Vec<_> = fs::read_dir("/usr/lib/postgresql")?.collect::<Result<_, _>>()?;
    releases.sort_by_key(fs::DirEntry::path);
    let newest = releases.pop().ok_or("no PostgreSQL is installed")?;
    Ok(newest.path().join("bin"))
}

/// The ids of the owner and its group.
fn owner() -> Result<(u32, u32)> {
    let users = fs::read_to_string("/etc/passwd")?;
    let line = users.lines().find(|line| line.starts_with("postgres:"));
    let mut fields = line.ok_or("no user postgres")?.split(':').skip(2);
    let mut id = || fields.next().and_then(|id| id.parse().ok()).ok_or("no id of postgres");
    Ok((id()?, id()?))
}
