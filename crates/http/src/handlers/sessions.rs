//! Handlers of the sessions that a user has.

use actix_web::{HttpResponse, http::StatusCode};
use rollcall_api_spec::sessions::{Session as WireSession, SessionList, SessionListEnvelope};
use rollcall_domain::{
    Action,
    limits::LARGEST_NUMBER,
    session::{Session, SessionId, SessionKey},
};

use crate::{
    error::ApiError,
    request::{
        ApiRequest, credentials,
        ids::{whole_number, with_id},
    },
    response::headers::private,
};

pub(crate) async fn list_sessions(mut call: ApiRequest) -> Result<HttpResponse, ApiError> {
    let caller = call.authenticate().await?;
    let target = with_id(&caller, call.path_parameter(), Action::ListSessions)?;
    let headers = call.request().headers();
    let signs = caller.is_by_session().then(|| credentials::session_key(headers)).flatten();
    let list = call.run_with(move |services| services.sessions.of_users().list(&caller, &target));
    let shown = |session| wire_session(session, signs.as_ref());
    let sessions = list.await?.into_iter().map(shown).collect();
    let session_list = SessionList { sessions };
    Ok(private(StatusCode::OK).json(SessionListEnvelope { session_list }))
}

pub(crate) async fn delete_sessions(mut call: ApiRequest) -> Result<HttpResponse, ApiError> {
    let caller = call.authenticate().await?;
    let target = with_id(&caller, call.path_parameter(), Action::EndSession)?;
    let origin = call.origin();
    call.run_with(move |services| services.sessions.of_users().end_all(&origin, &caller, &target))
        .await?;
    Ok(HttpResponse::NoContent().finish())
}

pub(crate) async fn delete_session(mut call: ApiRequest) -> Result<HttpResponse, ApiError> {
    let caller = call.authenticate().await?;
    let (user, session) = call.path_parameters();
    let target = with_id(&caller, user, Action::EndSession)?;
    let id = SessionId(whole_number("sessionId", session, LARGEST_NUMBER)?);
    let origin = call.origin();
    call.run_with(move |services| {
        services.sessions.of_users().end_one(&origin, &caller, &target, id)
    })
    .await?;
    Ok(HttpResponse::NoContent().finish())
}

/// A session as the wire shows it. Its key is not shown: it is one of what a signed request needs.
fn wire_session(session: Session, signs: Option<&SessionKey>) -> WireSession {
    let Session { id, key, user_id: _, begin_time, last_active, address } = session;
    WireSession {
        id: id.0,
        begin_time,
        last_use_time: last_active,
        address: address.map(|address| address.to_string()),
        current: signs == Some(&key),
    }
}
