"""What schemathesis is told beside schemathesis.toml: who calls, what names and passwords are like beyond
what the document's patterns can say, and what of the calls to count."""

import atexit
import collections
import json
import os
import pathlib
import re
import sys

import schemathesis
from hypothesis import strategies as st
from schemathesis.core.parameters import ParameterLocation

sys.path.append(str(pathlib.Path(__file__).parent))
from caller import PASSWORD, Account, Basic, Signed  # noqa: E402
from fresh import freshen, is_coverage, remember  # noqa: E402

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
schemathesis.openapi.format("username-prefix", names)
schemathesis.openapi.format("username", names.filter(lambda name: name not in {".", ".."}))

# Codes of failures: valid data is refused, and invalid data is taken.
REFUSED, TAKEN = "ST202", "ST201"
# Why valid data may be refused: rules that the document has words for, but no pattern.
RULES = re.compile(
    # Page tokens are opaque: only the server can make one that it takes.
    r"pageToken must be the nextPageToken of a page with the same parameters"
    # Whether the current password is needed depends on who asks, how, and whose password changes.
    r"|Key: 'UserPasswordRequest.Value.CurrentPassword' .* failed on the 'required' tag"
    r"|userInfo.currentPlaintextPassword is required"
    # Common passwords are a list, and one's own name is none of them.
    r"|Key: 'UserPasswordRequest.Value.Password' .* failed on the 'common' tag"
    r"|userInfo.plaintextPassword must not be one of the most common passwords, .*"
)


@schemathesis.hook
def filter_failure(context, failure, case, response):
    """Drops what the document cannot say otherwise; all else that fails stays."""
    if failure.code == REFUSED and response.status_code == 400:
        return not all(RULES.fullmatch(complaint) for complaint in complaints(response.json()))
    if failure.code == TAKEN:
        return not (is_null_for_absent(case) or is_any_name(failure))
    return True


def complaints(answer):
    """Everything that a refusal names as wrong, in the form of either set."""
    if isinstance(answer, str):
        return answer.split("\n")
    return [f"{it['field']} {it['message']}" for it in answer.get("errors", [])] or [answer["detail"]]


def is_null_for_absent(case):
    """Whether a body breaks the schema by a null current password alone. To the portal set null is absent, as
    its validation rules say; the document does not offer it, for the sake of the types of generated clients."""
    match case.body:
        case {"value": {"current_password": None, "password": str(password), **others}, **more}:
            return 8 <= len(password) <= 256 and not others and not more
    return False


def is_any_name(failure):
    """Whether data is thought to be invalid because it is not sure to be of a format that this file defines: that
    of names, which schemathesis can't test for. What breaks their pattern or length is said to break that."""
    return re.search(r"violates `format` at \S*/(name|namePrefix|user)$", failure.message, re.MULTILINE) is not None


counts = collections.Counter()


@schemathesis.hook
def before_call(context, case, kwargs):
    """Sees to it that calls reach what they are about."""
    freshen(case)
    if caller.startswith("user") and is_coverage(case):
        act_on_oneself(case)


def act_on_oneself(case):
    """Lets a valid path name the caller. To everybody else it is 403, whatever a request says; the other phases
    see to that. With the current password, that is, where it is not what is varied."""
    if not case.meta.is_negative_at(ParameterLocation.PATH):
        own = {"user": "somebody", "userId": 2}
        case.path_parameters = {name: own.get(name, value) for name, value in (case.path_parameters or {}).items()}
    match case.body:
        case {"value": {"current_password": _, **value}} if not case.meta.is_negative_at(ParameterLocation.BODY):
            case.body = {"value": {**value, "current_password": PASSWORD}}


@schemathesis.hook
def after_call(context, case, response):
    """Counts what was asked and answered."""
    counts[f"{case.method} {case.operation.path}", str(response.status_code)] += 1
    remember(case, response)


@atexit.register
def save():
    rows = [[*what, count] for what, count in sorted(counts.items())]
    pathlib.Path(os.environ["FUZZ_COUNTS"]).write_text(json.dumps(rows))
