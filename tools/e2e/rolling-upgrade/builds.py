"""Builds of the previous release, and of a later one that is made for the test. Both are built below
target/previous, with links to the dependencies that are built already."""
import os, re, shutil, subprocess
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
FOLDER = ROOT / "target/previous"
HISTORY = "crates/persistence/src/migrations/history.rs"
LEVEL = re.compile(r"(?<=pub const SCHEMA_LEVEL: i64 = )\d+")
# Before the first tag: the commit of which the last release would have been made.
FIRST = "48619f532085bc2a8a1a83cf3bd720d055aaaedd"
# The later build's migration. It has the same rules as ours: see migrations/README.md.
MIGRATION = "2099-01-01-000000_rolling_upgrade"
UP = """ALTER TABLE users ADD COLUMN rolling_upgrade TEXT NOT NULL DEFAULT 'a later release';
CREATE INDEX users_by_rolling_upgrade ON users (rolling_upgrade, id);
INSERT INTO schema_levels (migration, level, lowest)
SELECT '20990101000000', max(level) + 1, max(lowest) FROM schema_levels;
"""
DOWN = """DELETE FROM schema_levels WHERE migration = '20990101000000';
DROP INDEX users_by_rolling_upgrade;
ALTER TABLE users DROP COLUMN rolling_upgrade;
"""


class BuildError(Exception):
    """There is no such build, for the reason that it gives."""


@dataclass(frozen=True)
class Build:
    """A program, and the level of the schema that it was written for."""

    binary: Path
    level: int


def git(*arguments):
    """What git prints, and nothing if it fails."""
    done = subprocess.run(["git", "-C", ROOT, *arguments], capture_output=True, text=True)
    return done.stdout.strip() if done.returncode == 0 else None


def previous_revision():
    revision = os.environ.get("PREVIOUS")
    revision = revision or git("describe", "--tags", "--abbrev=0", "--match", "v[0-9]*", "HEAD^")
    revision = revision or FIRST
    if not git("rev-parse", "--verify", "--quiet", f"{revision}^{{commit}}"):
        raise BuildError(
            f"this clone does not have {revision}, the previous release; "
            "get the history with: git fetch --unshallow --tags"
        )
    return revision


def level(source):
    return int(LEVEL.search((source / HISTORY).read_text())[0])


def build_previous(revision):
    """Once for each commit."""
    commit = git("rev-parse", f"{revision}^{{commit}}")
    source, binary = FOLDER / commit, FOLDER / f"rollcall-{commit}"
    if not source.exists():
        unpack(commit, source)
    if not binary.exists():
        build(source, binary)
        shutil.rmtree(source.with_name(f"build-{commit}"))
    return Build(binary, level(source))


def unpack(commit, source):
    part = source.with_suffix(".part")
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(parents=True)
    archive = subprocess.Popen(["git", "-C", ROOT, "archive", commit], stdout=subprocess.PIPE)
    subprocess.run(["tar", "-x", "-C", part], stdin=archive.stdout, check=True)
    if archive.wait():
        raise BuildError(f"git archive {commit} ends with {archive.returncode}")
    part.rename(source)


def build_later(this):
    """This folder's source, as it is now, with another migration."""
    source, binary = FOLDER / "later", FOLDER / "rollcall-later"
    copy_source(source)
    for backend in ("sqlite", "postgres"):
        folder = source / "migrations" / backend / MIGRATION
        folder.mkdir()
        (folder / "up.sql").write_text(UP)
        (folder / "down.sql").write_text(DOWN)
    history = source / HISTORY
    history.write_text(LEVEL.sub(str(this.level + 1), history.read_text()))
    build(source, binary, is_of_this=True)
    return Build(binary, this.level + 1)


def copy_source(source):
    """Copies what git tracks or would track, with the times of the files: cargo compares them."""
    shutil.rmtree(source, ignore_errors=True)
    for name in git("ls-files", "--cached", "--others", "--exclude-standard").splitlines():
        if (ROOT / name).is_file():
            (source / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, source / name)


def build(source, binary, is_of_this=False):
    """As `build` in scripts/steps, so that the dependencies have the features of those that are there."""
    # Of its own for each source: cargo would take the crates of one for those of the other, by their names.
    target = source.with_name(f"build-{source.name}")
    if not target.exists():
        link_built(target, is_of_this)
    print(f"building {source.relative_to(ROOT)}", flush=True)
    command = ["cargo", "test", "--workspace", "--test", "architecture", "--no-run", "--locked", "--quiet"]
    done = subprocess.run([*command, "--target-dir", target], cwd=source)
    if done.returncode:
        raise BuildError(f"{source} does not build")
    shutil.copy2(target / "debug/rollcall", binary.with_suffix(".part"))
    binary.with_suffix(".part").rename(binary)


def link_built(target, is_of_this):
    """Gives another target folder the built dependencies, and our own crates if they are the same."""
    debug = ROOT / "target/debug"
    files = [file for name in ("deps", "build", ".fingerprint") for file in (debug / name).rglob("*")]
    for file in files:
        path = file.relative_to(debug)
        if file.is_file() and (is_of_this or "rollcall" not in path.parts[1]):
            (target / "debug" / path).parent.mkdir(parents=True, exist_ok=True)
            give(file, target / "debug" / path)


def give(file, link):
    """Compilers replace large files, so that a link to them is safe, and write into small ones."""
    is_program = not file.suffix and os.access(file, os.X_OK)
    if file.suffix in (".rlib", ".rmeta", ".so", ".a", ".o") or is_program:
        os.link(file, link)
    else:
        shutil.copy2(file, link)
