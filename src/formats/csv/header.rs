//! Whether the first row of a table names its columns.

use crate::formats::HeaderRow;
use crate::formats::columns;
use crate::formats::columns::Column;
use crate::formats::columns::names;
use crate::formats::columns::names::Title;
use crate::formats::csv::persons::persons;
use crate::formats::table::survey::Survey;

/// What the first row is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    /// A header, or a card.
    Is(HeaderRow),
    /// A card, but it may be a header.
    Maybe,
}

/// Whether a row names the columns, whatever the other rows are: at least two of its cells are known names, and not twice of
/// the same.
pub(super) fn is_header(cells: &[String]) -> bool {
    let known: Vec<Column> =
        cells.iter().map(|cell| columns::named(cell)).filter(|column| *column != Column::Unknown).collect();
    let differ = known.iter().any(|column| known.first().is_some_and(|first| class(*first) != class(*column)));
    // Of single letters these two alone name something, and only together.
    let is_q_and_a = |pair: &[String]| matches!(pair, [q, a] if q == "Q" && a == "A");
    if cells.windows(2).any(is_q_and_a) {
        return true;
    }
    // In a list of words two may well be names by chance, but hardly an ask and something else.
    let ours = cells.iter().filter(|cell| columns::is_role(&cell.trim().to_lowercase())).count() > 1;
    differ && (ours || known.iter().any(|column| matches!(class(*column), Column::Question | Column::Answer)))
}

/// Names that mean something only where they are all that the first row says, and where there are rows below it.
const PAIRS: &[(&str, &str)] =
    &[("q", "a"), ("from", "to"), ("l1", "l2"), ("lang1", "lang2"), ("lang 1", "lang 2"), ("language 1", "language 2")];

/// Whether the first line names the one column of clozes below it.
pub(super) fn names_clozes(survey: &Survey) -> bool {
    let [name] = &survey.first[..] else { return false };
    let clozes = survey.below.iter().flatten().filter(|cell| columns::is_cloze(cell)).count();
    class(columns::named(name)) == Column::Question && clozes > 0 && clozes * 10 >= survey.below.len() * 9
}

/// Whether each cell of a row with two or more of them is a name that columns have.
pub(super) fn are_names(cells: &[String]) -> bool {
    let mut filled = cells.iter().filter(|cell| !cell.is_empty());
    let is_name =
        |cell: &String| columns::named(cell) != Column::Unknown || names::title(&names::plain(cell)).is_some();
    filled.clone().count() > 1 && filled.all(is_name)
}

/// The same for all names of question, and of answer.
pub(super) fn class(column: Column) -> Column {
    match column {
        column if column.asks() => Column::Question,
        column if column.tells() => Column::Answer,
        column => column,
    }
}

/// Words of a title at most.
const MOST_WORDS: usize = 4;

/// Looks at the first row and at those below it.
pub(super) fn verdict(survey: &Survey) -> Verdict {
    let cells = &survey.first;
    let filled: Vec<&String> = cells.iter().filter(|cell| !cell.is_empty()).collect();
    let is_title = |cell: &str| {
        let cell = names::without_instruction(cell);
        (!cell.ends_with(['.', '?', '!', ',']) || is_abbreviation(cell))
            && cell.split_whitespace().count() <= MOST_WORDS
            && cell.chars().count() <= 40
    };
    if names_clozes(survey) {
        return Verdict::Is(HeaderRow::Likely);
    }
    let is_pair = |(one, other): &(&str, &str)| matches!(&cells[..], [a, b] if a.eq_ignore_ascii_case(one) && b.eq_ignore_ascii_case(other));
    let is_translation = || names::translation(cells).is_some();
    if (PAIRS.iter().any(is_pair) || is_translation()) && !survey.below.is_empty() {
        return Verdict::Is(HeaderRow::Likely);
    }
    if (names::explains(cells) || !persons(cells).is_empty()) && !survey.below.is_empty() && !repeats(survey) {
        return Verdict::Is(HeaderRow::Likely);
    }
    if filled.len() < 2 || columns::is_cloze(&cells.concat()) {
        return Verdict::Is(HeaderRow::None);
    }
    // `word,mot`: two names of one thing are two words for it.
    let roles: Vec<Column> = filled.iter().map(|cell| class(columns::named(cell))).collect();
    if roles.iter().all(|role| *role != Column::Unknown && Some(role) == roles.first()) {
        return Verdict::Is(HeaderRow::None);
    }
    if is_header(cells) {
        let ours = filled.iter().filter(|cell| columns::is_role(&cell.to_lowercase())).count();
        return Verdict::Is(if ours > 1 { HeaderRow::Sure } else { HeaderRow::Likely });
    }
    if !filled.iter().all(|cell| is_title(cell)) || repeats(survey) {
        return Verdict::Is(HeaderRow::None);
    }
    let known = |row: &[&str]| {
        let plain: Vec<String> = row.iter().map(|cell| names::plain(cell)).collect();
        let codes = plain.iter().all(|name| names::title(name) == Some(Title::Code));
        plain
            .iter()
            .filter(|name| match names::title(name) {
                Some(Title::Code) => codes,
                Some(_) => true,
                None => columns::named(name) != Column::Unknown,
            })
            .count()
    };
    let first: Vec<&str> = filled.iter().map(|cell| cell.as_str()).collect();
    let titles = known(&first);
    let differs: Vec<Unlike> = (0..cells.len()).map(|index| unlikeness(survey, index)).collect();
    let unlike: usize = differs.iter().map(|differs| differs.weight()).sum();
    if titles == 0 && unlike < 2 {
        return Verdict::Is(HeaderRow::None);
    }
    let languages = |row: &[&str]| row.iter().all(|cell| names::title(&names::plain(cell)) == Some(Title::Language));
    let is_code = |cell: &&str| names::title(&names::plain(cell)) == Some(Title::Code);
    // Two different ones: `la,la` are words.
    let are_codes = matches!(&first[..], [one, other] if is_code(one) && is_code(other) && one != other);
    let are_languages = languages(&first);
    let rows = || survey.below.iter().map(|row| row.iter().map(|cell| cell.trim()).collect::<Vec<&str>>());
    // A table of words about tables, or of languages.
    let is_alike = |row: &Vec<&str>| if are_languages { languages(row) } else { known(row) >= titles.max(2) };
    let alike = rows().filter(|row| row.len() > 1 && is_alike(row)).count();
    let lower = |text: &str| text.trim_start().chars().next().is_some_and(char::is_lowercase);
    let is_lower_case_like_the_rest =
        first.iter().all(|cell| lower(cell) && names::side(&names::plain(cell)).is_none())
            && rows().filter(|row| row.iter().all(|cell| lower(cell))).count() * 2 > survey.below.len();
    // A number in words above numbers in digits is no name yet: `Pi,about three`.
    let is_of_other_kind = || {
        let counted = differs.iter().filter(|differs| **differs == Unlike::Digits).count();
        differs.contains(&Unlike::Kind) || counted > 1
    };
    let likely = match titles {
        0 => unlike >= 3 && is_of_other_kind(),
        1 => unlike >= 2 || (unlike == 1 && !is_lower_case_like_the_rest),
        more => {
            // Two languages are no two words for one thing.
            let are_all = more > 2 && more == first.len();
            let differs = !is_lower_case_like_the_rest || unlike > 0 || are_languages || are_codes || are_all;
            alike == 0 && more * 2 >= first.len() && differs && (unlike > 0 || !are_words_of_two_languages(&first))
        }
    };
    if likely && alike * 4 <= survey.below.len() && !survey.below.is_empty() {
        Verdict::Is(HeaderRow::Likely)
    } else if (titles > 0 && alike * 4 <= survey.below.len()) || unlike > 1 {
        Verdict::Maybe
    } else {
        Verdict::Is(HeaderRow::None)
    }
}

/// Whether a cell with a full stop is no sentence: `Nr.`, `Abk.`, a known name.
fn is_abbreviation(cell: &str) -> bool {
    columns::named(cell) != Column::Unknown
        || cell.strip_suffix('.').is_some_and(|word| word.chars().count() < 6 && !word.contains(char::is_whitespace))
}

/// Whether a cell of the first row comes again below it.
fn repeats(survey: &Survey) -> bool {
    survey.first.iter().enumerate().any(|(index, name)| {
        !name.is_empty() && survey.below.iter().any(|row| row.get(index).is_some_and(|cell| cell.trim() == name))
    })
}

/// Whether usual titles of a row are of several languages: `City,Ciudad` are two words for one thing.
fn are_words_of_two_languages(row: &[&str]) -> bool {
    let plain: Vec<String> = row.iter().map(|cell| names::plain(cell)).collect();
    let is_any = |is_english: bool| {
        plain.iter().any(|name| names::is_title_in(name, is_english) && !names::is_title_in(name, !is_english))
    };
    is_any(true) && is_any(false)
}

/// How the first cell of a column differs from those below it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Unlike {
    /// Not at all.
    Not,
    /// By a capital, or since it is short.
    Form,
    /// There are no digits in it.
    Digits,
    /// By its letters, or since all others ask something.
    Kind,
}

impl Unlike {
    fn weight(self) -> usize {
        match self {
            Self::Not => 0,
            Self::Form => 1,
            Self::Digits | Self::Kind => 2,
        }
    }
}

fn unlikeness(survey: &Survey, index: usize) -> Unlike {
    let Some(name) = survey.first.get(index).filter(|name| !name.is_empty()) else { return Unlike::Not };
    let below: Vec<&str> = survey
        .below
        .iter()
        .filter_map(|row| row.get(index))
        .map(|cell| cell.trim())
        .filter(|cell| !cell.is_empty())
        .collect();
    if below.len() < 2 {
        return Unlike::Not;
    }
    let most = |test: &dyn Fn(&str) -> bool| below.iter().filter(|cell| test(cell)).count() * 5 >= below.len() * 4;
    let foreign = |text: &str| text.chars().any(|c| c.is_alphabetic() && c as u32 >= 0x370);
    let digits = |text: &str| text.contains(|c: char| c.is_ascii_digit());
    if (!foreign(name) && most(&foreign)) || most(&|cell| cell.ends_with('?')) {
        return Unlike::Kind;
    }
    if !digits(name) && most(&digits) {
        return Unlike::Digits;
    }
    let begins = |text: &str, test: fn(char) -> bool| text.chars().next().is_some_and(test);
    let is_lower = |cell: &str| begins(cell, char::is_lowercase);
    let is_long = |cell: &str| cell.split_whitespace().count() > MOST_WORDS;
    if (begins(name, char::is_uppercase) && most(&is_lower)) || most(&is_long) { Unlike::Form } else { Unlike::Not }
}
