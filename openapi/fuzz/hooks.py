"""What schemathesis is told beside schemathesis.toml: who calls, what names and passwords are like beyond
what the document's patterns can say, and what of the calls to count."""

import atexit
import collections
import json
import os
import pathlib
import sys

import schemathesis
from hypothesis import strategies as st

sys.path.append(str(pathlib.Path(__file__).parent))
from caller import Account, Basic, Signed  # noqa: E402

COMMON = pathlib.Path(__file__).parents[2] / "crates/domain/data/common-passwords.txt"
CALLERS = {
    "admin": lambda: Basic(Account("admin", is_admin=True)),
    "admin-signed": lambda: Signed(Account("admin", is_admin=True)),
    "user": lambda: Basic(Account("somebody", is_admin=False)),
    "user-signed": lambda: Signed(Account("somebody", is_admin=False)),
}

caller = os.environ["FUZZ_CALLER"]
if caller != "nobody":
    schemathesis.auth.set_from_requests(CALLERS[caller]())

# Names by RFC 8265, whose tables of what letters are no pattern holds: alphabets that are in them.
LETTERS = "".join(chr(code) for code in [*range(0x21, 0x7F), *range(0xDF, 0xF7), *range(0x430, 0x450), 0x4E2D, 0x6587])
names = st.text([letter for letter in LETTERS if letter not in ":/"], min_size=1, max_size=64)
schemathesis.openapi.format("username", names.filter(lambda name: name not in {".", ".."}))

# Passwords but for the common ones, a list that no document holds.
common = set(COMMON.read_text().splitlines())
schemathesis.openapi.format("password", st.text(max_size=256).filter(lambda it: it not in common))

counts = collections.Counter()


@schemathesis.hook
def after_call(context, case, response):
    """Counts what was asked and answered."""
    counts[f"{case.method} {case.operation.path}", str(response.status_code)] += 1


@atexit.register
def save():
    rows = [[*what, count] for what, count in sorted(counts.items())]
    pathlib.Path(os.environ["FUZZ_COUNTS"]).write_text(json.dumps(rows))
