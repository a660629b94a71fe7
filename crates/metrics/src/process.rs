//! Metrics of the process, with the names of all Prometheus clients.

use std::fmt;

use crate::families::Families;

/// Writes the metrics of the process; none if the system does not report them.
#[cfg(target_os = "linux")]
pub(crate) fn encode(families: &mut Families<'_>) -> fmt::Result {
    let Some(process) = Process::now() else { return Ok(()) };
    families.seconds_total("process_cpu", "User and system processor time.", process.cpu)?;
    families.seconds(
        "process_start_time",
        "Start time of the process, in Unix time.",
        process.started,
    )?;
    families.bytes("process_resident_memory", "Resident memory.", process.resident)?;
    families.bytes("process_virtual_memory", "Virtual memory.", process.virtual_size)?;
    families.gauge("process_open_fds", "Open file descriptors.", process.descriptors)?;
    families.gauge("process_max_fds", "Maximum open file descriptors.", process.max_descriptors)?;
    families.gauge("process_threads", "Threads of the process.", process.threads)
}

/// Writes nothing on other systems.
#[cfg(not(target_os = "linux"))]
pub(crate) fn encode(_: &mut Families<'_>) -> fmt::Result {
    Ok(())
}

#[cfg(target_os = "linux")]
struct Process {
    cpu: f64,
    started: f64,
    resident: u64,
    virtual_size: u64,
    descriptors: u64,
    max_descriptors: u64,
    threads: u64,
}

#[cfg(target_os = "linux")]
impl Process {
    #[expect(clippy::cast_precision_loss, reason = "ticks of one process fit exactly")]
    fn now() -> Option<Self> {
        let process = procfs::process::Process::myself().ok()?;
        let stat = process.stat().ok()?;
        let seconds = |ticks: u64| ticks as f64 / procfs::ticks_per_second() as f64;
        let limit = process.limits().ok()?.max_open_files.soft_limit;
        Some(Self {
            cpu: seconds(stat.utime + stat.stime),
            started: procfs::boot_time_secs().ok()? as f64 + seconds(stat.starttime),
            resident: stat.rss * procfs::page_size(),
            virtual_size: stat.vsize,
            descriptors: process.fd_count().ok()? as u64,
            max_descriptors: match limit {
                procfs::process::LimitValue::Value(value) => value,
                procfs::process::LimitValue::Unlimited => u64::MAX,
            },
            threads: stat.num_threads.try_into().unwrap_or_default(),
        })
    }
}
