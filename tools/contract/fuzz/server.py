"""A server with a store of its own, for one run."""

import contextlib
import os
import pathlib
import re
import subprocess
import tempfile
import time
import uuid

from caller import PASSWORD, command

# Limits on guesses, registrations and changes would hide other responses, so they are off. So is the check for
# similar names, which the document does not describe.
LIMITS = ["failures-per-account", "failures-per-address", "registrations-per-address"]
OPTIONS = [
    "--listen=127.0.0.1:0",
    "--bcrypt-cost=4",
    "--changes-per-user=0",
    "--names=any",
    *(f"--{limit}=1000000000" for limit in LIMITS),
]


@contextlib.contextmanager
def server(store):
    """Runs a server on SQLite or on the PostgreSQL server in ROLLCALL_TEST_POSTGRES, and yields the environment
    that names it. There are two users: `admin` with the id 1, and `sample` with the id 2."""
    with tempfile.TemporaryDirectory() as folder:
        database = f"sqlite://{folder}/rollcall.db" if store == "sqlite" else new_database()
        environment = os.environ | {
            "ROLLCALL_DATABASE_URL": database,
            "ROLLCALL_ADMIN_PASSWORD": PASSWORD,
            "ROLLCALL_SESSION_SECRET": uuid.uuid4().hex,
        }
        log = pathlib.Path(folder) / "log"
        with log.open("w") as stderr:
            process = subprocess.Popen([os.environ["ROLLCALL"], *OPTIONS], stderr=stderr, env=environment)
        try:
            url = address(process, log)
            command("add", "sample", environment=environment)
            yield environment | {"ROLLCALL_URL": url}
            assert process.poll() is None, f"the server has ended:\n{log.read_text()[-5000:]}"
            assert "panicked" not in log.read_text(), log.read_text()[-5000:]
        finally:
            process.terminate()
            process.wait()


def new_database():
    base = os.environ["ROLLCALL_TEST_POSTGRES"]
    name = f"fuzz_{uuid.uuid4().hex}"
    subprocess.run(["psql", "--quiet", f"{base}/postgres", "-c", f"CREATE DATABASE {name}"], check=True)
    return f"{base}/{name}"


def address(process, log):
    """Where the server listens, as it says."""
    while process.poll() is None:
        if found := re.search(r"listening on (http://\S+)", log.read_text()):
            return found[1]
        time.sleep(0.05)
    raise RuntimeError(f"the server did not start:\n{log.read_text()}")
