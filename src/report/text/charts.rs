//! Pictures made of characters, readable without colour.

use std::io;
use std::io::Write;

use chrono::Datelike as _;
use unicode_width::UnicodeWidthStr as _;

use crate::core::text::one_line;
use crate::core::text::thousands;
use crate::report::cell::Cell;
use crate::report::chart::Chart;
use crate::report::chart::Shape;
use crate::report::table::Table;
use crate::report::text::GAP;
use crate::report::text::INDENT;
use crate::report::text::bar;
use crate::report::text::cut;
use crate::report::text::padded;
use crate::report::text::paragraph;

/// From the highest part to the lowest.
const PARTS: [char; 5] = ['█', '▓', '▒', '░', '·'];

/// What stands beside a row of a table.
pub(super) fn beside(chart: &Chart, row: &[Cell], room: usize) -> String {
    match chart.shape {
        Shape::Ranges => chart
            .series
            .first()
            .and_then(|column| row.get(*column))
            .and_then(Cell::range)
            .map_or_else(String::new, |range| dot(range, room)),
        _ => parts(&chart.lengths(row), room),
    }
}

/// What the parts of a bar are drawn with, the first one first.
pub(super) const SERIES: [char; 3] = ['█', '▒', '░'];

/// A bar of several parts; what is not nothing is at least one character.
fn parts(lengths: &[f64], room: usize) -> String {
    let mut drawn = String::new();
    let mut end = 0.0;
    for (length, symbol) in lengths.iter().zip(SERIES) {
        end += length;
        let cells = bar(end, room).chars().count();
        while drawn.chars().count() < cells {
            drawn.push(symbol);
        }
    }
    drawn
}

/// A dot on the line from the low end of its range to the high one; the room is from 0 to 100 %.
fn dot((low, share, high): (f64, f64, f64), room: usize) -> String {
    let at = |share: f64| (1..room).take_while(|cell| *cell as f64 <= share * (room - 1) as f64 + 0.5).count();
    let (low, share, high) = (at(low), at(share), at(high));
    let mark = |cell: usize| match cell {
        cell if cell == share => '●',
        cell if (low..=high).contains(&cell) => '─',
        _ => ' ',
    };
    (0..room).map(mark).collect::<String>().trim_end().to_owned()
}

/// A row for each weekday, a column for each week; the sum of each weekday beside it.
pub(super) fn calendar(out: &mut dyn Write, width: usize, chart: &Chart, table: &Table) -> io::Result<()> {
    const LABEL: usize = 5;
    const SUM: usize = 9;
    let days = Chart::days(table);
    let (Some((first, _)), Some((last, _))) = (days.first(), days.last()) else { return Ok(()) };
    let weeks = usize::try_from(Chart::monday(*last).since(Chart::monday(*first)) / 7 + 1).unwrap_or(1);
    let room = width.saturating_sub(INDENT.len() + LABEL + SUM);
    let (pitch, shown) = if weeks * 2 <= room { (2, weeks) } else { (1, weeks.min(room)) };
    let monday = Chart::monday(*last).plus(-7 * i64::try_from(shown - 1).unwrap_or(0));
    let count = |day| days.binary_search_by_key(&day, |(day, _)| *day).ok().and_then(|place| days.get(place));
    let mut months = String::new();
    for week in 0..shown {
        let day = monday.plus(7 * i64::try_from(week).unwrap_or(0)).date();
        let name = day.format("%b").to_string();
        // A name needs room of its own.
        if day.day() <= 7 && months.width() <= week * pitch && week * pitch + name.width() <= shown * pitch {
            months.push_str(&" ".repeat(week * pitch - months.width()));
            months.push_str(&name);
            months.push(' ');
        }
    }
    writeln!(out, "{INDENT}{}{}", " ".repeat(LABEL), months.trim_end())?;
    for (row, name) in (0_i64..).zip(["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]) {
        let mut line = String::new();
        let mut sum = 0;
        for week in 0..i64::try_from(shown).unwrap_or(0) {
            let day = monday.plus(7 * week + row);
            let answers = count(day).map_or(0, |(_, count)| *count);
            sum += answers;
            let shade = usize::try_from(Chart::shade(answers, chart.full)).unwrap_or(0);
            let is_shown = (*first..=*last).contains(&day);
            line.push(if is_shown { Chart::SHADE_SIGNS.get(shade).copied().unwrap_or(' ') } else { ' ' });
            if pitch == 2 {
                line.push(' ');
            }
        }
        writeln!(out, "{INDENT}{name:<LABEL$}{line}{:>w$}", thousands(sum), w = SUM)?;
    }
    let words = (1..=Chart::SHADES).zip(Chart::SHADE_SIGNS.iter().skip(1));
    let legend = words.map(|(part, symbol)| format!("{symbol}\u{a0}{}", chart.shade_words(part)));
    let legend: Vec<String> = std::iter::once("·\u{a0}none".to_owned()).chain(legend).collect();
    paragraph(out, width, &format!("{}  answers a day; sums of weekdays at the right", legend.join("  ")))?;
    if shown < weeks {
        paragraph(out, width, &format!("The last {shown} weeks of {weeks}: a wider terminal shows more."))?;
    }
    Ok(())
}

/// A bar for each topic, cut by the levels of its cards, with their numbers.
pub(super) fn stacked(out: &mut dyn Write, width: usize, chart: &Chart, table: &Table) -> io::Result<()> {
    let labels = chart.series.iter().filter_map(|column| table.columns.get(*column)).map(|column| column.label);
    let legend = labels.zip(PARTS).map(|(label, part)| format!("{part}\u{a0}{}", label.to_lowercase()));
    paragraph(out, width, &legend.collect::<Vec<_>>().join("  "))?;
    let words = |row: &Vec<Cell>, column: usize| row.get(column).map(Cell::words).unwrap_or_default();
    let widest = |column: usize| table.rows.iter().map(|row| words(row, column).width()).max().unwrap_or(1);
    let digits: Vec<usize> = chart.series.iter().map(|column| widest(*column).max(2)).collect();
    let (level, moved) = (widest(3), table.columns.len().saturating_sub(1));
    let numbers = digits.iter().sum::<usize>() + digits.len() + 3;
    let is_narrow = width < 60;
    let fixed = INDENT.len() + level + GAP.len() * 3 + if is_narrow { 0 } else { numbers };
    let bar_room = if is_narrow { 8 } else { (width.saturating_sub(fixed) / 2).clamp(8, 40) };
    let name = widest(0).min(width.saturating_sub(fixed + bar_room)).max(8);
    if !is_narrow {
        let heads: Vec<String> =
            digits.iter().zip(PARTS).map(|(width, part)| padded(&part.to_string(), *width, true)).collect();
        let space = " ".repeat(name + level + bar_room + GAP.len() * 2);
        writeln!(out, "{INDENT}{space}{GAP}{}", heads.join(" "))?;
    }
    for row in &table.rows {
        let mut bar = String::new();
        let mut end = 0.0;
        for (share, part) in chart.shares(row).into_iter().zip(PARTS) {
            end += share;
            let cells = (0..bar_room).take_while(|cell| (*cell as f64) + 0.5 < end * bar_room as f64).count();
            while bar.chars().count() < cells {
                bar.push(part);
            }
        }
        let counts: Vec<String> = chart
            .series
            .iter()
            .zip(&digits)
            .map(|(column, width)| padded(&words(row, *column), *width, true))
            .collect();
        let numbers = match words(row, moved).as_str() {
            _ if is_narrow => String::new(),
            "=" | "-" => format!("{GAP}{}", counts.join(" ")),
            levels => format!("{GAP}{} {levels}", counts.join(" ")),
        };
        let name = padded(&cut(&words(row, 0), name), name, false);
        writeln!(out, "{INDENT}{name}{GAP}{}{GAP}{bar}{numbers}", padded(&words(row, 3), level, false))?;
    }
    Ok(())
}

/// A square of names with letters across; where that is too wide, what was mistaken as a list.
pub(super) fn matrix(out: &mut dyn Write, width: usize, chart: &Chart, table: &Table) -> io::Result<()> {
    let (names, cells) = chart.square(table);
    let words = |cell: &Option<&Vec<Cell>>| match cell.and_then(|row| row.get(2)) {
        Some(times) if times.count() > 0 => times.words(),
        _ => "·".to_owned(),
    };
    let digits = cells.iter().flatten().map(|cell| words(cell).width()).max().unwrap_or(1).max(2);
    let used = INDENT.len() + 3 + names.len() * (digits + 1) + GAP.len() + 8;
    let longest = names.iter().map(|name| one_line(name).width()).max().unwrap_or(0);
    let room = width.saturating_sub(used).min(longest);
    if room < 6.min(longest) {
        for row in table.rows.iter().filter(|row| row.first() != row.get(1)) {
            let name = |column: usize| row.get(column).map(Cell::words).unwrap_or_default();
            let times = if row.get(2).map(Cell::count) == Some(1) { "time" } else { "times" };
            paragraph(out, width, &format!("{} taken for {}: {} {times}", name(0), name(1), name(2)))?;
        }
        return Ok(());
    }
    let heads: String = (0..names.len()).map(|place| format!(" {:>digits$}", Chart::letter(place))).collect();
    writeln!(out, "{INDENT}   {}{heads}{GAP}{:>8}", " ".repeat(room), "answers")?;
    for (place, (name, row)) in names.iter().zip(&cells).enumerate() {
        let numbers: String = row.iter().map(|cell| format!(" {:>digits$}", words(cell))).collect();
        let name = padded(&cut(&one_line(name), room), room, false);
        writeln!(out, "{INDENT}{}  {name}{numbers}{GAP}{:>8}", Chart::letter(place), Chart::answers(row))?;
    }
    Ok(())
}
