//! Confirmations of changes that cannot be undone.

use std::io::{self, IsTerminal, Write};

use crate::failure::Failure;

/// Asks on a terminal whether to `action`, unless `is_confirmed`. Without a terminal, as in a
/// script, there is no question.
///
/// # Errors
/// When the answer is not yes.
pub(super) fn confirm(action: &str, is_confirmed: bool) -> Result<(), Failure> {
    if is_confirmed || !io::stdin().is_terminal() {
        return Ok(());
    }
    let mut answer = String::new();
    // Standard output is for results.
    let asked =
        write!(io::stderr(), "{action} permanently? [y/N] ").and_then(|()| io::stderr().flush());
    asked
        .and_then(|()| io::stdin().read_line(&mut answer))
        .map_err(|error| format!("asking for a confirmation: {error}; --yes skips the question"))?;
    match answer.trim().to_ascii_lowercase().as_str() {
        "y" | "yes" => Ok(()),
        _ => Err("nothing was done; answer y, or give --yes".into()),
    }
}
