//! Bringing a database to the newest schema, or refusing it.

use crate::store::StoreError;
use rusqlite::Connection;
use rusqlite::TransactionBehavior;
use std::path::Path;
use std::path::PathBuf;

/// `lmq1` in ASCII: tells our databases from other programs'.
pub(super) const APPLICATION_ID: i32 = 0x6c6d_7131;

/// All migrations, oldest first; the schema's version is their number. A released one is never edited.
pub(super) const MIGRATIONS: &[(&str, &str)] =
    &[("0001_review_log", include_str!("../../migrations/0001_review_log.sql"))];

/// The newest schema that this program knows.
pub(super) fn newest() -> i64 {
    i64::try_from(MIGRATIONS.len()).unwrap_or(0)
}

/// Looks at the first hundred bytes of a file without opening it as a database, so that what is refused stays untouched.
///
/// # Errors
/// When it is no database, one of another program, or one of a newer `lmq`.
pub(super) fn check_header(path: &Path, header: &[u8]) -> Result<(), StoreError> {
    let number =
        |at: usize| header.get(at..at + 4).map_or(0, |b| b.iter().fold(0i64, |n, byte| n << 8 | i64::from(*byte)));
    if header.is_empty() {
        return Ok(());
    }
    if !header.starts_with(b"SQLite format 3\0") {
        return Err(StoreError::NotADatabase(path.to_owned()));
    }
    // The offsets of user_version and application_id in SQLite's file format. A file whose first page is still in
    // the write-ahead log has zeros there; it is asked again once it is open.
    check_numbers(path, number(60), number(68), header.len() >= 100 && number(68) == 0 && number(60) == 0)
}

fn check_numbers(path: &Path, version: i64, application: i64, unwritten: bool) -> Result<(), StoreError> {
    if unwritten {
        return Ok(());
    }
    if application != i64::from(APPLICATION_ID) {
        return Err(StoreError::OtherProgram(path.to_owned()));
    }
    if version > newest() {
        return Err(StoreError::Newer { path: path.to_owned(), found: version, known: newest() });
    }
    Ok(())
}

/// Looks at an open database whose header said nothing yet, before the first pragma that would write to the file.
///
/// # Errors
/// When it holds tables that are not ours.
pub(super) fn check_before_use(db: &Connection, path: &Path) -> Result<(), StoreError> {
    let pragma = |name: &str| db.pragma_query_value(None, name, |row| row.get::<_, i64>(0));
    let (version, application) = (pragma("user_version")?, pragma("application_id")?);
    let empty: bool = db.query_row("SELECT NOT EXISTS (SELECT 1 FROM sqlite_schema)", [], |row| row.get(0))?;
    check_numbers(path, version, application, empty && version == 0 && application == 0)
}

/// Migrates to the newest schema. `backup` is called first where there is something to lose.
///
/// # Errors
/// When the database is another program's or newer, when the backup fails, or a step does (all of it is rolled back).
pub(super) fn migrate(
    db: &mut Connection,
    path: &Path,
    backup: impl FnOnce(&Connection, i64) -> Result<PathBuf, StoreError>,
) -> Result<Option<PathBuf>, StoreError> {
    let pragma = |db: &Connection, name: &str| db.pragma_query_value(None, name, |row| row.get::<_, i64>(0));
    let version = pragma(db, "user_version")?;
    if version == newest() {
        check_numbers(path, version, pragma(db, "application_id")?, false)?;
        return Ok(None);
    }
    let tables: i64 = db.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
    check_numbers(path, version, pragma(db, "application_id")?, tables == 0 && version == 0)?;
    let kept = if tables > 0 { Some(backup(db, version)?) } else { None };
    // Foreign keys can only be switched off outside a transaction, and a step may have to rebuild a table.
    db.pragma_update(None, "foreign_keys", false)?;
    let tx = db.transaction_with_behavior(TransactionBehavior::Immediate)?;
    // Another process may have been faster: ask again under the lock.
    let version = pragma(&tx, "user_version")?;
    for (index, (_, sql)) in MIGRATIONS.iter().enumerate().skip(usize::try_from(version).unwrap_or(0)) {
        tx.execute_batch(sql)?;
        tx.pragma_update(None, "user_version", i64::try_from(index + 1).unwrap_or(0))?;
    }
    tx.pragma_update(None, "application_id", APPLICATION_ID)?;
    let broken = tx.prepare("PRAGMA foreign_key_check")?.exists([])?;
    if broken {
        return Err(StoreError::Corrupt("a migration left a reference to a row that is not there".to_owned()));
    }
    tx.commit()?;
    db.pragma_update(None, "foreign_keys", true)?;
    Ok(kept)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::id::hash64;

    #[test]
    fn a_released_migration_is_never_edited() {
        let hashes: Vec<String> =
            MIGRATIONS.iter().map(|(name, sql)| format!("{name} {:016x}", hash64(sql.as_bytes()))).collect();
        // Once 0.1.0 is out these lines may only grow. Until then a change here is a change of the first schema.
        assert_eq!(hashes, ["0001_review_log 7444e875437977bf"]);
    }
}
