//! What other processes may learn of this one.

/// Keeps other processes of the same user from reading this one's memory and environment, which
/// hold passwords and secrets, and the system from writing them to a core file. Root still can.
#[cfg(target_os = "linux")]
pub(crate) fn begin() {
    use rustix::process::{DumpableBehavior, set_dumpable_behavior};

    // A kernel that can't do it says so; all else works without.
    let _ = set_dumpable_behavior(DumpableBehavior::NotDumpable);
}

/// Other systems have no such thing.
#[cfg(not(target_os = "linux"))]
pub(crate) fn begin() {}
