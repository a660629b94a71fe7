//! Detects a standard output whose text is discarded.

use std::{
    fs::{self, File},
    io,
    os::{fd::AsFd, unix::fs::MetadataExt},
};

use rustix::fs::{OFlags, fcntl_getfl};

/// Discards all output. A process that is started without a standard output gets this one.
const NOWHERE: &str = "/dev/null";

/// Whether this output is the null device.
pub(crate) fn is_nowhere(output: &impl AsFd) -> io::Result<bool> {
    let output = File::from(output.as_fd().try_clone_to_owned()?).metadata()?;
    Ok(fs::metadata(NOWHERE).is_ok_and(|nowhere| nowhere.rdev() == output.rdev()))
}

/// Refuses a standard output that was closed at the start. It is then `/dev/null`, open for
/// reading and writing; the shell's `> /dev/null` opens it only for writing.
pub(crate) fn require_open() -> io::Result<()> {
    let stdout = io::stdout();
    let is_for_reading_too = fcntl_getfl(&stdout)?.contains(OFlags::RDWR);
    if is_for_reading_too && is_nowhere(&stdout)? {
        return Err(io::Error::other("standard output is closed"));
    }
    Ok(())
}
