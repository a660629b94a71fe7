//! Secrets given to commands: on standard input, in the environment, in files.

use std::{fs, io::Write, process::Stdio};

use base64::{Engine, prelude::BASE64_STANDARD};
use serde_json::json;

use super::{
    secrets::{Secrets, percent},
    stage::with_password,
    watching,
};
use crate::{
    harness::rollcall,
    import::{Place, sql},
};

/// A folder with a store, and all output of commands.
struct Commands<'a> {
    place: Place,
    secrets: &'a Secrets,
    url: Option<(&'static str, String)>,
    /// Each command and its output.
    said: Vec<(String, String)>,
}

impl Commands<'_> {
    /// Runs a command at the most verbose log level, with `input` on standard input and additional
    /// environment `variables`.
    fn run(&mut self, arguments: &[&str], input: &str, variables: &[(&str, &str)]) -> bool {
        let mut command = rollcall(&self.place.0, arguments);
        if ["user", "import"].contains(&arguments[0]) {
            command.arg("--bcrypt-cost=4");
        }
        command.envs(self.url.clone()).env("RUST_LOG", "trace").envs(variables.iter().copied());
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        // Some commands end without reading their input.
        let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
        let output = child.wait_with_output().unwrap();
        let said = [output.stdout, output.stderr].concat();
        let names: Vec<_> = variables.iter().map(|(name, _)| *name).collect();
        let what = format!("{} {}", arguments.join(" "), names.join(" "));
        self.said.push((what, String::from_utf8_lossy(&said).into_owned()));
        output.status.success()
    }

    fn password(&self, what: &str) -> String {
        self.secrets.password(what)
    }

    fn users(&mut self) {
        let first = self.password("a password of user add") + "\n";
        assert!(self.run(&["user", "add", "alice", "--admin"], &first, &[]));
        assert!(!self.run(&["user", "add", "alice"], &first, &[]));
        assert!(!self.run(&["user", "add", "two words"], &first, &[]));
        let long = self.password("a password that is too long").repeat(10);
        assert!(!self.run(&["user", "add", "bob"], &long, &[]));
        let second = self.password("a password of user passwd") + "\n";
        assert!(self.run(&["user", "passwd", "alice"], &second, &[]));
        assert!(!self.run(&["user", "passwd", "absent"], &second, &[]));
        assert!(self.run(&["user", "list"], "", &[]));
        self.keys();
    }

    /// The secret of a key is in the output that makes it, and nowhere else.
    fn keys(&mut self) {
        let add = ["user", "key-add", "alice", "a program", "--scope=verify"];
        assert!(self.run(&add, "", &[]));
        let (what, said) = self.said.pop().unwrap();
        let secret = said.lines().find(|line| line.starts_with("rck_")).unwrap();
        self.secrets.keep("an API key", secret);
        self.said.push((what, said.replacen(secret, "", 1)));
        assert!(self.run(&["user", "keys", "alice"], "", &[]));
        assert!(!self.run(&["user", "key-end", "alice", "7"], "", &[]));
    }

    fn imports(&mut self) {
        let hash =
            BASE64_STANDARD.encode(self.password("the text of a hash")).replace(['+', '='], "/");
        let hash = format!("$2b$05${}", &hash[..53]);
        self.secrets.keep("an imported hash", &hash);
        let password = &*self.password("an imported password");
        let line = |name: &str, field: &str, value: &str| {
            json!({"name": name, field: value}).to_string() + "\n"
        };
        let good =
            line("carol", "plaintextPassword", password) + &line("dave", "passwordHash", &hash);
        assert!(self.run(&["import", "-", "--format=ndjson"], &good, &[]));
        let csv = |value: &str| {
            format!("name,plaintextPassword\nerin,\"{}\"\n", value.replace('"', "\"\""))
        };
        assert!(self.run(&["import", "-", "--format=csv"], &csv(password), &[]));
        self.refused_imports(password, &hash);
    }

    fn refused_imports(&mut self, password: &str, hash: &str) {
        let line = |name: &str, field: &str, value: &str| {
            json!({"name": name, field: value}).to_string() + "\n"
        };
        let quoted = json!(password).to_string();
        for (format, text) in [
            (
                "ndjson",
                format!(
                    "{{\"name\":\"frank\",\"plaintextPassword\":{}",
                    &quoted[..quoted.len() - 1]
                ),
            ),
            ("ndjson", format!("{password}\n")),
            ("ndjson", quoted.clone()),
            ("ndjson", format!("[{quoted}]")),
            ("ndjson", format!("{{{quoted}:1}}")),
            ("ndjson", format!("{{\"name\":\"frank\",\"plaintextPassword\":{{{quoted}:1}}}}")),
            ("ndjson", format!("{{\"name\":\"frank\",\"plaintextPassword\":[{quoted}]}}")),
            (
                "ndjson",
                format!(
                    "{{\"name\":\"frank\",\"plaintextPassword\":{quoted},\
                     \"plaintextPassword\":{quoted}}}"
                ),
            ),
            ("ndjson", line("frank", "passwordHash", password)),
            ("ndjson", line("frank", "passwordHash", &hash[..50])),
            ("ndjson", line("frank", "passwordHash", &hash.replace("$05", "$99"))),
            ("ndjson", line("frank", "plaintextPassword", &password.repeat(10))),
            ("ndjson", line("frank", "status", password)),
            ("ndjson", line("frank", "roles", password)),
            ("ndjson", line("frank", "createTime", password)),
            ("ndjson", line("frank", "email", password)),
            ("ndjson", line(password, "status", password)),
            ("ndjson", line("carol", "plaintextPassword", &self.password("another password"))),
            ("ndjson", line("dave", "passwordHash", &hash.replace("$05", "$06"))),
            // Without a header the first user counts as the header.
            ("csv", format!("{quoted},frank\n")),
            ("csv", format!("frank,{password}\n")),
            ("csv", format!("name,plaintextPassword\nfrank,\"{}", password.replace('"', ""))),
            ("csv", format!("name,plaintextPassword\nfrank,{password},{password}\n")),
            ("csv", format!("name,passwordHash\nfrank,{hash}x\n")),
            ("csv", format!("name,plaintextPassword,name\nfrank,{},frank\n", &password[..16])),
        ] {
            let format = format!("--format={format}");
            for more in [&[][..], &["--skip-errors"], &["--dry-run"]] {
                let arguments = [&["import", "-", &format], more].concat();
                assert!(!self.run(&arguments, &text, &[]), "{text}");
            }
        }
    }

    fn readers(&mut self) {
        for arguments in [
            &["export"][..],
            &["export", "users.csv", "--with-hashes"],
            &["export", "--format=csv"],
            &["audit", "list"],
            &["audit", "list", "--format=ndjson"],
            &["audit", "verify"],
            &["openapi"],
        ] {
            assert!(self.run(arguments, "", &[]), "{arguments:?}");
        }
        self.run(&["backup", "backup.db"], "", &[]);
        self.run(&["restore", "backup.db"], "", &[]);
        self.run(&["healthcheck"], "", &[("ROLLCALL_LISTEN", "127.0.0.1:1")]);
        let (url, copy) = (self.place.url(), "sqlite://copy.db");
        let from = self.url.clone().map_or(url, |(_, url)| url);
        let urls = [("ROLLCALL_COPY_FROM", &*from), ("ROLLCALL_COPY_TO", copy)];
        assert!(self.run(&["copy"], "", &urls), "{:?}", self.said.last());
        assert!(!self.run(&["copy"], "", &[urls[0], ("ROLLCALL_COPY_TO", &from)]));
    }

    /// Settings that end a start.
    fn settings(&mut self) {
        let secret = self.password("a secret in a setting");
        let encoded = percent(&secret, false, "");
        let serve = ["serve", "--listen=127.0.0.1:0"];
        for url in [
            format!("postgres://rollcall:{encoded}@127.0.0.1:1/rollcall?connect_timeout=1"),
            format!("postgres://rollcall:{encoded}@127.0.0.1:1/rollcall?sslmode=secret"),
            format!("postgres://rollcall:{secret}@127.0.0.1:1/rollcall"),
            format!(
                "postgres://rollcall@127.0.0.1:1/rollcall?password={encoded}&connect_timeout=1"
            ),
            format!("postgres://rollcall:{encoded}@127.0.0.1:1:2:3/rollcall"),
            format!("mysql://rollcall:{encoded}@127.0.0.1:1/rollcall"),
            format!("{encoded}@127.0.0.1"),
        ] {
            assert!(!self.run(&["user", "list"], "", &[("ROLLCALL_DATABASE_URL", &url)]));
            let from = [("ROLLCALL_COPY_FROM", &*url), ("ROLLCALL_COPY_TO", "sqlite://other.db")];
            assert!(!self.run(&["copy"], "", &from));
        }
        let long = secret.repeat(10);
        let short = &secret[..24];
        fs::write(self.place.0.path().join("short"), short).unwrap();
        for (name, value) in [
            ("ROLLCALL_ADMIN_PASSWORD", &*long),
            ("ROLLCALL_SESSION_SECRET", short),
            ("ROLLCALL_SESSION_SECRET_FILE", "short"),
        ] {
            let new = ("ROLLCALL_DATABASE_URL", "sqlite://new.db");
            assert!(!self.run(&serve, "", &[(name, value), new]), "{name}");
        }
        let both =
            [("ROLLCALL_SESSION_SECRET", &*secret), ("ROLLCALL_SESSION_SECRET_FILE", "short")];
        assert!(!self.run(&serve, "", &both));
    }
}

#[test]
fn no_secret_that_goes_through_any_command_comes_out_again() {
    let (secrets, place) = (&Secrets::default(), Place::new());
    let mut said = Vec::new();
    let command_lines = watching(|| {
        let url = with_password(&place.url(), secrets);
        let mut commands = Commands { place, secrets, url, said: Vec::new() };
        commands.users();
        commands.imports();
        let hashes = "SELECT password_hash FROM users";
        for hash in sql(&commands.place.url(), hashes, hashes).lines() {
            secrets.keep("a hash", hash);
        }
        commands.readers();
        commands.settings();
        said = commands.said;
    });
    assert!(command_lines.iter().any(|line| line.contains("import")), "nothing was watched");
    let texts = command_lines.iter().map(|line| ("/proc/*/cmdline", &**line));
    let said = said.iter().map(|(what, said)| (&**what, &**said));
    let found = secrets.found_in(texts.chain(said));
    assert!(found.is_empty(), "{found:#?}");
}
