//! The use cases: what both endpoint sets and the command line do with users.

mod authenticate;
mod cost;
mod restrictions;
mod update;

use std::{ops::ControlFlow, sync::Arc, time::Duration};

use jiff::Timestamp;

pub use authenticate::ProvedUser;
use restrictions::check_scripts;
pub use update::{PasswordPatch, UserPatch};

use crate::{
    Account, Action, Caller, ChangeBudget, Claim, ClientKey, Email, HashingStatistics, NameRule,
    NewAccount, Page, PageQuery, Password, PasswordHasher, Preconditions, Registration, Roles,
    UniqueField, User, UserError, UserId, UserOrder, UserRef, UserStore, Username,
    audit::{ActorContext, AuditPage, AuditQuery, Origin},
};

/// All that can be done with users, each with the check of who may. Methods that take a
/// [`ClientKey`] and those that make or change users hash passwords, and block for that long.
pub struct UserService {
    store: Arc<dyn UserStore>,
    hasher: PasswordHasher,
    registration: Registration,
    budget: ChangeBudget,
    names: NameRule,
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

impl UserService {
    /// The use cases on `store`.
    #[must_use]
    pub fn new(
        store: Arc<dyn UserStore>,
        hasher: PasswordHasher,
        registration: Registration,
    ) -> Self {
        let (budget, names) = (ChangeBudget::new(0), NameRule::Any);
        Self { store, hasher, registration, budget, names }
    }

    /// The action that registering is here.
    #[must_use]
    pub fn registering(&self) -> Action {
        Action::Register(self.registration)
    }

    /// Hands every user to `each` until it wants no more (see [`UserStore::list`]). Blocks.
    ///
    /// # Errors
    /// [`UserError`] unless an admin asks, who is one until the end.
    pub fn list(
        &self,
        caller: &Caller,
        order: UserOrder,
        each: &mut dyn FnMut(User) -> ControlFlow<()>,
    ) -> Result<(), UserError> {
        caller.may(Action::List, None)?;
        let claim = Claim::of(caller, Action::List, None);
        Ok(self.store.list(order, claim.as_ref(), each)?)
    }

    /// Some users. Blocks.
    ///
    /// # Errors
    /// [`UserError`] unless an admin asks.
    pub fn page(&self, caller: &Caller, query: &PageQuery) -> Result<Page, UserError> {
        caller.may(Action::List, None)?;
        Ok(Page::of(self.store.page(query)?, query))
    }

    /// One user. Does not block.
    ///
    /// # Errors
    /// [`UserError::NotFound`], to admins only; [`UserError::Forbidden`] to others.
    pub async fn get(&self, caller: Caller, target: UserRef) -> Result<User, UserError> {
        caller.may(Action::Read, Some(&target))?;
        let is_own = caller.is(&target);
        match caller {
            // Read for this very request, when the caller proved who it is.
            Caller::User(user, _) if is_own => Ok(user),
            _ => Ok(self.store.look_up(target).await?.ok_or(UserError::NotFound)?.user),
        }
    }

    /// Makes a user on behalf of an admin, if `condition` holds for the user of that name, who may
    /// exist.
    ///
    /// # Errors
    /// [`UserError::InvalidName`], [`UserError::Duplicate`] and [`UserError::PasswordIsName`];
    /// [`UserError::VersionMismatch`] instead of a duplicate where `condition` does not hold.
    pub fn create(
        &self,
        origin: &Origin,
        caller: &Caller,
        registrant: Registrant,
        roles: Roles,
        condition: &Preconditions,
    ) -> Result<User, UserError> {
        caller.may(Action::Create, None)?;
        let by = ActorContext::caller(caller, origin, Action::Create, None);
        let target = UserRef::Name(registrant.name.key());
        let made = self.insert(&by, registrant, roles, self.name_rule(caller), condition);
        match made {
            // Another request may have made the user while the password was hashed.
            Err(refusal @ UserError::Duplicate(UniqueField::Name)) => {
                let user = self.store.find(&target)?.map(|account| account.user);
                user.map_or(Ok(()), |user| condition.check(Some(user.revision())))?;
                Err(refusal)
            }
            made => made,
        }
    }

    /// Registers a user without roles.
    ///
    /// # Errors
    /// [`UserError::InvalidName`], [`UserError::Duplicate`], [`UserError::NameConfusable`],
    /// [`UserError::MixedScripts`], [`UserError::PasswordIsName`] and
    /// [`UserError::TooManyAttempts`].
    pub fn register(
        &self,
        origin: &Origin,
        caller: &Caller,
        registrant: Registrant,
    ) -> Result<User, UserError> {
        let action = self.registering();
        caller.may(action, None)?;
        if !caller.is_admin() {
            // What one limit refuses the other does not count.
            self.budget.check(caller)?;
            self.hasher.attempts().register(origin.client_key())?;
            self.budget.change(caller)?;
        }
        let name_rule = self.name_rule(caller);
        let mut by = ActorContext::caller(caller, origin, action, None);
        if self.is_for_admins(name_rule) {
            by = by.as_admin();
        }
        self.insert(&by, registrant, Roles::default(), name_rule, &Preconditions::NONE)
            .inspect_err(|error| self.charge_registration_conflict(origin, caller, error))
    }

    /// How long a refusal is delayed for a client that has had many of them: for too many attempts,
    /// or too much to hash. Counts it.
    #[must_use]
    pub fn pause_before_refusal(&self, client_key: ClientKey) -> Duration {
        self.hasher.attempts().refuse(client_key)
    }

    /// What was counted of hashing so far.
    #[must_use]
    pub fn hashing_statistics(&self) -> HashingStatistics {
        self.hasher.statistics()
    }

    /// Removes a user if `condition` holds for it.
    ///
    /// # Errors
    /// [`UserError::NotFound`], [`UserError::VersionMismatch`] and [`UserError::LastAdmin`].
    pub fn delete(
        &self,
        origin: &Origin,
        caller: &Caller,
        target: &UserRef,
        condition: &Preconditions,
    ) -> Result<(), UserError> {
        caller.may(Action::Delete, Some(target))?;
        let id = self.find(target)?.user.id;
        let by = ActorContext::caller(caller, origin, Action::Delete, Some(id));
        Ok(self.store.delete(id, condition, &by)?)
    }

    /// Some entries of the audit log, the newest first. Blocks.
    ///
    /// # Errors
    /// [`UserError`] unless an admin asks.
    pub fn audit(&self, caller: &Caller, query: &AuditQuery) -> Result<AuditPage, UserError> {
        caller.may(Action::Audit, None)?;
        Ok(AuditPage::of(self.store.entries(query)?, query))
    }

    /// Whether anyone is left who may manage users.
    ///
    /// # Errors
    /// [`UserError::Store`] when the store fails.
    pub fn has_enabled_admin(&self) -> Result<bool, UserError> {
        Ok(self.store.has_enabled_admin()?)
    }

    /// Whether the store answers, and may be written as far as is known. Does not block.
    ///
    /// # Errors
    /// [`UserError::Store`] when it does not.
    pub async fn check(&self) -> Result<(), UserError> {
        // No user has this id, so that the store must look.
        self.store.look_up(UserRef::Id(UserId(0))).await?;
        Ok(self.store.require_usable()?)
    }

    fn find(&self, target: &UserRef) -> Result<Account, UserError> {
        self.store.find(target)?.ok_or(UserError::NotFound)
    }

    fn insert(
        &self,
        by: &ActorContext,
        registrant: Registrant,
        roles: Roles,
        name_rule: NameRule,
        condition: &Preconditions,
    ) -> Result<User, UserError> {
        let Registrant { name, email, password } = registrant;
        name.require_safe_in_paths()?;
        check_scripts(name_rule, &name, None)?;
        if password.is_name(&name) {
            return Err(UserError::PasswordIsName);
        }
        // The store refuses a taken name as well; asking first saves the hash.
        if self.store.find(&UserRef::Name(name.key()))?.is_some() {
            return Err(UserError::Duplicate(UniqueField::Name));
        }
        condition.check(None)?;
        self.settle_hash_cost(None)?;
        let password_hash = self.hasher.hash(by.origin().client_key(), &password)?;
        let create_time = whole_seconds(Timestamp::now());
        let account = NewAccount { create_time, name, email, roles, password_hash, name_rule };
        Ok(self.store.insert(&account, by)?)
    }
}

/// A time as users and sessions keep it.
pub(crate) fn whole_seconds(time: Timestamp) -> Timestamp {
    Timestamp::from_second(time.as_second()).unwrap_or(time)
}
