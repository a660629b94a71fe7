"""Writes of both sets: answers that are sent back, null members, e-mail addresses."""

from client import Basic, portal_path
from mount import PASSWORD
from registration import body_of

OTHER = "another password for tests"
MERGE_PATCH = "application/merge-patch+json"


def takes_a_byte_order_mark(mount):
    user = mount.register()
    body = b'\xef\xbb\xbf{"userInfo":{"email":""}}'
    assert user.basic.send("PATCH", user.path, 200, body).json["user"]["email"] is None


def sends_a_directory_answer_back(mount):
    user = mount.register()
    for number, wrapper in enumerate(("user", "userInfo")):
        for client in (user.basic, mount.admin):
            answer = client.get(user.path).json["user"]
            assert client.send("PATCH", user.path, 200, {wrapper: answer}).json["user"] == answer
            changed = answer | {"email": f"{number}{answer['email']}"}
            got = client.send("PATCH", user.path, 200, {wrapper: changed}).json["user"]
            assert got == changed | {"version": answer["version"] + 1}, got


def sends_a_portal_answer_back(mount):
    user = mount.register()
    path = portal_path(user.name)
    answer = user.basic.get(path).json
    change = answer | {"current_password": PASSWORD, "password": OTHER}
    own = user.basic.send("PATCH", path, 200, {"value": change}).json
    assert own == {"value": answer}, own
    again = mount.admin.send("PATCH", path, 200, {"value": own["value"] | {"password": PASSWORD}})
    assert again.json == own
    mount.admin.send("DELETE", path, 204)
    restored = mount.admin.send("PUT", path, 201, {"value": answer | {"password": OTHER}})
    assert restored.json == own
    mount.stranger.as_user(Basic(user.name, OTHER)).get(path)


def sends_a_registration_back(mount):
    user = mount.register()
    mount.admin.send("DELETE", portal_path(user.name), 204)
    body = user.fields | {"plaintextPassword": PASSWORD, "roles": [{"name": "admin"}]}
    again = mount.stranger.send("POST", "/users", 201, {"userInfo": body}).json["user"]
    assert again["roles"] == [] and again["id"] != user.id and again["version"] == 0, again


def refuses_members_that_no_answer_has(mount):
    user = mount.register()
    for wrapper in ("user", "userInfo"):
        mount.admin.send("PATCH", user.path, 400, {wrapper: user.fields | {"role": "admin"}})
    value = {"password": OTHER, "version": 0}
    mount.admin.send("PATCH", portal_path(user.name), 400, {"value": value})


def takes_null_as_left_out(mount):
    user = mount.register()
    members = ("name", "email", "plaintextPassword", "currentPlaintextPassword", "status", "roles")
    nulls = dict.fromkeys(members)
    for body in ({"userInfo": nulls}, {"user": nulls}, {"userInfo": nulls, "user": None}):
        for client in (user.basic, mount.admin):
            assert client.send("PATCH", user.path, 200, body).json["user"] == user.fields
    change = {"userInfo": nulls | {"status": "DISABLED"}}
    disabled = mount.admin.send("PATCH", user.path, 200, change)
    assert disabled.json["user"] == user.fields | {"status": "DISABLED", "version": 1}
    value = {"current_password": None, "password": OTHER}
    mount.admin.send("PATCH", portal_path(user.name), 200, {"value": value})
    value = {"password": None}
    refused = mount.admin.send("PUT", portal_path(user.name + "x"), 400, {"value": value})
    assert "'Password' failed on the 'required' tag" in refused.json, refused
    info = {"name": None, "email": None, "plaintextPassword": None, "status": None, "roles": None}
    mount.stranger.send("POST", "/users", 400, {"userInfo": info})
    for member, value in (("status", None), ("roles", None)):
        new = {"name": f"{member}{user.id}", "email": f"{member}{user.id}@example.com"}
        info = body_of(user) | new | {member: value}
        mount.stranger.send("POST", "/users", 201, {"userInfo": info})


def keeps_roles_and_email_from_null(mount):
    """A client that can leave nothing out sends null for what it does not change."""
    user = mount.register()
    roles = [{"name": "admin"}, {"name": "ROLE_USER"}, {"name": "imaging.reader"}]
    mount.admin.send("PATCH", user.path, 200, {"userInfo": {"roles": roles}})
    change = {"name": f"{user.name}!", "email": None, "status": None, "roles": None}
    changed = mount.admin.send("PATCH", user.path, 200, {"userInfo": change}).json["user"]
    assert changed["email"] == user.fields["email"], changed
    assert sorted(role["name"] for role in changed["roles"]) == sorted(r["name"] for r in roles)
    assert mount.admin.get(portal_path(changed["name"])).json["admin"] is True
    gone = mount.admin.send("PATCH", user.path, 200, {"userInfo": {"roles": []}}).json["user"]
    assert gone["roles"] == [], gone


def takes_an_email_address_away(mount):
    for body, kind in (({"email": ""}, "application/json"), ({"email": None}, MERGE_PATCH)):
        user = mount.register()
        for client in (user.basic, mount.admin):
            answer = client.send("PATCH", user.path, 200, {"userInfo": body}, kind=kind)
            # The second one changes nothing.
            assert answer.json["user"] == user.fields | {"email": None, "version": 1}, answer
    for member in ("name", "status", "roles", "plaintextPassword"):
        mount.admin.send("PATCH", user.path, 400, {"userInfo": {member: None}}, kind=MERGE_PATCH)
    new = {"userInfo": {"email": f"again{user.id}@example.com"}}
    mount.admin.send("PATCH", user.path, 200, new, kind=MERGE_PATCH)


STEPS = [
    takes_a_byte_order_mark,
    sends_a_directory_answer_back,
    sends_a_portal_answer_back,
    sends_a_registration_back,
    refuses_members_that_no_answer_has,
    takes_null_as_left_out,
    keeps_roles_and_email_from_null,
    takes_an_email_address_away,
]
