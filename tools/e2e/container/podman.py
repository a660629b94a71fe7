"""podman, and a client of what it runs."""
import base64, http.client, json, socket, subprocess, time

PATIENCE = 120  # seconds


def podman(*arguments, **options):
    """What a command says; it must succeed."""
    done = attempt(*arguments, **options)
    assert done.returncode == 0, f"podman {' '.join(arguments)}: {done.stderr or done.stdout}"
    return done.stdout.strip()


def attempt(*arguments, **options):
    return subprocess.run(["podman", *arguments], capture_output=True, text=True, **options)


def inspect(container, template):
    return podman("inspect", "--format", template, container)


def wait_until_healthy(container):
    """Runs the container's own check, as the timer of an engine with systemd would."""
    deadline = time.monotonic() + PATIENCE
    while attempt("healthcheck", "run", container).returncode != 0:
        is_alive = inspect(container, "{{.State.Running}}") == "true"
        assert is_alive and time.monotonic() < deadline, f"{container}: {said(container)}"
        time.sleep(0.5)
    assert inspect(container, "{{.State.Healthcheck.Status}}") == "healthy"


def said(container):
    done = attempt("logs", container)
    return done.stdout + done.stderr


def processes(container, *columns):
    """What `podman top` says of the container's processes."""
    return [line.split() for line in podman("top", container, *columns).splitlines()[1:]]


def free_port():
    with socket.socket() as it:
        it.bind(("127.0.0.1", 0))
        return it.getsockname()[1]


class Client:
    """The admin at a published port, with a connection for each request."""

    def __init__(self, port, password):
        self.port, self.password = port, password
        self.basic = "Basic " + base64.b64encode(f"admin:{password}".encode()).decode()

    def request(self, method, path, body=None):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            headers = {"Authorization": self.basic, "Content-Type": "application/json"}
            connection.request(method, path, body and json.dumps(body), headers)
            answer = connection.getresponse()
            text, kind = answer.read(), answer.headers.get_content_type()
            return answer.status, json.loads(text) if kind == "application/json" else text
        finally:
            connection.close()

    def add(self, name):
        status, answer = self.request("PUT", f"/api/v1/users/{name}", {"value": {"password": "a password of theirs"}})
        assert status == 201, (status, answer)

    def names(self):
        status, answer = self.request("GET", "/api/v1/users")
        assert status == 200, (status, answer)
        return {user["username"] for user in answer["value"]}

    def wait_for_first_answer(self):
        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                if self.request("GET", "/health/ready")[0] == 200:
                    return
            except (OSError, http.client.HTTPException):
                pass
            assert time.monotonic() < deadline, "no answer"
            time.sleep(0.005)
