"""What the tests of the client share."""

import os
from typing import Any

import pytest
from rollcall_client import (
    ApiClient,
    ApiException,
    ApiResponse,
    Configuration,
    DirectoryApi,
    Problem,
    SessionToken,
    User,
    UserEnvelope,
    UserRegistration,
    UserRegistrationInfo,
)

PASSWORD = "correct horse battery"


def configuration(name: str | None = None, password: str | None = None) -> Configuration:
    """The server, with credentials or without."""
    return Configuration(host=os.environ["ROLLCALL_URL"], username=name, password=password)


def client(name: str, password: str) -> ApiClient:
    """A client that sends HTTP Basic credentials."""
    return ApiClient(configuration(name, password))


def admin() -> ApiClient:
    """A client of the first admin."""
    return client("admin", os.environ["ROLLCALL_PASSWORD"])


def registration(name: str, email: str, password: str = PASSWORD) -> UserRegistration:
    """The body that makes a user."""
    info = UserRegistrationInfo(name=name, email=email, plaintextPassword=password)
    return UserRegistration(userInfo=info)


def register(name: str) -> User:
    """Registers a user, without credentials."""
    body = registration(name, f"{name.encode().hex()}@example.com")
    return DirectoryApi(ApiClient(configuration())).create_user(body).user


def etag(response: ApiResponse[UserEnvelope]) -> str:
    """The version of the user that an answer tells. The client has headers as they are sent."""
    assert response.headers is not None
    return response.headers["etag"]


def problem(refused: pytest.ExceptionInfo[ApiException], status: int, kind: str) -> Problem:
    """The problem that an answer with this status describes, which is of this kind."""
    answer: Any = refused.value.data
    assert isinstance(answer, Problem)
    assert (refused.value.status, answer.status) == (status, status)
    assert answer.type == f"urn:rollcall:problem:{kind}"
    return answer
