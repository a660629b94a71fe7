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
    Action, Proof,
    audit::{Actor, AuditAction, AuditEntry, Change, ChangedField, Event, Origin, Target},
};

use crate::{
    api_request::{ApiRequest, private},
    audit_query::AuditRequest,
    error::ApiError,
    reference,
};

pub(crate) async fn list_entries(mut call: ApiRequest) -> Result<HttpResponse, ApiError> {
    let caller = call.authenticate().await?;
    caller.may(Action::Audit, None)?;
    let request = AuditRequest::parse(call.request().query_string())?;
    let query = request.query.clone();
    let page = call.run(move |users| users.audit(&caller, &query)).await?;
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
    let Origin { address, request_id, client_request_id } = origin;
    let (actor, actor_id, actor_name) = wire_actor(actor);
    let (user_id, user_name) = user.map(|Target { id, name }| (id.0, name)).unzip();
    WireEntry {
        number,
        time,
        actor,
        actor_id,
        actor_name,
        action: wire_action(action),
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

fn wire_actor(actor: Actor) -> (AuditActor, Option<i64>, Option<String>) {
    match actor {
        Actor::Anonymous => (AuditActor::Anonymous, None, None),
        Actor::Operator => (AuditActor::Operator, None, None),
        Actor::User { id, name, proof } => {
            let actor = match proof {
                Proof::Password => AuditActor::Password,
                Proof::Session => AuditActor::Session,
            };
            (actor, Some(id.0), Some(name))
        }
    }
}

fn wire_action(action: AuditAction) -> WireAction {
    match action {
        AuditAction::UserCreated => WireAction::UserCreated,
        AuditAction::UserChanged => WireAction::UserChanged,
        AuditAction::UserDeleted => WireAction::UserDeleted,
        AuditAction::UsersImported => WireAction::UsersImported,
        AuditAction::SessionBegun => WireAction::SessionBegun,
        AuditAction::SessionEnded => WireAction::SessionEnded,
    }
}

fn wire_change(Change { field, before, after }: Change) -> AuditChange {
    let field = match field {
        ChangedField::Name => AuditField::Name,
        ChangedField::Email => AuditField::Email,
        ChangedField::Status => AuditField::Status,
        ChangedField::Roles => AuditField::Roles,
        ChangedField::Password => AuditField::Password,
        ChangedField::Sessions => AuditField::Sessions,
        ChangedField::Session => AuditField::Session,
        ChangedField::Users => AuditField::Users,
        ChangedField::Ids => AuditField::Ids,
    };
    AuditChange { field, before, after }
}
