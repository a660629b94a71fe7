"""The recorder passes requests to a server that may be below a path, and keeps each of them."""

import http.client
import http.server
import threading
import unittest
from urllib.parse import urlsplit

from recorder import Recorder


class Server(http.server.BaseHTTPRequestHandler):
    """Answers with the path that it was asked for."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()
        self.wfile.write(self.path.encode())

    def log_message(self, *_: object) -> None:
        pass


def serving(handler: type) -> http.server.ThreadingHTTPServer:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, args=[0.05], daemon=True).start()
    return server


class Recording(unittest.TestCase):
    def setUp(self) -> None:
        self.server, self.recorder = serving(Server), serving(Recorder)
        self.addCleanup(self.server.server_close)
        self.addCleanup(self.recorder.server_close)
        self.addCleanup(self.server.shutdown)
        self.addCleanup(self.recorder.shutdown)
        self.addCleanup(Recorder.exchanges.clear)

    def get(self, base_path: str, path: str) -> tuple[int, str]:
        """The answer to a client of the recorder, and where the server got the request."""
        Recorder.upstream = urlsplit(f"http://127.0.0.1:{self.server.server_port}{base_path}")
        client = http.client.HTTPConnection("127.0.0.1", self.recorder.server_port)
        client.request("GET", path)
        answer = client.getresponse()
        got = answer.status, answer.read().decode()
        client.close()
        return got

    def test_the_server_gets_its_own_path(self) -> None:
        self.assertEqual(self.get("", "/prov/users?limit=1"), (200, "/users?limit=1"))
        self.assertEqual(self.get("/base", "/prov/users/2"), (200, "/base/users/2"))
        kept = [exchange.target for exchange in Recorder.exchanges]
        self.assertEqual(kept, ["/users?limit=1", "/users/2"])

    def test_slashes_too_many_are_kept_as_sent(self) -> None:
        self.get("", "/prov//users")
        status, _ = self.get("", "//prov/users")
        self.assertEqual(status, 404)
        kept = [exchange.target for exchange in Recorder.exchanges]
        self.assertEqual(kept, ["//users", "//prov/users"])


if __name__ == "__main__":
    unittest.main()
