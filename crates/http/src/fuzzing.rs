//! The parsers of a request's parts, for the fuzz targets in `fuzz/` alone.

use std::{
    pin::pin,
    task::{Context, Poll, Waker},
};

use actix_web::{
    HttpRequest,
    body::MessageBody,
    http::header::{CONTENT_TYPE, HeaderName, HeaderValue},
    test::TestRequest,
};
use rollcall_api_spec::MergePatch;
use rollcall_domain::{
    PageQuery, Password, PasswordPatch, Position, Preconditions, Registrant, Revision, UserOrder,
    UserPatch, audit::AuditQuery,
};
use serde::de::DeserializeOwned;

pub use actix_web::http::header::HeaderMap;
pub use rollcall_api_spec::EndpointSet;

use crate::{
    audit_query::AuditRequest, body::Body, conditions, credentials::Credentials,
    directory::mapping, envelope, error::ApiError, page_query::PageRequest, page_token, portal,
    tokens,
};

/// The error of a rejected request.
#[derive(Debug)]
pub struct Refusal {
    /// The answer's status.
    pub status: u16,
    /// The answer's body.
    pub body: String,
}

/// What a request says to prove who sends it.
#[derive(Debug, PartialEq, Eq)]
pub enum Proof {
    /// A name and a password.
    Basic(String, String),
    /// `sessionKey`, `timestamp` and `signature`.
    Signed(String, String, String),
}

/// What the content type says of a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChangeKind {
    /// `application/json`: null is the same as left out.
    Json,
    /// `application/merge-patch+json`: null takes away.
    MergePatch,
}

/// A page that was asked for.
pub struct Page(PageRequest);

/// A page of the audit log that was asked for.
pub struct AuditPage(AuditRequest);

/// Header fields as they came; none where HTTP itself has no such field.
#[must_use]
pub fn headers<'a>(fields: impl IntoIterator<Item = (&'a str, &'a [u8])>) -> Option<HeaderMap> {
    let mut headers = HeaderMap::new();
    for (name, value) in fields {
        headers.append(name.parse::<HeaderName>().ok()?, HeaderValue::from_bytes(value).ok()?);
    }
    Some(headers)
}

/// # Errors
/// When what the headers say proves nothing about anyone.
pub fn credentials(headers: &HeaderMap) -> Result<Option<Proof>, Refusal> {
    let credentials =
        Credentials::of(headers).map_err(|error| refusal(EndpointSet::Directory, &error))?;
    Ok(credentials.map(|it| match it {
        Credentials::Basic(basic) => Proof::Basic(basic.name, basic.password.expose().to_owned()),
        Credentials::Signed(signed) => {
            Proof::Signed(signed.key.as_str().to_owned(), signed.timestamp, signed.signature)
        }
    }))
}

/// The conditions of `If-Match` and `If-None-Match` in a request of `set`.
#[must_use]
pub fn preconditions(set: EndpointSet, headers: &HeaderMap) -> Preconditions {
    conditions::preconditions(set, headers)
}

/// Whether `If-None-Match` says that the client has this user at this version.
#[must_use]
pub fn client_has(set: EndpointSet, headers: &HeaderMap, revision: Revision) -> bool {
    conditions::client_has(set, headers, revision)
}

/// Whether `If-None-Match` says that the client has the file with this tag.
#[must_use]
pub fn client_has_tag(headers: &HeaderMap, etag: &str) -> bool {
    conditions::client_has_tag(headers, etag)
}

/// The tag of a user at a version in the answers of `set`.
#[must_use]
pub fn etag(set: EndpointSet, revision: Revision) -> String {
    conditions::etag(set, revision)
}

/// The page that the query of a URL asks for.
///
/// # Errors
/// When it can't be what it is.
pub fn page(query: &str, order: UserOrder) -> Result<Option<Page>, Refusal> {
    let page = PageRequest::parse(query, order);
    Ok(page.map_err(|error| refusal(EndpointSet::Directory, &error))?.map(Page))
}

/// The page of the audit log that the query of a URL asks for.
///
/// # Errors
/// When it can't be what it is.
pub fn audit_page(query: &str) -> Result<AuditPage, Refusal> {
    let page = AuditRequest::parse(query);
    page.map(AuditPage).map_err(|error| refusal(EndpointSet::Directory, &error))
}

impl AuditPage {
    /// What the store is asked.
    #[must_use]
    pub fn query(&self) -> &AuditQuery {
        &self.0.query
    }

    /// The query of the page behind the entry with this number.
    #[must_use]
    pub fn next(&self, number: i64) -> String {
        self.0.next(&self.0.token(number))
    }
}

impl Page {
    /// What the store is asked.
    #[must_use]
    pub fn query(&self) -> &PageQuery {
        &self.0.query
    }

    /// The query of the page behind this one.
    #[must_use]
    pub fn next(&self, token: &str) -> String {
        self.0.next(token)
    }
}

/// The token that goes on at a place.
#[must_use]
pub fn page_token(place: &Position, query: &PageQuery) -> String {
    page_token::write(place, query)
}

/// # Errors
/// When the body is no registration.
pub fn registration(body: &[u8]) -> Result<Registrant, Refusal> {
    read(body, EndpointSet::Directory, mapping::registrant)
}

/// # Errors
/// When the body is no change of a user.
pub fn change(body: &[u8], kind: ChangeKind) -> Result<UserPatch, Refusal> {
    patch(body, kind, EndpointSet::Directory, |change| mapping::patch(change, Preconditions::NONE))
}

/// # Errors
/// When the body is no user of the portal set.
pub fn portal_user(body: &[u8]) -> Result<Password, Refusal> {
    read(body, EndpointSet::Portal, portal::first_password)
}

/// # Errors
/// When the body is no change of a password, one's own or another user's.
pub fn portal_password(
    body: &[u8],
    kind: ChangeKind,
    is_own: bool,
) -> Result<PasswordPatch, Refusal> {
    patch(body, kind, EndpointSet::Portal, |change| portal::password_patch(change, is_own))
}

/// # Errors
/// When the body is no login.
pub fn login(body: &[u8]) -> Result<(String, String), Refusal> {
    let basic = read(body, EndpointSet::Directory, tokens::basic)?;
    Ok((basic.name, basic.password.expose().to_owned()))
}

/// A body on its way from the wire through its type to what it means.
fn read<W: DeserializeOwned + Default, T>(
    body: &[u8],
    set: EndpointSet,
    meaning: impl FnOnce(W) -> Result<T, ApiError>,
) -> Result<T, Refusal> {
    let request = request(ChangeKind::Json);
    let mut body = Body::Read(body.to_vec().into());
    let read = at_once(body.json(&request));
    read.and_then(meaning).map_err(|error| refusal(set, &error))
}

/// The same of a change.
fn patch<W: DeserializeOwned + Default + MergePatch, T>(
    body: &[u8],
    kind: ChangeKind,
    set: EndpointSet,
    meaning: impl FnOnce(W) -> Result<T, ApiError>,
) -> Result<T, Refusal> {
    let request = request(kind);
    let mut body = Body::Read(body.to_vec().into());
    let read = at_once(body.patch(&request));
    read.and_then(meaning).map_err(|error| refusal(set, &error))
}

fn at_once<T>(future: impl Future<Output = T>) -> T {
    match pin!(future).as_mut().poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(output) => output,
        Poll::Pending => unreachable!("the body is there"),
    }
}

fn request(kind: ChangeKind) -> HttpRequest {
    let media_type = match kind {
        ChangeKind::Json => "application/json",
        ChangeKind::MergePatch => "application/merge-patch+json",
    };
    TestRequest::default().insert_header((CONTENT_TYPE, media_type)).to_http_request()
}

fn refusal(set: EndpointSet, error: &ApiError) -> Refusal {
    let response = envelope::error_response(&request(ChangeKind::Json), set, error);
    let status = response.status().as_u16();
    let body = response.into_body().try_into_bytes().unwrap_or_default();
    Refusal { status, body: String::from_utf8_lossy(&body).into_owned() }
}
