"""Completes the bill of materials that cargo-cyclonedx writes: sbom.py FILE COMPLETED.

Adds the C libraries, whose versions are only in the sources of the crates that build them, and takes the path of this
clone out."""

import json, re, subprocess, sys
from pathlib import Path


def main(made, completed):
    text = Path(made).read_text().replace(Path.cwd().as_uri(), "file:///rollcall")
    document = json.loads(text)
    libraries = [library(*row) for row in c_libraries()]
    document["components"] += libraries
    document["dependencies"] += [{"ref": each["bom-ref"]} for each in libraries]
    Path(completed).write_text(json.dumps(document, indent=2, ensure_ascii=False) + "\n")


def c_libraries():
    """Name, version and licence of each, and who publishes it for the databases of vulnerabilities."""
    command = ["cargo", "metadata", "--format-version", "1", "--locked", "--all-features"]
    packages = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)["packages"]
    crates = {package["name"]: package for package in packages}
    # The version of the library is behind the crate's own: 300.6.1+3.6.3, 0.3.14+libpq-18.6.
    behind = lambda crate: re.search(r"\+(?:libpq-)?(.+)", crates[crate]["version"])[1]
    header = Path(crates["libsqlite3-sys"]["manifest_path"]).parent / "sqlite3/sqlite3.h"
    sqlite = re.search(r'#define SQLITE_VERSION +"(.+)"', header.read_text())[1]
    yield "openssl", behind("openssl-src"), "Apache-2.0", "openssl:openssl"
    yield "libpq", behind("pq-src"), "PostgreSQL", "postgresql:postgresql"
    yield "sqlite", sqlite, "blessing", "sqlite:sqlite"


def library(name, version, licence, product):
    return {
        "type": "library",
        "bom-ref": f"{name}@{version}",
        "name": name,
        "version": version,
        "scope": "required",
        "licenses": [{"license": {"id": licence}}],
        "cpe": f"cpe:2.3:a:{product}:{version}:*:*:*:*:*:*:*",
        "purl": f"pkg:generic/{name}@{version}",
    }


main(*sys.argv[1:])
