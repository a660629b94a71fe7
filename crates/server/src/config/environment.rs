//! Secrets from the environment or from files that it names, never from the command line.

use std::{
    env,
    ffi::{OsStr, OsString},
    path::PathBuf,
};

use super::input;
use crate::failure::Failure;

/// The variables with the secrets of a server.
const SECRETS: [&str; 3] =
    ["ROLLCALL_ADMIN_PASSWORD", "ROLLCALL_DATABASE_URL", "ROLLCALL_SESSION_SECRET"];

/// A secret, and the variable that it comes from.
pub(crate) struct Secret {
    pub(crate) variable: String,
    pub(crate) text: String,
}

/// The value of `variable`. An empty one, such as compose's `${NAME:-}`, counts as not set.
pub(crate) fn variable(variable: impl AsRef<OsStr>) -> Option<OsString> {
    env::var_os(variable).filter(|value| !value.is_empty())
}

/// The secret in the variable `name`, or in the file that the variable `name` + `_FILE` names.
/// Removes the line end and byte order mark that editors add to a file.
pub(crate) fn secret(name: &str) -> Result<Option<Secret>, Failure> {
    let file_name = format!("{name}_FILE");
    match (variable(name), variable(&file_name)) {
        (Some(_), Some(_)) => Err(format!("set {name} or {file_name}, not both").into()),
        (Some(text), None) => {
            let text = text.into_string().map_err(|_| format!("{name} must be UTF-8 text"))?;
            Ok(Some(Secret { variable: name.to_owned(), text }))
        }
        (None, Some(path)) => {
            let unreadable =
                |error| format!("{file_name} must name a readable UTF-8 file: {error}");
            let text = input::read_text(&file_name, path.as_ref()).map_err(unreadable)?;
            let text = line_of(&text).to_owned();
            Ok(Some(Secret { variable: file_name, text }))
        }
        (None, None) => Ok(None),
    }
}

/// The files with secrets that the environment names.
pub(crate) fn secret_files() -> Vec<PathBuf> {
    let files = SECRETS.iter().filter_map(|name| variable(format!("{name}_FILE")));
    files.map(PathBuf::from).collect()
}

/// The variables with the secrets of a server, or with files of them.
pub(crate) fn secret_variables() -> impl Iterator<Item = String> {
    SECRETS.iter().flat_map(|name| [(*name).to_owned(), format!("{name}_FILE")])
}

/// The text of a line that may come from an editor: without its end, and without a byte order
/// mark.
pub(crate) fn line_of(text: &str) -> &str {
    without_newline(text.strip_prefix('\u{feff}').unwrap_or(text))
}

/// A line without its end.
pub(crate) fn without_newline(text: &str) -> &str {
    let text = text.strip_suffix('\n').unwrap_or(text);
    text.strip_suffix('\r').unwrap_or(text)
}
