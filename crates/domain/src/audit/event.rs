//! The events that the audit log records.

use crate::{
    key::{ApiKey, KeyId},
    session::SessionKey,
    user::{Account, Status, User, email::Email},
    user_id::UserId,
    words::words,
};

/// A recorded event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// The kind of event.
    pub action: AuditAction,
    /// The affected user; none for an import, which affects many, and for an archive.
    pub user: Option<AuditSubject>,
    /// What the event changed.
    pub changes: Vec<Change>,
}

/// The user of an event, with the name after a change or before a deletion.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditSubject {
    /// The user's id.
    pub id: UserId,
    /// The user's name.
    pub name: String,
}

/// How many credentials of a user a change has ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Ended {
    /// Sessions.
    pub sessions: usize,
    /// API keys.
    pub keys: usize,
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
    /// An API key of a user was made.
    KeyCreated,
    /// An API key was ended by a request.
    KeyEnded,
    /// A reset code of a user was created.
    ResetCodeCreated,
    /// The oldest entries of the log were moved to an archive.
    AuditArchived,
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
    /// The number of the user's API keys, if the event ended them all.
    Keys,
    /// The id of an API key, which is not secret.
    Key,
    /// The scopes of an API key, separated by commas.
    Scopes,
    /// When an API key expires.
    ExpireTime,
    /// The number of imported users.
    Users,
    /// The ids of imported users, such as `4-17,19`.
    Ids,
    /// The number and hash of the last archived entry, such as `488:4a72…`.
    Anchor,
    /// The same, of the last archived entry whose file is lost.
    Lost,
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

words!(AuditAction {
    UserCreated = "USER_CREATED",
    UserChanged = "USER_CHANGED",
    UserDeleted = "USER_DELETED",
    UsersImported = "USERS_IMPORTED",
    SessionBegun = "SESSION_BEGUN",
    SessionEnded = "SESSION_ENDED",
    KeyCreated = "KEY_CREATED",
    KeyEnded = "KEY_ENDED",
    ResetCodeCreated = "RESET_CODE_CREATED",
    AuditArchived = "AUDIT_ARCHIVED",
});

words!(ChangedField {
    Name = "name",
    Email = "email",
    Status = "status",
    Roles = "roles",
    Password = "password",
    Sessions = "sessions",
    Session = "session",
    Keys = "keys",
    Key = "key",
    Scopes = "scopes",
    ExpireTime = "expireTime",
    Users = "users",
    Ids = "ids",
    Anchor = "anchor",
    Lost = "lost",
});

impl Event {
    /// A user was created.
    #[must_use]
    pub fn created(user: &User) -> Self {
        Self::of(AuditAction::UserCreated, user, differences(None, Some(user)))
    }

    /// A user was changed to `after`, which ended these sessions and keys.
    #[must_use]
    pub fn changed(before: &Account, after: &Account, ended: Ended) -> Self {
        let mut changes = differences(Some(&before.user), Some(&after.user));
        if before.password_hash != after.password_hash {
            changes.push(Change { field: ChangedField::Password, before: None, after: None });
        }
        changes.extend(ended.changes());
        Self::of(AuditAction::UserChanged, &after.user, changes)
    }

    /// A user was deleted, which ended these sessions and keys.
    #[must_use]
    pub fn deleted(user: &User, ended: Ended) -> Self {
        let mut changes = differences(Some(user), None);
        changes.extend(ended.changes());
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
    pub fn sessions_ended(user: AuditSubject, keys: &[SessionKey]) -> Self {
        let change = |key: &SessionKey| {
            let before = Some(key.as_str().to_owned());
            Change { field: ChangedField::Session, before, after: None }
        };
        let changes = keys.iter().map(change).collect();
        Self { action: AuditAction::SessionEnded, user: Some(user), changes }
    }

    /// An API key of a user was made.
    #[must_use]
    pub fn key_created(user: &User, key: &ApiKey) -> Self {
        let change = |field, after| Change { field, before: None, after: Some(after) };
        let mut changes = vec![
            change(ChangedField::Key, key.id.to_string()),
            change(ChangedField::Scopes, key.scopes.to_string()),
        ];
        let expiry = key.expire_time.map(|time| change(ChangedField::ExpireTime, time.to_string()));
        changes.extend(expiry);
        Self::of(AuditAction::KeyCreated, user, changes)
    }

    /// An API key of a user was ended.
    #[must_use]
    pub fn key_ended(user: &User, id: KeyId) -> Self {
        let before = Some(id.to_string());
        let change = Change { field: ChangedField::Key, before, after: None };
        Self::of(AuditAction::KeyEnded, user, vec![change])
    }

    /// A reset code of a user was created, which ended an earlier one.
    #[must_use]
    pub fn reset_code_created(user: &User) -> Self {
        Self::of(AuditAction::ResetCodeCreated, user, Vec::new())
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
        let target = AuditSubject { id: user.id, name: user.name.to_string() };
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

impl Ended {
    fn changes(self) -> impl Iterator<Item = Change> {
        let Self { sessions, keys } = self;
        let counts = [(ChangedField::Sessions, sessions), (ChangedField::Keys, keys)];
        counts.into_iter().filter(|(_, count)| *count > 0).map(|(field, count)| {
            let [before, after] = [count, 0].map(|count| Some(count.to_string()));
            Change { field, before, after }
        })
    }
}
