//! What an import came to, in numbers and in words.

use crate::core::card::side_by_side;
use crate::core::id::is_in_no_name;
use crate::core::text::as_argument;
use crate::core::text::counted;
use crate::core::text::one_line;
use crate::core::text::thousands;
use crate::formats::Loss;
use crate::formats::LossKind;
use crate::formats::Place;
use crate::ops::import::folder::Reason;
use crate::ops::import::folder::Skipped;
use crate::ops::import::sources::Source;
use crate::ops::import::spill::Spill;
use crate::store::Forgotten;
use crate::store::Kept;
use crate::store::KeptPart;
use crate::store::MatchResult;
use crate::store::Missing;
use crate::store::News;
use crate::store::Twice;
use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::fmt::Display;
use std::path::PathBuf;

/// Rejected rows that are kept for the list; more are counted only.
const MOST_LISTED: usize = 1000;

/// Why a row is left out whose name another row of its file has.
pub(super) const CONTRADICTS: &str =
    "its key or id was used before in this file, for another text; give it one of its own";

/// Why a row is left out that says only a part of its card.
const UNFIT: &str = "in the deck this card is of a kind for which the file has no columns (such as a choice with its \
    wrong options, or a list of items), and the answer does not fit that; correct the row, or add the columns of the kind";

/// Why a row is left out whose note another file has, of the same import or a followed one.
const CONTRADICTS_FILE: &str = "an earlier file has this card too, with other words or tags; make them two cards, or \
    remove it from one of the files";

/// Why a row is left out whose deck can't be one.
pub(super) fn no_deck_name(deck: &str) -> String {
    let why = if deck.contains(is_in_no_name) {
        "it has a line break or another control character in it"
    } else {
        "it is empty, or has a / or # in it"
    };
    format!("`{}` can't be the name of a deck: {why}", one_line(deck))
}

/// What to do about cards that came before from a file of another name.
pub(super) fn twice_words(shown: &str, twice: &Twice) -> String {
    format!(
        "{shown}: {} in the deck `{}` already, and will be asked twice; if it is the same file under another name, `lmq undo` and \
         import it into that deck with --deck",
        counted(twice.cards, "of these cards is", "of these cards are"),
        one_line(&twice.deck)
    )
}

/// Places of what was lost that are named.
const MOST_PLACES: usize = 3;

/// Decks that are named of those that notes were added to.
const MOST_DECKS_SHOWN: usize = 5;

/// Cards that are named of those that a file does not have.
const MOST_MISSING_SHOWN: usize = 3;

/// Cards that a command names which deletes them.
const MOST_IN_A_COMMAND: usize = 20;

/// Decks that are named of files with one name.
const MOST_WORDS_SHOWN: usize = 5;

/// Kept notes that are shown.
const MOST_KEPT_SHOWN: usize = 5;

/// Rejected rows that a refusal names.
const MOST_IN_A_REFUSAL: usize = 20;

/// What was lost or changed on the way in, of all files together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lost {
    /// What.
    pub kind: LossKind,
    /// How many.
    pub count: u64,
    /// The first places, `file:line`.
    pub places: Vec<String>,
}

impl Lost {
    /// In words, with the first places.
    #[must_use]
    pub fn words(&self) -> String {
        let said = self.kind.words(self.count);
        if self.places.is_empty() {
            return said;
        }
        let more = if self.count > u64::try_from(self.places.len()).unwrap_or(u64::MAX) { ", …" } else { "" };
        format!("{said} ({}{more})", self.places.join(", "))
    }
}

/// A note of which the learner's version stays although the file says something else now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptNote {
    /// What people call it.
    pub name: String,
    /// The file.
    pub file: String,
    /// What of it stays.
    pub parts: Vec<KeptPart>,
    /// Whether the file's tags are taken although something else stays.
    pub takes_tags: bool,
    /// Whether the learner wrote it before any file had it.
    pub is_made: bool,
    /// The decks that it lies in and that the file has it in, where its place stays.
    pub decks: Option<(String, String)>,
    /// The learner's card and the file's, a line each; of the first such notes only.
    pub texts: Option<(String, String)>,
}

impl KeptNote {
    pub(super) fn of(file: &str, kept: &Kept) -> Self {
        Self {
            name: kept.name.clone(),
            file: file.to_owned(),
            parts: kept.parts.clone(),
            takes_tags: kept.takes_tags,
            is_made: kept.is_made,
            decks: kept.decks.clone(),
            texts: kept.texts.as_ref().map(|texts| side_by_side(&texts.0, &texts.1)),
        }
    }

    /// What stays and why, in one line.
    #[must_use]
    pub fn why(&self) -> String {
        let words = |part: &KeptPart| match (part, &self.decks) {
            (KeptPart::Text, _) if self.is_made => {
                "a card that you had written yourself is there too; yours stays".into()
            }
            (KeptPart::Text, _) => "a card that you had edited was changed there too; yours stays".into(),
            (KeptPart::Tags, _) => "you and the file changed the same tags; yours stay".into(),
            (KeptPart::Place, Some((mine, theirs))) => format!(
                "you had moved it, and it was moved there too, to `{}`; it stays in `{}`",
                one_line(theirs),
                one_line(mine)
            ),
            (KeptPart::Place, None) => "it was moved there; it stays where you put it".into(),
            (KeptPart::Deletion, _) => "a card that you had deleted was changed there; it stays deleted".into(),
        };
        let mut said: Vec<String> = self.parts.iter().map(words).collect();
        if self.takes_tags {
            said.push("the file's new tags are taken".to_owned());
        }
        said.join("; ")
    }
}

impl KeptPart {
    /// Its name in JSON.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Tags => "tags",
            Self::Place => "place",
            Self::Deletion => "deletion",
        }
    }
}

/// What an import came to.
#[derive(Debug, Clone, Default)]
pub struct Report {
    /// Notes that are new.
    pub added: u64,
    /// How many of them lie in which deck.
    pub added_to: BTreeMap<String, u64>,
    /// Notes whose text changed; their history stays.
    pub changed: u64,
    /// Notes that lie in another deck, and did not change otherwise.
    pub moved: u64,
    /// How many of them went to which deck.
    pub moved_to: BTreeMap<String, u64>,
    /// Notes that are as they were.
    pub same: u64,
    /// Notes that were retired and are back.
    pub restored: u64,
    /// Rows that said the same as one before them.
    pub duplicates: u64,
    /// Notes of the decks that are not in the files.
    pub missing: u64,
    /// Notes of followed or built-in decks that vanished from their file and were retired.
    pub retired: u64,
    /// Notes that a followed file had until now, what the learner made their own among them.
    pub lost: u64,
    /// Notes whose own version stays although the file has another one now.
    pub kept: u64,
    /// Notes of the file that the learner deleted, and that stay so.
    pub deleted: u64,
    /// Entries of a log that are new here.
    pub entries_added: u64,
    /// Entries of a log that were here.
    pub entries_known: u64,
    /// What erasures in a history took; the copies are not cleaned of it yet.
    pub erased: Forgotten,
    /// Names of cards of which a history brought words that are newer than their erasure.
    pub rewritten: Vec<String>,
    /// Copies of the database from before a history was taken in.
    pub copies: Vec<PathBuf>,
    /// The notes of which the learner's version stays, up to a limit.
    pub kept_notes: Vec<KeptNote>,
    /// The first bad rows: `file:line: reason`.
    pub rejected: Vec<String>,
    /// The others, where all of them are wanted.
    pub more_rejected: Spill,
    /// Whether all bad rows are to be listed, and not only the first ones.
    pub lists_all: bool,
    /// Files of folders that were left out.
    pub skipped: Vec<Skipped>,
    /// How many bad rows there were in all.
    pub rejections: u64,
    /// What the person should know.
    pub warnings: Vec<String>,
    /// What was lost or changed on the way in, each kind once.
    pub losses: Vec<Lost>,
    /// Whether a note came that waits for others: they may wait for each other.
    pub waits: bool,
    /// The first notes, for a look before anything is written.
    pub first: Vec<(String, String)>,
    /// The cards that would be new, question and answer; of a dry run only.
    pub new: Vec<(String, String)>,
    /// The cards that would change, as they are and as they would be; of a dry run only.
    pub changes: Vec<(String, String)>,
    /// The questions of cards that are not in the files: the first ones, in a dry run all up to a limit.
    pub missing_notes: Vec<String>,
    /// What these are called, for a command that deletes them.
    pub missing_names: Vec<String>,
    /// The words of the files for the decks of their notes.
    pub decks: BTreeSet<String>,
    /// Names of decks that were removed and that the files have: their cards stay deleted.
    pub removed: Vec<String>,
    /// Files read.
    pub files: u64,
    /// Files that share their name with another one: the name, the file, and its deck.
    pub words: Vec<(String, String, String)>,
    /// Files whose encoding was guessed: that, the file, and what to say.
    pub encodings: Vec<(String, String, String)>,
}

impl Report {
    /// Whether anything was changed, or would be.
    #[must_use]
    pub fn changes(&self) -> bool {
        self.added + self.changed + self.moved + self.restored + self.retired + self.entries_added > 0
    }

    pub(super) fn place(&mut self, placed: MatchResult, shown: &str, place: Place) {
        match placed {
            MatchResult::Added => self.added += 1,
            MatchResult::Changed => self.changed += 1,
            MatchResult::Moved => self.moved += 1,
            MatchResult::Same => self.same += 1,
            MatchResult::Restored => self.restored += 1,
            MatchResult::Duplicate => self.duplicates += 1,
            MatchResult::Kept => self.kept += 1,
            MatchResult::StaysDeleted => self.deleted += 1,
            MatchResult::Later => {}
            MatchResult::Contradicts => self.reject(shown, place, CONTRADICTS),
            MatchResult::Unfit => self.reject(shown, place, UNFIT),
            MatchResult::ContradictsFile => self.reject(shown, place, CONTRADICTS_FILE),
        }
    }

    /// What a file would bring and change, and what it lacks.
    pub(super) fn hear(&mut self, news: &News) {
        self.new.extend(news.new.iter().map(|note| (note.listed_prompt(1), note.listed_answer(1))));
        self.changes.extend(news.changed.iter().map(|(before, after)| side_by_side(before, after)));
        self.lacks(&news.missing);
    }

    /// The files do not have these.
    pub(super) fn lacks(&mut self, notes: &[Missing]) {
        self.missing_notes.extend(notes.iter().map(|note| note.text.listed_prompt(1)));
        self.missing_names.extend(notes.iter().map(|note| note.name.clone()));
    }

    /// Counts what was lost; of all files together.
    pub(super) fn lose(&mut self, shown: &str, loss: &Loss) {
        let places = loss.places.iter().map(|place| format!("{shown}:{place}"));
        match self.losses.iter_mut().find(|known| known.kind == loss.kind) {
            Some(known) => {
                known.count += loss.count;
                let room = MOST_PLACES.saturating_sub(known.places.len());
                known.places.extend(places.take(room));
            }
            None => {
                let places = places.take(MOST_PLACES).collect();
                self.losses.push(Lost { kind: loss.kind.clone(), count: loss.count, places });
            }
        }
    }

    pub(super) fn reject(&mut self, shown: &str, place: Place, reason: impl Display) {
        self.rejections += 1;
        if self.rejected.len() < MOST_LISTED {
            self.rejected.push(format!("{shown}:{place}: {reason}"));
        } else if self.lists_all {
            self.more_rejected.push(&format!("{shown}:{place}: {reason}"));
        }
    }

    /// A file of a folder is left out.
    pub(super) fn skip(&mut self, source: &Source, reason: Reason) {
        self.skipped.push(Skipped { path: PathBuf::from(&source.shown), reason });
    }

    /// Whether a file of a folder could not be imported, though its name says that it is a deck.
    #[must_use]
    pub fn has_bad_files(&self) -> bool {
        self.skipped.iter().any(|skipped| matches!(skipped.reason, Reason::Bad(_)))
    }

    /// The bad rows and files as a refusal lists them, the first ones.
    pub(super) fn list_rejected(&self, places: &mut Vec<String>) {
        let is_bad = |skipped: &&Skipped| matches!(skipped.reason, Reason::Bad(_));
        let is_text =
            |skipped: &&Skipped| matches!(skipped.reason, Reason::NoTable | Reason::OtherJson | Reason::OtherToml);
        let bad = self.skipped.iter().filter(is_bad).chain(self.skipped.iter().filter(is_text));
        let files: Vec<String> = bad.map(|skipped| format!("{}: {}", skipped.path.display(), skipped.reason)).collect();
        places.extend(files.iter().chain(&self.rejected).take(MOST_IN_A_REFUSAL).cloned());
        let all = u64::try_from(files.len()).unwrap_or(0) + self.rejections;
        let more = all.saturating_sub(u64::try_from(MOST_IN_A_REFUSAL).unwrap_or(0));
        if more > 0 {
            places.push(format!("and {more} more"));
        }
    }

    /// In which encodings files were read, each guess once.
    pub(super) fn say_encodings(&mut self) {
        let mut encodings = std::mem::take(&mut self.encodings);
        encodings.sort_by(|a, b| a.0.cmp(&b.0));
        let mut said = Vec::new();
        for alike in encodings.chunk_by(|a, b| a.0 == b.0) {
            let Some((encoding, file, text)) = alike.first() else { continue };
            let more = match alike.len() - 1 {
                0 => String::new(),
                1 => format!("; another file was read as {encoding} too"),
                more => format!("; {more} more files were read as {encoding} too"),
            };
            said.push(format!("{file}: {text}{more}"));
        }
        self.warnings.splice(0..0, said);
    }

    /// Which decks the cards of files are in that share their name, a line for each name.
    pub(super) fn say_words(&mut self) {
        let mut words = std::mem::take(&mut self.words);
        words.sort();
        for alike in words.chunk_by(|a, b| a.0 == b.0) {
            let Some((stem, file, deck)) = alike.first() else { continue };
            let named = |(_, _, deck): &(String, String, String)| format!("`{}`", one_line(deck));
            let first: Vec<String> = alike.iter().take(MOST_WORDS_SHOWN).map(named).collect();
            self.warnings.push(match (alike.len(), alike.len().saturating_sub(first.len())) {
                (1, _) => format!(
                    "another file is called `{}` too: the cards of {} are in the deck `{}`",
                    one_line(stem),
                    one_line(file),
                    one_line(deck)
                ),
                (all, 0) => {
                    format!("{all} files are called `{}`: their decks are {}", one_line(stem), first.join(", "))
                }
                (all, more) => format!(
                    "{all} files are called `{}`: their decks are {} and {more} more",
                    one_line(stem),
                    first.join(", ")
                ),
            });
        }
    }

    /// The notes of which the learner's version stays, in words, the first ones.
    #[must_use]
    pub fn kept_words(&self) -> Vec<String> {
        let mut lines = Vec::new();
        for note in self.kept_notes.iter().take(MOST_KEPT_SHOWN) {
            let card = note.texts.as_ref().map(|(mine, _)| format!(" ({mine})")).unwrap_or_default();
            let has_text = note.parts.contains(&KeptPart::Text);
            let card = if has_text { String::new() } else { card };
            let mut said = format!("{}: {}{card}: {}", note.file, note.name, note.why());
            if let Some((mine, theirs)) = note.texts.as_ref().filter(|_| has_text) {
                said.push_str(&format!("\n  the file's: {theirs}\n  yours: {mine}"));
            }
            lines.push(said);
        }
        let more = self.kept_notes.len().saturating_sub(MOST_KEPT_SHOWN);
        if more > 0 {
            lines.push(format!("and {} more; --json lists them", counted(more, "note", "notes")));
        }
        if !lines.is_empty() {
            lines.push("`lmq import --theirs FILE` takes the file's version of all that you changed".to_owned());
        }
        lines
    }

    /// The decks into which the new notes went, where there are several: the sentence names a single one.
    #[must_use]
    pub fn added_to_words(&self) -> Option<String> {
        decks_in_words(&self.added_to)
    }

    /// The decks to which notes were moved, where there are several.
    #[must_use]
    pub fn moved_to_words(&self) -> Option<String> {
        decks_in_words(&self.moved_to)
    }

    /// What is not in the files and stays, in words.
    #[must_use]
    pub fn missing_words(&self) -> Option<String> {
        let notes = || counted(self.missing, "note of the deck is", "notes of the deck are");
        let named: Vec<String> = self
            .missing_notes
            .iter()
            .take(MOST_MISSING_SHOWN)
            .map(|prompt| format!("`{}`", one_line(prompt)))
            .collect();
        let more = self.missing.saturating_sub(named.len().try_into().unwrap_or(u64::MAX));
        let more = if more > 0 && !named.is_empty() { format!(" and {} more", thousands(more)) } else { String::new() };
        let colon = if named.is_empty() { "" } else { ": " };
        let stay = if self.missing == 1 { "stays" } else { "stay" };
        (self.missing > 0).then(|| {
            let way = self.way_to_delete();
            format!("{} not in the file, and {stay}{colon}{}{more}{way}", notes(), named.join(", "))
        })
    }

    /// How to delete what is not in the files: with a command that names all of it, or with the names that a program gets.
    fn way_to_delete(&self) -> String {
        let is_all = u64::try_from(self.missing_names.len()).ok() == Some(self.missing);
        let names = self.missing_names.iter().map(|name| as_argument(name)).collect::<Vec<_>>().join(" ");
        match (self.missing, is_all && self.missing_names.len() <= MOST_IN_A_COMMAND) {
            (1, true) => format!("\n`lmq delete {names}` deletes it"),
            (_, true) => format!("\n`lmq delete {names}` deletes them"),
            _ => {
                "\n`lmq delete` deletes them by their names, which --dry-run --json lists as `missing_names`".to_owned()
            }
        }
    }

    /// In one sentence.
    #[must_use]
    pub fn sentence(&self) -> String {
        self.in_words("")
    }

    /// The same with the deck into which the new notes went, where it is one.
    #[must_use]
    pub fn sentence_with_deck(&self) -> String {
        self.in_words(&to_one(&self.added_to))
    }

    fn in_words(&self, to: &str) -> String {
        let mut parts = Vec::new();
        let mut part = |count: u64, one: &str, many: &str| {
            if count > 0 {
                parts.push(counted(count, one, many));
            }
        };
        part(self.added, &format!("note added{to}"), &format!("notes added{to}"));
        part(self.changed, "changed", "changed");
        let moved = format!("moved{}", to_one(&self.moved_to));
        part(self.moved, &moved, &moved);
        part(self.restored, "brought back", "brought back");
        part(self.retired, "retired", "retired");
        part(self.same, "note unchanged", "notes unchanged");
        part(self.kept, "kept as you wrote it", "kept as you wrote them");
        part(self.deleted, "stays deleted", "stay deleted");
        part(self.duplicates, "row twice in the file", "rows twice in the file");
        part(self.entries_added, "entry of history added", "entries of history added");
        part(self.entries_known, "entry already known", "entries already known");
        part(self.rejections, "left out", "left out");
        if parts.is_empty() { "nothing to import".to_owned() } else { parts.join(", ") }
    }
}

/// ` to DECK`, where all went to one.
fn to_one(decks: &BTreeMap<String, u64>) -> String {
    match decks.keys().next() {
        Some(deck) if decks.len() == 1 => format!(" to {}", one_line(deck)),
        _ => String::new(),
    }
}

/// Decks with how many notes went there, those with most first, where there are several.
fn decks_in_words(decks: &BTreeMap<String, u64>) -> Option<String> {
    let mut sorted: Vec<(&String, &u64)> = decks.iter().collect();
    sorted.sort_by_key(|(_, notes)| Reverse(**notes));
    let more = sorted.len().saturating_sub(MOST_DECKS_SHOWN);
    let named = sorted.iter().take(MOST_DECKS_SHOWN);
    let named: Vec<String> =
        named.map(|(deck, notes)| format!("{} ({})", one_line(deck), thousands(**notes))).collect();
    (decks.len() > 1).then(|| match more {
        0 => named.join(", "),
        more => format!("{} and {}", named.join(", "), counted(more, "more deck", "more decks")),
    })
}
