#!/usr/bin/env python3
"""Stands between a client and the server, below a path, and records what passes.

    sdk/story/recorder.py COMMAND [ARGUMENT...]

runs the command with ROLLCALL_URL set to this recorder, in front of the server that ROLLCALL_URL named.
It fails unless the command succeeds and has sent the requests of `steps.py`.
"""

import http.client
import http.server
import os
import subprocess
import sys
import threading
from dataclasses import dataclass
from urllib.parse import urlsplit

from judge import complaints

# Clients work below a path, where a proxy would put the service. The server may be below one as well.
PREFIX = "/prov"

# What belongs to one connection, and is not passed on.
HOP_BY_HOP = {"connection", "host", "http2-settings", "keep-alive", "te", "transfer-encoding", "upgrade"}


@dataclass(frozen=True)
class Exchange:
    """A request as it was sent, and its answer."""

    method: str
    target: str
    headers: http.client.HTTPMessage
    body: bytes
    status: int
    answer: bytes


class Recorder(http.server.BaseHTTPRequestHandler):
    """Passes requests to the server with the server's own path for the prefix, and keeps them."""

    protocol_version = "HTTP/1.1"
    upstream = urlsplit("")
    exchanges: list[Exchange] = []

    def __getattr__(self, name: str):
        if name.startswith("do_"):
            return self.forward
        raise AttributeError(name)

    def forward(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        # As it was sent: `self.path` has one slash at the beginning where the client sent two.
        sent = self.requestline.split()[1]
        target = sent.removeprefix(PREFIX)
        if target == sent:
            self.keep(target, body, 404, b"")
            return self.send_error(404, f"nothing is here outside {PREFIX}")
        headers = {k: v for k, v in self.headers.items() if k.lower() not in HOP_BY_HOP}
        server = http.client.HTTPConnection(self.upstream.netloc)
        server.request(self.command, self.upstream.path + target, body or None, headers)
        answer = server.getresponse()
        content = answer.read()
        server.close()
        self.keep(target, body, answer.status, content)
        self.send_response_only(answer.status)
        for name, value in answer.getheaders():
            if name.lower() not in HOP_BY_HOP | {"content-length"}:
                self.send_header(name, value)
        if answer.status not in (204, 304):
            self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def keep(self, target: str, body: bytes, status: int, answer: bytes) -> None:
        self.exchanges.append(Exchange(self.command, target, self.headers, body, status, answer))

    def log_message(self, *_: object) -> None:
        pass


def main(command: list[str]) -> int:
    Recorder.upstream = urlsplit(os.environ["ROLLCALL_URL"])
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Recorder) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{server.server_port}{PREFIX}"
        status = subprocess.run(command, env=os.environ | {"ROLLCALL_URL": url}).returncode
        server.shutdown()
    found = complaints(Recorder.exchanges)
    for complaint in found:
        print(f"error: {complaint}", file=sys.stderr)
    if status != 0:
        print(f"error: the client's program ended with {status}", file=sys.stderr)
    return 1 if found or status else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
