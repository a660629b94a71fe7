//! Addresses that can't be listened on or connected to.

use std::net::TcpListener;

use super::refusal;
use crate::harness::{ADMIN_PASSWORD, Certificates, Process, rollcall_on_sqlite};

/// Addresses, and the message about each, in every setting.
const WRONG: [(&str, &str); 6] = [
    (
        ":18301",
        "invalid value ':18301' for 'FLAG <HOST:PORT>': must have a host, such as \
         127.0.0.1:18301; 0.0.0.0:18301 is every address",
    ),
    (
        "18301",
        "invalid value '18301' for 'FLAG <HOST:PORT>': must have a host, such as \
         127.0.0.1:18301",
    ),
    (
        "127.0.0.1",
        "invalid value '127.0.0.1' for 'FLAG <HOST:PORT>': must be HOST:PORT, such as \
         127.0.0.1:8080",
    ),
    (
        "127.0.0.1:65536",
        "invalid value '127.0.0.1:65536' for 'FLAG <HOST:PORT>': must be HOST:PORT, such as \
         127.0.0.1:8080",
    ),
    (
        "no-host.invalid:80",
        "FLAG (VARIABLE): the host no-host.invalid has no address; give a host that resolves, or \
         an IP address",
    ),
    (
        "192.0.2.1:18301",
        "FLAG (VARIABLE): 192.0.2.1:18301 is not an address of this machine; give one of its own, \
         or 0.0.0.0",
    ),
];

const FLAGS: [&str; 3] = ["--listen", "--docs-listen", "--metrics-listen"];

/// The message of a server with this address.
fn said_of(flag: &str, address: &str) -> String {
    let folder = tempfile::tempdir().unwrap();
    let mut arguments = vec!["--insecure-http", "--bcrypt-cost=4", flag, address];
    if flag != "--listen" {
        arguments.push("--listen=127.0.0.1:0");
    }
    let mut command = rollcall_on_sqlite(&folder, &arguments);
    refusal(command.env("RUST_LOG", "error").env("ROLLCALL_ADMIN_PASSWORD", ADMIN_PASSWORD))
}

fn expected(text: &str, flag: &str) -> String {
    let variable = format!("ROLLCALL{}", flag[1..].to_uppercase().replace('-', "_"));
    text.replace("FLAG", flag).replace("VARIABLE", &variable)
}

#[test]
fn an_unusable_listen_address_is_reported_with_the_reason() {
    for flag in FLAGS {
        for (address, text) in WRONG {
            assert_eq!(said_of(flag, address), expected(text, flag), "{flag} {address}");
        }
    }
}

#[test]
fn a_port_that_is_taken_is_said_to_be_in_use() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    for flag in FLAGS {
        let text = format!(
            "FLAG (VARIABLE): {address} is in use; stop the program that listens there, or give \
             another"
        );
        assert_eq!(said_of(flag, &address), expected(&text, flag));
    }
}

#[test]
fn a_failed_healthcheck_prints_the_reason() {
    let folder = tempfile::tempdir().unwrap();
    Certificates::make().install(folder.path());
    let with_tls = ["--tls-cert=server.crt", "--tls-key=server.key"];
    let start = |arguments: &[&str]| {
        let arguments = [&["--listen=127.0.0.1:0", "--bcrypt-cost=4"], arguments].concat();
        let mut command = rollcall_on_sqlite(&folder, &arguments);
        let server = Process::start(command.env("ROLLCALL_ADMIN_PASSWORD", ADMIN_PASSWORD));
        let line = server.wait_for("listening on http");
        (server, line.rsplit_once('/').unwrap().1.to_owned())
    };
    let check = |address: &str, arguments: &[&str]| {
        let listen = format!("--listen={address}");
        let arguments = [&["healthcheck", &listen], arguments].concat();
        let said = refusal(&mut rollcall_on_sqlite(&folder, &arguments));
        said.strip_prefix(&format!("{address} is not ready: ")).unwrap_or(&said).to_owned()
    };
    let (_with_tls, secure) = start(&with_tls);
    let (_in_clear, plain) = start(&[]);
    for (address, arguments, expected) in [
        (
            &*secure,
            &[][..],
            "the answer is not HTTP; give --tls-cert (ROLLCALL_TLS_CERT) for a server with TLS",
        ),
        (
            &*plain,
            &["--tls-cert=server.crt"],
            "the server does not use TLS; leave out --tls-cert (ROLLCALL_TLS_CERT)",
        ),
        ("127.0.0.1:1", &[], "nothing listens there; start the server, or give its --listen"),
        (
            ":80",
            &[],
            "invalid value ':80' for '--listen <HOST:PORT>': must have a host, such as \
             127.0.0.1:80; 0.0.0.0:80 is every address",
        ),
    ] {
        assert_eq!(check(address, arguments), expected);
    }
}
