//! The rows of a page, as SQLite's file format has them. Whatever does not add up is passed over.

use crate::store::pages::Pages;
use crate::store::pages::number_at;
use crate::store::pages::short_at;
use rusqlite::types::Value;

/// The longest row that is believed: beyond it a length is damage. No field is longer than a megabyte.
const LONGEST: usize = 64 << 20;

/// Columns of our widest table, with room for those to come.
const MOST_COLUMNS: usize = 64;

/// What a page holds rows of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Of {
    /// A table with numbered rows.
    Table,
    /// A table without them, or an index.
    Index,
}

/// A row: its number (0 in an index) and its columns. A text that is not UTF-8 is `None`.
pub(super) struct Record {
    pub(super) of: Of,
    pub(super) number: i64,
    pub(super) columns: Vec<Option<Value>>,
}

/// A number of one to nine bytes, and how many they were.
fn varint(bytes: &[u8], at: usize) -> Option<(u64, usize)> {
    let mut number = 0;
    for count in 0..8 {
        let byte = *bytes.get(at + count)?;
        number = number << 7 | u64::from(byte & 0x7f);
        if byte < 0x80 {
            return Some((number, count + 1));
        }
    }
    Some((number << 8 | u64::from(*bytes.get(at + 8)?), 9))
}

/// Hands over the rows that lie in a page.
pub(super) fn each_record(pages: &mut Pages, number: u32, page: &[u8], each: &mut dyn FnMut(Record)) {
    let head = if number == 1 { 100 } else { 0 };
    // Inner pages of an index have rows too; those of a table only numbers.
    let (of, width) = match page.get(head) {
        Some(13) => (Of::Table, 8),
        Some(10) => (Of::Index, 8),
        Some(2) => (Of::Index, 12),
        _ => return,
    };
    let cells = short_at(page, head + 3).min(page.len() / 2);
    for cell in 0..cells {
        let at = short_at(page, head + width + 2 * cell);
        if at < head + width {
            continue;
        }
        if let Some(record) = record(pages, page, at + (width - 8), of) {
            each(record);
        }
    }
}

/// The row of the cell at `at`.
fn record(pages: &mut Pages, page: &[u8], at: usize, of: Of) -> Option<Record> {
    let (length, wide) = varint(page, at)?;
    let length = usize::try_from(length).ok().filter(|length| *length <= LONGEST)?;
    let mut at = at + wide;
    let mut number = 0;
    if of == Of::Table {
        let (found, wide) = varint(page, at)?;
        number = found.cast_signed();
        at += wide;
    }
    let payload = payload(pages, page, at, length, of)?;
    Some(Record { of, number, columns: columns(&payload)? })
}

/// The bytes of a row: as many as the page has, the rest on pages of their own.
fn payload(pages: &mut Pages, page: &[u8], at: usize, length: usize, of: Of) -> Option<Vec<u8>> {
    let usable = pages.usable;
    let most = match of {
        Of::Table => usable - 35,
        Of::Index => (usable - 12) * 64 / 255 - 23,
    };
    if length <= most {
        return page.get(at..at + length).map(<[u8]>::to_vec);
    }
    let least = (usable - 12) * 32 / 255 - 23;
    let here = least + (length - least) % (usable - 4);
    let here = if here <= most { here } else { least };
    let mut bytes = page.get(at..at + here)?.to_vec();
    let mut next = number_at(page, at + here);
    while bytes.len() < length {
        let over = pages.page(next)?;
        next = number_at(&over, 0);
        let rest = (length - bytes.len()).min(usable - 4);
        bytes.extend_from_slice(over.get(4..4 + rest)?);
    }
    Some(bytes)
}

fn columns(payload: &[u8]) -> Option<Vec<Option<Value>>> {
    let (head, mut at) = varint(payload, 0)?;
    let head = usize::try_from(head).ok().filter(|head| *head <= payload.len())?;
    let mut body = head;
    let mut columns = Vec::new();
    while at < head {
        let (kind, wide) = varint(payload, at)?;
        at += wide;
        let length = match kind {
            0 | 8 | 9 => 0,
            1..=4 => usize::try_from(kind).ok()?,
            5 => 6,
            6 | 7 => 8,
            10 | 11 => return None,
            _ => usize::try_from((kind - 12) / 2).ok()?,
        };
        let bytes = payload.get(body..body.checked_add(length)?)?;
        body += length;
        columns.push(match kind {
            0 => Some(Value::Null),
            8 => Some(Value::Integer(0)),
            9 => Some(Value::Integer(1)),
            1..=6 => {
                let first = bytes.first().copied().unwrap_or(0).cast_signed();
                let rest = bytes.get(1..).unwrap_or_default();
                Some(Value::Integer(rest.iter().fold(i64::from(first), |number, byte| number << 8 | i64::from(*byte))))
            }
            7 => Some(Value::Real(f64::from_be_bytes(bytes.try_into().ok()?))),
            _ if kind % 2 == 0 => Some(Value::Blob(bytes.to_vec())),
            _ => String::from_utf8(bytes.to_vec()).ok().map(Value::Text),
        });
        if columns.len() > MOST_COLUMNS {
            return None;
        }
    }
    (body == payload.len()).then_some(columns)
}
