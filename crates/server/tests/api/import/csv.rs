//! CSV with ambiguous quotation marks and separators.

use super::Place;

const HEADER: &str = "name,plaintextPassword\n";
const STRAY: &str = "text after a closing quotation mark; double a quotation mark inside a quoted \
                     field\n";

/// The message about a refused file. Nothing of it may be imported.
fn refusal(text: &str) -> String {
    let place = Place::new();
    place.write("users.csv", text);
    let said = place.fail(1, &["import", "users.csv"]);
    let exported = place.command(&["export", "--with-hashes"]).output().unwrap();
    assert!(exported.stdout.is_empty(), "{exported:?}");
    said
}

#[test]
fn text_behind_a_closing_quotation_mark_is_refused() {
    for record in [
        // A quotation mark as JSON writes it.
        r#"q1,"correct \"horse""#,
        r#"q1,"correct \"horse\" battery""#,
        r#"q1,"correct horse" battery"#,
        r#"q1,"correct horse" "#,
        r#"q1,"correct horse"x"#,
        r#""q1"x,correct horse"#,
        "q1,\"correct\nhorse\"x",
        // The open mark takes the next line into the field.
        "q1,\"correct horse\nq2,\"battery staple",
    ] {
        for end in ["", "\n", "\r\n", "\nq3,another fine password\n"] {
            let said = refusal(&format!("{HEADER}q0,correct horse\n\n{record}{end}"));
            assert!(said.contains(&format!("line 4: {STRAY}")), "{record}: {said}");
            assert!(said.ends_with("because of 1 rejected line\n"), "{record}: {said}");
        }
    }
    let said = refusal("\u{feff}\"na\"me,plaintextPassword\nq1,correct horse\n");
    assert_eq!(said, format!("error: line 1: {STRAY}"));
}

#[test]
fn marks_that_enclose_no_field_are_refused() {
    const MARK: &str = "quotation mark inside an unquoted field; quote the whole field and double \
                        the mark\n";
    const ENCLOSED: &str = "plaintextPassword has marks around it that would be part of it; use \
                            double quotation marks, or NDJSON\n";
    for (record, flaw) in [
        (r#"q1, "correct horse""#, MARK),
        ("q1,\t\"correct horse\"", MARK),
        (r#"q1,correct "horse""#, MARK),
        (r#"q1,correct"horse"#, MARK),
        (r#"q1, "correct, horse""#, MARK),
        (r#"q"1,correct horse"#, MARK),
        ("q1,'correct horse'", ENCLOSED),
        ("q1,`correct horse`", ENCLOSED),
        ("q1,“correct horse”", ENCLOSED),
        ("q1,„correct horse“", ENCLOSED),
        ("q1,\"'correct horse'\"", ENCLOSED),
    ] {
        for end in ["", "\n", "\r\n", "\nq3,another fine password\n"] {
            let said = refusal(&format!("{HEADER}q0,correct horse\n{record}{end}"));
            assert!(said.contains(&format!("line 3: {flaw}")), "{record}: {said}");
            assert!(said.ends_with("because of 1 rejected line\n"), "{record}: {said}");
        }
    }
}

#[test]
fn marks_within_a_password_are_taken() {
    let place = Place::new();
    let text = format!("{HEADER}q1,it's o'clock\nq2,'tis a secret\n'q3',correct horse\n");
    place.write("users.csv", &text);
    assert_eq!(place.succeed(&["import", "users.csv"]), "imported 3 users\n");
    let server = place.server();
    for (name, password) in [("q1", "it's o'clock"), ("q2", "'tis a secret")] {
        assert_eq!(server.login(name, password).get(&format!("/api/v1/users/{name}")).status, 200);
    }
}

#[test]
fn only_records_with_stray_text_are_refused() {
    let place = Place::new();
    let others = (0..500).map(|n| format!("user{n},\"correct \"\"horse\"\" {n}\"\n"));
    let others = others.collect::<Vec<_>>().concat();
    let text = format!(
        "\u{feff}{HEADER}{others}q1,\"correct \\\"horse\"\n{}",
        others.replace("user", "other")
    );
    place.write("users.csv", &text);
    let said = place.fail(1, &["import", "users.csv", "--dry-run"]);
    assert!(said.contains(&format!("line 502: {STRAY}")), "{said}");
    assert_eq!(said.matches("line 502").count(), said.matches("line ").count(), "{said}");
}

#[test]
fn quotation_marks_that_are_written_twice_are_taken() {
    let place = Place::new();
    let text =
        format!("{HEADER}q1,\"correct \"\"horse\"\r\n\"q2\",\"\"\"\"\"correct horse\"\"\"\n");
    place.write("users.csv", &text);
    assert_eq!(place.succeed(&["import", "users.csv"]), "imported 2 users\n");
    let server = place.server();
    assert_eq!(server.login("q1", "correct \"horse").get("/api/v1/users/q1").status, 200);
    assert_eq!(server.login("q2", "\"\"correct horse\"").get("/api/v1/users/q2").status, 200);
}

#[test]
fn other_separators_are_named() {
    for (header, called) in [
        ("name;plaintextPassword", "semicolons"),
        ("\"name\";\"plaintextPassword\"", "semicolons"),
        ("name\tplaintextPassword", "tabs"),
        ("email; name", "semicolons"),
    ] {
        let said = refusal(&format!("{header}\nhunter2;hunter2-hunter2\n"));
        let expected =
            format!("error: line 1: columns are separated by {called}; commas are required\n");
        assert_eq!(said, expected, "{header}");
    }
    for text in ["sep=;\nname;email\n", "Benutzer;Kennwort\n", "hunter2\thunter2-hunter2\n"] {
        let said = refusal(text);
        assert!(
            said.starts_with("error: line 1: unknown field; accepted are name, email,"),
            "{said}"
        );
        assert!(said.ends_with("; commas separate columns\n"), "{said}");
        assert!(!said.contains("hunter2"), "{said}");
    }
    for separator in [';', '\t'] {
        let said = refusal(&format!("{HEADER}hunter2{separator}hunter2-hunter2\n"));
        let hint = "line 2: 1 field, but the header has 2; commas separate columns\n";
        assert!(said.contains(hint) && !said.contains("hunter2"), "{said}");
    }
}
