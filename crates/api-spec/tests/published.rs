//! The committed documents are the generated ones.

use std::{fs, path::Path};

use rollcall_api_spec::{document_3_0_json, document_json, document_yaml};

#[test]
fn the_committed_documents_are_what_the_annotations_generate() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../openapi");
    for (file, generated, arguments) in [
        ("openapi.json", document_json(), "--format json"),
        ("openapi.yaml", document_yaml(), "--format yaml"),
        ("openapi-3.0.json", document_3_0_json(), "--openapi-version 3.0"),
    ] {
        let committed = fs::read_to_string(folder.join(file));
        assert!(
            committed.is_ok_and(|committed| committed == generated),
            "openapi/{file} is out of date; mend it with\n    \
             cargo run -q -- openapi {arguments} > /tmp/{file} && cp /tmp/{file} openapi/"
        );
    }
}
