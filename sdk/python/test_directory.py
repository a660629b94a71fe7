"""The directory set through the generated client."""

from datetime import datetime, timedelta, timezone

import pytest
from rollcall_client import (
    ApiClient,
    ApiException,
    DirectoryApi,
    FieldError,
    PortalApi,
    Role,
    User,
    UserChange,
    UserChangeInfo,
    UserStatus,
)
from rollcall_client.exceptions import (
    BadRequestException,
    ConflictException,
    NotFoundException,
    UnauthorizedException,
)
from support import PASSWORD, admin, client, configuration, etag, problem, register, registration

directory = DirectoryApi(admin())
anonymous = DirectoryApi(ApiClient(configuration()))


def change(**fields: object) -> UserChange:
    return UserChange(userInfo=UserChangeInfo.model_validate(fields))


def test_anyone_registers() -> None:
    made = anonymous.create_user_with_http_info(registration("Ada", "ada@example.com"))
    assert made.status_code == 201
    user = made.data.user
    assert user.model_dump(exclude={"id", "create_time"}) == {
        "version": 0,
        "name": "Ada",
        "email": "ada@example.com",
        "status": UserStatus.ENABLED,
        "roles": [],
    }
    assert abs(datetime.now(timezone.utc) - user.create_time) < timedelta(minutes=5)
    assert made.headers is not None
    assert (made.headers["location"], etag(made)) == (f"users/{user.id}", '"0"')


def test_an_admin_lists_users() -> None:
    user = register("Listed")
    users = directory.list_users().user_list.users
    first = users[0]
    assert (first.id, first.name, first.email) == (1, "admin", None)
    assert first.roles == [Role(name="admin")]
    assert users[-1] == user


def test_a_user_is_read_again_only_when_it_has_changed() -> None:
    user = register("Cached")
    read = directory.get_user_with_http_info(user.id)
    assert (read.status_code, read.data.user, etag(read)) == (200, user, '"0"')
    with pytest.raises(ApiException) as unchanged:
        directory.get_user(user.id, if_none_match=etag(read))
    assert (unchanged.value.status, unchanged.value.data) == (304, None)
    assert (unchanged.value.headers or {})["ETag"] == '"0"'
    directory.update_user(user.id, change(status="DISABLED"))
    read = directory.get_user_with_http_info(user.id, if_none_match=etag(read))
    assert (read.status_code, etag(read)) == (200, '"1"')


def test_a_change_is_made_only_to_the_version_that_was_read() -> None:
    user = register("Guarded")
    read = etag(directory.get_user_with_http_info(user.id))
    body = change(name="Renamed", email="", roles=[Role(name="admin")])
    changed = directory.update_user_with_http_info(user.id, body, if_match=read)
    expected: User = user.model_copy(
        update={"version": 1, "name": "Renamed", "email": None, "roles": [Role(name="admin")]}
    )
    assert (changed.status_code, changed.data.user, etag(changed)) == (200, expected, '"1"')
    with pytest.raises(ApiException) as stale:
        directory.update_user(user.id, change(name="Lost"), if_match=read)
    assert problem(stale, 412, "version-mismatch").errors is None
    assert directory.get_user(user.id).user == expected


def test_a_refusal_names_the_field() -> None:
    with pytest.raises(BadRequestException) as refused:
        anonymous.create_user(registration("Weak", "weak@example.com", password="password1"))
    message = "must not be one of the most common passwords"
    assert problem(refused, 400, "invalid-fields").errors == [
        FieldError(field="userInfo.plaintextPassword", message=message)
    ]


def test_a_name_is_taken_once() -> None:
    register("Taken")
    with pytest.raises(ConflictException) as refused:
        anonymous.create_user(registration("tAKEN", "other@example.com"))
    assert problem(refused, 409, "name-taken").detail == "Another user has this name"


def test_a_wrong_password_is_refused() -> None:
    user = register("Locked")
    with pytest.raises(UnauthorizedException) as refused:
        DirectoryApi(client("Locked", "a wrong password")).get_user(user.id)
    problem(refused, 401, "unauthenticated")
    assert (refused.value.headers or {})["WWW-Authenticate"].startswith("Basic ")
    assert DirectoryApi(client("Locked", PASSWORD)).get_user(user.id).user == user


def test_a_deleted_user_is_gone() -> None:
    user = register("Gone")
    PortalApi(admin()).delete_portal_user("Gone")
    with pytest.raises(NotFoundException) as missing:
        directory.get_user(user.id)
    assert problem(missing, 404, "not-found").detail == "There is no such user"
