//! Each construct of 3.1, and its words in 3.0.

use serde_json::{Value, json};

use super::{downgraded, schema::downgrade};

/// A schema of 3.1, and the same in 3.0.
fn schemas() -> impl Iterator<Item = (Value, Value)> {
    types().into_iter().chain(keywords()).chain(nested())
}

/// Types, null and references.
fn types() -> Vec<(Value, Value)> {
    vec![
        (json!({"type": ["string", "null"]}), json!({"type": "string", "nullable": true})),
        (
            json!({"type": ["null", "array"]}),
            json!({"type": "array", "nullable": true, "items": {}}),
        ),
        (
            json!({"type": ["string", "integer"]}),
            json!({"allOf": [{"anyOf": [{"type": "string"}, {"type": "integer"}]}]}),
        ),
        (
            json!({"type": ["string", "null", "integer"]}),
            json!({
                "allOf": [{"anyOf": [{"type": "string"}, {"type": "integer"}]}],
                "nullable": true
            }),
        ),
        (json!({"type": "null"}), json!({"enum": [null], "nullable": true})),
        (
            json!({"oneOf": [{"type": "null"}, {"$ref": "#/a"}], "description": "b"}),
            json!({"allOf": [{"$ref": "#/a"}], "description": "b", "nullable": true}),
        ),
        (
            json!({"anyOf": [{"const": null}, {"type": "string"}, {"$ref": "#/a"}]}),
            json!({"anyOf": [{"type": "string"}, {"$ref": "#/a"}], "nullable": true}),
        ),
        (json!({"$ref": "#/a"}), json!({"$ref": "#/a"})),
        (
            json!({"$ref": "#/a", "description": "b"}),
            json!({"allOf": [{"$ref": "#/a"}], "description": "b"}),
        ),
        (
            json!({"allOf": [{"type": "object"}], "$ref": "#/a"}),
            json!({"allOf": [{"$ref": "#/a"}, {"type": "object"}]}),
        ),
    ]
}

/// Keywords that 3.0 does not have, or has in another form.
fn keywords() -> Vec<(Value, Value)> {
    vec![
        (json!({"exclusiveMinimum": 0}), json!({"minimum": 0, "exclusiveMinimum": true})),
        (json!({"exclusiveMinimum": 0, "minimum": 1}), json!({"minimum": 1})),
        (
            json!({"exclusiveMaximum": 1.5, "maximum": 2}),
            json!({"exclusiveMaximum": true, "maximum": 1.5}),
        ),
        (json!({"const": "a"}), json!({"enum": ["a"]})),
        (json!({"examples": ["a", "b"]}), json!({"example": "a"})),
        (json!({"example": "a", "examples": ["b"]}), json!({"example": "a"})),
        (
            json!({"type": "string", "contentEncoding": "base64", "contentMediaType": "image/png"}),
            json!({"type": "string", "format": "byte"}),
        ),
        (
            json!({"type": "string", "contentMediaType": "application/octet-stream"}),
            json!({"type": "string", "format": "binary"}),
        ),
        (
            json!({"type": "array", "prefixItems": [{"type": "string"}], "items": false}),
            json!({"type": "array", "items": {}}),
        ),
        (
            json!({"patternProperties": {"^a": {}}, "additionalProperties": false, "if": {}}),
            json!({}),
        ),
    ]
}

/// Schemas in schemas, and what looks like one.
fn nested() -> Vec<(Value, Value)> {
    vec![
        (json!(true), json!({})),
        (json!({"items": false}), json!({"items": {"not": {}}})),
        (
            json!({
                "properties": {"const": {"const": 1}, "if": true},
                "additionalProperties": false
            }),
            json!({
                "properties": {"const": {"enum": [1]}, "if": {}},
                "additionalProperties": false
            }),
        ),
        (
            json!({"items": {"not": {"allOf": [{"additionalProperties": {"const": 1}}]}}}),
            json!({"items": {"not": {"allOf": [{"additionalProperties": {"enum": [1]}}]}}}),
        ),
        (
            json!({"type": "string", "example": {"const": 1, "$ref": "#/a"}}),
            json!({"type": "string", "example": {"const": 1, "$ref": "#/a"}}),
        ),
    ]
}

#[test]
fn every_construct_is_said_in_the_words_of_3_0() {
    for (new, old) in schemas() {
        let mut schema = new.clone();
        downgrade(&mut schema);
        assert_eq!(schema, old, "{new}");
    }
}

#[test]
fn a_schema_in_the_words_of_3_0_stays_as_it_is() {
    for (_, old) in schemas() {
        let mut schema = old.clone();
        downgrade(&mut schema);
        assert_eq!(schema, old);
    }
}

/// A document with `schema` in each of its places, and with data that looks like a schema of 3.1.
fn document(schema: &Value) -> Value {
    let data = json!({"schema": {"const": 1}});
    json!({
        "openapi": "3.0.3",
        "info": {"title": "a", "license": {"name": "b"}},
        "paths": {"/a": {"post": {
            "parameters": [{"name": "c", "schema": schema, "example": data}],
            "requestBody": {"content": {"d/e": {"schema": schema, "examples": {"f": data}}}},
            "responses": {
                "200": {"headers": {"g": {"schema": schema}}},
                "400": {"$ref": "#/components/responses/h"}
            },
            "x-i": data
        }}},
        "components": {"schemas": {"schema": schema}, "responses": {"h": {"description": "j"}}}
    })
}

#[test]
fn schemas_are_found_wherever_they_stand() {
    let mut new = document(&json!({"const": 1}));
    new["openapi"] = json!("3.1.0");
    assert_eq!(downgraded(&new), document(&json!({"enum": [1]})));
}

#[test]
fn members_that_3_0_does_not_have_are_left_out() {
    let old = document(&json!({}));
    let mut new = old.clone();
    new["jsonSchemaDialect"] = json!("https://spec.openapis.org/oas/3.1/dialect/base");
    new["webhooks"] = json!({});
    new["info"]["summary"] = json!("k");
    new["info"]["license"]["identifier"] = json!("MIT");
    new["components"]["pathItems"] = json!({});
    new["paths"]["/a"]["post"]["responses"]["400"]["description"] = json!("l");
    assert_eq!(downgraded(&new), old);
}

#[test]
fn a_reference_that_may_be_null_has_the_type_of_its_schema() {
    let schemas = |nullable: &Value| {
        json!({"openapi": "3.0.3", "components": {"schemas": {
            "a": {"type": "string"},
            "b": {"properties": {"c": nullable}},
        }}})
    };
    let reference = json!({"$ref": "#/components/schemas/a"});
    let new = schemas(&json!({"oneOf": [{"type": "null"}, reference]}));
    let old = schemas(&json!({"type": "string", "allOf": [reference], "nullable": true}));
    assert_eq!(downgraded(&new), old);
}
