//! What in an answer is no word of a language: formulas of chemistry, chords, codes, abbreviations, variables. Each letter of a symbol counts, and
//! so does the mark over a variable.

use crate::core::compare::letters::is_dense;
use crate::core::compare::letters::is_letter;
use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;

/// Names of functions, as formulas have them.
pub const FUNCTIONS: &[&str] = &[
    "arccos", "arcsin", "arctan", "cos", "cosh", "cot", "deg", "det", "dim", "exp", "gcd", "inf", "ker", "lg", "lim",
    "ln", "log", "max", "min", "mod", "sec", "sin", "sinh", "sup", "tan", "tanh",
];

const ELEMENTS: &str = "H He Li Be B C N O F Ne Na Mg Al Si P S Cl Ar K Ca Sc Ti V Cr Mn Fe Co Ni Cu Zn Ga Ge As Se Br \
    Kr Rb Sr Y Zr Nb Mo Tc Ru Rh Pd Ag Cd In Sn Sb Te I Xe Cs Ba La Ce Pr Nd Pm Sm Eu Gd Tb Dy Ho Er Tm Yb Lu Hf Ta W Re \
    Os Ir Pt Au Hg Tl Pb Bi Po At Rn Fr Ra Ac Th Pa U Np Pu Am Cm Bk Cf Es Fm Md No Lr Rf Db Sg Bh Hs Mt Ds Rg Cn Nh Fl \
    Mc Lv Ts Og";

/// What a chord has behind its note.
const CHORDS: [&str; 6] = ["maj", "min", "dim", "aug", "sus", "add"];

/// Letters of the longest word in capitals that is taken for an abbreviation, each letter of which stands for a word.
const LONGEST_ABBREVIATION: usize = 4;

/// Letters of numbers as Rome wrote them, and of the bases in a sequence of genes: each one of such a word counts.
const ALPHABETS: [&str; 2] = ["IVXLCDM", "ACGTU"];

/// The symbols of a text: letters and digits in one (`CaCO₃`, `Cmaj7`, `B12`), abbreviations (`MPEG`), elements that are bound (`NaCl`), chords
/// (`Bbmaj`), numbers of letters (`XVIII`).
pub(super) fn symbols(text: &str) -> impl Iterator<Item = &str> {
    let is_part = |c: char| c.is_alphanumeric() && !is_dense(c);
    // Among small letters a word in capitals is an abbreviation, however long; all in capitals are words that are shouted.
    let longest = if text.contains(char::is_lowercase) { usize::MAX } else { LONGEST_ABBREVIATION };
    text.split(move |c| !is_part(c)).filter(move |word| is_code(word, longest) || is_compound(word) || is_chord(word))
}

fn is_code(word: &str, longest: usize) -> bool {
    let is_capital = || word.bytes().all(|byte| byte.is_ascii_uppercase());
    let is_of_few = || ALPHABETS.iter().any(|alphabet| word.chars().all(|c| alphabet.contains(c)));
    let is_abbreviation = || is_capital() && (word.len() <= longest || is_of_few());
    // `mRNA`, `DNase`
    let has_one = || {
        word.len() <= LONGEST_ABBREVIATION + 1
            && word.as_bytes().windows(2).any(|two| two.iter().all(u8::is_ascii_uppercase))
    };
    (word.contains(char::is_numeric) && word.contains(char::is_alphabetic))
        || (!word.is_empty() && is_abbreviation())
        || (word.contains(char::is_lowercase) && has_one())
}

fn is_compound(word: &str) -> bool {
    let starts: Vec<usize> = word.match_indices(|c: char| c.is_ascii_uppercase()).map(|(start, _)| start).collect();
    let ends = starts.iter().skip(1).copied().chain([word.len()]);
    let mut parts = starts.iter().zip(ends).map(|(start, end)| word.get(*start..end).unwrap_or_default());
    starts.len() > 1
        && starts.first() == Some(&0)
        && parts.all(|part| ELEMENTS.split_whitespace().any(|element| element == part))
}

fn is_chord(word: &str) -> bool {
    word.strip_prefix(['A', 'B', 'C', 'D', 'E', 'F', 'G'])
        .is_some_and(|rest| CHORDS.contains(&rest.strip_prefix('b').unwrap_or(rest)))
}

/// Whether a text has a variable with a mark, which makes it another one: a single letter that no language marks so (`x̄`, `θ̂`), or any
/// in an equation (`â = 2`).
pub(super) fn has_marked_variable(text: &str) -> bool {
    if text.is_ascii() {
        return false;
    }
    let words = || text.split(|c| !is_letter(c)).filter(|word| !word.is_empty());
    let is_one_letter = |word: &&str| word.chars().skip(1).all(is_combining_mark);
    let is_equation = text.contains(['=', '+', '−', '*', '<', '>', '^', '·', '×', '≤', '≥', '≈', '∈'])
        && words().all(|word| is_one_letter(&word));
    let is_never_marked = |c: char| {
        (c.is_ascii_alphabetic() && !matches!(c.to_ascii_lowercase(), 'a' | 'e' | 'i' | 'o' | 'u'))
            || matches!(c, 'Α'..='Ω' | 'α'..='ω')
    };
    let is_over = |c: char| matches!(c, '\u{302}'..='\u{305}' | '\u{307}' | '\u{308}' | '\u{20d7}');
    // Letters of Spanish, Esperanto, Welsh, Maltese and Polish.
    let is_in_alphabet = |word: &str| {
        let letter = word.nfc().next().and_then(|letter| letter.to_lowercase().next());
        letter.is_some_and(|letter| "ñĉĝĥĵŝŵċġż".contains(letter))
    };
    let is_variable = |word: &str| {
        let mut letter = word.nfd();
        letter.next().is_some_and(is_never_marked) && letter.any(is_over) && !is_in_alphabet(word)
    };
    is_equation || words().filter(is_one_letter).any(is_variable)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_word_is_a_symbol() {
        for (text, found) in [
            ("CaCO₃", "CaCO₃"),
            ("CaCO3 + HCl", "CaCO3 HCl"),
            ("CuSO₄·5H₂O", "CuSO₄ 5H₂O"),
            ("Cmaj7 and Bbmaj", "Cmaj7 Bbmaj"),
            ("vitamin B12", "B12"),
            ("chapter 12", ""),
            ("JPEG or MPEG", "JPEG MPEG"),
            ("SMART", ""),
            ("SARS-CoV", "SARS CoV"),
            ("the UNESCO", "UNESCO"),
            ("mRNA and tRNA, DNase, PostgreSQL", "mRNA tRNA DNase"),
            ("BOX CHECKERS", "BOX"),
            ("GATTACA", "GATTACA"),
            ("LOUIS XVIII", "XVIII"),
            ("GitHub and JavaScript", ""),
            ("Cold Gases", ""),
            ("第3章", ""),
        ] {
            assert_eq!(symbols(text).collect::<Vec<_>>().join(" "), found, "{text}");
        }
    }

    #[test]
    fn a_mark_over_a_variable_is_told_from_an_accent() {
        for text in ["x\u{304}", "p\u{302} > 0", "der Mittelwert x̄", "θ\u{302}", "ŷ", "v\u{20d7}", "â = 2", "ē + 1"]
        {
            assert!(has_marked_variable(text), "{text}");
        }
        for text in ["à", "é", "ô ciel", "ā", "año", "año = year", "ñ", "ĉ", "ο\u{301}", "и\u{300}", "m\u{300}", "x"]
        {
            assert!(!has_marked_variable(text), "{text}");
        }
    }
}
