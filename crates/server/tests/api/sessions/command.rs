//! `rollcall user sessions` and `rollcall user logout`.

use super::sessions;
use crate::harness::{PASSWORD, Server, rollcall};

/// Whether a command succeeds, and its output.
fn run(server: &Server, arguments: &[&str]) -> (bool, String) {
    let arguments = [&["user", "--bcrypt-cost=4"], arguments].concat();
    let output = rollcall(server.folder(), &arguments).output().unwrap();
    let said = [output.stdout, output.stderr].concat();
    (output.status.success(), String::from_utf8(said).unwrap())
}

#[test]
fn sessions_are_listed_and_ended_by_name() {
    let server = Server::start();
    let (id, _) = server.user("alice");
    let clients = [(); 2].map(|()| server.session("alice", PASSWORD).1);
    let (is_done, said) = run(&server, &["sessions", "ALICE"]);
    assert!(is_done && said.starts_with("ID  "), "{said}");
    let words: Vec<Vec<_>> = said.lines().map(|line| line.split_whitespace().collect()).collect();
    assert_eq!(words[0], ["ID", "BEGUN", "LAST", "USED", "ADDRESS"]);
    let shown = sessions(&server.admin(), id);
    for (words, session) in words[1..].iter().zip(&shown) {
        let text = |name: &str| session[name].as_str().unwrap().to_owned();
        let expected = [session["id"].to_string(), text("beginTime"), text("lastUseTime")];
        assert_eq!(
            (&words[..3], words[3]),
            (&expected.each_ref().map(String::as_str)[..], "127.0.0.1")
        );
    }
    assert_eq!((words.len(), shown.len()), (3, 2));
    assert_eq!(
        run(&server, &["logout", "alice"]),
        (true, "ended 2 sessions of alice\n".to_owned())
    );
    assert!(clients.iter().all(|signed| signed.get("/users/2").status == 401));
    assert_eq!(run(&server, &["logout", "alice"]).1, "ended 0 sessions of alice\n");
    server.session("alice", PASSWORD);
    assert_eq!(run(&server, &["logout", "alice"]).1, "ended 1 session of alice\n");
    let entry = server.admin().get("/audit?limit=1").json()["auditLog"]["entries"][0].clone();
    assert_eq!((&entry["action"], &entry["actor"]), (&"SESSION_ENDED".into(), &"OPERATOR".into()));
}

#[test]
fn the_commands_name_the_mistake() {
    let server = Server::start();
    for (arguments, expected) in [
        (&["sessions", "absent"][..], "error: absent: no such user\n"),
        (&["logout", "absent"], "error: absent: no such user\n"),
        (
            &["sessions", "root", "--session-max-age=0"],
            "must be a whole number of seconds from 1 to 31622400",
        ),
    ] {
        let (is_done, said) = run(&server, arguments);
        assert!(!is_done && said.contains(expected), "{said}");
    }
    let (is_done, said) = run(&server, &["sessions", "root"]);
    assert_eq!((is_done, said.as_str()), (true, "ID  BEGUN  LAST USED  ADDRESS\n"));
}
