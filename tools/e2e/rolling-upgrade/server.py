"""One process of rollcall."""
import os, subprocess, threading

from load_client import ADMIN


class Server:
    """Serves a store once it is made."""

    def __init__(self, log, binary, url):
        settings = {
            "ROLLCALL_DATABASE_URL": url,
            "ROLLCALL_LISTEN": "127.0.0.1:0",
            "ROLLCALL_ADMIN_PASSWORD": ADMIN[1],
            "ROLLCALL_BCRYPT_COST": "4",
            "ROLLCALL_SESSION_SECRET": "a session secret of at least 32 bytes",
        }
        self.process = subprocess.Popen(
            [binary], env=os.environ | settings, text=True, stderr=subprocess.PIPE
        )
        lines = []
        for line in self.process.stderr:
            lines.append(line)
            if "listening on http://" in line:
                break
        else:
            raise AssertionError(f"{binary} does not start: {lines[-3:]}")
        # A pipe that is not read would hold the server up.
        threading.Thread(target=lambda: log.writelines(self.process.stderr), daemon=True).start()

    def stop(self):
        self.process.terminate()
        assert self.process.wait(timeout=60) == 0, "rollcall does not end with 0"
