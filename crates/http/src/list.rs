//! Lists of users, which are sent while they are read: they may be longer than memory is large.

use std::ops::ControlFlow;

use actix_web::{
    HttpResponse,
    http::{StatusCode, header},
};
use rollcall_domain::{Caller, User, UserOrder, UserService};
use serde::Serialize;

use crate::{
    call::{Call, private},
    error::ApiError,
    pieces::{self, Writer},
};

/// How a set writes a list.
pub(crate) struct Form<T> {
    /// What stands before the first user.
    pub(crate) head: &'static str,
    /// A user on the wire.
    pub(crate) item: fn(User) -> T,
    /// What stands behind the last user.
    pub(crate) tail: &'static str,
}

/// The list of every user. What fails before the first piece of it is refused; what fails later ends
/// the connection, so that nobody takes the list for whole.
pub(crate) async fn respond<T: Serialize + 'static>(
    call: &Call,
    caller: Caller,
    order: UserOrder,
    form: Form<T>,
) -> Result<HttpResponse, ApiError> {
    let (writer, mut body) = pieces::channel(call.request());
    call.detach(move |users| write(users, &caller, order, &form, writer));
    body.first().await?;
    let mut response = private(StatusCode::OK);
    Ok(response.insert_header(header::ContentType::json()).body(body))
}

/// Writes the list. Without an end, where nobody reads on.
fn write<T: Serialize>(
    users: &UserService,
    caller: &Caller,
    order: UserOrder,
    form: &Form<T>,
    mut writer: Writer,
) {
    let mut before = form.head;
    let mut flow = ControlFlow::Continue(());
    let outcome = users.list(caller, order, &mut |user| {
        flow = writer.write(before, &(form.item)(user));
        before = ",";
        flow
    });
    if flow.is_continue() {
        let head = if before == form.head { form.head } else { "" };
        writer.end(outcome.map(|()| [head, form.tail].concat()).map_err(ApiError::User));
    }
}
