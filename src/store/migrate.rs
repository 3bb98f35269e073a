//! Bringing a database to the newest schema, or refusing it.

use crate::store::Fault;
use rusqlite::Connection;
use rusqlite::TransactionBehavior;
use std::path::Path;
use std::path::PathBuf;

/// `lmq3` in ASCII: tells our databases from other programs'.
pub(super) const APPLICATION_ID: i32 = 0x6c6d_7133;

/// `lmq1`, `lmq2`: databases of development versions, whose tables were cut otherwise. Nothing leads from them to the first
/// schema but an export of their history, by the program that made them.
const UNRELEASED_IDS: [i32; 2] = [0x6c6d_7131, 0x6c6d_7132];

/// Name and SQL of each.
type Migrations<'m> = &'m [(&'m str, &'m str)];

/// All migrations, oldest first; the schema's version is their number. A released one is never edited.
const MIGRATIONS: Migrations<'static> = &[("0001_log", include_str!("../../migrations/0001_log.sql"))];

/// The newest schema that migrations lead to.
fn newest(migrations: Migrations<'_>) -> i64 {
    i64::try_from(migrations.len()).unwrap_or(0)
}

/// An empty database with the newest schema, in memory: what others are compared with.
pub(super) fn fresh() -> Result<Connection, Fault> {
    let db = Connection::open_in_memory()?;
    make(&db)?;
    Ok(db)
}

/// Makes the newest schema in an empty database.
pub(super) fn make(db: &Connection) -> Result<(), Fault> {
    for (_, sql) in MIGRATIONS {
        db.execute_batch(sql)?;
    }
    Ok(())
}

/// What the bytes of a SQLite database begin with.
pub const SQLITE_MAGIC: &[u8; 16] = b"SQLite format 3\0";

/// Looks at the first bytes of a file without opening it as a database, so that what is refused stays untouched.
///
/// # Errors
/// When it is no database, one of another program, of a newer `lmq`, or of one before the first release.
pub(super) fn check_header(path: &Path, header: &[u8]) -> Result<(), Fault> {
    let number =
        |at: usize| header.get(at..at + 4).map_or(0, |b| b.iter().fold(0i64, |n, byte| n << 8 | i64::from(*byte)));
    if header.is_empty() {
        return Ok(());
    }
    if !header.starts_with(SQLITE_MAGIC) {
        return Err(Fault::NotADatabase(path.to_owned()));
    }
    // The offsets of user_version and application_id in SQLite's file format. A file whose first page is still in
    // the write-ahead log has zeros there and an empty list of tables (a leaf without cells, at offset 100); it is
    // asked again once it is open.
    let no_tables = header.get(100) == Some(&13) && header.get(103..105) == Some(&[0, 0]);
    let unwritten = number(68) == 0 && number(60) == 0 && no_tables;
    check_numbers(path, number(60), newest(MIGRATIONS), number(68), unwritten)?;
    // SQLite knows four of them, and writes none while there are no tables.
    if !unwritten && !(1..=4).contains(&number(44)) {
        return Err(Fault::Corrupt(format!("its header names the file format {}", number(44))));
    }
    Ok(())
}

/// Schemas that a newer lmq may be ahead.
const MOST_NEWER: i64 = 1000;

fn check_numbers(path: &Path, version: i64, known: i64, application: i64, unwritten: bool) -> Result<(), Fault> {
    if unwritten {
        return Ok(());
    }
    if UNRELEASED_IDS.iter().any(|id| application == i64::from(*id)) {
        return Err(Fault::Unreleased(path.to_owned()));
    }
    if application != i64::from(APPLICATION_ID) {
        return Err(Fault::OtherProgram(path.to_owned()));
    }
    // No version of lmq writes such a number: a bit of the header is another one than it was.
    if version < 1 || version - known > MOST_NEWER {
        return Err(Fault::Corrupt(format!("its header says that it has the schema {version}")));
    }
    if version > known {
        return Err(Fault::Newer { path: path.to_owned(), found: version, known });
    }
    Ok(())
}

/// Looks at an open database whose header said nothing yet, before the first pragma that would write to the file.
///
/// # Errors
/// When it holds tables that are not ours, or that this program can't use.
pub(super) fn check_before_use(db: &Connection, path: &Path) -> Result<(), Fault> {
    // In one statement: another first start may be making numbers and tables, at once, between any two.
    let (empty, version, application): (bool, i64, i64) = db.query_row(
        "SELECT NOT EXISTS (SELECT 1 FROM sqlite_schema), (SELECT user_version FROM pragma_user_version), \
         (SELECT application_id FROM pragma_application_id)",
        [],
        |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)),
    )?;
    check_numbers(path, version, newest(MIGRATIONS), application, empty && version == 0 && application == 0)
}

/// Whether an open database has the newest schema.
///
/// # Errors
/// When it holds tables that are not ours, or that this program can't use.
pub(super) fn is_newest(db: &Connection, path: &Path) -> Result<bool, Fault> {
    check_before_use(db, path)?;
    Ok(db.pragma_query_value(None, "user_version", |row| row.get::<_, i64>(0))? == newest(MIGRATIONS))
}

/// Migrates to the newest schema. `backup` is called first where there is something to lose.
///
/// # Errors
/// When the database is another program's or newer, when the backup fails, or a step does (all of it is rolled back).
pub(super) fn migrate(
    db: &mut Connection,
    path: &Path,
    backup: impl FnOnce(&Connection, i64) -> Result<PathBuf, Fault>,
) -> Result<Option<PathBuf>, Fault> {
    run(db, path, MIGRATIONS, backup)
}

fn run(
    db: &mut Connection,
    path: &Path,
    migrations: Migrations<'_>,
    backup: impl FnOnce(&Connection, i64) -> Result<PathBuf, Fault>,
) -> Result<Option<PathBuf>, Fault> {
    let known = newest(migrations);
    let pragma = |db: &Connection, name: &str| db.pragma_query_value(None, name, |row| row.get::<_, i64>(0));
    let version = pragma(db, "user_version")?;
    if version == known {
        check_numbers(path, version, known, pragma(db, "application_id")?, false)?;
        return Ok(None);
    }
    let tables: i64 = db.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
    check_numbers(path, version, known, pragma(db, "application_id")?, tables == 0 && version == 0)?;
    let kept = if tables > 0 { Some(backup(db, version)?) } else { None };
    // Foreign keys can only be switched off outside a transaction, and a step may have to rebuild a table.
    db.pragma_update(None, "foreign_keys", false)?;
    let tx = db.transaction_with_behavior(TransactionBehavior::Immediate)?;
    // Another process may have been faster: ask again under the lock.
    let version = pragma(&tx, "user_version")?;
    for (index, (_, sql)) in migrations.iter().enumerate().skip(usize::try_from(version).unwrap_or(0)) {
        tx.execute_batch(sql)?;
        tx.pragma_update(None, "user_version", i64::try_from(index + 1).unwrap_or(0))?;
    }
    tx.pragma_update(None, "application_id", APPLICATION_ID)?;
    let broken = tx.prepare("PRAGMA foreign_key_check")?.exists([])?;
    if broken {
        return Err(Fault::Corrupt("a migration left a reference to a row that is not there".to_owned()));
    }
    tx.commit()?;
    db.pragma_update(None, "foreign_keys", true)?;
    Ok(kept)
}

#[cfg(test)]
mod views;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::id::hash64;
    use crate::store::copy::Check;
    use crate::store::copy::copy_to;
    use std::fs;

    #[test]
    fn a_released_migration_is_never_edited() {
        let hashes: Vec<String> =
            MIGRATIONS.iter().map(|(name, sql)| format!("{name} {:016x}", hash64(sql.as_bytes()))).collect();
        // Once 0.1.0 is out these lines may only grow. Until then a change here is a change of the first schema.
        assert_eq!(hashes, ["0001_log 96dec0fb097dcd1a"]);
    }

    const ONE: (&str, &str) = (
        "0001_one",
        "CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT); CREATE TABLE card (id INTEGER PRIMARY KEY); \
         INSERT INTO card VALUES (7);",
    );
    const TWO: (&str, &str) = ("0002_two", "ALTER TABLE card ADD COLUMN note INTEGER REFERENCES card (id);");

    /// A database of the migrations `list`, opened.
    fn database(folder: &Path, list: Migrations<'_>) -> (PathBuf, Connection) {
        let path = folder.join("lmq.db");
        let mut db = Connection::open(&path).unwrap();
        crate::store::open::set_up(&db).unwrap();
        run(&mut db, &path, list, |_, _| panic!("nothing to lose in a new file")).unwrap();
        (path, db)
    }

    fn version(db: &Connection) -> i64 {
        db.pragma_query_value(None, "user_version", |row| row.get(0)).unwrap()
    }

    #[test]
    fn an_older_database_is_copied_before_it_is_migrated() {
        let folder = tempfile::tempdir().unwrap();
        let (path, mut db) = database(folder.path(), &[ONE]);
        let copy = folder.path().join("copy.db");
        let kept = run(&mut db, &path, &[ONE, TWO], |db, from| {
            assert_eq!((from, version(db)), (1, 1), "taken before the first step");
            copy_to(db, &copy, Check::All)?;
            Ok(copy.clone())
        });
        assert_eq!(kept.unwrap(), Some(copy.clone()));
        assert_eq!(version(&db), 2);
        assert_eq!(
            db.query_row("SELECT id, note FROM card", [], |row| Ok((row.get(0)?, row.get(1)?))),
            Ok((7, None::<i64>))
        );
        let copy = Connection::open(copy).unwrap();
        assert_eq!(version(&copy), 1, "the copy is as it was");
        assert_eq!(copy.query_row("SELECT id FROM card", [], |row| row.get::<_, i64>(0)), Ok(7));
        let again = run(&mut db, &path, &[ONE, TWO], |_, _| panic!("nothing to do the second time"));
        assert_eq!(again.unwrap(), None);
    }

    #[test]
    fn without_a_copy_nothing_is_migrated() {
        let folder = tempfile::tempdir().unwrap();
        let (path, mut db) = database(folder.path(), &[ONE]);
        let refused = run(&mut db, &path, &[ONE, TWO], |_, _| Err(Fault::Corrupt("no room".to_owned())));
        assert!(matches!(refused, Err(Fault::Corrupt(why)) if why == "no room"));
        assert_eq!(version(&db), 1);
        assert!(db.prepare("SELECT note FROM card").is_err());
    }

    #[test]
    fn a_step_that_fails_leaves_the_old_schema_and_all_data() {
        let bad = [
            ("0003_bad_sql", "DELETE FROM card; SELECT nothing FROM nowhere;"),
            ("0003_loose_end", "INSERT INTO card VALUES (8, 999);"),
        ];
        for bad in bad {
            let folder = tempfile::tempdir().unwrap();
            let (path, mut db) = database(folder.path(), &[ONE]);
            let failed = run(&mut db, &path, &[ONE, TWO, bad], |_, _| Ok(PathBuf::new()));
            assert!(failed.is_err(), "{}", bad.0);
            assert_eq!(version(&db), 1, "{}", bad.0);
            assert_eq!(db.query_row("SELECT group_concat(id) FROM card", [], |row| row.get(0)), Ok("7".to_owned()));
            assert!(db.prepare("SELECT note FROM card").is_err(), "no step of several stays");
        }
    }

    #[test]
    fn a_newer_schema_is_refused_also_where_only_the_write_ahead_log_has_it() {
        let folder = tempfile::tempdir().unwrap();
        let (path, db) = database(folder.path(), &[ONE, TWO]);
        // The main file still has zeros in its header: everything is in the log beside it.
        assert!(check_header(&path, &fs::read(&path).unwrap()).is_ok());
        let mut second = Connection::open(&path).unwrap();
        let refused = run(&mut second, &path, &[ONE], |_, _| panic!("no copy of what is not touched"));
        assert!(matches!(refused, Err(Fault::Newer { found: 2, known: 1, .. })));
        assert_eq!(version(&db), 2);
    }
    /// A database of a development version, its header where `in_log` says: in the file, or only in the log beside it.
    fn unreleased(path: &Path, in_log: bool) -> Connection {
        let db = Connection::open(path).unwrap();
        if in_log {
            db.pragma_update(None, "journal_mode", "wal").unwrap();
            db.pragma_update(None, "wal_autocheckpoint", 0).unwrap();
        }
        db.execute_batch("BEGIN; CREATE TABLE card (id INTEGER PRIMARY KEY); PRAGMA user_version = 1; COMMIT;")
            .unwrap();
        db.pragma_update(None, "application_id", UNRELEASED_IDS[1]).unwrap();
        db
    }

    #[test]
    fn a_database_of_a_version_before_the_first_release_is_refused_untouched() {
        let now = crate::core::study_day::Timestamp { unix_ms: 0, offset_min: 0 };
        let here = crate::store::Here::nameless(crate::core::id::DeviceId([1; 16]));
        for in_log in [false, true] {
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("lmq.db");
            let db = unreleased(&path, in_log);
            let files = || -> Vec<Vec<u8>> {
                let names = ["lmq.db", "lmq.db-wal"].map(|name| folder.path().join(name));
                names.iter().map(|name| fs::read(name).unwrap_or_default()).collect()
            };
            let before = files();
            assert_eq!(check_header(&path, before.first().unwrap()).is_ok(), in_log);
            for refused in [
                crate::store::Store::open(&path, here.clone(), now).err().map(|error| error.fault),
                crate::store::Store::look(&path).err().map(|error| error.fault),
                check_before_use(&db, &path).err(),
            ] {
                assert!(matches!(&refused, Some(Fault::Unreleased(which)) if *which == path), "{refused:?}");
            }
            assert_eq!(files(), before);
        }
    }
}
