//! One request on its way through a handler.

use std::future::{Ready, ready};

use actix_web::{
    FromRequest, HttpMessage, HttpRequest, HttpResponse, HttpResponseBuilder,
    dev::Payload,
    http::{StatusCode, header},
    web,
};
use rollcall_domain::{Caller, Lane, User, UserError, UserRef, UserService};
use serde::de::DeserializeOwned;

use crate::{
    body,
    client_address::TrustedProxies,
    credentials::{self, Basic},
    error::ApiError,
    request_log::LoggedUser,
};

/// A request, its body still unread, and the use cases to answer it with.
pub(crate) struct Call {
    request: HttpRequest,
    payload: Option<web::Payload>,
    users: web::Data<UserService>,
}

impl Call {
    pub(crate) fn request(&self) -> &HttpRequest {
        &self.request
    }

    pub(crate) fn users(&self) -> &UserService {
        &self.users
    }

    /// The parameter of the path, with its percent-encoding undone.
    pub(crate) fn path_parameter(&self) -> String {
        self.request.match_info().load().unwrap_or_default()
    }

    /// Finds out who asks. Whoever says nothing is anonymous; whoever says something wrong is
    /// refused.
    pub(crate) async fn authenticate(&self) -> Result<Caller, ApiError> {
        let Some(authorization) = credentials::authorization(self.request.headers()) else {
            return Ok(Caller::Anonymous);
        };
        let Some(basic) = credentials::parse_basic(authorization) else {
            return Err(UserError::Unauthenticated.into());
        };
        let caller = self.identify(basic).await?;
        if let Caller::User(user) = &caller {
            self.request.extensions_mut().insert(LoggedUser(user.name.to_string()));
        }
        Ok(caller)
    }

    async fn identify(&self, Basic { name, password }: Basic) -> Result<Caller, ApiError> {
        let lane = self.lane();
        if self.users.get_is_quick()
            && let Some(caller) = self.users.authenticate_known(lane, &name, &password)?
        {
            return Ok(caller);
        }
        self.run(move |users| users.authenticate(lane, &name, &password)).await
    }

    /// Whose work this is among all that must be hashed.
    pub(crate) fn lane(&self) -> Lane {
        let proxies = self.request.app_data::<web::Data<TrustedProxies>>();
        let client = proxies.and_then(|proxies| proxies.client_of(&self.request));
        client.map(Lane::of).unwrap_or_default()
    }

    /// Gets a user, at once where the store is quick.
    pub(crate) async fn get(&self, caller: Caller, target: UserRef) -> Result<User, ApiError> {
        if self.users.get_is_quick() {
            return Ok(self.users.get(&caller, &target)?);
        }
        self.run(move |users| users.get(&caller, &target)).await
    }

    /// Reads the body as JSON; an absent one as one without members.
    pub(crate) async fn json<T: DeserializeOwned + Default>(&mut self) -> Result<T, ApiError> {
        match self.payload.take() {
            Some(payload) => body::json(&self.request, payload).await,
            None => Ok(T::default()),
        }
    }

    /// Does `work`, which blocks, where that holds up nobody else.
    pub(crate) async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&UserService) -> Result<T, UserError> + Send + 'static,
    ) -> Result<T, ApiError> {
        let users = self.users.clone();
        match web::block(move || work(&users)).await {
            Ok(answer) => answer.map_err(ApiError::User),
            Err(_) => Err(ApiError::Stopping),
        }
    }
}

impl FromRequest for Call {
    type Error = actix_web::Error;
    type Future = Ready<Result<Self, Self::Error>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let payload = web::Payload::from_request(request, payload).into_inner();
        let users = request.app_data::<web::Data<UserService>>().cloned();
        ready(match (payload, users) {
            (Ok(payload), Some(users)) => {
                Ok(Self { request: request.clone(), payload: Some(payload), users })
            }
            (Err(error), _) => Err(error),
            (_, None) => Err(actix_web::error::ErrorInternalServerError("no use cases")),
        })
    }
}

/// The beginning of an answer about users: for nobody else to keep, nor to be used again unasked.
pub(crate) fn private(status: StatusCode) -> HttpResponseBuilder {
    let mut response = HttpResponse::build(status);
    response.insert_header((header::CACHE_CONTROL, "private, no-cache"));
    response
}
