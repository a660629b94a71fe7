"""The user whom a program behind the door is told of. Each check gets the door and a server of Rollcall
with the user alice."""

import itertools, json

# Names, and Remote-User for them.
ENCODED = {
    "b\u00f6b": "b%C3%B6b",
    "o'neil+&\"=$;": "o'neil+&\"=$;",
    "\u5f20\u4f1f": "%E5%BC%A0%E4%BC%9F",
}
FORGED = {"User": "admin", "User-Id": "1", "Email": "admin@example.com", "Groups": "admin,auditor"}


def forgeries():
    """Lists of headers that a program may take for those of the proxy."""
    for separator in "-_.":
        names = {f"Remote-{name}".replace("-", separator): value for name, value in FORGED.items()}
        for change in (str, str.lower, str.upper):
            yield [(change(name), value) for name, value in names.items()]
            yield [(change(name), value) for name, value in names.items()] * 2
    yield [(f"Remote{a}User{b}Id", "1") for a, b in itertools.product("-_.", repeat=2)]
    yield [("Connection", "Remote-User, Remote-Email, Remote-Groups, Remote-User-Id")]
    yield [("X-Forwarded-For", "192.0.2.9"), ("x-forwarded-for", "192.0.2.9")]
    yield [("X-Forwarded-Prefix", "/x"), ("X-Forwarded-User", "admin"), ("Remote-User", "")]


def seen(door, visitor, *arguments, **options):
    """What the program is told of the user, and the length of the body that it got."""
    answer, content = visitor.ask(door.app, *arguments, **options)
    assert answer.status == 200, (answer.status, content)
    got = json.loads(content)
    names = [name for name, _ in got["headers"]]
    assert "authorization" not in names and "proxy-authorization" not in names, names
    addresses = ", ".join(value for name, value in got["headers"] if name == "x-forwarded-for")
    assert set(addresses.split(", ")) == {visitor.address}, addresses
    remote = [(plain(name), value) for name, value in got["headers"] if plain(name).startswith("remote-")]
    assert len(dict(remote)) == len(remote), remote
    return {name: value for name, value in remote if value}, got["length"]


def plain(name):
    return "".join(letter if letter.isalnum() else "-" for letter in name)


def overwrites_forged_names(door, rollcall):
    visitor = door.visit()
    expected = {"remote-user": "alice", "remote-user-id": str(rollcall.alice), "remote-email": "alice@example.com"}
    remote, _ = seen(door, visitor, "alice")
    assert remote == expected, remote
    nameless = {"remote-user": "bob", "remote-user-id": str(rollcall.add("bob"))}
    for forged in forgeries():
        for name, own in (("alice", expected), ("bob", nameless)):
            remote, _ = seen(door, visitor, name, headers=forged)
            assert remote == own, (forged, remote)
        assert visitor.status(door.app, headers=forged) == door.unauthenticated, forged


def names_the_user_as_rollcall_does(door, rollcall):
    """In Rollcall's own spelling, with its encoding, for every way to type the name."""
    visitor = door.visit()
    for typed in ("ALICE", "Alice", "\uff41lice"):
        assert seen(door, visitor, typed)[0]["remote-user"] == "alice", typed
    for name, encoded in ENCODED.items():
        rollcall.add(name)
        remote, _ = seen(door, visitor, name)
        assert remote["remote-user"] == encoded, remote
    # A door that decodes once more than Rollcall takes these for alice.
    for typed in ("%61lice", "al ice", "alice ", " alice", "alice%00", "alice%20", "100% alice", "", "alice\\"):
        assert visitor.status(door.app, typed) == door.unauthenticated, typed


def passes_bodies_on(door, rollcall):
    visitor = door.visit()
    for size in (0, 1, 1_000_000):
        assert seen(door, visitor, "alice", method="POST", body=b"x" * size)[1] == size
    refused = door.visit().status(door.app, "alice", "wrong password", method="POST", body=b"x" * 1000)
    assert refused == door.unauthenticated


def carries_the_largest_user(door, rollcall):
    name = "\U00020000" * 64
    roles = [f"r{number:02}{'x' * 61}" for number in range(32)]
    domain = ".".join([letter * 30 for letter in "\u00e9\u00f6\u00fc"] + ["\u00e4"])
    rollcall.add(name, f"{chr(0xe9) * 32}@{domain}", roles)
    remote, _ = seen(door, door.visit(), name)
    assert remote["remote-user"] == "%F0%A0%80%80" * 64, remote
    assert remote["remote-groups"] == ",".join(roles), remote
