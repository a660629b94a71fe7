//! Messages of commands, each compared as a whole.

mod absent_store;
mod files;
mod help;
mod listen;
mod log_filter;
mod mistyped;
mod start;
mod terminal;
mod waiting;

use std::process::{Command, Output, Stdio};

/// The one line of a command that fails, without its beginning.
fn refusal(command: &mut Command) -> String {
    let output = command.stdin(Stdio::null()).output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!((output.status.code(), &*output.stdout), (Some(1), &b""[..]), "{said}");
    let line = said.strip_prefix("error: ").and_then(|line| line.strip_suffix('\n'));
    let line = line.unwrap_or_else(|| panic!("{said}"));
    assert!(!line.contains(char::is_control), "{said:?}");
    line.to_owned()
}

/// The output of a command that succeeds.
fn answer(command: &mut Command) -> String {
    let Output { status, stdout, stderr } = command.stdin(Stdio::null()).output().unwrap();
    assert!(status.success(), "{command:?}: {}", String::from_utf8_lossy(&stderr));
    String::from_utf8(stdout).unwrap()
}
