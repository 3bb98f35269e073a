//! Notes from named texts: the columns of a table, the keys of a foreign JSON object.

mod dialect;
mod draft;
pub(super) mod fault;
pub(super) mod names;
pub(super) mod note_types;
pub(super) mod options;
mod phrasings;
#[cfg(test)]
mod tests;

pub(super) use dialect::Dialect;
pub(super) use dialect::escape;
pub(super) use draft::Draft;
pub(super) use phrasings::phrasings;
pub(super) use phrasings::write_phrasing;

use crate::core::card::ANSWER_FIELDS;
use crate::core::card::CARD_KINDS;
use crate::core::card::CardKind;
use crate::core::card::Fault;
use crate::core::card::LONGEST_FIELD_BYTES;
use crate::core::card::Markup;
use crate::core::card::NoteText;
use crate::core::card::QUESTION_FIELDS;
use crate::core::card::Shape;
use crate::core::card::Value;
use crate::core::document::Document;
use crate::core::document::plain_text;
use crate::core::text::meant;
use crate::formats::columns::fault::NoteFault;
use std::borrow::Cow;

/// What a column or key holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Column {
    /// Our own id, 32 hexadecimal digits.
    Uid,
    /// Anki's id.
    Guid,
    /// Key of the note in its deck.
    Key,
    /// Deck that the note belongs to.
    Deck,
    /// Kind, or the name of one of Anki's note types.
    Kind,
    /// Name of one of Anki's note types.
    NoteType,
    /// Tags.
    Tags,
    /// What others call a category: tags that may have blanks in them.
    WholeTag,
    /// Ids of facts.
    Source,
    /// Id of the topic.
    Topic,
    /// Who said it.
    Speaker,
    /// Hint.
    Hint,
    /// Explanation.
    Extra,
    /// Group of siblings.
    Group,
    /// Keys of notes that come first.
    After,
    /// Whether it is kept for a check-up.
    HeldOut,
    /// For which form of a check-up.
    Form,
    /// How the texts of the row are marked up.
    Markup,
    /// What is asked, whatever the kind calls it.
    Question,
    /// What is answered, whatever the kind calls it.
    Answer,
    /// A field of that name.
    Field(&'static str),
    /// The n-th of Anki's fields, from 0.
    Nth(usize),
    /// One more than the table should have.
    Surplus,
    /// Shown with the answer as a line with the n-th label before it.
    Labelled(usize),
    /// A line of the answer with the n-th label before it.
    Line(usize),
    /// Whether Anki makes a reversed card.
    AddReverse,
    /// It is known not to matter: a running number.
    LeftOut,
    /// Nothing that we know.
    Unknown,
}

impl Column {
    /// Whether it is what is asked, by any of its names.
    pub(super) fn asks(self) -> bool {
        match self {
            Self::Question | Self::Nth(0) => true,
            Self::Field(name) => QUESTION_FIELDS.contains(&name),
            _ => false,
        }
    }

    /// Whether it is what is answered, by any of its names.
    pub(super) fn tells(self) -> bool {
        matches!(self, Self::Answer | Self::Nth(1) | Self::Line(_) | Self::Field("back" | "answer"))
    }
}

const NAMES: &[(&str, Column)] = &[
    ("id", Column::Uid),
    ("guid", Column::Guid),
    ("key", Column::Key),
    ("deck", Column::Deck),
    ("set", Column::Deck),
    ("kind", Column::Kind),
    ("notetype", Column::NoteType),
    ("note type", Column::NoteType),
    ("tags", Column::Tags),
    ("tag", Column::Tags),
    ("category", Column::WholeTag),
    ("source", Column::Source),
    ("topic", Column::Topic),
    ("speaker", Column::Speaker),
    ("hint", Column::Hint),
    ("extra", Column::Extra),
    ("notes", Column::Extra),
    ("comment", Column::Extra),
    ("group", Column::Group),
    ("after", Column::After),
    ("held_out", Column::HeldOut),
    ("form", Column::Form),
    ("markup", Column::Markup),
    ("question", Column::Question),
    ("term", Column::Question),
    ("word", Column::Question),
    ("definition", Column::Answer),
    ("meaning", Column::Answer),
    // Fields of kinds, so that they are known whichever kinds there are.
    ("front", Column::Field("front")),
    ("back", Column::Field("back")),
    ("prompt", Column::Field("prompt")),
    ("answer", Column::Field("answer")),
    ("text", Column::Field("text")),
];

/// What the column of that name holds; case and outer white space don't count.
pub(super) fn named(name: &str) -> Column {
    let name = name.trim();
    let of_kinds = || field_names().find(|field| field.eq_ignore_ascii_case(name)).map(Column::Field);
    NAMES
        .iter()
        .find(|(known, _)| known.eq_ignore_ascii_case(name))
        .map(|(_, column)| *column)
        .or_else(of_kinds)
        .or_else(|| names::role(&names::plain(name)))
        .unwrap_or(Column::Unknown)
}

/// Whether `--columns` takes that name of a role: one of lmq's own.
pub(super) fn is_role(name: &str) -> bool {
    NAMES.iter().any(|(known, _)| *known == name) || field_names().any(|field| field == name)
}

/// Takes away what others call a group: the siblings of lmq's group are asked on different days, and only a table that says more of
/// what lmq knows means these.
pub(super) fn without_foreign_groups(columns: &mut [Column]) {
    let is_own = |column: &Column| {
        use Column::{After, Deck, HeldOut, Key, Kind, Markup, Topic};
        matches!(column, Key | Deck | Kind | Topic | After | HeldOut | Markup)
    };
    if columns.iter().any(is_own) {
        return;
    }
    for column in columns.iter_mut().filter(|column| **column == Column::Group) {
        *column = Column::Unknown;
    }
}

/// Makes question and answer of two names that are these only together, `source` and `target`, where no other column is the question or
/// has a name of lmq's own.
pub(super) fn translation_sides(names: &[String], columns: &mut [Column]) {
    let Some((source, target)) = names::translation(names) else { return };
    // The languages may stand beside the texts.
    let mut others = columns.iter().zip(names).filter(|(_, name)| !names::is_of_translation(name));
    if others.any(|(column, _)| column.asks() || matches!(column, Column::Field(_))) {
        return;
    }
    for (at, name) in [(source, "front"), (target, "back")] {
        if let Some(column) = columns.get_mut(at) {
            *column = Column::Field(name);
        }
    }
}

/// Roles that are meant by a name that is none, in words.
pub(super) fn roles_meant(name: &str) -> String {
    meant(name, ["front", "back", "extra", "tags", "deck", "hint", "key", "kind"])
}

/// The name of a role as a table of ours has it.
pub(super) fn role_name(column: Column) -> &'static str {
    match column {
        Column::Question => "front",
        Column::Answer => "back",
        Column::WholeTag => "tags",
        Column::Field(name) => name,
        column => NAMES.iter().find(|(_, known)| *known == column).map_or("", |(name, _)| name),
    }
}

/// The names of all fields of all kinds; some come several times.
pub(super) fn field_names() -> impl Iterator<Item = &'static str> {
    CARD_KINDS.iter().flat_map(|kind| kind.fields()).map(|field| field.name)
}

/// Whether a text hides something as Anki's clozes do.
pub(super) fn is_cloze(text: &str) -> bool {
    text.as_bytes().contains(&b'{') && crate::core::card::has_deletion(text)
}

/// What is wrong with the names that a note has beside its text: they are as long as a field at most.
pub(super) fn check_names(names: &[(&str, Option<&String>)]) -> Result<(), NoteFault> {
    let is_long = |name: &Option<&String>| name.is_some_and(|name| name.len() > LONGEST_FIELD_BYTES);
    let found = names.iter().find(|(_, name)| is_long(name));
    found.map_or(Ok(()), |(what, _)| Err(NoteFault::TooLong((*what).to_owned())))
}

/// What is wrong with the fields of a note of this kind, if anything is.
pub(super) fn check(kind: &dyn CardKind, text: &NoteText) -> Result<(), NoteFault> {
    if let Some(field) = text.too_long() {
        return Err(NoteFault::TooLong(field.to_owned()));
    }
    let fields = &text.fields;
    let mut known = 0;
    for field in kind.fields() {
        let Some(value) = fields.get(field.name) else {
            if field.required {
                return Err(NoteFault::Missing { kind: kind.name(), field: field.name });
            }
            continue;
        };
        known += 1;
        match (field.shape, value) {
            (Shape::Text, Value::Texts(_)) => return Err(NoteFault::NotOneText(field.name)),
            (Shape::Texts | Shape::Days, Value::Text(_)) => return Err(NoteFault::NotAList(field.name)),
            _ => {}
        }
        if value.texts().is_empty() || value.texts().iter().any(|text| text.trim().is_empty()) {
            return Err(NoteFault::Blank(field.name));
        }
    }
    if known < fields.len()
        && let Some(unknown) = fields.keys().find(|key| !kind.fields().iter().any(|field| field.name == *key))
    {
        return Err(no_field(kind, unknown));
    }
    if let Some(fault) = unseen(kind, text) {
        return Err(fault);
    }
    match kind.check(fields).into_iter().next() {
        Some(fault) => Err(NoteFault::Card(fault)),
        None => Ok(()),
    }
}

/// What of a note in HTML can't be seen, where that is all of a field or all that a cloze hides.
pub(super) fn unseen(kind: &dyn CardKind, text: &NoteText) -> Option<NoteFault> {
    if text.markup != Markup::Html {
        return None;
    }
    let of_field = |name: &str| text.fields.get(name).map_or(&[][..], Value::texts);
    let is_unseen = |name: &str| of_field(name).iter().any(|one| shows_nothing(one, text.markup));
    let field = kind.fields().iter().find(|field| field.required && is_unseen(field.name));
    let hides_nothing = || kind.name() == "cloze" && !is_cloze(&plain_text(text.text("text"), Markup::Html));
    field
        .map(|field| NoteFault::ShowsNothing(field.name))
        .or_else(|| hides_nothing().then_some(NoteFault::Card(Fault::NoDeletion)))
}

/// Whether nothing of a text can be seen or heard: a comment, an empty element.
fn shows_nothing(text: &str, markup: Markup) -> bool {
    markup == Markup::Html && text.contains(['<', '&']) && {
        let document = Document::of(text, markup);
        document.is_blank() && document.media().is_empty()
    }
}

/// Why `field` is none of this kind.
pub(super) fn no_field(kind: &dyn CardKind, field: &str) -> NoteFault {
    let known = kind.fields().iter().map(|field| field.name).collect();
    NoteFault::NoField { kind: kind.name(), field: field.to_owned(), known }
}

/// Where the text of a column goes in notes of one kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Target {
    /// To a field.
    Field(&'static str, Shape),
    /// To where the column says.
    Column(Column),
    /// To the explanation, with the n-th label before it.
    Label(usize),
    /// To a line of a field, with the n-th label before it.
    Line(&'static str, usize),
    /// Nowhere: the kind has no such field.
    Wrong(&'static str),
    /// Nowhere: there are more columns than there should be.
    Surplus,
    /// It is read apart from the others, or not at all.
    Skip,
}

/// Where a column's text goes in notes of this kind.
pub(super) fn target(column: Column, kind: &dyn CardKind) -> Target {
    let field = |name: &str| {
        kind.fields().iter().find(|field| field.name == name).map(|field| Target::Field(field.name, field.shape))
    };
    let question = || QUESTION_FIELDS.into_iter().find_map(field);
    let answer = || ANSWER_FIELDS.into_iter().find_map(field);
    match column {
        Column::Field(name) => match (field(name), name) {
            (Some(found), _) => found,
            (None, "front" | "prompt") => question().unwrap_or(Target::Wrong(name)),
            (None, "back" | "answer") => answer().unwrap_or(Target::Column(Column::Extra)),
            (None, _) => Target::Wrong(name),
        },
        Column::Question | Column::Nth(0) => question().unwrap_or(Target::Wrong("front")),
        Column::Answer | Column::Nth(1) => answer().unwrap_or(Target::Column(Column::Extra)),
        Column::Nth(_) | Column::Surplus => Target::Surplus,
        Column::Labelled(label) => Target::Label(label),
        Column::Line(label) => match answer() {
            Some(Target::Field(name, Shape::Text)) => Target::Line(name, label),
            _ => Target::Label(label),
        },
        Column::Kind | Column::NoteType | Column::AddReverse | Column::LeftOut | Column::Unknown => Target::Skip,
        column => Target::Column(column),
    }
}

impl Target {
    /// The part of a note that it is, by its name in a deck file.
    pub(super) fn part(self) -> &'static str {
        match self {
            Self::Field(name, _) | Self::Line(name, _) => name,
            Self::Column(column) => role_name(column),
            Self::Label(_) => "extra",
            Self::Wrong(_) | Self::Surplus | Self::Skip => "",
        }
    }
}

/// The text of a column, as it was given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Given<'a> {
    /// One text, in which a list may hide.
    Text(Cow<'a, str>),
    /// A list that is one.
    Texts(Vec<String>),
}

impl Given<'_> {
    fn into_one(self) -> String {
        match self {
            Self::Text(text) => text.into_owned(),
            Self::Texts(texts) => texts.join("\n"),
        }
    }

    fn into_words(self, dialect: Dialect) -> Vec<String> {
        match self {
            Self::Text(text) => dialect.words(&text),
            Self::Texts(texts) => texts,
        }
    }
}
