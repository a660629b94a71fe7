//! Records what many clients of rollcall see while it is disturbed, and checks that a correct
//! service can have answered so.
//!
//! ```text
//! ROLLCALL=target/debug/rollcall rollcall-histories --store postgres --seconds 300
//! ```
//!
//! - `driver`: clients read, change, create, rename and delete users, log in, sign requests and
//!   revoke credentials. At the end two admins take each other's role.
//! - `record`: each call with its beginning, its end and its outcome, or that none is known.
//! - `faults`: kills, pauses and restarts replicas, stops PostgreSQL and cuts the network to it.
//! - `check`: an order that explains all answers about each user and each name, as stateright's
//!   tester searches it; revoked credentials, ids, and the audit log.
//!
//! With `--plant KIND` a bug stands between the clients and the server, and the run succeeds if the
//! checks find it.

mod audit;
mod check;
mod driver;
mod faults;
mod options;
mod record;
mod recorder;
mod run;
mod summary;

use std::{error::Error, process::ExitCode};

type Result<T, E = Box<dyn Error + Send + Sync>> = std::result::Result<T, E>;

/// The password of the first admin.
const ROOT_PASSWORD: &str = "an admin's password for histories";

fn main() -> ExitCode {
    let is_as_expected = options::Options::parse(std::env::args().skip(1))
        .map_err(Into::into)
        .and_then(|options| run::run(&options));
    match is_as_expected {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}
