//! Files and folders that are followed live. Local to this database: paths are nobody else's business.

use crate::core::id::NoteUid;
use crate::store::Fault;
use crate::store::Store;
use crate::store::StoreError;
use crate::store::Writer;
use crate::store::set_meta;
use rusqlite::OptionalExtension as _;

/// A file or folder that is followed live.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceFile {
    /// Local number; 0 for one that is followed from now on.
    pub id: i64,
    /// Its path.
    pub path: String,
    /// The followed folder that it was found in.
    pub folder: Option<i64>,
    /// Whether it is a folder itself.
    pub is_folder: bool,
    /// How it is to be read, as its importer wrote it.
    pub options: String,
    /// Size when last read.
    pub size: Option<i64>,
    /// Modification time when last read.
    pub mtime_ms: Option<i64>,
    /// Hash of its bytes when last read.
    pub hash: Option<i64>,
    /// Whether the step that began to follow it still counts.
    pub followed: bool,
}

impl SourceFile {
    /// One that is followed from now on, of which nothing was read yet.
    #[must_use]
    pub fn new(path: String) -> Self {
        Self {
            id: 0,
            path,
            folder: None,
            is_folder: false,
            options: String::new(),
            size: None,
            mtime_ms: None,
            hash: None,
            followed: true,
        }
    }
}

impl Store {
    /// The files and folders that are followed live, and those that were until the step that began it was undone.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn sources(&self) -> Result<Vec<SourceFile>, StoreError> {
        self.attempt(|| {
            let mut statement = self.db().prepare_cached(
                "SELECT id, path, folder, is_folder, options, size, mtime_ms, hash, action FROM followed ORDER BY id",
            )?;
            if !statement.exists([])? {
                return Ok(Vec::new());
            }
            let context = self.context()?;
            let rows = statement.query_map([], |row| {
                let began: Option<i64> = row.get(8)?;
                let began = began.and_then(|id| context.reader.entry(id));
                Ok(SourceFile {
                    followed: began.is_none_or(|entry| !context.voided.has(entry)),
                    id: row.get(0)?,
                    path: row.get(1)?,
                    folder: row.get(2)?,
                    is_folder: row.get(3)?,
                    options: row.get(4)?,
                    size: row.get(5)?,
                    mtime_ms: row.get(6)?,
                    hash: row.get(7)?,
                })
            })?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }

    /// Follows a file or folder no more, nor what lies in the folder. Its notes stay.
    ///
    /// # Errors
    /// When it can't be written.
    pub fn unfollow(&self, source: i64) -> Result<(), StoreError> {
        self.attempt(|| Ok(self.db().execute("DELETE FROM followed WHERE id = ?1", [source]).map(drop)?))
    }

    /// Whether a note comes from that followed file.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn has_notes_of(&self, source: i64) -> Result<bool, StoreError> {
        self.attempt(|| {
            let mut any =
                self.db().prepare_cached("SELECT EXISTS (SELECT 1 FROM note_followed WHERE followed = ?1)")?;
            Ok(any.query_row([source], |row| row.get(0))?)
        })
    }

    /// The followed file that a note comes from, and its key there; nothing where it comes from none.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn file_of_note(&self, note: NoteUid) -> Result<Option<(SourceFile, Option<String>)>, StoreError> {
        self.attempt(|| {
            let mut statement = self.db().prepare_cached(
                "SELECT f.followed, n.key FROM note_name u JOIN note n ON n.id = u.id JOIN note_followed f ON f.note = n.id \
                 WHERE u.uid = ?1",
            )?;
            let found = statement.query_row([note.0], |row| Ok((row.get::<_, i64>(0)?, row.get(1)?))).optional()?;
            let Some((source, key)) = found else { return Ok(None) };
            let mut files = self.sources()?.into_iter().filter(|file| file.followed && !file.is_folder);
            Ok(files.find(|file| file.id == source).map(|file| (file, key)))
        })
    }
}

/// The name in `meta` of what is to begin again with an edit of a followed file.
const RESTARTS: &str = "restarts";

impl Store {
    /// Notes which cards are to begin again with an edit whose files are about to be written.
    ///
    /// # Errors
    /// When it can't be written.
    pub fn note_restarts(&self, cards: &str) -> Result<(), StoreError> {
        self.attempt(|| set_meta(self.db(), RESTARTS, cards))
    }

    /// What [`Store::note_restarts`] noted of an edit that was not saved yet.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn noted_restarts(&self) -> Result<Option<String>, StoreError> {
        self.attempt(|| self.meta(RESTARTS))
    }
}

impl Writer<'_> {
    /// Forgets what was noted, if it is still that: the edit is saved, or was never made.
    ///
    /// # Errors
    /// When it can't be written.
    pub fn forget_restarts(&self, cards: &str) -> Result<bool, Fault> {
        Ok(self.tx.execute("DELETE FROM meta WHERE name = ?1 AND value = ?2", [RESTARTS, cards])? > 0)
    }

    /// Remembers a file or folder that is followed live.
    ///
    /// # Errors
    /// When it can't be written.
    pub fn follow(&mut self, file: &SourceFile) -> Result<i64, Fault> {
        // It counts as followed as long as the action that began it does: not after that was undone.
        let begins = file.id == 0;
        Ok(self.tx.query_row(
            "INSERT INTO followed (path, folder, is_folder, options, size, mtime_ms, hash, action) \
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) ON CONFLICT (path) DO UPDATE SET folder = excluded.folder, \
             is_folder = excluded.is_folder, options = excluded.options, size = excluded.size, \
             mtime_ms = excluded.mtime_ms, hash = excluded.hash, action = iif(?9, excluded.action, action) RETURNING id",
            rusqlite::params![
                file.path,
                file.folder,
                file.is_folder,
                file.options,
                file.size,
                file.mtime_ms,
                file.hash,
                begins.then(|| self.local_action()),
                begins,
            ],
            |row| row.get(0),
        )?)
    }

    /// An action that wrote nothing but what is followed has no name, and can't be undone by one.
    pub(super) fn forget_unwritten_action(&self) -> Result<(), Fault> {
        self.tx
            .prepare_cached("UPDATE followed SET action = NULL WHERE action = ?1")?
            .execute([self.local_action()])?;
        Ok(())
    }
}
