//! Lines and files that an import refuses, and its messages.

use super::{HASHES, Place, lines};

/// A secret that no message may show.
const SECRET: &str = "hunter2";

/// Invalid lines, and the message for each.
const WRONG: [(&str, &str); 18] = [
    (r#""hunter2""#, "not a JSON object"),
    (r#"["hunter2"]"#, "not a JSON object"),
    (r#"{"name":"a" "hunter2"}"#, "invalid JSON at column 13; a line is one JSON object"),
    (
        r#"{"name":"a","id":7}"#,
        "unknown field \"id\"; accepted are name, email, status, roles, createTime, \
         plaintextPassword, passwordHash",
    ),
    (r#"{"name":"a","name":"b"}"#, "duplicate field name"),
    (r#"{"name":["hunter2"]}"#, "name must be a string"),
    (r#"{"plaintextPassword":7}"#, "plaintextPassword must be a string"),
    (r#"{"plaintextPassword":"hunter2 hunter2"}"#, "name is required"),
    (
        r#"{"name":"a b","plaintextPassword":"hunter2 hunter2"}"#,
        "name must not contain a space; accepted",
    ),
    (r#"{"name":"a"}"#, "either plaintextPassword or passwordHash is required"),
    (r#"{"name":"a","plaintextPassword":"hunter2"}"#, "plaintextPassword must have at least 8"),
    (
        r#"{"name":"a","plaintextPassword":"password"}"#,
        "plaintextPassword must not be one of the most",
    ),
    (
        r#"{"name":"Hunter2-a","plaintextPassword":"hUnter2-A"}"#,
        "plaintextPassword must not be the user's",
    ),
    (r#"{"name":"a","passwordHash":"$2b$17$hunter2"}"#, "passwordHash must be a bcrypt hash of 60"),
    (r#"{"name":"a","email":"a","plaintextPassword":"hunter2 hunter2"}"#, "email must be an email"),
    (r#"{"name":"a","roles":["Admin"]}"#, "roles must not be `admin` in capital letters"),
    (r#"{"name":"a","roles":["1st"]}"#, "roles must be 1 to 64 of A-Z, a-z"),
    (
        concat!(
            r#"{"name":"a","status":"on","roles":[],"createTime":"2017-05-08T17:44:19.5Z","#,
            r#""plaintextPassword":"hunter2 hunter2"}"#
        ),
        "status must be ENABLED or DISABLED; createTime must be a time in UTC and whole seconds, \
         such as 2017",
    ),
];

#[test]
fn every_invalid_line_is_named_and_nothing_is_imported() {
    let place = Place::new();
    let good = lines(1..=1);
    let wrong = WRONG.map(|(line, _)| line).join("\n");
    place.write("users.ndjson", &format!("{good}{wrong}"));
    let said = place.fail(1, &["import", "users.ndjson"]);
    let refused: Vec<_> = said.lines().filter(|line| line.starts_with("line ")).collect();
    assert_eq!(refused.len(), WRONG.len(), "{said}");
    for ((number, (_, expected)), refused) in (2..).zip(WRONG).zip(refused) {
        let start = format!("line {number}: ");
        assert!(refused.starts_with(&start) && refused.contains(expected), "{refused}");
    }
    assert!(
        said.ends_with("error: nothing was imported, because of 18 rejected lines\n"),
        "{said}"
    );
    assert!(!said.to_lowercase().contains(SECRET) && !said.contains('\u{1b}'), "{said}");
    assert_eq!(place.users(), "");
}

#[test]
fn a_record_with_missing_fields_is_named_by_its_first_line() {
    let place = Place::new();
    let text = "name,plaintextPassword\r\n\r\na,\"two\r\nlines and more\"\r\nb\r\nc,short\r\n\
                \"d,hunter2 hunter2\r\n";
    place.write("users.csv", text);
    let said = place.fail(2, &["import", "users.csv", "--skip-errors"]);
    for expected in [
        "line 5: 1 field, but the header has 2\n",
        "line 6: plaintextPassword must have at least 8",
        "line 7: a quotation mark is not closed\n",
    ] {
        assert!(said.contains(expected), "{said}");
    }
    assert!(!said.contains(SECRET) && place.users().lines().count() == 1, "{said}");
}

#[test]
fn a_header_says_all_that_is_wrong_with_it_at_once() {
    let place = Place::new();
    for (text, expected) in [
        ("", "error: line 1: the header has no column name, which is required\n"),
        ("email\n", "error: line 1: the header has no column name, which is required\n"),
        (
            "name,id\n",
            "error: line 1: unknown field \"id\"; accepted are name, email, status, roles, \
             createTime, ",
        ),
        ("name,name\n", "error: line 1: duplicate column name\n"),
    ] {
        place.write("users.csv", text);
        let said = place.fail(1, &["import", "users.csv"]);
        assert!(said.contains(expected) && said.lines().count() == 1, "{said}");
    }
}

#[test]
fn lines_without_an_end_are_not_read_to_it() {
    let place = Place::new();
    let text = format!("{}\n{}", "x".repeat(10_000_000), lines(1..=1));
    let output = place.feed(&["import", "-", "--format=ndjson", "--skip-errors"], &text);
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("line 1: more than 65536 bytes; a line has at most that\n"), "{said}");
    assert_eq!((output.status.code(), place.users()), (Some(2), lines(1..=1)));
    let text = format!("name,plaintextPassword\na,\"{}", "x,y\n".repeat(1_000_000));
    place.write("users.csv", &text);
    let said = place.fail(1, &["import", "users.csv"]);
    assert!(said.contains("more than 65536 bytes; close all quotation marks"), "{said}");
}

#[test]
fn a_file_of_nothing_but_errors_is_not_read_to_its_end() {
    let place = Place::new();
    place.write("users.ndjson", &"{}\n".repeat(5000));
    let said = place.fail(1, &["import", "users.ndjson"]);
    assert_eq!(said.matches("line ").count(), 100, "{said}");
    assert!(said.ends_with("because of 100 rejected lines or more\n"), "{said}");
}

#[test]
fn an_unusable_file_is_refused_in_one_line() {
    let place = Place::new();
    for (arguments, expected) in [
        (
            &["import", "none.csv"][..],
            "error: none.csv does not exist; give a file, or - for standard input",
        ),
        (&["import", "."], "error: --format is required (ndjson or csv) for names"),
        (
            &["import", ".", "--format=csv"],
            "error: . is a folder; give a file, or - for standard input",
        ),
        (&["import", "-"], "error: --format is required (ndjson or csv) for names"),
        (&["import", "x.xml"], "error: --format is required (ndjson or csv) for names"),
        (
            &["import", "x.csv", "--format=xml"],
            "'xml' for '--format <FORMAT>': must be ndjson or csv",
        ),
        (&["import"], "<FILE>"),
    ] {
        let said = place.fail(1, arguments);
        assert!(said.contains(expected) && said.lines().count() == 1, "{said}");
    }
    assert!(!place.0.path().join("data").exists());
}

#[test]
fn lines_that_repeat_a_name_or_an_email_are_named_both() {
    let place = Place::new();
    let more = |name: &str, email: &str| {
        format!(
            "{{\"name\":\"{name}\",\"email\":\"{email}\",\"passwordHash\":\"{}\"}}\n",
            HASHES[1]
        )
    };
    let repeats = [
        more("USER3", "a@example.com"),
        more("a", "User700@EXAMPLE.com"),
        more("b", "b@example.com"),
        more("B", "b@example.com"),
        // Line 3 has its email address, so this line does not reserve the name.
        more("c", "user3@example.com"),
        more("c", "c@example.com"),
    ];
    place.write("users.ndjson", &format!("{}{}", lines(1..=800), repeats.concat()));
    let expected = [
        "line 801: the name is that of line 3 too\n",
        "line 802: the email is that of line 700 too\n",
        "line 804: the name is that of line 803 too\n",
        "line 805: the email is that of line 3 too\n",
    ];
    for arguments in [&[][..], &["--dry-run"], &["--skip-errors"]] {
        let code = if arguments == ["--skip-errors"] { 2 } else { 1 };
        assert_eq!(place.users_or_none(), "");
        let said = place.fail(code, &[&["import", "users.ndjson"], arguments].concat());
        assert!(said.contains(&expected.concat()), "{said}");
        assert_eq!(said.lines().filter(|line| line.starts_with("line ")).count(), 4, "{said}");
    }
    assert_eq!(place.users().lines().count(), 802);
}

impl Place {
    /// All users of the store, if it exists.
    fn users_or_none(&self) -> String {
        let output = self.command(&["export", "--with-hashes"]).output().unwrap();
        String::from_utf8(output.stdout).unwrap()
    }
}

#[test]
fn an_unclosed_quotation_mark_loses_no_user() {
    let place = Place::new();
    let header = "name,plaintextPassword\n";
    place.write(
        "open.csv",
        &format!("{header}anna,ab\"cdefghijk1\nbert,\"otherpassword1\ncarl,third1234\n"),
    );
    let said = place.fail(1, &["import", "open.csv"]);
    assert!(said.contains("line 3: a quotation mark is not closed"), "{said}");
    assert_eq!(place.users(), "");
    // Inside a quoted field, two quotation marks are one.
    place.write(
        "closed.csv",
        &format!("{header}anna,\"ab\"\"cdefghijk1\"\nbert,\"other\"\"password1\"\ncarl,third12345"),
    );
    assert_eq!(place.succeed(&["import", "closed.csv"]), "imported 3 users\n");
    let server = place.server();
    assert_eq!(server.login("anna", "ab\"cdefghijk1").get("/api/v1/users/anna").status, 200);
    assert_eq!(server.login("bert", "other\"password1").get("/api/v1/users/bert").status, 200);
}

#[test]
fn a_password_where_a_name_should_be_is_not_repeated() {
    let place = Place::new();
    place.write("headless.csv", "hunter2-secret,alice\n");
    let said = place.fail(1, &["import", "headless.csv"]);
    assert!(said.starts_with("error: line 1: unknown field; accepted are name, email,"), "{said}");
    assert!(!said.contains(SECRET), "{said}");
}
