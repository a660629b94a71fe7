//! Creates the first admin, who manages all other users.

use std::ops::ControlFlow;

use rollcall_domain::{
    Caller, NewUser, Password, Preconditions, Roles, UniqueField, User, UserError, UserOrder,
    UserStore, Username, Users, Version, audit::RequestOrigin,
};
use rollcall_persistence::Store;

use super::first_password;
use crate::{
    config::{environment::Secret, passwords},
    failure::Failure,
};

/// The admin of a store that has none.
pub(crate) struct FirstAdmin {
    name: Username,
    /// The password, if one is set and may be needed. It is not read otherwise: its file may be
    /// gone, or a pipe that no program writes to.
    password: Option<Secret>,
}

impl FirstAdmin {
    /// Reads the password if the store has no enabled admin.
    ///
    /// # Errors
    /// A flaw of the name or of the password.
    pub(crate) fn of(store: &Store, name: &str) -> Result<Self, Failure> {
        let name =
            Username::parse(name).map_err(|reason| Failure::of_setting("admin-name", &reason))?;
        let password = if has_admin(store)? { None } else { passwords::from_environment()? };
        Ok(Self { name, password })
    }

    /// Creates the admin if the store has no enabled one. The password is the one that is set, or
    /// is generated and printed before the admin is created.
    pub(crate) fn ensure(self, store: &Store, users: &Users) -> Result<(), Failure> {
        let Self { name, password } = self;
        if has_admin(store)? {
            match passwords::variable() {
                Some(variable) => log::info!(
                    "{variable} is ignored, because the store has an admin; to change a password, \
                     run `rollcall user passwd NAME`"
                ),
                None => log_password_command(users),
            }
            return Ok(());
        }
        // The last admin may have gone since the start began.
        let given = password.map_or_else(passwords::from_environment, |secret| Ok(Some(secret)))?;
        let is_given = given.is_some();
        let Secret { variable, text } = given.map_or_else(passwords::generate, Ok)?;
        let password = Password::parse(&text).map_err(|flaw| format!("{variable} {flaw}"))?;
        if is_given {
            return create(store, users, &name, password, &variable);
        }
        first_password::show(&name, &text)?;
        let created = create(store, users, &name, password, &variable);
        created.map_err(|failure| {
            format!("{failure}; the password printed above is not in use").into()
        })
    }
}

fn has_admin(store: &Store) -> Result<bool, Failure> {
    store.has_enabled_admin().map_err(|error| error.to_string().into())
}

fn create(
    store: &Store,
    users: &Users,
    name: &Username,
    password: Password,
    variable: &str,
) -> Result<(), Failure> {
    let admin = NewUser { roles: Roles::admin(), ..NewUser::named(name.clone(), password) };
    let (origin, always) = (RequestOrigin::default(), Preconditions::NONE);
    match users.create(&origin, &Caller::Operator, admin, &always) {
        Ok(_) => log::info!(
            "created the first admin, {name}; to change the password, run \
             `rollcall user passwd {name}`"
        ),
        // Another process that starts at the same time was faster.
        Err(UserError::Duplicate(UniqueField::Name))
            if store.has_enabled_admin().unwrap_or(false) =>
        {
            log::info!("another process created the first admin, {name}; its password is in use");
        }
        Err(UserError::Duplicate(UniqueField::Name)) => {
            return Err(format!(
                "the store has no enabled admin, and {name} is another user; run `rollcall user \
                 enable` and `rollcall user grant`, or change --admin-name (ROLLCALL_ADMIN_NAME)"
            )
            .into());
        }
        // Checked last, because earlier releases accepted such names.
        Err(UserError::InvalidName(reason)) => {
            return Err(Failure::of_setting("admin-name", &reason));
        }
        Err(UserError::PasswordIsName) => {
            return Err(format!("{variable} must not be the admin's name").into());
        }
        Err(error) => return Err(error.to_string().into()),
    }
    Ok(())
}

/// Logs how to change the password while the first admin is the only user and unchanged: the
/// operator may have missed the printed one.
fn log_password_command(users: &Users) {
    let mut first = Vec::new();
    let mut keep = |user: User| {
        first.push(user);
        if first.len() < 2 { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    };
    // Other code reports failures of the store.
    let listed = users.list(&Caller::Operator, UserOrder::Id, &mut keep);
    if let (Ok(()), [admin]) = (listed, &first[..])
        && admin.version == Version(0)
    {
        let name = &admin.name;
        log::info!("{name} is the only user; to set a password, run `rollcall user passwd {name}`");
    }
}
