//! `rollcall user`: manages users in the store.

mod confirm;
mod confusable;
mod keys;
mod reset;
mod sessions;

use std::{ops::ControlFlow, sync::Arc};

use rollcall_domain::{
    Caller, Email, InlineHasher, NewUser, Password, PasswordChange, Preconditions, RoleName, Roles,
    RolesChange, Status, SystemClock, User, UserChange, UserError, UserOrder, UserRef, UserStore,
    Username, Users, audit::RequestOrigin, key::KeySecret,
};
use rollcall_persistence::Store;

use crate::{
    commands::output::{self, table::table},
    config::{passwords, store::StoreSettings, user::UserCommand},
    failure::Failure,
    telemetry,
};
use confirm::confirm;

/// A change with a password that is not hashed yet.
type Change = UserChange<PasswordChange>;

/// Runs `command` on the store of `settings`.
pub(crate) fn run(settings: &StoreSettings, command: UserCommand) -> Result<(), Failure> {
    telemetry::log::direct();
    // Only `add` creates a store: for other commands, a missing store is a mistyped path.
    let store = settings.open(matches!(command, UserCommand::Add { .. }))?;
    let stored = store.hash_cost().map_err(|error| settings.database.failure(&error))?;
    let hasher = Arc::new(InlineHasher::new(settings.bcrypt_cost_beside(stored)));
    let clock = Arc::new(SystemClock::default());
    let users = Users::of_operator(Arc::new(store.clone()), hasher.clone(), clock);
    let said = match command {
        UserCommand::List { confusable: true } => return confusable::list(&users),
        UserCommand::List { confusable: false } => return list(&users),
        UserCommand::Add { name, email, admin } => add(&users, &name, email.as_deref(), admin)?,
        UserCommand::Passwd { name } => {
            get(&store, &named(&name)?).map_err(|error| about(&name, &error))?;
            let new = ask_password()?;
            let password = PasswordChange { new, current: None, own_needs_current: false };
            update(&users, &name, UserChange { password: Some(password), ..Default::default() })?;
            format!("changed the password of {name}")
        }
        UserCommand::Reset { name, settings } => {
            return reset::create(store, hasher, &name, settings.max_age());
        }
        UserCommand::Enable { name } => {
            let is_changed = change(&store, &users, &name, status(Status::Enabled))?;
            said(is_changed, format!("enabled {name}"), &format!("{name} is already enabled"))
        }
        UserCommand::Disable { name } => {
            let is_changed = change(&store, &users, &name, status(Status::Disabled))?;
            said(is_changed, format!("disabled {name}"), &format!("{name} is already disabled"))
        }
        UserCommand::Grant { name, role } => {
            let is_changed = change_role(&store, &users, &name, &role, RolesChange::Grant)?;
            let done = format!("granted the role {role} to {name}");
            said(is_changed, done, &format!("{name} already has the role {role}"))
        }
        UserCommand::Revoke { name, role } => {
            let is_changed = change_role(&store, &users, &name, &role, RolesChange::Revoke)?;
            let done = format!("revoked the role {role} from {name}");
            said(is_changed, done, &format!("{name} does not have the role {role}"))
        }
        UserCommand::Sessions { name, settings } => {
            return sessions::print(store, &name, settings.max_age());
        }
        UserCommand::Logout { name } => sessions::end_all(store, &name)?,
        UserCommand::Keys { name } => return keys::print(store, &name),
        UserCommand::KeyAdd { name, settings } => return keys::add(store, &name, settings),
        UserCommand::KeyEnd { name, id } => keys::end(store, &name, &id)?,
        UserCommand::Delete { name, yes } => {
            let (target, always) = (named(&name)?, Preconditions::NONE);
            get(&store, &target).map_err(|error| about(&name, &error))?;
            confirm(&format!("delete {name}"), yes)?;
            users
                .delete(&RequestOrigin::default(), &Caller::Operator, &target, &always)
                .map_err(|error| about(&name, &error))?;
            format!("deleted {name}")
        }
    };
    output::print_done(&(said + "\n"))
}

fn list(users: &Users) -> Result<(), Failure> {
    let mut rows = Vec::new();
    let mut add = |user: User| {
        rows.push(row(&user));
        ControlFlow::Continue(())
    };
    users.list(&Caller::Operator, UserOrder::Name, &mut add).map_err(|error| error.to_string())?;
    output::print(&table(["ID", "NAME", "EMAIL", "STATUS", "ROLES", "CREATED"], rows))
}

fn row(user: &User) -> [String; 6] {
    let roles: Vec<_> = user.roles.iter().map(RoleName::as_str).collect();
    [
        user.id.to_string(),
        user.name.to_string(),
        user.email.as_ref().map_or_else(|| "-".to_owned(), ToString::to_string),
        user.status.as_str().to_owned(),
        if roles.is_empty() { "-".to_owned() } else { roles.join(",") },
        user.create_time.to_string(),
    ]
}

fn add(users: &Users, name: &str, email: Option<&str>, admin: bool) -> Result<String, Failure> {
    let name = Username::parse_new(name).map_err(|reason| format!("the name {reason}"))?;
    let email = email
        .map(Email::parse)
        .transpose()
        .map_err(|reason| format!("the email address {reason}"))?;
    let roles = if admin { Roles::admin() } else { Roles::default() };
    let user = NewUser { email, roles, ..NewUser::named(name.clone(), ask_password()?) };
    let user = users
        .create(&RequestOrigin::default(), &Caller::Operator, user, &Preconditions::NONE)
        .map_err(|error| about(name.as_str(), &error))?;
    Ok(format!("added {name} with the id {}", user.id))
}

fn ask_password() -> Result<Password, Failure> {
    Ok(Password::parse(&passwords::ask()?).map_err(|flaw| format!("the password {flaw}"))?)
}

fn status(status: Status) -> Change {
    UserChange { status: Some(status), ..UserChange::default() }
}

fn update(users: &Users, name: &str, change: Change) -> Result<User, Failure> {
    users
        .update(&RequestOrigin::default(), &Caller::Operator, &named(name)?, change)
        .map_err(|error| about(name, &error))
}

/// The result of a command. A command that is repeated says that it changes nothing.
fn said(is_changed: bool, done: String, already: &str) -> String {
    if is_changed { done } else { format!("{already}; nothing changed") }
}

/// Changes one role of the user, and returns whether the user had it otherwise.
fn change_role(
    store: &Store,
    users: &Users,
    name: &str,
    role: &str,
    change_of: fn(RoleName) -> RolesChange,
) -> Result<bool, Failure> {
    let role = RoleName::parse(role).map_err(|reason| format!("the role {reason}"))?;
    change(store, users, name, UserChange { roles: Some(change_of(role)), ..Default::default() })
}

/// Changes the user, and returns whether status or roles were others before. The store decides on
/// the user as it is then: a user who keeps changing does not hold this up.
fn change(store: &Store, users: &Users, name: &str, change: Change) -> Result<bool, Failure> {
    let before = get(store, &named(name)?).map_err(|error| about(name, &error))?;
    let after = update(users, name, change)?;
    Ok((before.status, before.roles) != (after.status, after.roles))
}

fn get(store: &Store, target: &UserRef) -> Result<User, UserError> {
    store.find(target)?.map(|account| account.user).ok_or(UserError::NotFound)
}

/// The user of this name. An invalid name is an error.
fn named(name: &str) -> Result<UserRef, Failure> {
    Ok(UserRef::Name(parse(name)?.key()))
}

fn parse(name: &str) -> Result<Username, Failure> {
    Username::parse(name).map_err(|reason| format!("the name {reason}").into())
}

/// An error about a user. An id is easily taken for a name, since `rollcall user list` shows both.
fn about(name: &str, error: &UserError) -> Failure {
    let is_number = name.bytes().all(|byte| byte.is_ascii_digit());
    let hint = if matches!(error, UserError::NotFound) && is_number {
        "; give the name of a user, not the id"
    } else {
        ""
    };
    // A key in the place of a name is a mistake that must not reach a log.
    let name =
        if name.starts_with(KeySecret::BEGINNING) { "the name of a key's form" } else { name };
    format!("{name}: {error}{hint}").into()
}
