//! Breaks: announced, ended, looked at.

use crate::core::action::ActionKind;
use crate::core::action::Subject;
use crate::core::fact::Fact;
use crate::core::pause::Pause;
use crate::core::study_day::StudyDay;
use crate::failure::Failure;
use crate::store::Stamp;
use crate::store::Store;

/// The break that lasts on `today`.
///
/// # Errors
/// When the database can't be read.
pub fn current(store: &Store, today: StudyDay) -> Result<Option<Pause>, Failure> {
    Ok(store.pauses()?.on(today))
}

fn write(store: &mut Store, stamp: Stamp, fact: &Fact) -> Result<(), Failure> {
    store.write(stamp, ActionKind::Pause, Subject::None, |writer| writer.append_fact(fact, None))?;
    Ok(())
}

/// Announces a break from today on; one that lasts gets this end.
///
/// # Errors
/// When the day is not after today, or it can't be written.
pub fn pause(store: &mut Store, stamp: Stamp, until: StudyDay) -> Result<(), Failure> {
    if until <= stamp.today {
        return Err(Failure::usage(format!("{} is not after today", until.iso()))
            .hint("give the first day on which you want to review again"));
    }
    write(store, stamp, &Fact::Paused { until })
}

/// Ends the break that lasts; gives it, or nothing where there is none.
///
/// # Errors
/// When it can't be written.
pub fn resume(store: &mut Store, stamp: Stamp) -> Result<Option<Pause>, Failure> {
    let current = current(store, stamp.today)?;
    if current.is_some() {
        write(store, stamp, &Fact::Resumed)?;
    }
    Ok(current)
}
