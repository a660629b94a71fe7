//! Probes.

use actix_web::{HttpResponse, http::header};

use crate::{call::Call, error::ApiError};

/// Whether the process answers at all.
pub(crate) async fn live() -> HttpResponse {
    alive()
}

/// Whether the process can do its work: the store answers.
pub(crate) async fn ready(call: Call) -> Result<HttpResponse, ApiError> {
    call.run(rollcall_domain::UserService::check).await?;
    Ok(alive())
}

fn alive() -> HttpResponse {
    HttpResponse::Ok()
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .content_type("text/plain; charset=utf-8")
        .body("ok\n")
}
