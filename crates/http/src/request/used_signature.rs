//! The signature that a request has used up, until its answer is known.

use actix_web::{HttpMessage, HttpRequest, HttpResponse};
use rollcall_domain::session::TakenSignature;

use crate::services::WorkerServices;

/// Remembers with the request that it has used up a signature, if it has.
pub(crate) fn remember(request: &HttpRequest, signature: Option<TakenSignature>) {
    if let Some(signature) = signature {
        request.extensions_mut().insert(signature);
    }
}

/// Gives the signature back if the request is refused by the fault of its sender: it has changed
/// nothing. What fails by the fault of the service may have changed something, and stays used.
pub(crate) fn settle(request: &HttpRequest, answer: &HttpResponse) {
    if answer.status().is_client_error()
        && let Some(signature) = request.extensions_mut().remove::<TakenSignature>()
        && let Some(services) = request.app_data::<WorkerServices>()
    {
        services.sessions.give_back(&signature);
    }
}
