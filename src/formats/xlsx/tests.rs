use super::*;
use crate::formats::ImportItem;
use crate::formats::testing::notes;
use crate::formats::testing::read_with;
use crate::formats::testing::warnings;
use calamine::ExcelDateTimeType;
use std::io::Write as _;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

const RELATIONS: &str =
    r#"<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">"#;
const OFFICE: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";

/// A spreadsheet of sheets: name, whether it is hidden, and the XML of its rows.
fn workbook(sheets: &[(&str, bool, &str)]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let mut file = |name: &str, text: String| {
        zip.start_file(name, SimpleFileOptions::default()).unwrap();
        zip.write_all(text.as_bytes()).unwrap();
    };
    file(
        "_rels/.rels",
        format!(
            r#"{RELATIONS}<Relationship Id="rId1" Type="{OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>"#
        ),
    );
    let (mut list, mut relations) = (String::new(), String::new());
    for (index, (name, hidden, rows)) in sheets.iter().enumerate() {
        let number = index + 1;
        let state = if *hidden { r#" state="hidden""# } else { "" };
        list += &format!(r#"<sheet name="{name}" sheetId="{number}"{state} r:id="rId{number}"/>"#);
        relations += &format!(
            r#"<Relationship Id="rId{number}" Type="{OFFICE}/worksheet" Target="worksheets/sheet{number}.xml"/>"#
        );
        file(
            &format!("xl/worksheets/sheet{number}.xml"),
            format!(
                r#"<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{rows}</sheetData></worksheet>"#
            ),
        );
    }
    file(
        "xl/workbook.xml",
        format!(
            r#"<?xml version="1.0"?><workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="{OFFICE}"><sheets>{list}</sheets></workbook>"#
        ),
    );
    file("xl/_rels/workbook.xml.rels", format!("{RELATIONS}{relations}</Relationships>"));
    file("xl/styles.xml", r#"<?xml version="1.0"?><styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><numFmts><numFmt numFmtId="164" formatCode="000"/><numFmt numFmtId="165" formatCode="mmmm\ yyyy"/><numFmt numFmtId="166" formatCode="[$€-407]#,##0.00"/></numFmts><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="9"/><xf numFmtId="164"/><xf numFmtId="165"/><xf numFmtId="166"/><xf numFmtId="12"/></cellXfs></styleSheet>"#.to_owned());
    zip.finish().unwrap().into_inner()
}

fn text(place: &str, text: &str) -> String {
    format!(r#"<c r="{place}" t="inlineStr"><is><t>{text}</t></is></c>"#)
}

fn row(number: u32, cells: &[&str]) -> String {
    let cells: String =
        cells.iter().zip('A'..).map(|(cell, column)| text(&format!("{column}{number}"), cell)).collect();
    format!(r#"<row r="{number}">{cells}</row>"#)
}

fn read(bytes: &[u8], sheet: Option<&str>) -> (Vec<ImportItem>, Result<(), FormatError>) {
    let table = TableOptions { sheet: sheet.map(str::to_owned), ..TableOptions::default() };
    read_with(&Workbook, &ReadOptions { table, ..ReadOptions::named("x.xlsx") }, bytes)
}

fn pairs(outcomes: &[ImportItem]) -> Vec<(u64, &str, &str)> {
    notes(outcomes).into_iter().map(|item| (item.place.line, item.text.text("front"), item.text.text("back"))).collect()
}

fn fault(bytes: &[u8], sheet: Option<&str>) -> String {
    read(bytes, sheet).1.unwrap_err().to_string()
}

#[test]
fn a_sheet_is_read_as_a_table_of_what_its_cells_show() {
    let rows = [
        row(1, &["Question", "Answer"]),
        row(2, &["two\nlines, \"quoted\"", "=1+1"]),
        r#"<row r="4"><c r="A4"><v>1969</v></c><c r="B4"><v>0.30000000000000004</v></c></row>"#.to_owned(),
        r#"<row r="5"><c r="A5" s="1"><v>25569</v></c><c r="B5" t="str"><f>A1&amp;"x"</f><v>by value</v></c></row>"#
            .to_owned(),
    ];
    let (outcomes, result) = read(&workbook(&[("Words", false, &rows.concat())]), None);
    result.unwrap();
    assert_eq!(
        pairs(&outcomes),
        [(2, "two\nlines, \"quoted\"", "=1+1"), (4, "1969", "0.3"), (5, "1970-01-01", "by value")]
    );
    assert_eq!(warnings(&outcomes), []);
}

#[test]
fn cells_are_read_as_their_formats_show_them() {
    let number = |place: &str, style: u8, value: &str| format!(r#"<c r="{place}" s="{style}"><v>{value}</v></c>"#);
    let rows: String = [
        (2, "0.5", "50%"),
        (3, "7", "007"),
        (4, "25404", "July 1969"),
        (5, "1234.5", "€1,234.50"),
        (6, "1.5", "1 1/2"),
    ]
    .iter()
    .zip(2..)
    .map(|((style, value, shown), row)| {
        format!(
            r#"<row r="{row}">{}{}</row>"#,
            text(&format!("A{row}"), shown),
            number(&format!("B{row}"), *style, value)
        )
    })
    .collect();
    let last = r#"<row r="7"><c r="A7" t="b"><v>1</v></c><c r="B7" t="e"><v>#N/A</v></c></row>"#;
    let (outcomes, result) = read(&workbook(&[("A", false, &(row(1, &["front", "back"]) + &rows + last))]), None);
    result.unwrap();
    let found = pairs(&outcomes);
    assert!(found[..5].iter().all(|(_, expected, shown)| expected == shown), "{found:?}");
    assert_eq!(found[5..], [(7, "TRUE", "#N/A")]);
}

#[test]
fn the_first_sheet_that_is_shown_is_read_and_the_others_are_named() {
    let rows = |word: &str| [row(1, &["front", "back"]), row(2, &[word, "b"])].concat();
    let (hidden, first, second) = (rows("h"), rows("f"), rows("s"));
    let book = workbook(&[("Old", true, &hidden), ("One", false, &first), ("Two", false, &second)]);
    let (outcomes, result) = read(&book, None);
    result.unwrap();
    assert_eq!(pairs(&outcomes), [(2, "f", "b")]);
    let told = warnings(&outcomes)[0].to_string();
    assert_eq!(told, "the sheet `One` was read; there are also `Old` (hidden), `Two`; take another one with --sheet");
    for sheet in ["two", "3"] {
        assert_eq!(pairs(&read(&book, Some(sheet)).0), [(2, "s", "b")]);
    }
    assert_eq!(fault(&book, Some("Three")), "there is no sheet `Three`; there are `Old` (hidden), `One`, `Two`");
    let found = Workbook.diagnose(&mut Cursor::new(book), &ReadOptions::named("x.xlsx")).unwrap().unwrap();
    assert_eq!((found.sheet.as_deref(), found.separator.as_str(), found.notices.len()), (Some("One"), "", 1));
}

#[test]
fn a_sheet_with_nothing_in_it_is_passed_over_and_said() {
    let rows = [row(1, &["front", "back"]), row(2, &["f", "b"])].concat();
    let book = workbook(&[
        ("One", false, ""),
        ("Two", false, &row(1, &["", ""])),
        ("Three", false, &rows),
        ("Four", false, ""),
    ]);
    let (outcomes, result) = read(&book, None);
    result.unwrap();
    assert_eq!(pairs(&outcomes), [(2, "f", "b")]);
    let told = "the sheet `Three` was read; there are also `One` (empty), `Two` (empty), `Four`; take another one with --sheet";
    assert_eq!(warnings(&outcomes)[0].to_string(), told);
    assert_eq!(fault(&workbook(&[("One", false, ""), ("Old", true, &rows)]), None), "there are no rows in it");
    assert_eq!(fault(&book, Some("One")), "there are no rows in it");
}

#[test]
fn what_is_no_sheet_of_cards_is_refused_in_words() {
    let encrypted: Vec<u8> =
        CONTAINER.iter().copied().chain("xxEncryptedPackage".encode_utf16().flat_map(u16::to_le_bytes)).collect();
    assert!(fault(&encrypted, None).contains("password"));
    assert!(fault(b"\xd0\xcf\x11\xe0\xa1\xb1 old", None).contains("old format"));
    assert!(fault(b"PK\x03\x04 cut off", None).contains("damaged"));
    let cut = workbook(&[("A", false, &row(1, &["a", "b"]))]);
    assert!(fault(&cut[..cut.len() / 2], None).contains("damaged"));
    let one = workbook(&[("A", false, &[row(1, &["a"]), row(2, &["b"])].concat()), ("B", false, "")]);
    assert!(fault(&one, None).starts_with("the sheet `A` has one column"));
    let far = r#"<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>"#;
    assert_eq!(pairs(&read(&workbook(&[("A", false, far)]), None).0), []);
}

#[test]
fn a_time_that_was_taken_may_have_more_than_a_day() {
    let shown = |days, kind| date(ExcelDateTime::new(days, kind, false));
    assert_eq!(shown(1.25, ExcelDateTimeType::TimeDelta), "30:00");
    assert_eq!(shown(0.25, ExcelDateTimeType::TimeDelta), "06:00");
    assert_eq!(shown(0.25, ExcelDateTimeType::DateTime), "06:00");
}
