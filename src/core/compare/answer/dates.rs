//! Dates, which are written in several ways: `1. 5. 2020` without its blanks, and `March 1st, 2020` for `1 March 2020`.

use crate::core::compare::answer::spelled::is_digit;

const MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];

/// With each date of numbers without the blanks behind its points: `1.5.2020`.
pub(super) fn dated(text: &str) -> Option<String> {
    if !text.contains(". ") {
        return None;
    }
    let words: Vec<&str> = text.split(' ').collect();
    let is_of = |part: &str, lengths: std::ops::RangeInclusive<usize>| {
        lengths.contains(&part.len()) && part.chars().all(is_digit)
    };
    let is_part = |word: &str| word.strip_suffix('.').is_some_and(|number| is_of(number, 1..=2));
    let is_year = |word: &str| is_of(word.trim_end_matches(|c: char| c.is_ascii_punctuation()), 2..=4);
    let (mut out, mut place) = (Vec::new(), 0);
    while let Some(word) = words.get(place) {
        let two = word.strip_suffix('.').and_then(|two| two.split_once('.'));
        let is_two = two.is_some_and(|(day, month)| is_of(day, 1..=2) && is_of(month, 1..=2));
        let length = match (words.get(place + 1), words.get(place + 2)) {
            (Some(month), Some(year)) if is_part(word) && is_part(month) && is_year(year) => 3,
            (Some(year), _) if is_two && is_year(year) => 2,
            _ => 1,
        };
        out.push(words.get(place..place + length).unwrap_or_default().concat());
        place += length;
    }
    (out.len() < words.len()).then(|| out.join(" "))
}

/// With the day of each English date before its month, as plain numbers and names: `1 March 2020`.
pub(super) fn with_day_first(text: &str) -> Option<String> {
    if !text.contains(is_digit) {
        return None;
    }
    let words: Vec<&str> = text.split_whitespace().collect();
    let is = |word: Option<&&str>, small: &str| word.is_some_and(|word| word.eq_ignore_ascii_case(small));
    let (mut out, mut place, mut taken): (Vec<String>, usize, usize) = (Vec::new(), 0, 0);
    while let Some(word) = words.get(place) {
        let Some(month) = month(word) else {
            out.push((*word).to_owned());
            place += 1;
            continue;
        };
        let behind_of = place.checked_sub(2).filter(|_| is(words.get(place - 1), "of"));
        let before = behind_of.or(place.checked_sub(1)).filter(|at| *at >= taken);
        if let Some((at, day)) = before.and_then(|at| Some((at, day(words.get(at)?)?))) {
            // Each word since the last date has its place.
            out.truncate(out.len().saturating_sub(place - at));
            out.pop_if(|last| last.eq_ignore_ascii_case("the"));
            out.extend([day, month]);
            place += 1;
            taken = place;
        } else if let Some(day) = words.get(place + 1).and_then(|word| day(word)) {
            out.extend([day, month]);
            place += 2;
            taken = place;
        } else {
            out.push((*word).to_owned());
            place += 1;
        }
    }
    let read = out.join(" ");
    (read != words.join(" ")).then_some(read)
}

/// The whole name of a month, with the capital that it was written with. Without its last letters it has three.
fn month(word: &str) -> Option<String> {
    let word = word.trim_end_matches(['.', ',']);
    let small = word.to_ascii_lowercase();
    let is_cut = |month: &str| (small.len() == 3 || small == "sept") && month.starts_with(&small);
    let month = MONTHS.into_iter().find(|month| *month == small || is_cut(month))?;
    if small == month {
        return Some(word.to_owned());
    }
    let (first, rest) = month.split_at(1);
    let is_capital = word.starts_with(char::is_uppercase);
    Some(if is_capital { first.to_ascii_uppercase() + rest } else { month.to_owned() })
}

/// A day of a month in plain digits: `1st,` is `1`.
fn day(word: &str) -> Option<String> {
    let word = word.trim_end_matches(['.', ',']);
    let small = word.to_ascii_lowercase();
    let number = ["st", "nd", "rd", "th"].iter().find_map(|ending| small.strip_suffix(ending)).unwrap_or(&small);
    let day: u8 =
        number.parse().ok().filter(|_| number.len() <= 2 && number.bytes().all(|byte| byte.is_ascii_digit()))?;
    (1..=31).contains(&day).then(|| day.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_blanks_in_a_date_of_numbers_go() {
        for (text, read) in [
            ("1. 5. 2020", Some("1.5.2020")),
            ("on 1. 5. 2020, in Berlin", Some("on 1.5.2020, in Berlin")),
            ("1.5. 2020", Some("1.5.2020")),
            ("1.5.2020", None),
            ("1. 5. apples", None),
            ("1. 5 2020", None),
            ("123. 5. 2020", None),
        ] {
            assert_eq!(dated(text).as_deref(), read, "{text}");
        }
    }

    #[test]
    fn the_day_of_an_english_date_stands_first() {
        for (text, read) in [
            ("March 1, 2020", Some("1 March 2020")),
            ("march 1st 2020", Some("1 march 2020")),
            ("the 4th of July", Some("4 July")),
            ("Independence Day (July 4, 1776)", None),
            ("on Jul. 4th, 1776 in Philadelphia", Some("on 4 July 1776 in Philadelphia")),
            ("01 Sept 1939", Some("1 September 1939")),
            ("1 March 2020", None),
            ("March 2020", None),
            ("may contain 5", None),
            ("32 March", None),
            ("decimal 5", None),
        ] {
            assert_eq!(with_day_first(text).as_deref(), read, "{text}");
        }
    }

    proptest::proptest! {
        #[test]
        fn no_month_and_no_number_gets_lost(
            words in proptest::collection::vec(proptest::sample::select(&["July", "may", "4", "31st,", "of", "1776"][..]), 0..9),
        ) {
            let text = words.join(" ");
            let read = with_day_first(&text).unwrap_or_else(|| text.clone());
            let said = |text: &str| {
                let mut words: Vec<String> = text.replace("31st,", "31").split(' ').map(str::to_owned).collect();
                words.retain(|word| word != "of");
                words.sort();
                words
            };
            proptest::prop_assert_eq!(said(&read), said(&text));
        }
    }
}
