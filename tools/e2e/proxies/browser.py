"""Swagger UI below each mount, in Debian's Chromium."""

import re, subprocess, tempfile
from concurrent.futures import ThreadPoolExecutor

from launch import program
from reading import document

OPTIONS = "--headless --no-sandbox --disable-gpu --no-first-run --disable-background-networking"
PATIENCE = 120  # seconds


def shows_swagger_ui(mount):
    """The page must show each operation of the document that it finds by itself."""
    with tempfile.TemporaryDirectory() as profile:
        command = [program("chromium"), *OPTIONS.split(), f"--user-data-dir={profile}"]
        # Time stands still for the page while it waits for the network.
        command += ["--virtual-time-budget=20000", "--dump-dom", mount.root + "/"]
        done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE)
    shown = re.findall(r'data-path="([^"]*)"', done.stdout)
    expected = [path for path, item in document(mount)["paths"].items() for _ in item]
    assert sorted(shown) == sorted(expected), f"Swagger UI shows {shown}: {done.stderr[-300:]}"


def open_everywhere(mounts):
    """The mounts where the page does not show the document, and why."""
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(open_one, mounts))
    return {mount: flaw for mount, flaw in zip(mounts, answers) if flaw}


def open_one(mount):
    try:
        shows_swagger_ui(mount)
    except (AssertionError, subprocess.TimeoutExpired) as error:
        return f"{type(error).__name__}: {error}"
