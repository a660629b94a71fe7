//! Archives whose runs are killed.

use std::{
    fs,
    process::{Child, Command, Stdio},
    sync::atomic::{AtomicBool, Ordering},
    thread,
    time::Duration,
};

use rollcall_domain::audit::{AnnouncedArchive, ChainMark};
use rollcall_persistence::{LogBeginning, Store};
use serde_json::{Value, json};

use super::{
    archive::now,
    command::{audit, printed, refusal},
    log,
};
use crate::harness::{End, Server, rollcall};

/// How many entries are archived.
const COUNT: usize = 20_000;

/// Entries as a server writes them, of imports long ago.
const ENTRIES: &str = "INSERT INTO audit (time, actor, action, changes, format) \
    WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < COUNT) \
    SELECT 1500000000000000 + i, 'OPERATOR', 'USERS_IMPORTED', '[]', 2 FROM n";

pub(super) fn fill(server: &Server) {
    let (url, sql) = (server.store_url(), ENTRIES.replace("COUNT", &COUNT.to_string()));
    let mut command = Command::new(if url.starts_with("sqlite://") { "sqlite3" } else { "psql" });
    if let Some(path) = url.strip_prefix("sqlite://") {
        command.args(["-cmd", ".timeout 5000", path, &sql]);
    } else {
        command.args([&url, "-qc", &sql]);
    }
    assert!(command.status().unwrap().success());
}

fn begin(server: &Server, before: &str) -> Child {
    let arguments = ["audit", "archive", before, "archive.ndjson"];
    let mut command = rollcall(server.folder(), &arguments);
    command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
}

/// Kills a run once `is_time`, unless it has ended.
fn kill(mut run: Child, mut is_time: impl FnMut() -> bool) {
    while run.try_wait().unwrap().is_none() && !is_time() {
        thread::sleep(Duration::from_millis(1));
    }
    let _ = run.kill();
    run.wait().unwrap();
}

fn is_finished(store: &Store) -> bool {
    let LogBeginning { anchor, unfinished, .. } = store.log_beginning().unwrap();
    anchor != ChainMark::START && unfinished.is_none()
}

#[test]
fn a_killed_run_is_continued_by_the_same_command() {
    let server = Server::start();
    fill(&server);
    let (alice, _) = server.user("alice");
    let (before, file) = (now(), server.folder().path().join("archive.ndjson"));
    let store = server.store();
    let is_over = AtomicBool::new(false);
    let anchor = || store.log_anchor().unwrap().number;
    let made = thread::scope(|scope| {
        let end = End(&is_over);
        let writer = scope.spawn(|| {
            let mut made = 0;
            while !is_over.load(Ordering::SeqCst) {
                let email = format!("{made}@example.org");
                server.change(alice, &json!({"email": email}));
                made += 1;
            }
            made
        });
        // While it reads and writes the file, as soon as the file has its name, and after each step
        // of the removal.
        kill(begin(&server, &before), || true);
        kill(begin(&server, &before), || temporary(&server));
        kill(begin(&server, &before), || file.exists());
        while !is_finished(&store) {
            store.verify_log(&[]).unwrap().unwrap();
            let last = anchor();
            kill(begin(&server, &before), || anchor() > last);
            assert!(anchor() > last);
        }
        drop(end);
        writer.join().unwrap()
    });
    let lines = fs::read_to_string(&file).unwrap();
    let numbers: Vec<Value> = lines
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap()["number"].clone())
        .collect();
    let archived = numbers.len();
    assert!(archived >= COUNT + 2, "{archived}");
    assert_eq!(numbers, (1..=archived).map(|number| json!(number)).collect::<Vec<_>>());
    let said = printed(&server, &["verify", "--archive=archive.ndjson"]);
    let expected = format!(" and {archived} archived before; the last is ");
    assert!(said.contains(&expected), "{said}");
    // The first admin, alice, her changes, and one entry of the archive.
    let total = COUNT + 2 + made + 1;
    assert!(said.contains(&format!("the last is {total}:")), "{made}: {said}");
    let announced = server.admin().get("/audit?action=AUDIT_ARCHIVED&limit=1000").json();
    assert_eq!(announced["auditLog"]["entries"].as_array().unwrap().len(), 1);
}

/// Whether a run has begun its file.
fn temporary(server: &Server) -> bool {
    let names = fs::read_dir(server.folder().path()).unwrap();
    let names = names.map(|file| file.unwrap().file_name());
    let mut temporary = names.filter(|name| name.to_string_lossy().starts_with(".rollcall-"));
    temporary.next().is_some()
}

/// Writes the file of an archive, and removes nothing: it is made of a copy, `copy.db`.
pub(super) fn write_archive(server: &Server, before: &str, file: &str) {
    let (from, to) = (format!("--from={}", server.store_url()), "sqlite://copy.db");
    let copy = rollcall(server.folder(), &["copy", &from, "--to", to]).output().unwrap();
    assert!(copy.status.success(), "{copy:?}");
    printed(server, &["archive", &format!("--database-url={to}"), before, file]);
}

#[test]
fn no_other_file_continues_an_unfinished_archive() {
    let server = Server::start();
    fill(&server);
    server.user("alice");
    let (before, store) = (now(), server.store());
    // What a run leaves that is killed after the first step of the removal.
    write_archive(&server, &before, "archive.ndjson");
    let copy = format!("sqlite://{}", server.folder().path().join("copy.db").display());
    let end = Store::open_existing(&copy.parse().unwrap()).unwrap().log_anchor().unwrap();
    let archive = AnnouncedArchive { start: ChainMark::START, end };
    store.remove_archived(ChainMark::START, archive).unwrap();
    let said = printed(&server, &["verify"]);
    let unfinished = format!("the archive that ends with {end} is unfinished; run");
    assert!(said.contains(&unfinished), "{said}");
    printed(&server, &["verify", "--archive=archive.ndjson"]);

    let said = refusal(&audit(&server, &["archive", &before, "other.ndjson"]));
    assert!(said.contains(&format!("the archive that ends with {end} is unfinished")), "{said}");
    let file = server.folder().path().join("archive.ndjson");
    let text = fs::read_to_string(&file).unwrap();
    let shorter: String = text.split_inclusive('\n').take(COUNT).collect();
    fs::write(server.folder().path().join("shorter.ndjson"), shorter).unwrap();
    let said = refusal(&audit(&server, &["archive", &before, "shorter.ndjson"]));
    assert!(said.contains("shorter.ndjson exists and is not the file of an"), "{said}");
    let said = refusal(&audit(&server, &["verify", "--archive=shorter.ndjson"]));
    let cut = format!(
        "the files end with entry {COUNT}, and the unfinished archive with entry {}",
        end.number
    );
    assert!(said.contains(&cut), "{said}");
    let said = refusal(&audit(&server, &["archive", "--before=2017-07-14", "archive.ndjson"]));
    assert!(said.contains("is not before --before"), "{said}");

    let said = printed(&server, &["archive", &before, "archive.ndjson"]);
    assert!(said.ends_with(&format!("the log begins after {end}\n")), "{said}");
    assert_eq!(fs::read_to_string(&file).unwrap(), text);
    assert_eq!(log(&server).len(), 1);
}
