"""Callers: an admin or an ordinary user, with a password or a session, or an anonymous client."""

import base64
import hashlib
import hmac
import itertools
import json
import os
import subprocess
import urllib.parse
from datetime import datetime, timezone

import requests

PASSWORD = "a password for tests"
SIGNING_HOST = "pennprovenance.net"
_sent = itertools.count()


class Account:
    """The account of the caller. Its requests may rename, disable, demote or delete it, or change its
    password. `restore` then resets or recreates it."""

    def __init__(self, name, is_admin):
        self.name, self.is_admin, self.is_lost = name, is_admin, False
        self.id = 1 if is_admin else 2

    def restore(self):
        """Gives the account its name, password, status and role, whatever has become of it."""
        rows = [line.split() for line in command("list").splitlines()[1:]]
        name = next((row[1] for row in rows if row[0] == str(self.id)), None)
        if name is None:
            name = self.name
            added = command("add", name, *["--admin"] * self.is_admin)
            self.id = int(added.split(" with the id ")[1].split()[0])
        command("passwd", name)
        command("enable", name)
        if self.is_admin:
            command("grant", name, "admin")
        if name != self.name:
            self.rename(name)
        self.is_lost = False

    def rename(self, name):
        body, login = {"userInfo": {"name": self.name}}, (name.encode(), PASSWORD.encode())
        url = f"{os.environ['ROLLCALL_URL']}/users/{self.id}"
        requests.patch(url, json=body, auth=login).raise_for_status()

    def notice(self, response, *_, **__):
        """Sees by the answer to a request with the right credentials whether it has cost the account."""
        if response.status_code == 401:
            self.is_lost = True
        elif response.ok and response.headers.get("Content-Type") == "application/json":
            user = json.loads(response.content).get("user", {})
            if user.get("id") == self.id and user["name"] != self.name:
                self.is_lost = True


def command(*arguments, environment=None):
    """What a command of `rollcall user` prints."""
    line = [os.environ["ROLLCALL"], "user", "--bcrypt-cost=4", *arguments]
    given = {"input": PASSWORD + "\n", "env": environment}
    return subprocess.run(line, **given, text=True, stdout=subprocess.PIPE, check=True).stdout


def log_in(url, name):
    """A new session of a user."""
    answer = requests.post(f"{url}/tokens", json={"credentials": {"name": name, "password": PASSWORD}})
    answer.raise_for_status()
    return answer.json()["sessionToken"]


def new_session_id(url, user):
    """The id of a new session of the user with the id 1 or 2."""
    name = {1: "admin", 2: "sample"}[user]
    log_in(url, name)
    answer = requests.get(f"{url}/users/{user}/sessions", auth=(name, PASSWORD))
    answer.raise_for_status()
    return answer.json()["sessionList"]["sessions"][0]["id"]


class Basic(requests.auth.AuthBase):
    """Sends the name and the password of an account."""

    def __init__(self, account):
        self.account = account

    def __call__(self, request):
        if self.account.is_lost:
            self.account.restore()
        request.register_hook("response", self.account.notice)
        return requests.auth.HTTPBasicAuth(self.account.name, PASSWORD)(request)


class Signed(requests.auth.AuthBase):
    """Signs requests with a session of an account, as the document describes it at POST /tokens."""

    def __init__(self, account):
        self.account, self.session = account, None

    def __call__(self, request):
        if self.account.is_lost:
            self.account.restore()
            self.session = None
        self.session = self.session or log_in(os.environ["ROLLCALL_URL"], self.account.name)
        request.register_hook("response", self.account.notice)
        request.headers.update(self.sign(request))
        return request

    def sign(self, request):
        target = urllib.parse.urlsplit(request.path_url)
        body = request.body or b""
        digest = hashlib.sha256(body if isinstance(body, bytes) else body.encode()).digest()
        # A signature is taken once: no two requests may have the same time.
        now = datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%S")
        time = f"{now}.{next(_sent) % 10**9:09}Z"
        key, token = self.session["key"], self.session["token"]
        digest = base64.b64encode(digest).decode()
        text = "\n".join([key, request.method.upper(), SIGNING_HOST, target.path, target.query, time, digest])
        signature = base64.b64encode(hmac.digest(token.encode(), text.encode(), "sha256")).decode()
        return {"sessionKey": key, "timestamp": time, "signature": signature}
