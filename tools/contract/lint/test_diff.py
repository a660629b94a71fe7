"""tools/contract/diff-document finds each change that breaks clients, and lets the others pass."""

import concurrent.futures
import copy
import json
import pathlib
import tempfile
import unittest

from documents import PUBLISHED, changed, run

USERS, USER = ("paths", "/users"), ("paths", "/users/{userId}")
LIST, CREATE, GET, UPDATE = (*USERS, "get"), (*USERS, "post"), (*USER, "get"), (*USER, "patch")
CREATED = (*CREATE, "responses", "201")
PARAMETER = {"name": "dryRun", "in": "query", "required": False, "schema": {"type": "boolean"}}
REGISTRATION = ("UserRegistrationInfo", "properties")


def added_operation(it):
    operation = copy.deepcopy(it.at(*CREATE).value) | {"operationId": "replaceUsers"}
    it.at(*USERS).set("put", operation)


def renamed_schema(it):
    it.at("components", "schemas").set("Person", it.schema("User").value)
    it.at("components", "schemas").drop("User")
    for name, *place in [("UserEnvelope", "user"), ("UserList", "users", "items")]:
        it.schema(name, "properties", *place).set("$ref", "#/components/schemas/Person")


def renamed_path_parameter(it):
    for operation in it.at(*USER).value.values():
        operation["parameters"][0]["name"] = "id"
    it.at("paths").set("/users/{id}", it.at(*USER).value)
    it.at("paths").drop("/users/{userId}")


def required_member(it):
    it.schema("UserRegistrationInfo", "properties").set("age", {"type": "integer", "description": "Years."})
    it.schema("UserRegistrationInfo", "required").value.append("age")


BREAKING = {
    "an operation is gone": lambda it: it.at(*USERS).drop("get"),
    "an operationId is another": lambda it: it.at(*LIST).set("operationId", "getUsers"),
    "an operation's tag is another": lambda it: it.at(*LIST).set("tags", ["portal"]),
    "a schema has another name": renamed_schema,
    "a new member is required in requests": required_member,
    "a member is required in requests": lambda it: it.schema("UserChangeInfo").set("required", ["name"]),
    "a member is not taken in requests": lambda it: it.schema("UserChangeInfo", "properties").drop("roles"),
    "null is not taken": lambda it: it.schema("UserChangeInfo", "properties", "email").set("type", "string"),
    "a parameter is required": lambda it: it.at(*UPDATE, "parameters", 1).set("required", True),
    "a path parameter has another name": renamed_path_parameter,
    "maxLength is lower": lambda it: it.schema(*REGISTRATION, "plaintextPassword").set("maxLength", 100),
    "minLength is higher": lambda it: it.schema(*REGISTRATION, "plaintextPassword").set("minLength", 10),
    "a pattern is new": lambda it: it.schema(*REGISTRATION, "plaintextPassword").set("pattern", "^[a-z]+$"),
    "a pattern is another": lambda it: it.schema(*REGISTRATION, "name").set("pattern", "^[a-z]+$"),
    "a parameter's minimum is higher": lambda it: it.at(*GET, "parameters", 0, "schema").set("minimum", 2),
    "a value is not taken": lambda it: [it.schema("UserStatus", of).drop(1) for of in ("enum", "x-enum-varnames")],
    "a value of answers is new": lambda it: [
        it.schema("UserStatus", of).value.append("LOCKED") for of in ("enum", "x-enum-varnames")
    ],
    "a constant has another name": lambda it: it.schema("ProblemType", "x-enum-varnames").set(0, "MALFORMED"),
    "a kind of problem is gone": lambda it: [
        it.schema("ProblemType", of).drop(9) for of in ("enum", "x-enum-varnames")
    ],
    "a member of answers is gone": lambda it: it.schema("PortalUser", "properties").drop("admin"),
    "a member of answers may be missing": lambda it: it.schema("User", "required").value.remove("email"),
    "a member of answers may be null": lambda it: it.schema("User", "properties", "name").set(
        "type", ["string", "null"]
    ),
    "a member is of another type": lambda it: it.schema("User", "properties", "id").set("type", "string"),
    "other members are not taken": lambda it: it.schema("PortalUser").set("additionalProperties", False),
    "a header of answers is gone": lambda it: it.at(*CREATED, "headers").drop("ETag"),
    "a header of answers may be missing": lambda it: it.at(*CREATED, "headers", "ETag").set("required", False),
    "a status is another": lambda it: (
        it.at(*CREATE, "responses").set("200", it.at(*CREATED).value) or it.at(*CREATE, "responses").drop("201")
    ),
    "credentials are needed": lambda it: it.at(*CREATE, "security").drop(0),
    "credentials are not taken": lambda it: it.at(*LIST, "security").drop(1),
    "a credential's header has another name": lambda it: it.at("components", "securitySchemes", "sessionKey").set(
        "name", "X-Session-Key"
    ),
    "the server is elsewhere": lambda it: it.at("servers", 0).set("url", "/v2"),
}

HARMLESS = {
    "nothing": lambda it: None,
    "an operation is new": added_operation,
    "a description is another": lambda it: it.at(*LIST).set("description", "All of them."),
    "a member of answers is new": lambda it: it.schema("User", "properties").set("age", {"type": "integer"}),
    "an optional member of requests is new": lambda it: it.schema("UserChangeInfo", "properties").set(
        "nickname", {"type": "string"}
    ),
    "an optional parameter is new": lambda it: it.at(*CREATE).set("parameters", [PARAMETER]),
    "maxLength is higher": lambda it: it.schema(*REGISTRATION, "plaintextPassword").set("maxLength", 300),
}


def diff(document, released=PUBLISHED):
    """Whether a document passes, and the output."""
    with tempfile.TemporaryDirectory() as folder:
        file, old = pathlib.Path(folder) / "new.json", pathlib.Path(folder) / "old.json"
        file.write_text(json.dumps(document))
        old.write_text(json.dumps(released) if isinstance(released, dict) else released.read_text())
        return run("diff-document", file, old)


def versioned(version, change=lambda it: None):
    """The published document at a version, after a change."""
    document = changed(change)
    document["info"]["version"] = version
    return document


class Diff(unittest.TestCase):
    def each(self, changes):
        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            found = pool.map(lambda change: diff(changed(change)), changes.values())
            yield from zip(changes, found, strict=True)

    def test_what_breaks_clients_fails(self):
        for name, (passed, printed) in self.each(BREAKING):
            with self.subTest(name):
                self.assertFalse(passed, printed)
                self.assertIn("need a higher", printed)

    def test_harmless_changes_pass(self):
        for name, (passed, printed) in self.each(HARMLESS):
            with self.subTest(name):
                self.assertTrue(passed, printed)

    def test_what_breaks_clients_passes_at_a_version_that_says_so(self):
        change = BREAKING["an operation is gone"]
        for old, new, passes in [
            ("0.1.0", "0.1.9", False),
            ("0.1.0", "0.2.0", True),
            ("0.1.0", "1.0.0", True),
            ("1.1.0", "1.2.0", False),
            ("1.1.0", "2.0.0", True),
        ]:
            with self.subTest(old=old, new=new):
                passed, printed = diff(versioned(new, change), versioned(old))
                self.assertEqual(passed, passes, printed)
                self.assertIn("GET /users", printed)

    def test_no_version_is_lower_than_the_released_one(self):
        passed, printed = diff(versioned("0.1.9"), versioned("0.2.0"))
        self.assertFalse(passed, printed)
        self.assertIn("lower", printed)

    def test_an_invalid_document_fails_with_a_message(self):
        passed, printed = diff({**versioned("9.0.0"), "openapi": "9.9"})
        self.assertFalse(passed, printed)
        self.assertIn("redocly diff failed", printed)


if __name__ == "__main__":
    unittest.main()
