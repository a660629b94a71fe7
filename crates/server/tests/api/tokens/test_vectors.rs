//! The published examples of signatures.

use std::{fs, path::Path};

use rollcall_domain::session::{SessionKey, SignedRequest};
use serde_json::Value;

use crate::harness::{Session, Signable};

fn published(file: &str) -> Value {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../openapi");
    serde_json::from_str(&fs::read_to_string(folder.join(file)).unwrap()).unwrap()
}

fn text<'a>(vector: &'a Value, name: &str) -> &'a str {
    vector[name].as_str().unwrap_or_else(|| panic!("no {name} in {vector}"))
}

#[test]
fn client_and_server_agree_with_the_published_vectors() {
    let vectors = published("signing-test-vectors.json");
    let vectors = vectors["vectors"].as_array().unwrap();
    assert!(vectors.len() >= 5);
    for vector in vectors {
        let session =
            Session { key: text(vector, "key").into(), token: text(vector, "token").into() };
        let request = &vector["request"];
        let (path, query) = (text(request, "path"), text(request, "query"));
        let target = if query.is_empty() { path.to_owned() } else { format!("{path}?{query}") };
        let signable = Signable {
            method: text(request, "method"),
            host: text(vector, "signingHost"),
            target: &target,
            timestamp: text(request, "timestamp"),
            body: text(request, "body"),
        };
        assert_eq!(session.string_to_sign(signable), text(vector, "stringToSign"));
        assert_eq!(session.signature(signable), text(vector, "signature"));
        let key = SessionKey::of(&session.key);
        let on_the_server = SignedRequest {
            key: &key,
            method: signable.method,
            path,
            other_paths: &[],
            query,
            timestamp: signable.timestamp,
            signature: "",
            body: signable.body.as_bytes(),
        };
        assert_eq!(on_the_server.string_to_sign(signable.host), text(vector, "stringToSign"));
    }
}

#[test]
fn the_example_in_the_document_is_the_first_vector() {
    let first = &published("signing-test-vectors.json")["vectors"][0];
    let document = published("openapi.json");
    let description = text(&document["paths"]["/tokens"]["post"], "description");
    for part in ["key", "token", "stringToSign", "signature"] {
        assert!(description.contains(text(first, part)), "{part}");
    }
}
