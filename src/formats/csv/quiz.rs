//! Questions with options in columns of their own: `Question,Option A,Option B,Answer`, or the right one and wrong ones.

use crate::formats::columns::options;
use crate::formats::columns::options::Answers;
use crate::formats::columns::options::Asked;
use crate::formats::columns::options::FirstNumber;
use crate::formats::columns::options::HowSaid;
use crate::formats::table::survey::Survey;

/// Where the options of a table stand.
#[derive(Debug, Clone)]
pub(super) struct Quiz {
    /// Columns of options, or of wrong answers.
    pub(super) options: Vec<usize>,
    /// The column that says which one is right, or has the right answer.
    pub(super) right: usize,
    /// The number of the first option, where numbers say which one is right.
    pub(super) first: Option<u8>,
    /// How the right one is said.
    pub(super) how: HowSaid,
    /// Whether the right answer is none of these columns.
    are_wrong: bool,
    /// Whether the name of the column says that it has places.
    is_place: bool,
}

impl Quiz {
    /// The options of a table with these names, where it has some and one column says what is right.
    pub(super) fn of(names: &[String], survey: &Survey) -> Option<Self> {
        let (options, are_wrong) = options::single(names.iter().map(String::as_str))?;
        let others = (0..names.len()).filter(|at| !options.contains(at));
        let ranked = others.filter_map(|at| Some((options::rank_of_right(names.get(at)?)?, at)));
        let (_, right) = ranked.min()?;
        let is_place = names.get(right).is_some_and(|name| options::is_of_place(name));
        let mut quiz = Self { options, right, first: None, how: HowSaid::default(), are_wrong, is_place };
        let cell = |row: &Vec<String>, at: usize| row.get(at).map_or_else(String::new, |cell| cell.trim().to_owned());
        let mut answers = Answers::default();
        for row in survey.below.iter().filter(|_| !are_wrong) {
            let (texts, said) = quiz.asked(|at| cell(row, at));
            answers.see(&quiz.as_asked(&texts, &said));
        }
        quiz.how = answers.how(FirstNumber::One);
        // In most rows the answer has to be one of them.
        let fitting = survey.below.iter().filter(|row| quiz.row(|at| cell(row, at)).is_some()).count();
        let by_number = |row: &Vec<String>| {
            let (texts, said) = quiz.asked(|at| cell(row, at));
            matches!(quiz.as_asked(&texts, &said).meant(quiz.how), Some((_, true)))
        };
        quiz.first = (!are_wrong && survey.below.iter().any(by_number)).then_some(quiz.how.first.number());
        (fitting > 0 && fitting * 2 >= survey.below.len()).then_some(quiz)
    }

    /// The options of a row without their letters, and what it says of the right one.
    fn asked(&self, cell: impl Fn(usize) -> String) -> (Vec<String>, String) {
        let texts: Vec<String> = self.options.iter().map(|at| cell(*at)).collect();
        (options::without_letters(&texts).unwrap_or(texts), cell(self.right))
    }

    fn as_asked<'a>(&self, texts: &'a [String], said: &'a str) -> Asked<'a> {
        Asked { texts, letters: &[], said, is_place: self.is_place, is_number: false }
    }

    /// The right options of a row that says several by their places, `1,3`, in one text; nothing where it doesn't.
    pub(super) fn several(&self, cell: impl Fn(usize) -> String) -> Option<String> {
        let (texts, said) = self.asked(cell);
        let marks: Vec<&str> = said.split([',', ';', '&']).map(str::trim).collect();
        if self.are_wrong || marks.len() < 2 {
            return None;
        }
        let how = HowSaid { by_place: true, ..self.how };
        let right = marks.iter().map(|mark| self.as_asked(&texts, mark).meant(how));
        let right: Option<Vec<&str>> =
            right.map(|found| found.and_then(|(at, _)| texts.get(at)).map(String::as_str)).collect();
        right.map(|right| right.join(", "))
    }

    /// The answer of a row and the other options; nothing where the row doesn't say which one is right.
    pub(super) fn row(&self, cell: impl Fn(usize) -> String) -> Option<(String, Vec<String>)> {
        if self.are_wrong {
            let said = cell(self.right);
            let all = self.options.iter().map(|at| cell(*at));
            let others = options::distractors(&said, all.filter(|text| !text.is_empty()).collect())?;
            return (!said.is_empty()).then_some((said, others));
        }
        let (mut texts, said) = self.asked(cell);
        let (at, _) = self.as_asked(&texts, &said).meant(self.how)?;
        let answer = texts.remove(at);
        texts.retain(|text| !text.is_empty());
        let others = options::distractors(&answer, texts)?;
        (!answer.is_empty()).then_some((answer, others))
    }
}
