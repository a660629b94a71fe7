//! Hashes the passwords of imported users, on all cores.

use std::{
    collections::HashMap,
    num::NonZeroUsize,
    panic::resume_unwind,
    sync::atomic::{AtomicUsize, Ordering},
    thread,
};

use rollcall_domain::{HashCost, Password, PasswordHash};
use rollcall_persistence::{ImportError, ImportedLine, Importer};
use rollcall_user_file::{Credential, FileUser};

use crate::{failure::Failure, hashing_threads};

/// Assigns every user a hash.
pub(super) struct Resolver {
    cost: HashCost,
}

/// Why hashing failed.
pub(super) enum Unresolved {
    Store(ImportError),
    Hashing(String),
}

/// A password, and the hash of the existing user of this name, if there is one.
struct Task {
    password: Password,
    existing: Option<PasswordHash>,
}

impl Unresolved {
    pub(super) fn into_failure(self, of_store: impl FnOnce(&ImportError) -> Failure) -> Failure {
        match self {
            Self::Store(error) => of_store(&error),
            Self::Hashing(reason) => format!("hashing a password: {reason}").into(),
        }
    }
}

impl Resolver {
    /// Hashes at this cost.
    pub(super) fn new(cost: HashCost) -> Self {
        Self { cost }
    }

    /// The users with their hashes. If the password matches that of the existing user, its hash is
    /// kept. Unless `needs_hashes`, new hashes are placeholders.
    pub(super) fn resolve(
        &self,
        importer: &mut Importer,
        users: Vec<(u64, FileUser)>,
        needs_hashes: bool,
    ) -> Result<Vec<ImportedLine>, Unresolved> {
        let with_password = users.iter().filter(|(_, user)| user.password.hash().is_none());
        let names: Vec<_> = with_password.map(|(_, user)| &user.name).collect();
        let existing = importer.named(&names).map_err(Unresolved::Store)?;
        let existing: HashMap<_, _> = existing
            .into_iter()
            .map(|account| (account.user.name.key(), account.password_hash))
            .collect();
        let tasks: Vec<_> = users
            .iter()
            .filter_map(|(_, user)| match &user.password {
                Credential::Password(password) => {
                    let existing = existing.get(&user.name.key()).cloned();
                    Some(Task { password: password.clone(), existing })
                }
                Credential::Hash(_) => None,
            })
            .collect();
        let mut hashes = in_parallel(&tasks, |task| self.hash(task, needs_hashes)).into_iter();
        let resolved = users.into_iter().map(|(line, user)| {
            let hash = match user.password.hash() {
                Some(hash) => Ok(hash.clone()),
                None => hashes.next().unwrap_or_else(|| Err("a thread failed".to_owned())),
            };
            hash.map(|hash| (line, user.with_password(hash)))
        });
        resolved.collect::<Result<_, _>>().map_err(Unresolved::Hashing)
    }

    fn hash(&self, task: &Task, needs_hash: bool) -> Result<PasswordHash, String> {
        let Task { password, existing } = task;
        match existing {
            Some(hash) if hash.is_of(password) => Ok(hash.clone()),
            // Also for another password of an existing user, who may be deleted before the write.
            _ if needs_hash => {
                PasswordHash::new(password, self.cost).map_err(|error| error.to_string())
            }
            _ => Ok(PasswordHash::decoy(self.cost)),
        }
    }
}

/// The number of hashing threads.
pub(super) fn cores() -> NonZeroUsize {
    thread::available_parallelism().unwrap_or(NonZeroUsize::MIN)
}

/// Runs `work` on each of `tasks` on all cores, and returns the results in the same order.
fn in_parallel<T: Sync, R: Send>(tasks: &[T], work: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let next = AtomicUsize::new(0);
    let take = || {
        hashing_threads::step_back(false);
        let taken = std::iter::repeat_with(|| next.fetch_add(1, Ordering::Relaxed));
        let taken = taken.map_while(|index| Some((index, work(tasks.get(index)?))));
        taken.collect::<Vec<_>>()
    };
    let mut done: Vec<(usize, R)> = thread::scope(|scope| {
        let threads = (0..cores().get().min(tasks.len())).map(|_| scope.spawn(take));
        let threads: Vec<_> = threads.collect();
        let join = |thread: thread::ScopedJoinHandle<'_, Vec<(usize, R)>>| {
            thread.join().unwrap_or_else(|panic| resume_unwind(panic))
        };
        threads.into_iter().flat_map(join).collect()
    });
    done.sort_unstable_by_key(|(index, _)| *index);
    done.into_iter().map(|(_, result)| result).collect()
}
