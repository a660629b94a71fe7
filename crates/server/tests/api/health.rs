//! Probes.

use std::net::TcpListener;

use crate::harness::{Server, rollcall};

/// The variables that name proxies to clients of HTTP.
pub(crate) const PROXY_VARIABLES: [&str; 6] =
    ["HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"];

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

#[test]
fn the_healthcheck_command_uses_no_proxy() {
    let server = Server::start();
    let proxy = TcpListener::bind("127.0.0.1:0").unwrap();
    proxy.set_nonblocking(true).unwrap();
    for scheme in ["http", "socks5"] {
        let url = format!("{scheme}://{}", proxy.local_addr().unwrap());
        for variable in PROXY_VARIABLES {
            let listen = format!("--listen={}", server.address());
            let mut command = rollcall(server.folder(), &["healthcheck", &listen]);
            let output = command.env(variable, &url).output().unwrap();
            assert!(output.status.success(), "{variable}={url}: {output:?}");
        }
    }
    let connection = proxy.accept();
    assert!(connection.is_err(), "{connection:?}");
}
