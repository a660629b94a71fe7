//! Changes and creates, each of which is acknowledged after a commit that is synced.

use std::{
    fmt::Write,
    thread,
    time::{SystemTime, UNIX_EPOCH},
};

use super::Store;
use crate::{
    Result, median, row,
    server::admin,
    throughput::{CLIENTS, Clients, ROUNDS, wrk_by},
};

const SECONDS: u32 = 3;
const ALONE: Clients = Clients { connections: 1, threads: 1 };

/// Each of wrk's threads has a number of its own: no two requests are the same.
const THREADS: &str = "local threads, made = 0, 0\n\
    function setup(thread) thread:set('number', threads) threads = threads + 1 end\n";

/// How many may wait for a core to hash their password: more would be told to come again.
const WAITING_PER_CORE: usize = 8;

/// Measures both from many connections at once and from one.
pub(super) fn measure(store: &Store) -> Result<()> {
    compare(store, "`PATCH /users/{userId}` with another email", CLIENTS, change)?;
    let connections = WAITING_PER_CORE * thread::available_parallelism()?.get();
    let creators = Clients { connections, ..CLIENTS };
    compare(store, "`PUT /api/v1/users/{user}` of new users, bcrypt cost 4", creators, create)
}

fn compare(
    store: &Store,
    what: &str,
    clients: Clients,
    script: impl Fn(u32) -> String,
) -> Result<()> {
    let (mut together, mut alone, mut ratios) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        let rate = |clients| -> Result<f64> {
            let script = script(store.users);
            Ok(wrk_by(&script, &store.rollcall.address, clients, SECONDS)?.per_second)
        };
        let (many, one) = (rate(clients)?, rate(ALONE)?);
        together.push(many);
        alone.push(one);
        ratios.push(many / one);
    }
    let (many, one, ratio) = (median(together), median(alone), median(ratios));
    let what = format!("{what}, {} connections; 1 connection", clients.connections);
    row(&store.title(&what), &format!("{many:.0}/s; {one:.0}/s: {ratio:.1} times"));
    Ok(())
}

/// Changes users all over the store.
pub(crate) fn change(users: u32) -> String {
    let others = users - 1;
    let path = format!("'/users/' .. 2 + (made * 7919 + number * 31) % {others}");
    script("PATCH", &path, r#"'{"userInfo":{"email":"' .. unique .. '@example.org"}}'"#)
}

fn create(_users: u32) -> String {
    let body = r#"'{"value":{"password":"correct horse battery"}}'"#;
    script("PUT", "'/api/v1/users/' .. unique", body)
}

/// A script whose path and body are Lua, evaluated for every request.
fn script(method: &str, path: &str, body: &str) -> String {
    let run = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |elapsed| elapsed.as_millis());
    let mut script = THREADS.to_owned();
    let headers =
        format!("{{['Authorization'] = '{}', ['Content-Type'] = 'application/json'}}", admin());
    // Writing to a string does not fail.
    let _ = write!(
        script,
        "local headers = {headers}\n\
         function request()\n\
         made = made + 1\n\
         local unique = 'n{run}.' .. number .. '.' .. made\n\
         return wrk.format('{method}', {path}, headers, {body})\nend\n"
    );
    script
}
