//! Names that no new user gets, in files.
//!
//! A line with a hash is of a user who has the name elsewhere already, and keeps it, so that an
//! operator can move all users. A line with a password makes a new user.

use std::collections::HashSet;

use rollcall_domain::NameKey;
use rollcall_persistence::{ImportError, Importer};
use rollcall_user_file::FileUser;

use super::report::Report;

/// A user, and the line that it stands in.
type UserLine = (u64, FileUser);

/// Leaves out new users whose names are unsafe in paths, and counts others who keep such a name.
pub(super) fn refuse_new(
    importer: &mut Importer,
    report: &mut Report,
    mut users: Vec<UserLine>,
) -> Result<Vec<UserLine>, ImportError> {
    let unsafe_names = users.iter().map(|(_, user)| &user.name);
    let unsafe_names = unsafe_names.filter(|name| name.require_safe_in_paths().is_err());
    let there = importer.named(&unsafe_names.collect::<Vec<_>>())?;
    let there: HashSet<NameKey> = there.into_iter().map(|it| it.user.name.key()).collect();
    users.retain(|(line, user)| {
        let Err(reason) = user.name.require_safe_in_paths() else { return true };
        if there.contains(&user.name.key()) {
            return true;
        }
        if user.has_password() {
            let reason = format!("name {reason}; a user with a passwordHash keeps such a name");
            report.refuse(*line, &reason);
        } else {
            report.keep_name(*line);
        }
        !user.has_password()
    });
    Ok(users)
}
