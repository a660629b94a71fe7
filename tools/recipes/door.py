"""A program in front of others that asks Rollcall, set up with the files of its page."""

import subprocess

from checks import ALL
from launch import free_port, is_open, wait_for
from program import Program
from recipe import Page
from visitor import Visitor, make_certificate, make_files

FILES = "files.example.com"


class Door:
    """What the recipes differ in. The checks are the same for all of them."""

    packages = ""  # of Debian
    version = []  # the command that prints it
    page = ""
    # Host and path of something for every user, something for auditors, and a program.
    for_all, for_auditors, app = (FILES, "/report.txt"), (FILES, "/audit/log.txt"), (FILES, "/app/")
    secret = "the log\n"  # contained only in what auditors get
    role = "auditor"
    unauthenticated = 401
    throttled = 429
    outages = (503,)
    visitor = Visitor
    # A text of the page and its replacement, which makes its script fail.
    breakage = None
    # Each is a text of the page, its replacement, and the consequence in words.
    faults = []
    checks = ALL

    def __init__(self, folder, rollcall, changes=()):
        self.folder, self.rollcall, self.others = folder, rollcall, []
        self.program, self.audit_program = Program(), Program()
        self.port, self.log = free_port(), folder / "proxy.log"
        self.certificate = make_certificate(folder / "tls")
        make_files(folder / "srv/files")
        folder.chmod(0o755)
        self.changes = {
            "127.0.0.1:8080": f"127.0.0.1:{rollcall.port}",
            "127.0.0.1:9000": f"127.0.0.1:{self.program.port}",
            "/srv/files": f"{folder}/srv/files",
        }
        self.command = self.set_up(Page(self.page, changes))

    def start(self):
        with self.log.open("w") as log:
            self.process = subprocess.Popen(self.command, stdout=log, stderr=log, env=self.environment())
        self.others.append(self.process)
        wait_for(lambda: is_open(self.port), self.process, self.log)

    def set_up(self, page):
        """Writes the files, and returns the command that starts the program."""
        raise NotImplementedError

    def environment(self):
        return {"PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"}

    def visit(self, address="127.0.0.1"):
        return self.visitor(self.port, self.certificate, address)

    def move(self, path, *shown):
        """Has a file of Debian name the folder where it names the root."""
        text = path.read_text()
        for place in shown:
            text = text.replace(place, f"{self.folder}{place}")
        path.write_text(text)
