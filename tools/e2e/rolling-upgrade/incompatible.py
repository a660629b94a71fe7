"""An upgrade to a schema that the previous release may not write: docs/operations.md, "Roll back"."""
import http.client

from database import Database, call
from load_client import ADMIN, BALANCER, PASSWORD, request
from replicas import Replicas, look_for_all_writes, under_load
from server import Server


def check_refusal(text, level, lowest):
    """The last line names the setting and both levels."""
    line = (text.splitlines() or [""])[-1]
    levels = f"requires a release of schema level {lowest} or higher; this one has {level}"
    assert line.startswith("error: --database-url (ROLLCALL_DATABASE_URL): ") and line.endswith(levels), text
    return line


def stop_and_upgrade(log, folder, previous, this, lowest):
    database, backup = Database("upgraded"), folder / "backup.dump"
    database.create()
    replicas = Replicas(log, previous.binary, database.url)
    try:
        replicas.wait_for("listening on")
        before = under_load(replicas, lambda: None)
        look_for_all_writes(replicas.port, before)
        database.back_up(backup)
        # By mistake the first process of this build comes before the replicas have ended.
        Server(log, this.binary, database.url).stop()
        assert database.level() == this.level
        write_nothing(replicas.port, database, before)
    finally:
        replicas.stop()
    refuse(database, previous, lowest)
    replicas = Replicas(log, this.binary, database.url)
    try:
        replicas.wait_for("listening on")
        look_for_all_writes(replicas.port, before)
        after = under_load(replicas, lambda: None, first=len(before))
        look_for_all_writes(replicas.port, before + after)
    finally:
        replicas.stop()
    go_back(log, database, backup, previous, before)


def write_nothing(port, database, clients):
    """Replicas of the previous release answer what they can read, and refuse each change."""
    user, contents = clients[0].user, database.contents()
    path, tag = f"/users/{user['id']}", str(user["version"])
    info = {"name": "late", "email": "late@example.com", "plaintextPassword": PASSWORD}
    changes = [
        ("PUT", "/api/v1/users/late", {"value": {"password": PASSWORD}}),
        ("PATCH", f"/api/v1/users/{user['name']}", {"value": {"password": PASSWORD + "!"}}),
        ("DELETE", f"/api/v1/users/{user['name']}", None),
        ("POST", "/users", {"userInfo": info}),
        ("PATCH", path, {"userInfo": {"email": "late@example.com"}}),
        ("POST", "/tokens", {"credentials": {"name": user["name"], "password": PASSWORD}}),
    ]
    for _ in range(3):  # Each replica has its turn.
        for method, target, body in changes:
            headers = {"If_Match": tag} if target == path else {}
            answer = ask(port, method, target, body, **headers)
            assert answer[0] == 503, f"{method} {target}: {answer}"
        assert ask(port, "GET", path) == (200, {"user": user})
        assert ask(port, "GET", "/users")[0] == 200
    assert database.contents() == contents, "a replica of the previous release has written"
    print(f"replicas of the previous release answer reads, and 503 to {3 * len(changes)} changes")


def ask(port, *arguments, **headers):
    return request(http.client.HTTPConnection(BALANCER, port), arguments[0], arguments[1], ADMIN,
                   arguments[2] if len(arguments) > 2 else None, **headers)


def refuse(database, previous, lowest):
    """The previous release neither serves the store nor runs a command on it, and leaves it as it is."""
    contents = database.contents()
    for command in (["serve"], ["user", "list"], ["user", "passwd", "admin"]):
        said = call(previous.binary, database.url, *command, password=PASSWORD, status=1)
        line = check_refusal(said, previous.level, lowest)
    assert database.contents() == contents, "a refusal has written"
    print(f"the previous release refuses the store: {line}")


def go_back(log, database, backup, previous, clients):
    """The backup from before the upgrade has each write of then, and none of later."""
    database.restore(backup)
    assert database.level() == previous.level
    replicas = Replicas(log, previous.binary, database.url)
    try:
        replicas.wait_for("listening on")
        look_for_all_writes(replicas.port, clients)
    finally:
        replicas.stop()
