//! Notes, the cards made from them, and the kinds that know how.

mod apart;
mod basic;
mod choice;
mod cloze;
mod compare;
mod form;
mod items;
mod list;
mod one_cell;
mod order;
mod reading;
mod reversed;
mod said;
mod say;
mod sort;
mod typed;
mod verdict;

pub use crate::core::document::Markup;
pub use apart::side_by_side;
pub use cloze::ClozeTexts;
pub use cloze::has_deletion;
pub use cloze::numbered;
pub use form::Form;
pub use items::between_bars;
pub use items::items_of_line;
pub use one_cell::OptionsInOne;
pub use one_cell::options_in_one;
pub use reading::has_key;
pub use said::ANSWER_FIELDS;
pub use said::QUESTION_FIELDS;
pub use said::Said;
pub use say::LONGEST_RETURN;
pub use verdict::Close;
pub use verdict::Correctness;
pub use verdict::Unreadable;
pub use verdict::Verdict;

use crate::core::compare::answer::Weights;
use crate::core::document::Document;
use crate::core::event::Asked;
use crate::core::id::MediaHash;
use serde::Deserialize;
use serde::Serialize;
use std::collections::BTreeMap;

/// Every kind of card. A new kind is a file in this folder, its `mod` line and its entry here.
pub const CARD_KINDS: &[&dyn CardKind] = &[
    &basic::Basic,
    &reversed::Reversed,
    &cloze::Cloze,
    &choice::Choice,
    &sort::Sort,
    &list::List,
    &order::Order,
    &typed::Typed,
    &say::Say,
];

/// The kind of that name.
#[must_use]
pub fn kind(name: &str) -> Option<&'static dyn CardKind> {
    CARD_KINDS.iter().copied().find(|kind| kind.name() == name)
}

/// The value of one field of a note.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Value {
    /// One text.
    Text(String),
    /// Several: the variants of a prompt, the items of a list.
    Texts(Vec<String>),
}

impl Value {
    /// The texts, one or several.
    #[must_use]
    pub fn texts(&self) -> &[String] {
        match self {
            Self::Text(text) => std::slice::from_ref(text),
            Self::Texts(texts) => texts,
        }
    }
}

/// By hand, since serde's own for an untagged enum copies each value first: it took half the time of reading a note.
impl<'de> Deserialize<'de> for Value {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct OneOrSeveral;
        impl<'de> serde::de::Visitor<'de> for OneOrSeveral {
            type Value = Value;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("a text or an array of texts")
            }

            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Value, E> {
                Ok(Value::Text(text.to_owned()))
            }

            fn visit_string<E: serde::de::Error>(self, text: String) -> Result<Value, E> {
                Ok(Value::Text(text))
            }

            fn visit_seq<A: serde::de::SeqAccess<'de>>(self, texts: A) -> Result<Value, A::Error> {
                Vec::deserialize(serde::de::value::SeqAccessDeserializer::new(texts)).map(Value::Texts)
            }
        }
        deserializer.deserialize_any(OneOrSeveral)
    }
}

/// The fields of a note by name; which names there are is the kind's business.
pub type Fields = BTreeMap<String, Value>;

/// The text of a note: everything an author writes. Versions of a note are versions of this.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct NoteText {
    /// Name of the kind.
    pub kind: String,
    /// The kind's own fields.
    pub fields: Fields,
    /// How all its texts are marked up.
    #[serde(default, skip_serializing_if = "Markup::is_usual")]
    pub markup: Markup,
    /// Free tags.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    /// Ids of the facts that the note teaches.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub source: Vec<String>,
    /// Id of the topic, as the deck file names it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub topic: Option<String>,
    /// Who said it, with their role.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub speaker: Option<String>,
    /// Shown on request only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
    /// Shown with the answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub extra: Option<String>,
    /// Notes of one group are siblings: at most one of their cards a day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
    /// Notes that must be in review before this one is introduced: `key` of the same deck, `deck/key` of another.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub after: Vec<String>,
    /// Never asked in a review: kept for a check-up.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub held_out: bool,
    /// Which form of a check-up it is kept for, where there are forms.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub form: Option<Form>,
    /// Pictures and sounds: the names that the text calls them by, and the hashes of their bytes.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub media: BTreeMap<String, MediaHash>,
}

impl NoteText {
    /// The first text of a field, or nothing.
    #[must_use]
    pub fn text(&self, field: &str) -> &str {
        self.texts(field).first().map_or("", String::as_str)
    }

    /// All texts of a field.
    #[must_use]
    pub fn texts(&self, field: &str) -> &[String] {
        self.fields.get(field).map_or(&[], Value::texts)
    }

    /// How many phrasings the prompt has: at least one.
    #[must_use]
    pub fn variants(&self) -> usize {
        ["front", "prompt"].map(|field| self.texts(field).len()).into_iter().max().unwrap_or(1).max(1)
    }

    /// The phrasing `variant` of the prompt field, wrapping around where there are fewer.
    #[must_use]
    pub fn variant_of(&self, field: &str, variant: usize) -> &str {
        let texts = self.texts(field);
        variant.checked_rem(texts.len()).and_then(|index| texts.get(index)).map_or("", String::as_str)
    }

    /// What is asked first, as it was written.
    #[must_use]
    pub fn prompt(&self, ordinal: u16) -> String {
        kind(&self.kind).map_or_else(
            || self.fields.values().flat_map(Value::texts).next().cloned().unwrap_or_default(),
            |kind| kind.question(self, ordinal, Showing::default()).prompt,
        )
    }

    /// The answer as it was written.
    #[must_use]
    pub fn answer(&self, ordinal: u16) -> String {
        kind(&self.kind).map_or_else(String::new, |kind| kind.answer(self, ordinal))
    }

    /// The name of a field that is longer than [`LONGEST_FIELD_BYTES`], if one is.
    #[must_use]
    pub fn too_long(&self) -> Option<&str> {
        self.named_texts().find(|(_, text)| text.len() > LONGEST_FIELD_BYTES).map(|(name, _)| name)
    }

    /// All its texts, each with the name of the field that it stands in.
    pub fn named_texts(&self) -> impl Iterator<Item = (&str, &str)> {
        let beside = [("topic", &self.topic), ("speaker", &self.speaker), ("hint", &self.hint)];
        let beside = beside.into_iter().chain([("extra", &self.extra), ("group", &self.group)]);
        let beside = beside.flat_map(|(name, text)| text.iter().map(move |text| (name, text)));
        let lists = [("tags", &self.tags), ("source", &self.source), ("after", &self.after)];
        let lists = lists.into_iter().flat_map(|(name, texts)| texts.iter().map(move |text| (name, text)));
        let fields =
            self.fields.iter().flat_map(|(name, value)| value.texts().iter().map(move |text| (name.as_str(), text)));
        fields.chain(beside).chain(lists).map(|(name, text)| (name, text.as_str()))
    }

    /// Whether its cards are answered in the learner's own words, which come back with them.
    #[must_use]
    pub fn is_in_own_words(&self) -> bool {
        kind(&self.kind).is_some_and(CardKind::is_in_own_words)
    }

    /// Days after the first answer on which its cards come back whatever the grades are, ascending.
    #[must_use]
    pub fn returns(&self) -> Vec<u16> {
        kind(&self.kind).map_or_else(Vec::new, |kind| kind.returns(self))
    }

    /// The ordinals of this note's cards, ascending.
    #[must_use]
    pub fn ordinals(&self) -> Vec<u16> {
        kind(&self.kind).map_or_else(Vec::new, |kind| kind.ordinals(self))
    }
}

/// The most bytes that a field may have, in every format.
pub const LONGEST_FIELD_BYTES: usize = 1 << 20;

/// Characters that a list shows of a text: more than fit on a line, and than it takes to tell cards apart.
pub const LISTED_CHARS: usize = 1000;

/// The most characters that an answer may have which is compared with the right one.
pub const LONGEST_ANSWER_CHARS: usize = 10_000;

/// Compares a response with the right answer, as [`CardKind::judge`] does; a card of an unknown kind is the learner's to judge.
///
/// # Errors
/// When the response can't be an answer, or is longer than any is.
pub fn judge(
    note: &NoteText,
    ordinal: u16,
    question: &Question,
    response: &str,
    weights: Weights,
) -> Result<Option<Verdict>, Unreadable> {
    if response.chars().nth(LONGEST_ANSWER_CHARS).is_some() {
        return Err(Unreadable::TooLong);
    }
    kind(&note.kind).map_or(Ok(None), |kind| kind.judge(note, ordinal, question, response, weights))
}

/// What a field of a kind may hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// One text.
    Text,
    /// One text, or an array of phrasings of which one is asked.
    Variants,
    /// An array of texts.
    Texts,
    /// An array of whole numbers of days; a note has each of them as a text.
    Days,
}

/// A field that a kind knows.
#[derive(Debug, Clone, Copy)]
pub struct Field {
    /// Its name in a deck file.
    pub name: &'static str,
    /// What it holds.
    pub shape: Shape,
    /// Whether a card without it is refused.
    pub required: bool,
}

/// Something wrong with the fields of a note. `formats/card_words.rs` has the words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// A choice stands there twice; the second one.
    RepeatedChoice(String),
    /// An item stands there twice; the second one.
    RepeatedItem(String),
    /// A deletion is opened and not closed.
    UnclosedDeletion,
    /// Nothing is hidden.
    NoDeletion,
    /// A deletion has a number that no card can have.
    BadDeletionNumber,
    /// A deletion hides nothing.
    EmptyDeletion,
    /// There is nothing to put in order: fewer than two items, or equal ones.
    TooFewItems,
    /// The answer is none of the sides to sort to.
    NoSuchSide {
        /// The answer.
        answer: String,
        /// The sides.
        sides: Vec<String>,
    },
    /// There is nothing to sort to: fewer than two sides, or equal ones.
    TooFewSides,
    /// So many criteria, which is more than a person can check themselves by.
    TooManyCriteria(usize),
    /// The days on which a card comes back are not whole, not ascending or out of their range.
    BadReturns,
    /// An answer in this field is longer than any that can be typed.
    LongAnswer(&'static str),
}

impl Fault {
    /// The field to point at.
    #[must_use]
    pub fn field(&self) -> &'static str {
        match self {
            Self::RepeatedChoice(_) => "distractors",
            Self::UnclosedDeletion | Self::NoDeletion | Self::BadDeletionNumber | Self::EmptyDeletion => "text",
            Self::RepeatedItem(_) | Self::TooFewItems => "items",
            Self::NoSuchSide { .. } => "answer",
            Self::TooFewSides => "categories",
            Self::TooManyCriteria(_) => "criteria",
            Self::BadReturns => "returns",
            Self::LongAnswer(field) => field,
        }
    }
}

/// How a question wants to be answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ask {
    /// In the head; the learner judges.
    Recall,
    /// By typing the answer.
    Type,
    /// By choosing one of the options.
    Choose,
    /// By naming a side; the options are the sides.
    Sort,
    /// By naming this many items, in any order.
    List(usize),
    /// By putting the options in order.
    Order,
    /// In the learner's own words, typed or said aloud; the learner judges.
    Say,
}

impl Ask {
    /// Its name in JSON.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Recall => "recall",
            Self::Type => "type",
            Self::Choose => "choose",
            Self::Sort => "sort",
            Self::List(_) => "list",
            Self::Order => "order",
            Self::Say => "say",
        }
    }

    /// How it was asked, for the log; `None` where the learner judges.
    #[must_use]
    pub fn asked(self) -> Option<Asked> {
        match self {
            Self::Recall | Self::Say => None,
            Self::Type => Some(Asked::Type),
            Self::Choose => Some(Asked::Choose),
            Self::Sort => Some(Asked::Sort),
            Self::List(_) => Some(Asked::List),
            Self::Order => Some(Asked::Order),
        }
    }
}

/// Which phrasing to show, and how to shuffle what is shuffled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Showing {
    /// Index of the phrasing.
    pub variant: usize,
    /// Seed of the order of options: a hash of card and day, not chance.
    pub seed: u64,
}

/// What the learner gets to see first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// The prompt as it was written, with the markup of its note.
    pub prompt: String,
    /// The options to choose from, the sides to sort to, or the lines to put in order, in plain characters.
    pub options: Vec<String>,
    /// Which of its note's texts each option is, counted from 0; for a choice the right one is 0.
    pub from: Vec<usize>,
    /// How to answer.
    pub ask: Ask,
}

/// How an item that was named stands to those asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tick {
    /// It is one of them.
    Named,
    /// It says one of them again, perhaps with a slip.
    Again,
    /// It is none of them.
    Other,
}

/// One way of asking.
///
/// `check` gets only fields that are present in the right [`Shape`] and not blank (the reader sees to that);
/// all other methods get notes that passed it.
pub trait CardKind: Sync {
    /// The name in a deck file.
    fn name(&self) -> &'static str;

    /// The fields, in the order in which they are written.
    fn fields(&self) -> &'static [Field];

    /// What is wrong beyond missing fields and wrong shapes.
    fn check(&self, fields: &Fields) -> Vec<Fault>;

    /// The ordinals of the cards that a note makes, ascending, from 1.
    fn ordinals(&self, note: &NoteText) -> Vec<u16>;

    /// What to show first.
    fn question(&self, note: &NoteText, ordinal: u16, showing: Showing) -> Question;

    /// The prompts of all cards, of each about the first `most` bytes at least. A kind that makes many cards of one text reads
    /// it once for this.
    fn beginnings(&self, note: &NoteText, _most: usize) -> Vec<(u16, String)> {
        let prompt = |ordinal| (ordinal, self.question(note, ordinal, Showing::default()).prompt);
        self.ordinals(note).into_iter().map(prompt).collect()
    }

    /// Whether it is answered in the learner's own words, which are shown again when the card comes back.
    fn is_in_own_words(&self) -> bool {
        false
    }

    /// Days after the first answer on which the card comes back whatever the grades are, ascending.
    fn returns(&self, _: &NoteText) -> Vec<u16> {
        Vec::new()
    }

    /// The texts that its options, sides or lines to put in order are made of.
    fn option_texts<'n>(&self, _: &'n NoteText) -> Vec<&'n str> {
        Vec::new()
    }

    /// The right answer as it was written, with the markup of its note.
    fn answer(&self, note: &NoteText, ordinal: u16) -> String;

    /// The right answer, read. A kind that puts several texts together puts documents together.
    fn answer_document(&self, note: &NoteText, ordinal: u16) -> Document {
        note.document(&self.answer(note, ordinal))
    }

    /// How each of the items named so far stands to those asked for. Only kinds that ask for items know.
    fn ticks(&self, _: &NoteText, given: &[String]) -> Vec<Tick> {
        vec![Tick::Other; given.len()]
    }

    /// Compares a response (a typed line; items or positions separated by commas) with the right answer. `weights`: what counts
    /// beside letters, digits and signs.
    ///
    /// `None` where only the learner can tell.
    ///
    /// # Errors
    /// When the response can't be an answer to `question`, so that the learner should try again.
    fn judge(
        &self,
        note: &NoteText,
        ordinal: u16,
        question: &Question,
        response: &str,
        weights: Weights,
    ) -> Result<Option<Verdict>, Unreadable>;
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn value() -> impl Strategy<Value = Value> {
        let text = prop_oneof!["", "[ ,.:{}c1-9|/a-zß漢]{0,12}", "\\{\\{c[0-9]{1,5}::[a-z]{0,3}(::[a-z]{0,2})?\\}\\}"];
        prop_oneof![text.clone().prop_map(Value::Text), prop::collection::vec(text, 0..4).prop_map(Value::Texts)]
    }

    /// A note as a history may bring it: its text can be read, but nobody checked it against its kind.
    fn note() -> impl Strategy<Value = NoteText> {
        (0..CARD_KINDS.len(), prop::collection::vec(prop::option::of(value()), 8)).prop_map(|(kind, values)| {
            let kind = CARD_KINDS[kind];
            let fields = kind.fields().iter().zip(values);
            let fields = fields.filter_map(|(field, value)| Some((field.name.to_owned(), value?))).collect();
            NoteText { kind: kind.name().to_owned(), fields, ..NoteText::default() }
        })
    }

    fn reversed(front: &str, back: &str) -> NoteText {
        let field = |name: &str, text: &str| (name.to_owned(), Value::Text(text.to_owned()));
        let fields = [field("front", front), field("back", back)].into();
        NoteText { kind: "reversed".to_owned(), fields, ..NoteText::default() }
    }

    #[test]
    fn a_list_has_the_prompts_of_all_cards_on_one_line_and_cut() {
        let text = reversed("one\ntwo", &"x".repeat(LISTED_CHARS + 1));
        assert_eq!(text.ordinals(), [1, 2]);
        let cut = text.listed_prompt(2);
        assert_eq!((text.listed_prompt(1).as_str(), cut.starts_with("xxx")), ("one two", true));
        assert!(cut.chars().count() <= LISTED_CHARS + 1, "{}", cut.chars().count());
        assert_eq!(text.listed_prompts(), [(1, "one two".to_owned()), (2, cut.clone())]);
        assert_eq!(text.listed_answer(1), cut);
    }

    #[test]
    fn a_field_that_is_too_long_is_named_wherever_it_stands() {
        let long = "x".repeat(LONGEST_FIELD_BYTES);
        let note = reversed(&long, "b");
        assert_eq!(note.too_long(), None);
        let longer = long + "x";
        assert_eq!(reversed("a", &longer).too_long(), Some("back"));
        assert_eq!(NoteText { hint: Some(longer.clone()), ..note.clone() }.too_long(), Some("hint"));
        assert_eq!(NoteText { after: vec![longer], ..note }.too_long(), Some("after"));
    }

    #[test]
    fn a_kind_that_asks_for_no_items_ticks_none() {
        assert_eq!(
            kind("basic").unwrap().ticks(&reversed("a", "b"), &["a".to_owned(), "b".to_owned()]),
            [Tick::Other, Tick::Other]
        );
    }

    proptest! {
        #[test]
        fn no_kind_panics_whatever_its_fields_say(
            note in note(),
            ordinal in 0_u16..600,
            showing in (0_usize..5, any::<u64>()).prop_map(|(variant, seed)| Showing { variant, seed }),
            response in "[ ,0-9a-z]{0,9}",
        ) {
            let kind = kind(&note.kind).unwrap();
            kind.check(&note.fields);
            let ordinals = kind.ordinals(&note);
            prop_assert!(ordinals.is_sorted());
            for ordinal in ordinals.into_iter().chain([ordinal]) {
                let question = kind.question(&note, ordinal, showing);
                kind.answer(&note, ordinal);
                kind.ticks(&note, std::slice::from_ref(&response));
                kind.judge(&note, ordinal, &question, &response, Weights::default()).ok();
            }
        }
    }
}
