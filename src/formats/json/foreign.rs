//! What the keys of other programs' notes hold: the names are those that columns of tables may have.

use crate::core::card::CardKind;
use crate::formats::ColumnChoice;
use crate::formats::Loss;
use crate::formats::LossKind;
use crate::formats::columns;
use crate::formats::columns::Column;
use crate::formats::columns::names;
use crate::formats::columns::names::Title;
use crate::formats::columns::note_types;
use crate::formats::columns::options::HowSaid;
use crate::formats::json::fault::DocumentFault;
use crate::formats::json::fault::JsonWarning;
use crate::formats::json::held::Held;
use crate::formats::json::held::Object;
use crate::formats::json::quiz::Quiz;
use crate::formats::json::seen::Look;
use std::collections::BTreeSet;

/// Names that are remembered at most.
const MOST_NAMES: usize = 100;

/// What is known of the keys of a file.
#[derive(Debug, Default)]
pub(in crate::formats) struct Keys {
    /// What the person said of them.
    said: Vec<ColumnChoice>,
    /// How the right one of several options is said.
    how: HowSaid,
    /// Those of the last note, whether one of them names a kind, and what each holds: notes of one file mostly have the same.
    last: (Vec<String>, bool, Vec<Column>),
    /// All of them, up to a limit: for people.
    all: Vec<String>,
    /// Those that the person named and no note had yet, as plain names.
    not_found: BTreeSet<String>,
    /// Keys that may be question or answer, in the order in which the file has them first.
    sides: Vec<String>,
    /// Keys that became lines of the explanation.
    merged: Vec<String>,
    /// Keys of which nothing is read.
    left_out: Vec<String>,
    /// Whether a question had options, and whether a number said which one is right.
    has_options: bool,
    has_numbers: bool,
}

impl Keys {
    /// Nothing yet, but what the person said and what a look at the file told.
    pub(in crate::formats) fn new(look: &Look<'_>) -> Self {
        let said = if look.is_said() { look.table.columns.clone() } else { Vec::new() };
        let not_found = said.iter().map(|choice| names::plain(&choice.column)).collect();
        Self { said, not_found, how: look.how(), ..Self::default() }
    }

    /// What the person said of a key: its role.
    fn role_said(&self, key: &str) -> Option<&str> {
        let wanted = names::plain(key);
        let exact = self.said.iter().find(|choice| choice.column == key);
        let of = |choice: &&ColumnChoice| names::plain(&choice.column) == wanted;
        exact.or_else(|| self.said.iter().find(of)).map(|choice| choice.role.as_str())
    }

    /// The kind that an object names, if it is one.
    pub(super) fn kind(&self, object: &Object) -> Option<&'static dyn CardKind> {
        let role = |name: &str| match self.role_said(name) {
            None if self.said.is_empty() => columns::named(name),
            said => said.map_or(Column::LeftOut, columns::named),
        };
        let named = |wanted: Column| {
            let (_, value) = object.iter().find(|(name, _)| role(name) == wanted)?;
            note_types::kind_called(Held::by(value).text()?)
        };
        named(Column::Kind).or_else(|| named(Column::NoteType))
    }

    /// The options of a question, where it has some. Whoever says what the keys are means no others.
    pub(super) fn quiz(&mut self, object: &Object) -> Option<Quiz> {
        let quiz = Quiz::of(object, self.how).filter(|_| self.said.is_empty())?;
        self.has_options = true;
        self.has_numbers |= quiz.by_number;
        Some(quiz)
    }

    /// Whether an object has a question and an answer.
    pub(super) fn is_note(&mut self, object: &Object) -> bool {
        let has_kind = self.kind(object).is_some();
        let columns = self.columns(object, has_kind);
        let asks = columns.iter().any(|column| column.asks());
        asks && (columns.iter().any(|column| column.tells()) || self.quiz(object).is_some())
    }

    /// What each key of a note holds. `Unknown` is a line of the explanation.
    pub(super) fn columns(&mut self, object: &Object, has_kind: bool) -> Vec<Column> {
        if self.last.1 != has_kind || !object.iter().map(|(name, _)| name).eq(&self.last.0) {
            let names: Vec<String> = object.iter().map(|(name, _)| name.clone()).collect();
            for name in &names {
                note(&mut self.all, name);
                if !self.not_found.is_empty() {
                    self.not_found.remove(&names::plain(name));
                }
            }
            let columns = if self.said.is_empty() { self.decided(&names, has_kind) } else { self.as_said(&names) };
            self.last = (names, has_kind, columns);
        }
        self.last.2.clone()
    }

    fn as_said(&self, keys: &[String]) -> Vec<Column> {
        let one = |key: &String| match self.role_said(key).map(columns::named) {
            Some(Column::Extra) => Column::Unknown,
            Some(column) => column,
            None => Column::LeftOut,
        };
        keys.iter().map(one).collect()
    }

    /// A key that the person named and that no note has, with those that there are.
    pub(in crate::formats) fn missing(&self) -> Option<DocumentFault> {
        let is_missing = |asked: &&String| self.not_found.contains(&names::plain(asked));
        let asked = self.said.iter().map(|choice| &choice.column).find(is_missing)?;
        Some(DocumentFault::NoSuchKey { asked: asked.clone(), keys: self.all.clone() })
    }

    fn decided(&mut self, keys: &[String], has_kind: bool) -> Vec<Column> {
        let mut found: Vec<Column> = keys.iter().map(|name| columns::named(name)).collect();
        if has_kind {
            return found;
        }
        columns::translation_sides(keys, &mut found);
        // Fields of other kinds than `basic` mean nothing where no key names the kind.
        let has_question = found.iter().any(|column| column.asks() && *column != Column::Field("text"));
        columns::without_foreign_groups(&mut found);
        for (column, name) in found.iter_mut().zip(keys) {
            match column {
                Column::Field("text") if !has_question => *column = Column::Question,
                Column::Field("front" | "back" | "prompt" | "answer") => {}
                // What is no kind of ours, as in `"kind": "noun"`.
                Column::Field(_) | Column::Kind | Column::NoteType => *column = Column::Unknown,
                Column::Unknown if name.eq_ignore_ascii_case("q") && !has_question => *column = Column::Question,
                Column::Unknown
                    if name.eq_ignore_ascii_case("a") && keys.iter().any(|key| key.eq_ignore_ascii_case("q")) =>
                {
                    *column = Column::Answer;
                }
                _ => {}
            }
        }
        let first = |test: fn(Column) -> bool| {
            let own = |column: &Column| test(*column) && matches!(column, Column::Field(_));
            found.iter().position(own).or_else(|| found.iter().position(|column| test(*column)))
        };
        let (mut question, mut answer) = (first(Column::asks), first(Column::tells));
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
            } else if column.asks() || column.tells() {
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

    /// What the person should know of all notes.
    pub(in crate::formats) fn warnings(&self) -> Vec<JsonWarning> {
        let of_numbers = self.has_numbers.then_some(JsonWarning::FirstOption(self.how.first.number()));
        let unsure = (self.has_options && self.how.is_unsure).then_some(JsonWarning::UnsureOption);
        of_numbers.into_iter().chain(unsure).collect()
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
