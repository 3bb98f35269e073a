//! The plain characters of a text: what is only another form of a character becomes that one, so that the rules for punctuation
//! and letters have one comma, one dash, one quotation mark to look at.

use crate::core::compare::letters::digit;
use crate::core::compare::letters::is_apostrophe;
use crate::core::compare::letters::is_invisible;
use crate::core::compare::letters::is_letter;
use crate::core::compare::symbols::FUNCTIONS;
use unicode_normalization::UnicodeNormalization as _;

/// The apostrophe that is a letter (`Hawaiʻi`, `пʼять`): it parts no words.
pub(super) const TURNED: char = '\u{2bc}';

/// A raised (`^`) or lowered (`_`) character.
pub(super) fn level(c: char) -> Option<char> {
    match c {
        '²' | '³' | '¹' | '\u{2070}'..='\u{207f}' => Some('^'),
        // Letters that stand for numbers are raised in formulas, and others in the spelling of sounds.
        '\u{2b0}'..='\u{2b8}' | '\u{2e0}'..='\u{2e3}' | '\u{1d2c}'..='\u{1d61}' | '\u{1d9b}'..='\u{1dbf}' => Some('^'),
        '\u{2080}'..='\u{209c}' | '\u{1d62}'..='\u{1d6a}' | '\u{2c7c}' => Some('_'),
        _ => None,
    }
}

/// The raised or lowered characters that stand together at the beginning of some, with their sign.
fn run(chars: &[char]) -> Option<(char, &[char])> {
    let sign = chars.first().copied().and_then(level)?;
    let length = chars.iter().take_while(|c| level(**c) == Some(sign)).count();
    Some((sign, chars.get(..length)?))
}

/// Whether a run behind a number is an exponent of it: all digits are, and single letters but for those of ordinals (`2ᵉ`, `1ˢᵗ`).
fn is_exponent(run: &[char]) -> bool {
    match run {
        [first, rest @ ..] if first.is_alphabetic() => {
            !matches!(first, 'ᵉ' | 'ᵃ' | 'ᵒ') && !rest.first().is_some_and(|next| next.is_alphabetic())
        }
        _ => true,
    }
}

/// Functions whose names are units too: what is raised behind these are minutes and degrees (`ml/min²`).
const UNITS: [&str; 2] = ["deg", "min"];

/// Whether a text ends with the name of a function.
pub(super) fn ends_with_function(text: &str) -> bool {
    let word = text.rsplit(|c| !is_letter(c)).next().unwrap_or_default();
    FUNCTIONS.contains(&word) && !UNITS.contains(&word)
}

/// Whether a run has an operator before something: the sign of an exponent does, a charge stands behind its number.
fn is_operation(run: &[char]) -> bool {
    let is_operator = |c: char| matches!(c, '⁺' | '⁻' | '⁼' | '₊' | '₋' | '₌');
    run.windows(2).any(|two| matches!(two, [sign, next] if is_operator(*sign) && !is_operator(*next)))
}

/// Whether a character is a digit of any script.
pub(super) fn is_digit(c: char) -> bool {
    c.is_ascii_digit() || digit(c).is_some()
}

/// Whether what is raised or lowered keeps together without brackets: one character, or a number, with signs before or behind it.
pub(super) fn is_one(inside: &str) -> bool {
    let bare = inside.trim_matches(['+', '-', '−']);
    let is_number = |part: &str| !part.is_empty() && part.chars().all(is_digit);
    bare.chars().nth(1).is_none() || bare.split('.').all(is_number)
}

/// A run in plain characters behind its sign, in brackets where it would come apart without them.
fn marked(sign: char, run: &[char]) -> String {
    let inside: String = run.iter().copied().nfkc().collect();
    let has_brackets = inside.starts_with('(') && inside.ends_with(')');
    if has_brackets || is_one(&inside) { format!("{sign}{inside}") } else { format!("{sign}({inside})") }
}

/// The text with its raised and lowered characters marked, each kind by which of the signs are asked for.
pub(super) fn with_marks(text: &str, signs: &[char]) -> String {
    let chars: Vec<char> = text.chars().collect();
    let mut out = String::with_capacity(text.len() + 8);
    let mut rest = chars.as_slice();
    while let [c, behind @ ..] = rest {
        match run(rest).filter(|(sign, _)| signs.contains(sign)) {
            Some((sign, run)) => {
                out.push_str(&marked(sign, run));
                rest = rest.get(run.len()..).unwrap_or_default();
            }
            None => {
                out.push(*c);
                rest = behind;
            }
        }
    }
    out
}

/// The plain form of punctuation and operators.
fn form(c: char) -> Option<&'static str> {
    Some(match c {
        '。' | '｡' | '।' | '॥' | '։' | '۔' | '።' | '។' | '៕' | '။' | '།' | '᠃' => ".",
        '、' | '､' | '،' | '՝' | '၊' | '፣' | '᠂' | '٬' => ",",
        // The point of numbers in Arabic digits.
        '٫' => ".",
        '٪' => "%",
        '፥' | '፦' => ":",
        '؛' | '፤' => ";",
        '؟' | '፧' => "?",
        '՞' | '՜' | '՛' | '‚' => "'",
        '“' | '”' | '„' | '‟' | '«' | '»' | '‹' | '›' | '「' | '」' | '『' | '』' | '〈' | '〉' | '《' | '》'
        | '【' | '】' | '〝' | '〞' | '〟' | '״' | '｢' | '｣' => "\"",
        '‐' | '‑' | '‒' | '–' | '—' | '―' | '−' | '⁃' | '־' | '﹘' => "-",
        '〜' | '～' => "~",
        '…' | '⋯' => "...",
        '‥' => "..",
        '・' | '･' | '‧' | '\u{387}' | '⋅' | '∙' | 'ꞏ' => "·",
        '×' | '∗' => "*",
        '÷' | '∕' | '⁄' => "/",
        '≤' | '≦' | '⩽' => "<=",
        '≥' | '≧' | '⩾' => ">=",
        '≠' => "!=",
        '→' | '⟶' => "->",
        '←' | '⟵' => "<-",
        '⇒' | '⟹' => "=>",
        '⇔' | '⟺' => "<=>",
        '↔' | '⟷' => "<->",
        '±' => "+-",
        // As the sign of an increment, which looks the same.
        '∆' => "Δ",
        '♯' => "#",
        '♭' => "b",
        '゛' => "\u{3099}",
        '゜' => "\u{309a}",
        '¡' | '¿' => "¿",
        '•' | '‣' | '◦' => "•",
        '་' | '፡' => " ",
        // Romanian with the cedilla of older keyboards, and the ligatures of Yiddish.
        'ş' => "ș",
        'Ş' => "Ș",
        'ţ' => "ț",
        'Ţ' => "Ț",
        'װ' => "וו",
        // Persian, of which keyboards have the letter and its hamza.
        'ۀ' => "\u{647}\u{654}",
        'ױ' => "וי",
        'ײ' => "יי",
        _ => return None,
    })
}

/// The letter without a vowel that Malayalam has a sign of its own for, as it was typed before there was one: with the mark that takes the
/// vowel away and a joiner, three characters.
fn chillu(chars: &[char]) -> Option<char> {
    let [letter, '\u{d4d}', '\u{200d}', ..] = chars else { return None };
    Some(match letter {
        'ണ' => 'ൺ',
        'ന' => 'ൻ',
        'ര' => 'ർ',
        'ല' => 'ൽ',
        'ള' => 'ൾ',
        'ക' => 'ൿ',
        _ => return None,
    })
}

/// The plain characters of a text, composed.
pub(super) fn spelled(text: &str) -> Vec<char> {
    if text.is_ascii() {
        return text.chars().collect();
    }
    let mut plain = String::with_capacity(text.len());
    let chars: Vec<char> = text.chars().collect();
    let mut before = None;
    let mut place = 0;
    while let Some(c) = chars.get(place).copied() {
        let rest = chars.get(place..).unwrap_or_default();
        let after = rest.get(1).copied();
        place += 1;
        if is_invisible(c) {
            continue;
        }
        if let Some((sign, run)) = run(rest) {
            let is_apart = before.is_some_and(|c: char| c.is_ascii_digit()) && is_exponent(run);
            // sin² x is not sin 2x.
            let is_power = sign == '^' && ends_with_function(&plain);
            if is_apart || is_power || is_operation(run) {
                plain.push_str(&marked(sign, run));
            } else {
                plain.extend(run);
            }
            before = run.last().copied();
            place += run.len() - 1;
            continue;
        }
        if let Some(letter) = chillu(rest) {
            plain.push(letter);
            place += 2;
        } else if matches!(c, '\u{2bb}' | '\u{2bc}') {
            plain.push(TURNED);
        } else if is_apostrophe(c) {
            plain.push('\'');
        } else if matches!(c, '—' | '―') && before == Some(c) {
            // One dash, however long it is drawn.
        } else if c == 'º' && matches!(after, Some('C' | 'F')) {
            plain.push('°');
        } else if let Some(form) = form(c) {
            plain.push_str(form);
        } else if let Some(digit) = digit(c) {
            plain.push(digit);
        } else {
            // One and a half is not eleven halves.
            if matches!(c, '¼'..='¾' | '\u{2150}'..='\u{215f}') && before.is_some_and(|c| c.is_ascii_digit()) {
                plain.push(' ');
            }
            plain.push(c);
        }
        before = Some(c);
    }
    let composed = plain.nfkc().filter(|c| !is_invisible(*c));
    let plain = |c| match c {
        '⁄' => '/',
        '−' => '-',
        c => c,
    };
    let mut plain: Vec<char> = composed.map(plain).collect();
    in_order(&mut plain);
    nasal(&mut plain);
    plain
}

/// Hindi as it is mostly written: a nasal without a vowel, before another consonant of its own class, is the dot above (`हिन्दी`, `हिंदी`).
fn nasal(chars: &mut Vec<char>) {
    const NASALS: [(char, std::ops::RangeInclusive<char>); 5] =
        [('ङ', 'क'..='घ'), ('ञ', 'च'..='झ'), ('ण', 'ट'..='ढ'), ('न', 'त'..='ध'), ('म', 'प'..='भ')];
    if !chars.contains(&'\u{94d}') {
        return;
    }
    let mut place = 0;
    while place + 2 < chars.len() {
        let is_nasal = matches!(chars.get(place..place + 3), Some([nasal, '\u{94d}', next])
            if NASALS.iter().any(|(known, class)| known == nasal && class.contains(next)));
        if is_nasal {
            chars.splice(place..place + 2, ['\u{902}']);
        }
        place += 1;
    }
}

/// Thai and Lao as they are meant: a tone mark stands behind the vowel above or below its letter, but before the small circle of ำ, and two เ are
/// one แ. All of these look the same, and keyboards take them in any order.
fn in_order(chars: &mut Vec<char>) {
    let is_tone = |c: char| matches!(c, '\u{e48}'..='\u{e4b}' | '\u{ec8}'..='\u{ecb}');
    let is_vowel =
        |c: char| matches!(c, '\u{e31}' | '\u{e34}'..='\u{e39}' | '\u{eb1}' | '\u{eb4}'..='\u{eb9}' | '\u{ebb}');
    let is_circle = |c: char| matches!(c, '\u{e4d}' | '\u{ecd}');
    if !chars.iter().any(|c| is_tone(*c) || *c == 'เ') {
        return;
    }
    for place in 2..chars.len() {
        // All of ำ is a circle and a long vowel.
        let Some([circle, vowel, tone]) = chars.get_mut(place - 2..=place) else { continue };
        if is_circle(*circle) && matches!(vowel, 'า' | 'າ') && is_tone(*tone) {
            (*circle, *vowel, *tone) = (*tone, *circle, *vowel);
        }
    }
    for place in 1..chars.len() {
        let Some([before, after]) = chars.get_mut(place - 1..=place) else { continue };
        if (is_tone(*before) && is_vowel(*after)) || (is_circle(*before) && is_tone(*after)) {
            std::mem::swap(before, after);
        } else if (*before, *after) == ('เ', 'เ') {
            (*before, *after) = ('\0', 'แ');
        }
    }
    chars.retain(|c| *c != '\0');
}
