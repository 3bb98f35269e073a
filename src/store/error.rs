//! What can go wrong with the database.

use crate::core::study_day::Timestamp;
use rusqlite::ffi;
use std::io::ErrorKind;
use std::path::Path;
use std::path::PathBuf;

/// What went wrong, and with which database.
#[derive(Debug, thiserror::Error)]
#[error("{fault}")]
pub struct StoreError {
    /// The database.
    pub path: PathBuf,
    /// What went wrong with it.
    pub fault: Fault,
}

/// What went wrong with a database, for code that does not know where the database lies.
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    /// SQLite's own words.
    #[error(transparent)]
    Sqlite(#[from] rusqlite::Error),
    /// The file system refused something.
    #[error("`{}`", .path.display())]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The file is no database.
    #[error("`{}` is not a database", .0.display())]
    NotADatabase(PathBuf),
    /// The file is another program's database.
    #[error("`{}` is the database of another program", .0.display())]
    OtherProgram(PathBuf),
    /// The file is from a newer `lmq`.
    #[error("`{}` was written by a newer lmq (schema {found}, this one knows {known})", .path.display())]
    Newer {
        /// The file.
        path: PathBuf,
        /// Its schema.
        found: i64,
        /// Ours.
        known: i64,
    },
    /// Something in it can't be.
    #[error("{0}")]
    Corrupt(String),
    /// A card was answered elsewhere since the writer looked.
    #[error("the card was answered elsewhere in the meantime")]
    Stale,
    /// At the database's path is another file now, or none: what was written would be found by nobody.
    #[error("another file has taken the place of the database")]
    Replaced,
    /// A write-ahead log without the database that it belongs to.
    #[error("`{}` is there without its database", .0.display())]
    LoneLog(PathBuf),
    /// Where a database is to be put lies the log of another one.
    #[error("`{}` is the log of another database", .0.display())]
    Beside(PathBuf),
    /// Given up on purpose by whoever was writing or reading: nothing of it is left.
    #[error("given up")]
    Abandoned,
    /// A card that is not there.
    #[error("no such card")]
    NoCard,
    /// The clock is so far ahead that no other device would take what is written now.
    #[error("the clock says {}", .0.to_rfc3339())]
    Clock(Timestamp),
    /// A suspended card can't be answered.
    #[error("the card is suspended")]
    Suspended,
    /// Something in a segment of another log that can't be; nothing of it was taken.
    #[error("{0}")]
    Refused(String),
    /// A database of a development version before the first release.
    #[error("`{}` was made by a version of lmq before its first release", .0.display())]
    Unreleased(PathBuf),
}

/// One look at a database is often part of another look at the same one, which names the file again.
impl From<StoreError> for Fault {
    fn from(error: StoreError) -> Self {
        error.fault
    }
}

/// SQLite's codes for a disk that could not be read.
const UNREAD: [i32; 3] = [ffi::SQLITE_IOERR_READ, ffi::SQLITE_IOERR_SHORT_READ, ffi::SQLITE_IOERR_CORRUPTFS];

/// What SQLite says, without a code of its own, of values that no version of lmq writes.
const IMPOSSIBLE: [&str; 3] = ["malformed JSON", "integer overflow", "unsupported file format"];

impl Fault {
    /// The fault of the database at `path`.
    #[must_use]
    pub fn at(self, path: &Path) -> StoreError {
        StoreError { path: path.to_owned(), fault: self }
    }

    /// SQLite's primary result code, where it was SQLite that failed.
    #[must_use]
    pub fn trouble(&self) -> Trouble {
        match self {
            Self::Sqlite(rusqlite::Error::SqliteFailure(_, Some(words))) if IMPOSSIBLE.contains(&words.as_str()) => {
                Trouble::Damaged
            }
            Self::Sqlite(rusqlite::Error::SqliteFailure(error, _)) => match error.code {
                _ if error.extended_code == ffi::SQLITE_CONSTRAINT_DATATYPE => Trouble::Damaged,
                rusqlite::ErrorCode::DatabaseBusy | rusqlite::ErrorCode::DatabaseLocked => Trouble::Busy,
                rusqlite::ErrorCode::DiskFull => Trouble::Full,
                rusqlite::ErrorCode::ReadOnly | rusqlite::ErrorCode::PermissionDenied => Trouble::ReadOnly,
                rusqlite::ErrorCode::CannotOpen => Trouble::CannotOpen,
                rusqlite::ErrorCode::DatabaseCorrupt | rusqlite::ErrorCode::NotADatabase => Trouble::Damaged,
                rusqlite::ErrorCode::SystemIoFailure if UNREAD.contains(&error.extended_code) => Trouble::Unread,
                rusqlite::ErrorCode::SystemIoFailure => Trouble::Disk,
                _ => Trouble::Other,
            },
            // Rows that no version writes: somebody, or a disk, changed them.
            Self::Corrupt(_)
            | Self::Sqlite(
                rusqlite::Error::QueryReturnedNoRows
                | rusqlite::Error::IntegralValueOutOfRange(..)
                | rusqlite::Error::InvalidColumnType(..)
                | rusqlite::Error::FromSqlConversionFailure(..)
                | rusqlite::Error::Utf8Error(..),
            ) => Trouble::Damaged,
            Self::Sqlite(_)
            | Self::Io { .. }
            | Self::NotADatabase(_)
            | Self::OtherProgram(_)
            | Self::Newer { .. }
            | Self::Stale
            | Self::Replaced
            | Self::LoneLog(_)
            | Self::Beside(_)
            | Self::Abandoned
            | Self::NoCard
            | Self::Clock(_)
            | Self::Suspended
            | Self::Refused(_)
            | Self::Unreleased(_) => Trouble::Other,
        }
    }

    /// Whether there is a file already where one was to be made.
    #[must_use]
    pub fn is_taken(&self) -> bool {
        matches!(self, Self::Io { source, .. } if source.kind() == ErrorKind::AlreadyExists)
    }

    /// What is damaged, in words.
    ///
    /// # Errors
    /// Itself, where it says something else.
    pub fn damage(self) -> Result<String, Self> {
        match (self.trouble(), self) {
            (Trouble::Damaged, Self::Corrupt(what)) => Ok(what),
            (Trouble::Damaged, Self::Sqlite(error)) => Ok(format!("a row can't be read: {error}")),
            (_, error) => Err(error),
        }
    }
}

/// The kinds of failure that a person can do something about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trouble {
    /// Another program is writing.
    Busy,
    /// No space left.
    Full,
    /// May not be written.
    ReadOnly,
    /// May not be opened.
    CannotOpen,
    /// The file is damaged.
    Damaged,
    /// The disk did not give what is on it. That may pass.
    Unread,
    /// The disk failed.
    Disk,
    /// None of these.
    Other,
}

impl Trouble {
    /// Whether the database can't be written, or not now, while what is in it may well be read.
    #[must_use]
    pub fn is_of_writing(self) -> bool {
        match self {
            Self::Full | Self::ReadOnly | Self::CannotOpen | Self::Disk => true,
            Self::Busy | Self::Damaged | Self::Unread | Self::Other => false,
        }
    }
}

#[cfg(test)]
mod tests;
