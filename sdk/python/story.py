"""Tells the story of sdk/story/steps.py, and checks what the client makes of the answers."""

import os

from openapi_client import (
    ApiClient,
    ApiException,
    Configuration,
    Credentials,
    DirectoryApi,
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


def client(name: str | None = None, password: str | None = None) -> ApiClient:
    """A client with credentials or without."""
    return ApiClient(Configuration(os.environ["ROLLCALL_URL"], username=name, password=password))


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

expected = user.model_copy(update={"version": 1, "email": "zoe@example.org"})
etag = (read.headers or {})["etag"]
changed = change(user.id, etag, email="zoe@example.org")
assert changed == expected
try:
    change(user.id, etag, status="DISABLED")
    raise AssertionError("the version of before was taken")
except ApiException as refused:
    assert refused.status == 412 and isinstance(refused.data, Problem)
    assert refused.data.type == "urn:rollcall:problem:version-mismatch"

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
try:
    directory.get_user(user.id)
    raise AssertionError("the user is still there")
except ApiException as missing:
    assert missing.status == 404 and isinstance(missing.data, Problem)
