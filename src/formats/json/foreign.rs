//! What the keys of other programs' notes hold: the names are those that columns of tables may have.

use crate::formats::Loss;
use crate::formats::LossKind;
use crate::formats::columns;
use crate::formats::columns::Column;
use crate::formats::columns::Given;
use crate::formats::columns::names;
use crate::formats::columns::names::Title;
use serde_json::value::RawValue;

/// An object that another program wrote: its keys in the order of the file, and each value as it stands there. So `1.10` keeps its
/// digits, and of two languages the first one is asked.
pub(in crate::formats) type Object = Vec<(String, Box<RawValue>)>;

/// Names that are remembered at most.
const MOST_NAMES: usize = 100;

/// What is known of the keys of a file.
#[derive(Debug, Default)]
pub(in crate::formats) struct Keys {
    /// Those of the last note, and what each holds: notes of one file mostly have the same.
    last: (Vec<String>, Vec<Column>),
    /// Keys that may be question or answer, in the order in which the file has them first.
    sides: Vec<String>,
    /// Keys that became lines of the explanation.
    merged: Vec<String>,
    /// Keys of which nothing is read.
    left_out: Vec<String>,
}

impl Keys {
    /// What each key of a note holds. `Unknown` is a line of the explanation.
    pub(super) fn columns(&mut self, object: &Object) -> Vec<Column> {
        if !object.iter().map(|(name, _)| name).eq(&self.last.0) {
            let names: Vec<String> = object.iter().map(|(name, _)| name.clone()).collect();
            let columns = self.decided(&names);
            self.last = (names, columns);
        }
        self.last.1.clone()
    }

    fn decided(&mut self, keys: &[String]) -> Vec<Column> {
        let mut found: Vec<Column> = keys.iter().map(|name| columns::named(name)).collect();
        if found.iter().any(|column| matches!(column, Column::Kind | Column::NoteType)) {
            return found;
        }
        // Fields of other kinds than `basic` mean nothing where no key names the kind.
        let has_question = found.iter().any(|column| asks(*column));
        columns::without_foreign_groups(&mut found);
        for column in &mut found {
            match column {
                Column::Field("text") if !has_question => *column = Column::Question,
                Column::Field("front" | "back" | "prompt" | "answer") => {}
                Column::Field(_) => *column = Column::Unknown,
                _ => {}
            }
        }
        let first = |test: fn(Column) -> bool| {
            let own = |column: &Column| test(*column) && matches!(column, Column::Field(_));
            found.iter().position(own).or_else(|| found.iter().position(|column| test(*column)))
        };
        let (mut question, mut answer) = (first(asks), first(tells));
        let mut loose = self.loose(keys, &found, question.is_none() && answer.is_none()).into_iter();
        question = question.or_else(|| loose.next());
        answer = answer.or_else(|| loose.next());
        let notes = || found.iter().position(|column| *column == Column::Extra);
        answer = answer.or_else(|| notes().filter(|_| question.is_some()));
        for (at, column) in found.iter_mut().enumerate() {
            if question == Some(at) {
                *column = Column::Question;
            } else if answer == Some(at) {
                *column = Column::Answer;
            } else if asks(*column) || tells(*column) {
                *column = Column::Unknown;
            }
        }
        found
    }

    /// Keys that may be question or answer although their names don't say which: languages, and two usual titles where there is
    /// nothing else. An object of any program has a name and a description.
    fn loose(&mut self, keys: &[String], found: &[Column], is_neither: bool) -> Vec<usize> {
        let title = |at: &usize| keys.get(*at).and_then(|name| names::title(&names::plain(name)));
        let unknown = (0..keys.len()).filter(|at| found.get(*at) == Some(&Column::Unknown));
        let unknown: Vec<usize> = unknown.filter(|at| title(at) != Some(Title::Aside)).collect();
        let of = |wanted: Title| unknown.iter().copied().filter(|at| title(at) == Some(wanted)).collect::<Vec<_>>();
        let (mut loose, codes, titles) = (of(Title::Language), of(Title::Code), of(Title::Usual));
        if loose.is_empty() && (!is_neither || codes.len() == unknown.len()) {
            loose = codes;
        }
        if loose.is_empty() && titles.len() == unknown.len() && titles.len() == 1 + usize::from(is_neither) {
            loose = titles;
        }
        for name in loose.iter().filter_map(|at| keys.get(*at)) {
            note(&mut self.sides, name);
        }
        loose.sort_by_key(|at| self.sides.iter().position(|side| Some(side) == keys.get(*at)).unwrap_or(usize::MAX));
        loose
    }

    /// Remembers a key that became a line of the explanation.
    pub(super) fn becomes_line(&mut self, name: &str) {
        note(&mut self.merged, name);
    }

    /// Remembers a key of which nothing is read.
    pub(super) fn leave_out(&mut self, name: &str) {
        note(&mut self.left_out, name);
    }

    /// What was lost or changed, once all notes were read.
    pub(in crate::formats) fn losses(self) -> impl Iterator<Item = Loss> {
        let kinds = [LossKind::ColumnsMerged(self.merged), LossKind::ColumnsLeftOut(self.left_out)];
        kinds.into_iter().filter_map(Loss::of_names)
    }
}

fn note(names: &mut Vec<String>, name: &str) {
    if names.len() < MOST_NAMES && !names.iter().any(|known| known == name) {
        names.push(name.to_owned());
    }
}

fn asks(column: Column) -> bool {
    matches!(column, Column::Question | Column::Field("front" | "prompt"))
}

fn tells(column: Column) -> bool {
    matches!(column, Column::Answer | Column::Field("back" | "answer"))
}

/// What a value says: texts, or numbers, `true` and `false` as they are written.
#[derive(Debug)]
pub(super) enum Held {
    /// Nothing: it is null or empty.
    Nothing,
    /// A text or several.
    Texts(Given<'static>),
    /// Something that no cell of a table could say.
    Other,
}

impl Held {
    pub(super) fn by(value: &RawValue) -> Self {
        let json = value.get();
        let text = |text: String| match text.trim() {
            "" => Self::Nothing,
            text => Self::Texts(Given::Text(text.to_owned().into())),
        };
        match json.as_bytes().first() {
            Some(b'{') => Self::Other,
            Some(b'"') => serde_json::from_str(json).map_or(Self::Other, text),
            Some(b'n') => Self::Nothing,
            Some(b'[') => {
                let Ok(values) = serde_json::from_str::<Vec<Box<RawValue>>>(json) else { return Self::Other };
                let mut texts = Vec::new();
                for value in &values {
                    match Self::by(value) {
                        Self::Texts(Given::Text(text)) => texts.push(text.into_owned()),
                        Self::Nothing => {}
                        Self::Texts(Given::Texts(_)) | Self::Other => return Self::Other,
                    }
                }
                if texts.is_empty() { Self::Nothing } else { Self::Texts(Given::Texts(texts)) }
            }
            _ => text(json.to_owned()),
        }
    }

    /// The text, where there is one.
    pub(super) fn text(&self) -> Option<&str> {
        match self {
            Self::Texts(Given::Text(text)) => Some(text),
            _ => None,
        }
    }
}
