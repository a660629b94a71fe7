//! The generated password of the first admin, shown once.

use std::{
    fs::{self, File},
    io::{self, Write},
    os::{fd::AsFd, unix::fs::MetadataExt},
};

use rollcall_domain::Username;

use crate::failure::Failure;

/// Where everything that is written is lost. A process that is started without a standard output
/// gets this one.
const NOWHERE: &str = "/dev/null";

/// Prints the password of the admin, who is not made yet: a password that could not be shown must
/// not be the only way in.
pub(crate) fn show(admin: &Username, password: &str) -> Result<(), Failure> {
    print(&format!(
        "Making the admin {admin} with the password {password}\nIt is not shown again.\n"
    ))
    .map_err(|error| {
        format!(
            "printing the password of the first admin: {error}; nothing was made: set \
                 ROLLCALL_ADMIN_PASSWORD, or start once with a standard output that is read"
        )
        .into()
    })
}

fn print(text: &str) -> io::Result<()> {
    let mut stdout = io::stdout().lock();
    if is_nowhere(&stdout)? {
        return Err(io::Error::other("standard output is closed, or /dev/null"));
    }
    stdout.write_all(text.as_bytes())?;
    stdout.flush()
}

/// Whether a text that is written there is seen nowhere.
fn is_nowhere(output: &impl AsFd) -> io::Result<bool> {
    let output = File::from(output.as_fd().try_clone_to_owned()?).metadata()?;
    Ok(fs::metadata(NOWHERE).is_ok_and(|nowhere| nowhere.rdev() == output.rdev()))
}
