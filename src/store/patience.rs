//! Waiting for another `lmq` that has the database.

use crate::store::Fault;
use crate::store::Trouble;
use std::time::Duration;

/// How long a command waits for another `lmq` that is writing.
/// Several first starts at once on a slow machine take some seconds, one after the other.
pub(super) const PATIENCE: Duration = Duration::from_secs(10);

/// How long it waits before it tries again where SQLite does not wait by itself.
const SHORT: Duration = Duration::from_millis(10);

/// Does what SQLite does not wait for by itself, whatever the busy timeout says, as soon as nobody is in the way.
pub(super) fn when_free(mut work: impl FnMut() -> Result<(), Fault>) -> Result<(), Fault> {
    let mut waited = Duration::ZERO;
    loop {
        match work() {
            Err(error) if error.trouble() == Trouble::Busy && waited < PATIENCE => {
                std::thread::sleep(SHORT);
                waited += SHORT;
            }
            done => return done,
        }
    }
}
