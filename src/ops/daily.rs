//! The backup that the first session of a day makes, while the learner looks at the first card.

use crate::core::settings::Settings;
use crate::core::study_day::StudyDay;
use crate::env::Env;
use crate::failure::Failure;
use crate::failure::Kind;
use crate::ops::copies;
use crate::ops::copies::Most;
use crate::store::Fault;
use crate::store::StoreError;
use crate::store::copy_aside;
use std::path::Path;
use std::path::PathBuf;
use std::thread::JoinHandle;

/// The backup of a day.
#[derive(Default)]
pub(super) struct Daily {
    /// Whether it was looked for.
    is_begun: bool,
    work: Option<JoinHandle<Result<(), StoreError>>>,
    db: PathBuf,
}

impl Daily {
    /// Begins to make the backup of the day, where there is none yet and it is wanted. It is made in a thread of its own:
    /// nobody waits for it.
    pub(super) fn begin(&mut self, db: &Path, env: &Env, settings: &Settings) {
        if std::mem::replace(&mut self.is_begun, true) || !settings.backups {
            return;
        }
        let now = env.now();
        let today = StudyDay::of(now, settings.rollover);
        let is_made = copies::copies_of(db).is_ok_and(|copies| {
            copies.iter().any(|copy| {
                copy.is_daily() && copy.made.is_some_and(|made| StudyDay::of(made, settings.rollover) == today)
            })
        });
        if is_made {
            return;
        }
        self.db = db.to_owned();
        let (db, file) = (db.to_owned(), copies::daily_name(db, now));
        let most = Most { bytes: u64::from(settings.backups_mb) * 1_000_000, rollover: settings.rollover };
        self.work = Some(std::thread::spawn(move || {
            // Older ones go only once there is a new one that was looked at.
            if copy_aside(&db, &file)? {
                copies::prune_daily(&db, now, most);
                copies::prune_steps(&db, now);
            }
            Ok(())
        }));
    }

    /// Waits for it. Gives what kept it from being made.
    pub(super) fn end(&mut self) -> Option<String> {
        let error = self.work.take()?.join().unwrap_or_else(|_| Err(Fault::Abandoned.at(&self.db))).err()?;
        // Another window was faster by a moment.
        if error.fault.is_taken() {
            return None;
        }
        let failed = Failure::from(error);
        let what = failed.what.trim_start_matches("not saved: ");
        Some(if failed.kind == Kind::Data {
            format!("no backup was made today: {what}; the older ones stay. `lmq doctor` says more")
        } else {
            format!("no backup was made today: {what}")
        })
    }
}

impl Drop for Daily {
    fn drop(&mut self) {
        self.end();
    }
}
