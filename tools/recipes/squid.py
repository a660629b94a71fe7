"""Squid with Debian's own configuration and the files of docs/recipes/squid.md."""

from pathlib import Path

from door import Door
from visitor import Visitor


class Client(Visitor):
    """A client that sends all requests through the proxy, without TLS."""

    authorization = "Proxy-Authorization"
    program_port = None

    def target(self, host, path):
        return f"http://{host}:{self.program_port}{path}"


class Squid(Door):
    packages = "squid openssl"
    version = ["/usr/sbin/squid", "-v"]
    page = "squid.md"
    visitor = Client
    for_all, app = ("app.example.com", "/report.txt"), ("app.example.com", "/app/")
    for_auditors = ("audit.example.com", "/audit/log.txt")
    secret = '"remote-groups", "auditor"'
    unauthenticated = throttled = 407
    outages = (407,)
    breakage = ('["OK", ', '["KO", ')
    faults = [
        ("access Other deny intranet\n", "access Remote-User deny all\n", "a visitor chooses remote-user"),
        (', "X-Forwarded-For": address', "", "all visitors share one limit"),
        ("forwarded_for truncate\n", "", "the program is told another address"),
        ("ttl=0 negative_ttl=0 cache=0", "ttl=60 negative_ttl=0", "a lost right applies late"),
        ("http_access deny audit !auditors\n", "", "no role is required"),
        ("acl users external rollcall", "acl users proxy_auth REQUIRED", "every password is right"),
        ("if answer.status != 204:", "if answer.status == 401:", "an outage is no refusal"),
        ("%'{remote-user}note", "%{remote-user}note", "the program is told another name"),
        ("%'{remote-email}note\" intranet email", "%'{remote-email}note\" intranet", "a user has the address -"),
    ]  # fmt: skip

    def set_up(self, page):
        page.install(self.folder, {
            "127.0.0.1:8080": f"127.0.0.1:{self.rollcall.port}",
            "/usr/local/lib/": f"{self.folder}/usr/local/lib/",
        })  # fmt: skip
        (self.folder / "usr/local/lib/rollcall-squid").chmod(0o755)
        hosts = self.folder / "hosts"
        hosts.write_text("127.0.0.1 app.example.com audit.example.com\n")
        main = self.folder / "squid.conf"
        text = Path("/etc/squid/squid.conf").read_text()
        text = text.replace("/etc/squid/conf.d/", f"{self.folder}/etc/squid/conf.d/")
        text = text.replace("http_port 3128", f"http_port 127.0.0.1:{self.port}")
        text += f"hosts_file {hosts}\npid_filename {self.folder}/pid\naccess_log stdio:{self.folder}/access.log\n"
        text += f"cache_log {self.log}\ncoredump_dir {self.folder}\nshutdown_lifetime 0 seconds\n"
        main.write_text(text)
        self.folder.chmod(0o777)
        return ["/usr/sbin/squid", "-N", "-f", main, "-n", f"recipe{self.port}"]

    def visit(self, address="127.0.0.1"):
        client = Client(self.port, None, address)
        client.program_port = self.program.port
        return client
