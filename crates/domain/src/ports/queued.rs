//! The port to a store that queues writes: their callers wait without a thread of their own.

use std::time::Duration;

use crate::{
    audit::ActorContext,
    error::store::WriteError,
    user::{User, change::UserChange},
    user_id::UserId,
};

/// How long a write waits in the queue for its turn.
pub const WRITE_PATIENCE: Duration = Duration::from_secs(5);

/// A write in the queue. It completes once the write is durable, and runs on any executor. The
/// write is made even if this is dropped.
pub trait PendingWrite<T>: Future<Output = Result<T, WriteError>> + Send + Unpin {
    /// Refuses the write if its turn has not come. Its caller does so after [`WRITE_PATIENCE`].
    fn give_up(&mut self);
}

/// Changes of users in a queue.
pub trait UpdateQueue: Send + Sync {
    /// Does the same as [`UserStore::update`](super::users::UserStore::update) without blocking.
    fn queue_update(
        &self,
        id: UserId,
        change: UserChange,
        by: &ActorContext,
    ) -> Box<dyn PendingWrite<User>>;
}
