//! The committed documents are the generated ones.

use std::{fs, path::Path};

use rollcall_api_spec::{document_json, document_yaml};

#[test]
fn the_committed_documents_are_what_the_annotations_generate() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../openapi");
    for (format, generated) in [("json", document_json()), ("yaml", document_yaml())] {
        let committed = fs::read_to_string(folder.join(format!("openapi.{format}")));
        assert!(
            committed.is_ok_and(|committed| committed == generated),
            "openapi/openapi.{format} is out of date; mend it with\n    \
             cargo run -- openapi --format {format} > openapi/openapi.{format}"
        );
    }
}
