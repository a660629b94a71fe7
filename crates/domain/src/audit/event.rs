//! The events that the audit log records.

use crate::{Account, Email, Status, User, UserId, session::SessionKey};

/// A recorded event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// The kind of event.
    pub action: AuditAction,
    /// The affected user; none for an import, which affects many.
    pub user: Option<Target>,
    /// What the event changed.
    pub changes: Vec<Change>,
}

/// The user of an event, with the name after a change or before a deletion.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// The user's id.
    pub id: UserId,
    /// The user's name.
    pub name: String,
}

/// The kinds of events.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AuditAction {
    /// A user was created.
    UserCreated,
    /// A user was changed.
    UserChanged,
    /// A user was deleted.
    UserDeleted,
    /// Users were imported, in one transaction.
    UsersImported,
    /// A user logged in for a session.
    SessionBegun,
    /// One or more sessions were ended by a request.
    SessionEnded,
}

/// The field of a user, session or import that was changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChangedField {
    /// The user's name.
    Name,
    /// The user's email address.
    Email,
    /// Whether the user may log in.
    Status,
    /// The user's roles by name, separated by commas.
    Roles,
    /// The user's password. Its values are not recorded.
    Password,
    /// The number of the user's sessions, if the event ended them all.
    Sessions,
    /// The key of a session, which is not secret, since it cannot sign requests.
    Session,
    /// The number of imported users.
    Users,
    /// The ids of imported users, such as `4-17,19`.
    Ids,
}

/// The change of a field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// The field.
    pub field: ChangedField,
    /// The old value; none if there was none or it is secret.
    pub before: Option<String>,
    /// The new value; none if there is none or it is secret.
    pub after: Option<String>,
}

impl AuditAction {
    /// Every kind.
    pub const ALL: [Self; 6] = [
        Self::UserCreated,
        Self::UserChanged,
        Self::UserDeleted,
        Self::UsersImported,
        Self::SessionBegun,
        Self::SessionEnded,
    ];

    /// The word for it in the API and in stores.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::UserCreated => "USER_CREATED",
            Self::UserChanged => "USER_CHANGED",
            Self::UserDeleted => "USER_DELETED",
            Self::UsersImported => "USERS_IMPORTED",
            Self::SessionBegun => "SESSION_BEGUN",
            Self::SessionEnded => "SESSION_ENDED",
        }
    }

    /// The action with this word, if there is one.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.as_str() == word)
    }
}

impl ChangedField {
    const ALL: [Self; 9] = [
        Self::Name,
        Self::Email,
        Self::Status,
        Self::Roles,
        Self::Password,
        Self::Sessions,
        Self::Session,
        Self::Users,
        Self::Ids,
    ];

    /// The word for it in the API and in stores.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Email => "email",
            Self::Status => "status",
            Self::Roles => "roles",
            Self::Password => "password",
            Self::Sessions => "sessions",
            Self::Session => "session",
            Self::Users => "users",
            Self::Ids => "ids",
        }
    }

    /// The field with this word, if there is one.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.as_str() == word)
    }
}

impl Event {
    /// A user was created.
    #[must_use]
    pub fn created(user: &User) -> Self {
        Self::of(AuditAction::UserCreated, user, differences(None, Some(user)))
    }

    /// A user was changed to `after`, which ended this number of sessions.
    #[must_use]
    pub fn changed(before: &Account, after: &Account, sessions: usize) -> Self {
        let mut changes = differences(Some(&before.user), Some(&after.user));
        if before.password_hash != after.password_hash {
            changes.push(Change { field: ChangedField::Password, before: None, after: None });
        }
        changes.extend(ended(sessions));
        Self::of(AuditAction::UserChanged, &after.user, changes)
    }

    /// A user was deleted, which ended this number of sessions.
    #[must_use]
    pub fn deleted(user: &User, sessions: usize) -> Self {
        let mut changes = differences(Some(user), None);
        changes.extend(ended(sessions));
        Self::of(AuditAction::UserDeleted, user, changes)
    }

    /// A session of a user began.
    #[must_use]
    pub fn session_begun(user: &User, key: &SessionKey) -> Self {
        let after = Some(key.as_str().to_owned());
        let change = Change { field: ChangedField::Session, before: None, after };
        Self::of(AuditAction::SessionBegun, user, vec![change])
    }

    /// Sessions of a user were ended.
    #[must_use]
    pub fn sessions_ended(user: Target, keys: &[SessionKey]) -> Self {
        let change = |key: &SessionKey| {
            let before = Some(key.as_str().to_owned());
            Change { field: ChangedField::Session, before, after: None }
        };
        let changes = keys.iter().map(change).collect();
        Self { action: AuditAction::SessionEnded, user: Some(user), changes }
    }

    /// This number of users was imported, with these ids.
    #[must_use]
    pub fn imported(users: u64, ids: String) -> Self {
        let change = |field, after| Change { field, before: None, after: Some(after) };
        let users = change(ChangedField::Users, users.to_string());
        let changes = vec![users, change(ChangedField::Ids, ids)];
        Self { action: AuditAction::UsersImported, user: None, changes }
    }

    fn of(action: AuditAction, user: &User, changes: Vec<Change>) -> Self {
        let target = Target { id: user.id, name: user.name.to_string() };
        Self { action, user: Some(target), changes }
    }
}

/// The changes between two states of a user.
fn differences(before: Option<&User>, after: Option<&User>) -> Vec<Change> {
    let [before, after] = [before, after].map(shown);
    let pairs = before.into_iter().zip(after).filter(|(before, after)| before != after);
    pairs.map(|((field, before), (_, after))| Change { field, before, after }).collect()
}

/// The fields of a user as texts. Destructures the user, so that a new field forces a decision
/// here.
fn shown(user: Option<&User>) -> [(ChangedField, Option<String>); 4] {
    let Some(user) = user else {
        let fields =
            [ChangedField::Name, ChangedField::Email, ChangedField::Status, ChangedField::Roles];
        return fields.map(|field| (field, None));
    };
    let User { id: _, version: _, create_time: _, name, email, status, roles } = user;
    let roles: Vec<_> = roles.iter().map(ToString::to_string).collect();
    [
        (ChangedField::Name, Some(name.to_string())),
        (ChangedField::Email, email.as_ref().map(|email: &Email| email.to_string())),
        (ChangedField::Status, Some(Status::as_str(*status).to_owned())),
        (ChangedField::Roles, Some(roles.join(",")).filter(|roles| !roles.is_empty())),
    ]
}

fn ended(sessions: usize) -> Option<Change> {
    let [before, after] = [sessions, 0].map(|count| Some(count.to_string()));
    (sessions > 0).then_some(Change { field: ChangedField::Sessions, before, after })
}
