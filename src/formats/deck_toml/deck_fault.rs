//! What can be wrong in a deck file, or in cards without their file: the rule, what is wrong, and what to do.

use crate::core::card;
use crate::core::card::CARD_KINDS;
use crate::core::card::Shape;
use crate::core::text::meant;
use crate::formats::card_words;
use std::fmt;

/// What is wrong at a place of a deck file. As text: what is wrong, a sentence without a full stop.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DeckFault {
    /// The text is no TOML; with the parser's words.
    Syntax(String),
    /// This byte is no UTF-8.
    NotUtf8(u8),
    /// The file has no deck.
    NoDeck,
    /// A field that has to be there is not.
    Missing {
        /// What lacks it.
        part: Part,
        /// The field.
        field: &'static str,
    },
    /// A field of this name means nothing.
    UnknownField {
        /// What has it.
        part: Part,
        /// The field.
        field: String,
        /// The fields that there are.
        known: Vec<&'static str>,
    },
    /// Something of this name stands among cards without their file.
    NoCard(String),
    /// A field has a value of another type.
    WrongType {
        /// The field.
        field: String,
        /// What it has to be.
        wanted: Wanted,
        /// TOML's name for what it is.
        found: &'static str,
    },
    /// A field is longer than any may be.
    TooLarge {
        /// The field.
        field: String,
        /// Its length.
        bytes: usize,
    },
    /// A field contains a NUL character.
    Nul(String),
    /// A field holds nothing.
    Empty(String),
    /// A field holds an array of nothing.
    EmptyArray(&'static str),
    /// A name that no deck can have.
    BadDeckId(String),
    /// Two topics have the same id.
    DuplicateTopic {
        /// The id.
        id: String,
        /// The line of the first.
        line: u64,
    },
    /// Two cards have the same key.
    DuplicateKey {
        /// The key.
        key: String,
        /// The line of the first.
        line: u64,
    },
    /// A card names a topic that is not there.
    UnknownTopic {
        /// The topic.
        id: String,
        /// One with nearly that id.
        near: Option<String>,
    },
    /// A card waits for one that is not there.
    UnknownAfter {
        /// The key of that one.
        key: String,
        /// One that is nearly the same.
        near: Option<String>,
    },
    /// Two cards wait for each other, directly or through others.
    WaitingCircle {
        /// The key of the first.
        key: String,
        /// The key that it waits for.
        wanted: String,
    },
    /// A kind that is not there.
    UnknownKind(String),
    /// A form of a check-up that is not there.
    NoForm(String),
    /// A markup that is not there.
    NoMarkup(String),
    /// What counts in answers is said in a word that there is not.
    NoWeight {
        /// The field.
        field: &'static str,
        /// The word.
        given: String,
    },
    /// No id of a card.
    BadCardId(String),
    /// Fields that the card's kind does not take.
    Card(card::Fault),
    /// An edited card is none of those that were to be edited.
    UnknownId,
    /// An edited card is there twice.
    DuplicateId,
}

/// What of a deck file has fields.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// The file itself.
    File,
    /// Its deck.
    Deck,
    /// A topic.
    Topic,
    /// A card, whatever its kind.
    Card,
    /// A card of this kind.
    CardOf(&'static str),
}

impl Part {
    fn with(self, article: &str) -> String {
        match self {
            Self::File => format!("{article} deck file"),
            Self::Deck => "[deck]".to_owned(),
            Self::Topic => format!("{article} topic"),
            Self::Card => format!("{article} card"),
            Self::CardOf(kind) => format!("{article} `{kind}` card"),
        }
    }
}

/// What the value of a field has to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wanted {
    /// The table `[field]`.
    Table,
    /// The array of tables `[[field]]`.
    Tables,
    /// One table of that array.
    TableInArray,
    /// A text.
    Text,
    /// An array of texts.
    Texts,
    /// An array of whole numbers of days.
    Days,
    /// One of them.
    Day,
    /// True or false.
    Bool,
}

impl DeckFault {
    /// The rule's short name, for scripts.
    #[must_use]
    pub fn rule(&self) -> &'static str {
        match self {
            Self::Syntax(_) => "syntax",
            Self::NotUtf8(_) => "invalid-utf8",
            Self::NoDeck | Self::Missing { .. } | Self::Empty(_) | Self::EmptyArray(_) => "missing-field",
            Self::UnknownField { .. } | Self::NoCard(_) => "unknown-field",
            Self::WrongType { .. } | Self::BadDeckId(_) | Self::BadCardId(_) => "wrong-type",
            Self::TooLarge { .. } => "too-large",
            Self::Nul(_) => "nul",
            Self::DuplicateTopic { .. } => "duplicate-topic",
            Self::DuplicateKey { .. } => "duplicate-key",
            Self::UnknownTopic { .. } => "unknown-topic",
            Self::UnknownAfter { .. } | Self::WaitingCircle { .. } => "unknown-after",
            Self::UnknownKind(_) => "unknown-kind",
            Self::NoForm(_) => "unknown-form",
            Self::NoMarkup(_) => "unknown-markup",
            Self::Card(_) => "card",
            Self::NoWeight { .. } => "no-weight",
            Self::UnknownId => "unknown-id",
            Self::DuplicateId => "duplicate-id",
        }
    }

    /// What to do.
    #[must_use]
    pub fn help(&self) -> String {
        let help = match self {
            Self::Syntax(message) => syntax_help(message),
            Self::NotUtf8(_) => "save the file as UTF-8",
            Self::NoDeck => "begin the file with [deck] and a line id = \"…\"",
            Self::Missing { field, .. } if has_shape(field, Shape::Texts) => {
                return format!("add a line {field} = [\"…\", \"…\"]");
            }
            Self::Missing { field, .. } if has_shape(field, Shape::Days) => {
                return format!("add a line {field} = [10, 30, 90]");
            }
            Self::Missing { field, .. } => return format!("add a line {field} = \"…\""),
            Self::UnknownField { field, known, .. } => return meant(field, known.iter().copied()),
            Self::NoCard(_) => "a card begins with a line [[card]]; its lines follow",
            Self::WrongType { field, wanted: Wanted::Table, .. } => {
                return format!("write a line [{field}], and its fields on the lines below it");
            }
            Self::WrongType { field, wanted: Wanted::Tables | Wanted::TableInArray, .. } => {
                return format!("begin each {field} with a line [[{field}]], its fields on the lines below it");
            }
            Self::WrongType { wanted: Wanted::Texts, .. } => "write [\"…\", \"…\"]",
            Self::WrongType { wanted: Wanted::Bool, .. } => "write true or false, without quotes",
            Self::WrongType { wanted: Wanted::Days | Wanted::Day, .. } => "write [10, 30, 90]",
            Self::WrongType { .. } => "write \"…\"",
            Self::TooLarge { .. } => "shorten it, or make several cards of it",
            Self::Nul(_) => "remove it; it can't be shown",
            Self::Empty(_) => "write something, or remove the line if the card can do without",
            Self::EmptyArray(field) if has_shape(field, Shape::Days) => "write at least one day in it",
            Self::EmptyArray(_) => "write at least one text in it, or remove the line if the card can do without",
            Self::BadDeckId(_) => "use letters, digits, - and _",
            Self::DuplicateTopic { .. } => "give it another id",
            Self::DuplicateKey { .. } => "each card needs a key of its own",
            Self::UnknownTopic { near: Some(near), .. } | Self::UnknownAfter { near: Some(near), .. } => {
                return format!("did you mean `{near}`?");
            }
            Self::UnknownTopic { near: None, .. } => "add a [[topic]] with this id",
            Self::UnknownAfter { near: None, .. } => "name the key of a card of this file",
            Self::WaitingCircle { .. } => "remove one of them from `after`",
            Self::UnknownKind(name) => {
                return meant(name, CARD_KINDS.iter().map(|kind| kind.name()));
            }
            Self::NoForm(_) => "write form = \"a\", \"b\" or \"reserve\"",
            Self::NoMarkup(_) => "write markup = \"markdown\", \"plain\" or \"html\"",
            Self::NoWeight { field, .. } => return format!("write {field} = \"ignore\" or \"count\""),
            Self::BadCardId(_) => "remove the line; lmq writes one if a card is known by more than its key",
            Self::Card(fault) => return card_words::help(fault),
            Self::UnknownId => "leave its line `id` as it was; a new card is added with `lmq add`",
            Self::DuplicateId => "remove one of them, or give it its own `id`",
        };
        help.to_owned()
    }
}

/// Whether cards have the field in that shape.
fn has_shape(field: &str, shape: Shape) -> bool {
    CARD_KINDS.iter().flat_map(|kind| kind.fields()).any(|one| one.name == field && one.shape == shape)
}

/// What to do about a fault of syntax, by what the parser says of it: the first of these words that it says.
const SYNTAX_HELP: &[(&[&str], &str)] = &[
    (&["duplicate"], "remove one of the two, or begin another card with a line [[card]]"),
    (
        &["escape", "unicode value"],
        "a \\ in \"quotes\" is written \\\\; in 'single quotes' and between \'\'\' and \'\'\' it stands for itself",
    ),
    (
        &["carriage return"],
        "lines end with LF or CRLF throughout, or with CR throughout; in a text a carriage return is written \\r",
    ),
    (&["comment"], "remove the control character from the comment"),
    (
        &["array table", "unclosed table", "table open", "table header"],
        "write [deck] once, and [[card]] before each card",
    ),
    (&["inline table"], "cards have no fields within fields: write each on a line of its own, field = \"text\""),
    (&["array"], "a list is written [\"…\", \"…\"]: a comma between its texts, and ] at its end"),
    (&["recurse", "recursion"], "a card has texts and lists of texts, and nothing within them"),
    (
        &["leading zero", "sign", "radix", "prefix", "digits", "integer", "float", "number"],
        "a text that begins with a digit is in \"quotes\" too; a number is written without a zero or + before it",
    ),
    (
        &[
            "assignment",
            "no value",
            "missing value",
            "invalid value",
            "unquoted key",
            "key or value",
            "content",
            "`=`",
            "key-value",
        ],
        "write field = \"text\" on a line; a text of several lines is between \"\"\" and \"\"\", and a \" within \
         \"quotes\" is \
         written \\\"",
    ),
];

fn syntax_help(message: &str) -> &'static str {
    let message = message.to_lowercase();
    let says = |(words, _): &&(&[&str], &str)| words.iter().any(|word| message.contains(word));
    let usual = "texts are in \"quotes\", a \" inside one is written \\\"";
    SYNTAX_HELP.iter().find(says).map_or(usual, |(_, help)| *help)
}

impl fmt::Display for DeckFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Syntax(message) => f.write_str(message),
            Self::NotUtf8(byte) => write!(f, "byte 0x{byte:02x} is not UTF-8"),
            Self::NoDeck => f.write_str("there is no [deck]"),
            Self::Missing { part, field } => write!(f, "{} has no `{field}`", part.with("the")),
            Self::UnknownField { part, field, .. } => write!(f, "{} has no field `{field}`", part.with("a")),
            Self::NoCard(name) => write!(f, "`{name}` belongs to no card"),
            Self::WrongType { field, wanted, found } => {
                write!(f, "`{field}` has to {} ", if *wanted == Wanted::Day { "hold" } else { "be" })?;
                match wanted {
                    Wanted::Table => write!(f, "a table: [{field}]")?,
                    Wanted::Tables => write!(f, "an array of tables: [[{field}]]")?,
                    Wanted::TableInArray => write!(f, "a table: [[{field}]]")?,
                    Wanted::Text => f.write_str("a text")?,
                    Wanted::Texts => f.write_str("an array of texts")?,
                    Wanted::Days => f.write_str("an array of whole numbers of days")?,
                    Wanted::Day => f.write_str("whole numbers of days")?,
                    Wanted::Bool => f.write_str("true or false")?,
                }
                write!(f, ", not {found}")
            }
            Self::TooLarge { field, .. } => write!(f, "`{field}` is longer than 1 MB"),
            Self::Nul(field) => write!(f, "`{field}` contains a NUL character"),
            Self::Empty(field) => write!(f, "`{field}` is empty"),
            Self::EmptyArray(field) => write!(f, "`{field}` is an empty array"),
            Self::BadDeckId(id) => {
                let id = id.escape_debug();
                write!(f, "the id `{id}` contains a character that has another meaning in names of cards")
            }
            Self::DuplicateTopic { id, line } => write!(f, "the topic `{id}` already exists, in line {line}"),
            Self::DuplicateKey { key, line } => write!(f, "the key `{key}` is taken: a card in line {line} has it"),
            Self::UnknownTopic { id, .. } => write!(f, "there is no topic `{id}` in this file"),
            Self::UnknownAfter { key, .. } => write!(f, "`after` names `{key}`, which is not a key of this file"),
            Self::WaitingCircle { key, wanted } => {
                write!(f, "`{key}` and `{wanted}` wait for each other, so neither would ever be asked")
            }
            Self::UnknownKind(name) => write!(f, "`{name}` is not a kind of card"),
            Self::NoForm(name) => write!(f, "`{name}` is not a form of a check-up"),
            Self::NoMarkup(name) => write!(f, "`{name}` is not a markup that lmq reads"),
            Self::NoWeight { field, given } => write!(f, "`{field}` can't be `{given}`"),
            Self::BadCardId(id) => write!(f, "`{id}` is not an id of 32 hexadecimal digits"),
            Self::Card(fault) => f.write_str(&card_words::what(fault)),
            Self::UnknownId => f.write_str("this is not one of the cards being edited"),
            Self::DuplicateId => f.write_str("this card is there twice"),
        }
    }
}
