//! Reads rows that are requested at the same time with one statement.
//!
//! A statement on PostgreSQL costs both sides far more than the rows it returns. So requests for a
//! row are queued, and one thread reads up to 256 of them with one statement. It never waits for a
//! batch to fill: a request that finds it idle is read alone. More threads would make more and
//! smaller statements. docs/performance.md has the processor time of a request.

use std::{
    sync::mpsc::{self, Receiver, SyncSender},
    thread,
};

use futures_channel::oneshot;
use rollcall_domain::StoreError;

/// How many rows one statement asks for at most.
const MAX_ROWS: usize = 256;

/// The length of the queue; further requests are refused at once.
const MAX_WAITING: usize = 4096;

/// Reads the values of keys, in their order.
type Read<K, V> = dyn Fn(&[K]) -> Result<Vec<Option<V>>, StoreError>;

/// A handle of the queue. The reading thread ends with the last clone.
pub(crate) struct ReadBatches<K, V> {
    line: SyncSender<QueuedRead<K, V>>,
}

/// A request for the value of a key.
struct QueuedRead<K, V> {
    key: K,
    answer: oneshot::Sender<Result<Option<V>, StoreError>>,
}

impl<K: Send + 'static, V: Clone + Send + 'static> ReadBatches<K, V> {
    /// Starts the reading thread.
    pub(crate) fn start(
        read: impl Fn(&[K]) -> Result<Vec<Option<V>>, StoreError> + Send + 'static,
    ) -> Self {
        let (line, front) = mpsc::sync_channel(MAX_WAITING);
        thread::spawn(move || {
            while let Some(batch) = next(&front) {
                serve(batch, &read);
            }
        });
        Self { line }
    }

    /// The value of `key`, read at some time after this call.
    pub(crate) fn get(
        &self,
        key: K,
    ) -> impl Future<Output = Result<Option<V>, StoreError>> + Send + use<K, V> {
        let (answer, answered) = oneshot::channel();
        // If the queue is full, the request and its sender are dropped, so `answered` fails.
        let _ = self.line.try_send(QueuedRead { key, answer });
        async move {
            let refused = |_| Err(StoreError::Unavailable("too many wait for rows".into()));
            answered.await.unwrap_or_else(refused)
        }
    }
}

impl<K, V> Clone for ReadBatches<K, V> {
    fn clone(&self) -> Self {
        Self { line: self.line.clone() }
    }
}

/// Waits for a request and takes the whole queue; none once all handles are dropped.
fn next<K, V>(front: &Receiver<QueuedRead<K, V>>) -> Option<Vec<QueuedRead<K, V>>> {
    let mut batch = vec![front.recv().ok()?];
    batch.extend(front.try_iter().take(MAX_ROWS - 1));
    Some(batch)
}

fn serve<K, V: Clone>(mut batch: Vec<QueuedRead<K, V>>, read: &Read<K, V>) {
    // A request whose caller has gone needs no read.
    batch.retain(|waiting| !waiting.answer.is_canceled());
    if batch.is_empty() {
        return;
    }
    let (keys, answers): (Vec<_>, Vec<_>) =
        batch.into_iter().map(|waiting| (waiting.key, waiting.answer)).unzip();
    match read(&keys) {
        Ok(values) => {
            for (answer, value) in answers.into_iter().zip(values) {
                let _ = answer.send(Ok(value));
            }
        }
        Err(StoreError::Unavailable(reason)) => {
            let reason = reason.to_string();
            for answer in answers {
                let _ = answer.send(Err(StoreError::Unavailable(reason.clone().into())));
            }
        }
        // One damaged row must not fail the whole batch.
        Err(StoreError::Internal(_)) => {
            for (key, answer) in keys.into_iter().zip(answers) {
                let value = read(&[key]).map(|mut values| values.pop().flatten());
                let _ = answer.send(value);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::ReadBatches;
    use futures_executor::block_on;
    use futures_util::future::join_all;
    use rollcall_domain::StoreError;
    use std::sync::mpsc;

    #[test]
    fn requests_that_queue_during_a_read_are_read_together() {
        let (begun, begins) = mpsc::channel();
        let (go_on, goes_on) = mpsc::channel::<()>();
        let batches = ReadBatches::start(move |keys: &[u32]| {
            begun.send(keys.len()).unwrap();
            let _ = goes_on.recv();
            Ok(keys.iter().map(|key| (*key != 7).then_some(key * 2)).collect())
        });
        let mut asked = vec![batches.get(0)];
        assert_eq!(begins.recv(), Ok(1));
        asked.extend((1..=10).map(|key| batches.get(key)));
        // Dropped before the thread takes the request.
        drop(batches.get(11));
        drop(go_on);
        let answers = block_on(join_all(asked));
        assert_eq!((answers.len(), begins.recv()), (11, Ok(10)));
        for (key, answer) in (0..=10).zip(&answers) {
            assert_eq!(answer.as_ref().unwrap(), &(key != 7).then_some(key * 2));
        }
    }

    #[test]
    fn a_damaged_row_fails_alone_but_an_outage_fails_the_batch() {
        let batches = ReadBatches::start(|keys: &[u32]| match keys {
            _ if keys.contains(&0) => Err(StoreError::Unavailable("away".into())),
            _ if keys.contains(&7) => Err(StoreError::Internal("damaged".into())),
            _ => Ok(keys.iter().map(|key| Some(*key)).collect()),
        });
        let answers = block_on(join_all((1..=10).map(|key| batches.get(key))));
        for (key, answer) in (1..=10).zip(answers) {
            match answer {
                Ok(found) => assert_eq!((found, key == 7), (Some(key), false)),
                Err(error) => assert!(key == 7 && matches!(error, StoreError::Internal(_))),
            }
        }
        let answers = block_on(join_all([0; 10].map(|key| batches.get(key))));
        assert!(answers.iter().all(|answer| matches!(answer, Err(StoreError::Unavailable(_)))));
    }

    #[test]
    fn the_thread_ends_with_the_last_who_could_ask() {
        let (alive, dead) = mpsc::channel::<()>();
        let batches = ReadBatches::start(move |keys: &[u32]| {
            let _alive = &alive;
            Ok(vec![None::<u32>; keys.len()])
        });
        assert_eq!(block_on(batches.get(1)).unwrap(), None);
        drop(batches);
        dead.recv().unwrap_err();
    }
}
