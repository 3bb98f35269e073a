//! What separates the cells of a row.

/// What separates the cells of a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::formats) enum Separator {
    /// One byte.
    Byte(u8),
    /// One byte, where `\"` in a cell in quotes is a quote of the text, as databases write it.
    Escaped(u8),
    /// A text, ` :: `.
    Text(Box<[u8]>),
    /// A text, of which only the first in a line separates: `term - definition`.
    First(Box<[u8]>),
    /// The first dash of any length in a line, with a blank of any kind on both sides.
    Dash,
    /// Nothing: each line is one cell, whatever stands in it, and a cell in quotes may have several lines.
    Line,
}

impl Separator {
    /// The separator that is written so.
    pub(in crate::formats) fn of(text: &str) -> Self {
        match text.as_bytes() {
            [byte] => Self::Byte(*byte),
            bytes => Self::Text(bytes.into()),
        }
    }

    /// Whether it is that of a list: only the first one in a line separates.
    pub(in crate::formats) fn is_of_list(&self) -> bool {
        matches!(self, Self::First(_) | Self::Dash)
    }

    /// Whether it is a comma or a semicolon, which stand in texts too, with a blank behind them.
    pub(in crate::formats) fn is_comma(&self) -> bool {
        matches!(self, Self::Byte(b',' | b';') | Self::Escaped(b',' | b';'))
    }

    /// How it is written.
    pub(in crate::formats) fn bytes(&self) -> &[u8] {
        match self {
            Self::Byte(byte) | Self::Escaped(byte) => std::slice::from_ref(byte),
            Self::Text(text) | Self::First(text) => text,
            Self::Dash => b" - ",
            Self::Line => b"\n",
        }
    }

    /// The same, written as text.
    pub(in crate::formats) fn text(&self) -> String {
        String::from_utf8_lossy(self.bytes()).into_owned()
    }

    /// As messages name it.
    pub(in crate::formats) fn name(&self) -> String {
        match self.bytes() {
            _ if *self == Self::Dash => "a dash".to_owned(),
            b"\t" => "tab".to_owned(),
            b" " => "space".to_owned(),
            b"\n" => "the end of a line".to_owned(),
            _ => format!("`{}`", self.text()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_comma_is_one_with_and_without_escapes() {
        for sign in [b',', b';'] {
            assert!(Separator::Byte(sign).is_comma() && Separator::Escaped(sign).is_comma());
        }
        for other in
            [Separator::Byte(b'\t'), Separator::Escaped(b'|'), Separator::of(", "), Separator::Dash, Separator::Line]
        {
            assert!(!other.is_comma(), "{other:?}");
        }
    }
}
