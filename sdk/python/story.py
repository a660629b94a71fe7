"""Tells the story of sdk/story/steps.py, and checks what the client makes of the answers."""

import os
from collections.abc import Callable
from datetime import UTC, datetime

from openapi_client import (
    ApiClient,
    ApiException,
    Configuration,
    Credentials,
    DirectoryApi,
    KeyCreation,
    KeyInfo,
    KeysApi,
    KeyScope,
    PortalApi,
    Problem,
    Role,
    SessionTokenRequest,
    TokensApi,
    User,
    UserChange,
    UserChangeInfo,
    UserRegistration,
    UserRegistrationInfo,
    UserStatus,
)

PASSWORD = "correct horse battery"


def client(name: str | None = None, password: str | None = None, key: str | None = None) -> ApiClient:
    """A client with credentials or without."""
    server = os.environ["ROLLCALL_URL"]
    return ApiClient(Configuration(server, username=name, password=password, access_token=key))


def refusal(call: Callable[[], object]) -> tuple[int, str]:
    """The status and the type of the problem that a call is refused with."""
    try:
        call()
    except ApiException as refused:
        assert refused.status is not None and isinstance(refused.data, Problem)
        return refused.status, refused.data.type
    raise AssertionError("it is not refused")


def change(user_id: int, version: str, **fields: object) -> User:
    """Changes the version that was read of a user."""
    body = UserChange(userInfo=UserChangeInfo.model_validate(fields))
    return directory.update_user(user_id, body, if_match=version).user


directory = DirectoryApi(client("admin", os.environ["ROLLCALL_PASSWORD"]))

info = UserRegistrationInfo(name="Zoë", email="zoe@example.com", plaintextPassword=PASSWORD)
user = DirectoryApi(client()).create_user(UserRegistration(userInfo=info)).user
assert (user.name, user.email, user.roles) == ("Zoë", "zoe@example.com", [])

credentials = Credentials(name="Zoë", password=PASSWORD)
request = SessionTokenRequest(credentials=credentials)
assert TokensApi(client()).create_session_token(request).session_token.user_id == user.id

assert PortalApi(client("Zoë", PASSWORD)).get_portal_user("Zoë").username == "Zoë"
read = directory.get_user_with_http_info(user.id)
assert read.data.user == user

names = []
page = directory.list_users(limit=1).user_list
names += [listed.name for listed in page.users]
while page.next_page_token:
    page = directory.list_users(limit=1, page_token=page.next_page_token).user_list
    names += [listed.name for listed in page.users]
assert names == ["admin", "Zoë"]

scopes = [KeyScope.VERIFY, KeyScope.USERS_READ]
expiry = datetime(2100, 1, 31, tzinfo=UTC)
keys = KeysApi(client("Zoë", PASSWORD))
key_info = KeyInfo(name="nightly backup", scopes=scopes, expireTime=expiry)
made = keys.create_api_key(user.id, KeyCreation(keyInfo=key_info))
assert (made.key.name, made.key.scopes, made.key.expire_time) == ("nightly backup", scopes, expiry)
assert keys.list_api_keys(user.id).key_list.keys == [made.key]
program = DirectoryApi(client(key=made.secret))
assert program.get_current_user().user == user
body = UserChange(userInfo=UserChangeInfo(email="zoe@example.org"))
lacking = refusal(lambda: program.update_user(user.id, body, if_match="0"))
assert lacking == (403, "urn:rollcall:problem:insufficient-scope")
keys.delete_api_key(user.id, made.key.id)
assert refusal(program.get_current_user) == (401, "urn:rollcall:problem:unauthenticated")

expected = user.model_copy(update={"version": 1, "email": "zoe@example.org"})
etag = (read.headers or {})["etag"]
changed = change(user.id, etag, email="zoe@example.org")
assert changed == expected
stale = refusal(lambda: change(user.id, etag, status="DISABLED"))
assert stale == (412, "urn:rollcall:problem:version-mismatch")

roles = [Role(name="auditor")]
expected = expected.model_copy(update={"version": 2, "roles": roles})
changed = change(user.id, str(changed.version), roles=roles)
assert changed == expected
expected = expected.model_copy(update={"version": 3, "status": UserStatus.DISABLED})
changed = change(user.id, str(changed.version), status="DISABLED")
assert changed == expected
expected = expected.model_copy(update={"version": 4, "email": None})
assert change(user.id, str(changed.version), email="") == expected

PortalApi(directory.api_client).delete_portal_user("Zoë")
missing = refusal(lambda: directory.get_user(user.id))
assert missing == (404, "urn:rollcall:problem:not-found")
