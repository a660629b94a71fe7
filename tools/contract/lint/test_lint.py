"""tools/contract/lint-document finds each mistake by the rule that is for it."""

import collections
import json
import pathlib
import re
import tempfile
import unittest

from documents import PUBLISHED_3_0, changed, run

USERS, USER = ("paths", "/users"), ("paths", "/users/{userId}")
LIST, CREATE, GET = (*USERS, "get"), (*USERS, "post"), (*USER, "get")
CREATED = (*CREATE, "responses", "201", "content", "application/json", "example", "user")
STRANGER = {"$ref": "#/components/schemas/Stranger"}
UNUSED = {"type": "string", "description": "Nothing refers to it."}
PLAIN = {"text/plain": {"schema": {"$ref": "#/components/schemas/UserRegistration"}}}


def without_refusals(it):
    responses = it.at(*LIST, "responses").value
    for status in [status for status in responses if status >= "400"]:
        del responses[status]


def with_colliding_paths(it):
    it.at("paths").set("/users/{id}", {"delete": it.at("paths", "/tokens/{sessionKey}", "delete").value})


def named(word):
    return lambda it: it.schema("UserSort", "x-enum-varnames").set(1, word)


# The flaw, the rule that must report it, and the change that makes it.
MISTAKES = [
    ("no summary", "operation-summary", lambda it: it.at(*LIST).drop("summary")),
    (
        "a summary twice",
        "operation-summary-unique",
        lambda it: it.at(*LIST).set("summary", it.at("paths", "/api/v1/users", "get").value["summary"].upper()),
    ),
    ("no description", "operation-description", lambda it: it.at(*LIST).drop("description")),
    ("no operationId", "operation-operationId", lambda it: it.at(*LIST).drop("operationId")),
    ("an operationId twice", "operation-operationId-unique", lambda it: it.at(*LIST).set("operationId", "getUser")),
    ("an undeclared tag", "operation-tag-defined", lambda it: it.at(*LIST).set("tags", ["unknown"])),
    ("two tags", "operation-singular-tag", lambda it: it.at(*LIST).set("tags", ["directory", "portal"])),
    ("no security", "security-defined", lambda it: it.at(*LIST).drop("security")),
    ("an unknown scheme", "security-defined", lambda it: it.at(*LIST).set("security", [{"unknown": []}])),
    ("no refusals", "operation-4xx-response", without_refusals),
    ("paths that collide", "no-identical-paths", with_colliding_paths),
    ("an undeclared path parameter", "path-parameters-defined", lambda it: it.at(*GET, "parameters").drop(0)),
    (
        "no description of a parameter",
        "parameter-description",
        lambda it: it.at(*GET, "parameters", 0).drop("description"),
    ),
    ("a body that is not JSON", "request-mime-type", lambda it: it.at(*CREATE, "requestBody").set("content", PLAIN)),
    (
        "no challenge",
        "response-contains-header",
        lambda it: it.at("components", "responses", "DirectoryUnauthenticated", "headers").drop("WWW-Authenticate"),
    ),
    (
        "no request id",
        "response-contains-header",
        lambda it: it.at(*LIST, "responses", "200", "headers").drop("X-Request-Id"),
    ),
    (
        "an unresolved reference",
        "no-unresolved-refs",
        lambda it: it.schema("UserEnvelope", "properties").set("user", STRANGER),
    ),
    ("an unused component", "no-unused-components", lambda it: it.at("components", "schemas").set("Unused", UNUSED)),
    (
        "a required member that there is not",
        "no-required-schema-properties-undefined",
        lambda it: it.schema("User").set("required", ["nickname"]),
    ),
    ("3.0's nullable", "struct", lambda it: it.schema("PortalUser", "properties", "admin").set("nullable", True)),
    ("an unknown type", "struct", lambda it: it.schema("PortalUser", "properties", "admin").set("type", "bool")),
    ("an enum of another type", "no-enum-type-mismatch", lambda it: it.schema("UserStatus").set("enum", [1])),
    (
        "an example of another type",
        "no-invalid-schema-examples",
        lambda it: it.schema("User", "example").set("id", "one"),
    ),
    (
        "an example that is too long",
        "oas3-valid-schema-example",
        lambda it: it.schema("UserRegistrationInfo", "properties", "name").set("example", "a" * 65),
    ),
    ("an example without a member", "no-invalid-media-type-examples", lambda it: it.at(*CREATED).drop("id")),
    ("an enum without names", "enum-names", lambda it: it.schema("UserSort").drop("x-enum-varnames")),
    ("an enum with too few names", "enum-names", lambda it: it.schema("UserSort", "x-enum-varnames").drop(0)),
    ("a name twice", "enum-names", lambda it: it.schema("UserSort", "x-enum-varnames").set(0, "NAME")),
    ("a name in lower case", "enum-names", lambda it: it.schema("UserSort", "x-enum-varnames").set(0, "identifier")),
    *(
        (f"a name that is reserved, {word}", "enum-names", named(word))
        for word in ["name", "class", "func", "SELF", "NONE", "BEGIN", "CLASS", "internal", "fun"]
    ),
    (
        "an int64 without a maximum",
        "safe-integers",
        lambda it: it.schema("User", "properties", "id").drop("maximum"),
    ),
    (
        "an int64 with a maximum beyond 2^53",
        "safe-integers",
        lambda it: it.schema("User", "properties", "id").set("maximum", 2**63 - 1),
    ),
    ("an example beyond 2^53", "safe-integers", lambda it: it.schema("User", "example").set("id", 2**53 + 1)),
    (
        "an example that is too small",
        "no-invalid-parameter-examples",
        lambda it: it.at(*GET, "parameters", 0).set("example", 0),
    ),
]

# The rules in tools/contract/lint/functions.
OWN = {"enum-names", "safe-integers", "operation-summary-unique"}

# What 3.1 has and 3.0 does not.
NEW = [
    lambda it: it.schema("User", "properties", "email").set("type", ["string", "null"]),
    lambda it: it.schema("User", "properties", "version").set("exclusiveMinimum", 0),
    lambda it: it.schema("User", "properties", "name").set("const", "admin"),
    lambda it: it.at("info", "license").set("identifier", "MIT"),
]


def lint(*documents):
    """Whether these documents are sound, and the names of the rules that each breaks."""
    with tempfile.TemporaryDirectory() as folder:
        files = [pathlib.Path(folder) / f"{number}.json" for number in range(len(documents))]
        for file, document in zip(files, documents, strict=True):
            file.write_text(json.dumps(document))
        sound, printed = run("lint-document", *files)
    rules, number = collections.defaultdict(set), None
    for line in printed.splitlines():
        if heading := re.fullmatch(r".*/(\d+)\.json:?", line):
            number = int(heading[1])
        elif finding := re.match(r" +\d+:\d+ +(?:error|warning) +(\S+)", line):
            rules[number].add(finding[1])
    return sound, rules, printed


class Lint(unittest.TestCase):
    def test_the_published_document_is_sound(self):
        sound, rules, printed = lint(changed())
        self.assertTrue(sound, printed)
        self.assertFalse(rules, printed)

    def test_the_document_in_openapi_3_0_is_sound(self):
        sound, rules, printed = lint(changed(published=PUBLISHED_3_0))
        self.assertTrue(sound, printed)
        self.assertFalse(rules, printed)

    def test_constructs_of_3_1_are_found_in_the_document_in_3_0(self):
        sound, rules, printed = lint(*(changed(change, PUBLISHED_3_0) for change in NEW))
        self.assertFalse(sound)
        for number in range(len(NEW)):
            self.assertIn("struct", rules[number], printed)

    def test_our_own_rules_hold_for_the_document_in_3_0(self):
        mistakes = [mistake for mistake in MISTAKES if mistake[1] in OWN]
        sound, rules, printed = lint(*(changed(change, PUBLISHED_3_0) for _, _, change in mistakes))
        self.assertFalse(sound)
        for number, (name, rule, _) in enumerate(mistakes):
            with self.subTest(name):
                self.assertIn(rule, rules[number], printed)

    def test_each_mistake_is_found(self):
        sound, rules, printed = lint(*(changed(change) for _, _, change in MISTAKES))
        self.assertFalse(sound)
        for number, (name, rule, _) in enumerate(MISTAKES):
            with self.subTest(name):
                self.assertIn(rule, rules[number], printed)

    def test_what_one_linter_alone_finds_fails(self):
        for alone, change in [
            ({"operation-singular-tag"}, lambda it: it.at(*LIST).set("tags", ["directory", "portal"])),
            ({"info-description"}, lambda it: it.at("info").drop("description")),
        ]:
            with self.subTest(alone):
                sound, rules, printed = lint(changed(change))
                self.assertFalse(sound, printed)
                self.assertEqual(rules[0], alone, printed)


if __name__ == "__main__":
    unittest.main()
