"""A Debian of its own, made by debootstrap, in which systemd runs in a container without a network."""

import os, re, shutil, subprocess, sys, time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
PATIENCE = 120  # seconds
# What the container has before anything is installed, and what it can install without a network.
INCLUDED = "adduser,dbus,systemd-sysv"
DOWNLOADED = ["nginx", "openssl"]
PATH = "/usr/sbin:/usr/bin:/sbin:/bin"


def codename():
    """This machine's release: the binary is of its C library."""
    return re.search(r"^VERSION_CODENAME=(\w+)$", Path("/etc/os-release").read_text(), re.MULTILINE)[1]


def mirror():
    """The first source of this machine's own packages."""
    command = ["apt-get", "indextargets", "--format", "$(REPO_URI) $(CODENAME)", "Created-By: Packages"]
    for line in subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines():
        if line.split()[1] == codename():
            return line.split()[0]
    raise SystemExit(f"no source of apt has {codename()}")


def base():
    """The folder of a Debian that is copied for each machine. It is made once, under target/."""
    folder = ROOT / "target/tools" / f"debian-{codename()}"
    complete = folder.with_suffix(".complete")
    if not complete.exists():
        shutil.rmtree(folder, ignore_errors=True)
        command = ["debootstrap", "--variant=minbase", f"--include={INCLUDED}", codename(), folder, mirror()]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        command = ["chroot", folder, "apt-get", "install", "-qq", "--download-only", *DOWNLOADED]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        complete.touch()
    return folder


class Machine:
    """A running container. Used with `with`, which ends and removes it."""

    def __init__(self, folder):
        self.root = folder / "root"
        subprocess.run(["cp", "-a", base(), self.root], check=True)
        self.log = folder / "console"

    def __enter__(self):
        command = ["systemd-nspawn", "--quiet", "--register=no", "--keep-unit", "--private-network"]
        place = ["--machine=rollcall-test", "--directory", self.root, "--boot"]
        with self.log.open("w") as log:
            self.nspawn = subprocess.Popen([*command, *place], stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        self.wait(lambda: self.first_process(), "a first process")
        self.wait(lambda: "run" in self.state() or "degraded" in self.state(), "a running systemd")
        return self

    def __exit__(self, *_):
        self.run("systemctl poweroff", check=False)
        try:
            self.nspawn.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self.nspawn.kill()
            self.nspawn.wait()
        shutil.rmtree(self.root, ignore_errors=True)

    def first_process(self):
        children = Path(f"/proc/{self.nspawn.pid}/task/{self.nspawn.pid}/children").read_text().split()
        return children and children[0]

    def state(self):
        return self.run("systemctl is-system-running", check=False)

    def enter(self, *namespaces):
        return ["nsenter", "--target", self.first_process(), *namespaces, "--"]

    def run(self, script, check=True, stdin=""):
        """Runs a script in the container as root. Returns what it prints."""
        namespaces = ("--mount", "--uts", "--ipc", "--net", "--pid", "--cgroup", "--root", "--wd")
        command = [*self.enter(*namespaces), "/usr/bin/env", "-i", f"PATH={PATH}", "HOME=/root",
                   "DEBIAN_FRONTEND=noninteractive", "/bin/bash", "-euc", f"cd; {script}"]  # fmt: skip
        done = subprocess.run(command, input=stdin, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        if check and done.returncode:
            journal = self.run("journalctl --no-pager -n 40", check=False)
            raise SystemExit(f"{script}: exit code {done.returncode}\n{done.stdout}\n{journal}")
        return done.stdout.strip()

    def curl(self, *arguments):
        """This machine's curl in the network of the container. Returns the status and the body."""
        command = [*self.enter("--net"), "curl", "-sS", "-w", "\n%{http_code}", *arguments]
        body, status = subprocess.run(command, check=True, capture_output=True, text=True).stdout.rsplit("\n", 1)
        return int(status), body

    def show(self, name, unit="rollcall"):
        return self.run(f"systemctl show --value -p {name} {unit}")

    def wait(self, condition, what):
        deadline = time.monotonic() + PATIENCE
        while not condition():
            if time.monotonic() > deadline or self.nspawn.poll() is not None:
                raise SystemExit(f"there is not {what} in time:\n{self.log.read_text()}")
            time.sleep(0.1)
