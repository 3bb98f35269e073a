use super::survey::survey;
use super::*;
use crate::formats::testing::config;
use proptest::prelude::*;

fn read(text: &[u8], delimiter: &str, comments: bool) -> Vec<(Next, Vec<String>)> {
    let mut rows = Rows::new(Box::new(text));
    rows.separator = Separator::of(delimiter);
    rows.comments = comments;
    let mut row = Row::default();
    let mut found = Vec::new();
    loop {
        let next = rows.next(&mut row).unwrap();
        if next == Next::End {
            return found;
        }
        let cells = match next {
            Next::Row(_) => row.cells().unwrap().iter().map(|(cell, _)| cell.to_owned()).collect(),
            _ => Vec::new(),
        };
        found.push((next, cells));
    }
}

fn cells(text: &str) -> Vec<Vec<String>> {
    read(text.as_bytes(), ",", false).into_iter().map(|(_, cells)| cells).collect()
}

fn lines(text: &str) -> Vec<Next> {
    read(text.as_bytes(), ",", true).into_iter().map(|(next, _)| next).collect()
}

#[test]
fn quotes_separators_and_breaks_follow_rfc_4180() {
    assert_eq!(cells("a,b\n"), [["a", "b"]]);
    assert_eq!(cells("\"a \"\"x\"\", y\",\"two\r\nlines\"\r\n"), [["a \"x\", y", "two\nlines"]]);
    assert_eq!(cells("5\" disk,x"), [["5\" disk", "x"]]);
    assert_eq!(cells("a,"), [["a", ""]]);
    assert_eq!(cells("\"\",\"\""), [["", ""]]);
    assert_eq!(cells("\"a\" ,b"), [["a", "b"]]);
}

#[test]
fn a_quote_after_a_blank_opens_a_cell_that_is_closed_on_its_line() {
    assert_eq!(cells("q1, \"a, 1\"\nq2, \"a2\n"), [["q1", "a, 1"], ["q2", " \"a2"]]);
    assert_eq!(cells("q3, \"a\" and b\n"), [["q3", " \"a\" and b"]]);
}

#[test]
fn a_separator_may_be_any_text() {
    let cells = |text: &str, separator| {
        read(text.as_bytes(), separator, false).into_iter().map(|(_, cells)| cells).collect::<Vec<_>>()
    };
    assert_eq!(cells("a - b - c\nd-e - f\n", " - "), [vec!["a", "b", "c"], vec!["d-e", "f"]]);
    assert_eq!(cells("\"a - b\" - c", " - "), [["a - b", "c"]]);
    assert_eq!(cells("a → b", " → "), [["a", "b"]]);
    let mut rows = Rows::new(Box::new(&b"a - b - \"c\nd\n"[..]));
    rows.separator = Separator::First(b" - "[..].into());
    let mut row = Row::default();
    assert_eq!(rows.next(&mut row).unwrap(), Next::Row(1));
    assert_eq!(row.cells().unwrap().iter().collect::<Vec<_>>(), [("a", false), ("b - \"c", false)]);
    assert_eq!(rows.next(&mut row).unwrap(), Next::Row(2));
    assert_eq!(row.len(), 1);
}

#[test]
fn a_mark_further_down_is_no_text() {
    assert_eq!(cells("\u{feff}a,b\n\u{feff}c,d\n"), [["a", "b"], ["c", "d"]]);
}

#[test]
fn text_that_begins_with_a_quotation_keeps_its_quotes() {
    assert_eq!(cells("\"Lead\" or \"follow\"?,b\n"), [["\"Lead\" or \"follow\"?", "b"]]);
}

#[test]
fn lf_crlf_and_bare_cr_end_rows() {
    for end in ["\n", "\r\n", "\r"] {
        let text = ["a,b", "c,\"d", "e\"", "", "f,g"].join(end);
        assert_eq!(cells(&text), [["a", "b"], ["c", "d\ne"], ["f", "g"]], "{end:?}");
        assert_eq!(lines(&text), [Next::Row(1), Next::Row(2), Next::Row(5)], "{end:?}");
    }
}

#[test]
fn lines_are_right_after_comments_blank_lines_and_long_cells() {
    assert_eq!(
        lines("# one \" quote\r\n\r\na,b\r\n\"x\r\n\r\ny\",z\r\n\n#\na,b"),
        [Next::Row(3), Next::Row(4), Next::Row(9)]
    );
}

#[test]
fn a_row_behind_cells_of_several_lines_has_the_number_that_a_spreadsheet_shows() {
    let places = |text: &str, by_row: bool| {
        let mut rows = Rows::new(Box::new(std::io::Cursor::new(text.to_owned())));
        rows.by_row = by_row;
        let mut row = Row::default();
        let mut places = Vec::new();
        while let Next::Row(line) | Next::Unclosed(line) = rows.next(&mut row).unwrap() {
            places.push(rows.place(line).to_string());
        }
        places
    };
    assert_eq!(places("a,b\n\nc,d\n", false), ["1", "3"]);
    assert_eq!(places("a,\"b\nb\nb\"\nc,d\n\ne,\"f\nf\"\ng,h", false), ["1", "4 (row 2)", "6 (row 4)", "8 (row 5)"]);
    assert_eq!(places("a,\"b\nb\"\nc,d\n", true), ["1", "2"], "a sheet has rows only");
    assert_eq!(
        places("a,\"b\nb\"\nc,\"d\ne,f\n", false),
        ["1", "3", "4"],
        "no spreadsheet knows rows behind a quote left open"
    );
}

#[test]
fn an_open_quote_costs_its_own_line_only() {
    assert_eq!(lines("a,b\nc,\"d\ne,f\ng,h\n"), [Next::Row(1), Next::Unclosed(2), Next::Row(3), Next::Row(4)]);
    assert_eq!(
        lines("\"a\",\"b\"\n\"c\",\"d\n\"e\",\"f\"\n\"g\",\"h\"\n"),
        [Next::Row(1), Next::Unclosed(2), Next::Row(3), Next::Row(4)]
    );
    assert_eq!(lines("\"two\nlines\",\"x\ny,z\n"), [Next::Unclosed(2), Next::Row(3)]);
}

#[test]
fn an_open_quote_is_given_up_after_a_megabyte() {
    let text = format!("a,\"b\n{}c,d\n", "e,f\n".repeat(LONGEST_ROW));
    let found = lines(&text);
    assert_eq!(found.first(), Some(&Next::Unclosed(1)));
    assert_eq!(found.len(), LONGEST_ROW + 2);
}

#[test]
fn a_row_without_end_is_left_out() {
    let text = format!("a,b\n{}\nc,d\n", "x".repeat(3 * LONGEST_ROW));
    assert_eq!(lines(&text), [Next::Row(1), Next::TooLong(2), Next::Row(3)]);
    // One that happens to be in the buffer whole is no shorter for that.
    for (longer, row) in [(0, Next::Row(2)), (1, Next::TooLong(2))] {
        let text = format!("a,b\n{}\nc,d\n", "x".repeat(LONGEST_ROW - 1 + longer));
        assert_eq!(lines(&text), [Next::Row(1), row, Next::Row(3)]);
    }
}

#[test]
fn nul_bytes_vanish() {
    let mut rows = Rows::new(Box::new(&b"\0a,\0\0b\0\n\0"[..]));
    let mut row = Row::default();
    assert_eq!(rows.next(&mut row).unwrap(), Next::Row(1));
    assert_eq!(row.cells().unwrap().iter().collect::<Vec<_>>(), [("a", false), ("b", false)]);
    assert!(rows.had_nul);
    assert_eq!(rows.next(&mut row).unwrap(), Next::End);
}

#[test]
fn a_survey_counts_columns_under_real_quote_rules() {
    let sample = b"\"a,b\";c\nd;e\nf;g;h\n";
    let found = survey(sample, true, &Separator::Byte(b';'), false);
    assert_eq!((found.columns, found.even, found.split, found.rows), (2, 2, 3, 3));
    assert_eq!(found.first, ["a,b", "c"]);
    assert_eq!(survey(sample, true, &Separator::Byte(b'\t'), false).split, 0);
}

/// A reader that gives few bytes at a time.
struct Dripping<'a>(&'a [u8], usize);

impl Read for Dripping<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let room = buffer.len().min(self.1);
        self.0.read(&mut buffer[..room])
    }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn well_formed_files_read_as_the_csv_crate_reads_them(
        table in prop::collection::vec(prop::collection::vec("[a-c\"\n, \té#]{0,5}", 2..4), 1..8),
        crlf: bool,
        drip in 1..7_usize,
    ) {
        let terminator = if crlf { csv::Terminator::CRLF } else { csv::Terminator::Any(b'\n') };
        let mut writer = csv::WriterBuilder::new().terminator(terminator).flexible(true).from_writer(Vec::new());
        for row in &table {
            writer.write_record(row).unwrap();
        }
        let text = writer.into_inner().unwrap();
        let mut rows = Rows::new(Box::new(Dripping(&text, drip)));
        let mut row = Row::default();
        let mut expected = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(&text[..]);
        for record in expected.records() {
            prop_assert!(matches!(rows.next(&mut row).unwrap(), Next::Row(_)));
            let record = record.unwrap();
            prop_assert_eq!(row.cells().unwrap().iter().map(|(cell, _)| cell).collect::<Vec<_>>(), record.iter().collect::<Vec<_>>());
        }
        prop_assert_eq!(rows.next(&mut row).unwrap(), Next::End);
    }

    #[test]
    fn any_bytes_are_read_to_their_end(bytes in prop::collection::vec(prop::sample::select(b"a\"\",\r\n\0#".to_vec()), 0..60), drip in 1..5_usize) {
        let mut rows = Rows::new(Box::new(Dripping(&bytes, drip)));
        rows.comments = true;
        let mut row = Row::default();
        let mut last = 0;
        while let Next::Row(line) | Next::Unclosed(line) | Next::TooLong(line) = rows.next(&mut row).unwrap() {
            prop_assert!(line > last);
            last = line;
        }
    }
}
