//! Where the files of a store are, and whether they are still there.

use std::{
    fs, io,
    os::unix::fs::MetadataExt,
    path::{Path, PathBuf},
    sync::OnceLock,
};

use crate::engine::sqlite::file::{LOG, LOG_INDEX, beside, followed_by};

/// The place of a file that is open.
pub(crate) struct Place {
    path: PathBuf,
    /// Where the links at the path led to.
    target: PathBuf,
    identity: Identity,
    /// The log and its index, by the ends of their names. SQLite keeps them for as long as the file
    /// is open.
    beside: OnceLock<Vec<(&'static str, Identity)>>,
}

/// What tells a file from every other one on the machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Identity {
    device: u64,
    inode: u64,
}

/// Why a file must not be written.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Displacement {
    /// How the files differ from those at the start.
    pub(crate) reason: String,
    /// Until when nothing is written.
    pub(crate) until: &'static str,
}

impl Identity {
    /// By `stat` alone: closing another descriptor of the file would give back SQLite's locks.
    fn of(path: &Path) -> io::Result<Self> {
        let metadata = fs::metadata(path)?;
        Ok(Self { device: metadata.dev(), inode: metadata.ino() })
    }
}

impl Place {
    /// The place of the file at `path`.
    pub(crate) fn of(path: &Path) -> io::Result<Self> {
        let identity = Identity::of(path)?;
        let target = beside(path, "");
        Ok(Self { path: path.to_owned(), target, identity, beside: OnceLock::new() })
    }

    /// The path that the file was opened by.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// From here on, the log and its index are missed as well. They are there once a connection has
    /// read.
    pub(crate) fn watch_log(&self) {
        let there = [LOG, LOG_INDEX].into_iter().filter_map(|ending| {
            let identity = Identity::of(&beside(&self.path, ending)).ok()?;
            Some((ending, identity))
        });
        // It is done once, at the end of the start.
        let _ = self.beside.set(there.collect());
    }

    /// Whether the file is at its path.
    pub(crate) fn has_file(&self) -> bool {
        is_at(&self.path, self.identity)
    }

    /// Whether the log is beside the path.
    pub(crate) fn has_log(&self) -> bool {
        let watched = self.beside.get().into_iter().flatten();
        let mut logs = watched.filter(|(ending, _)| *ending == LOG);
        logs.any(|(ending, identity)| is_at(&beside(&self.path, ending), *identity))
    }

    /// How the files differ from those at the start. The log is looked for where a process would
    /// look that opens the path now: a link may have been put in the place of the file.
    pub(crate) fn displacement(&self) -> Option<Displacement> {
        if !self.has_file() {
            return Some(moved(&self.path));
        }
        let links = links(&self.path);
        if links > 1 {
            let reason = linked(&self.path, links);
            return Some(Displacement { reason, until: "one name is left" });
        }
        let file = beside(&self.path, "");
        let watched = self.beside.get().into_iter().flatten();
        let mut watched = watched.map(|(ending, identity)| (followed_by(&file, ending), *identity));
        let (missed, _) = watched.find(|(path, identity)| !is_at(path, *identity))?;
        Some(moved(if file == self.target { &missed } else { &self.path }))
    }
}

fn is_at(path: &Path, identity: Identity) -> bool {
    Identity::of(path).is_ok_and(|found| found == identity)
}

fn moved(path: &Path) -> Displacement {
    let reason = format!("{} was moved, removed or replaced while it is open", path.display());
    Displacement { reason, until: "it is back at its place" }
}

/// How many names a file has in its file system, which are hard links of each other.
pub(crate) fn links(path: &Path) -> u64 {
    fs::metadata(path).map_or(0, |metadata| if metadata.is_file() { metadata.nlink() } else { 1 })
}

/// Says that a file has several names.
pub(crate) fn linked(path: &Path, links: u64) -> String {
    let path = path.display();
    format!("{path} has {links} names (hard links), and each would have a {LOG} of its own")
}

#[cfg(test)]
mod tests {
    use std::{
        fs::{self, hard_link, rename},
        os::unix::fs::symlink,
    };

    use super::Place;

    #[test]
    fn a_place_is_left_by_links_and_moves_and_come_back_to() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        for name in ["a.db", "a.db-wal", "a.db-shm"] {
            fs::write(at(name), "").unwrap();
        }
        fs::create_dir(at("new")).unwrap();
        let place = Place::of(&at("a.db")).unwrap();
        place.watch_log();
        let reason =
            || place.displacement().map(|displacement| displacement.reason).unwrap_or_default();
        assert_eq!(reason(), "");
        hard_link(at("a.db"), at("b.db")).unwrap();
        assert!(reason().contains("a.db has 2 names (hard links)"), "{}", reason());
        fs::remove_file(at("b.db")).unwrap();
        rename(at("a.db"), at("new/a.db")).unwrap();
        assert!(reason().contains("a.db was moved"), "{}", reason());
        symlink("new/a.db", at("a.db")).unwrap();
        assert!(reason().contains("a.db was moved"), "{}", reason());
        rename(at("a.db-wal"), at("new/a.db-wal")).unwrap();
        rename(at("a.db-shm"), at("new/a.db-shm")).unwrap();
        assert_eq!(reason(), "");
    }
}
