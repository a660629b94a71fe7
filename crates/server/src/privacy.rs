//! Protects the memory of this process from other processes.

/// Keeps other processes of the same user from reading this one's memory and environment, which
/// hold passwords and secrets, and the system from writing them to a core file. Root still can.
#[cfg(target_os = "linux")]
pub(crate) fn begin() {
    use rustix::process::{DumpableBehavior, set_dumpable_behavior};

    // A failure is ignored: everything else works without this.
    let _ = set_dumpable_behavior(DumpableBehavior::NotDumpable);
}

/// Other systems have no such call.
#[cfg(not(target_os = "linux"))]
pub(crate) fn begin() {}
