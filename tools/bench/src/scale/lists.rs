//! Whole lists, beside what the databases' own programs write of the same rows.

use std::process::Command;

use super::{Beside, Store};
use crate::{
    Result,
    client::Client,
    median,
    memory::{forget_peak, peak, run},
    other, row,
    server::{Rollcall, admin},
    throughput::ROUNDS,
};

/// The lists of both sets, and what each is in the order of.
const LISTS: [(&str, &str); 2] = [("/users", "users.id"), ("/api/v1/users", "name_key")];

/// What lists took, and the other program.
pub(super) struct Lists {
    pub(super) seconds: f64,
    pub(super) theirs: f64,
    bytes: f64,
    first_byte: f64,
    growth: f64,
}

/// Measures the lists of both sets; returns the time of the first.
pub(super) fn measure(store: &Store) -> Result<Beside> {
    let mut both = Vec::new();
    for (path, order) in LISTS {
        let mut theirs = || {
            let mut command = Command::new("sqlite3");
            Ok(run(command.arg("-json").arg(store.file()).arg(rows(order)))?.seconds)
        };
        let lists = beside(&store.rollcall, path, &mut theirs)?;
        lists.report(&store.title(&format!("`GET {path}`; `sqlite3 -json`")));
        both.push(Beside { rollcall: lists.seconds, sqlite3: lists.theirs });
    }
    both.first().copied().ok_or_else(|| other("no list").into())
}

/// Lists in turns with the other program.
pub(super) fn beside(
    rollcall: &Rollcall,
    path: &str,
    theirs: &mut impl FnMut() -> Result<f64>,
) -> Result<Lists> {
    Client::connect(&rollcall.address, None)?.get("/users/1", &admin())?;
    let rest = forget_peak(rollcall.pid())?;
    let (mut seconds, mut first_bytes, mut others) = (Vec::new(), Vec::new(), Vec::new());
    let mut bytes = 0.0;
    for _ in 0..ROUNDS {
        let [first_byte, total, size] = curl(&rollcall.address, path)?;
        seconds.push(total);
        first_bytes.push(first_byte);
        bytes = size;
        others.push(theirs()?);
    }
    Ok(Lists {
        seconds: median(seconds),
        theirs: median(others),
        bytes,
        first_byte: median(first_bytes),
        growth: peak(rollcall.pid())? - rest,
    })
}

impl Lists {
    /// Prints a row.
    pub(super) fn report(&self, what: &str) {
        let Self { seconds, theirs, bytes, first_byte, growth } = self;
        let ratio = seconds / theirs;
        let measured = format!(
            "{seconds:.3} s; {theirs:.3} s: {ratio:.2} times; {:.1} MB, first byte after {:.1} ms, \
             {growth:.1} MiB more memory at most than at rest",
            bytes / 1e6,
            first_byte * 1000.0
        );
        row(what, &measured);
    }
}

/// The query behind a list: every user, with one row per role.
pub(super) fn rows(order: &str) -> String {
    format!(
        "SELECT users.id, version, create_time, users.name, email, status, user_roles.name AS role \
         FROM users LEFT JOIN user_roles ON user_id = users.id ORDER BY {order}, user_roles.name"
    )
}

/// The time to the first byte, the time to the last and the number of bytes.
fn curl(address: &str, path: &str) -> Result<[f64; 3]> {
    let output = Command::new("curl")
        .args(["-sSf", "-o", "/dev/null"])
        .args(["-w", "%{time_starttransfer} %{time_total} %{size_download}"])
        .args(["-H", &format!("Authorization: {}", admin())])
        .arg(format!("http://{address}{path}"))
        .output()
        .map_err(|error| other(&format!("curl (apt-get install curl): {error}")))?;
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into_owned().into());
    }
    let figures: Vec<f64> = String::from_utf8(output.stdout)?
        .split(' ')
        .map(str::parse)
        .collect::<std::result::Result<_, _>>()?;
    figures.try_into().map_err(|_| other("curl tells too little").into())
}
