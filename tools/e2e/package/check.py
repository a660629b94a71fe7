"""Installs a package, upgrades it, removes it and purges it: check.py PACKAGE LATER-PACKAGE."""

import json, sys, tempfile
from pathlib import Path

from machine import Machine

ENVIRONMENT = "/etc/rollcall/rollcall.env"
PASSWORD = "/etc/rollcall/secrets/admin_password"
USER = "(cd /var/lib/rollcall && runuser -u rollcall -- rollcall user {})"
URL = "http://127.0.0.1:8080"


def put(machine, package):
    """Copies a package into the machine, and returns its path there."""
    (machine.root / "root" / Path(package).name).write_bytes(Path(package).read_bytes())
    return f"./{Path(package).name}"


def is_running(machine):
    assert machine.show("ActiveState") == "active", machine.run("journalctl --no-pager -u rollcall")
    machine.run("rollcall healthcheck")


def log_in(machine, name, password):
    """The status of a log-in."""
    body = json.dumps({"credentials": {"name": name, "password": password}})
    return machine.curl("-d", body, "-H", "Content-Type: application/json", f"{URL}/tokens")[0]


def check_installation(machine, package):
    said = machine.run(f"apt-get install -y {package}")
    assert f"the password of the first user, admin, is in {PASSWORD}" in said, said
    is_running(machine)
    assert machine.run(f"stat -c '%a %U' {PASSWORD}") == "600 root"
    assert machine.run("stat -c '%a %U %G' /var/lib/rollcall") == "700 rollcall rollcall"
    user = machine.run("id -u rollcall")
    status = machine.run("cat /proc/$(pidof rollcall)/status")
    assert f"Uid:\t{user}\t{user}\t{user}\t{user}" in status and "CapBnd:\t0000000000000000" in status, status
    password = machine.run(f"cat {PASSWORD}")
    assert log_in(machine, "admin", password) == 201
    assert password not in machine.run("journalctl --no-pager")
    assert machine.run("systemctl is-enabled rollcall") == "enabled"


def check_commands(machine):
    """Pages, completions and the shell."""
    pages = machine.run("cd /usr/share/man/man1 && ls rollcall*").split()
    assert {"rollcall.1.gz", "rollcall-user-add.1.gz"} <= set(pages), pages
    source = ". /usr/share/bash-completion/completions/rollcall && complete -p rollcall"
    assert "-F _rollcall" in machine.run(source)
    machine.run(USER.format("add alice"), stdin="alice drinks tea\n")
    assert log_in(machine, "alice", "alice drinks tea") == 201


def check_watchdog(machine):
    """systemd restarts a server that no longer answers: here one without free file descriptors."""
    machine.run("mkdir -p /run/systemd/system/rollcall.service.d")
    machine.run("printf '[Service]\\nWatchdogSec=3\\n' >/run/systemd/system/rollcall.service.d/watchdog.conf")
    machine.run("systemctl daemon-reload && systemctl restart rollcall")
    is_running(machine)
    machine.run(f"prlimit --nofile=0: --pid {machine.show('MainPID')}")
    machine.wait(lambda: machine.show("NRestarts") == "1", "a restart by the watchdog")
    machine.wait(lambda: machine.show("ActiveState") == "active", "a server after that restart")
    is_running(machine)
    assert "watchdog" in machine.run("journalctl --no-pager -u rollcall").lower()
    machine.run("rm -r /run/systemd/system/rollcall.service.d && systemctl daemon-reload")
    machine.run("systemctl restart rollcall")


def check_reload(machine):
    process = machine.show("MainPID")
    machine.run("systemctl reload rollcall")
    is_running(machine)
    assert machine.show("MainPID") == process


def check_upgrade(machine, package):
    """An upgrade keeps users, edited settings and deleted secrets, and restarts the server."""
    machine.run(f"sed -i 's/^#ROLLCALL_TRUSTED/ROLLCALL_TRUSTED/' {ENVIRONMENT}")
    machine.run(f"sed -i '/^ROLLCALL_ADMIN_PASSWORD_FILE/d' {ENVIRONMENT} && rm {PASSWORD}")
    process, settings = machine.show("MainPID"), machine.run(f"cat {ENVIRONMENT}")
    machine.run(f"apt-get install -y {package}")
    is_running(machine)
    assert machine.show("MainPID") != process
    assert machine.run("dpkg-query -W -f '${Version}' rollcall").endswith("-2")
    assert machine.run(f"cat {ENVIRONMENT}") == settings
    assert machine.run(f"ls {PASSWORD} 2>&1 || true").endswith("No such file or directory")
    assert log_in(machine, "alice", "alice drinks tea") == 201


def check_removal(machine, package):
    """A removal keeps the store and the settings, with which another installation goes on."""
    machine.run("apt-get remove -y rollcall")
    assert machine.run("ls /usr/bin/rollcall /run/rollcall 2>/dev/null || true") == ""
    assert machine.run("pidof rollcall || true") == ""
    machine.run(f"ls {ENVIRONMENT} /var/lib/rollcall/data/rollcall.db")
    machine.run(f"apt-get install -y {package}")
    is_running(machine)
    assert log_in(machine, "alice", "alice drinks tea") == 201


def check_purge(machine):
    """A purge keeps the store alone, and says how to remove it."""
    said = machine.run("apt-get purge -y rollcall")
    command = "rm -r /var/lib/rollcall && deluser --system rollcall"
    assert command in said, said
    assert machine.run("ls -d /etc/rollcall /etc/systemd/system/*/rollcall.service 2>/dev/null || true") == ""
    machine.run("ls /var/lib/rollcall/data/rollcall.db")
    machine.run(command)
    assert machine.run("grep rollcall /etc/passwd /etc/group || true") == ""


with tempfile.TemporaryDirectory() as folder, Machine(Path(folder)) as machine:
    first, second = (put(machine, package) for package in sys.argv[1:])
    check_installation(machine, first)
    check_commands(machine)
    check_reload(machine)
    check_watchdog(machine)
    check_upgrade(machine, second)
    check_removal(machine, second)
    check_purge(machine)
    print("installed, reloaded, restarted by the watchdog, upgraded, removed, installed again, purged")
