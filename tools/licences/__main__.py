"""Prints the licences of all that is in the binary for a target, each text once: python3 tools/licences TARGET.

Binaries must carry the notices of the MIT, BSD and Apache licences along."""

import json, re, subprocess, sys
from pathlib import Path

NAMES = re.compile(r"(?i)^(licen[cs]e|copying|copyright|notice|unlicense)([-_.].*)?$")
# Where the sources of a C library are in the crate that builds it.
BELOW = {"openssl-src": "openssl"}
# The texts of crates that bring none, by their names.
OWN = Path(__file__).parent


def main(target):
    command = ["cargo", "metadata", "--format-version", "1", "--locked", "--all-features", "--filter-platform", target]
    metadata = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
    packages = {package["id"]: package for package in metadata["packages"]}
    [root] = [each for each, package in packages.items() if package["name"] == "rollcall"]
    holders, without = {}, []
    found = [packages[package] for package in linked(metadata["resolve"]["nodes"], root)]
    # By both, because a crate may be there in two versions.
    for package in sorted(found, key=lambda each: (each["name"], each["version"])):
        if package["source"] is None:
            continue
        title = f"{package['name']} {package['version']} ({package['license']})"
        texts = texts_of(package)
        if not texts:
            without.append(title)
        for text in texts:
            holders.setdefault(text, []).append(title)
    print("The binary has the code of these projects, under these licences.")
    for text, titles in holders.items():
        print("\n" + "=" * 80, *titles, "-" * 80, text, sep="\n")
    print("\n" + "=" * 80, "These crates name their licence and bring no text of it:", *without, sep="\n")


def linked(nodes, root):
    """What the root depends on, and what builds C libraries."""
    nodes, found, waiting = {node["id"]: node for node in nodes}, set(), [root]
    while waiting:
        node = waiting.pop()
        if node in found:
            continue
        found.add(node)
        for dependency in nodes[node]["deps"]:
            kinds = {kind["kind"] for kind in dependency["dep_kinds"]}
            if None in kinds or dependency["name"] == "openssl_src":
                waiting.append(dependency["pkg"])
    return found


def texts_of(package):
    folder = Path(package["manifest_path"]).parent
    folders = [folder] + ([folder / BELOW[package["name"]]] if package["name"] in BELOW else [])
    files = [file for each in folders for file in sorted(each.iterdir()) if NAMES.match(file.name)]
    files += OWN.glob(f"{package['name']}.txt")
    texts = [file.read_text(errors="replace").strip() for file in files if file.is_file()]
    return list(dict.fromkeys(text for text in texts if text))


main(*sys.argv[1:])
