//! Whether two texts are the same. What looks different is different: only the encoding of letters, line ends and the blanks
//! around a text don't count.

use std::borrow::Cow;

/// The text in Unicode's composed form (NFC), in which texts that look the same are the same. Most are so already, which a
/// look at each letter tells.
#[must_use]
pub fn composed(text: &str) -> Cow<'_, str> {
    use unicode_normalization::IsNormalized;
    use unicode_normalization::UnicodeNormalization as _;
    let is_composed = text.is_ascii()
        || text.chars().all(is_always_composed)
        || unicode_normalization::is_nfc_quick(text.chars()) == IsNormalized::Yes;
    if is_composed { text.into() } else { text.nfc().collect::<String>().into() }
}

/// Whether a character stays as it is in NFC whatever stands beside it, by its range alone: most letters of Latin, Cyrillic,
/// Japanese, Chinese and Korean. The tables of Unicode take longer to ask, and each row of a file asks them.
fn is_always_composed(c: char) -> bool {
    matches!(c,
        '\0'..='\u{2ff}' | 'Ѐ'..='\u{482}' | '\u{48a}'..='\u{52f}' | 'ぁ'..='ゖ' | 'ァ'..='ヺ' | '一'..='\u{9fff}' | '가'..='힣')
}

/// The text in the form in which equal texts are equal: composed (NFC), each line end a line feed, without the blanks around it.
#[must_use]
pub fn identity(text: &str) -> Cow<'_, str> {
    let text = composed(text.trim_ascii());
    // Blanks beyond ASCII are rare, and to look for them takes longer.
    let text = match text {
        Cow::Borrowed(text) => Cow::Borrowed(text.trim()),
        Cow::Owned(text) => Cow::Owned(text.trim().to_owned()),
    };
    if text.contains('\r') { text.replace("\r\n", "\n").replace('\r', "\n").into() } else { text }
}

/// Whether two texts are the same.
#[must_use]
pub fn is_same(one: &str, other: &str) -> bool {
    one == other || identity(one) == identity(other)
}

/// The place of the first text that stands there already, if one does.
#[must_use]
pub fn repeated<'t>(texts: impl IntoIterator<Item = &'t str>) -> Option<usize> {
    let mut seen = std::collections::BTreeSet::new();
    texts.into_iter().position(|text| !seen.insert(identity(text)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_composed_by_its_range_is_composed_by_the_tables_too() {
        use unicode_normalization::IsNormalized;
        use unicode_normalization::char::canonical_combining_class;
        for c in ('\0'..=char::MAX).filter(|c| is_always_composed(*c)) {
            let alone = unicode_normalization::is_nfc_quick(std::iter::once(c));
            assert_eq!((alone, canonical_combining_class(c)), (IsNormalized::Yes, 0), "{c:?}");
        }
        assert_eq!(composed("e\u{301}と\u{3099}"), "\u{e9}ど");
        assert_eq!(composed("가\u{11a8}"), "각");
    }

    #[test]
    fn only_encoding_line_ends_and_outer_blanks_do_not_count() {
        for (one, other) in [
            ("a", " a\n"),
            ("a\r\nb\rc", "a\nb\nc"),
            ("é", "e\u{301}"),
            ("が", "か\u{3099}"),
            ("한", "\u{1112}\u{1161}\u{11ab}"),
            ("\u{a0}a\u{3000}", "a"),
            ("\u{212b}", "Å"),
        ] {
            assert!(is_same(one, other), "{one:?} / {other:?}");
        }
        for (one, other) in [
            ("a", "A"),
            ("C", "C++"),
            ("-1", "+1"),
            ("ano", "año"),
            ("a b", "a  b"),
            ("a", "a."),
            ("x²", "x2"),
            ("が", "か"),
            ("ß", "ss"),
            ("١", "1"),
            ("", "."),
        ] {
            assert!(!is_same(one, other), "{one:?} / {other:?}");
        }
    }

    #[test]
    fn the_second_of_two_equal_texts_is_found() {
        assert_eq!(repeated(["C", "C++", "C#", "c", " C"]), Some(4));
        assert_eq!(repeated(["-1", "+1", "1"]), None);
    }
}
