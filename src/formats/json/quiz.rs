//! Questions with options, as quizzes of other programs have them. The right option is said by its text, its letter or its number, or it
//! is marked; or the wrong ones have a key of their own.

use crate::formats::columns::Given;
use crate::formats::columns::options;
use crate::formats::columns::options::Answers;
use crate::formats::columns::options::Asked;
use crate::formats::columns::options::HowSaid;
use crate::formats::columns::options::bare;
use crate::formats::columns::options::rank_of_right;
use crate::formats::json::held::Held;
use crate::formats::json::held::Object;
use crate::formats::json::strict;
use serde_json::value::RawValue;

/// Keys of an option's text, where it is an object, of what marks the right one, and of its letter.
const TEXTS: &str = "text|option|choice|answer|answertext|optiontext|content|value|title|body|label|name";
const MARKS: &str = "correct|iscorrect|right|isright|isanswer|istrue|iscorrectanswer";
const LETTERS: &str = "id|key|letter|label|name";

/// A question's options, and which one is right.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Quiz {
    /// The right one.
    pub(super) answer: String,
    /// The others.
    pub(super) distractors: Vec<String>,
    /// The keys that say so, by their places.
    pub(super) keys: Vec<usize>,
    /// Whether a number says which one is right, so that it matters where these begin.
    pub(super) by_number: bool,
}

/// The options under one key, or under one each.
struct Options {
    texts: Vec<String>,
    /// What stands for each, where the file says it.
    letters: Vec<String>,
    /// Those that are marked as right.
    marked: Vec<usize>,
    /// Whether one of them is no text but a number.
    has_numbers: bool,
}

impl Options {
    fn of(value: &RawValue) -> Option<Self> {
        let mut read = Self { texts: Vec::new(), letters: Vec::new(), marked: Vec::new(), has_numbers: false };
        let json = value.get();
        if json.starts_with('{') {
            for (letter, value) in strict::object(json).ok()? {
                read.add_text(&value)?;
                read.letters.push(letter);
            }
        } else {
            for value in serde_json::from_str::<Vec<Box<RawValue>>>(json).ok()? {
                read.add(&value)?;
            }
        }
        read.complete()
    }

    /// Options that have a key each.
    fn of_each(object: &Object, places: &[usize]) -> Option<Self> {
        let mut read = Self { texts: Vec::new(), letters: Vec::new(), marked: Vec::new(), has_numbers: false };
        for (_, value) in places.iter().filter_map(|at| object.get(*at)) {
            match Held::by(value) {
                Held::Nothing => read.texts.push(String::new()),
                _ => read.add_text(value)?,
            }
        }
        read.complete()
    }

    fn complete(mut self) -> Option<Self> {
        if self.letters.len() != self.texts.len() {
            self.letters.clear();
        }
        if let Some(texts) = options::without_letters(&self.texts) {
            self.texts = texts;
        }
        (self.texts.iter().filter(|text| !text.is_empty()).count() > 1).then_some(self)
    }

    fn add_text(&mut self, value: &RawValue) -> Option<()> {
        self.texts.push(Held::by(value).text()?.to_owned());
        self.has_numbers |= !value.get().starts_with('"');
        Some(())
    }

    /// Adds one: a text, or an object with a text in it.
    fn add(&mut self, value: &RawValue) -> Option<()> {
        if !value.get().starts_with('{') {
            return self.add_text(value);
        }
        let object = strict::object(value.get()).ok()?;
        let of = |names: &str| names.split('|').find_map(|name| object.iter().find(|(key, _)| bare(key) == name));
        let held = |names: &str| of(names).map(|(_, value)| Held::by(value));
        let (_, text) = of(TEXTS)?;
        if held(MARKS).is_some_and(|mark| matches!(mark.text(), Some("true" | "1"))) {
            self.marked.push(self.texts.len());
        }
        self.add_text(text)?;
        if let Some(letter) = held(LETTERS)
            .as_ref()
            .and_then(Held::text)
            .filter(|letter| self.texts.last().is_none_or(|text| text != letter))
        {
            self.letters.push(letter.to_owned());
        }
        Some(())
    }
}

/// A key that may say what is right: where it is, and what it says.
struct Right {
    at: usize,
    said: String,
    is_place: bool,
    is_number: bool,
}

impl Right {
    /// Those of an object, the surest first.
    fn all(object: &Object, but: &[usize]) -> Vec<Self> {
        let of = |(at, (name, value)): (usize, &(String, Box<RawValue>))| {
            let rank = rank_of_right(name).filter(|_| !but.contains(&at))?;
            let said = Held::by(value).text()?.to_owned();
            let is_number = value.get().starts_with(|c: char| c.is_ascii_digit());
            Some((rank, Self { at, said, is_place: options::is_of_place(name), is_number }))
        };
        let mut all: Vec<(u8, Self)> = object.iter().enumerate().filter_map(of).collect();
        all.sort_by_key(|(rank, _)| *rank);
        all.into_iter().map(|(_, right)| right).collect()
    }

    fn asked<'a>(&'a self, options: &'a Options) -> Asked<'a> {
        Asked {
            texts: &options.texts,
            letters: &options.letters,
            said: &self.said,
            is_place: self.is_place,
            is_number: self.is_number && !options.has_numbers,
        }
    }
}

/// What an object offers beside what is right.
enum Offered {
    Options(Options),
    /// Wrong ones alone.
    Wrong(Vec<String>),
}

impl Offered {
    /// What it is, and the places of its keys.
    fn of(object: &Object) -> Option<(Vec<usize>, Self)> {
        let list = |is_called: fn(&str) -> bool| {
            let is = |(_, (name, value)): &(usize, &(String, Box<RawValue>))| {
                value.get().starts_with(['[', '{']) && is_called(name)
            };
            object.iter().enumerate().find(is)
        };
        if let Some((at, (_, value))) = list(options::is_list_of_wrong) {
            let Held::Texts(Given::Texts(wrong)) = Held::by(value) else { return None };
            return Some((vec![at], Self::Wrong(wrong)));
        }
        if let Some((at, (_, value))) = list(options::is_list) {
            return Some((vec![at], Self::Options(Options::of(value)?)));
        }
        let (places, are_wrong) = options::single(object.iter().map(|(name, _)| name.as_str()))?;
        let offered = if are_wrong {
            let text = |at: &usize| Held::by(&object.get(*at)?.1).text().map(str::to_owned);
            Self::Wrong(places.iter().filter_map(text).collect())
        } else {
            Self::Options(Options::of_each(object, &places)?)
        };
        Some((places, offered))
    }
}

impl Quiz {
    /// The options of an object, where it has some and says which one is right.
    pub(super) fn of(object: &Object, how: HowSaid) -> Option<Self> {
        let (mut keys, offered) = Offered::of(object)?;
        let mut options = match offered {
            Offered::Options(options) => options,
            Offered::Wrong(wrong) => {
                let Right { at, said: answer, .. } = Right::all(object, &keys).into_iter().next()?;
                let distractors = options::distractors(&answer, wrong)?;
                keys.push(at);
                return Some(Self { answer, distractors, keys, by_number: false });
            }
        };
        let (at, by_number) = match &options.marked[..] {
            [only] => (*only, false),
            [] => {
                let rights = Right::all(object, &keys);
                let (key, found) =
                    rights.iter().find_map(|right| Some((right.at, right.asked(&options).meant(how)?)))?;
                keys.push(key);
                found
            }
            _ => return None,
        };
        let answer = options.texts.remove(at);
        options.texts.retain(|text| !text.is_empty());
        let distractors = options::distractors(&answer, options.texts)?;
        Some(Self { answer, distractors, keys, by_number })
    }

    /// Looks at how an object says which of its options is right, if it has some.
    pub(super) fn look(object: &Object, answers: &mut Answers) {
        if let Some((keys, Offered::Options(options))) = Offered::of(object)
            && options.marked.is_empty()
        {
            Right::all(object, &keys).iter().find(|right| answers.see(&right.asked(&options)));
        }
    }
}
