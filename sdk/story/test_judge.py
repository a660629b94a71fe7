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
from steps import STEPS, Step


def told(step: Step) -> Exchange:
    """A step as a client tells it."""
    headers = Message()
    if step.caller:
        credentials = base64.b64encode(f"{step.caller}:a password".encode()).decode()
        headers["Authorization"] = f"Basic {credentials}"
    if step.condition:
        headers["If-Match"] = f'"{step.condition}"'
    target = step.path + ("a-token" if step.path.endswith("=") else "")
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


STORY = changed(1)
MISTAKES = {
    "the path has //": changed(1, target="//users"),
    "expected GET /users/2": changed(4, target="/prov/users/2"),
    "expected DELETE": changed(12, method="GET"),
    "expected GET /users?limit=1&pageToken=": changed(6, target="/users?limit=1&pageToken="),
    "expected the body": changed(7, body=b'{"userInfo":{"roles":[]}}'),
    "expected credentials of admin": without(4, "Authorization"),
    "expected If-Match 0": without(7, "If-Match"),
    "expected 412": changed(8, status=200),
    "expected an answer with": changed(11, answer=STORY[9].answer),
    "step 13, finds no user: not sent": STORY[:-1],
    "a request after the last step": [*STORY, STORY[-1]],
}


def found(exchanges: list[Exchange]) -> list[str]:
    with contextlib.redirect_stdout(io.StringIO()):
        return complaints(exchanges)


class Judge(unittest.TestCase):
    def test_the_story_is_accepted(self) -> None:
        self.assertEqual(found(STORY), [])

    def test_each_mistake_is_found(self) -> None:
        for complaint, exchanges in MISTAKES.items():
            with self.subTest(complaint):
                self.assertIn(complaint, "\n".join(found(exchanges)))


if __name__ == "__main__":
    unittest.main()
