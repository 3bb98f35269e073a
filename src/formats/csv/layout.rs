//! Which column of a table holds what, and how a row becomes a note.

use crate::core::card::CardKind;
use crate::core::card::kind;
use crate::formats::Item;
use crate::formats::Place;
use crate::formats::columns;
use crate::formats::columns::Column;
use crate::formats::columns::Dialect;
use crate::formats::columns::Draft;
use crate::formats::columns::Given;
use crate::formats::columns::Target;
use crate::formats::columns::fault::NoteFault;
use crate::formats::csv::fault::RowFault;
use crate::formats::csv::fault::TableFault;
use crate::formats::csv::fault::TableWarning;
use crate::formats::csv::head::Head;
use crate::formats::csv::is_formula;
use crate::formats::html;
use crate::formats::table::Cells;
use crate::formats::table::Row;
use crate::formats::table::Survey;
use std::borrow::Cow;

/// What the columns hold, and what holds for all rows.
pub(super) struct Layout {
    head: Head,
    dialect: Dialect,
    delimiter: u8,
    columns: Vec<Column>,
    /// The first row names the columns.
    pub(super) has_header: bool,
    /// The kind of a row that doesn't name one.
    default: &'static dyn CardKind,
    /// No directive gives a kind for the whole file, so a row whose question hides something is a cloze.
    may_be_cloze: bool,
    plans: Vec<ColumnPlan>,
    told_of_note_type: bool,
    /// What is to be said to the person before the next row.
    pub(super) warnings: Vec<TableWarning>,
}

/// Where the columns go in notes of one kind.
struct ColumnPlan {
    kind: &'static dyn CardKind,
    targets: Vec<Target>,
    /// Columns that a row needs for the required fields.
    least: usize,
}

impl Layout {
    pub(super) fn of(head: Head, survey: &Survey, delimiter: u8) -> Result<Self, TableFault> {
        let basic = kind("basic").ok_or_else(|| NoteFault::NoKind("basic".to_owned()))?;
        let has_header = is_header(&survey.first);
        let named: Vec<String> = head.columns.iter().flat_map(|names| split_names(names, delimiter)).collect();
        let mut warnings = Vec::new();
        let mut columns: Vec<Column> = if has_header {
            let columns: Vec<Column> = survey.first.iter().map(|name| columns::named(name)).collect();
            let unknown = |(name, column): (&String, &Column)| {
                (*column == Column::Unknown && !name.is_empty()).then(|| name.clone())
            };
            let unknown: Vec<String> = survey.first.iter().zip(&columns).filter_map(unknown).collect();
            if !unknown.is_empty() {
                warnings.push(TableWarning::UnknownColumns(unknown));
            }
            columns
        } else if is_header(&named) {
            named.iter().map(|name| columns::named(name)).collect()
        } else {
            positions(&head, survey.columns)
        };
        for (place, column) in &head.places {
            if let Some(slot) = columns.get_mut(*place) {
                *slot = *column;
            }
        }
        let mut layout = Self {
            dialect: head.dialect(),
            delimiter,
            columns,
            has_header,
            default: basic,
            may_be_cloze: head.notetype.is_none(),
            plans: Vec::new(),
            told_of_note_type: false,
            warnings,
            head,
        };
        if let Some(name) = layout.head.notetype.clone() {
            layout.default = layout.note_type(&name);
        }
        Ok(layout)
    }

    /// The kind for one of Anki's note types. Notes of an unknown one are read as front and back.
    fn note_type(&mut self, name: &str) -> &'static dyn CardKind {
        let found = columns::kind_called(name);
        if found.is_none() && !self.told_of_note_type {
            self.told_of_note_type = true;
            self.warnings.push(TableWarning::UnknownNoteType(name.to_owned()));
        }
        found.unwrap_or(self.default)
    }

    fn plan(&mut self, kind: &'static dyn CardKind) -> usize {
        let known = self.plans.iter().position(|plan| plan.kind.name() == kind.name());
        known.unwrap_or_else(|| {
            let targets: Vec<Target> = self.columns.iter().map(|column| columns::target(*column, kind)).collect();
            let place =
                |name| targets.iter().position(|target| matches!(target, Target::Field(field, _) if *field == name));
            let required = kind.fields().iter().filter(|field| field.required);
            let least = required.filter_map(|field| place(field.name)).max().map_or(0, |last| last + 1);
            self.plans.push(ColumnPlan { kind, targets, least });
            self.plans.len() - 1
        })
    }

    pub(super) fn clean<'c>(&self, (cell, quoted): (&'c str, bool)) -> Cow<'c, str> {
        match self.dialect {
            Dialect::Own => {
                let cell = if quoted && !cell.trim().is_empty() { cell } else { cell.trim() };
                let safe = self.head.excel_safe && cell.starts_with('\'') && is_formula(cell);
                cell.strip_prefix('\'').filter(|_| safe).unwrap_or(cell).into()
            }
            _ if self.head.html => html::to_text(cell).into(),
            _ => cell.trim().into(),
        }
    }

    /// The note in a row; `None` if all cells are empty.
    pub(super) fn note(&mut self, row: &Row, line: u64) -> Result<Option<Box<Item>>, RowFault> {
        let cells = row.cells().ok_or(RowFault::CutCharacter)?;
        let kind = self.kind_of(cells)?;
        let at = self.plan(kind);
        let Some(plan) = self.plans.get(at) else {
            return Ok(None);
        };
        let mut draft = Draft::new(kind);
        let mut empty = true;
        for (index, cell) in cells.iter().enumerate() {
            let text = self.clean(cell);
            if text.is_empty() {
                continue;
            }
            empty = false;
            match plan.targets.get(index) {
                None | Some(Target::Surplus) => return Err(self.too_wide(row.len())),
                Some(target) => draft.put(*target, Given::Text(text), self.dialect)?,
            }
        }
        if empty {
            return Ok(None);
        }
        draft.deck_or(self.head.deck.as_ref());
        draft.add_tags(&self.head.tags);
        let place = Place { line, column: 0 };
        draft.finish(place).map(Some).map_err(|fault| {
            if row.len() >= plan.least {
                return fault.into();
            }
            RowFault::TooNarrow { found: row.len(), least: plan.least, delimiter: self.delimiter }
        })
    }

    fn too_wide(&self, found: usize) -> RowFault {
        let known = self.columns.iter().filter(|column| !matches!(column, Column::Nth(2..))).count();
        RowFault::TooWide { found, known, delimiter: self.delimiter }
    }

    fn kind_of(&mut self, cells: Cells<'_>) -> Result<&'static dyn CardKind, NoteFault> {
        let mut of_row = None;
        let mut question = None;
        for (index, column) in self.columns.iter().enumerate() {
            match column {
                Column::Kind | Column::NoteType => of_row = Some((index, *column)),
                Column::Question | Column::Nth(0) | Column::Field("front" | "prompt" | "text") => {
                    question = question.or(cells.get(index).filter(|(cell, _)| !cell.is_empty()));
                }
                _ => {}
            }
        }
        if let Some((index, column)) = of_row
            && let Some(cell) = cells.get(index)
        {
            let name = self.clean(cell);
            if column == Column::NoteType && !name.is_empty() {
                let name = name.into_owned();
                return Ok(self.note_type(&name));
            }
            if !name.is_empty() {
                return columns::kind_called(&name).ok_or_else(|| NoteFault::NoKind(name.into_owned()));
            }
        }
        let cloze = self.may_be_cloze && question.is_some_and(|(text, _)| columns::is_cloze(text));
        Ok(kind("cloze").filter(|_| cloze).unwrap_or(self.default))
    }
}

/// The columns of a table that doesn't name them: two texts, and those that directives place.
fn positions(head: &Head, columns: usize) -> Vec<Column> {
    let tags_said = head.places.iter().any(|(_, column)| *column == Column::Tags);
    let mut nth = 0;
    let width = columns.max(3 + head.places.len());
    let mut found = Vec::with_capacity(width);
    for place in 0..width {
        if let Some((_, column)) = head.places.iter().find(|(at, _)| *at == place) {
            found.push(*column);
            continue;
        }
        // Anki takes the first column after the fields for tags.
        let tags = nth == 2 && !tags_said && (head.any || columns == 3);
        found.push(if tags { Column::Tags } else { Column::Nth(nth) });
        nth += 1;
    }
    found
}

fn split_names(names: &str, delimiter: u8) -> Vec<String> {
    names.split(char::from(delimiter)).map(|name| name.trim().to_owned()).collect()
}

/// Whether a row names the columns: at least two of its cells are known names.
pub(super) fn is_header(cells: &[String]) -> bool {
    cells.iter().filter(|cell| columns::named(cell) != Column::Unknown).count() > 1
}
