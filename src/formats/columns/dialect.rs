//! How the cells of a table are written: tags, and the items of lists.

use std::borrow::Cow;

/// What separates tags.
fn is_gap(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\n' | '\r' | '\u{3000}')
}

/// How cells are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(in crate::formats) enum Dialect {
    /// By anyone: white space around a cell is of no meaning.
    #[default]
    Plain,
    /// For Anki: tags are separated by white space, commas belong to them.
    Anki,
    /// By us: white space in quotes counts, lists are one item a line with `\n` and `\\` escaped.
    Own,
}

impl Dialect {
    /// Words in a cell: tags, ids, keys.
    pub(super) fn words(self, cell: &str) -> Vec<String> {
        let own = |words: Vec<&str>| words.into_iter().map(str::to_owned).collect();
        match self {
            Self::Own if cell.contains('\n') => self.list(cell),
            Self::Plain if cell.contains('\n') => self.list(cell),
            Self::Plain if cell.contains([',', ';']) => {
                own(cell.split([',', ';']).map(str::trim).filter(|word| !word.is_empty()).collect())
            }
            // A no-break space belongs to the tag: whoever typed it did not want two.
            Self::Plain | Self::Anki => own(cell.split(is_gap).filter(|word| !word.is_empty()).collect()),
            Self::Own => own(cell.split_whitespace().collect()),
        }
    }

    /// Categories in a cell. `Body parts` is one.
    pub(super) fn categories(self, cell: &str) -> Vec<String> {
        if self == Self::Plain && !cell.contains([',', ';', '\n']) { vec![cell.to_owned()] } else { self.words(cell) }
    }

    /// Sources in a cell. Somebody else's `Scrum Guide 2020` is one, and so is `Weber 2019, p. 12`.
    pub(super) fn sources(self, cell: &str) -> Vec<String> {
        if self == Self::Own {
            return self.words(cell);
        }
        let sources = cell.split([';', '\n']).map(str::trim).filter(|source| !source.is_empty());
        sources.map(str::to_owned).collect()
    }

    /// The items of a list.
    pub(in crate::formats) fn list(self, cell: &str) -> Vec<String> {
        if self == Self::Own {
            return cell.split('\n').filter(|line| !line.trim().is_empty()).map(unescape).collect();
        }
        let items: Vec<&str> =
            if cell.contains('\n') { cell.split('\n').collect() } else { cell.split(" | ").collect() };
        items.into_iter().map(str::trim).filter(|item| !item.is_empty()).map(str::to_owned).collect()
    }
}

/// Reads `\n` and `\\` in an item of a list.
fn unescape(item: &str) -> String {
    if !item.contains('\\') {
        return item.to_owned();
    }
    let mut text = String::with_capacity(item.len());
    let mut chars = item.chars();
    while let Some(c) = chars.next() {
        match (c, chars.as_str().chars().next()) {
            ('\\', Some('n')) => text.push('\n'),
            ('\\', Some('\\')) => text.push('\\'),
            (c, _) => {
                text.push(c);
                continue;
            }
        }
        chars.next();
    }
    text
}

/// Writes an item of a list on one line.
pub(in crate::formats) fn escape(item: &str) -> Cow<'_, str> {
    if item.contains(['\\', '\n']) { item.replace('\\', "\\\\").replace('\n', "\\n").into() } else { item.into() }
}
