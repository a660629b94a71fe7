//! The index of a log, in the form that is documented
//! (<https://sqlite.org/walformat.html>, section 2.1).

use std::{fs::File, io, os::unix::fs::FileExt};

use crate::engine::sqlite::log_frames::{
    FRAME_HEADER_BYTES, HEADER_BYTES as LOG_HEADER_BYTES, LogFrames,
};

/// The header, of which the file begins with two copies.
pub(crate) const HEADER_BYTES: usize = 48;

/// Where the header says, by 1, that there is something in it.
const IS_INITIALIZED: usize = 12;

/// Where the header counts commits.
const COMMITS: usize = 8;

/// Where the header has the size of a page, the number of frames in the log, the checksum of the
/// last frame, and the salts.
const PAGE_SIZE: usize = 14;
const FRAMES: usize = 16;
const CHECKSUM: usize = 24;
const SALTS: std::ops::Range<usize> = 32..40;

/// Where the number of frames is that are in the file, and of those that a checkpoint has begun to
/// move there.
const MERGED: usize = 2 * HEADER_BYTES;
const BEGUN: usize = 128;
const ALL_BYTES: usize = BEGUN + 4;

/// What SQLite writes for a page of 65536 bytes, which is too much for the field.
const LARGEST_PAGE: u16 = 1;

/// What tells every state of the database from every other.
pub(crate) type WalVersion = [u8; HEADER_BYTES];

/// The index at one moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct WalIndex {
    pub(crate) version: WalVersion,
    merged: u32,
    begun: u32,
}

impl WalIndex {
    /// The index that the last commit left; none while one is being written.
    pub(crate) fn read(file: &File) -> Option<Self> {
        let mut bytes = [0; ALL_BYTES];
        file.read_exact_at(&mut bytes, 0).ok()?;
        let (first, rest) = bytes.split_at(HEADER_BYTES);
        if first != &rest[..HEADER_BYTES] || first[IS_INITIALIZED] != 1 {
            return None;
        }
        let version = first.try_into().ok()?;
        Some(Self { version, merged: word(&bytes, MERGED), begun: word(&bytes, BEGUN) })
    }

    /// Whether all of the log is in the file.
    pub(crate) fn is_merged(&self) -> bool {
        self.merged == self.frames()
    }

    /// Whether a checkpoint has begun and has not ended.
    pub(crate) fn is_merging(&self) -> bool {
        self.merged != self.begun
    }

    /// How far the log is in the file, and which log that is.
    pub(crate) fn merge(&self) -> (&[u8], u32, u32) {
        (&self.version[SALTS], self.merged, self.begun)
    }

    /// Whether the log has the frames that the index names: enough of them, and the last one.
    pub(crate) fn fits(&self, log: &File) -> io::Result<bool> {
        let frames = u64::from(self.frames());
        if frames == 0 {
            return Ok(true);
        }
        let (log_header, frame) = (LOG_HEADER_BYTES as u64, FRAME_HEADER_BYTES as u64);
        let frame = frame + self.page_size();
        if log.metadata()?.len() < log_header + frames * frame {
            return Ok(false);
        }
        let (mut header, mut last) = ([0; LOG_HEADER_BYTES], [0; FRAME_HEADER_BYTES]);
        log.read_exact_at(&mut header, 0)?;
        log.read_exact_at(&mut last, log_header + (frames - 1) * frame)?;
        let checksum = [CHECKSUM, CHECKSUM + 4].map(|at| word(&self.version, at).to_be_bytes());
        let salts = &self.version[SALTS];
        Ok(LogFrames::open(&header[..])?.is_some()
            && header[16..24] == *salts
            && last[8..16] == *salts
            && last[16..24] == *checksum.as_flattened())
    }

    fn frames(&self) -> u32 {
        word(&self.version, FRAMES)
    }

    fn page_size(&self) -> u64 {
        let size = u16::from_ne_bytes([self.version[PAGE_SIZE], self.version[PAGE_SIZE + 1]]);
        if size == LARGEST_PAGE { 1 << 16 } else { size.into() }
    }
}

/// Whether the second version was left by the first commit after the other one. SQLite counts each
/// commit of each process, and nothing else.
pub(crate) fn is_next_commit(before: &WalVersion, after: &WalVersion) -> bool {
    word(after, COMMITS) == word(before, COMMITS).wrapping_add(1)
}

/// SQLite writes the index in the byte order of the machine.
fn word(bytes: &[u8], at: usize) -> u32 {
    bytes[at..].first_chunk().map_or(0, |word| u32::from_ne_bytes(*word))
}

#[cfg(test)]
pub(crate) mod tests {
    use super::{COMMITS, HEADER_BYTES, WalVersion};

    /// The version after so many commits.
    pub(crate) fn version(commits: u32) -> WalVersion {
        let mut version = [7; HEADER_BYTES];
        version[COMMITS..COMMITS + 4].copy_from_slice(&commits.to_ne_bytes());
        version
    }
}
