//! Many statements that see the database as it is at one moment, in one thread or two.

use crate::store::Fault;
use crate::store::Store;
use crate::store::behind;
use crate::store::behind::Caches;
use crate::store::chain;
use crate::store::columns;
use crate::store::meta;
use crate::store::read_devices;
use rusqlite::Connection;
use rusqlite::OpenFlags;
use rusqlite::Transaction;
use std::time::Duration;

impl Store {
    /// One look at the database for many statements: they see the same moment, and SQLite takes its locks once.
    pub(super) fn snapshot(&self) -> Result<Transaction<'_>, Fault> {
        self.snapshot_if(|caches| caches == Caches::Current).map(|(snapshot, _)| snapshot)
    }

    /// The same with caches that may be behind, where `suits` says so; and SQLite's mark of changes by others.
    pub(super) fn snapshot_if(&self, suits: impl FnOnce(Caches) -> bool) -> Result<(Transaction<'_>, i64), Fault> {
        let snapshot = self.db.unchecked_transaction()?;
        let mark = changes_by_others(&self.db)?;
        if suits(self.caches_at(mark)) {
            return Ok((snapshot, mark));
        }
        drop(snapshot);
        self.catch_up().ok();
        let snapshot = self.db.unchecked_transaction()?;
        let mark = changes_by_others(&self.db)?;
        Ok((snapshot, mark))
    }

    /// Does two things at once: `aside` in a second thread, `work` in this one. Statistics spend their time in long scans,
    /// which two threads can share.
    ///
    /// A connection belongs to one thread, so the second thread opens one of its own, which can only read. Both have to see
    /// the same state of the database: the second one compares the number of entries and the mark of the caches with what
    /// this one sees. If somebody wrote in between, or the second connection can't be opened, `aside` runs here after `work`.
    pub(super) fn in_parallel<A: Send, B>(
        &self,
        aside: impl Fn(&Connection) -> Result<A, Fault> + Sync,
        work: impl FnOnce() -> Result<B, Fault>,
    ) -> Result<(A, B), Fault> {
        let seen = entries(self.db())?;
        let path = self.path.as_path();
        let apart = &aside;
        let (beside, done) = std::thread::scope(|scope| {
            let beside = scope.spawn(move || -> Result<Option<A>, Fault> {
                let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
                let db = Connection::open_with_flags(path, flags)?;
                // A store that keeps all others out keeps this one out too, and would until the end of its patience.
                db.busy_timeout(Duration::ZERO)?;
                let snapshot = db.unchecked_transaction()?;
                if entries(&snapshot)? != seen {
                    return Ok(None);
                }
                apart(&snapshot).map(Some)
            });
            let done = work();
            (beside.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)), done)
        });
        let beside = match beside {
            Ok(Some(beside)) => beside,
            // The second connection only saves time: without it everything is read here.
            Ok(None) | Err(_) => aside(&self.db)?,
        };
        Ok((beside, done?))
    }
}

/// SQLite's mark that changes when another connection has committed something.
pub(super) fn changes_by_others(db: &Connection) -> Result<i64, Fault> {
    Ok(db.prepare_cached("PRAGMA data_version")?.query_row([], |row| row.get(0))?)
}

/// How many entries there are, and which of them the caches know.
fn entries(db: &Connection) -> Result<(i64, Option<String>), Fault> {
    let mut all = 0;
    for (device, _) in read_devices(db)? {
        all += columns::i64_of(chain::newest_sequence(db, device)?);
    }
    Ok((all, meta(db, behind::CACHED)?))
}
