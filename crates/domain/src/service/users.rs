//! The use cases of users: what both endpoint sets and the command line do with them.

use std::{ops::ControlFlow, sync::Arc};

use super::restrictions::Restrictions;
use crate::{
    access::{Action, Caller, Registration, UserRef, claim::Claim},
    audit::{ActorContext, RequestOrigin},
    clock::{Clock, whole_seconds},
    error::{UserError, store::UniqueField},
    login::{passwords::HashPasswords, throttle::change_budget::ChangeBudget},
    ports::users::UserStore,
    user::{
        Account, NamedUser, User,
        look_alike::{NameRule, check_scripts},
        new_user::NewUser,
        password::Password,
        preconditions::Preconditions,
        query::{Page, PageQuery, UserOrder},
    },
    user_id::UserId,
};

/// All that can be done with users, each with the check of who may. Methods that make or change
/// users hash passwords, and block for that long.
pub struct Users {
    pub(super) store: Arc<dyn UserStore>,
    pub(super) passwords: Arc<dyn HashPasswords>,
    pub(super) restrictions: Restrictions,
    clock: Arc<dyn Clock>,
}

impl Users {
    /// The use cases on `store`, whose passwords are hashed by `passwords`.
    #[must_use]
    pub fn new(
        store: Arc<dyn UserStore>,
        passwords: Arc<dyn HashPasswords>,
        restrictions: Restrictions,
        clock: Arc<dyn Clock>,
    ) -> Self {
        Self { store, passwords, restrictions, clock }
    }

    /// The use cases for the operator alone, whom nothing restricts.
    #[must_use]
    pub fn of_operator(
        store: Arc<dyn UserStore>,
        passwords: Arc<dyn HashPasswords>,
        clock: Arc<dyn Clock>,
    ) -> Self {
        let restrictions = Restrictions {
            registration: Registration::AdminOnly,
            names: NameRule::Any,
            budget: ChangeBudget::new(0, Arc::clone(&clock)),
            throttle: None,
        };
        Self::new(store, passwords, restrictions, clock)
    }

    /// The action that registering is here.
    #[must_use]
    pub fn registering(&self) -> Action {
        Action::Register(self.restrictions.registration)
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

    /// Does the same with the names of all users (see [`UserStore::list_names`]). Blocks.
    ///
    /// # Errors
    /// As [`Users::list`].
    pub fn list_names(
        &self,
        caller: &Caller,
        each: &mut dyn FnMut(NamedUser) -> ControlFlow<()>,
    ) -> Result<(), UserError> {
        caller.may(Action::List, None)?;
        let claim = Claim::of(caller, Action::List, None);
        Ok(self.store.list_names(claim.as_ref(), each)?)
    }

    /// The user who calls, as it was read for this request.
    ///
    /// # Errors
    /// [`UserError::Unauthenticated`] if the caller is no user; [`UserError::Key`] if it uses an
    /// API key that does not permit this.
    pub fn identify(&self, caller: Caller) -> Result<User, UserError> {
        let target = UserRef::Id(caller.user()?.id);
        caller.may(Action::Identify, Some(&target))?;
        match caller {
            Caller::User(user, _) => Ok(user),
            Caller::Anonymous | Caller::Operator => Err(UserError::Unauthenticated),
        }
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
        origin: &RequestOrigin,
        caller: &Caller,
        user: NewUser<Password>,
        condition: &Preconditions,
    ) -> Result<User, UserError> {
        caller.may(Action::Create, None)?;
        let by = self.actor(caller, origin, Action::Create, None);
        let target = UserRef::Name(user.name.key());
        let made = self.insert(&by, user, condition);
        match made {
            // Another request may have made the user while the password was hashed.
            Err(refusal @ UserError::Duplicate(UniqueField::Name)) => {
                let user = self.store.find(&target)?.map(|account| account.user);
                user.map_or(Ok(()), |user| condition.check(Some(&user)))?;
                Err(refusal)
            }
            made => made,
        }
    }

    /// Registers an enabled user without roles, whatever `user` says.
    ///
    /// # Errors
    /// [`UserError::InvalidName`], [`UserError::Duplicate`], [`UserError::NameConfusable`],
    /// [`UserError::MixedScripts`], [`UserError::PasswordIsName`] and
    /// [`UserError::TooManyAttempts`].
    pub fn register(
        &self,
        origin: &RequestOrigin,
        caller: &Caller,
        user: NewUser<Password>,
    ) -> Result<User, UserError> {
        let action = self.registering();
        caller.may(action, None)?;
        if !caller.is_admin() {
            // What one limit refuses the other does not count.
            let Restrictions { budget, throttle, .. } = &self.restrictions;
            budget.check(caller)?;
            throttle.as_ref().map_or(Ok(()), |throttle| throttle.register(origin.client_key()))?;
            budget.change(caller)?;
        }
        let mut by = self.actor(caller, origin, action, None);
        if self.names_as_admin(&by) {
            by = by.as_admin();
        }
        // What only admins decide is not taken from a request.
        let NewUser { name, email, password, status: _, roles: _, create_time: _ } = user;
        let user = NewUser { email, ..NewUser::named(name, password) };
        self.insert(&by, user, &Preconditions::NONE)
            .inspect_err(|error| self.charge_registration_conflict(origin, caller, error))
    }

    /// Removes a user if `condition` holds for it.
    ///
    /// # Errors
    /// [`UserError::NotFound`], [`UserError::VersionMismatch`] and [`UserError::LastAdmin`].
    pub fn delete(
        &self,
        origin: &RequestOrigin,
        caller: &Caller,
        target: &UserRef,
        condition: &Preconditions,
    ) -> Result<(), UserError> {
        caller.may(Action::Delete, Some(target))?;
        let id = self.find(target)?.user.id;
        let by = ActorContext::caller(caller, origin, Action::Delete, Some(id));
        Ok(self.store.delete(id, &condition.clone().on(target), &by)?)
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

    pub(super) fn find(&self, target: &UserRef) -> Result<Account, UserError> {
        self.store.find(target)?.ok_or(UserError::NotFound)
    }

    fn insert(
        &self,
        by: &ActorContext,
        user: NewUser<Password>,
        condition: &Preconditions,
    ) -> Result<User, UserError> {
        user.name.require_safe_in_paths()?;
        check_scripts(by.name_rule(), &user.name, None)?;
        if user.password.is_name(&user.name) {
            return Err(UserError::PasswordIsName);
        }
        // The store refuses a taken name as well; asking first saves the hash.
        if self.store.find(&UserRef::Name(user.name.key()))?.is_some() {
            return Err(UserError::Duplicate(UniqueField::Name));
        }
        condition.check(None)?;
        self.passwords.cost().settle(&*self.store, None)?;
        let hash = self.passwords.hash(by.origin().client_key(), &user.password)?;
        let create_time = Some(whole_seconds(self.clock.now()));
        let user = NewUser { create_time, ..user.with_password(hash) };
        Ok(self.store.insert(&user, by)?)
    }
}
