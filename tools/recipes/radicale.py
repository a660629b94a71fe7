"""Radicale behind nginx, with the files of docs/recipes/radicale.md and docs/recipes/nginx.md."""

import subprocess
from xml.etree import ElementTree

from checks import (
    fails_closed_without_database,
    fails_closed_without_rollcall,
    limits_each_address,
    revokes_at_once,
)
from door import Door
from launch import free_port, is_open, program, wait_for
from nginx import configure
from recipe import Page

HOST = "calendar.example.com"
PRINCIPAL = b'<propfind xmlns="DAV:"><prop><current-user-principal/></prop></propfind>'
FORGED = [
    "X-Remote-User", "x-remote-user", "X_Remote_User", "X-Remote_User", "x_remote_user", "X.Remote.User",
    "Remote-User",
]  # fmt: skip
EVENT = b"""BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//example//calendar//EN
BEGIN:VEVENT
UID:1
DTSTAMP:20261128T000000Z
DTSTART:20261201T090000Z
SUMMARY:a secret meeting
END:VEVENT
END:VCALENDAR
"""
# Names, and their collections.
PATHS = {"carol": "/carol/", "dan": "/dan/", "b\u00f6b": "/b%25C3%25B6b/", "o'neil+&": "/o%27neil%2B%26/"}


def add(rollcall, name):
    return rollcall.add(name, roles=["calendar"])


def principal(visitor, name, headers=()):
    """The user that Radicale takes the visitor for."""
    answer, content = visitor.ask((HOST, "/"), name, headers=headers, method="PROPFIND", body=PRINCIPAL)
    assert answer.status == 207, (answer.status, content)
    return ElementTree.fromstring(content).find(".//{DAV:}current-user-principal/{DAV:}href").text


def knows_each_user(door, rollcall):
    visitor = door.visit()
    for name, path in PATHS.items():
        add(rollcall, name)
        assert principal(visitor, name) == path, principal(visitor, name)
    assert principal(visitor, "CAROL") == "/carol/"
    assert visitor.status((HOST, "/")) == 401
    assert visitor.status((HOST, "/"), "alice") == 403
    for typed in ("%63arol", "carol%20", "ca rol", "carol%"):
        assert visitor.status((HOST, "/"), typed) == 401, typed
    rollcall.change(rollcall.alice, {"roles": [{"name": "calendar"}]})


def overwrites_forged_names(door, rollcall):
    visitor = door.visit()
    for header in FORGED:
        for headers in ([(header, "dan")], [(header, "dan")] * 2, [(header, "dan"), ("X-Script-Name", "/x")]):
            assert principal(visitor, "carol", headers) == "/carol/", headers
            assert visitor.status((HOST, "/dan/"), headers=headers) == 401, headers
    assert principal(visitor, "carol", [("Connection", "X-Remote-User")]) == "/carol/"


def keeps_calendars_apart(door, rollcall):
    visitor, calendar = door.visit(), "/carol/work/"
    assert visitor.status((HOST, calendar), "carol", method="MKCALENDAR", body=b"") == 201
    assert visitor.status((HOST, calendar + "1.ics"), "carol", method="PUT", body=EVENT) == 201
    answer, content = visitor.ask((HOST, calendar), "carol")
    assert answer.status == 200 and "a secret meeting" in content, content
    forged = [(header, "carol") for header in FORGED]
    for path in (calendar, "/carol/", calendar + "1.ics", "/dan/../carol/work/1.ics", "/%63arol/work/1.ics"):
        for method, body in (("GET", None), ("PROPFIND", PRINCIPAL), ("PUT", EVENT), ("DELETE", None)):
            answer, content = visitor.ask((HOST, path), "dan", headers=forged, method=method, body=body)
            assert answer.status in (403, 404, 405, 409) and "meeting" not in content, (path, method, answer.status)
    assert "a secret meeting" in visitor.ask((HOST, calendar), "carol")[1]


class Radicale(Door):
    packages = "radicale nginx openssl"
    version = ["radicale", "--version"]
    page = "radicale.md"
    for_all = for_auditors = app = (HOST, "/.web/")
    role = "calendar"
    faults = [
        ("        proxy_set_header X-Remote-User $rollcall_user;\n", "", "a visitor chooses X-Remote-User"),
        ("auth_request /_rollcall/calendar;\n", "", "no password is asked for"),
        ("/auth/verify?role=calendar", "/auth/verify", "no role is required"),
        ("type = owner_only", "type = authenticated", "a user reads the calendars of others"),
        ("type = http_x_remote_user", "type = none", "Radicale believes a name without a password"),
        ('        proxy_set_header X-Script-Name "";\n', "", "a visitor chooses the prefix of links"),
    ]  # fmt: skip
    checks = [
        knows_each_user, overwrites_forged_names, keeps_calendars_apart, limits_each_address,
        revokes_at_once, fails_closed_without_database, fails_closed_without_rollcall,
    ]  # fmt: skip

    def set_up(self, page):
        port = free_port()
        both = Page("nginx.md")
        both.files = [file for file in both.files if "files.example.com" not in file[1]] + page.files
        command = configure(self, both, {
            "127.0.0.1:8080": f"127.0.0.1:{self.rollcall.port}",
            "127.0.0.1:5232": f"127.0.0.1:{port}",
            "/var/lib/radicale": f"{self.folder}/lib",
        })  # fmt: skip
        log = self.folder / "radicale.log"
        with log.open("w") as file:
            calendars = [program("radicale"), "--config", self.folder / "etc/radicale/config"]
            self.others.append(subprocess.Popen(calendars, stdout=file, stderr=file))
        wait_for(lambda: is_open(port), self.others[0], log)
        return command
