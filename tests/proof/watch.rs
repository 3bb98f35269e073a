//! Ends the program where a case hangs, and names the case: nobody else would.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering;
use std::sync::mpsc;
use std::time::Duration;

/// The longest that a case may take, in seconds. The slowest ones take one.
const PATIENCE: u64 = 180;

/// Looks at cases while they run; stops looking when it goes.
pub(crate) struct Watch {
    seconds: Arc<AtomicU64>,
    /// The cases that run, each with the second in which it began.
    running: Arc<Mutex<BTreeMap<u64, u64>>>,
    _alive: mpsc::Sender<()>,
}

impl Watch {
    /// Over the cases of a part.
    pub(crate) fn over(part: String) -> Self {
        let (seconds, running) = (Arc::new(AtomicU64::new(0)), Arc::new(Mutex::new(BTreeMap::<u64, u64>::new())));
        let (alive, ended) = mpsc::channel::<()>();
        let (clock, seen) = (Arc::clone(&seconds), Arc::clone(&running));
        std::thread::spawn(move || {
            while ended.recv_timeout(Duration::from_secs(1)) == Err(mpsc::RecvTimeoutError::Timeout) {
                let now = clock.fetch_add(1, Ordering::Relaxed);
                let running = seen.lock().unwrap();
                if let Some((case, _)) = running.iter().find(|(_, since)| now > **since + PATIENCE) {
                    hung(&part, *case);
                }
            }
        });
        Self { seconds, running, _alive: alive }
    }

    /// Runs a case.
    pub(crate) fn case<T>(&self, number: u64, run: impl FnOnce() -> T) -> T {
        self.running.lock().unwrap().insert(number, self.seconds.load(Ordering::Relaxed));
        let done = run();
        self.running.lock().unwrap().remove(&number);
        done
    }
}

/// A thread that hangs can't be ended.
#[expect(clippy::exit, reason = "whoever waits for a case that hangs waits for ever")]
fn hung(part: &str, case: u64) -> ! {
    println!("FAILED {part} {case}: it hangs");
    std::process::exit(1);
}
