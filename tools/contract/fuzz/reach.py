"""Changes to cases, so that they reach the code that they vary. The phase "coverage" varies one value at a time, and
takes the others from the document's examples, of which the store, the caller or another value makes some wrong."""

import contextlib
import itertools
import os

import requests
from caller import PASSWORD, command, log_in, new_session_id
from schemathesis.core.parameters import ParameterLocation


_users = itertools.count()


def begin_session(case):
    """Begins a session where schemathesis.toml names a user instead of one, since other calls end all sessions of a
    user. A user whom other calls have renamed, disabled or deleted can't log in."""
    with contextlib.suppress(requests.HTTPError):
        match case.path_parameters:
            case {"sessionKey": "admin" | "sample" as name}:
                new = {"sessionKey": log_in(os.environ["ROLLCALL_URL"], name)["key"]}
            case {"sessionId": 1 | 2 as user}:
                new = {"sessionId": new_session_id(os.environ["ROLLCALL_URL"], user)}
            case _:
                return
        case.path_parameters = {**case.path_parameters, **new}


def create_reset_code(case):
    """Creates a user and a reset code where schemathesis.toml has a word instead of one: a code works once."""
    match case.body:
        case {"resetCode": {"code": "a new code", **rest}}:
            name = f"forgetful-{next(_users)}"
            command("add", name)
            case.body = {"resetCode": rest | {"code": command("reset", name).split()[-1]}}


def reach(case, caller):
    """Makes right what a case of that phase does not vary."""
    is_user = caller.startswith("user")
    if is_user and not case.meta.is_negative_at(ParameterLocation.PATH):
        act_on_oneself(case)
    if caller != "anonymous" and not case.meta.is_negative_at(ParameterLocation.BODY):
        know_current_password(case, is_user)
        use_one_envelope(case)
    if not case.meta.is_negative_at(ParameterLocation.HEADER) and case.meta.phase.data.parameter != "If-Match":
        leave_out_version(case)


def act_on_oneself(case):
    """Makes the path name the caller. Other users' paths are always 403, which the other phases test."""
    own = {"user": "sample", "userId": 2}
    case.path_parameters = {name: own.get(name, value) for name, value in (case.path_parameters or {}).items()}


def know_current_password(case, is_user):
    """Replaces the current password. The one of the document's example is wrong for every user. An ordinary user
    fills in the right one. An admin leaves it out, and requires none for others."""
    match case.body:
        case {"value": {"current_password": _, **rest}}:
            envelope, member = "value", "current_password"
        case {"userInfo": {"currentPlaintextPassword": _, **rest}}:
            envelope, member = "userInfo", "currentPlaintextPassword"
        case {"keyInfo": {**rest}}:
            # Over a session each caller must give it.
            case.body = {**case.body, "keyInfo": rest | {"currentPlaintextPassword": PASSWORD}}
            return
        case _:
            return
    case.body = {**case.body, envelope: rest | ({member: PASSWORD} if is_user else {})}


def use_one_envelope(case):
    """Drops one of the two envelopes of a change, of which the server accepts one."""
    match case.body:
        case {"userInfo": dict(info), "user": _}:
            case.body = {"userInfo": info}


def leave_out_version(case):
    """Leaves out the version of the document's example, which no user has."""
    if case.headers:
        case.headers = {name: value for name, value in case.headers.items() if name != "If-Match"}
