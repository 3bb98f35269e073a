//! One change to many cards: planned first, so that it can be shown and asked about, then made as one action.

use crate::core::action::ActionKind;
use crate::core::action::Subject;
use crate::core::card::NoteText;
use crate::core::compare::identity::composed;
use crate::core::event::Draft;
use crate::core::event::EventKind;
use crate::core::id::CardId;
use crate::core::id::NoteUid;
use crate::core::scheduler::Scheduler;
use crate::core::settings::Settings;
use crate::core::state::LEECH;
use crate::core::state::Memory;
use crate::core::study_day::StudyDay;
use crate::core::text::counted;
use crate::core::text::one_line;
use crate::failure::Failure;
use crate::ops::action_words::Done;
use crate::ops::decks::deck_name;
use crate::ops::linked;
use crate::store::CardLine;
use crate::store::Fault;
use crate::store::Found;
use crate::store::Stamp;
use crate::store::Store;
use crate::store::StoreError;
use crate::store::Writer;
use std::collections::BTreeSet;

/// Names that a plan shows.
const SHOWN: usize = 5;

/// The longest tag, in characters.
const LONGEST: usize = 200;

/// What can be done to many cards.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BulkChange {
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
    /// Give tags.
    Tag(Vec<String>),
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
    /// It is given these tags, or loses them; the text is the one that it has then.
    Tags {
        tags: Vec<String>,
        on: bool,
        text: Box<NoteText>,
    },
    Elsewhere,
    Gone,
}

impl BulkChange {
    /// What is done.
    fn done(&self) -> Done<'_> {
        match self {
            Self::Suspend => Done::Suspended,
            Self::Unsuspend => Done::PutBack,
            Self::Bury(until) => Done::Buried(Some(*until)),
            Self::Unbury => Done::Unburied,
            Self::Mark => Done::Marked,
            Self::Unmark => Done::Unmarked,
            Self::Reset => Done::MadeNew,
            Self::SetDue(day) => Done::SetDue(Some(*day)),
            Self::Tag(tags) => Done::Tagged(tags.first().map(String::as_str)),
            Self::Untag(tag) => Done::Untagged(Some(tag)),
            Self::Move { name, .. } => Done::Moved(name),
            Self::Delete => Done::Deleted,
        }
    }

    /// The kind of action.
    fn kind(&self) -> ActionKind {
        match self {
            Self::Suspend | Self::Unsuspend => ActionKind::Suspend,
            Self::Bury(_) | Self::Unbury => ActionKind::Bury,
            Self::Mark | Self::Unmark => ActionKind::Mark,
            Self::Reset | Self::SetDue(_) => ActionKind::Schedule,
            Self::Tag(_) | Self::Untag(_) => ActionKind::Tag,
            Self::Move { .. } => ActionKind::Move,
            Self::Delete => ActionKind::Delete,
        }
    }

    /// What is appended to one card's history; `None` where the card is so already, or can't be.
    fn event(&self, line: &CardLine, today: StudyDay) -> Option<(EventKind, Option<Memory>)> {
        let state = &line.state;
        let plain = |applies: bool, kind: EventKind| applies.then_some((kind, None));
        match self {
            Self::Suspend => plain(!state.suspended, EventKind::Suspended),
            Self::Unsuspend => plain(state.suspended, EventKind::Unsuspended),
            Self::Bury(until) => plain(state.buried_until != Some(*until), EventKind::Buried { until: *until }),
            Self::Unbury => plain(state.is_buried(today), EventKind::Unburied),
            Self::Mark => plain(!state.marked, EventKind::Marked),
            Self::Unmark => plain(state.marked, EventKind::Unmarked),
            Self::Reset => plain(state.memory.is_some(), EventKind::Reset),
            Self::SetDue(day) => {
                let memory = state.memory.as_ref().filter(|memory| memory.due != *day)?;
                Some((EventKind::Rescheduled, Some(Memory { due: *day, ..memory.clone() })))
            }
            Self::Tag(_) | Self::Untag(_) | Self::Move { .. } | Self::Delete => None,
        }
    }

    /// What becomes of one note; `None` where it is so already.
    fn version(&self, line: &CardLine) -> Option<Version> {
        match self {
            Self::Tag(tags) => {
                let mut text = line.text.clone();
                let tags: Vec<String> = tags.iter().filter(|tag| !text.tags.contains(tag)).cloned().collect();
                text.tags.extend_from_slice(&tags);
                (!tags.is_empty()).then(|| Version::Tags { tags, on: true, text: Box::new(text) })
            }
            Self::Untag(tag) => {
                let mut text = line.text.clone();
                let is_meant = |had: &String| had.to_lowercase() == tag.to_lowercase();
                let tags: Vec<String> = text.tags.extract_if(.., |had| is_meant(had)).collect();
                (!tags.is_empty()).then(|| Version::Tags { tags, on: false, text: Box::new(text) })
            }
            Self::Move { id, .. } => (line.deck != *id).then_some(Version::Elsewhere),
            Self::Delete => (!line.retired).then_some(Version::Gone),
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
pub struct BulkPlan {
    change: BulkChange,
    /// Each with the place of its deck among `decks`.
    events: Vec<(Draft, usize)>,
    /// Id and name of each deck.
    decks: Vec<(String, String)>,
    versions: Vec<(NoteUid, Version)>,
    /// The first names.
    pub names: Vec<String>,
    /// Cards or notes that were meant and are so already, or can't be.
    pub left: usize,
    /// Cards that were never answered and so have no due day to set.
    pub without_due: usize,
}

impl BulkPlan {
    /// How many cards have no due day to set, if some have none.
    #[must_use]
    pub fn without_due_in_words(&self) -> Option<String> {
        let some = "cards were never answered and have no due day to set";
        let said = counted(self.without_due, "card was never answered and has no due day to set", some);
        (self.without_due > 0).then_some(said)
    }

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
        let what = match (self.count(), self.names.first()) {
            (1, Some(name)) => name.clone(),
            (count, _) => self.of(count),
        };
        let more = match &self.change {
            BulkChange::Tag(tags) => tags.iter().skip(1).map(|tag| format!(", `{}`", one_line(tag))).collect(),
            _ => String::new(),
        };
        self.change.done().to(&what) + &more
    }

    fn place_of_deck(&mut self, line: &CardLine) -> usize {
        // Cards of one deck follow each other.
        match self.decks.iter().rposition(|(id, _)| *id == line.deck) {
            Some(place) => place,
            None => {
                self.decks.push((line.deck.clone(), line.deck_name.clone()));
                self.decks.len() - 1
            }
        }
    }

    /// What the action is about.
    fn subject(&self) -> Subject {
        match (&self.change, self.events.as_slice(), self.versions.as_slice()) {
            (BulkChange::Move { id, .. }, ..) => Subject::Deck(id.clone()),
            (_, [(one, _)], []) => Subject::Card(one.card),
            (_, [], [(note, _)]) => Subject::Note(*note),
            (BulkChange::Bury(day) | BulkChange::SetDue(day), ..) => Subject::Day(*day),
            _ => Subject::None,
        }
    }
}

/// The cards that a person means: all named (`deck/key`, an id), or a search.
///
/// # Errors
/// When nothing is named, a name could be several notes or its words were erased, or the search can't be read or means no
/// card.
pub fn meant(store: &Store, settings: &Settings, today: StudyDay, query: &[String]) -> Result<Vec<CardId>, Failure> {
    let named = named(store, query, Store::find)?;
    for card in &named {
        let line = store.card(*card)?;
        if let Some(line) = line.filter(|line| line.erased) {
            return Err(erased(&line));
        }
    }
    or_found(store, settings, today, query, named)
}

/// The same, and those too that were deleted or whose words were erased, where they are named: for what can still be done
/// to them. No search finds them.
///
/// # Errors
/// When nothing is named, a name could be several notes, or the search can't be read or means no card.
pub fn meant_ever(
    store: &Store,
    settings: &Settings,
    today: StudyDay,
    query: &[String],
) -> Result<Vec<CardId>, Failure> {
    let named = named_ever(store, query)?;
    or_found(store, settings, today, query, named)
}

/// That a card can't be asked or changed, since its words were erased.
pub(super) fn erased(line: &CardLine) -> Failure {
    Failure::failed(format!("the words of `{}` were erased: it can't be asked or changed", one_line(&line.name())))
        .hint("`lmq show` has its history; importing its text anew brings it back")
}

/// How a name becomes a card.
type Find = fn(&Store, &str) -> Result<Found, StoreError>;

/// The cards that all words of a query name; none where one of them is a word to look for.
fn named(store: &Store, query: &[String], find: Find) -> Result<Vec<CardId>, Failure> {
    if query.iter().all(|word| word.trim().is_empty()) {
        return Err(Failure::usage("which cards? Name them, or give a search").hint("`deck:*` means all of them"));
    }
    let mut cards = Vec::new();
    for name in query {
        let Some(named) = card_named(store, name, find)? else { return Ok(Vec::new()) };
        for card in named {
            if !cards.contains(&card) {
                cards.push(card);
            }
        }
    }
    Ok(cards)
}

/// The cards that all words of a query name, deleted ones too; none where it is a search.
///
/// # Errors
/// As [`meant_ever`].
pub fn named_ever(store: &Store, query: &[String]) -> Result<Vec<CardId>, Failure> {
    named(store, query, Store::find_ever)
}

/// Whether somebody who types this word has the name of a card in mind: `deck/key` with nothing that a search has, or with the
/// name of a deck that is there.
fn is_like_a_name(word: &str, decks: &BTreeSet<String>) -> bool {
    if word.rsplit_once('/').is_some_and(|(deck, _)| decks.contains(&deck.to_lowercase())) {
        return true;
    }
    // Decks may lie within one another.
    let word = word.replace("::", "");
    word.contains('/') && !word.contains(|c: char| c.is_whitespace() || ":\"*()".contains(c)) && !word.starts_with('-')
}

/// The named cards, or those that the query finds where it names none.
pub(super) fn or_found(
    store: &Store,
    settings: &Settings,
    today: StudyDay,
    query: &[String],
    named: Vec<CardId>,
) -> Result<Vec<CardId>, Failure> {
    if !named.is_empty() {
        return Ok(named);
    }
    // A slip in a name must not change another card, whose text happens to have those letters.
    let decks: BTreeSet<String> =
        store.deck_names()?.into_iter().flat_map(|(_, id, name)| [id.to_lowercase(), name.to_lowercase()]).collect();
    for slip in query.iter().filter(|word| is_like_a_name(word, &decks)) {
        if card_named(store, slip, Store::find_ever)?.is_some_and(|cards| !cards.is_empty()) {
            continue;
        }
        let name = one_line(slip);
        let near = store.nearest_name(&name)?.map_or_else(String::new, |near| format!("did you mean `{near}`? "));
        return Err(Failure::usage(format!("there is no card `{name}`"))
            .hint(format!("{near}`lmq cards` lists all; to look for the text, write '\"{name}\"'")));
    }
    let text = query.join(" ");
    let cards = crate::ops::search::cards(store, settings, today, &text)?;
    if cards.is_empty() {
        return Err(Failure::failed(format!("no card matches `{}`", one_line(&text))).hint(
            crate::ops::search::hint(&text)
                .unwrap_or("try the search with `lmq cards`; `lmq help search` explains every condition"),
        ));
    }
    Ok(cards)
}

/// The cards of that name; `None` where it is a word to look for.
fn card_named(store: &Store, name: &str, find: Find) -> Result<Option<Vec<CardId>>, Failure> {
    // A short word of the letters a to f is a word.
    let is_id = name.len() >= 8 && name.chars().all(|c| c.is_ascii_hexdigit() || c == '-' || c == '#');
    if !is_id && !name.contains('/') {
        return Ok(None);
    }
    match find(store, name)? {
        Found::One(card) => Ok(Some(vec![card])),
        Found::Many(names) => {
            let mut notes = BTreeSet::new();
            for name in &names {
                if let Found::One(card) = find(store, name)? {
                    notes.insert(card.note);
                }
            }
            match (notes.len(), notes.first()) {
                (1, Some(note)) => Ok(Some(store.cards_of_note(*note)?)),
                _ => Err(several(name, names)),
            }
        }
        Found::Nothing => Ok(None),
    }
}

/// So many cards that a name could be are listed.
const MOST_LISTED: usize = 8;

/// That a name could be several cards.
#[must_use]
pub fn several(name: &str, mut names: Vec<String>) -> Failure {
    let mut failure = Failure::usage(format!("`{}` could be several cards", one_line(name)));
    if names.len() > MOST_LISTED {
        names.truncate(MOST_LISTED);
        names.push("and others".to_owned());
    }
    failure.places = names;
    failure.hint("name one of them")
}

/// What a change to these cards would do.
///
/// # Errors
/// When the database can't be read.
pub fn plan(store: &Store, today: StudyDay, cards: &[CardId], change: BulkChange) -> Result<BulkPlan, Failure> {
    let mut plan = BulkPlan {
        change,
        events: Vec::new(),
        decks: Vec::new(),
        versions: Vec::new(),
        names: Vec::new(),
        left: 0,
        without_due: 0,
    };
    let mut notes = BTreeSet::new();
    let mut keys = Vec::new();
    store.lines(cards, |line| {
        if plan.change.is_about_notes() {
            if !notes.insert(line.card.note) {
                return Ok(());
            }
            let Some(version) = plan.change.version(&line) else {
                plan.left += 1;
                return Ok(());
            };
            if matches!(version, Version::Elsewhere) && line.named {
                keys.extend(line.key.clone().map(|key| (key, line.card.note)));
            }
            plan.versions.push((line.card.note, version));
        } else {
            let Some((kind, memory)) = plan.change.event(&line, today) else {
                plan.left += 1;
                let is_new = line.state.memory.is_none();
                plan.without_due += usize::from(is_new && matches!(plan.change, BulkChange::SetDue(_)));
                return Ok(());
            };
            let draft = Draft { memory, ..Draft::new(line.card, kind, line.state.last_event) };
            let deck = plan.place_of_deck(&line);
            plan.events.push((draft, deck));
        }
        if plan.names.len() < SHOWN {
            let name = if plan.change.is_about_notes() { line.note_name() } else { line.name() };
            plan.names.push(one_line(&line.known_by(name)));
        }
        Ok(())
    })?;
    if let BulkChange::Move { id, name } = &plan.change {
        keys_are_free(store, id, name, &keys)?;
    }
    Ok(plan)
}

/// Whether a living card of a deck, of another note than `own`, goes by a key. One that was deleted or erased is in nobody's way.
pub(super) fn is_anothers(store: &Store, deck: &str, key: &str, own: Option<NoteUid>) -> Result<bool, Failure> {
    let card = match store.find(&format!("{deck}/{key}"))? {
        Found::Nothing => return Ok(false),
        Found::One(card) => card,
        // The cards of one note, or of several that claim one key.
        Found::Many(names) => match names.first().map(|name| store.find(name)).transpose()? {
            Some(Found::One(card)) => card,
            _ => return Ok(true),
        },
    };
    if Some(card.note) == own {
        return Ok(false);
    }
    Ok(store.card(card)?.is_some_and(|line| !line.retired && !line.erased))
}

/// Refuses a move after which two cards of a deck would have one key: no name would tell them apart.
fn keys_are_free(store: &Store, deck: &str, name: &str, keys: &[(String, NoteUid)]) -> Result<(), Failure> {
    let mut seen = BTreeSet::new();
    for (key, note) in keys {
        if !seen.insert(key) || is_anothers(store, deck, key, Some(*note))? {
            let (deck, key) = (one_line(name), one_line(key));
            return Err(Failure::usage(format!("nothing was moved: two cards of `{deck}` would have the key `{key}`"))
                .hint("give one of them another key first: lmq edit CARD --set key=NEW"));
        }
    }
    Ok(())
}

/// Makes the change, as one action; a tag goes into the followed deck file of its note too. Gives what to tell.
///
/// # Errors
/// When a card was changed elsewhere since it was planned, or it can't be written; nothing is changed then.
pub fn apply(store: &mut Store, settings: &Settings, stamp: Stamp, plan: &BulkPlan) -> Result<Vec<String>, Failure> {
    let schedulers: Vec<Scheduler> = plan
        .decks
        .iter()
        .map(|(id, name)| {
            let given = store.scheduler_of(id)?;
            Ok(given.unwrap_or_else(|| settings.of_deck(name).scheduler()))
        })
        .collect::<Result<_, Failure>>()?;
    let (files, mut talk) = files_of(store, plan)?;
    let carried = files.carried();
    let mut refused = None;
    let written = store.write(stamp, plan.change.kind(), plan.subject(), |writer| {
        for (draft, deck) in &plan.events {
            let scheduler = schedulers.get(*deck).ok_or(Fault::NoCard)?;
            writer.append(draft, scheduler)?;
        }
        if let (BulkChange::Move { id, name }, false) = (&plan.change, plan.versions.is_empty()) {
            writer.deck_for(id, name)?;
        }
        for (note, version) in &plan.versions {
            revise(writer, &plan.change, *note, version, carried.get(note).copied())?;
        }
        files.write(writer).map_err(|error| match error {
            linked::Broken::Store(error) => error,
            linked::Broken::File(failure) => {
                refused = Some(failure);
                Fault::Abandoned
            }
        })
    });
    match (written, refused) {
        (Err(_), Some(refused)) => Err(refused),
        (Err(error), None) => {
            files.put_back();
            Err(error.into())
        }
        (Ok(_), _) => {
            talk.extend(files.talk());
            Ok(talk)
        }
    }
}

fn revise(
    writer: &mut Writer<'_>,
    change: &BulkChange,
    note: NoteUid,
    version: &Version,
    of_file: Option<&NoteText>,
) -> Result<(), Fault> {
    match (version, change) {
        (Version::Tags { tags, on, text }, _) => match of_file {
            Some(of_file) => writer.rewrite_with_file(note, text, of_file),
            None => tags.iter().try_for_each(|tag| writer.retag(note, tag, *on)),
        },
        (Version::Elsewhere, BulkChange::Move { id, .. }) => writer.relocate(note, id),
        (Version::Elsewhere, _) => Ok(()),
        (Version::Gone, _) => writer.delete(note),
    }
}

/// The followed files that get the new texts. Where one of them can't be changed, tags are no reason to stop: the notes
/// get them all the same, and what the file says stays known.
fn files_of(store: &Store, plan: &BulkPlan) -> Result<(linked::FileEditPlan, Vec<String>), Failure> {
    let texts = plan.versions.iter().filter_map(|(note, version)| match version {
        Version::Tags { tags, on, text } => {
            let mut opened = (**text).clone();
            if *on {
                opened.tags.retain(|tag| !tags.contains(tag));
            } else {
                opened.tags.extend_from_slice(tags);
            }
            Some(linked::FileEdit { note: *note, new_key: None, opened, text: (**text).clone() })
        }
        Version::Elsewhere | Version::Gone => None,
    });
    let changes: Vec<linked::FileEdit> = texts.collect();
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
    if tag.is_empty() {
        return Err(Failure::usage("the tag is empty").hint("write its name, such as `geo` or `geo::capitals`"));
    }
    if tag.chars().count() > LONGEST || tag.chars().any(char::is_control) {
        return Err(Failure::usage("a tag has at most 200 characters, all on one line").hint("choose a shorter name"));
    }
    if tag.to_lowercase() == LEECH {
        return Err(Failure::usage("`leech` is given and taken by lmq itself: it follows from the answers")
            .hint("`lmq config set leech_lapses 0` gives it to no card; `is:leech` finds those that have it"));
    }
    Ok(composed(tag).into_owned())
}

/// The move into the deck that a person names, by id or name; into a new one where there is none.
///
/// # Errors
/// When there can't be a deck of that name.
pub fn move_to(store: &Store, deck: &str) -> Result<BulkChange, Failure> {
    match store.deck_named(deck)? {
        Some((id, name)) => Ok(BulkChange::Move { id, name }),
        None => {
            let name = deck_name(deck)?;
            Ok(BulkChange::Move { id: name.clone(), name })
        }
    }
}
