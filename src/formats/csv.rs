//! `csv` and `tsv`: tables from spreadsheets, Quizlet and Anki's text export, and the table that we write ourselves.

use crate::core::card::CardKind;
use crate::core::card::Shape;
use crate::core::card::Value;
use crate::core::card::kind;
use crate::core::id::NoteUid;
use crate::formats::Exporter;
use crate::formats::FormatError;
use crate::formats::Identity;
use crate::formats::ImportItem;
use crate::formats::Importer;
use crate::formats::Item;
use crate::formats::Place;
use crate::formats::ReadOptions;
use crate::formats::ReadSeek;
use crate::formats::Record;
use crate::formats::RecordWriter;
use crate::formats::Rejected;
use crate::formats::Sink;
use crate::formats::columns;
use crate::formats::columns::Column;
use crate::formats::columns::Dialect;
use crate::formats::columns::Draft;
use crate::formats::columns::Given;
use crate::formats::columns::Target;
use crate::formats::decode;
use crate::formats::html;
use crate::formats::table;
use crate::formats::table::Cells;
use crate::formats::table::Next;
use crate::formats::table::Row;
use crate::formats::table::Rows;
use crate::formats::table::Survey;
use std::borrow::Cow;
use std::cmp::Reverse;
use std::io;
use std::io::Write;

/// Separators that are tried, the likeliest first.
const DELIMITERS: &[u8] = b"\t;,|";

/// Version of the table that we write; a file of a later one is refused.
const VERSION: u32 = 1;

/// Extensions of files that are text, but no tables.
const OTHER_TEXT: &[&str] = &[
    "md", "markdown", "org", "toml", "json", "jsonl", "ndjson", "yaml", "yml", "xml", "html", "htm", "rs", "py", "sh",
    "tex", "log", "sql",
];

/// Reader of tables.
pub(super) struct TableImporter {
    name: &'static str,
    /// Separator where nothing else says one; guessed where there is none.
    delimiter: Option<u8>,
}

/// Any separator.
pub(super) static CSV: TableImporter = TableImporter { name: "csv", delimiter: None };

/// Tabs.
pub(super) static TSV: TableImporter = TableImporter { name: "tsv", delimiter: Some(b'\t') };

fn extension(file_name: &str) -> String {
    file_name.rsplit_once('.').map_or_else(String::new, |(_, extension)| extension.to_ascii_lowercase())
}

/// Whether bytes are text, and no JSON.
fn is_texty(head: &[u8]) -> bool {
    if head.starts_with(b"\xff\xfe") || head.starts_with(b"\xfe\xff") {
        return true;
    }
    let head = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head);
    let mut first = head.iter().filter(|byte| !byte.is_ascii_whitespace());
    let json = matches!(
        (first.next(), first.next()),
        (Some(b'{'), Some(b'"' | b'}') | None) | (Some(b'['), Some(b'{' | b'[' | b'"' | b']') | None)
    );
    !json && !head.iter().any(|byte| matches!(byte, 0..=8 | 14..=26 | 28..=31))
}

impl Importer for TableImporter {
    fn name(&self) -> &'static str {
        self.name
    }

    fn sniff(&self, file_name: &str, head: &[u8]) -> bool {
        match (self.delimiter, extension(file_name).as_str()) {
            (Some(_), extension) => matches!(extension, "tsv" | "tab"),
            (None, "csv" | "txt") => true,
            (None, extension) => !OTHER_TEXT.contains(&extension) && is_texty(head),
        }
    }

    fn read(&self, input: &mut dyn ReadSeek, options: &ReadOptions, sink: Sink<'_>) -> Result<(), FormatError> {
        let (text, warning) = decode::text(input)?;
        if let Some(warning) = warning {
            sink(ImportItem::Warning(warning))?;
        }
        let mut rows = Rows::new(text);
        let head = Head::read(&mut rows)?;
        let mut warnings = Vec::new();
        rows.comments = head.any;
        let survey = self.separate(&mut rows, &head, options, &mut warnings)?;
        let mut layout = Layout::of(head, &survey, rows.delimiter)?;
        let mut row = Row::default();
        layout.warnings.splice(0..0, warnings);
        let mut any = layout.has_header;
        let mut header_due = layout.has_header;
        loop {
            for warning in layout.warnings.drain(..) {
                sink(ImportItem::Warning(warning))?;
            }
            let (line, read) = match rows.next(&mut row)? {
                Next::Row(_) if header_due => {
                    header_due = false;
                    continue;
                }
                Next::Row(line) => (line, layout.note(&row, line)),
                Next::Unclosed(line) => (line, Err(UNCLOSED.to_owned())),
                Next::TooLong(line) => (line, Err(TOO_LONG.to_owned())),
                Next::End => break,
            };
            let place = Place { line, column: 0 };
            let outcome = match read {
                Ok(Some(item)) => ImportItem::Record(Record::Note(item)),
                Ok(None) => continue,
                Err(reason) => ImportItem::Rejected(Rejected { place, reason }),
            };
            any = true;
            sink(outcome)?;
        }
        if rows.had_nul {
            sink(ImportItem::Warning("there were NUL characters in it, which were left out".to_owned()))?;
        }
        if any { Ok(()) } else { Err(FormatError::NotThis("there are no rows in it".to_owned())) }
    }
}

const UNCLOSED: &str =
    "the quote \" that begins a cell here is never closed; close it, or write it twice within quotes";
const TOO_LONG: &str = "the row is longer than 1 MB; no card is";

impl TableImporter {
    /// Finds the separator, sets it, and tells how the first rows look with it.
    fn separate(
        &self,
        rows: &mut Rows<'_>,
        head: &Head,
        options: &ReadOptions,
        warnings: &mut Vec<String>,
    ) -> Result<Survey, FormatError> {
        if options.delimiter.is_some_and(|byte| !byte.is_ascii() || matches!(byte, b'"' | b'\n' | b'\r' | 0)) {
            let reason = "the separator must be one ASCII character, and neither a quote nor a line end";
            return Err(FormatError::NotThis(reason.to_owned()));
        }
        let comments = rows.comments;
        let sample = rows.sample()?.to_vec();
        let whole = rows.is_whole();
        let survey = |delimiter| table::survey(&sample, whole, delimiter, comments);
        let said = options.delimiter.or(head.separator).or(head.sep).or(self.delimiter);
        let one_column_will_do = |found: &Survey| {
            found.rows == 0
                || head.notetype.as_deref().is_some_and(|name| name.eq_ignore_ascii_case("cloze"))
                || found.first.first().is_some_and(|cell| columns::is_cloze(cell))
        };
        if let Some(said) = said {
            let found = survey(said);
            rows.delimiter = said;
            if found.split > 0 || one_column_will_do(&found) {
                return Ok(found);
            }
            // A spreadsheet saves with its own separator and keeps the line that names the old one.
            if let Some((delimiter, found)) = guess(survey).filter(|_| options.delimiter.is_none()) {
                rows.delimiter = delimiter;
                warnings.push(format!(
                    "nothing is separated by {}, so {} was taken",
                    delimiter_name(said),
                    delimiter_name(delimiter)
                ));
                return Ok(found);
            }
            return Err(FormatError::NotThis(format!(
                "every row has one column when separated by {}; say what separates question and answer with --delimiter",
                delimiter_name(said)
            )));
        }
        if let Some((delimiter, found)) = guess(survey) {
            rows.delimiter = delimiter;
            return Ok(found);
        }
        let found = survey(b',');
        if one_column_will_do(&found) {
            return Ok(found);
        }
        Err(FormatError::NotThis(format!(
            "its rows are one column each: {} were tried; say what separates question and answer with --delimiter",
            DELIMITERS.iter().map(|delimiter| delimiter_name(*delimiter)).collect::<Vec<_>>().join(", ")
        )))
    }
}

/// The separator that gives most rows the same two or more columns.
fn guess(survey: impl Fn(u8) -> Survey) -> Option<(u8, Survey)> {
    let mut tried: Vec<(u8, Survey)> = DELIMITERS.iter().map(|delimiter| (*delimiter, survey(*delimiter))).collect();
    tried.retain(|(_, found)| found.split > 0);
    // Stable sorts: of equals the likelier one stays in front.
    let unlikeliness =
        |found: &Survey| (!is_header(&found.first), Reverse(even_rows(found)), found.strays, Reverse(found.split));
    tried.sort_by_key(|(_, found)| unlikeliness(found));
    tried
        .into_iter()
        .find(|(_, found)| is_header(&found.first) || even_rows(found) * 2 > found.rows || found.split * 2 > found.rows)
}

fn even_rows(survey: &Survey) -> usize {
    if survey.columns > 1 { survey.even } else { 0 }
}

/// Whether a row names its columns: two names are known.
fn is_header(cells: &[String]) -> bool {
    cells.iter().filter(|cell| columns::named(cell) != Column::Unknown).count() > 1
}

fn delimiter_name(delimiter: u8) -> String {
    match delimiter {
        b'\t' => "tab".to_owned(),
        b' ' => "space".to_owned(),
        other => format!("`{}`", char::from(other)),
    }
}

/// What stands above the rows: Excel's `sep=;` and Anki's directives, with ours.
#[derive(Debug, Default)]
struct Head {
    /// There were directives, so lines that begin with `#` are no cards.
    any: bool,
    own: bool,
    excel_safe: bool,
    sep: Option<u8>,
    separator: Option<u8>,
    html: bool,
    tags: Vec<String>,
    columns: Option<String>,
    notetype: Option<String>,
    deck: Option<String>,
    /// Places of columns, from 0.
    places: Vec<(usize, Column)>,
}

impl Head {
    fn read(rows: &mut Rows<'_>) -> Result<Self, FormatError> {
        let mut head = Self::default();
        let mut first = true;
        loop {
            let sample = rows.sample()?;
            let end = sample.iter().position(|byte| matches!(byte, b'\n' | b'\r')).unwrap_or(sample.len());
            let Ok(line) = std::str::from_utf8(sample.get(..end).unwrap_or_default()) else {
                break;
            };
            if let Some(sep) = excel_sep(line).filter(|_| first) {
                head.sep = Some(sep);
            } else if !head.directive(line)? {
                break;
            }
            first = false;
            rows.skip_line()?;
        }
        Ok(head)
    }

    /// Takes a line in, if it is a directive, or a comment after one.
    fn directive(&mut self, line: &str) -> Result<bool, FormatError> {
        let Some(line) = line.strip_prefix('#') else {
            return Ok(false);
        };
        let Some((key, raw)) = line.split_once(':') else {
            return Ok(self.any);
        };
        // A spreadsheet pads the line to the width of the table.
        let bare = raw.trim_end_matches([',', ';', '\t', '|', ' ']).trim();
        let value = raw.trim();
        let place = |column| bare.parse().ok().and_then(|place: usize| Some((place.checked_sub(1)?, column)));
        match key.trim().to_lowercase().as_str() {
            "lmq" => self.own(bare)?,
            "separator" => self.separator = separator(raw, bare),
            "html" => self.html = bare.eq_ignore_ascii_case("true"),
            "tags" => self.tags = value.split_whitespace().map(str::to_owned).collect(),
            "columns" => self.columns = Some(raw.to_owned()),
            "notetype" => self.notetype = Some(value.to_owned()),
            "deck" => self.deck = Some(value.to_owned()).filter(|deck| !deck.is_empty()),
            "notetype column" => self.places.extend(place(Column::NoteType)),
            "deck column" => self.places.extend(place(Column::Deck)),
            "tags column" => self.places.extend(place(Column::Tags)),
            "guid column" => self.places.extend(place(Column::Guid)),
            "if matches" | "match scope" => {}
            _ => return Ok(self.any),
        }
        self.any = true;
        Ok(true)
    }

    /// `#lmq:1 excel-safe`
    fn own(&mut self, value: &str) -> Result<(), FormatError> {
        let mut words = value.split_whitespace();
        let version = words.next().and_then(|version| version.parse::<u32>().ok()).unwrap_or(0);
        if version == 0 || version > VERSION {
            return Err(FormatError::NotThis(format!(
                "it was written by a newer lmq (`#lmq:{value}`, this one reads {VERSION}); update lmq"
            )));
        }
        self.own = true;
        self.excel_safe = words.any(|word| word == "excel-safe");
        Ok(())
    }

    fn dialect(&self) -> Dialect {
        match (self.own, self.any) {
            (true, _) => Dialect::Own,
            (false, true) => Dialect::Anki,
            (false, false) => Dialect::Plain,
        }
    }
}

/// Excel's `sep=;`, which it quotes when it saves.
fn excel_sep(line: &str) -> Option<u8> {
    let line = line.trim_matches('"');
    let (key, value) = line.split_at_checked(4)?;
    match value.as_bytes() {
        [byte, ..] if key.eq_ignore_ascii_case("sep=") && value.len() == 1 && byte.is_ascii() => Some(*byte),
        _ => None,
    }
}

fn separator(raw: &str, bare: &str) -> Option<u8> {
    match bare.to_lowercase().as_str() {
        "comma" => Some(b','),
        "semicolon" => Some(b';'),
        "tab" | "\\t" => Some(b'\t'),
        "space" => Some(b' '),
        "pipe" => Some(b'|'),
        "colon" => Some(b':'),
        // The character itself, perhaps with the padding of a spreadsheet.
        _ => raw.bytes().find(|byte| *byte != b' ').filter(|byte| byte.is_ascii() && !matches!(byte, b'"' | b'#')),
    }
}

/// What the columns of the table hold, and what is the same for all its rows.
struct Layout {
    head: Head,
    dialect: Dialect,
    delimiter: u8,
    columns: Vec<Column>,
    has_header: bool,
    /// Kind of rows that name none.
    default: &'static dyn CardKind,
    /// No kind is said for the whole file: a row that hides something in its question is a cloze.
    may_be_cloze: bool,
    plans: Vec<ColumnPlan>,
    told_of_note_type: bool,
    warnings: Vec<String>,
}

/// Where the columns go in notes of one kind.
struct ColumnPlan {
    kind: &'static dyn CardKind,
    targets: Vec<Target>,
    /// Columns that a row needs for the required fields.
    least: usize,
}

impl Layout {
    fn of(head: Head, survey: &Survey, delimiter: u8) -> Result<Self, FormatError> {
        let basic = kind("basic").ok_or_else(|| FormatError::NotThis(columns::no_kind("basic")))?;
        let has_header = is_header(&survey.first);
        let named: Vec<String> = head.columns.iter().flat_map(|names| split_names(names, delimiter)).collect();
        let mut warnings = Vec::new();
        let mut columns: Vec<Column> = if has_header {
            let columns: Vec<Column> = survey.first.iter().map(|name| columns::named(name)).collect();
            let unknown = |(name, column): (&String, &Column)| {
                (*column == Column::Unknown && !name.is_empty()).then(|| format!("`{name}`"))
            };
            let unknown: Vec<String> = survey.first.iter().zip(&columns).filter_map(unknown).collect();
            if !unknown.is_empty() {
                warnings.push(format!("columns that mean nothing here were left out: {}", unknown.join(", ")));
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

    /// The kind for one of Anki's note types. What we don't know is taken for a front and a back.
    fn note_type(&mut self, name: &str) -> &'static dyn CardKind {
        let found = columns::kind_called(name);
        if found.is_none() && !self.told_of_note_type {
            self.told_of_note_type = true;
            self.warnings
                .push(format!("the note type `{name}` is not known here: its notes are read as front and back"));
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

    fn clean<'c>(&self, (cell, quoted): (&'c str, bool)) -> Cow<'c, str> {
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

    /// The note in a row; nothing where all cells are empty.
    fn note(&mut self, row: &Row, line: u64) -> Result<Option<Box<Item>>, String> {
        let cells = row.cells().ok_or("the separator cuts a character in two")?;
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
        draft.finish(place).map(Some).map_err(|reason| {
            if row.len() >= plan.least {
                return reason;
            }
            let wanted = format!("{} or more", plan.least);
            format!("{} (separated by {})", columns::wrong_width(row.len(), &wanted), delimiter_name(self.delimiter))
        })
    }

    fn too_wide(&self, found: usize) -> String {
        let known = self.columns.iter().filter(|column| !matches!(column, Column::Nth(2..))).count();
        format!(
            "{}; put \" around a cell that holds {}",
            columns::wrong_width(found, &known.to_string()),
            delimiter_name(self.delimiter)
        )
    }

    fn kind_of(&mut self, cells: Cells<'_>) -> Result<&'static dyn CardKind, String> {
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
                return columns::kind_called(&name).ok_or_else(|| columns::no_kind(&name));
            }
        }
        let cloze = self.may_be_cloze && question.is_some_and(|(text, _)| columns::is_cloze(text));
        Ok(kind("cloze").filter(|_| cloze).unwrap_or(self.default))
    }
}

/// The columns of a table that names none: two texts, and what directives say.
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

/// Whether a spreadsheet would run the cell as a formula, were it not for the quotes before it.
fn is_formula(cell: &str) -> bool {
    cell.trim_start_matches('\'').starts_with(['=', '+', '-', '@', '\t', '\r'])
}

/// Writer of the table that we read back without loss.
pub(super) struct TableExporter;

/// Columns before those of the fields of other kinds than `basic`.
const COLUMNS: &[&str] = &[
    "id", "key", "deck", "kind", "front", "back", "hint", "extra", "tags", "source", "topic", "speaker", "group",
    "after", "held_out",
];

impl Exporter for TableExporter {
    fn name(&self) -> &'static str {
        "csv"
    }

    fn begin<'a>(&self, out: &'a mut dyn Write) -> io::Result<Box<dyn RecordWriter + 'a>> {
        let mut names = COLUMNS.to_vec();
        for name in columns::field_names() {
            if !names.contains(&name) {
                names.push(name);
            }
        }
        let columns = names.iter().map(|name| columns::named(name)).collect();
        // The mark is for Excel, which takes UTF-8 without it for Windows-1252.
        let head = format!("\u{feff}#lmq:{VERSION} excel-safe\n#separator:Comma\n{}\n", names.join(","));
        Ok(Box::new(TableWriter {
            out,
            buffer: head.into_bytes(),
            scratch: String::new(),
            columns,
            shapes: Vec::new(),
            deck: String::new(),
        }))
    }
}

struct TableWriter<'a> {
    out: &'a mut dyn Write,
    buffer: Vec<u8>,
    scratch: String,
    columns: Vec<Column>,
    /// For each kind met so far: the shape of the field that a column holds, where the kind has that field.
    shapes: Vec<(&'static str, Vec<Option<Shape>>)>,
    deck: String,
}

impl RecordWriter for TableWriter<'_> {
    fn write(&mut self, record: &Record) -> io::Result<()> {
        match record {
            Record::Deck(head) => {
                let name = if head.name.is_empty() { &head.id } else { &head.name };
                name.clone_into(&mut self.deck);
            }
            // A table has no place for them; notes keep the topic's id.
            Record::Topic(_) => {}
            Record::Note(item) => self.note(item)?,
        }
        if self.buffer.len() >= decode::CHUNK {
            self.out.write_all(&self.buffer)?;
            self.buffer.clear();
        }
        Ok(())
    }

    fn finish(self: Box<Self>) -> io::Result<()> {
        self.out.write_all(&self.buffer)?;
        self.out.flush()
    }
}

fn refused(reason: String) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidInput, reason)
}

impl TableWriter<'_> {
    fn note(&mut self, item: &Item) -> io::Result<()> {
        let text = &item.text;
        let kind = kind(&text.kind).ok_or_else(|| refused(columns::no_kind(&text.kind)))?;
        let field = |name: &str| kind.fields().iter().find(|field| field.name == name);
        if let Some(unknown) = text.fields.keys().find(|name| field(name).is_none()) {
            return Err(refused(columns::no_field(kind, unknown)));
        }
        let known = self.shapes.iter().position(|(name, _)| *name == kind.name()).unwrap_or_else(|| {
            let shape = |column: &Column| match column {
                Column::Field(name) => field(name).map(|field| field.shape),
                _ => None,
            };
            self.shapes.push((kind.name(), self.columns.iter().map(shape).collect()));
            self.shapes.len() - 1
        });
        let shapes = self.shapes.get(known).map_or(&[] as &[_], |(_, shapes)| shapes);
        let out = &mut self.buffer;
        let scratch = &mut self.scratch;
        for (index, column) in self.columns.iter().enumerate() {
            if index > 0 {
                out.push(b',');
            }
            match column {
                Column::Uid => write_uid(&item.identity, out),
                Column::Key => match &item.identity {
                    Identity::Key(key) => write_cell(key, out),
                    _ => write_cell(item.key.as_deref().unwrap_or_default(), out),
                },
                Column::Deck => write_cell(item.deck.as_ref().unwrap_or(&self.deck), out),
                Column::Kind => write_cell(kind.name(), out),
                Column::Hint => write_cell(text.hint.as_deref().unwrap_or_default(), out),
                Column::Extra => write_cell(text.extra.as_deref().unwrap_or_default(), out),
                Column::Topic => write_cell(text.topic.as_deref().unwrap_or_default(), out),
                Column::Speaker => write_cell(text.speaker.as_deref().unwrap_or_default(), out),
                Column::Group => write_cell(text.group.as_deref().unwrap_or_default(), out),
                Column::Tags => write_words(&text.tags, scratch, out),
                Column::Source => write_words(&text.source, scratch, out),
                Column::After => write_words(&text.after, scratch, out),
                Column::HeldOut => write_cell(if text.held_out { "yes" } else { "" }, out),
                Column::Field(name) => {
                    if let Some(Some(shape)) = shapes.get(index)
                        && let Some(value) = text.fields.get(*name)
                    {
                        write_value(value, *shape, scratch, out).map_err(|()| {
                            refused(format!("`{name}` of a `{}` card holds what it may not", kind.name()))
                        })?;
                    }
                }
                _ => {}
            }
        }
        out.push(b'\n');
        Ok(())
    }
}

fn write_uid(identity: &Identity, out: &mut Vec<u8>) {
    let NoteUid(bytes) = match identity {
        Identity::Uid(uid) => *uid,
        Identity::Foreign { namespace, id } => NoteUid::of_foreign(namespace, id),
        Identity::Key(_) | Identity::None => return,
    };
    let digit = |half: u8| if half < 10 { b'0' + half } else { b'a' + half - 10 };
    for byte in bytes {
        out.extend([digit(byte >> 4), digit(byte & 15)]);
    }
}

fn write_value(value: &Value, shape: Shape, scratch: &mut String, out: &mut Vec<u8>) -> Result<(), ()> {
    match (shape, value) {
        (Shape::Text, Value::Text(text)) => write_cell(text, out),
        (Shape::Variants, Value::Text(text)) => {
            scratch.clear();
            columns::write_phrasing(text, scratch);
            write_cell(scratch, out);
        }
        (Shape::Variants, Value::Texts(texts)) => {
            scratch.clear();
            if texts.len() == 1 {
                scratch.push_str("|\n");
            }
            for (index, text) in texts.iter().enumerate() {
                if index > 0 {
                    scratch.push_str("\n|\n");
                }
                columns::write_phrasing(text, scratch);
            }
            write_cell(scratch, out);
        }
        (Shape::Texts, Value::Texts(texts)) => {
            write_lines(texts, scratch);
            write_cell(scratch, out);
        }
        (Shape::Text, Value::Texts(_)) | (Shape::Texts, Value::Text(_)) => return Err(()),
    }
    Ok(())
}

fn write_lines(texts: &[String], scratch: &mut String) {
    scratch.clear();
    for (index, text) in texts.iter().enumerate() {
        if index > 0 {
            scratch.push('\n');
        }
        scratch.push_str(&columns::escape(text));
    }
}

/// Words with a space between, or one a line where a word has white space of its own.
fn write_words(words: &[String], scratch: &mut String, out: &mut Vec<u8>) {
    if words.iter().any(|word| word.contains(char::is_whitespace)) {
        write_lines(words, scratch);
        scratch.push('\n');
    } else {
        scratch.clear();
        for (index, word) in words.iter().enumerate() {
            if index > 0 {
                scratch.push(' ');
            }
            scratch.push_str(word);
        }
    }
    write_cell(scratch, out);
}

/// Appends a cell, quoted where it must be. Line ends become `\n`; NUL characters vanish.
fn write_cell(text: &str, out: &mut Vec<u8>) {
    if text.is_empty() {
        return;
    }
    // Bytes one after the other: for each there is a search that looks at many at once.
    let holds = |wanted: &[u8]| wanted.iter().any(|byte| text.as_bytes().contains(byte));
    if holds(b"\r\0") {
        let plain = text.replace("\r\n", "\n").replace('\r', "\n").replace('\0', "");
        return write_cell(&plain, out);
    }
    let formula = is_formula(text);
    let special = holds(b"\",\n")
        || text.starts_with(|c: char| c == '#' || c.is_whitespace())
        || text.ends_with(char::is_whitespace);
    if special {
        out.push(b'"');
    }
    if formula {
        out.push(b'\'');
    }
    if special {
        for (index, part) in text.split('"').enumerate() {
            if index > 0 {
                out.extend_from_slice(b"\"\"");
            }
            out.extend_from_slice(part.as_bytes());
        }
        out.push(b'"');
    } else {
        out.extend_from_slice(text.as_bytes());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::card::Field;
    use crate::formats::testing::Fake;
    use crate::formats::testing::any_notes;
    use crate::formats::testing::any_value;
    use crate::formats::testing::config;
    use crate::formats::testing::notes;
    use crate::formats::testing::read;
    use crate::formats::testing::read_with;
    use crate::formats::testing::rejected;
    use crate::formats::testing::warnings;
    use crate::formats::testing::written;
    use proptest::prelude::*;

    fn good(file_name: &str, bytes: impl AsRef<[u8]>) -> Vec<ImportItem> {
        let importer = if file_name.ends_with(".tsv") { &TSV } else { &CSV };
        let (outcomes, result) = read(importer, file_name, bytes.as_ref());
        result.unwrap();
        outcomes
    }

    fn refusal(text: &str) -> String {
        read(&CSV, "x.csv", text.as_bytes()).1.unwrap_err().to_string()
    }

    fn pairs(outcomes: &[ImportItem]) -> Vec<(&str, &str)> {
        notes(outcomes).into_iter().map(|item| (item.text.text("front"), item.text.text("back"))).collect()
    }

    #[test]
    fn a_paste_from_quizlet_is_read() {
        let outcomes = good(
            "-",
            "Who holds the ladder?\tthe manager, mostly\n \u{a0}“Lead” or follow?\u{a0}\tboth; in turn\n\"Lead\", she said\tquote\n",
        );
        assert_eq!(
            pairs(&outcomes),
            [
                ("Who holds the ladder?", "the manager, mostly"),
                ("“Lead” or follow?", "both; in turn"),
                ("\"Lead\", she said", "quote")
            ]
        );
        assert_eq!(outcomes.len(), 3);
    }

    #[test]
    fn a_table_of_european_excel_is_read() {
        let outcomes = good(
            "x.csv",
            b"sep=;\r\nFrage;Antwort\r\n\"F\xfchren; hei\xdft?\";\"Wege\nzeigen\"\r\n\x84Ziel\x93;M\xfcnchen\r\n;\r\n",
        );
        assert_eq!(pairs(&outcomes), [("Frage", "Antwort"), ("Führen; heißt?", "Wege\nzeigen"), ("„Ziel“", "München")]);
        assert!(warnings(&outcomes)[0].starts_with("line 3 is not UTF-8 (byte 0xFC)"), "{outcomes:?}");
        assert_eq!(outcomes.len(), 4);
    }

    #[test]
    fn unicode_text_of_excel_is_read() {
        let mut bytes = vec![0xff, 0xfe];
        bytes.extend("Front\tBack\r\nnaïve\t\"a \"\"b\"\"\"\r\n".encode_utf16().flat_map(u16::to_le_bytes));
        for name in ["x.tsv", "x.txt"] {
            assert_eq!(pairs(&good(name, &bytes)), [("naïve", "a \"b\"")]);
        }
        let big: Vec<u8> = [0xfe, 0xff].into_iter().chain("é,b".encode_utf16().flat_map(u16::to_be_bytes)).collect();
        assert_eq!(pairs(&good("x.csv", big)), [("é", "b")]);
    }

    #[test]
    fn the_head_that_anki_reads_is_read_here_too() {
        let outcomes = good(
            "x.txt",
            "#separator:Comma\n#html:false\n#notetype column:2\n#deck column:3\n#guid column:1\n#tags column:6\n\
             #if matches:update current\nlmq-7f3a,Basic,Geo,\"Capital of Peru?\",Lima,geo capitals\n\
             # a comment, with \"\n#x,Basic,Geo,lost,too,\n\"#1\",Basic,Geo,a <b,c,\n",
        );
        assert_eq!(rejected(&outcomes), [""; 0]);
        let found = notes(&outcomes);
        assert_eq!(found.len(), 2);
        assert_eq!(found[0].identity, Identity::Foreign { namespace: "anki".to_owned(), id: "lmq-7f3a".to_owned() });
        assert_eq!(found[0].deck.as_deref(), Some("Geo"));
        assert_eq!(found[0].text.tags, ["geo", "capitals"]);
        assert_eq!(found[0].place, Place { line: 8, column: 0 });
        assert_eq!(pairs(&outcomes), [("Capital of Peru?", "Lima"), ("a <b", "c")]);
    }

    #[test]
    fn directives_hold_for_all_rows() {
        let outcomes = good(
            "x.txt",
            "# Separator : Pipe\n#html:TRUE|||\n#tags:one two\n#deck:A::B\n#unknown:x\n\
             <b>a</b>&amp;lt;|b<br>c|two three\nd|e < f\n",
        );
        let found = notes(&outcomes);
        assert_eq!(pairs(&outcomes), [("**a**&lt;", "b\nc"), ("d", "e < f")]);
        assert_eq!(found[0].text.tags, ["two", "three", "one"]);
        assert_eq!(found[1].text.tags, ["one", "two"]);
        assert_eq!(found[1].deck.as_deref(), Some("A::B"));
        let outcomes = good("x.txt", "#separator:,\n#columns:Back,Tags,Front\nb,x,f\n");
        assert_eq!(pairs(&outcomes), [("f", "b")]);
        assert_eq!(notes(&outcomes)[0].text.tags, ["x"]);
    }

    #[test]
    fn a_first_row_that_begins_with_a_hash_is_a_card() {
        let outcomes = good("x.csv", "#1 rule,listen\n#2 rule,listen more\na: b,c\n");
        assert_eq!(pairs(&outcomes), [("#1 rule", "listen"), ("#2 rule", "listen more"), ("a: b", "c")]);
    }

    #[test]
    fn note_types_of_anki_have_their_kinds_and_unknown_ones_are_said_once() {
        let outcomes = good("x.txt", "#separator:tab\n#notetype column:1\nEinfach\ta\tb\nEinfach\tc\td\nBasic\te\tf\n");
        assert_eq!(pairs(&outcomes), [("a", "b"), ("c", "d"), ("e", "f")]);
        assert_eq!(
            warnings(&outcomes),
            ["the note type `Einfach` is not known here: its notes are read as front and back"]
        );
    }

    #[test]
    fn a_header_in_any_order_and_case_names_the_columns() {
        let outcomes = good(
            "x.csv",
            "TAGS,Key,Definition,colour,Term,Notes,Hint,Deck\n\"geo, two words\",k1,Lima,red,Peru?,why,L…,South\n",
        );
        let item = notes(&outcomes)[0];
        assert_eq!(pairs(&outcomes), [("Peru?", "Lima")]);
        assert_eq!(item.identity, Identity::Key("k1".to_owned()));
        assert_eq!(item.deck.as_deref(), Some("South"));
        assert_eq!(item.text.tags, ["geo", "two words"]);
        assert_eq!((item.text.extra.as_deref(), item.text.hint.as_deref()), (Some("why"), Some("L…")));
        assert_eq!(warnings(&outcomes), ["columns that mean nothing here were left out: `colour`"]);
    }

    #[test]
    fn an_id_is_ours_a_guid_is_ankis() {
        let hex = "35a38e856193508e25bdabed8d6d3676";
        let outcomes = good("x.csv", format!("id,front,back,key\n{hex},a,b,k\n17,c,d,\n17,e,f,k2\n"));
        let found = notes(&outcomes);
        assert_eq!(Some(&found[0].identity), NoteUid::from_hex(hex).map(Identity::Uid).as_ref());
        assert_eq!(found[0].key.as_deref(), Some("k"));
        assert_eq!(found[1].identity, Identity::None);
        assert_eq!(found[2].identity, Identity::Key("k2".to_owned()));
        let outcomes = good("x.csv", "guid,front,back\n#a`b,a,b\n");
        assert_eq!(
            notes(&outcomes)[0].identity,
            Identity::Foreign { namespace: "anki".to_owned(), id: "#a`b".to_owned() }
        );
    }

    #[test]
    fn a_third_column_is_tags_where_there_are_exactly_three() {
        let outcomes = good("x.csv", "a,b,x y\nc,d,\n");
        assert_eq!(notes(&outcomes)[0].text.tags, ["x", "y"]);
        let outcomes = good("x.csv", "a,b,,\nc,d,e,f\ng,h\n");
        assert_eq!(pairs(&outcomes), [("a", "b"), ("g", "h")]);
        assert_eq!(rejected(&outcomes), ["2: 4 columns, expected 2; put \" around a cell that holds `,`"]);
    }

    #[test]
    fn ragged_rows_are_left_out_with_their_lines() {
        let outcomes = good("x.csv", "a,b\n\nc\n,d\ne,\nf,g,,\nh,i,j\n \n,\nk,l\n");
        assert_eq!(pairs(&outcomes), [("a", "b"), ("f", "g"), ("k", "l")]);
        assert_eq!(
            rejected(&outcomes),
            [
                "3: 1 column, expected 2 or more (separated by `,`)",
                "4: the front is empty; a `basic` card needs one",
                "5: the back is empty; a `basic` card needs one",
                "7: 3 columns, expected 2; put \" around a cell that holds `,`",
            ]
        );
    }

    #[test]
    fn a_row_of_a_kind_that_does_not_fit_is_left_out() {
        let outcomes =
            good("x.csv", "kind,front,back,held_out,text\nbasci,a,b,,\nbasic,a,b,perhaps,\nbasic,a,b,,c\n,a,b,YES,\n");
        assert_eq!(
            rejected(&outcomes),
            [
                "2: `basci` is no kind of card; did you mean `basic`?",
                "3: held_out is `perhaps`; write yes or no",
                "4: `text` is no field of a `basic` card, which has front, back",
            ]
        );
        assert!(notes(&outcomes)[0].text.held_out);
    }

    #[test]
    fn an_open_quote_among_a_thousand_rows_costs_one_row() {
        for quotes in [false, true] {
            let row = |n: usize| {
                if quotes { format!("\"front {n}\",\"back {n}\"\n") } else { format!("front {n},back {n}\n") }
            };
            let text: String =
                (1..=1000).map(|n| if n == 500 { "front 500,\"back 500\n".to_owned() } else { row(n) }).collect();
            let outcomes = good("x.csv", text);
            assert_eq!(notes(&outcomes).len(), 999);
            assert_eq!(
                rejected(&outcomes),
                [
                    "500: the quote \" that begins a cell here is never closed; close it, or write it twice within quotes"
                ]
            );
            assert_eq!(notes(&outcomes)[499].place.line, 501);
        }
    }

    #[test]
    fn the_separator_is_the_one_that_splits_rows_evenly() {
        for (text, pair) in [
            ("time 10:30,noon; sharp\na,b\nc;,d\n", ("time 10:30", "noon; sharp")),
            ("a, b;c\nd;e, f\ng;h\n", ("a, b", "c")),
            ("a, b\tc, d\ne, f\tg\n", ("a, b", "c, d")),
            ("a|b\nc|d\n", ("a", "b")),
            ("\"a;b\",c\n\"d;e\",f\n", ("a;b", "c")),
            ("front,back\na;b,c;d\n", ("a;b", "c;d")),
        ] {
            assert_eq!(pairs(&good("x.csv", text))[0], pair, "{text}");
        }
    }

    #[test]
    fn a_separator_that_was_said_is_taken() {
        let options = ReadOptions { file_name: "x.tsv".to_owned(), delimiter: Some(b':') };
        let (outcomes, result) = read_with(&TSV, &options, b"a:b\tx\n");
        result.unwrap();
        assert_eq!(pairs(&outcomes), [("a", "b\tx")]);
        let (_, result) = read_with(&CSV, &ReadOptions { delimiter: Some(b'|'), ..options }, b"a,b\n");
        assert_eq!(
            result.unwrap_err().to_string(),
            "every row has one column when separated by `|`; say what separates question and answer with --delimiter"
        );
    }

    #[test]
    fn a_separator_that_a_spreadsheet_changed_is_found_again() {
        let outcomes = good("x.csv", "#lmq:1 excel-safe;;\n#separator:Comma;;\nkey;front;back\nk;a;'=b\n");
        assert_eq!(pairs(&outcomes), [("a", "=b")]);
        assert_eq!(warnings(&outcomes), ["nothing is separated by `,`, so `;` was taken"]);
    }

    #[test]
    fn one_column_is_refused_with_what_was_tried() {
        assert_eq!(
            refusal("one\ntwo\nthree\n"),
            "its rows are one column each: tab, `;`, `,`, `|` were tried; \
             say what separates question and answer with --delimiter"
        );
        for nothing in ["", "\n\n", "#html:true\n", "\u{feff}"] {
            assert_eq!(refusal(nothing), "there are no rows in it");
        }
        assert_eq!(good("x.csv", "front,back\n"), []);
    }

    #[test]
    fn a_table_of_a_newer_lmq_is_refused() {
        assert_eq!(
            refusal("#lmq:2 new,,\nfront,back\na,b\n"),
            "it was written by a newer lmq (`#lmq:2 new`, this one reads 1); update lmq"
        );
    }

    #[test]
    fn bare_cr_ends_rows_and_nul_bytes_are_told_once() {
        let outcomes = good("x.csv", "\u{feff}front,back\ra\0,b\rc\0,d");
        assert_eq!(pairs(&outcomes), [("a", "b"), ("c", "d")]);
        assert_eq!(warnings(&outcomes), ["there were NUL characters in it, which were left out"]);
    }

    #[test]
    fn a_basic_deck_looks_sane_in_a_spreadsheet() {
        let (mut outcomes, _) = read(&CSV, "x.csv", b"key,front,back,tags\nk1,\"Say \"\"hi\"\"\",-1,geo eu\n");
        let Some(ImportItem::Record(Record::Note(item))) = outcomes.pop() else { panic!() };
        let deck = crate::formats::DeckHead { name: "Geo".to_owned(), ..Default::default() };
        let bytes = written(&TableExporter, &[Record::Deck(deck), Record::Note(item)]);
        let text = String::from_utf8(bytes).unwrap();
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines[0], "\u{feff}#lmq:1 excel-safe");
        assert_eq!(lines[1], "#separator:Comma");
        assert!(
            lines[2]
                .starts_with("id,key,deck,kind,front,back,hint,extra,tags,source,topic,speaker,group,after,held_out")
        );
        assert!(lines[3].starts_with(",k1,Geo,basic,\"Say \"\"hi\"\"\",'-1,,,geo eu,,,,,,"));
    }

    #[test]
    fn line_ends_in_a_cell_become_line_feeds_in_a_table() {
        let (mut outcomes, _) = read(&CSV, "x.csv", b"front,back\na,b\n");
        let Some(ImportItem::Record(Record::Note(mut item))) = outcomes.pop() else { panic!() };
        item.text.hint = Some("a\r\nb\rc\0d".to_owned());
        let bytes = written(&TableExporter, &[Record::Note(item)]);
        let (outcomes, _) = read(&CSV, "x.csv", &bytes);
        assert_eq!(notes(&outcomes)[0].text.hint.as_deref(), Some("a\nb\ncd"));
    }

    #[test]
    fn a_note_that_the_table_has_no_column_for_is_refused() {
        let mut item =
            Item { place: Place::default(), deck: None, identity: Identity::None, key: None, text: Default::default() };
        let mut out = Vec::new();
        let mut writer = TableExporter.begin(&mut out).unwrap();
        item.text.kind = "hologram".to_owned();
        let error = writer.write(&Record::Note(Box::new(item))).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::InvalidInput);
        assert!(error.to_string().starts_with("`hologram` is no kind of card"));
    }

    #[test]
    fn tables_are_told_from_other_text() {
        for (name, head, ours) in [
            ("x.csv", &b""[..], true),
            ("x.TXT", b"a\tb", true),
            ("-", b"a\tb\n", true),
            ("-", b"\xff\xfea\0", true),
            ("words", b"caf\xe9;b\n", true),
            ("-", b"{{c1::a}} b\tc", true),
            ("-", b"[1] a\tb", true),
            ("-", b"{\"format\":\"lmq-segment\"}", false),
            ("-", b"[{\"a\":1}]", false),
            ("x.md", b"# a, b\n", false),
            ("-", b"PK\x03\x04", false),
            ("-", b"SQLite format 3\0", false),
        ] {
            assert_eq!(CSV.sniff(name, head), ours, "{name} {head:?}");
        }
        assert!(TSV.sniff("a.TSV", b""));
        assert!(!TSV.sniff("a.csv", b"a\tb"));
    }

    proptest! {
        #![proptest_config(config())]

        #[test]
        fn what_is_written_is_read_back(items in any_notes(true), crlf: bool) {
            let records: Vec<Record> = items.iter().cloned().map(|item| Record::Note(Box::new(item))).collect();
            let mut bytes = written(&TableExporter, &records);
            if crlf {
                // As a spreadsheet or Git on Windows saves it.
                bytes = String::from_utf8(bytes).unwrap().replace('\n', "\r\n").into_bytes();
            }
            let (outcomes, result) = read(&CSV, "x.csv", &bytes);
            result.unwrap();
            prop_assert_eq!(rejected(&outcomes), Vec::<String>::new());
            let found: Vec<Item> =
                notes(&outcomes).into_iter().cloned().map(|item| Item { place: Place::default(), ..item }).collect();
            prop_assert_eq!(found, items);
        }

        #[test]
        fn a_value_of_any_shape_comes_back_from_its_cell(
            text in any_value(Shape::Text, true),
            variants in any_value(Shape::Variants, true),
            texts in any_value(Shape::Texts, true),
        ) {
            static KIND: Fake = Fake(&[
                Field { name: "text", shape: Shape::Text, required: false },
                Field { name: "variants", shape: Shape::Variants, required: false },
                Field { name: "texts", shape: Shape::Texts, required: false },
            ]);
            let values = [text, variants, texts];
            let mut out = Vec::new();
            let mut scratch = String::new();
            for (field, value) in KIND.fields().iter().zip(&values) {
                write_value(value, field.shape, &mut scratch, &mut out).unwrap();
                out.push(b',');
            }
            let mut rows = Rows::new(Box::new(out.as_slice()));
            let mut row = Row::default();
            rows.next(&mut row).unwrap();
            let head = Head { any: true, own: true, excel_safe: true, ..Head::default() };
            let layout = Layout::of(head, &Survey::default(), b',').unwrap();
            let mut draft = Draft::new(&KIND);
            for (field, cell) in KIND.fields().iter().zip(row.cells().unwrap().iter()) {
                let target = Target::Field(field.name, field.shape);
                draft.put(target, Given::Text(layout.clean(cell)), Dialect::Own).unwrap();
            }
            let fields = draft.finish(Place::default()).unwrap().text.fields;
            let expected = KIND.fields().iter().zip(values).map(|(field, value)| (field.name.to_owned(), value));
            prop_assert_eq!(fields, expected.collect::<std::collections::BTreeMap<_, _>>());
        }

        #[test]
        fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..200), text in "[#a-z:,;=\"\n\t |]{0,80}") {
            for bytes in [bytes.as_slice(), text.as_bytes()] {
                for importer in [&CSV, &TSV] {
                    let (_, _result) = read(importer, "x", bytes);
                }
            }
        }
    }
}
