//! Metrics of the process, with the names of all Prometheus clients.

use rollcall_domain::statistics::Family;

/// The metrics of the process; none if the system does not report them.
#[cfg(target_os = "linux")]
pub(crate) fn observe() -> Vec<Family> {
    linux().unwrap_or_default()
}

/// No metrics on other systems.
#[cfg(not(target_os = "linux"))]
pub(crate) fn observe() -> Vec<Family> {
    Vec::new()
}

#[cfg(target_os = "linux")]
#[expect(clippy::cast_precision_loss, reason = "ticks of one process fit exactly")]
fn linux() -> Option<Vec<Family>> {
    use procfs::process::{LimitValue, Process};
    use rollcall_domain::statistics::{
        Values::{Bytes, Gauges, Seconds, SecondsTotal},
        unlabelled,
    };

    let process = Process::myself().ok()?;
    let stat = process.stat().ok()?;
    let seconds = |ticks: u64| ticks as f64 / procfs::ticks_per_second() as f64;
    let cpu = seconds(stat.utime + stat.stime);
    let started = procfs::boot_time_secs().ok()? as f64 + seconds(stat.starttime);
    let resident = stat.rss * procfs::page_size();
    let gauge = |value| Gauges(unlabelled(value));
    let descriptors = process.fd_count().ok()? as u64;
    let max_descriptors = match process.limits().ok()?.max_open_files.soft_limit {
        LimitValue::Value(value) => value,
        LimitValue::Unlimited => u64::MAX,
    };
    let threads = stat.num_threads.try_into().unwrap_or_default();
    Some(vec![
        Family::new("process_cpu", "User and system processor time.", SecondsTotal(cpu)),
        Family::new(
            "process_start_time",
            "Start time of the process, in Unix time.",
            Seconds(started),
        ),
        Family::new("process_resident_memory", "Resident memory.", Bytes(resident)),
        Family::new("process_virtual_memory", "Virtual memory.", Bytes(stat.vsize)),
        Family::new("process_open_fds", "Open file descriptors.", gauge(descriptors)),
        Family::new("process_max_fds", "Maximum open file descriptors.", gauge(max_descriptors)),
        Family::new("process_threads", "Threads of the process.", gauge(threads)),
    ])
}
