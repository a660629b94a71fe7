"""Starts and ends the servers that a test runs beside itself."""

import os, shutil, socket, time

PATIENCE = 60  # seconds


def program(name):
    return shutil.which(name, path=os.environ["PATH"] + ":/usr/sbin") or name


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def is_open(port):
    with socket.socket() as connection:
        return connection.connect_ex(("127.0.0.1", port)) == 0


def wait_for(condition, process, log):
    deadline = time.monotonic() + PATIENCE
    while not (found := condition()):
        if process.poll() is not None or time.monotonic() > deadline:
            raise SystemExit(f"{process.args[0]} does not start:\n{log.read_text()}")
        time.sleep(0.02)
    return found


def end(process):
    process.terminate()
    process.wait()
