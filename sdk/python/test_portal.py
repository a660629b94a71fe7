"""The portal set through the generated client."""

import pytest
from pydantic import SecretStr
from rollcall_client import (
    PortalApi,
    PortalPasswordChange,
    PortalPasswordChangeValue,
    PortalUser,
    PortalUserCreate,
    PortalUserCreateValue,
)
from rollcall_client.exceptions import (
    BadRequestException,
    ConflictException,
    ForbiddenException,
    NotFoundException,
    UnauthorizedException,
)
from support import PASSWORD, admin, client

portal = PortalApi(admin())
NEW_PASSWORD = "another horse battery"


def creation(password: str = PASSWORD) -> PortalUserCreate:
    return PortalUserCreate(value=PortalUserCreateValue(password=password))


def password_change(current: str, password: str = NEW_PASSWORD) -> PortalPasswordChange:
    value = PortalPasswordChangeValue(current_password=SecretStr(current), password=password)
    return PortalPasswordChange(value=value)


def test_an_admin_creates_reads_lists_and_deletes_a_user() -> None:
    alice = PortalUser(username="alice", admin=False)
    made = portal.create_portal_user_with_http_info("alice", creation())
    assert (made.status_code, made.data.value) == (201, alice)
    read = portal.get_portal_user_with_http_info("alice")
    assert (read.status_code, read.data) == (200, alice)
    users = portal.list_portal_users().value
    assert PortalUser(username="admin", admin=True) in users and alice in users
    deleted = portal.delete_portal_user_with_http_info("alice")
    assert (deleted.status_code, deleted.data) == (204, None)
    with pytest.raises(NotFoundException) as missing:
        portal.get_portal_user("alice")
    assert (missing.value.status, missing.value.data) == (404, "There is no such user")


def test_a_name_is_taken_once() -> None:
    portal.create_portal_user("bob", creation())
    with pytest.raises(ConflictException) as refused:
        portal.create_portal_user("BOB", creation())
    assert (refused.value.status, refused.value.data) == (409, "Username already existed")


def test_a_refusal_names_the_field() -> None:
    with pytest.raises(BadRequestException) as refused:
        portal.create_portal_user("weak", creation("password1"))
    assert (refused.value.status, refused.value.data) == (
        400,
        "Key: 'UserPasswordRequest.Value.Password' "
        "Error:Field validation for 'Password' failed on the 'common' tag",
    )


def test_a_user_changes_the_password() -> None:
    portal.create_portal_user("carl", creation())
    own = PortalApi(client("carl", PASSWORD))
    with pytest.raises(ForbiddenException) as refused:
        own.update_portal_user_password("carl", None, password_change("a wrong password"))
    assert (refused.value.status, refused.value.data) == (403, "Current password does not match")
    changed = own.update_portal_user_password_with_http_info("carl", None, password_change(PASSWORD))
    assert (changed.status_code, changed.data.value.username) == (200, "carl")
    with pytest.raises(UnauthorizedException) as old:
        own.get_portal_user("carl")
    assert (old.value.status, old.value.data) == (401, "Credentials are missing or wrong")
    assert PortalApi(client("carl", NEW_PASSWORD)).get_portal_user("carl").username == "carl"
