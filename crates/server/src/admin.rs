//! The first admin: without one nobody could manage anything.

use rollcall_domain::{
    Caller, Password, Registrant, Roles, UniqueField, UserError, UserService, Username,
    audit::Origin,
};

use crate::{environment::Secret, failure::Failure, passwords};

/// Makes an admin called `name` when the store has none that could log in. The password comes from
/// the environment, or is generated and printed this once.
pub(crate) fn ensure(users: &UserService, name: &str) -> Result<(), Failure> {
    let name =
        Username::parse(name).map_err(|reason| Failure::of_setting("admin-name", &reason))?;
    let given = passwords::from_environment()?;
    if users.has_enabled_admin().map_err(|error| error.to_string())? {
        return Ok(());
    }
    let is_given = given.is_some();
    let Secret { variable, text } = given.map_or_else(passwords::generate, Ok)?;
    let password = Password::parse(&text).map_err(|flaw| format!("{variable} {flaw}"))?;
    let registrant = Registrant { name: name.clone(), email: None, password };
    match users.create(&Origin::default(), &Caller::Operator, registrant, Roles::admin()) {
        Ok(_) if is_given => log::info!("made the admin {name}"),
        Ok(_) => println!("Made the admin {name} with the password {text}\nIt is not shown again."),
        // Somebody who starts at the same moment has made it.
        Err(UserError::Duplicate(UniqueField::Name)) if has_admin(users) => {}
        Err(UserError::Duplicate(UniqueField::Name)) => {
            return Err(format!(
                "nobody can manage users, and {name} is the name of a user who is no enabled \
                 admin: run `rollcall user enable` and `rollcall user grant`, or give another \
                 --admin-name (ROLLCALL_ADMIN_NAME)"
            )
            .into());
        }
        Err(UserError::PasswordIsName) => {
            return Err(format!("{variable} must not be the admin's name").into());
        }
        Err(error) => return Err(error.to_string().into()),
    }
    Ok(())
}

fn has_admin(users: &UserService) -> bool {
    users.has_enabled_admin().unwrap_or(false)
}
