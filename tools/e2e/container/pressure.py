#!/usr/bin/env python3
"""Runs the program with the limits of docker/compose.yaml under more load than it can take: pressure.py [USERS]."""
import os, resource, signal, subprocess, sys, tempfile
from pathlib import Path

import yaml

from cgroup import Cgroup
from podman import Client, free_port
from survival import add_users, check_survival

ROOT = Path(__file__).resolve().parents[3]
PASSWORD = "the first admin's password"
UNITS = {"k": 1 << 10, "m": 1 << 20, "g": 1 << 30}


def size(text):
    return int(text[:-1]) * UNITS[text[-1]]


def main():
    users = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    service = yaml.safe_load((ROOT / "docker/compose.yaml").read_text())["services"]["rollcall"]
    # As many as engines give to a container, and enough for the clients.
    files = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (files, files))
    group = Cgroup.limited(f"rollcall-pressure-{os.getpid()}", size(service["mem_limit"]), service["pids_limit"])
    port = free_port()
    environment = os.environ | {"ROLLCALL_LISTEN": f"127.0.0.1:{port}", "ROLLCALL_ADMIN_PASSWORD": PASSWORD}
    binary = Path(os.environ["ROLLCALL"]).resolve()
    try:
        with tempfile.TemporaryDirectory() as folder:
            options = {"cwd": folder, "env": environment}
            with open(f"{folder}/log", "wb") as log:
                server = subprocess.Popen(group.command(binary), stdout=log, stderr=log, **options)
            try:
                Client(port, PASSWORD).wait_for_first_answer()

                def run(*arguments, **more):
                    return subprocess.run(group.command(binary, *arguments), check=True, text=True, **options, **more)

                add_users(run, users)
                timeout = float(service["healthcheck"]["timeout"].removesuffix("s"))
                check_survival(Client(port, PASSWORD), server.pid, group, run, users, timeout)
                server.terminate()
                assert server.wait(60) == 0, server.returncode
            except BaseException:
                print(Path(f"{folder}/log").read_text()[-3000:], file=sys.stderr)
                raise
            finally:
                server.kill()
                server.wait()
    finally:
        group.remove()


# The server and its groups are removed also when this is ended.
signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
main()
