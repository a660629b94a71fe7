"""Processes of rollcall on one database, and requests to them."""

import base64
import http.client
import json
import os
import re
import subprocess
import threading
import time

ADMIN_PASSWORD = "an admin's fine password"
PASSWORD = "a user's fine password"
# The slowest that any answer may be, in seconds.
PATIENCE = 10


class Process:
    """One rollcall, ended by `stop`."""

    def __init__(self, binary, environment):
        settings = {
            "ROLLCALL_LISTEN": "127.0.0.1:0",
            "ROLLCALL_BCRYPT_COST": "4",
            "ROLLCALL_ADMIN_PASSWORD": ADMIN_PASSWORD,
            "ROLLCALL_SESSION_SECRET": "a session secret for the failover drill",
            "RUST_LOG": "info,rollcall_http=warn",
        }
        self.log = []
        self.child = subprocess.Popen(
            [binary], env=os.environ | settings | environment, stderr=subprocess.PIPE, text=True
        )
        self.address = None
        threading.Thread(target=self._read, daemon=True).start()
        started = time.monotonic()
        while self.address is None:
            if self.child.poll() is not None or time.monotonic() - started > 30:
                self.stop()
                raise SystemExit("rollcall does not start:\n" + "".join(self.log[-20:]))
            time.sleep(0.01)

    def _read(self):
        for line in self.child.stderr:
            self.log.append(line)
            found = re.search(r"listening on http://(\S+)", line)
            if found:
                self.address = found[1]

    def stop(self):
        self.child.kill()
        self.child.wait()

    def request(self, method, path, body=None, user=("admin", ADMIN_PASSWORD)):
        """The answer's status, headers and JSON, or None for the status when the connection broke.
        An answer that does not come in time raises TimeoutError."""
        headers = {"Content-Type": "application/json"}
        if user:
            basic = base64.b64encode(":".join(user).encode()).decode()
            headers["Authorization"] = f"Basic {basic}"
        connection = http.client.HTTPConnection(self.address, timeout=PATIENCE)
        try:
            connection.request(method, path, body and json.dumps(body), headers)
            answer = connection.getresponse()
            text = answer.read()
            is_json = "json" in answer.headers.get("Content-Type", "")
            return answer.status, answer.headers, json.loads(text) if is_json else text
        except TimeoutError:
            raise
        except (OSError, http.client.HTTPException):
            return None, {}, None
        finally:
            connection.close()
