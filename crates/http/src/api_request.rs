//! One request on its way through a handler.

use std::{
    cell::Cell,
    future::{Ready, ready},
    time::Duration,
};

use actix_web::{
    FromRequest, HttpMessage, HttpRequest, HttpResponse, HttpResponseBuilder,
    dev::Payload,
    http::{StatusCode, header},
    rt,
    web::{self, Bytes},
};
use rollcall_api_spec::MergePatch;
use rollcall_domain::{
    Caller, ClientKey, ProvedUser, RefusalReason, SessionService, StoreError, User, UserError,
    UserRef, UserService,
    audit::Origin,
    session::{Activity, Authenticated, SignedRequest},
};
use serde::de::DeserializeOwned;

use crate::{
    body::Body,
    client_address,
    credentials::{Basic, Credentials, Signed},
    error::ApiError,
    log_line, prefix,
    request_log::{self, LoggedUser},
    statistics::{Kind, Outcome, Worker},
    used_signature,
};

/// How long a request waits for a row that it reads first of all.
const READ_TIMEOUT: Duration = Duration::from_millis(1500);

/// A request, with or without its body, and the services that answer it.
pub(crate) struct ApiRequest {
    request: HttpRequest,
    body: Body,
    users: web::Data<UserService>,
    sessions: web::Data<SessionService>,
    /// Whether its authentication is counted: the credentials may be checked twice.
    is_counted: Cell<bool>,
}

impl ApiRequest {
    pub(crate) fn request(&self) -> &HttpRequest {
        &self.request
    }

    pub(crate) fn users(&self) -> &UserService {
        &self.users
    }

    /// The parameter of the path, percent-decoded.
    pub(crate) fn path_parameter(&self) -> String {
        self.request.match_info().load().unwrap_or_default()
    }

    /// Both parameters of a path that has two.
    pub(crate) fn path_parameters(&self) -> (String, String) {
        self.request.match_info().load().unwrap_or_default()
    }

    /// Authenticates the caller. A request without credentials is anonymous; wrong ones are
    /// refused.
    pub(crate) async fn authenticate(&mut self) -> Result<Caller, ApiError> {
        let credentials = Credentials::of(self.request.headers());
        let caller = match credentials {
            Ok(None) => Caller::Anonymous,
            Ok(Some(Credentials::Basic(basic))) => {
                self.identify(Kind::Basic, basic).await?.into_caller()
            }
            Ok(Some(Credentials::Signed(signed))) => {
                let verified = self.verify(signed).await;
                self.count(Kind::Signed, Outcome::of(&verified, Outcome::Accepted));
                verified?
            }
            Err(error) => {
                self.count(Kind::of(self.request.headers()), Outcome::Malformed);
                log_line::note_refusal(&self.request, RefusalReason::Malformed, None);
                return Err(error);
            }
        };
        if let Caller::User(user, _) = &caller {
            self.request.extensions_mut().insert(LoggedUser(user.name.to_string()));
        }
        Ok(caller)
    }

    /// Finds the user with this name and password.
    pub(crate) async fn identify(
        &self,
        kind: Kind,
        Basic { name, password }: Basic,
    ) -> Result<ProvedUser, ApiError> {
        let client_key = self.client_key();
        let known = self.in_time(self.users.authenticate_known(client_key, &name, &password)).await;
        let (proved, accepted) = if let Some(known) = known.transpose() {
            (known, Outcome::Known)
        } else {
            let found = self.run(move |users| users.authenticate(client_key, &name, &password));
            (found.await, Outcome::Accepted)
        };
        self.count(kind, Outcome::of(&proved, accepted));
        proved
    }

    /// Counts the outcome of the authentication, once.
    fn count(&self, kind: Kind, outcome: Outcome) {
        if !self.is_counted.replace(true)
            && let Some(worker) = Worker::of(&self.request)
        {
            worker.authenticated(kind, outcome);
        }
    }

    /// Authenticates a signed request. The body is read only once the session is found. Since it
    /// may come slowly, the session's user is then looked up again.
    async fn verify(&mut self, signed: Signed) -> Result<Caller, ApiError> {
        let Signed { key, timestamp, signature } = signed;
        let mut found = self.in_time(self.sessions.find(key.clone())).await?;
        let was_read = self.body.is_read();
        let body = self.body.bytes(&self.request).await?;
        if !was_read {
            found = self.in_time(self.sessions.find(key.clone())).await?;
        }
        let other_paths = prefix::paths_before_proxies(&self.request);
        let request = SignedRequest {
            key: &key,
            method: self.request.method().as_str(),
            path: self.request.uri().path(),
            other_paths: &other_paths,
            query: self.request.uri().query().unwrap_or_default(),
            timestamp: &timestamp,
            signature: &signature,
            body: &body,
        };
        let verified = self.sessions.authenticate(found, &request);
        let Authenticated { caller, activity, signature } =
            verified.map_err(|error| self.conceal(error))?;
        used_signature::remember(&self.request, signature);
        if let Some(activity) = activity {
            self.record(activity);
        }
        Ok(caller)
    }

    /// Records that a session was used. The request neither waits for that nor fails with it.
    fn record(&self, activity: Activity) {
        let (sessions, address) = (self.sessions.clone(), client_address::client(&self.request));
        rt::task::spawn_blocking(move || {
            if let Err(error) = sessions.record(&activity, address) {
                log::warn!("recording that a session is used: {error}");
            }
        });
    }

    /// The client that passwords are hashed for.
    pub(crate) fn client_key(&self) -> ClientKey {
        client_address::client_key(&self.request)
    }

    /// The origin of the request, for the audit log.
    pub(crate) fn origin(&self) -> Origin {
        let address = client_address::client(&self.request);
        let (request_id, client_request_id) = request_log::request_ids(&self.request);
        Origin { address, request_id, client_request_id }
    }

    /// Gets a user.
    pub(crate) async fn get(&self, caller: Caller, target: UserRef) -> Result<User, ApiError> {
        self.in_time(self.users.get(caller, target)).await
    }

    /// Fails unless the store answers.
    pub(crate) async fn check(&self) -> Result<(), ApiError> {
        self.in_time(self.users.check()).await
    }

    /// Reads the body as JSON; a missing one counts as an empty object.
    pub(crate) async fn json<T: DeserializeOwned + Default>(&mut self) -> Result<T, ApiError> {
        self.body.json(&self.request).await
    }

    /// Reads the body as JSON on behalf of `caller`, and authenticates again if it had to wait for
    /// the body: the session or password may have been revoked meanwhile.
    pub(crate) async fn json_from<T: DeserializeOwned + Default>(
        &mut self,
        caller: &mut Caller,
    ) -> Result<T, ApiError> {
        let was_read = self.body.is_read();
        let body = self.json().await?;
        self.look_again_at(caller, was_read).await?;
        Ok(body)
    }

    /// Does the same with a change, which may be a merge patch.
    pub(crate) async fn patch_from<T: DeserializeOwned + Default + MergePatch>(
        &mut self,
        caller: &mut Caller,
    ) -> Result<T, ApiError> {
        let was_read = self.body.is_read();
        let body = self.body.patch(&self.request).await?;
        self.look_again_at(caller, was_read).await?;
        Ok(body)
    }

    /// Authenticates again, unless the body had come before the first time.
    async fn look_again_at(
        &mut self,
        caller: &mut Caller,
        body_was_read: bool,
    ) -> Result<(), ApiError> {
        if !body_was_read && !matches!(caller, Caller::Anonymous) {
            *caller = self.authenticate().await?;
        }
        Ok(())
    }

    /// Runs `work`, which blocks, on the thread pool for blocking work.
    pub(crate) async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&UserService) -> Result<T, UserError> + Send + 'static,
    ) -> Result<T, ApiError> {
        let users = self.users.clone();
        block(move || work(&users)).await?.map_err(|error| self.conceal(error))
    }

    /// Does the same with sessions.
    pub(crate) async fn run_sessions<T: Send + 'static>(
        &self,
        work: impl FnOnce(&SessionService) -> Result<T, UserError> + Send + 'static,
    ) -> Result<T, ApiError> {
        let sessions = self.sessions.clone();
        block(move || work(&sessions)).await?.map_err(|error| self.conceal(error))
    }

    /// The error for the caller. The reason why credentials were refused is only logged.
    fn conceal(&self, error: UserError) -> ApiError {
        match error {
            UserError::Refused(refusal) => {
                log_line::note_refusal(&self.request, refusal.reason, refusal.account);
                refusal.error.into()
            }
            error => error.into(),
        }
    }

    /// Waits for a read that does not block, until a time-out in case the store hangs.
    async fn in_time<T>(
        &self,
        read: impl Future<Output = Result<T, UserError>>,
    ) -> Result<T, ApiError> {
        match rt::time::timeout(READ_TIMEOUT, read).await {
            Ok(answer) => answer.map_err(|error| self.conceal(error)),
            Err(elapsed) => {
                if let Some(worker) = Worker::of(&self.request) {
                    worker.abandoned_read();
                }
                Err(UserError::Store(StoreError::Unavailable(elapsed.into())).into())
            }
        }
    }

    /// Starts `work`, which blocks, without waiting for it.
    pub(crate) fn detach(&self, work: impl FnOnce(&UserService) + Send + 'static) {
        let users = self.users.clone();
        rt::task::spawn_blocking(move || work(&users));
    }
}

async fn block<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, ApiError> {
    web::block(work).await.map_err(|_| ApiError::Stopping)
}

impl FromRequest for ApiRequest {
    type Error = actix_web::Error;
    type Future = Ready<Result<Self, Self::Error>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let has_body = !matches!(payload, Payload::None);
        let payload = web::Payload::from_request(request, payload).into_inner();
        let users = request.app_data::<web::Data<UserService>>().cloned();
        let sessions = request.app_data::<web::Data<SessionService>>().cloned();
        ready(match (payload, users.zip(sessions)) {
            (Ok(payload), Some((users, sessions))) => {
                let body = if has_body { Body::Unread(payload) } else { Body::Read(Bytes::new()) };
                let is_counted = Cell::new(false);
                Ok(Self { request: request.clone(), body, users, sessions, is_counted })
            }
            (Err(error), _) => Err(error),
            (_, None) => Err(actix_web::error::ErrorInternalServerError("no use cases")),
        })
    }
}

/// Starts a response about users, which caches may neither share nor reuse without asking again.
pub(crate) fn private(status: StatusCode) -> HttpResponseBuilder {
    let mut response = HttpResponse::build(status);
    response.insert_header((header::CACHE_CONTROL, "private, no-cache"));
    response
}
