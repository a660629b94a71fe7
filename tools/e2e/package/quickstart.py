"""Runs the commands of docs/quickstart.md in a Debian of its own, and asks for the page: quickstart.py PACKAGE."""

import re, sys, tempfile, time
from pathlib import Path

from machine import ROOT, Machine

sys.path += [str(ROOT / "tools"), str(ROOT / "tools/recipes")]
from recipe import basic  # noqa: E402

COMMANDS = 5
HOST = "files.example.com"


def commands():
    """The blocks of the page up to the one that tries it, and the file that it shows."""
    text = (ROOT / "docs/quickstart.md").read_text()
    file = re.search(r"Save this as `([^`]+)`.*?\n```\w+\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    blocks = re.findall(r"^```sh\n(.*?)^```$", text.split("## Try it")[0], re.MULTILINE | re.DOTALL)
    assert len(blocks) == COMMANDS, blocks
    return file.groups(), blocks


def check_page(machine):
    certificate = machine.root / f"etc/nginx/tls/{HOST}.crt"
    page = [f"https://{HOST}/", "--resolve", f"{HOST}:443:127.0.0.1", "--cacert", str(certificate)]
    status, body = machine.curl(*page, "-i")
    assert status == 401 and "www-authenticate: basic" in body.lower(), body
    assert machine.curl(*page, "-H", f"Authorization: {basic('alice', 'a wrong password')}")[0] == 401
    status, body = machine.curl(*page, "-H", f"Authorization: {basic('alice', 'alice drinks tea')}")
    assert (status, "protected" in body) == (200, True), (status, body)


with tempfile.TemporaryDirectory() as folder, Machine(Path(folder)) as machine:
    package = Path(sys.argv[1])
    (machine.root / "root" / package.name).write_bytes(package.read_bytes())
    (name, content), blocks = commands()
    (machine.root / "root" / name).write_text(content)
    began = time.monotonic()
    for block in blocks:
        machine.run(block)
    check_page(machine)
    print(f"{len(blocks)} commands until a page asks for a password: {time.monotonic() - began:.1f} s")
