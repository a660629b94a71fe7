//! Lists of users. Whole lists are streamed, since they may be larger than memory.

use std::ops::ControlFlow;

use actix_web::{
    HttpResponse, HttpResponseBuilder, body,
    http::{Method, StatusCode, header},
};
use rollcall_domain::{Action, Caller, User, UserError, UserOrder, Users};
use serde::Serialize;

use crate::{
    error::ApiError,
    handlers::stream_body::{self, StreamWriter},
    request::{
        ApiRequest,
        pages::{PageRequest, page_token},
    },
    response::{headers::private, reference},
};

/// The format of a list in one of the two sets.
pub(crate) struct ListFormat<T, P> {
    /// The default order.
    pub(crate) order: UserOrder,
    /// Passes every user of a whole list on.
    pub(crate) every: EveryUser<T>,
    /// The text before the first user of a whole list.
    pub(crate) head: &'static str,
    /// Converts a user of a page to its API type.
    pub(crate) item: fn(User) -> T,
    /// The text after the last user of a whole list.
    pub(crate) tail: &'static str,
    /// Converts a page: its users, and the token of the next page.
    pub(crate) page: fn(Vec<T>, Option<String>) -> P,
}

/// Passes every user to a function, in the default order, until it breaks.
type EveryUser<T> =
    fn(&Users, &Caller, &mut dyn FnMut(T) -> ControlFlow<()>) -> Result<(), UserError>;

/// Answers with the users that the query selects: all of them, or a page.
pub(crate) async fn respond<T: Serialize + 'static, P: Serialize + 'static>(
    call: &ApiRequest,
    caller: Caller,
    form: ListFormat<T, P>,
) -> Result<HttpResponse, ApiError> {
    caller.may(Action::List, None)?;
    match PageRequest::parse(call.request().query_string(), form.order)? {
        Some(request) => page(call, caller, form, request).await,
        // A HEAD request reads no users: only the length of the body would be missing.
        None if call.request().method() == Method::HEAD => Ok(whole().body(body::None::new())),
        None => every_user(call, caller, form).await,
    }
}

async fn page<T, P: Serialize>(
    call: &ApiRequest,
    caller: Caller,
    form: ListFormat<T, P>,
    request: PageRequest,
) -> Result<HttpResponse, ApiError> {
    let query = request.query.clone();
    let page = call.run(move |users| users.page(&caller, &query)).await?;
    let token = page.next.map(|place| page_token::write(&place, &request.query));
    let mut response = private(StatusCode::OK);
    if let Some(token) = &token {
        response.insert_header((header::LINK, reference::next_page(&request.next(token))));
    }
    let users = page.users.into_iter().map(form.item).collect();
    Ok(response.json((form.page)(users, token)))
}

/// Streams all users. An error before the first piece is a normal error response; a later one
/// closes the connection, so that the client notices that the list is incomplete.
async fn every_user<T: Serialize + 'static, P: 'static>(
    call: &ApiRequest,
    caller: Caller,
    form: ListFormat<T, P>,
) -> Result<HttpResponse, ApiError> {
    let (writer, mut body) = stream_body::channel(call.request());
    call.detach(move |users| write(users, &caller, &form, writer));
    body.first().await?;
    Ok(whole().body(body))
}

/// Starts the response of a whole list.
fn whole() -> HttpResponseBuilder {
    let mut response = private(StatusCode::OK);
    response.insert_header(header::ContentType::json());
    response
}

/// Writes the list. Stops early when the client has gone.
fn write<T: Serialize, P>(
    users: &Users,
    caller: &Caller,
    form: &ListFormat<T, P>,
    mut writer: StreamWriter,
) {
    let mut before = form.head;
    let mut flow = ControlFlow::Continue(());
    let outcome = (form.every)(users, caller, &mut |user| {
        flow = writer.write(before, &user);
        before = ",";
        flow
    });
    if flow.is_continue() {
        let head = if before == form.head { form.head } else { "" };
        writer.end(outcome.map(|()| [head, form.tail].concat()).map_err(ApiError::User));
    }
}
