//! `rollcall user keys`, `key-add` and `key-end`.

use std::sync::Arc;

use jiff::Timestamp;
use rollcall_domain::{
    ApiKeys, Caller, ConfirmedCaller, SystemClock,
    audit::RequestOrigin,
    key::{ApiKey, KeyId, KeyName, KeyRequest, Scopes},
};
use rollcall_persistence::Store;

use super::{about, named};
use crate::{
    commands::output::{self, table::table},
    config::{keys::NewKeySettings, times::parse_time_or_day},
    failure::Failure,
};

/// Prints the keys of a user that have not expired, as a table.
pub(super) fn print(store: Store, name: &str) -> Result<(), Failure> {
    let keys = of_store(store).list(&Caller::Operator, &named(name)?);
    let rows = keys.map_err(|error| about(name, &error))?.iter().map(row).collect();
    let head = ["ID", "NAME", "PREFIX", "SCOPES", "CREATED", "LAST USED", "EXPIRES"];
    output::print(&table(head, rows))
}

/// Makes a key of a user, and prints its secret.
pub(super) fn add(store: Store, name: &str, settings: NewKeySettings) -> Result<(), Failure> {
    let (target, request) = (named(name)?, request(settings)?);
    let (keys, origin) = (of_store(store), RequestOrigin::default());
    let made = keys.create(&origin, &ConfirmedCaller::OPERATOR, &target, request);
    let (key, secret) = made.map_err(|error| about(name, &error))?;
    // A key whose secret was not printed is of no use.
    output::print(&format!("{}\n", secret.expose())).inspect_err(|_| {
        let _ = keys.end(&origin, &Caller::Operator, &target, key.id);
    })
}

/// Ends a key of a user, and returns the line that says so.
pub(super) fn end(store: Store, name: &str, id: &str) -> Result<String, Failure> {
    // Not repeated: it may be the secret.
    let id = id.parse().map_err(|_| "the id must be a number, as `rollcall user keys` lists it")?;
    let (keys, origin) = (of_store(store), RequestOrigin::default());
    keys.end(&origin, &Caller::Operator, &named(name)?, KeyId(id))
        .map_err(|error| about(name, &error))?;
    Ok(format!("ended the API key {id} of {name}"))
}

/// What the settings ask for.
fn request(settings: NewKeySettings) -> Result<KeyRequest, Failure> {
    let NewKeySettings { key_name, scope, expire_time } = settings;
    let name = KeyName::parse(&key_name).map_err(|reason| format!("the key's name {reason}"))?;
    let expire_time = expire_time.as_deref().map(parse_time_or_day).transpose();
    let expire_time = expire_time.map_err(|flaw| format!("--expire-time {flaw}"))?;
    let scopes = Scopes::new(scope.into_iter().map(|scope| scope.0));
    Ok(KeyRequest { name, scopes, expire_time })
}

fn of_store(store: Store) -> ApiKeys {
    ApiKeys::new(Arc::new(store), None, Arc::new(SystemClock::default()))
}

fn row(key: &ApiKey) -> [String; 7] {
    let shown = |time: Option<Timestamp>| time.map_or("-".to_owned(), |time| time.to_string());
    [
        key.id.to_string(),
        key.name.to_string(),
        key.prefix.clone(),
        key.scopes.to_string(),
        key.create_time.to_string(),
        shown(key.last_use),
        shown(key.expire_time),
    ]
}
