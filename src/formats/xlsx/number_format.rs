//! Numbers and dates as a spreadsheet shows them under the format of their cell: `0.0%`, `000`, `# ?/?`, `mmm yyyy`.
//!
//! What depends on the country of whoever looks at it is not in the file: a number has a point, months have English names, and a format
//! that asks for more, or for what is not known here, shows nothing.

use calamine::ExcelDateTime;
use std::iter::Peekable;
use std::str::Chars;

/// One part of a format.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Part {
    /// A character that is shown as it stands.
    Sign(char),
    /// A place for a digit: `0`, `#` or `?`.
    Digit(char),
    Point,
    Comma,
    Percent,
    Slash,
    /// `E+`, or `E-`, which shows no plus.
    Exponent {
        plus: bool,
    },
    /// A number as it is: `General`, `@`.
    General,
    /// A part of a date or time, how many letters it has, and whether it goes on beyond a day or an hour: `[h]`.
    Moment {
        letter: char,
        count: usize,
        elapsed: bool,
    },
    /// Digits behind the point of a second.
    Fraction(usize),
    /// `AM/PM`, or `A/P`.
    Half {
        short: bool,
    },
}

/// How often a letter comes next, large or small.
fn run(letter: char, rest: &mut Peekable<Chars<'_>>) -> usize {
    let mut count = 0;
    while rest.next_if(|next| next.eq_ignore_ascii_case(&letter)).is_some() {
        count += 1;
    }
    count
}

/// A format: its sections, for numbers above zero, below it, and for zero.
struct Format {
    sections: Vec<Vec<Part>>,
    /// Whether it asks for the names of days and months in another language than English.
    is_foreign: bool,
}

impl Format {
    fn of(format: &str) -> Option<Self> {
        let mut read = Self { sections: vec![Vec::new()], is_foreign: false };
        let mut rest = format.chars().peekable();
        while let Some(c) = rest.next() {
            let part = match c {
                ';' => {
                    read.sections.push(Vec::new());
                    continue;
                }
                '"' => {
                    let text: Vec<Part> = rest.by_ref().take_while(|c| *c != '"').map(Part::Sign).collect();
                    read.sections.last_mut()?.extend(text);
                    continue;
                }
                '\\' => Part::Sign(rest.next()?),
                // A gap as wide as the next character, and a character that fills the cell.
                '_' => {
                    rest.next();
                    Part::Sign(' ')
                }
                '*' => {
                    rest.next();
                    continue;
                }
                '[' => {
                    let inner: String = rest.by_ref().take_while(|c| *c != ']').collect();
                    let parts = read.in_brackets(&inner)?;
                    read.sections.last_mut()?.extend(parts);
                    continue;
                }
                '0' | '#' | '?' => Part::Digit(c),
                '.' if read.is_behind_seconds() && rest.peek() == Some(&'0') => Part::Fraction(run('0', &mut rest)),
                '.' => Part::Point,
                ',' => Part::Comma,
                '%' => Part::Percent,
                '/' => Part::Slash,
                '@' => Part::General,
                'E' | 'e' if matches!(rest.peek(), Some('+' | '-')) => Part::Exponent { plus: rest.next()? == '+' },
                'y' | 'm' | 'd' | 'h' | 's' | 'Y' | 'M' | 'D' | 'H' | 'S' => {
                    Part::Moment { letter: c.to_ascii_lowercase(), count: 1 + run(c, &mut rest), elapsed: false }
                }
                'A' | 'a' | 'G' | 'g' => {
                    let behind = |word: &str| rest.clone().zip(word.chars()).all(|(a, b)| a.eq_ignore_ascii_case(&b));
                    let (part, length) = match c {
                        'A' | 'a' if behind("M/PM") && rest.clone().count() > 3 => (Part::Half { short: false }, 4),
                        'A' | 'a' if behind("/P") && rest.clone().count() > 1 => (Part::Half { short: true }, 2),
                        'G' | 'g' if behind("eneral") && rest.clone().count() > 5 => (Part::General, 6),
                        _ => return None,
                    };
                    rest.by_ref().take(length).for_each(drop);
                    part
                }
                c if c.is_ascii_alphabetic() => return None,
                c => Part::Sign(c),
            };
            read.sections.last_mut()?.push(part);
        }
        Some(read)
    }

    /// Whether what comes next is a part of a second.
    fn is_behind_seconds(&self) -> bool {
        let last = self.sections.last().and_then(|section| section.last());
        matches!(last, Some(Part::Moment { letter: 's', .. }))
    }

    /// What brackets hold: a currency and a language, `[$€-407]`, hours beyond a day, or a colour. Nothing is known of conditions.
    fn in_brackets(&mut self, inner: &str) -> Option<Vec<Part>> {
        if let Some(money) = inner.strip_prefix('$') {
            let (sign, language) = money.rsplit_once('-').unwrap_or((money, "409"));
            let language = u32::from_str_radix(language, 16).unwrap_or(0);
            self.is_foreign |= language & 0x3ff != 9;
            return Some(sign.chars().map(Part::Sign).collect());
        }
        let letter = inner.chars().next()?.to_ascii_lowercase();
        let is_elapsed = inner.chars().all(|c| c.eq_ignore_ascii_case(&letter));
        match letter {
            'h' | 'm' | 's' if is_elapsed => {
                Some(vec![Part::Moment { letter, count: inner.chars().count(), elapsed: true }])
            }
            '<' | '>' | '=' => None,
            _ => Some(Vec::new()),
        }
    }
}

/// A number as its cell shows it; nothing where the format is of another kind, or not known.
pub(super) fn number(number: f64, format: &str) -> Option<String> {
    let sections = Format::of(format)?.sections;
    let is_negative = number < 0.0;
    let (section, sign) = match sections.as_slice() {
        [_, negative, ..] if is_negative => (negative, ""),
        [_, _, zero, ..] if number == 0.0 => (zero, ""),
        [first, ..] => (first, if is_negative { "-" } else { "" }),
        [] => return None,
    };
    let text = if section.iter().any(|part| matches!(part, Part::Moment { .. } | Part::Half { .. })) {
        return None;
    } else if let Some(at) = section.iter().position(|part| *part == Part::Slash) {
        as_fraction(number.abs(), section, at)?
    } else {
        as_decimal(number.abs(), section)?
    };
    let text = text.trim();
    // What a format hides may be the answer of a card.
    let is_hidden = text.is_empty() && number != 0.0;
    let is_zero = || text.chars().all(|c| !c.is_ascii_digit() || c == '0');
    (!is_hidden).then(|| if is_zero() { text.to_owned() } else { format!("{sign}{text}") })
}

/// The digits of a number, of which a spreadsheet keeps fifteen: `0.d₁d₂d₃… · 10^point`.
struct Decimal {
    digits: Vec<u8>,
    point: i32,
}

impl Decimal {
    fn of(number: f64) -> Option<Self> {
        let text = format!("{number:.14e}");
        let (mantissa, exponent) = text.split_once('e')?;
        let digits = mantissa.bytes().filter(u8::is_ascii_digit).collect();
        Some(Self { digits, point: exponent.parse::<i32>().ok()? + 1 })
    }

    /// What stands before the point and what behind it, rounded to so many places.
    fn rounded(&self, places: usize) -> Option<(String, String)> {
        let mut all = vec![b'0'; usize::try_from(-self.point).unwrap_or(0)];
        let mut whole = usize::try_from(self.point).unwrap_or(0);
        all.extend(&self.digits);
        let kept = whole + places;
        let rounds_up = all.get(kept).is_some_and(|digit| *digit >= b'5');
        all.resize(kept, b'0');
        if rounds_up {
            let nines = all.iter().rev().take_while(|digit| **digit == b'9').count();
            let (before, last) = all.split_at_mut(kept - nines);
            last.fill(b'0');
            match before.last_mut() {
                Some(digit) => *digit += 1,
                None => {
                    all.insert(0, b'1');
                    whole += 1;
                }
            }
        }
        let text = String::from_utf8(all).ok()?;
        let (whole, behind) = text.split_at_checked(whole)?;
        Some((whole.trim_start_matches('0').to_owned(), behind.to_owned()))
    }
}

fn digits_in(parts: &[Part]) -> usize {
    parts.iter().filter(|part| matches!(part, Part::Digit(_))).count()
}

fn as_decimal(number: f64, section: &[Part]) -> Option<String> {
    if section.contains(&Part::General) {
        let one = |part: &Part| match part {
            Part::Sign(sign) => sign.to_string(),
            Part::General => general(number),
            _ => String::new(),
        };
        return Some(section.iter().map(one).collect());
    }
    let mut decimal = Decimal::of(number)?;
    let percents = section.iter().filter(|part| **part == Part::Percent).count();
    decimal.point += 2 * i32::try_from(percents).ok()?;
    let Some(at) = section.iter().position(|part| matches!(part, Part::Exponent { .. })) else {
        return placed(&decimal, section);
    };
    let (mantissa, exponent) = section.split_at(at);
    let point = mantissa.iter().position(|part| *part == Part::Point).unwrap_or(mantissa.len());
    let (before, behind) = mantissa.split_at(point);
    // With several places before the point the power of ten is a multiple of their number.
    let step = i32::try_from(digits_in(before)).ok()?.max(1);
    let is_zero = decimal.digits.iter().all(|digit| *digit == b'0');
    let mut power = if is_zero { 0 } else { (decimal.point - 1).div_euclid(step) * step };
    decimal.point -= power;
    if i32::try_from(decimal.rounded(digits_in(behind))?.0.len()).ok()? > step {
        power += step;
        decimal.point -= step;
    }
    let sign = match exponent.first() {
        _ if power < 0 => "-",
        Some(Part::Exponent { plus: true }) => "+",
        _ => "",
    };
    let signs = |part: &Part| if let Part::Sign(sign) = part { Some(*sign) } else { None };
    let rest: String = exponent.iter().filter_map(signs).collect();
    let width = digits_in(exponent);
    Some(format!("{}E{sign}{:0width$}{rest}", placed(&decimal, mantissa)?, power.unsigned_abs()))
}

/// The digits in their places.
fn placed(decimal: &Decimal, section: &[Part]) -> Option<String> {
    let point = section.iter().position(|part| *part == Part::Point);
    let (before, behind) = section.split_at(point.unwrap_or(section.len()));
    let last = before.iter().rposition(|part| matches!(part, Part::Digit(_))).unwrap_or(0);
    let commas = |parts: &[Part]| parts.iter().filter(|part| **part == Part::Comma).count();
    let (inner, outer) = before.split_at(last);
    // A comma between digits groups them, one behind them divides by a thousand.
    let is_grouped = commas(inner) > 0;
    let thousands = i32::try_from(commas(outer) + commas(behind)).ok()?;
    let decimal = Decimal { digits: decimal.digits.clone(), point: decimal.point - 3 * thousands };
    let (whole, fraction) = decimal.rounded(digits_in(behind))?;

    let mut digits = whole.chars().rev().peekable();
    let mut places = digits_in(before);
    let mut backwards = Vec::new();
    if places == 0 && point.is_some() {
        backwards.extend(digits.by_ref());
    }
    let mut set = 0;
    for part in before.iter().rev() {
        match part {
            Part::Digit(kind) => {
                places -= 1;
                let mut next = digits.next().or(match kind {
                    '0' => Some('0'),
                    '?' => Some(' '),
                    _ => None,
                });
                while let Some(digit) = next {
                    if is_grouped && set > 0 && set % 3 == 0 && digit != ' ' {
                        backwards.push(',');
                    }
                    backwards.push(digit);
                    set += 1;
                    // The first place takes all that is left.
                    next = if places == 0 { digits.next() } else { None };
                }
            }
            Part::Sign(sign) => backwards.push(*sign),
            Part::Percent => backwards.push('%'),
            _ => {}
        }
    }
    let mut text: String = backwards.into_iter().rev().collect();
    let needed = fraction.trim_end_matches('0').len();
    let fixed = behind.iter().filter(|part| matches!(part, Part::Digit(_))).collect::<Vec<_>>();
    let fixed = fixed.iter().rposition(|part| **part == Part::Digit('0')).map_or(0, |at| at + 1);
    let mut digits = fraction.chars().enumerate();
    for part in behind {
        match part {
            Part::Point => text.push('.'),
            Part::Digit(kind) => match digits.next() {
                Some((at, digit)) if at < needed.max(fixed) => text.push(digit),
                _ if *kind == '?' => text.push(' '),
                _ => {}
            },
            Part::Sign(sign) => text.push(*sign),
            Part::Percent => text.push('%'),
            _ => {}
        }
    }
    Some(text)
}

/// A number as spreadsheets show it where no format says how: with fifteen digits, so that 0.1 + 0.2 is 0.3.
pub(super) fn general(number: f64) -> String {
    format!("{number:.14e}").parse::<f64>().unwrap_or(number).to_string()
}

/// Places of a denominator at most.
const MOST_PLACES: usize = 3;

/// `1 1/2`, where `at` is the place of the slash.
fn as_fraction(number: f64, section: &[Part], at: usize) -> Option<String> {
    let (before, behind) = section.split_at(at);
    let signs = |parts: &[Part]| -> String {
        parts.iter().filter_map(|part| if let Part::Sign(sign) = part { Some(*sign) } else { None }).collect()
    };
    let start = before.iter().rposition(|part| !matches!(part, Part::Digit(_))).map_or(0, |last| last + 1);
    let (head, numerator) = before.split_at(start);
    let digit = |part: &Part| match part {
        Part::Digit(place) => Some(*place),
        Part::Sign(sign) => Some(*sign).filter(char::is_ascii_digit),
        _ => None,
    };
    let below: String = behind.iter().skip(1).map_while(digit).collect();
    let tail = behind.get(1 + below.len()..)?;
    let fixed = below.parse::<u32>().ok().filter(|fixed| *fixed > 0);
    if numerator.is_empty() || below.is_empty() || (fixed.is_none() && below.len() > MOST_PLACES) {
        return None;
    }
    let first = head.iter().position(|part| matches!(part, Part::Digit(_)));
    let whole = if first.is_some() { number.floor() } else { 0.0 };
    let rest = number - whole;
    let nearest = |below: u32| ((rest * f64::from(below)).round(), below);
    let error = |(above, below): &(f64, u32)| (rest - above / f64::from(*below)).abs();
    let most = 10_u32.checked_pow(u32::try_from(below.len()).ok()?)?;
    let all = (1..most).map(nearest);
    let (mut above, below) = match fixed {
        Some(fixed) => nearest(fixed),
        // Of equally near ones the first is the shortest.
        None => all.reduce(|best, next| if error(&next) + 1e-12 < error(&best) { next } else { best })?,
    };
    let mut whole = whole;
    if first.is_some() && above >= f64::from(below) {
        (whole, above) = (whole + 1.0, 0.0);
    }
    let number = match (first.is_some(), whole > 0.0, above > 0.0) {
        (false, ..) | (true, false, true) => format!("{above:.0}/{below}"),
        (true, true, true) => format!("{whole:.0} {above:.0}/{below}"),
        (true, _, false) => format!("{whole:.0}"),
    };
    let prefix = head.get(..first.unwrap_or(head.len()))?;
    Some(format!("{}{number}{}", signs(prefix), signs(tail)))
}

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

const DAYS: [&str; 7] = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];

/// Formats that mean the usual form of a date, whatever that is where somebody looks at it.
const USUAL: [&str; 2] = ["mm-dd-yy", "m/d/yy h:mm"];

/// A date or time as its cell shows it; nothing where the format is not known, or means the usual form.
pub(super) fn moment(when: ExcelDateTime, format: &str) -> Option<String> {
    let Format { sections, is_foreign } = Format::of(format).filter(|_| !USUAL.contains(&format))?;
    let section = sections.into_iter().next()?;
    let (year, month, day, hour, minute, second, milli) = when.to_ymd_hms_milli();
    let has_half = section.iter().any(|part| matches!(part, Part::Half { .. }));
    let is_moment = |part: &&Part| matches!(part, Part::Moment { .. } | Part::Fraction(_));
    let letter = |part: Option<&Part>| match part {
        Some(Part::Moment { letter, .. }) => *letter,
        Some(Part::Fraction(_)) => 's',
        _ => ' ',
    };
    // Whole hours, minutes and seconds since day 0.
    let elapsed = |unit: f64| format!("{:.0}", (when.as_f64() * unit + 1e-6).floor());
    let mut text = String::new();
    for (at, part) in section.iter().enumerate() {
        match part {
            Part::Sign(sign) => text.push(*sign),
            Part::Point => text.push('.'),
            Part::Comma => text.push(','),
            Part::Slash => text.push('/'),
            Part::Half { short } => {
                let half = if hour < 12 { "AM" } else { "PM" };
                text.push_str(half.get(..if *short { 1 } else { 2 })?);
            }
            Part::Fraction(places) => {
                text.push('.');
                text.push_str(format!("{milli:03}").get(..*places)?);
            }
            Part::Moment { letter: unit, count, elapsed: true } => {
                let (shown, width) = match unit {
                    'h' => (elapsed(24.0), *count),
                    'm' => (elapsed(24.0 * 60.0), *count),
                    _ => (elapsed(24.0 * 3600.0), *count),
                };
                text.push_str(&format!("{shown:0>width$}"));
            }
            Part::Moment { letter: unit, count, .. } => {
                let is_before = section.get(..at)?.iter().rfind(is_moment);
                let is_behind = section.get(at + 1..)?.iter().find(is_moment);
                let is_minute = *unit == 'm' && *count < 3 && (letter(is_before) == 'h' || letter(is_behind) == 's');
                let width = *count.min(&2);
                let named = |name: &str| if is_foreign { None } else { name.get(..3).map(str::to_owned) };
                let shown = match (unit, count) {
                    ('y', ..3) => format!("{:02}", year % 100),
                    ('y', _) => format!("{year:04}"),
                    ('m', _) if is_minute => format!("{minute:0width$}"),
                    ('h', _) if has_half => format!("{:0width$}", (hour + 11) % 12 + 1),
                    ('h', _) => format!("{hour:0width$}"),
                    ('s', _) => format!("{second:0width$}"),
                    ('m', ..3) => format!("{month:0width$}"),
                    ('d', ..3) => format!("{day:0width$}"),
                    (unit, count) => {
                        let name = match unit {
                            'm' => MONTHS.get(usize::from(month).checked_sub(1)?)?,
                            _ => DAYS.get(weekday(year, month, day))?,
                        };
                        match count {
                            3 => named(name)?,
                            5 => named(name)?.get(..1)?.to_owned(),
                            _ => named(name).map(|_| (*name).to_owned())?,
                        }
                    }
                };
                text.push_str(&shown);
            }
            Part::Digit(_) | Part::Percent | Part::Exponent { .. } | Part::General => return None,
        }
    }
    let has_any = section.iter().any(|part| is_moment(&part));
    Some(text.trim().to_owned()).filter(|_| has_any)
}

/// The day of the week, from Sunday.
fn weekday(year: u16, month: u8, day: u8) -> usize {
    let (mut year, mut month) = (usize::from(year), usize::from(month));
    // The year begins in March, so that the day of a leap year is its last one.
    if month < 3 {
        (year, month) = (year.saturating_sub(1), month + 12);
    }
    (usize::from(day) + 13 * (month + 1) / 5 + year + year / 4 - year / 100 + year / 400 + 6) % 7
}

#[cfg(test)]
mod tests {
    use super::*;
    use calamine::ExcelDateTimeType;

    #[test]
    fn numbers_are_shown_under_their_formats() {
        for (value, format, expected) in [
            (0.5, "0%", "50%"),
            (0.125, "0.0%", "12.5%"),
            (0.333333, "0.00%", "33.33%"),
            (0.07, "0%", "7%"),
            (7.0, "000", "007"),
            (1234.0, "000", "1234"),
            (2134.0, "00000", "02134"),
            (1234567.891, "#,##0", "1,234,568"),
            (1234567.891, "#,##0.00", "1,234,567.89"),
            (12.0, "#,##0.00", "12.00"),
            (1.005, "0.00", "1.01"),
            (0.125, "0.00", "0.13"),
            (9.999, "0.0", "10.0"),
            (0.999, "0", "1"),
            (2.0, "0.##", "2."),
            (2.5, "0.0#", "2.5"),
            (0.25, "#.00", ".25"),
            (1500.0, "0.0,\"k\"", "1.5k"),
            (2500000.0, "#,##0,,\" M\"", "3 M"),
            (-3.0, "0", "-3"),
            (-3.5, "$#,##0.00", "-$3.50"),
            (-3.0, "0;(0)", "(3)"),
            (-3.0, "0;[Red]-0", "-3"),
            (0.0, "0;-0;\"none\"", "none"),
            (0.0, "0;-0;;@", ""),
            (-0.001, "0.0", "0.0"),
            (19.99, "[$€-407]#,##0.00", "€19.99"),
            (19.99, "#,##0.00\\ \"€\"", "19.99 €"),
            (19.99, "[$$-409]#,##0.00", "$19.99"),
            (1234.5, "_(\"$\"* #,##0.00_);_(\"$\"* (#,##0.00);_(\"$\"* \"-\"??_);_(@_)", "$1,234.50"),
            (0.0, "_(\"$\"* #,##0.00_);_(\"$\"* (#,##0.00);_(\"$\"* \"-\"??_);_(@_)", "$-"),
            (25.0, "0\" °C\"", "25 °C"),
            (12345.0, "0.00E+00", "1.23E+04"),
            (0.00012, "0.0E-0", "1.2E-4"),
            (9.99e5, "0.0E+0", "1.0E+6"),
            (12345.0, "##0.0E+0", "12.3E+3"),
            (0.5, "# ?/?", "1/2"),
            (1.5, "# ?/?", "1 1/2"),
            (2.0, "# ?/?", "2"),
            (0.333333333333, "# ?/?", "1/3"),
            (0.3125, "# ??/??", "5/16"),
            (1.75, "?/?", "7/4"),
            (0.375, "# ?/8", "3/8"),
            (0.37, "# ??/100", "37/100"),
            (2.99999, "# ?/?", "3"),
            (0.5, "# ?/?\" cup\"", "1/2 cup"),
            (-0.5, "# ?/?", "-1/2"),
            (5551234.0, "000-0000", "555-1234"),
            (1.0, "\"yes\";;\"no\"", "yes"),
            (42.5, "General", "42.5"),
            (42.5, "General\" kg\"", "42.5 kg"),
            (7.0, "@", "7"),
            (0.1 + 0.2, "General", "0.3"),
        ] {
            assert_eq!(number(value, format).as_deref(), Some(expected), "{value} {format}");
        }
        for (value, format) in [
            // What a format hides is not lost.
            (5.0, ";;;"),
            (5.0, "[>100]0;0.0"),
            (5.0, "ggge"),
            (5.0, "yyyy"),
            (f64::INFINITY, "0.0"),
        ] {
            assert_eq!(number(value, format), None, "{value} {format}");
        }
    }

    #[test]
    fn dates_are_shown_under_their_formats() {
        let shown =
            |days: f64, format: &str| moment(ExcelDateTime::new(days, ExcelDateTimeType::DateTime, false), format);
        // 20 July 1969, a Sunday, twenty to nine in the evening and five seconds.
        let day = 25404.0;
        let time = day + (20.0 * 3600.0 + 40.0 * 60.0 + 5.0) / 86400.0;
        for (days, format, expected) in [
            (day, "yyyy", "1969"),
            (day, "yyyy-mm-dd;@", "1969-07-20"),
            (day, "dd/mm/yyyy", "20/07/1969"),
            (day, "d.m.yy", "20.7.69"),
            (day, "d-mmm-yy", "20-Jul-69"),
            (day, "mmmm yyyy", "July 1969"),
            (day, "mmmmm", "J"),
            (day, "[$-409]dddd, mmmm d, yyyy", "Sunday, July 20, 1969"),
            (day, "ddd", "Sun"),
            (day, "[$-407]dd.mm.yyyy", "20.07.1969"),
            (day, "yyyy\"年\"m\"月\"d\"日\"", "1969年7月20日"),
            (time, "h:mm AM/PM", "8:40 PM"),
            (time, "hh:mm:ss", "20:40:05"),
            (time, "h:mm A/P", "8:40 P"),
            (time, "m/d/yyyy h:mm", "7/20/1969 20:40"),
            (time, "mm:ss", "40:05"),
            (1.25, "[h]:mm", "30:00"),
            (0.25, "[mm]", "360"),
            (0.5, "h:mm AM/PM", "12:00 PM"),
        ] {
            assert_eq!(shown(days, format).as_deref(), Some(expected), "{days} {format}");
        }
        // The usual form, names of another language, an era, and no date at all.
        for format in ["mm-dd-yy", "m/d/yy h:mm", "[$-407]d. mmmm yyyy", "[$-F800]dddd", "ggge", "General", "0.0"] {
            assert_eq!(shown(day, format), None, "{format}");
        }
        for (year, month, day, expected) in [(2026, 11, 29, 0), (2000, 2, 29, 2), (1900, 3, 1, 4), (2024, 1, 1, 1)] {
            assert_eq!(weekday(year, month, day), expected, "{year}-{month}-{day}");
        }
    }
}
