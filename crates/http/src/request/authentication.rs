//! Who sends a request: found by its credentials, and again once a body has been waited for.

use actix_web::rt;
use rollcall_api_spec::MergePatch;
use rollcall_domain::{
    Activity, Authenticated, Caller, KeyUse, KeyedCaller, PresentedKey, ProvedUser, RefusalReason,
    session::SignedRequest,
};
use serde::de::DeserializeOwned;

use super::ApiRequest;
use crate::{
    error::ApiError,
    request::{
        client_address,
        credentials::{Basic, Credentials, Signed},
        logged::{note_refusal, note_user},
        paths::prefix,
        used_signature,
    },
    statistics::{
        authentication::{Kind, Outcome},
        worker::Worker,
    },
};

impl ApiRequest {
    /// Authenticates the caller. A request without credentials is anonymous; wrong ones are
    /// refused.
    pub(crate) async fn authenticate(&mut self) -> Result<Caller, ApiError> {
        let credentials = Credentials::of(self.request.headers());
        let caller = match credentials {
            Ok(None) => Caller::Anonymous,
            Ok(Some(Credentials::Basic(basic))) => {
                self.identify(Kind::Basic, basic).await?.into_caller()
            }
            Ok(Some(Credentials::Key(key))) => {
                let found = Box::pin(self.identify_by_key(key)).await;
                self.count(Kind::Key, Outcome::of(&found, Outcome::Accepted));
                found?
            }
            Ok(Some(Credentials::Signed(signed))) => {
                let verified = Box::pin(self.verify(signed)).await;
                self.count(Kind::Signed, Outcome::of(&verified, Outcome::Accepted));
                verified?
            }
            Err(error) => {
                self.count(Kind::of(self.request.headers()), Outcome::Malformed);
                note_refusal(&self.request, RefusalReason::Malformed, None);
                return Err(error);
            }
        };
        if let Caller::User(user, _) = &caller {
            note_user(&self.request, user.name.as_str());
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
        let logins = &self.services.logins;
        // In a place of its own, as in `ApiRequest::get`.
        let known = Box::pin(logins.authenticate_known(client_key, &name, &password));
        let known = self.in_time(known).await;
        let (proved, accepted) = if let Some(known) = known.transpose() {
            (known, Outcome::Known)
        } else {
            let found = self.run_with(move |services| {
                services.logins.authenticate(client_key, &name, &password)
            });
            // Most requests do not come here: their futures stay small.
            (Box::pin(found).await, Outcome::Accepted)
        };
        self.count(kind, Outcome::of(&proved, accepted));
        proved
    }

    /// Finds the user of an API key.
    async fn identify_by_key(&self, presented: PresentedKey) -> Result<Caller, ApiError> {
        let found = self.services.keys.authenticate(self.client_key(), presented);
        let KeyedCaller { caller, key_use } = self.in_time(found).await?;
        if let Some(key_use) = key_use {
            self.record_key_use(key_use);
        }
        Ok(caller)
    }

    /// Records that a key was used. The request neither waits for that nor fails with it.
    fn record_key_use(&self, key_use: KeyUse) {
        let services = self.shared_services();
        rt::task::spawn_blocking(move || {
            if let Err(error) = services.keys.record(&key_use) {
                log::warn!("recording that an API key is used: {error}");
            }
        });
    }

    /// Counts the outcome of the authentication, once.
    fn count(&self, kind: Kind, outcome: Outcome) {
        if !self.is_counted.replace(true)
            && let Some(worker) = Worker::of(&self.request)
        {
            worker.authenticated(kind, outcome);
        }
    }

    /// Authenticates a signed request. The body is read only once the session is found. If it had
    /// to be waited for, the session's user is looked up again.
    async fn verify(&mut self, signed: Signed) -> Result<Caller, ApiError> {
        let Signed { key, timestamp, signature } = signed;
        let mut found = self.in_time(self.services.sessions.find(key.clone())).await?;
        let body = self.body.bytes(&self.request).await?;
        if self.body.take_has_waited() {
            found = self.in_time(self.services.sessions.find(key.clone())).await?;
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
        let verified = self.services.sessions.authenticate(found, &request);
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
        let (services, address) = (self.shared_services(), client_address::client(&self.request));
        rt::task::spawn_blocking(move || {
            if let Err(error) = services.sessions.record(&activity, address) {
                log::warn!("recording that a session is used: {error}");
            }
        });
    }

    /// Reads the body as JSON on behalf of `caller`, and authenticates again if it had to wait for
    /// the body: the session or password may have been revoked meanwhile.
    pub(crate) async fn json_from<T: DeserializeOwned + Default>(
        &mut self,
        caller: &mut Caller,
    ) -> Result<T, ApiError> {
        let body = self.json().await?;
        self.look_again_at(caller).await?;
        Ok(body)
    }

    /// Does the same with a change, which may be a merge patch.
    pub(crate) async fn patch_from<T: DeserializeOwned + Default + MergePatch>(
        &mut self,
        caller: &mut Caller,
    ) -> Result<T, ApiError> {
        let body = self.body.patch(&self.request).await?;
        self.look_again_at(caller).await?;
        Ok(body)
    }

    /// Authenticates again if the body had to be waited for.
    async fn look_again_at(&mut self, caller: &mut Caller) -> Result<(), ApiError> {
        if self.body.take_has_waited() && !matches!(caller, Caller::Anonymous) {
            *caller = self.authenticate().await?;
        }
        Ok(())
    }
}
