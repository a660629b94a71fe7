"""The parts of every recipe's test: the files of a page, and a server of Rollcall."""

import base64, http.client, json, os, re, subprocess, time
from pathlib import Path
from urllib.parse import quote

from launch import PATIENCE, wait_for

ROOT = Path(__file__).resolve().parents[2]
ADMIN_PASSWORD = "a password for tests"
PASSWORD = "correct horse battery"


class Page:
    """A page of docs/recipes: the files that it shows with their paths, and its commands."""

    def __init__(self, name, changes=()):
        text = (ROOT / "docs/recipes" / name).read_text()
        for shown, planted in changes:
            assert text.count(shown) == 1, f"{name} has `{shown}` {text.count(shown)} times"
            text = text.replace(shown, planted)
        file = r"(Save this as|Append this to|Replace) `([^`]+)`(?:(?!```).)*?\n\n```\w+\n(.*?)^```$"
        self.files = re.findall(file, text, re.MULTILINE | re.DOTALL)
        blocks = re.findall(r"^```sh\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
        self.commands = [line for block in blocks for line in block.splitlines()]

    def command(self, beginning):
        """The words of the command that begins so."""
        return next(line for line in self.commands if line.startswith(beginning)).split()

    def install(self, folder, changes, with_replacements=False):
        """Writes the files below `folder` in place of the root. Only `changes` differ from the page. The
        files that replace others for another setting are left out unless they are asked for."""
        unused = set(changes)
        replaced = {path for verb, path, _ in self.files if verb == "Replace"}
        for verb, path, content in self.files:
            if path in replaced and (verb == "Replace") != with_replacements:
                continue
            for shown, other in changes.items():
                if shown in content:
                    unused.discard(shown)
                    content = content.replace(shown, other)
            target = folder / path.lstrip("/")
            target.parent.mkdir(parents=True, exist_ok=True)
            with target.open("a" if verb == "Append this to" else "w") as file:
                file.write(content)
        assert not unused, f"the page does not have {unused}"


class Rollcall:
    """A server with a store of its own, started as the page says but for its port and the store."""

    def __init__(self, rollcall, folder, command, database):
        folder.mkdir()
        self.replica = lambda folder: Rollcall(rollcall, folder, command, database)
        self.log = folder / "log"
        options = [option if "127.0.0.1:8080" not in option else "127.0.0.1:0" for option in command[1:]]
        cost = [] if any("--bcrypt-cost" in option for option in options) else ["--bcrypt-cost=4"]
        options += [f"--database-url={database}", *cost, "--registrations-per-address=1000000"]
        environment = {
            "ROLLCALL_ADMIN_PASSWORD": ADMIN_PASSWORD, "PATH": os.environ["PATH"],
            "ROLLCALL_SESSION_SECRET": "a secret for tests, which is long enough",
        }  # fmt: skip
        with self.log.open("w") as log:
            self.process = subprocess.Popen([rollcall, *options], cwd=folder, env=environment, stderr=log)
        listening = lambda: re.search(r"listening on http://127\.0\.0\.1:(\d+)", self.log.read_text())
        self.port = int(wait_for(listening, self.process, self.log)[1])
        self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)

    def ask(self, method, path, body, expected):
        """The server's own answer to the admin."""
        headers = {"Authorization": basic("admin", ADMIN_PASSWORD), "Content-Type": "application/json"}
        text = None if body is None else json.dumps(body)
        self.connection.request(method, path, text, headers)
        answer = self.connection.getresponse()
        content = answer.read()
        assert answer.status == expected, (method, path, answer.status, content)
        return json.loads(content) if content else None

    def add(self, name, email=None, roles=()):
        """Makes a user, and returns its id."""
        name = quote(name, safe="")
        body = {"value": {"password": PASSWORD}}
        self.ask("PUT", f"/api/v1/users/{name}", body, 201)
        listed = self.ask("GET", f"/users?name={name}", None, 200)
        user = listed["userList"]["users"][0]["id"]
        info = {"roles": [{"name": role} for role in roles]} | ({"email": email} if email else {})
        self.change(user, info)
        return user

    def log_with(self, text):
        """The log, once it has `text`: an answer may arrive before its line is written."""
        deadline = time.monotonic() + PATIENCE
        while text not in (log := self.log.read_text()):
            assert time.monotonic() < deadline, log[-2000:]
            time.sleep(0.02)
        return log

    def change(self, user, info):
        self.ask("PATCH", f"/users/{user}", {"userInfo": info}, 200)


def basic(name, password):
    return "Basic " + base64.b64encode(f"{name}:{password}".encode()).decode()
