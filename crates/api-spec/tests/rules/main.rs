//! Rules that make the document usable by generators, linters and people. Each rule is a function
//! that lists its violations, and a test proves that it finds them.

#![expect(clippy::unwrap_used, reason = "these are tests")]

mod document;
mod edits;
mod examples;
mod operations;
mod responses;
mod schemas;
mod words;

use serde_json::Value;

use crate::edits::Edit;

/// What in a document breaks a rule.
type Rule = fn(&Value) -> Vec<String>;

/// The rules, each with what it must find.
const RULES: [(&str, Rule, &[Edit]); 20] = [
    (
        "the version of OpenAPI is one that generators take",
        operations::openapi_version,
        edits::VERSION,
    ),
    ("every operation has one tag, which is described", operations::tags, edits::TAGS),
    ("every operation is summed up and described", operations::descriptions, edits::WORDS),
    ("no two summaries are the same", operations::summaries, edits::SUMMARIES),
    (
        "every operationId is unique and reads as a method's name",
        operations::operation_ids,
        edits::IDS,
    ),
    ("every operation says whom it is for", operations::security, edits::SECURITY),
    ("parameters are described, required or never null", operations::parameters, edits::PARAMETERS),
    (
        "request bodies are required as the source says, named and have an example",
        operations::request_bodies,
        edits::REQUESTS,
    ),
    (
        "creating and deleting operations link to existing operations",
        operations::links,
        edits::LINKS,
    ),
    (
        "there is one answer of success, and 204 and 304 have no body",
        responses::successes,
        edits::SUCCESSES,
    ),
    ("refusals have the form of their set and an example", responses::refusals, edits::REFUSALS),
    (
        "every status that the kind of operation can give is there",
        responses::statuses,
        edits::STATUSES,
    ),
    ("every header of an answer is described and always there", responses::headers, edits::HEADERS),
    ("every answer is of a schema with a name", responses::bodies, edits::BODIES),
    ("schemas have names that no generator trips over", schemas::names, edits::NAMES),
    ("no two enums have a constant of the same name", schemas::constants, edits::CONSTANTS),
    ("schemas are concrete, and so are their members", schemas::concreteness, edits::MEMBERS),
    ("patterns name no character beyond ASCII by number", schemas::patterns, edits::PATTERNS),
    ("requests take no unknown members", schemas::closed_requests, edits::CLOSED),
    ("examples are valid", examples::validity, edits::EXAMPLES),
];

#[test]
fn the_document_keeps_every_rule() {
    let document = document::published();
    let breaches: Vec<_> = RULES
        .iter()
        .flat_map(|(name, rule, _)| {
            rule(&document).into_iter().map(move |breach| format!("{name}: {breach}"))
        })
        .collect();
    assert!(breaches.is_empty(), "{}", breaches.join("\n"));
}

#[test]
fn every_rule_finds_what_it_is_for() {
    for (name, rule, edits) in RULES {
        assert!(!edits.is_empty(), "nothing breaks the rule: {name}");
        for (place, change) in edits {
            let mut document = document::published();
            change(document.pointer_mut(place).unwrap_or_else(|| panic!("{place} is gone")));
            assert!(!rule(&document).is_empty(), "{name}: {place} was changed unseen");
        }
    }
}

#[test]
fn the_examples_are_the_ones_of_the_source_documents() {
    examples::are_the_source_documents_own(&document::published());
}
