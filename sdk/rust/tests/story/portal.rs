//! The portal set.

use crate::{PASSWORD, admin, assert_refused, client_of, list_portal_users};
use rollcall_client::apis::portal_api::{
    create_portal_user, delete_portal_user, get_portal_user, update_portal_user_password,
};
use rollcall_client::models::{
    PortalPasswordChange, PortalPasswordChangeValue, PortalUser, PortalUserCreate,
    PortalUserCreateValue,
};

const UNAUTHENTICATED: &str = "Credentials are missing or wrong";

fn creation(password: &str) -> PortalUserCreate {
    PortalUserCreate::new(PortalUserCreateValue::new(password.to_owned()))
}

pub(crate) fn password_change(current: Option<&str>, password: &str) -> PortalPasswordChange {
    PortalPasswordChange::new(PortalPasswordChangeValue {
        current_password: current.map(|password| Some(password.to_owned())),
        ..PortalPasswordChangeValue::new(password.to_owned())
    })
}

#[tokio::test]
async fn the_portal_makes_lists_reads_and_removes_users() {
    let expected = PortalUser::new("zoë".to_owned(), false);
    let made = create_portal_user(&admin(), "zoë", creation(PASSWORD), None).await.unwrap();
    assert_eq!(made.value, expected);
    let zoe = client_of("zoë", PASSWORD);
    assert_eq!(get_portal_user(&zoe, "zoë", None).await.unwrap(), expected);

    let list = list_portal_users(&admin()).await.unwrap().value;
    assert_eq!(list.first(), Some(&PortalUser::new("admin".to_owned(), true)));
    assert!(list.contains(&expected));

    delete_portal_user(&admin(), "zoë", None).await.unwrap();
    assert_refused(get_portal_user(&admin(), "zoë", None).await, 404, "There is no such user");
}

#[tokio::test]
async fn a_password_is_changed_with_the_current_one() {
    create_portal_user(&admin(), "erin", creation(PASSWORD), None).await.unwrap();
    let erin = client_of("erin", PASSWORD);
    let change = |current| {
        let change = password_change(Some(current), "another one");
        update_portal_user_password(&erin, "erin", None, Some(change))
    };
    assert_refused(change("wrong").await, 403, "Current password does not match");
    assert_eq!(change(PASSWORD).await.unwrap().value, PortalUser::new("erin".to_owned(), false));

    assert_refused(get_portal_user(&erin, "erin", None).await, 401, UNAUTHENTICATED);
    get_portal_user(&client_of("erin", "another one"), "erin", None).await.unwrap();
    delete_portal_user(&admin(), "erin", None).await.unwrap();
}

#[tokio::test]
async fn the_portal_rejects_invalid_requests() {
    let too_short = "Key: 'UserPasswordRequest.Value.Password' Error:Field validation for \
                     'Password' failed on the 'min' tag";
    let answer = create_portal_user(&admin(), "frank", creation("short"), None).await;
    assert_refused(answer, 400, too_short);
    let answer = create_portal_user(&admin(), "admin", creation(PASSWORD), None).await;
    assert_refused(answer, 409, "Username already existed");
    let answer = list_portal_users(&client_of("admin", "wrong")).await;
    assert_refused(answer, 401, UNAUTHENTICATED);
}
