"""Replicas behind HAProxy (scripts/replicas) on a PostgreSQL, and a load on them."""
import http.client, os, re, signal, socket, subprocess, threading, time
from pathlib import Path

from load_client import ADMIN, BALANCER, Client, request

ROOT = Path(__file__).resolve().parents[3]
KEPT, NEW = 6, 3  # clients that keep their connection, and those that open one for each request
ENOUGH = 50  # requests of each client


class Replicas:
    """scripts/replicas, running a program on a database."""

    def __init__(self, log, program, database):
        ports = [free_port(BALANCER), free_port(BALANCER), free_port("127.0.0.11")]
        self.port, self.lines = ports[0], []
        settings = {
            "ROLLCALL": str(program),
            "ROLLCALL_DATABASE_URL": database,
            "ROLLCALL_ADMIN_PASSWORD": ADMIN[1],
            "ROLLCALL_BCRYPT_COST": "4",
            "BALANCER_LISTEN": f"{BALANCER}:{ports[0]}",
            "BALANCER_STATUS": f"{BALANCER}:{ports[1]}",
            "REPLICA_PORT": str(ports[2]),
        }
        self.process = subprocess.Popen(
            [ROOT / "scripts/replicas"], env=os.environ | settings, text=True,
            stdout=subprocess.PIPE, stderr=log, start_new_session=True,
        )
        threading.Thread(target=self.read, daemon=True).start()

    def read(self):
        for line in self.process.stdout:
            print(f"  {line}", end="", flush=True)
            self.lines.append(line)

    def wait_for(self, text, after=0):
        """Waits for a line that begins with the text, behind the first `after` ones."""
        deadline = time.monotonic() + 100
        while not any(line.startswith(text) for line in self.lines[after:]):
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise AssertionError(f"scripts/replicas does not say `{text}`")
            time.sleep(0.05)

    def restart(self):
        """Restarts one after another, with the program that has its path now."""
        before, lines = self.pids(), len(self.lines)
        os.kill(self.process.pid, signal.SIGHUP)
        self.wait_for("restarted", lines)
        for old, new in zip(before, self.pids(), strict=True):
            assert len(new) == len(old) + 1 and not Path(f"/proc/{old[-1]}").exists(), "not restarted"

    def programs(self):
        """The file that each replica was started from."""
        return [Path(f"/proc/{pids[-1]}/exe").readlink() for pids in self.pids()]

    def pids(self):
        """The process ids that each replica has had."""
        matches = [re.match(r"replica (\d): process (\d+)", line) for line in self.lines]
        return [[int(it[2]) for it in matches if it and it[1] == number] for number in "123"]

    def stop(self):
        self.process.terminate()
        try:
            assert self.process.wait(timeout=20) == 0, "scripts/replicas does not end with 0"
        finally:
            try:
                os.killpg(self.process.pid, signal.SIGKILL)
                raise AssertionError("scripts/replicas leaves processes behind")
            except ProcessLookupError:
                pass


def free_port(host):
    with socket.socket() as it:
        it.bind((host, 0))
        return it.getsockname()[1]


def under_load(replicas, work, first=0):
    """Does `work` while clients read and write, and returns the clients. Each request must get its
    answer. Names of users have the clients' numbers, which begin with `first`."""
    is_over, start = threading.Event(), time.monotonic()
    numbers = range(first, first + KEPT + NEW)
    clients = [Client(replicas.port, number, number < first + KEPT, is_over) for number in numbers]
    try:
        for client in clients:
            client.start()
        time.sleep(1)
        work()
        time.sleep(1)
        enough = time.monotonic() + 60
        while any(client.done <= ENOUGH for client in clients) and time.monotonic() < enough:
            time.sleep(0.1)
    finally:
        is_over.set()
        for client in clients:
            client.join()
    report(clients, time.monotonic() - start)
    return clients


def report(clients, seconds):
    count, slowest = sum(it.done for it in clients), max(it.slowest for it in clients)
    refused, lost = sum((it.refused for it in clients), []), sum((it.lost for it in clients), [])
    print(f"{count} requests in {seconds:.1f} s, the slowest {slowest * 1000:.0f} ms, over {KEPT} connections "
          f"that were kept and {sum(it.connections for it in clients[KEPT:])} new ones: "
          f"{len(refused)} refused, {len(lost)} lost")
    for flaw in (refused + lost)[:10]:
        print(f"  {flaw}")
    assert not refused + lost, "not every request got its answer"
    for client in clients:
        assert not client.broken, client.broken
        assert client.done > ENOUGH, f"{client.done} requests of a client are no load"
        assert not client.keeps or client.connections == 1, "a connection was not kept"


def look_for_all_writes(port, clients):
    status, body = request(http.client.HTTPConnection(BALANCER, port), "GET", "/users")
    users = {user["name"]: user for user in body["userList"]["users"]}
    made = {name for client in clients for name in client.made}
    own = {client.user["name"]: client.user for client in clients}
    assert status == 200 and users.keys() == {ADMIN[0]} | made | own.keys(), "users are missing"
    assert all(users[name] == user for name, user in own.items()), "changes are missing"
    changes = sum(user["version"] for user in own.values())
    print(f"{len(made)} users made and {changes} changes, all of them there")
