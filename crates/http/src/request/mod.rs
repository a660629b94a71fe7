//! One request on its way through a handler.

mod authentication;
pub(crate) mod body;
pub(crate) mod client_address;
pub(crate) mod conditions;
pub(crate) mod credentials;
pub(crate) mod host;
pub(crate) mod ids;
pub(crate) mod logged;
pub(crate) mod pages;
pub(crate) mod paths;
pub(crate) mod request_id;
pub(crate) mod required_roles;
mod service_calls;
pub(crate) mod used_signature;

use std::cell::Cell;

use actix_web::{FromRequest, HttpRequest, dev::Payload, error::ErrorInternalServerError, web};
use rollcall_domain::{ClientKey, Users, audit::RequestOrigin};
use serde::de::DeserializeOwned;

use crate::{
    error::ApiError,
    request::{body::Body, request_id::request_ids},
    routes::{handler::RoutedRequest, pattern::Parameters},
    services::WorkerServices,
};

/// A request, with or without its body, and the services that answer it.
pub(crate) struct ApiRequest {
    request: HttpRequest,
    parameters: Parameters,
    body: Body,
    services: WorkerServices,
    /// Whether its authentication is counted: the credentials may be checked twice.
    is_counted: Cell<bool>,
}

impl ApiRequest {
    /// The request, whose body is not read yet.
    ///
    /// # Errors
    /// When the server has no services, which it is never made without.
    pub(crate) fn of(routed: RoutedRequest) -> Result<Self, actix_web::Error> {
        let RoutedRequest { request, mut payload, parameters } = routed;
        let body = match payload {
            Payload::None => Body::empty(),
            _ => Body::unread(web::Payload::from_request(&request, &mut payload).into_inner()?),
        };
        let services = request.app_data::<WorkerServices>().cloned();
        let services = services.ok_or_else(|| ErrorInternalServerError("no use cases"))?;
        Ok(Self { request, parameters, body, services, is_counted: Cell::new(false) })
    }

    pub(crate) fn request(&self) -> &HttpRequest {
        &self.request
    }

    pub(crate) fn users(&self) -> &Users {
        &self.services.users
    }

    /// The parameter of the path, percent-decoded.
    pub(crate) fn path_parameter(&self) -> &str {
        self.parameters.both().0
    }

    /// Both parameters of a path that has two.
    pub(crate) fn path_parameters(&self) -> (&str, &str) {
        self.parameters.both()
    }

    /// The client that passwords are hashed for.
    pub(crate) fn client_key(&self) -> ClientKey {
        client_address::client_key(&self.request)
    }

    /// The origin of the request, for the audit log.
    pub(crate) fn origin(&self) -> RequestOrigin {
        let address = client_address::client(&self.request);
        let (request_id, client_request_id) = request_ids(&self.request);
        RequestOrigin { address, request_id, client_request_id }
    }

    /// Has the request count as one without a body. A body is neither read nor waited for.
    pub(crate) fn ignore_body(&mut self) {
        self.body = Body::empty();
    }

    /// Reads the body as JSON; a missing one counts as an empty object.
    pub(crate) async fn json<T: DeserializeOwned + Default>(&mut self) -> Result<T, ApiError> {
        self.body.json(&self.request).await
    }
}
