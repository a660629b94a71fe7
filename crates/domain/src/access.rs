//! Who may do what: the one place that decides it, for both endpoint sets.

use crate::{NameKey, PasswordVersion, User, UserError, UserId, session::SessionKey};

/// What a caller wants done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// See every user.
    List,
    /// Make a user by name, as the portal set does.
    Create,
    /// Make a user for oneself, as the directory set does.
    Register(Registration),
    /// See one user.
    Read,
    /// Change one user.
    Update,
    /// Remove one user.
    Delete,
    /// Log the user in for a session.
    BeginSession,
    /// See the sessions of the user.
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

/// Whom a caller means: by id as the directory set, by name as the portal set.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum UserRef {
    /// The user with this id.
    Id(UserId),
    /// The user whose name has this key.
    Name(NameKey),
}

/// Who asks.
#[derive(Clone, Debug)]
pub enum Caller {
    /// Nobody that is known.
    Anonymous,
    /// A user who has proved who it is, for this very request.
    User(User, Authentication),
    /// Whoever runs the process and owns the store: the command line.
    Operator,
}

/// What authenticated a user, so that it can be checked again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Authentication {
    /// The password that was the user's current one at this version.
    Password(PasswordVersion),
    /// The session with this key.
    Session(SessionKey),
}

/// What a user has proved who it is with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Proof {
    /// Its current password.
    Password,
    /// A session that began with its current password.
    Session,
}

impl Authentication {
    /// The kind of it.
    #[must_use]
    pub fn proof(&self) -> Proof {
        match self {
            Self::Password(_) => Proof::Password,
            Self::Session(_) => Proof::Session,
        }
    }
}

/// How a caller stands to the user that it wants something done to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Standing {
    Anonymous,
    Other,
    Own,
    Admin,
}

impl Caller {
    /// Refuses `action` on `target` (none for the list and for users yet to be made) unless this
    /// caller may do it. Needs no look at the store, so that a refusal never tells who exists.
    ///
    /// # Errors
    /// [`UserError::Unauthenticated`] where credentials could help, else [`UserError::Forbidden`].
    pub fn may(&self, action: Action, target: Option<&UserRef>) -> Result<(), UserError> {
        let standing = self.standing(target);
        if is_allowed(action, standing) {
            Ok(())
        } else if standing == Standing::Anonymous {
            Err(UserError::Unauthenticated)
        } else {
            Err(UserError::Forbidden)
        }
    }

    /// Whether this caller may change any user's status and roles.
    #[must_use]
    pub fn is_admin(&self) -> bool {
        match self {
            Self::Anonymous => false,
            Self::User(user, _) => user.is_enabled_admin(),
            Self::Operator => true,
        }
    }

    /// Whether the caller has proved who it is with a session, and its password long ago.
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

    fn standing(&self, target: Option<&UserRef>) -> Standing {
        match self {
            Self::Anonymous => Standing::Anonymous,
            _ if self.is_admin() => Standing::Admin,
            _ if target.is_some_and(|target| self.is(target)) => Standing::Own,
            _ => Standing::Other,
        }
    }
}

/// The table. Every refusal of section 1 of the design that is about who asks stands here.
const fn is_allowed(action: Action, standing: Standing) -> bool {
    match (action, standing) {
        (_, Standing::Admin)
        | (Action::Register(Registration::Open), _)
        | (
            Action::Read
            | Action::Update
            | Action::BeginSession
            | Action::ListSessions
            | Action::EndSession,
            Standing::Own,
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
            Standing::Anonymous | Standing::Other | Standing::Own,
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

    /// Rows: actions. Columns: nobody, a user about another, about itself, an admin, an operator.
    #[test]
    fn every_cell_of_the_table_is_as_the_design_says() {
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
    fn a_name_that_nobody_can_have_is_nobodys_own() {
        let alice = user(2, "alice", Status::Enabled, Roles::default());
        assert!(!alice.is(&UserRef::Name(NameKey::of("not a name"))));
    }

    #[test]
    fn a_disabled_admin_is_no_admin() {
        assert!(!user(1, "root", Status::Disabled, Roles::admin()).is_admin());
    }
}
