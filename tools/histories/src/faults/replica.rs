//! A process of rollcall.

use std::{
    fs::{self, File},
    net::SocketAddr,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::{Mutex, PoisonError, RwLock},
    thread,
    time::{Duration, Instant},
};

use rustix::process::{Pid, Signal, kill_process};

use crate::{ROOT_PASSWORD, Result};

/// The longest time until a process listens: a start waits a minute for its database.
const PATIENCE: Duration = Duration::from_secs(90);

const SECRET: &str = "a session secret of the replicas in a history";

/// A replica, which may be running, paused or ended.
pub(crate) struct Replica {
    binary: PathBuf,
    folder: PathBuf,
    database_url: String,
    process: Mutex<Option<Child>>,
    address: RwLock<Option<SocketAddr>>,
}

impl Replica {
    pub(crate) fn new(binary: &Path, folder: PathBuf, database_url: String) -> Self {
        let (process, address) = (Mutex::default(), RwLock::default());
        Self { binary: binary.to_owned(), folder, database_url, process, address }
    }

    /// A command of the binary on the same store.
    pub(crate) fn command(&self) -> Command {
        let mut command = Command::new(&self.binary);
        command
            .current_dir(&self.folder)
            .env("ROLLCALL_LISTEN", "127.0.0.1:0")
            .env("ROLLCALL_BCRYPT_COST", "4")
            .env("ROLLCALL_ADMIN_PASSWORD", ROOT_PASSWORD)
            .env("ROLLCALL_SESSION_SECRET", SECRET)
            .env("ROLLCALL_DATABASE_URL", &self.database_url)
            // Clients guess passwords that were right a moment ago.
            .env("ROLLCALL_FAILURES_PER_ACCOUNT", "1000000")
            .env("ROLLCALL_FAILURES_PER_ADDRESS", "1000000")
            .env("ROLLCALL_CHANGES_PER_USER", "0")
            .env("RUST_LOG", "info,rollcall_http=warn");
        command
    }

    /// Where it listened last.
    pub(crate) fn address(&self) -> Option<SocketAddr> {
        *self.address.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// Starts it and waits until it listens.
    pub(crate) fn start(&self) -> Result<()> {
        fs::create_dir_all(&self.folder)?;
        let log = self.folder.join("log");
        let until = Instant::now() + PATIENCE;
        while Instant::now() < until {
            let mut command = self.command();
            command.stdout(Stdio::null()).stderr(File::create(&log)?);
            let mut child = command.spawn()?;
            let address = loop {
                if let Some(address) = listening(&log)? {
                    break Some(address);
                }
                if child.try_wait()?.is_some() || Instant::now() > until {
                    break None;
                }
                thread::sleep(Duration::from_millis(5));
            };
            if address.is_some() {
                *self.address.write().unwrap_or_else(PoisonError::into_inner) = address;
                *self.process() = Some(child);
                return Ok(());
            }
            child.kill()?;
            child.wait()?;
        }
        Err(format!("rollcall does not start:\n{}", fs::read_to_string(log)?).into())
    }

    /// Ends it at once.
    pub(crate) fn kill(&self) {
        if let Some(mut child) = self.process().take() {
            let _ = child.kill();
            let _ = child.wait();
        }
    }

    /// Ends it as an operator does.
    pub(crate) fn stop(&self) -> Result<()> {
        self.signal(Signal::TERM)?;
        if let Some(mut child) = self.process().take() {
            let until = Instant::now() + Duration::from_secs(20);
            while child.try_wait()?.is_none() && Instant::now() < until {
                thread::sleep(Duration::from_millis(10));
            }
            let _ = child.kill();
            child.wait()?;
        }
        Ok(())
    }

    /// Sends it a signal.
    pub(crate) fn signal(&self, signal: Signal) -> Result<()> {
        let pid = self.process().as_ref().and_then(|child| i32::try_from(child.id()).ok());
        if let Some(pid) = pid.and_then(Pid::from_raw) {
            kill_process(pid, signal)?;
        }
        Ok(())
    }

    fn process(&self) -> std::sync::MutexGuard<'_, Option<Child>> {
        self.process.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Replica {
    fn drop(&mut self) {
        self.kill();
    }
}

fn listening(log: &Path) -> Result<Option<SocketAddr>> {
    let log = fs::read_to_string(log)?;
    let whole_lines = log.rsplit_once('\n').map(|(lines, _)| lines).unwrap_or_default();
    let line = whole_lines.lines().find_map(|line| line.split_once("listening on http://"));
    Ok(line.map(|(_, address)| address.trim().parse()).transpose()?)
}
