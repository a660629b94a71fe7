//! Pages and filters, at the beginning and at the end.

use std::{iter::repeat_n, time::Instant};

use serde_json::Value;

use super::{
    Store,
    people::{ROLE, email, name},
};
use crate::{Result, client::Client, median, other, row, server::admin};

/// How many requests a median is of.
pub(super) const TRIES: u64 = 500;

const LENGTH: u32 = 100;
const LONGEST: u32 = 1000;

/// Measures pages in each order and by each filter; returns the seconds that the first page and the
/// last take.
pub(super) fn measure(store: &Store) -> Result<(f64, f64)> {
    let mut client = Client::connect(&store.rollcall.address, None)?;
    let mut table = |title: &str, queries: &[(&str, &str)]| -> Result<(f64, f64)> {
        let measured = queries.iter().map(|(_, query)| ends(&mut client, query));
        let measured: Vec<_> = measured.collect::<Result<_>>()?;
        let shown: Vec<_> =
            queries.iter().zip(&measured).map(|((name, _), ends)| both(name, *ends)).collect();
        row(&store.title(title), &shown.join("; "));
        measured.first().copied().ok_or_else(|| other("no page").into())
    };
    let orders = [("`id`", ""), ("`name`", "&sort=name"), ("`createTime`", "&sort=createTime")];
    let plain = table("page of 100, the first and the last, by `sort`", &orders)?;
    let role = format!("&role={ROLE}");
    let filters = [
        ("`status=DISABLED`", "&status=DISABLED"),
        ("`status=ENABLED`", "&status=ENABLED"),
        ("`role`, a tenth of the users", &*role),
        ("`namePrefix`, by name", "&namePrefix=user0000&sort=name"),
    ];
    table("page of 100, the first and the last, by filter", &filters)?;
    exact(store, &mut client, plain.0)?;
    Ok(plain)
}

fn both(name: &str, (first, last): (f64, f64)) -> String {
    format!("{name} {}, {} ({:.2} times)", shown(first), shown(last), last / first)
}

/// The seconds of the first page and of the last.
fn ends(client: &mut Client, query: &str) -> Result<(f64, f64)> {
    // Long pages lead there sooner.
    let token = last_token(client, LONGEST, query, None)?;
    let token = last_token(client, LENGTH, query, token)?;
    let (first, last) = (page(LENGTH, query, None), page(LENGTH, query, token.as_deref()));
    // In turns, so that both have the same machine.
    let (mut of_first, mut of_last) = (Vec::new(), Vec::new());
    for _ in 0..TRIES {
        of_first.push(once(client, &first)?);
        of_last.push(once(client, &last)?);
    }
    Ok((median(of_first), median(of_last)))
}

/// Measures how long it takes to find one user in the middle of all.
fn exact(store: &Store, client: &mut Client, first_page: f64) -> Result<()> {
    let (id, users) = (store.users / 2, store.users);
    let queries = [
        ("name", format!("name={}", name(id, users))),
        ("email", format!("email={}", email(id, users))),
    ];
    let mut all = Vec::new();
    for (filter, query) in queries {
        let path = format!("/users?{query}");
        let found = ask(client, &path)?["userList"]["users"].as_array().map(Vec::len);
        if found != Some(1) {
            return Err(other(&format!("{path} does not find one user")).into());
        }
        let seconds = repeat(client, &path)?;
        let ratio = seconds / first_page;
        all.push(format!("`{filter}` {} ({ratio:.2} times the first page)", shown(seconds)));
    }
    row(&store.title("one user by filter"), &all.join("; "));
    Ok(())
}

fn page(length: u32, query: &str, token: Option<&str>) -> String {
    let token = token.map(|token| format!("&pageToken={token}")).unwrap_or_default();
    format!("/users?limit={length}{query}{token}")
}

/// What leads to the last page behind this one, if there is more than one.
fn last_token(
    client: &mut Client,
    length: u32,
    query: &str,
    mut token: Option<String>,
) -> Result<Option<String>> {
    loop {
        let answer = ask(client, &page(length, query, token.as_deref()))?;
        match answer["userList"]["nextPageToken"].as_str() {
            Some(next) => token = Some(next.to_owned()),
            None => return Ok(token),
        }
    }
}

/// The body of an answer to the admin.
pub(crate) fn ask(client: &mut Client, path: &str) -> Result<Value> {
    match client.exchange("GET", path, &admin(), "")? {
        (200, body) => Ok(serde_json::from_slice(&body)?),
        (status, _) => Err(other(&format!("{path} got {status}")).into()),
    }
}

/// The median of the same request.
fn repeat(client: &mut Client, path: &str) -> Result<f64> {
    each(client, repeat_n(path.to_owned(), TRIES.try_into()?))
}

/// The median of these requests, one after the other.
pub(super) fn each(client: &mut Client, paths: impl Iterator<Item = String>) -> Result<f64> {
    let times: Vec<_> = paths.map(|path| once(client, &path)).collect::<Result<_>>()?;
    Ok(median(times))
}

/// The seconds of one request.
fn once(client: &mut Client, path: &str) -> Result<f64> {
    let sent = Instant::now();
    if client.get(path, &admin())? != 200 {
        return Err(other(&format!("{path} was refused")).into());
    }
    Ok(sent.elapsed().as_secs_f64())
}

fn shown(seconds: f64) -> String {
    format!("{:.2} ms", seconds * 1000.0)
}
