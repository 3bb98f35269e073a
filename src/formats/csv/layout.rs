//! How a row of a table becomes a note.

use crate::core::card;
use crate::core::card::CardKind;
use crate::core::card::Markup;
use crate::core::card::Said;
use crate::core::card::Shape;
use crate::core::card::between_bars;
use crate::core::card::kind;
use crate::core::card::options_in_one;
use crate::core::document::plain_text;
use crate::formats::HeaderRow;
use crate::formats::Item;
use crate::formats::Place;
use crate::formats::TableOptions;
use crate::formats::columns;
use crate::formats::columns::Column;
use crate::formats::columns::Dialect;
use crate::formats::columns::Draft;
use crate::formats::columns::Given;
use crate::formats::columns::Target;
use crate::formats::columns::fault::NoteFault;
use crate::formats::columns::note_types;
use crate::formats::columns::note_types::NoteType;
use crate::formats::csv::ESCAPED;
use crate::formats::csv::fault::RowFault;
use crate::formats::csv::fault::TableFault;
use crate::formats::csv::fault::TableWarning;
use crate::formats::csv::head::Head;
use crate::formats::csv::header;
use crate::formats::csv::html::of_html;
use crate::formats::csv::is_formula;
use crate::formats::csv::list;
use crate::formats::csv::roles::Roles;
use crate::formats::csv::tally::Tally;
use crate::formats::csv::unescaped;
use crate::formats::table::Cells;
use crate::formats::table::Row;
use crate::formats::table::separator::Separator;
use crate::formats::table::survey::Survey;
use crate::formats::table::survey::is_rule;
use std::borrow::Cow;

/// What the columns hold, and what holds for all rows.
pub(super) struct Layout {
    pub(super) head: Head,
    dialect: Dialect,
    separator: Separator,
    pub(super) roles: Roles,
    /// What a row's texts are marked up with; nothing where a table of ours says nothing.
    pub(super) markup: Option<Markup>,
    /// Whether a person or a directive says so.
    says_markup: bool,
    /// How many columns a row has.
    width: usize,
    /// Whether a blank stands behind the separators between cells.
    is_spaced: bool,
    /// The columns that have bars with blanks between their values: there a bar without blanks is text.
    spaced_bars: Vec<usize>,
    /// Whether it was said that bars without blanks separate values.
    told_of_bars: bool,
    /// Whether a mark stands before each line of a list.
    has_marks: bool,
    /// Whether lines such as `Chapter 1 - Verbs` are headings of a list.
    has_parts: bool,
    /// The first line, which may be a heading.
    first: String,
    /// The kind of a row that doesn't name one.
    default: &'static dyn CardKind,
    /// The note type of all rows, where a directive gives one.
    of_all: Option<Meaning>,
    plans: Vec<ColumnPlan>,
    /// The last note type met, and what it means: rows of one type mostly follow each other.
    last: Option<(String, Meaning)>,
    pub(super) tally: Tally,
    /// What is to be said to the person before the next row.
    pub(super) warnings: Vec<TableWarning>,
}

/// What a note type means.
#[derive(Clone, Copy)]
enum Meaning {
    Known(NoteType),
    /// No note type of Anki, but a kind of ours.
    Ours(&'static dyn CardKind),
    Unknown,
}

/// How the columns of a row differ from their usual roles.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Variant {
    Usual,
    /// The third field says whether there is a reversed card.
    OptionalReverse,
    /// The text with the gaps is in this column.
    ClozeAt(usize),
    /// The answer is one of several options, which are read apart.
    Quiz,
}

/// Where the columns go in notes of one kind.
struct ColumnPlan {
    kind: &'static dyn CardKind,
    variant: Variant,
    targets: Vec<Target>,
    /// What of a note the columns have a place for.
    says: Said,
    /// Columns that a row needs for the required fields.
    least: usize,
}

/// Which columns a row names that stands among the others.
pub(super) enum Named {
    /// Those of the table.
    These,
    /// Others.
    Others(Vec<String>),
}

/// What became of a row.
pub(super) enum Outcome {
    Note(Box<Item>),
    /// All of its cells are empty.
    Blank,
    /// It is of a note type that text can't show.
    LeftOut,
}

impl Layout {
    pub(super) fn of(
        head: Head,
        survey: &Survey,
        separator: &Separator,
        options: &TableOptions,
    ) -> Result<Self, TableFault> {
        let basic = kind("basic").ok_or_else(|| NoteFault::NoKind("basic".to_owned()))?;
        let mut roles = Roles::of(&head, survey, options, separator)?;
        let of_directive = match head.html {
            Some(true) => Markup::Html,
            Some(false) | None => Markup::Plain,
        };
        let warnings = std::mem::take(&mut roles.warnings);
        let has_header = roles.header != HeaderRow::None;
        let of_all = head.notetype.as_deref().map(meaning);
        Ok(Self {
            dialect: head.dialect(),
            separator: separator.clone(),
            markup: options.markup.or((!head.own).then_some(of_directive)),
            says_markup: options.markup.is_some() || head.html.is_some(),
            width: survey.columns.max(if has_header { roles.names.len() } else { 0 }),
            is_spaced: is_spaced(survey),
            spaced_bars: spaced_bars(survey),
            told_of_bars: false,
            has_marks: separator.is_of_list() && list::have_marks(survey),
            has_parts: separator.is_of_list() && list::has_parts(survey),
            first: survey.first.first().cloned().unwrap_or_default(),
            default: basic,
            of_all,
            plans: Vec::new(),
            last: None,
            tally: Tally::default(),
            warnings,
            roles,
            head,
        })
    }

    /// The same, with nothing counted.
    pub(super) fn again(&self) -> Self {
        Self {
            head: self.head.clone(),
            separator: self.separator.clone(),
            roles: self.roles.clone(),
            first: self.first.clone(),
            spaced_bars: self.spaced_bars.clone(),
            plans: Vec::new(),
            last: None,
            tally: Tally::default(),
            warnings: Vec::new(),
            ..*self
        }
    }

    pub(super) fn has_header(&self) -> bool {
        self.roles.header != HeaderRow::None
    }

    /// Whether a row behind a byte order mark, where files were put together, names columns: those of this table, or others.
    /// Without a mark it is a card: `front` and `question` are words like any other.
    pub(super) fn names_columns(&self, row: &Row, is_marked: bool) -> Option<Named> {
        if !is_marked {
            return None;
        }
        let names: Vec<String> = row.cells()?.iter().map(|(cell, _)| cell.trim().to_owned()).collect();
        if !header::is_header(&names) {
            return None;
        }
        let role = |at: usize| self.roles.columns.get(at).map(|column| self.roles.role(*column));
        let named =
            |(at, name): (usize, &String)| name.is_empty() || role(at) == Some(self.roles.role(columns::named(name)));
        Some(if names.iter().enumerate().all(named) { Named::These } else { Named::Others(names) })
    }

    /// Whether a row names the columns once more.
    pub(super) fn is_header_again(&self, row: &Row) -> bool {
        let Some(first) = self.roles.names.first().filter(|_| self.has_header()) else { return false };
        let Some(cells) = row.cells() else { return false };
        let is = |index: usize, name: &String| cells.get(index).is_some_and(|(cell, _)| cell.trim() == name);
        is(0, first) && self.roles.names.iter().enumerate().all(|(index, name)| is(index, name))
    }

    fn plan(&mut self, kind: &'static dyn CardKind, variant: Variant) -> usize {
        let known = self.plans.iter().position(|plan| plan.kind.name() == kind.name() && plan.variant == variant);
        known.unwrap_or_else(|| {
            let columns = self.roles.columns.clone();
            let targets: Vec<Target> =
                columns.iter().enumerate().map(|(at, column)| self.target(at, *column, kind, variant)).collect();
            let place = |name| {
                targets.iter().position(
                    |target| matches!(target, Target::Field(field, _) | Target::Line(field, _) if *field == name),
                )
            };
            let required = kind.fields().iter().filter(|field| field.required);
            let least = required.filter_map(|field| place(field.name)).max().map_or(0, |last| last + 1);
            let says = self.says(&targets, variant);
            self.plans.push(ColumnPlan { kind, variant, targets, says, least });
            self.plans.len() - 1
        })
    }

    /// What of a note columns with these targets have a place for, or the lines above the rows say of all.
    fn says(&self, targets: &[Target], variant: Variant) -> Said {
        let of_kind = |column: &Column| matches!(column, Column::Kind | Column::NoteType | Column::AddReverse);
        let for_all = [
            ("kind", self.of_all.is_some() || self.roles.columns.iter().any(of_kind)),
            ("markup", self.says_markup),
            ("tags", !self.head.tags.is_empty()),
        ];
        let for_all = for_all.into_iter().filter(|(_, is_said)| *is_said).map(|(part, _)| part);
        let of_quiz: &[&str] = if variant == Variant::Quiz { &["kind", "answer", "distractors"] } else { &[] };
        targets
            .iter()
            .map(|target| target.part())
            .chain(for_all)
            .chain(of_quiz.iter().copied())
            .fold(Said::NOTHING, Said::and)
    }

    fn target(&mut self, at: usize, column: Column, kind: &'static dyn CardKind, variant: Variant) -> Target {
        let is_question = matches!(column, Column::Question | Column::Nth(0));
        match (variant, column) {
            (Variant::ClozeAt(text), _) if text == at => columns::target(Column::Question, kind),
            (Variant::ClozeAt(_), _) if is_question => Target::Column(Column::Extra),
            (Variant::OptionalReverse, Column::Nth(2)) => Target::Skip,
            (Variant::Quiz, _) if self.roles.is_of_quiz(at) => Target::Skip,
            // Further fields of a note type: nothing names them but their number.
            (_, Column::Nth(nth)) if nth > 1 && self.head.any => {
                self.roles.labels.push(format!("Field {}", nth + 1));
                Target::Label(self.roles.labels.len() - 1)
            }
            (_, column) => columns::target(column, kind),
        }
    }

    pub(super) fn clean<'c>(&self, (cell, quoted): (&'c str, bool)) -> Cow<'c, str> {
        if self.dialect == Dialect::Own {
            let cell = if quoted && !cell.trim().is_empty() { cell } else { cell.trim() };
            if let Some(escaped) = cell.strip_prefix(ESCAPED) {
                return unescaped(escaped).into();
            }
            let safe = self.head.excel_safe && cell.starts_with('\'') && is_formula(cell);
            return cell.strip_prefix('\'').filter(|_| safe).unwrap_or(cell).into();
        }
        let cell = cell.trim();
        // How spreadsheets are made to keep `007`.
        if let Some(inner) = cell.strip_prefix("=\"").and_then(|rest| rest.strip_suffix('"')) {
            return inner.replace("\"\"", "\"").into();
        }
        cell.into()
    }

    /// The note in a row.
    pub(super) fn note(&mut self, row: &Row, place: Place) -> Result<Outcome, RowFault> {
        let Some(joined) = self.joined(row) else { return self.note_of(row, place) };
        let before = self.tally.joined;
        let read = self.note_of(&joined, place);
        if read.is_ok() && self.tally.joined == before {
            if before == 0 {
                self.warnings.push(TableWarning::Joined { place, separator: self.separator.name() });
            }
            self.tally.joined += 1;
        }
        read
    }

    /// A row that has too many cells, with those put together again that an unquoted comma of a text cut. Where there is a blank
    /// behind the commas between cells as well nothing tells them apart.
    fn joined(&self, row: &Row) -> Option<Row> {
        let wanted = self.width;
        let may_be = row.len() > wanted && wanted > 1 && self.dialect != Dialect::Own && !self.is_spaced;
        let separator = self.separator.is_comma().then(|| self.separator.bytes());
        row.joined(separator.filter(|_| may_be)?, wanted)
    }

    fn note_of(&mut self, row: &Row, place: Place) -> Result<Outcome, RowFault> {
        let cells = row.cells().ok_or(RowFault::CutCharacter)?;
        if is_rule(Some(cells), &self.separator) {
            return Ok(Outcome::Blank);
        }
        if self.is_heading(row, cells) {
            self.tally.headings += 1;
            return Ok(Outcome::LeftOut);
        }
        let Some((kind, variant)) = self.kind_of(cells)? else {
            self.tally.occlusions += 1;
            return Ok(Outcome::LeftOut);
        };
        let cell = |at: usize| cells.get(at).map_or_else(String::new, |cell| self.clean(cell).into_owned());
        // Beside a column of kinds only some rows have options.
        let is_asked = kind.name() == "choice" || !self.roles.columns.contains(&Column::Kind);
        let quiz = self.roles.quiz.as_ref().filter(|_| is_asked);
        let choice = quiz.and_then(|quiz| quiz.row(cell));
        let several = quiz.filter(|_| choice.is_none());
        let several = several.and_then(|quiz| Some((quiz.right, quiz.several(cell)?)));
        if choice.is_none()
            && several.is_none()
            && let Some(fault) = quiz.and_then(|quiz| quiz.fault(cell))
        {
            return Err(fault);
        }
        let of_quiz = choice.as_ref().and_then(|_| card::kind("choice"));
        let (kind, variant) = of_quiz.map_or((kind, variant), |choice| (choice, Variant::Quiz));
        let at = self.plan(kind, variant);
        let Some(plan) = self.plans.get(at) else {
            return Ok(Outcome::Blank);
        };
        let is_html = self.markup == Some(Markup::Html);
        let mut draft = Draft::new(kind);
        if let Some(markup) = self.markup {
            draft.marked_up(markup);
        }
        let (mut empty, mut only_picture, mut is_joined) = (true, false, false);
        for (index, cell) in cells.iter().enumerate() {
            let bare = if index == 0 && self.has_marks { list::without_mark(cell.0) } else { None };
            let cell = bare.map_or(cell, |bare| (bare, false));
            let text = match &several {
                Some((right, texts)) if *right == index => Cow::Borrowed(texts.as_str()),
                _ => self.clean(cell),
            };
            let text = match plan.targets.get(index) {
                Some(target) if is_html => of_html(text, *target),
                _ => text,
            };
            if text.is_empty() {
                continue;
            }
            empty = false;
            if text.starts_with('#') && ERRORS.contains(&&*text) {
                self.tally.formula_errors += 1;
            }
            let target = match plan.targets.get(index) {
                None | Some(Target::Surplus) => {
                    let is_surplus = |at: &usize| matches!(plan.targets.get(*at), None | Some(Target::Surplus));
                    let last = (0..index).rev().find(|at| !is_surplus(at));
                    let cut = last.and_then(|at| cells.get(at));
                    if is_text_after_separator(cell, &self.separator)
                        && !self.is_spaced
                        // Else it may as well be the cell before that goes on.
                        && !cut.is_some_and(|cut| is_text_after_separator(cut, &self.separator))
                        && let Some(target) = last.and_then(|at| plan.targets.get(at))
                        && draft.append(*target, &format!("{}{}", self.separator.text(), cell.0.trim_end()))
                    {
                        is_joined = true;
                        continue;
                    }
                    return Err(self.too_wide(row.len()));
                }
                Some(target) => *target,
            };
            if is_html && text.contains(['<', '[']) {
                only_picture |= self.tally.media(&text) && matches!(target, Target::Field(..) | Target::Line(..));
            } else if self.dialect == Dialect::Anki && text.contains('[') {
                self.tally.sounds(&text);
            }
            match target {
                Target::Label(label) => {
                    let label = self.roles.labels.get(label).map_or("", String::as_str);
                    draft.put_line(label, &text, if is_html { "<br>" } else { "\n" });
                }
                Target::Line(name, label) => {
                    let label = self.roles.labels.get(label).map_or("", String::as_str);
                    draft.put_line_in(name, label, &text, if is_html { "<br>" } else { "\n" });
                }
                Target::Field(name, Shape::Texts) if self.may_have_bars(index) => {
                    let wrong = if name == "distractors" { self.distractors(&text) } else { None };
                    let given = match between_bars(&text) {
                        None if wrong.is_some() => Given::Texts(wrong.unwrap_or_default()),
                        Some(values) => {
                            if !self.told_of_bars {
                                let cell = text.into_owned();
                                self.warnings.push(TableWarning::Bars { place, cell, count: values.len() });
                                self.told_of_bars = true;
                            }
                            Given::Texts(values)
                        }
                        None => Given::Text(text),
                    };
                    draft.put(target, given, self.dialect)?;
                }
                target => draft.put(target, Given::Text(text), self.dialect)?,
            }
        }
        if empty {
            return Ok(Outcome::Blank);
        }
        if let Some((answer, others)) = choice {
            draft.put(Target::Field("answer", Shape::Text), Given::Text(answer.into()), self.dialect)?;
            draft.put(Target::Field("distractors", Shape::Texts), Given::Texts(others), self.dialect)?;
        }
        draft.deck_or(self.head.deck.as_ref());
        if self.dialect != Dialect::Own
            && let Some(deck) = draft.deck_mut()
        {
            self.tally.decks.one_spelling(deck);
        }
        draft.add_tags(&self.head.tags);
        self.tally.only_pictures += u64::from(only_picture);
        if is_joined {
            if self.tally.joined == 0 {
                self.warnings.push(TableWarning::Joined { place, separator: self.separator.name() });
            }
            self.tally.joined += 1;
        }
        draft.finish(place, plan.says).map(Outcome::Note).map_err(|fault| match fault {
            NoteFault::Missing { kind, field } if !plan.says.has(field) => RowFault::NoColumn { kind, field },
            fault if row.len() >= plan.least => fault.into(),
            _ => RowFault::TooNarrow { found: row.len(), least: plan.least, separator: self.separator.name() },
        })
    }

    /// Who a bad row is, as far as its cells say so: the file has that card all the same.
    pub(super) fn who(&self, row: &Row, place: Place) -> Option<Box<Item>> {
        let cells = row.cells()?;
        let mut draft = Draft::new(self.default);
        for (index, (column, cell)) in self.roles.columns.iter().zip(cells.iter()).enumerate() {
            let bare = if index == 0 && self.has_marks { list::without_mark(cell.0) } else { None };
            draft.take_name(*column, self.clean(bare.map_or(cell, |bare| (bare, false))), self.dialect);
        }
        draft.deck_or(self.head.deck.as_ref());
        draft.unfinished(place)
    }

    /// Wrong answers that somebody wrote into one cell with letters before them, or with semicolons between them.
    fn distractors(&self, cell: &str) -> Option<Vec<String>> {
        let options = options_in_one(cell).filter(|_| self.dialect != Dialect::Own)?;
        let is_one_line = self.dialect.list(cell).len() == 1;
        (options.are_lettered || (is_one_line && cell.contains([';', '；']))).then_some(options.texts)
    }

    /// Whether bars without blanks may stand between the values of a column.
    fn may_have_bars(&self, at: usize) -> bool {
        self.dialect != Dialect::Own && !self.spaced_bars.contains(&at)
    }

    /// Whether a row of a list, or of a file with a table of Markdown, is a heading.
    fn is_heading(&self, row: &Row, cells: Cells<'_>) -> bool {
        let Some((line, _)) = cells.get(0) else { return false };
        if !self.separator.is_of_list() {
            return self.head.is_markdown && row.len() == 1 && line.starts_with('#');
        }
        (row.len() == 1 && (list::is_heading(line, &self.first) || list::is_part(line)))
            || (self.has_parts && list::is_part(line))
    }

    fn too_wide(&self, found: usize) -> RowFault {
        let known =
            self.roles.columns.iter().filter(|column| !matches!(column, Column::Surplus | Column::Nth(2..))).count();
        RowFault::TooWide { found, known, separator: self.separator.name() }
    }

    /// The kind of a row and how its columns differ; nothing for a row that no text can show.
    fn kind_of(&mut self, cells: Cells<'_>) -> Result<Option<(&'static dyn CardKind, Variant)>, NoteFault> {
        let mut of_row = None;
        let mut question = None;
        for (index, column) in self.roles.columns.iter().enumerate() {
            match column {
                Column::Kind | Column::NoteType => of_row = Some((index, *column)),
                column if column.asks() => {
                    question = question.or(cells.get(index).filter(|(cell, _)| !cell.is_empty()));
                }
                _ => {}
            }
        }
        let mut name = Cow::Borrowed("");
        let mut meant = self.of_all;
        if let Some((index, column)) = of_row
            && let Some(cell) = cells.get(index)
        {
            name = self.clean(cell);
            if !name.is_empty() {
                let of_row = self.meaning(&name);
                match of_row {
                    Meaning::Ours(kind) if column == Column::Kind => return Ok(Some((kind, Variant::Usual))),
                    Meaning::Unknown if column == Column::Kind => return Err(NoteFault::NoKind(name.into_owned())),
                    _ => meant = Some(of_row),
                }
            }
        }
        // In HTML what hides something may stand in a comment or in an attribute, where nobody sees it.
        let hides = |text: &str| {
            columns::is_cloze(text)
                && (self.markup != Some(Markup::Html) || columns::is_cloze(&plain_text(text, Markup::Html)))
        };
        let is_cloze = question.is_some_and(|(text, _)| hides(text));
        let cloze = |found: bool| kind("cloze").filter(|_| found).unwrap_or(self.default);
        let usual = |name: &str| kind(name).unwrap_or(self.default);
        Ok(Some(match meant {
            None => (cloze(is_cloze), Variant::Usual),
            Some(_) if self.is_occlusion(cells) => return Ok(None),
            Some(Meaning::Known(NoteType::Occlusion)) => return Ok(None),
            Some(Meaning::Known(NoteType::Kind(name))) => (usual(name), Variant::Usual),
            Some(Meaning::Ours(kind)) => (kind, Variant::Usual),
            Some(Meaning::Known(NoteType::OptionalReverse)) => {
                let says = |(index, column): (usize, &Column)| {
                    matches!(column, Column::AddReverse | Column::Nth(2))
                        && cells.get(index).is_some_and(|(cell, _)| !cell.trim().is_empty())
                };
                let reversed = self.roles.columns.iter().enumerate().any(says);
                (usual(if reversed { "reversed" } else { "basic" }), Variant::OptionalReverse)
            }
            Some(Meaning::Unknown) => {
                let holds = |(index, column): (usize, &Column)| {
                    matches!(column, Column::Nth(_) | Column::Labelled(_) | Column::Answer)
                        && cells.get(index).is_some_and(|(cell, _)| hides(cell))
                };
                let elsewhere = self.roles.columns.iter().enumerate().position(holds).filter(|_| !is_cloze);
                let kind = cloze(is_cloze || elsewhere.is_some());
                let name = if name.is_empty() { self.head.notetype.as_deref().unwrap_or_default() } else { &name };
                self.tally.unknown_type(name, kind.name());
                (kind, elsewhere.map_or(Variant::Usual, Variant::ClozeAt))
            }
        }))
    }

    /// Whether a row covers parts of a picture, whatever its note type is called.
    fn is_occlusion(&self, cells: Cells<'_>) -> bool {
        cells.iter().any(|(cell, _)| cell.contains("::image-occlusion:"))
    }

    fn meaning(&mut self, name: &str) -> Meaning {
        if let Some((last, meant)) = &self.last
            && last == name
        {
            return *meant;
        }
        let meant = meaning(name);
        self.last = Some((name.to_owned(), meant));
        meant
    }
}

/// What spreadsheets show where a formula failed.
const ERRORS: &[&str] = &["#NAME?", "#REF!", "#VALUE!", "#DIV/0!", "#N/A", "#NULL!", "#NUM!"];

fn meaning(name: &str) -> Meaning {
    match note_types::note_type(name) {
        Some(meant) => Meaning::Known(meant),
        None => match note_types::kind_called(name) {
            Some(kind) => Meaning::Ours(kind),
            None => Meaning::Unknown,
        },
    }
}

/// Whether in most rows that have two cells or more the second begins with a blank.
fn is_spaced(survey: &Survey) -> bool {
    let second = |row: &Vec<String>| row.get(1).map(|cell| cell.starts_with(' '));
    let rows: Vec<bool> = survey.all().filter_map(second).collect();
    rows.iter().filter(|is_spaced| **is_spaced).count() * 2 > rows.len()
}

/// The columns in which bars with blanks around them stand.
fn spaced_bars(survey: &Survey) -> Vec<usize> {
    let has = |at: usize| survey.all().filter_map(|row| row.get(at)).any(|cell| cell.contains(" | "));
    (0..survey.columns).filter(|at| has(*at)).collect()
}

/// Whether a cell is the rest of a text with a comma in it: `life, existence`.
fn is_text_after_separator((cell, quoted): (&str, bool), separator: &Separator) -> bool {
    !quoted && cell.starts_with(' ') && separator.is_comma()
}
