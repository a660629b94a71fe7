//! A user with credentials of every kind, and the ways to revoke them.

use serde_json::json;

use super::{Key, make};
use crate::harness::{Client, PASSWORD, Server, Session};

/// What ends credentials.
#[derive(Clone, Copy, Debug)]
pub(super) enum Revocation {
    EndedKey,
    ChangedPassword,
    DisabledUser,
    EndedSession,
    DeletedUser,
}

/// Every kind.
pub(super) const REVOCATIONS: [Revocation; 5] = [
    Revocation::EndedKey,
    Revocation::ChangedPassword,
    Revocation::DisabledUser,
    Revocation::EndedSession,
    Revocation::DeletedUser,
];

/// A user with every kind of credentials.
pub(super) struct Holder {
    id: i64,
    name: String,
    /// In a network of its own, since wrong passwords of each network are limited.
    address: String,
    key: Key,
    session: Session,
}

impl Holder {
    /// Registers the user and makes its credentials.
    pub(super) fn create(server: &Server, number: usize) -> Self {
        let name = format!("user{number}");
        let (id, client) = server.user(&name);
        let key = make(&client, id, &["verify", "users:read"]);
        let (session, _) = server.session(&name, PASSWORD);
        let address = format!("{}.{}.0.1", 1 + number % 200, number / 200);
        Self { id, name, address, key, session }
    }

    /// Clients of a replica with the credentials that are revoked.
    pub(super) fn clients(&self, server: &Server, revocation: Revocation) -> Vec<Client> {
        let client = server.anonymous().with("x-forwarded-for", &self.address);
        let secret = &self.key.secret;
        let keys = [client.bearer(secret), client.login(&self.name, secret)];
        let signing = client.signing(&self.session);
        match revocation {
            Revocation::EndedKey => keys.to_vec(),
            Revocation::EndedSession => vec![signing],
            _ => [&keys[..], &[signing, client.login(&self.name, PASSWORD)]].concat(),
        }
    }

    /// Revokes credentials as the admin, and waits for the acknowledgement.
    pub(super) fn revoke(&self, admin: &Client, revocation: Revocation) {
        let (user, name) = (format!("/users/{}", self.id), &self.name);
        let change = |info| admin.patch(&user, &json!({ "userInfo": info })).status;
        let status = match revocation {
            Revocation::EndedKey => admin.delete(&format!("{user}/keys/{}", self.key.id)).status,
            Revocation::ChangedPassword => change(json!({"plaintextPassword": "another fine one"})),
            Revocation::DisabledUser => change(json!({"status": "DISABLED"})),
            Revocation::EndedSession => {
                admin.delete(&format!("/tokens/{}", self.session.key)).status
            }
            Revocation::DeletedUser => admin.delete(&format!("/api/v1/users/{name}")).status,
        };
        assert!([200, 204].contains(&status), "{revocation:?}: {status}");
    }
}
