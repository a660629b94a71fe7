//! A log that a background thread writes.

use std::{
    io::{self, BufWriter, Write},
    panic,
    sync::{
        Arc,
        mpsc::{self, Receiver},
    },
    thread,
};

use rollcall_domain::statistics::Counter;

use super::{
    last_line::{self, PATIENCE},
    queue::{Queue, Rank},
};

/// The most bytes of waiting lines, besides as many that are being written.
const CAPACITY: usize = 8 * 1024 * 1024;

/// Writes the remaining lines when it is dropped.
pub(crate) struct Guard {
    queue: Arc<Queue>,
    ended: Receiver<()>,
}

/// Starts the thread that writes the lines of the queue to standard error.
pub(super) fn start() -> io::Result<(Arc<Queue>, Guard)> {
    let queue = Arc::new(Queue::new(CAPACITY));
    let (end, ended) = mpsc::channel();
    let lines = Arc::clone(&queue);
    thread::Builder::new().name("log".to_owned()).spawn(move || {
        write(&lines);
        // The process may have ended without waiting.
        let _ = end.send(());
    })?;
    log_panics(Arc::clone(&queue));
    Ok((Arc::clone(&queue), Guard { queue, ended }))
}

/// Reports panics through the queue: a thread that writes to standard error directly would block
/// while the log is not read.
fn log_panics(queue: Arc<Queue>) {
    panic::set_hook(Box::new(move |panic| {
        let thread = thread::current();
        let line = format!("thread '{}' {panic}\n", thread.name().unwrap_or("<unnamed>"));
        queue.push(Rank::Important, line.as_bytes());
    }));
}

/// Writes lines until the queue is closed.
fn write(queue: &Queue) {
    let mut writer = BufWriter::new(io::stderr());
    while let Some(lines) = queue.take() {
        // There is no other place to report that the log cannot be written.
        let written = lines.iter().try_for_each(|line| writer.write_all(line));
        let _ = written.and_then(|()| writer.flush());
        if lines.dropped > 0 {
            log::warn!(
                "{} log lines were dropped, because the log is read too slowly",
                lines.dropped
            );
        }
    }
}

impl Guard {
    /// Counts the dropped lines.
    pub(crate) fn dropped_lines(&self) -> Arc<Counter> {
        self.queue.dropped()
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        self.queue.close();
        if self.ended.recv_timeout(PATIENCE).is_err() {
            last_line::give_up();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Arc, Queue, log_panics, panic, thread};

    #[test]
    fn logs_a_panic() {
        let (queue, usual_hook) = (Arc::new(Queue::new(1000)), panic::take_hook());
        log_panics(Arc::clone(&queue));
        let job = thread::Builder::new().name("hashing".to_owned());
        assert!(job.spawn(|| panic!("a fault")).unwrap().join().is_err());
        panic::set_hook(usual_hook);
        let line = queue.take().unwrap().iter().next().unwrap().to_vec();
        let line = String::from_utf8(line).unwrap();
        assert!(line.starts_with("thread 'hashing' panicked at ") && line.contains("a fault\n"));
    }
}
