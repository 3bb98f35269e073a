//! How a response is held against the right one: [`crate::core::compare`] compares, here is what a card makes of it.

use crate::core::card::Close;
use crate::core::card::Correctness;
use crate::core::card::Markup;
use crate::core::card::Unreadable;
use crate::core::card::Verdict;
use crate::core::compare::answer::ArticleApart;
use crate::core::compare::answer::Difference;
use crate::core::compare::answer::Given;
use crate::core::compare::answer::Likeness;
use crate::core::compare::answer::Nature;
use crate::core::compare::answer::Read;
use crate::core::compare::answer::Weights;
use crate::core::compare::answer::article_apart;
use crate::core::compare::answer::liken;
use crate::core::compare::answer::number;
use crate::core::compare::identity::is_same;
use crate::core::document::Answer;
use std::borrow::Cow;

/// A right answer, read once: as it is shown, and in all the ways in which it may be typed.
pub(super) struct Expected<'t> {
    text: &'t str,
    shown: Cow<'t, str>,
    words: Cow<'t, str>,
    ways: Vec<Read<'t>>,
}

impl<'t> Expected<'t> {
    pub(super) fn new(text: &'t str, markup: Markup) -> Self {
        let Answer { shown, words, ways } = Answer::of(text, markup);
        let as_written = Read::new(text, Nature::Words);
        let ways = ways.into_iter().map(|(way, nature)| Read::new(way, nature));
        Self { text, shown, words, ways: std::iter::once(as_written).chain(ways).collect() }
    }

    /// It as it was written.
    pub(super) fn text(&self) -> &'t str {
        self.text
    }

    /// What is shown of it.
    pub(super) fn shown(&self) -> &str {
        &self.shown
    }

    /// It as somebody would type it.
    pub(super) fn words(&self) -> &str {
        &self.words
    }

    /// What of each way is compared.
    pub(super) fn keys(&self) -> impl Iterator<Item = &str> {
        self.ways.iter().map(Read::key)
    }

    /// How what was given compares with it; the best counts.
    pub(super) fn likeness(&self, given: &Given<'_>, weights: Weights) -> Likeness {
        let mut best = Likeness::Other;
        for way in &self.ways {
            let found = liken(given, way, weights);
            if rank(&found) < rank(&best) {
                best = found;
            }
            // Nothing is better, and each way takes as long as all others.
            if rank(&best) == (0, 0) {
                break;
            }
        }
        best
    }
}

/// The better, the less.
pub(super) fn rank(likeness: &Likeness) -> (u8, usize) {
    match likeness {
        Likeness::Same(differences) => (0, differences.len()),
        Likeness::Counted(differences) => (1, differences.len()),
        Likeness::Near => (2, 0),
        Likeness::Other => (3, 0),
    }
}

/// The verdict on a typed answer. The first of those accepted is the expected one.
pub(super) fn verdict<'a>(
    response: &str,
    accepted: impl IntoIterator<Item = &'a str>,
    markup: Markup,
    weights: Weights,
) -> Verdict {
    let accepted: Vec<Expected<'_>> = accepted.into_iter().map(|answer| Expected::new(answer, markup)).collect();
    let expected = accepted.first().map(Expected::shown).unwrap_or_default().to_owned();
    let given = Given::new(response);
    let compared = accepted.iter().map(|answer| (answer.likeness(&given, weights), answer.shown()));
    let (likeness, answer) = compared.min_by_key(|(likeness, _)| rank(likeness)).unwrap_or((Likeness::Other, ""));
    let outcome = match likeness {
        Likeness::Same(_) => Correctness::Right,
        Likeness::Counted(_) | Likeness::Near => Correctness::Near,
        Likeness::Other => Correctness::Wrong,
    };
    let remark = match likeness {
        Likeness::Near | Likeness::Other => {
            of_article(response, accepted.iter().map(Expected::words)).unwrap_or_else(|| remark(&likeness))
        }
        Likeness::Same(_) | Likeness::Counted(_) => remark(&likeness),
    };
    let close = match likeness {
        Likeness::Same(differences) if differences.is_empty() => None,
        Likeness::Same(differences) | Likeness::Counted(differences) => Some(differences),
        Likeness::Near => Some(Vec::new()),
        Likeness::Other => None,
    };
    let close = close.map(|differences| Close { answer: answer.to_owned(), differences });
    Verdict { outcome, given: response.trim().to_owned(), expected, remark, close }
}

/// What is to be said of an answer that has not the article of one that is right, and nothing else against it.
fn of_article<'a>(response: &str, mut answers: impl Iterator<Item = &'a str>) -> Option<String> {
    answers.find_map(|answer| article_apart(response, answer)).map(|apart| match apart {
        ArticleApart::Missing(article) => format!("“{article}” is missing"),
        ArticleApart::Other => "look at the article".to_owned(),
    })
}

/// What is to be said of an answer that is right, or nearly.
pub(super) fn remark(likeness: &Likeness) -> String {
    match likeness {
        Likeness::Same(differences) if !differences.is_empty() => format!("only the {} differ", names(differences)),
        Likeness::Counted(differences) => format!("look at the {}", names(differences)),
        Likeness::Near => "look at the spelling".to_owned(),
        Likeness::Same(_) | Likeness::Other => String::new(),
    }
}

/// What differs, for people.
fn names(differences: &[Difference]) -> String {
    let names: Vec<&str> = differences
        .iter()
        .map(|difference| match difference {
            Difference::Accents => "accents",
            Difference::Case => "capitals",
            Difference::Punctuation => "punctuation marks",
            Difference::Form => "characters",
        })
        .collect();
    match names.as_slice() {
        [others @ .., last] if !others.is_empty() => format!("{} and {last}", others.join(", ")),
        names => names.concat(),
    }
}

/// The option that a response means: its text, its number as shown, or an unambiguous beginning of it. Where a number is an option's text
/// too, that is meant; `#2` is always a number.
pub(super) fn choose(options: &[String], response: &str) -> Result<usize, Unreadable> {
    let response = response.trim();
    if let Some(index) = options.iter().position(|option| is_same(option, response)) {
        return Ok(index);
    }
    let of_number = |number: usize| {
        let index = number.checked_sub(1).filter(|index| *index < options.len());
        index.ok_or(Unreadable::OutOfRange(options.len()))
    };
    if let Some(number) = response.strip_prefix(['#', '＃']).and_then(number) {
        return of_number(number);
    }
    let given = Given::new(response);
    let options: Vec<Read<'_>> = options.iter().map(|option| Read::new(option, Nature::Words)).collect();
    let likenesses: Vec<Likeness> = options.iter().map(|option| liken(&given, option, Weights::default())).collect();
    let those = |fits: &dyn Fn(usize, &Likeness) -> bool| -> Vec<usize> {
        let fit = likenesses.iter().enumerate().filter(|(index, likeness)| fits(*index, likeness));
        fit.map(|(index, _)| index).collect()
    };
    // Of options that differ in marks or capitals only, one has to be named exactly, or by its number.
    let named = those(&|_, likeness| matches!(likeness, Likeness::Same(_)));
    match named.as_slice() {
        [index] => return Ok(*index),
        [_, _, ..] => return Err(Unreadable::Ambiguous(response.to_owned())),
        [] => {}
    }
    if let Some(number) = number(response) {
        return of_number(number);
    }
    let begins = |index: usize| options.get(index).is_some_and(|option| option.key().starts_with(given.key()));
    match those(&|index, _| begins(index)).as_slice() {
        [index] => Ok(*index),
        [] => match those(&|_, likeness| *likeness == Likeness::Near).as_slice() {
            [index] => Ok(*index),
            _ => Err(Unreadable::NoOption { given: response.to_owned(), options: options.len() }),
        },
        _ => Err(Unreadable::Ambiguous(response.to_owned())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::compare::answer::key;

    fn choice(options: &[&str], response: &str) -> Result<usize, Unreadable> {
        let options: Vec<String> = options.iter().map(|option| (*option).to_owned()).collect();
        choose(&options, response)
    }

    #[test]
    fn the_best_of_the_accepted_answers_decides() {
        for (given, outcome, remark, close) in [
            ("colour", Correctness::Right, "", None),
            ("color", Correctness::Right, "", None),
            ("Color", Correctness::Right, "only the capitals differ", Some("color")),
            ("colur", Correctness::Near, "look at the spelling", Some("colour")),
            ("hue", Correctness::Wrong, "", None),
        ] {
            let verdict = verdict(given, ["colour", "color"], Markup::Markdown, Weights::default());
            let found =
                (verdict.outcome, verdict.remark.as_str(), verdict.close.as_ref().map(|close| close.answer.as_str()));
            assert_eq!(found, (outcome, remark, close), "{given}");
            assert_eq!(verdict.expected, "colour");
        }
        for (given, accepted, outcome, remark) in [
            ("Haus", &["das Haus"][..], Correctness::Wrong, "“das” is missing"),
            ("der Haus", &["das Haus"], Correctness::Wrong, "look at the article"),
            ("huis", &["**het** huis"], Correctness::Wrong, "“het” is missing"),
            ("cat", &["the cat"], Correctness::Near, "“the” is missing"),
            ("eau", &["the water", "l'eau"], Correctness::Near, "“l'” is missing"),
            ("maison", &["the house", "la maison"], Correctness::Wrong, "“la” is missing"),
            ("Haus", &["das Haus", "Haus"], Correctness::Right, ""),
            ("Maus", &["das Haus"], Correctness::Wrong, ""),
        ] {
            let verdict = verdict(given, accepted.iter().copied(), Markup::Markdown, Weights::default());
            assert_eq!((verdict.outcome, verdict.remark.as_str()), (outcome, remark), "{given}");
        }
        for given in ["ls -l", "`ls -l`"] {
            let verdict = verdict(given, ["`ls -l`"], Markup::Markdown, Weights::default());
            assert_eq!((verdict.outcome, verdict.remark.as_str()), (Correctness::Right, ""), "{given}");
        }
    }

    fn outcome(given: &str, expected: &str, markup: Markup) -> Correctness {
        verdict(given, [expected], markup, Weights::default()).outcome
    }

    #[test]
    fn an_answer_is_typed_as_it_is_written_or_shown_or_by_its_words() {
        use Correctness::Near;
        use Correctness::Right;
        use Correctness::Wrong;
        use Markup::Html;
        use Markup::Markdown;
        use Markup::Plain;
        for (given, expected, markup, outcome_of_it) in [
            ("2*3*4", "2*3*4", Markdown, Right),
            ("234", "2*3*4", Markdown, Right),
            ("234", "2*3*4", Plain, Wrong),
            ("foo", "f*o*o", Markdown, Right),
            ("head", "# head", Markdown, Right),
            ("# head", "# head", Markdown, Right),
            ("head", "# head", Plain, Wrong),
            ("quoted words", "> quoted words", Markdown, Right),
            ("> quoted words", "> quoted words", Markdown, Right),
            ("5", "> 5", Markdown, Wrong),
            ("x", "> x", Markdown, Wrong),
            ("one two", "1. one\n2. two", Markdown, Right),
            ("1. one 2. two", "1. one\n2. two", Markdown, Right),
            ("one, two", "- one\n- two", Markdown, Right),
            ("Mai", "1. Mai", Markdown, Wrong),
            ("x", "- x", Markdown, Wrong),
            ("one", "<ol><li>one</li></ol>", Html, Right),
            ("Vec", "Vec<String>", Markdown, Wrong),
            ("Vec", "Vec<String>", Plain, Wrong),
            ("Vec", "Vec<String>", Html, Wrong),
            ("Vec<String>", "Vec<String>", Markdown, Right),
            ("Vec<String>", "Vec<String>", Plain, Right),
            ("Vec<String>", "Vec<String>", Html, Right),
            ("東京", "<ruby>東京<rt>とうきょう</rt></ruby>", Html, Right),
            ("東京[とうきょう]", "<ruby>東京<rt>とうきょう</rt></ruby>", Html, Right),
            ("東京[とうきょう]", "<ruby>東京<rt>とうきょう</rt></ruby>", Markdown, Right),
            ("京都[とうきょう]", "<ruby>東京<rt>とうきょう</rt></ruby>", Html, Wrong),
            ("とうきょう", "<ruby>東京<rt>とうきょう</rt></ruby>", Html, Wrong),
            ("東京[とうきょう]", "東京[とうきょう]", Plain, Right),
            ("wq!", "`wq!`", Markdown, Right),
            ("`wq!`", "`wq!`", Markdown, Right),
            ("wq", "`wq!`", Markdown, Wrong),
            ("wq", "<code>wq!</code>", Html, Wrong),
            ("x;", "`x?;`", Markdown, Wrong),
            ("x?", "`x?;`", Markdown, Wrong),
            ("x ?;", "`x?;`", Markdown, Right),
            ("LS -l", "`ls -l`", Markdown, Right),
            ("egrep", "`grep`", Markdown, Wrong),
            ("egrep", "grep", Markdown, Near),
            ("a", "\\(\\hat a\\)", Markdown, Wrong),
            ("â", "\\(\\hat a\\)", Markdown, Right),
            ("x", "\\(\\bar x\\)", Markdown, Wrong),
            ("x\u{304}", "[latex]\\bar x[/latex]", Html, Right),
            ("\\alpha", "\\(\\alpha\\)", Markdown, Right),
            ("α", "\\(\\alpha\\)", Markdown, Right),
            ("\\beta", "\\(\\alpha\\)", Markdown, Wrong),
            ("\\frac{a}{b}", "\\(\\frac{a}{b}\\)", Markdown, Right),
            ("\\frac{a}{b}", "**$$\\frac{a}{b}$$**", Markdown, Right),
            ("\\frac{a}{b}", "<anki-mathjax>\\frac{a}{b}</anki-mathjax>", Html, Right),
            ("\\frac{b}{a}", "\\(\\frac{a}{b}\\)", Markdown, Wrong),
            ("2^{n+1}", "\\(2^{n+1}\\)", Markdown, Right),
            ("2^(n+1)", "\\(2^{n+1}\\)", Markdown, Right),
            ("2^n+1", "\\(2^{n+1}\\)", Markdown, Wrong),
            ("2^(n+1)", "2<sup>n+1</sup>", Html, Right),
            ("2^n+1", "2<sup>n+1</sup>", Html, Wrong),
        ] {
            assert_eq!(outcome(given, expected, markup), outcome_of_it, "{given} for {expected} in {markup:?}");
        }
    }

    proptest::proptest! {
        #[test]
        fn what_is_shown_is_right_when_it_is_typed(
            text in "\\PC{1,30}",
            marked in "[<>/a-c1-3 &;=\"'#!?\\[\\](){}$\\\\^_*`|~\n.>+-]{1,30}",
            parts in proptest::collection::vec(proptest::sample::select(&[
                "<ruby>", "</ruby>", "<rt>", "</rt>", "<sup>", "</sup>", "<sub>", "</sub>", "<code>", "</code>", "<b>", "</b>", "\\(",
                "\\)", "`", "**", "* ", "1. ", "# ", "> ", "\n", "x", "2", "n+1", "東京", "がく", "é", "x̄", "Vec<String>", "!", "?", ";", " ", "²", "₂",
                "![a](b.png)", "[sound:c.mp3]", "|a|\n|-|\n|b|",
            ][..]), 1..10),
        ) {
            for text in [text, marked, parts.concat()] {
                for markup in Markup::ALL {
                    let answer = Answer::of(&text, markup);
                    for typed in [&answer.shown, &answer.words] {
                        if !key(typed).is_empty() && !crate::core::compare::identity::identity(typed).is_empty() {
                            let found = verdict(typed, [text.as_str()], markup, Weights::default());
                            proptest::prop_assert_eq!(found.outcome, Correctness::Right, "{:?} for {:?} in {:?}", typed, text, markup);
                        }
                    }
                }
            }
        }
    }

    #[test]
    fn an_option_is_chosen_by_number_text_or_beginning() {
        let options = ["leader", "manager", "both", "management"];
        for (response, index) in
            [("1", 0), ("２", 1), ("both", 2), ("L", 0), ("manager", 1), (" LEADER ", 0), ("managr", 1)]
        {
            assert_eq!(choice(&options, response), Ok(index), "{response}");
        }
        let no_option = |given: &str| Unreadable::NoOption { given: given.to_owned(), options: 4 };
        for (response, why) in [
            ("0", Unreadable::OutOfRange(4)),
            ("5", Unreadable::OutOfRange(4)),
            ("mana", Unreadable::Ambiguous("mana".to_owned())),
            ("x", no_option("x")),
            ("-1", no_option("-1")),
        ] {
            assert_eq!(choice(&options, response), Err(why), "{response}");
        }
    }

    #[test]
    fn options_that_differ_in_a_sign_or_a_mark_are_told_apart() {
        for (response, index) in [("C", 0), ("C++", 1), ("c#", 2)] {
            assert_eq!(choice(&["C", "C++", "C#"], response), Ok(index), "{response}");
        }
        for (response, index) in [("-1", 0), ("+1", 1), ("−1", 0), ("3", 2)] {
            assert_eq!(choice(&["-1", "+1", "0"], response), Ok(index), "{response}");
        }
        for (response, index) in [("ano", 1), ("año", 0), ("mes", 2)] {
            assert_eq!(choice(&["año", "ano", "mes"], response), Ok(index), "{response}");
        }
        assert_eq!(choice(&["año", "ano", "mes"], "AÑO"), Err(Unreadable::Ambiguous("AÑO".to_owned())));
        assert_eq!(choice(&["がっこう", "かっこう"], "かっこう"), Ok(1));
        for (response, index) in [("schoen", 0), ("x^2", 1), ("nodejs", 2), ("O Brien", 3)] {
            assert_eq!(choice(&["schön", "x²", "Node.js", "O'Brien"], response), Ok(index), "{response}");
        }
    }

    #[test]
    fn a_number_that_is_a_text_is_meant_as_the_text() {
        for (response, index) in [("3", 0), ("1", 2), ("٣", 0), ("#3", 2), ("#1", 0), ("4", 3)] {
            assert_eq!(choice(&["3", "2", "1", "17"], response), Ok(index), "{response}");
        }
        assert_eq!(choice(&["3", "2", "1", "17"], "#5"), Err(Unreadable::OutOfRange(4)));
        for (response, index) in [("1", 0), ("2", 1), ("100", 1), ("10", 0), ("3", 2)] {
            assert_eq!(choice(&["10", "100", "1000"], response), Ok(index), "{response}");
        }
    }
}
