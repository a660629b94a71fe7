//! The history: what each client asked, when, and what the answer was.

/// The id of a user.
pub(crate) type Id = i64;

/// The number of a password; each is set once in a run.
pub(crate) type Password = u64;

/// A user as an answer shows it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct View {
    pub(crate) id: Id,
    pub(crate) version: u64,
    pub(crate) name: String,
    pub(crate) email: Option<String>,
    pub(crate) is_enabled: bool,
    pub(crate) is_admin: bool,
}

/// What a request was sent with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Credential {
    /// The admin that the driver never changes.
    Root,
    /// A name and a password.
    Password { user: Id, name: String, password: Password },
    /// A signature of the session with this key.
    Session { user: Id, key: String },
}

/// The fields that a change sets.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct Fields {
    pub(crate) name: Option<String>,
    pub(crate) email: Option<String>,
    pub(crate) password: Option<Password>,
    pub(crate) is_enabled: Option<bool>,
    pub(crate) is_admin: Option<bool>,
}

/// What was asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Action {
    /// `GET /users/{id}`
    Read(Id),
    /// `GET /users/me`
    ReadSelf,
    /// `GET /api/v1/users/{name}`
    LookUp(String),
    /// `PUT /api/v1/users/{name}`
    Create { name: String, password: Password },
    /// `PATCH /users/{id}`, with `If-Match` for a version. `old_name` is the name at that version,
    /// which a rename always names.
    Change { target: Id, if_match: Option<u64>, old_name: Option<String>, fields: Fields },
    /// `PATCH /api/v1/users/{name}`, of the user who had this name, with `If-Match` for a version.
    /// `fields` has a password alone. `current` is the caller's own, which its own user requires.
    SetPassword {
        target: Id,
        name: String,
        if_match: Option<u64>,
        fields: Fields,
        current: Option<Password>,
    },
    /// `DELETE /api/v1/users/{name}`, of the user who had this name, with `If-Match` for a version.
    Delete { target: Id, name: String, if_match: Option<u64> },
    /// `POST /tokens`
    LogIn { user: Id, name: String, password: Password },
    /// `DELETE /tokens/{key}`
    EndSession { user: Id, key: String },
    /// `DELETE /users/{id}/sessions`
    EndSessions(Id),
}

/// A refusal without effect.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Refusal {
    Unauthenticated,
    Forbidden,
    Missing,
    Conflict,
    Mismatch,
    /// The current password in the body is not the user's.
    WrongCurrent,
}

/// What the client knows afterwards.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// The user as the answer shows it.
    View(View),
    /// The id and version of the user with a name, after a change by it too.
    Holder(Id, u64),
    /// The key of a new session.
    Session(String),
    /// Done, and the answer is empty.
    Done,
    Refused(Refusal),
    /// No answer came, or one that leaves it open.
    Unknown,
}

/// One request.
#[derive(Clone, Debug)]
pub(crate) struct Call {
    /// Also the number in its `X-Request-Id`.
    pub(crate) number: u64,
    /// Nanoseconds since the start, before the request was sent.
    pub(crate) begin: u64,
    /// Nanoseconds since the start, after the answer was read.
    pub(crate) end: u64,
    pub(crate) replica: usize,
    pub(crate) credential: Credential,
    pub(crate) action: Action,
    pub(crate) outcome: Outcome,
    /// Whether no other call about its user is in flight and all of the user's state is known after
    /// it, so that the history may be cut here.
    pub(crate) is_cut: bool,
    /// Whether the answer is missing and the outcome is that of the audit entry.
    pub(crate) is_resolved: bool,
}

impl Action {
    /// Whether the request changes something.
    pub(crate) fn is_write(&self) -> bool {
        !matches!(self, Self::Read(_) | Self::ReadSelf | Self::LookUp(_))
    }
}

impl Call {
    pub(crate) fn is_unknown(&self) -> bool {
        self.outcome == Outcome::Unknown
    }

    /// Whether the request was allowed and done.
    pub(crate) fn is_acknowledged(&self) -> bool {
        !matches!(self.outcome, Outcome::Unknown | Outcome::Refused(_))
    }
}
