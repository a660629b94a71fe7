#!/usr/bin/env python3
"""Brings up both compose files, and asks what they publish."""
import contextlib, ctypes, os, re, subprocess, sys, tempfile
from pathlib import Path

from cgroup import Cgroup, folders_of
from podman import Client, free_port, inspect, podman, processes, said, wait_until_healthy
from survival import add_users, check_survival

ROOT = Path(__file__).resolve().parents[3]
USERS = 100_000
FILE = ROOT / "docker/compose.yaml"
# From <linux/sched.h>: the kind of a namespace.
CLONE_NEWNET = 0x40000000
COMPOSE = [ROOT / "scripts/python-tool", "podman-compose==1.6.0", "podman-compose"]


class Project:
    """A compose file that is up, with secrets and a port of its own."""

    def __init__(self, file, name, secrets):
        self.name, self.port = name, free_port()
        self.password = (Path(secrets) / "admin_password").read_text().strip()
        self.command = [*COMPOSE, "--project-name", name, "--file", ROOT / "docker" / file]
        self.environment = os.environ | {"ROLLCALL_PORT": str(self.port), "ROLLCALL_SECRETS": secrets}

    def __enter__(self):
        self.run("down", "--volumes")
        try:
            self.run("up", "--detach", "--no-build")
        except BaseException:
            self.run("down", "--volumes")
            raise
        return self

    def __exit__(self, *_):
        self.run("down", "--volumes")

    def run(self, *arguments):
        done = subprocess.run([*self.command, *arguments], env=self.environment, capture_output=True, text=True)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def container(self, service):
        return f"{self.name}_{service}_1"

    def wait_until_healthy(self, *services):
        for service in services:
            wait_until_healthy(self.container(service))
            print(f"{service} is healthy")

    def admin(self):
        return Client(self.port, self.password)


def check_a_rollcall(container):
    """That the file asks for what it says of itself."""
    [process] = processes(container, "huser", "capeff", "args")
    assert process[:3] == ["65532", "none", "rollcall"], process
    assert inspect(container, "{{.HostConfig.ReadonlyRootfs}}") == "true"
    users = podman("exec", container, "rollcall", "user", "list")
    assert "admin" in users, users


def one_process(secrets):
    with Project("compose.yaml", "rollcall-test-single", secrets) as project:
        project.wait_until_healthy("rollcall")
        check_a_rollcall(project.container("rollcall"))
        project.admin().add("alice")
        project.run("down")
        project.run("up", "--detach", "--no-build")
        project.wait_until_healthy("rollcall")
        assert project.admin().names() == {"admin", "alice"}
        print("compose.yaml: users outlive the container")
        under_load(project.container("rollcall"), project.admin())


def under_load(container, admin):
    """The limits of the file hold, and what it asks for under load is less."""
    limits = inspect(container, "{{.HostConfig.Memory}} {{.HostConfig.PidsLimit}}")
    memory, processes = map(int, re.search(r"mem_limit: (\d+)m\n +pids_limit: (\d+)\n", FILE.read_text()).groups())
    assert limits == f"{memory << 20} {processes}", limits
    pid = int(inspect(container, "{{.State.Pid}}"))

    def run(*arguments, **options):
        return podman("exec", "--interactive", container, "rollcall", *arguments, **options)

    add_users(run, USERS)
    with network_of(pid):
        check_survival(Client(8080, admin.password), pid, Cgroup(folders_of(pid)), run, USERS, 5)
    assert int(inspect(container, "{{.State.Pid}}")) == pid and inspect(container, "{{.RestartCount}}") == "0"


@contextlib.contextmanager
def network_of(pid):
    """Has this thread, and those that it starts, in the network of a process. A published port answers one address of
    the loopback interface; there, all of them reach the server."""
    def enter(path):
        with open(path) as file:
            if ctypes.CDLL(None, use_errno=True).setns(file.fileno(), CLONE_NEWNET) != 0:
                raise OSError(ctypes.get_errno(), path)

    with open("/proc/thread-self/ns/net") as own:
        enter(f"/proc/{pid}/ns/net")
        try:
            yield
        finally:
            enter(f"/proc/self/fd/{own.fileno()}")


def three_processes(secrets):
    replicas = ["rollcall-1", "rollcall-2", "rollcall-3"]
    with Project("compose.scale.yaml", "rollcall-test-scale", secrets) as project:
        project.wait_until_healthy("postgres", *replicas, "haproxy")
        for replica in replicas:
            check_a_rollcall(project.container(replica))
        admin = project.admin()
        admin.add("alice")
        for _ in range(30):
            assert admin.names() == {"admin", "alice"}
        answered = [it for it in replicas if "GET /api/v1/users 200" in said(project.container(it))]
        assert answered == replicas, f"only {answered} were asked"
        check_addresses(project)
        podman("stop", "--time=40", project.container("rollcall-2"))
        assert inspect(project.container("rollcall-2"), "{{.State.ExitCode}}") == "0"
        for number in range(10):
            admin.add(f"user{number}")
        assert len(admin.names()) == 12
        print("compose.scale.yaml: three replicas answer through HAProxy, and two when one is stopped")


def check_addresses(project):
    """Whom the audit log names is the client, as HAProxy sees it, and not HAProxy."""
    network = "{{range .NetworkSettings.Networks}}{{.IPAddress}} {{.Gateway}}{{end}}"
    balancer, machine = inspect(project.container("haproxy"), network).split()
    status, answer = project.admin().request("GET", "/audit?limit=1")
    addresses = [it["address"] for it in answer["auditLog"]["entries"]]
    assert status == 200 and addresses == [machine] != [balancer], f"{addresses}, HAProxy is {balancer}"


def main():
    with tempfile.TemporaryDirectory() as secrets:
        subprocess.run([ROOT / "scripts/compose-secrets", secrets], check=True, stdout=subprocess.DEVNULL)
        one_process(secrets)
        three_processes(secrets)


main()
