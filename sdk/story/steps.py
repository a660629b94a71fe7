"""The story that every default-generated client tells: the one list of its steps.

A client's program sends these requests and no others, in this order. `recorder.py` judges them, so
that no language leaves a step out. A member that is null counts as left out, as the contract says, and
so does an empty one that the contract ignores. A time may be written in any zone.
"""

from dataclasses import dataclass
from typing import Any

NAME = "Zoë"
PASSWORD = "correct horse battery"
EMAIL = "zoe@example.com"
NEW_EMAIL = "zoe@example.org"
BY_NAME = "/api/v1/users/Zo%C3%AB"
BY_ID = "/users/2"
KEYS = "/users/2/keys"
ME = "/users/me"
# The caller of a request that carries the secret of a key.
KEY = "an API key"


@dataclass(frozen=True)
class Step:
    """A request that a client sends, and what its answer shows."""

    title: str
    method: str
    path: str
    status: int
    caller: str | None = None
    body: Any = None
    condition: str | None = None
    ignored: str | None = None
    shows: Any = None


def change(**fields: Any) -> dict[str, Any]:
    """The body that changes these fields of a user."""
    return {"userInfo": fields}


def user(version: int, **fields: Any) -> dict[str, Any]:
    """What an answer shows of the user."""
    return {"user": {"version": version, "name": NAME} | fields}


def problem(kind: str) -> dict[str, Any]:
    """What an answer shows of a refusal."""
    return {"type": f"urn:rollcall:problem:{kind}"}


KEY_INFO = {
    "name": "nightly backup",
    "scopes": ["verify", "users:read"],
    "expireTime": "2100-01-31T00:00:00Z",
}
AUDITOR = [{"name": "auditor"}]
CHANGED = {"email": NEW_EMAIL, "roles": AUDITOR}

STEPS = [
    Step(
        "registers with a name beyond ASCII",
        "POST",
        "/users",
        201,
        body={"userInfo": {"name": NAME, "email": EMAIL, "plaintextPassword": PASSWORD}},
        ignored="roles",
        shows=user(0, email=EMAIL, roles=[]),
    ),
    Step(
        "logs in",
        "POST",
        "/tokens",
        201,
        body={"credentials": {"name": NAME, "password": PASSWORD}},
        shows={"sessionToken": {"userId": 2, "admin": False}},
    ),
    Step(
        "gets the user by name, with credentials beyond ASCII",
        "GET",
        BY_NAME,
        200,
        caller=NAME,
        shows={"username": NAME, "admin": False},
    ),
    Step("gets the user by id", "GET", BY_ID, 200, caller="admin", shows=user(0, email=EMAIL)),
    Step(
        "lists the first page",
        "GET",
        "/users?limit=1",
        200,
        caller="admin",
        shows={"userList": {"users": [{"id": 1, "name": "admin"}]}},
    ),
    Step(
        "lists the last page",
        "GET",
        "/users?limit=1&pageToken=",
        200,
        caller="admin",
        shows={"userList": {"users": [{"id": 2, "name": NAME}], "nextPageToken": None}},
    ),
    Step(
        "makes a key with scopes and an expiry",
        "POST",
        KEYS,
        201,
        caller=NAME,
        body={"keyInfo": KEY_INFO},
        shows={"key": KEY_INFO | {"lastUseTime": None}},
    ),
    Step(
        "lists the keys",
        "GET",
        KEYS,
        200,
        caller=NAME,
        shows={"keyList": {"keys": [KEY_INFO | {"lastUseTime": None}]}},
    ),
    Step("gets the user that the key is of", "GET", ME, 200, caller=KEY, shows=user(0, email=EMAIL)),
    Step(
        "is refused with the key what its scopes lack",
        "PATCH",
        BY_ID,
        403,
        caller=KEY,
        body=change(email=NEW_EMAIL),
        condition="0",
        shows=problem("insufficient-scope"),
    ),
    Step("ends the key", "DELETE", f"{KEYS}/", 204, caller=NAME),
    Step(
        "is refused with the ended key",
        "GET",
        ME,
        401,
        caller=KEY,
        shows=problem("unauthenticated"),
    ),
    Step(
        "sets the email address of the version that was read",
        "PATCH",
        BY_ID,
        200,
        caller="admin",
        body=change(email=NEW_EMAIL),
        condition="0",
        shows=user(1, email=NEW_EMAIL, roles=[]),
    ),
    Step(
        "is refused with the version of before",
        "PATCH",
        BY_ID,
        412,
        caller="admin",
        body=change(status="DISABLED"),
        condition="0",
        shows=problem("version-mismatch"),
    ),
    Step(
        "gives a role",
        "PATCH",
        BY_ID,
        200,
        caller="admin",
        body=change(roles=AUDITOR),
        condition="1",
        shows=user(2, status="ENABLED", **CHANGED),
    ),
    Step(
        "changes the status alone, which keeps role and address",
        "PATCH",
        BY_ID,
        200,
        caller="admin",
        body=change(status="DISABLED"),
        condition="2",
        shows=user(3, status="DISABLED", **CHANGED),
    ),
    Step(
        "takes the email address away, which keeps the role",
        "PATCH",
        BY_ID,
        200,
        caller="admin",
        body=change(email=""),
        condition="3",
        shows=user(4, status="DISABLED", email=None, roles=AUDITOR),
    ),
    Step("deletes the user by name", "DELETE", BY_NAME, 204, caller="admin"),
    Step("finds no user", "GET", BY_ID, 404, caller="admin", shows=problem("not-found")),
]
