"""Checks that docker/haproxy.cfg passes on no address that a client claims: HAProxy runs with it before
a server that keeps the headers that it gets."""
import http.client, http.server, os, shutil, subprocess, threading, time
from pathlib import Path

CONFIGURATION = Path(__file__).resolve().parents[3] / "docker/haproxy.cfg"
PATIENCE = 30  # seconds

# Headers in which proxies and content networks name the client, and what a client claims in them.
FORGED = {
    "X-Forwarded-For": "203.0.113.1",
    "Forwarded": 'for="203.0.113.2',
    "Forwarded-For": "203.0.113.3",
    "X-Forwarded": "for=203.0.113.4",
    "X-Real-IP": "203.0.113.5",
    "X-Client-IP": "203.0.113.6",
    "Client-IP": "203.0.113.7",
    "True-Client-IP": "203.0.113.8",
    "X-Cluster-Client-IP": "203.0.113.9",
    "X-Original-Forwarded-For": "203.0.113.10",
    "X-Envoy-External-Address": "203.0.113.11",
    "CF-Connecting-IP": "203.0.113.12",
    "Fastly-Client-IP": "203.0.113.13",
    "Fly-Client-IP": "203.0.113.14",
    "X-Azure-ClientIP": "203.0.113.15",
    "X-Azure-SocketIP": "203.0.113.16",
    "X-Appengine-User-IP": "203.0.113.17",
    "X-Remote-Addr": "203.0.113.18",
}


class Replica(http.server.BaseHTTPRequestHandler):
    """Is ready, and keeps the headers of the last other request."""

    headers_seen = []

    def do_GET(self):
        if self.path != "/health/ready":
            Replica.headers_seen = self.headers.items()
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


def check(balancer, status, source):
    """HAProxy at these addresses, and a client at `source` that claims all others."""
    with http.server.ThreadingHTTPServer(("127.0.0.11", 0), Replica) as replica:
        threading.Thread(target=replica.serve_forever, daemon=True).start()
        address = f"127.0.0.11:{replica.server_port}"
        names = {f"REPLICA_{number}": address for number in (1, 2, 3)}
        names |= {"BALANCER_LISTEN": balancer, "BALANCER_STATUS": status}
        program = shutil.which("haproxy", path=os.environ["PATH"] + ":/usr/sbin") or "haproxy"
        command = [program, "-f", CONFIGURATION]
        haproxy = subprocess.Popen(command, env=os.environ | names, stdout=subprocess.DEVNULL)
        try:
            wait_for(lambda: send(balancer, source, FORGED) == 200)
            names = {name.lower() for name in FORGED}
            seen = [(name.lower(), value) for name, value in Replica.headers_seen]
            seen = [(name, value) for name, value in seen if name in names]
            assert seen == [("x-forwarded-for", source)], f"HAProxy passes on {seen}"
        finally:
            haproxy.terminate()
            haproxy.wait()
            replica.shutdown()


def send(balancer, source, headers):
    try:
        connection = http.client.HTTPConnection(balancer, timeout=5, source_address=(source, 0))
        connection.request("GET", "/", headers=headers)
        return connection.getresponse().status
    except (http.client.HTTPException, OSError):
        return None


def wait_for(holds):
    deadline = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < deadline, "HAProxy does not answer"
        time.sleep(0.1)
