//! Pictures of tables, as inline SVG, and tables of names that are shaded.

use chrono::Datelike as _;
use maud::Markup;
use maud::html;

use crate::core::study_day::StudyDay;
use crate::core::text::one_line;
use crate::core::text::thousands;
use crate::report::cell::Cell;
use crate::report::chart::Chart;
use crate::report::chart::Shape;
use crate::report::model::Section;
use crate::report::table::Table;

/// Height of an upright bar that is full, in pixels.
const HEIGHT: f64 = 150.0;

/// Room above it for the upper half of the label of the upper line.
const HEADROOM: f64 = 8.0;

/// From one lying bar to the next, in pixels.
const PITCH: usize = 44;

/// Lying bars in one picture: more would not fit a sheet of paper, on which a picture is not to be cut.
const BARS: usize = 8;

/// Upright bars that take the whole width; fewer are not blown up.
const FULL_WIDTH: usize = 3;

/// Characters of a name beside a lying bar; what is longer would run into its value on a phone.
const NAME_CHARS: usize = 28;

/// The same on a screen that is narrower still.
const NARROW_NAME_CHARS: usize = 18;

/// Colours of the parts of a bar.
const SERIES: [&str; 3] = ["s1", "s2", "s3"];

/// Colours of levels, the highest first.
const LEVELS: [&str; 5] = ["l5", "l4", "l3", "l2", "l1"];

/// Characters of all names across, from which letters stand for them.
const MATRIX_CHARS: usize = 64;

/// From one day of the calendar to the next below it, in pixels.
const DAY: i64 = 15;

/// The picture of a table, with its legend.
pub(super) fn figure(section: &Section, chart: &Chart, table: &Table) -> Markup {
    html! {
        figure {
            (legend(chart, table))
            @match chart.shape {
                Shape::Columns => (columns(section, chart, table)),
                Shape::Ranges => (ranges(section, chart, table)),
                Shape::Calendar => (calendar(section, chart, table)),
                Shape::Stacked | Shape::Bars | Shape::Matrix => (lying(section, chart, table)),
            }
        }
    }
}

fn classes(chart: &Chart) -> &'static [&'static str] {
    match chart.shape {
        Shape::Stacked => &LEVELS,
        _ => &SERIES,
    }
}

fn legend(chart: &Chart, table: &Table) -> Markup {
    let names = chart.series.iter().filter_map(|column| table.columns.get(*column)).zip(classes(chart));
    html! {
        @if chart.shape == Shape::Calendar {
            figcaption {
                span { "Answers a day:" }
                @for part in 1..=Chart::SHADES { span { i class={ "k" (part) } {} (chart.shade_words(part)) } }
            }
        } @else if chart.shape == Shape::Ranges {
            figcaption { "Dot: share recalled. Line: where the true share lies, with 95 % certainty." }
        } @else if chart.series.len() > 1 {
            figcaption { @for (column, class) in names { span { i class=(class) {} (column.label) } } }
        }
    }
}

/// Title and description, by which a picture is announced.
fn titled(section: &Section, chart: &Chart) -> Markup {
    html! {
        title id={ (section.id) "-title" } { (section.title) }
        desc id={ (section.id) "-desc" } { (chart.description) }
    }
}

fn labels(section: &Section) -> String {
    format!("{0}-title {0}-desc", section.id)
}

fn first_words(row: &[Cell]) -> String {
    row.first().map(Cell::words).unwrap_or_default()
}

fn columns(section: &Section, chart: &Chart, table: &Table) -> Markup {
    let pitch = pitch(table);
    let floor = HEADROOM + HEIGHT;
    html! {
        svg.columns role="img" aria-labelledby=(labels(section)) height=(format!("{:.0}", floor + 22.0)) {
            (titled(section, chart))
            @for (share, label) in [(1.0, chart.full), (0.5, chart.full / 2)] {
                @let y = format!("{:.1}", floor - share * HEIGHT);
                line x1="0" x2="100%" y1=(y) y2=(y) {}
                text x="-8" text-anchor="end" y=(format!("{:.1}", floor - share * HEIGHT + 4.0)) { (thousands(label)) }
            }
            @for (index, row) in table.rows.iter().enumerate() {
                (column(chart, row, index as f64 * pitch, pitch, floor))
            }
            line x1="0" x2="100%" y1=(floor) y2=(floor) {}
            (ticks(table, floor + 17.0))
        }
    }
}

/// From one upright bar to the next, in percent.
fn pitch(table: &Table) -> f64 {
    100.0 / table.rows.len().max(FULL_WIDTH) as f64
}

/// The names of the first, the middle and the last bar below the floor.
fn ticks(table: &Table, y: f64) -> Markup {
    let last = table.rows.len().saturating_sub(1);
    let center = |row: usize| (row as f64 + 0.5) * pitch(table);
    let ticks = if table.rows.len() <= 2 {
        (0..=last).map(|row| (row, "start", row as f64 * pitch(table))).collect()
    } else {
        let mut ticks = vec![(0, "start", 0.0), (last / 2, "middle", center(last / 2)), (last, "end", 100.0)];
        // Too near to the first for a phone.
        ticks.retain(|(row, _, x)| *row == 0 || *x > 45.0);
        ticks
    };
    html! {
        @for (row, anchor, x) in ticks {
            text.wide[anchor == "middle"] x=(format!("{x:.2}%")) y=(y) text-anchor=(anchor) {
                (table.rows.get(row).map(|row| first_words(row)).unwrap_or_default())
            }
        }
    }
}

fn column(chart: &Chart, row: &[Cell], x: f64, pitch: f64, floor: f64) -> Markup {
    let x = format!("{:.2}%", x + pitch * 0.12);
    let width = format!("{:.2}%", pitch * 0.76);
    let mut top = floor;
    let parts: Vec<(f64, f64, &str)> = chart
        .lengths(row)
        .into_iter()
        .zip(classes(chart).iter().copied())
        .filter(|(length, _)| *length > 0.0)
        .map(|(length, class)| {
            top -= length * HEIGHT;
            (top, length * HEIGHT, class)
        })
        .collect();
    let counts = chart.series.iter().filter_map(|column| row.get(*column)).map(Cell::words).collect::<Vec<_>>();
    html! {
        @if !parts.is_empty() {
            g {
                title { (first_words(row)) ": " (counts.join(" + ")) }
                @for (y, height, class) in parts {
                    rect class=(class) x=(x) width=(width) y=(format!("{y:.1}")) height=(format!("{height:.1}")) {}
                }
            }
        }
    }
}

fn shortened(name: &str, chars: usize) -> String {
    if name.chars().count() <= chars {
        return name.to_owned();
    }
    name.chars().take(chars - 1).chain(['…']).collect()
}

/// The name beside a lying bar, and a shorter one for narrow screens where it is long.
fn name(row: &[Cell], y: usize) -> Markup {
    let name = first_words(row);
    let is_long = name.chars().count() > NARROW_NAME_CHARS;
    html! {
        text.name.wide[is_long] x="0" y=(y) { (shortened(&name, NAME_CHARS)) }
        @if is_long { text.name.narrow x="0" y=(y) { (shortened(&name, NARROW_NAME_CHARS)) } }
    }
}

/// Lying bars, in as many pictures as fit on paper.
fn lying(section: &Section, chart: &Chart, table: &Table) -> Markup {
    let parts = table.rows.len().div_ceil(BARS);
    html! {
        @for (part, rows) in table.rows.chunks(BARS).enumerate() {
            @let id = if part == 0 { section.id.to_owned() } else { format!("{}-{}", section.id, part + 1) };
            svg role="img" aria-labelledby=(format!("{id}-title {id}-desc")) height=(rows.len() * PITCH - 14) {
                title id={ (id) "-title" } {
                    (section.title) @if parts > 1 { ", part " (part + 1) " of " (parts) }
                }
                desc id={ (id) "-desc" } { (chart.description) }
                @for (index, row) in rows.iter().enumerate() {
                    @if chart.shape == Shape::Stacked {
                        (stacked(chart, row, index * PITCH))
                    } @else {
                        (bar(chart, row, index * PITCH))
                    }
                }
            }
        }
    }
}

fn bar(chart: &Chart, row: &[Cell], y: usize) -> Markup {
    let value = chart.series.first().and_then(|series| row.get(*series)).map(Cell::words).unwrap_or_default();
    let length = chart.lengths(row).iter().sum::<f64>() * 100.0;
    html! {
        g {
            title { (first_words(row)) ": " (value) }
            (name(row, y + 14))
            text.value x="100%" y=(y + 14) text-anchor="end" { (value) }
            rect.track x="0" width="100%" y=(y + 22) height="8" rx="4" {}
            @if length > 0.0 {
                rect.s1 x="0" width=(format!("{length:.2}%")) y=(y + 22) height="8" rx="4" {}
            }
        }
    }
}

/// A dot for each share, with the line that its true value lies on.
fn ranges(section: &Section, chart: &Chart, table: &Table) -> Markup {
    let pitch = pitch(table);
    let floor = HEADROOM + HEIGHT;
    let column = chart.series.first().copied().unwrap_or(0);
    let points: Vec<_> = table
        .rows
        .iter()
        .enumerate()
        .filter_map(|(index, row)| Some((index, row, row.get(column)?.range()?)))
        .collect();
    // The upper half is enough where nothing lies below it.
    let base = if points.iter().all(|(_, _, (low, _, _))| *low >= 0.5) { 0.5 } else { 0.0 };
    let y = |share: f64| format!("{:.1}", floor - (share - base) / (1.0 - base) * HEIGHT);
    html! {
        svg.columns role="img" aria-labelledby=(labels(section)) height=(format!("{:.0}", floor + 22.0)) {
            (titled(section, chart))
            @for share in [1.0, base.midpoint(1.0), base] {
                line x1="0" x2="100%" y1=(y(share)) y2=(y(share)) {}
                text x="-8" text-anchor="end" dy="4" y=(y(share)) { (format!("{:.0} %", share * 100.0)) }
            }
            @for (index, row, (low, share, high)) in points {
                @let x = format!("{:.2}%", (index as f64 + 0.5) * pitch);
                g {
                    title { (first_words(row)) ": " (row.get(column).map(Cell::words).unwrap_or_default()) }
                    line.range x1=(x) x2=(x) y1=(y(low)) y2=(y(high)) {}
                    circle.s1 cx=(x) cy=(y(share)) r="4" {}
                }
            }
            (ticks(table, floor + 17.0))
        }
    }
}

/// A square for each day, a column for each week, from Monday down to Sunday.
fn calendar(section: &Section, chart: &Chart, table: &Table) -> Markup {
    let days = Chart::days(table);
    let first = days.first().map_or(StudyDay(0), |(day, _)| Chart::monday(*day));
    let last = days.last().map_or(first, |(day, _)| Chart::monday(*day));
    // Few weeks are not blown up to the full width.
    let weeks = (last.since(first) / 7 + 1).max(27);
    let step = 100.0 / weeks as f64;
    let place = |day: StudyDay| (day.since(first) / 7) as f64 * step;
    let months: Vec<StudyDay> = (0..=last.since(first) / 7)
        .map(|week| first.plus(week * 7))
        .filter(|monday| monday.date().day() <= 7 || *monday == first)
        .collect();
    html! {
        svg.columns role="img" aria-labelledby=(labels(section)) height=(18 + 7 * DAY) {
            (titled(section, chart))
            @for (row, name) in [(0, "Mon"), (2, "Wed"), (4, "Fri"), (6, "Sun")] {
                text x="-8" text-anchor="end" y=(18 + row * DAY + 11) { (name) }
            }
            @for (index, month) in months.iter().enumerate() {
                @let is_close = months.get(index + 1).is_some_and(|next| next.since(*month) < 21);
                @if !is_close {
                    text.month.second[index % 2 == 1 && weeks > 40] x=(format!("{:.2}%", place(*month))) y="10" { (month.date().format("%b").to_string()) }
                }
            }
            @for (day, count) in days {
                rect class={ "k" (Chart::shade(count, chart.full)) } x=(format!("{:.2}%", place(day)))
                    y=(18 + i64::from(day.date().weekday().num_days_from_monday()) * DAY)
                    width=(format!("{:.2}%", step * 0.84)) height=(DAY - 3) rx="2" {
                    title { (day.iso()) ": " (thousands(count)) }
                }
            }
        }
    }
}

/// A bar that is always of one length, cut by what each part is of the whole; the level stands beside the name.
fn stacked(chart: &Chart, row: &[Cell], y: usize) -> Markup {
    let level = row.get(3).map(Cell::words).unwrap_or_default();
    html! {
        g {
            title { (first_words(row)) ": " (level) }
            (name(row, y + 14))
            text.value x="100%" y=(y + 14) text-anchor="end" { (level) }
            @for (x, width, class) in parts_of(chart, row) {
                rect class=(class) x=(format!("{x:.2}%")) width=(format!("{width:.2}%")) y=(y + 22) height="10" {}
            }
        }
    }
}

/// Place and length in percent of each part that is not empty, and its colour.
fn parts_of(chart: &Chart, row: &[Cell]) -> Vec<(f64, f64, &'static str)> {
    let mut x = 0.0;
    let mut parts = Vec::new();
    for (share, class) in chart.shares(row).into_iter().zip(classes(chart)) {
        if share > 0.0 {
            parts.push((x * 100.0, share * 100.0, *class));
        }
        x += share;
    }
    parts
}

/// The names in order, and of each cell the row that says it. Long names stand across as letters.
pub(super) fn matrix(section: &Section, chart: &Chart, table: &Table) -> Markup {
    let (names, cells) = chart.square(table);
    let has_letters = names.iter().map(|name| name.chars().count() + 3).sum::<usize>() > MATRIX_CHARS;
    html! {
        div.scroll tabindex="0" {
            table.matrix aria-labelledby={ (section.id) "-heading" } {
                thead {
                    tr {
                        th scope="col" { "Right" }
                        @for (place, name) in names.iter().enumerate() {
                            th.n scope="col" {
                                @if has_letters {
                                    abbr title=(one_line(name)) { (Chart::letter(place)) }
                                } @else {
                                    (one_line(name))
                                }
                            }
                        }
                        th.n scope="col" { "Answers" }
                    }
                }
                tbody {
                    @for (place, (name, row)) in names.iter().zip(&cells).enumerate() {
                        tr {
                            th scope="row" {
                                @if has_letters { span.letter { (Chart::letter(place)) } }
                                (one_line(name))
                            }
                            @for (given, cell) in row.iter().enumerate() {
                                td.n.{ "h" (cell.map_or(0, |row| heat(row))) }.right[given == place].none[cell.is_none_or(|row| is_none(row))] {
                                    (cell.map_or_else(|| "0".to_owned(), |row| row.get(2).map(Cell::words).unwrap_or_default()))
                                }
                            }
                            td.n { (Chart::answers(row)) }
                        }
                    }
                }
            }
        }
        details { summary { "The numbers" } (super::rows(table)) }
    }
}

fn is_none(row: &[Cell]) -> bool {
    row.get(2).is_none_or(|times| times.count() == 0)
}

/// How dark a cell is, 0 to 4, by its share of the answers to what was right.
fn heat(row: &[Cell]) -> u64 {
    match row.get(3) {
        Some(Cell::Part(count, of)) => Chart::shade(*count, *of),
        _ => 0,
    }
}
