//! The generated password of the first admin, shown once.

use std::io::{self, Write};

use rollcall_domain::Username;

use crate::{commands::output::standard_output::is_nowhere, failure::Failure};

/// Prints the password of the admin before that user is created: an admin whose password was not
/// shown could not log in.
pub(crate) fn show(admin: &Username, password: &str) -> Result<(), Failure> {
    print(&format!(
        "Creating the first admin, named {admin}, with the password {password}\n\
         The password is not shown again. To change it, run `rollcall user passwd {admin}`.\n"
    ))
    .map_err(|error| {
        format!(
            "printing the first admin's password: {error}; no user was created: set \
             ROLLCALL_ADMIN_PASSWORD, or open standard output"
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
