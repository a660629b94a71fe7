"""Measures a file behind the recipes, and behind the same programs with bcrypt hashes of their own:
measure.py ROLLCALL. All rows take turns, and their medians are printed as a table."""

import re, statistics, subprocess, sys, tempfile, time
from pathlib import Path

from compared import COST, PlainApache, PlainCaddy, PlainNginx
from launch import end
from recipe import PASSWORD, Page, Rollcall, basic

ROUNDS = 5
# Connections and seconds of a round. More than a few connections leave hashes behind that no client
# waits for, and that slow the next row down.
FAST, SLOW = (64, 4), (8, 8)


def load(url, connections, seconds):
    """Requests a second, and the 99th percentile as wrk prints it."""
    command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--timeout=60s", "--latency"]
    command += ["-H", f"Authorization: {basic('alice', PASSWORD)}", url]
    text = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    assert "Non-2xx" not in text, text
    latency, unit = re.search(r"99%\s+([\d.]+)(us|ms|s)", text).groups()
    milliseconds = float(latency) * {"us": 0.001, "ms": 1, "s": 1000}[unit]
    return float(re.search(r"Requests/sec:\s+([\d.]+)", text)[1]), milliseconds


def rows(nginx, caddy, apache):
    """Title, address and load of a round."""
    own, file = f"http://127.0.0.1:{nginx.own}", "report.txt"
    yield "nginx, `auth_request` to a fixed 204 of another server", f"{own}/there/{file}", FAST
    yield "nginx, `auth_request` to a fixed 204 of the same server", f"{own}/here/{file}", FAST
    for name, door in (("nginx", nginx), ("Caddy", caddy), ("Apache", apache)):
        yield f"{name}, recipe", f"http://127.0.0.1:{door.port}/{file}", FAST
    yield f"nginx, `auth_basic`, bcrypt {COST}", f"{own}/basic/{file}", SLOW
    yield f"Caddy, `basicauth`, bcrypt {COST}", f"http://127.0.0.1:{caddy.own}/{file}", FAST
    yield f"Apache, `mod_authn_socache`, bcrypt {COST}", f"http://127.0.0.1:{apache.own}/{file}", SLOW


def table(measured):
    first = statistics.median(rate for rate, _ in measured[0][1])
    print("| a file of 11 bytes through | requests a second | p99 |\n| --- | --- | --- |")
    for title, rounds in measured:
        rate, latency = (statistics.median(values) for values in zip(*rounds))
        print(f"| {title} | {rate:.0f} ({100 * rate / first:.1f} %) | {latency:.1f} ms |")


def main(binary):
    started = []
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        try:
            command = [*Page("nginx.md").command("rollcall "), f"--bcrypt-cost={COST}"]
            rollcall = Rollcall(binary, folder / "rollcall", command, f"sqlite://{folder}/rollcall/users.db")
            started.append(rollcall.process)
            rollcall.add("alice", "alice@example.com")
            doors = []
            for kind in (PlainNginx, PlainCaddy, PlainApache):
                place = folder / kind.__name__
                place.mkdir()
                doors.append(kind(place, rollcall))
                doors[-1].start()
                started += doors[-1].others
            folder.chmod(0o755)
            measured = [(title, url, kind, []) for title, url, kind in rows(*doors)]
            for _, url, _, _ in measured:
                load(url, 1, 1)  # Rollcall and Caddy cache the password.
            for _ in range(ROUNDS):
                for _, url, kind, rounds in measured:
                    rounds.append(load(url, *kind))
                    time.sleep(1)
            table([(title, rounds) for title, _, _, rounds in measured])
        finally:
            for process in reversed(started):
                end(process)


if __name__ == "__main__":
    main(str(Path(sys.argv[1]).resolve()))
