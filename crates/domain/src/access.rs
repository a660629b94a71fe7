//! The access rules of both endpoint sets. No other module decides who may do what.

use crate::{NameKey, PasswordVersion, User, UserError, UserId, session::SessionKey};

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
}

/// The kind of a user's credentials.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Proof {
    /// The user's current password.
    Password,
    /// A session, which began with the current password.
    Session,
}

impl Authentication {
    /// The kind of these credentials.
    #[must_use]
    pub fn proof(&self) -> Proof {
        match self {
            Self::Password(_) => Proof::Password,
            Self::Session(_) => Proof::Session,
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
    /// [`UserError::Unauthenticated`] if credentials could help, else [`UserError::Forbidden`].
    pub fn may(&self, action: Action, target: Option<&UserRef>) -> Result<(), UserError> {
        let standing = self.standing(target);
        if is_allowed(action, standing) {
            Ok(())
        } else if standing == Relation::Anonymous {
            Err(UserError::Unauthenticated)
        } else {
            Err(UserError::Forbidden)
        }
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

    /// Whether `target` is the caller.
    #[must_use]
    pub fn is(&self, target: &UserRef) -> bool {
        match (self, target) {
            (Self::User(user, _), UserRef::Id(id)) => user.id == *id,
            (Self::User(user, _), UserRef::Name(key)) => user.name.key() == *key,
            (Self::Anonymous | Self::Operator, _) => false,
        }
    }

    fn standing(&self, target: Option<&UserRef>) -> Relation {
        match self {
            Self::Anonymous => Relation::Anonymous,
            _ if self.is_admin() => Relation::Admin,
            _ if target.is_some_and(|target| self.is(target)) => Relation::Own,
            _ => Relation::Other,
        }
    }
}

/// The table of permissions: every refusal that depends on the caller is decided here.
const fn is_allowed(action: Action, standing: Relation) -> bool {
    match (action, standing) {
        (_, Relation::Admin)
        | (Action::Register(Registration::Open), _)
        | (
            Action::Read
            | Action::Update
            | Action::BeginSession
            | Action::ListSessions
            | Action::EndSession,
            Relation::Own,
        ) => true,
        (
            Action::List
            | Action::Create
            | Action::Register(Registration::AdminOnly)
            | Action::Read
            | Action::Update
            | Action::Delete
            | Action::BeginSession
            | Action::ListSessions
            | Action::EndSession
            | Action::Audit,
            Relation::Anonymous | Relation::Other | Relation::Own,
        ) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::{Action, Authentication, Caller, Registration, UserRef};
    use crate::{
        NameKey, PasswordVersion, Roles, Status, User, UserError, UserId, Username, Version,
    };

    fn user(id: i64, name: &str, status: Status, roles: Roles) -> Caller {
        let user = User {
            id: UserId(id),
            version: Version(0),
            create_time: jiff::Timestamp::UNIX_EPOCH,
            name: Username::parse(name).unwrap(),
            email: None,
            status,
            roles,
        };
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
            (Action::Update, [WHO, NO, YES, YES, YES]),
            (Action::Delete, [WHO, NO, NO, YES, YES]),
            (Action::BeginSession, [WHO, NO, YES, YES, YES]),
            (Action::ListSessions, [WHO, NO, YES, YES, YES]),
            (Action::EndSession, [WHO, NO, YES, YES, YES]),
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
    fn a_disabled_admin_is_no_admin() {
        assert!(!user(1, "root", Status::Disabled, Roles::admin()).is_admin());
    }
}
