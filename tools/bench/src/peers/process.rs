//! A server with the processes that it starts.

use std::{
    collections::HashMap,
    fs,
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use crate::{Result, costs, memory, other};

/// `RabbitMQ` takes twenty seconds on two cores.
const PATIENCE: Duration = Duration::from_secs(180);

/// A started program. It ends with this.
pub(super) struct Running {
    child: Child,
    log: tempfile::NamedTempFile,
}

impl Running {
    /// Starts it, with a log that is shown if it fails.
    pub(super) fn start(command: &mut Command) -> Result<Self> {
        let log = tempfile::NamedTempFile::new()?;
        command.stdin(Stdio::null()).stdout(log.reopen()?).stderr(log.reopen()?);
        let child = command.spawn().map_err(|error| format!("{command:?}: {error}"))?;
        Ok(Self { child, log })
    }

    /// Waits until this holds.
    pub(super) fn wait_until(&mut self, holds: impl Fn() -> bool) -> Result<()> {
        let begun = Instant::now();
        while !holds() {
            if begun.elapsed() > PATIENCE || self.child.try_wait()?.is_some() {
                let log = fs::read_to_string(self.log.path())?;
                return Err(other(&format!("a program does not start: {log}")).into());
            }
            thread::sleep(Duration::from_millis(1));
        }
        Ok(())
    }

    /// What its processes have used.
    pub(super) fn processor_time(&self) -> Result<Duration> {
        self.family()?.into_iter().map(costs::processor_time).sum()
    }

    /// Memory that belongs to its processes alone or by their share, in MiB.
    pub(super) fn memory(&self) -> Result<f64> {
        self.family()?.into_iter().map(memory::share).sum()
    }

    /// Kills its processes, if it has not ended.
    pub(super) fn end(&mut self) {
        if self.child.try_wait().is_ok_and(|ended| ended.is_some()) {
            return;
        }
        for pid in self.family().unwrap_or_default() {
            let _ = Command::new("kill").args(["-KILL", &pid.to_string()]).status();
        }
        let _ = self.child.wait();
    }

    /// The process and its descendants.
    fn family(&self) -> Result<Vec<u32>> {
        let mut children: HashMap<u32, Vec<u32>> = HashMap::new();
        for entry in fs::read_dir("/proc")? {
            let Ok(pid) = entry?.file_name().to_string_lossy().parse() else { continue };
            let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
            let mut fields = stat.rsplit(')').next().unwrap_or_default().split_whitespace();
            if let Some(parent) = fields.nth(1).and_then(|parent| parent.parse().ok()) {
                children.entry(parent).or_default().push(pid);
            }
        }
        let mut family = vec![self.child.id()];
        let mut next = 0;
        while let Some(pid) = family.get(next) {
            family.extend(children.remove(pid).unwrap_or_default());
            next += 1;
        }
        Ok(family)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.end();
    }
}
