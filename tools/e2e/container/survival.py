"""That a server with limits is never killed, and answers its probes, under a load that asks for more."""
import itertools, json, subprocess
from pathlib import Path

from load import Load

SECONDS = 30
# A hash of cost 12, as those of passwords are; users share it so that they are made in no time.
HASH = "$2a$12$R9h/cIPz0gi.URNNX3kh2OPST9/PgBkqquzi.Ss7KIUgO2t0jWMUW"
# Engines restart a container after so many probes that failed in a row.
RETRIES = 3


def add_users(run, users):
    """Imports users while the server runs. `run` runs a command of the program beside it."""
    lines = (json.dumps({"name": f"user-{number}", "passwordHash": HASH}) + "\n" for number in range(users))
    run("import", "-", "--format=ndjson", input="".join(lines))
    print(f"{users} users are imported")


def check_survival(admin, pid, group, run, users, timeout):
    started = start_time(pid)
    load = Load(admin, users, timeout)
    calls = itertools.count()

    def check():
        assert start_time(pid) == started, f"the server ended, with {group.kills()} killed: {dict(load.attempts)}"
        # The check of the engine runs inside the limits.
        if next(calls) % 10 == 0:
            is_healthy = passes(run)
            load.count_probe("rollcall healthcheck", is_healthy, is_healthy)

    attempts = load.run(SECONDS, 2, check)
    for kind, results in sorted(attempts.items()):
        print(f"{kind}: " + ", ".join(f"{count} {result}" for result, count in results.most_common()))
    status = dict(line.split(":", 1) for line in Path(f"/proc/{pid}/status").read_text().splitlines())
    print(f"the server took at most {int(status['VmHWM'].split()[0]) // 1024} MiB, with {status['Threads'].strip()} threads")
    assert max(load.most_misses.values()) < RETRIES, f"probes failed in a row: {dict(load.most_misses)}"
    # Each kind of load has reached the server.
    assert attempts["connection"]["made"] > 1000 and attempts["wrong password"][401] > 0, dict(attempts)
    assert not [result for result in attempts["list"] if str(result).endswith(" users")], "a list lacked users"
    assert (group.kills(), group.refused_processes()) == (0, 0), "the kernel killed or refused a process"
    # It works as before.
    status, user = admin.request("GET", "/users/me")
    assert status == 200 and user["user"]["name"] == "admin", (status, user)
    print("nothing was killed")


def passes(run):
    """Whether the container's own check passes."""
    try:
        run("healthcheck")
    except (AssertionError, subprocess.CalledProcessError):
        return False
    return True


def start_time(pid):
    """When a process began, which tells it from a later one of the same number. None if it has ended."""
    file = Path(f"/proc/{pid}/stat")
    fields = file.read_text().rsplit(")", 1)[1].split() if file.exists() else ["Z"]
    return None if fields[0] == "Z" else fields[19]
