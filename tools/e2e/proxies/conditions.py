"""If-Match on every write of a user, If-None-Match on reads, through proxies that change tags."""

from client import portal_path

OTHER = "another password for tests"
STALE = "Version does not match"


def guards_directory_writes(mount):
    user = mount.register()
    change = {"userInfo": {"email": f"new{user.id}@example.com"}}
    first = user.basic.get(user.path).tag
    second = user.basic.send("PATCH", user.path, 200, change, {"If-Match": first}).tag
    assert second != first, second
    again = {"userInfo": {"email": ""}}
    refused = user.basic.send("PATCH", user.path, 412, again, {"If-Match": first})
    assert refused.headers["Content-Type"] == "application/problem+json", refused.headers
    assert refused.json["status"] == 412, refused
    read = mount.admin.get(user.path)
    assert read.json["user"]["email"] == change["userInfo"]["email"], read
    for tag in (second, user.answer.tag + ", " + second, str(read.json["user"]["version"]), "*"):
        user.basic.send("PATCH", user.path, 200, {"userInfo": {}}, {"If-Match": tag})
    stale = str(user.fields["version"])
    for tag in ("nonsense", user.answer.tag, stale, f'"{2**62}"', ""):
        user.basic.send("PATCH", user.path, 412, {"userInfo": {}}, {"If-Match": tag})


def guards_signed_writes(mount):
    user = mount.register()
    _, signed = user.log_in()
    tag = {"If-Match": signed.get(user.path).tag}
    body = {"user": signed.get(user.path).json["user"] | {"name": user.name + "'"}}
    signed.send("PATCH", user.path, 200, body, tag)
    body["user"]["name"] += "'"
    signed.send("PATCH", user.path, 412, body, tag)


def guards_portal_writes(mount):
    user = mount.register()
    path = portal_path(user.name)
    change = {"value": {"password": OTHER}}
    first = mount.admin.get(path).tag
    second = mount.admin.send("PATCH", path, 200, change, {"If-Match": first}).tag
    for method, body in (("PATCH", change), ("DELETE", None)):
        refused = mount.admin.send(method, path, 412, body, {"If-Match": first})
        assert refused.headers["Content-Type"] == "application/json", refused.headers
        assert refused.json == STALE, refused
    mount.admin.get(path)
    assert mount.admin.get(path).tag != first
    mount.admin.send("DELETE", path, 204, None, {"If-Match": mount.admin.get(path).tag})
    made = mount.admin.send("PUT", path, 201, change, {"If-None-Match": "*"})
    mount.admin.send("PUT", path, 412, change, {"If-None-Match": "*"})
    # Tags of the deleted user, who had the same version, and numbers name no user of the portal set.
    for tag in (first, second, "0", '"0"', 'W/"0"'):
        mount.admin.send("DELETE", path, 412, None, {"If-Match": tag})
        mount.admin.get(path, headers={"If-None-Match": tag})
    mount.admin.send("DELETE", path, 204, None, {"If-Match": made.tag})


def knows_one_version_in_both_sets(mount):
    """A tag of one set is stale after a write of the other, and names no user in the other."""
    user = mount.register()
    path = portal_path(user.name)
    directory, portal = mount.admin.get(user.path).tag, mount.admin.get(path).tag
    change, clear = {"value": {"password": OTHER}}, {"userInfo": {"email": ""}}
    mount.admin.send("PATCH", path, 412, change, {"If-Match": directory})
    mount.admin.send("PATCH", user.path, 412, clear, {"If-Match": portal})
    mount.admin.send("PATCH", path, 200, change, {"If-Match": portal})
    mount.admin.send("PATCH", user.path, 412, clear, {"If-Match": directory})
    directory, portal = mount.admin.get(user.path).tag, mount.admin.get(path).tag
    mount.admin.send("PATCH", user.path, 200, clear, {"If-Match": directory})
    mount.admin.send("PATCH", path, 412, change, {"If-Match": portal})


def answers_304_to_known_tags(mount):
    user = mount.register()
    for path in (user.path, portal_path(user.name)):
        tag = mount.admin.get(path).tag
        for method in ("GET", "HEAD"):
            for known in (tag, f'"77", {tag}', "*"):
                answer = mount.admin.send(method, path, 304, None, {"If-None-Match": known})
                assert answer.body == b"", answer
        mount.admin.get(path, headers={"If-None-Match": '"77"'})
    new = mount.admin.send("PATCH", user.path, 200, {"userInfo": {"email": ""}})
    mount.admin.get(user.path, headers={"If-None-Match": tag})
    mount.admin.get(user.path, 304, headers={"If-None-Match": new.tag})


def compresses_guarded_answers(mount):
    """Without this, the steps above would prove nothing about tags that a proxy changes."""
    user = mount.register()
    own = f'"{user.fields["version"]}"'
    answer = mount.admin.get(user.path)
    assert answer.is_compressed == mount.compresses, answer.headers
    assert (answer.tag != own) == mount.changes_tags, f"the tag is {answer.tag}"
    plain = mount.admin.get(user.path, headers={"Accept-Encoding": "identity"})
    assert plain.tag == own and not plain.is_compressed, plain.headers
    assert mount.admin.get("/users").is_compressed == mount.compresses


STEPS = [
    guards_directory_writes,
    guards_signed_writes,
    guards_portal_writes,
    knows_one_version_in_both_sets,
    answers_304_to_known_tags,
    compresses_guarded_answers,
]
