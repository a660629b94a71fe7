"""The signing helper against the examples that are published with the document."""

import json
import pathlib
from typing import Any

import pytest
from rollcall_signing import Signer, timestamp

ROOT = pathlib.Path(__file__).parents[2]
VECTORS = json.loads((ROOT / "openapi/signing-test-vectors.json").read_text())["vectors"]


def test_there_are_vectors() -> None:
    assert len(VECTORS) > 0


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["what"])
def test_signs_as_published(vector: dict[str, Any]) -> None:
    request = vector["request"] | {"body": vector["request"]["body"].encode()}
    signer = Signer(vector["key"], vector["token"], vector["signingHost"])
    assert signer.headers(**request) == {
        "sessionKey": vector["key"],
        "timestamp": request["timestamp"],
        "signature": vector["signature"],
    }


def test_no_timestamp_comes_twice() -> None:
    assert len({timestamp() for _ in range(10_000)}) == 10_000
