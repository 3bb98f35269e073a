//! Single letters: which marks may be dropped from them, how they are usually spelled, which scripts write without blanks.

use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;

/// Whether a mark that follows `base` can be left out and the word stays the word: accents of Latin and Greek, stress in Cyrillic,
/// points of Hebrew, vowel marks of Arabic. In all other scripts a mark makes another letter.
#[must_use]
pub fn is_dropped(base: Option<char>, mark: char) -> bool {
    match mark {
        '\u{300}'..='\u{36f}'
        | '\u{1ab0}'..='\u{1aff}'
        | '\u{1dc0}'..='\u{1dff}'
        | '\u{20d0}'..='\u{20ff}'
        | '\u{fe20}'..='\u{fe2f}' => match base {
            // The stroke through a sign makes another sign.
            Some(base) if !base.is_alphabetic() => false,
            // й, ї, ў, ѓ, ќ are letters, and so are those of the smaller languages. A stress, and the dots of ё, are mostly left out.
            Some(base @ ('\u{400}'..='\u{52f}' | '\u{1c80}'..='\u{1c8f}' | '\u{a640}'..='\u{a69f}')) => match mark {
                '\u{300}' | '\u{301}' => !matches!(base, 'г' | 'Г' | 'к' | 'К'),
                '\u{308}' => matches!(base, 'е' | 'Е'),
                '\u{304}' | '\u{306}' | '\u{30b}' | '\u{30f}' | '\u{311}' => false,
                _ => true,
            },
            _ => true,
        },
        // Titlos, and small letters above others.
        '\u{483}'..='\u{487}' | '\u{2de0}'..='\u{2dff}' | '\u{a66f}' | '\u{a674}'..='\u{a67d}' => true,
        '\u{591}'..='\u{5bd}' | '\u{5bf}' | '\u{5c1}' | '\u{5c2}' | '\u{5c4}' | '\u{5c5}' | '\u{5c7}' => true,
        // Alif is mostly typed without its hamza; on other letters the hamza is a letter.
        '\u{654}' | '\u{655}' => base == Some('ا'),
        '\u{610}'..='\u{61a}'
        | '\u{64b}'..='\u{653}'
        | '\u{656}'..='\u{65f}'
        | '\u{670}'
        | '\u{6d6}'..='\u{6dc}'
        | '\u{6df}'..='\u{6e4}'
        | '\u{6e7}'
        | '\u{6e8}'
        | '\u{6ea}'..='\u{6ed}'
        | '\u{8d3}'..='\u{8ff}' => true,
        _ => false,
    }
}

/// Whether a character has no width and says nothing: soft hyphens, joiners, marks of direction, selectors, the stroke that
/// stretches Arabic words.
#[must_use]
pub fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{640}' | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}'
        | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}'
        | '\u{e0100}'..='\u{e01ef}')
}

/// Whether a character is written for an apostrophe, or for what stands in its place in other alphabets.
#[must_use]
pub fn is_apostrophe(c: char) -> bool {
    matches!(c, '\'' | '’' | '‘' | '‛' | '´' | '\u{2bb}' | '\u{2bc}' | '\u{5f3}' | '\u{ff07}')
}

/// The usual spelling of a letter that Unicode does not take apart, in small letters.
#[must_use]
pub fn spelling(c: char) -> Option<&'static str> {
    Some(match c {
        'ß' | 'ẞ' => "ss",
        'ø' | 'Ø' => "o",
        'œ' | 'Œ' => "oe",
        'æ' | 'Æ' => "ae",
        'ł' | 'Ł' => "l",
        'đ' | 'Đ' | 'ð' | 'Ð' => "d",
        'þ' | 'Þ' => "th",
        'ħ' | 'Ħ' => "h",
        'ŧ' | 'Ŧ' => "t",
        'ı' => "i",
        'ƶ' | 'Ƶ' => "z",
        // Alif without and with the sign that joins it, and the letters of Persian and Urdu keyboards.
        'ٱ' => "ا",
        'ک' => "ك",
        'ہ' => "ه",
        'ۃ' => "ة",
        'ی' => "ي",
        _ => return None,
    })
}

/// The plain digit for one of another script.
#[must_use]
pub fn digit(c: char) -> Option<char> {
    /// Where ten digits in a row begin.
    const ZEROS: [u32; 23] = [
        0x660, 0x6f0, 0x7c0, 0x966, 0x9e6, 0xa66, 0xae6, 0xb66, 0xbe6, 0xc66, 0xce6, 0xd66, 0xde6, 0xe50, 0xed0, 0xf20,
        0x1040, 0x17e0, 0x1810, 0x1946, 0x19d0, 0xa8d0, 0xff10,
    ];
    let number = u32::from(c);
    if !(0x660..=0xff19).contains(&number) {
        return None;
    }
    let zero = ZEROS.into_iter().find(|zero| (*zero..zero + 10).contains(&number))?;
    char::from_digit(number - zero, 10)
}

/// Whether a character is of a script that sets no blanks between words, or few: a blank beside it says nothing.
#[must_use]
pub fn is_unspaced(c: char) -> bool {
    matches!(c,
        '\u{e00}'..='\u{eff}' | '\u{1000}'..='\u{109f}' | '\u{1780}'..='\u{17ff}' | '\u{19e0}'..='\u{19ff}'
        | '\u{2e80}'..='\u{2fff}' | '\u{3005}'..='\u{3007}' | '\u{3021}'..='\u{3029}' | '\u{3031}'..='\u{312f}'
        | '\u{31a0}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{aa60}'..='\u{aa7f}' | '\u{f900}'..='\u{faff}'
        | '\u{20000}'..='\u{3ffff}')
}

/// Whether each letter is a syllable or a word, so that another one is mostly another word.
#[must_use]
pub fn is_dense(c: char) -> bool {
    is_unspaced(c) || matches!(c, '\u{900}'..='\u{dff}' | '\u{f00}'..='\u{fff}' | '\u{1200}'..='\u{139f}')
}

/// Whether a character is part of a word: a letter, or a mark on one.
#[must_use]
pub fn is_letter(c: char) -> bool {
    c.is_ascii_alphabetic() || (!c.is_ascii() && (c.is_alphabetic() || is_combining_mark(c)))
}

/// A small kana, or the stroke that makes a vowel long: to leave it out or to write a large one makes another word.
#[must_use]
pub fn is_small_kana(c: char) -> bool {
    matches!(
        c,
        'ぁ' | 'ぃ'
            | 'ぅ'
            | 'ぇ'
            | 'ぉ'
            | 'っ'
            | 'ゃ'
            | 'ゅ'
            | 'ょ'
            | 'ゎ'
            | 'ァ'
            | 'ィ'
            | 'ゥ'
            | 'ェ'
            | 'ォ'
            | 'ッ'
            | 'ャ'
            | 'ュ'
            | 'ョ'
            | 'ヮ'
            | 'ヵ'
            | 'ヶ'
            | 'ー'
    )
}

/// What of a text's letters counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Keep {
    /// Marks that could be dropped, and letters with a usual spelling.
    pub marks: bool,
    /// Capital letters.
    pub case: bool,
    /// The dotless `ı` is a letter of its own, whose capital is `I`.
    pub turkish: bool,
}

/// The text with its letters folded, in its composed form.
///
/// The order matters: a letter is taken apart, its marks are dropped, then its case is folded in full (ß becomes ss, both
/// small sigmas are one), and what is left is put together again, so that Hangul and kana are whole.
#[must_use]
pub fn folded(text: &str, keep: Keep) -> String {
    if text.is_ascii() && !(keep.turkish && text.contains('I')) {
        return if keep.case { text.to_owned() } else { text.to_ascii_lowercase() };
    }
    let mut out = String::with_capacity(text.len());
    let mut base = None;
    // Taken apart it would be an I with a dot.
    let dotted = |c| if c == 'İ' && keep.turkish && !keep.case { 'i' } else { c };
    for c in text.chars().map(dotted).nfd() {
        if is_combining_mark(c) {
            if keep.marks || !is_dropped(base, c) {
                out.push(c);
            }
            continue;
        }
        base = Some(c);
        fold_letter(c, keep, &mut out);
    }
    out.nfc().collect()
}

fn fold_letter(c: char, keep: Keep, out: &mut String) {
    let case = |c: char, out: &mut String| match c {
        'I' if keep.turkish && !keep.case => out.push('ı'),
        // Its capital is the I of all others.
        'ı' => out.push('ı'),
        // They are written so by their place, and not by anybody's choice.
        'ς' => out.push('σ'),
        'ẞ' => out.push_str(if keep.case { "SS" } else { "ss" }),
        c if keep.case => out.push(c),
        c => out.extend(c.to_uppercase().flat_map(char::to_lowercase)),
    };
    // Capitals have no ß of their own in most texts, so it can't be told from ss where case does not count.
    if c == 'ẞ' || (keep.marks && !matches!(c, 'ٱ' | 'ک' | 'ی' | 'ہ' | 'ۃ')) {
        return case(c, out);
    }
    match spelling(c) {
        Some(plain) if keep.case && c.is_uppercase() => {
            let mut plain = plain.chars();
            out.extend(plain.next().into_iter().flat_map(char::to_uppercase));
            out.push_str(plain.as_str());
        }
        Some(plain) => out.push_str(plain),
        None => case(c, out),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_are_dropped_in_five_scripts_and_make_letters_elsewhere() {
        for (one, other) in [
            ("Año", "ano"),
            ("ngữ", "ngu"),
            ("Ἀθῆναι", "αθηναι"),
            ("ᾳ", "α"),
            ("ёлка", "елка"),
            ("за́мок", "замок"),
            ("שָׁלוֹם", "שלום"),
            ("مَدْرَسَة", "مدرسة"),
            ("أنا", "انا"),
            ("STRASSE", "straße"),
            ("STRAẞE", "strasse"),
            ("ΟΔΟΣ", "οδος"),
            ("İstanbul", "istanbul"),
            ("ırmak", "IRMAK"),
            ("Łódź", "lodz"),
            ("Ærø", "aero"),
            ("þing", "thing"),
            ("کتاب", "كتاب"),
            ("և", "եւ"),
        ] {
            assert_eq!(folded(one, Keep::default()), folded(other, Keep::default()), "{one} / {other}");
        }
        for (one, other) in [
            ("が", "か"),
            ("パン", "バン"),
            ("कुल", "कल"),
            ("क्", "क"),
            ("เบียร์", "เบยร"),
            ("мой", "мои"),
            ("їх", "іх"),
            ("ѓ", "г"),
            ("ў", "у"),
            ("한", "하"),
            ("ཀི", "ཀ"),
            ("មុខ", "មខ"),
            ("မြန်", "မန"),
            ("ரி", "ர"),
            ("ئ", "ي"),
            ("かな", "カナ"),
        ] {
            assert_ne!(folded(one, Keep::default()), folded(other, Keep::default()), "{one} / {other}");
        }
    }

    #[test]
    fn what_is_folded_once_stays_as_it_is() {
        for text in ["Straße", "ŒUVRE", "İı", "がっこう", "हिन्दी", "각", "ΑΣ", "Й", "ᾳ", "ŉ", "ﬁ"]
        {
            let once = folded(text, Keep::default());
            assert_eq!(folded(&once, Keep::default()), once, "{text}");
        }
    }

    #[test]
    fn digits_of_all_scripts_have_a_plain_one() {
        assert_eq!("٣۴५๗၉０".chars().map(|c| digit(c).unwrap()).collect::<String>(), "345790");
        assert_eq!(['a', '3', '三'].map(digit), [None, None, None]);
    }
}
