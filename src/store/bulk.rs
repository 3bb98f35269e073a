//! Taking in the notes of one file: which note each row is, and what the file says that was not said before.
//!
//! `matching` finds the note of each row, `named` says what its name means and `upstream` what the learner changed, `write` says
//! what that row changes, `decks` has the file's decks and topics, and `batch` writes the notes of a new deck many at a time. `twice`
//! notices a file that came before under another name.

mod ahead;
mod batch;
mod builtin;
mod decks;
mod left_out;
mod matching;
mod named;
mod news;
mod seen;
mod sides;
mod theirs;
mod twice;
mod upstream;
mod write;

use crate::core::card::NoteText;
use crate::core::fact::Fact;
use crate::core::id::NoteUid;
use crate::store::Fault;
use crate::store::Writer;
use crate::store::bulk::ahead::NotesAhead;
use crate::store::bulk::batch::NewNote;
use crate::store::bulk::batch::OldNames;
pub use crate::store::bulk::decks::HeadDetails;
use crate::store::bulk::decks::PlannedDeck;
use crate::store::bulk::decks::TargetDeck;
use crate::store::bulk::left_out::LeftOut;
use crate::store::bulk::matching::WaitingRow;
pub use crate::store::bulk::news::Missing;
pub use crate::store::bulk::news::News;
use crate::store::bulk::seen::BitSet;
pub use crate::store::bulk::seen::EarlierFiles;
use crate::store::bulk::seen::Seen;
pub use crate::store::bulk::twice::Twice;
use crate::store::columns::u64_of;
use crate::store::facts::deck_id;
use crate::store::facts::note_uid;
use crate::store::shown::NoteRow;
use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::rc::Rc;

/// Where a deck's text comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DeckOrigin {
    /// Embedded in the program.
    Builtin,
    /// Read from a file.
    File,
    /// Made by `lmq add`.
    Made,
}

impl DeckOrigin {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Builtin => "builtin",
            Self::File => "file",
            Self::Made => "made",
        }
    }
}

/// How a file's notes are taken in.
#[derive(Debug, Clone)]
pub struct BulkOptions {
    /// Where decks that are new come from.
    pub origin: DeckOrigin,
    /// The edition of a built-in deck; 0 for everything else.
    pub edition: u32,
    /// The deck that cards go into, whatever the file says; identities stay the file's.
    pub place_in: Option<String>,
    /// The id of the deck in which the file's cards lie, where its rows say none: among its cards they are looked for.
    pub home: Option<String>,
    /// Whether the file's order becomes the notes' order, also for those that were there.
    pub reposition: bool,
    /// Whether notes of the file's decks that are not in the file any more are gone.
    pub retire_missing: bool,
    /// The namespace of topics and sources; the deck's id where there is none.
    pub namespace: Option<String>,
    /// The followed file that this is.
    pub source: Option<i64>,
    /// Followed files that are there. Of what one of them brought, this one has no say.
    pub others: BTreeSet<i64>,
    /// Whether the file's text takes the place of the learner's own.
    pub theirs: bool,
    /// Whether each card that is new or changes is remembered.
    pub tells_news: bool,
}

impl BulkOptions {
    /// A file that is read this once: it adds to what is there, and says nothing of order, places or what it lacks.
    #[must_use]
    pub fn new(origin: DeckOrigin) -> Self {
        Self {
            origin,
            edition: 0,
            place_in: None,
            home: None,
            reposition: false,
            retire_missing: false,
            namespace: None,
            source: None,
            others: BTreeSet::new(),
            theirs: false,
            tells_news: false,
        }
    }
}

/// What became of a note.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MatchResult {
    /// It is new.
    Added,
    /// Its text changed; its history stays.
    Changed,
    /// It lies in another deck, and nothing else of it changed.
    Moved,
    /// It is as it was.
    Same,
    /// It was there, gone, and is back.
    Restored,
    /// The same note twice in one file.
    Duplicate,
    /// Another note of this file has its key or id, with another text.
    Contradicts,
    /// A file that came before this one has the note, with another text.
    ContradictsFile,
    /// The source's version changed, the learner's own stays shown.
    Kept,
    /// What it says does not fit what its source has no place for.
    Unfit,
    /// The learner deleted it, and it stays so.
    StaysDeleted,
    /// It is decided at the end of the file.
    Later,
}

/// A part of a note that stays as the learner has it although its source says something else now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum KeptPart {
    /// Its text.
    Text,
    /// Its tags: one of them at least.
    Tags,
    /// The deck that it lies in.
    Place,
    /// The learner deleted it.
    Deletion,
}

/// A note that both the learner and the file changed: the learner's version stays.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// What people call it.
    pub name: String,
    /// What of it stays as the learner has it.
    pub parts: Vec<KeptPart>,
    /// Whether the file's tags are taken although something else stays.
    pub takes_tags: bool,
    /// Whether the learner wrote it before any file had it.
    pub is_made: bool,
    /// Names of the decks that it lies in and that the file has it in, where its place stays.
    pub decks: Option<(String, String)>,
    /// The learner's text, which is shown, and the file's; of the first such notes only.
    pub texts: Option<Box<(NoteText, NoteText)>>,
}

/// What the end of a file brought.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Finished {
    /// What became of the rows that waited for it.
    pub late: Vec<MatchResult>,
    /// Notes of the file's decks that the file does not have, and that stay.
    pub missing: u64,
    /// Those that are gone with it.
    pub retired: u64,
    /// Notes that the file had until now: those, and what the learner made their own.
    pub lost: u64,
    /// The notes that both had changed, up to a limit.
    pub kept: Vec<Kept>,
    /// The cards of decks that came with the file and that others have too, for the first decks.
    pub twice: Vec<Twice>,
    /// Names of the decks into which notes were added, each with how many.
    pub added_to: Vec<(String, u64)>,
    /// Names of the decks to which notes were moved that did not change otherwise, each with how many.
    pub moved_to: Vec<(String, u64)>,
    /// The cards that are new, change or are missing, up to a limit.
    pub news: News,
}

/// How a row says who it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NoteRef {
    /// Its uid: made from a key or another program's id, given, or made from what the row says.
    pub uid: NoteUid,
    /// Whether it has a key or an id of its own.
    pub named: bool,
}

/// What a row says of the deck in which its note lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum RowPlace {
    /// Nothing: only the name of its file does, which is where new notes go.
    #[default]
    Unsaid,
    /// A deck, which is a part of who the note is: with another one it is another note.
    Name,
    /// A deck, while the note is called by an id of its own: another deck is a change of the file.
    Place,
}

/// New decks of a file that are held against the others.
const MOST_NEW_DECKS: usize = 5;

/// Takes in the notes of one file, as part of an action.
pub struct Bulk<'b, 's> {
    writer: &'b mut Writer<'s>,
    options: BulkOptions,
    /// Where several files are taken in one after the other.
    earlier: Option<&'b mut EarlierFiles>,
    decks: BTreeMap<String, TargetDeck>,
    /// The deck in which the file's cards lie, by its number and id, once a row was looked for there.
    home: Option<(i64, Rc<str>)>,
    /// The words that mean each deck, by its number.
    words: BTreeMap<i64, BTreeSet<String>>,
    /// Planned decks by the name that their head gives them.
    planned_names: BTreeMap<String, BTreeSet<i64>>,
    /// By the numbers that they go by until they are made.
    planned: BTreeMap<i64, PlannedDeck>,
    claimed: BitSet,
    /// Rows that were left out, and the notes that they are.
    left_out: Vec<LeftOut>,
    in_file: BitSet,
    seen: Seen,
    last_old_note: i64,
    any_rows: bool,
    /// What the rows say of where their notes lie.
    row_place: RowPlace,
    /// Rows without a note of their prompt: at the end they may be nearly equal to one.
    deferred: Vec<WaitingRow>,
    /// Rows with unclaimed notes of their prompt that have another answer.
    waiting: Vec<WaitingRow>,
    waiting_bytes: usize,
    files_decks: BTreeSet<i64>,
    /// Numbers of topics by deck and name: rows of one topic are many.
    topics: BTreeMap<(i64, String), i64>,
    kept: Vec<Kept>,
    /// How many notes were moved to each deck, by its number.
    moved: BTreeMap<i64, u64>,
    /// What changes, card by card.
    news: News,
    fresh: Vec<NewNote>,
    /// The text records of `fresh`, one behind the other.
    texts: String,
    /// Uids of this file, as far as they can be told apart.
    uids: Seen,
    old_names: OldNames,
    ahead: NotesAhead,
}

impl<'b, 's> Bulk<'b, 's> {
    /// Begins with one file.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn new(writer: &'b mut Writer<'s>, options: BulkOptions) -> Result<Self, Fault> {
        let last_old_note = writer.tx.query_row("SELECT coalesce(max(id), 0) FROM note_name", [], |row| row.get(0))?;
        Ok(Self {
            writer,
            options,
            earlier: None,
            decks: BTreeMap::new(),
            home: None,
            words: BTreeMap::new(),
            planned_names: BTreeMap::new(),
            planned: BTreeMap::new(),
            claimed: BitSet::default(),
            left_out: Vec::new(),
            in_file: BitSet::default(),
            seen: Seen::default(),
            last_old_note,
            any_rows: false,
            row_place: RowPlace::Unsaid,
            deferred: Vec::new(),
            waiting: Vec::new(),
            waiting_bytes: 0,
            files_decks: BTreeSet::new(),
            topics: BTreeMap::new(),
            kept: Vec::new(),
            moved: BTreeMap::new(),
            news: News::default(),
            fresh: Vec::new(),
            texts: String::new(),
            uids: Seen::default(),
            old_names: OldNames::Unread(0),
            ahead: NotesAhead::default(),
        })
    }

    /// What the rows that come now say of where their notes lie.
    pub fn rows_say_place(&mut self, says: RowPlace) {
        self.row_place = says;
    }

    /// The file comes after others. What these said of a note stands against it.
    pub fn comes_after(&mut self, earlier: &'b mut EarlierFiles) {
        self.earlier = Some(earlier);
    }

    /// Ids of the built-in decks, each with the uids that it has: what another file may not add to.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn builtin_uids(&self) -> Result<Vec<(String, BTreeSet<NoteUid>)>, Fault> {
        self.writer.builtin_uids()
    }

    /// Decides what was left for the end, and says what is gone where that was asked for.
    ///
    /// # Errors
    /// When it can't be written.
    pub fn finish(mut self) -> Result<Finished, Fault> {
        self.flush()?;
        let late = self.match_waiting()?;
        self.find_left_out()?;
        let (missing, retired, lost) = self.retire_missing_notes()?;
        if !self.any_rows {
            let planned: Vec<TargetDeck> = self.decks.values().filter(|deck| deck.id < 0).cloned().collect();
            for deck in planned {
                self.settled(&deck)?;
            }
            let made: Vec<i64> = self.decks.values().filter(|deck| !deck.was_there).map(|deck| deck.id).collect();
            self.writer.decks_to_list.extend(made);
        }
        let new: BTreeSet<i64> = self.decks.values().filter(|deck| !deck.was_there).map(|deck| deck.id).collect();
        let mut twice = Vec::new();
        // What goes where the person says is meant to be there, and the program knows its own decks.
        let may_be = self.options.place_in.is_none() && self.options.edition == 0;
        for deck in new.into_iter().filter(|deck| *deck >= 0 && may_be).take(MOST_NEW_DECKS) {
            twice.extend(self.writer.twice(deck)?);
        }
        let (added_to, moved_to) = (self.added_to()?, self.moved_to()?);
        self.tell_new()?;
        if let Some(earlier) = self.earlier.take() {
            let newest: i64 =
                self.writer.tx.query_row("SELECT coalesce(max(id), 0) FROM note_name", [], |row| row.get(0))?;
            earlier.add(&self.claimed, self.last_old_note + 1..=newest);
            earlier.left_out.add_all(&self.in_file);
            earlier.decks.append(&mut self.files_decks);
        }
        Ok(Finished { late, missing, retired, lost, kept: self.kept, twice, added_to, moved_to, news: self.news })
    }

    /// Names of the decks in which this file's new notes lie, each with how many. Of an edition of a built-in deck nobody asks.
    fn added_to(&self) -> Result<Vec<(String, u64)>, Fault> {
        if self.options.edition > 0 {
            return Ok(Vec::new());
        }
        let mut statement = self.writer.tx.prepare_cached(
            "SELECT deck.name, count(*) FROM note JOIN deck ON deck.id = note.deck WHERE note.id > ?1 AND retired = 0 \
             GROUP BY deck.id",
        )?;
        let rows = statement.query_map([self.last_old_note], |row| Ok((row.get(0)?, u64_of(row.get(1)?))))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Names of the decks to which notes were moved, each with how many.
    fn moved_to(&self) -> Result<Vec<(String, u64)>, Fault> {
        let mut name = self.writer.tx.prepare_cached("SELECT name FROM deck WHERE id = ?1")?;
        self.moved.iter().map(|(deck, notes)| Ok((name.query_row([deck], |row| row.get(0))?, *notes))).collect()
    }

    /// Counts the notes of the file's decks that the file does not have: those that stay, and those that are gone from now on,
    /// where that was asked for and the learner made nothing of their own of them. And all that the file had until now.
    fn retire_missing_notes(&mut self) -> Result<(u64, u64, u64), Fault> {
        let (mut missing, mut retired, mut lost) = (0, 0, 0);
        let home = self.home.as_ref().map(|(deck, _)| *deck).filter(|_| self.options.retire_missing);
        for deck in self.files_decks.iter().copied().chain(home).collect::<BTreeSet<i64>>() {
            if let Some(now) = self.deck_of(deck) {
                self.writer.tx.execute(
                    "UPDATE deck SET last_position = max(last_position, ?2) WHERE id = ?1",
                    (deck, now.position),
                )?;
                self.writer.decks_to_list.insert(deck);
            }
            // An edition of a built-in deck is whole: what it lacks is gone without a word.
            if self.options.edition > 0 {
                continue;
            }
            for note in self.unclaimed_ids(deck, usize::MAX)? {
                if self.in_file.has(note) {
                    continue;
                }
                if self.options.retire_missing && !self.is_from_here(note, deck)? {
                    continue;
                }
                if self.options.retire_missing && !self.writer.source_place(note)?.is_some_and(|place| place.gone) {
                    let uid = note_uid(&self.writer.tx, note)?;
                    self.writer.append_fact(&Fact::Gone { note: uid }, None)?;
                    lost += 1;
                    if NoteRow::of(&self.writer.tx, note)?.is_none_or(|row| row.retired) {
                        retired += 1;
                        continue;
                    }
                }
                // With other files the deck may be whole: that is counted when all are done.
                if self.earlier.is_none() {
                    missing += 1;
                    self.lacks(note)?;
                }
            }
        }
        Ok((missing, retired, lost))
    }

    /// Whether a note came from the file that is taken in, and its source put it into that deck: a followed file takes away
    /// its own notes only, not what a person put into the same deck.
    fn is_from_here(&mut self, note: i64, deck: i64) -> Result<bool, Fault> {
        let Some(source) = self.options.source else { return Ok(false) };
        let is_from: bool = self
            .writer
            .tx
            .prepare_cached("SELECT EXISTS (SELECT 1 FROM note_followed WHERE note = ?1 AND followed = ?2)")?
            .query_row((note, source), |row| row.get(0))?;
        if !is_from {
            return Ok(false);
        }
        let id = deck_id(&self.writer.tx, deck)?;
        Ok(self.writer.source_place(note)?.is_some_and(|place| place.deck == id))
    }
}

impl Writer<'_> {
    /// How many notes of their decks none of these files has, and the first of them, or all up to a limit.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn missing_in(&self, files: &EarlierFiles, all: bool) -> Result<(u64, Vec<Missing>), Fault> {
        let (mut missing, mut first) = (0, Vec::new());
        let mut living =
            self.tx.prepare_cached("SELECT id FROM note INDEXED BY note_prompt WHERE deck = ?1 AND retired = 0")?;
        for deck in &files.decks {
            let mut rows = living.query([deck])?;
            while let Some(row) = rows.next()? {
                let note = row.get(0)?;
                if files.have(note) || files.left_out.has(note) {
                    continue;
                }
                missing += 1;
                if first.len() < News::most_missing(all) {
                    first.push(self.missing(note)?);
                }
            }
        }
        Ok((missing, first))
    }
}
