//! Names of users on the command line.

use super::refusal;
use crate::harness::{Server, rollcall};

/// The commands that take the name of a user, without it.
const COMMANDS: [&str; 9] =
    ["add", "passwd", "enable", "disable", "grant", "revoke", "sessions", "logout", "delete"];

#[test]
fn a_text_that_is_no_name_is_refused_and_not_repeated() {
    let server = Server::start();
    let expected = "the name must be 1 to 64 letters, digits and punctuation marks without spaces, \
                    ':' and '/', and not '.' or '..'";
    for command in COMMANDS {
        for name in ["", " ", "two words", "\u{1b}]0;title\u{7}", "a\nb", "\u{202e}toor", "a/b"] {
            let arguments = ["user", command, name, "--bcrypt-cost=4"];
            let line = refusal(&mut rollcall(server.folder(), &arguments));
            assert_eq!(line, expected, "{command} {name:?}");
        }
    }
}

#[test]
fn a_name_that_no_user_has_is_repeated() {
    let server = Server::start();
    for command in COMMANDS.into_iter().filter(|command| *command != "add") {
        let arguments = ["user", command, "absent", "--bcrypt-cost=4"];
        let line = refusal(&mut rollcall(server.folder(), &arguments));
        assert_eq!(line, "absent: no such user", "{command}");
    }
}
