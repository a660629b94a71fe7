"""Copies of the published document with changes, for the tests of the scripts that judge it."""

import json
import os
import pathlib
import subprocess

ROOT = pathlib.Path(__file__).resolve().parents[3]
PUBLISHED = ROOT / "openapi/openapi.json"
PUBLISHED_3_0 = ROOT / "openapi/openapi-3.0.json"


class Place:
    """A place of a document, so that a change reads as a sentence: it.at("paths", "/users").drop("get")."""

    def __init__(self, value):
        self.value = value

    def at(self, *path):
        """A place in this one."""
        value = self.value
        for part in path:
            value = value[part]
        return Place(value)

    def schema(self, name, *path):
        """A place in a schema of a document."""
        return self.at("components", "schemas", name, *path)

    def drop(self, member):
        """Takes a member or an item away."""
        del self.value[member]

    def set(self, member, value):
        """Sets a member or an item, to something that it was not."""
        if isinstance(self.value, dict):
            assert self.value.get(member) != value, f"{member} is {value} already"
        self.value[member] = value


def changed(change=lambda it: None, published=PUBLISHED):
    """A published document after a change."""
    document = json.loads(published.read_text())
    change(Place(document))
    return document


def run(script, *arguments):
    """Whether a script of this repository is content, and what it prints."""
    command = [ROOT / "tools/contract" / script, *arguments]
    result = subprocess.run(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=os.environ | {"NO_COLOR": "1"}
    )
    return result.returncode == 0, result.stdout
