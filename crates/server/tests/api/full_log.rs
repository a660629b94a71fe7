//! A log that is not read.

use std::{
    io::{BufRead, BufReader, Read},
    process::Stdio,
    thread,
};

use serde_json::json;

use crate::harness::{ADMIN_PASSWORD, Client, Raw, basic, rollcall};

/// How many requests are sent whose lines of log are long: about 20 MB of them.
const ORDINARY: usize = 24_000;
const REFUSED: usize = 50;
/// How many requests are sent before their answers are read.
const AT_ONCE: usize = 100;

/// Sends many requests whose lines are long, and reads their answers.
fn ask_often(raw: &mut Raw, path: &str) {
    let authorization = basic("root", ADMIN_PASSWORD);
    let id = "a".repeat(64);
    let headers = format!("host: x\r\nauthorization: {authorization}\r\nx-request-id: {id}\r\n");
    let request = format!("GET {path} HTTP/1.1\r\n{headers}\r\n");
    for _ in 0..ORDINARY / AT_ONCE {
        raw.try_send(&request.repeat(AT_ONCE)).unwrap();
        for _ in 0..AT_ONCE {
            assert!(raw.answer().starts_with("HTTP/1.1 200"));
        }
    }
}

#[test]
fn of_a_full_log_lines_of_refusals_are_dropped_last() {
    let folder = tempfile::tempdir().unwrap();
    let arguments = ["--listen=127.0.0.1:0", "--bcrypt-cost=4", "--admin-name=root"];
    let mut command = rollcall(&folder, &arguments);
    command.args(["--failures-per-account=1000000", "--failures-per-address=1000000"]);
    command.env("ROLLCALL_ADMIN_PASSWORD", ADMIN_PASSWORD);
    let mut server = command.stderr(Stdio::piped()).spawn().unwrap();
    let mut log = BufReader::new(server.stderr.take().unwrap());
    let mut line = String::new();
    while !line.contains("listening on http://") {
        line.clear();
        assert!(log.read_line(&mut line).unwrap() > 0);
    }
    let address = line.split_once("http://").unwrap().1.trim().to_owned();
    let (name, admin) = ("字".repeat(64), Client::new(&address, Some(("root", ADMIN_PASSWORD))));
    let path = format!("/api/v1/users/{}", "%E5%AD%97".repeat(64));
    let made = admin.put(&path, &json!({"value": {"password": "a fine password"}}));
    assert_eq!(made.status, 201, "{name}");
    // From here on the log is not read.
    ask_often(&mut Raw::connect(&address), &path);
    for guess in 0..REFUSED {
        let client = Client::new(&address, Some(("root", &format!("guess {guess}"))));
        let client = client.with("x-request-id", &format!("refused-{guess}"));
        assert_eq!(client.get("/users").status, 401);
    }
    let reader = thread::spawn(move || {
        let mut text = String::new();
        log.read_to_string(&mut text).unwrap();
        text
    });
    assert!(
        std::process::Command::new("kill").arg(server.id().to_string()).status().unwrap().success()
    );
    server.wait().unwrap();
    let text = reader.join().unwrap();
    let written = text.matches(" GET /api/v1/users/%E5").count();
    for guess in 0..REFUSED {
        assert!(text.contains(&format!("/refused-{guess} ")), "{guess}");
    }
    let dropped: usize = text
        .lines()
        .filter_map(|line| {
            line.strip_suffix(" lines of the log were dropped: it is read too slowly")
        })
        .map(|line| line.rsplit_once(' ').unwrap().1.parse::<usize>().unwrap())
        .sum();
    assert!(dropped > 0, "{written} lines");
    // Neither more nor less: all others are there.
    assert_eq!(written + dropped, ORDINARY);
}
