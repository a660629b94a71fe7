"""Unused names and email addresses for users, in place of those that are taken. The phase "coverage" varies
one value at a time and would give all users one name, whose 409 hides the effect of the rest of a request."""

import itertools

from schemathesis.generation.meta import TestPhase

_taken = set()
_fresh = itertools.count()


def freshen(case):
    """Gives a case of that phase unused names."""
    if not is_coverage(case):
        return
    if case.method == "PUT" and is_taken(name := (case.path_parameters or {}).get("user")):
        case.path_parameters = {**case.path_parameters, "user": fresh(name)}
    match case.body:
        case {"userInfo": dict(info), **others} if case.method in {"POST", "PATCH"}:
            renewed = {member: fresh(info[member]) for member in ("name", "email") if is_taken(info.get(member))}
            case.body = {**others, "userInfo": info | renewed}


def remember(case, response):
    """Records the names that a case has shown to be taken."""
    if is_coverage(case) and response.status_code in {201, 409}:
        match case.method, case.path_parameters, case.body:
            case "PUT", {"user": name}, _:
                _taken.add(name)
            case "POST" | "PATCH", _, {"userInfo": {"name": name, "email": email}}:
                _taken.update([name, email])


def is_coverage(case):
    return case.meta is not None and case.meta.phase.name == TestPhase.COVERAGE


def is_taken(value):
    return isinstance(value, str) and value in _taken


def fresh(value):
    """An unused value of the same kind."""
    return f"fresh-{next(_fresh)}" + ("@example.com" if "@" in value else "")
