//! How a response is held against the right one: [`crate::core::compare`] compares, here is what a card makes of it.

use crate::core::card::Close;
use crate::core::card::Correctness;
use crate::core::card::Markup;
use crate::core::card::Unreadable;
use crate::core::card::Verdict;
use crate::core::compare::answer::Difference;
use crate::core::compare::answer::Given;
use crate::core::compare::answer::Likeness;
use crate::core::compare::answer::Weights;
use crate::core::compare::answer::key;
use crate::core::compare::answer::liken;
use crate::core::compare::answer::number;
use crate::core::compare::identity::is_same;
use crate::core::document::plain_text;
use crate::core::document::typed_answer;

/// The keys of a text as it is written, and as somebody would type it.
pub(super) fn keys(text: &str, markup: Markup) -> Vec<String> {
    let mut keys = vec![key(text)];
    keys.extend(typed_answer(text, markup).map(|typed| key(&typed)).filter(|typed| !keys.contains(typed)));
    keys
}

/// Compares with one text as it is written, and as somebody would type it; the better of both counts.
pub(super) fn likeness(given: &Given<'_>, expected: &str, markup: Markup, weights: Weights) -> Likeness {
    let written = liken(given, expected, weights);
    let Some(typed) = typed_answer(expected, markup) else { return written };
    let typed = liken(given, &typed, weights);
    if rank(&typed) < rank(&written) { typed } else { written }
}

/// The better, the less.
fn rank(likeness: &Likeness) -> (u8, usize) {
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
    let mut accepted = accepted.into_iter().peekable();
    let shown = |answer: &str| plain_text(answer, markup).into_owned();
    let expected = shown(accepted.peek().copied().unwrap_or_default());
    let given = Given::new(response);
    let compared = accepted.map(|answer| (likeness(&given, answer, markup, weights), answer));
    let (likeness, answer) = compared.min_by_key(|(likeness, _)| rank(likeness)).unwrap_or((Likeness::Other, ""));
    let verdict = Verdict { given: response.trim().to_owned(), expected, ..Verdict::default() };
    let close = |differences| Some(Close { answer: shown(answer), differences });
    match likeness {
        Likeness::Same(differences) if differences.is_empty() => Verdict { outcome: Correctness::Right, ..verdict },
        Likeness::Same(differences) => {
            let remark = only_differs(&differences);
            Verdict { outcome: Correctness::Right, remark, close: close(differences), ..verdict }
        }
        Likeness::Counted(differences) => {
            let remark = format!("look at the {}", names(&differences));
            Verdict { outcome: Correctness::Near, remark, close: close(differences), ..verdict }
        }
        Likeness::Near => {
            let remark = "look at the spelling".to_owned();
            Verdict { outcome: Correctness::Near, remark, close: close(Vec::new()), ..verdict }
        }
        Likeness::Other => verdict,
    }
}

/// What differs in an answer that is right.
pub(super) fn only_differs(differences: &[Difference]) -> String {
    format!("only the {} differ", names(differences))
}

/// What differs, for people.
pub(super) fn names(differences: &[Difference]) -> String {
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
    let begins = |index: usize| options.get(index).is_some_and(|option| key(option).starts_with(given.key()));
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
        for given in ["ls -l", "`ls -l`"] {
            let verdict = verdict(given, ["`ls -l`"], Markup::Markdown, Weights::default());
            assert_eq!((verdict.outcome, verdict.remark.as_str()), (Correctness::Right, ""), "{given}");
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
