//! The handler of the audit log.

use std::net::IpAddr;

use actix_web::{
    HttpResponse,
    http::{StatusCode, header},
};
use rollcall_api_spec::audit::{
    AuditAction as WireAction, AuditActor, AuditChange, AuditEntry as WireEntry, AuditField,
    AuditLog, AuditLogEnvelope,
};
use rollcall_domain::{
    Action,
    audit::{AuditEntry, AuditSubject, Change, Event, RequestOrigin},
};

use crate::{
    error::ApiError,
    request::{ApiRequest, pages::audit_pages::AuditRequest},
    response::{headers::private, reference},
};

pub(crate) async fn list_entries(mut call: ApiRequest) -> Result<HttpResponse, ApiError> {
    let caller = call.authenticate().await?;
    caller.may(Action::Audit, None)?;
    let request = AuditRequest::parse(call.request().query_string())?;
    let query = request.query.clone();
    let page = call.run_with(move |services| services.audit_log.page(&caller, &query)).await?;
    let next_page_token = page.next.map(|number| request.token(number));
    let mut response = private(StatusCode::OK);
    if let Some(token) = &next_page_token {
        response.insert_header((header::LINK, reference::next_page(&request.next(token))));
    }
    let entries = page.entries.into_iter().map(wire_entry).collect();
    Ok(response.json(AuditLogEnvelope { audit_log: AuditLog { entries, next_page_token } }))
}

/// An entry as the wire shows it.
fn wire_entry(entry: AuditEntry) -> WireEntry {
    let AuditEntry { number, format, time, actor, event, origin, hash } = entry;
    let Event { action, user, changes } = event;
    let RequestOrigin { address, request_id, client_request_id } = origin;
    let (kind, actor_id, actor_name) = actor.parts();
    let actor_key_id = actor.key().map(|id| id.0);
    let (user_id, user_name) = user.map(|AuditSubject { id, name }| (id.0, name)).unzip();
    WireEntry {
        number,
        time,
        actor: AuditActor(kind),
        actor_id: actor_id.map(|id| id.0),
        actor_name: actor_name.map(str::to_owned),
        actor_key_id,
        action: WireAction(action),
        user_id,
        user_name,
        changes: changes.into_iter().map(wire_change).collect(),
        address: address.as_ref().map(IpAddr::to_string),
        request_id,
        client_request_id,
        format: format.number(),
        hash: hash.to_string(),
    }
}

fn wire_change(Change { field, before, after }: Change) -> AuditChange {
    AuditChange { field: AuditField(field), before, after }
}
