//! One change to many cards: planned first, so that it can be shown and asked about, then made as one action.

use crate::core::card::NoteText;
use crate::core::event::After;
use crate::core::event::Detail;
use crate::core::event::Draft;
use crate::core::event::Fact;
use crate::core::id::CardId;
use crate::core::id::NoteUid;
use crate::core::id::is_deck_id;
use crate::core::settings::Settings;
use crate::core::study_day::StudyDay;
use crate::core::text::counted;
use crate::core::text::nearest;
use crate::core::text::one_line;
use crate::failure::Failure;
use crate::ops::failure;
use crate::ops::linked;
use crate::store::CardLine;
use crate::store::Found;
use crate::store::Stamp;
use crate::store::Store;
use crate::store::StoreError;
use std::collections::BTreeSet;

/// Names that a plan shows.
const SHOWN: usize = 5;

/// The longest tag or name of a deck, in characters.
const LONGEST: usize = 200;

/// What can be done to many cards.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// Take out of reviews.
    Suspend,
    /// Put back.
    Unsuspend,
    /// Hold back until a day.
    Bury(StudyDay),
    /// No longer hold back.
    Unbury,
    /// Give the star.
    Mark,
    /// Take the star away.
    Unmark,
    /// Make new again.
    Reset,
    /// Let fall due on a day.
    SetDue(StudyDay),
    /// Give a tag.
    Tag(String),
    /// Take a tag away.
    Untag(String),
    /// Take into another deck.
    Move {
        /// Its id.
        id: String,
        /// Its name.
        name: String,
    },
    /// Take out of everything but the history.
    Delete,
}

/// What becomes of a note.
enum Version {
    Text(Box<NoteText>),
    Elsewhere,
    Gone,
}

impl Change {
    /// What is done: the words before the cards, and behind them.
    fn words(&self) -> (&'static str, String) {
        match self {
            Self::Suspend => ("suspended", String::new()),
            Self::Unsuspend => ("put back", String::new()),
            Self::Bury(until) => ("buried", format!(" until {}", until.iso())),
            Self::Unbury => ("no longer buried:", String::new()),
            Self::Mark => ("marked", String::new()),
            Self::Unmark => ("no longer marked:", String::new()),
            Self::Reset => ("made new again:", String::new()),
            Self::SetDue(day) => ("set to fall due:", format!(" on {}", day.iso())),
            Self::Tag(tag) => ("tagged", format!(" `{}`", one_line(tag))),
            Self::Untag(tag) => ("took a tag from", format!(": `{}`", one_line(tag))),
            Self::Move { name, .. } => ("moved", format!(" to `{}`", one_line(name))),
            Self::Delete => ("deleted", String::new()),
        }
    }

    /// The kind of action. One card suspended, buried or marked is what `u` in a session takes back.
    fn kind(&self, count: usize) -> &'static str {
        match self {
            Self::Suspend if count == 1 => "suspend",
            Self::Bury(_) if count == 1 => "bury",
            Self::Mark | Self::Unmark if count == 1 => "mark",
            Self::Suspend
            | Self::Unsuspend
            | Self::Bury(_)
            | Self::Unbury
            | Self::Mark
            | Self::Unmark
            | Self::Reset
            | Self::SetDue(_) => "schedule",
            Self::Tag(_) | Self::Untag(_) => "tag",
            Self::Move { .. } => "move",
            Self::Delete => "delete",
        }
    }

    /// What is appended to one card's history; `None` where the card is so already, or can't be.
    fn event(&self, line: &CardLine, today: StudyDay) -> Option<(Fact, Option<After>)> {
        let state = &line.state;
        let plain = |applies: bool, fact: Fact| applies.then_some((fact, None));
        match self {
            Self::Suspend => plain(!state.suspended, Fact::Suspended),
            Self::Unsuspend => plain(state.suspended, Fact::Unsuspended),
            Self::Bury(until) => plain(state.buried_until != Some(*until), Fact::Buried { until: *until }),
            Self::Unbury => plain(state.is_buried(today), Fact::Unburied),
            Self::Mark => plain(!state.marked, Fact::Marked),
            Self::Unmark => plain(state.marked, Fact::Unmarked),
            Self::Reset => plain(state.memory.is_some(), Fact::Reset),
            Self::SetDue(day) => {
                let memory = state.memory.as_ref().filter(|memory| memory.due != *day)?;
                Some((Fact::DueSet, Some(After { due: *day, ..After::of(memory) })))
            }
            Self::Tag(_) | Self::Untag(_) | Self::Move { .. } | Self::Delete => None,
        }
    }

    /// What becomes of one note; `None` where it is so already.
    fn version(&self, line: &CardLine) -> Option<Version> {
        match self {
            Self::Tag(tag) => {
                let mut text = line.text.clone();
                if text.tags.contains(tag) {
                    return None;
                }
                text.tags.push(tag.clone());
                Some(Version::Text(Box::new(text)))
            }
            Self::Untag(tag) => {
                let mut text = line.text.clone();
                text.tags.retain(|had| had.to_lowercase() != tag.to_lowercase());
                (text.tags != line.text.tags).then(|| Version::Text(Box::new(text)))
            }
            Self::Move { id, .. } => (line.deck != *id).then_some(Version::Elsewhere),
            Self::Delete => Some(Version::Gone),
            Self::Suspend
            | Self::Unsuspend
            | Self::Bury(_)
            | Self::Unbury
            | Self::Mark
            | Self::Unmark
            | Self::Reset
            | Self::SetDue(_) => None,
        }
    }

    /// Whether it is about notes, all cards of each together.
    fn is_about_notes(&self) -> bool {
        matches!(self, Self::Tag(_) | Self::Untag(_) | Self::Move { .. } | Self::Delete)
    }
}

/// What a change would do.
pub struct Plan {
    change: Change,
    events: Vec<Draft>,
    versions: Vec<(NoteUid, Version)>,
    /// The first names.
    pub names: Vec<String>,
    /// Cards or notes that were meant and are so already, or can't be.
    pub left: usize,
    /// Cards that were never answered and so have no due day to set.
    pub without_due: usize,
}

impl Plan {
    /// Cards (or notes, where it is about these) that change.
    #[must_use]
    pub fn count(&self) -> usize {
        self.events.len() + self.versions.len()
    }

    /// So many of what it is about: `12 cards`, `1 note`.
    #[must_use]
    pub fn of(&self, count: usize) -> String {
        if self.change.is_about_notes() { counted(count, "note", "notes") } else { counted(count, "card", "cards") }
    }

    /// In a few words: `suspended 12 cards`, `suspended team/roadmap`.
    #[must_use]
    pub fn label(&self) -> String {
        let (before, behind) = self.change.words();
        let what = match (self.count(), self.names.first()) {
            (1, Some(name)) => name.clone(),
            (count, _) => self.of(count),
        };
        format!("{before} {what}{behind}")
    }
}

/// The cards that a person means: all named (`deck/key`, an id), or a search.
///
/// # Errors
/// When nothing is named, a name could be several notes, or the search can't be read or means no card.
pub fn meant(store: &Store, settings: &Settings, today: StudyDay, query: &[String]) -> Result<Vec<CardId>, Failure> {
    let text = query.join(" ");
    if text.trim().is_empty() {
        return Err(Failure::usage("which cards? Name them, or give a search").hint("`deck:*` means all of them"));
    }
    let mut cards = Vec::new();
    for name in query {
        let Some(named) = card_named(store, name)? else {
            cards.clear();
            break;
        };
        for card in named {
            if !cards.contains(&card) {
                cards.push(card);
            }
        }
    }
    if cards.is_empty() {
        cards = crate::ops::search::cards(store, settings, today, &text)?;
    }
    if cards.is_empty() {
        return Err(Failure::failed(format!("no card matches `{}`", one_line(&text)))
            .hint("try the search with `lmq cards`; docs/search.md has its language"));
    }
    Ok(cards)
}

/// The cards of that name; `None` where it is a word to look for.
fn card_named(store: &Store, name: &str) -> Result<Option<Vec<CardId>>, Failure> {
    // A short word of the letters a to f is a word.
    let is_id = name.len() >= 8 && name.chars().all(|c| c.is_ascii_hexdigit() || c == '-' || c == '#');
    if !is_id && !name.contains('/') {
        return Ok(None);
    }
    let fail = |error: StoreError| failure(&error, store.path());
    match store.find(name).map_err(fail)? {
        Found::One(card) => Ok(Some(vec![card])),
        Found::Many(names) => {
            let mut notes = BTreeSet::new();
            for name in &names {
                if let Found::One(card) = store.find(name).map_err(fail)? {
                    notes.insert(card.note);
                }
            }
            match (notes.len(), notes.first()) {
                (1, Some(note)) => store.cards_of_note(*note).map(Some).map_err(fail),
                _ => {
                    let mut failure = Failure::usage(format!("`{}` could be several cards", one_line(name)));
                    failure.places = names;
                    Err(failure.hint("name one of them"))
                }
            }
        }
        Found::Nothing => Ok(None),
    }
}

/// What a change to these cards would do.
///
/// # Errors
/// When the database can't be read.
pub fn plan(store: &Store, today: StudyDay, cards: &[CardId], change: Change) -> Result<Plan, Failure> {
    let mut plan =
        Plan { change, events: Vec::new(), versions: Vec::new(), names: Vec::new(), left: 0, without_due: 0 };
    let mut notes = BTreeSet::new();
    store
        .lines(cards, |line| {
            let name = if plan.change.is_about_notes() {
                if !notes.insert(line.card.note) {
                    return Ok(());
                }
                let Some(version) = plan.change.version(&line) else {
                    plan.left += 1;
                    return Ok(());
                };
                plan.versions.push((line.card.note, version));
                line.note_name()
            } else {
                let Some((fact, after)) = plan.change.event(&line, today) else {
                    plan.left += 1;
                    let is_new = line.state.memory.is_none();
                    plan.without_due += usize::from(is_new && matches!(plan.change, Change::SetDue(_)));
                    return Ok(());
                };
                let (card, prev) = (Some(line.card), line.state.last_event);
                plan.events.push(Draft { card, fact, prev, after, detail: Detail::default() });
                line.name()
            };
            if plan.names.len() < SHOWN {
                plan.names.push(one_line(&name));
            }
            Ok(())
        })
        .map_err(|error| failure(&error, store.path()))?;
    Ok(plan)
}

/// Makes the change, as one action; a tag goes into the followed deck file of its note too. Gives what to tell.
///
/// # Errors
/// When a card was changed elsewhere since it was planned, or it can't be written; nothing is changed then.
pub fn make(store: &mut Store, settings: &Settings, stamp: Stamp, plan: &Plan) -> Result<Vec<String>, Failure> {
    let path = store.path().to_owned();
    let scheduler = settings.scheduler();
    let (files, mut talk) = files_of(store, plan)?;
    let mut refused = None;
    let written = store.write(
        stamp,
        plan.change.kind(plan.count()),
        |()| plan.label(),
        |writer| {
            for draft in &plan.events {
                writer.append(draft, &scheduler)?;
            }
            let deck = match (&plan.change, plan.versions.is_empty()) {
                (Change::Move { id, name }, false) => Some(writer.deck_for(id, name)?),
                _ => None,
            };
            for (note, version) in &plan.versions {
                match (version, deck) {
                    (Version::Text(text), _) => writer.rewrite(*note, text, files.is_aside(*note))?,
                    (Version::Elsewhere, Some(deck)) => writer.relocate(*note, deck)?,
                    (Version::Elsewhere, None) => {}
                    (Version::Gone, _) => writer.retire(*note)?,
                }
            }
            files.write(writer).map_err(|error| match error {
                linked::Broken::Store(error) => error,
                linked::Broken::File(failure) => {
                    refused = Some(failure);
                    StoreError::Abandoned
                }
            })
        },
    );
    match (written, refused) {
        (Err(_), Some(refused)) => Err(refused),
        (Err(error), None) => {
            files.put_back();
            Err(failure(&error, &path))
        }
        (Ok(_), _) => {
            talk.extend(files.talk());
            Ok(talk)
        }
    }
}

/// The followed files that get the new texts. Where one of them can't be changed, tags are no reason to stop: the notes
/// get them all the same, and what the file says stays known.
fn files_of(store: &Store, plan: &Plan) -> Result<(linked::Plan, Vec<String>), Failure> {
    let texts = plan.versions.iter().filter_map(|(note, version)| match version {
        Version::Text(text) => Some(linked::Change { note: *note, new_key: None, text: (**text).clone() }),
        Version::Elsewhere | Version::Gone => None,
    });
    let changes: Vec<linked::Change> = texts.collect();
    match linked::plan(store, &changes, false) {
        Ok(files) => Ok((files, Vec::new())),
        Err(failure) => Ok((linked::plan(store, &changes, true)?, vec![failure.what])),
    }
}

/// A tag as it may be given.
///
/// # Errors
/// When it is empty, too long, or holds control characters.
pub fn tag(text: &str) -> Result<String, Failure> {
    let tag = text.trim();
    if tag.is_empty() || tag.chars().count() > LONGEST || tag.chars().any(char::is_control) {
        return Err(Failure::usage("a tag needs a name of up to 200 characters").hint("lmq tag TAG QUERY"));
    }
    Ok(tag.to_owned())
}

/// The name of a deck that may be made.
///
/// # Errors
/// When there can't be a deck of that name.
pub(super) fn deck_name(text: &str) -> Result<String, Failure> {
    let name = text.trim();
    let is_path = name.split("::").all(|part| !part.trim().is_empty());
    if !is_path || name.chars().count() > LONGEST || !is_deck_id(name) {
        return Err(Failure::usage(format!("`{}` can't be the name of a deck", one_line(text)))
            .hint("write a name, or `a::b` for one inside another; without / and #"));
    }
    Ok(name.to_owned())
}

/// The move into the deck that a person names, by id or name; into a new one where there is none.
///
/// # Errors
/// When there can't be a deck of that name.
pub fn move_to(store: &Store, deck: &str) -> Result<Change, Failure> {
    match store.deck_named(deck).map_err(|error| failure(&error, store.path()))? {
        Some((id, name)) => Ok(Change::Move { id, name }),
        None => {
            let name = deck_name(deck)?;
            Ok(Change::Move { id: name.clone(), name })
        }
    }
}

/// A deck that gets another name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Renaming {
    /// Its id.
    pub id: String,
    /// Its name now.
    pub old: String,
    /// Its name then.
    pub new: String,
}

/// What it takes to rename a deck, by id or name, with those inside it; or, where there is no such deck, those inside.
///
/// # Errors
/// When there is no such deck, the new name can't be one, or is taken.
pub fn renamings(store: &Store, deck: &str, new: &str) -> Result<Vec<Renaming>, Failure> {
    let new = deck_name(new)?;
    let decks = store.deck_names().map_err(|error| failure(&error, store.path()))?;
    let found = store.deck_named(deck).map_err(|error| failure(&error, store.path()))?;
    let old = found.map_or_else(|| deck.trim().to_owned(), |(_, name)| name);
    let old_parts: Vec<String> = old.split("::").map(str::to_lowercase).collect();
    let mut renamings: Vec<Renaming> = Vec::new();
    for (_, id, name) in &decks {
        let parts: Vec<&str> = name.split("::").collect();
        let begins = parts.iter().map(|part| part.to_lowercase()).take(old_parts.len()).eq(old_parts.iter().cloned());
        if begins {
            let rest = parts.iter().skip(old_parts.len()).copied();
            let path: Vec<&str> = std::iter::once(new.as_str()).chain(rest).collect();
            renamings.push(Renaming { id: id.clone(), old: name.clone(), new: path.join("::") });
        }
    }
    if renamings.is_empty() {
        let near = nearest(deck, decks.iter().map(|(_, id, _)| id.as_str()));
        return Err(Failure::usage(format!("there is no deck `{}`", one_line(deck))).hint(match near {
            Some(near) => format!("did you mean `{near}`? `lmq decks` lists all"),
            None => "`lmq decks` lists all decks".to_owned(),
        }));
    }
    let stays: Vec<&(i64, String, String)> =
        decks.iter().filter(|(_, id, _)| renamings.iter().all(|renaming| renaming.id != *id)).collect();
    for renaming in &renamings {
        let wanted = renaming.new.to_lowercase();
        if stays.iter().any(|(_, id, name)| id.to_lowercase() == wanted || name.to_lowercase() == wanted) {
            return Err(Failure::usage(format!("there is a deck `{}` already", one_line(&renaming.new)))
                .hint("to put the cards there: lmq move DECK QUERY"));
        }
    }
    renamings.retain(|renaming| renaming.old != renaming.new);
    Ok(renamings)
}

/// Renames decks, as one action.
///
/// # Errors
/// When it can't be written.
pub fn rename(store: &mut Store, stamp: Stamp, renamings: &[Renaming]) -> Result<(), Failure> {
    let path = store.path().to_owned();
    let label = match renamings {
        [one] => format!("renamed the deck {} to {}", one_line(&one.old), one_line(&one.new)),
        many => format!("renamed {}", counted(many.len(), "deck", "decks")),
    };
    store
        .write(
            stamp,
            "rename",
            |()| label,
            |writer| {
                renamings.iter().try_for_each(|renaming| writer.rename_deck(&renaming.id, &renaming.old, &renaming.new))
            },
        )
        .map_err(|error| failure(&error, &path))?;
    Ok(())
}
