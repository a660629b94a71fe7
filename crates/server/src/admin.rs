//! The first admin: without one nobody could manage anything.

use std::ops::ControlFlow;

use rollcall_domain::{
    Caller, Password, Preconditions, Registrant, Roles, UniqueField, User, UserError, UserOrder,
    UserService, Username, Version, audit::Origin,
};

use crate::{environment::Secret, failure::Failure, first_password, passwords};

/// Makes an admin called `name` when the store has none that could log in. The password comes from
/// the environment, or is generated and printed this once, before the admin is made.
pub(crate) fn ensure(users: &UserService, name: &str) -> Result<(), Failure> {
    let name =
        Username::parse(name).map_err(|reason| Failure::of_setting("admin-name", &reason))?;
    let given = passwords::from_environment()?;
    let is_given = given.is_some();
    if users.has_enabled_admin().map_err(|error| error.to_string())? {
        match given {
            Some(Secret { variable, .. }) => log::info!(
                "{variable} is ignored, since there is an admin; to set a password, run \
                 `rollcall user passwd NAME`"
            ),
            None => say_how_to_get_in(users),
        }
        return Ok(());
    }
    let Secret { variable, text } = given.map_or_else(passwords::generate, Ok)?;
    let password = Password::parse(&text).map_err(|flaw| format!("{variable} {flaw}"))?;
    if is_given {
        return make(users, &name, password, &variable);
    }
    first_password::show(&name, &text)?;
    let made = make(users, &name, password, &variable);
    made.map_err(|failure| format!("{failure}; the password printed above is not in use").into())
}

fn make(
    users: &UserService,
    name: &Username,
    password: Password,
    variable: &str,
) -> Result<(), Failure> {
    let registrant = Registrant { name: name.clone(), email: None, password };
    let (origin, always) = (Origin::default(), Preconditions::NONE);
    match users.create(&origin, &Caller::Operator, registrant, Roles::admin(), &always) {
        Ok(_) => log::info!(
            "made the admin {name}; to set another password, run \
             `rollcall user passwd {name}`"
        ),
        // Another process that starts at the same moment has made the admin.
        Err(UserError::Duplicate(UniqueField::Name)) if has_admin(users) => {
            log::info!("another process has made the admin {name}: its password is in use");
        }
        Err(UserError::Duplicate(UniqueField::Name)) => {
            return Err(format!(
                "no user can manage users, and {name} is the name of a user who is no enabled \
                 admin: run `rollcall user enable` and `rollcall user grant`, or give another \
                 --admin-name (ROLLCALL_ADMIN_NAME)"
            )
            .into());
        }
        // Only now: an admin of an earlier release may have such a name.
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

/// Says how to set another password, as long as the first admin is the only user and unchanged: the
/// one that was printed may not have been seen.
fn say_how_to_get_in(users: &UserService) {
    let mut first = Vec::new();
    let mut keep = |user: User| {
        first.push(user);
        if first.len() < 2 { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    };
    // A store that fails says so elsewhere.
    let listed = users.list(&Caller::Operator, UserOrder::Id, &mut keep);
    if let (Ok(()), [admin]) = (listed, &first[..])
        && admin.version == Version(0)
    {
        let name = &admin.name;
        log::info!("{name} is the only user; to get in, run `rollcall user passwd {name}`");
    }
}

fn has_admin(users: &UserService) -> bool {
    users.has_enabled_admin().unwrap_or(false)
}
