//! The document in OpenAPI 3.0.3 says what the one in 3.1 says.

#![expect(clippy::unwrap_used, reason = "these are tests")]

use rollcall_api_spec::{document_3_0_json, document_3_0_yaml, document_json};
use serde_json::{Map, Value};

/// Keywords of schemas that are not in 3.0.
const KEYWORDS: [&str; 27] = [
    "$anchor",
    "$comment",
    "$defs",
    "$dynamicAnchor",
    "$dynamicRef",
    "$id",
    "$schema",
    "$vocabulary",
    "const",
    "contains",
    "contentEncoding",
    "contentMediaType",
    "contentSchema",
    "dependentRequired",
    "dependentSchemas",
    "else",
    "examples",
    "if",
    "maxContains",
    "minContains",
    "patternProperties",
    "prefixItems",
    "propertyNames",
    "then",
    "unevaluatedItems",
    "unevaluatedProperties",
    "jsonSchemaDialect",
];

fn new() -> Value {
    serde_json::from_str(document_json()).unwrap()
}

fn old() -> Value {
    serde_json::from_str(document_3_0_json()).unwrap()
}

fn members(value: &Value) -> impl Iterator<Item = (&str, &Value)> {
    let members = value.as_object().into_iter().flat_map(Map::iter);
    members.map(|(name, value)| (name.as_str(), value))
}

/// Every object outside examples, with its place.
fn objects<'a>(place: &str, value: &'a Value, found: &mut Vec<(String, &'a Value)>) {
    if value.is_object() {
        found.push((place.to_owned(), value));
    }
    for (name, member) in members(value).filter(|(name, _)| *name != "example") {
        objects(&format!("{place}/{name}"), member, found);
    }
    for (number, item) in value.as_array().into_iter().flatten().enumerate() {
        objects(&format!("{place}/{number}"), item, found);
    }
}

/// Whether an object holds members of a schema by their names, which may be any.
fn is_map_of_properties(place: &str) -> bool {
    place.ends_with("/properties")
}

/// Takes the schemas away.
fn without_schemas(mut value: Value) -> Value {
    match &mut value {
        Value::Object(object) => {
            object.retain(|name, _| name != "schema" && name != "schemas");
            for member in object.values_mut() {
                *member = without_schemas(member.take());
            }
        }
        Value::Array(items) => {
            for item in items {
                *item = without_schemas(item.take());
            }
        }
        _ => {}
    }
    value
}

#[test]
fn no_keyword_of_3_1_is_left() {
    let document = old();
    assert_eq!(document["openapi"], "3.0.3");
    let mut found = Vec::new();
    objects("", &document, &mut found);
    for (place, object) in found {
        let names = members(object).map(|(name, _)| name);
        // In a schema there is one `example`; beside a schema there may be many.
        let is_allowed = |name: &str| name == "examples" && object.get("schema").is_some();
        let left: Vec<_> =
            names.filter(|name| KEYWORDS.contains(name) && !is_allowed(name)).collect();
        assert!(left.is_empty() || is_map_of_properties(&place), "{place}: {left:?}");
        let is_reference = object["$ref"].is_string();
        assert!(!is_reference || members(object).count() == 1, "{place}: {object}");
        assert!(!object["type"].is_array() && object["type"] != "null", "{place}: {object}");
        for bound in ["exclusiveMinimum", "exclusiveMaximum"] {
            assert!(!object[bound].is_number(), "{place}: {object}");
        }
    }
    assert!(document["info"]["license"].get("identifier").is_none());
}

#[test]
fn the_operations_are_the_same_but_for_their_schemas() {
    let [mut new, old] = [new(), old()].map(without_schemas);
    new["openapi"] = "3.0.3".into();
    assert_eq!(new, old);
}

#[test]
fn the_schemas_have_the_same_names_members_and_constants() {
    let [new, old] = [new(), old()].map(|document| document["components"]["schemas"].clone());
    assert_eq!(new.as_object().unwrap().len(), old.as_object().unwrap().len());
    for (name, schema) in members(&new) {
        let names = |schema: &Value| -> Vec<String> {
            members(&schema["properties"]).map(|(name, _)| name.to_owned()).collect()
        };
        assert_eq!(names(schema), names(&old[name]), "{name}");
        for keyword in ["required", "enum", "x-enum-varnames", "additionalProperties", "example"] {
            assert_eq!(schema[keyword], old[name][keyword], "{name} {keyword}");
        }
    }
}

#[test]
fn every_member_that_may_be_null_is_nullable() {
    let [new, old] = [new(), old()];
    let mut found = Vec::new();
    objects("", &new, &mut found);
    let accepts_null = |schema: &Value| {
        schema["type"].as_array().is_some_and(|types| types.contains(&"null".into()))
    };
    let nullable: Vec<_> = found.iter().filter(|(_, schema)| accepts_null(schema)).collect();
    assert!(!nullable.is_empty());
    for (place, _) in nullable {
        let schema = old.pointer(&place.replace('~', "~0")).unwrap();
        assert_eq!(schema["nullable"], true, "{place}: {schema}");
    }
}

#[test]
fn the_yaml_is_the_json() {
    let yaml: Value = yaml_serde::from_str(document_3_0_yaml()).unwrap();
    assert_eq!(yaml, old());
}
