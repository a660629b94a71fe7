"""The same upgrade of a SQLite file."""
from database import call
from incompatible import check_refusal
from load_client import PASSWORD
from server import Server


def upgrade_and_restore(log, folder, previous, this, lowest):
    """The previous release refuses the upgraded file, and restores the backup of before."""
    store, backup = folder / "rollcall.db", folder / "backup.db"
    url = f"sqlite://{store}"
    Server(log, previous.binary, url).stop()
    call(previous.binary, url, "user", "add", "alice", password=PASSWORD)
    call(previous.binary, url, "backup", str(backup))
    Server(log, this.binary, url).stop()
    call(this.binary, url, "user", "add", "later", password=PASSWORD)
    contents = store.read_bytes()
    check_refusal(call(previous.binary, url, "user", "list", status=1), previous.level, lowest)
    assert store.read_bytes() == contents, "a refusal has written"
    call(previous.binary, url, "restore", str(backup), "--overwrite")
    users = call(previous.binary, url, "user", "list")
    assert "alice" in users and "later" not in users, users
    print("the previous release restores the SQLite backup of before the upgrade")
