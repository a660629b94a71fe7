"""HAProxy with Debian's own configuration and the files of docs/recipes/haproxy.md."""

import shutil

from door import FILES, Door

STRIP = "    http-request del-header ^remote[^a-z0-9] -m reg\n"
ADDRESS = '{ ["x-forwarded-for"] = { txn.f:src() } }'
CLOSED = "    http-request deny deny_status 503 unless { var(txn.rollcall_user) -m found }\n"


class Haproxy(Door):
    packages = "haproxy openssl"
    version = ["/usr/sbin/haproxy", "-v"]
    page = "haproxy.md"
    for_all, for_auditors, app = (FILES, "/"), ("audit.example.com", "/audit/"), (FILES, "/app/")
    secret = '"remote-groups", "auditor"'
    breakage = ("    local answer = ask(txn, role)\n", "    local answer = nil\n")
    faults = [
        (STRIP, "", "a visitor chooses Remote_User"),
        (ADDRESS, "{}", "all visitors share one limit"),
        ("    http-request set-header X-Forwarded-For %[src]\n", "", "the program is told another address"),
        ("        txn.http:req_set_header(name, answer.headers[name][0])\n", "", "the program is not told the user"),
        ("    http-request del-header Authorization\n", "", "the password reaches the program"),
        ("lua.rollcall auditor if", "lua.rollcall any if", "no role is required"),
        (CLOSED, "", "an error in the script is no refusal"),
        ("if answer.status ~= 204 then", "if answer.status == 401 then", "an outage is no refusal"),
        ("[429] = true", "", "a visitor who guesses gets a 503"),
    ]  # fmt: skip

    def set_up(self, page):
        shutil.copytree("/etc/haproxy", self.folder / "etc/haproxy")
        page.install(self.folder, self.changes_of_places())
        main = self.folder / "etc/haproxy/haproxy.cfg"
        self.move(main, "/etc/haproxy/errors/", "/etc/haproxy/rollcall.lua", "/run/haproxy/")
        main.write_text(main.read_text().replace("\tchroot /var/lib/haproxy\n", ""))
        (self.folder / "run/haproxy").mkdir(parents=True)
        return ["/usr/sbin/haproxy", "-db", "-f", main]

    def changes_of_places(self):
        own = {
            "bind :443": f"bind 127.0.0.1:{self.port}",
            "/etc/haproxy/tls": f"{self.folder}/tls",
            "127.0.0.1:9001": f"127.0.0.1:{self.audit_program.port}",
        }
        return {shown: other for shown, other in (self.changes | own).items() if shown != "/srv/files"}
