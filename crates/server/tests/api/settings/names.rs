//! Names of users on the command line.

use super::refusal;
use crate::harness::{Server, rollcall};

/// The arguments of a command for this name.
fn arguments_of<'a>(command: &'a str, name: &'a str) -> Vec<&'a str> {
    let role = ["grant", "revoke"].contains(&command).then_some("admin");
    ["user", command, name, "--bcrypt-cost=4"].into_iter().chain(role).collect()
}

/// The commands that take the name of a user, without it.
const COMMANDS: [&str; 9] =
    ["add", "passwd", "enable", "disable", "grant", "revoke", "sessions", "logout", "delete"];

#[test]
fn a_text_that_is_no_name_is_refused_and_not_repeated() {
    let server = Server::start();
    let accepted = "1 to 64 letters, digits and punctuation marks without spaces and : / ? # % \\";
    for command in COMMANDS {
        let arguments = arguments_of(command, "");
        let line = refusal(&mut rollcall(server.folder(), &arguments));
        assert_eq!(line, format!("the name must be {accepted}, and not '.' or '..'"), "{command}");
        for (name, character) in [
            (" ", "a space"),
            ("two words", "a space"),
            ("\u{1b}]0;title\u{7}", "U+001B"),
            ("a\nb", "U+000A"),
            ("\u{202e}toor", "U+202E"),
            ("a/b", "'/'"),
        ] {
            let arguments = arguments_of(command, name);
            let line = refusal(&mut rollcall(server.folder(), &arguments));
            let expected =
                format!("the name must not contain {character}; accepted are {accepted}");
            assert_eq!(line, expected, "{command} {name:?}");
        }
    }
}

#[test]
fn a_name_that_no_user_has_is_repeated() {
    let server = Server::start();
    for command in COMMANDS.into_iter().filter(|command| *command != "add") {
        let arguments = arguments_of(command, "absent");
        let line = refusal(&mut rollcall(server.folder(), &arguments));
        assert_eq!(line, "absent: no such user", "{command}");
    }
}
