#!/usr/bin/env python3
"""Runs the image as tightly as a container can be run, and looks for what it should do all the same."""
import json, subprocess, tarfile, tempfile, time, tomllib
from pathlib import Path

from podman import Client, attempt, free_port, inspect, podman, processes, said, wait_until_healthy

ROOT = Path(__file__).resolve().parents[3]
IMAGE = "localhost/rollcall"
SBOM = "usr/share/sbom/rollcall.cdx.json"
MOST_BYTES = 25_000_000
CONTAINER, VOLUME = "rollcall-test", "rollcall-test-data"
PASSWORD = "the first admin's password"
TIGHT = ["--read-only", "--read-only-tmpfs=false", "--cap-drop=all", "--security-opt=no-new-privileges"]
IMPORTED = json.dumps({"name": "imported", "plaintextPassword": "a password of theirs"})


def check_what_it_says_of_itself():
    image = json.loads(podman("image", "inspect", IMAGE))[0]
    config, check = image["Config"], image["Healthcheck"]["Test"]
    assert config["User"] == "65532:65532", config["User"]
    assert config["StopSignal"] == "SIGTERM", config["StopSignal"]
    assert check == ["CMD", "rollcall", "healthcheck"], check
    assert not [it for it in config["Env"] if "SECRET" in it or "PASSWORD" in it], config["Env"]
    for name in ("title", "description", "licenses", "version", "revision"):
        label = config["Labels"][f"org.opencontainers.image.{name}"]
        assert label, f"{name} is empty"
        print(f"{name}: {label}")
    # They name this commit, also where an earlier build has left its layers.
    head = subprocess.check_output(["git", "rev-parse", "HEAD"], text=True).strip()
    assert config["Labels"]["org.opencontainers.image.revision"] == head
    version = config["Labels"]["org.opencontainers.image.version"]
    assert podman("run", "--rm", *TIGHT, IMAGE, "--version") == f"rollcall {version}"


def check_that_there_is_nothing_else_in_it():
    container = podman("create", IMAGE)
    try:
        with tempfile.NamedTemporaryFile() as file:
            podman("export", "--output", file.name, container)
            archive = tarfile.open(file.name)
            files = {it.name: it for it in archive if it.isfile() and it.size}
            check_bill_of_materials(json.load(archive.extractfile(SBOM)))
    finally:
        podman("rm", "--volumes", container)
    expected = {"etc/group", "etc/passwd", "etc/ssl/certs/ca-certificates.crt", "usr/local/bin/rollcall", SBOM}
    assert files.keys() == expected, files.keys()
    assert [name for name, it in files.items() if it.mode & 0o111] == ["usr/local/bin/rollcall"]
    size = sum(it.size for it in files.values())
    print(f"{size / 1e6:.1f} MB, of which the bill of materials is {files[SBOM].size / 1e6:.1f}")
    assert size <= MOST_BYTES, f"the image has {size} bytes; at most {MOST_BYTES} are meant"


def check_bill_of_materials(bill):
    """It is of this version, and names the crates that the lock file has."""
    locked = {(it["name"], it["version"]) for it in tomllib.loads((ROOT / "Cargo.lock").read_text())["package"]}
    named = {(it["name"], it["version"]) for it in bill["components"]}
    assert bill["bomFormat"] == "CycloneDX" and bill["metadata"]["component"]["name"] == "rollcall", bill["metadata"]
    assert named <= locked, named - locked
    assert {"openssl-sys", "pq-sys", "libsqlite3-sys", "rollcall-http"} <= {name for name, _ in named}


def check_that_clear_text_must_be_chosen():
    done = attempt("run", "--rm", *TIGHT, IMAGE, timeout=60)
    lines = done.stderr.strip().splitlines()
    assert done.returncode == 1 and "ROLLCALL_INSECURE_HTTP" in lines[-1], done
    print(f"without a choice: {lines[-1]}")


def start(port, secrets):
    podman(
        "run", "--detach", "--name", CONTAINER, *TIGHT, "--tmpfs=/tmp", f"--volume={VOLUME}:/data",
        f"--volume={secrets}:/run/secrets:ro", f"--publish=127.0.0.1:{port}:8080",
        "--env=ROLLCALL_INSECURE_HTTP=true", "--env=ROLLCALL_ADMIN_PASSWORD_FILE=/run/secrets/admin_password", IMAGE,
    )


def check_how_it_runs():
    [process] = processes(CONTAINER, "huser", "capeff", "capbnd", "seccomp", "args")
    assert process[:3] == ["65532", "none", "none"] and process[4:] == ["rollcall", "serve"], process
    status = Path(f"/proc/{inspect(CONTAINER, '{{.State.Pid}}')}")
    lines = dict(line.split(":\t", 1) for line in (status / "status").read_text().splitlines() if ":\t" in line)
    assert lines["NoNewPrivs"] == "1", lines
    roots = [it.split()[3] for it in (status / "mounts").read_text().splitlines() if it.split()[1] == "/"]
    assert all(it.split(",")[0] == "ro" for it in roots) and roots, roots
    pss = (status / "smaps_rollup").read_text().split("Pss:")[1].split()[0]
    print(f"as {process[0]} without capabilities on a root file system that is read-only, with {int(pss) / 1024:.1f} MiB")


def stop():
    podman("stop", "--time=40", CONTAINER)
    code = inspect(CONTAINER, "{{.State.ExitCode}}")
    assert code == "0" and "stopped" in said(CONTAINER), f"{code}: {said(CONTAINER)}"
    assert PASSWORD not in said(CONTAINER)
    podman("rm", CONTAINER)


def check_a_life(secrets):
    port = free_port()
    admin = Client(port, PASSWORD)
    began = time.monotonic()
    start(port, secrets)
    started = time.monotonic()
    admin.wait_for_first_answer()
    answered = time.monotonic()
    print(f"podman run: {started - began:.1f} s; first answer {(answered - started) * 1000:.0f} ms later")
    wait_until_healthy(CONTAINER)
    # It can say no as well.
    assert attempt("exec", CONTAINER, "rollcall", "healthcheck", "--listen=127.0.0.1:1").returncode != 0
    check_how_it_runs()
    admin.add("alice")
    # An import keeps what it has checked in a file of its own.
    podman("exec", "--interactive", CONTAINER, "rollcall", "import", "-", "--format=ndjson", input=IMPORTED)
    assert admin.names() == {"admin", "alice", "imported"}
    stop()

    # Another container on the same volume.
    start(port, secrets)
    wait_until_healthy(CONTAINER)
    assert admin.names() == {"admin", "alice", "imported"}
    stop()
    print("SIGTERM ends it with 0, and the volume has kept the users")


def main():
    remove()
    try:
        with tempfile.TemporaryDirectory() as secrets:
            Path(secrets).chmod(0o755)
            (Path(secrets) / "admin_password").write_text(PASSWORD)
            check_what_it_says_of_itself()
            check_that_there_is_nothing_else_in_it()
            check_that_clear_text_must_be_chosen()
            check_a_life(secrets)
    finally:
        remove()


def remove():
    subprocess.run(["podman", "rm", "--force", "--ignore", CONTAINER], check=True, stdout=subprocess.DEVNULL)
    attempt("volume", "rm", "--force", VOLUME)


main()
