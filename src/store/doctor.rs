//! Looking whether everything that can be derived equals what is kept, and making it again.

use crate::core::event::Event;
use crate::core::id::CardId;
use crate::core::id::NoteUid;
use crate::core::replay::fold;
use crate::store::Stamp;
use crate::store::Store;
use crate::store::StoreError;
use crate::store::Writer;
use crate::store::card_state::CardRow;
use crate::store::columns::CHECKED;
use crate::store::review_log::Reader;
use crate::store::review_log::events_of;
use crate::store::review_log::voided;
use rusqlite::TransactionBehavior;

/// Events later than this after now are from a clock that was wrong.
const FUTURE_MS: i64 = 86_400_000;

/// Triggers without which the log would not be append-only.
const TRIGGERS: i64 = 10;

/// Something that is not as it should be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Short name for scripts.
    pub rule: &'static str,
    /// What is wrong, with numbers.
    pub what: String,
    /// Whether `--fix` makes it right.
    pub fixable: bool,
}

const CACHES: [&str; 6] = ["card_state", "day_sum", "topic_sum", "side_sum", "card", "deck"];

impl Store {
    /// Looks at everything. With `fix`, caches are made again from the log and the texts.
    ///
    /// # Errors
    /// When the database can't be read at all.
    pub fn doctor(&mut self, stamp: Stamp, fix: bool) -> Result<Vec<Finding>, StoreError> {
        let mut findings = Vec::new();
        let mut find = |rule, what: String, fixable| findings.push(Finding { rule, what, fixable });
        let damage: Vec<String> = {
            let mut statement = self.db.prepare("PRAGMA integrity_check(10)")?;
            statement.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?
        };
        for what in damage.into_iter().filter(|what| what != "ok") {
            find("damage", format!("SQLite reports: {what}"), false);
        }
        let broken: i64 = self.db.query_row("SELECT count(*) FROM pragma_foreign_key_check", [], |row| row.get(0))?;
        if broken > 0 {
            find("references", format!("{broken} rows point to rows that are not there"), false);
        }
        let triggers: i64 = self.db.query_row(
            "SELECT count(*) FROM sqlite_schema WHERE type = 'trigger' AND name LIKE '%append_only%'",
            [],
            |row| row.get(0),
        )?;
        if triggers != TRIGGERS {
            find("triggers", format!("{triggers} of the {TRIGGERS} triggers that protect the log are there"), false);
        }
        let gaps: i64 = self.db.query_row(
            "SELECT count(*) FROM (SELECT 1 FROM event GROUP BY device HAVING count(*) <> max(sequence) OR min(sequence) <> 1)",
            [],
            |row| row.get(0),
        )?;
        if gaps > 0 {
            find("gaps", format!("the log has gaps on {gaps} devices: events are missing"), false);
        }
        let future: i64 = self.db.query_row(
            "SELECT count(*) FROM action WHERE events > 0 AND at_ms > ?1",
            [stamp.now.unix_ms + FUTURE_MS],
            |row| row.get(0),
        )?;
        if future > 0 {
            find(
                "future",
                format!("{future} actions are from the future: a clock was wrong when they were written"),
                false,
            );
        }
        let recomputed = self.recomputed_differs()?;
        if recomputed > 0 {
            find("outcomes", format!("{recomputed} cards have outcomes in the log that SM-2 would not give"), false);
        }
        for (table, rows) in self.rebuild(stamp, fix)? {
            find("caches", format!("{rows} rows of `{table}` differ from what the log and the texts say"), true);
        }
        Ok(findings)
    }

    /// Cards whose copied outcomes are not what computing them again gives.
    fn recomputed_differs(&self) -> Result<u64, StoreError> {
        let reader = Reader::new(&self.db)?;
        let voided = voided(&self.db, &reader)?;
        let mut differ = 0;
        for (row, card) in self.cards_with_events()? {
            let events = events_of(&self.db, &reader, row, card)?;
            let copied = fold(&events, &voided, &reader.schedulers, |_, _| {});
            let bare: Vec<Event> = events
                .into_iter()
                .map(|event| match event.config {
                    Some(_) => Event { after: None, ..event },
                    None => event,
                })
                .collect();
            let computed = fold(&bare, &voided, &reader.schedulers, |_, _| {});
            differ += u64::from(copied.memory != computed.memory);
        }
        Ok(differ)
    }

    fn cards_with_events(&self) -> Result<Vec<(i64, CardId)>, StoreError> {
        let mut statement = self.db.prepare(
            &format!(
"SELECT DISTINCT e.card, n.uid, c.ordinal FROM event e JOIN card c ON c.id = e.card JOIN note n ON n.id = c.note \
             WHERE e.kind <> {CHECKED}"),
        )?;
        let rows = statement
            .query_map([], |row| Ok((row.get(0)?, CardId { note: NoteUid(row.get(1)?), ordinal: row.get(2)? })))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Makes all caches again; committed only with `keep`. Gives the tables that were not as they should be, with the
    /// number of rows that differed.
    ///
    /// # Errors
    /// When the database can't be read or written.
    pub fn rebuild(&mut self, stamp: Stamp, keep: bool) -> Result<Vec<(&'static str, i64)>, StoreError> {
        let cards = self.cards_with_events()?;
        let (device, device_id) = self.devices.first().copied().unwrap_or((0, crate::core::id::DeviceId([0; 16])));
        let tx = self.db.transaction_with_behavior(TransactionBehavior::Immediate)?;
        for table in CACHES {
            tx.execute_batch(&format!("CREATE TEMP TABLE old_{table} AS SELECT * FROM main.{table}"))?;
        }
        tx.execute_batch(
            "DELETE FROM card_state; DELETE FROM day_sum; DELETE FROM topic_sum; DELETE FROM side_sum; \
             UPDATE card SET new_position = (SELECT n.position FROM note n WHERE n.id = card.note AND n.retired = 0 \
             AND n.held_out = 0 AND card.retired = 0); UPDATE deck SET last_introduced = NULL",
        )?;
        let reader = Reader::new(&tx)?;
        let voided = voided(&tx, &reader)?;
        let mut writer = Writer::new(tx, device, device_id, stamp)?;
        for (_, card) in cards {
            writer.refold(&reader, card, None, &voided)?;
        }
        writer.set_last_introduced()?;
        let tx = writer.tx;
        let mut differing = Vec::new();
        for table in CACHES {
            // Rows of sums that are all zero say nothing, whether they are there or not.
            let rows: i64 = tx.query_row(&differing_rows(table), [], |row| row.get(0))?;
            if rows > 0 {
                differing.push((table, rows));
            }
            tx.execute_batch(&format!("DROP TABLE temp.old_{table}"))?;
        }
        if keep {
            tx.commit()?;
        } else {
            tx.rollback()?;
        }
        Ok(differing)
    }
}

fn differing_rows(table: &str) -> String {
    let filter = match table {
        "day_sum" => " WHERE answers + crammed + imported > 0",
        "topic_sum" => " WHERE answers + learning + familiar + known + mastered > 0",
        "side_sum" => " WHERE count > 0",
        _ => "",
    };
    format!(
        "SELECT (SELECT count(*) FROM (SELECT * FROM temp.old_{table}{filter} EXCEPT SELECT * FROM main.{table}{filter})) + \
         (SELECT count(*) FROM (SELECT * FROM main.{table}{filter} EXCEPT SELECT * FROM temp.old_{table}{filter}))"
    )
}

impl Writer<'_> {
    /// Whether a card is in the database: for history that may name one that is not.
    pub(super) fn has_card(&self, card: CardId) -> Result<bool, StoreError> {
        Ok(CardRow::find(&self.tx, card)?.is_some())
    }
}
