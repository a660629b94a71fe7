//! Listing keys, and who may.

use jiff::{SignedDuration, Timestamp};
use rollcall_domain::{
    KeyStore, UserId, UserRef,
    audit::ActorContext,
    key::{KeyId, KeyName, KeyRequest, KeySecret, NewApiKey, Scope, Scopes},
};
use serde_json::{Value, json};

use super::{keys, make};
use crate::harness::{Client, Server, until};

#[test]
fn the_last_use_is_shown() {
    let server = Server::start();
    let (id, alice) = server.user("alice");
    let [used, unused] = [(); 2].map(|()| make(&alice, id, &["verify"]));
    assert_eq!(server.anonymous().bearer(&used.secret).get("/auth/verify").status, 204);
    let last_use = |key_id: i64| {
        let list = keys(&alice, id);
        list.iter().find(|key| key["id"] == key_id).unwrap()["lastUseTime"].clone()
    };
    until("the use is not recorded", || last_use(used.id) != Value::Null);
    let time: Timestamp = last_use(used.id).as_str().unwrap().parse().unwrap();
    assert!(time <= Timestamp::now());
    assert_eq!(last_use(unused.id), Value::Null);
}

#[test]
fn an_expired_key_is_refused_and_not_listed() {
    let server = Server::start();
    let (id, alice) = server.user("alice");
    let stored = |seconds: i64| {
        let secret = KeySecret::generate().unwrap();
        let request = KeyRequest {
            name: KeyName::parse("a program").unwrap(),
            scopes: Scopes::new([Scope::Verify]),
            expire_time: Some(Timestamp::now() + SignedDuration::from_secs(seconds)),
        };
        let new = NewApiKey {
            id: KeyId::generate().unwrap(),
            hash: secret.hash(),
            prefix: secret.prefix().to_owned(),
            request,
            create_time: Timestamp::now(),
        };
        let target = UserRef::Id(UserId(id));
        server.store().create_key(&target, &new, &ActorContext::OPERATOR).unwrap();
        server.anonymous().bearer(secret.expose()).get("/auth/verify").status
    };
    // Each new key deletes expired ones, so the expired one comes last.
    assert_eq!([stored(3600), stored(-1)], [204, 401]);
    assert_eq!(keys(&alice, id).len(), 1);
}

#[test]
fn keys_of_others_are_403_to_users_and_404_to_admins_if_absent() {
    let server = Server::start();
    let (id, alice) = server.user("alice");
    let (other, bob) = server.user("bob");
    let key = make(&bob, other, &["verify"]);
    let admin = server.admin();
    let body = super::key_info(&["verify"]).to_string();
    let send = |client: &Client, method: &str, user: &str| {
        let end = if method == "DELETE" { "/7" } else { "" };
        let body = (method == "POST").then_some(&*body);
        let client = client.with("content-type", "application/json");
        client.send(method, &format!("/users/{user}/keys{end}"), body)
    };
    for method in ["GET", "POST", "DELETE"] {
        let others = [other.to_string(), "99".to_owned(), i64::MAX.to_string()];
        let refusals = others.map(|user| send(&alice, method, &user));
        for refusal in &refusals {
            assert_eq!((refusal.status, &refusal.body), (403, &refusals[0].body));
        }
        assert_eq!(send(&server.anonymous(), method, &id.to_string()).status, 401);
        let missing = send(&admin, method, "99");
        assert_eq!(missing.error(), (404, "not-found".to_owned()));
        assert_eq!(missing.json()["detail"], "There is no such user");
        assert_eq!(send(&alice, method, "x").error().0, 400);
        assert_eq!(send(&server.anonymous(), method, "x").status, 401);
    }
    for text in ["0", "x", "-1", "9007199254740992", "01"] {
        let answer = alice.delete(&format!("/users/{id}/keys/{text}"));
        assert_eq!(answer.error(), (400, "malformed-request".to_owned()), "{text}");
    }
    // Another user's key does not end under one's own path.
    let missing = alice.delete(&format!("/users/{id}/keys/{}", key.id));
    assert_eq!(missing.error(), (404, "not-found".to_owned()));
    assert_eq!(missing.json()["detail"], "There is no such API key");
    assert_eq!(keys(&admin, other)[0]["id"], json!(key.id));
}
