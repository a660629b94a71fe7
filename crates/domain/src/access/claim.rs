//! What a caller was allowed to do, so that a transaction can ask for it again.

use super::{Action, Authentication, Caller, UserRef};
use crate::{
    error::store::Revoked,
    key::KeyId,
    session::SessionKey,
    user::{Account, PasswordVersion, Status, User},
    user_id::UserId,
};

/// What a caller proved when a request came, and what the access table allowed for it. A request
/// may wait for seconds before it writes; by then the caller may have lost either.
#[derive(Clone, Debug)]
pub struct Claim {
    caller: User,
    authentication: Authentication,
    action: Action,
    target: Option<UserRef>,
    needs_admin: bool,
}

impl Claim {
    /// The claim of `caller` to do `action` to `target`. None for anonymous callers and the
    /// operator, who have proved nothing that could be revoked.
    #[must_use]
    pub fn of(caller: &Caller, action: Action, target: Option<UserId>) -> Option<Self> {
        let Caller::User(user, authentication) = caller else { return None };
        Some(Self {
            caller: user.clone(),
            authentication: authentication.clone(),
            action,
            target: target.map(UserRef::Id),
            needs_admin: false,
        })
    }

    /// Has the caller be an admin still, for what the access table does not tell apart: of a change
    /// that users may ask for, the parts that only admins are obeyed in.
    pub(crate) fn require_admin(&mut self) {
        self.needs_admin = true;
    }

    /// The user whose account must be read again.
    #[must_use]
    pub fn user(&self) -> UserId {
        self.caller.id
    }

    /// The user as it was read when the request was authenticated.
    #[must_use]
    pub fn caller(&self) -> &User {
        &self.caller
    }

    /// The version of the password that must still be the user's, if the request carried one.
    #[must_use]
    pub fn password_version(&self) -> Option<PasswordVersion> {
        match &self.authentication {
            Authentication::Password(version) => Some(*version),
            Authentication::Session(_) | Authentication::Key(..) => None,
        }
    }

    /// The session that must be read again, if the request was signed.
    #[must_use]
    pub fn session(&self) -> Option<&SessionKey> {
        match &self.authentication {
            Authentication::Session(key) => Some(key),
            Authentication::Password(_) | Authentication::Key(..) => None,
        }
    }

    /// The API key that must be read again, if the request was authenticated with one.
    #[must_use]
    pub fn key(&self) -> Option<KeyId> {
        match &self.authentication {
            Authentication::Key(id, _) => Some(*id),
            Authentication::Password(_) | Authentication::Session(_) => None,
        }
    }

    /// Refuses a change of `target`, as it is now, that no API key permits.
    ///
    /// # Errors
    /// [`Revoked::Rights`] when the claim is by a key and the user has the role `admin`.
    pub fn check_change(&self, target: &User) -> Result<(), Revoked> {
        let is_refused = self.key().is_some() && target.roles.include_admin();
        if is_refused { Err(Revoked::Rights) } else { Ok(()) }
    }

    /// Compares the claim with the present state: the account of the user, and the owner of the
    /// session or of the API key.
    ///
    /// # Errors
    /// [`Revoked`] when the same request would be refused now.
    pub fn check(&self, account: Option<Account>, owner: Option<UserId>) -> Result<(), Revoked> {
        let account = account.ok_or(Revoked::Credentials)?;
        let is_proved = match &self.authentication {
            Authentication::Password(version) => account.password_version == *version,
            Authentication::Session(_) | Authentication::Key(..) => owner == Some(self.user()),
        };
        if is_proved { self.check_rights(&account.user) } else { Err(Revoked::Credentials) }
    }

    /// Compares what the claim was allowed with the rights of its user, whose credentials are
    /// checked apart from this.
    ///
    /// # Errors
    /// [`Revoked`] when the user is disabled or may no longer do the same.
    pub fn check_rights(&self, user: &User) -> Result<(), Revoked> {
        if user.status != Status::Enabled {
            return Err(Revoked::Credentials);
        }
        let caller = Caller::User(user.clone(), self.authentication.clone());
        if self.needs_admin && !caller.is_admin() {
            return Err(Revoked::Rights);
        }
        caller.may(self.action, self.target.as_ref()).map_err(|_| Revoked::Rights)
    }
}

#[cfg(test)]
mod tests {
    use super::{Claim, Revoked};
    use crate::{
        access::{Action, Authentication, Caller},
        key::{KeyId, Scope, Scopes},
        session::SessionKey,
        user::{
            Account, PasswordVersion, Status, name::Username, new_user::tests::account,
            password::hash::PasswordHash, role::Roles,
        },
        user_id::UserId,
    };

    const ADMIN: UserId = UserId(1);

    fn admin() -> Account {
        let mut admin = account(ADMIN.0, "root");
        (admin.user.roles, admin.password_version) = (Roles::admin(), PasswordVersion(3));
        admin
    }

    fn claim(authentication: Authentication, action: Action, target: UserId) -> Claim {
        let caller = Caller::User(admin().user, authentication);
        Claim::of(&caller, action, Some(target)).unwrap()
    }

    fn changed(change: impl FnOnce(&mut Account)) -> Account {
        let mut account = admin();
        change(&mut account);
        account
    }

    #[test]
    fn what_stays_proved_stays_allowed() {
        let by_password = Authentication::Password(PasswordVersion(3));
        let by_session = Authentication::Session(SessionKey::of("key"));
        for authentication in [by_password, by_session] {
            let claim = claim(authentication, Action::Update, UserId(2));
            let renamed = changed(|account| account.user.name = Username::parse("chief").unwrap());
            let renewed =
                changed(|account| account.password_hash = PasswordHash::from_store("new".into()));
            for now in [admin(), renamed, renewed] {
                assert_eq!(claim.check(Some(now), Some(ADMIN)), Ok(()));
            }
        }
    }

    #[test]
    fn credentials_end_with_user_password_and_session() {
        let by_password = || Authentication::Password(PasswordVersion(3));
        let by_session = || Authentication::Session(SessionKey::of("key"));
        let disabled = || Some(changed(|account| account.user.status = Status::Disabled));
        let set_again = Some(changed(|account| account.password_version = PasswordVersion(4)));
        for (authentication, account, owner) in [
            (by_password(), None, None),
            (by_session(), None, Some(ADMIN)),
            (by_password(), disabled(), None),
            (by_session(), disabled(), Some(ADMIN)),
            (by_password(), set_again, None),
            (by_session(), Some(admin()), None),
            (by_session(), Some(admin()), Some(UserId(2))),
        ] {
            let claim = claim(authentication, Action::Create, UserId(2));
            assert_eq!(claim.check(account, owner), Err(Revoked::Credentials));
        }
    }

    #[test]
    fn a_key_ends_with_its_row_and_changes_no_admin() {
        let by_key = |scope| Authentication::Key(KeyId(7), Scopes::new([scope]));
        let of = |scope| claim(by_key(scope), Action::Update, UserId(2));
        assert_eq!(of(Scope::UsersWrite).check(Some(admin()), Some(ADMIN)), Ok(()));
        for owner in [None, Some(UserId(2))] {
            let refused = of(Scope::UsersWrite).check(Some(admin()), owner);
            assert_eq!(refused, Err(Revoked::Credentials));
        }
        let refused = of(Scope::UsersRead).check(Some(admin()), Some(ADMIN));
        assert_eq!(refused, Err(Revoked::Rights));
        let (admin, user) = (admin().user, account(2, "alice").user);
        assert_eq!(of(Scope::UsersWrite).check_change(&user), Ok(()));
        assert_eq!(of(Scope::UsersWrite).check_change(&admin), Err(Revoked::Rights));
        let by_password = Authentication::Password(PasswordVersion(3));
        let by_password = claim(by_password, Action::Update, ADMIN);
        assert_eq!(by_password.check_change(&admin), Ok(()));
    }

    #[test]
    fn a_demoted_admin_keeps_only_the_rights_of_a_user() {
        let demoted = || Some(changed(|account| account.user.roles = Roles::default()));
        let of =
            |target| claim(Authentication::Password(PasswordVersion(3)), Action::Update, target);
        assert_eq!(of(ADMIN).check(demoted(), None), Ok(()));
        assert_eq!(of(UserId(2)).check(demoted(), None), Err(Revoked::Rights));
        let mut own_roles = of(ADMIN);
        own_roles.require_admin();
        assert_eq!(own_roles.check(demoted(), None), Err(Revoked::Rights));
    }

    #[test]
    fn anonymous_callers_and_the_operator_claim_nothing() {
        for caller in [Caller::Anonymous, Caller::Operator] {
            assert!(Claim::of(&caller, Action::Create, None).is_none());
        }
    }
}
