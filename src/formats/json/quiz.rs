//! Questions with options, as quizzes of other programs have them. The right option is said by its text, its letter or its number, or it
//! is marked; or the wrong ones have a key of their own.

use crate::formats::columns::Given;
use crate::formats::columns::names::is_in;
use crate::formats::columns::options;
use crate::formats::columns::options::FirstNumber;
use crate::formats::columns::options::bare;
use crate::formats::columns::options::meant;
use crate::formats::columns::options::rank_of_right;
use crate::formats::columns::options::without_letters;
use crate::formats::json::held::Held;
use crate::formats::json::held::Object;
use crate::formats::json::strict;
use serde_json::value::RawValue;

/// Keys of the options, as `bare` has them.
const OPTIONS: &str = "\
    options|choices|alternatives|possibleanswers|answeroptions|answerchoices|variants|answers|optionen|antworten|\
    antwortmöglichkeiten|choix|réponses|propositions|opciones|respuestas|alternativas|opzioni|risposte|opções|respostas|opties|antwoorden|\
    odpowiedzi|варианты|ответы|seçenekler|选项|選項|選択肢|보기|선택지";

/// Keys of the wrong options.
const WRONG: &str = "\
    incorrectanswers|wronganswers|incorrect|wrong|distractors|falseanswers|incorrectoptions|wrongoptions|incorrectchoices";

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

/// The options under one key.
struct Options {
    texts: Vec<String>,
    /// What stands for each, where the file says it.
    letters: Vec<String>,
    /// Those that are marked as right.
    marked: Vec<usize>,
}

impl Options {
    fn of(value: &RawValue) -> Option<Self> {
        let mut read = Self { texts: Vec::new(), letters: Vec::new(), marked: Vec::new() };
        let json = value.get();
        if json.starts_with('{') {
            for (letter, value) in strict::object(json).ok()? {
                read.texts.push(Held::by(&value).text()?.to_owned());
                read.letters.push(letter);
            }
        } else {
            for value in serde_json::from_str::<Vec<Box<RawValue>>>(json).ok()? {
                read.add(&value)?;
            }
        }
        let has_letters = read.letters.len() == read.texts.len();
        if !has_letters {
            read.letters.clear();
        }
        if let Some(texts) = without_letters(&read.texts) {
            read.texts = texts;
        }
        (read.texts.len() > 1).then_some(read)
    }

    /// Adds one: a text, or an object with a text in it.
    fn add(&mut self, value: &RawValue) -> Option<()> {
        if !value.get().starts_with('{') {
            self.texts.push(Held::by(value).text()?.to_owned());
            return Some(());
        }
        let object = strict::object(value.get()).ok()?;
        let of = |names: &str| {
            let found = names.split('|').find_map(|name| object.iter().find(|(key, _)| bare(key) == name));
            found.map(|(_, value)| Held::by(value))
        };
        let text = of(TEXTS)?.text()?.to_owned();
        if of(MARKS).is_some_and(|mark| matches!(mark.text(), Some("true" | "1"))) {
            self.marked.push(self.texts.len());
        }
        if let Some(letter) = of(LETTERS).as_ref().and_then(Held::text).filter(|letter| *letter != text) {
            self.letters.push(letter.to_owned());
        }
        self.texts.push(text);
        Some(())
    }
}

impl Quiz {
    /// The options of an object, where it has some and says which one is right.
    pub(super) fn of(object: &Object, first: FirstNumber) -> Option<Self> {
        let of = |names: &str| {
            let is = |(_, (name, value)): &(usize, &(String, Box<RawValue>))| {
                is_in(names, &bare(name)) && value.get().starts_with(['[', '{'])
            };
            object.iter().enumerate().find(is)
        };
        let said = |but: usize| {
            let said = object.iter().enumerate().filter(move |(at, _)| *at != but);
            let mut said: Vec<_> =
                said.filter_map(|(at, (name, value))| Some((rank_of_right(name)?, at, Held::by(value)))).collect();
            said.sort_by_key(|(rank, ..)| *rank);
            said.into_iter().filter_map(|(_, at, held)| Some((at, held.text()?.to_owned())))
        };
        if let Some((wrong, (_, value))) = of(WRONG) {
            let (right, answer) = said(wrong).next()?;
            let Held::Texts(Given::Texts(distractors)) = Held::by(value) else { return None };
            let distractors = options::distractors(&answer, distractors)?;
            return Some(Self { answer, distractors, keys: vec![wrong, right], by_number: false });
        }
        let (place, (_, value)) = of(OPTIONS)?;
        let mut options = Options::of(value)?;
        let mut keys = vec![place];
        let (at, by_number) = match &options.marked[..] {
            [only] => (*only, false),
            [] => {
                let (key, found) = said(place)
                    .find_map(|(key, said)| Some((key, meant(&options.texts, &options.letters, &said, first)?)))?;
                keys.push(key);
                found
            }
            _ => return None,
        };
        let answer = options.texts.remove(at);
        let distractors = options::distractors(&answer, options.texts)?;
        Some(Self { answer, distractors, keys, by_number })
    }
}

/// What the numbers of right options in a file tell of where they begin.
#[derive(Debug, Default)]
pub(in crate::formats) struct Numbers {
    any: bool,
    first: Option<FirstNumber>,
}

impl Numbers {
    /// Looks at an object; `false` where the others need not be looked at.
    pub(in crate::formats) fn see(&mut self, object: &Object) -> bool {
        let with = |first| Quiz::of(object, first);
        let (zero, one) = (with(FirstNumber::Zero), with(FirstNumber::One));
        let is_by_number = [&zero, &one].into_iter().flatten().any(|quiz| quiz.by_number);
        self.any |= is_by_number;
        if is_by_number {
            self.first = match (zero, one) {
                (Some(_), None) => Some(FirstNumber::Zero),
                (None, Some(_)) => Some(FirstNumber::One),
                _ => None,
            };
        }
        self.any && self.first.is_none()
    }

    /// Where they begin; from 0 on where nothing tells.
    pub(in crate::formats) fn first(&self) -> FirstNumber {
        self.first.unwrap_or_default()
    }
}
