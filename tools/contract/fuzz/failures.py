"""Which failures are none: the rules that the document has words for, but no schema."""

import re

import schemathesis
from schemathesis.core import NotSet

# Codes of failures: valid data is refused, and invalid data is taken.
REFUSED, TAKEN = "ST202", "ST201"
# Why valid data may be refused: rules that the document has words for, but no pattern.
RULES = re.compile(
    # Page tokens are opaque: only the server can make one that it takes.
    r"pageToken must be the nextPageToken of a page with the same parameters"
    # Whether the current password is needed depends on who asks, how, and whose password changes.
    r"|Key: 'UserPasswordRequest.Value.CurrentPassword' .* failed on the 'required' tag"
    r"|(userInfo|keyInfo).currentPlaintextPassword is required"
    # Which time it is no schema says.
    r"|keyInfo.expireTime must be (in the future|a time in ISO 8601, .*)"
    # Common passwords are a list, and one's own name is none of them.
    r"|Key: 'UserPasswordRequest.Value.Password' .* failed on the 'common' tag"
    r"|(userInfo|resetCode).plaintextPassword must not be one of the most common passwords"
    r"|(userInfo|resetCode).plaintextPassword must not be (a placeholder such as \*{8}|the user's name)"
    # A change may have the present name, whatever it is, and another one only as at registration.
    r"|userInfo.name must not contain '[?#%\\]'; accepted are .*"
    # The empty text takes an address away, for which formats and patterns have no words.
    r"|(userInfo\.)?email must be an email address such as .*"
    # One of two envelopes, which no schema says that generators understand.
    r"|userInfo is required; user is accepted instead"
    r"|userInfo and user are both present; only one is accepted"
    # The role that manages users has one spelling.
    r"|(userInfo\.roles\[\d+\]\.name|role) must not be `admin` in capital letters; .*"
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
    has_no_body = case.method == "PATCH" and isinstance(case.body, NotSet)
    if has_no_body and re.fullmatch(r"Key: 'UserPasswordRequest.Value.Password' .* 'required' tag", complaint):
        return True
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
