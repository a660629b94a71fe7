//! Reads files that settings name. They may be pipes.

use std::{
    collections::BTreeMap,
    fs::{self, File},
    io::{self, Read as _},
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

/// The largest file that a setting may name: far above any secret or certificate, so that a device
/// such as `/dev/zero` does not fill the memory.
const MAX_BYTES: u64 = 1 << 20;

/// The contents of pipes, which can be read only once.
static GIVEN: Mutex<BTreeMap<PathBuf, String>> = Mutex::new(BTreeMap::new());

/// The text of the file at `path`, which the setting `name` names.
pub(crate) fn read_text(name: &str, path: &Path) -> io::Result<String> {
    if is_on_disk(path) {
        return text(path);
    }
    let mut given = GIVEN.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(text) = given.get(path) {
        return Ok(text.clone());
    }
    let text = wait(name, path, || text(path))?;
    given.insert(path.to_owned(), text.clone());
    Ok(text)
}

/// The bytes of the file at `path`, which the setting `name` names.
pub(crate) fn read(name: &str, path: &Path) -> io::Result<Vec<u8>> {
    wait(name, path, || bytes(path))
}

fn text(path: &Path) -> io::Result<String> {
    String::from_utf8(bytes(path)?)
        .map_err(|_| io::Error::new(io::ErrorKind::InvalidData, "it is not UTF-8 text"))
}

fn bytes(path: &Path) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    File::open(path)?.take(MAX_BYTES + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > MAX_BYTES {
        return Err(io::Error::other("it is larger than 1 MiB"));
    }
    Ok(bytes)
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
