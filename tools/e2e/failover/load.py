"""What clients do with the processes of one way to the database, and what they saw."""

import itertools
import threading
import time

from service import PASSWORD

WRITERS, READERS = 2, 2


class Load:
    """Clients of two processes, from `begin` to `end`."""

    def __init__(self, way, processes):
        self.way, self.processes = way, processes
        self.acknowledged = []
        self.numbers = itertools.count()
        self.lock = threading.Lock()
        status, _, _ = processes[0].request("PUT", f"/api/v1/users/{way}-temp", new_user())
        assert status == 201, status
        status, _, body = processes[0].request("GET", "/users")
        self.temp = next(it["id"] for it in body["userList"]["users"] if it["name"] == f"{way}-temp")

    def begin(self):
        self.is_over = False
        self.writes, self.reads, self.failures = [], [], []
        self.refused, self.slowest = 0, 0.0
        # When each process last said that it is not ready.
        self.not_ready = {}
        pairs = [self.processes, self.processes[::-1]]
        jobs = [(self._write, pair) for pair in pairs for _ in range(WRITERS)]
        jobs += [(self._read, pair) for pair in pairs for _ in range(READERS)]
        jobs += [(self._probe, pair) for pair in pairs] + [(self._revoke, pairs[0])]
        self.threads = [threading.Thread(target=self._repeat, args=job) for job in jobs]
        for thread in self.threads:
            thread.start()

    def end(self):
        self.is_over = True
        for thread in self.threads:
            thread.join()

    def fail(self, text):
        with self.lock:
            self.failures.append(f"{self.way}: {text}")

    def _repeat(self, job, pair):
        while not self.is_over:
            try:
                job(*pair)
            except Exception as error:  # A client's own bug must not pass for a quiet one.
                self.fail(f"{job.__name__}: {error!r}")

    def _ask(self, process, expected, method, path, body=None, **how):
        """Whether the answer is the expected one. Any other than a refusal for now is a failure."""
        started = time.monotonic()
        status, headers, _ = process.request(method, path, body, **how)
        with self.lock:
            self.slowest = max(self.slowest, time.monotonic() - started)
            self.refused += status == 503
        if status == expected:
            return True
        if status is None:
            self.fail(f"{method} {path}: the connection broke")
        elif status != 503:
            self.fail(f"{method} {path}: {status} instead of {expected}")
        elif "Retry-After" not in headers:
            self.fail(f"{method} {path}: no Retry-After")
        time.sleep(0.05)
        return False

    def _write(self, process, other):
        name = f"{self.way}-{next(self.numbers)}"
        path = f"/api/v1/users/{name}"
        if self._ask(process, 201, "PUT", path, new_user()):
            self.acknowledged.append(name)
            self.writes.append(time.monotonic())
            # What one has acknowledged the other one has, whichever node it is connected to.
            self._ask(other, 200, "GET", path)

    def _read(self, process, _):
        if self._ask(process, 200, "GET", "/users/1"):
            self.reads.append(time.monotonic())
        time.sleep(0.005)

    def _probe(self, process, _):
        if process.request("GET", "/health/live", user=None)[0] != 200:
            self.fail("not alive")
        started = time.monotonic()
        status, _, _ = process.request("GET", "/health/ready", user=None)
        if status == 503:
            self.not_ready[process.address] = time.monotonic()
        elif status != 200:
            self.fail(f"/health/ready: {status}")
        self.slowest = max(self.slowest, time.monotonic() - started)
        time.sleep(0.1)

    def _revoke(self, process, other):
        """What one has revoked is gone on the other one with the next request."""
        for roles, expected in (([{"name": "admin"}], 200), ([], 403)):
            change = {"userInfo": {"roles": roles}}
            while not self._ask(process, 200, "PATCH", f"/users/{self.temp}", change):
                if self.is_over:
                    return
            # A page: a whole list that is cut off half-way has no status any more to say so.
            self._ask(other, expected, "GET", "/users?limit=1", user=(f"{self.way}-temp", PASSWORD))


def new_user():
    return {"value": {"password": PASSWORD}}
