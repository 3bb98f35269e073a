//! The built-in decks; decks by the names that people give them, and other names for them.

use crate::core::action::ActionKind;
use crate::core::action::Subject;
use crate::core::compare::search::plain;
use crate::core::id::NoteUid;
use crate::core::id::is_deck_id;
use crate::core::id::is_in_no_name;
use crate::core::settings::Settings;
use crate::core::text::counted;
use crate::core::text::nearest;
use crate::core::text::one_line;
use crate::failure::Failure;
use crate::formats::DeckHead;
use crate::formats::FileFault;
use crate::formats::Identity;
use crate::formats::deck_toml;
use crate::store::BuiltinDeck;
use crate::store::Bulk;
use crate::store::BulkOptions;
use crate::store::DeckLine;
use crate::store::DeckOrigin;
use crate::store::DeckSet;
use crate::store::Fault;
use crate::store::HeadDetails;
use crate::store::NoteRef;
use crate::store::PackedNote;
use crate::store::Stamp;
use crate::store::Store;
use crate::store::StoreError;
use crate::store::Writer;
use std::collections::BTreeSet;
use std::hash::Hasher as _;

/// The decks in the program, in the order in which they take turns.
pub const BUILTIN: &[(&str, &str)] = &[
    ("differences", include_str!("../../decks/differences.toml")),
    ("skills", include_str!("../../decks/skills.toml")),
    ("quotes", include_str!("../../decks/quotes.toml")),
];

/// Which edition of its decks this program has. It rises by one with each released change of their texts: of two programs on
/// two devices, the texts of the higher edition are shown on both.
pub const EDITION: u32 = 2;

/// The namespace that the built-in decks' sources and topics share: that of the article.
const NAMESPACE: &str = "leadership-vs-management";

/// The longest name of a deck, in characters.
const LONGEST_NAME: usize = 200;

/// Tells whether a database holds these very decks. Another hasher in another build only means one needless look.
fn hash_of(decks: &[(&str, &str)]) -> String {
    let mut hasher = std::hash::DefaultHasher::new();
    for (_, text) in decks {
        hasher.write(text.as_bytes());
    }
    format!("{:016x}", hasher.finish())
}

/// Brings the built-in decks into a database that does not hold them, or other versions of them.
///
/// The text that is shown changes only where the user has not edited the note; what vanished is retired. Gives a line that
/// says what changed, for a learner who began with the decks as they were.
///
/// # Errors
/// When the database can't be written.
pub fn install(store: &mut Store, stamp: Stamp) -> Result<Option<String>, Failure> {
    update(store, stamp, BUILTIN, EDITION)
}

/// What a database has been given of built-in decks, as it is kept there: an edition and a hash of its texts.
fn given(text: &str) -> Option<(u32, &str)> {
    let (edition, hash) = text.split_once(' ')?;
    Some((edition.parse().ok()?, hash))
}

/// The same for other texts than this program's own: as an update of it would bring. What is older than what the database
/// holds is left alone.
///
/// # Errors
/// As [`install`].
pub fn update(
    store: &mut Store,
    stamp: Stamp,
    texts: &[(&str, &str)],
    edition: u32,
) -> Result<Option<String>, Failure> {
    let hash = hash_of(texts);
    let held = store.builtin_hash()?;
    match held.as_deref().and_then(given) {
        Some((newer, _)) if newer > edition => return Ok(None),
        Some((same, known)) if same == edition && known == hash => return Ok(None),
        _ => {}
    }
    let mut decks = Vec::new();
    for (name, text) in texts {
        let deck = deck_toml::parse(text).map_err(|faults| broken(name, &faults))?;
        decks.push(deck);
    }
    let work = |writer: &mut Writer<'_>| {
        for deck in &decks {
            put(writer, deck, edition)?;
        }
        writer.set_builtin_hash(&format!("{edition} {hash}"))
    };
    let before = store.begun_builtins()?;
    store.write(stamp, ActionKind::Builtin, Subject::None, work)?;
    Ok(what_changed(&before, &store.begun_builtins()?))
}

/// What another edition changed for a learner who had begun, on one line.
fn what_changed(before: &[BuiltinDeck], after: &[BuiltinDeck]) -> Option<String> {
    let mut decks = Vec::new();
    for now in after {
        let Some(old) = before.iter().find(|deck| deck.name == now.name) else { continue };
        let new = now.notes.keys().filter(|note| !old.notes.contains_key(note)).count();
        let changed =
            now.notes.iter().filter(|(note, text)| old.notes.get(note).is_some_and(|old| old != *text)).count();
        let went = old.notes.keys().filter(|note| !now.notes.contains_key(note)).count();
        if new + changed + went > 0 {
            let version = now.version.as_ref().map_or_else(String::new, |version| format!(" {}", one_line(version)));
            let new = counted(new, "note is new", "notes are new");
            decks.push(format!("{}{version}: {new}, {changed} changed, {went} removed", one_line(&now.name)));
        }
    }
    (!decks.is_empty()).then(|| format!("{}; your history of the others stays", decks.join("; ")))
}

/// What a head says of a deck beside its name.
pub(super) fn details(head: &DeckHead) -> HeadDetails<'_> {
    let texts = [&head.title, &head.description, &head.language, &head.license, &head.version];
    HeadDetails { texts: texts.map(|text| text.as_deref()), sequence: head.sequence.as_deref(), weights: head.weights }
}

fn broken(name: &str, faults: &[FileFault]) -> Failure {
    let mut failure = Failure::bug(format!("the built-in deck `{name}` has faults"));
    for fault in faults {
        failure = failure.at(format!("decks/{name}.toml:{}: {}", fault.place, fault.what));
    }
    failure
}

fn put(writer: &mut Writer<'_>, deck: &deck_toml::DeckFile, edition: u32) -> Result<(), Fault> {
    let options = BulkOptions {
        edition,
        reposition: true,
        retire_missing: true,
        namespace: Some(NAMESPACE.to_owned()),
        ..BulkOptions::new(DeckOrigin::Builtin)
    };
    let mut bulk = Bulk::new(writer, options)?;
    let head = &deck.head;
    bulk.deck(&head.id, &head.name, details(head))?;
    for topic in &deck.topics {
        bulk.topic(&head.id, &topic.id, &topic.title, topic.primer.as_deref(), topic.try_line.as_deref())?;
    }
    for item in &deck.notes {
        let key = item.key.clone().or_else(|| match &item.identity {
            Identity::Key(key) => Some(key.clone()),
            _ => None,
        });
        let uid = NoteUid::of_key(&head.id, key.as_deref().unwrap_or_default());
        bulk.note(&head.id, NoteRef { uid, named: true }, key, &PackedNote::of(&item.text)?)?;
    }
    bulk.finish().map(drop)
}

/// A deck with its local number, id and name.
type Named = (i64, String, String);

/// The decks among these that a name means: an id, a name, or a parent of names (`a` means `a::b` too). An id that is shown as
/// the name of another deck means that one.
fn meant_by<'d>(decks: &'d [Named], name: &str) -> impl Iterator<Item = &'d Named> {
    let wanted = name.trim().to_lowercase();
    let parent = format!("{wanted}::");
    let is_shown = decks.iter().any(|(.., shown)| shown.to_lowercase() == wanted);
    decks.iter().filter(move |(_, id, shown)| {
        let is_meant = |text: &String| {
            let text = text.to_lowercase();
            text == wanted || text.starts_with(&parent)
        };
        is_meant(shown) || !is_shown && is_meant(id)
    })
}

/// What is to be told of a word that no deck is called, but that is the id of one: it had that name once, or its file has it.
///
/// # Errors
/// When the database can't be read.
pub fn told_of_id(store: &Store, deck: &str) -> Result<Option<String>, StoreError> {
    Ok(by_id_only(store, deck)?.map(|(told, _)| told))
}

/// The same, with the deck's name in one line.
fn by_id_only(store: &Store, deck: &str) -> Result<Option<(String, String)>, StoreError> {
    let wanted = deck.trim();
    let found = store.deck_named(wanted)?.filter(|(_, name)| name.to_lowercase() != wanted.to_lowercase());
    Ok(found.map(|(_, name)| {
        let name = one_line(&name);
        (format!("`{}` is the id of the deck `{name}`", one_line(wanted)), name)
    }))
}

/// Refuses a word that is the id of a deck with another name: what is taken away has to be called as it is shown.
///
/// # Errors
/// The refusal.
pub fn by_shown_name(store: &Store, deck: &str) -> Result<(), Failure> {
    match by_id_only(store, deck)? {
        Some((told, name)) => {
            Err(Failure::usage(format!("nothing was changed: {told}"))
                .hint(format!("name it as it is shown: `{name}`")))
        }
        None => Ok(()),
    }
}

fn no_deck(decks: &[Named], name: &str) -> Failure {
    let ids = || decks.iter().map(|(_, id, _)| id.as_str());
    let near = nearest(name, ids()).or_else(|| ids().find(|id| plain(id).starts_with(&plain(name))));
    Failure::usage(format!("there is no deck `{}`", one_line(name))).hint(match near {
        Some(near) => format!("did you mean `{near}`? `lmq decks` lists all"),
        None => "`lmq decks --all` lists all decks".to_owned(),
    })
}

/// The names of the decks that there are.
///
/// # Errors
/// When the database can't be read.
pub(super) fn names(store: &Store) -> Result<BTreeSet<String>, Failure> {
    Ok(store.deck_names()?.into_iter().map(|(_, _, name)| name).collect())
}

/// The decks that these names mean: an id, a name, or a parent of names (`a` means `a::b` too). None given: all.
///
/// # Errors
/// A usage failure that offers the nearest name.
pub fn named(store: &Store, names: &[String]) -> Result<DeckSet, Failure> {
    if names.is_empty() {
        return Ok(DeckSet::All);
    }
    let decks = store.deck_names()?;
    let mut chosen = BTreeSet::new();
    for name in names {
        let before = chosen.len();
        chosen.extend(meant_by(&decks, name).map(|(number, ..)| *number));
        if chosen.len() == before && meant_by(&decks, name).next().is_none() {
            return Err(no_deck(&decks, name));
        }
    }
    Ok(DeckSet::Some(chosen))
}

/// The decks that are asked where nobody names one: those that are neither hidden nor `active = false`.
///
/// # Errors
/// When the database can't be read.
pub fn daily(store: &Store, settings: &Settings) -> Result<DeckSet, StoreError> {
    let all_active = settings.active && settings.decks.values().all(|settings| settings.active);
    if all_active && !store.hides_decks()? {
        return Ok(DeckSet::All);
    }
    shown_that(store, |deck| settings.of_deck(&deck.name).active)
}

fn shown_that(store: &Store, is_meant: impl Fn(&DeckLine) -> bool) -> Result<DeckSet, StoreError> {
    let meant = store.bare_decks()?.into_iter().filter(|deck| !deck.hidden && is_meant(deck));
    Ok(DeckSet::Some(meant.map(|deck| deck.number).collect()))
}

/// The decks that are not hidden.
///
/// # Errors
/// When the database can't be read.
pub(super) fn shown(store: &Store) -> Result<DeckSet, StoreError> {
    if store.hides_decks()? { shown_that(store, |_| true) } else { Ok(DeckSet::All) }
}

/// The decks that a sitting asks: those that are named, else those of every day.
///
/// # Errors
/// As [`named`].
pub fn asked(store: &Store, settings: &Settings, names: &[String]) -> Result<DeckSet, Failure> {
    if names.is_empty() { Ok(daily(store, settings)?) } else { named(store, names) }
}

/// Makes an empty deck; gives its name.
///
/// # Errors
/// When it can't have that name, or it is taken.
pub fn make(store: &mut Store, stamp: Stamp, name: &str) -> Result<String, Failure> {
    let name = deck_name(name)?;
    if let Some((id, taken)) = store.deck_named(&name)? {
        let shown = one_line(&taken);
        let hidden = store.bare_decks()?.into_iter().any(|deck| deck.id == id && deck.hidden);
        let hint =
            if hidden { format!("it is hidden: `lmq decks show {shown}`") } else { "choose another name".into() };
        let why = told_of_id(store, &name)?.unwrap_or_else(|| format!("there is already a deck `{shown}`"));
        return Err(Failure::usage(why).hint(hint));
    }
    store.write(stamp, ActionKind::Deck, Subject::Deck(name.clone()), |writer| writer.make_deck(&name))?;
    Ok(name)
}

/// Hides a deck and those inside it; gives the names of those that were not hidden yet.
///
/// # Errors
/// When there is no such deck, or it can't be written.
pub fn hide(store: &mut Store, stamp: Stamp, deck: &str) -> Result<Vec<String>, Failure> {
    let decks = store.deck_names()?;
    let meant: Vec<String> = meant_by(&decks, deck).map(|(_, id, _)| id.clone()).collect();
    if meant.is_empty() {
        return Err(no_deck(&decks, deck));
    }
    let shown = store.bare_decks()?.into_iter().filter(|deck| !deck.hidden && meant.contains(&deck.id));
    let (ids, names): (Vec<String>, Vec<String>) = shown.map(|deck| (deck.id, deck.name)).unzip();
    if !ids.is_empty() {
        store.write(stamp, ActionKind::Deck, subject(&ids), |writer| {
            ids.iter().try_for_each(|id| writer.hide_deck(id, true))
        })?;
    }
    Ok(names)
}

/// What showing a deck again did.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ShownAgain {
    /// The names of the decks that were hidden or removed.
    pub decks: Vec<String>,
    /// Deleted notes that came back with them.
    pub notes: usize,
}

/// Shows a hidden deck again, with those inside it; a removed one gets its notes back.
///
/// # Errors
/// When there never was such a deck, or it can't be written.
pub fn show(store: &mut Store, stamp: Stamp, deck: &str) -> Result<ShownAgain, Failure> {
    let known: Vec<Named> = store.all_deck_names()?.into_iter().map(|(id, name)| (0, id, name)).collect();
    let there = store.bare_decks()?;
    let mut again = ShownAgain::default();
    let (mut ids, mut notes) = (Vec::new(), Vec::new());
    let mut is_known = false;
    for (_, id, name) in meant_by(&known, deck) {
        match there.iter().find(|deck| deck.id == *id) {
            Some(deck) if !deck.hidden => is_known = true,
            Some(_) => {
                ids.push(id.clone());
                again.decks.push(name.clone());
            }
            None => {
                if let Some(gone) = removed_notes(store, id)? {
                    ids.push(id.clone());
                    again.decks.push(name.clone());
                    notes.extend(gone);
                }
            }
        }
    }
    if ids.is_empty() {
        let listed: Vec<Named> = store.deck_names()?;
        return if is_known { Ok(again) } else { Err(no_deck(&listed, deck)) };
    }
    again.notes = notes.len();
    store.write(stamp, ActionKind::Deck, subject(&ids), |writer| {
        ids.iter().try_for_each(|id| writer.hide_deck(id, false))?;
        notes.iter().try_for_each(|note| writer.revive(*note))
    })?;
    Ok(again)
}

/// The notes that come back with a deck that is not listed; nothing where nobody removed it.
fn removed_notes(store: &Store, id: &str) -> Result<Option<Vec<NoteUid>>, StoreError> {
    let notes = store.notes_removed_with(id)?;
    Ok(if notes.is_empty() && !store.is_removed_empty(id)? { None } else { Some(notes) })
}

/// Ids and names of the decks that were removed and that [`show`] brings back.
///
/// # Errors
/// When the database can't be read.
pub fn removed(store: &Store) -> Result<Vec<(String, String)>, StoreError> {
    let there: BTreeSet<String> = store.bare_decks()?.into_iter().map(|deck| deck.id).collect();
    let mut removed = Vec::new();
    for (id, name) in store.all_deck_names()? {
        if !there.contains(&id) && removed_notes(store, &id)?.is_some() {
            removed.push((id, name));
        }
    }
    Ok(removed)
}

/// What removing a deck takes away.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Removal {
    /// Id and name of the deck, and of those inside it.
    pub decks: Vec<(String, String)>,
    /// Their cards.
    pub cards: usize,
    notes: BTreeSet<NoteUid>,
}

/// What removing a deck, with those inside it, would take away.
///
/// # Errors
/// When there is no such deck.
pub fn removal(store: &Store, deck: &str) -> Result<Removal, Failure> {
    by_shown_name(store, deck)?;
    let decks = store.deck_names()?;
    let meant: Vec<&Named> = meant_by(&decks, deck).collect();
    if meant.is_empty() {
        return Err(no_deck(&decks, deck));
    }
    let mut removal = Removal::default();
    store.cards(&DeckSet::Some(meant.iter().map(|(number, ..)| *number).collect()), &[], |line| {
        removal.cards += 1;
        removal.notes.insert(line.card.note);
        Ok(())
    })?;
    removal.decks = meant.into_iter().map(|(_, id, name)| (id.clone(), name.clone())).collect();
    Ok(removal)
}

/// Removes decks: their notes are deleted, and what a file or an update of the program may still bring stays hidden.
///
/// # Errors
/// When it can't be written.
pub fn remove(store: &mut Store, stamp: Stamp, removal: &Removal) -> Result<(), Failure> {
    let ids: Vec<String> = removal.decks.iter().map(|(id, _)| id.clone()).collect();
    // By its kind it is told from hiding, where no notes tell.
    let kind = if removal.notes.is_empty() { ActionKind::Delete } else { ActionKind::Deck };
    store.write(stamp, kind, subject(&ids), |writer| {
        ids.iter().try_for_each(|id| writer.hide_deck(id, true))?;
        removal.notes.iter().try_for_each(|note| writer.delete(*note))
    })?;
    Ok(())
}

/// What an action on these decks is about.
fn subject(ids: &[String]) -> Subject {
    match ids {
        [one] => Subject::Deck(one.clone()),
        _ => Subject::None,
    }
}

/// The name of a deck that may be made.
///
/// # Errors
/// When there can't be a deck of that name.
pub(super) fn deck_name(text: &str) -> Result<String, Failure> {
    let name = text.trim();
    let is_path = name.split("::").all(|part| !part.trim().is_empty());
    if !is_path || name.chars().count() > LONGEST_NAME || !is_deck_id(name) {
        return Err(Failure::usage(format!("`{}` can't be the name of a deck", one_line(text))).hint(
            if name.contains(is_in_no_name) {
                "there is a line break or another control character in it; write it on one line"
            } else {
                "write a name, or `a::b` for one inside another; without / and #"
            },
        ));
    }
    Ok(name.to_owned())
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

/// The new names of a deck, given by id or name, and of the decks inside it. Where no deck has that name, only of those
/// inside.
///
/// # Errors
/// When there is no such deck, the new name can't be one, or is taken.
pub fn renamings(store: &Store, deck: &str, new: &str) -> Result<Vec<Renaming>, Failure> {
    let new = deck_name(new)?;
    let decks = store.deck_names()?;
    let found = store.deck_named(deck)?;
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
        return Err(no_deck(&decks, deck));
    }
    let stays: Vec<&(i64, String, String)> =
        decks.iter().filter(|(_, id, _)| renamings.iter().all(|renaming| renaming.id != *id)).collect();
    for renaming in &renamings {
        let wanted = renaming.new.to_lowercase();
        if stays.iter().any(|(_, id, name)| id.to_lowercase() == wanted || name.to_lowercase() == wanted) {
            let why = match told_of_id(store, &renaming.new)? {
                Some(told) => told,
                None => format!("there is already a deck `{}`", one_line(&renaming.new)),
            };
            return Err(Failure::usage(why).hint("to put the cards there: lmq move DECK QUERY"));
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
    let ids: Vec<String> = renamings.iter().map(|renaming| renaming.id.clone()).collect();
    store.write(stamp, ActionKind::Rename, subject(&ids), |writer| {
        renamings.iter().try_for_each(|renaming| writer.rename_deck(&renaming.id, &renaming.new))
    })?;
    Ok(())
}
