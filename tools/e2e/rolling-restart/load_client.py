"""The load of tools/e2e/rolling-restart/run."""
import base64, http.client, itertools, json, threading, time

ADMIN, PASSWORD = ("admin", "a password for tests"), "another password for tests"
BALANCER = "127.0.0.10"  # Not 127.0.0.1, where outgoing connections could have the port first.


def request(connection, method, path, login=ADMIN, body=None, **headers):
    """The status and what the body says."""
    headers["Authorization"] = "Basic " + base64.b64encode(":".join(login).encode()).decode()
    headers["Content-Type"] = "application/json"
    headers = {name.replace("_", "-"): value for name, value in headers.items()}
    connection.request(method, path, json.dumps(body) if body else None, headers)
    answer = connection.getresponse()
    text = answer.read()
    return answer.status, json.loads(text) if text else None


class Client(threading.Thread):
    """Reads and writes until told to end, and expects of each answer that it is exactly right."""

    def __init__(self, port, number, keeps, is_over):
        super().__init__(daemon=True)
        self.port, self.number, self.keeps, self.is_over = port, number, keeps, is_over
        self.connection, self.connections, self.done = None, 0, 0
        self.lost, self.refused, self.slowest, self.broken = [], [], 0, None
        self.made, self.user, self.id = [], None, None

    def ask(self, expected, method, path, *arguments, **headers):
        """The answer's body, and nothing when it is not the `expected` status."""
        if not self.connection:
            self.connection = http.client.HTTPConnection(BALANCER, self.port, timeout=40)
            self.connection.connect()
            self.connection.auto_open = False
            self.connections += 1
        start, self.done, what = time.monotonic(), self.done + 1, f"{method} {path}"
        try:
            if not self.keeps:
                headers["Connection"] = "close"
            status, body = request(self.connection, method, path, *arguments, **headers)
            if status == expected:
                return body
            self.refused.append(f"{what}: {status} {body}")
        except (OSError, http.client.HTTPException, ValueError) as error:
            self.lost.append(f"{what}: {error!r}")
            self.keep_no_connection()
        finally:
            self.slowest = max(self.slowest, time.monotonic() - start)
            if not self.keeps:
                self.keep_no_connection()

    def keep_no_connection(self):
        if self.connection:
            self.connection.close()
        self.connection = None

    def run(self):
        try:
            for count in itertools.count():
                self.turn(count)
                if self.is_over.wait(0.02):
                    return
        except Exception as error:  # noqa: BLE001: whatever it is, the test has failed.
            self.broken = repr(error)

    def turn(self, count):
        """Makes a user, who reads itself, and changes the client's own one from the version that it has."""
        name = f"user-{self.number}-{count}"
        if self.ask(201, "PUT", f"/api/v1/users/{name}", ADMIN, {"value": {"password": PASSWORD}}):
            self.made.append(name)
            body = self.ask(200, "GET", f"/api/v1/users/{name}", (name, PASSWORD))
            self.expect(body, {"username": name, "admin": False})
        if not self.id:
            info = {"name": f"own-{self.number}", "email": None, "plaintextPassword": PASSWORD}
            info["email"] = f"own-{self.number}@example.com"
            self.user = (self.ask(201, "POST", "/users", ADMIN, {"userInfo": info}) or {}).get("user")
            self.id = self.user and self.user["id"]
            return
        body = self.ask(200, "GET", f"/users/{self.id}")
        # After a write without an answer the state is unknown.
        if self.user:
            self.expect(body, {"user": self.user})
        if body:
            before, info = body["user"], {"email": f"own-{self.number}-{count}@example.com"}
            after = before | info | {"version": before["version"] + 1}
            version = str(before["version"])
            answer = self.ask(200, "PATCH", f"/users/{self.id}", ADMIN, {"userInfo": info}, If_Match=version)
            self.expect(answer, {"user": after})
            self.user = answer and answer["user"]

    def expect(self, body, expected):
        if body is not None and body != expected:
            self.refused.append(f"{body}, not {expected}")
