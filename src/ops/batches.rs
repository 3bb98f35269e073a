//! Items on their way from the thread that makes them to the one that takes them, in batches.
//!
//! A batch goes back where it came from when it is used: memory that one thread takes and another gives back makes the two
//! wait for each other, and would cost more than the second thread brings.

use std::sync::mpsc;

/// Items that go together, fewer where they are long, and how many such batches may wait.
const BATCH: usize = 256;
const BATCH_BYTES: usize = 1 << 18;
const BATCHES_AHEAD: usize = 8;

/// Nobody takes the items any more.
pub(super) struct Gone;

/// The end that items are given to.
pub(super) struct Giver<T> {
    batches: mpsc::SyncSender<Vec<T>>,
    used: mpsc::Receiver<Vec<T>>,
    free: Vec<Vec<T>>,
    /// Batches that did not come back yet.
    away: usize,
    batch: Vec<T>,
    bytes: usize,
}

/// The end that items are taken from.
pub(super) struct Taker<T> {
    batches: mpsc::Receiver<Vec<T>>,
    back: mpsc::Sender<Vec<T>>,
}

/// Both ends.
pub(super) fn channel<T>() -> (Giver<T>, Taker<T>) {
    let (sender, batches) = mpsc::sync_channel(BATCHES_AHEAD);
    let (back, used) = mpsc::channel();
    let batch = Vec::with_capacity(BATCH);
    (Giver { batches: sender, used, free: Vec::new(), away: 0, batch, bytes: 0 }, Taker { batches, back })
}

impl<T> Giver<T> {
    /// Gives an item with about so many bytes of text.
    pub(super) fn give(&mut self, item: T, bytes: usize) -> Result<(), Gone> {
        self.bytes += bytes;
        self.batch.push(item);
        if self.batch.len() < BATCH && self.bytes < BATCH_BYTES {
            return Ok(());
        }
        self.send()
    }

    /// Whether items wait for the other side: work that either side can do is then done here.
    pub(super) fn is_ahead(&self) -> bool {
        self.away > BATCHES_AHEAD / 2
    }

    /// Gives what is left.
    pub(super) fn finish(mut self) -> Result<(), Gone> {
        self.send()
    }

    fn send(&mut self) -> Result<(), Gone> {
        self.bytes = 0;
        let before = self.free.len();
        self.free.extend(self.used.try_iter());
        self.away = self.away + 1 - (self.free.len() - before);
        let mut next = self.free.pop().unwrap_or_else(|| Vec::with_capacity(BATCH));
        next.clear();
        self.batches.send(std::mem::replace(&mut self.batch, next)).map_err(|_| Gone)
    }
}

impl<T> Taker<T> {
    /// Takes all items; `begins` hears of each batch. Where `take` fails the other side hears that nobody takes them any
    /// more.
    pub(super) fn each<E>(self, mut begins: impl FnMut(), mut take: impl FnMut(&T) -> Result<(), E>) -> Result<(), E> {
        for batch in self.batches {
            begins();
            batch.iter().try_for_each(&mut take)?;
            // The other side may have ended: then the batch ends here.
            self.back.send(batch).ok();
        }
        Ok(())
    }
}
