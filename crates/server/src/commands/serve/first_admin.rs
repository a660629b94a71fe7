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
pub(crate) struct FirstAdmin<'a> {
    /// The name, as it was set.
    pub(crate) name: &'a str,
    /// The password, if one was set.
    pub(crate) password: Option<Result<Secret, Failure>>,
}

impl FirstAdmin<'_> {
    /// Creates the admin if the store has no enabled one. The password is the one that was set, or
    /// is generated and printed before the admin is created.
    ///
    /// # Errors
    /// A flaw of the password, unless the store has an admin: then it may be wrong, or gone.
    pub(crate) fn ensure(self, store: &Store, users: &Users) -> Result<(), Failure> {
        let Self { name, password } = self;
        let name =
            Username::parse(name).map_err(|reason| Failure::of_setting("admin-name", &reason))?;
        if store.has_enabled_admin().map_err(|error| error.to_string())? {
            match password {
                Some(_) => log::info!(
                    "{} is ignored, because the store has an admin; to change a password, run \
                     `rollcall user passwd NAME`",
                    passwords::VARIABLE
                ),
                None => log_password_command(users),
            }
            return Ok(());
        }
        let is_given = password.is_some();
        let Secret { variable, text } = password.unwrap_or_else(passwords::generate)?;
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
