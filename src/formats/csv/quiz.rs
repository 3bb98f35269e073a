//! Questions with options in columns of their own: `Question,Option A,Option B,Answer`, or the right one and wrong ones. Or all options
//! stand in one cell.

use crate::core::card::OptionsInOne;
use crate::core::card::options_in_one;
use crate::formats::columns::options;
use crate::formats::columns::options::Answers;
use crate::formats::columns::options::Asked;
use crate::formats::columns::options::FirstNumber;
use crate::formats::columns::options::HowSaid;
use crate::formats::csv::fault::RowFault;
use crate::formats::table::survey::Survey;

/// Where the options of a table stand.
#[derive(Debug, Clone)]
pub(super) struct Quiz {
    /// Columns of options, or of wrong answers.
    pub(super) options: Vec<usize>,
    /// The column that says which one is right, or has the right answer; that of the options where a sign beside them says it.
    pub(super) right: usize,
    /// The number of the first option, where numbers say which one is right.
    pub(super) first: Option<u8>,
    /// How the right one is said.
    pub(super) how: HowSaid,
    /// Whether the right answer is none of these columns.
    pub(super) are_wrong: bool,
    /// Whether the name of the column says that it has places.
    is_place: bool,
    /// Whether all options of a row stand in one cell.
    in_cell: bool,
}

impl Quiz {
    /// The options of a table with these names, where it has some and one column says what is right, by the rows of which that is
    /// asked.
    pub(super) fn of(names: &[String], survey: &Survey, is_asked: impl Fn(&[String]) -> bool) -> Option<Self> {
        let rows: Vec<&Vec<String>> = survey.below.iter().filter(|row| is_asked(row)).collect();
        let mut quiz = Self::in_columns(names).or_else(|| Self::in_one_column(names, &rows))?;
        let cell = |row: &Vec<String>, at: usize| row.get(at).map_or_else(String::new, |cell| cell.trim().to_owned());
        let mut answers = Answers::default();
        for row in rows.iter().filter(|_| !quiz.are_wrong) {
            let (texts, said) = quiz.asked(|at| cell(row, at));
            answers.see(&quiz.as_asked(&texts, &said));
        }
        quiz.how = answers.how(FirstNumber::One);
        // In most rows the answer has to be one of them.
        let fitting = rows.iter().filter(|row| quiz.row(|at| cell(row, at)).is_some()).count();
        let by_number = |row: &&Vec<String>| {
            let (texts, said) = quiz.asked(|at| cell(row, at));
            matches!(quiz.as_asked(&texts, &said).meant(quiz.how), Some((_, true)))
        };
        quiz.first = (!quiz.are_wrong && rows.iter().any(by_number)).then_some(quiz.how.first.number());
        // A letter alone is no answer: where the options are not found either, that has to be said of each row.
        let are_places = || {
            let is_place = |row: &&&Vec<String>| {
                !quiz.are_wrong
                    && !cell(row, quiz.option_column()).is_empty()
                    && options::is_letter(&cell(row, quiz.right))
            };
            quiz.in_cell && rows.iter().filter(is_place).count() * 2 > rows.len()
        };
        ((fitting > 0 && fitting * 2 >= rows.len()) || are_places()).then_some(quiz)
    }

    fn in_columns(names: &[String]) -> Option<Self> {
        let (options, are_wrong) = options::single(names.iter().map(String::as_str))?;
        let right = right_of(names, |at| options.contains(&at))?;
        Some(Self::new(names, options, right, are_wrong, false))
    }

    /// One column has all options, or all wrong ones, and another one says what is right, or signs beside the options do.
    fn in_one_column(names: &[String], rows: &[&Vec<String>]) -> Option<Self> {
        let at = |test: fn(&str) -> bool| names.iter().position(|name| test(name));
        let (at, are_wrong) =
            at(options::is_list_of_wrong).map(|at| (at, true)).or(at(options::is_list).map(|at| (at, false)))?;
        let is_marked = |row: &&&Vec<String>| {
            let options = row.get(at).and_then(|cell| options_in_one(cell));
            options.is_some_and(|options| options.marked.len() == 1)
        };
        let by_sign = !are_wrong && rows.iter().filter(is_marked).count() * 2 > rows.len();
        let right = if by_sign { at } else { right_of(names, |other| other == at)? };
        // Somebody's distractors may be all options with their letters, the right one too.
        let all = Self::new(names, vec![at], right, false, true);
        let cell = |row: &Vec<String>, at: usize| row.get(at).map_or_else(String::new, |cell| cell.trim().to_owned());
        let has_right = |row: &&&Vec<String>| {
            let cell = |at| cell(row, at);
            all.in_cell(&cell).is_some_and(|options| options.are_lettered) && all.row(cell).is_some()
        };
        let are_wrong = are_wrong && rows.iter().filter(has_right).count() * 2 <= rows.len();
        Some(Self { are_wrong, ..all })
    }

    fn new(names: &[String], options: Vec<usize>, right: usize, are_wrong: bool, in_cell: bool) -> Self {
        let is_place = names.get(right).is_some_and(|name| options::is_of_place(name));
        Self { options, right, first: None, how: HowSaid::default(), are_wrong, is_place, in_cell }
    }

    /// The column of all options, or of the first.
    fn option_column(&self) -> usize {
        self.options.first().copied().unwrap_or_default()
    }

    /// The options of a row that stand in one cell.
    fn in_cell(&self, cell: &impl Fn(usize) -> String) -> Option<OptionsInOne> {
        options_in_one(&cell(self.option_column())).filter(|_| self.in_cell)
    }

    /// Why a row with options is none of a choice, if it is to be left out for that.
    pub(super) fn fault(&self, cell: impl Fn(usize) -> String) -> Option<RowFault> {
        let written = cell(self.option_column());
        if !self.in_cell || self.are_wrong || written.is_empty() {
            return None;
        }
        Some(match self.in_cell(&cell) {
            None => RowFault::OneOption(written),
            Some(options) if self.right == self.option_column() => RowFault::NoSign(options.texts.len()),
            Some(options) => RowFault::NoOption { said: cell(self.right), options: options.texts },
        })
    }

    /// The options of a row without their letters, and what it says of the right one.
    fn asked(&self, cell: impl Fn(usize) -> String) -> (Vec<String>, String) {
        if self.in_cell {
            let said = if self.right == self.option_column() { String::new() } else { cell(self.right) };
            return (self.in_cell(&cell).map_or_else(Vec::new, |options| options.texts), said);
        }
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
            let all = match self.in_cell(&cell) {
                Some(options) => options.texts,
                None => self.options.iter().map(|at| cell(*at)).collect(),
            };
            let others = options::distractors(&said, all.into_iter().filter(|text| !text.is_empty()).collect())?;
            return (!said.is_empty()).then_some((said, others));
        }
        let (mut texts, said) = self.asked(&cell);
        let marked = self.in_cell(&cell).map_or_else(Vec::new, |options| options.marked);
        let at = match marked.as_slice() {
            [one] => *one,
            _ => self.as_asked(&texts, &said).meant(self.how)?.0,
        };
        let answer = texts.remove(at);
        texts.retain(|text| !text.is_empty());
        let others = options::distractors(&answer, texts)?;
        (!answer.is_empty()).then_some((answer, others))
    }
}

/// The column that says what is right, among those that have no options.
fn right_of(names: &[String], is_option: impl Fn(usize) -> bool) -> Option<usize> {
    let others = (0..names.len()).filter(|at| !is_option(*at));
    let ranked = others.filter_map(|at| Some((options::rank_of_right(names.get(at)?)?, at)));
    ranked.min().map(|(_, right)| right)
}
