//! Which signs of an answer say something, and which are the punctuation of a sentence.
//!
//! The same character is both: the point of `3.14` counts and that of `Yes.` does not, the hyphen of `e-mail` is a blank and that of
//! `-5` is a sign. What tells them apart is what stands beside them; [`Line::fate`] has the rules, one function for each character.

use crate::core::compare::answer::spelled::TURNED;
use crate::core::compare::letters::is_letter;
use crate::core::compare::letters::is_unspaced;
use unicode_normalization::char::is_combining_mark;

/// Characters that parentheses may put aside in an answer: nobody types more, and each pair is looked through.
const LONGEST_ASIDE: usize = 200;

/// What becomes of a character.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    /// It counts.
    Keep,
    /// It is punctuation between words.
    Gap,
    /// It is punctuation inside a word.
    Nothing,
    /// It stands between two parts of a word that may be written as words of their own.
    Inside,
    /// It ends an abbreviation that goes on behind the blank.
    Join,
    /// An apostrophe that stands for a prime.
    Prime,
}

/// Plain characters, and what of the whole line decides about one of them.
struct Line<'c> {
    chars: &'c [char],
    /// It has no word of two letters, as formulas have none.
    is_formula: bool,
    /// It has an operator that no sentence has.
    has_operator: bool,
    /// It asks and tells both outcomes, as `a ? b : c` does.
    is_ternary: bool,
    /// It has signs that code has and no sentence.
    is_code: bool,
    /// It has a blank.
    has_blank: bool,
    /// How many quotation marks it has.
    quotes: usize,
    /// How many apostrophes it has.
    apostrophes: usize,
    /// Places of parentheses that are punctuation.
    asides: Vec<usize>,
}

fn is_digit(c: char) -> bool {
    c.is_ascii_digit()
}

fn is_word(c: char) -> bool {
    is_digit(c) || is_letter(c)
}

/// Whether a character may be the punctuation of a sentence.
fn is_point(c: char) -> bool {
    matches!(c, '.' | ',' | ';' | ':' | '!' | '?' | '"' | '\'' | '(' | ')' | '¿' | '•' | '·' | '-')
}

fn is_sign(c: char) -> bool {
    !is_word(c) && !is_point(c) && !c.is_whitespace()
}

/// A letter of the alphabets whose words an apostrophe joins, or its accent.
fn is_latin(c: char) -> bool {
    c.is_ascii_alphabetic() || matches!(c, 'À'..='\u{24f}' | '\u{300}'..='\u{3ff}' | '\u{1e00}'..='\u{1fff}')
}

/// Whether a line is `a ? b : c`, with or without blanks: a sentence has more than a word between its marks.
fn is_ternary(chars: &[char]) -> bool {
    let parts: Vec<&[char]> = chars.split(|c| matches!(c, '?' | ':')).collect();
    let [asked, yes, no] = parts.as_slice() else { return false };
    let is_one = |part: &[char]| {
        let mut words = part.split(|c| c.is_whitespace()).filter(|word| !word.is_empty());
        words.next().is_some_and(|word| word.iter().any(|c| is_word(*c))) && words.next().is_none()
    };
    let says = asked.iter().any(|c| is_word(*c)) && (is_one(asked) || asked.iter().any(|c| is_sign(*c)));
    says && chars.get(asked.len()) == Some(&'?')
        && chars.get(asked.len() + 1 + yes.len()) == Some(&':')
        && is_one(yes)
        && is_one(no)
}

/// Whether a line is code by what no sentence has: a mark before a semicolon, and without blanks calls, paths and arrows, which a sentence may name.
fn is_code(chars: &[char], has_blank: bool) -> bool {
    if !chars.iter().any(|c| matches!(c, '!' | '?')) {
        return false;
    }
    let has = |two: &[char; 2]| chars.windows(2).any(|pair| pair == two);
    chars.windows(3).any(|three| matches!(three, [before, '!' | '?', ';'] if is_word(*before) || *before == ')'))
        || (!has_blank && [['(', ')'], [':', ':'], ['-', '>'], ['=', '>']].iter().any(has))
}

/// The longest run of letters, counted without their marks.
fn longest_word(chars: &[char]) -> usize {
    let words = chars.split(|c| !is_letter(*c));
    words.map(|word| word.iter().filter(|c| !is_combining_mark(**c)).count()).max().unwrap_or(0)
}

impl<'c> Line<'c> {
    fn new(chars: &'c [char]) -> Self {
        let has_operator = chars.iter().any(|c| matches!(c, '=' | '+' | '*' | '<' | '>' | '^'));
        let count = |sign: char| chars.iter().filter(|c| **c == sign).count();
        let (quotes, apostrophes) = (count('"'), count('\''));
        let is_formula = longest_word(chars) < 2;
        let is_ternary = is_ternary(chars);
        let has_blank = chars.iter().any(|c| c.is_whitespace());
        let is_code = is_code(chars, has_blank);
        let asides = Vec::new();
        let mut line =
            Self { chars, is_formula, has_operator, is_ternary, is_code, has_blank, quotes, apostrophes, asides };
        let mut open = Vec::new();
        for (place, c) in chars.iter().enumerate() {
            match c {
                '(' => open.push(place),
                ')' => match open.pop() {
                    Some(opened) if line.is_aside(opened, place) => line.asides.extend([opened, place]),
                    Some(_) => {}
                    None if line.is_stray(place) => line.asides.push(place),
                    None => {}
                },
                _ => {}
            }
        }
        line.asides.extend(open.into_iter().filter(|place| line.is_stray(*place)).collect::<Vec<_>>());
        line.asides.sort_unstable();
        line
    }

    fn at(&self, place: usize) -> Option<char> {
        self.chars.get(place).copied()
    }

    fn before(&self, place: usize) -> Option<char> {
        place.checked_sub(1).and_then(|place| self.at(place))
    }

    fn after(&self, place: usize) -> Option<char> {
        self.at(place + 1)
    }

    /// How many letters stand directly before a place, as far as two.
    fn letters_before(&self, place: usize) -> usize {
        let before = self.chars.get(..place).unwrap_or_default();
        before.iter().rev().take_while(|c| is_letter(**c)).filter(|c| !is_combining_mark(**c)).take(2).count()
    }

    /// How many letters stand at a place and behind it, as far as two.
    fn letters_from(&self, place: usize) -> usize {
        let after = self.chars.get(place..).unwrap_or_default();
        after.iter().take_while(|c| is_letter(**c)).filter(|c| !is_combining_mark(**c)).take(2).count()
    }

    /// The place of the first character behind a place that is no blank.
    fn next(&self, place: usize) -> Option<usize> {
        (place + 1..self.chars.len()).find(|place| self.at(*place).is_some_and(|c| !c.is_whitespace()))
    }

    /// Behind the last character before a place that is no blank.
    fn end_before(&self, place: usize) -> usize {
        let before = self.chars.get(..place).unwrap_or_default();
        before.iter().rposition(|c| !c.is_whitespace()).map_or(0, |last| last + 1)
    }

    fn is_unspaced_beside(&self, place: usize) -> bool {
        [self.before(place), self.after(place)].into_iter().flatten().any(is_unspaced)
    }

    fn is_open(c: Option<char>) -> bool {
        c.is_none_or(char::is_whitespace)
    }

    /// Whether two parentheses put something aside, as `(to) run` does, and belong to no formula or code, as in `f(x)`.
    fn is_aside(&self, opened: usize, closed: usize) -> bool {
        let is_outside = |c: Option<char>| {
            c.is_none_or(|c| {
                c.is_whitespace() || is_unspaced(c) || matches!(c, '.' | ',' | ';' | ':' | '!' | '?' | '"' | '\'')
            })
        };
        let inside = self.chars.get(opened + 1..closed).unwrap_or_default();
        if inside.len() > LONGEST_ASIDE {
            return false;
        }
        let says = longest_word(inside) > 1
            || inside.iter().filter(|c| is_digit(**c)).count() > 1
            || inside.iter().any(|c| is_unspaced(*c))
            || (longest_word(inside) == 1 && opened == 0 && (!self.is_formula || closed + 1 == self.chars.len()));
        is_outside(self.before(opened)) && is_outside(self.after(closed)) && says && !inside.iter().any(|c| is_sign(*c))
    }

    /// Whether a parenthesis without its other half is punctuation.
    fn is_stray(&self, place: usize) -> bool {
        let beside = [self.before(place), self.after(place)];
        let is_inside = beside.into_iter().flatten().filter(|c| is_word(*c)).count() == 2;
        !self.is_formula && !is_inside && !beside.into_iter().flatten().any(is_sign)
    }

    /// What becomes of the character at a place.
    fn fate(&self, place: usize) -> Fate {
        let Some(c) = self.at(place) else { return Fate::Nothing };
        let (before, after) = (self.before(place), self.after(place));
        let between_digits = before.is_some_and(is_digit) && after.is_some_and(is_digit);
        // `:=`, `!=`, `.*`, `*.txt`
        let is_operator = after.is_some_and(is_sign) || (before.is_some_and(is_sign) && after.is_some_and(is_word));
        match c {
            '.' => self.point(place, between_digits, is_operator),
            ',' if between_digits || self.is_left_open(place) => Fate::Keep,
            ';' | ',' | '¿' | '•' => Fate::Gap,
            ':' if between_digits || is_operator || before == Some(':') || after == Some(':') => Fate::Keep,
            ':' if self.is_ternary || self.is_prefix(place) || (before == Some('?') && self.is_group(place - 1)) => {
                Fate::Keep
            }
            ':' => Fate::Gap,
            '!' if self.is_not(place) || self.is_factorial(place) => Fate::Keep,
            '?' if self.is_ternary || self.is_group(place) || self.is_chain(place) => Fate::Keep,
            '!' | '?' if is_operator || self.is_code || self.is_of_signs(place) || self.is_doubled(place) => Fate::Keep,
            '!' | '?' => {
                let is_inside = before.is_some_and(is_word) && after.is_some_and(is_word);
                if is_inside && !self.is_unspaced_beside(place) { Fate::Keep } else { Fate::Gap }
            }
            '"' if before.is_some_and(is_letter) && after.is_some_and(is_letter) => Fate::Nothing,
            // Inches and seconds.
            '"' if before.is_some_and(is_digit) && self.quotes == 1 => Fate::Keep,
            '"' => Fate::Gap,
            '\'' => self.apostrophe(place),
            '`' if before.is_some_and(is_letter) && after.is_some_and(is_letter) => Fate::Nothing,
            '(' | ')' if self.asides.binary_search(&place).is_ok() => Fate::Gap,
            '·' => self.middle_dot(place),
            // Where a word is to be put in, as in `〜ながら`.
            '~' if self.is_unspaced_beside(place) => Fate::Gap,
            '-' => self.hyphen(place),
            _ => Fate::Keep,
        }
    }

    fn point(&self, place: usize, between_digits: bool, is_operator: bool) -> Fate {
        let (before, after) = (self.before(place), self.after(place));
        if before == Some('.') || after == Some('.') {
            let is_dot = |place: &usize| self.at(*place) == Some('.');
            let first = (0..=place).rev().take(3).take_while(is_dot).last().unwrap_or(place);
            let behind = (place..).take(3).find(|place| !is_dot(place)).unwrap_or(place + 3);
            let is_range = behind - first == 2
                && (self.at(behind).is_some_and(|c| is_word(c) || is_sign(c)) || Self::is_open(self.before(first)));
            return if is_range { Fate::Keep } else { Fate::Gap };
        }
        if between_digits || is_operator || (before == Some('?') && self.is_chain(place - 1)) {
            return Fate::Keep;
        }
        if Self::is_open(before) || before == Some(')') {
            let is_kept = after.is_some_and(is_word) || self.is_word_itself(place);
            return if is_kept { Fate::Keep } else { Fate::Gap };
        }
        if before.is_some_and(is_letter) && after.is_some_and(is_letter) {
            return if self.is_unspaced_beside(place) { Fate::Gap } else { Fate::Inside };
        }
        // `t.0`, but not `No.5`.
        if before.is_some_and(is_letter) && after.is_some_and(is_digit) && self.letters_before(place) == 1 {
            return Fate::Keep;
        }
        // `e. g.`
        let goes_on = self.next(place).filter(|next| *next > place + 1 && self.letters_from(*next) == 1);
        match goes_on {
            Some(next) if self.letters_before(place) == 1 && self.after(next) == Some('.') => Fate::Join,
            _ => Fate::Gap,
        }
    }

    /// `.` for the folder that one is in, in a line of Latin letters: other scripts set their full stops behind a blank.
    fn is_word_itself(&self, place: usize) -> bool {
        let before = self.end_before(place).checked_sub(1).and_then(|place| self.at(place));
        Self::is_open(self.before(place)) && Self::is_open(self.after(place)) && before.is_some_and(|c| c.is_ascii())
    }

    /// `:wq`, which no sentence has: its colon stands behind a word.
    fn is_prefix(&self, place: usize) -> bool {
        Self::is_open(self.before(place)) && self.after(place).is_some_and(|c| c.is_ascii_alphabetic())
    }

    /// The comma of `(1,)` and `{2,}`.
    fn is_left_open(&self, place: usize) -> bool {
        self.before(place).is_some_and(is_word) && matches!(self.after(place), Some(')' | ']' | '}'))
    }

    /// The question mark of `(?:a)`.
    fn is_group(&self, place: usize) -> bool {
        self.before(place) == Some('(') && self.after(place).is_some_and(|c| !c.is_whitespace())
    }

    /// The question mark of `a?.b`.
    fn is_chain(&self, place: usize) -> bool {
        self.after(place) == Some('.')
            && self.before(place).is_some_and(is_word)
            && self.at(place + 2).is_some_and(|c| is_word(c) || c == '[')
    }

    /// Whether a mark belongs to the signs before it, as in `$?` and `a+?`. Behind a unit (`50 %!`), or a name in a sentence
    /// (`What is C++?`), it is the sentence's.
    fn is_of_signs(&self, place: usize) -> bool {
        let Some(sign) = self.before(place).filter(|c| is_sign(*c)) else { return false };
        let number = self.end_before(place - 1).checked_sub(1).and_then(|place| self.at(place));
        let is_unit = matches!(sign, '%' | '‰' | '°' | '$' | '€' | '£' | '¥' | '¢') && number.is_some_and(is_digit);
        let begun = self.chars.get(..place).unwrap_or_default();
        let mut word = begun.iter().rev().take_while(|c| !c.is_whitespace());
        !is_unit && (!self.has_blank || !word.any(|c| is_word(*c)))
    }

    /// `a ?? b`
    fn is_doubled(&self, place: usize) -> bool {
        let mark = self.at(place);
        let first = if self.before(place) == mark { place - 1 } else { place };
        self.at(first + 1) == mark
            && Self::is_open(self.before(first))
            && Self::is_open(self.at(first + 2))
            && self.end_before(first) > 0
            && self.next(first + 1).is_some()
    }

    /// `!x`
    fn is_not(&self, place: usize) -> bool {
        let before = self.before(place);
        let begins = Self::is_open(before) || before == Some('(') || before.is_some_and(is_sign);
        (begins && self.after(place).is_some_and(|c| is_word(c) || c == '('))
            || (before.is_some_and(is_word) && self.after(place) == Some('('))
    }

    /// `n!`, and the command `:wq!`
    fn is_factorial(&self, place: usize) -> bool {
        (self.is_formula || self.at(0) == Some(':'))
            && self.before(place).is_some_and(|c| is_word(c) || c == ')')
            && self.after(place) != Some('!')
            && !self.is_unspaced_beside(place)
    }

    fn apostrophe(&self, place: usize) -> Fate {
        let (before, after) = (self.before(place), self.after(place));
        if let (Some(a), Some(b)) = (before.filter(|c| is_letter(*c)), after.filter(|c| is_letter(*c))) {
            // Elsewhere it is a part of the letter before it, as in Hebrew and Ukrainian.
            return if is_latin(a) && is_latin(b) { Fate::Inside } else { Fate::Nothing };
        }
        let is_prime = match before {
            // But for the plural of `90's`.
            Some(c) if is_digit(c) => {
                after.is_some_and(is_digit)
                    || (self.apostrophes == 1 && self.is_formula && !after.is_some_and(is_letter))
            }
            // The second or third.
            Some('\'') => {
                let first =
                    (1..=2).take_while(|back| place.checked_sub(*back).and_then(|at| self.at(at)) == Some('\'')).last();
                let first = first.and_then(|back| place.checked_sub(back));
                first.is_some_and(|first| self.before(first) != Some('\'') && self.apostrophe(first) == Fate::Prime)
            }
            Some(c) if is_letter(c) && self.letters_before(place) == 1 => {
                let is_opened = place.checked_sub(2).and_then(|place| self.at(place)) == Some('\'');
                let ends = after.is_none_or(is_sign) && self.is_formula;
                !is_opened && (ends || matches!(after, Some('(' | '\'')))
            }
            _ => false,
        };
        if is_prime {
            Fate::Prime
        } else if Self::is_open(before) && after.is_some_and(is_letter) {
            Fate::Nothing
        } else {
            Fate::Gap
        }
    }

    fn middle_dot(&self, place: usize) -> Fate {
        let (before, after) = (self.before(place), self.after(place));
        let is_l = |c: Option<char>| matches!(c, Some('l' | 'L'));
        if is_l(before) && is_l(after) {
            Fate::Nothing
        } else if self.is_unspaced_beside(place) {
            Fate::Gap
        } else {
            Fate::Keep
        }
    }

    fn hyphen(&self, place: usize) -> Fate {
        let (before, after) = (self.before(place), self.after(place));
        let is_punctuation = match (before, after) {
            (Some(a), Some(b)) if is_letter(a) && is_letter(b) => {
                let is_word = self.letters_before(place) > 1 || self.letters_from(place + 1) > 1;
                self.is_unspaced_beside(place) || (!self.has_operator && is_word)
            }
            (Some(a), Some(b)) if is_letter(a) && is_digit(b) => !self.has_operator && self.letters_before(place) > 1,
            (Some(a), Some(b)) if is_digit(a) && is_letter(b) => !self.has_operator && self.letters_from(place + 1) > 1,
            // A dash between words, or before what somebody says.
            (a, Some(b)) if Self::is_open(a) && b.is_whitespace() => {
                let end = self.end_before(place);
                let word_before = end == 0 || self.letters_before(end) > 1;
                !self.has_operator && word_before && self.next(place).is_some_and(|next| self.letters_from(next) > 1)
            }
            _ => false,
        };
        if is_punctuation { Fate::Gap } else { Fate::Keep }
    }
}

/// What becomes of punctuation that does not count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Punctuation {
    /// It is left out.
    Dropped,
    /// It is left out, but for [`SEAM`]s inside words.
    Seamed,
    /// It stays where it is.
    Kept,
}

/// Stands where the parts of a word may be written as one word or as two: `l'été`, `Node.js`.
pub(super) const SEAM: char = '\u{2}';

/// A blank that parts numbers, since there was punctuation.
const HARD: char = '\u{1}';

/// Plain characters without the punctuation of sentences, and with those blanks only that part words.
pub(super) fn sorted(chars: &[char], punctuation: Punctuation) -> String {
    let line = Line::new(chars);
    let is_kept = punctuation == Punctuation::Kept;
    let mut kept: Vec<char> = Vec::with_capacity(chars.len());
    let mut place = 0;
    while let Some(c) = line.at(place) {
        if c.is_whitespace() {
            kept.push(' ');
        } else if c == TURNED {
            if is_kept {
                kept.push('\'');
            }
        } else {
            match line.fate(place) {
                Fate::Keep if c == '·' => kept.push('*'),
                Fate::Keep => kept.push(c),
                Fate::Prime => kept.push('′'),
                _ if is_kept => {
                    kept.push(c);
                    if line.fate(place) == Fate::Join {
                        place = line.next(place).unwrap_or(place + 1);
                        continue;
                    }
                }
                Fate::Gap => kept.push(if line.is_between_numbers(place) { HARD } else { ' ' }),
                Fate::Inside if punctuation == Punctuation::Seamed => kept.push(SEAM),
                Fate::Nothing | Fate::Inside => {}
                Fate::Join => {
                    place = line.next(place).unwrap_or(place + 1);
                    continue;
                }
            }
        }
        place += 1;
    }
    without_blanks(&kept)
}

impl Line<'_> {
    /// Whether a number stands before and behind, blanks or none between.
    fn is_between_numbers(&self, place: usize) -> bool {
        let last = self.end_before(place).checked_sub(1).and_then(|place| self.at(place));
        let next = self.next(place).and_then(|place| self.at(place));
        last.is_some_and(is_digit) && next.is_some_and(is_digit)
    }
}

/// Without the blanks that part no words.
fn without_blanks(chars: &[char]) -> String {
    let mut out = String::with_capacity(chars.len());
    let mut digits = 0;
    let mut place = 0;
    while let Some(c) = chars.get(place).copied() {
        if !matches!(c, ' ' | HARD) {
            digits = if is_digit(c) { digits + 1 } else { 0 };
            out.push(c);
            place += 1;
            continue;
        }
        let is_hard = |place: &usize| chars.get(*place) == Some(&HARD);
        let next = (place..).find(|place| !is_hard(place) && chars.get(*place) != Some(&' ')).unwrap_or(place);
        if let (Some(a), Some(b)) = (out.chars().next_back(), chars.get(next).copied()) {
            let parts_words = match (is_digit(a), is_digit(b)) {
                (true, true) => {
                    (place..next).any(|place| is_hard(&place))
                        || digits > 3
                        || !is_group(chars.get(next..).unwrap_or_default())
                }
                (true, false) | (false, true) => false,
                (false, false) => is_letter(a) && is_letter(b) && !is_unspaced(a) && !is_unspaced(b),
            };
            if parts_words {
                out.push(' ');
            }
            // Groups of a long number are counted each by itself.
            digits = 0;
        }
        place = next;
    }
    out
}

/// Whether three digits come, and no fourth: a group of a long number.
fn is_group(chars: &[char]) -> bool {
    chars.iter().take_while(|c| is_digit(**c)).count() == 3
}
