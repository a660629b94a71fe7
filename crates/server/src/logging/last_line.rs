//! The line that a process ends with.

use std::{
    io::{self, Write},
    sync::{
        atomic::{AtomicBool, Ordering},
        mpsc,
    },
    thread,
};

use super::behind::PATIENCE;

/// Whether the log was waited for in vain. Its thread holds standard error then.
static IS_STUCK: AtomicBool = AtomicBool::new(false);

/// Has [`say`] write nothing from now on: the log is not read.
pub(super) fn give_up() {
    IS_STUCK.store(true, Ordering::Relaxed);
}

/// Writes the last line to standard error. Waits a second for it to be read, in vain or not, so
/// that no process is kept from ending by a reader that has stopped.
pub(crate) fn say(line: String) {
    if IS_STUCK.load(Ordering::Relaxed) {
        return;
    }
    let (written, is_written) = mpsc::channel();
    let write = move || {
        // There is no other place to say that it can't be written.
        let _ = writeln!(io::stderr(), "{line}");
        let _ = written.send(());
    };
    if thread::Builder::new().name("last line".to_owned()).spawn(write).is_ok() {
        let _ = is_written.recv_timeout(PATIENCE);
    }
}
