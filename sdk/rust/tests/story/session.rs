//! Sessions, and requests that are signed with them.

use crate::directory::registration;
use crate::portal::password_change;
use crate::{
    PASSWORD, admin_password, anonymous, assert_refused, client_of, list_portal_users, list_users,
    problem, through,
};
use rollcall_client::apis::configuration::Configuration;
use rollcall_client::apis::directory_api::{self, create_user, get_user, update_user};
use rollcall_client::apis::portal_api::{
    delete_portal_user, get_portal_user, update_portal_user_password,
};
use rollcall_client::apis::tokens_api::{create_session_token, delete_session_token};
use rollcall_client::models::{
    Credentials, PortalUser, SessionToken, SessionTokenRequest, User, UserChange, UserChangeInfo,
    UserSort, UserStatus,
};
use rollcall_signing::Signer;

async fn log_in() -> SessionToken {
    let credentials = Credentials::new("admin".to_owned(), admin_password());
    let request = SessionTokenRequest::new(credentials);
    let session = create_session_token(&anonymous(), request).await.unwrap().session_token;
    assert_eq!((session.user_id, session.admin), (1, true));
    session
}

/// A client that signs with a session.
fn signing(key: &str, token: &str) -> Configuration {
    let signer = Signer::new(key.to_owned(), token.to_owned());
    Configuration { client: through(signer), ..anonymous() }
}

#[tokio::test]
async fn a_session_signs_requests_of_both_sets() {
    let body = registration("faÿ", "fay@example.com", PASSWORD);
    let made = create_user(&anonymous(), body).await.unwrap().user;
    let session = log_in().await;
    let signed = signing(&session.key, &session.token);

    let read = get_portal_user(&signed, "faÿ", None).await.unwrap();
    assert_eq!(read, PortalUser::new("faÿ".to_owned(), false));
    // Twice: the two requests are equal, and a signature is taken once.
    for _ in 0..2 {
        let change = password_change(None, "Glück ☘ gehabt");
        update_portal_user_password(&signed, "faÿ", None, Some(change)).await.unwrap();
    }
    let fay = client_of("faÿ", "Glück ☘ gehabt");
    let user = get_user(&fay, made.id, None).await.unwrap().user;

    let info = UserChangeInfo { name: Some(Some("gaël".to_owned())), ..UserChangeInfo::new() };
    let change = UserChange { user_info: Some(Some(info)), ..UserChange::new() };
    let version = user.version.to_string();
    let changed = update_user(&signed, made.id, change, Some(&version)).await;
    let expected = User { name: "gaël".to_owned(), version: user.version + 1, ..user };
    assert_eq!(changed.unwrap().user, expected);
    assert_eq!(get_user(&signed, made.id, None).await.unwrap().user, expected);
    delete_portal_user(&signed, "gaël", None).await.unwrap();
}

#[tokio::test]
async fn a_session_that_is_over_signs_nothing() {
    let session = log_in().await;
    let signed = signing(&session.key, &session.token);
    let page = directory_api::list_users(
        &signed,
        Some(1),
        None,
        None,
        None,
        Some("ad"),
        Some(UserStatus::ENABLED),
        None,
        Some(UserSort::NAME),
    );
    assert_eq!(page.await.unwrap().user_list.users[0].name, "admin");
    let forged = signing(&session.key, "another token");
    problem(list_users(&forged).await, 401, "unauthenticated");

    delete_session_token(&signed, &session.key).await.unwrap();
    problem(list_users(&signed).await, 401, "unauthenticated");
    let message = "Credentials are missing or wrong";
    assert_refused(list_portal_users(&signed).await, 401, message);
}
