//! Files beside a store that can only be read.

use std::process::Command;

use super::{make, names};
use crate::harness::{Disk, Server};

fn on_disk(disk: &Disk, line: &str) {
    let mut command: Command = disk.command("sh");
    command.args(["-ec", line]).current_dir("/");
    let folder = disk.path().join("data");
    assert!(command.env("DATA", folder).status().unwrap().success(), "{line}");
}

#[test]
fn a_store_whose_log_can_only_be_read_is_refused_by_name() {
    let disk = Disk::of("4m");
    let mut server = Server::start_on_disk(&disk);
    assert_eq!(make(&server.admin(), "alice"), 201);
    server.kill();
    for end in ["-wal", "-shm"] {
        let file = format!("\"$DATA/rollcall.db{end}\"");
        on_disk(&disk, &format!("mount --bind {file} {file}; mount -o remount,bind,ro {file}"));
        for arguments in [&["--listen=127.0.0.1:0"][..], &["user", "add", "bob"]] {
            let output = disk.rollcall(arguments).output().unwrap();
            let said = String::from_utf8(output.stderr).unwrap();
            assert_eq!((output.status.code(), said.lines().count()), (Some(1), 1), "{said}");
            let expected = format!("rollcall.db{end}: Read-only file system");
            assert!(said.contains(&expected), "{arguments:?}: {said}");
        }
        on_disk(&disk, &format!("umount {file}"));
    }
    let server = Server::start_on_disk(&disk);
    assert_eq!(names(&server.admin()), "root alice");
}
