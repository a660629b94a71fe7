"""The servers and the proxies: how each is started on ports of its own, and ended."""

import os, re, subprocess
from pathlib import Path

from launch import free_port, is_open, program, wait_for

SHIPPED = Path(__file__).resolve().parents[3] / "docker/proxies"
FILES = {
    "nginx": "nginx.conf", "apache": "apache.conf", "haproxy": "haproxy.cfg", "caddy": "Caddyfile",
}  # fmt: skip
MODULES = "mpm_event authz_core proxy proxy_http headers deflate filter alias"
PASSWORD = "a password for tests"


class Server:
    """A rollcall that trusts the proxies at 127.0.0.1, with a store of its own."""

    def __init__(self, rollcall, folder, base_path=""):
        folder.mkdir()
        self.log = folder / "log"
        command = [
            rollcall, "--listen=127.0.0.1:0", "--bcrypt-cost=4", "--trusted-proxies=127.0.0.1",
            "--registrations-per-address=1000000", "--changes-per-user=0",
            *([f"--base-path={base_path}"] if base_path else []),
        ]  # fmt: skip
        environment = {"ROLLCALL_ADMIN_PASSWORD": PASSWORD, "PATH": os.environ["PATH"]}
        with self.log.open("w") as log:
            self.process = subprocess.Popen(command, cwd=folder, env=environment, stderr=log)
        self.port = int(wait_for(self.find_port, self.process, self.log))

    def find_port(self):
        found = re.search(r"listening on http://127\.0\.0\.1:(\d+)", self.log.read_text())
        return found and found[1]


class Proxy:
    """A proxy with its shipped configuration, in which only ports and `changes` differ."""

    def __init__(self, kind, folder, servers, changes=()):
        folder.mkdir(exist_ok=True)
        self.kind, self.folder, self.log = kind, folder, folder / "log"
        text = (SHIPPED / FILES[kind]).read_text()
        self.ports = {shipped: free_port() for shipped in (8081, 8082, 8083) if f":{shipped}" in text}
        self.configure(text, changes, self.ports | dict(zip((8080, 8090), servers)))
        with self.log.open("w") as log:
            command = getattr(self, kind)()
            self.process = subprocess.Popen(command, stdout=log, stderr=log)
        for port in self.ports.values():
            wait_for(lambda: is_open(port), self.process, self.log)

    def configure(self, text, changes, ports):
        name = FILES[self.kind]
        for shipped, other in [*changes, *((f":{old}", f":{new}") for old, new in ports.items())]:
            assert shipped in text, f"docker/proxies/{name} has no `{shipped}`"
            text = text.replace(shipped, other)
        self.configuration = self.folder / name
        self.configuration.write_text(text)

    def nginx(self):
        temporary = [f"{name}_temp_path {self.folder}/{name};" for name in (
            "client_body", "proxy", "fastcgi", "uwsgi", "scgi")]  # fmt: skip
        lines = [
            "user root;" if os.geteuid() == 0 else "",
            f"daemon off; worker_processes 1; pid {self.folder}/pid; error_log stderr; events {{}}",
            f"http {{ access_log off; {' '.join(temporary)} include {self.configuration}; }}",
        ]
        return [program("nginx"), "-e", "stderr", "-c", self.main_file(lines)]

    def apache(self):
        folder = "/usr/lib/apache2/modules"
        lines = [f"LoadModule {name}_module {folder}/mod_{name}.so" for name in MODULES.split()]
        lines += ["User www-data", "Group www-data"] if os.geteuid() == 0 else []
        lines += ["ServerName localhost", "StartServers 1", f"PidFile {self.folder}/pid"]
        lines += [f"DefaultRuntimeDir {self.folder}", "ErrorLog /dev/stderr"]
        lines += [f"Include {self.configuration}"]
        return [program("apache2"), "-DFOREGROUND", "-f", self.main_file(lines)]

    def haproxy(self):
        lines = ["defaults", "mode http", "timeout client 60s", "timeout connect 60s"]
        lines += ["timeout server 60s"]
        return [program("haproxy"), "-db", "-f", self.main_file(lines), "-f", self.configuration]

    def caddy(self):
        options = ["{", "admin off", "default_bind 127.0.0.1", f"storage file_system {self.folder}", "}"]
        lines = [*options, f"import {self.configuration}"]
        return [program("caddy"), "run", "--adapter", "caddyfile", "--config", self.main_file(lines)]

    def main_file(self, lines):
        """What a machine has before it takes the shipped file."""
        path = self.folder / "main"
        path.write_text("\n".join(lines) + "\n")
        return path
