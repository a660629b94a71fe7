//! Rejects names in files that new users may not have.
//!
//! A line with a hash is of a user of another system, who keeps the name, so that an operator can
//! move all users. A line with a password is a new user.

use std::collections::HashSet;

use rollcall_domain::NameKey;
use rollcall_persistence::{ImportError, Importer};
use rollcall_user_file::FileUser;

use super::report::Report;

/// A user and its line number.
type UserLine = (u64, FileUser);

/// Rejects new users whose names are unsafe in paths, and counts others with such names.
pub(super) fn refuse_new(
    importer: &mut Importer,
    report: &mut Report,
    mut users: Vec<UserLine>,
) -> Result<Vec<UserLine>, ImportError> {
    let unsafe_names = users.iter().map(|(_, user)| &user.name);
    let unsafe_names = unsafe_names.filter(|name| name.require_safe_in_paths().is_err());
    let existing = importer.named(&unsafe_names.collect::<Vec<_>>())?;
    let existing: HashSet<NameKey> =
        existing.into_iter().map(|account| account.user.name.key()).collect();
    users.retain(|(line, user)| {
        let Err(reason) = user.name.require_safe_in_paths() else { return true };
        if existing.contains(&user.name.key()) {
            return true;
        }
        let is_kept = user.password.hash().is_some();
        if is_kept {
            report.keep_name(*line);
        } else {
            let reason =
                format!("name {reason}; only users with a passwordHash may have such a name");
            report.refuse(*line, &reason);
        }
        is_kept
    });
    Ok(users)
}
