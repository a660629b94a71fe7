"""A database on the PostgreSQL in ROLLCALL_TEST_POSTGRES."""
import os, re, subprocess
from pathlib import Path

PROGRAMS = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: float(path.parent.name))
# What a dump has beside the data: words that differ in each, and numbers that refused rows have used.
ASIDE = re.compile(r"\\(un)?restrict |SELECT pg_catalog\.setval")


class Database:
    """A database of this name, once it is created."""

    def __init__(self, name):
        self.name, self.url = name, f"{os.environ['ROLLCALL_TEST_POSTGRES']}/{name}"

    def create(self):
        self.on_server(f"DROP DATABASE IF EXISTS {self.name}")
        self.on_server(f"CREATE DATABASE {self.name}")

    def on_server(self, sql):
        run("psql", "-XAtqc", sql, f"{os.environ['ROLLCALL_TEST_POSTGRES']}/postgres")

    def query(self, sql):
        return run("psql", "-XAtqc", sql, self.url).strip()

    def level(self):
        return int(self.query("SELECT max(level) FROM schema_levels"))

    def lowest(self):
        """The lowest level of a binary that may write the schema."""
        return int(self.query("SELECT max(lowest) FROM schema_levels"))

    def contents(self):
        """All rows of all tables."""
        lines = run("pg_dump", "--data-only", self.url).splitlines()
        return [line for line in lines if not ASIDE.match(line)]

    def back_up(self, path):
        run("pg_dump", "--format", "custom", "--file", path, self.url)

    def restore(self, path):
        """As docs/operations.md says it: tables that are only in the newer schema are gone."""
        self.create()
        run("pg_restore", "--exit-on-error", "--dbname", self.url, path)


def run(program, *arguments):
    done = subprocess.run([PROGRAMS[-1] / program, *arguments], capture_output=True, text=True)
    assert done.returncode == 0, f"{program}: {done.stderr}"
    return done.stdout


def call(binary, url, *arguments, password=None, status=0):
    """What a command of rollcall prints."""
    environment = os.environ | {
        "ROLLCALL_DATABASE_URL": url,
        "ROLLCALL_BCRYPT_COST": "4",
        "ROLLCALL_SESSION_SECRET": "a session secret of at least 32 bytes",
    }
    done = subprocess.run([binary, *arguments], env=environment, input=password, text=True,
                          capture_output=True, timeout=100)
    assert done.returncode == status, f"rollcall {arguments}: {done.returncode}, {done.stderr}"
    return done.stdout + done.stderr
