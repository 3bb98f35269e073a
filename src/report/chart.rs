//! How a picture is drawn of a table: what a renderer needs to know, and nothing of how it draws.

use crate::core::study_day::StudyDay;
use crate::core::text::thousands;
use crate::report::cell::Cell;
use crate::report::table::Table;
use chrono::Datelike as _;
use std::collections::BTreeSet;

/// How a table is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// Upright bars side by side: time runs to the right.
    Columns,
    /// Bars below each other, each with its name.
    Bars,
    /// Bars below each other, all of the same length and cut into parts.
    Stacked,
    /// A dot for each share, with its range: time runs to the right.
    Ranges,
    /// A square for each day, a column for each week.
    Calendar,
    /// A square of names: what was right down, what was given across. The first two columns name a cell.
    Matrix,
}

/// Names in order, and by right name and given name the row of the table that has the two.
pub type Square<'t> = (Vec<&'t str>, Vec<Vec<Option<&'t Vec<Cell>>>>);

/// How a picture of a table is drawn. The first column names the bars.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chart {
    /// Upright or lying.
    pub shape: Shape,
    /// The columns whose values make up a bar, piled up in this order.
    pub series: Vec<usize>,
    /// The count that fills the chart; shares fill it at 100 %.
    pub full: u64,
    /// What the picture says, for those who cannot see it. No text from a deck.
    pub description: String,
}

impl Chart {
    /// The parts of the bar of a row, each as a share of the chart's height or width.
    #[must_use]
    pub fn lengths(&self, row: &[Cell]) -> Vec<f64> {
        self.series.iter().map(|column| row.get(*column).map_or(0.0, |cell| cell.length(self.full))).collect()
    }

    /// Shades of a count, that of nothing apart.
    pub const SHADES: u64 = 4;

    /// The shades as characters, that of nothing first.
    pub const SHADE_SIGNS: [char; 5] = ['·', '░', '▒', '▓', '█'];

    /// The shade of a count, 0 for none.
    #[must_use]
    pub fn shade(count: u64, full: u64) -> u64 {
        count.saturating_mul(Self::SHADES).div_ceil(full.max(1)).min(Self::SHADES)
    }

    /// Which counts have a shade.
    #[must_use]
    pub fn shade_words(&self, part: u64) -> String {
        let most = |part: u64| part * self.full / Self::SHADES;
        let (least, most) = (most(part.saturating_sub(1)) + 1, most(part));
        if least >= most { thousands(most) } else { format!("{}–{}", thousands(least), thousands(most)) }
    }

    /// The days of a calendar with their counts.
    #[must_use]
    pub fn days(table: &Table) -> Vec<(StudyDay, u64)> {
        let day = |row: &Vec<Cell>| match (row.first(), row.get(1)) {
            (Some(Cell::Date(day)), Some(Cell::Count(count))) => Some((*day, *count)),
            _ => None,
        };
        table.rows.iter().filter_map(day).collect()
    }

    /// The Monday of the week that holds the day.
    #[must_use]
    pub fn monday(day: StudyDay) -> StudyDay {
        day.plus(-i64::from(day.date().weekday().num_days_from_monday()))
    }

    /// The parts of a bar that is always full, each as a share of it.
    #[must_use]
    pub fn shares(&self, row: &[Cell]) -> Vec<f64> {
        let all = self.series.iter().map(|column| row.get(*column).map_or(0, Cell::count)).sum();
        self.series.iter().map(|column| row.get(*column).map_or(0.0, |cell| cell.length(all))).collect()
    }

    /// A table of pairs of names as a square: the names in order, and by right name and given name the row that has
    /// the two.
    #[must_use]
    pub fn square<'t>(&self, table: &'t Table) -> Square<'t> {
        let name = |row: &'t Vec<Cell>, column: usize| match row.get(column) {
            Some(Cell::Text(name)) => name.as_str(),
            _ => "",
        };
        let names: BTreeSet<&str> = table.rows.iter().flat_map(|row| [name(row, 0), name(row, 1)]).collect();
        let names: Vec<&str> = names.into_iter().collect();
        let mut cells = vec![vec![None; names.len()]; names.len()];
        for row in &table.rows {
            let place = |column| names.binary_search(&name(row, column)).unwrap_or(0);
            if let Some(cell) = cells.get_mut(place(0)).and_then(|cells: &mut Vec<_>| cells.get_mut(place(1))) {
                *cell = Some(row);
            }
        }
        (names, cells)
    }

    /// The letter that stands for a name of a square.
    #[must_use]
    pub fn letter(place: usize) -> char {
        char::from(b'a' + u8::try_from(place % 26).unwrap_or(0))
    }

    /// Whether anything in a table of pairs of names was taken for something else.
    #[must_use]
    pub fn is_any_mistaken(table: &Table) -> bool {
        table.rows.iter().any(|row| row.first() != row.get(1))
    }

    /// The answers of one row of a square.
    #[must_use]
    pub fn answers(cells: &[Option<&Vec<Cell>>]) -> String {
        match cells.iter().flatten().find_map(|row| row.get(3)) {
            Some(Cell::Part(_, of)) => thousands(*of),
            _ => thousands(0),
        }
    }

    /// The smallest round number that is at least `most`, and even, so that the half of it is one too.
    #[must_use]
    pub fn round_full(most: u64) -> u64 {
        let mut power = 1_u64;
        loop {
            for step in [2, 3, 4, 5, 6, 8, 10] {
                let full = power.saturating_mul(step);
                if full >= most && (full.is_multiple_of(2) || full == u64::MAX) {
                    return full;
                }
            }
            power = power.saturating_mul(10);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chart_ends_at_a_round_even_number() {
        let fulls = [0, 1, 3, 9, 11, 42, 81, 999, 1001].map(Chart::round_full);
        assert_eq!(fulls, [2, 2, 4, 10, 20, 50, 100, 1000, 2000]);
        assert_eq!(Chart::round_full(u64::MAX), u64::MAX);
    }
}
