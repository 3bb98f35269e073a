//! The search language: which cards a line of words and conditions means. docs/search.md is for people.
//!
//! A condition is about a note (its text), or about a card (its deck, its state, its answers). So a search goes in two
//! steps, and reads no more than the query asks for: [`Query::on_note`] tests a text without parsing it,
//! [`Query::decide`] puts that together with what is known of a card, if it is needed at all.

use crate::core::card::CARD_KINDS;
use crate::core::card::NoteText;
use crate::core::excerpt::excerpt;
use crate::core::grade::Button;
use crate::core::grade::Quality;
use crate::core::settings::DeckRule;
use crate::core::settings::DeckRules;
use crate::core::state::CardState;
use crate::core::state::Memory;
use crate::core::state::StateWord;
use crate::core::state::is_leech;
use crate::core::study_day::StudyDay;
use crate::core::text::nearest;
use crate::core::text::normalize;
use chrono::NaiveDate;
use std::borrow::Cow;
use std::ops::Range;
use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;

/// Conditions of a query at most: each is a bit.
const MOST_CONDITIONS: usize = 64;

/// Parentheses inside each other at most.
const DEEPEST: usize = 32;

/// Columns of a query that an error shows around its place.
const SHOWN: usize = 70;

/// The fields that a condition can be about.
const FIELDS: [&str; 14] = [
    "deck", "tag", "kind", "source", "topic", "speaker", "is", "ease", "interval", "lapses", "due", "reviewed",
    "rated", "added",
];

/// The states that `is:` knows.
const STATES: [&str; 8] = ["due", "new", "learning", "review", "suspended", "buried", "leech", "marked"];

/// A query that can't be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{what}")]
pub struct SearchError {
    /// Index of the character that it is about; the query's length for its end.
    pub at: usize,
    /// What is wrong: one sentence without a full stop.
    pub what: String,
    /// What to do.
    pub help: String,
}

impl SearchError {
    fn new(at: usize, what: impl Into<String>, help: impl Into<String>) -> Self {
        Self { at, what: what.into(), help: help.into() }
    }

    /// The query (as much of it as fits) and, below, a caret under the place.
    #[must_use]
    pub fn drawn(&self, query: &str) -> [String; 2] {
        let from = self.at.saturating_sub(SHOWN / 2);
        let query: String = query.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
        let (shown, columns) = excerpt(&query, from, self.at, SHOWN);
        [shown, format!("{}^", " ".repeat(columns))]
    }
}

/// How a name is compared: without case and accents, path by path where it is one.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Pattern {
    text: String,
    /// Written with a `*` at the end.
    is_prefix: bool,
}

/// A name without case and accents. Unlike [`fold`] it keeps punctuation: `c++` is not `c`.
fn plain(text: &str) -> String {
    if text.is_ascii() {
        return text.trim().to_ascii_lowercase();
    }
    text.trim().nfkd().filter(|c| !is_combining_mark(*c)).flat_map(char::to_lowercase).collect()
}

impl Pattern {
    fn is(&self, name: &str) -> bool {
        let name = plain(name);
        if self.is_prefix { name.starts_with(&self.text) } else { name == self.text }
    }

    /// The same name, or one inside it: `a` means `a::b` too.
    fn is_or_holds(&self, name: &str) -> bool {
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
enum Comparison {
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

/// A condition on a note.
#[derive(Debug, Clone, PartialEq, Eq)]
enum NoteTest {
    /// Folded words that stand in it, next to each other.
    Words(String),
    /// Signs that folding would take away.
    Signs(String),
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
enum Number {
    /// Hundredths.
    Ease,
    /// Days.
    Interval,
    Lapses,
}

/// When something falls due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum When {
    /// So many days from today.
    In(i64),
    On(StudyDay),
}

/// Which answers count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Rated {
    Any,
    Exactly(Quality),
    Button(Button),
}

/// A condition on a card.
#[derive(Debug, Clone, PartialEq, Eq)]
enum CardTest {
    /// The deck condition of that number.
    Deck(usize),
    Due,
    Word(StateWord),
    Suspended,
    Buried,
    Leech,
    Marked,
    Number(Number, Comparison, i64),
    DueDay(Comparison, When),
    /// Answered within so many days, today included.
    Answered(u32, Rated),
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Node {
    All(Vec<Self>),
    Any(Vec<Self>),
    Not(Box<Self>),
    Note(usize),
    Card(CardTest),
}

/// A query, read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Query {
    root: Node,
    notes: Vec<NoteTest>,
    decks: Vec<(Pattern, usize)>,
    needs: Needs,
}

/// What has to be looked at to answer a query.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Needs {
    /// Texts of notes.
    pub texts: bool,
    /// The days on which notes were added.
    pub added: bool,
    /// Words in texts, not only names of tags and the like.
    words: bool,
    /// States of cards.
    pub states: bool,
    /// Answers of so many days back.
    pub answers: Option<u32>,
}

/// What a condition on a note may ask for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NoteFacts<'n> {
    /// The text as the database has it: the JSON of a [`NoteText`].
    pub body: &'n str,
    /// Its key.
    pub key: Option<&'n str>,
    /// Title of its topic.
    pub topic: Option<&'n str>,
    /// The study day on which it was added.
    pub added: Option<StudyDay>,
}

/// What a condition on a card may ask for.
#[derive(Debug, Clone, Copy)]
pub struct CardFacts<'c> {
    /// What [`Query::on_deck`] gave for its deck.
    pub decks: u64,
    /// The rule of its deck.
    pub rule: DeckRule,
    /// Its state.
    pub state: &'c CardState,
    /// Whether it may be asked: neither suspended nor kept for a check-up.
    pub offered: bool,
    /// Its answers that count, as far back as the query needs them.
    pub answers: &'c [(StudyDay, Quality)],
}

/// What a query is asked from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// Today.
    pub today: StudyDay,
    /// The rules of decks: what is repeated, what is a leech.
    pub rules: DeckRules,
}

/// One card with everything that a query may ask for.
#[derive(Debug, Clone, Copy)]
pub struct Subject<'s> {
    /// Its note.
    pub note: NoteFacts<'s>,
    /// Id and name of its deck.
    pub deck: (&'s str, &'s str),
    /// Its state.
    pub state: &'s CardState,
    /// Whether it may be asked.
    pub offered: bool,
    /// Its answers.
    pub answers: &'s [(StudyDay, Quality)],
}

/// Reads a query. An empty one means every card.
///
/// # Errors
/// With the place of the first character that can't be.
pub fn parse(text: &str) -> Result<Query, SearchError> {
    let mut parser = Parser {
        chars: text.chars().collect(),
        at: 0,
        depth: 0,
        conditions: 0,
        notes: Vec::new(),
        decks: Vec::new(),
        needs: Needs::default(),
    };
    parser.space();
    let root = if parser.peek().is_none() { Node::All(Vec::new()) } else { parser.any()? };
    if parser.peek().is_some() {
        return Err(parser.stray());
    }
    let Parser { notes, decks, needs, .. } = parser;
    Ok(Query { root, notes, decks, needs })
}

impl Query {
    /// What has to be looked at.
    #[must_use]
    pub fn needs(&self) -> Needs {
        self.needs
    }

    /// Which of its conditions on decks a deck fulfils, a bit each.
    #[must_use]
    pub fn on_deck(&self, id: &str, name: &str) -> u64 {
        bits(self.decks.iter().map(|(pattern, _)| pattern.is_or_holds(id) || pattern.is_or_holds(name)))
    }

    /// An error where a condition names a deck that is none of `decks` (ids and names).
    ///
    /// # Errors
    /// With the place of the name, and the nearest one.
    pub fn check_decks<'d>(
        &self,
        decks: impl IntoIterator<Item = (&'d str, &'d str)> + Clone,
    ) -> Result<(), SearchError> {
        for (pattern, at) in &self.decks {
            let mut all = decks.clone().into_iter();
            if pattern.text.is_empty() || all.any(|(id, name)| pattern.is_or_holds(id) || pattern.is_or_holds(name)) {
                continue;
            }
            let help = match nearest(&pattern.text, decks.clone().into_iter().map(|(id, _)| id)) {
                Some(near) => format!("did you mean `{near}`? `lmq decks` lists all"),
                None => "`lmq decks` lists all decks".to_owned(),
            };
            return Err(SearchError::new(*at, format!("there is no deck `{}`", pattern.text), help));
        }
        Ok(())
    }

    /// Which of its conditions on notes a note fulfils, a bit each. `scratch` is for many notes in a row.
    #[must_use]
    pub fn on_note(&self, note: &NoteFacts<'_>, asked: &Asked, scratch: &mut Scratch) -> u64 {
        if self.needs.texts {
            scratch.take(note, self, asked);
        }
        bits(self.notes.iter().map(|test| test.holds(note, asked, scratch)))
    }

    /// Whether a card is meant, by what is known: `None` where that depends on the card, and there is none given.
    ///
    /// `notes` is what [`Query::on_note`] gave for its note, 0 where the query needs no texts.
    #[must_use]
    pub fn decide(&self, notes: u64, card: Option<&CardFacts<'_>>, asked: &Asked) -> Option<bool> {
        self.root.holds(Bits { known: u64::MAX, holds: notes }, card, asked)
    }

    /// Whether one card is meant.
    #[must_use]
    pub fn matches(&self, subject: &Subject<'_>, asked: &Asked) -> bool {
        let notes = self.on_note(&subject.note, asked, &mut Scratch::default());
        let card = CardFacts {
            decks: self.on_deck(subject.deck.0, subject.deck.1),
            rule: asked.rules.usual(),
            state: subject.state,
            offered: subject.offered,
            answers: subject.answers,
        };
        self.decide(notes, Some(&card), asked) == Some(true)
    }
}

fn bits(tests: impl Iterator<Item = bool>) -> u64 {
    tests.enumerate().fold(0, |bits, (index, holds)| bits | (u64::from(holds) << index))
}

fn bit(bits: u64, index: usize) -> bool {
    bits >> index & 1 == 1
}

/// What is known of the conditions on a note.
#[derive(Debug, Clone, Copy)]
struct Bits {
    known: u64,
    holds: u64,
}

impl Node {
    fn holds(&self, notes: Bits, card: Option<&CardFacts<'_>>, asked: &Asked) -> Option<bool> {
        match self {
            Self::All(nodes) => {
                let mut all = Some(true);
                for node in nodes {
                    match node.holds(notes, card, asked) {
                        Some(false) => return Some(false),
                        Some(true) => {}
                        None => all = None,
                    }
                }
                all
            }
            Self::Any(nodes) => {
                let mut any = Some(false);
                for node in nodes {
                    match node.holds(notes, card, asked) {
                        Some(true) => return Some(true),
                        Some(false) => {}
                        None => any = None,
                    }
                }
                any
            }
            Self::Not(node) => node.holds(notes, card, asked).map(|holds| !holds),
            Self::Note(index) => bit(notes.known, *index).then(|| bit(notes.holds, *index)),
            Self::Card(test) => card.map(|card| test.holds(card, asked)),
        }
    }
}

impl CardTest {
    fn holds(&self, card: &CardFacts<'_>, asked: &Asked) -> bool {
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

/// A field of a note that a condition can name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    /// A text that is looked through for words and nothing else.
    Text,
    Tag,
    Kind,
    Source,
    Topic,
    Speaker,
    /// Nothing that a person would look for.
    Aside,
}

/// Room for the text of one note at a time.
#[derive(Debug, Default)]
pub struct Scratch {
    /// Everything folded, fields separated by line ends.
    folded: Vec<u8>,
    /// Where in the body the fields are that conditions name.
    parts: Vec<(Part, Range<usize>)>,
    /// What folding does to the letters of Europe, by their number; made when the first one comes.
    letters: Vec<Letter>,
}

/// A character, folded.
#[derive(Debug, Clone, Copy)]
enum Letter {
    /// Up to three bytes.
    Bytes([u8; 3], usize),
    /// No letter and no digit.
    Gap,
    /// Has to be looked at more closely.
    Other,
}

/// The letters in the table: Latin, Greek, Cyrillic.
const LETTERS: Range<u32> = 0x80..0x530;

fn letter(number: u32) -> Letter {
    let Some(c) = char::from_u32(number).filter(|c| *c != '\u{ad}' && !is_combining_mark(*c)) else {
        return Letter::Other;
    };
    let folded: String = c.nfkd().filter(|c| !is_combining_mark(*c)).flat_map(char::to_lowercase).collect();
    let mut bytes = [0; 3];
    if folded.chars().all(char::is_alphanumeric) && folded.len() <= bytes.len() {
        for (to, from) in bytes.iter_mut().zip(folded.bytes()) {
            *to = from;
        }
        return Letter::Bytes(bytes, folded.len());
    }
    if folded.chars().any(|c| c.is_alphanumeric() || c == '%') { Letter::Other } else { Letter::Gap }
}

/// What folding does to a byte inside a JSON string: itself in lower case, or one of those below.
const FOLDING: [u8; 256] = {
    let mut table = [GAP; 256];
    let mut byte = 0_u8;
    loop {
        if byte.is_ascii_alphanumeric() {
            table[byte as usize] = byte.to_ascii_lowercase();
        } else if byte >= 128 {
            table[byte as usize] = WIDE;
        }
        if byte == u8::MAX {
            break;
        }
        byte += 1;
    }
    table[b'\'' as usize] = NOTHING;
    table[b'%' as usize] = PERCENT;
    table[b'"' as usize] = QUOTE;
    table[b'\\' as usize] = ESCAPE;
    table
};
const GAP: u8 = 0;
const NOTHING: u8 = 1;
const PERCENT: u8 = 2;
const QUOTE: u8 = 3;
const ESCAPE: u8 = 4;
const WIDE: u8 = 5;

impl Scratch {
    /// Takes in a note, unless its letters alone tell that no condition can hold for it.
    fn take(&mut self, note: &NoteFacts<'_>, query: &Query, asked: &Asked) {
        self.parts.clear();
        self.folded.clear();
        if query.needs.words {
            for text in [Some(note.body), note.key, note.topic].into_iter().flatten() {
                self.letters_of(text);
                self.folded.push(b'\n');
            }
            self.folded.make_ascii_lowercase();
        }
        let letters = std::str::from_utf8(&self.folded).unwrap_or_default();
        let may_hold = bits(query.notes.iter().map(|test| test.may_hold(letters, note)));
        // Where what can't hold is enough to rule the note out, the rest makes no difference.
        if may_hold == 0 || query.root.holds(Bits { known: !may_hold, holds: 0 }, None, asked) == Some(false) {
            self.folded.clear();
        } else {
            self.read(note, query.needs.words);
        }
    }

    /// All letters of a text as folding leaves them, next to each other as it leaves them; what stands between words is
    /// left as it is. What makes this fast: most of it is copied.
    fn letters_of(&mut self, text: &str) {
        let mut rest = text;
        while let Some(at) = first_to_fold(rest.as_bytes()) {
            let (plain, from) = rest.split_at(at);
            self.folded.extend_from_slice(plain.as_bytes());
            let mut chars = from.chars();
            match chars.next() {
                None | Some('\'') => {}
                Some(c) => self.push_normalized(c),
            }
            rest = chars.as_str();
        }
        self.folded.extend_from_slice(rest.as_bytes());
    }

    fn read(&mut self, note: &NoteFacts<'_>, words: bool) {
        self.folded.clear();
        self.parts.clear();
        self.scan(note.body, words);
        if words {
            for text in [note.key, note.topic].into_iter().flatten() {
                text.chars().for_each(|c| self.push_normalized(c));
                self.end_field();
            }
        }
    }

    /// Goes through the JSON of a [`NoteText`] as `serde_json` writes it: strings are what counts, those before a `:`
    /// are names, and no letter or digit is ever escaped.
    fn scan(&mut self, body: &str, words: bool) {
        let bytes = body.as_bytes();
        let (mut at, mut depth, mut part) = (0, 0_u32, Part::Aside);
        while let Some(byte) = bytes.get(at) {
            at += 1;
            match byte {
                b'{' => depth += 1,
                b'}' => depth = depth.saturating_sub(1),
                b'"' => {
                    let (start, kept) = (at, self.folded.len());
                    let wants_text = words && !matches!(part, Part::Kind | Part::Aside | Part::Topic);
                    at = self.string(body, at, wants_text);
                    if bytes.get(at) == Some(&b':') {
                        self.folded.truncate(kept);
                        if depth == 1 {
                            part = match body.get(start..at - 1).unwrap_or_default() {
                                "fields" | "extra" | "hint" => Part::Text,
                                "tags" => Part::Tag,
                                "kind" => Part::Kind,
                                "source" => Part::Source,
                                "topic" => Part::Topic,
                                "speaker" => Part::Speaker,
                                _ => Part::Aside,
                            };
                        }
                    } else {
                        self.end_field();
                        if !matches!(part, Part::Text | Part::Aside) {
                            self.parts.push((part, start..at - 1));
                        }
                    }
                }
                _ => {}
            }
        }
    }

    /// Goes through one string from behind its first quote; gives the place behind its last.
    fn string(&mut self, body: &str, mut at: usize, words: bool) -> usize {
        let bytes = body.as_bytes();
        if !words {
            while let Some(byte) = bytes.get(at) {
                at += match byte {
                    b'"' => return at + 1,
                    b'\\' => 2,
                    _ => 1,
                };
            }
            return at;
        }
        loop {
            let rest = bytes.get(at..).unwrap_or_default();
            let mut end = None;
            for (index, byte) in rest.iter().enumerate() {
                match FOLDING[usize::from(*byte)] {
                    GAP => self.gap(),
                    NOTHING => {}
                    PERCENT => self.percent(),
                    stop @ (QUOTE | ESCAPE | WIDE) => {
                        end = Some((index, stop));
                        break;
                    }
                    letter => self.folded.push(letter),
                }
            }
            let Some((index, stop)) = end else { return bytes.len() };
            at += index;
            match stop {
                QUOTE => return at + 1,
                ESCAPE => {
                    self.gap();
                    at += if bytes.get(at + 1) == Some(&b'u') { 6 } else { 2 };
                }
                _ => {
                    let c = body.get(at..).and_then(|rest| rest.chars().next()).unwrap_or(' ');
                    at += c.len_utf8();
                    self.push_normalized(c);
                }
            }
        }
    }

    fn gap(&mut self) {
        if self.folded.last().is_some_and(|last| !matches!(last, b' ' | b'\n')) {
            self.folded.push(b' ');
        }
    }

    fn percent(&mut self) {
        if self.folded.last() == Some(&b' ') {
            self.folded.pop();
        }
        self.folded.push(b'%');
    }

    fn byte(&mut self, byte: u8) {
        match FOLDING[usize::from(byte)] {
            GAP | QUOTE | ESCAPE | WIDE => self.gap(),
            NOTHING => {}
            PERCENT => self.percent(),
            letter => self.folded.push(letter),
        }
    }

    /// One character as [`fold`] does it.
    fn push_normalized(&mut self, c: char) {
        match c {
            '’' | '\u{ad}' => {}
            // The typographic signs that texts are full of; none of them holds a letter.
            '\u{2000}'..='\u{206f}' => self.gap(),
            c if c.is_ascii() => self.byte(u8::try_from(c).unwrap_or(b' ')),
            c => {
                if self.letters.is_empty() {
                    self.letters.extend(LETTERS.map(letter));
                }
                let index = usize::try_from(u32::from(c).wrapping_sub(LETTERS.start)).unwrap_or(usize::MAX);
                match self.letters.get(index) {
                    Some(Letter::Bytes(bytes, length)) => {
                        return self.folded.extend_from_slice(bytes.get(..*length).unwrap_or_default());
                    }
                    Some(Letter::Gap) => return self.gap(),
                    Some(Letter::Other) | None => {}
                }
                for c in std::iter::once(c).nfkd().filter(|c| !is_combining_mark(*c)).flat_map(char::to_lowercase) {
                    if c.is_ascii() {
                        self.byte(u8::try_from(c).unwrap_or(b' '));
                    } else if c.is_alphanumeric() {
                        self.folded.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
                    } else if c != '’' {
                        self.gap();
                    }
                }
            }
        }
    }

    fn end_field(&mut self) {
        if self.folded.last() == Some(&b' ') {
            self.folded.pop();
        }
        if self.folded.last().is_some_and(|last| *last != b'\n') {
            self.folded.push(b'\n');
        }
    }

    fn has_words(&self, words: &str) -> bool {
        std::str::from_utf8(&self.folded).is_ok_and(|text| text.contains(words))
    }

    fn any(&self, body: &str, part: Part, holds: impl Fn(&str) -> bool) -> bool {
        self.parts.iter().filter(|(kind, _)| *kind == part).any(|(_, range)| holds(&unescaped(body, range)))
    }
}

/// Where the first byte is that is not simply copied. Whole blocks are looked at at once: few of them have one.
fn first_to_fold(bytes: &[u8]) -> Option<usize> {
    const BLOCK: usize = 32;
    let is_one = |byte: &u8| *byte >= 128 || *byte == b'\'';
    let block = bytes.chunks(BLOCK).position(|block| block.iter().fold(false, |any, byte| any | is_one(byte)))?;
    let start = block * BLOCK;
    bytes.get(start..)?.iter().position(is_one).map(|at| start + at)
}

/// A string of the body, by the place between its quotes.
fn unescaped<'b>(body: &'b str, range: &Range<usize>) -> Cow<'b, str> {
    let raw = body.get(range.clone()).unwrap_or_default();
    if !raw.contains('\\') {
        return Cow::Borrowed(raw);
    }
    Cow::Owned(serde_json::from_str(&format!("\"{raw}\"")).unwrap_or_default())
}

impl NoteTest {
    fn holds(&self, note: &NoteFacts<'_>, asked: &Asked, scratch: &Scratch) -> bool {
        let any = |part: Part, holds: &dyn Fn(&str) -> bool| scratch.any(note.body, part, holds);
        match self {
            Self::Words(words) => scratch.has_words(words),
            Self::Signs(signs) => has_signs(note, signs),
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
}

impl NoteTest {
    /// Whether the fields have to be looked at to tell.
    fn may_hold(&self, letters: &str, note: &NoteFacts<'_>) -> bool {
        let body = note.body;
        match self {
            Self::Words(words) => words.split(|c: char| !c.is_alphanumeric()).all(|word| letters.contains(word)),
            Self::Kind(_) => true,
            Self::Tag(_) => body.contains("\"tags\":"),
            Self::Source(_) => body.contains("\"source\":"),
            Self::Topic(_) => note.topic.is_some() || body.contains("\"topic\":"),
            Self::Speaker(_) => body.contains("\"speaker\":"),
            // Told without the fields.
            Self::Signs(_) | Self::Added(_) => true,
        }
    }
}

/// Signs such as `∑` are looked for in the texts as they are. Rare, so the text is parsed for it.
fn has_signs(note: &NoteFacts<'_>, signs: &str) -> bool {
    let Ok(text) = serde_json::from_str::<NoteText>(note.body) else { return false };
    let fields = text.fields.values().flat_map(crate::core::card::Value::texts);
    let others = [&text.hint, &text.extra, &text.speaker].into_iter().flatten();
    fields.chain(&text.tags).chain(&text.source).chain(others).any(|text| text.contains(signs))
        || [note.key, note.topic].into_iter().flatten().any(|text| text.contains(signs))
}

struct Parser {
    chars: Vec<char>,
    at: usize,
    depth: usize,
    conditions: usize,
    notes: Vec<NoteTest>,
    decks: Vec<(Pattern, usize)>,
    needs: Needs,
}

/// A value as it was written.
struct Given {
    text: String,
    at: usize,
    quoted: bool,
}

impl Given {
    fn pattern(&self) -> Pattern {
        match self.text.strip_suffix('*').filter(|_| !self.quoted) {
            Some(text) => Pattern { text: plain(text), is_prefix: true },
            None => Pattern { text: plain(&self.text), is_prefix: false },
        }
    }
}

impl Parser {
    fn peek(&self) -> Option<char> {
        self.chars.get(self.at).copied()
    }

    fn ahead(&self, by: usize) -> Option<char> {
        self.chars.get(self.at + by).copied()
    }

    fn space(&mut self) {
        while self.peek().is_some_and(char::is_whitespace) {
            self.at += 1;
        }
    }

    /// Whether the word stands here, and ends here.
    fn is_at(&self, word: &str) -> bool {
        let length = word.chars().count();
        word.chars().enumerate().all(|(index, c)| self.ahead(index) == Some(c))
            && self.ahead(length).is_none_or(|c| c.is_whitespace() || matches!(c, '(' | ')'))
    }

    fn stray(&self) -> SearchError {
        let help = "take it out, or put the words that hold it in \"quotes\"";
        SearchError::new(self.at, "there is no `(` for this `)`", help)
    }

    fn any(&mut self) -> Result<Node, SearchError> {
        let mut nodes = Vec::new();
        loop {
            nodes.push(self.all()?);
            if !self.is_at("OR") {
                break;
            }
            let at = self.at;
            self.at += 2;
            self.space();
            if self.peek().is_none_or(|c| c == ')') {
                return Err(SearchError::new(at, "nothing follows this `OR`", "write another condition behind it"));
            }
        }
        Ok(if nodes.len() == 1 { nodes.remove(0) } else { Node::Any(nodes) })
    }

    fn all(&mut self) -> Result<Node, SearchError> {
        let mut nodes = Vec::new();
        loop {
            self.space();
            if self.is_at("AND") && !nodes.is_empty() {
                let at = self.at;
                self.at += 3;
                self.space();
                if self.peek().is_none_or(|c| c == ')') || self.is_at("OR") {
                    return Err(SearchError::new(
                        at,
                        "nothing follows this `AND`",
                        "write another condition behind it",
                    ));
                }
            }
            if self.peek().is_none_or(|c| c == ')') || self.is_at("OR") {
                break;
            }
            nodes.push(self.one()?);
        }
        if nodes.is_empty() {
            if self.depth == 0 && self.peek() == Some(')') {
                return Err(self.stray());
            }
            let (what, help) = if self.is_at("OR") {
                ("nothing stands before this `OR`", "write a condition before it, or \"OR\" in quotes for the word")
            } else {
                ("there is nothing in these parentheses", "write a condition, or take them out")
            };
            return Err(SearchError::new(self.at, what, help));
        }
        // What is cheap to tell is told first; the order makes no difference to what is found.
        Ok(if nodes.len() == 1 { nodes.remove(0) } else { Node::All(nodes) })
    }

    fn one(&mut self) -> Result<Node, SearchError> {
        let mut is_negated = false;
        while self.peek() == Some('-') {
            if self.ahead(1).is_none_or(|c| c.is_whitespace() || c == ')') {
                return Err(SearchError::new(
                    self.at,
                    "nothing follows this `-`",
                    "`-word` means cards without the word; quote it to look for the sign: \"-\"",
                ));
            }
            is_negated = !is_negated;
            self.at += 1;
        }
        let node = self.atom()?;
        Ok(if is_negated { Node::Not(Box::new(node)) } else { node })
    }

    fn atom(&mut self) -> Result<Node, SearchError> {
        if self.peek() == Some('(') {
            return self.group();
        }
        self.conditions += 1;
        if self.conditions > MOST_CONDITIONS {
            return Err(SearchError::new(
                self.at,
                format!("a query holds at most {MOST_CONDITIONS} conditions"),
                "search twice, or name a tag or a deck instead",
            ));
        }
        if self.peek() == Some('"') {
            let at = self.at;
            let text = self.quoted()?;
            if text.trim().is_empty() {
                return Err(SearchError::new(
                    at,
                    "there is nothing in these quotes",
                    "write something, or take them out",
                ));
            }
            return Ok(self.words(&text));
        }
        let start = self.at;
        let letters =
            self.chars.get(start..).unwrap_or_default().iter().take_while(|c| c.is_ascii_alphabetic()).count();
        let is_field = letters > 0
            && match (self.ahead(letters), self.ahead(letters + 1)) {
                (Some(':'), next) => next != Some(':'),
                (Some('<' | '>' | '='), _) | (Some('!'), Some('=')) => true,
                _ => false,
            };
        if is_field {
            return self.condition(letters);
        }
        let word = self.bare();
        Ok(self.words(&word))
    }

    fn group(&mut self) -> Result<Node, SearchError> {
        let open = self.at;
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err(SearchError::new(open, "too many parentheses inside each other", "write it with fewer"));
        }
        self.at += 1;
        let node = self.any()?;
        if self.peek() != Some(')') {
            return Err(SearchError::new(open, "this `(` is never closed", "add a `)`, or put the text in \"quotes\""));
        }
        self.at += 1;
        self.depth -= 1;
        Ok(node)
    }

    /// The text between quotes; `\"` is a quote inside it.
    fn quoted(&mut self) -> Result<String, SearchError> {
        let open = self.at;
        self.at += 1;
        let mut text = String::new();
        loop {
            match self.peek() {
                None => {
                    return Err(SearchError::new(
                        open,
                        "this quote is never closed",
                        "add another \" behind the words",
                    ));
                }
                Some('"') => {
                    self.at += 1;
                    return Ok(text);
                }
                Some('\\') if matches!(self.ahead(1), Some('"' | '\\')) => {
                    text.extend(self.ahead(1));
                    self.at += 2;
                }
                Some(c) => {
                    text.push(c);
                    self.at += 1;
                }
            }
        }
    }

    fn bare(&mut self) -> String {
        let start = self.at;
        while self.peek().is_some_and(|c| !c.is_whitespace() && !matches!(c, '(' | ')' | '"')) {
            self.at += 1;
        }
        self.chars.get(start..self.at).unwrap_or_default().iter().collect()
    }

    fn note(&mut self, test: NoteTest) -> Node {
        self.needs.texts |= !matches!(test, NoteTest::Added(_));
        self.notes.push(test);
        Node::Note(self.notes.len() - 1)
    }

    fn words(&mut self, text: &str) -> Node {
        self.needs.words = true;
        let folded = normalize(text);
        // A text without a letter or digit folds to itself.
        let has_letters = folded.chars().any(|c| c.is_alphanumeric() || c == '%');
        self.note(if has_letters { NoteTest::Words(folded) } else { NoteTest::Signs(folded) })
    }

    fn condition(&mut self, letters: usize) -> Result<Node, SearchError> {
        let start = self.at;
        let name: String = self.chars.get(start..start + letters).unwrap_or_default().iter().collect();
        let field = name.to_ascii_lowercase();
        if !FIELDS.contains(&field.as_str()) {
            let help = match nearest(&field, FIELDS) {
                Some(near) => format!("did you mean `{near}`? To look for the text, put it in \"quotes\""),
                None => format!("there are {}; to look for the text, put it in \"quotes\"", FIELDS.join(", ")),
            };
            return Err(SearchError::new(start, format!("there is no field `{name}`"), help));
        }
        self.at += letters;
        let sign_at = self.at;
        let comparison = self.comparison();
        let value_at = self.at;
        let given = if self.peek() == Some('"') {
            Given { text: self.quoted()?, at: value_at, quoted: true }
        } else {
            Given { text: self.bare(), at: value_at, quoted: false }
        };
        if given.text.trim().is_empty() {
            return Err(SearchError::new(value_at, format!("`{field}` needs a value"), example(&field)));
        }
        let is_number = matches!(field.as_str(), "ease" | "interval" | "lapses" | "due");
        if comparison != Comparison::Equal && !is_number {
            return Err(SearchError::new(sign_at, format!("`{field}` can't be compared"), example(&field)));
        }
        self.test(&field, comparison, &given)
    }

    fn comparison(&mut self) -> Comparison {
        let (comparison, length) = match (self.peek(), self.ahead(1)) {
            (Some('<'), Some('=')) => (Comparison::AtMost, 2),
            (Some('<'), _) => (Comparison::Less, 1),
            (Some('>'), Some('=')) => (Comparison::AtLeast, 2),
            (Some('>'), _) => (Comparison::More, 1),
            (Some('!'), _) => (Comparison::Other, 2),
            _ => (Comparison::Equal, 1),
        };
        self.at += length;
        comparison
    }

    fn test(&mut self, field: &str, comparison: Comparison, given: &Given) -> Result<Node, SearchError> {
        Ok(match field {
            "deck" => {
                self.decks.push((given.pattern(), given.at));
                Node::Card(CardTest::Deck(self.decks.len() - 1))
            }
            "tag" => {
                let tag = given.pattern();
                let is_leech = !tag.is_prefix && tag.text == "leech";
                let node = self.note(NoteTest::Tag(tag));
                // A leech carries the tag without anybody having given it.
                if is_leech { Node::Any(vec![node, self.card(CardTest::Leech)]) } else { node }
            }
            "kind" => {
                let wanted = plain(&given.text);
                let names = CARD_KINDS.iter().map(|kind| kind.name());
                if !names.clone().any(|name| name == wanted) {
                    return Err(unknown("kind of card", given, names));
                }
                self.note(NoteTest::Kind(wanted))
            }
            "source" => self.note(NoteTest::Source(given.pattern())),
            "topic" => self.note(NoteTest::Topic(given.pattern())),
            "speaker" => self.note(NoteTest::Speaker(given.pattern())),
            "is" => {
                let test = match plain(&given.text).as_str() {
                    "due" => CardTest::Due,
                    "new" => CardTest::Word(StateWord::New),
                    "learning" => CardTest::Word(StateWord::Learning),
                    "review" => CardTest::Word(StateWord::Review),
                    "suspended" => CardTest::Suspended,
                    "buried" => CardTest::Buried,
                    "leech" => CardTest::Leech,
                    "marked" => CardTest::Marked,
                    _ => return Err(unknown("state", given, STATES)),
                };
                self.card(test)
            }
            "ease" => {
                let number = hundredths(given)?;
                self.card(CardTest::Number(Number::Ease, comparison, number))
            }
            "interval" => {
                let number = days(given, "interval")?;
                self.card(CardTest::Number(Number::Interval, comparison, i64::from(number)))
            }
            "lapses" => {
                let number = given.text.parse::<u32>().map_err(|_| bad_number(given, "lapses"))?;
                self.card(CardTest::Number(Number::Lapses, comparison, i64::from(number)))
            }
            "due" => {
                let when = when(given)?;
                self.card(CardTest::DueDay(comparison, when))
            }
            "added" => {
                let days = last_days(given, "added")?;
                self.needs.added = true;
                self.note(NoteTest::Added(days))
            }
            "rated" => {
                let (span, grade) =
                    given.text.split_once(':').map_or((given.text.as_str(), None), |(s, g)| (s, Some(g)));
                let part = Given { text: span.to_owned(), ..*given };
                let days = last_days(&part, "rated")?;
                let rated = match grade {
                    None => Rated::Any,
                    Some(grade) => {
                        let button = Button::ALL.into_iter().find(|button| button.name().eq_ignore_ascii_case(grade));
                        match (button, grade.parse::<Quality>()) {
                            (Some(button), _) => Rated::Button(button),
                            (None, Ok(quality)) => Rated::Exactly(quality),
                            (None, Err(error)) => {
                                let at = given.at + span.chars().count() + 1;
                                return Err(SearchError::new(at, error.to_string(), example("rated")));
                            }
                        }
                    }
                };
                self.answered(days, rated)
            }
            _ => {
                let days = last_days(given, "reviewed")?;
                self.answered(days, Rated::Any)
            }
        })
    }

    fn card(&mut self, test: CardTest) -> Node {
        self.needs.states = true;
        Node::Card(test)
    }

    fn answered(&mut self, days: u32, rated: Rated) -> Node {
        self.needs.answers = self.needs.answers.max(Some(days));
        Node::Card(CardTest::Answered(days, rated))
    }
}

fn unknown<'n>(what: &str, given: &Given, names: impl IntoIterator<Item = &'n str> + Clone) -> SearchError {
    let help = match nearest(&given.text, names.clone()) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("there are {}", names.into_iter().collect::<Vec<_>>().join(", ")),
    };
    SearchError::new(given.at, format!("there is no {what} `{}`", given.text), help)
}

fn example(field: &str) -> String {
    let example = match field {
        "deck" => "deck:quotes",
        "tag" => "tag:team",
        "kind" => "kind:cloze",
        "source" => "source:D09",
        "topic" => "topic:vision",
        "speaker" => "speaker:drucker",
        "is" => "is:due",
        "ease" => "ease<2.1",
        "interval" => "interval>=21d",
        "lapses" => "lapses>3",
        "due" => "due<=3d, or due<2026-03-01",
        "reviewed" => "reviewed:7d",
        "rated" => "rated:7d, rated:7d:1 or rated:7d:again",
        _ => "added:30d",
    };
    format!("write {example}")
}

fn bad_number(given: &Given, field: &str) -> SearchError {
    SearchError::new(given.at, format!("`{}` is no number that `{field}` can have", given.text), example(field))
}

/// Whole days, with or without a unit.
fn days(given: &Given, field: &str) -> Result<u32, SearchError> {
    let text = given.text.trim();
    let (number, unit) = match text.find(|c: char| !c.is_ascii_digit()) {
        Some(end) => text.split_at(end),
        None => (text, "d"),
    };
    let factor = match unit {
        "d" => 1,
        "w" => 7,
        "m" | "mo" => 30,
        "y" => 365,
        _ => return Err(bad_number(given, field)),
    };
    number.parse::<u32>().ok().and_then(|number| number.checked_mul(factor)).ok_or_else(|| bad_number(given, field))
}

fn last_days(given: &Given, field: &str) -> Result<u32, SearchError> {
    match days(given, field)? {
        0 => Err(SearchError::new(given.at, "today is the first of these days: 1d at least", example(field))),
        days => Ok(days),
    }
}

fn when(given: &Given) -> Result<When, SearchError> {
    if let Ok(date) = NaiveDate::parse_from_str(&given.text, "%Y-%m-%d") {
        return Ok(When::On(StudyDay::from_date(date)));
    }
    let (sign, rest) = match given.text.strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, given.text.strip_prefix('+').unwrap_or(&given.text)),
    };
    let number = Given { text: rest.to_owned(), ..*given };
    days(&number, "due").map(|days| When::In(sign * i64::from(days))).map_err(|_| bad_number(given, "due"))
}

/// An ease as hundredths: `2`, `2.1`, `2.15`.
fn hundredths(given: &Given) -> Result<i64, SearchError> {
    let (whole, fraction) = given.text.split_once('.').unwrap_or((&given.text, ""));
    let digits = |text: &str| text.chars().all(|c| c.is_ascii_digit());
    if whole.is_empty() || whole.len() > 4 || fraction.len() > 2 || !digits(whole) || !digits(fraction) {
        return Err(bad_number(given, "ease"));
    }
    format!("{whole}{fraction:0<2}").parse().map_err(|_| bad_number(given, "ease"))
}

#[cfg(test)]
mod tests;
