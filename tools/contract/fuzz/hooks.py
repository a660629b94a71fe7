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
import addresses  # noqa: E402, F401
import failures  # noqa: E402, F401
from caller import Account, Basic, Signed  # noqa: E402
from fresh import freshen, is_coverage, remember  # noqa: E402
from reach import begin_session, create_reset_code, reach  # noqa: E402

CALLERS = {
    "admin": lambda: Basic(Account("admin", is_admin=True)),
    "admin-signed": lambda: Signed(Account("admin", is_admin=True)),
    "user": lambda: Basic(Account("sample", is_admin=False)),
    "user-signed": lambda: Signed(Account("sample", is_admin=False)),
}

caller = os.environ["FUZZ_CALLER"]
if caller != "anonymous":
    schemathesis.auth.set_from_requests(CALLERS[caller]())

# Names by RFC 8265, whose tables of what letters are no pattern holds: alphabets that are in them.
LETTERS = "".join(chr(code) for code in [*range(0x21, 0x7F), *range(0xDF, 0xF7), *range(0x430, 0x450), 0x4E2D, 0x6587])
names = st.text([letter for letter in LETTERS if letter not in ":/"], min_size=1, max_size=64)
new_names = st.text([letter for letter in LETTERS if letter not in ":/?#%\\"], min_size=1, max_size=64)
schemathesis.openapi.format("username-prefix", names)
schemathesis.openapi.format("username", names.filter(lambda name: name not in {".", ".."}))
schemathesis.openapi.format("new-username", new_names.filter(lambda name: name not in {".", ".."}))

counts = collections.Counter()


@schemathesis.hook
def before_call(context, case, kwargs):
    """Adapts a case so that it reaches the code that it varies."""
    freshen(case)
    begin_session(case)
    create_reset_code(case)
    if is_coverage(case):
        reach(case, caller)


@schemathesis.hook
def after_call(context, case, response):
    """Counts what was asked and answered."""
    counts[f"{case.method} {case.operation.path}", str(response.status_code)] += 1
    remember(case, response)


@atexit.register
def save():
    rows = [[*what, count] for what, count in sorted(counts.items())]
    pathlib.Path(os.environ["FUZZ_COUNTS"]).write_text(json.dumps(rows))
