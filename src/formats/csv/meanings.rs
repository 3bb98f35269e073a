//! Columns whose names and cells say different things of what they hold.

use crate::core::card::Form;
use crate::core::card::Markup;
use crate::formats::columns;
use crate::formats::columns::Column;
use crate::formats::columns::names;
use crate::formats::columns::note_types::kind_called;
use crate::formats::columns::note_types::may_be_kinds;
use crate::formats::csv::cells::is_running;
use crate::formats::csv::cells::is_used;
use crate::formats::csv::header;
use crate::formats::csv::roles::Roles;
use crate::formats::table::survey::Survey;

impl Roles {
    /// Columns that are there twice under a name that a note has only once: the first one is that, the others are shown with the
    /// answer.
    pub(super) fn without_doubles(&mut self) {
        let is_single = |column: &Column| {
            !matches!(
                column,
                Column::Question
                    | Column::Answer
                    | Column::Unknown
                    | Column::LeftOut
                    | Column::Tags
                    | Column::WholeTag
                    | Column::Source
                    | Column::After
                    | Column::Extra
                    | Column::Nth(_)
                    | Column::Surplus
                    | Column::Labelled(_)
            )
        };
        for at in 1..self.columns.len() {
            let (before, rest) = self.columns.split_at_mut(at);
            if let Some(column) = rest.first_mut()
                && is_single(column)
                && before.contains(column)
            {
                *column = Column::Unknown;
            }
        }
    }

    /// Columns that are called like a role and hold something else: `Kind` is a child in German, a form may be that of a verb, and
    /// fields of other kinds than `basic` mean nothing where no column names the kind.
    pub(super) fn without_other_meanings(&mut self, survey: &Survey) {
        let cells = |at: usize| {
            let cells = survey.below.iter().filter_map(move |row| row.get(at)).map(|cell| cell.trim());
            cells.filter(|cell| !cell.is_empty())
        };
        // A word such as `list` stands in any column; one mistyped kind is a fault of its row.
        let means_none = |at: usize, test: &dyn Fn(&str) -> bool| {
            cells(at).filter(|cell| test(cell)).count() * 2 < cells(at).count()
        };
        if !self.columns.iter().any(|column| matches!(column, Column::Kind | Column::NoteType)) {
            let says_kinds = |at: &usize| {
                self.columns.get(*at) == Some(&Column::Unknown)
                    && self.names.get(*at).is_some_and(|name| may_be_kinds(&names::plain(name)))
                    && cells(*at).next().is_some()
                    && !means_none(*at, &|cell| kind_called(cell).is_some())
            };
            let kinds = (0..self.columns.len()).find(says_kinds);
            if let Some(column) = kinds.and_then(|at| self.columns.get_mut(at)) {
                *column = Column::Kind;
            }
        }
        for (at, column) in self.columns.iter_mut().enumerate() {
            let is_other = match column {
                Column::Kind => means_none(at, &|cell| kind_called(cell).is_some()),
                Column::Form => means_none(at, &|cell| Form::of_name(cell).is_some()),
                Column::Markup => means_none(at, &|cell| Markup::of_name(cell).is_some()),
                _ => false,
            };
            if is_other {
                *column = Column::Unknown;
            }
        }
        if self.columns.iter().any(|column| matches!(column, Column::Kind | Column::NoteType)) {
            return;
        }
        for at in 0..self.columns.len() {
            let others = |role: Column| {
                let mut others = self.columns.iter().enumerate().filter(|(other, _)| *other != at);
                others.any(|(_, column)| header::class(*column) == role)
            };
            let now = match self.columns.get(at) {
                Some(Column::Field("text")) if cells(at).any(columns::is_cloze) => continue,
                Some(Column::Field("text")) if !others(Column::Question) => Column::Question,
                Some(Column::Field("items")) if !others(Column::Answer) => continue,
                Some(Column::Field("front" | "back" | "prompt" | "answer")) => continue,
                Some(Column::Field(_)) => Column::Unknown,
                _ => continue,
            };
            if let Some(column) = self.columns.get_mut(at) {
                *column = now;
            }
        }
    }

    /// Leaves out columns that are called a number and count the rows, where there is enough beside them.
    pub(super) fn without_numbers(&mut self, survey: &Survey) {
        for at in 0..self.columns.len() {
            let may_count = self.names.get(at).is_some_and(|name| names::may_count_rows(&names::plain(name)));
            let others = (0..self.columns.len()).filter(|other| *other != at && is_used(survey, *other)).count();
            if may_count
                && others > 1
                && is_running(survey, at, false)
                && let Some(column) = self.columns.get_mut(at)
            {
                *column = Column::LeftOut;
            }
        }
    }
}
