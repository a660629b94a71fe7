//! Changes of users on SQLite, whose callers need no thread to wait for the commit.

use std::sync::Arc;

use rollcall_domain::{PendingWrite, UpdateQueue, User, UserChange, UserId, audit::ActorContext};

use crate::{
    engine::{Connection, sqlite::Pools},
    recheck::checked,
    user_changes::{change_user, scope_of},
};

impl UpdateQueue for Pools {
    fn queue_update(
        &self,
        id: UserId,
        change: UserChange,
        by: &ActorContext,
    ) -> Box<dyn PendingWrite<User>> {
        let work = checked(by, scope_of(id, &change), move |connection, by| {
            change_user(connection, id, &change, by)
        });
        let work = move |connection: &mut _| work(&mut Connection::Sqlite(connection));
        Box::new(self.writer.queue(Some(id), work, Arc::clone(&self.counts)))
    }
}
