"""Protects files and a program as the pages of docs/recipes say, and tries to get past:
tools/recipes ROLLCALL [--faults] NAME..."""

import importlib, os, signal, subprocess, sys, tempfile, traceback
from pathlib import Path
from urllib.parse import urlsplit

import checks
from launch import end
from program import Relay
from recipe import Page, Rollcall

# Name of the module, and its class.
RECIPES = {"nginx": "Nginx", "caddy": "Caddy", "apache": "Apache", "haproxy": "Haproxy", "squid": "Squid",
           "radicale": "Radicale", "replicas": "Replicas"}  # fmt: skip


def databases(url):
    """Addresses of new databases on a server of PostgreSQL."""
    for number in range(1_000_000):
        subprocess.run(["psql", "-qX", f"{url}/postgres", "-c", f"CREATE DATABASE recipe{number}"], check=True)
        yield urlsplit(url), f"recipe{number}"


def attempt(kind, binary, database, changes=(), some=None):
    """The check that fails, and why; nothing if all hold. `changes` are made to the page."""
    server, name = database
    relay = Relay(server.port)
    started = []
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        try:
            command = Page("nginx.md" if kind.page == "radicale.md" else kind.page).command("rollcall ")
            url = f"{server.scheme}://{server.username}@127.0.0.1:{relay.port}/{name}"
            rollcall = Rollcall(binary, folder / "rollcall", command, url)
            started.append([rollcall.process])
            rollcall.relay = relay
            rollcall.alice = rollcall.add("alice", "alice@example.com")
            door = kind(folder, rollcall, changes)
            started.append(door.others)
            door.start()
            return first_failure(some or kind.checks, door, rollcall, not changes)
        finally:
            for process in [process for group in reversed(started) for process in group]:
                end(process)
            relay.cut()


def first_failure(some, door, rollcall, is_shown):
    for check in some:
        try:
            check(door, rollcall)
        except Exception as error:
            if is_shown:
                traceback.print_exc(limit=-2)
                print(door.log.read_text()[-1500:], file=sys.stderr)
            return f"{check.__name__}: {type(error).__name__}"


def missed(kind, binary, new_database):
    """The planted faults that no check finds."""
    for shown, planted, title in kind.faults:
        failure = attempt(kind, binary, next(new_database), [(shown, planted)])
        if not failure and kind.breakage:
            changes = [(shown, planted), kind.breakage]
            failure = attempt(kind, binary, next(new_database), changes, [checks.is_closed])
        print(f"{kind.page}, fault `{title}`: {failure or 'no check fails'}", flush=True)
        if not failure:
            yield f"{kind.page}: no check finds that {title}"


def flaws_of(kind, binary, new_database, with_faults):
    failure = attempt(kind, binary, next(new_database))
    if not failure and kind.breakage:
        failure = attempt(kind, binary, next(new_database), [kind.breakage], [checks.is_closed])
    print(f"{kind.page}: {failure or f'all of {len(kind.checks)} checks passed'}", flush=True)
    if failure:
        return [f"{kind.page}: {failure}"]
    if not with_faults:
        return []
    flaws = list(missed(kind, binary, new_database))
    print(f"{kind.page}: {len(kind.faults) - len(flaws)} of {len(kind.faults)} faults were found", flush=True)
    return flaws


def main(binary, *words):
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("terminated"))
    new_database = databases(os.environ["ROLLCALL_TEST_POSTGRES"])
    flaws = []
    for name in (word for word in words if word != "--faults"):
        kind = getattr(importlib.import_module(name), RECIPES[name])
        subprocess.run(["scripts/need", *kind.packages.split()], check=True)
        version = subprocess.run(kind.version, check=True, capture_output=True, text=True)
        print((version.stdout + version.stderr).splitlines()[0], flush=True)
        flaws += flaws_of(kind, binary, new_database, "--faults" in words)
    sys.exit("\n".join(f"error: {flaw}" for flaw in flaws) or None)


main(str(Path(sys.argv[1]).resolve()), *sys.argv[2:])
