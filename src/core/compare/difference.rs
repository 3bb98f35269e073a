//! What was typed against what is right, piece by piece, for showing.

use crate::core::compare::identity::composed;
use crate::core::compare::letters::Keep;
use crate::core::compare::letters::folded;
use crate::core::compare::letters::is_invisible;
use crate::core::text::is_from_the_right;
use crate::core::text::one_line;
use similar::Algorithm;
use similar::DiffOp;
use similar::capture_diff_slices;
use unicode_segmentation::UnicodeSegmentation as _;

/// What a piece of two texts is to them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// In both.
    Same,
    /// Typed and not right.
    TooMuch,
    /// Right and not typed.
    Missing,
}

/// Where two texts differ.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Compared {
    /// The pieces, one after the other.
    pub pieces: Vec<(Part, String)>,
    /// Whether marks between letters would tear them apart: in scripts that are written from the right, or whose letters are joined.
    /// The pieces are then told beside the text.
    pub is_joined: bool,
}

/// Letters of the longest text that is compared piece by piece.
const LONGEST: usize = 2000;

/// Compares two texts by what a reader takes for one letter. `case`: whether capitals are other letters.
#[must_use]
pub fn compare(given: &str, expected: &str, case: bool) -> Compared {
    let (given, expected) = (one_line(given), one_line(expected));
    let (given, expected) = (composed(&given), composed(&expected));
    let given: Vec<&str> = given.graphemes(true).collect();
    let expected: Vec<&str> = expected.graphemes(true).collect();
    if given.len().max(expected.len()) > LONGEST {
        return Compared { pieces: vec![(Part::Same, given.concat())], is_joined: false };
    }
    let keep = Keep { marks: true, case, turkish: false };
    // What nobody sees tells no letters apart: in Persian it stands where others type a blank.
    let seen = |letter: &str| letter.chars().filter(|c| !is_invisible(*c)).collect::<String>();
    let keys = |letters: &[&str]| letters.iter().map(|letter| folded(&seen(letter), keep)).collect::<Vec<_>>();
    let mut pieces: Vec<(Part, String)> = Vec::new();
    let mut add = |part: Part, letters: Option<&[&str]>| {
        let text = letters.unwrap_or_default().concat();
        match pieces.last_mut().filter(|(last, _)| *last == part) {
            _ if text.is_empty() => {}
            Some((_, piece)) => piece.push_str(&text),
            None => pieces.push((part, text)),
        }
    };
    for step in capture_diff_slices(Algorithm::Myers, &keys(&given), &keys(&expected)) {
        let (old, new) = (step.old_range(), step.new_range());
        match step {
            DiffOp::Equal { .. } => add(Part::Same, given.get(old)),
            DiffOp::Delete { .. } => add(Part::TooMuch, given.get(old)),
            DiffOp::Insert { .. } => add(Part::Missing, expected.get(new)),
            DiffOp::Replace { .. } => {
                add(Part::TooMuch, given.get(old));
                add(Part::Missing, expected.get(new));
            }
        }
    }
    let is_joined = given.iter().chain(&expected).flat_map(|letter| letter.chars()).any(is_joined);
    Compared { pieces, is_joined }
}

/// Whether a letter is of a script that is written from the right, or hangs together with its neighbours.
fn is_joined(c: char) -> bool {
    is_from_the_right(c) || matches!(c, '\u{900}'..='\u{dff}' | '\u{1800}'..='\u{18af}')
}

impl Compared {
    /// All pieces of one part, with the blanks around them taken away.
    pub fn of(&self, part: Part) -> impl Iterator<Item = &str> {
        self.pieces.iter().filter(move |(of, _)| *of == part).map(|(_, text)| text.as_str())
    }

    /// Whether there is such a piece.
    #[must_use]
    pub fn has(&self, part: Part) -> bool {
        self.of(part).next().is_some()
    }

    /// What was typed.
    #[must_use]
    pub fn given(&self) -> String {
        self.pieces.iter().filter(|(part, _)| *part != Part::Missing).map(|(_, text)| text.as_str()).collect()
    }

    /// The pieces as they are shown, with what each is: what is too much in `[ ]`, what is missing in `{ }`, and what these mean. In
    /// joined scripts the text stays whole, and the pieces are named behind it.
    #[must_use]
    pub fn marked(&self) -> Vec<(Option<Part>, String)> {
        let (too_much, missing) = (self.has(Part::TooMuch), self.has(Part::Missing));
        let mut shown = Vec::new();
        if self.is_joined {
            shown.push((Some(Part::Same), self.given()));
            let named = |text: &'_ str| if text.trim().is_empty() { "a space" } else { text.trim() }.to_owned();
            let list = |part| self.of(part).map(named).collect::<Vec<_>>().join(", ");
            let mut said = Vec::new();
            if too_much {
                said.push(format!("too much: {}", list(Part::TooMuch)));
            }
            if missing {
                said.push(format!("missing: {}", list(Part::Missing)));
            }
            if !said.is_empty() {
                shown.push((None, format!("  ({})", said.join("; "))));
            }
            return shown;
        }
        shown.extend(self.pieces.iter().map(|(part, text)| {
            let text = match part {
                Part::Same => text.clone(),
                Part::TooMuch => format!("[{text}]"),
                Part::Missing => format!("{{{text}}}"),
            };
            (Some(*part), text)
        }));
        let legend = match (too_much, missing) {
            (true, true) => "  ([\u{a0}] too much, {\u{a0}} missing)",
            (true, false) => "  ([\u{a0}] too much)",
            (false, true) => "  ({\u{a0}} missing)",
            (false, false) => return shown,
        };
        shown.push((None, legend.to_owned()));
        shown
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_compared_by_what_a_reader_takes_for_one_letter() {
        let shown = |given: &str, expected: &str, case: bool| {
            let marked = compare(given, expected, case).marked();
            marked.into_iter().map(|(_, text)| text.replace('\u{a0}', " ")).collect::<String>()
        };
        for (given, expected, found) in [
            ("box chekers", "box checkers", "box che{c}kers  ({ } missing)"),
            ("visionn", "vision", "vision[n]  ([ ] too much)"),
            ("Vision", "vision", "Vision"),
            ("e\u{301}", "e", "[é]{e}  ([ ] too much, { } missing)"),
            ("e\u{301}", "é", "é"),
            ("ano", "año", "a[n]{ñ}o  ([ ] too much, { } missing)"),
            ("かっこう", "がっこう", "[か]{が}っこう  ([ ] too much, { } missing)"),
            ("เบยร", "เบียร์", "เ[บ]{บี}ย[ร]{ร์}  ([ ] too much, { } missing)"),
            ("안녕하새요", "안녕하세요", "안녕하[새]{세}요  ([ ] too much, { } missing)"),
            ("👩\u{200d}💻 x", "👩 x", "[👩\u{200d}💻]{👩} x  ([ ] too much, { } missing)"),
            // Marks between the letters would tear them apart, or stand at the other side.
            ("قلب", "كلب", "قلب  (too much: ق; missing: ك)"),
            ("שלם", "שלום", "שלם  (missing: ו)"),
            ("कल", "कुल", "कल  (too much: क; missing: कु)"),
            ("می خواهم", "می\u{200c}خواهم", "می خواهم  (too much: a space)"),
            ("میخواهم", "می\u{200c}خواهم", "میخواهم"),
        ] {
            assert_eq!(shown(given, expected, false), found, "{given} / {expected}");
        }
        assert_eq!(shown("Vision", "vision", true), "[V]{v}ision  ([ ] too much, { } missing)");
    }
}
