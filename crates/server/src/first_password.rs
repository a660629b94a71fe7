//! The generated password of the first admin, shown once.

use std::io::{self, Write};

use rollcall_domain::Username;

use crate::{failure::Failure, standard_output::is_nowhere};

/// Prints the password of the admin, who is not made yet: a password that could not be shown must
/// not be the only way in.
pub(crate) fn show(admin: &Username, password: &str) -> Result<(), Failure> {
    print(&format!(
        "Making the first admin, named {admin}, with the password {password}\n\
         It is not shown again.\n"
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
