//! The last line of a process.

use std::{
    io::{self, Write},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
        mpsc,
    },
    thread,
    time::Duration,
};

/// The longest wait at the end of the process for the reader of standard error.
pub(super) const PATIENCE: Duration = Duration::from_secs(1);

/// Whether the log could not be written in time. Its thread then holds standard error.
static IS_STUCK: AtomicBool = AtomicBool::new(false);

/// Makes [`write()`] do nothing from now on, because the log is not read.
pub(super) fn give_up() {
    IS_STUCK.store(true, Ordering::Relaxed);
}

/// Writes the last line to standard error. Waits at most a second, so that a reader that has
/// stopped does not keep the process from ending.
pub(crate) fn write(line: String) {
    if IS_STUCK.load(Ordering::Relaxed) {
        return;
    }
    let (written, is_written) = mpsc::channel();
    let line: Arc<str> = line.into();
    let of_thread = Arc::clone(&line);
    let write = move || {
        write_to_stderr(&of_thread);
        let _ = written.send(());
    };
    if thread::Builder::new().name("last line".to_owned()).spawn(write).is_ok() {
        let _ = is_written.recv_timeout(PATIENCE);
    } else {
        // Memory may be used up, which the line then says.
        write_to_stderr(&line);
    }
}

/// There is no other place to report that the line cannot be written.
fn write_to_stderr(line: &str) {
    let _ = writeln!(io::stderr(), "{line}");
}
