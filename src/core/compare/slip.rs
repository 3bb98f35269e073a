//! Whether an answer is right but for a slip of the finger.
//!
//! A slip is a letter that is missing, superfluous, another one or changed with its neighbour, or an `f` for a `ph`. Letters are what a
//! reader takes for one: graphemes. What is no letter is no slip: digits, signs, the marks of scripts in which these make another word.
//! Nor is another letter in a formula, in a symbol or in a short word (`vitamin K`, `World War II`, `der` for `das`), another prefix,
//! or what makes another word of it by the rules of a language ([`opposites`](crate::core::compare::opposites)).

use crate::core::compare::letters::is_dense;
use crate::core::compare::letters::is_letter;
use crate::core::compare::letters::is_small_kana;
use crate::core::compare::opposites::have_opposites;
use crate::core::compare::symbols::FUNCTIONS;
use unicode_normalization::char::decompose_canonical;
use unicode_normalization::char::is_combining_mark;
use unicode_segmentation::UnicodeSegmentation as _;

/// Slips that a long answer may have.
const MOST_SLIPS: usize = 2;

/// Letters at the beginning of a word that are its prefix: two slips in them make it another word (`unfair`, `decrease`, `maximal`).
const PREFIX: usize = 3;

/// Letters that spell one sound, either of them for the other.
const SOUNDS: [(&str, &str); 3] = [("f", "ph"), ("x", "ks"), ("kw", "qu")];

/// The small words that hold sentences together: of English; of German and Dutch; of French, Spanish, Italian and Portuguese; of Russian.
/// Fingers know them so well that they swap their letters, and then they are no words. What makes another one of them is no slip (`on`, `le`,
/// `se`, `sei`), and so it is with all other short words (`act`, `cat`).
const SMALL_WORDS: [&str; 4] = [
    "an and any are as at be but by can did do for had has he her him his how if in is it its may my no nor not \
     of off on or our out she so the to up us was we who why yet you am me go",
    "auf aus bei bin das dem den der des die du ein er es fur hat ich ihr im ist man mit nie nur sei sie um und \
     von vor was wer wie wir zu zum zur aan dat een het met van wat",
    "au aux ce ces de di du en est et eu il ils je la le les lui ma mes moi mon ne par pas que qui sa se ses \
     son sur ta tes toi ton tu un une al con da das del dos el ela ele em era es gli las li lo los mas mi mis muy \
     na nao nas ni nos os por si sin sus te ti uma una uno",
    "без вы для его ее или как мы на над не но он она они под при ты что это",
];

/// Where a letter stands.
#[derive(Debug, Clone, Copy)]
struct Place {
    word: usize,
    letter: usize,
    /// How many slips its word may have.
    most: usize,
    /// Whether it is one of the [`SMALL_WORDS`].
    is_small: bool,
}

/// A character as a reader sees it.
struct Sign<'t> {
    text: &'t str,
    /// Where it stands, if it is a letter.
    place: Option<Place>,
    /// Whether it is a word of its own.
    is_alone: bool,
}

/// The characters of a text. `is_symbol`: whether a word is one of which each letter counts.
fn signs<'t>(text: &'t str, is_symbol: &dyn Fn(&str) -> bool) -> Vec<Sign<'t>> {
    let all: Vec<&str> = if text.is_ascii() {
        (0..text.len()).filter_map(|place| text.get(place..=place)).collect()
    } else {
        text.graphemes(true).collect()
    };
    let is_in_word = |sign: &&str| sign.chars().next().is_some_and(is_letter);
    let mut signs = Vec::with_capacity(all.len());
    for (word, run) in all.chunk_by(|a, b| is_in_word(a) && is_in_word(b)).enumerate() {
        let written = run.concat();
        let is_symbol = is_symbol(&written);
        let most = if is_symbol { 0 } else { most_slips(run.len(), written.chars().any(is_dense)) };
        let is_small = most == 0 && run.len() > 1 && !is_symbol && is_small_word(&written);
        for (letter, text) in run.iter().enumerate() {
            let place = is_in_word(text).then_some(Place { word, letter, most, is_small });
            signs.push(Sign { text, place, is_alone: place.is_some() && run.len() == 1 });
        }
    }
    signs
}

/// Whether two texts, as [`key`](crate::core::compare::answer::key) gives them, differ by typing slips only: one from 4 letters on,
/// two from 10 on. Where a letter is a syllable or a word it is one from 6 on and two from 12 on. So many the whole may have, and so many
/// each word of it. `is_symbol`: whether a word of what is expected is one of which each letter counts.
#[must_use]
pub fn is_slip(given: &str, expected: &str, is_symbol: &dyn Fn(&str) -> bool) -> bool {
    // Before anything is counted: a letter has hardly more than sixteen bytes.
    let is_far = |short: &str, long: &str| long.len() / 16 > short.len() + MOST_SLIPS;
    if is_far(given, expected) || is_far(expected, given) || !exact(given).eq(exact(expected)) || is_formula(expected) {
        return false;
    }
    let two = Two::new(given, expected, is_symbol);
    let letters = two.expected.iter().filter(|sign| sign.text != " ").count();
    two.within((0, 0), most_slips(letters, expected.chars().any(is_dense)), None) && !have_opposites(given, expected)
}

fn is_small_word(word: &str) -> bool {
    SMALL_WORDS.iter().any(|words| words.split(' ').any(|small| small == word))
}

fn most_slips(letters: usize, dense: bool) -> usize {
    match (letters, dense) {
        (0..=3, _) | (4..=5, true) => 0,
        (4..=9, _) | (10..=11, true) => 1,
        _ => MOST_SLIPS,
    }
}

/// Whether a text is a formula, of which each letter counts: it has signs or digits, or a function and its variable, and no word.
pub(super) fn is_formula(text: &str) -> bool {
    let words = || text.split(|c| !is_letter(c)).filter(|word| !word.is_empty());
    let is_function = |word: &str| FUNCTIONS.contains(&word);
    let is_word = |word: &str| !is_function(word) && (word.chars().nth(3).is_some() || word.chars().any(is_dense));
    let is_sign = |c: char| !is_letter(c) && c != ' ' && c != '.';
    let is_call = || words().any(is_function) && words().any(|word| word.chars().nth(1).is_none());
    !words().any(is_word) && (text.contains(is_sign) || is_call())
}

/// What of a text has to be right, in its order: digits and the blanks between them, signs, and marks, which are left in a key only
/// where they make another letter.
fn exact(text: &str) -> impl Iterator<Item = char> {
    let mut before = None;
    let mut rest = text.chars();
    std::iter::from_fn(move || {
        loop {
            let c = rest.next()?;
            let (last, next) = (before.replace(c), rest.clone().next());
            let counts = match c {
                ' ' => [last, next].into_iter().all(|c| c.is_some_and(|c| c.is_ascii_digit())),
                // Between words it is as easily left out as a letter.
                '.' => [last, next].into_iter().any(|c| c.is_some_and(|c| c.is_ascii_digit() || c == '.')),
                c if is_combining_mark(c) || is_small_kana(c) => true,
                // Kana with their marks, and й, ї, ў.
                'ぁ'..='ヺ' | 'Ѐ'..='ԯ' => {
                    let mut mark = None;
                    decompose_canonical(c, |part| mark = is_combining_mark(part).then_some(part));
                    match mark {
                        Some(mark) => return Some(mark),
                        None => false,
                    }
                }
                c => !is_letter(c),
            };
            if counts {
                return Some(c);
            }
        }
    })
}

/// What was typed, and what is right.
struct Two<'t> {
    given: Vec<Sign<'t>>,
    expected: Vec<Sign<'t>>,
}

impl<'t> Two<'t> {
    fn new(given: &'t str, expected: &'t str, is_symbol: &dyn Fn(&str) -> bool) -> Self {
        Self { given: signs(given, &|_| false), expected: signs(expected, is_symbol) }
    }

    /// The place that a letter takes which is typed before one of what is expected: it is of the word that it touches.
    fn place_before(&self, at: usize) -> Option<Place> {
        let before = || at.checked_sub(1).and_then(|before| self.expected.get(before)).and_then(|sign| sign.place);
        let behind = |place: Place| Place { letter: place.letter + 1, ..place };
        self.expected.get(at).and_then(|sign| sign.place).or_else(|| before().map(behind))
    }

    /// Whether what follows two places is the same but for at most so many slips. With two of these at most this goes through the texts a
    /// dozen times, and not once for each letter of the other one. `last`: where a letter slipped before.
    fn within(&self, (given, expected): (usize, usize), slips: usize, last: Option<Place>) -> bool {
        let (given_rest, expected_rest) =
            (self.given.get(given..).unwrap_or_default(), self.expected.get(expected..).unwrap_or_default());
        if given_rest.len().abs_diff(expected_rest.len()) > slips {
            return false;
        }
        let same = given_rest.iter().zip(expected_rest).take_while(|(a, b)| a.text == b.text).count();
        let (given, expected) = (given + same, expected + same);
        let (a, b) = (self.given.get(given), self.expected.get(expected));
        if a.is_none() && b.is_none() {
            return true;
        }
        let Some(left) = slips.checked_sub(1) else { return false };
        let goes_on = |given: usize, expected: usize, slip: Slip| {
            slip.fits(last) && self.within((given, expected), left, slip.place().or(last))
        };
        let (c, d) = (self.given.get(given + 1), self.expected.get(expected + 1));
        let swapped = match (a, b, c, d) {
            (Some(a), Some(b), Some(c), Some(d)) if a.text == d.text && b.text == c.text => {
                if self.is_small_word_swapped(expected) { Slip::Swap } else { Slip::of(&[a, c], b.place.or(d.place)) }
            }
            _ => Slip::None,
        };
        let begins = |signs: &[Sign<'_>], text: &str| {
            signs.len() >= text.len() && signs.iter().zip(text.chars()).all(|(sign, c)| sign.text.chars().eq([c]))
        };
        let sounds_so = |mine: &str, other: &str| {
            let is_there = begins(self.given.get(given..).unwrap_or_default(), mine)
                && begins(self.expected.get(expected..).unwrap_or_default(), other);
            is_there
                && goes_on(
                    given + mine.len(),
                    expected + other.len(),
                    b.map_or(Slip::None, |b| Slip::of(&[b], b.place)),
                )
        };
        let replaced = match (a, b) {
            (Some(a), Some(b)) if a.place.is_some() == b.place.is_some() => Slip::of(&[a], b.place),
            _ => Slip::None,
        };
        let too_much = a.map_or(Slip::None, |a| Slip::of(&[a], a.place.and_then(|_| self.place_before(expected))));
        let missing = b.map_or(Slip::None, |b| Slip::of(&[b], b.place));
        goes_on(given + 2, expected + 2, swapped)
            || goes_on(given + 1, expected + 1, replaced)
            || goes_on(given + 1, expected, too_much)
            || goes_on(given, expected + 1, missing)
            || SOUNDS.iter().any(|(one, other)| sounds_so(one, other) || sounds_so(other, one))
    }

    /// Whether a letter of what is expected and the next one stand in one of the [`SMALL_WORDS`], and make none of these when they are swapped.
    fn is_small_word_swapped(&self, at: usize) -> bool {
        let place = |at: usize| self.expected.get(at).and_then(|sign| sign.place).filter(|place| place.is_small);
        let (Some(first), Some(next)) = (place(at), place(at + 1)) else { return false };
        let word = at - first.letter;
        let is_in_word = |at: &usize| place(*at).is_some_and(|place| place.word == first.word);
        let mut letters: Vec<&str> =
            (word..).take_while(is_in_word).filter_map(|at| self.expected.get(at)).map(|sign| sign.text).collect();
        first.word == next.word && {
            letters.swap(first.letter, next.letter);
            !is_small_word(&letters.concat())
        }
    }
}

/// One slip.
#[derive(Debug, Clone, Copy)]
enum Slip {
    /// It is none.
    None,
    /// Of a blank or a point, which is of no word.
    Between,
    /// Of two letters in a word that may have no other slip.
    Swap,
    /// Of a letter.
    In(Place),
}

impl Slip {
    /// The slip of some signs at a place of what is expected.
    fn of(signs: &[&Sign<'_>], place: Option<Place>) -> Self {
        match place {
            // What stands alone is a word, and no letter of the one beside it.
            _ if signs.iter().any(|sign| sign.is_alone) => Self::None,
            Some(place) => Self::In(place),
            None if signs.iter().any(|sign| sign.place.is_some()) => Self::None,
            None => Self::Between,
        }
    }

    /// Whether it leaves the word what it is, behind a letter that slipped before.
    fn fits(self, last: Option<Place>) -> bool {
        match (self, last) {
            (Self::None, _) => false,
            (Self::Between | Self::Swap, _) => true,
            (Self::In(place), Some(last)) if last.word == place.word => {
                place.most > 1 && (last.letter >= PREFIX || place.letter >= PREFIX)
            }
            (Self::In(place), _) => place.most > 0,
        }
    }

    fn place(self) -> Option<Place> {
        match self {
            Self::In(place) => Some(place),
            Self::None | Self::Between | Self::Swap => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_slip(given: &str, expected: &str) -> bool {
        super::is_slip(given, expected, &|_| false)
    }

    proptest::proptest! {
        #[test]
        fn slips_are_counted_as_the_usual_distance_counts_them(a in "[ab]{0,9}", b in "[ab]{0,9}", slips in 0_usize..3) {
            // Inside a long word and behind its prefix, where each slip counts as one.
            let (a, b) = (format!("ccccc{a}ccccc"), format!("ccccc{b}ccccc"));
            assert_eq!(Two::new(&a, &b, &|_| false).within((0, 0), slips, None), strsim::osa_distance(&a, &b) <= slips);
        }
    }

    #[test]
    fn long_answers_are_compared_in_few_passes() {
        for syllable in ["na", "né"] {
            let long = syllable.repeat(20_000);
            assert!(is_slip(&format!("{long}b"), &long) && is_slip(&long.replacen('n', "m", 1), &long));
            assert!(!is_slip(&long.replace('n', "m"), &long));
        }
    }

    #[test]
    fn digits_signs_and_marks_that_make_another_letter_are_no_slips() {
        for (given, expected) in [
            ("chapter 12", "chapter 13"),
            ("10 000", "1 0000"),
            ("name+surname", "name surname"),
            ("git commit-m", "git commit-a"),
            ("ありがとうございまず", "ありがとうございます"),
            ("はっぴょうします", "はつぴょうします"),
            ("धन्यवाद जी हाँ", "धन्यवाद जि हाँ"),
            ("sin(x)", "cin(x)"),
            ("sinh(x)", "sin(x)"),
            ("sin x", "sinh x"),
            ("sin y", "sin x"),
            ("vitamin k", "vitamin d"),
            ("vitamin", "vitamin d"),
            ("plan b", "plan a"),
            ("hepatitis", "hepatitis b"),
            ("hepatitis b", "hepatitis"),
        ] {
            assert!(!is_slip(given, expected), "{given} / {expected}");
        }
        assert!(is_slip("git comit-m", "git commit-m"));
        assert!(is_slip("vitmin d", "vitamin d") && is_slip("vitamind", "vitamin d"));
        assert!(is_slip("안녕하새요", "안녕하세요"));
    }

    #[test]
    fn letters_are_swapped_in_small_words_only_where_that_makes_no_other_one() {
        for (given, expected) in [
            ("teh quick fox", "the quick fox"),
            ("bread adn butter", "bread and butter"),
            ("ot be or not to be", "to be or not to be"),
            ("brot udn butter", "brot und butter"),
            ("el libro qeu leo", "el libro que leo"),
            ("чот это", "что это"),
        ] {
            assert!(is_slip(given, expected), "{given} / {expected}");
        }
        for (given, expected) in [
            ("teh", "the"),
            ("no the table", "on the table"),
            ("le libro", "el libro"),
            ("sei ist da", "sie ist da"),
            ("now here", "not here"),
            ("in the table", "on the table"),
            ("der garten", "den garten"),
            ("th quick fox", "the quick fox"),
            ("a cat of god", "a act of god"),
            ("henry vi", "henry iv"),
            ("5 gm", "5 mg"),
        ] {
            assert!(!is_slip(given, expected), "{given} / {expected}");
        }
    }

    #[test]
    fn a_sound_that_is_spelled_in_another_way_is_one_slip() {
        for (given, expected) in [
            ("fotosynthesis", "photosynthesis"),
            ("fotografie", "photographie"),
            ("filosophy", "philosophy"),
            ("eksamen", "examen"),
            ("kwick", "quick"),
        ] {
            assert!(is_slip(given, expected) && is_slip(expected, given), "{given} / {expected}");
        }
        assert!(!is_slip("fi", "phi") && !is_slip("fase 1", "phase 2") && !is_slip("fotograf", "phonograph"));
    }
}
