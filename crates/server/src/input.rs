//! Reads files that settings name. They may be pipes.

use std::{
    collections::BTreeMap,
    fs, io,
    path::{Path, PathBuf},
    sync::{
        Mutex, PoisonError,
        mpsc::{self, RecvTimeoutError},
    },
    thread,
    time::Duration,
};

/// The wait for a pipe after which the log names it.
const PATIENCE: Duration = Duration::from_secs(1);

/// The contents of pipes, which can be read only once.
static GIVEN: Mutex<BTreeMap<PathBuf, String>> = Mutex::new(BTreeMap::new());

/// The text of the file at `path`, which the setting `name` names.
pub(crate) fn read_text(name: &str, path: &Path) -> io::Result<String> {
    if is_on_disk(path) {
        return fs::read_to_string(path);
    }
    let mut given = GIVEN.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(text) = given.get(path) {
        return Ok(text.clone());
    }
    let text = wait(name, path, || fs::read_to_string(path))?;
    given.insert(path.to_owned(), text.clone());
    Ok(text)
}

/// Does `work`, which opens or reads the file at `path`. A pipe blocks until a program writes to
/// it, and the log names the pipe.
pub(crate) fn wait<T>(name: &str, path: &Path, work: impl FnOnce() -> T) -> T {
    if is_on_disk(path) {
        return work();
    }
    let (done, is_done) = mpsc::channel::<()>();
    let line = format!("waiting for {name}: no program has written to {} yet", path.display());
    let watch = move || {
        if is_done.recv_timeout(PATIENCE) == Err(RecvTimeoutError::Timeout) {
            log::warn!("{line}");
        }
    };
    // If no thread can be started, only the log line is missing.
    let _ = thread::Builder::new().name("waiting".to_owned()).spawn(watch);
    let outcome = work();
    drop(done);
    outcome
}

/// Whether reading the file at `path` waits only for the disk: it is a regular file, a folder, or
/// does not exist.
pub(crate) fn is_on_disk(path: &Path) -> bool {
    fs::metadata(path).map_or(true, |metadata| metadata.is_file() || metadata.is_dir())
}
