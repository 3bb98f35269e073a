//! Keeps which note another name stands for.

use crate::core::id::NoteUid;
use crate::core::registers;
use crate::core::registers::Said;
use crate::store::Context;
use crate::store::Fault;
use crate::store::Writer;
use crate::store::facts::facts_of;
use rusqlite::Connection;

/// The note that another name stands for, if it counts.
pub(in crate::store) fn alias_of(db: &Connection, context: &Context, alias: i64) -> Result<Option<NoteUid>, Fault> {
    let facts = facts_of(db, &context.reader, alias)?;
    let said: Vec<Said<'_>> = facts.iter().map(|row| row.said(&context.voided)).collect();
    Ok(registers::alias(&said))
}

impl Writer<'_> {
    /// Makes again which note another name stands for.
    pub(in crate::store) fn refresh_alias(&mut self, alias: i64) -> Result<(), Fault> {
        let context = self.context()?;
        match alias_of(&self.tx, &context, alias)? {
            Some(note) => {
                let note = self.name_note(note)?;
                self.tx
                    .prepare_cached(
                        "INSERT INTO alias (alias, note) VALUES (?1, ?2) ON CONFLICT DO UPDATE SET note = ?2",
                    )?
                    .execute((alias, note))?;
            }
            None => {
                self.tx.prepare_cached("DELETE FROM alias WHERE alias = ?1")?.execute([alias])?;
            }
        }
        Ok(())
    }
}
