//! Start, stop, settings and logs.

use std::{
    io::{Read, Write},
    net::TcpStream,
    process::Command,
};

use serde_json::json;

use crate::harness::{
    ADMIN_PASSWORD, PASSWORD, Process, Raw, Server, basic, rollcall, rollcall_on_sqlite,
};

#[test]
fn the_first_admins_password_is_generated_and_printed_once() {
    let folder = tempfile::tempdir().unwrap();
    let arguments = ["serve", "--listen=127.0.0.1:0", "--bcrypt-cost=4"];
    let first = Process::start(&mut rollcall(&folder, &arguments));
    let line = first.wait_for("with the password ");
    let password = line.rsplit_once(' ').unwrap().1.to_owned();
    let listening = first.wait_for("listening on http://");
    let (_, address) = listening.split_once("http://").unwrap();
    let admin = crate::harness::Client::new(address, Some(("admin", &password)));
    assert_eq!(admin.get("/users").status, 200);
    assert_eq!(first.said().matches(&password).count(), 1);
    drop(first);
    let second = Process::start(&mut rollcall(&folder, &arguments));
    second.wait_for("listening on http://");
    let said = second.said();
    assert!(!said.contains(&password) && !said.contains("with the password"), "{said}");
}

#[test]
fn the_first_admins_password_from_a_file_is_set_only_once() {
    let folder = tempfile::tempdir().unwrap();
    let start = |password: &str| {
        let file = folder.path().join("secret");
        std::fs::write(&file, format!("{password}\n")).unwrap();
        let mut command = rollcall(&folder, &["--listen=127.0.0.1:0", "--bcrypt-cost=4"]);
        let process = Process::start(command.env("ROLLCALL_ADMIN_PASSWORD_FILE", file));
        let line = process.wait_for("listening on http://");
        (process, line.split_once("http://").unwrap().1.to_owned())
    };
    for password in [ADMIN_PASSWORD, "another fine password", "two\nlines", ""] {
        let (_process, address) = start(password);
        let admin = crate::harness::Client::new(&address, Some(("admin", ADMIN_PASSWORD)));
        assert_eq!(admin.get("/users").status, 200);
    }
}

/// An operator deletes the file once the admin has another password.
#[test]
fn the_first_passwords_file_may_go_once_there_is_an_admin() {
    let folder = tempfile::tempdir().unwrap();
    let start = || {
        let mut command = rollcall(&folder, &["--listen=127.0.0.1:0", "--bcrypt-cost=4"]);
        Process::start(command.env("ROLLCALL_ADMIN_PASSWORD_FILE", "secret"))
    };
    let mut without = start();
    assert!(!without.wait().success());
    let said = without.said();
    assert!(said.contains("ROLLCALL_ADMIN_PASSWORD_FILE must name a readable"), "{said}");
    std::fs::write(folder.path().join("secret"), ADMIN_PASSWORD).unwrap();
    start().wait_for("created the first admin");
    std::fs::remove_file(folder.path().join("secret")).unwrap();
    for make in ["true", "mkfifo secret", "rm secret; mkdir secret"] {
        let made = Command::new("sh").args(["-c", make]).current_dir(folder.path()).status();
        assert!(made.unwrap().success());
        let later = start();
        later.wait_for("ROLLCALL_ADMIN_PASSWORD_FILE is ignored, because the store has an admin");
        later.wait_for("listening on http://");
    }
}

/// A request for a new user, of which the server has read the head and a part of the body, and the
/// rest of the body.
fn open_request(server: &Server) -> (Raw, String) {
    let body = json!({"value": {"password": PASSWORD}}).to_string();
    let mut raw = Raw::connect(server.address());
    let (length, credentials) = (body.len(), basic("root", ADMIN_PASSWORD));
    let head = format!(
        "PUT /api/v1/users/late HTTP/1.1\r\nhost: x\r\nauthorization: {credentials}\r\n\
         content-type: application/json\r\ncontent-length: {length}\r\n\
         expect: 100-continue\r\n\r\n"
    );
    raw.try_send(&head).unwrap();
    assert_eq!(raw.answer(), "HTTP/1.1 100 Continue\r\n\r\n");
    raw.try_send(&body[..5]).unwrap();
    (raw, body[5..].to_owned())
}

#[test]
fn either_signal_finishes_open_requests_and_exits_with_0() {
    for signal in ["TERM", "INT"] {
        let mut server = Server::start();
        let (mut raw, rest) = open_request(&server);
        server.process().signal(signal);
        server.process().wait_for("stopping");
        raw.try_send(&rest).unwrap();
        assert!(raw.answer().starts_with("HTTP/1.1 201"));
        drop(raw);
        assert_eq!(server.process().wait().code(), Some(0), "{signal}");
        assert!(server.process().all_said().contains("stopped"));
    }
}

#[test]
fn a_hangup_ends_neither_the_server_nor_a_request() {
    let mut server = Server::start();
    let (mut raw, rest) = open_request(&server);
    for _ in 0..3 {
        server.process().signal("HUP");
        server.process().wait_for("SIGHUP has no effect");
        assert_eq!(server.admin().get("/users").status, 200);
    }
    raw.try_send(&rest).unwrap();
    assert!(raw.answer().starts_with("HTTP/1.1 201"));
    server.process().signal("TERM");
    assert_eq!(server.process().wait().code(), Some(0));
}

#[test]
fn a_draining_server_is_not_ready_and_still_answers() {
    let mut server = Server::start_with(&["--drain=2"]);
    let (ready, admin) =
        (|server: &Server| server.anonymous().get("/health/ready"), server.admin());
    assert_eq!((ready(&server).status, admin.get("/users").status), (200, 200));
    server.process().signal("TERM");
    server.process().wait_for("stopping");
    let not_ready = ready(&server);
    assert_eq!(not_ready.error(), (503, "unavailable".to_owned()));
    assert!(!not_ready.header("retry-after").is_empty());
    assert_eq!(server.anonymous().get("/health/live").status, 200);
    assert_eq!(admin.get("/users").status, 200);
    assert_eq!(server.process().wait().code(), Some(0));
}

#[test]
fn a_second_signal_ends_a_drain_at_once() {
    let mut server = Server::start_with(&["--drain=3600"]);
    server.process().signal("TERM");
    server.process().wait_for("stopping");
    server.process().signal("TERM");
    assert_eq!(server.process().wait().code(), Some(0));
}

#[test]
fn an_invalid_setting_ends_the_start_in_one_line() {
    let folder = tempfile::tempdir().unwrap();
    for (arguments, expected) in [
        (["--bcrypt-cost=3"], "--bcrypt-cost <COST>': must be a bcrypt cost from 4 to 16"),
        (["--bcrypt-cost=many"], "must be a bcrypt cost from 4 to 16"),
        (["--registration=closed"], "'--registration <REGISTRATION>': must be open or admin"),
        (["--database-url=mysql://u:secret@h/d"], "--database-url (ROLLCALL_DATABASE_URL) must be"),
        (
            ["--database-url=sqlite:///proc/none/x.db"],
            "--database-url (ROLLCALL_DATABASE_URL): crea",
        ),
        (
            ["--database-url=postgres://u:secret@h/d?sslmode=on"],
            "--database-url (ROLLCALL_DATABASE_URL) has an unknown sslmode",
        ),
        #[cfg(not(feature = "postgres-tls"))]
        (
            ["--database-url=postgres://u:secret@h/d?sslmode=verify-full"],
            "--database-url (ROLLCALL_DATABASE_URL) asks for TLS",
        ),
        (["--listen=nowhere"], "'--listen <HOST:PORT>': must be HOST:PORT, such as 127.0.0.1:8080"),
        (["--admin-name=two words"], "--admin-name (ROLLCALL_ADMIN_NAME) must not contain a space"),
        (["--database-connections=0"], "must be a whole number from 1"),
        (["--failures-per-account=0"], "must be a whole number from 1"),
        (
            ["--timestamp-max-age=0"],
            "'--timestamp-max-age <DURATION>': must be a whole number of seconds",
        ),
        (["--timestamp-max-ahead=3601"], "must be a whole number of seconds from 1 to 3600"),
        (
            ["--session-max-age=0"],
            "'--session-max-age <DURATION>': must be a whole number of seconds",
        ),
        (["--session-max-age=month"], "'--session-max-age <DURATION>': "),
        (["--drain=-1"], "'--drain <DURATION>': "),
        (["--signing-host=http://x.y/"], "--signing-host <HOST>': must be a host name"),
        (["--trusted-proxies=10.0.0.1,here"], "'here' for '--trusted-proxies <NETWORKS>': must be"),
        (["--trusted-hops=0"], "'--trusted-hops <COUNT>': must be a whole number from 1 to 255"),
        (["--send-rate=0"], "'--send-rate <BYTES>': must be a whole number of bytes from 1"),
        (["--answer-timeout=0"], "must be a whole number of seconds from 1 to 3600"),
        (["--unknown"], "unexpected argument '--unknown'"),
    ] {
        // Another program may have the default port.
        let mut command = rollcall(&folder, &arguments);
        command.env("RUST_LOG", "error").env("ROLLCALL_LISTEN", "127.0.0.1:0");
        let output = command.output().unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(1), "{said}");
        assert!(said.starts_with("error: ") && said.contains(expected), "{said}");
        assert_eq!(said.lines().count(), 1, "{said}");
        assert!(!said.contains("secret"), "{said}");
    }
}

#[test]
fn trusted_hops_and_trusted_proxies_exclude_each_other() {
    let folder = tempfile::tempdir().unwrap();
    let expected = "error: --trusted-hops (ROLLCALL_TRUSTED_HOPS) conflicts with \
                    --trusted-proxies (ROLLCALL_TRUSTED_PROXIES); set one of them\n";
    let arguments = ["--trusted-hops=1", "--trusted-proxies=10.0.0.0/8"];
    let flags = rollcall(&folder, &arguments).output().unwrap();
    let mut command = rollcall(&folder, &[]);
    command.env("ROLLCALL_TRUSTED_HOPS", "1").env("ROLLCALL_TRUSTED_PROXIES", "10.0.0.1");
    for output in [flags, command.output().unwrap()] {
        assert_eq!(output.status.code(), Some(1));
        assert_eq!(String::from_utf8(output.stderr).unwrap(), expected);
    }
}

#[test]
fn the_database_url_flag_overrides_its_file() {
    let folder = tempfile::tempdir().unwrap();
    let list = |arguments: &[&str]| {
        let mut command = rollcall_on_sqlite(&folder, &[&["user", "list"], arguments].concat());
        let output = command.env("ROLLCALL_DATABASE_URL_FILE", "url").output().unwrap();
        String::from_utf8(output.stdout).unwrap()
    };
    std::fs::write(folder.path().join("url"), "sqlite://elsewhere/users.db\n").unwrap();
    let arguments = ["user", "add", "alice", "--bcrypt-cost=4"];
    let mut command = rollcall_on_sqlite(&folder, &arguments);
    let mut add = Process::start(command.env("ROLLCALL_DATABASE_URL_FILE", "url"));
    writeln!(add.stdin(), "{PASSWORD}").unwrap();
    assert!(add.wait().success());
    assert!(folder.path().join("elsewhere/users.db").is_file());
    assert!(list(&[]).contains("alice"));
    assert!(!list(&["--database-url=sqlite://another.db"]).contains("alice"));
}

#[test]
fn an_invalid_database_url_file_is_named_without_its_content() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("url"), "mysql://u:secret@h/d\n").unwrap();
    let ways = [
        ("url", None, "ROLLCALL_DATABASE_URL_FILE must be"),
        ("none", None, "ROLLCALL_DATABASE_URL_FILE must name a readable UTF-8 file"),
        ("url", Some("sqlite://x.db"), "ROLLCALL_DATABASE_URL or ROLLCALL_DATABASE_URL_FILE"),
    ];
    for (file, url, expected) in ways {
        let mut command = rollcall_on_sqlite(&folder, &["serve", "--listen=127.0.0.1:0"]);
        command.env("ROLLCALL_DATABASE_URL_FILE", file).env("RUST_LOG", "error");
        let output = command.envs(url.map(|url| ("ROLLCALL_DATABASE_URL", url))).output().unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(1), "{said}");
        assert!(said.starts_with("error: ") && said.contains(expected), "{said}");
        assert!(said.lines().count() == 1 && !said.contains("secret"), "{said}");
    }
}

#[test]
fn an_invalid_first_password_is_refused_and_not_repeated() {
    let folder = tempfile::tempdir().unwrap();
    for (password, expected) in [("short", "at least 8"), ("qwertyuiop", "most common")] {
        let mut command = rollcall(&folder, &["--listen=127.0.0.1:0"]);
        let output = command.env("ROLLCALL_ADMIN_PASSWORD", password).output().unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(said.starts_with("error: ROLLCALL_ADMIN_PASSWORD must"), "{said}");
        assert!(said.contains(expected) && !said.contains(password), "{said}");
    }
}

#[test]
fn a_start_that_gets_no_port_makes_no_admin() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let listen = format!("--listen={}", taken.local_addr().unwrap());
    let folder = tempfile::tempdir().unwrap();
    let output = rollcall(&folder, &[&listen]).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(String::from_utf8(output.stdout).unwrap(), "");
    let list = rollcall(&folder, &["user", "list"]).output().unwrap();
    assert_eq!(String::from_utf8(list.stdout).unwrap().lines().count(), 1);
}

#[test]
fn after_a_clean_stop_the_file_alone_holds_everything() {
    let mut server = Server::start_on_sqlite();
    for number in 0..5 {
        server.user(&format!("user{number}"));
    }
    let before = server.admin().get("/users").body;
    server.process().signal("TERM");
    assert_eq!(server.process().wait().code(), Some(0));
    let copy = tempfile::tempdir().unwrap();
    std::fs::create_dir(copy.path().join("data")).unwrap();
    let file = "data/rollcall.db";
    std::fs::copy(server.folder().path().join(file), copy.path().join(file)).unwrap();
    let list = rollcall_on_sqlite(&copy, &["user", "list"]).output().unwrap();
    let list = String::from_utf8(list.stdout).unwrap();
    assert_eq!(list.lines().count(), 1 + before.matches("\"id\"").count(), "{list}");
}

#[test]
fn a_start_does_not_promote_a_user_with_the_admins_name() {
    let folder = tempfile::tempdir().unwrap();
    let mut add = Process::start(&mut rollcall(&folder, &["user", "add", "admin"]));
    writeln!(add.stdin(), "{PASSWORD}").unwrap();
    assert!(add.wait().success());
    let output = rollcall(&folder, &["--listen=127.0.0.1:0"]).output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("`rollcall user grant`"), "{said}");
}

#[test]
fn every_request_is_one_line_of_log_without_secrets() {
    let mut server = Server::start();
    let (_, alice) = server.user("alice");
    alice.with("x-request-id", "id-first").get("/users/2?password=canary-query");
    server.login("canary-name", "canary-password").with("x-request-id", "id-second").get("/users");
    alice.with("x-request-id", "id-third").get("/api/v1/users/a%0Ab%1B");
    let body = json!({"value": {"password": ["canary-body"]}});
    server.admin().with("x-request-id", "id-fourth").put("/api/v1/users/new", &body);
    for (id, expected) in [
        ("id-first ", "GET /users/2 200 "),
        ("id-second ", "GET /users 401 "),
        ("id-third ", "GET /api/v1/users/{user} 403 "),
        ("id-fourth ", "PUT /api/v1/users/{user} 400 "),
    ] {
        let line = server.process().wait_for(id);
        assert!(line.contains(&format!("{id}127.0.0.1 {expected}")), "{line}");
        let user = match id {
            "id-second " => "- refused=unknown-name",
            "id-fourth " => "root",
            _ => "alice",
        };
        assert!(line.ends_with(&format!("ms {user}")), "{line}");
    }
    let said = server.process().said();
    for secret in ["canary", PASSWORD, ADMIN_PASSWORD, "$2b$", "Basic "] {
        assert!(!said.contains(secret), "{secret} in {said}");
    }
}

#[test]
fn libraries_log_at_info_at_most_and_a_warning_says_so() {
    let warning = "libraries log at info at most";
    for (log, is_warned) in [
        ("trace", true),
        ("info,actix_http=debug", true),
        ("actix_http::h1=trace", true),
        ("info,rollcall=trace,rollcall_http=debug", false),
        ("info,actix_server=warn", false),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let mut command = rollcall(&folder, &["--listen=127.0.0.1:0", "--bcrypt-cost=4"]);
        command.env("RUST_LOG", format!("{log},rollcall=info"));
        let mut server = Process::start(&mut command);
        let line = server.wait_for("listening on http://");
        let (_, address) = line.split_once("http://").unwrap();
        let head = "GET /users HTTP/1.1\r\nhost: x\r\ncontent-length: canary\r\n\r\n";
        let mut stream = TcpStream::connect(address).unwrap();
        stream.write_all(head.as_bytes()).unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).unwrap();
        server.signal("TERM");
        server.wait();
        let said = server.all_said();
        assert_eq!(said.contains(warning), is_warned, "{log}: {said}");
        assert!(
            !said.contains("canary") && !said.contains("actix_http::h1::decoder"),
            "{log}: {said}"
        );
    }
}
