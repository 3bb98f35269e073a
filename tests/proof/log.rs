//! What a database holds, by the library: a start as any other, a look at all of it, and its log.

use crate::home::NOW;
use lmq::core::event::EventKind;
use lmq::core::id::DeviceId;
use lmq::core::log::Entry;
use lmq::core::log::LogRecord;
use lmq::core::settings::Settings;
use lmq::core::study_day::Timestamp;
use lmq::env::Env;
use lmq::ops;
use lmq::store::Here;
use lmq::store::Store;
use std::path::Path;

/// Each entry with all that it says, and whether it is an answer.
pub(crate) type Log = Vec<(String, bool)>;

/// Whether a log is that of a sitting that began with `before` entries: it has all answers that were acknowledged, and at most
/// one more, which was committed and not yet said.
pub(crate) fn has_answers(log: &Log, before: usize, acknowledged: usize) -> Result<(), String> {
    let new = log.get(before..).ok_or("what was there before is not there any more")?;
    if !new.iter().all(|(_, is_answer)| *is_answer) {
        return Err(format!("there is more than answers: {new:?}"));
    }
    match new.len() {
        there if there == acknowledged || there == acknowledged + 1 => Ok(()),
        there => Err(format!("{acknowledged} answers were acknowledged, {there} are there")),
    }
}

fn env() -> Env {
    let mut env = Env::from_process();
    env.fix_now(Timestamp::from_rfc3339(NOW).unwrap());
    env
}

/// Opens the database as any start does, and looks at all of it: gives its log.
pub(crate) fn log_of(db: &Path) -> Result<Log, String> {
    let env = env();
    // What devices know of themselves lies beside the database here, and not in this machine's own folder.
    let state_folder = db.parent().map(|folder| folder.join("xdg/lmq"));
    let here = Here { state_folder, ..Here::nameless(DeviceId([7; 16])) };
    ops::settle(db).map_err(|failure| format!("settle: {failure}"))?;
    let mut store = Store::open(db, here, env.now()).map_err(|error| format!("open: {error}"))?;
    let found =
        store.doctor(ops::stamp(&env, &Settings::default()), false).map_err(|error| format!("doctor: {error}"))?;
    if !found.is_empty() {
        return Err(format!("doctor: {found:?}"));
    }
    let mut log = Log::new();
    store
        .log(&mut |record| {
            if let LogRecord::Entry(entry, text) = record {
                let is_answer =
                    matches!(&entry, Entry::Event(event) if matches!(event.kind, EventKind::Answered { .. }));
                log.push((format!("{entry:?} {text:?}"), is_answer));
            }
            Ok(())
        })
        .map_err(|error| format!("log: {error}"))?;
    Ok(log)
}
