//! What the log says of a request: noted while it is answered, and read by its line.

use std::{borrow::Cow, fmt, rc::Rc};

use actix_web::{HttpMessage, HttpRequest};
use rollcall_domain::{RefusalReason, UserId};

use crate::{
    connection::state::Connection,
    error::ApiError,
    request::{client_address, request_id::RequestIds},
    statistics::operation::OperationLabel,
};

/// What lines are filtered by, and found by: docker/fail2ban knows it.
pub(crate) const TARGET: &str = "rollcall_http::request_log";

/// Notes about a request, taken while it is answered.
pub(crate) struct RequestNotes {
    pub(crate) ids: RequestIds,
    /// The name of the authenticated user.
    pub(crate) user: Option<String>,
    pub(crate) refusal: Option<LoggedRefusal>,
    /// What the request is counted by.
    pub(crate) operation: OperationLabel,
}

/// Why the credentials of a request were refused, and which account they name.
pub(crate) struct LoggedRefusal {
    reason: RefusalReason,
    account: Option<UserId>,
}

impl RequestNotes {
    /// Nothing is known of a request but its ids.
    pub(crate) fn of(ids: RequestIds) -> Self {
        let operation = OperationLabel::UNKNOWN;
        Self { ids, user: None, refusal: None, operation }
    }
}

/// Notes the operation that `request` is for.
pub(crate) fn note_operation(request: &HttpRequest, operation: OperationLabel) {
    note(request, |notes| notes.operation = operation);
}

/// Has the line of `request` name its authenticated user.
pub(crate) fn note_user(request: &HttpRequest, name: &str) {
    note(request, |notes| notes.user = Some(name.to_owned()));
}

/// Has the line of `request` say why its credentials were refused.
pub(crate) fn note_refusal(request: &HttpRequest, reason: RefusalReason, account: Option<UserId>) {
    note(request, |notes| notes.refusal = Some(LoggedRefusal { reason, account }));
}

fn note(request: &HttpRequest, write: impl FnOnce(&mut RequestNotes)) {
    if let Some(notes) = request.extensions_mut().get_mut::<RequestNotes>() {
        write(notes);
    }
}

/// Where a request comes from, as far as it is known.
pub(crate) fn logged_address(request: &HttpRequest) -> Cow<'_, str> {
    let connection = request.conn_data::<Rc<Connection>>();
    match (client_address::client(request), connection) {
        (None, _) => "-".into(),
        (Some(address), Some(connection)) if connection.peer() == Some(address) => {
            connection.peer_text().into()
        }
        (Some(address), _) => address.to_string().into(),
    }
}

/// Logs the cause of an internal error, which the response to `request` does not contain.
pub(crate) fn log_failure(request: &HttpRequest, error: &ApiError) {
    let extensions = request.extensions();
    let address = logged_address(request);
    let reason = match error {
        ApiError::User(error) => error.to_string(),
        error => format!("{error:?}"),
    };
    let reason = reason.replace(['\n', '\r'], " ");
    match extensions.get::<RequestNotes>() {
        Some(RequestNotes { ids, .. }) => log::error!(target: TARGET, "{ids} {address} {reason}"),
        None => log::error!(target: TARGET, "- {address} {reason}"),
    }
}

impl fmt::Display for LoggedRefusal {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, " refused={}", self.reason.as_str())?;
        self.account.map_or(Ok(()), |account| write!(formatter, " account={account}"))
    }
}
