"""Sessions and signed requests, over the path that the client sends."""

import datetime, re
from urllib.parse import urlsplit
from client import ADDRESS, Client, Session, now, portal_path

TRUSTED = "127.0.0.1"  # as a proxy's


class Dated(Session):
    """A session with one spelling of timestamps."""

    def __init__(self, session, spell):
        self.key, self.token, self.spell = session.key, session.token, spell

    def headers(self, method, url, body):
        return super().headers(method, url, body, self.spell(now()))


SPELLINGS = {
    "milliseconds": lambda time: time.isoformat(timespec="milliseconds") + "Z",
    "whole seconds": lambda time: time.isoformat(timespec="seconds") + "Z",
    "microseconds": lambda time: time.isoformat(timespec="microseconds") + "Z",
    "an offset": lambda time: (time + datetime.timedelta(hours=2)).isoformat() + "+02:00",
    "no zone": lambda time: time.isoformat(timespec="microseconds"),
    "no zone and no fraction": lambda time: time.isoformat(timespec="seconds"),
}

# What clients leave unencoded in a path beside letters, digits and `_.-~`.
UNENCODED = {"Python": "", "encodeURIComponent": "!'()*", "Go": "$&+=:@"}


def logs_in_and_out(mount):
    answer, signed = mount.register().log_in()
    assert answer.headers["Cache-Control"] == "no-store", answer.headers
    assert mount.is_below(answer.location), answer.headers["Location"]
    assert answer.location == f"{mount.root}/tokens/{signed.credentials.key}", answer.location
    signed.send("DELETE", answer.location, 204)
    signed.get(f"/users/{answer.json['sessionToken']['userId']}", 401)


def signs_every_method(mount):
    user = mount.register()
    _, signed = user.log_in()
    user.fields["name"] += ".signed"
    user.fields["version"] += 1
    change = {"userInfo": {"name": user.fields["name"]}}
    assert signed.send("PATCH", user.path, 200, change).json["user"] == user.fields
    assert signed.get(user.path).json["user"] == user.fields
    assert signed.send("HEAD", user.path, 200).body == b""
    assert signed.get(portal_path(user.fields["name"])).json["username"] == user.fields["name"]
    signed.send("DELETE", f"{user.path}/sessions", 204)
    signed.get(user.path, 401)


def signs_paths_as_sent(mount):
    reads_every_spelling(mount.register("Zoë.O'Neil+Söhne;a=b@c,d!~*($&)"))
    # Without a code, a proxy may take the path for one that it can spell in its own way.
    reads_every_spelling(mount.register("O'Neil!(a)*$&+=b@"))


def reads_every_spelling(user):
    _, signed = user.log_in()
    paths = {maker: portal_path(user.name, safe) for maker, safe in UNENCODED.items()}
    encoded = re.compile("%..")
    paths["lower case"] = encoded.sub(lambda hit: hit[0].lower(), paths["Python"])
    for maker, path in paths.items():
        for client in (user.basic, signed):
            assert client.get(path).json["username"] == user.name, maker
    signed.get(user.path + "?a=b%2Bc%20d+e&f")


def signs_over_any_spelling_of_timestamps(mount):
    user = mount.register()
    _, signed = user.log_in()
    for number, (name, spell) in enumerate(SPELLINGS.items(), 1):
        client = signed.as_user(Dated(signed.credentials, spell))
        try:
            client.get(user.path)
            change = {"userInfo": {"email": f"dated{number}-{user.id}@example.com"}}
            client.send("PATCH", user.path, 200, change)
        except AssertionError as error:
            raise AssertionError(f"a timestamp with {name}: {error}") from None


def refuses_old_timestamps(mount):
    user = mount.register()
    _, signed = user.log_in()
    an_hour = datetime.timedelta(hours=1)
    for spell in SPELLINGS.values():
        late = Dated(signed.credentials, lambda time: spell(time - an_hour))
        signed.as_user(late).get(user.path, 401)


def refuses_a_prefix_that_the_client_claims(mount):
    """The client signs a path below the prefix in a header of its own."""
    user = mount.register()
    _, signed = user.log_in()
    claimed = f"http://127.0.0.1/claimed/users/{user.id}"
    headers = signed.credentials.headers("GET", claimed, None) | {"X-Forwarded-Prefix": "/claimed"}
    mount.stranger.get(user.path, 401, headers=headers)


def refuses_signatures_of_other_paths(mount):
    """A prefix must not turn a signed list of one set into that of the other."""
    _, signed = mount.register().log_in()
    headers = signed.credentials.headers("GET", f"{mount.root}/api/v1/users", None)
    headers["X-Forwarded-Prefix"] = f"{urlsplit(mount.root).path}/api/v1"
    for address in (ADDRESS, TRUSTED):
        Client(mount.root, None, address).get("/users", 401, headers=headers)


def knows_the_address_of_the_client(mount):
    user = mount.register()
    _, signed = user.log_in()
    sessions = signed.get(f"{user.path}/sessions").json["sessionList"]["sessions"]
    assert [session["address"] for session in sessions] == [signed.address], sessions


def ends_one_session_of_several(mount):
    user = mount.register()
    _, first = user.log_in()
    _, second = user.log_in()
    listed = second.get(f"{user.path}/sessions").json["sessionList"]["sessions"]
    oldest = min(listed, key=lambda session: session["beginTime"])
    assert len(listed) == 2 and oldest in listed, listed
    for session in listed:
        mount.admin.send("DELETE", f"{user.path}/sessions/{session['id']}", 204)
    for client in (first, second):
        client.get(user.path, 401)


STEPS = [
    logs_in_and_out,
    signs_every_method,
    signs_paths_as_sent,
    signs_over_any_spelling_of_timestamps,
    refuses_old_timestamps,
    refuses_a_prefix_that_the_client_claims,
    refuses_signatures_of_other_paths,
    knows_the_address_of_the_client,
    ends_one_session_of_several,
]
