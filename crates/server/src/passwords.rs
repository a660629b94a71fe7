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

/// A password, and the variable that it came by.
pub(crate) struct Given {
    pub(crate) variable: &'static str,
    pub(crate) text: String,
}

/// The first admin's password from the environment, or from the file that it names.
pub(crate) fn from_environment() -> Result<Option<Given>, Failure> {
    let (variable, text) = match (env::var_os(VARIABLE), env::var_os(FILE_VARIABLE)) {
        (Some(_), Some(_)) => {
            return Err(format!("set {VARIABLE} or {FILE_VARIABLE}, not both").into());
        }
        (Some(text), None) => {
            let text = text.into_string();
            (VARIABLE, text.map_err(|_| format!("{VARIABLE} must be UTF-8 text"))?)
        }
        (None, Some(path)) => {
            let text = fs::read_to_string(&path);
            let unreadable = |error| format!("{FILE_VARIABLE} must name a readable file: {error}");
            (FILE_VARIABLE, without_newline(&text.map_err(unreadable)?).to_owned())
        }
        (None, None) => return Ok(None),
    };
    Ok(Some(Given { variable, text }))
}

/// Asks for a new password on the terminal, twice; without one reads a line of standard input.
pub(crate) fn ask() -> Result<String, Failure> {
    let failed = |error: io::Error| Failure::from(format!("reading the password: {error}"));
    if !io::stdin().is_terminal() {
        let mut line = String::new();
        if io::stdin().read_line(&mut line).map_err(failed)? == 0 {
            return Err("there is no password on standard input".into());
        }
        return Ok(without_newline(&line).to_owned());
    }
    let password = rpassword::prompt_password("Password: ").map_err(failed)?;
    if rpassword::prompt_password("Password again: ").map_err(failed)? != password {
        return Err("the passwords differ".into());
    }
    Ok(password)
}

/// A password that nobody can guess, for the variable that is not set.
pub(crate) fn generate() -> Result<Given, Failure> {
    let mut bytes = [0; GENERATED_LENGTH];
    getrandom::fill(&mut bytes).map_err(|error| format!("no randomness: {error}"))?;
    let characters = bytes.iter().map(|byte| ALPHABET[usize::from(byte % 32)] as char);
    Ok(Given { variable: VARIABLE, text: characters.collect() })
}

fn without_newline(text: &str) -> &str {
    let text = text.strip_suffix('\n').unwrap_or(text);
    text.strip_suffix('\r').unwrap_or(text)
}
