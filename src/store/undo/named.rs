//! The entries of an action, and what an undo or a redo names.

use crate::core::action::Action;
use crate::core::action::ActionKind;
use crate::core::event::Span;
use crate::core::fact::ChainMark;
use crate::store::Context;
use crate::store::Fault;
use crate::store::columns::UNDONE;
use crate::store::columns::i64_of;
use crate::store::fork::meant;
use crate::store::log_out::action_with;
use crate::store::review_log::entry_of;
use rusqlite::Connection;
use rusqlite::OptionalExtension as _;

pub(super) fn range_of(context: &Context, span: Span) -> Option<(i64, i64)> {
    let first = context.reader.local(entry_of(span.action))?;
    Some((first, first + i64_of(span.entries) - 1))
}

/// The action that an undo names first, where it is here.
pub(super) fn undone_by(db: &Connection, context: &Context, range: (i64, i64)) -> Result<Option<Action>, Fault> {
    let named: Option<(i64, Option<[u8; 4]>)> = db
        .prepare_cached(&format!(
            "SELECT arg, hash FROM fact WHERE id BETWEEN ?1 AND ?2 AND kind = {UNDONE} ORDER BY id LIMIT 1"
        ))?
        .query_row(range, |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    let Some((named, mark)) = named else { return Ok(None) };
    match meant(db, &context.reader, named, mark.map(ChainMark))? {
        Some(named) => action_with(db, &context.reader, named),
        None => Ok(None),
    }
}

/// The action that a redo brings back: it names an undo, which names that.
pub(super) fn brought_back(db: &Connection, context: &Context, redo: &Action) -> Result<Option<Action>, Fault> {
    let mut action = None;
    let mut range = range_of(context, redo.span).filter(|_| redo.kind == ActionKind::Undo);
    // Twice: the undo, and what it took back.
    for _ in 0..2 {
        let Some(at) = range else { return Ok(None) };
        action = undone_by(db, context, at)?;
        range = action.as_ref().and_then(|action| range_of(context, action.span));
    }
    Ok(action)
}
