//! The commands of `rollcall user`.

use clap::Subcommand;

use super::{
    help, keys::NewKeySettings, reset_codes::ResetCodeSettings, sessions::SessionSettings,
};

#[derive(Subcommand)]
pub(crate) enum UserCommand {
    /// List all users
    List {
        /// List only users whose names look alike, grouped; groups of only ASCII names are left out
        #[arg(long)]
        confusable: bool,
    },
    /// Add a user, with a password from a prompt or standard input
    ///
    /// A missing SQLite file is created with its folder.
    Add {
        /// Name of the new user
        name: String,
        /// Email address of the user [default: none]
        #[arg(long)]
        email: Option<String>,
        /// Grant the role admin
        #[arg(long)]
        admin: bool,
    },
    /// Change a user's password, read from a prompt or standard input
    Passwd {
        /// Name of the user
        name: String,
    },
    /// Create a reset code, with which a user sets a new password once
    ///
    /// The code is printed once and replaces an earlier one. POST /reset-codes redeems it.
    #[command(after_help = help::OF_DURATIONS)]
    Reset {
        /// Name of the user
        name: String,
        #[command(flatten)]
        settings: ResetCodeSettings,
    },
    /// Allow a user to log in again
    Enable {
        /// Name of the user
        name: String,
    },
    /// Reject all further requests of a user
    Disable {
        /// Name of the user
        name: String,
    },
    /// Grant a role to a user
    Grant {
        /// Name of the user
        name: String,
        /// Name of the role, such as admin
        role: String,
    },
    /// Revoke a role from a user
    Revoke {
        /// Name of the user
        name: String,
        /// Name of the role, such as admin
        role: String,
    },
    /// List a user's sessions, last used first
    #[command(after_help = help::OF_DURATIONS)]
    Sessions {
        /// Name of the user
        name: String,
        #[command(flatten)]
        settings: SessionSettings,
    },
    /// End all sessions of a user
    Logout {
        /// Name of the user
        name: String,
    },
    /// List a user's API keys, newest first
    Keys {
        /// Name of the user
        name: String,
    },
    /// Make an API key for a user, and print its secret, which is not shown again
    KeyAdd {
        /// Name of the user
        name: String,
        #[command(flatten)]
        settings: NewKeySettings,
    },
    /// End an API key of a user
    KeyEnd {
        /// Name of the user
        name: String,
        /// Id of the key, as `rollcall user keys` lists it
        id: String,
    },
    /// Delete a user permanently, after a confirmation on a terminal
    Delete {
        /// Name of the user
        name: String,
        /// Delete without a confirmation
        #[arg(long)]
        yes: bool,
    },
}
