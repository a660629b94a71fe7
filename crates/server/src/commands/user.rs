//! `rollcall user`: manages users in the store.

use std::{num::NonZeroU32, ops::ControlFlow};

use actix_web::rt::System;
use rollcall_domain::{
    AttemptLimits, Caller, Email, Password, PasswordPatch, Preconditions, Registrant, Registration,
    RoleName, Roles, Status, User, UserError, UserOrder, UserPatch, UserRef, UserService,
    UserStore, Username, VersionCondition, audit::Origin,
};

use super::{confirm::confirm, confusable, counted, sessions, table::table};
use crate::{
    failure::Failure,
    logging, passwords,
    settings::{StoreSettings, UserCommand},
};

/// The number of attempts to change roles while others change the same user.
const ATTEMPTS: usize = 5;

/// Runs `command` on the store of `settings`.
pub(crate) fn run(settings: &StoreSettings, command: UserCommand) -> Result<(), Failure> {
    logging::direct("warn");
    // Only `add` creates a store: for other commands, a missing store is a mistyped path.
    let store = settings.open(matches!(command, UserCommand::Add { .. }))?;
    // The registration policy and the limits do not apply to the operator.
    let limits = AttemptLimits {
        failures_per_account: NonZeroU32::MIN,
        failures_per_address: NonZeroU32::MIN,
        registrations_per_address: NonZeroU32::MIN,
    };
    let stored = store.hash_cost().map_err(|error| settings.database.failure(&error))?;
    let cost = settings.bcrypt_cost_beside(stored);
    let users = StoreSettings::users(store.clone(), cost, Registration::AdminOnly, limits)?;
    let said = match command {
        UserCommand::List { confusable: true } => return confusable::list(&users),
        UserCommand::List { confusable: false } => return list(&users),
        UserCommand::Add { name, email, admin } => add(&users, &name, email.as_deref(), admin)?,
        UserCommand::Passwd { name } => {
            get(&users, named(&name)?).map_err(|error| about(&name, &error))?;
            let new = ask_password()?;
            let password = PasswordPatch { new, current: None, own_needs_current: false };
            update(&users, &name, UserPatch { password: Some(password), ..Default::default() })?;
            format!("changed the password of {name}")
        }
        UserCommand::Enable { name } => {
            update(&users, &name, status(Status::Enabled))?;
            format!("enabled {name}")
        }
        UserCommand::Disable { name } => {
            update(&users, &name, status(Status::Disabled))?;
            format!("disabled {name}")
        }
        UserCommand::Grant { name, role } => {
            change_roles(&users, &name, &role, Roles::insert)?;
            format!("granted the role {role} to {name}")
        }
        UserCommand::Revoke { name, role } => {
            change_roles(&users, &name, &role, |roles, role| roles.remove(&role))?;
            format!("revoked the role {role} from {name}")
        }
        UserCommand::Sessions { name, settings } => {
            let list = sessions::list(store, &named(&name)?, settings.max_age());
            return super::print(&list.map_err(|error| about(&name, &error))?);
        }
        UserCommand::Logout { name } => {
            let ended = sessions::end_all(store, &named(&name)?);
            let count = ended.map_err(|error| about(&name, &error))?;
            format!("ended {} of {name}", counted(count as u64, "session"))
        }
        UserCommand::Delete { name, yes } => {
            let (target, always) = (named(&name)?, Preconditions::NONE);
            get(&users, target.clone()).map_err(|error| about(&name, &error))?;
            confirm(&format!("delete {name}"), yes)?;
            users
                .delete(&Origin::default(), &Caller::Operator, &target, &always)
                .map_err(|error| about(&name, &error))?;
            format!("deleted {name}")
        }
    };
    super::print_done(&(said + "\n"))
}

fn list(users: &UserService) -> Result<(), Failure> {
    let mut rows = Vec::new();
    let mut add = |user: User| {
        rows.push(row(&user));
        ControlFlow::Continue(())
    };
    users.list(&Caller::Operator, UserOrder::Name, &mut add).map_err(|error| error.to_string())?;
    super::print(&table(["ID", "NAME", "EMAIL", "STATUS", "ROLES", "CREATED"], rows))
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

fn add(
    users: &UserService,
    name: &str,
    email: Option<&str>,
    admin: bool,
) -> Result<String, Failure> {
    let name = Username::parse_new(name).map_err(|reason| format!("the name {reason}"))?;
    let email = email
        .map(Email::parse)
        .transpose()
        .map_err(|reason| format!("the email address {reason}"))?;
    let roles = if admin { Roles::admin() } else { Roles::default() };
    let registrant = Registrant { name: name.clone(), email, password: ask_password()? };
    let user = users
        .create(&Origin::default(), &Caller::Operator, registrant, roles, &Preconditions::NONE)
        .map_err(|error| about(name.as_str(), &error))?;
    Ok(format!("added {name} with the id {}", user.id))
}

fn ask_password() -> Result<Password, Failure> {
    Ok(Password::parse(&passwords::ask()?).map_err(|flaw| format!("the password {flaw}"))?)
}

fn status(status: Status) -> UserPatch {
    UserPatch { status: Some(status), ..UserPatch::default() }
}

fn update(users: &UserService, name: &str, patch: UserPatch) -> Result<User, Failure> {
    users
        .update(&Origin::default(), &Caller::Operator, &named(name)?, patch)
        .map_err(|error| about(name, &error))
}

/// Changes the current roles of the user. Tries again after a concurrent change.
fn change_roles(
    users: &UserService,
    name: &str,
    role: &str,
    change: impl Fn(&mut Roles, RoleName),
) -> Result<(), Failure> {
    let role = RoleName::parse(role).map_err(|reason| format!("the role {reason}"))?;
    let target = named(name)?;
    let attempt = |_| {
        let user = get(users, target.clone())?;
        let condition = VersionCondition::OneOfRevisions(vec![user.revision()]).into();
        let mut roles = user.roles;
        change(&mut roles, role.clone());
        let patch = UserPatch { condition, roles: Some(roles), ..UserPatch::default() };
        users.update(&Origin::default(), &Caller::Operator, &target, patch)
    };
    let is_settled = |result: &Result<_, _>| !matches!(result, Err(UserError::VersionMismatch));
    let result = (0..ATTEMPTS).map(attempt).find(is_settled);
    let result = result.unwrap_or(Err(UserError::VersionMismatch));
    result.map(drop).map_err(|error| about(name, &error))
}

fn get(users: &UserService, target: UserRef) -> Result<User, UserError> {
    System::new().block_on(users.get(Caller::Operator, target))
}

/// The user of this name. An invalid name is an error.
fn named(name: &str) -> Result<UserRef, Failure> {
    Ok(UserRef::Name(parse(name)?.key()))
}

fn parse(name: &str) -> Result<Username, Failure> {
    Username::parse(name).map_err(|reason| format!("the name {reason}").into())
}

fn about(name: &str, error: &UserError) -> Failure {
    format!("{name}: {error}").into()
}
