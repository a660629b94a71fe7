"""The judge accepts the story as it is, and finds each way to tell it wrongly."""

import base64
import contextlib
import dataclasses
import io
import json
import unittest
from email.message import Message

from judge import complaints
from recorder import Exchange
from steps import KEY, STEPS, Step


def told(step: Step) -> Exchange:
    """A step as a client tells it."""
    headers = Message()
    if step.caller == KEY:
        headers["Authorization"] = "Bearer rck_a-secret"
    elif step.caller:
        credentials = base64.b64encode(f"{step.caller}:a password".encode()).decode()
        headers["Authorization"] = f"Basic {credentials}"
    if step.condition:
        headers["If-Match"] = f'"{step.condition}"'
    target = step.path + ("a-value" if step.path.endswith(("=", "/")) else "")
    body, answer = json.dumps(step.body).encode(), json.dumps(step.shows).encode()
    return Exchange(step.method, target, headers, body if step.body else b"", step.status, answer)


def changed(number: int, **fields: object) -> list[Exchange]:
    """The story with another exchange for this step."""
    exchanges = [told(step) for step in STEPS]
    exchanges[number - 1] = dataclasses.replace(exchanges[number - 1], **fields)
    return exchanges


def without(number: int, header: str) -> list[Exchange]:
    exchanges = changed(number)
    del exchanges[number - 1].headers[header]
    return exchanges


def told_by(number: int, credentials: str) -> list[Exchange]:
    exchanges = changed(number)
    exchanges[number - 1].headers.replace_header("Authorization", credentials)
    return exchanges


STORY = changed(1)
MISTAKES = {
    "the path has //": changed(1, target="//users"),
    "expected GET /users/2": changed(4, target="/prov/users/2"),
    "expected DELETE": changed(18, method="GET"),
    "expected GET /users?limit=1&pageToken=": changed(6, target="/users?limit=1&pageToken="),
    "expected the body": changed(13, body=b'{"userInfo":{"roles":[]}}'),
    "expected credentials of admin": without(4, "Authorization"),
    "expected credentials of an API key": told_by(9, "Basic Wm/DqzpyY2tfYS1zZWNyZXQ="),
    "expected DELETE /users/2/keys/": changed(11, target="/users/2/keys/"),
    "expected If-Match 0": without(13, "If-Match"),
    "expected 412": changed(14, status=200),
    "expected an answer with": changed(17, answer=STORY[15].answer),
    "step 19, finds no user: not sent": STORY[:-1],
    "a request after the last step": [*STORY, STORY[-1]],
}


def found(exchanges: list[Exchange]) -> list[str]:
    with contextlib.redirect_stdout(io.StringIO()):
        return complaints(exchanges)


class Judge(unittest.TestCase):
    def test_the_story_is_accepted(self) -> None:
        self.assertEqual(found(STORY), [])

    def test_a_time_may_be_in_any_zone(self) -> None:
        body = STORY[6].body.replace(b"2100-01-31T00:00:00Z", b"2100-01-31T01:30:00.000+01:30")
        self.assertNotEqual(body, STORY[6].body)
        self.assertEqual(found(changed(7, body=body)), [])

    def test_each_mistake_is_found(self) -> None:
        for complaint, exchanges in MISTAKES.items():
            with self.subTest(complaint):
                self.assertIn(complaint, "\n".join(found(exchanges)))


if __name__ == "__main__":
    unittest.main()
