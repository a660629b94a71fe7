//! The access rules of both endpoint sets. No other module decides who may do what.

pub(crate) mod claim;

use crate::{
    error::UserError,
    key::{KeyId, Scopes},
    session::SessionKey,
    user::{PasswordVersion, User, name::NameKey, role::RoleName},
    user_id::UserId,
};

/// An action that requires permission.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// List all users.
    List,
    /// Create a user with a given name, as the portal set does.
    Create,
    /// Register oneself, as the directory set does.
    Register(Registration),
    /// Read one user.
    Read,
    /// Read the user who calls.
    Identify,
    /// Have the user who calls named to another program.
    Verify,
    /// Change one user.
    Update,
    /// Delete one user.
    Delete,
    /// Begin a session as the user.
    BeginSession,
    /// List the sessions of the user.
    ListSessions,
    /// End sessions of the user.
    EndSession,
    /// Make an API key of the user.
    CreateKey,
    /// List the API keys of the user.
    ListKeys,
    /// End an API key of the user.
    EndKey,
    /// Create a code that sets the password of the user.
    CreateResetCode,
    /// Read the audit log.
    Audit,
}

/// Who may register.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Registration {
    /// Anyone, without credentials, as the directory set documents it.
    Open,
    /// Admins only.
    AdminOnly,
}

/// How a request names its user: by id in the directory set, by name in the portal set.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum UserRef {
    /// The user with this id.
    Id(UserId),
    /// The user whose name has this key.
    Name(NameKey),
}

/// The caller of a use case.
#[derive(Clone, Debug)]
pub enum Caller {
    /// A caller without credentials.
    Anonymous,
    /// A user whose credentials were verified for this request.
    User(User, Authentication),
    /// The command line, run by the operator who owns the store.
    Operator,
}

/// The credentials of a user, kept so that they can be checked again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Authentication {
    /// A password, which was the user's current one at this version.
    Password(PasswordVersion),
    /// The session with this key.
    Session(SessionKey),
    /// The API key with this id, which permits what its scopes do.
    Key(KeyId, Scopes),
}

/// The kind of a user's credentials.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Proof {
    /// The user's current password.
    Password,
    /// A session, which began with the current password.
    Session,
    /// The API key with this id, which was made under the current password.
    Key(KeyId),
    /// A reset code, which an admin created.
    ResetCode,
}

impl Authentication {
    /// The kind of these credentials.
    #[must_use]
    pub fn proof(&self) -> Proof {
        match self {
            Self::Password(_) => Proof::Password,
            Self::Session(_) => Proof::Session,
            Self::Key(id, _) => Proof::Key(*id),
        }
    }
}

/// How the caller relates to the target user.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Relation {
    Anonymous,
    Other,
    Own,
    Admin,
}

impl Caller {
    /// Checks whether the caller may do `action` on `target`, which is none for lists and for new
    /// users. Does not read the store, so a refusal never reveals which users exist.
    ///
    /// # Errors
    /// [`UserError::Unauthenticated`] if credentials could help, else [`UserError::Forbidden`];
    /// [`UserError::Key`] if the caller uses an API key that does not permit it.
    pub fn may(&self, action: Action, target: Option<&UserRef>) -> Result<(), UserError> {
        if let Self::User(_, Authentication::Key(_, scopes)) = self {
            scopes.permit(action)?;
        }
        let relation = self.relation(target);
        if is_allowed(action, relation) {
            Ok(())
        } else if relation == Relation::Anonymous {
            Err(UserError::Unauthenticated)
        } else {
            Err(UserError::Forbidden)
        }
    }

    /// The user who calls.
    ///
    /// # Errors
    /// [`UserError::Unauthenticated`] if the caller is no user.
    pub fn user(&self) -> Result<&User, UserError> {
        match self {
            Self::User(user, _) => Ok(user),
            Self::Anonymous | Self::Operator => Err(UserError::Unauthenticated),
        }
    }

    /// The user who calls, if it has one of these roles; any user if there are none.
    ///
    /// # Errors
    /// [`UserError::Unauthenticated`] if the caller is no user, and [`UserError::Forbidden`] if the
    /// user has none of the roles.
    pub fn user_with_any(&self, roles: &[RoleName]) -> Result<&User, UserError> {
        let user = self.user()?;
        let has_one = roles.is_empty() || roles.iter().any(|role| user.roles.include(role));
        if has_one { Ok(user) } else { Err(UserError::Forbidden) }
    }

    /// Whether the caller may change any user's status and roles.
    #[must_use]
    pub fn is_admin(&self) -> bool {
        match self {
            Self::Anonymous => false,
            Self::User(user, _) => user.is_enabled_admin(),
            Self::Operator => true,
        }
    }

    /// Whether the caller uses a session, so that the password may have been verified long ago.
    #[must_use]
    pub fn is_by_session(&self) -> bool {
        matches!(self, Self::User(_, Authentication::Session(_)))
    }

    /// Whether the caller uses an API key.
    #[must_use]
    pub fn is_by_key(&self) -> bool {
        matches!(self, Self::User(_, Authentication::Key(..)))
    }

    /// The id of `target`, as far as the caller alone tells it.
    pub(crate) fn id_of(&self, target: &UserRef) -> Option<UserId> {
        match (target, self) {
            (UserRef::Id(id), _) => Some(*id),
            (UserRef::Name(_), Self::User(user, _)) if self.is(target) => Some(user.id),
            (UserRef::Name(_), _) => None,
        }
    }

    /// Whether `target` is the caller.
    #[must_use]
    pub fn is(&self, target: &UserRef) -> bool {
        match (self, target) {
            (Self::User(user, _), UserRef::Id(id)) => user.id == *id,
            (Self::User(user, _), UserRef::Name(key)) => user.name.key() == *key,
            (Self::Anonymous | Self::Operator, _) => false,
        }
    }

    fn relation(&self, target: Option<&UserRef>) -> Relation {
        match self {
            Self::Anonymous => Relation::Anonymous,
            _ if self.is_admin() => Relation::Admin,
            _ if target.is_some_and(|target| self.is(target)) => Relation::Own,
            _ => Relation::Other,
        }
    }
}

/// The table of permissions: every refusal that depends on the caller is decided here.
const fn is_allowed(action: Action, relation: Relation) -> bool {
    match (action, relation) {
        (_, Relation::Admin)
        | (Action::Register(Registration::Open), _)
        | (
            Action::Read
            | Action::Identify
            | Action::Verify
            | Action::Update
            | Action::BeginSession
            | Action::ListSessions
            | Action::EndSession
            | Action::CreateKey
            | Action::ListKeys
            | Action::EndKey,
            Relation::Own,
        ) => true,
        (
            Action::List
            | Action::Create
            | Action::Register(Registration::AdminOnly)
            | Action::Read
            | Action::Identify
            | Action::Verify
            | Action::Update
            | Action::Delete
            | Action::BeginSession
            | Action::ListSessions
            | Action::EndSession
            | Action::CreateKey
            | Action::ListKeys
            | Action::EndKey
            | Action::CreateResetCode
            | Action::Audit,
            Relation::Anonymous | Relation::Other | Relation::Own,
        ) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::{Action, Authentication, Caller, Registration, UserRef};
    use crate::{
        error::UserError,
        user::{
            PasswordVersion, Status, User,
            name::NameKey,
            new_user::tests::account,
            role::{RoleName, Roles},
        },
        user_id::UserId,
    };

    fn user(id: i64, name: &str, status: Status, roles: Roles) -> Caller {
        let user = User { status, roles, ..account(id, name).user };
        Caller::User(user, Authentication::Password(PasswordVersion(0)))
    }

    /// Rows: actions. Columns: anonymous, a user on another, on itself, an admin, an operator.
    #[test]
    fn every_cell_of_the_table_is_checked() {
        const YES: Result<(), UserError> = Ok(());
        const WHO: Result<(), UserError> = Err(UserError::Unauthenticated);
        const NO: Result<(), UserError> = Err(UserError::Forbidden);
        let alice = user(2, "alice", Status::Enabled, Roles::default());
        let admin = user(1, "root", Status::Enabled, Roles::admin());
        for (action, expected) in [
            (Action::List, [WHO, NO, NO, YES, YES]),
            (Action::Create, [WHO, NO, NO, YES, YES]),
            (Action::Register(Registration::Open), [YES, YES, YES, YES, YES]),
            (Action::Register(Registration::AdminOnly), [WHO, NO, NO, YES, YES]),
            (Action::Read, [WHO, NO, YES, YES, YES]),
            (Action::Identify, [WHO, NO, YES, YES, YES]),
            (Action::Verify, [WHO, NO, YES, YES, YES]),
            (Action::Update, [WHO, NO, YES, YES, YES]),
            (Action::Delete, [WHO, NO, NO, YES, YES]),
            (Action::BeginSession, [WHO, NO, YES, YES, YES]),
            (Action::ListSessions, [WHO, NO, YES, YES, YES]),
            (Action::EndSession, [WHO, NO, YES, YES, YES]),
            (Action::CreateKey, [WHO, NO, YES, YES, YES]),
            (Action::ListKeys, [WHO, NO, YES, YES, YES]),
            (Action::EndKey, [WHO, NO, YES, YES, YES]),
            (Action::CreateResetCode, [WHO, NO, NO, YES, YES]),
            (Action::Audit, [WHO, NO, NO, YES, YES]),
        ] {
            for (own, other) in [
                (UserRef::Id(UserId(2)), UserRef::Id(UserId(3))),
                (UserRef::Name(NameKey::of("ALICE")), UserRef::Name(NameKey::of("bob"))),
            ] {
                let answers = [
                    Caller::Anonymous.may(action, Some(&other)),
                    alice.may(action, Some(&other)),
                    alice.may(action, Some(&own)),
                    admin.may(action, Some(&other)),
                    Caller::Operator.may(action, Some(&other)),
                ];
                let shown = |cells: &[Result<(), UserError>]| format!("{cells:?}");
                assert_eq!(shown(&answers), shown(&expected), "{action:?}");
            }
        }
    }

    #[test]
    fn an_invalid_name_belongs_to_no_caller() {
        let alice = user(2, "alice", Status::Enabled, Roles::default());
        assert!(!alice.is(&UserRef::Name(NameKey::of("not a name"))));
    }

    #[test]
    fn one_of_several_roles_is_enough_and_admin_is_one_of_them() {
        let role = |name: &str| RoleName::parse(name).unwrap();
        let of = |roles: &[&str]| Roles::new(roles.iter().map(|name| role(name))).unwrap();
        let auditor = user(2, "alice", Status::Enabled, of(&["auditor", "reader"]));
        let admin = user(1, "root", Status::Enabled, Roles::admin());
        let id = |caller: &Caller, roles: &[&str]| {
            let roles: Vec<_> = roles.iter().map(|name| role(name)).collect();
            let found = caller.user_with_any(&roles).map(|user| user.id.0);
            found.map_err(|error| format!("{error:?}"))
        };
        for roles in [&[][..], &["auditor"], &["admin", "reader"]] {
            assert_eq!(id(&auditor, roles), Ok(2), "{roles:?}");
        }
        let (forbidden, unknown) = (Err("Forbidden".to_owned()), Err("Unauthenticated".to_owned()));
        for roles in [&["admin"][..], &["Auditor"], &["audit", "writer"]] {
            assert_eq!(id(&auditor, roles), forbidden, "{roles:?}");
        }
        assert_eq!((id(&admin, &["auditor"]), id(&admin, &["admin"])), (forbidden, Ok(1)));
        for caller in [Caller::Anonymous, Caller::Operator] {
            assert_eq!(id(&caller, &[]), unknown);
        }
    }

    #[test]
    fn a_disabled_admin_is_no_admin() {
        assert!(!user(1, "root", Status::Disabled, Roles::admin()).is_admin());
    }
}
