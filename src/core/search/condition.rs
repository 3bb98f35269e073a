//! Conditions: what one term of a query says of a note or of a card, and whether it holds.

use crate::core::card::NoteText;
use crate::core::compare::search::literal;
use crate::core::compare::search::plain;
use crate::core::grade::Button;
use crate::core::grade::Quality;
use crate::core::search::Asked;
use crate::core::search::CardFacts;
use crate::core::search::NoteFacts;
use crate::core::search::bit;
use crate::core::search::scan::Part;
use crate::core::search::scan::Scratch;
use crate::core::state::Memory;
use crate::core::state::StateWord;
use crate::core::state::is_leech;
use crate::core::study_day::StudyDay;

/// How a name is compared: without case and accents, path by path where it is one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Pattern {
    pub(super) text: String,
    /// Written with a `*` at the end.
    pub(super) is_prefix: bool,
}

impl Pattern {
    fn is(&self, name: &str) -> bool {
        let name = plain(name);
        if self.is_prefix { name.starts_with(&self.text) } else { name == self.text }
    }

    /// The same name, or one inside it: `a` means `a::b` too.
    pub(super) fn is_or_holds(&self, name: &str) -> bool {
        let name = plain(name);
        match name.strip_prefix(&self.text) {
            Some(rest) => self.is_prefix || rest.is_empty() || rest.starts_with("::"),
            None => false,
        }
    }

    fn is_in(&self, text: &str) -> bool {
        plain(text).contains(&self.text)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Comparison {
    Less,
    AtMost,
    More,
    AtLeast,
    Equal,
    Other,
}

impl Comparison {
    fn holds(self, left: i64, right: i64) -> bool {
        match self {
            Self::Less => left < right,
            Self::AtMost => left <= right,
            Self::More => left > right,
            Self::AtLeast => left >= right,
            Self::Equal => left == right,
            Self::Other => left != right,
        }
    }
}

/// A text with signs, or in quotation marks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Written {
    /// What [`fold`](crate::core::compare::search::fold) leaves of it; empty where it has neither letters nor digits.
    pub(super) letters: String,
    pub(super) text: String,
    pub(super) how: Spelled,
}

/// How a text with signs is looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Spelled {
    /// Without case and accents.
    Freely,
    /// As it is.
    Exactly,
}

impl Written {
    /// Looked for in this text.
    fn is_in(&self, text: &str) -> bool {
        match self.how {
            Spelled::Freely => plain(text).contains(&self.text),
            Spelled::Exactly => literal(text).contains(&self.text),
        }
    }

    /// Looked for in all texts of a note. Few notes come here, so the text is parsed for it.
    fn holds(&self, note: &NoteFacts<'_>) -> bool {
        let Ok(text) = serde_json::from_str::<NoteText>(note.body) else { return false };
        let fields = text.fields.values().flat_map(crate::core::card::Value::texts);
        let others = [&text.hint, &text.extra, &text.speaker].into_iter().flatten();
        fields.chain(&text.tags).chain(&text.source).chain(others).any(|text| self.is_in(text))
            || [note.key, note.topic].into_iter().flatten().any(|text| self.is_in(text))
    }
}

/// A condition on a note.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum NoteTest {
    /// Normalized words that stand in it, next to each other.
    Words(String),
    /// A text whose signs count. Its folded letters are looked for first: few notes have them.
    Written(Written),
    Tag(Pattern),
    Kind(String),
    Source(Pattern),
    Topic(Pattern),
    Speaker(Pattern),
    /// Came here within so many days, today included.
    Added(u32),
}

/// A number that a card has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Number {
    /// Hundredths.
    Ease,
    /// Days.
    Interval,
    Lapses,
}

/// When something falls due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum When {
    /// So many days from today.
    In(i64),
    On(StudyDay),
}

/// Which answers count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Rated {
    Any,
    Exactly(Quality),
    Button(Button),
}

/// A condition on a card.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum CardTest {
    /// The deck condition of that number.
    Deck(usize),
    Due,
    Word(StateWord),
    Suspended,
    Buried,
    Leech,
    Marked,
    HeldOut,
    Number(Number, Comparison, i64),
    DueDay(Comparison, When),
    /// Answered within so many days, today included.
    Answered(u32, Rated),
}

impl CardTest {
    pub(super) fn holds(&self, card: &CardFacts<'_>, asked: &Asked) -> bool {
        let state = card.state;
        let memory = state.memory.as_ref();
        match self {
            Self::Deck(index) => bit(card.decks, *index),
            Self::Due => {
                card.offered && !state.is_buried(asked.today) && memory.is_some_and(|memory| memory.due <= asked.today)
            }
            Self::Word(word) => state.word(asked.today, card.rule.drill) == *word,
            Self::Suspended => state.suspended,
            Self::Buried => state.is_buried(asked.today),
            Self::Leech => is_leech(state.lapses(), card.rule.leech_lapses),
            Self::Marked => state.marked,
            Self::HeldOut => card.held_out,
            Self::Number(Number::Lapses, comparison, number) => comparison.holds(i64::from(state.lapses()), *number),
            Self::Number(Number::Ease, comparison, number) => {
                let ease = memory.and_then(Memory::ease);
                ease.is_some_and(|ease| comparison.holds(i64::from(ease.hundredths()), *number))
            }
            Self::Number(Number::Interval, comparison, number) => {
                memory.is_some_and(|memory| comparison.holds(i64::from(memory.interval.0), *number))
            }
            Self::DueDay(comparison, when) => {
                let day = match when {
                    When::In(days) => asked.today.plus(*days),
                    When::On(day) => *day,
                };
                memory.is_some_and(|memory| comparison.holds(i64::from(memory.due.0), i64::from(day.0)))
            }
            Self::Answered(days, rated) => card.answers.iter().any(|(day, quality)| {
                let is_meant = match rated {
                    Rated::Any => true,
                    Rated::Exactly(wanted) => quality == wanted,
                    Rated::Button(button) => quality.button() == *button,
                };
                is_meant && within(*day, *days, asked.today)
            }),
        }
    }
}

/// Whether a day is one of the last `days`, today included.
fn within(day: StudyDay, days: u32, today: StudyDay) -> bool {
    day <= today && today.since(day) < i64::from(days)
}

impl NoteTest {
    pub(super) fn holds(&self, note: &NoteFacts<'_>, asked: &Asked, scratch: &Scratch) -> bool {
        let any = |part: Part, holds: &dyn Fn(&str) -> bool| scratch.any(note.body, part, holds);
        match self {
            Self::Words(words) => scratch.has_words(words),
            Self::Written(written) => scratch.has_words(&written.letters) && written.holds(note),
            Self::Tag(tag) => any(Part::Tag, &|name| tag.is_or_holds(name)),
            Self::Kind(kind) => any(Part::Kind, &|name| name == kind),
            Self::Source(source) => any(Part::Source, &|name| source.is(name)),
            Self::Topic(topic) => {
                any(Part::Topic, &|name| topic.is(name)) || note.topic.is_some_and(|title| topic.is_in(title))
            }
            Self::Speaker(speaker) => any(Part::Speaker, &|name| speaker.is_in(name)),
            Self::Added(days) => note.added.is_some_and(|day| within(day, *days, asked.today)),
        }
    }

    /// Whether it can hold at all, from the normalized letters of the note and the names of its fields: `false` saves
    /// reading the fields.
    pub(super) fn may_hold(&self, letters: &str, note: &NoteFacts<'_>) -> bool {
        let body = note.body;
        match self {
            Self::Words(words) | Self::Written(Written { letters: words, .. }) => {
                words.split(|c: char| !c.is_alphanumeric()).all(|word| letters.contains(word))
            }
            Self::Kind(_) => true,
            Self::Tag(_) => body.contains("\"tags\":"),
            Self::Source(_) => body.contains("\"source\":"),
            Self::Topic(_) => note.topic.is_some() || body.contains("\"topic\":"),
            Self::Speaker(_) => body.contains("\"speaker\":"),
            // Told without the fields.
            Self::Added(_) => true,
        }
    }
}
