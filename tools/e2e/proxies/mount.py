"""Where clients find the API, and the users that a story makes there."""

import itertools
from client import Basic, Client, Session
from processes import PASSWORD

numbers = itertools.count(1)


class Mount:
    """The server at `root`, behind a proxy that compresses and may change tags, or without one."""

    def __init__(self, name, root, compresses, changes_tags):
        self.name, self.root = name, root
        self.compresses, self.changes_tags = compresses, changes_tags
        self.stranger = Client(root)
        self.admin = self.stranger.as_user(Basic("admin", PASSWORD))

    def register(self, prefix="user"):
        """A new user, whose name begins with `prefix`."""
        name = f"{prefix}{next(numbers)}"
        email = f"{next(numbers)}@example.com"
        info = {"name": name, "email": email, "plaintextPassword": PASSWORD}
        answer = self.stranger.send("POST", "/users", 201, {"userInfo": info})
        return User(self, answer)

    def is_below(self, url):
        return url.startswith(self.root + "/")


class User:
    """A user as its registration was answered, and a client with the user's credentials."""

    def __init__(self, mount, answer):
        self.mount, self.answer, self.fields = mount, answer, answer.json["user"]
        self.name, self.id = self.fields["name"], self.fields["id"]
        self.path = f"/users/{self.id}"
        self.basic = mount.stranger.as_user(Basic(self.name, PASSWORD))

    def log_in(self):
        """The answer to POST /tokens, and a client that signs with its session."""
        body = {"credentials": {"name": self.name, "password": PASSWORD}}
        answer = self.mount.stranger.send("POST", "/tokens", 201, body)
        return answer, self.mount.stranger.as_user(Session(answer.json["sessionToken"]))
