//! What an import can't keep as it was, counted.

use crate::core::text::counted;
use crate::formats::Place;
use std::fmt;

/// What was lost or changed on the way in: how much of which kind. An importer hands these over after the last record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Loss {
    /// What.
    pub kind: LossKind,
    /// How many.
    pub count: u64,
    /// Where the first ones are, where they are of rows.
    pub places: Vec<Place>,
}

/// Places of the first ones that a loss names.
pub(in crate::formats) const MOST_PLACES: usize = 3;

/// What can be lost or changed on the way in.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum LossKind {
    /// Pictures that notes name and that don't come with a table.
    Pictures,
    /// Sounds that notes name and that don't come with a table.
    Sounds,
    /// Cards whose question or answer is nothing but a picture.
    OnlyPictures,
    /// Rows of image occlusion, which are left out.
    Occlusions,
    /// Columns that are not read, by name.
    ColumnsLeftOut(Vec<String>),
    /// Columns that became lines of `extra`, by name.
    ColumnsMerged(Vec<String>),
    /// Cells that were put together again: a separator stood in the text.
    CellsJoined,
    /// Directives that are not known, by name.
    UnknownDirectives(Vec<String>),
    /// Rows of a note type that is not known: its name, and the kind of card that they became.
    UnknownNoteType {
        /// Its name.
        name: String,
        /// The kind of card.
        kind: &'static str,
    },
    /// Tags that were left out or written another way.
    TagsChanged,
    /// Lines that begin with `#` below directives: comments, which are no cards.
    Comments,
    /// Rows that name the columns again, further down.
    RepeatedHeaders,
    /// Headings in a list of terms.
    Headings,
    /// Lines above the row that names the columns, such as a title.
    LinesAbove,
    /// Cells in which a spreadsheet shows an error, `#NAME?`.
    FormulaErrors,
    /// Rows whose deck is written another way than before, and is the same deck here.
    DecksJoined,
}

impl LossKind {
    /// Its name in JSON.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Pictures => "pictures",
            Self::Sounds => "sounds",
            Self::OnlyPictures => "only_pictures",
            Self::Occlusions => "occlusions",
            Self::ColumnsLeftOut(_) => "columns_left_out",
            Self::ColumnsMerged(_) => "columns_merged",
            Self::CellsJoined => "cells_joined",
            Self::UnknownDirectives(_) => "unknown_directives",
            Self::UnknownNoteType { .. } => "unknown_note_types",
            Self::TagsChanged => "tags_changed",
            Self::Comments => "comments",
            Self::RepeatedHeaders => "repeated_headers",
            Self::Headings => "headings",
            Self::LinesAbove => "lines_above",
            Self::FormulaErrors => "formula_errors",
            Self::DecksJoined => "decks_joined",
        }
    }

    /// The names that it is about, where it is about names.
    #[must_use]
    pub fn names(&self) -> &[String] {
        match self {
            Self::ColumnsLeftOut(names) | Self::ColumnsMerged(names) | Self::UnknownDirectives(names) => names,
            Self::UnknownNoteType { name, .. } => std::slice::from_ref(name),
            _ => &[],
        }
    }
}

impl Loss {
    /// What was lost of things that have names, each counted once; nothing where there are none.
    pub(in crate::formats) fn of_names(kind: LossKind) -> Option<Self> {
        let count = u64::try_from(kind.names().len()).unwrap_or(u64::MAX);
        (count > 0).then_some(Self { kind, count, places: Vec::new() })
    }
}

impl LossKind {
    /// Whether a warning with the same content is given beside it.
    #[must_use]
    pub fn is_warned_of(&self) -> bool {
        matches!(
            self,
            Self::UnknownDirectives(_) | Self::UnknownNoteType { .. } | Self::DecksJoined | Self::TagsChanged
        )
    }

    /// So many of them, in words.
    #[must_use]
    pub fn words(&self, count: u64) -> String {
        let so_many = |one: &str, many: &str| counted(count, one, many);
        match self {
            Self::Pictures => so_many("picture is not in the file", "pictures are not in the file"),
            Self::Sounds => so_many("sound is not in the file", "sounds are not in the file"),
            Self::OnlyPictures => {
                so_many("card has a side that is only a picture", "cards have a side that is only a picture")
            }
            Self::Occlusions => so_many("row of image occlusion was left out", "rows of image occlusion were left out"),
            Self::ColumnsLeftOut(list) => {
                format!("{}: {}", one_or(list, "a column that is not read", "columns that are not read"), ticked(list))
            }
            Self::ColumnsMerged(list) => {
                let what = "a column that became a line of the explanation";
                format!("{}: {}", one_or(list, what, "columns that became lines of the explanation"), ticked(list))
            }
            Self::CellsJoined => format!(
                "{} put together again, because the separator is part of the text",
                so_many("row was", "rows were")
            ),
            Self::UnknownDirectives(list) => {
                let what = one_or(list, "a directive that is not known here", "directives that are not known here");
                format!("{what}: {}", ticked(list))
            }
            Self::UnknownNoteType { name, kind } => {
                format!("{} of the unknown note type `{name}` became `{kind}`", so_many("note", "notes"))
            }
            Self::TagsChanged => {
                so_many("tag was left out or written another way", "tags were left out or written another way")
            }
            Self::Comments => so_many(
                "line begins with # and so is a comment here; put its first cell in quotes to make it a card",
                "lines begin with # and so are comments here; put the first cell in quotes to make one a card",
            ),
            Self::Headings => so_many("heading of the list was left out", "headings of the list were left out"),
            Self::LinesAbove => so_many(
                "line above the names of the columns was left out",
                "lines above the names of the columns were left out",
            ),
            Self::RepeatedHeaders => so_many(
                "row that names the columns again was left out",
                "rows that name the columns again were left out",
            ),
            Self::FormulaErrors => so_many(
                "cell holds an error of the spreadsheet, such as #NAME?",
                "cells hold an error of the spreadsheet, such as #NAME?",
            ),
            Self::DecksJoined => so_many(
                "row belongs to a deck that is written another way further up; it is one deck here",
                "rows belong to decks that are written another way further up; each is one deck here",
            ),
        }
    }
}

impl fmt::Display for Loss {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.kind.words(self.count))
    }
}

/// Names as messages have them.
pub(in crate::formats) fn ticked(names: &[String]) -> String {
    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}

/// The words for one of a list, or for several.
pub(in crate::formats) fn one_or<'w>(list: &[String], one: &'w str, several: &'w str) -> &'w str {
    if list.len() == 1 { one } else { several }
}
