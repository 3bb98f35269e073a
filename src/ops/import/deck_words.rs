//! By which word a file that names no deck means its own: the file's name without its ending. Notes without an id are named by
//! that word, so it has to be the same one whenever the file comes again, and another one for every other file.
//!
//! Where several files of an import have one name, the folders that they lie in belong to the word: `French::Unit 1`. But a file
//! that came before, alone or in a folder that is imported again, keeps the word that it had then, which its rows tell.
//!
//! `--deck` only says where the cards go, so the word is the same with it and without. Two files of one name that go into two decks
//! are told apart by their answers, and the second one is called by its folder too.

use crate::core::id::NoteUid;
use crate::core::id::is_deck_id;
use crate::formats::Identity;
use crate::formats::ImportItem;
use crate::formats::Importer;
use crate::formats::Item;
use crate::formats::Record;
use crate::formats::Stop;
use crate::ops::import::names::answer;
use crate::ops::import::names::compose;
use crate::ops::import::names::compose_names;
use crate::ops::import::names::prompt;
use crate::ops::import::options::Options;
use crate::ops::import::sources::Source;
use crate::ops::import::sources::stem;
use crate::store::Fault;
use crate::store::KnownAnswer;
use crate::store::Writer;
use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::io::Seek as _;

/// Between the words of a deck's name.
const WITHIN: &str = "::";

/// So many folders are at most part of a word.
const MOST_FOLDERS: usize = 8;

/// So many decks of a file's name are compared that other folders gave theirs.
const MOST_PLACES: usize = 20;

/// So many rows are looked at to tell under which word a file is known, and so many to tell whether that may be asked at all.
const MOST_ROWS: u64 = 1000;
const FIRST_ROWS: u64 = 50;

/// A file on its way in, with what reads it.
type Job = (Source, &'static dyn Importer);

/// How many rows of a file are known under a word, and how many of them with the answer that they have now. Lists of words in
/// several languages have the same questions.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Known {
    same: u64,
    rows: u64,
    /// How many of them lie in another deck than the one that the file goes into.
    elsewhere: u64,
    /// How many lie in which deck, by its id.
    decks: BTreeMap<String, u64>,
}

impl Known {
    /// Whether they are the cards of another file of that name: other answers, in another deck.
    fn is_of_another_file(&self) -> bool {
        self.same * 2 < self.rows && self.elsewhere * 2 > self.rows
    }

    /// The deck in which most of them lie.
    fn home(&self) -> Option<String> {
        self.decks.iter().max_by_key(|(_, rows)| **rows).map(|(deck, _)| deck.clone())
    }
}

/// A word that has a deck already, for one of several files.
#[derive(Clone)]
struct Claim {
    known: Known,
    /// Whether half of what is known has its answer too.
    has_answers: bool,
    /// Whether the folders that the file lies in make the word, and not others.
    is_of_place: bool,
    job: usize,
    word: String,
}

/// Gives each file the word for its deck. `taken` are names of files that are known already beside these: a new one of such a
/// name gets a longer word. `lost` are the words of followed files that are gone: one of these may have got another name.
pub(super) fn give_words(
    writer: &Writer<'_>,
    jobs: &mut [Job],
    options: &Options,
    (taken, lost): (&BTreeSet<String>, &[String]),
) -> Result<(), Fault> {
    if let Some(deck) = &options.deck {
        give_deck_as_word(writer, jobs, deck)?;
    }
    let mut by_stem: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (index, (source, _)) in jobs.iter().enumerate() {
        if source.word.is_none() {
            by_stem.entry(stem(&source.file_name)).or_default().push(index);
        }
    }
    if options.deck.is_none() {
        find_homes(writer, jobs, options)?;
    }
    if by_stem.is_empty() {
        // A file that is followed has its word already: no start looks at all decks for it.
        return Ok(());
    }
    let mut homes = BTreeMap::new();
    let mut long: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for word in writer.deck_ids()? {
        if let Some((_, stem)) = word.rsplit_once(WITHIN).filter(|(_, stem)| by_stem.contains_key(*stem)) {
            let known = long.entry(stem.to_owned()).or_default();
            if known.len() < MOST_PLACES {
                known.push(word);
            }
        }
    }
    // The words of lost files are offered to all.
    let mut used = BTreeSet::new();
    for (stem, group) in by_stem {
        let mut elsewhere = long.remove(&stem).unwrap_or_default();
        elsewhere.extend(lost.iter().filter(|word| !elsewhere.contains(word)).cloned().collect::<Vec<_>>());
        let is_alone = group.len() == 1 && !taken.contains(&stem);
        let alone = is_alone.then_some(stem.as_str());
        let (claims, of_others) = claims(writer, jobs, &group, options, (alone, &elsewhere), &mut homes)?;
        let (by_answers, mut by_questions): (Vec<Claim>, Vec<Claim>) =
            claims.into_iter().partition(|claim| claim.has_answers);
        let mut give = |Claim { job, word, .. }: Claim, used: &mut BTreeSet<String>| {
            if let Some((source, _)) = jobs.get_mut(job).filter(|(source, _)| source.word.is_none())
                && used.insert(word.clone())
            {
                source.word = Some(word);
            }
        };
        for claim in by_answers {
            by_questions.retain(|other| other.job != claim.job || used.contains(&claim.word));
            give(claim, &mut used);
        }
        // A file all of whose answers were mended is known by its questions, where no other file could be it.
        while let Some(claim) = {
            by_questions.retain(|claim| !used.contains(&claim.word) && !taken.contains(&claim.word));
            let is_only = |claim: &&Claim| by_questions.iter().filter(|other| other.word == claim.word).count() == 1;
            by_questions.iter().find(is_only).cloned()
        } {
            by_questions.retain(|other| other.job != claim.job);
            give(claim, &mut used);
        }
        // Files that were named one by one differ in the folders nearest to them.
        let named: Vec<usize> =
            group.iter().copied().filter(|index| jobs.get(*index).is_some_and(|job| job.0.inside.is_none())).collect();
        let apart = (0..=MOST_FOLDERS)
            .find(|folders| {
                let words: BTreeSet<String> = named
                    .iter()
                    .filter_map(|index| jobs.get(*index))
                    .map(|(source, _)| word(source, *folders))
                    .collect();
                words.len() == named.len()
            })
            .unwrap_or(0);
        for index in &group {
            let Some((source, _)) = jobs.get_mut(*index).filter(|(source, _)| source.word.is_none()) else { continue };
            let is_free = |word: &String| !used.contains(word) && !of_others.contains(&(*index, word.clone()));
            let folders = match source.inside {
                _ if is_alone => 0,
                Some(inside) => inside,
                None => apart,
            };
            let free = (folders..=MOST_FOLDERS).map(|folders| word(source, folders)).find(is_free);
            let chosen = free.or_else(|| options.deck.clone()).unwrap_or_else(|| word(source, folders));
            used.insert(chosen.clone());
            source.word = Some(chosen);
        }
        for index in group.iter().filter(|_| !is_alone) {
            if let Some((source, _)) = jobs.get_mut(*index) {
                source.is_apart = true;
            }
        }
    }
    for (index, (source, _)) in jobs.iter_mut().enumerate().filter(|_| options.deck.is_none()) {
        let word = source.word.clone().unwrap_or_default();
        source.home = homes.remove(&(index, word)).or(source.home.take());
    }
    Ok(())
}

/// Finds where the cards of files lie that have their word already.
fn find_homes(writer: &Writer<'_>, jobs: &mut [Job], options: &Options) -> Result<(), Fault> {
    for (source, importer) in jobs.iter_mut().filter(|(_, importer)| importer.name() != "toml") {
        let Some(word) = source.word.clone() else { continue };
        let (_, known) = known_rows(writer, source, *importer, options, (&[word], FIRST_ROWS))?;
        source.home = known.first().and_then(Known::home);
    }
    Ok(())
}

/// Where the file itself has no word: what comes through a pipe has no name, and the name of a built-in deck would make its cards
/// those of that deck. Then the deck that its cards go into is all that there is.
fn give_deck_as_word(writer: &Writer<'_>, jobs: &mut [Job], deck: &str) -> Result<(), Fault> {
    let builtins = writer.builtin_decks()?;
    for (source, _) in jobs.iter_mut().filter(|(source, _)| source.word.is_none()) {
        if source.is_piped() || builtins.contains(&stem(&source.file_name)) {
            let mut word = deck.to_owned();
            compose(&mut word);
            source.word = Some(word);
        }
    }
    Ok(())
}

/// The word for a file with so many of the folders that it lies in.
fn word(source: &Source, folders: usize) -> String {
    let stem = stem(&source.file_name);
    let from = source.parents.len().saturating_sub(folders);
    let parts = source.parents.get(from..).unwrap_or_default();
    let long: Vec<&str> = parts.iter().map(String::as_str).chain([stem.as_str()]).collect();
    let long = long.join(WITHIN);
    if is_deck_id(&long) { long } else { stem }
}

/// What is known of files: which word a file may have, and which words of a file are those of another one.
type Claims = (Vec<Claim>, BTreeSet<(usize, String)>);

/// The words under which at least half of a file's rows are known, best ones first, and those that are another file's. `alone`: the
/// word that the only file has anyway, unless another one is better. `elsewhere`: words that begin with other folders, for a file
/// that has the answers too.
fn claims(
    writer: &Writer<'_>,
    jobs: &mut [Job],
    group: &[usize],
    options: &Options,
    (alone, elsewhere): (Option<&str>, &[String]),
    homes: &mut BTreeMap<(usize, String), String>,
) -> Result<Claims, Fault> {
    let (mut claims, mut of_others) = (Vec::new(), BTreeSet::new());
    let has_notes = writer.has_notes()?;
    // A deck file says itself who it is.
    for job in group.iter().filter(|_| has_notes) {
        let Some((source, importer)) = jobs.get_mut(*job).filter(|(_, importer)| importer.name() != "toml") else {
            continue;
        };
        let mut of_place: Vec<String> = Vec::new();
        for folders in 0..=MOST_FOLDERS.min(source.parents.len()) {
            let word = word(source, folders);
            if !of_place.contains(&word) {
                of_place.push(word);
            }
        }
        // With --deck a word needs no deck, so the rows tell.
        let (_, first) = known_rows(writer, source, *importer, options, (&of_place, FIRST_ROWS))?;
        let mut words: Vec<String> = Vec::new();
        let mut is_clear = true;
        for (word, known) in of_place.into_iter().zip(first) {
            is_clear &= !known.is_of_another_file();
            homes.extend(known.home().map(|home| ((*job, word.clone()), home)));
            if known.rows > 0 || writer.knows_deck(&word)? {
                words.push(word);
            }
        }
        let of_place = words.len();
        // Its folder may have been renamed since, or it lay elsewhere.
        words.extend(elsewhere.iter().filter(|known| !words.contains(known)).cloned().collect::<Vec<_>>());
        // Nothing more has to be read where the database knows no other word.
        if is_clear && words.iter().all(|word| Some(word.as_str()) == alone) {
            continue;
        }
        let (rows, known) = known_rows(writer, source, *importer, options, (&words, MOST_ROWS))?;
        for (place, (word, known)) in words.into_iter().zip(known).enumerate() {
            homes.extend(known.home().map(|home| ((*job, word.clone()), home)));
            if known.is_of_another_file() {
                of_others.insert((*job, word));
                continue;
            }
            // Half of its questions, and half of these with their answers.
            if known.rows > 0 && known.rows * 2 >= rows {
                let has_answers = known.same > 0 && known.same * 4 >= rows;
                let is_of_place = place < of_place;
                if has_answers || is_of_place {
                    claims.push(Claim { known, has_answers, is_of_place, job: *job, word });
                }
            }
        }
    }
    // Of two words under which a file is known equally well that of its own folders is meant, and of these the longer one.
    let near = |claim: &Claim| (claim.known.same, claim.known.rows, claim.is_of_place);
    claims.sort_by(|a, b| near(b).cmp(&near(a)).then(a.job.cmp(&b.job)).then(b.word.len().cmp(&a.word.len())));
    Ok((claims, of_others))
}

/// How many of the first rows of a file are named by the word for its deck, and how many of them are known under each of these
/// words.
fn known_rows(
    writer: &Writer<'_>,
    source: &mut Source,
    importer: &dyn Importer,
    options: &Options,
    (words, most): (&[String], u64),
) -> Result<(u64, Vec<Known>), Fault> {
    let read_options = source.read_options(options);
    let (mut looked, mut rows, mut known, mut failed) = (0, 0, vec![Known::default(); words.len()], None);
    // What can't be read is told when the file is read for good.
    if source.input.rewind().is_ok() {
        let done = importer.read(&mut *source.input, &read_options, &mut |item| {
            // Rows that say a deck or an id count too: where all do, nobody reads them all to find none that does not.
            looked += u64::from(matches!(item, ImportItem::Record(Record::Note(_))));
            match item {
                ImportItem::Record(Record::Deck(_)) => return Err(Stop),
                ImportItem::Record(Record::Note(mut item)) if item.deck.is_none() => {
                    compose_names(&mut item);
                    rows += u64::from(!matches!(item.identity, Identity::Uid(_) | Identity::Foreign { .. }));
                    for (word, known) in words.iter().zip(&mut known) {
                        let into = options.deck.as_deref().unwrap_or(word);
                        for uid in uids(word, &item) {
                            match writer.has_answer(uid, &item.text) {
                                Ok(Some(KnownAnswer { is_same, deck })) => {
                                    known.rows += 1;
                                    known.same += u64::from(is_same);
                                    if let Some((id, name)) = deck {
                                        known.elsewhere += u64::from(id != into && name != into);
                                        *known.decks.entry(id).or_default() += 1;
                                    }
                                    break;
                                }
                                Ok(None) => {}
                                Err(fault) => failed = Some(fault),
                            }
                        }
                    }
                }
                _ => {}
            }
            if looked >= most || failed.is_some() { Err(Stop) } else { Ok(()) }
        });
        done.ok();
    }
    source.input.rewind().ok();
    source.close();
    match failed {
        Some(fault) => Err(fault),
        None => Ok((rows, known)),
    }
}

/// What a row may be called by in a deck of that word.
fn uids(word: &str, item: &Item) -> Vec<NoteUid> {
    match &item.identity {
        Identity::Key(key) => vec![NoteUid::of_file_key(word, key)],
        Identity::None => {
            let (prompt, answer) = (prompt(&item.text), answer(&item.text));
            vec![NoteUid::of_row(word, &prompt, None), NoteUid::of_row(word, &prompt, Some((&answer, 1)))]
        }
        Identity::Uid(_) | Identity::Foreign { .. } => Vec::new(),
    }
}
