//! Decks as people list them.

use crate::core::compare::answer::Weights;
use crate::core::fact::Fact;
use crate::core::id::DeviceId;
use crate::core::id::NoteUid;
use crate::core::study_day::StudyDay;
use crate::core::units::Hlc;
use crate::store::Context;
use crate::store::DeckOrigin;
use crate::store::DeckSet;
use crate::store::Fault;
use crate::store::Store;
use crate::store::StoreError;
use crate::store::columns::DELETED;
use crate::store::columns::sequence_of;
use crate::store::columns::u64_of;
use crate::store::columns::weights_of;
use crate::store::due::NEW_BY_DECK;
use crate::store::facts::FactRow;
use crate::store::facts::deck_number;
use crate::store::facts::facts_of;
use crate::store::shown::HIDDEN;
use crate::store::shown::is_removed;
use rusqlite::Connection;
use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::collections::BTreeSet;

/// What tells the facts of one action from those of all others: its stamp and the device.
type Step = (Hlc, DeviceId);

fn step_of(row: &FactRow) -> Step {
    (row.hlc, row.id.device)
}

/// The facts about a subject that count, oldest first.
fn counting_facts(db: &Connection, context: &Context, subject: i64) -> Result<Vec<FactRow>, Fault> {
    let mut facts = facts_of(db, &context.reader, subject)?;
    facts.retain(|row| !context.voided.has(row.id));
    facts.sort_by_key(|row| (row.hlc, row.id));
    Ok(facts)
}

/// The actions that hid or removed a deck since it was shown last, by the facts about it.
fn removals(facts: &[FactRow]) -> BTreeSet<Step> {
    let mut removals = BTreeSet::new();
    for row in facts {
        match row.fact {
            Fact::Hidden { hidden: true, .. } => drop(removals.insert(step_of(row))),
            Fact::Hidden { hidden: false, .. } => removals.clear(),
            _ => {}
        }
    }
    removals
}

/// A deck with its counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeckLine {
    /// Local number, for a [`DeckSet`](crate::store::DeckSet).
    pub number: i64,
    /// Its id.
    pub id: String,
    /// Path-like name.
    pub name: String,
    /// Title.
    pub title: Option<String>,
    /// Description.
    pub description: Option<String>,
    /// Language.
    pub language: Option<String>,
    /// Licence.
    pub license: Option<String>,
    /// Version of its text.
    pub version: Option<String>,
    /// The order in which topics give their new cards, as its head says.
    pub sequence: Vec<String>,
    /// What counts in typed answers, as its head says.
    pub weights: Weights,
    /// `builtin`, `file` or `made`.
    pub origin: String,
    /// Whether the learner hides it: out of lists and of what is asked every day.
    pub hidden: bool,
    /// The file that it is followed from.
    pub linked: Option<String>,
    /// Notes.
    pub notes: u64,
    /// Cards.
    pub cards: u64,
    /// New cards.
    pub new: u64,
    /// Due cards.
    pub due: u64,
}

impl DeckLine {
    /// Whether it came with the program.
    #[must_use]
    pub fn is_built_in(&self) -> bool {
        self.origin == DeckOrigin::Builtin.name()
    }
}

/// A built-in deck with an answer, as it is shown now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BuiltinDeck {
    /// Path-like name.
    pub name: String,
    /// Version of its text.
    pub version: Option<String>,
    /// Its notes, each with a hash of the text that is shown.
    pub notes: BTreeMap<NoteUid, i64>,
}

/// Cards of each deck that are kept for check-ups.
const HELD_OUT_BY_DECK: &str = "SELECT deck, sum(coalesce(json_array_length(ordinals), 1)) FROM note INDEXED BY note_held_out \
     WHERE held_out = 1 AND retired = 0 GROUP BY deck";

/// How many notes each deck has, from an index. Those whose words were erased have no card any more, and 0 for a hash.
const NOTES_BY_DECK: &str = "SELECT deck, count(*) FROM note WHERE retired = 0 AND text_hash <> 0 GROUP BY deck";

/// Answers of each deck since a day.
const USED_BY_DECK: &str = "SELECT deck, sum(answers) FROM day_sum WHERE study_day > ?1 GROUP BY deck";

/// So many days tell which decks are used.
const USED_DAYS: i64 = 30;

impl Store {
    /// Whether a deck has a note with words, from an index.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn has_notes(&self, deck: i64) -> Result<bool, StoreError> {
        self.attempt(|| {
            Ok(self
                .db()
                .prepare_cached(
                    "SELECT EXISTS (SELECT 1 FROM note INDEXED BY note_prompt WHERE deck = ?1 AND retired = 0 AND text_hash <> 0)",
                )?
                .query_row([deck], |row| row.get(0))?)
        })
    }

    /// The built-in decks in which something was answered, in the order of their ids.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn begun_builtins(&self) -> Result<Vec<BuiltinDeck>, StoreError> {
        self.attempt(|| {
            let mut statement = self.db().prepare_cached(
                "SELECT k.id, k.name, k.version, u.uid, n.text_hash FROM deck k \
                 JOIN note n INDEXED BY note_prompt ON n.deck = k.id AND n.retired = 0 JOIN note_name u ON u.id = n.id \
                 WHERE k.edition > 0 AND k.last_introduced IS NOT NULL ORDER BY k.name_id",
            )?;
            let mut rows = statement.query([])?;
            let (mut last, mut decks): (Option<i64>, Vec<BuiltinDeck>) = (None, Vec::new());
            while let Some(row) = rows.next()? {
                let deck: i64 = row.get(0)?;
                if last != Some(deck) {
                    decks.push(BuiltinDeck { name: row.get(1)?, version: row.get(2)?, notes: BTreeMap::new() });
                    last = Some(deck);
                }
                if let Some(now) = decks.last_mut() {
                    now.notes.insert(NoteUid(row.get(3)?), row.get(4)?);
                }
            }
            Ok(decks)
        })
    }

    /// The decks in the order of their ids, with nothing counted.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn bare_decks(&self) -> Result<Vec<DeckLine>, StoreError> {
        self.attempt(|| {
            let mut statement = self.db().prepare_cached(
                "SELECT id, name_id, name, title, description, language, license, version, origin, sequence, weights, \
                 listed FROM deck WHERE listed > 0 ORDER BY name_id",
            )?;
            let mut rows = statement.query([])?;
            let mut decks = Vec::new();
            while let Some(row) = rows.next()? {
                decks.push(DeckLine {
                    number: row.get(0)?,
                    id: row.get(1)?,
                    name: row.get(2)?,
                    title: row.get(3)?,
                    description: row.get(4)?,
                    language: row.get(5)?,
                    license: row.get(6)?,
                    version: row.get(7)?,
                    sequence: sequence_of(row.get(9)?)?,
                    weights: weights_of(row.get(10)?)?,
                    origin: row.get(8)?,
                    hidden: row.get::<_, u8>(11)? == HIDDEN,
                    linked: None,
                    notes: 0,
                    cards: 0,
                    new: 0,
                    due: 0,
                });
            }
            Ok(decks)
        })
    }

    /// The decks with the number of their notes and the files that they follow, in the order of their ids; nothing else
    /// is counted.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn deck_heads(&self) -> Result<Vec<DeckLine>, StoreError> {
        self.attempt(|| {
            let notes = self.by_deck(NOTES_BY_DECK, [])?;
            let files: BTreeMap<i64, String> = self
                .sources()?
                .into_iter()
                .filter(|source| source.followed)
                .map(|source| (source.id, source.path))
                .collect();
            let mut decks = self.bare_decks()?;
            for deck in &mut decks {
                deck.notes = notes.get(&deck.number).copied().unwrap_or(0);
                if !files.is_empty() {
                    deck.linked = self.followed_file(deck.number, &files)?.cloned();
                }
            }
            Ok(decks)
        })
    }

    /// The file among these that a deck is followed from.
    fn followed_file<'f>(&self, deck: i64, files: &'f BTreeMap<i64, String>) -> Result<Option<&'f String>, Fault> {
        let mut statement = self.db().prepare_cached(
            "SELECT l.followed FROM note n INDEXED BY note_prompt CROSS JOIN note_followed l ON l.note = n.id \
             WHERE n.deck = ?1 AND n.retired = 0",
        )?;
        let mut rows = statement.query([deck])?;
        while let Some(row) = rows.next()? {
            if let Some(path) = files.get(&row.get(0)?) {
                return Ok(Some(path));
            }
        }
        Ok(None)
    }

    /// The decks, with their counts on `today`, of siblings one a day where they are kept apart: the learner's own first, those that
    /// they used most of late before others, then by their ids.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn decks(&self, today: StudyDay, keep_siblings_apart: bool) -> Result<Vec<DeckLine>, StoreError> {
        self.attempt(|| {
            let _snapshot = self.snapshot()?;
            let mut decks = self.deck_heads()?;
            self.count_waiting(&mut decks, today, keep_siblings_apart)?;
            let mut more: BTreeMap<i64, u64> = BTreeMap::new();
            // Notes are counted already; those with more cards than one are few. Not by the index: its order is another.
            let mut statement = self.db().prepare_cached(
                "SELECT deck, json_array_length(ordinals) FROM note NOT INDEXED WHERE ordinals IS NOT NULL AND retired = 0",
            )?;
            let mut rows = statement.query([])?;
            while let Some(row) = rows.next()? {
                *more.entry(row.get(0)?).or_default() += u64_of(row.get(1)?).saturating_sub(1);
            }
            // Scenes that only check-ups ask are no cards to learn.
            let held_out = self.by_deck(HELD_OUT_BY_DECK, [])?;
            for deck in &mut decks {
                let of = |counts: &BTreeMap<i64, u64>| counts.get(&deck.number).copied().unwrap_or(0);
                deck.cards = (deck.notes + of(&more)).saturating_sub(of(&held_out));
            }
            let used = self.by_deck(USED_BY_DECK, [today.plus(-USED_DAYS).0])?;
            // Sorting keeps the order of ids among equals.
            decks.sort_by_key(|deck| {
                (deck.is_built_in(), Reverse(used.get(&deck.number).copied().unwrap_or(0)))
            });
            Ok(decks)
        })
    }

    fn count_waiting(&self, decks: &mut [DeckLine], today: StudyDay, keep_siblings_apart: bool) -> Result<(), Fault> {
        let new = self.by_deck(NEW_BY_DECK, [])?;
        let due = self.due_cards(&DeckSet::All, None, today, keep_siblings_apart)?.open;
        for deck in decks {
            let of = |counts: &BTreeMap<i64, u64>| counts.get(&deck.number).copied().unwrap_or(0);
            (deck.new, deck.due) = (of(&new), of(&due));
        }
        Ok(())
    }

    /// Counts by deck, each made in one pass.
    pub(in crate::store) fn by_deck(
        &self,
        sql: &str,
        params: impl rusqlite::Params,
    ) -> Result<BTreeMap<i64, u64>, Fault> {
        let mut statement = self.db().prepare_cached(sql)?;
        let rows = statement.query_map(params, |row| Ok((row.get(0)?, u64_of(row.get(1)?))))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Ids and names of all decks with their local numbers: for finding one by name without counting anything.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn deck_names(&self) -> Result<Vec<(i64, String, String)>, StoreError> {
        self.attempt(|| {
            let mut statement =
                self.db().prepare_cached("SELECT id, name_id, name FROM deck WHERE listed > 0 ORDER BY name_id")?;
            let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }

    /// Whether the learner hides any deck.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn hides_decks(&self) -> Result<bool, StoreError> {
        self.attempt(|| {
            Ok(self
                .db()
                .prepare_cached("SELECT EXISTS (SELECT 1 FROM deck WHERE listed = ?1)")?
                .query_row([HIDDEN], |row| row.get(0))?)
        })
    }

    /// Whether a deck, by its id, was hidden or removed while it was empty.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn is_removed_empty(&self, id: &str) -> Result<bool, StoreError> {
        self.attempt(|| match deck_number(self.db(), id)? {
            Some(number) => is_removed(self.db(), self.context()?.as_ref(), number),
            None => Ok(false),
        })
    }

    /// The notes that were deleted with a deck, by its id, since it was shown last. What was deleted by itself before that stays so.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn notes_removed_with(&self, deck: &str) -> Result<Vec<NoteUid>, StoreError> {
        self.attempt(|| {
            let Some(number) = deck_number(self.db(), deck)? else { return Ok(Vec::new()) };
            let context = self.context()?;
            let removals = removals(&counting_facts(self.db(), &context, -number)?);
            if removals.is_empty() {
                return Ok(Vec::new());
            }
            let mut statement = self.db().prepare_cached(&format!(
                "SELECT n.id, u.uid FROM note n INDEXED BY note_prompt JOIN note_name u ON u.id = n.id \
                 WHERE n.deck = ?1 AND n.retired = 1 \
                 AND EXISTS (SELECT 1 FROM fact f WHERE f.subject = n.id AND f.kind = {DELETED}) ORDER BY u.uid"
            ))?;
            let mut rows = statement.query([number])?;
            let mut notes = Vec::new();
            while let Some(row) = rows.next()? {
                let facts = counting_facts(self.db(), &context, row.get(0)?)?;
                let deleted = facts.iter().rfind(|row| matches!(row.fact, Fact::Deleted { .. }));
                if deleted.is_some_and(|row| removals.contains(&step_of(row))) {
                    notes.push(NoteUid(row.get(1)?));
                }
            }
            Ok(notes)
        })
    }

    /// Id and name of every deck that anything was ever said of, also of those that are not shown any more.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn all_deck_names(&self) -> Result<Vec<(String, String)>, StoreError> {
        self.attempt(|| {
            let mut statement = self.db().prepare_cached("SELECT name_id, name FROM deck ORDER BY name_id")?;
            let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }

    /// The topics of a deck in its order: id, title, primer, line to do.
    ///
    /// # Errors
    /// When the database can't be read.
    #[expect(clippy::type_complexity, reason = "four columns of one table, taken apart at once by the exporter")]
    pub fn topics(&self, deck: i64) -> Result<Vec<(String, String, Option<String>, Option<String>)>, StoreError> {
        self.attempt(|| {
            let mut statement = self.db().prepare_cached(
                // One that no note names any more says nothing, and other devices may never have had it.
                "SELECT name_id, title, primer, try_line FROM topic WHERE deck = ?1 \
                 AND (position IS NOT NULL OR id IN (SELECT topic FROM note INDEXED BY note_prompt WHERE deck = ?1 AND retired = 0)) \
                 ORDER BY position IS NULL, position, name_id",
            )?;
            let rows = statement.query_map([deck], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)))?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }
}
