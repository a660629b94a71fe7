"""A visitor of what a proxy protects."""

import http.client, socket, ssl, subprocess

from launch import PATIENCE
from recipe import PASSWORD, basic

HOSTS = ["files.example.com", "audit.example.com", "app.example.com", "calendar.example.com"]


class Visitor:
    """Sends requests to a proxy from an address of its own, on connections that are kept. The
    certificate is of the proxy's own; without one the connections have no TLS."""

    authorization = "Authorization"

    def __init__(self, port, certificate=None, address="127.0.0.1"):
        self.port, self.address, self.connections = port, address, {}
        self.context = certificate and ssl.create_default_context(cafile=certificate)

    def connect(self, host):
        source = socket.create_connection(("127.0.0.1", self.port), PATIENCE, (self.address, 0))
        connection = http.client.HTTPConnection(host, timeout=PATIENCE)
        connection.sock = source
        if self.context:
            connection.sock = self.context.wrap_socket(source, server_hostname=host)
        return connection

    def ask(self, place, *arguments, **options):
        """The answer and its content. `place` is a host and a path, `headers` are pairs."""
        kept = self.connections.pop(place[0], None)
        try:
            return self.exchange(kept or self.connect(place[0]), place, *arguments, **options)
        except ConnectionError:
            if not kept:
                raise
            # The proxy has closed the idle connection.
            return self.exchange(self.connect(place[0]), place, *arguments, **options)

    def exchange(self, connection, place, name=None, password=PASSWORD, headers=(), method="GET", body=None):
        host, path = place
        connection.putrequest(method, self.target(host, path), skip_host=True)
        pairs = [("Host", host), *([] if body is None else [("Content-Length", str(len(body)))]), *headers]
        if name is not None:
            pairs.append((self.authorization, basic(name, password)))
        for pair in pairs:
            connection.putheader(*pair)
        connection.endheaders(body)
        answer = connection.getresponse()
        content = answer.read().decode()
        if not answer.will_close:
            self.connections[host] = connection
        return answer, content

    def target(self, host, path):
        return path

    def status(self, *arguments, **options):
        return self.ask(*arguments, **options)[0].status


def make_certificate(folder):
    """A certificate for all hosts of the pages, its key, and both in one file."""
    folder.mkdir(parents=True)
    certificate, key = folder / "files.example.com.crt", folder / "files.example.com.key"
    names = ",".join(f"DNS:{host}" for host in HOSTS)
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"]
    command += ["-subj", f"/CN={HOSTS[0]}", "-addext", f"subjectAltName={names}"]
    subprocess.run([*command, "-out", certificate, "-keyout", key], check=True, capture_output=True)
    (folder / "files.example.com.pem").write_text(certificate.read_text() + key.read_text())
    for path in folder.iterdir():
        path.chmod(0o644)
    return certificate


def make_files(folder):
    """The files that the pages protect. The servers run as other users."""
    (folder / "audit").mkdir(parents=True)
    (folder / "report.txt").write_text("the report\n")
    (folder / "audit/log.txt").write_text("the log\n")
