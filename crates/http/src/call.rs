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
    Caller, Lane, ProvedUser, RefusalReason, SessionService, StoreError, User, UserError, UserRef,
    UserService,
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

/// How long a request waits for a row that it reads before anything else.
const READ_TIMEOUT: Duration = Duration::from_millis(1500);

/// A request, its body read or not, and the use cases to answer it with.
pub(crate) struct Call {
    request: HttpRequest,
    body: Body,
    users: web::Data<UserService>,
    sessions: web::Data<SessionService>,
    /// Whether what became of its credentials is counted: they may be looked at twice.
    is_counted: Cell<bool>,
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

    /// The two parameters of a path that has two.
    pub(crate) fn path_parameters(&self) -> (String, String) {
        self.request.match_info().load().unwrap_or_default()
    }

    /// Finds out who asks. Whoever says nothing is anonymous; whoever says something wrong is
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

    /// Finds out whose name and password these are.
    pub(crate) async fn identify(
        &self,
        kind: Kind,
        Basic { name, password }: Basic,
    ) -> Result<ProvedUser, ApiError> {
        let lane = self.lane();
        let known = self.in_time(self.users.authenticate_known(lane, &name, &password)).await;
        let (proved, accepted) = if let Some(known) = known.transpose() {
            (known, Outcome::Known)
        } else {
            let found = self.run(move |users| users.authenticate(lane, &name, &password));
            (found.await, Outcome::Accepted)
        };
        self.count(kind, Outcome::of(&proved, accepted));
        proved
    }

    /// Counts what became of the credentials, once.
    fn count(&self, kind: Kind, outcome: Outcome) {
        if !self.is_counted.replace(true)
            && let Some(worker) = Worker::of(&self.request)
        {
            worker.authenticated(kind, outcome);
        }
    }

    /// Finds out who has signed the request. A stranger's body is not read; and as a body may come
    /// slowly, who its sender is then is looked at once it is there.
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

    /// Writes that a session was used. The request does not wait for it, nor fail with it.
    fn record(&self, activity: Activity) {
        let (sessions, address) = (self.sessions.clone(), client_address::client(&self.request));
        rt::task::spawn_blocking(move || {
            if let Err(error) = sessions.record(&activity, address) {
                log::warn!("recording that a session is used: {error}");
            }
        });
    }

    /// Whose work this is among all that must be hashed.
    pub(crate) fn lane(&self) -> Lane {
        client_address::lane(&self.request)
    }

    /// Where the request comes from, for the audit log.
    pub(crate) fn origin(&self) -> Origin {
        let address = client_address::client(&self.request);
        let (request_id, client_request_id) = request_log::request_ids(&self.request);
        Origin { address, request_id, client_request_id }
    }

    /// Gets a user.
    pub(crate) async fn get(&self, caller: Caller, target: UserRef) -> Result<User, ApiError> {
        self.in_time(self.users.get(caller, target)).await
    }

    /// Refuses unless the store answers.
    pub(crate) async fn check(&self) -> Result<(), ApiError> {
        self.in_time(self.users.check()).await
    }

    /// Reads the body as JSON; an absent one as one without members.
    pub(crate) async fn json<T: DeserializeOwned + Default>(&mut self) -> Result<T, ApiError> {
        self.body.json(&self.request).await
    }

    /// The same on behalf of `caller`, who is looked at anew once the body is there: it may have come
    /// so slowly that the caller is somebody else by then.
    pub(crate) async fn json_from<T: DeserializeOwned + Default>(
        &mut self,
        caller: &mut Caller,
    ) -> Result<T, ApiError> {
        let was_read = self.body.is_read();
        let body = self.json().await?;
        self.look_again_at(caller, was_read).await?;
        Ok(body)
    }

    /// The same of a change, which may be a merge patch.
    pub(crate) async fn patch_from<T: DeserializeOwned + Default + MergePatch>(
        &mut self,
        caller: &mut Caller,
    ) -> Result<T, ApiError> {
        let was_read = self.body.is_read();
        let body = self.body.patch(&self.request).await?;
        self.look_again_at(caller, was_read).await?;
        Ok(body)
    }

    /// Finds out again who asks, unless the body was there when that was found out.
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

    /// Does `work`, which blocks, where that holds up nobody else.
    pub(crate) async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&UserService) -> Result<T, UserError> + Send + 'static,
    ) -> Result<T, ApiError> {
        let users = self.users.clone();
        block(move || work(&users)).await?.map_err(|error| self.conceal(error))
    }

    /// The same with sessions.
    pub(crate) async fn run_sessions<T: Send + 'static>(
        &self,
        work: impl FnOnce(&SessionService) -> Result<T, UserError> + Send + 'static,
    ) -> Result<T, ApiError> {
        let sessions = self.sessions.clone();
        block(move || work(&sessions)).await?.map_err(|error| self.conceal(error))
    }

    /// The error that the caller is told. Why credentials were refused goes to the log alone.
    fn conceal(&self, error: UserError) -> ApiError {
        match error {
            UserError::Refused(refusal) => {
                log_line::note_refusal(&self.request, refusal.reason, refusal.account);
                refusal.error.into()
            }
            error => error.into(),
        }
    }

    /// Waits for what reads the store without blocking, but not for a store that hangs.
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

    /// Has `work` done, which blocks, and does not wait for it.
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

impl FromRequest for Call {
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

/// The beginning of an answer about users: for nobody else to keep, nor to be used again unasked.
pub(crate) fn private(status: StatusCode) -> HttpResponseBuilder {
    let mut response = HttpResponse::build(status);
    response.insert_header((header::CACHE_CONTROL, "private, no-cache"));
    response
}
