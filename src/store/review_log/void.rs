//! Which actions are void, because an undo names them.

use crate::core::event::Span;
use crate::core::fact::ChainMark;
use crate::core::replay::Undo;
use crate::core::replay::Voided;
use crate::core::units::Hlc;
use crate::store::Fault;
use crate::store::columns::UNDONE;
use crate::store::columns::u64_of;
use crate::store::review_log::Reader;
use crate::store::review_log::action_of;
use crate::store::review_log::entry_of;
use rusqlite::Connection;
use rusqlite::OptionalExtension as _;

/// Whether an entry is part of an action that began before it.
fn is_inside_an_action(db: &Connection, id: i64) -> Result<bool, Fault> {
    let before: Option<(i64, i64)> = db
        .prepare_cached("SELECT id, entries FROM action WHERE id <= ?1 ORDER BY id DESC LIMIT 1")?
        .query_row([id], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    Ok(before.is_some_and(|(first, entries)| first < id && id < first + entries))
}

/// How many entries an action has: one where it has no row.
pub(in crate::store) fn entries_in(db: &Connection, id: i64) -> Result<u64, Fault> {
    let known: Option<i64> =
        db.prepare_cached("SELECT entries FROM action WHERE id = ?1")?.query_row([id], |row| row.get(0)).optional()?;
    Ok(known.map_or(1, u64_of))
}

/// What the undone-facts say.
pub(in crate::store) fn voided(db: &Connection, reader: &Reader) -> Result<Voided, Fault> {
    let mut statement = db.prepare_cached(&format!(
        "SELECT f.id, f.arg, a.id, a.entries, a.hlc, f.hash FROM fact f \
         LEFT JOIN action a ON a.id = (SELECT max(id) FROM action WHERE id <= f.id) WHERE f.subject = 0 AND f.kind = {UNDONE}"
    ))?;
    let mut rows = statement.query([])?;
    let mut undos = Vec::new();
    while let Some(row) = rows.next()? {
        let id: i64 = row.get(0)?;
        let (first, entries, hlc) =
            match reader.pending.get().filter(|(first, _)| id >= *first && first >> 32 == id >> 32) {
                // Of the action that is being written nobody knows yet how long it will be.
                Some((first, hlc)) => (Some(first), u64::from(u32::MAX), hlc),
                None => (
                    row.get(2)?,
                    u64_of(row.get::<_, Option<i64>>(3)?.unwrap_or(0)),
                    row.get::<_, Option<i64>>(4)?.unwrap_or(0),
                ),
            };
        let mark = row.get::<_, Option<[u8; 4]>>(5)?.map(ChainMark);
        let Some(named) = crate::store::fork::meant(db, reader, row.get(1)?, mark)? else { continue };
        // An undo of anything but a whole action, which no program writes, acts on nothing.
        if is_inside_an_action(db, named)? {
            continue;
        }
        let (Some(by), Some(named), Some(action)) =
            (reader.entry(id), reader.entry(named), first.and_then(|first| reader.entry(first)))
        else {
            continue;
        };
        let span = Span { action: action_of(action), entries };
        undos.push(Undo { by, hlc: Hlc(hlc), span, names: action_of(named) });
    }
    if undos.is_empty() {
        return Ok(Voided::default());
    }
    let mut failed = None;
    let voided = Voided::of(undos, |action| {
        let Some(id) = reader.local(entry_of(action)) else { return 1 };
        entries_in(db, id).unwrap_or_else(|error| {
            failed = Some(error);
            1
        })
    });
    failed.map_or(Ok(voided), Err)
}

/// Void entries by their local ids: for passes over many rows.
#[derive(Debug, Clone, Default)]
pub(in crate::store) struct VoidIds(Vec<(i64, i64)>);

impl VoidIds {
    /// Whether the entry of that id no longer counts.
    pub(in crate::store) fn has(&self, id: i64) -> bool {
        let after = self.0.partition_point(|(first, _)| *first <= id);
        after.checked_sub(1).and_then(|place| self.0.get(place)).is_some_and(|(_, last)| id <= *last)
    }

    pub(in crate::store) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// The void entries of `voided` by their local ids.
pub(in crate::store) fn void_ids(reader: &Reader, voided: &Voided) -> VoidIds {
    let mut ranges: Vec<(i64, i64)> = voided
        .spans()
        .filter_map(|span| {
            let first = reader.local(entry_of(span.action))?;
            Some((first, first + i64::try_from(span.entries).unwrap_or(1) - 1))
        })
        .collect();
    ranges.sort_unstable();
    VoidIds(ranges)
}
