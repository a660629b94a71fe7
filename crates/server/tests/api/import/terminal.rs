//! The progress output of an import.

use std::process::Command;

use super::{Place, lines};

#[test]
fn on_a_terminal_a_bar_grows_in_one_line() {
    let place = Place::new();
    place.write("users.ndjson", &lines(1..=1200));
    let import = format!(
        "{} import users.ndjson --database-url {}",
        env!("CARGO_BIN_EXE_rollcall"),
        place.url()
    );
    let mut command = Command::new("script");
    command.args(["-qec", &import, "/dev/null"]).current_dir(place.0.path());
    let output = command.output().unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{said}");
    for expected in [
        "\r\u{1b}[Kchecking: [",
        "\r\u{1b}[Kadding: [##########..............] 500 users (41 %), ",
        "\r\u{1b}[Kadding: [########################] 1200 users (100 %), ",
    ] {
        assert!(said.contains(expected), "{said:?}");
    }
    assert_eq!(said.matches("left\r\n").count(), 1, "{said:?}");
}

#[test]
fn without_a_terminal_progress_is_plain_lines() {
    let place = Place::new();
    place.write("users.ndjson", &lines(1..=1200));
    let output = place.command(&["import", "users.ndjson"]).output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(!said.contains(['\r', '\u{1b}', '[']), "{said:?}");
    for line in said.lines() {
        assert!(line.starts_with("checking: ") || line.starts_with("adding: "), "{said}");
        assert!(line.ends_with(" left"), "{said}");
    }
    assert!(said.contains("adding: 1200 users (100 %), "), "{said}");
    assert_eq!(output.stdout, b"imported 1200 users\n");
}
