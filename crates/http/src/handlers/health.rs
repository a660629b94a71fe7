//! Probes.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use actix_web::{HttpResponse, http::header};

use crate::{error::ApiError, request::ApiRequest};

/// Whether the process answers at all.
pub(crate) fn live() -> HttpResponse {
    alive()
}

/// Says whether a server is about to stop. One for all its workers.
#[derive(Clone, Debug, Default)]
pub struct Draining(Arc<AtomicBool>);

impl Draining {
    /// From now on the server says that it is not ready, so that balancers send no more requests.
    pub fn begin(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    fn has_begun(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// Whether the process can do its work: it is not about to stop, and the store answers.
pub(crate) async fn ready(call: ApiRequest) -> Result<HttpResponse, ApiError> {
    if call.request().app_data::<Draining>().is_some_and(Draining::has_begun) {
        return Err(ApiError::Stopping);
    }
    call.check().await?;
    Ok(alive())
}

fn alive() -> HttpResponse {
    HttpResponse::Ok()
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .content_type("text/plain; charset=utf-8")
        .body("ok\n")
}
