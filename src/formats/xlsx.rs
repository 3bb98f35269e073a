//! `xlsx`: a sheet of a spreadsheet, read as a table. Its cells are written as CSV in memory, so that everything that is known
//! of tables (headers, directives, columns) holds for sheets too.

pub(super) mod fault;
mod number_format;
#[cfg(test)]
mod tests;

use crate::formats::Diagnosis;
use crate::formats::FormatError;
use crate::formats::Importer;
use crate::formats::NotThis;
use crate::formats::ReadOptions;
use crate::formats::ReadSeek;
use crate::formats::Sink;
use crate::formats::TableOptions;
use crate::formats::Warning;
use crate::formats::csv::Opened;
use crate::formats::csv::fault::TableFault;
use crate::formats::decode::CHUNK;
use crate::formats::table::Rows;
use crate::formats::xlsx::fault::MOST_MB;
use crate::formats::xlsx::fault::OneSheet;
use crate::formats::xlsx::fault::SheetFault;
use calamine::DataRef;
use calamine::ExcelDateTime;
use calamine::Reader as _;
use calamine::SheetType;
use calamine::SheetVisible;
use calamine::XlsxError;
use std::io;
use std::io::Cursor;
use std::io::Read;
use std::io::SeekFrom;
use zip::ZipArchive;

/// The importer `xlsx`.
pub(super) struct Workbook;

/// How the containers begin that old and encrypted spreadsheets are.
const CONTAINER: &[u8] = b"\xd0\xcf\x11\xe0";

/// Bytes that the cells of a sheet may have.
const MOST_TEXT: usize = 64 << 20;

/// Whether a file that begins so is a spreadsheet, or was one before it was encrypted.
pub(super) fn is_workbook(file_name: &str, head: &[u8]) -> bool {
    let name = file_name.to_ascii_lowercase();
    let named = [".xlsx", ".xlsm", ".xltx"].iter().any(|ending| name.ends_with(ending));
    let holds = |part: &[u8]| head.windows(part.len()).any(|window| window == part);
    let is_zip = head.starts_with(b"PK\x03\x04");
    (is_zip && (named || holds(b"xl/workbook.xml") || holds(b"xl/worksheets/")))
        || (head.starts_with(CONTAINER) && (named || name.ends_with(".xls")))
}

impl Importer for Workbook {
    fn name(&self) -> &'static str {
        "xlsx"
    }

    fn sniff(&self, file_name: &str, head: &[u8]) -> bool {
        is_workbook(file_name, head)
    }

    fn read(&self, input: &mut dyn ReadSeek, options: &ReadOptions, sink: Sink<'_>) -> Result<(), FormatError> {
        let sheet = Sheet::of(input, &options.table)?;
        if let Some(warning) = sheet.warning() {
            sink(crate::formats::ImportItem::Warning(warning))?;
        }
        sheet.opened(&options.table)?.read(sink)
    }

    fn diagnose(&self, input: &mut dyn ReadSeek, options: &ReadOptions) -> Result<Option<Box<Diagnosis>>, FormatError> {
        let sheet = Sheet::of(input, &options.table)?;
        let (name, warning) = (sheet.name.clone(), sheet.warning());
        let mut found = sheet.opened(&options.table)?.diagnosis(Some(name));
        found.notices.splice(0..0, warning);
        Ok(Some(Box::new(found)))
    }
}

fn refused(fault: SheetFault) -> FormatError {
    FormatError::NotThis(NotThis::Sheet(fault))
}

fn broken(error: XlsxError) -> FormatError {
    match error {
        XlsxError::Io(error) => FormatError::Io(error),
        XlsxError::Password => refused(SheetFault::Password),
        other => refused(SheetFault::Broken(other.to_string())),
    }
}

/// One sheet, its cells as CSV.
struct Sheet {
    name: String,
    others: Vec<String>,
    text: Vec<u8>,
}

impl Sheet {
    fn of(input: &mut dyn ReadSeek, options: &TableOptions) -> Result<Self, FormatError> {
        let mut head = [0; 4];
        let start = input.stream_position()?;
        let read = input.read(&mut head)?;
        input.seek(SeekFrom::Start(start))?;
        if head.get(..read) == Some(CONTAINER) {
            let fault = if is_encrypted(input)? { SheetFault::Password } else { SheetFault::Old };
            return Err(refused(fault));
        }
        check_size(input)?;
        input.seek(SeekFrom::Start(start))?;
        let mut book = calamine::Xlsx::new(&mut *input).map_err(broken)?;
        let sheets: Vec<(String, bool)> = book
            .sheets_metadata()
            .iter()
            .filter(|sheet| sheet.typ == SheetType::WorkSheet)
            .map(|sheet| (sheet.name.clone(), sheet.visible == SheetVisible::Visible))
            .collect();
        let shown = |(name, visible): &(String, bool)| if *visible { name.clone() } else { format!("{name} (hidden)") };
        // Sheets that were passed over since there is nothing in them.
        let mut empty: Vec<&String> = Vec::new();
        let (name, text) = match &options.sheet {
            Some(asked) => {
                let number = asked.trim().parse::<usize>().ok().and_then(|number| number.checked_sub(1));
                let by_name = sheets.iter().find(|(name, _)| name.trim().to_lowercase() == asked.trim().to_lowercase());
                let found = by_name.or_else(|| sheets.get(number?));
                let sheets = || sheets.iter().map(shown).collect();
                let fault = || refused(SheetFault::NoSheet { asked: asked.clone(), sheets: sheets() });
                let (name, _) = found.ok_or_else(fault)?;
                (name, cells(&mut book, name)?)
            }
            None => {
                let mut first = None;
                for (name, _) in sheets.iter().filter(|(_, visible)| *visible) {
                    let text = cells(&mut book, name)?;
                    if !text.is_empty() {
                        first = Some((name, text));
                        break;
                    }
                    empty.push(name);
                }
                match (first, empty.first(), sheets.first()) {
                    (Some(found), ..) => found,
                    (None, Some(name), _) => (*name, Vec::new()),
                    // All of them are hidden.
                    (None, None, Some((name, _))) => (name, cells(&mut book, name)?),
                    (None, None, None) => return Err(refused(SheetFault::NoSheets)),
                }
            }
        };
        let shown = |sheet: &(String, bool)| {
            if empty.contains(&&sheet.0) { format!("{} (empty)", sheet.0) } else { shown(sheet) }
        };
        let others = sheets.iter().filter(|(other, _)| other != name).map(shown).collect();
        Ok(Self { name: name.clone(), others, text })
    }

    fn warning(&self) -> Option<Warning> {
        let one = OneSheet { read: self.name.clone(), others: self.others.clone() };
        (!self.others.is_empty()).then_some(Warning::Sheet(one))
    }

    fn opened(self, options: &TableOptions) -> Result<Opened<'static>, FormatError> {
        let mut rows = Rows::new(Box::new(Cursor::new(self.text)));
        rows.by_row = true;
        let options = TableOptions { delimiter: Some(",".to_owned()), ..options.clone() };
        match Opened::of_rows(rows, &options, None, "utf-8", Vec::new()) {
            Err(FormatError::NotThis(NotThis::Table(TableFault::NothingSeparated(_)))) => {
                Err(refused(SheetFault::OneColumn { sheet: self.name, others: self.others }))
            }
            opened => opened,
        }
    }
}

/// Whether a container holds an encrypted package: the name stands in its directory, in UTF-16.
fn is_encrypted(input: &mut dyn ReadSeek) -> io::Result<bool> {
    let name: Vec<u8> = "EncryptedPackage".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let mut bytes = Vec::new();
    input.take(MOST_MB << 20).read_to_end(&mut bytes)?;
    Ok(bytes.windows(name.len()).any(|window| window == name))
}

/// Unpacks everything once and keeps nothing: what an archive says of its sizes may be a lie.
fn check_size(input: &mut dyn ReadSeek) -> Result<(), FormatError> {
    let broken = |error: zip::result::ZipError| refused(SheetFault::Broken(error.to_string()));
    let mut archive = ZipArchive::new(&mut *input).map_err(broken)?;
    let mut left = MOST_MB << 20;
    let mut buffer = vec![0; CHUNK];
    for index in 0..archive.len() {
        let mut file = archive.by_index(index).map_err(broken)?;
        // Pictures and the like are not opened; parts are, whatever the case of their names.
        let is_opened = !file.name().is_ok_and(|name| name.to_ascii_lowercase().starts_with("xl/media/"));
        if !is_opened {
            continue;
        }
        loop {
            let read = match file.read(&mut buffer) {
                Ok(0) => break,
                Ok(read) => u64::try_from(read).unwrap_or(u64::MAX),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(refused(SheetFault::Broken(error.to_string()))),
            };
            left = left.checked_sub(read).ok_or_else(|| refused(SheetFault::TooLarge))?;
        }
    }
    Ok(())
}

/// The cells of a sheet as CSV, a line for each row up to the last one.
fn cells(book: &mut calamine::Xlsx<&mut dyn ReadSeek>, name: &str) -> Result<Vec<u8>, FormatError> {
    let mut reader = book.worksheet_cells_reader(name).map_err(broken)?;
    let mut text = Vec::new();
    let (mut row, mut column) = (0, 0);
    while let Some((cell, style)) = reader.next_cell_with_style_id().map_err(broken)? {
        let (cell_row, cell_column) = cell.get_position();
        let style = reader.styles().get(style).and_then(|style| style.number_format.as_ref());
        let shown = shown(cell.get_value(), style.map_or(GENERAL, |format| &format.format_code));
        if shown.is_empty() {
            continue;
        }
        // Cells come in order; of a file in which they don't, nobody knows what it means.
        if (cell_row, cell_column) < (row, column) {
            return Err(refused(SheetFault::Broken("its cells are not in order".to_owned())));
        }
        while row < cell_row {
            text.push(b'\n');
            (row, column) = (row + 1, 0);
        }
        while column < cell_column {
            text.push(b',');
            column += 1;
        }
        text.push(b'"');
        text.extend_from_slice(shown.replace('"', "\"\"").as_bytes());
        text.push(b'"');
        if text.len() > MOST_TEXT {
            return Err(refused(SheetFault::TooLarge));
        }
    }
    Ok(text)
}

/// The format of a cell that has none.
const GENERAL: &str = "General";

/// A cell as a spreadsheet shows it, as far as its value and its format tell.
fn shown(value: &DataRef<'_>, format: &str) -> String {
    match value {
        DataRef::Empty => String::new(),
        DataRef::Int(number) => number.to_string(),
        DataRef::Float(number) if format == GENERAL => number_format::general(*number),
        DataRef::Float(number) => {
            number_format::number(*number, format).unwrap_or_else(|| number_format::general(*number))
        }
        DataRef::String(text) | DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => text.trim().to_owned(),
        DataRef::SharedString(text) => text.trim().to_owned(),
        DataRef::Bool(true) => "TRUE".to_owned(),
        DataRef::Bool(false) => "FALSE".to_owned(),
        DataRef::DateTime(when) => number_format::moment(*when, format).unwrap_or_else(|| date(*when)),
        DataRef::Error(error) => error.to_string(),
    }
}

/// A date or a time in one form for all countries.
fn date(when: ExcelDateTime) -> String {
    let (year, month, day, hour, minute, second, _) = when.to_ymd_hms_milli();
    // A time that was taken has hours beyond a day.
    let days = if when.is_duration() { when.as_f64().floor().max(0.0) } else { 0.0 };
    let hour = f64::from(hour) + days * 24.0;
    let time =
        if second == 0 { format!("{hour:02}:{minute:02}") } else { format!("{hour:02}:{minute:02}:{second:02}") };
    if when.as_f64() < 1.0 || when.is_duration() {
        time
    } else if when.as_f64().fract() == 0.0 {
        format!("{year:04}-{month:02}-{day:02}")
    } else {
        format!("{year:04}-{month:02}-{day:02} {time}")
    }
}
