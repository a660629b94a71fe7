//! A log that is not read.

use std::{
    io::{self, BufRead, BufReader, ErrorKind, PipeReader, PipeWriter, Read, Write},
    process::{Child, ChildStderr, Command, ExitStatus, Stdio},
};

use rustix::fs::{OFlags, fcntl_setfl};
use serde_json::json;
use tempfile::TempDir;

use crate::harness::{ADMIN_PASSWORD, Client, Raw, basic, rollcall, until};

/// The number of requests with long log lines: about 20 MB.
const ORDINARY: usize = 24_000;
const REFUSED: usize = 50;
/// The number of requests that are sent before their answers are read.
const AT_ONCE: usize = 100;
/// The number of requests whose log lines exceed a pipe's buffer.
const MORE_THAN_A_PIPE: usize = 1000;

/// A server whose log is read until it listens, and later only on a test's request.
struct Unread {
    server: Child,
    log: BufReader<ChildStderr>,
    address: String,
    metrics: String,
    /// The path of the store.
    _folder: TempDir,
}

impl Unread {
    fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let arguments = ["--listen=127.0.0.1:0", "--bcrypt-cost=4", "--admin-name=root"];
        let mut command = rollcall(&folder, &arguments);
        command.args(["--failures-per-account=1000000", "--failures-per-address=1000000"]);
        command.arg("--metrics-listen=127.0.0.1:0").env("ROLLCALL_ADMIN_PASSWORD", ADMIN_PASSWORD);
        let mut server = command.stderr(Stdio::piped()).spawn().unwrap();
        let log = BufReader::new(server.stderr.take().unwrap());
        let (address, metrics) = (String::new(), String::new());
        let mut unread = Self { server, log, address, metrics, _folder: folder };
        let place = |text: String| text.rsplit_once("http://").unwrap().1.trim().to_owned();
        unread.metrics = place(unread.read_to("metrics on http://"));
        unread.address = place(unread.read_to("listening on http://"));
        unread
    }

    /// The log up to the next line that holds `text`.
    fn read_to(&mut self, text: &str) -> String {
        let (mut lines, mut start) = (String::new(), 0);
        while !lines[start..].contains(text) {
            start = lines.len();
            assert!(self.log.read_line(&mut lines).unwrap() > 0, "no {text}");
        }
        lines
    }

    fn client(&self, password: &str) -> Client {
        Client::new(&self.address, Some(("root", password)))
    }

    /// The number of dropped lines, from the metrics.
    fn dropped_lines(&self) -> usize {
        let mut answer = ureq::get(format!("http://{}", self.metrics)).call().unwrap();
        let text = answer.body_mut().read_to_string().unwrap();
        let count =
            text.lines().find_map(|line| line.strip_prefix("rollcall_log_lines_dropped_total "));
        count.unwrap().parse().unwrap()
    }

    fn terminate(&self) {
        let id = self.server.id().to_string();
        assert!(Command::new("kill").arg(id).status().unwrap().success());
    }
}

impl Drop for Unread {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

/// Waits a limited time for the end of a process.
fn wait(process: &mut Child) -> ExitStatus {
    let mut status = None;
    until("the process does not end", || {
        status = process.try_wait().unwrap();
        status.is_some()
    });
    status.unwrap()
}

/// A full pipe.
fn full_pipe() -> (PipeReader, PipeWriter) {
    let (reader, mut writer) = io::pipe().unwrap();
    fcntl_setfl(&writer, OFlags::NONBLOCK).unwrap();
    loop {
        match writer.write(b"x") {
            Ok(_) => {}
            Err(error) if error.kind() == ErrorKind::WouldBlock => break,
            Err(error) => panic!("{error}"),
        }
    }
    fcntl_setfl(&writer, OFlags::empty()).unwrap();
    (reader, writer)
}

/// Sends requests whose lines are long, and reads their answers.
fn ask_often(raw: &mut Raw, path: &str, count: usize) {
    let authorization = basic("root", ADMIN_PASSWORD);
    let id = "a".repeat(64);
    let headers = format!("host: x\r\nauthorization: {authorization}\r\nx-request-id: {id}\r\n");
    let request = format!("GET {path} HTTP/1.1\r\n{headers}\r\n");
    for _ in 0..count / AT_ONCE {
        raw.try_send(&request.repeat(AT_ONCE)).unwrap();
        for _ in 0..AT_ONCE {
            assert!(raw.answer().starts_with("HTTP/1.1 200"));
        }
    }
}

#[test]
fn a_full_log_drops_lines_of_refusals_last() {
    let mut unread = Unread::start();
    let admin = unread.client(ADMIN_PASSWORD);
    let path = format!("/api/v1/users/{}", "%E5%AD%97".repeat(64));
    let made = admin.put(&path, &json!({"value": {"password": "a fine password"}}));
    assert_eq!(made.status, 201, "{made:?}");
    ask_often(&mut Raw::connect(&unread.address), &path, ORDINARY);
    for guess in 0..REFUSED {
        let client = unread.client(&format!("guess {guess}"));
        let client = client.with("x-request-id", &format!("refused-{guess}"));
        assert_eq!(client.get("/users").status, 401);
    }
    let counted = unread.dropped_lines();
    let mut text = unread.read_to(&format!("/refused-{} ", REFUSED - 1));
    unread.terminate();
    unread.log.read_to_string(&mut text).unwrap();
    wait(&mut unread.server);
    let written = text.matches(" GET /api/v1/users/%E5").count();
    for guess in 0..REFUSED {
        assert!(text.contains(&format!("/refused-{guess} ")), "{guess}");
    }
    let dropped: usize = text
        .lines()
        .filter_map(|line| {
            line.strip_suffix(" log lines were dropped, because the log is read too slowly")
        })
        .map(|line| line.rsplit_once(' ').unwrap().1.parse::<usize>().unwrap())
        .sum();
    assert!(dropped > 0, "{written} lines");
    // Exactly these: all other lines are in the log.
    assert_eq!(written + dropped, ORDINARY);
    assert!((1..=dropped).contains(&counted), "{counted} of {dropped}");
}

#[test]
fn a_server_whose_log_is_not_read_answers_and_ends() {
    let mut unread = Unread::start();
    ask_often(&mut Raw::connect(&unread.address), "/users/1", MORE_THAN_A_PIPE);
    let admin = unread.client(ADMIN_PASSWORD);
    for path in ["/health/live", "/health/ready", "/users/1"] {
        assert_eq!(admin.get(path).status, 200, "{path}");
    }
    unread.terminate();
    assert_eq!(wait(&mut unread.server).code(), Some(0));
}

#[test]
fn a_start_that_fails_ends_though_no_one_reads_why() {
    let folder = tempfile::tempdir().unwrap();
    let (_reader, writer) = full_pipe();
    let mut command = rollcall(&folder, &["--bcrypt-cost=99"]);
    let mut process = command.stderr(Stdio::from(writer)).spawn().unwrap();
    assert_eq!(wait(&mut process).code(), Some(1));
}
