//! Names of users on the command line.

use super::refusal;
use crate::harness::{Server, rollcall};

/// The arguments of a command for this name.
fn arguments_of<'a>(command: &'a str, name: &'a str) -> Vec<&'a str> {
    let more: &[_] = match command {
        "grant" | "revoke" => &["admin"],
        "key-add" => &["a program", "--scope=verify"],
        "key-end" => &["7"],
        _ => &[],
    };
    [&["user", command, name, "--bcrypt-cost=4"], more].concat()
}

/// The commands that take the name of a user, without it.
const COMMANDS: [&str; 13] = [
    "add", "passwd", "reset", "enable", "disable", "grant", "revoke", "sessions", "logout", "keys",
    "key-add", "key-end", "delete",
];

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
        // The id of the admin.
        let line = refusal(&mut rollcall(server.folder(), &arguments_of(command, "1")));
        let expected = "1: no such user; give the name of a user, not the id";
        assert_eq!(line, expected, "{command}");
    }
}
