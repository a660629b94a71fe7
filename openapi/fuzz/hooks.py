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
from schemathesis.core import NotSet
from schemathesis.core.parameters import ParameterLocation

sys.path.append(str(pathlib.Path(__file__).parent))
from caller import PASSWORD, Account, Basic, Signed  # noqa: E402
from fresh import freshen, is_coverage, remember  # noqa: E402

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
# Addresses by RFC 6531, of letters of the same alphabets; what domains are beyond ASCII no pattern says.
local_parts = st.text([*"abcxyzABC019+-_", *"\u00e4\u00f1\u0436\u4e2d"], min_size=1, max_size=16)
domains = st.sampled_from(["example.com", "b.example", "localhost", "b\u00fccher.example", "\u4f8b\u5b50.example"])
schemathesis.openapi.format("idn-email", st.tuples(local_parts, domains).map("@".join))

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
    # A change may have the present name, whatever it is, and another one only as at registration.
    r"|userInfo.name must not contain '[?#%\\]'; accepted are .*"
    # The empty text takes an address away, for which formats and patterns have no words.
    r"|(userInfo\.)?email must be an email address such as .*"
    # One of two envelopes, which no schema says that generators understand.
    r"|userInfo is required; user is accepted instead"
    r"|userInfo and user are both present; only one is accepted"
    # The role that manages users has one spelling.
    r"|(userInfo\.roles|role) must not be `admin` in capital letters; .*"
)


@schemathesis.hook
def filter_failure(context, failure, case, response):
    """Drops what the document cannot say otherwise; all else that fails stays."""
    if failure.code == REFUSED and response.status_code == 400:
        said = [re.sub(r"^user\.", "userInfo.", complaint) for complaint in complaints(response.json())]
        return not all(is_by_rule(case, complaint) for complaint in said)
    if failure.code == TAKEN:
        return not (has_ignored_member(case) or is_any_name(failure))
    return True


def complaints(answer):
    """Everything that a refusal names as wrong, in the form of either set."""
    if isinstance(answer, str):
        return answer.split("\n")
    return [f"{it['field']} {it['message']}" for it in answer.get("errors", [])] or [answer["detail"]]


def is_by_rule(case, complaint):
    """Whether a complaint is about what no pattern says. At registration an address has a pattern, and only of
    letters beyond ASCII not all are accepted."""
    # The original lets the body be left out, and then the password is missing.
    if case.method == "PATCH" and isinstance(case.body, NotSet):
        return re.fullmatch(r"Key: 'UserPasswordRequest.Value.Password' .* 'required' tag", complaint) is not None
    if case.method == "POST" and complaint.startswith("userInfo.email must be"):
        match case.body:
            case {"userInfo": {"email": str(email)}}:
                return not email.isascii() or len(email.split("@")[0]) > 64
    return RULES.fullmatch(complaint) is not None


# What answers show and a write ignores, whatever it is: by the schema it is read only.
SHOWN = {"id", "version", "createTime", "status", "roles", "username", "admin"}


def has_ignored_member(case):
    """Whether a body has members that are read only, of which the schema says that they are not sent."""
    if not isinstance(case.body, dict):
        return False
    shown = SHOWN - ({"status", "roles"} if case.method == "PATCH" else set())
    return any(shown & {*holder} for holder in [case.body, *case.body.values()] if isinstance(holder, dict))


def is_any_name(failure):
    """Whether data is thought to be invalid because it is not sure to be of a format that this file defines: that
    of names, which schemathesis can't test for. What breaks their pattern or length is said to break that."""
    return re.search(r"violates `format` at \S*/(name|email|namePrefix|user)$", failure.message, re.MULTILINE) is not None


counts = collections.Counter()


@schemathesis.hook
def before_call(context, case, kwargs):
    """Adapts a case so that it reaches the code that it varies."""
    freshen(case)
    if is_coverage(case):
        if caller.startswith("user"):
            act_on_oneself(case)
        elif caller.startswith("admin"):
            leave_out_current_password(case)


def act_on_oneself(case):
    """Makes a valid path name the caller, and fills in the current password unless the case varies it. Other users'
    paths are always 403, which the other phases test."""
    if not case.meta.is_negative_at(ParameterLocation.PATH):
        own = {"user": "sample", "userId": 2}
        case.path_parameters = {name: own.get(name, value) for name, value in (case.path_parameters or {}).items()}
    match case.body:
        case {"value": {"current_password": _, **value}} if not case.meta.is_negative_at(ParameterLocation.BODY):
            case.body = {"value": {**value, "current_password": PASSWORD}}


def leave_out_current_password(case):
    """Leaves the current password out of a valid body. The one of the document's example is wrong for every user,
    and an admin requires none for others."""
    match case.body:
        case {"value": {"current_password": _, **value}} if not case.meta.is_negative_at(ParameterLocation.BODY):
            case.body = {"value": value}


@schemathesis.hook
def after_call(context, case, response):
    """Counts what was asked and answered."""
    counts[f"{case.method} {case.operation.path}", str(response.status_code)] += 1
    remember(case, response)


@atexit.register
def save():
    rows = [[*what, count] for what, count in sorted(counts.items())]
    pathlib.Path(os.environ["FUZZ_COUNTS"]).write_text(json.dumps(rows))
