//! The most memory that processes have.

use std::{
    fs,
    process::{Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use crate::{Result, other};

/// What a command took.
pub(crate) struct Took {
    pub(crate) seconds: f64,
    pub(crate) mebibytes: f64,
}

/// The most that a process has had so far, in MiB.
pub(crate) fn peak(pid: u32) -> Result<f64> {
    read(pid, "VmHWM:")
}

/// Forgets what a process has had at most, and returns what it has now, in MiB.
pub(crate) fn forget_peak(pid: u32) -> Result<f64> {
    fs::write(format!("/proc/{pid}/clear_refs"), "5")?;
    read(pid, "VmRSS:")
}

/// Runs a command, whose output is dropped, to its end.
pub(crate) fn run(command: &mut Command) -> Result<Took> {
    let begun = Instant::now();
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn()?;
    let pid = child.id();
    let watch = thread::spawn(move || watch(pid));
    let stderr = child.stderr.take().map(std::io::read_to_string).transpose()?;
    let is_success = child.wait()?.success();
    let seconds = begun.elapsed().as_secs_f64();
    let mebibytes = watch.join().map_err(|_| other("the watch was lost"))?;
    if is_success {
        Ok(Took { seconds, mebibytes })
    } else {
        Err(format!("{command:?}: {}", stderr.unwrap_or_default()).into())
    }
}

/// Looks until there is nothing more to see: the system tells nothing of a process that has ended.
fn watch(pid: u32) -> f64 {
    let mut most = 0.0_f64;
    while let Ok(peak) = peak(pid) {
        most = most.max(peak);
        thread::sleep(Duration::from_millis(2));
    }
    most
}

/// Memory that belongs to a process alone or by its share, in MiB.
pub(crate) fn share(pid: u32) -> Result<f64> {
    field(&format!("/proc/{pid}/smaps_rollup"), "Pss:")
}

fn read(pid: u32, label: &str) -> Result<f64> {
    field(&format!("/proc/{pid}/status"), label)
}

/// A size of one of the system's files, in MiB.
fn field(path: &str, label: &str) -> Result<f64> {
    let status = fs::read_to_string(path)?;
    let value =
        status.lines().find_map(|line| line.strip_prefix(label)).ok_or_else(|| other(label))?;
    let kibibytes: f64 = value.trim().trim_end_matches(" kB").parse()?;
    Ok(kibibytes / 1024.0)
}
