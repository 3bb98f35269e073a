//! Another text for notes that are there: read from an editor or a form, and made as one action together with the
//! followed files that the notes come from.

use crate::core::action::ActionKind;
use crate::core::action::Subject;
use crate::core::card::NoteText;
use crate::core::event::Draft;
use crate::core::event::EventKind;
use crate::core::id::CardId;
use crate::core::id::NoteUid;
use crate::core::settings::Settings;
use crate::core::text::counted;
use crate::core::text::one_line;
use crate::core::text::printable;
use crate::env::Env;
use crate::failure::Failure;
use crate::formats::DeckFault;
use crate::formats::FileFault;
use crate::formats::deck_toml::cards;
use crate::formats::deck_toml::cards::Known;
use crate::ops::bulk;
use crate::ops::import;
use crate::ops::linked;
use crate::ops::restarts;
use crate::ops::stamp;
use crate::store::Fault;
use crate::store::Store;
use crate::store::StoreError;
use std::collections::BTreeSet;

/// A note as it is shown.
pub use crate::store::NoteNow;

/// Notes that may be edited together: more make a text that nobody reads.
const MOST: usize = 500;

/// How the schedule takes an edit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Meaning {
    /// The card asks what it asked: its schedule stays.
    #[default]
    Typo,
    /// It asks something else: its repetitions begin again, today; its ease and its lapses stay.
    Changed,
}

/// What to do about a note that was changed elsewhere while it was edited.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// Write the edit over it.
    Mine,
    /// Leave it, and drop the edit.
    Theirs,
}

/// A note with its edit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rewrite {
    /// The note as it was when the edit began.
    pub opened: NoteNow,
    /// Its new text.
    pub text: NoteText,
    /// Its new key, where it gets one.
    pub key: Option<String>,
}

impl Rewrite {
    /// Whether it changes anything.
    #[must_use]
    pub fn changes(&self) -> bool {
        self.text != self.opened.text || self.new_key().is_some()
    }

    /// Whether it changes what a note with a source has from there alone (decisions 6).
    fn moves_when_asked(&self) -> bool {
        let (new, old) = (&self.text, &self.opened.text);
        self.opened.has_source && (&new.after, new.held_out) != (&old.after, old.held_out)
    }

    fn new_key(&self) -> Option<&str> {
        self.key.as_deref().filter(|key| Some(*key) != self.opened.key.as_deref())
    }
}

/// A note that both the user and somebody else changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conflict {
    /// Its name.
    pub name: String,
    /// The user's text, as TOML.
    pub mine: String,
    /// The text that is there now, as TOML.
    pub theirs: String,
}

/// What a form edits with: the open database and what belongs to it.
pub struct NoteEditor<'b> {
    pub(super) store: &'b mut Store,
    pub(super) env: &'b Env,
    pub(super) settings: &'b Settings,
}

impl NoteEditor<'_> {
    /// The note of a card as it is now.
    ///
    /// # Errors
    /// When it is gone or the database can't be read.
    pub fn open(&self, card: CardId) -> Result<NoteNow, Failure> {
        open(self.store, &[card])?.pop().ok_or_else(|| Failure::bug("a card has no note"))
    }

    /// Whether a card of the note was ever answered, so that it has a schedule to keep or to begin again.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn has_schedule(&self, note: &NoteNow) -> Result<bool, Failure> {
        for ordinal in note.text.ordinals() {
            let line = self.store.card(CardId { note: note.note, ordinal });
            if line?.is_some_and(|line| line.state.memory.is_some()) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// The edit that a form made of a note.
    ///
    /// # Errors
    /// What is wrong with it, in a few words.
    pub fn rewrite(&self, note: &NoteNow, text: &NoteText) -> Result<Rewrite, Failure> {
        rewrite(self.store, note.clone(), None, text)
    }

    /// The edit that an editor made of a note; the inner error has the faults, a line each.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn read(&self, note: &NoteNow, text: &str) -> Result<Result<Option<Rewrite>, Vec<String>>, Failure> {
        let read = read(self.store, std::slice::from_ref(note), text)?;
        let line = |fault: &FileFault| printable(&format!("{}: {}; {}", fault.place, fault.what, fault.what.help()));
        Ok(read.map(|mut rewrites| rewrites.pop()).map_err(|faults| faults.iter().map(line).collect()))
    }

    /// Makes it.
    ///
    /// # Errors
    /// As [`make`].
    pub fn apply(&mut self, rewrite: Rewrite, how: How) -> Result<Done, Refusal> {
        make(self.store, self.env, self.settings, vec![rewrite], how)
    }

    /// Adds a card; gives its name, and whether the deck had it already.
    ///
    /// # Errors
    /// When the text has faults, or it can't be written.
    pub fn add(&mut self, deck: &str, text: &NoteText) -> Result<(String, bool), Failure> {
        if deck.trim().is_empty() {
            return Err(Failure::usage("which deck? Write its name"));
        }
        let text = checked(text)?;
        let added =
            crate::ops::add::add(self.store, self.env, stamp(self.env, self.settings), deck.trim(), None, &text)?;
        let name = added.cards.first().map_or_else(String::new, crate::store::CardLine::note_name);
        Ok((name, added.known))
    }
}

/// A text for a new card, as reading it from a deck file would give it.
///
/// # Errors
/// When it has faults.
pub fn checked(text: &NoteText) -> Result<NoteText, Failure> {
    let known = Known { topics: text.topic.iter().cloned().collect(), keys: text.after.clone() };
    let mut read = cards::read(&cards::write(None, None, text), &known).map_err(|faults| told(&faults))?;
    read.pop().map(|card| card.text).ok_or_else(|| Failure::bug("a card was written that could not be read"))
}

/// A key, where there is one, and a text.
pub type New = (Option<String>, NoteText);

/// Reads new cards of a deck, which may not be there yet.
///
/// # Errors
/// The faults that a deck file with them would have; the outer error is one of the database.
pub fn read_new(store: &Store, deck: &str, text: &str) -> Result<Result<Vec<New>, Vec<FileFault>>, Failure> {
    let mut known = Known::default();
    if let Some((id, _)) = store.deck_named(deck)? {
        let decks = store.deck_names()?;
        for (number, ..) in decks.into_iter().filter(|(_, name, _)| *name == id) {
            add_known(store, number, text, &mut known)?;
        }
    }
    Ok(cards::read(text, &known).map(|cards| cards.into_iter().map(|card| (card.key, card.text)).collect()))
}

/// Why an edit was not made.
#[derive(Debug)]
pub enum Refusal {
    /// Notes were changed elsewhere since the edit began.
    Conflict(Vec<Conflict>),
    /// Something else.
    Failure(Failure),
}

impl From<Failure> for Refusal {
    fn from(failure: Failure) -> Self {
        Self::Failure(failure)
    }
}

impl From<StoreError> for Refusal {
    fn from(error: StoreError) -> Self {
        Self::Failure(error.into())
    }
}

/// What an edit came to.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Done {
    /// The notes that were changed; none where all were so already.
    pub notes: Vec<NoteUid>,
    /// What it was, as `lmq undo` shows it.
    pub label: String,
    /// Followed files that were changed too.
    pub files: Vec<String>,
    /// What the person should know.
    pub talk: Vec<String>,
}

/// How an edit is to be made.
#[derive(Debug, Clone, Copy, Default)]
pub struct How {
    /// What it does to the schedule.
    pub meaning: Meaning,
    /// Whose text wins where both changed; asked about where nobody says.
    pub side: Option<Side>,
    /// Leave followed files as they are.
    pub leave_files: bool,
}

/// The notes of these cards, each once, as they are now.
///
/// # Errors
/// When there are too many of them, one is gone, or the database can't be read.
pub fn open(store: &Store, cards: &[CardId]) -> Result<Vec<NoteNow>, Failure> {
    let mut seen = BTreeSet::new();
    let mut notes = Vec::new();
    for card in cards {
        if seen.insert(card.note) {
            let Some(note) = store.note_now(card.note)? else {
                return Err(match store.card(*card)?.filter(|line| line.erased) {
                    Some(line) => bulk::erased(&line),
                    None => Failure::failed("there is no text for this card")
                        .hint("it was deleted; `lmq undo` brings it back"),
                });
            };
            notes.push(note);
        }
    }
    if notes.len() > MOST {
        return Err(Failure::usage(format!("{} are too many to edit at once", counted(notes.len(), "note", "notes")))
            .hint("narrow the search; `lmq tag`, `lmq move` and the like change any number"));
    }
    Ok(notes)
}

/// Notes as the text for an editor: a `[[card]]` for each, with the id by which it is found again.
#[must_use]
pub fn write(notes: &[NoteNow]) -> String {
    let card = |note: &NoteNow| cards::write(Some(&note.note.to_string()), note.key.as_deref(), &note.text);
    notes.iter().map(card).collect::<Vec<_>>().join("\n")
}

/// Reads what an editor gave back: the notes of `notes` that are in it, each once. Nothing where it is empty.
///
/// # Errors
/// The faults that a deck file with these cards would have, and cards that are none of `notes`; the outer error is
/// one of the database.
pub fn read(store: &Store, notes: &[NoteNow], text: &str) -> Result<Result<Vec<Rewrite>, Vec<FileFault>>, Failure> {
    let known = known(store, notes, text)?;
    let read = match cards::read(text, &known) {
        Ok(read) => read,
        Err(faults) => return Ok(Err(faults)),
    };
    let count = read.len();
    let mut rewrites: Vec<Rewrite> = Vec::new();
    let mut faults = Vec::new();
    for card in read {
        let by_id = card.id.as_deref().and_then(NoteUid::from_hex);
        let found = match (&card.id, by_id) {
            (Some(_), Some(uid)) => notes.iter().find(|note| note.note == uid),
            (Some(_), None) => None,
            (None, _) => notes
                .iter()
                .find(|note| note.key.is_some() && note.key == card.key)
                .or_else(|| notes.first().filter(|_| count == 1 && notes.len() == 1)),
        };
        match found {
            None => faults.push(cards::fault(text, card.span, DeckFault::UnknownId)),
            Some(note) if rewrites.iter().any(|rewrite| rewrite.opened.note == note.note) => {
                faults.push(cards::fault(text, card.span, DeckFault::DuplicateId));
            }
            Some(note) => {
                rewrites.push(Rewrite { opened: note.clone(), text: settled(note, card.text), key: card.key });
            }
        }
    }
    Ok(if faults.is_empty() { Ok(rewrites) } else { Err(faults) })
}

/// A topic that the first source stands for is left out of the text: where nobody touched that, the note keeps what it had.
fn settled(note: &NoteNow, text: NoteText) -> NoteText {
    let topic =
        if text.source == note.text.source && note.text.topic.is_none() && text.topic.as_ref() == text.source.first() {
            None
        } else {
            text.topic
        };
    NoteText { topic, ..text }
}

fn known(store: &Store, notes: &[NoteNow], text: &str) -> Result<Known, StoreError> {
    let mut known = Known::default();
    let decks: BTreeSet<i64> = notes.iter().map(|note| note.deck).collect();
    for deck in decks {
        add_known(store, deck, text, &mut known)?;
    }
    for note in notes {
        // What a note names already is no new fault.
        known.topics.extend(note.text.topic.clone());
        known.keys.extend(note.text.after.iter().cloned());
    }
    Ok(known)
}

fn add_known(store: &Store, deck: i64, text: &str, known: &mut Known) -> Result<(), StoreError> {
    known.topics.extend(store.topics(deck)?.into_iter().map(|(id, ..)| id));
    // A large deck is read only where a card names keys of it.
    if text.contains("after") {
        store.notes(deck, |notes| {
            for note in notes.read() {
                known.keys.extend(note?.1);
            }
            Ok(())
        })?;
    }
    Ok(())
}

/// A fault of a text that has no file.
fn told(faults: &[FileFault]) -> Failure {
    let mut failure = Failure::data("the card can't be like that");
    failure.places = faults.iter().map(|fault| printable(&format!("{}: {}", fault.what, fault.what.help()))).collect();
    failure.hint("nothing was changed; `lmq help kinds` shows the fields of each kind")
}

/// A new text for one note, checked as a deck file is: for forms and scripts, which give no text of their own.
///
/// # Errors
/// When it has faults.
pub fn rewrite(store: &Store, opened: NoteNow, key: Option<String>, text: &NoteText) -> Result<Rewrite, Failure> {
    let written = cards::write(None, key.as_deref().or(opened.key.as_deref()), text);
    match read(store, std::slice::from_ref(&opened), &written)? {
        Ok(mut read) => read.pop().ok_or_else(|| Failure::bug("a card was written that could not be read")),
        Err(faults) => Err(told(&faults)),
    }
}

/// Makes edits, as one action. Followed deck files are brought up to date first, and changed with the notes.
///
/// # Errors
/// When a note was changed elsewhere and nobody says whose text wins, a file or the database can't be written, or a
/// key is taken. Nothing is changed then.
pub fn make(
    store: &mut Store,
    env: &Env,
    settings: &Settings,
    rewrites: Vec<Rewrite>,
    how: How,
) -> Result<Done, Refusal> {
    let when = stamp(env, settings);
    let mut done = Done { talk: import::follow(store, when)?, ..Done::default() };
    let mut wanted = Vec::new();
    let mut conflicts = Vec::new();
    for rewrite in rewrites.into_iter().filter(Rewrite::changes) {
        let Some(now) = store.note_now(rewrite.opened.note)? else {
            return Err(Failure::failed(format!("`{}` is gone", one_line(&rewrite.opened.name)))
                .hint("it was deleted, or its followed file lost it, while it was edited")
                .into());
        };
        let same = now.text == rewrite.opened.text && now.key == rewrite.opened.key;
        match how.side {
            _ if now.text == rewrite.text && rewrite.key.as_ref().is_none_or(|key| now.key.as_ref() == Some(key)) => {}
            None if !same => conflicts.push(conflict(&now, &rewrite)),
            Some(Side::Theirs) if !same => {
                done.talk.push(format!("`{}` was changed elsewhere, and that stays", one_line(&now.name)));
            }
            None | Some(Side::Mine | Side::Theirs) => wanted.push(Rewrite { opened: now, ..rewrite }),
        }
    }
    if !conflicts.is_empty() {
        return Err(Refusal::Conflict(conflicts));
    }
    if wanted.is_empty() {
        return Ok(done);
    }
    let changes: Vec<linked::FileEdit> = wanted
        .iter()
        .map(|rewrite| linked::FileEdit {
            note: rewrite.opened.note,
            new_key: rewrite.new_key().map(str::to_owned),
            opened: rewrite.opened.text.clone(),
            text: rewrite.text.clone(),
        })
        .collect();
    let files = linked::plan(store, &changes, how.leave_files)?;
    let carried = files.carried();
    if let Some(rewrite) =
        wanted.iter().find(|rewrite| rewrite.moves_when_asked() && !carried.contains_key(&rewrite.opened.note))
    {
        return Err(Failure::usage(format!(
            "nothing was changed: `after` and `held_out` of `{}` follow the file that it came from",
            one_line(&rewrite.opened.name)
        ))
        .hint("change them in that file and import it again; a followed file is changed by `lmq edit` itself")
        .into());
    }
    let restarts = if how.meaning == Meaning::Changed { begin_again(store, &wanted)? } else { Vec::new() };
    let noted = restarts::note(store, &files.with_restarts(&restarts))?;
    done.label = label(&wanted, how.meaning);
    let subject = match wanted.as_slice() {
        [one] => Subject::Note(one.opened.note),
        _ => Subject::None,
    };
    let mut refused = None;
    let written = store.write(when, ActionKind::Edit, subject, |writer| {
        for rewrite in &wanted {
            let opened = &rewrite.opened;
            if !writer.still_is(opened.note, &opened.text, opened.key.as_deref())? {
                return Err(Fault::Stale);
            }
            if rewrite.text != opened.text {
                match carried.get(&opened.note) {
                    Some(of_file) => writer.rewrite_with_file(opened.note, &rewrite.text, of_file)?,
                    None => writer.rewrite(opened.note, &rewrite.text)?,
                }
            }
            if let Some(key) = rewrite.new_key()
                && !writer.rekey(opened.note, key)?
            {
                refused = Some(
                    Failure::usage(format!("another card of the deck has the key `{}`, or had it", one_line(key)))
                        .hint("choose another key"),
                );
                return Err(Fault::Abandoned);
            }
        }
        if let Some(noted) = &noted {
            writer.forget_restarts(noted)?;
        }
        let scheduler = settings.scheduler();
        for draft in &restarts {
            writer.append(draft, &scheduler)?;
        }
        // The files come last: what can fail before them has not failed, and what is left is the commit.
        files.write(writer).map_err(|error| match error {
            linked::Broken::Store(error) => error,
            linked::Broken::File(failure) => {
                refused = Some(failure);
                Fault::Abandoned
            }
        })
    });
    match (written, refused) {
        (Err(_), Some(refused)) => return Err(refused.into()),
        (Err(error), None) => {
            files.put_back();
            return Err(error.into());
        }
        (Ok(_), _) => {}
    }
    done.talk.extend(files.talk());
    done.files = files.names();
    done.notes = wanted.iter().map(|rewrite| rewrite.opened.note).collect();
    Ok(done)
}

fn conflict(now: &NoteNow, rewrite: &Rewrite) -> Conflict {
    Conflict {
        name: now.name.clone(),
        mine: cards::write(None, rewrite.key.as_deref().or(now.key.as_deref()), &rewrite.text),
        theirs: cards::write(None, now.key.as_deref(), &now.text),
    }
}

fn label(wanted: &[Rewrite], meaning: Meaning) -> String {
    let what = match wanted {
        [one] => one_line(&one.opened.name),
        many => counted(many.len(), "note", "notes"),
    };
    match meaning {
        Meaning::Typo => format!("edited {what}"),
        Meaning::Changed => format!("edited {what}, with another meaning"),
    }
}

/// The cards that begin again: those of the new texts that were answered before.
fn begin_again(store: &Store, wanted: &[Rewrite]) -> Result<Vec<Draft>, StoreError> {
    let mut drafts = Vec::new();
    for rewrite in wanted {
        for ordinal in rewrite.text.ordinals() {
            let card = CardId { note: rewrite.opened.note, ordinal };
            let Some(line) = store.card(card)? else { continue };
            if line.state.memory.is_some() {
                drafts.push(Draft::new(card, EventKind::Restarted, line.state.last_event));
            }
        }
    }
    Ok(drafts)
}
