//! The use cases: what both endpoint sets and the command line do with users.

use std::sync::Arc;

use jiff::Timestamp;

use crate::{
    Account, Action, Caller, Email, HashCost, NameKey, NewAccount, Password, PasswordHash,
    PasswordReplacement, Registration, Roles, Status, User, UserChange, UserError, UserOrder,
    UserRef, UserStore, Username, VersionCondition,
};

/// All that can be done with users, each with the check of who may. Methods that take a password
/// hash it and block for that long.
pub struct UserService {
    store: Arc<dyn UserStore>,
    cost: HashCost,
    registration: Registration,
    decoy: PasswordHash,
}

/// What a new user brings.
#[derive(Clone, Debug)]
pub struct Registrant {
    /// The name to have.
    pub name: Username,
    /// The address to have, if any.
    pub email: Option<Email>,
    /// The password to log in with.
    pub password: Password,
}

/// What to change about a user; everything that is `None` stays.
#[derive(Clone, Debug, Default)]
pub struct UserPatch {
    /// The only versions that the change is for.
    pub condition: Option<VersionCondition>,
    /// Another name.
    pub name: Option<Username>,
    /// Another address; `Some(None)` takes it away.
    pub email: Option<Option<Email>>,
    /// Enable or disable. Ignored unless an admin asks.
    pub status: Option<Status>,
    /// The roles to have instead. Ignored unless an admin asks.
    pub roles: Option<Roles>,
    /// Another password.
    pub password: Option<PasswordPatch>,
}

/// A new password, and the proof that it may be set.
#[derive(Clone, Debug)]
pub struct PasswordPatch {
    /// The password to have from now on.
    pub new: Password,
    /// What the caller says the password is now. Checked whenever it is said.
    pub current: Option<String>,
    /// Whether somebody who changes their own password must say the current one.
    pub own_needs_current: bool,
}

impl UserService {
    /// The use cases on `store`, hashing new passwords at `cost`.
    #[must_use]
    pub fn new(store: Arc<dyn UserStore>, cost: HashCost, registration: Registration) -> Self {
        Self { store, cost, registration, decoy: PasswordHash::decoy(cost) }
    }

    /// The action that registering is here.
    #[must_use]
    pub fn registering(&self) -> Action {
        Action::Register(self.registration)
    }

    /// Finds out who `name` and `password` are. One hash is spent whatever they are, so that
    /// unknown names, wrong passwords and disabled users are refused alike and in the same time.
    ///
    /// # Errors
    /// [`UserError::Unauthenticated`] when they are nobody's.
    pub fn authenticate(&self, name: &str, password: &str) -> Result<Caller, UserError> {
        let account = self.store.find(&UserRef::Name(NameKey::of(name)))?;
        let hash = account.as_ref().map_or(&self.decoy, |account| &account.password_hash);
        let matches = hash.matches(password);
        account
            .filter(|account| matches && account.user.status == Status::Enabled)
            .map(|account| Caller::User(account.user))
            .ok_or(UserError::Unauthenticated)
    }

    /// Every user.
    ///
    /// # Errors
    /// [`UserError`] unless an admin asks.
    pub fn list(&self, caller: &Caller, order: UserOrder) -> Result<Vec<User>, UserError> {
        caller.may(Action::List, None)?;
        Ok(self.store.list(order)?)
    }

    /// One user.
    ///
    /// # Errors
    /// [`UserError::NotFound`], to admins only; [`UserError::Forbidden`] to others.
    pub fn get(&self, caller: &Caller, target: &UserRef) -> Result<User, UserError> {
        caller.may(Action::Read, Some(target))?;
        Ok(self.find(target)?.user)
    }

    /// Makes a user on behalf of an admin.
    ///
    /// # Errors
    /// [`UserError::Duplicate`] and [`UserError::PasswordIsName`].
    pub fn create(
        &self,
        caller: &Caller,
        registrant: Registrant,
        roles: Roles,
    ) -> Result<User, UserError> {
        caller.may(Action::Create, None)?;
        self.insert(registrant, roles)
    }

    /// Makes a user without any role, on behalf of whoever may register.
    ///
    /// # Errors
    /// [`UserError::Duplicate`] and [`UserError::PasswordIsName`].
    pub fn register(&self, caller: &Caller, registrant: Registrant) -> Result<User, UserError> {
        caller.may(self.registering(), None)?;
        self.insert(registrant, Roles::default())
    }

    /// Changes a user and returns it as it is then.
    ///
    /// # Errors
    /// Any [`UserError`]; nothing is changed then.
    pub fn update(
        &self,
        caller: &Caller,
        target: &UserRef,
        patch: UserPatch,
    ) -> Result<User, UserError> {
        caller.may(Action::Update, Some(target))?;
        let account = self.find(target)?;
        let change = self.plan(caller, &account, patch)?;
        Ok(self.store.update(account.user.id, &change)?)
    }

    /// Removes a user.
    ///
    /// # Errors
    /// [`UserError::NotFound`] and [`UserError::LastAdmin`].
    pub fn delete(&self, caller: &Caller, target: &UserRef) -> Result<(), UserError> {
        caller.may(Action::Delete, Some(target))?;
        let account = self.find(target)?;
        Ok(self.store.delete(account.user.id)?)
    }

    /// Whether anyone is left who may manage users.
    ///
    /// # Errors
    /// [`UserError::Store`] when the store fails.
    pub fn has_enabled_admin(&self) -> Result<bool, UserError> {
        Ok(self.store.has_enabled_admin()?)
    }

    /// Whether the store answers.
    ///
    /// # Errors
    /// [`UserError::Store`] when it does not.
    pub fn check(&self) -> Result<(), UserError> {
        Ok(self.store.check()?)
    }

    fn find(&self, target: &UserRef) -> Result<Account, UserError> {
        self.store.find(target)?.ok_or(UserError::NotFound)
    }

    fn insert(&self, registrant: Registrant, roles: Roles) -> Result<User, UserError> {
        let Registrant { name, email, password } = registrant;
        if password.is_name(&name) {
            return Err(UserError::PasswordIsName);
        }
        // The store refuses a taken name as well; asking first saves the hash.
        if self.store.find(&UserRef::Name(name.key()))?.is_some() {
            return Err(UserError::Duplicate(crate::UniqueField::Name));
        }
        let password_hash = self.hash(&password)?;
        let create_time = whole_seconds(Timestamp::now());
        let account = NewAccount { create_time, name, email, roles, password_hash };
        Ok(self.store.insert(&account)?)
    }

    /// Turns what a caller asked for into what that caller may change on `account`. Everything
    /// that can be refused is refused before the new password costs a hash.
    fn plan(
        &self,
        caller: &Caller,
        account: &Account,
        patch: UserPatch,
    ) -> Result<UserChange, UserError> {
        let UserPatch { condition, name, email, status, roles, password } = patch;
        let mut change = UserChange { condition, name, email, ..UserChange::default() };
        if caller.is_admin() {
            (change.status, change.roles) = (status, roles);
        }
        let replaces = match &password {
            Some(password) => check_current(caller, account, password)?,
            None => None,
        };
        let name = change.name.as_ref().unwrap_or(&account.user.name);
        if password.as_ref().is_some_and(|password| password.new.is_name(name)) {
            return Err(UserError::PasswordIsName);
        }
        change.apply(account)?;
        if let Some(password) = password {
            let hash = self.hash(&password.new)?;
            change.password = Some(PasswordReplacement { hash, replaces });
        }
        Ok(change)
    }

    fn hash(&self, password: &Password) -> Result<PasswordHash, UserError> {
        PasswordHash::new(password, self.cost).map_err(UserError::Hashing)
    }
}

/// Checks what was said of the current password and returns the hash that it was checked against.
fn check_current(
    caller: &Caller,
    account: &Account,
    password: &PasswordPatch,
) -> Result<Option<PasswordHash>, UserError> {
    match &password.current {
        Some(current) if account.password_hash.matches(current) => {
            Ok(Some(account.password_hash.clone()))
        }
        Some(_) => Err(UserError::CurrentPasswordMismatch),
        None if password.own_needs_current && caller.is(&UserRef::Id(account.user.id)) => {
            Err(UserError::CurrentPasswordRequired)
        }
        None => Ok(None),
    }
}

fn whole_seconds(time: Timestamp) -> Timestamp {
    Timestamp::from_second(time.as_second()).unwrap_or(time)
}
