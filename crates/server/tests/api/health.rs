//! Probes.

use crate::harness::{Server, rollcall};

#[test]
fn a_server_that_can_work_is_live_and_ready() {
    let mut server = Server::start();
    for path in ["/health/live", "/health/ready"] {
        let answer = server.anonymous().get(path);
        assert_eq!((answer.status, &*answer.body), (200, "ok\n"));
    }
    // Which is no news.
    assert_eq!(server.anonymous().get("/nothing").status, 404);
    server.process().wait_for("GET - 404");
    assert!(!server.process().said().contains("GET /health"));
}

#[test]
fn the_healthcheck_command_agrees_with_the_server() {
    let server = Server::start();
    let check = |address: &str| {
        let listen = format!("--listen={address}");
        rollcall(server.folder(), &["healthcheck", &listen]).output().unwrap()
    };
    assert!(check(server.address()).status.success());
    let everywhere = server.address().replace("127.0.0.1", "0.0.0.0");
    assert!(check(&everywhere).status.success());
    let refused = check("127.0.0.1:1");
    assert!(!refused.status.success());
    assert!(
        String::from_utf8(refused.stderr).unwrap().starts_with("error: 127.0.0.1:1 is not ready")
    );
}
