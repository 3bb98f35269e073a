//! Whether the clock can be right, by what was written last.

use crate::core::study_day::Timestamp;
use crate::env::Env;
use crate::failure::Failure;
use crate::store::Store;

/// Days without an answer after which the clock is worth a word.
const LONG_AGO_MS: i64 = 60 * 86_400_000;

/// By so much a clock may be behind what was written last: machines put theirs right by a little all the time.
const SLACK_MS: i64 = 60_000;

/// A word about the clock, where it is far from the newest thing that this device wrote, or before it: to be said, and asked
/// about, before the first answer.
///
/// # Errors
/// When the database can't be read.
pub fn clock_warning(store: &Store, env: &Env) -> Result<Option<String>, Failure> {
    let now = env.now();
    let newest = store.newest_own_instant()?;
    Ok(newest.and_then(|newest| {
        let date = Timestamp { unix_ms: newest, ..now }.to_rfc3339();
        let today = now.to_rfc3339();
        if newest > now.unix_ms + SLACK_MS {
            Some(format!(
                "The clock says {today}, but the newest entry of the log is later: {date}. Is the clock right?"
            ))
        } else if now.unix_ms - newest > LONG_AGO_MS {
            Some(format!("The newest entry of the log is from {date}, the clock says {today}. Is the clock right?"))
        } else {
            None
        }
    }))
}
