"""nginx in front of three replicas on one database, with the files of docs/recipes/nginx.md."""

import itertools

from checks import NEW, ROUNDS, is_closed
from nginx import Nginx, configure


def revokes_at_every_replica(door, rollcall):
    """A right that is lost at one replica is lost for the next request at each of them."""
    kinds = itertools.cycle([
        (401, lambda replica, user, name: replica.change(user, {"plaintextPassword": NEW})),
        (401, lambda replica, user, name: replica.change(user, {"status": "DISABLED"})),
        (401, lambda replica, user, name: replica.ask("DELETE", f"/api/v1/users/{name}", None, 204)),
        (403, lambda replica, user, name: replica.change(user, {"roles": []})),
    ])  # fmt: skip
    for number, (expected, revoke) in zip(range(ROUNDS), kinds):
        if number % 20 == 0:  # An address has a limit of 100 wrong passwords a minute.
            visitor = door.visit(f"127.1.{number}.1")
        name = f"user{number}"
        user = rollcall.add(name, roles=[door.role])
        seen = [visitor.status(door.for_auditors, name) for _ in door.replicas]
        assert seen == [200] * 3, (name, seen)
        revoke(door.replicas[number % 3], user, name)
        seen = [visitor.status(door.for_auditors, name) for _ in door.replicas]
        assert seen == [expected] * 3, (name, seen)
    for replica in door.replicas:  # The requests were spread over all of them.
        asked = replica.log_with(" GET /auth/verify ").count(" GET /auth/verify ")
        assert asked > ROUNDS, asked


def goes_on_without_one(door, rollcall):
    """A replica that is killed refuses no visitor, and lifts no limit."""
    visitor, guesser = door.visit(), door.visit("127.0.0.2")
    for number in range(30):  # Each replica counts up to ten of them.
        guesser.status(door.for_all, "alice", f"guess {number}")
    door.replicas[1].process.kill()
    door.replicas[1].process.wait()
    for _ in door.replicas:  # One of the requests is to the one that was killed, and goes on to another.
        answer, _ = guesser.ask(door.for_all, "alice")
        assert answer.status == door.throttled, answer.status
        assert int(answer.headers["Retry-After"]) > 0, answer.headers
    for _ in range(20):
        assert visitor.status(door.for_all, "alice") == 200
    assert visitor.status(door.for_all) == door.unauthenticated


def fails_closed_without_all(door, rollcall):
    for replica in door.replicas:
        replica.process.terminate()
        replica.process.wait()
    is_closed(door, rollcall)


class Replicas(Nginx):
    faults = [("$rollcall_status ~ 429$", "$rollcall_status = 429", "a limit is told as an outage")]
    checks = [revokes_at_every_replica, goes_on_without_one, fails_closed_without_all]

    def set_up(self, page):
        more = [self.rollcall.replica(self.folder / f"rollcall{number}") for number in (2, 3)]
        self.others += [replica.process for replica in more]
        self.replicas = [self.rollcall, *more]
        del self.changes["127.0.0.1:8080"]
        self.changes |= {
            f"10.0.0.{11 + index}:8080": f"127.0.0.1:{replica.port}"
            for index, replica in enumerate(self.replicas)
        }
        return configure(self, page, self.changes, with_replacements=True)
