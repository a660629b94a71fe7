//! Requests that a proxy passes on which the server does not trust.

use std::thread;

use crate::harness::{ADMIN_PASSWORD, Process, Server};

const WARNING: &str = "127.0.0.1 sends X-Forwarded-For and is no trusted proxy, so all clients \
    behind it share one limit; if it is a proxy, name it in --trusted-proxies \
    (ROLLCALL_TRUSTED_PROXIES)";

/// How often the log has the warning so far.
fn warnings(process: &Process) -> usize {
    process.said().matches("is no trusted proxy").count()
}

/// Waits until the log has all of the requests before.
fn settle(server: &mut Server, id: &str) {
    server.anonymous().with("x-request-id", id).get("/nothing");
    server.process().wait_for(&format!("/{id} "));
}

#[test]
fn many_forwarded_requests_are_answered_and_logged_once() {
    for (header, value) in [("x-forwarded-for", "198.51.100.1"), ("forwarded", "for=198.51.100.1")]
    {
        let mut server = Server::start();
        let client = server.admin().with(header, value);
        thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    for path in ["/auth/verify", "/users/1", "/nothing"] {
                        let status = client.get(path).status;
                        assert_eq!(status, client.login("root", ADMIN_PASSWORD).get(path).status);
                    }
                    assert_eq!(client.get("/auth/verify").status, 204);
                });
            }
        });
        settle(&mut server, "last");
        assert_eq!(warnings(server.process()), 1, "{header}");
        let line = server.process().wait_for("is no trusted proxy");
        let shown = if header == "forwarded" { "Forwarded" } else { "X-Forwarded-For" };
        assert!(line.contains(&WARNING.replace("X-Forwarded-For", shown)), "{line}");
        assert!(!server.process().said().contains("198.51.100.1"));
    }
}

#[test]
fn trusted_proxies_and_direct_clients_cause_no_warning() {
    for setting in ["--trusted-proxies=127.0.0.1", "--trusted-hops=1"] {
        let mut server = Server::start_with(&[setting]);
        let client = server.admin().with("x-forwarded-for", "198.51.100.1");
        assert_eq!(client.with("forwarded", "for=198.51.100.1").get("/auth/verify").status, 204);
        settle(&mut server, "last");
        assert_eq!(warnings(server.process()), 0, "{setting}");
    }
    let mut server = Server::start();
    let client = server.admin().with("x-real-ip", "198.51.100.1").with("via", "1.1 proxy");
    assert_eq!(client.get("/auth/verify").status, 204);
    settle(&mut server, "last");
    assert_eq!(warnings(server.process()), 0);
}
