"""What a server must survive, all at once: wrong passwords from everywhere, more connections than it takes, and whole
lists of all users. Its probes are asked meanwhile. Each kind comes from a network of its own on the loopback
interface."""
import base64, collections, http.client, itertools, random, socket, threading, time

CONNECTIONS = 11_000
GUESSERS, READERS = 32, 8
WRONG, PROBES = "127.7.{}.{}", ["/health/live", "/health/ready"]
# A user of a list, in its answer.
MARK = b'"createTime"'


def basic(name, password):
    return {"Authorization": "Basic " + base64.b64encode(f"{name}:{password}".encode()).decode()}


class Load:
    """A load on a port. `attempts` counts what came of each attempt, by its kind."""

    def __init__(self, admin, users, patience):
        self.port, self.admin, self.users, self.patience = admin.port, {"Authorization": admin.basic}, users, patience
        self.attempts = collections.defaultdict(collections.Counter)
        self.is_over = threading.Event()
        # How many probes of a kind failed in a row: now, and at most.
        self.misses, self.most_misses = collections.Counter(), collections.Counter()

    def run(self, seconds, whole_lists, check):
        """Goes on for some time, and until so many lists were read whole. `check` is called all along."""
        kinds = [self.probe, self.flood, *[self.guess] * GUESSERS, *[self.read] * READERS]
        threads = [threading.Thread(target=kind) for kind in kinds]
        for thread in threads:
            thread.start()
        began = time.monotonic()
        try:
            while time.monotonic() < began + seconds or self.attempts["list"]["whole"] < whole_lists:
                assert time.monotonic() < began + 20 * seconds, dict(self.attempts)
                check()
                time.sleep(0.5)
        finally:
            self.is_over.set()
            for thread in threads:
                thread.join()
        return self.attempts

    def get(self, source, path, headers, timeout):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout, source_address=(source, 0))
        connection.request("GET", path, headers=headers)
        return connection, connection.getresponse()

    def probe(self):
        for path in itertools.cycle(PROBES):
            if self.is_over.wait(0.2):
                return
            try:
                connection, answer = self.get("127.0.0.1", path, {}, self.patience)
                result = answer.status
                connection.close()
            except (OSError, http.client.HTTPException) as error:
                result = type(error).__name__
            self.count_probe(path, result, result == 200)

    def count_probe(self, kind, result, is_healthy):
        self.attempts[kind][result] += 1
        self.misses[kind] = 0 if is_healthy else self.misses[kind] + 1
        self.most_misses[kind] = max(self.misses[kind], self.most_misses[kind])

    def flood(self):
        """Connections that send nothing, or half a head. The oldest make room for more."""
        sockets = collections.deque()
        while not self.is_over.is_set():
            if len(sockets) >= CONNECTIONS:
                sockets.popleft().close()
            try:
                one = socket.create_connection(("127.0.0.1", self.port), 1, (f"127.9.0.{random.randint(1, 99)}", 0))
                sockets.append(one)
                if random.random() < 0.5:
                    one.send(b"GET /users HTTP/1.1\r\nHost: localhost\r\n")
                self.attempts["connection"]["made"] += 1
            except OSError as error:
                self.attempts["connection"][type(error).__name__] += 1
        for one in sockets:
            one.close()

    def guess(self):
        while not self.is_over.is_set():
            source = WRONG.format(random.randint(0, 255), random.randint(1, 254))
            name = f"user-{random.randrange(self.users)}"
            self.attempt("wrong password", source, "/users/me", basic(name, "not the password"), lambda _: "read")

    def read(self):
        """Reads all users, and counts them."""
        def count(answer):
            rest, users = b"", 0
            while part := answer.read(1 << 20):
                text = rest + part
                users += text.count(MARK)
                rest = text[-len(MARK) + 1:]
            return "whole" if users > self.users else f"{users} users"

        while not self.is_over.is_set():
            self.attempt("list", "127.8.0.1", "/users", self.admin, count)

    def attempt(self, kind, source, path, headers, read):
        try:
            connection, answer = self.get(source, path, headers, 60)
            result = read(answer) if answer.status == 200 else answer.status
            connection.close()
        except (OSError, http.client.HTTPException) as error:
            result = type(error).__name__
        self.attempts[kind][result] += 1
