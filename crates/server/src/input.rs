//! Files that settings name, which may be pipes.

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

/// How long a file may give nothing before the log names the file.
const PATIENCE: Duration = Duration::from_secs(1);

/// What pipes have given, which they give once.
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

/// Does `work`, which reads the file at `path` or opens it. A pipe makes it wait until a program
/// writes to it, and the log says so.
pub(crate) fn wait<T>(name: &str, path: &Path, work: impl FnOnce() -> T) -> T {
    if is_on_disk(path) {
        return work();
    }
    let (done, is_done) = mpsc::channel::<()>();
    let line = format!("waiting for {name}: nothing was written to {} yet", path.display());
    let watch = move || {
        if is_done.recv_timeout(PATIENCE) == Err(RecvTimeoutError::Timeout) {
            log::warn!("{line}");
        }
    };
    // Without one more thread, nothing is said.
    let _ = thread::Builder::new().name("waiting".to_owned()).spawn(watch);
    let outcome = work();
    drop(done);
    outcome
}

/// Whether reading the file at `path` waits for nothing but the disk: it is a regular file, a
/// folder, or not there.
pub(crate) fn is_on_disk(path: &Path) -> bool {
    fs::metadata(path).map_or(true, |metadata| metadata.is_file() || metadata.is_dir())
}
