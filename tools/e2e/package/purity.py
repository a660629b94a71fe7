"""Has piuparts look for what an installation, a removal and a purge leave behind: purity.py PACKAGE."""

import subprocess, sys, tempfile
from pathlib import Path

from machine import base, codename, mirror

with tempfile.TemporaryDirectory() as folder:
    log = Path(folder, "log")
    command = ["piuparts", "--existing-chroot", base(), "--distribution", codename(), "--mirror", mirror(),
               "--no-eatmydata", "--tmpdir", folder, "--log-file", log, sys.argv[1]]  # fmt: skip
    done = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.STDOUT)
    text = log.read_text()
    if done.returncode:
        raise SystemExit(text[-5000:])
    print("\n".join(line for line in text.splitlines() if "PASS" in line or "ERROR" in line or "WARN" in line))
