"""Sessions through the generated client, whose requests the helper signs."""

import os

import pytest
from pydantic import SecretStr
from rollcall_client import (
    ApiClient,
    Credentials,
    DirectoryApi,
    PortalApi,
    PortalPasswordChange,
    PortalPasswordChangeValue,
    SessionToken,
    SessionTokenRequest,
    TokensApi,
    UserChange,
    UserChangeInfo,
    UserSort,
)
from rollcall_client.exceptions import UnauthorizedException
from rollcall_signing import SigningClient
from support import PASSWORD, configuration, etag, problem, register


def log_in(name: str, password: str) -> SessionToken:
    credentials = Credentials(name=name, password=SecretStr(password))
    tokens = TokensApi(ApiClient(configuration()))
    return tokens.create_session_token(SessionTokenRequest(credentials=credentials)).session_token


def signing(session: SessionToken, signing_host: str = "pennprovenance.net") -> SigningClient:
    # Credentials that would not do show that requests do without them.
    return SigningClient(configuration("absent", "a wrong password"), session, signing_host)


def test_requests_of_both_sets_are_signed() -> None:
    user = register("Zoë")
    session = log_in("Zoë", PASSWORD)
    assert (session.user_id, session.admin) == (user.id, False)
    client = signing(session)
    directory, portal = DirectoryApi(client), PortalApi(client)

    read = directory.get_user_with_http_info(user.id)
    assert read.data.user == user
    assert portal.get_portal_user("Zoë").username == "Zoë"
    info = UserChangeInfo(name="Zoé")
    changed = directory.update_user(user.id, UserChange(userInfo=info), if_match=etag(read)).user
    assert (changed.version, changed.name) == (1, "Zoé")
    assert directory.get_user(user.id).user == changed

    new = "ein größeres Schloß"
    value = PortalPasswordChangeValue(current_password=SecretStr(PASSWORD), password=new)
    updated = portal.update_portal_user_password("Zoé", None, PortalPasswordChange(value=value))
    assert updated.value.username == "Zoé"
    with pytest.raises(UnauthorizedException):
        directory.get_user(user.id)  # The sessions of the old password are over.
    assert log_in("Zoé", new).user_id == user.id


def test_equal_requests_are_taken_one_after_another() -> None:
    user = register("Again")
    directory = DirectoryApi(signing(log_in("Again", PASSWORD)))
    same = UserChange(userInfo=UserChangeInfo(name="Again"))
    versions = [directory.update_user(user.id, same).user.version for _ in range(50)]
    assert versions == [0] * 50


def test_a_page_is_signed_with_its_query() -> None:
    register("Pagé")
    directory = DirectoryApi(signing(log_in("admin", os.environ["ROLLCALL_PASSWORD"])))
    first = directory.list_users(limit=1, name_prefix="pag", sort=UserSort.NAME).user_list
    assert [user.name for user in first.users] == ["Pagé"]
    first = directory.list_users(limit=1).user_list
    following = directory.list_users(limit=1, page_token=first.next_page_token).user_list
    assert following.users[0].id > first.users[0].id


def test_a_session_that_is_over_signs_nothing() -> None:
    user = register("Leaving")
    session = log_in("Leaving", PASSWORD)
    client = signing(session)
    assert TokensApi(client).delete_session_token_with_http_info(session.key).status_code == 204
    with pytest.raises(UnauthorizedException) as refused:
        DirectoryApi(client).get_user(user.id)
    problem(refused, 401, "unauthenticated")


def test_another_signing_host_is_refused() -> None:
    user = register("Elsewhere")
    elsewhere = signing(log_in("Elsewhere", PASSWORD), "example.com")
    with pytest.raises(UnauthorizedException) as refused:
        DirectoryApi(elsewhere).get_user(user.id)
    problem(refused, 401, "unauthenticated")
