//! Logs one line for each request, with the id that its response carries.

use std::time::Instant;

use actix_web::{
    Error, HttpMessage,
    dev::{ServiceRequest, ServiceResponse},
};

use crate::{
    middleware::log_line,
    request::{
        client_address::untrusted_proxy,
        logged::RequestNotes,
        request_id::{RequestIds, X_REQUEST_ID},
    },
    statistics::worker::{InFlight, Worker},
};

/// Assigns an id to the request, has it answered, logs and counts it. Nothing that could be secret
/// is logged: no header but the client's address, no body, no query, no name that was not
/// authenticated. Of an unknown path only the documented part is logged.
pub(crate) async fn log_request<B, F>(
    request: ServiceRequest,
    answer: impl FnOnce(ServiceRequest) -> F,
) -> Result<ServiceResponse<B>, Error>
where
    F: Future<Output = Result<ServiceResponse<B>, Error>>,
{
    let started = Instant::now();
    let in_flight = Worker::of(request.request()).map(InFlight::begin);
    request.extensions_mut().insert(RequestNotes::of(RequestIds::of(request.headers())));
    untrusted_proxy::warn_about(request.request());
    let mut response = answer(request).await?;
    let time = started.elapsed();
    let id = {
        let extensions = response.request().extensions();
        extensions.get::<RequestNotes>().map(|notes| {
            if let Some(in_flight) = in_flight {
                in_flight.answered(notes.operation, response.status(), time);
            }
            log_line::log(&response, notes, time);
            notes.ids.answered()
        })
    };
    if let Some(id) = id {
        response.headers_mut().append(X_REQUEST_ID, id);
    }
    Ok(response)
}
