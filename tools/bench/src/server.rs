//! The servers that are measured.

use std::{
    env,
    ffi::OsStr,
    fs::File,
    io::{self, BufRead, BufReader},
    path::Path,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use actix_web::{App, HttpResponse, HttpServer, rt::System, web};
use tempfile::TempDir;

use crate::{
    COST, Result,
    client::{Client, basic},
    median, memory, milliseconds, other, row,
};

/// The password of the admin.
pub(crate) const PASSWORD: &str = "a password to measure";

/// What replicas share.
const SESSION_SECRET: &str = "a session secret to measure with";

/// How many starts of a kind are measured.
const STARTS: usize = 5;

/// The response of the bare handler, as long as the response for a user.
pub(crate) const BODY: &str = concat!(
    r#"{"user":{"id":21,"version":3,"createTime":"2016-06-02T21:19:07Z","name":"user12","#,
    r#""email":"user12@example.com","status":"ENABLED","roles":[]}}"#
);

/// A server with a bare handler: the most that the machine and actix-web allow.
pub(crate) struct BareServer {
    child: Child,
    pub(crate) address: String,
}

/// The binary on a store of its own.
pub(crate) struct Rollcall {
    child: Child,
    pub(crate) address: String,
    _folder: Option<TempDir>,
}

/// Answers every path with the same text until it is killed.
pub(crate) fn serve_bare() -> io::Result<()> {
    let answer = || async { HttpResponse::Ok().content_type("application/json").body(BODY) };
    let server =
        HttpServer::new(move || App::new().default_service(web::to(answer))).bind("127.0.0.1:0")?;
    for address in server.addrs() {
        eprintln!("listening on http://{address}");
    }
    System::new().block_on(server.run())
}

impl BareServer {
    pub(crate) fn start() -> Result<Self> {
        let mut command = Command::new(env::current_exe()?);
        let (child, address) = start(command.arg("bare"))?;
        Ok(Self { child, address })
    }

    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }
}

impl Rollcall {
    /// Starts it with these arguments beside the usual ones.
    pub(crate) fn start(arguments: &[&str]) -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let (child, address) = start(rollcall(folder.path(), COST)?.args(arguments))?;
        Ok(Self { child, address, _folder: Some(folder) })
    }

    /// Starts it on the store in this folder, which is kept.
    pub(crate) fn start_in(folder: &Path, cost: u32) -> Result<Self> {
        let (child, address) = start(&mut rollcall(folder, cost)?)?;
        Ok(Self { child, address, _folder: None })
    }

    /// Starts another build of it on the store in this folder, which is kept.
    pub(crate) fn start_by(command: Command, folder: &Path, cost: u32) -> Result<Self> {
        let (child, address) = start(&mut with_settings(command, folder, cost))?;
        Ok(Self { child, address, _folder: None })
    }

    /// Starts it on this database.
    pub(crate) fn start_on(database_url: &str, cost: u32) -> Result<Self> {
        Self::start_build_on(binary()?, database_url, cost)
    }

    /// Starts another build of it on this database.
    pub(crate) fn start_build_on(command: Command, database_url: &str, cost: u32) -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let mut command = with_settings(command, folder.path(), cost);
        command.env("ROLLCALL_DATABASE_URL", database_url);
        let (child, address) = start(command.env("ROLLCALL_SESSION_SECRET", SESSION_SECRET))?;
        Ok(Self { child, address, _folder: Some(folder) })
    }

    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }
}

/// Measures the time from start to the first answer on an existing store, after a clean stop and
/// after a kill, and the memory at rest.
pub(crate) fn start_and_rest() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let mut sizes = Vec::new();
    let mut starts = |signal: &str| -> Result<f64> {
        let mut times = Vec::new();
        // The first start makes the store, or is after another end.
        for is_measured in [false].into_iter().chain([true; STARTS]) {
            let begun = Instant::now();
            let (child, address) = start(&mut rollcall(folder.path(), COST)?)?;
            let mut rollcall = Rollcall { child, address, _folder: None };
            Client::connect(&rollcall.address, None)?.get("/health/ready", "")?;
            if is_measured {
                times.push(milliseconds(begun.elapsed()));
                std::thread::sleep(Duration::from_secs(1));
                sizes.push(memory::share(rollcall.pid())?);
            }
            Command::new("kill").args([signal, &rollcall.pid().to_string()]).status()?;
            rollcall.child.wait()?;
        }
        Ok(median(times))
    };
    let (stopped, killed) = (starts("-TERM")?, starts("-KILL")?);
    row(
        "start to first answer, after a stop; after a kill",
        &format!("{stopped:.0} ms; {killed:.0} ms"),
    );
    row("memory at rest (PSS)", &format!("{:.1} MiB", median(sizes)));
    Ok(())
}

/// The binary that is measured, which `ROLLCALL` names, without arguments.
pub(crate) fn binary() -> Result<Command> {
    match env::var_os("ROLLCALL") {
        Some(binary) => binary_at(&binary),
        None => Err("ROLLCALL must name the binary to measure; scripts/bench builds one".into()),
    }
}

/// The binary at this path, without arguments.
pub(crate) fn binary_at(path: &OsStr) -> Result<Command> {
    let path = Path::new(path);
    if path.exists() {
        Ok(Command::new(path))
    } else {
        Err(format!("{} does not exist", path.display()).into())
    }
}

fn rollcall(folder: &Path, cost: u32) -> Result<Command> {
    Ok(with_settings(binary()?, folder, cost))
}

pub(crate) fn with_settings(mut command: Command, folder: &Path, cost: u32) -> Command {
    command
        .current_dir(folder)
        .arg(format!("--bcrypt-cost={cost}"))
        .env("ROLLCALL_LISTEN", "127.0.0.1:0")
        .env("ROLLCALL_ADMIN_PASSWORD", PASSWORD);
    command
}

/// Starts a server whose log goes to a file, as operators have it, and waits for its address.
fn start(command: &mut Command) -> Result<(Child, String)> {
    let log = tempfile::NamedTempFile::new()?;
    let child = command.stdout(Stdio::null()).stderr(log.reopen()?).spawn()?;
    let deadline = Instant::now() + Duration::from_secs(10);
    while Instant::now() < deadline {
        for line in BufReader::new(File::open(log.path())?).lines() {
            if let Some((_, address)) = line?.split_once("listening on http://") {
                return Ok((child, address.to_owned()));
            }
        }
        std::thread::sleep(Duration::from_micros(200));
    }
    Err(other("the server does not start").into())
}

impl Drop for BareServer {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Drop for Rollcall {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The admin's `Authorization` header.
pub(crate) fn admin() -> String {
    basic("admin", PASSWORD)
}
