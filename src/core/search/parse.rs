//! The parser: a line of words and conditions becomes a [`Query`], or an error that points at a character.

use crate::core::card::CARD_KINDS;
use crate::core::compare::search::fold;
use crate::core::compare::search::literal;
use crate::core::compare::search::plain;
use crate::core::grade::Button;
use crate::core::grade::GradeError;
use crate::core::grade::Scale;
use crate::core::search::FIELDS;
use crate::core::search::MOST_CHARS;
use crate::core::search::MOST_CONDITIONS;
use crate::core::search::Needs;
use crate::core::search::Node;
use crate::core::search::Query;
use crate::core::search::condition::CardTest;
use crate::core::search::condition::Comparison;
use crate::core::search::condition::NoteTest;
use crate::core::search::condition::Number;
use crate::core::search::condition::Pattern;
use crate::core::search::condition::Rated;
use crate::core::search::condition::Spelled;
use crate::core::search::condition::When;
use crate::core::search::condition::Written;
use crate::core::search::error::SearchError;
use crate::core::search::error::SearchFault;
use crate::core::state::StateWord;
use crate::core::study_day::StudyDay;
use crate::core::text::nearest;
use chrono::NaiveDate;
use std::collections::BTreeMap;

/// Parentheses inside each other at most.
const DEEPEST: usize = 32;

/// Reads a query. An empty one means every card. `searches` are those that were saved, for `saved:NAME`.
///
/// # Errors
/// With the place of the first character that can't be.
pub fn parse(text: &str, scale: Option<Scale>, searches: &BTreeMap<String, String>) -> Result<Query, SearchError> {
    let mut parser = Parser {
        scale,
        searches,
        open: Vec::new(),
        chars: text.chars().collect(),
        at: 0,
        depth: 0,
        conditions: 0,
        notes: Vec::new(),
        decks: Vec::new(),
        needs: Needs::default(),
        names_held_out: false,
    };
    if parser.chars.len() > MOST_CHARS {
        return Err(SearchError { at: MOST_CHARS, fault: SearchFault::TooLong });
    }
    let root = parser.whole()?;
    let Parser { notes, decks, needs, names_held_out, .. } = parser;
    Ok(Query { root, notes, decks, needs, names_held_out, is_list: false })
}

struct Parser<'s> {
    scale: Option<Scale>,
    searches: &'s BTreeMap<String, String>,
    /// The saved searches that are being read, the outermost first, and where that one stands in the query.
    open: Vec<(&'s str, usize)>,
    chars: Vec<char>,
    at: usize,
    depth: usize,
    conditions: usize,
    notes: Vec<NoteTest>,
    decks: Vec<(Pattern, usize)>,
    needs: Needs,
    names_held_out: bool,
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

    fn refused(&self, fault: SearchFault) -> SearchError {
        SearchError { at: self.at, fault }
    }
}

impl Parser<'_> {
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
        SearchError { at: self.at, fault: SearchFault::UnopenedParenthesis }
    }

    /// Everything up to the end.
    fn whole(&mut self) -> Result<Node, SearchError> {
        self.space();
        let root = if self.peek().is_none() { Node::All(Vec::new()) } else { self.any()? };
        if self.peek().is_some() { Err(self.stray()) } else { Ok(root) }
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
                return Err(SearchError { at, fault: SearchFault::NothingAfterOr });
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
                    return Err(SearchError { at, fault: SearchFault::NothingAfterAnd });
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
            let fault = if self.is_at("OR") { SearchFault::NothingBeforeOr } else { SearchFault::EmptyParentheses };
            return Err(SearchError { at: self.at, fault });
        }
        // What is cheap to tell is told first; the order makes no difference to what is found.
        Ok(if nodes.len() == 1 { nodes.remove(0) } else { Node::All(nodes) })
    }

    fn one(&mut self) -> Result<Node, SearchError> {
        let mut is_negated = false;
        while self.peek() == Some('-') {
            if self.ahead(1).is_none_or(|c| c.is_whitespace() || c == ')') {
                return Err(SearchError { at: self.at, fault: SearchFault::NothingAfterMinus });
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
            return Err(SearchError { at: self.at, fault: SearchFault::TooManyConditions });
        }
        if self.peek() == Some('"') {
            let at = self.at;
            let text = self.quoted()?;
            if text.trim().is_empty() {
                return Err(SearchError { at, fault: SearchFault::EmptyQuotes });
            }
            return Ok(self.quotation(&text));
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
            return Err(SearchError { at: open, fault: SearchFault::TooDeep });
        }
        self.at += 1;
        let node = self.any()?;
        if self.peek() != Some(')') {
            return Err(SearchError { at: open, fault: SearchFault::UnclosedParenthesis });
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
                None => return Err(SearchError { at: open, fault: SearchFault::UnclosedQuote }),
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

    /// A text without quotation marks. Signs count where it has some; punctuation does not.
    fn words(&mut self, text: &str) -> Node {
        self.needs.words = true;
        let letters = letters_of(text);
        if !letters.is_empty() && !text.chars().any(is_sign) {
            return self.note(NoteTest::Words(letters));
        }
        self.note(NoteTest::Written(Written { letters, text: plain(text), how: Spelled::Freely }))
    }

    /// A text in quotation marks is meant as it is written.
    fn quotation(&mut self, text: &str) -> Node {
        self.needs.words = true;
        let written = Written { letters: letters_of(text), text: literal(text).into_owned(), how: Spelled::Exactly };
        self.note(NoteTest::Written(written))
    }

    fn condition(&mut self, letters: usize) -> Result<Node, SearchError> {
        let start = self.at;
        let name: String = self.chars.get(start..start + letters).unwrap_or_default().iter().collect();
        let Some(field) = FIELDS.into_iter().find(|field| field.eq_ignore_ascii_case(&name)) else {
            return Err(SearchError { at: start, fault: SearchFault::UnknownField(name) });
        };
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
            return Err(SearchError { at: value_at, fault: SearchFault::NoValue(field) });
        }
        let is_number = matches!(field, "ease" | "interval" | "lapses" | "due");
        if comparison != Comparison::Equal && !is_number {
            return Err(SearchError { at: sign_at, fault: SearchFault::NotComparable(field) });
        }
        self.test(field, comparison, &given)
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
                // What a person sees of a saved search is its name.
                let at = self.open.first().map_or(given.at, |(_, at)| *at);
                self.decks.push((given.pattern(), at));
                Node::Card(CardTest::Deck(self.decks.len() - 1))
            }
            "tag" => {
                let tag = given.pattern();
                let is = |name: &str| !tag.is_prefix && tag.text == name;
                let (is_leech, is_none) = (is("leech"), is("none") && !given.quoted);
                let node = self.note(NoteTest::Tag(tag));
                if is_leech {
                    // A leech carries the tag without anybody having given it.
                    return Ok(Node::Any(vec![node, self.card(CardTest::Leech)]));
                }
                if is_none {
                    // As Anki has it: cards without tags, and those with a tag that is called so.
                    let any = self.note(NoteTest::Tag(Pattern { text: String::new(), is_prefix: true }));
                    return Ok(Node::Any(vec![node, Node::Not(Box::new(any))]));
                }
                node
            }
            "kind" => {
                let wanted = plain(&given.text);
                if !CARD_KINDS.iter().any(|kind| kind.name() == wanted) {
                    return Err(given.refused(SearchFault::UnknownKind(given.text.clone())));
                }
                self.note(NoteTest::Kind(wanted))
            }
            "source" => self.note(NoteTest::Source(given.pattern())),
            "topic" => self.note(NoteTest::Topic(given.pattern())),
            "speaker" => self.note(NoteTest::Speaker(given.pattern())),
            "is" => {
                let test = match plain(&given.text).as_str() {
                    "checkup" => {
                        self.names_held_out = true;
                        return Ok(Node::Card(CardTest::HeldOut));
                    }
                    "due" => CardTest::Due,
                    "new" => CardTest::Word(StateWord::New),
                    "learning" => CardTest::Word(StateWord::Learning),
                    "review" => CardTest::Word(StateWord::Review),
                    "suspended" => CardTest::Suspended,
                    "buried" => CardTest::Buried,
                    "leech" => CardTest::Leech,
                    "marked" => CardTest::Marked,
                    _ => return Err(given.refused(SearchFault::UnknownState(given.text.clone()))),
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
                        let at = given.at + span.chars().count() + 1;
                        self.rated(grade).map_err(|error| SearchError { at, fault: SearchFault::BadGrade(error) })?
                    }
                };
                self.answered(days, rated)
            }
            "saved" => self.saved(given)?,
            _ => {
                let days = last_days(given, "reviewed")?;
                self.answered(days, Rated::Any)
            }
        })
    }

    /// A grade as it is written on the scale in force: on four buttons a number is a button too.
    fn rated(&self, grade: &str) -> Result<Rated, GradeError> {
        match (Button::of_name(grade), self.scale) {
            (Some(button), _) => Ok(Rated::Button(button)),
            (None, Some(Scale::Four)) => Scale::Four.read(grade).map(|quality| Rated::Button(quality.button())),
            (None, Some(Scale::Sm2)) => Scale::Sm2.read(grade).map(Rated::Exactly),
            (None, None) => {
                let found = grade.to_owned();
                let is_number = Scale::Sm2.read(grade).is_ok();
                Err(if is_number {
                    GradeError::Ambiguous { found }
                } else {
                    GradeError::NoGrade { found, scale: None }
                })
            }
        }
    }

    /// The conditions of a saved search, as if they stood here in parentheses.
    fn saved(&mut self, given: &Given) -> Result<Node, SearchError> {
        let wanted = plain(&given.text);
        let Some((name, text)) = self.searches.iter().find(|(name, _)| plain(name) == wanted) else {
            let near = nearest(&given.text, self.searches.keys().map(String::as_str)).map(str::to_owned);
            return Err(given.refused(SearchFault::UnknownSaved { name: given.text.clone(), near }));
        };
        if self.open.iter().any(|(open, _)| open == name) {
            return Err(given.refused(SearchFault::SavedInCircle(name.clone())));
        }
        let outer = (std::mem::replace(&mut self.chars, text.chars().collect()), self.at, self.depth);
        (self.at, self.depth) = (0, 0);
        self.open.push((name, given.at));
        let node = self.whole();
        self.open.pop();
        (self.chars, self.at, self.depth) = outer;
        node.map_err(|error| {
            // The innermost one is where it can be mended.
            if matches!(error.fault, SearchFault::InSaved { .. } | SearchFault::TooManyConditions) {
                return given.refused(error.fault);
            }
            given.refused(SearchFault::InSaved { name: name.clone(), fault: Box::new(error.fault) })
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

/// The folded letters of a text; nothing where it has neither letters nor digits.
fn letters_of(text: &str) -> String {
    let letters = fold(text);
    if letters.chars().any(|c| c.is_alphanumeric() || c == '%') { letters } else { String::new() }
}

/// Whether a character in a word that is searched for is no punctuation. A percent sign is among the letters anyway.
fn is_sign(c: char) -> bool {
    matches!(c, '+' | '=' | '#' | '<' | '>' | '*' | '&' | '|' | '$' | '^' | '~' | '@' | '\\')
        || matches!(c, '€' | '£' | '¥' | '°' | '±' | '×' | '÷' | '♯' | '♭' | '\u{2190}'..='\u{22ff}')
}

fn bad_number(given: &Given, field: &'static str) -> SearchError {
    given.refused(SearchFault::BadNumber { given: given.text.clone(), field })
}

/// Whole days, with or without a unit.
fn days(given: &Given, field: &'static str) -> Result<u32, SearchError> {
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

fn last_days(given: &Given, field: &'static str) -> Result<u32, SearchError> {
    match days(given, field)? {
        0 => Err(given.refused(SearchFault::NoDays(field))),
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
