//! Looking whether everything that can be derived equals what is kept, and making it again.
//!
//! Nothing is written while it looks. `compare` holds the caches to the log, `hashes` says whether the log itself is as it was
//! written.

mod compare;
pub(super) mod hashes;

#[cfg(test)]
mod tests;

use crate::core::fact::ChainHash;
use crate::core::text::counted;
use crate::core::text::one_line;
use crate::store::Context;
use crate::store::Fault;
use crate::store::Stamp;
use crate::store::Store;
use crate::store::StoreError;
use crate::store::Writer;
use crate::store::chain;
use crate::store::columns::CHECKED;
use crate::store::columns::card_parts;
use crate::store::columns::entries_of_device;
use crate::store::columns::u64_of;
use crate::store::migrate;
use crate::store::shown::NoteRow;
use rusqlite::Connection;
use std::collections::BTreeMap;
use std::collections::BTreeSet;

/// The page cache, as its pragma has it, for the hashes: they read each event by its name, in no order of the pages.
const HASHES_CACHE_KB: i32 = -30_000;

/// Under which the table `meta` keeps how many texts were lost before a database was salvaged.
const LOST_TEXTS: &str = "lost_texts";

/// Tables that can be made again.
const CACHES: [&str; 10] =
    ["card_state", "day_sum", "topic_sum", "side_sum", "asked", "alias", "note", "topic", "deck", "text_plain"];

/// What a look can find.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Rule {
    /// SQLite can't read the file as it should be.
    Damage,
    /// Triggers that protect the log are missing.
    Triggers,
    /// The schema is not as this program makes it.
    Schema,
    /// Entries of a device are missing between others.
    Gaps,
    /// The log is not what was written.
    Log,
    /// Texts that are damaged, or missing without an erasure.
    Texts,
    /// Pictures and sounds that are missing or damaged.
    Media,
    /// Entries that a wrong clock dated ahead.
    Future,
    /// Erased words that may still be somewhere.
    Erased,
    /// What can be made again from the log is not as the log says.
    Caches,
}

impl Rule {
    /// All of them, in the order in which they are looked for.
    pub const ALL: [Self; 10] = [
        Self::Damage,
        Self::Triggers,
        Self::Schema,
        Self::Gaps,
        Self::Log,
        Self::Texts,
        Self::Media,
        Self::Future,
        Self::Erased,
        Self::Caches,
    ];

    /// Its name for scripts.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Damage => "damage",
            Self::Triggers => "triggers",
            Self::Schema => "schema",
            Self::Gaps => "gaps",
            Self::Log => "log",
            Self::Texts => "texts",
            Self::Media => "media",
            Self::Future => "future",
            Self::Erased => "erased",
            Self::Caches => "caches",
        }
    }
}

/// Something that is not as it should be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Of what kind it is.
    pub rule: Rule,
    /// What is wrong, with numbers.
    pub what: String,
    /// Whether `--fix` makes it right.
    pub fixable: bool,
}

impl Finding {
    /// Whether it says that the log is not as it was written.
    #[must_use]
    pub fn is_of_the_log(&self) -> bool {
        matches!(self.rule, Rule::Damage | Rule::Gaps | Rule::Log | Rule::Texts)
    }

    /// Whether nothing makes it right again: a copy that has it should take no other copy's place.
    #[must_use]
    pub fn is_for_good(&self) -> bool {
        self.is_of_the_log() || matches!(self.rule, Rule::Triggers | Rule::Schema)
    }
}

impl Store {
    /// Looks at everything. With `fix`, caches are made again from the log, if that is sound.
    ///
    /// # Errors
    /// When the database can't be read at all.
    pub fn doctor(&mut self, stamp: Stamp, fix: bool) -> Result<Vec<Finding>, StoreError> {
        // SQLite words a page that the disk did not give like one that is damaged. What a second look does not find again was
        // no damage.
        let findings = match self.findings(stamp, fix) {
            Ok(found) if found.iter().any(Finding::is_of_the_log) => self.findings(stamp, fix),
            findings => findings,
        };
        findings.map_err(|fault| fault.at(&self.path))
    }

    fn findings(&mut self, stamp: Stamp, fix: bool) -> Result<Vec<Finding>, Fault> {
        let mut findings = self.look_at_all(stamp, fix)?;
        // The caches may still have what a log that was changed or damaged says no more.
        let is_sound = !findings.iter().any(Finding::is_of_the_log);
        let mut differing = findings.iter_mut().filter(|finding| finding.rule == Rule::Caches).peekable();
        let is_to_rebuild = fix && is_sound && differing.peek().is_some();
        differing.for_each(|finding| finding.fixable = is_sound);
        if is_to_rebuild {
            self.rebuild(stamp)?;
        }
        Ok(findings)
    }

    /// Sees one moment of the database, whoever writes meanwhile.
    fn look_at_all(&self, stamp: Stamp, fix: bool) -> Result<Vec<Finding>, Fault> {
        let mut findings = Vec::new();
        let mut find = |rule, what: String, fixable| findings.push(Finding { rule, what, fixable });
        let said = chain::said_outside(self.db(), &self.here)?;
        let _snapshot = self.snapshot()?;
        let context = super::read_context(self.db(), None)?;
        let outside = chain::kept_outside(self.db(), &context.reader, said, &self.place())?;
        // The hashes take about as long as all the rest.
        let (log, (seen, damage)) = self.in_parallel(
            |db| look_at_hashes(db, outside),
            || Ok((compare::look(self.db(), &context, stamp), damage(self.db())?)),
        )?;
        // What can't be read says nothing of the rest.
        let (log, unhashed) = match log {
            Ok(log) => (log, None),
            Err(what) => (hashes::Looked::default(), Some(what)),
        };
        let (seen, unread) = match seen {
            Ok(seen) => (seen, None),
            Err(error) => (compare::Seen::default(), Some(error.damage()?)),
        };
        for what in damage {
            find(Rule::Damage, format!("SQLite reports: {what}"), false);
        }
        let schema = SchemaFaults::of(self.db())?;
        if schema.triggers_there < schema.triggers {
            let (there, all) = (schema.triggers_there, schema.triggers);
            find(Rule::Triggers, format!("{there} of the {all} triggers that protect the log are there"), false);
        }
        if !schema.other.is_empty() {
            find(Rule::Schema, format!("not as this program makes them: {}", schema.other.join(", ")), false);
        }
        if !schema.foreign.is_empty() {
            find(Rule::Schema, format!("not made by this program: {}", schema.foreign.join(", ")), false);
        }
        let gaps = self.devices_with_gaps(&context)?;
        if gaps > 0 {
            let devices = counted(gaps, "device", "devices");
            find(Rule::Gaps, format!("the log has gaps on {devices}: entries are missing"), false);
        }
        let broken_texts = log.broken_texts_in_words();
        let unreadable: BTreeSet<String> = unhashed.into_iter().chain(unread).collect();
        for what in log.faults.into_iter().chain(unreadable) {
            find(Rule::Log, what, false);
        }
        if let Some(what) = broken_texts {
            find(Rule::Texts, what, false);
        }
        // Where more is awaited, the erasure may be among it.
        let missing = log.missing_texts.saturating_sub(self.texts_lost_before()?);
        if missing > 0 && self.awaited()?.is_empty() {
            let what = format!("{} missing, and nothing erased that", counted(missing, "text is", "texts are"));
            find(Rule::Texts, what, false);
        }
        for what in seen.unreadable {
            find(Rule::Texts, what, false);
        }
        for what in seen.media.iter().filter_map(|hash| super::media::fault(&self.path, *hash)) {
            find(Rule::Media, what, false);
        }
        if seen.future.count > 0 {
            find(Rule::Future, seen.future.in_words(), false);
        }
        if self.has_traces()? {
            let what = "words that were erased may still be in the file, or in the copies beside it";
            // With `fix` that was tried before.
            find(Rule::Erased, what.to_owned(), !fix);
        }
        for (table, rows) in seen.differences.0 {
            let (one, many) = (format!("row of `{table}` differs"), format!("rows of `{table}` differ"));
            find(Rule::Caches, format!("{} from what the log says", counted(rows, &one, &many)), false);
        }
        Ok(findings)
    }

    /// How many texts were lost before this database was salvaged: it is known that they are missing.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn texts_lost_before(&self) -> Result<u64, StoreError> {
        self.attempt(|| Ok(self.meta(LOST_TEXTS)?.and_then(|count| count.parse().ok()).unwrap_or(0)))
    }

    /// Takes the texts that are missing now for lost.
    pub(super) fn take_missing_for_lost(&self) -> Result<(), Fault> {
        let missing = hashes::look(self.db(), None)?.missing_texts;
        if missing > 0 { super::set_meta(self.db(), LOST_TEXTS, &missing.to_string()) } else { Ok(()) }
    }

    /// What is wrong with the log of a copy that is to take a place, whose loss nothing makes good. Texts whose words are not
    /// here are no fault of it: they may be awaited, or known to be lost.
    ///
    /// # Errors
    /// When the database can't be read at all.
    pub fn log_faults(&self) -> Result<Vec<String>, StoreError> {
        self.attempt(|| {
            let _snapshot = self.snapshot()?;
            let context = super::read_context(self.db(), None)?;
            let (log, mut found) = self.in_parallel(|db| look_at_hashes(db, None), || damage(self.db()))?;
            match log {
                Ok(log) => {
                    found.extend(log.broken_texts_in_words());
                    found.extend(log.faults);
                }
                Err(what) => found.push(what),
            }
            if self.devices_with_gaps(&context)? > 0 {
                found.push("entries of the log are missing".to_owned());
            }
            Ok(found)
        })
    }

    fn devices_with_gaps(&self, context: &Context) -> Result<u64, Fault> {
        let mut gaps = 0;
        for (device, _) in super::read_devices(self.db())? {
            let range = entries_of_device(device);
            let count = |sql: &str| -> Result<i64, Fault> {
                Ok(self.db().prepare_cached(sql)?.query_row(range, |row| row.get(0))?)
            };
            let entries = count("SELECT count(*) FROM event INDEXED BY event_id WHERE id BETWEEN ?1 AND ?2")?
                + count("SELECT count(*) FROM fact WHERE id BETWEEN ?1 AND ?2")?;
            let first = chain::device_info(self.db(), &context.reader, device)?.first_sequence();
            let newest = chain::newest_sequence(self.db(), device)?;
            gaps += u64::from(u64_of(entries) != (newest + 1).saturating_sub(first));
        }
        Ok(gaps)
    }

    /// Devices whose entries others knew and that are not all here: name, how many are here, and up to which they are awaited.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn awaited(&self) -> Result<Vec<(String, u64, u64)>, StoreError> {
        self.attempt(|| {
            let mut statement = self.db().prepare_cached(
                "SELECT a.device, a.sequence, iif(d.name = '', lower(hex(substr(d.uuid, 1, 4))), d.name) FROM awaited a \
                 JOIN device d ON d.id = a.device ORDER BY d.uuid",
            )?;
            let mut rows = statement.query([])?;
            let mut awaited = Vec::new();
            while let Some(row) = rows.next()? {
                let here = chain::newest_sequence(self.db(), row.get(0)?)?;
                let there = u64_of(row.get(1)?);
                if here < there {
                    awaited.push((row.get(2)?, here, there));
                }
            }
            Ok(awaited)
        })
    }

    /// Makes all caches again from the log, whatever they hold.
    ///
    /// # Errors
    /// When the database can't be read or written; nothing is changed then.
    pub fn rebuild(&mut self, stamp: Stamp) -> Result<(), StoreError> {
        self.write_much(|store| store.write_unlogged(stamp, |writer| writer.rebuild()))?
    }
}

impl Writer<'_> {
    fn numbers(&self, sql: &str) -> Result<Vec<i64>, Fault> {
        let mut statement = self.tx.prepare(sql)?;
        let rows = statement.query_map([], |row| row.get(0))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    pub(super) fn rebuild(&mut self) -> Result<(), Fault> {
        for table in CACHES {
            self.tx.execute(&format!("DELETE FROM {table}"), [])?;
        }
        self.gather_sums();
        let context = self.context()?;
        for deck in self.numbers("SELECT id FROM deck_name ORDER BY id")? {
            self.refresh_deck(deck)?;
        }
        let written =
            "SELECT DISTINCT subject FROM fact WHERE subject > 0 UNION SELECT DISTINCT card >> 9 FROM event ORDER BY 1";
        for note in self.numbers(written)? {
            self.refresh_note(note)?;
        }
        let mut retired_with_cards = Vec::new();
        let cards = self.numbers(&format!("SELECT DISTINCT card FROM event WHERE kind <> {CHECKED} ORDER BY card"))?;
        for card in cards {
            self.refold(card, None, &context.voided)?;
            retired_with_cards.push(card_parts(card).0);
        }
        retired_with_cards.dedup();
        // A note without a text that counts lives on an answer.
        for note in retired_with_cards {
            if NoteRow::of(&self.tx, note)?.is_some_and(|row| row.retired) {
                self.refresh_note(note)?;
            }
        }
        self.write_gathered()?;
        self.decks_moved.extend(self.numbers("SELECT id FROM deck")?);
        Ok(())
    }
}

/// Makes the hashes of the log again; where it can't be read, why.
fn look_at_hashes(db: &Connection, outside: Option<(i64, ChainHash)>) -> Result<Result<hashes::Looked, String>, Fault> {
    db.pragma_update(None, "cache_size", HASHES_CACHE_KB)?;
    hashes::look(db, outside).map(Ok).or_else(|error| error.damage().map(Err))
}

/// SQLite's own check. It would look each event up by its name once more, which the hashes do: of the indexes of events only
/// the length is left to look at.
fn damage(db: &Connection) -> Result<Vec<String>, Fault> {
    let check = |sql: &str| -> Result<Vec<String>, Fault> {
        let mut statement = db.prepare(sql)?;
        let rows = statement.query_map([], |row| row.get(0))?;
        let found: Vec<String> = rows.collect::<Result<_, _>>()?;
        Ok(found.into_iter().filter(|what| what != "ok").collect())
    };
    let mut found = check("PRAGMA quick_check(10)")?;
    if !found.is_empty() {
        return Ok(found);
    }
    for table in check("SELECT name FROM sqlite_schema WHERE type = 'table' AND name <> 'event'")? {
        found.extend(check(&format!("PRAGMA integrity_check(\"{}\")", table.replace('"', "\"\"")))?);
    }
    let count = |by: &str, of: &str| -> Result<i64, Fault> {
        Ok(db.query_row(&format!("SELECT count(*) FROM event {by} WHERE {of}"), [], |row| row.get(0))?)
    };
    for (index, of) in [("event_id", "TRUE"), ("event_checked", &format!("kind = {CHECKED}"))] {
        if count("NOT INDEXED", of)? != count(&format!("INDEXED BY {index}"), of)? {
            found.push(format!("wrong # of entries in index {index}"));
        }
    }
    Ok(found)
}

/// What of the schema is missing, other than this program makes it, or there besides.
struct SchemaFaults {
    /// How many triggers protect the log, and how many of them are there.
    triggers: usize,
    triggers_there: usize,
    /// Names of what else is missing or other.
    other: Vec<String>,
    /// What this program does not make and what acts on what is written: its kind and name.
    foreign: Vec<String>,
}

impl SchemaFaults {
    fn of(db: &Connection) -> Result<Self, Fault> {
        let schema = |db: &Connection| -> Result<BTreeMap<String, (String, Option<String>)>, Fault> {
            let mut statement =
                db.prepare("SELECT name, type, sql FROM sqlite_schema WHERE name NOT LIKE 'sqlite\\_%' ESCAPE '\\'")?;
            let rows = statement.query_map([], |row| Ok((row.get(0)?, (row.get(1)?, row.get(2)?))))?;
            Ok(rows.collect::<Result<_, _>>()?)
        };
        let (mut here, fresh) = (schema(db)?, schema(&migrate::fresh()?)?);
        let mut faults = Self { triggers: 0, triggers_there: 0, other: Vec::new(), foreign: Vec::new() };
        for (name, wanted) in fresh {
            let is_there = here.remove(&name).is_some_and(|found| found == wanted);
            if name.contains("append_only") {
                faults.triggers += 1;
                faults.triggers_there += usize::from(is_there);
            } else if !is_there {
                faults.other.push(name);
            }
        }
        // Tables and views of somebody else are in nobody's way.
        here.retain(|_, (kind, _)| matches!(kind.as_str(), "trigger" | "index"));
        faults.foreign = here.into_iter().map(|(name, (kind, _))| format!("the {kind} {}", one_line(&name))).collect();
        Ok(faults)
    }
}
