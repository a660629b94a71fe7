"""The database that fails over."""

import contextlib
import glob
import json
import os
import signal
import subprocess
import time
import urllib.error
import urllib.request

REPOSITORY = os.path.realpath(os.path.join(os.path.dirname(__file__), "../../.."))
CLUSTER = os.path.join(REPOSITORY, "tools/e2e/failover/cluster")


class Cluster:
    """What tools/e2e/failover/cluster runs."""

    def __init__(self, folder):
        self.folder = folder
        self.child = subprocess.Popen([CLUSTER, folder], stdout=subprocess.PIPE, text=True)
        self.urls = {}

    def wait(self):
        """Waits until it is there."""
        for line in self.child.stdout:
            if "ROLLCALL_DATABASE_URL=" in line:
                url = line.split("=", 1)[1].strip().strip("'")
                self.urls["proxy" if self.urls else "hosts"] = url
            if "patronictl" in line:
                break
        else:
            raise SystemExit("the cluster does not start")
        # Runs the line exactly as it is printed.
        list_of_nodes = subprocess.run(["sh", "-c", line], capture_output=True, text=True).stdout
        if not all(word in list_of_nodes for word in ("Leader", "Sync Standby", "node2")):
            raise SystemExit(f"{line}does not list the nodes: {list_of_nodes}")
        with open(f"{self.folder}/environment") as file:
            self.addresses = dict(pair.split("=", 1) for pair in file.read().split())

    def run(self, command, node):
        subprocess.run([CLUSTER, command, self.folder, node], check=True)

    def ask(self, node, path, body=None):
        url = f"http://{self.addresses[node.upper()]}:8008{path}"
        try:
            with urllib.request.urlopen(url, body and json.dumps(body).encode(), 30) as answer:
                return answer.status
        except urllib.error.HTTPError as error:
            return error.code
        except OSError:
            return None

    def wait_for_standby(self, node):
        """The seconds until the node has every acknowledged commit."""
        started = time.monotonic()
        while self.ask(node, "/synchronous") != 200:
            if time.monotonic() - started > 60:
                raise SystemExit(f"{node} is no synchronous standby in a minute")
            time.sleep(0.2)
        return time.monotonic() - started

    def kill_while_standby_lags(self, primary, standby):
        """Kills the primary when the standby has got nothing from it for a second, so that a write
        that was acknowledged without the standby is lost."""
        receivers = self._processes(standby, b"walreceiver")
        if not receivers:
            raise SystemExit(f"{standby} receives nothing")
        for process in receivers:
            os.kill(process, signal.SIGSTOP)
        time.sleep(1)
        self.run("kill", primary)
        for process in receivers:
            # Nor may it take what the network still holds.
            os.kill(process, signal.SIGKILL)

    def _processes(self, node, title):
        """The process ids of a node's PostgreSQL with this in their titles."""
        found = []
        for folder in glob.glob("/proc/[0-9]*"):
            # Processes end at any time.
            with contextlib.suppress(OSError), open(f"{folder}/cmdline", "rb") as file:
                if title in file.read() and os.readlink(f"{folder}/cwd").startswith(
                    f"{self.folder}/{node}/"
                ):
                    found.append(int(os.path.basename(folder)))
        return found

    def stop(self):
        self.child.send_signal(signal.SIGTERM)
        self.child.wait()
