"""Runs the story of a client at a server's root and below a path, without a proxy and behind each
of four, and then behind proxies that lie: python3 tools/e2e/proxies ROLLCALL."""

import signal, sys, tempfile
from pathlib import Path

import browser, conditions, reading, registration, signing, writes
from launch import end
from lies import LIES
from mount import Mount
from processes import Proxy, Server

STORY = [registration, writes, conditions, signing, reading]
STEPS = [step for part in STORY for step in part.STEPS]
# By the port in the shipped configurations.
MOUNTS = {
    8081: ("at the root", ""),
    8082: ("below /prov, removed by the proxy", "/prov"),
    8083: ("below /prov, passed on", "/prov"),
}

# The proxies that compress an answer without another tag.
KEEP_TAGS = {"caddy"}


def main(rollcall):
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("terminated"))
    started = []
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        try:
            for name, base_path in (("root", ""), ("prov", "/prov")):
                started.append(Server(rollcall, folder / name, base_path))
            servers = [server.port for server in started]
            mounts = [Mount(*mount) for mount in direct(*servers)]
            for kind in LIES:
                started.append(Proxy(kind, folder / kind, servers))
                mounts += [mount_of(started[-1], shipped) for shipped in started[-1].ports]
            faults = tell_story(mounts)
            for kind, lies in LIES.items():
                faults += [fault for lie in lies if (fault := tell(kind, lie, folder, servers))]
        finally:
            for process in reversed(started):
                end(process.process)
    sys.exit("\n".join(f"error: {fault}" for fault in faults) or None)


def direct(root, prov):
    yield "no proxy, at the root", f"http://127.0.0.1:{root}", False, False
    yield "no proxy, below /prov", f"http://127.0.0.1:{prov}/prov", False, False


def mount_of(proxy, shipped):
    name, path = MOUNTS[shipped]
    url = f"http://127.0.0.1:{proxy.ports[shipped]}{path}"
    return Mount(f"{proxy.kind}, {name}", url, True, proxy.kind not in KEEP_TAGS)


def tell_story(mounts):
    """The steps that fail, with the mounts where they do and the first reason."""
    failed = {}
    for mount in mounts:
        flaws = run(STEPS, mount)
        print(f"{mount.name}: {len(STEPS) - len(flaws)} of {len(STEPS)} steps passed", flush=True)
        for step, flaw in flaws.items():
            failed.setdefault(step, {})[mount.name] = flaw
    for mount, flaw in browser.open_everywhere(mounts).items():
        failed.setdefault(browser.shows_swagger_ui, {})[mount.name] = flaw
    print(f"Swagger UI was opened at {len(mounts)} mounts", flush=True)
    for step, flaws in failed.items():
        places = "everywhere" if len(flaws) == len(mounts) else "; ".join(flaws)
        failed[step] = f"{step.__name__} ({places}): {next(iter(flaws.values()))}"
    return list(failed.values())


def run(steps, mount):
    """The steps that fail, and why."""
    failed = {}
    for step in steps:
        try:
            step(mount)
        except (AssertionError, OSError, ValueError, KeyError) as error:
            failed[step] = f"{type(error).__name__}: {error}"
    return failed


def tell(kind, lie, folder, servers):
    """A fault if the step misses the lie, or if nothing works any more for another reason."""
    proxy = Proxy(kind, Path(tempfile.mkdtemp(dir=folder)), servers, [(lie.text, lie.lie)])
    try:
        steps = [registration.registers_and_reads_itself, lie.step]
        failed = run(steps, mount_of(proxy, lie.listens))
    finally:
        end(proxy.process)
    if list(failed) != [lie.step]:
        return f"{kind} with {lie.title}: {lie.step.__name__} alone must fail, not {failed}"
    print(f"{kind} with {lie.title}: {lie.step.__name__} fails as it must", flush=True)


main(str(Path(sys.argv[1]).resolve()))
