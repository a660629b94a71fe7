//! The process itself, under the names that all of Prometheus' clients use.

use std::fmt;

use crate::families::Families;

/// Writes what the system says of the process; nothing where it does not.
#[cfg(target_os = "linux")]
pub(crate) fn encode(families: &mut Families<'_>) -> fmt::Result {
    let Some(process) = Process::now() else { return Ok(()) };
    families.seconds_total("process_cpu", "Processor time, user and system.", process.cpu)?;
    families.seconds(
        "process_start_time",
        "When the process began, since 1970.",
        process.started,
    )?;
    families.bytes("process_resident_memory", "Memory that is resident.", process.resident)?;
    families.bytes("process_virtual_memory", "Memory that is mapped.", process.virtual_size)?;
    families.gauge("process_open_fds", "File descriptors that are open.", process.descriptors)?;
    families.gauge(
        "process_max_fds",
        "File descriptors that may be open.",
        process.max_descriptors,
    )?;
    families.gauge("process_threads", "Threads.", process.threads)
}

/// Other systems are not asked.
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
    #[expect(clippy::cast_precision_loss, reason = "ticks of one process fit well")]
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
