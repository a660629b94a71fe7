"""Control groups, of either version: limits for a program, and what the kernel counts of it."""
from pathlib import Path

MOUNT = Path("/sys/fs/cgroup")
CONTROLLERS = ("memory", "pids")


def folders_of(pid):
    """The folders of a process, by controller."""
    lines = Path(f"/proc/{pid}/cgroup").read_text().splitlines()
    paths = {name: path for _, names, path in (line.split(":", 2) for line in lines) for name in names.split(",")}
    is_second = "memory" not in paths
    return {
        name: MOUNT / paths[""].lstrip("/") if is_second else MOUNT / name / paths[name].lstrip("/")
        for name in CONTROLLERS
    }


class Cgroup:
    """The groups of a process. `limited` makes new ones."""

    def __init__(self, folders):
        self.folders = folders

    @classmethod
    def limited(cls, name, memory, processes):
        """Groups with limits, inside those of this process or, in version 2, beside all others."""
        own = folders_of("self")
        if own["memory"] == own["pids"]:
            (MOUNT / "cgroup.subtree_control").write_text("+memory +pids")
            own = dict.fromkeys(CONTROLLERS, MOUNT)
        group = cls({controller: folder / name for controller, folder in own.items()})
        for folder in set(group.folders.values()):
            folder.mkdir()
        is_second = (group.folders["memory"] / "memory.max").exists()
        limit = "memory.max" if is_second else "memory.limit_in_bytes"
        (group.folders["memory"] / limit).write_text(str(memory))
        (group.folders["pids"] / "pids.max").write_text(str(processes))
        return group

    def command(self, *words):
        """The command that runs another in these groups."""
        joins = "".join(f"echo $$ >'{folder}/cgroup.procs'; " for folder in set(self.folders.values()))
        return ["sh", "-c", joins + 'exec "$@"', "sh", *map(str, words)]

    def kills(self):
        """How many processes were killed because memory ran out."""
        folder = self.folders["memory"]
        file = "memory.events" if (folder / "memory.events").exists() else "memory.oom_control"
        return counter(folder / file, "oom_kill")

    def refused_processes(self):
        """How often a process or thread was refused because of the limit."""
        return counter(self.folders["pids"] / "pids.events", "max")

    def remove(self):
        for folder in set(self.folders.values()):
            folder.rmdir()


def counter(file, name):
    return int(dict(line.split() for line in file.read_text().splitlines())[name])
