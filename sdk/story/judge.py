"""Compares what a client sent, and was answered, with the story."""

import base64
import json
from datetime import UTC, datetime
from itertools import zip_longest
from typing import Any

from steps import KEY, STEPS, Step


def complaints(exchanges: list[Any]) -> list[str]:
    """What differs from the story, one line each; prints the steps that were told."""
    for number, (step, exchange) in enumerate(zip_longest(STEPS, exchanges), 1):
        if step is None:
            return [f"a request after the last step: {exchange.method} {exchange.target}"]
        if exchange is None:
            return [f"step {number}, {step.title}: not sent"]
        wrong = list(differences(step, exchange))
        if wrong:
            sent = f"{exchange.method} {exchange.target} {exchange.body.decode()}"
            answered = f"{exchange.status} {exchange.answer.decode()}"
            return [f"step {number}, {step.title}: {line}" for line in wrong] + [sent, answered]
        print(f"{number:3}  {step.title}")
    return []


def differences(step: Step, exchange: Any):
    """What an exchange has that its step has not."""
    sent = f"{exchange.method} {exchange.target}"
    if "//" in exchange.target.partition("?")[0]:
        yield "the path has //, as joining the server's URL and a path wrongly makes"
    if not matches_target(step, sent):
        yield f"expected {step.method} {step.path}"
    if (name := caller(exchange)) != step.caller:
        yield f"expected credentials of {step.caller}, found {name}"
    if (body := meant(parsed(exchange.body), step.ignored)) != step.body:
        yield f"expected the body {step.body}, found {body}"
    condition = exchange.headers.get("If-Match")
    if (condition or "").strip('"') != (step.condition or ""):
        yield f"expected If-Match {step.condition}, found {condition}"
    if exchange.status != step.status:
        yield f"expected {step.status}"
    elif not shows(parsed(exchange.answer), step.shows):
        yield f"expected an answer with {step.shows}"


def matches_target(step: Step, sent: str) -> bool:
    """Whether this is the step's method and path; where it ends in "=" or "/", a value follows."""
    expected = f"{step.method} {step.path}"
    if expected.endswith(("=", "/")):
        return sent.startswith(expected) and len(sent) > len(expected)
    return sent == expected


def caller(exchange: Any) -> str | None:
    """The name in Basic credentials, which some clients encode as Latin-1, and Ruby's leaves empty."""
    header = exchange.headers.get("Authorization")
    if header is None:
        return None
    if header.startswith("Bearer rck_"):
        return KEY
    decoded = base64.b64decode(header.removeprefix("Basic "))
    try:
        text = decoded.decode()
    except UnicodeDecodeError:
        text = decoded.decode("latin-1")
    return text.partition(":")[0] or None


def parsed(body: bytes) -> Any:
    return json.loads(body) if body else None


def meant(value: Any, ignored: str | None) -> Any:
    """A body without the members that count as left out."""
    if isinstance(value, dict):
        members = value.items()
        kept = {k: meant(v, ignored) for k, v in members if v is not None and (v or k != ignored)}
        return {k: in_utc(v) if k == "expireTime" else v for k, v in kept.items()}
    return [meant(v, ignored) for v in value] if isinstance(value, list) else value


def in_utc(time: str) -> str:
    """A time as answers write it."""
    return datetime.fromisoformat(time).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def shows(answer: Any, expected: Any) -> bool:
    """Whether an answer has the expected members; it may have others beside them."""
    if isinstance(expected, dict):
        return isinstance(answer, dict) and all(shows(answer.get(k), v) for k, v in expected.items())
    if isinstance(expected, list) and isinstance(answer, list):
        return len(answer) == len(expected) and all(map(shows, answer, expected))
    return answer == expected
