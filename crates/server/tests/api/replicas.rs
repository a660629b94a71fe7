//! Several processes on one store.

use std::{sync::Barrier, thread};

use serde_json::{Value, json};

use crate::harness::{ADMIN_PASSWORD, Client, PASSWORD, Server};

fn three() -> [Server; 3] {
    let first = Server::start();
    let (second, third) = (first.replica(), first.replica());
    [first, second, third]
}

fn change(client: &Client, id: i64, info: &Value) {
    let answer = client.patch(&format!("/users/{id}"), &json!({ "userInfo": info }));
    assert_eq!(answer.status, 200, "{answer:?}");
}

#[test]
fn a_revocation_applies_to_the_next_request_on_every_replica() {
    let servers = three();
    let admins = [0, 1, 2].map(|index| servers[index].admin());
    for round in 0..6 {
        let (name, new) = (format!("user{round}"), "another fine password");
        let (id, _) = servers[round % 3].user(&name);
        let path = format!("/users/{id}");
        let (session, _) = servers[round % 3].session(&name, PASSWORD);
        let statuses = |password: &str, path: &str| {
            [0, 1, 2].map(|index| servers[index].login(&name, password).get(path).status)
        };
        let signed = || {
            [0, 1, 2].map(|index| servers[index].anonymous().signing(&session).get(&path).status)
        };
        let admin = |step: usize| &admins[(round + step) % 3];
        assert_eq!((statuses(PASSWORD, &path), signed()), ([200; 3], [200; 3]));
        change(admin(0), id, &json!({"roles": [{"name": "admin"}]}));
        assert_eq!(statuses(PASSWORD, "/users"), [200; 3]);
        change(admin(1), id, &json!({"roles": []}));
        assert_eq!((statuses(PASSWORD, "/users"), signed()), ([403; 3], [200; 3]));
        change(admin(2), id, &json!({"plaintextPassword": new}));
        assert_eq!((statuses(PASSWORD, &path), signed()), ([401; 3], [401; 3]));
        assert_eq!(statuses(new, &path), [200; 3]);
        change(admin(0), id, &json!({"status": "DISABLED"}));
        assert_eq!(statuses(new, &path), [401; 3]);
        change(admin(1), id, &json!({"status": "ENABLED"}));
        assert_eq!(statuses(new, &path), [200; 3]);
        assert_eq!(admin(2).delete(&format!("/api/v1/users/{name}")).status, 204);
        assert_eq!(statuses(new, &path), [401; 3]);
    }
}

#[test]
fn a_session_that_is_ended_on_one_is_over_on_all() {
    let servers = three();
    let (session, _) = servers[0].admin_session();
    let statuses =
        || [0, 1, 2].map(|index| servers[index].anonymous().signing(&session).get("/users").status);
    assert_eq!(statuses(), [200; 3]);
    assert_eq!(servers[1].admin().delete(&format!("/tokens/{}", session.key)).status, 204);
    assert_eq!(statuses(), [401; 3]);
}

#[test]
fn one_writer_wins_each_race_between_processes() {
    let servers = three();
    let (id, _) = servers[0].user("alice");
    let path = format!("/users/{id}");
    for round in 0..5 {
        let barrier = Barrier::new(9);
        let mut statuses: Vec<u16> = thread::scope(|scope| {
            let writers: Vec<_> = (0..9)
                .map(|writer: usize| {
                    let (barrier, path) = (&barrier, &path);
                    let client = servers[writer % 3].admin().with("if-match", &round.to_string());
                    scope.spawn(move || {
                        let info = json!({"email": format!("by-{writer}-{round}@example.com")});
                        barrier.wait();
                        client.patch(path, &json!({ "userInfo": info })).status
                    })
                })
                .collect();
            writers.into_iter().map(|writer| writer.join().unwrap()).collect()
        });
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 412, 412, 412, 412, 412, 412, 412, 412]);
    }
}

#[test]
fn one_admin_stays_when_two_demote_each_other_on_two_replicas() {
    let servers = three();
    let (id, _) = servers[0].user("second");
    for _ in 0..5 {
        change(&servers[0].admin(), id, &json!({"roles": [{"name": "admin"}]}));
        let barrier = Barrier::new(2);
        let mut statuses = thread::scope(|scope| {
            let demote =
                |server: usize, name: &'static str, password: &'static str, target: i64| {
                    let (client, barrier) = (servers[server].login(name, password), &barrier);
                    scope.spawn(move || {
                        assert_eq!(client.get("/users").status, 200);
                        barrier.wait();
                        let body = json!({"userInfo": {"roles": []}});
                        client.patch(&format!("/users/{target}"), &body).status
                    })
                };
            [demote(0, "root", ADMIN_PASSWORD, id), demote(1, "second", PASSWORD, 1)]
                .map(|thread| thread.join().unwrap())
        });
        statuses.sort_unstable();
        // The second request fails: its sender is no longer an admin (403), or its target is the
        // last admin (409).
        assert!([[200, 403], [200, 409]].contains(&statuses), "{statuses:?}");
        let store = servers[2].store();
        assert!(rollcall_domain::UserStore::has_enabled_admin(&store).unwrap());
        if servers[0].admin().get("/users").status == 403 {
            change(
                &servers[0].login("second", PASSWORD),
                1,
                &json!({"roles": [{"name": "admin"}]}),
            );
        }
    }
}
