"""Registration of users, and their names in paths and credentials."""

from client import Basic, portal_path
from mount import PASSWORD

OTHER = "another password for tests"
UNICODE = "ÿñ-Ωμέγα-利用者&söhne"


def registers_and_reads_itself(mount):
    user = mount.register()
    expected = {"version": 0, "status": "ENABLED", "roles": [], "name": user.name}
    assert user.fields | expected == user.fields, user.fields
    assert user.basic.get(user.path).json == user.answer.json
    user.basic.get("/users/1", 403)
    user.basic.get("/users", 403)
    mount.stranger.send("POST", "/users", 409, {"userInfo": body_of(user)})


def leads_to_a_new_user(mount):
    user = mount.register()
    assert user.answer.location == mount.root + user.path, user.answer.headers["Location"]
    assert user.basic.get(user.answer.location).json == user.answer.json


def checks_credentials_of_registrations(mount):
    admin, user = mount.admin, mount.register()
    wrong = mount.stranger.as_user(Basic(user.name, OTHER))
    wrong.send("POST", "/users", 401, {"userInfo": body_of(user) | {"name": "stranger"}})
    for number, client in enumerate((admin, user.basic, user.log_in()[1])):
        fields = {"name": f"{user.name}.{number}", "email": f"{user.name}.{number}@example.com"}
        made = client.send("POST", "/users", 201, {"userInfo": body_of(user) | fields}).json["user"]
        assert fields.items() <= made.items() and made["roles"] == [], made


def refuses_names_that_a_path_cannot_hold(mount):
    for character in "?#%\\/: ":
        fields = {"name": f"victim{character}", "email": "victim@example.com"}
        info = {**fields, "plaintextPassword": PASSWORD}
        for client in (mount.stranger, mount.admin):
            refused = client.send("POST", "/users", 400, {"userInfo": info}).json
            assert [error["field"] for error in refused["errors"]] == ["userInfo.name"], refused
        if character != "/":
            value = {"value": {"password": PASSWORD}}
            mount.admin.send("PUT", portal_path(fields["name"]), 400, value)
            mount.admin.get(portal_path(fields["name"]), 404)


def takes_names_and_passwords_beyond_ascii(mount):
    name = f"{UNICODE}{mount.register().id}"
    path = portal_path(name)
    made = mount.admin.send("PUT", path, 201, {"value": {"password": "pässwörd-€-1"}})
    assert made.json == {"value": {"username": name, "admin": False}}
    own = mount.stranger.as_user(Basic(name, "pässwörd-€-1"))
    assert own.get(path).json["username"] == name
    value = {"current_password": "pässwörd-€-1", "password": "pässwörd-1"}
    own.send("PATCH", path, 200, {"value": value})
    latin = mount.register("pñé")
    change = {"value": {"password": "pässwörd-1"}}
    mount.admin.send("PATCH", portal_path(latin.name), 200, change)
    for encoding in ("utf-8", "latin-1"):
        mount.stranger.as_user(Basic(latin.name, "pässwörd-1", encoding)).get(latin.path)
    mount.admin.send("DELETE", path, 204)
    mount.admin.get(path, 404)


def body_of(user):
    """What registers this user."""
    return {"name": user.name, "email": user.fields["email"], "plaintextPassword": PASSWORD}


STEPS = [
    registers_and_reads_itself,
    leads_to_a_new_user,
    checks_credentials_of_registrations,
    refuses_names_that_a_path_cannot_hold,
    takes_names_and_passwords_beyond_ascii,
]
