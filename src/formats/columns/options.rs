//! Which of several options is meant: the right one is said by its text, its letter or its number.

use crate::core::compare::identity::is_same;
use crate::formats::columns;
use crate::formats::columns::Column;
use crate::formats::columns::names::is_in;
use crate::formats::columns::names::plain;

/// Names of what is right, beside the usual ones of an answer, as [`bare`] has them.
const RIGHT: &str = "\
    correct|correctanswer|correctanswers|correctoption|correctchoice|correctkey|correctletter|correctresponse|right|rightanswer|rightoption|\
    answerkey|answerletter|correctanswerindex|correctindex|correctoptionindex|answerindex|solutionindex|richtig|richtigeantwort|bonneréponse|\
    respuestacorrecta|correcta|rispostacorretta|respostacorreta|правильныйответ|正确答案|正解|정답";

/// A name in small letters without blanks: `correct_answer`, `correctAnswer`, `Correct answer(s)`.
pub(in crate::formats) fn bare(name: &str) -> String {
    plain(name).replace([' ', '-', '('], "")
}

/// How surely a name is that of the right option, the surest first: what says `correct` comes before an `answer`, and both before an
/// `explanation`.
pub(in crate::formats) fn rank_of_right(name: &str) -> Option<u8> {
    match columns::named(name) {
        _ if is_in(RIGHT, &bare(name)) => Some(0),
        Column::Field("answer" | "back") => Some(1),
        column => column.tells().then_some(2),
    }
}

/// Number of the first option of a file.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(in crate::formats) enum FirstNumber {
    /// Programs count from 0, people from 1.
    #[default]
    Zero,
    One,
}

/// The option that is meant, and whether a number says so. `letters` are what stands for each, where a file says it.
pub(in crate::formats) fn meant(
    texts: &[String],
    letters: &[String],
    said: &str,
    first: FirstNumber,
) -> Option<(usize, bool)> {
    let alike = |text: &String| text.trim().to_lowercase() == said.trim().to_lowercase();
    let by_text = || texts.iter().position(|text| is_same(text, said)).or_else(|| texts.iter().position(alike));
    let by_letter = || letters.iter().position(alike);
    if let Some(at) = by_text().or_else(by_letter) {
        return Some((at, false));
    }
    let word = said.trim().trim_matches(['(', ')', '.', ':']);
    let word = word
        .rsplit_once(' ')
        .map_or(word, |(before, last)| if is_in("option|choice|answer", &before.to_lowercase()) { last } else { word });
    let (at, by_number) = match (word.parse::<usize>(), word.as_bytes()) {
        (Ok(number), _) => (number.checked_sub(usize::from(first == FirstNumber::One))?, true),
        (_, [letter]) if letter.is_ascii_alphabetic() => (usize::from(letter.to_ascii_lowercase() - b'a'), false),
        _ => {
            // `B) the second`.
            let is = |(at, text): (usize, &String)| without_letter(at, said).as_ref() == Some(text);
            (texts.iter().enumerate().position(is)?, false)
        }
    };
    (at < texts.len()).then_some((at, by_number))
}

/// The options without the letters or numbers before them, where each has its own.
pub(in crate::formats) fn without_letters(texts: &[String]) -> Option<Vec<String>> {
    texts.iter().enumerate().map(|(at, text)| without_letter(at, text)).collect()
}

/// An option without the letter or number that stands before it in its place: `B) the second`, `2. the second`.
fn without_letter(at: usize, text: &str) -> Option<String> {
    let text = text.trim().trim_start_matches('(');
    let (mark, rest) = text.split_once([')', '.', ':'])?;
    let letter = u8::try_from(at).ok().filter(|at| *at < 26).map(|at| char::from(b'a' + at).to_string())?;
    let is_its = mark.to_lowercase() == letter || mark == (at + 1).to_string();
    let bare = rest.trim();
    (is_its && rest.starts_with(' ') && !bare.is_empty()).then(|| bare.to_owned())
}

/// The other options than the answer, each once; nothing where only the answer is left.
pub(in crate::formats) fn distractors(answer: &str, others: Vec<String>) -> Option<Vec<String>> {
    let mut kept: Vec<String> = Vec::new();
    for text in others {
        if !is_same(&text, answer) && !kept.iter().any(|known| is_same(known, &text)) {
            kept.push(text);
        }
    }
    (!kept.is_empty()).then_some(kept)
}
