//! `rollcall completions`: the scripts of shells, and one of them in its shell.

use std::{
    fs,
    process::{Command, Stdio},
};

use tempfile::TempDir;

use super::{answer, commands, refusal};
use crate::harness::rollcall_on_sqlite;

const SHELLS: [&str; 5] = ["bash", "elvish", "fish", "powershell", "zsh"];

fn script(folder: &TempDir, shell: &str) -> String {
    answer(&mut rollcall_on_sqlite(folder, &["completions", shell]))
}

#[test]
fn each_script_has_every_command_and_flag() {
    let folder = tempfile::tempdir().unwrap();
    let commands = commands(&folder);
    for shell in SHELLS {
        let script = script(&folder, shell);
        for (command, flags) in &commands {
            for flag in flags {
                // fish names a long flag without the dashes.
                let flag = if shell == "fish" { flag.trim_start_matches('-') } else { flag };
                assert!(script.contains(flag), "{shell}: {command:?} {flag}");
            }
            for name in command {
                assert!(script.contains(name.as_str()), "{shell}: {command:?}");
            }
        }
    }
}

#[test]
fn bash_completes_commands_flags_and_values() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("script"), script(&folder, "bash")).unwrap();
    for (words, expected) in [
        ("rollcall us", "user"),
        ("rollcall user ad", "add"),
        ("rollcall user add --ema", "--email"),
        ("rollcall user add --bcrypt-c", "--bcrypt-cost"),
        ("rollcall openapi --format y", "yaml"),
        ("rollcall completions f", "fish"),
        ("rollcall --metrics-l", "--metrics-listen"),
    ] {
        let last = words.split(' ').count() - 1;
        let complete = format!(
            "source ./script; COMP_WORDS=({words}); COMP_CWORD={last}; \
             _rollcall rollcall \"${{COMP_WORDS[{last}]}}\" \"${{COMP_WORDS[{last}-1]}}\"; \
             echo \"${{COMPREPLY[@]}}\""
        );
        let mut bash = Command::new("bash");
        bash.args(["-c", &complete]).current_dir(&folder).stdin(Stdio::null());
        assert_eq!(answer(&mut bash).trim(), expected, "{words}");
    }
}

#[test]
fn an_unknown_or_missing_shell_is_refused_with_all() {
    let folder = tempfile::tempdir().unwrap();
    for arguments in [&["completions", "tcsh"][..], &["completions"]] {
        let said = refusal(&mut rollcall_on_sqlite(&folder, arguments));
        assert!(SHELLS.iter().all(|shell| said.contains(shell)), "{said}");
    }
}
