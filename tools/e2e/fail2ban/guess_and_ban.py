"""Guesses passwords at a server from several addresses, and has fail2ban say from its log who they are: guess_and_ban.py
ROLLCALL."""

import base64, collections, http.client, json, os, re, shutil, subprocess, sys, tempfile, time
from pathlib import Path

FILTER = Path("docker/fail2ban/filter.d/rollcall.conf").resolve()
JAIL = Path("docker/fail2ban/jail.d/rollcall.conf").resolve()
PASSWORD = "a password for tests"


def start(rollcall, folder):
    """Starts a server that believes X-Forwarded-For. Returns it and its port, once it listens."""
    environment = {"ROLLCALL_ADMIN_PASSWORD": PASSWORD, "PATH": os.environ["PATH"]}
    arguments = ["--listen=127.0.0.1:0", "--bcrypt-cost=4", "--trusted-hops=1", "--failures-per-account=5"]
    with open(folder / "rollcall.log", "w") as log:
        server = subprocess.Popen([rollcall, *arguments], cwd=folder, env=environment, stderr=log)
    for _ in range(600):
        if found := re.search(r"listening on http://127\.0\.0\.1:(\d+)", (folder / "rollcall.log").read_text()):
            return server, int(found[1])
        time.sleep(0.05)
    raise TimeoutError("the server does not listen")


class Guesser:
    """Sends requests, and counts those from each address that fail2ban is to find."""

    def __init__(self, port):
        self.port = port
        self.expected = collections.Counter()

    def ask(self, address, method, path, status, credentials=None, body=None, guesses=True, request_id=None):
        headers = {"X-Forwarded-For": address, "Content-Type": "application/json"}
        if credentials:
            headers["Authorization"] = "Basic " + base64.b64encode(credentials.encode()).decode()
        if request_id:
            headers["X-Request-Id"] = request_id
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        connection.request(method, path, json.dumps(body) if body else None, headers)
        answer = connection.getresponse()
        assert answer.status == status, (method, path, answer.status, answer.read())
        answer.read()
        connection.close()
        self.expected[address] += guesses

    def guess(self):
        """Each kind of refusal that is a guess, and requests that are none."""
        admin, user = f"admin:{PASSWORD}", {"name": "alice", "email": "alice@example.com", "plaintextPassword": PASSWORD}
        self.ask("198.51.100.1", "POST", "/users", 201, body={"userInfo": user}, guesses=False)
        for number in range(3):
            self.ask("198.51.100.2", "GET", "/users", 401, f"alice:guess {number}", request_id=f"a.b-c_{number}")
            self.ask("2001:db8::7", "GET", "/api/v1/users", 401, f"missing{number}:guess")
            self.ask("198.51.100.3", "POST", "/tokens", 401, body={"credentials": {"name": "alice", "password": f"{number}"}})
        for number in range(8):
            self.ask("198.51.100.4", "GET", "/users", 401 if number < 5 else 429, f"alice:guess {number}")
        change = {"value": {"current_password": "a guess", "password": "a fine new one"}}
        self.ask("198.51.100.5", "PATCH", "/api/v1/users/alice", 403, f"alice:{PASSWORD}", change)
        self.ask("198.51.100.1", "PATCH", "/users/2", 200, admin, {"userInfo": {"status": "DISABLED"}}, guesses=False)
        self.ask("198.51.100.6", "GET", "/users", 401, f"alice:{PASSWORD}")
        code = {"resetCode": {"code": "a guess", "plaintextPassword": "a fine new one"}}
        self.ask("198.51.100.10", "POST", "/reset-codes", 404, body=code)
        # None of these guesses a password, whatever they send.
        for address, status, credentials in [("198.51.100.7", 200, admin), ("198.51.100.8", 401, None)]:
            for request_id in ["refused=wrong-password", "1 198.51.100.9 GET / 401 0ms - refused=wrong-password", "a.b-c_1"]:
                path = "/users?x=%20refused=wrong-password"
                self.ask(address, "GET", path.split("?")[0], status, credentials, guesses=False, request_id=request_id)
        self.ask("198.51.100.8", "GET", "/%5Brefused=wrong-password", 404, guesses=False)


def configure(folder):
    """A configuration of fail2ban with what it comes with and our files, for the log in the folder."""
    configuration = folder / "fail2ban"
    shutil.copytree("/etc/fail2ban", configuration)
    shutil.copy(FILTER, configuration / "filter.d")
    jail = JAIL.read_text().replace("/var/log/rollcall.log", str(folder / "rollcall.log"))
    (configuration / "jail.d/rollcall.conf").write_text(jail)
    # Debian's own jail is of a log that is not here.
    (configuration / "jail.d/defaults-debian.conf").unlink(missing_ok=True)
    return configuration


def banned(configuration, log):
    """How many lines of the log fail2ban counts for each address."""
    command = ["fail2ban-regex", "--config", configuration, "--out", "ip", log, configuration / "filter.d/rollcall.conf"]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode in (0, 1), (done.stdout, done.stderr)
    return collections.Counter(done.stdout.split())


def check_jail(configuration):
    """Has fail2ban read the jail along with all that it comes with."""
    done = subprocess.run(["fail2ban-client", "-c", configuration, "--test"], capture_output=True, text=True)
    assert done.returncode == 0 and "OK" in done.stdout, (done.stdout, done.stderr)


def main(rollcall):
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        server, port = start(rollcall, folder)
        try:
            guesser = Guesser(port)
            guesser.guess()
        finally:
            server.terminate()
            server.wait()
        expected = +guesser.expected
        log = folder / "rollcall.log"
        configuration = configure(folder)
        found = banned(configuration, log)
        assert found == expected, f"fail2ban counts {found}, not {expected}, in\n{log.read_text()}"
        # The same as syslog and the journal write it.
        syslog = folder / "syslog"
        lines = [f"2026-11-28T01:02:03+00:00 host rollcall[42]: {line}\n" for line in log.read_text().splitlines()]
        syslog.write_text("".join(lines))
        found = banned(configuration, syslog)
        assert found == expected, f"fail2ban counts {found}, not {expected}, in\n{syslog.read_text()}"
        check_jail(configuration)
        print(f"fail2ban finds the {sum(expected.values())} guesses of {len(expected)} addresses, and nothing else")


if __name__ == "__main__":
    main(Path(sys.argv[1]).resolve())
