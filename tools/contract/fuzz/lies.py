"""Changes to the document that the server does not fulfil. The test must find each of them."""

import json

CREATE = ("paths", "/users", "post")
PASSWORD = ("components", "schemas", "PortalUserCreateValue", "properties", "password")
EMAIL = ("components", "schemas", "UserRegistrationInfo", "properties", "email")
CREATED = (*CREATE, "responses", "201")


def at(document, path):
    for part in path:
        document = document[part]
    return document


def drop(*path):
    return lambda document: at(document, path[:-1]).pop(path[-1])


def put(value, *path):
    return lambda document: at(document, path[:-1]).__setitem__(path[-1], value)


def move(new, *path):
    return lambda document: at(document, path[:-1]).__setitem__(new, at(document, path[:-1]).pop(path[-1]))


# The lie, the caller and the operation that reveal it, the code of the failure, and the change.
LIES = [
    ("a status is not documented", "admin", "createUser", "ST103", drop(*CREATE, "responses", "409")),
    ("a body is of another type", "anonymous", "listUsers", "ST105", move(
        "text/plain", "components", "responses", "DirectoryUnauthenticated", "content", "application/problem+json"
    )),
    ("a header is promised", "anonymous", "createUser", "ST107", move("Place", *CREATED, "headers", "Location")),
    ("null is answered", "admin", "listUsers", "ST108", put(
        "string", "components", "schemas", "User", "properties", "email", "type"
    )),
    ("larger numbers are taken", "admin", "listUsers", "ST201", put(
        5, "paths", "/users", "get", "parameters", 0, "schema", "maximum"
    )),
    ("longer data is refused", "admin", "createPortalUser", "ST202", put(300, *PASSWORD, "maxLength")),
    ("longer addresses are taken", "admin", "createUser", "ST201", put(200, *EMAIL, "maxLength")),
    ("longer addresses are refused", "admin", "createUser", "ST202", put(300, *EMAIL, "maxLength")),
    ("no credentials are needed", "admin", "createUser", "ST401", drop(*CREATE, "security", 0)),
    ("signatures are of no use", "admin-signed", "createUser", "ST401", drop(*CREATE, "security", 0)),
]  # fmt: skip


def tell(document, lie):
    """The document after a change, as text."""
    document = json.loads(document.read_text())
    lie(document)
    return json.dumps(document)
