"""The checks of every door. Each gets the door and a server of Rollcall with the user alice."""

import itertools

from identity import (
    carries_the_largest_user,
    names_the_user_as_rollcall_does,
    overwrites_forged_names,
    passes_bodies_on,
)

NEW = "another fine password"
ROUNDS = 100


def asks_for_credentials(door, rollcall):
    visitor = door.visit()
    answer, _ = visitor.ask(door.for_all)
    challenge = answer.headers["WWW-Authenticate"] or answer.headers["Proxy-Authenticate"]
    assert answer.status == door.unauthenticated and challenge.startswith("Basic "), answer.headers
    assert visitor.status(door.for_all, "alice", "wrong password") == door.unauthenticated
    assert visitor.status((door.for_all[0], "/nothing")) == door.unauthenticated
    assert visitor.status(door.for_all, "alice") == 200


def asks_for_roles(door, rollcall):
    visitor = door.visit()
    status = visitor.status(door.for_auditors, "alice")
    assert status == 403, status
    rollcall.change(rollcall.alice, {"roles": [{"name": "auditor"}]})
    answer, content = visitor.ask(door.for_auditors, "alice")
    assert answer.status == 200 and door.secret in content, content
    rollcall.change(rollcall.alice, {"roles": []})
    assert visitor.status(door.for_auditors, "alice") == 403
    assert visitor.status(door.for_auditors) == door.unauthenticated


def sees_through_paths(door, rollcall):
    """No other spelling of a path or host leads past the role."""
    host, path = door.for_auditors
    spellings = [path.replace("/audit", other) for other in (
        "/%61udit", "//audit", "/x/../audit", "/./audit", "/AUDIT", "/app/../audit", "/app/..%2faudit",
        "/app/%2e%2e/audit", "/audit%2f..%2faudit", "/audit;x", "/audit%00",
    )]  # fmt: skip
    places = {(host, other) for other in spellings} | {(host.upper(), path), (host + ".", path)}
    for place in places:
        try:
            _, content = door.visit().ask(place, "alice")
        except OSError:  # The certificate has no such name.
            continue
        assert door.secret not in content, place


def limits_each_address(door, rollcall):
    """A visitor who guesses is stopped, whatever addresses it claims, and blocks no other."""
    guesser, other = door.visit("127.0.0.2"), door.visit("127.0.0.3")
    for number in range(10):
        claims = [
            ("X-Forwarded-For", f"192.0.2.{number}"), ("Forwarded", f"for=192.0.2.{number}"),
            ("Connection", "X-Forwarded-For"),
        ]  # fmt: skip
        status = guesser.status(door.for_all, "alice", f"guess {number}", headers=claims)
        assert status == door.unauthenticated, status
    answer, _ = guesser.ask(door.for_all, "alice", headers=[("X-Forwarded-For", "192.0.2.77")])
    assert answer.status == door.throttled, (answer.status, answer.headers)
    assert door.throttled != 429 or int(answer.headers["Retry-After"]) > 0, answer.headers
    assert other.status(door.for_all, "alice") == 200
    log = rollcall.log_with(" 127.0.0.2 GET /auth/verify 429 ")
    assert "trusted proxy" not in log, log


def revokes_at_once(door, rollcall):
    """The next request after each kind of loss is refused, on a connection that is already open."""
    kinds = {
        "password": lambda user, name: rollcall.change(user, {"plaintextPassword": NEW}),
        "disabled": lambda user, name: rollcall.change(user, {"status": "DISABLED"}),
        "deleted": lambda user, name: rollcall.ask("DELETE", f"/api/v1/users/{name}", None, 204),
        "role": lambda user, name: rollcall.change(user, {"roles": []}),
    }
    for (index, kind), number in itertools.product(enumerate(kinds), range(ROUNDS)):
        if number % 50 == 0:  # An address has a limit of 100 wrong passwords a minute.
            visitor = door.visit(f"127.{index + 1}.{number}.1")
        name = f"{kind}{number}"
        user = rollcall.add(name, roles=[door.role])
        assert visitor.status(door.for_auditors, name) == 200, name
        kinds[kind](user, name)
        expected = 403 if kind == "role" else door.unauthenticated
        answer, content = visitor.ask(door.for_auditors, name)
        assert answer.status == expected, (name, answer.status, content[:200])


def is_closed(door, rollcall):
    """No request gets through, with the credentials of a user who has just been let in."""
    visitor = door.visit()
    for place in (door.for_all, door.for_auditors, door.app):
        status = visitor.status(place, "alice")
        assert status in door.outages, (place, status)
        assert visitor.status(place) >= 400, place


def fails_closed_without_database(door, rollcall):
    assert door.visit().status(door.for_all, "alice") == 200
    rollcall.relay.cut()
    is_closed(door, rollcall)


def fails_closed_without_rollcall(door, rollcall):
    rollcall.process.terminate()
    rollcall.process.wait()
    is_closed(door, rollcall)


ALL = [
    asks_for_credentials, asks_for_roles, sees_through_paths, overwrites_forged_names,
    names_the_user_as_rollcall_does, passes_bodies_on, carries_the_largest_user, limits_each_address,
    revokes_at_once, fails_closed_without_database, fails_closed_without_rollcall,
]  # fmt: skip
