//! What is counted while the rows of a table go by, and said after the last one.

use crate::formats::Loss;
use crate::formats::LossKind;
use crate::formats::Place;
use crate::formats::csv::fault::TableWarning;
use crate::formats::loss::MOST_PLACES;
use std::collections::HashMap;
use unicode_normalization::UnicodeNormalization as _;

/// What is counted.
#[derive(Debug, Default)]
pub(super) struct Tally {
    pub(super) pictures: u64,
    pub(super) sounds: u64,
    pub(super) only_pictures: u64,
    pub(super) occlusions: u64,
    pub(super) joined: u64,
    pub(super) repeated_headers: u64,
    pub(super) headings: u64,
    pub(super) formula_errors: u64,
    pub(super) decks: DeckNames,
    pub(super) note_types: Vec<Unknown>,
    /// What was counted up to the last row.
    counted: [u64; ROW_KINDS],
    /// Of each of these where the first ones are.
    places: [Vec<Place>; ROW_KINDS],
}

/// Kinds of losses that are of rows.
const ROW_KINDS: usize = 9;

/// Notes of a note type that is not known.
#[derive(Debug)]
pub(super) struct Unknown {
    pub(super) name: String,
    pub(super) kind: &'static str,
    pub(super) count: u64,
}

impl Tally {
    /// Counts a note of an unknown type. Rows of one type mostly follow each other.
    pub(super) fn unknown_type(&mut self, name: &str, kind: &'static str) {
        // A table with a new one in each row has no note types there.
        let is_full = self.note_types.len() >= MOST_NOTE_TYPES;
        match self.note_types.iter_mut().rev().find(|known| known.name == name && known.kind == kind) {
            Some(known) => known.count += 1,
            None if is_full => {}
            None => self.note_types.push(Unknown { name: name.to_owned(), kind, count: 1 }),
        }
    }

    /// What is to be said at the end.
    pub(super) fn warnings(&self) -> Vec<TableWarning> {
        let mut warnings = Vec::new();
        if !self.note_types.is_empty() {
            let one = |unknown: &Unknown| {
                let kind = if unknown.kind == "basic" { "front and back" } else { unknown.kind };
                format!("`{}` ({} as {kind})", unknown.name, unknown.count)
            };
            warnings.push(TableWarning::UnknownNoteTypes(self.note_types.iter().map(one).collect()));
        }
        if !self.decks.joined.is_empty() {
            warnings.push(TableWarning::OneDeck(self.decks.joined.clone()));
        }
        warnings
    }

    /// What is counted of rows, in the order in which it is said.
    fn counts(&self) -> [u64; ROW_KINDS] {
        [
            self.pictures,
            self.only_pictures,
            self.sounds,
            self.occlusions,
            self.joined,
            self.repeated_headers,
            self.headings,
            self.formula_errors,
            self.decks.rows,
        ]
    }

    /// What was counted since the row before it stood there.
    pub(super) fn was_at(&mut self, place: Place) {
        let counts = self.counts();
        for ((count, before), places) in counts.iter().zip(&self.counted).zip(&mut self.places) {
            if count > before && places.len() < MOST_PLACES {
                places.push(place);
            }
        }
        self.counted = counts;
    }

    /// What was lost or changed.
    pub(super) fn losses(&self) -> Vec<Loss> {
        let mut losses = Vec::new();
        let kinds = [
            LossKind::Pictures,
            LossKind::OnlyPictures,
            LossKind::Sounds,
            LossKind::Occlusions,
            LossKind::CellsJoined,
            LossKind::RepeatedHeaders,
            LossKind::Headings,
            LossKind::FormulaErrors,
            LossKind::DecksJoined,
        ];
        for ((kind, count), places) in kinds.into_iter().zip(self.counts()).zip(&self.places) {
            if count > 0 {
                losses.push(Loss { kind, count, places: places.clone() });
            }
        }
        for Unknown { name, kind, count } in &self.note_types {
            let kind = LossKind::UnknownNoteType { name: name.clone(), kind };
            losses.push(Loss { kind, count: *count, places: Vec::new() });
        }
        losses
    }

    /// Counts what a text of HTML names that is no text. `true` where nothing else is in it.
    pub(super) fn media(&mut self, text: &str) -> bool {
        let pictures = text.match_indices("<img").count() + text.match_indices("<IMG").count();
        self.pictures += u64::try_from(pictures).unwrap_or(0);
        self.sounds(text);
        pictures > 0 && is_bare(text)
    }

    /// Counts the sounds that a text names.
    pub(super) fn sounds(&mut self, text: &str) {
        self.sounds += u64::try_from(text.match_indices("[sound:").count()).unwrap_or(0);
    }
}

/// Note types that are named at most.
const MOST_NOTE_TYPES: usize = 50;

/// Whether there is nothing in a piece of HTML but tags and white space.
fn is_bare(html: &str) -> bool {
    let mut is_tag = false;
    let text = html.replace("&nbsp;", " ");
    for c in text.chars() {
        match c {
            '<' => is_tag = true,
            '>' if is_tag => is_tag = false,
            c if !is_tag && !c.is_whitespace() => return false,
            _ => {}
        }
    }
    !is_tag
}

/// The decks that rows name, each in its first spelling: names that differ only in the case or the form of their letters are one.
#[derive(Debug, Default)]
pub(super) struct DeckNames {
    /// The last name, and how it is written here.
    last: Option<(String, String)>,
    /// By folded name, the first spelling.
    known: HashMap<String, String>,
    /// What was joined, in words.
    joined: Vec<String>,
    /// Rows whose deck was written another way.
    rows: u64,
}

/// Decks that are said to be one at most.
const MOST_JOINED: usize = 20;

impl DeckNames {
    /// Writes a name as its deck was written first.
    pub(super) fn one_spelling(&mut self, name: &mut String) {
        if let Some((last, written)) = &self.last
            && last == name
        {
            self.rows += u64::from(written != name);
            name.clone_from(written);
            return;
        }
        let given = name.clone();
        // Blanks around a level are as little of a name as case is.
        let levels: Vec<&str> = given.split("::").map(str::trim).collect();
        let folded: String = levels.join("::").nfc().collect::<String>().to_lowercase();
        let written = self.known.entry(folded).or_insert_with(|| levels.join("::"));
        if *written != given {
            self.rows += 1;
            let words = format!("`{given}` is `{written}`");
            if self.joined.len() < MOST_JOINED && levels.join("::") != *written && !self.joined.contains(&words) {
                self.joined.push(words);
            }
        }
        name.clone_from(written);
        self.last = Some((given, written.clone()));
    }
}
