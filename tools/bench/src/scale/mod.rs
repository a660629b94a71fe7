//! What more users cost: the same on small and on large stores, beside what the databases' own
//! programs take for the same rows.

mod chart;
mod import;
mod lists;
mod operations;
pub(crate) mod pages;
mod panel;
pub(crate) mod people;
mod postgres;
mod reads;
pub(crate) mod writes;

use std::{
    env, fs,
    path::{Path, PathBuf},
    time::Instant,
};

use tempfile::TempDir;

use crate::{Result, other, server::Rollcall};

/// How many users there are, with the admin.
const SIZES: [u32; 3] = [1_000, 100_000, 1_000_000];

/// Nothing here measures hashing.
const COST: u32 = 4;

/// A store with its server.
struct Store {
    database: &'static str,
    users: u32,
    folder: TempDir,
    rollcall: Rollcall,
}

/// What the chart shows of one store, in seconds.
#[derive(Default)]
struct Figures {
    users: u32,
    import: Beside,
    list: Beside,
    point_read: f64,
    first_page: f64,
    last_page: f64,
}

/// What `rollcall` took, and what `sqlite3`.
#[derive(Clone, Copy, Default)]
struct Beside {
    rollcall: f64,
    sqlite3: f64,
}

/// The numbers of users to measure, if not the usual ones.
pub(crate) fn sizes(arguments: impl Iterator<Item = String>) -> Result<Vec<u32>> {
    let sizes: Vec<u32> = arguments
        .map(|text| {
            text.parse().ok().filter(|users| (1_000..=10_000_000).contains(users)).ok_or(text)
        })
        .collect::<std::result::Result<_, _>>()
        .map_err(|text| format!("`{text}` is not a number of users from 1000 to 10000000"))?;
    if sizes.is_empty() { Ok(SIZES.into()) } else { Ok(sizes) }
}

/// Measures stores of these sizes, of which the first is what the others are held against.
pub(crate) fn measure(sizes: &[u32]) -> Result<()> {
    let mut stores: Vec<Store> = Vec::new();
    let mut figures = Vec::new();
    for &users in sizes {
        let (store, figure) = one(users, stores.first())?;
        figures.push(figure);
        // Those between the smallest and the largest are not needed any more.
        stores.truncate(1);
        stores.push(store);
    }
    let largest = stores.last().ok_or_else(|| other("no store"))?;
    postgres::measure(largest)?;
    // These change what the others count on.
    for store in &stores {
        writes::measure(store)?;
        operations::backup(store)?;
        operations::verify(store, None)?;
    }
    let path = env::current_exe()?.with_file_name("scale.svg");
    fs::write(&path, chart::draw(&figures)?)?;
    println!("\nThe chart is in {}", path.display());
    Ok(())
}

/// Measures everything that leaves a store as it is.
fn one(users: u32, smallest: Option<&Store>) -> Result<(Store, Figures)> {
    let (folder, import) = import::measure(users)?;
    let begun = Instant::now();
    let rollcall = Rollcall::start_in(folder.path(), COST)?;
    let store = Store { database: "SQLite", users, folder, rollcall };
    operations::started(&store, begun)?;
    let list = lists::measure(&store)?;
    let point_read = reads::measure(&store, smallest)?;
    let (first_page, last_page) = pages::measure(&store)?;
    Ok((store, Figures { users, import, list, point_read, first_page, last_page }))
}

impl Store {
    /// The file of a store on SQLite.
    fn file(&self) -> PathBuf {
        database(self.folder.path())
    }

    /// How a row begins.
    fn title(&self, what: &str) -> String {
        format!("{}, {} users: {what}", self.database, thousands(self.users))
    }
}

/// The file of a store on SQLite in this folder.
pub(crate) fn database(folder: &Path) -> PathBuf {
    folder.join("data/rollcall.db")
}

/// A number with commas.
fn thousands(number: u32) -> String {
    let digits = number.to_string();
    let mut shown = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            shown.push(',');
        }
        shown.push(digit);
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_a_comma_before_every_three_digits() {
        assert_eq!(
            [1, 999, 1000, 100_000, 1_000_000].map(thousands),
            ["1", "999", "1,000", "100,000", "1,000,000"]
        );
    }

    #[test]
    fn sizes_are_the_usual_ones_or_those_that_are_asked_for() {
        let of = |arguments: &[&str]| sizes(arguments.iter().map(ToString::to_string));
        assert_eq!(of(&[]).unwrap(), SIZES);
        assert_eq!(of(&["1000", "20000"]).unwrap(), [1000, 20_000]);
        let refused = of(&["1000", "many"]).unwrap_err().to_string();
        assert!(refused.contains("`many`"), "{refused}");
    }
}
