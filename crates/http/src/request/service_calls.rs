//! Calls of the services: each waits in a way that lets the worker answer others meanwhile.

use std::{future::poll_fn, pin::pin, sync::Arc, task::Poll, time::Duration};

use actix_web::{rt, web};
use rollcall_domain::{
    Caller, PasswordChange, PendingWrite, StoreError, User, UserChange, UserError, UserRef, Users,
    WRITE_PATIENCE, WriteError,
};

use super::ApiRequest;
use crate::{
    error::ApiError, request::logged::note_refusal, services::Services, statistics::worker::Worker,
};

/// How long a request waits for a row that it reads first of all.
const READ_TIMEOUT: Duration = Duration::from_millis(1500);

impl ApiRequest {
    /// Gets a user.
    pub(crate) async fn get(&self, caller: Caller, target: UserRef) -> Result<User, ApiError> {
        // In a place of its own: allocations above a kilobyte are slow.
        self.in_time(Box::pin(self.services.users.get(caller, target))).await
    }

    /// Fails unless the store answers.
    pub(crate) async fn check(&self) -> Result<(), ApiError> {
        self.in_time(self.services.users.check()).await
    }

    /// Changes a user: without a thread that waits for the commit, if the store has a queue.
    pub(crate) async fn update(
        &self,
        caller: Caller,
        target: UserRef,
        change: UserChange<PasswordChange>,
    ) -> Result<User, ApiError> {
        let (origin, users) = (self.origin(), self.users());
        let Some(queue) = users.update_queue(&change) else {
            let work = move |users: &Users| users.update(&origin, &caller, &target, change);
            // In a place of its own, as in `ApiRequest::get`.
            return Box::pin(self.run(work)).await;
        };
        let queued = users.queue_update(queue, &origin, &caller, &target, change);
        let updated = match queued {
            Ok(write) => users.finish_update(&caller, with_patience(write).await),
            Err(error) => Err(error),
        };
        updated.map_err(|error| self.conceal(error))
    }

    /// Runs `work` with users, which blocks, on the thread pool for blocking work.
    pub(crate) async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Users) -> Result<T, UserError> + Send + 'static,
    ) -> Result<T, ApiError> {
        self.run_with(|services| work(&services.users)).await
    }

    /// Does the same with any of the services.
    pub(crate) async fn run_with<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Services) -> Result<T, UserError> + Send + 'static,
    ) -> Result<T, ApiError> {
        let services = self.shared_services();
        let outcome = web::block(move || work(&services)).await.map_err(|_| ApiError::Stopping)?;
        outcome.map_err(|error| self.conceal(error))
    }

    /// The services for another thread.
    pub(super) fn shared_services(&self) -> Arc<Services> {
        Arc::clone(&self.services)
    }

    /// The error for the caller. The reason why credentials were refused is only logged.
    pub(super) fn conceal(&self, error: UserError) -> ApiError {
        match error {
            UserError::Refused(refusal) => {
                note_refusal(&self.request, refusal.reason, refusal.account);
                refusal.error.into()
            }
            error => error.into(),
        }
    }

    /// Waits for a read that does not block, until a time-out in case the store hangs.
    pub(super) async fn in_time<T>(
        &self,
        read: impl Future<Output = Result<T, UserError>>,
    ) -> Result<T, ApiError> {
        let mut read = pin!(read);
        // Most reads are answered at once. A timer costs more than a row from the cache.
        let at_once = poll_fn(|context| Poll::Ready(read.as_mut().poll(context))).await;
        if let Poll::Ready(answer) = at_once {
            return answer.map_err(|error| self.conceal(error));
        }
        match Box::pin(rt::time::timeout(READ_TIMEOUT, read)).await {
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
    pub(crate) fn detach(&self, work: impl FnOnce(&Users) + Send + 'static) {
        let services = self.shared_services();
        rt::task::spawn_blocking(move || work(&services.users));
    }
}

/// Waits for a write, or for its turn at most until it counts as one too many.
async fn with_patience<T>(mut write: Box<dyn PendingWrite<T>>) -> Result<T, WriteError> {
    if let Ok(written) = rt::time::timeout(WRITE_PATIENCE, &mut write).await {
        return written;
    }
    write.give_up();
    write.await
}
