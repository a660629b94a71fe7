//! The commands of `rollcall user`.

use clap::Subcommand;

use super::{SessionSettings, help};

#[derive(Subcommand)]
pub(crate) enum UserCommand {
    /// List every user
    List {
        /// Only users whose names look alike, together; ASCII names by themselves do not count
        #[arg(long)]
        confusable: bool,
    },
    /// Add a user; the password is asked for, or read from standard input
    Add {
        /// The name to have
        name: String,
        /// The user's email address
        #[arg(long)]
        email: Option<String>,
        /// Give the user the role admin
        #[arg(long)]
        admin: bool,
    },
    /// Set another password, which is asked for or read from standard input
    Passwd {
        /// The user's name
        name: String,
    },
    /// Let a user log in again
    Enable {
        /// The user's name
        name: String,
    },
    /// Keep a user from logging in, from the very next request on
    Disable {
        /// The user's name
        name: String,
    },
    /// Give a user a role
    Grant {
        /// The user's name
        name: String,
        /// The role's name, such as admin
        role: String,
    },
    /// Take a role from a user
    Revoke {
        /// The user's name
        name: String,
        /// The role's name, such as admin
        role: String,
    },
    /// List a user's sessions, the last used first
    #[command(after_help = help::OF_DURATIONS)]
    Sessions {
        /// The user's name
        name: String,
        #[command(flatten)]
        settings: SessionSettings,
    },
    /// End every session of a user
    Logout {
        /// The user's name
        name: String,
    },
    /// Remove a user for good, after asking on a terminal
    Delete {
        /// The user's name
        name: String,
        /// Delete without asking
        #[arg(long)]
        yes: bool,
    },
}
