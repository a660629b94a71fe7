//! `GET /auth/verify`, which proxies ask about the sender of a request.

mod answers;
mod proxied_headers;
mod refusals;
mod revocation;
mod roles;
mod signatures;

use crate::harness::Client;

const VERIFY: &str = "/auth/verify";

/// The headers that name the user, in the answer to this client.
fn remote(client: &Client) -> [String; 4] {
    let answer = client.get(VERIFY);
    assert_eq!((answer.status, &*answer.body), (204, ""), "{answer:?}");
    ["remote-user", "remote-user-id", "remote-email", "remote-groups"].map(|name| {
        let values: Vec<_> = answer.headers.get_all(name).iter().collect();
        assert_eq!(values.len(), 1, "{name} must be present once: {answer:?}");
        values[0].to_str().unwrap().to_owned()
    })
}
