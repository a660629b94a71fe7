//! How much of a SQLite file an import keeps in memory.
//!
//! Users come in no order of a unique index, so each changes another page of both. A page that is
//! not in memory is read for it, and another one written.

use diesel::{SqliteConnection, connection::SimpleConnection, result::QueryResult};
use sysinfo::{MemoryRefreshKind, System};

/// The pages of both unique indexes, in bytes for each user.
const PER_USER: u64 = 80;

/// What an import has at least, and while its number of users is unknown, in bytes.
const LEAST: u64 = 64 << 20;

/// The size while rows are sorted, which takes as much again, in bytes.
const WHILE_SORTING: u64 = 16 << 20;

/// The part of the free memory that an import takes at most.
const SHARE: u64 = 4;

/// Sets the page cache for adding so many users; zero if their number is unknown.
pub(super) fn set_for(connection: &mut SqliteConnection, users: u64) -> QueryResult<()> {
    set(connection, bytes(users, free()))
}

/// Sets the page cache for the sorting of rows into a new index.
pub(super) fn set_for_sorting(connection: &mut SqliteConnection) -> QueryResult<()> {
    set(connection, WHILE_SORTING)
}

fn set(connection: &mut SqliteConnection, bytes: u64) -> QueryResult<()> {
    connection.batch_execute(&format!("PRAGMA cache_size = -{}", bytes >> 10))
}

fn bytes(users: u64, free: u64) -> u64 {
    users.saturating_mul(PER_USER).min(free / SHARE).max(LEAST)
}

/// The memory that can be had without swapping, in bytes, within the limit of a container.
fn free() -> u64 {
    let mut system = System::new();
    system.refresh_memory_specifics(MemoryRefreshKind::nothing().with_ram());
    let limits = system.cgroup_limits();
    let in_container = limits.map(|limits| limits.total_memory.saturating_sub(limits.rss));
    in_container.unwrap_or(u64::MAX).min(system.available_memory())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cache_grows_up_to_a_part_of_the_free_memory() {
        let gigabyte = 1 << 30;
        for (users, free, expected) in [
            (0, 8 * gigabyte, LEAST),
            (100_000, 8 * gigabyte, LEAST),
            (1_000_000, 8 * gigabyte, 80_000_000),
            (10_000_000, 8 * gigabyte, 800_000_000),
            (10_000_000, gigabyte, gigabyte / 4),
            (10_000_000, 0, LEAST),
            (u64::MAX, gigabyte, gigabyte / 4),
        ] {
            assert_eq!(bytes(users, free), expected, "{users} {free}");
        }
    }

    #[test]
    fn some_memory_is_free() {
        assert!(free() > 0);
    }
}
