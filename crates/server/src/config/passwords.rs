//! Reads passwords from the operator; never from the command line.

use std::io::{self, BufRead, BufReader, IsTerminal, Read};

use super::{
    environment::{self, Secret, line_of},
    terminal::Hidden,
};
use crate::failure::Failure;

const VARIABLE: &str = "ROLLCALL_ADMIN_PASSWORD";

/// The characters of generated passwords, without those that look alike.
const ALPHABET: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";

/// The length of generated passwords: 24 characters of 5 bits.
const GENERATED_LENGTH: usize = 24;

/// The variable that the first admin's password would come from, if it is set.
pub(crate) fn variable() -> Option<String> {
    let variables = [VARIABLE.to_owned(), format!("{VARIABLE}_FILE")];
    variables.into_iter().find(|name| environment::variable(name).is_some())
}

/// The first admin's password from the environment variable, or from the file that it names.
pub(crate) fn from_environment() -> Result<Option<Secret>, Failure> {
    let secret = environment::secret(VARIABLE)?;
    match &secret {
        Some(Secret { variable, text }) if text.contains('\n') => {
            Err(format!("{variable} has more than one line; a password is one line").into())
        }
        _ => Ok(secret),
    }
}

/// Prompts twice for a new password on a terminal; otherwise reads a line of standard input.
pub(crate) fn ask() -> Result<String, Failure> {
    let failed = |error: io::Error| Failure::from(format!("reading the password: {error}"));
    if !io::stdin().is_terminal() {
        return read_line(&mut BufReader::new(io::stdin())).map_err(failed)?;
    }
    let _hidden = Hidden::start().map_err(failed)?;
    let password = rpassword::prompt_password("Password: ").map_err(failed)?;
    if rpassword::prompt_password("Password again: ").map_err(failed)? != password {
        return Err("the passwords differ; enter the same one twice".into());
    }
    // What the prompt reads instead of bytes that are no UTF-8.
    if password.contains(char::REPLACEMENT_CHARACTER) {
        return Err("the password is not in UTF-8; set the terminal to UTF-8".into());
    }
    Ok(password)
}

/// Reads the only line of an input. Fails if more has arrived with it, but does not wait for more,
/// since a program that writes the password may keep the pipe open.
fn read_line(input: &mut BufReader<impl Read>) -> io::Result<Result<String, Failure>> {
    let mut line = String::new();
    if input.read_line(&mut line)? == 0 {
        return Ok(Err("standard input is empty; a password is required".into()));
    }
    if input.buffer().iter().any(|byte| !b"\r\n".contains(byte)) {
        return Ok(Err("standard input has more than one line; a password is one line".into()));
    }
    Ok(Ok(line_of(&line).to_owned()))
}

/// Generates a random password, for when the variable is not set.
pub(crate) fn generate() -> Result<Secret, Failure> {
    let mut bytes = [0; GENERATED_LENGTH];
    getrandom::fill(&mut bytes).map_err(|error| format!("generating random bytes: {error}"))?;
    let characters = bytes.iter().map(|byte| ALPHABET[usize::from(byte % 32)] as char);
    Ok(Secret { variable: VARIABLE.to_owned(), text: characters.collect() })
}
