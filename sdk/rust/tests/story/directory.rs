//! The directory set.

use crate::{Headers, PASSWORD, admin, anonymous, client_of, list_users, problem, through};
use rollcall_client::apis::configuration::Configuration;
use rollcall_client::apis::directory_api::{create_user, get_user, update_user};
use rollcall_client::apis::portal_api::delete_portal_user;
use rollcall_client::models::{
    Role, User, UserChange, UserChangeInfo, UserRegistration, UserRegistrationInfo, UserStatus,
};

pub(crate) fn registration(name: &str, email: &str, password: &str) -> UserRegistration {
    let (name, email, password) = (name.to_owned(), email.to_owned(), password.to_owned());
    UserRegistration::new(UserRegistrationInfo::new(name, email, password))
}

#[tokio::test]
async fn the_directory_lists_its_users() {
    let list = list_users(&admin()).await.unwrap().user_list;
    let first = list.users.first().unwrap();
    assert_eq!(first.create_time.timestamp_subsec_nanos(), 0);
    let expected = User {
        id: 1,
        version: 0,
        create_time: first.create_time,
        name: "admin".to_owned(),
        email: None,
        status: UserStatus::ENABLED,
        roles: vec![Role::new("admin".to_owned())],
    };
    assert_eq!(*first, expected);
}

#[tokio::test]
async fn a_new_user_is_read_with_its_etag() {
    let headers = Headers::default();
    let client = through(headers.clone());
    let body = registration("bob", "bob@example.com", PASSWORD);
    let public = Configuration { client: client.clone(), ..anonymous() };
    let made = create_user(&public, body).await.unwrap().user;
    assert_eq!(headers.last("ETag"), "\"0\"");
    assert_eq!(headers.last("Location"), format!("users/{}", made.id));
    assert_eq!((made.name.as_str(), made.version), ("bob", 0));
    assert_eq!(made.email.as_deref(), Some("bob@example.com"));
    assert_eq!((made.status, &made.roles), (UserStatus::ENABLED, &vec![]));

    let bob = Configuration { client, ..client_of("bob", PASSWORD) };
    assert_eq!(get_user(&bob, made.id, None).await.unwrap().user, made);
    assert_eq!(headers.last("ETag"), "\"0\"");
    delete_portal_user(&admin(), "bob", None).await.unwrap();
    let answer = get_user(&admin(), made.id, None).await;
    assert_eq!(problem(answer, 404, "not-found").detail, "There is no such user");
}

#[tokio::test]
async fn a_change_is_guarded_by_the_version() {
    let headers = Headers::default();
    let public = Configuration { client: through(headers.clone()), ..anonymous() };
    let body = registration("carol", "carol@example.com", PASSWORD);
    let made = create_user(&public, body).await.unwrap().user;
    let tag = headers.last("ETag");
    let roles = vec![Role::new("auditor".to_owned())];
    let info = UserChangeInfo {
        email: Some(Some(String::new())),
        roles: Some(Some(roles.clone())),
        ..UserChangeInfo::new()
    };
    let change = UserChange { user_info: Some(Some(info)), ..UserChange::new() };
    let answer = update_user(&admin(), made.id, change, Some(&tag)).await;
    let expected = User { version: 1, email: None, roles, ..made };
    assert_eq!(answer.unwrap().user, expected);

    let info = UserChangeInfo { status: Some(Some(UserStatus::DISABLED)), ..UserChangeInfo::new() };
    let change = UserChange { user_info: Some(Some(info)), ..UserChange::new() };
    let stale = update_user(&admin(), made.id, change.clone(), Some(&tag)).await;
    problem(stale, 412, "version-mismatch");
    assert_eq!(get_user(&admin(), made.id, None).await.unwrap().user, expected);
    let fresh = update_user(&admin(), made.id, change, Some(&expected.version.to_string())).await;
    let expected = User { version: 2, status: UserStatus::DISABLED, ..expected };
    assert_eq!(fresh.unwrap().user, expected);
    delete_portal_user(&admin(), "carol", None).await.unwrap();
}

#[tokio::test]
async fn the_directory_refuses_invalid_requests() {
    let answer = create_user(&anonymous(), registration("dora", "d@example.com", "short")).await;
    let errors = problem(answer, 400, "invalid-fields").errors.unwrap();
    let errors: Vec<_> = errors.iter().map(|e| (e.field.as_str(), e.message.as_str())).collect();
    assert_eq!(errors, [("userInfo.plaintextPassword", "must have at least 8 characters")]);

    let answer = create_user(&anonymous(), registration("ADMIN", "d@example.com", PASSWORD)).await;
    assert_eq!(problem(answer, 409, "name-taken").detail, "Another user has this name");
    problem(list_users(&client_of("admin", "wrong")).await, 401, "unauthenticated");
}
