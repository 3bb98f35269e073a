//! Questions with options in columns of their own: `Question,Option A,Option B,Answer`, or the right one and wrong ones.

use crate::formats::columns::names::is_in;
use crate::formats::columns::options;
use crate::formats::columns::options::FirstNumber;
use crate::formats::columns::options::bare;
use crate::formats::columns::options::meant;
use crate::formats::columns::options::rank_of_right;
use crate::formats::table::survey::Survey;

/// What the columns of options are called, before their letters or numbers.
const OPTION: &str = "\
    option|choice|answer|answeroption|alternative|possibleanswer|antwort|antwortmöglichkeit|auswahl|réponse|choix|proposition|opción|opcion|\
    respuesta|alternativa|opzione|risposta|opção|resposta|optie|antwoord|odpowiedź|вариант|ответ|seçenek|选项|選項|選択肢|보기";

/// What those of wrong ones are called.
const WRONG: &str = "\
    wronganswer|wrong|incorrectanswer|incorrect|wrongoption|distractor|falseanswer|falscheantwort|mauvaiseréponse|respuestaincorrecta|\
    rispostaerrata|неправильныйответ";

/// Where the options of a table stand.
#[derive(Debug, Clone)]
pub(super) struct Quiz {
    /// Columns of options, or of wrong answers.
    pub(super) options: Vec<usize>,
    /// The column that says which one is right, or has the right answer.
    pub(super) right: usize,
    /// Whether the right answer is none of these columns.
    are_wrong: bool,
    first: FirstNumber,
}

impl Quiz {
    /// The options of a table with these names, where it has some and one column says what is right.
    pub(super) fn of(names: &[String], survey: &Survey) -> Option<Self> {
        let called = |list: &str| -> Vec<usize> {
            let is = |(at, name): (usize, &String)| is_numbered(&bare(name), list).then_some(at);
            names.iter().enumerate().filter_map(is).collect()
        };
        let (wrong, any) = (called(WRONG), called(OPTION));
        let (options, are_wrong) = match (wrong.as_slice(), any.as_slice()) {
            ([_, ..], _) => (wrong, true),
            (_, [_, _, ..]) => (any, false),
            _ => (letters(names), false),
        };
        let others = (0..names.len()).filter(|at| !options.contains(at));
        let ranked = others.filter_map(|at| Some((rank_of_right(names.get(at)?)?, at)));
        let (_, right) = ranked.min().filter(|_| !options.is_empty())?;
        let is_zero = |row: &Vec<String>| row.get(right).is_some_and(|cell| cell.trim() == "0");
        let first = if survey.below.iter().any(is_zero) { FirstNumber::Zero } else { FirstNumber::One };
        let quiz = Self { options, right, are_wrong, first };
        // In most rows the answer has to be one of them.
        let cell = |row: &Vec<String>, at: usize| row.get(at).map_or_else(String::new, |cell| cell.trim().to_owned());
        let fitting = survey.below.iter().filter(|row| quiz.row(|at| cell(row, at)).is_some()).count();
        (fitting > 0 && fitting * 2 >= survey.below.len()).then_some(quiz)
    }

    /// The answer of a row and the other options; nothing where the row doesn't say which one is right.
    pub(super) fn row(&self, cell: impl Fn(usize) -> String) -> Option<(String, Vec<String>)> {
        let said = cell(self.right);
        let all = self.options.iter().map(|at| cell(*at));
        if self.are_wrong {
            let others = options::distractors(&said, all.filter(|text| !text.is_empty()).collect())?;
            return (!said.is_empty()).then_some((said, others));
        }
        let mut texts: Vec<String> = all.collect();
        let (at, _) = meant(&texts, &[], &said, self.first)?;
        let answer = texts.remove(at);
        texts.retain(|text| !text.is_empty());
        let others = options::distractors(&answer, texts)?;
        (!answer.is_empty()).then_some((answer, others))
    }
}

/// Whether a name is one of a list with a letter or number behind it: `optiona`, `answer1`.
fn is_numbered(bare: &str, list: &str) -> bool {
    let end = bare.char_indices().next_back().map_or(0, |(at, _)| at);
    let (stem, mark) = bare.split_at_checked(end).unwrap_or_default();
    matches!(mark.as_bytes(), [b'a'..=b'h' | b'1'..=b'8']) && is_in(list, stem)
}

/// Columns that are called `A`, `B`, `C` and so on, three of them at least.
fn letters(names: &[String]) -> Vec<usize> {
    let at = |letter: char| names.iter().position(|name| bare(name).chars().eq([letter]));
    let found: Vec<usize> = ('a'..='h').map_while(at).collect();
    if found.len() > 2 { found } else { Vec::new() }
}
