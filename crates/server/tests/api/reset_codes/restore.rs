//! Reset codes and backups.

use super::{NEW, assert_refused, create, redeem};
use crate::harness::{PASSWORD, Server, rollcall_on_sqlite};

#[test]
fn a_restored_backup_brings_back_no_reset_code() {
    let mut server = Server::start_on_sqlite();
    let (id, _) = server.user("alice");
    let code = create(&server, id);
    let run = |server: &Server, arguments: &[&str]| {
        let output = rollcall_on_sqlite(server.folder(), arguments).output().unwrap();
        assert!(output.status.success(), "{output:?}");
    };
    run(&server, &["backup", "backup.db"]);
    server.process().signal("TERM");
    assert!(server.process().wait().success());
    run(&server, &["restore", "backup.db", "--overwrite"]);
    let server = server.replica();
    assert_refused(&redeem(&server, &code, NEW));
    assert_eq!(server.login("alice", PASSWORD).get(&format!("/users/{id}")).status, 200);
}
