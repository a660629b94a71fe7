//! What answers a request once its route is found.

use std::{future::ready, pin::Pin, rc::Rc};

use actix_web::{
    Error, HttpRequest, HttpResponse,
    dev::{Payload, ServiceResponse},
    rt,
};
use rollcall_api_spec::EndpointSet;
use rollcall_domain::UserError;

use super::pattern::Parameters;
use crate::{
    error::ApiError,
    request::{ApiRequest, client_address, used_signature},
    response::error::error_response,
    services::WorkerServices,
};

/// A request whose route is found.
pub(crate) struct RoutedRequest {
    pub(crate) request: HttpRequest,
    pub(crate) payload: Payload,
    pub(crate) parameters: Parameters,
}

/// The answer to a request.
pub(super) type Answer = Pin<Box<dyn Future<Output = Result<ServiceResponse, Error>>>>;

/// Answers requests.
pub(super) type Handler = Rc<dyn Fn(RoutedRequest) -> Answer>;

/// Answers by what `handle` makes of the request and the first parameter of its path.
pub(super) fn page(handle: impl Fn(&HttpRequest, &str) -> HttpResponse + 'static) -> Handler {
    Rc::new(move |routed: RoutedRequest| -> Answer {
        let RoutedRequest { request, parameters, .. } = routed;
        let answer = handle(&request, parameters.both().0);
        Box::pin(ready(Ok(ServiceResponse::new(request, answer))))
    })
}

/// Answers by `handle`, with errors in the envelope of `set`.
pub(super) fn in_set<F: Future<Output = Result<HttpResponse, ApiError>> + 'static>(
    set: EndpointSet,
    handle: impl Fn(ApiRequest) -> F + Clone + 'static,
) -> Handler {
    Rc::new(move |routed: RoutedRequest| -> Answer {
        let handle = handle.clone();
        Box::pin(async move {
            let request = routed.request.clone();
            let answer = match handle(ApiRequest::of(routed)?).await {
                Ok(answer) => answer,
                Err(error) => {
                    Box::pin(hold_back(&request, &error)).await;
                    error_response(&request, set, &error)
                }
            };
            used_signature::settle(&request, &answer);
            Ok(ServiceResponse::new(request, answer))
        })
    })
}

/// Waits before a refusal of one of too many attempts, if its sender has had many of those.
async fn hold_back(request: &HttpRequest, error: &ApiError) {
    if let ApiError::User(UserError::TooManyAttempts(_) | UserError::Overloaded(_)) = error
        && let Some(services) = request.app_data::<WorkerServices>()
    {
        let client_key = client_address::client_key(request);
        rt::time::sleep(services.logins.pause_before_refusal(client_key)).await;
    }
}
