"""Email addresses by RFC 6531. The document's pattern says nearly all about them, but drawing from it an address
of a given length takes a generator seconds. So addresses have a strategy of their own, and examples at the limits
of the length, which the phase "coverage" takes before it draws any."""

import schemathesis
from hypothesis import strategies as st

# Letters of several scripts. Which domains exist beyond ASCII no pattern says.
local_parts = st.text([*"abcxyzABC019+-_", *"\u00e4\u00f1\u0436\u4e2d"], min_size=1, max_size=16)
domains = st.sampled_from(["example.com", "b.example", "localhost", "b\u00fccher.example", "\u4f8b\u5b50.example"])
schemathesis.openapi.format("idn-email", st.tuples(local_parts, domains).map("@".join))

INTERNATIONALIZED = ["\u0436\u00e4\u4e2d@b\u00fccher.example", "x@\u4f8b\u5b50.example"]


def of_length(length):
    """An address of ASCII with so many characters, at most 64 before the `@` and 63 in a label of the domain."""
    local = "x" * min(64, length // 2)
    labels = ("y" * 62 + ".") * (length // 63 + 1)
    return f"{local}@{labels[: length - len(local) - 2]}y"


def examples(schema):
    """Addresses at the limits of a schema's length and beside them, and internationalized ones. The one that is too
    long is used where a case is to be so, and only its length is wrong then."""
    low, high = schema.get("minLength", 3), schema["maxLength"]
    return [*map(of_length, [low, low + 1, high - 1, high, high + 1]), *INTERNATIONALIZED]


@schemathesis.hook
def before_load_schema(context, raw_schema):
    """Adds examples to each schema of an address."""
    for schema in schemas_of_addresses(raw_schema):
        schema["examples"] = examples(schema)


def schemas_of_addresses(node):
    """The schemas of members and parameters with the name `email` that limit the length."""
    if isinstance(node, dict):
        schema = node.get("schema") if node.get("name") == "email" else node.get("email")
        if isinstance(schema, dict) and "maxLength" in schema:
            yield schema
    inner = node.values() if isinstance(node, dict) else node if isinstance(node, list) else ()
    for item in inner:
        yield from schemas_of_addresses(item)
