//! Base paths that stop the start, with the reason.

use crate::harness::rollcall;

#[test]
fn a_bad_base_path_is_refused_with_the_reason() {
    let folder = tempfile::tempdir().unwrap();
    let form = "must be a path such as /prov: segments of letters, digits, -, ., _ and ~, without \
                a / at the end";
    let ambiguous = "must not end like a path of the API, such as /users";
    let probes = "must not begin with /health";
    for (path, reason) in [
        ("/", form),
        ("prov", form),
        ("/prov/", form),
        ("//prov", form),
        ("/a//b", form),
        ("/a/../b", form),
        ("/./a", form),
        ("/a?b", form),
        ("/a#b", form),
        ("/a%20b", form),
        ("/a b", form),
        ("/{user}", form),
        ("/api/v1", ambiguous),
        ("/users", ambiguous),
        ("/tokens", ambiguous),
        ("/prov/api/v1", ambiguous),
        ("/prov/users", ambiguous),
        ("/health", probes),
        ("/health/live", probes),
    ] {
        let flag = format!("--base-path={path}");
        let by_flag = rollcall(&folder, &[&flag]).output().unwrap();
        let by_variable = rollcall(&folder, &[]).env("ROLLCALL_BASE_PATH", path).output().unwrap();
        for (output, place) in [(by_flag, ""), (by_variable, " in ROLLCALL_BASE_PATH")] {
            let said = String::from_utf8(output.stderr).unwrap();
            let expected =
                format!("error: invalid value '{path}'{place} for '--base-path <PATH>': {reason}");
            assert!(said.starts_with(&expected), "{said}");
            assert_eq!((output.status.code(), said.lines().count()), (Some(1), 1), "{said}");
        }
    }
}
