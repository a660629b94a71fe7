"""Kills the primary under load, and moves it on purpose: see `run` beside this file."""

import os
import signal
import sys
import tempfile
import time

from cluster import REPOSITORY, Cluster
from load import Load
from service import PATIENCE, Process


def drill(title, loads, event, is_outage=True):
    """Lets `event` happen under load, prints what the clients saw, and gives what was wrong. During an
    outage the processes must say that they are not ready."""
    for load in loads:
        load.begin()
    try:
        time.sleep(3)
        event()
        happened = time.monotonic()
        while not all(is_over(load, happened, is_outage) for load in loads):
            if time.monotonic() - happened > 60:
                raise SystemExit(f"{title}: no writes again within a minute")
            time.sleep(0.1)
        time.sleep(3)
    finally:
        for load in loads:
            load.end()
    return [failure for load in loads for failure in report(title, load, is_outage)]


def is_over(load, happened, is_outage):
    """Whether writes are acknowledged again: not what was on its way back at that moment."""
    if is_outage and {process.address for process in load.processes} != set(load.not_ready):
        return False
    return any(it > max([happened, *load.not_ready.values()]) + 1 for it in load.writes)


def report(title, load, is_outage):
    for process in load.processes:
        if is_outage and process.address not in load.not_ready:
            load.fail("/health/ready never said 503")
        if process.request("GET", "/health/ready", user=None)[0] != 200:
            load.fail("not ready in the end")
    if load.slowest > PATIENCE:
        load.fail(f"an answer took {load.slowest:.1f} s")
    status, _, body = load.processes[0].request("GET", "/users")
    if status != 200:
        raise SystemExit(f"{title}: the list of users is answered with {status}")
    users = body["userList"]["users"]
    names = [user["name"] for user in users]
    lost = set(load.acknowledged) - set(names)
    doubled = len(names) - len(set(names)) + len(users) - len({user["id"] for user in users})
    if lost or doubled:
        load.fail(f"{len(lost)} acknowledged writes are lost, {doubled} names or ids are doubled")
    print(
        f"{title}, {load.way}: {gap(load.writes):.1f} s without an acknowledged write,"
        f" {gap(load.reads):.1f} s without a successful read, {load.refused} requests refused,"
        f" slowest answer {load.slowest:.1f} s, {len(load.writes)} writes acknowledged,"
        f" of {len(load.acknowledged)} in all {len(lost)} lost",
        flush=True,
    )
    return load.failures


def gap(times):
    """The longest time between two of `times`."""
    times = sorted(times)
    return max((after - before for before, after in zip(times, times[1:])), default=float("inf"))


def run(binary, folder, started):
    cluster, processes, loads = Cluster(f"{folder}/cluster"), [], []
    try:
        cluster.wait()
        for way, url in cluster.urls.items():
            environment = {"ROLLCALL_DATABASE_URL": url, "PGPASSFILE": f"{cluster.folder}/pgpass"}
            pair = []
            for _ in range(2):
                pair.append(Process(binary, environment))
                processes.append(pair[-1])
            loads.append(Load(way, pair))
        print(f"set up after {time.monotonic() - started:.1f} s", flush=True)
        failures = drill_all(cluster, loads)
    finally:
        for process in processes:
            process.stop()
        cluster.stop()
    return failures


def drill_all(cluster, loads):
    event = lambda: cluster.kill_while_standby_lags("node1", "node2")
    failures = drill("primary killed", loads, event)
    cluster.run("start", "node1")
    print(f"the killed one rejoined after {cluster.wait_for_standby('node1'):.1f} s", flush=True)
    plan = {"leader": "node2", "candidate": "node1"}
    event = lambda: cluster.ask("node2", "/switchover", plan)
    failures += drill("switchover", loads, event, is_outage=False)
    if cluster.ask("node1", "/primary") != 200:
        failures.append("node1 is not the primary after the switchover")
    cluster.wait_for_standby("node2")
    # Its PostgreSQL goes on as if it were the primary still. HAProxy knows; a list of hosts does not.
    proxied = [load for load in loads if load.way == "proxy"]
    event = lambda: cluster.run("kill-patroni", "node1")
    return failures + drill("Patroni of the primary killed", proxied, event)


def main():
    started = time.monotonic()
    # As a failure would, so that everything is ended.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    binary = os.path.realpath(os.environ.get("ROLLCALL", f"{REPOSITORY}/target/release/rollcall"))
    with tempfile.TemporaryDirectory() as folder:
        # PostgreSQL's own user must get through.
        os.chmod(folder, 0o755)
        failures = run(binary, folder, started)
    for failure in failures[:20]:
        print(failure)
    print(f"{len(failures)} failures, {time.monotonic() - started:.1f} s")
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main()
