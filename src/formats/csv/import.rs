//! The importers `csv` and `tsv`.

use crate::formats::Diagnosis;
use crate::formats::Evidence;
use crate::formats::FormatError;
use crate::formats::ImportItem;
use crate::formats::Importer;
use crate::formats::Loss;
use crate::formats::LossKind;
use crate::formats::Place;
use crate::formats::ReadOptions;
use crate::formats::ReadSeek;
use crate::formats::Record;
use crate::formats::Rejected;
use crate::formats::Sink;
use crate::formats::TableOptions;
use crate::formats::csv::evidence::evidence;
use crate::formats::csv::fault::RowFault;
use crate::formats::csv::fault::TableFault;
use crate::formats::csv::fault::TableWarning;
use crate::formats::csv::head::Head;
use crate::formats::csv::layout::Layout;
use crate::formats::csv::layout::Named;
use crate::formats::csv::layout::Outcome;
use crate::formats::csv::markdown;
use crate::formats::csv::misfits::Misfits;
use crate::formats::csv::separator;
use crate::formats::csv::titles::below_titles;
use crate::formats::decode;
use crate::formats::decode::BadByte;
use crate::formats::decode::Undecodable;
use crate::formats::table::Next;
use crate::formats::table::Row;
use crate::formats::table::Rows;
use crate::formats::table::separator::Separator;
use crate::formats::table::survey::MOST_COLUMNS;
use crate::formats::table::survey::Survey;

/// Extensions of text files that hold no table.
const OTHER_TEXT: &[&str] = &[
    "org", "toml", "json", "jsonl", "ndjson", "yaml", "yml", "xml", "html", "htm", "rs", "py", "sh", "tex", "log",
    "sql",
];

/// Reader of tables.
pub(in crate::formats) struct TableImporter {
    name: &'static str,
    /// The separator to use when neither the person nor the file says one. `None`: guess it from the rows.
    delimiter: Option<u8>,
}

/// The importer `csv`: any separator.
pub(in crate::formats) static CSV: TableImporter = TableImporter { name: "csv", delimiter: None };

/// The importer `tsv`: tabs.
pub(in crate::formats) static TSV: TableImporter = TableImporter { name: "tsv", delimiter: Some(b'\t') };

fn extension(file_name: &str) -> String {
    file_name.rsplit_once('.').map_or_else(String::new, |(_, extension)| extension.to_ascii_lowercase())
}

/// Whether bytes are text and not JSON.
fn is_texty(head: &[u8]) -> bool {
    if head.starts_with(b"\xff\xfe")
        || head.starts_with(b"\xfe\xff")
        || decode::guess::utf_16_without_mark(head).is_some()
    {
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
            (None, "md" | "markdown") => {
                let text = String::from_utf8_lossy(head);
                markdown::table(&text).is_some() || markdown::terms(&text).is_some()
            }
            (None, extension) => !OTHER_TEXT.contains(&extension) && is_texty(head),
        }
    }

    fn read(&self, input: &mut dyn ReadSeek, options: &ReadOptions, sink: Sink<'_>) -> Result<(), FormatError> {
        Opened::of(input, &options.table, self.delimiter)?.read(sink)
    }

    fn diagnose(&self, input: &mut dyn ReadSeek, options: &ReadOptions) -> Result<Option<Box<Diagnosis>>, FormatError> {
        Opened::of(input, &options.table, self.delimiter).map(|opened| Some(Box::new(opened.diagnosis(None))))
    }
}

/// A table whose beginning was looked at.
pub(in crate::formats) struct Opened<'a> {
    rows: Rows<'a>,
    layout: Layout,
    survey: Survey,
    encoding: &'static str,
    /// Lines above the header that are no row.
    above: u64,
}

impl<'a> Opened<'a> {
    /// A table in the bytes of a file.
    fn of(input: &'a mut dyn ReadSeek, options: &TableOptions, default: Option<u8>) -> Result<Self, FormatError> {
        let decoded = decode::text(input, options.encoding.as_deref()).map_err(|why| match why {
            Undecodable::Io(error) => FormatError::Io(error),
            Undecodable::Fault(fault) => FormatError::NotThis(TableFault::from(fault).into()),
        })?;
        let encoding = decode::name_of(decoded.encoding);
        let mut warnings = Vec::new();
        match decoded.bad {
            Some(BadByte { line, byte }) => warnings.push(TableWarning::NotUtf8 { line, byte, encoding }),
            None if decoded.guessed => warnings.push(TableWarning::Utf16(encoding)),
            None => {}
        }
        let rows = Rows::new(decoded.reader);
        Self::of_rows(rows, options, default, encoding, warnings)
    }

    /// A table whose rows are at hand, such as a sheet's.
    pub(in crate::formats) fn of_rows(
        mut rows: Rows<'a>,
        options: &TableOptions,
        default: Option<u8>,
        encoding: &'static str,
        mut warnings: Vec<TableWarning>,
    ) -> Result<Self, FormatError> {
        let refused = |fault: TableFault| FormatError::NotThis(fault.into());
        let head = Head::read(&mut rows)?;
        rows.comments = head.any;
        let survey = separator::find(&mut rows, &head, options, default, &mut warnings)?;
        let (survey, titles) = below_titles(&mut rows, survey, options, head.own || head.is_markdown)?;
        let above = titles + head.above;
        if survey.columns > MOST_COLUMNS {
            return Err(refused(TableFault::TooManyColumns(rows.separator.name())));
        }
        if !head.unknown.is_empty() {
            let words = |(name, meant): &(String, Option<&str>)| match meant {
                Some(meant) => format!("`#{name}` (did you mean `#{meant}`?)"),
                None => format!("`#{name}`"),
            };
            warnings.push(TableWarning::UnknownDirectives(head.unknown.iter().map(words).collect()));
        }
        if !head.of_all.is_empty() {
            warnings.push(TableWarning::OfAll(head.of_all.clone()));
        }
        if head.html.is_none() && options.markup.is_none() && !head.own {
            warnings.extend(html_in(&survey).map(TableWarning::LooksLikeHtml));
        }
        let mut layout = Layout::of(head, &survey, &rows.separator, options).map_err(refused)?;
        layout.warnings.splice(0..0, warnings);
        Ok(Self { rows, layout, survey, encoding, above })
    }

    /// What the table is taken for.
    pub(in crate::formats) fn diagnosis(&self, sheet: Option<String>) -> Diagnosis {
        let Layout { roles, markup, warnings, .. } = &self.layout;
        let is_sheet = sheet.is_some();
        let first = (!self.layout.has_header()).then_some(&self.survey.first_raw);
        let rows = first.into_iter().chain(&self.survey.below).take(MOST_SHOWN).cloned().collect();
        Diagnosis {
            encoding: self.encoding,
            separator: if is_sheet || self.rows.separator == Separator::Line {
                String::new()
            } else {
                self.rows.separator.text()
            },
            sheet,
            header: roles.header,
            columns: roles.all(&self.survey),
            markup: markup.unwrap_or_default(),
            rows,
            unsure: roles.unsure.clone(),
            notices: warnings.iter().cloned().map(Into::into).collect(),
            evidence: if is_sheet {
                Evidence::Said
            } else {
                evidence(&self.survey, &self.rows.separator, roles.header, self.layout.head.any)
            },
        }
    }

    /// Reads the rows.
    pub(in crate::formats) fn read(mut self, sink: Sink<'_>) -> Result<(), FormatError> {
        self.misfits_at_once()?;
        let Self { rows, layout, .. } = &mut self;
        let mut row = Row::default();
        let mut misfits = Misfits::default();
        let mut header_due = layout.has_header();
        // The first row was looked at: it is a card, whatever it says.
        let mut is_first = !header_due;
        loop {
            for warning in layout.warnings.drain(..) {
                sink(ImportItem::Warning(warning.into()))?;
            }
            let (line, read) = match rows.next(&mut row)? {
                Next::Row(_) if header_due => {
                    header_due = !layout.is_header_again(&row);
                    continue;
                }
                Next::Row(line) if layout.is_header_again(&row) => {
                    layout.tally.repeated_headers += 1;
                    layout.tally.was_at(rows.place(line));
                    continue;
                }
                Next::Row(line) => match layout.names_columns(&row, rows.is_marked).filter(|_| !is_first) {
                    Some(Named::These) => {
                        layout.tally.repeated_headers += 1;
                        layout.tally.was_at(rows.place(line));
                        continue;
                    }
                    Some(Named::Others(names)) => {
                        return Err(FormatError::NotThis(
                            TableFault::AnotherTable { place: rows.place(line), names }.into(),
                        ));
                    }
                    None => {
                        let place = rows.place(line);
                        let read = layout.note(&row, place);
                        layout.tally.was_at(place);
                        (line, read)
                    }
                },
                Next::Unclosed(line) => {
                    row = Row::default();
                    (line, Err(RowFault::Unclosed))
                }
                Next::TooLong(line) => {
                    row = Row::default();
                    (line, Err(RowFault::TooLong))
                }
                Next::End => break,
            };
            is_first = false;
            let place = rows.place(line);
            let outcome = match read {
                Ok(Outcome::Note(item)) => {
                    misfits.good += 1;
                    ImportItem::Record(Record::Note(item))
                }
                Ok(Outcome::Blank | Outcome::LeftOut) => continue,
                Err(fault) => {
                    misfits.add(&fault, place);
                    ImportItem::Rejected(Rejected { place, fault: fault.into(), who: layout.who(&row, place) })
                }
            };
            sink(outcome)?;
        }
        let any = misfits.good + misfits.bad + layout.tally.occlusions > 0;
        if let Some(fault) = misfits.verdict() {
            return Err(FormatError::NotThis(fault.into()));
        }
        let mut warnings = layout.tally.warnings();
        if rows.had_nul {
            warnings.push(TableWarning::Nul);
        }
        for warning in warnings {
            sink(ImportItem::Warning(warning.into()))?;
        }
        self.lose(sink)?;
        match (any, self.layout.has_header(), self.layout.head.own) {
            (true, ..) | (false, true, true) => Ok(()),
            (false, true, false) => Err(FormatError::NotThis(TableFault::HeaderOnly.into())),
            (false, false, _) => Err(FormatError::NotThis(TableFault::NoRows.into())),
        }
    }

    /// Refuses a table of which hardly a row fits, before one goes in.
    fn misfits_at_once(&mut self) -> Result<(), FormatError> {
        let Self { rows, layout, .. } = self;
        let mut trial = layout.again();
        let (separator, comments, whole) = (rows.separator.clone(), rows.comments, rows.is_whole());
        let (first, by_row) = (rows.line(), rows.by_row);
        let mut sample = Rows::of_sample(rows.sample()?, whole);
        sample.separator = separator;
        sample.comments = comments;
        sample.by_row = by_row;
        let mut row = Row::default();
        let mut misfits = Misfits::default();
        let mut header_due = layout.has_header();
        while misfits.good + misfits.bad < TRIED_ROWS {
            let Next::Row(line) = sample.next(&mut row)? else { break };
            if std::mem::take(&mut header_due) {
                continue;
            }
            let Place { line, column, row: number } = sample.place(line);
            let above = first - 1;
            let number = if number > 0 { above + number } else { 0 };
            let place = Place { line: above + line, column, row: number };
            match trial.note(&row, place) {
                Ok(Outcome::Note(_)) => misfits.good += 1,
                Ok(_) => {}
                Err(fault) => misfits.add(&fault, place),
            }
        }
        match misfits.verdict_at_once() {
            Some(fault) => Err(FormatError::NotThis(fault.into())),
            None => Ok(()),
        }
    }

    /// Tells what was lost.
    fn lose(&self, sink: Sink<'_>) -> Result<(), FormatError> {
        let Layout { roles, tally, head, .. } = &self.layout;
        let unknown = head.unknown.iter().map(|(name, _)| name.clone()).collect();
        let named = [
            LossKind::ColumnsMerged(roles.merged.clone()),
            LossKind::ColumnsLeftOut(roles.left_out.clone()),
            LossKind::UnknownDirectives(unknown),
        ];
        let mut losses: Vec<Loss> = named.into_iter().filter_map(Loss::of_names).collect();
        losses.extend(tally.losses());
        let comments = self.rows.comment_lines + head.comments;
        if comments > 0 && !head.own {
            losses.push(Loss { kind: LossKind::Comments, count: comments, places: Vec::new() });
        }
        if self.above > 0 {
            losses.push(Loss { kind: LossKind::LinesAbove, count: self.above, places: Vec::new() });
        }
        for loss in losses {
            sink(ImportItem::Loss(loss))?;
        }
        Ok(())
    }
}

/// Rows that a diagnosis shows.
const MOST_SHOWN: usize = 10;

/// Rows that are tried before one goes in.
const TRIED_ROWS: u64 = 200;

/// What HTML looks like.
const TAGS: &[&str] = &[
    "<br", "<b>", "<i>", "<u>", "<div", "<span", "<p>", "<li>", "<img ", "<em>", "<strong>", "&nbsp;", "&lt;", "&amp;",
];

/// The tag that makes cells look like HTML, where several rows have one.
fn html_in(survey: &Survey) -> Option<String> {
    let found = |row: &Vec<String>| TAGS.iter().find(|tag| row.iter().any(|cell| cell.contains(**tag)));
    let tags: Vec<&&str> = survey.all().filter_map(found).collect();
    let named = tags.first().map(|tag| {
        if tag.starts_with('<') { format!("{}>", tag.trim_end_matches(['>', ' '])) } else { (**tag).to_string() }
    });
    named.filter(|_| tags.len() > 1)
}
