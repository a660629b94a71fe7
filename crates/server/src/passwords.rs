//! Passwords from wherever an operator gives them: never from the command line.

use std::{
    env, fs,
    io::{self, IsTerminal},
};

use crate::failure::Failure;

const VARIABLE: &str = "ROLLCALL_ADMIN_PASSWORD";
const FILE_VARIABLE: &str = "ROLLCALL_ADMIN_PASSWORD_FILE";

/// The characters of generated passwords: without those that are mistaken for each other.
const ALPHABET: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";

/// How long generated passwords are: 24 characters of 5 bits.
const GENERATED_LENGTH: usize = 24;

/// The first admin's password from the environment, or from the file that it names.
pub(crate) fn from_environment() -> Result<Option<String>, Failure> {
    match (env::var_os(VARIABLE), env::var_os(FILE_VARIABLE)) {
        (Some(_), Some(_)) => Err(format!("set {VARIABLE} or {FILE_VARIABLE}, not both").into()),
        (Some(text), None) => match text.into_string() {
            Ok(text) => Ok(Some(text)),
            Err(_) => Err(format!("{VARIABLE} must be UTF-8 text").into()),
        },
        (None, Some(path)) => match fs::read_to_string(&path) {
            Ok(text) => Ok(Some(without_newline(&text).to_owned())),
            Err(error) => {
                Err(format!("{FILE_VARIABLE} names a file that can't be read: {error}").into())
            }
        },
        (None, None) => Ok(None),
    }
}

/// Asks for a new password on the terminal, twice; without one reads a line of standard input.
pub(crate) fn ask() -> Result<String, Failure> {
    let failed = |error: io::Error| Failure::from(format!("reading the password: {error}"));
    if !io::stdin().is_terminal() {
        let mut line = String::new();
        io::stdin().read_line(&mut line).map_err(failed)?;
        return Ok(without_newline(&line).to_owned());
    }
    let password = rpassword::prompt_password("Password: ").map_err(failed)?;
    if rpassword::prompt_password("Password again: ").map_err(failed)? != password {
        return Err("the passwords differ".into());
    }
    Ok(password)
}

/// A password that nobody can guess.
pub(crate) fn generate() -> Result<String, Failure> {
    let mut bytes = [0; GENERATED_LENGTH];
    getrandom::fill(&mut bytes).map_err(|error| format!("no randomness: {error}"))?;
    let characters = bytes.iter().map(|byte| ALPHABET[usize::from(byte % 32)] as char);
    Ok(characters.collect())
}

fn without_newline(text: &str) -> &str {
    let text = text.strip_suffix('\n').unwrap_or(text);
    text.strip_suffix('\r').unwrap_or(text)
}
