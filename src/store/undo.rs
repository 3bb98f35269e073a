//! Taking actions back, and back again. Undo only ever adds to the log.

mod named;

use crate::core::action::Action;
use crate::core::action::ActionKind;
use crate::core::action::Subject;
use crate::core::card::NoteText;
use crate::core::event::EventKind;
use crate::core::event::Span;
use crate::core::fact::ChainMark;
use crate::core::fact::Fact;
use crate::core::fact::SettingChange;
use crate::core::id::ActionId;
use crate::core::id::CardId;
use crate::core::id::NoteUid;
use crate::core::replay::Voided;
use crate::core::study_day::StudyDay;
use crate::core::study_day::Timestamp;
use crate::store::Context;
use crate::store::Fault;
use crate::store::Store;
use crate::store::StoreError;
use crate::store::Writer;
use crate::store::cards::known_by;
use crate::store::chain::newest_sequence;
use crate::store::columns::ALIASED;
use crate::store::columns::BROUGHT;
use crate::store::columns::CHECKED;
use crate::store::columns::CONFIGURED;
use crate::store::columns::PLACED;
use crate::store::columns::RESTARTED;
use crate::store::columns::card_of;
use crate::store::columns::card_parts;
use crate::store::columns::day_of;
use crate::store::columns::entry_id;
use crate::store::columns::u64_of;
use crate::store::columns::words;
use crate::store::facts::FACT_COLUMNS;
use crate::store::facts::FACT_WIDTH;
use crate::store::facts::FactRow;
use crate::store::facts::fact_of;
use crate::store::log_out::action_with;
use crate::store::notes::text_of;
use crate::store::review_log::entry_of;
use crate::store::review_log::kind_at;
use crate::store::shown::name_at;
use crate::store::undo::named::brought_back;
use crate::store::undo::named::range_of;
use crate::store::undo::named::undone_by;
use rusqlite::Connection;
use rusqlite::OptionalExtension as _;
use std::collections::BTreeSet;

/// Facts that an action line is made from; more say nothing that these don't.
const MOST_FACTS: i64 = 200;

/// An action as `lmq undo --list` shows it: what words are made from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ActionLine {
    /// Its name.
    pub id: ActionId,
    /// Its kind.
    pub kind: ActionKind,
    /// What it is about.
    pub subject: Subject,
    /// When.
    pub at: Timestamp,
    /// Cards that its events are about.
    pub cards: u64,
    /// Notes that it made or changed.
    pub notes: u64,
    /// Whether it was taken back.
    pub voided: bool,
    /// Its first event, if it has one.
    pub first: Option<EventKind>,
    /// Its first fact, if it has one.
    pub fact: Option<Fact>,
    /// What the note or card of its first event, else of its first fact, is known by.
    pub name: Option<String>,
    /// What the first text of a note among its facts asks, where it was not erased.
    pub prompt: Option<String>,
    /// The day for which it made the card of its first event due, where it did so.
    pub due: Option<StudyDay>,
    /// The words of its first fact with words that is no note's text: a tag, a key, a deck's new name.
    pub words: Option<String>,
    /// The setting that it changed.
    pub change: Option<SettingChange>,
    /// Names of the decks that its facts name; where they name none, of those that its first notes lie in.
    pub decks: Vec<String>,
    /// Whether cards begin again with it.
    pub restarts: bool,
}

/// What an undo did.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Undo {
    /// Cards whose state was made again, those of the named action.
    pub cards: Vec<CardId>,
    /// Notes that stay although the import that brought them was undone, since they were answered.
    pub kept: Vec<NoteUid>,
    /// Notes of which a newer act of the learner's own hides the effect.
    pub hidden: Vec<NoteUid>,
    /// Settings to put back: key, and the value from before (none where it was not set).
    pub settings: Vec<(String, Option<String>)>,
    /// Notes of followed files whose text an edit or a tag had changed: the files are to be changed too.
    pub edited: Vec<Taken>,
}

/// A note as it was shown before an undo.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Taken {
    /// The note.
    pub note: NoteUid,
    /// Its key.
    pub key: Option<String>,
    /// Its text.
    pub text: NoteText,
}

/// The numbers of the decks that an action's facts name: where they brought or put notes, or whose head they gave.
fn decks_named(db: &Connection, range: (i64, i64)) -> Result<BTreeSet<i64>, Fault> {
    let mut statement = db.prepare_cached(&format!(
        "SELECT DISTINCT iif(subject < 0, -subject, arg) FROM fact \
         WHERE id BETWEEN ?1 AND ?2 AND (subject < 0 OR kind IN ({BROUGHT}, {PLACED}))"
    ))?;
    let rows = statement.query_map(range, |row| row.get::<_, Option<i64>>(0))?;
    Ok(rows.collect::<Result<Vec<_>, _>>()?.into_iter().flatten().collect())
}

/// Whether an action is a step of the person's, which they can take back. An import is none of which nobody sees anything: it says
/// which note a file means, or what the file says now of a built-in note that is the learner's own.
fn is_step(db: &Connection, context: &Context, action: &Action) -> Result<bool, Fault> {
    if action.kind != ActionKind::Import {
        return Ok(action.kind.can_be_undone());
    }
    let Some(range) = range_of(context, action.span) else { return Ok(true) };
    let mut statement = db.prepare_cached(&format!(
        "SELECT EXISTS (SELECT 1 FROM event INDEXED BY event_id WHERE id BETWEEN ?1 AND ?2) \
         OR EXISTS (SELECT 1 FROM followed WHERE action = ?1) \
         OR EXISTS (SELECT 1 FROM fact f WHERE id BETWEEN ?1 AND ?2 AND kind <> {ALIASED} AND NOT (kind = {BROUGHT} AND edition IS NULL \
         AND EXISTS (SELECT 1 FROM fact g WHERE g.subject = f.subject AND g.kind = {BROUGHT} AND g.edition > 0)))"
    ))?;
    Ok(statement.query_row(range, |row| row.get(0))?)
}

/// The numbers of the notes that an action's facts are about.
fn notes_of(db: &Connection, range: (i64, i64)) -> Result<Vec<i64>, Fault> {
    let mut statement = db.prepare_cached(
        "SELECT DISTINCT subject FROM fact WHERE id BETWEEN ?1 AND ?2 AND subject > 0 ORDER BY subject",
    )?;
    let rows = statement.query_map(range, |row| row.get(0))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// The numbers of the cards that an action's events are about; those of check-ups, which have no state, left out.
pub(super) fn cards_of(db: &Connection, range: (i64, i64)) -> Result<BTreeSet<i64>, Fault> {
    let mut statement = db.prepare_cached(&format!(
        "SELECT card FROM event INDEXED BY event_id WHERE id BETWEEN ?1 AND ?2 AND kind <> {CHECKED}"
    ))?;
    let rows = statement.query_map(range, |row| row.get(0))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

fn line(db: &Connection, context: &Context, action: &Action) -> Result<ActionLine, Fault> {
    let mut line = ActionLine {
        id: action.span.action,
        kind: action.kind,
        subject: action.subject.clone(),
        at: action.at,
        cards: 0,
        notes: 0,
        voided: context.voided.contains(action.span.action),
        first: None,
        fact: None,
        name: None,
        prompt: None,
        due: None,
        words: None,
        change: None,
        decks: Vec::new(),
        restarts: false,
    };
    let Some(range) = range_of(context, action.span) else { return Ok(line) };
    let count =
        |sql: &str| -> Result<u64, Fault> { Ok(u64_of(db.prepare_cached(sql)?.query_row(range, |row| row.get(0))?)) };
    line.cards = count("SELECT count(DISTINCT card) FROM event INDEXED BY event_id WHERE id BETWEEN ?1 AND ?2")?;
    line.notes = count(&format!(
        "SELECT count(DISTINCT subject) FROM fact WHERE id BETWEEN ?1 AND ?2 AND subject > 0 AND kind <> {ALIASED}"
    ))?;
    line.restarts = count(&format!(
        "SELECT count(*) FROM event INDEXED BY event_id WHERE id BETWEEN ?1 AND ?2 AND kind = {RESTARTED}"
    ))? > 0;
    let (mut note, mut ordinal) = (None, None);
    if let Some((card, kind)) = kind_at(db, range)? {
        let of_card = card_parts(card);
        note = Some(of_card.0);
        // A card begins again with what is done to its note.
        ordinal = Some(of_card.1).filter(|_| kind != EventKind::Restarted);
        if kind == EventKind::Rescheduled {
            let due: Option<i64> = db
                .prepare_cached("SELECT due FROM event_memory WHERE id BETWEEN ?1 AND ?2 ORDER BY id LIMIT 1")?
                .query_row(range, |row| row.get(0))
                .optional()?;
            line.due = due.map(day_of);
        }
        line.first = Some(kind);
    }
    let mut decks = decks_named(db, range)?;
    let names_none = decks.is_empty();
    {
        let mut statement = db.prepare_cached(&format!(
            "SELECT {FACT_COLUMNS}, x.body, n.deck FROM fact f LEFT JOIN text x ON x.id = f.id LEFT JOIN note n ON n.id = f.subject \
             WHERE f.id BETWEEN ?1 AND ?2 ORDER BY f.id LIMIT {MOST_FACTS}"
        ))?;
        let mut rows = statement.query(range)?;
        while let Some(row) = rows.next()? {
            let fact = fact_of(db, &context.reader, row, 0)?;
            let words: Option<String> = words(row, FACT_WIDTH)?.map(str::to_owned);
            let subject: i64 = row.get(1)?;
            if subject > 0 && !matches!(fact, Fact::Aliased { .. }) {
                note = note.or(Some(subject));
            }
            if names_none {
                decks.extend(row.get::<_, Option<i64>>(FACT_WIDTH + 1)?);
            }
            match &fact {
                Fact::Brought { .. } | Fact::Edited { .. } if line.prompt.is_none() => {
                    // One that can't be read is `lmq doctor`'s to tell; the step can be taken back all the same.
                    let text = words.as_deref().and_then(|body| text_of(body, None).ok());
                    line.prompt = text.map(|text| text.listed_prompt(text.ordinals().first().copied().unwrap_or(1)));
                }
                Fact::Configured => {
                    line.change = words.as_deref().and_then(|words| serde_json::from_str(words).ok());
                }
                Fact::Tagged { .. }
                | Fact::Untagged { .. }
                | Fact::Keyed { .. }
                | Fact::Renamed { .. }
                | Fact::Tried { .. } => {
                    line.words = line.words.take().or(words);
                }
                _ => {}
            }
            line.fact = line.fact.take().or(Some(fact));
        }
    }
    // A note of which only an own text was saved from a damaged database lies in no deck.
    for deck in decks.into_iter().filter(|deck| *deck > 0) {
        let is_about_decks = matches!(action.kind, ActionKind::Rename | ActionKind::Deck | ActionKind::Delete);
        let at = (is_about_decks && !names_none).then_some((action.span, action.kind == ActionKind::Rename));
        line.decks.push(name_at(db, context, deck, at)?);
    }
    line.decks.sort();
    if let Some(note) = note {
        line.name = known_by(db, note, ordinal)?;
    }
    Ok(line)
}

/// The actions of a device and of its parents up to where it was forked, newest first, until `take` has enough.
fn newest_first(
    db: &Connection,
    context: &Context,
    device: i64,
    mut take: impl FnMut(&Action) -> Result<bool, Fault>,
) -> Result<(), Fault> {
    let mut sequence = newest_sequence(db, device)?;
    while sequence > 0 {
        let id = context.reader.settled(entry_id(device, sequence));
        let Some(action) = action_with(db, &context.reader, id)? else { return Ok(()) };
        if !take(&action)? {
            return Ok(());
        }
        sequence = action.span.action.number.saturating_sub(1);
    }
    Ok(())
}

impl Store {
    fn own_actions(&self, take: impl FnMut(&Action) -> Result<bool, Fault>) -> Result<(), Fault> {
        let context = self.context()?;
        let Some(device) = self.this_device()?.and_then(|id| context.reader.device_number(id)) else { return Ok(()) };
        newest_first(self.db(), &context, device, take)
    }

    /// The actions of this device, newest first, at most `most` of them; those that are no steps of the person's left out.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn actions(&self, most: usize) -> Result<Vec<ActionLine>, StoreError> {
        self.attempt(|| {
            let context = self.context()?;
            let mut lines = Vec::new();
            self.own_actions(|action| {
                if is_step(self.db(), &context, action)? {
                    lines.push(line(self.db(), &context, action)?);
                }
                Ok(lines.len() < most)
            })?;
            Ok(lines)
        })
    }

    /// The newest action of this device that counts, of one of `kinds` (of any kind, where that is empty). One that was brought
    /// back is as new as its redo: what a redo did is what an undo takes back next.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn newest_action(&self, kinds: &[ActionKind]) -> Result<Option<ActionLine>, StoreError> {
        self.attempt(|| {
            let context = self.context()?;
            let mut found = None;
            self.own_actions(|action| {
                let again = brought_back(self.db(), &context, action)?;
                let action = again.as_ref().unwrap_or(action);
                let wanted = kinds.is_empty() || kinds.contains(&action.kind);
                let counts = !context.voided.contains(action.span.action);
                if wanted && counts && is_step(self.db(), &context, action)? {
                    found = Some(line(self.db(), &context, action)?);
                }
                Ok(found.is_none())
            })?;
            Ok(found)
        })
    }

    /// The kind of this device's newest action.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn newest_kind(&self) -> Result<Option<ActionKind>, StoreError> {
        self.attempt(|| {
            let mut newest = None;
            self.own_actions(|action| {
                newest = Some(action.kind);
                Ok(false)
            })?;
            Ok(newest)
        })
    }

    /// What this device's newest undo that counts took back.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn newest_undone(&self) -> Result<Option<ActionLine>, StoreError> {
        self.attempt(|| {
            let context = self.context()?;
            let mut found = None;
            self.own_actions(|action| {
                if action.kind == ActionKind::Undo
                    && !context.voided.contains(action.span.action)
                    && let Some(range) = range_of(&context, action.span)
                {
                    let named = undone_by(self.db(), &context, range)?;
                    // An undo of an undo is a redo: it is not offered itself.
                    if let Some(named) = named.filter(|named| named.kind != ActionKind::Undo) {
                        found = Some(line(self.db(), &context, &named)?);
                    }
                }
                Ok(found.is_none())
            })?;
            Ok(found)
        })
    }

    /// The line of the action that an undo names, where it is here.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn undone_line(&self, named: ActionId, mark: Option<ChainMark>) -> Result<Option<ActionLine>, StoreError> {
        self.attempt(|| {
            let context = self.context()?;
            let reader = &context.reader;
            let Some(named) = reader.local(entry_of(named)) else { return Ok(None) };
            let Some(meant) = super::fork::meant(self.db(), reader, named, mark)? else { return Ok(None) };
            match action_with(self.db(), reader, meant)? {
                Some(action) => line(self.db(), &context, &action).map(Some),
                None => Ok(None),
            }
        })
    }

    /// The line of one action, where it is here.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn action_line(&self, action: ActionId) -> Result<Option<ActionLine>, StoreError> {
        self.attempt(|| {
            let context = self.context()?;
            let Some(id) = context.reader.local(entry_of(action)) else { return Ok(None) };
            match action_with(self.db(), &context.reader, id)? {
                Some(action) => line(self.db(), &context, &action).map(Some),
                None => Ok(None),
            }
        })
    }
}

/// Whether a fact about a note would show by itself: what a source says of tags and order goes with its text.
fn is_effect(fact: &Fact) -> bool {
    matches!(
        fact,
        Fact::Brought { .. }
            | Fact::Edited { .. }
            | Fact::Cleared { .. }
            | Fact::Tagged { .. }
            | Fact::Untagged { .. }
            | Fact::Placed { .. }
            | Fact::Deleted { .. }
            | Fact::Revived { .. }
            | Fact::Keyed { .. }
    )
}

/// Whether nothing is seen of an older fact about a note since the learner did this to it.
fn hides(newer: &FactRow, older: &FactRow) -> bool {
    match (&newer.fact, &older.fact) {
        (Fact::Edited { .. }, Fact::Brought { .. } | Fact::Edited { .. } | Fact::Cleared { .. })
        | (Fact::Placed { .. }, Fact::Placed { .. })
        | (Fact::Keyed { .. }, Fact::Keyed { .. }) => true,
        (Fact::Tagged { .. } | Fact::Untagged { .. }, Fact::Tagged { .. } | Fact::Untagged { .. }) => {
            newer.words == older.words
        }
        // Whatever they did to it since says that it is there, or that it is not.
        (
            Fact::Edited { .. }
            | Fact::Tagged { .. }
            | Fact::Untagged { .. }
            | Fact::Placed { .. }
            | Fact::Keyed { .. }
            | Fact::Deleted { .. }
            | Fact::Revived { .. },
            Fact::Deleted { .. } | Fact::Revived { .. },
        ) => true,
        _ => false,
    }
}

impl Writer<'_> {
    /// Takes back an action. States, sums and texts are as if it had never been.
    ///
    /// # Errors
    /// When it can't be written.
    pub fn undo(&mut self, action: ActionId) -> Result<Undo, Fault> {
        self.revoke(&[action])
    }

    /// Brings back an action that was taken back: names every undo of it that counts.
    ///
    /// # Errors
    /// When it can't be written.
    pub fn redo(&mut self, action: ActionId) -> Result<Undo, Fault> {
        let undos = self.context()?.voided.counting_undos_of(action);
        self.revoke(&undos)
    }

    fn revoke(&mut self, actions: &[ActionId]) -> Result<Undo, Fault> {
        let was = self.context()?;
        for action in actions {
            let mark = match was.reader.local(entry_of(*action)) {
                Some(id) => super::fork::mark_of(&self.tx, &was.reader, id)?,
                None => None,
            };
            let action = super::fork::own_name(&was.reader, self.device, *action);
            let mark = mark.filter(|_| action.device != self.device_id);
            self.append_only(&Fact::Undone { action, mark }, None)?;
        }
        self.forget_context();
        let now = self.context()?;
        let mut undo = Undo::default();
        let changed = was.voided.difference(&now.voided);
        self.remake(&was.voided, &now, &changed, Some(&mut undo))?;
        Ok(undo)
    }

    /// Makes again all that hangs on the actions whose fate changed: states, sums, texts, decks.
    pub(super) fn remake(
        &mut self,
        was: &Voided,
        now: &Context,
        changed: &[Span],
        mut undo: Option<&mut Undo>,
    ) -> Result<(), Fault> {
        let (mut cards, mut notes, mut decks) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
        let mut aliases = BTreeSet::new();
        let mut written = BTreeSet::new();
        for span in changed {
            let Some(range) = range_of(now, *span) else { continue };
            cards.extend(cards_of(&self.tx, range)?);
            let kind = action_with(&self.tx, &now.reader, range.0)?.map(|action| action.kind);
            let of_facts = notes_of(&self.tx, range)?;
            if let Some(undo) = undo.as_deref_mut()
                && matches!(kind, Some(ActionKind::Edit | ActionKind::Tag))
            {
                for note in &of_facts {
                    let is_followed: bool = self
                        .tx
                        .prepare_cached(
                            "SELECT EXISTS (SELECT 1 FROM note n JOIN note_followed f ON f.note = n.id WHERE n.id = ?1)",
                        )?
                        .query_row([note], |row| row.get(0))?;
                    if is_followed {
                        let (text, key) = self.shown(*note)?;
                        undo.edited.push(Taken { note: super::facts::note_uid(&self.tx, *note)?, key, text });
                    }
                }
            }
            if kind != Some(ActionKind::Undo) {
                written.extend(of_facts.iter().copied());
            }
            notes.extend(of_facts);
            let mut statement = self.tx.prepare(&format!(
                "SELECT f.subject, f.kind, x.body FROM fact f LEFT JOIN text x ON x.id = f.id \
                 WHERE f.id BETWEEN ?1 AND ?2 AND (f.subject <= 0 OR f.kind = {ALIASED}) ORDER BY f.id"
            ))?;
            let mut rows = statement.query(range)?;
            while let Some(row) = rows.next()? {
                let (subject, kind): (i64, u8) = (row.get(0)?, row.get(1)?);
                if kind == ALIASED {
                    aliases.insert(subject);
                } else if subject < 0 {
                    decks.insert(-subject);
                } else if kind == CONFIGURED
                    && let Some(undo) = undo.as_deref_mut()
                    && let Some(body) = row.get::<_, Option<String>>(2)?
                    && let Ok(SettingChange::Setting { key, old, new }) = serde_json::from_str(&body)
                {
                    undo.settings.push((key, if now.voided.contains(span.action) { old } else { new }));
                }
            }
        }
        for card in cards {
            self.refold(card, Some(was), &now.voided)?;
            notes.insert(card_parts(card).0);
            if let Some(undo) = undo.as_deref_mut() {
                let uid = super::facts::note_uid(&self.tx, card_parts(card).0)?;
                undo.cards.push(card_of(card, uid.0));
            }
        }
        for deck in decks {
            self.refresh_deck(deck)?;
        }
        for alias in aliases {
            self.refresh_alias(alias)?;
        }
        for note in notes {
            self.refresh_note(note)?;
            let Some(undo) = undo.as_deref_mut().filter(|_| written.contains(&note)) else { continue };
            self.say_what_stays(note, now, changed, undo)?;
        }
        Ok(())
    }

    /// Notes that stay since they were answered, and those of which a newer own act hides what the undo did.
    fn say_what_stays(&mut self, note: i64, now: &Context, changed: &[Span], undo: &mut Undo) -> Result<(), Fault> {
        let facts = super::facts::facts_of(&self.tx, &now.reader, note)?;
        let is_text = |fact: &Fact| matches!(fact, Fact::Brought { .. } | Fact::Edited { .. });
        let any_text_counts = facts.iter().any(|row| is_text(&row.fact) && !now.voided.has(row.id));
        let uid = super::facts::note_uid(&self.tx, note)?;
        if !any_text_counts && self.is_answered(note)? {
            undo.kept.push(uid);
            return Ok(());
        }
        let is_changed = |row: &&FactRow| changed.iter().any(|span| span.has(row.id));
        let is_hidden = |row: &FactRow| {
            facts.iter().any(|other| {
                (other.hlc, other.id) > (row.hlc, row.id)
                    && !now.voided.has(other.id)
                    && !is_changed(&other)
                    && hides(other, row)
            })
        };
        let mut effects = facts.iter().filter(is_changed).filter(|row| is_effect(&row.fact)).peekable();
        if effects.peek().is_some() && effects.all(is_hidden) {
            undo.hidden.push(uid);
        }
        Ok(())
    }
}
