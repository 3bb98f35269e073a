//! The list as a table: its columns, what stands in them, and how they share the width.

use crate::core::settings::Settings;
use crate::core::state::StateWord;
use crate::core::state::is_leech;
use crate::core::study_day::StudyDay;
use crate::core::text::one_line;
use crate::ops::browse::CardLine;
use crate::ops::browse::Sort;
use crate::ops::browse::SortBy;
use crate::ui::Look;
use crate::ui::tui::paint::Tone;
use crate::ui::tui::paint::filled;
use crate::ui::tui::paint::right;
use crate::ui::tui::paint::style;
use ratatui::style::Modifier;
use ratatui::text::Line;
use ratatui::text::Span;
use unicode_width::UnicodeWidthStr as _;

/// Columns between two columns of the table.
const GAP: usize = 2;

/// Columns before the first one: whether the card is selected, and whether it is the one that keys act on.
const MARKS: usize = 3;

/// Columns that the card's text has at least while others can make room for it; half of them all where there are few.
const LEAST_TEXT: usize = 32;

/// A column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Column {
    Deck,
    Card,
    State,
    Due,
    Interval,
    Ease,
    Lapses,
    Tags,
}

impl Column {
    pub(super) const ALL: [Self; 8] =
        [Self::Deck, Self::Card, Self::State, Self::Due, Self::Interval, Self::Ease, Self::Lapses, Self::Tags];

    /// Those that make room for the text, the first one first.
    const GIVE_WAY: [Self; 7] =
        [Self::Tags, Self::Lapses, Self::Ease, Self::Interval, Self::Deck, Self::State, Self::Due];

    /// Its head.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Deck => "deck",
            Self::Card => "card",
            Self::State => "state",
            Self::Due => "due",
            Self::Interval => "interval",
            Self::Ease => "ease",
            Self::Lapses => "lapses",
            Self::Tags => "tags",
        }
    }

    /// What the list can be sorted by to have this column in order.
    pub(super) fn sorts(self) -> Option<SortBy> {
        match self {
            Self::Deck => Some(SortBy::Deck),
            Self::State => Some(SortBy::State),
            Self::Due => Some(SortBy::Due),
            Self::Interval => Some(SortBy::Interval),
            Self::Ease => Some(SortBy::Ease),
            Self::Lapses => Some(SortBy::Lapses),
            Self::Card | Self::Tags => None,
        }
    }

    fn is_number(self) -> bool {
        matches!(self, Self::Interval | Self::Ease | Self::Lapses)
    }

    /// Columns that it takes at most, its head and a mark of the order included.
    fn most(self, whole: usize) -> usize {
        match self {
            // Names of decks can be long paths: they get more where there is more.
            Self::Deck | Self::Tags => (whole / 6).clamp(8, 24),
            Self::Card => 0,
            Self::State => 9,
            Self::Due => 11,
            Self::Interval => 10,
            Self::Ease => 6,
            Self::Lapses => 8,
        }
    }
}

/// What each column needs for the cards that were seen so far. It only grows, so that no column jumps while one scrolls.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Needs([usize; Column::ALL.len()]);

impl Needs {
    /// Makes room for a card.
    pub(super) fn meet(&mut self, line: &CardLine, today: StudyDay, settings: &Settings) {
        for (need, column) in self.0.iter_mut().zip(Column::ALL).filter(|(_, column)| *column != Column::Card) {
            *need = (*need).max(cell(column, line, today, settings).0.width());
        }
    }

    /// Columns that one takes of so many.
    fn of(&self, column: Column, whole: usize, sort: Sort) -> usize {
        let place = Column::ALL.iter().position(|one| *one == column);
        let need = place.and_then(|place| self.0.get(place)).copied().unwrap_or(0);
        let mark = if column.sorts() == Some(sort.by) { 2 } else { 0 };
        column.most(whole).min(need.max(column.name().width() + mark))
    }
}

/// The columns that are shown where there is room.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Columns(Vec<Column>);

impl Default for Columns {
    fn default() -> Self {
        Self(Column::ALL.to_vec())
    }
}

impl Columns {
    pub(super) fn has(&self, column: Column) -> bool {
        self.0.contains(&column)
    }

    /// Shows a column, or hides it. The card itself stays.
    pub(super) fn turn(&mut self, column: Column) {
        if column == Column::Card {
            return;
        }
        if self.has(column) {
            self.0.retain(|one| *one != column);
        } else {
            self.0 = Column::ALL.into_iter().filter(|one| *one == column || self.has(*one)).collect();
        }
    }

    /// Those that find room in `width` columns, each with its own. The card has what the others leave.
    pub(super) fn fitted(&self, width: usize, needs: &Needs, sort: Sort) -> Vec<(Column, usize)> {
        let mut shown = self.0.clone();
        let of = |column: &Column| if *column == Column::Card { 0 } else { needs.of(*column, width, sort) };
        let taken = |shown: &[Column]| shown.iter().map(|column| of(column) + GAP).sum::<usize>() + MARKS - GAP;
        for column in Column::GIVE_WAY {
            if taken(&shown) + LEAST_TEXT.min(width / 2) <= width {
                break;
            }
            shown.retain(|one| *one != column);
        }
        let text = width.saturating_sub(taken(&shown)).max(1);
        shown.into_iter().map(|column| (column, if column == Column::Card { text } else { of(&column) })).collect()
    }
}

/// Columns that find room, each with its own.
type Fitted = [(Column, usize)];

/// A cell: its text and how it looks.
type Cell = (String, Tone);

/// What stands in a column of a card.
fn cell(column: Column, line: &CardLine, today: StudyDay, settings: &Settings) -> Cell {
    let state = &line.state;
    let memory = state.memory.as_ref();
    let quiet = |text: String| (text, Tone::Quiet);
    match column {
        Column::Deck => quiet(one_line(&line.deck_name)),
        Column::Card => {
            let star = if state.marked { "* " } else { "" };
            (format!("{star}{}", line.text.listed_prompt(line.card.ordinal)), Tone::Plain)
        }
        Column::State => {
            let of_deck = settings.of_deck(&line.deck_name);
            match state.word(today, of_deck.drill()) {
                StateWord::New => (StateWord::New.name().to_owned(), Tone::New),
                word @ (StateWord::Suspended | StateWord::Buried) => quiet(word.name().to_owned()),
                _ if is_leech(state.lapses(), of_deck.leech_lapses) => ("leech".to_owned(), Tone::Again),
                word => (word.name().to_owned(), Tone::Plain),
            }
        }
        Column::Due => match memory {
            None => (String::new(), Tone::Plain),
            Some(memory) => match memory.due.since(today) {
                late @ ..=-1 => (format!("{} d late", -late), Tone::Due),
                0 => ("today".to_owned(), Tone::Due),
                1 => ("tomorrow".to_owned(), Tone::Plain),
                days => (format!("in {days} d"), Tone::Plain),
            },
        },
        Column::Interval => (memory.map_or_else(String::new, |memory| memory.interval.short()), Tone::Plain),
        Column::Ease => {
            let ease = memory.and_then(|memory| memory.ease());
            (ease.map_or_else(String::new, |ease| format!("{:.2}", ease.decimal())), Tone::Plain)
        }
        Column::Lapses => match state.lapses() {
            0 => (String::new(), Tone::Plain),
            lapses => (lapses.to_string(), Tone::Plain),
        },
        Column::Tags => quiet(one_line(&line.text.tags.join(", "))),
    }
}

fn set(column: Column, text: &str, width: usize) -> String {
    if column.is_number() { right(text, width) } else { filled(text, width) }
}

/// The heads of the columns, with a mark at the one that the list is sorted by.
pub(super) fn head(columns: &Fitted, sort: Sort, look: Look) -> Line<'static> {
    let mut text = " ".repeat(MARKS);
    for (column, room) in columns.iter().copied() {
        if text.width() > MARKS {
            text.push_str(&" ".repeat(GAP));
        }
        let mark = match column.sorts() == Some(sort.by) {
            true if sort.downwards => " ▾",
            true => " ▴",
            false => "",
        };
        text.push_str(&set(column, &format!("{}{mark}", column.name()), room));
    }
    Line::from(Span::styled(text, style(Tone::Quiet, look)))
}

/// The column at `x` of the table.
pub(super) fn at(columns: &Fitted, x: usize) -> Option<Column> {
    let mut end = MARKS;
    columns
        .iter()
        .find(|(_, room)| {
            end += room + GAP;
            x < end
        })
        .map(|(column, _)| *column)
}

/// How a row stands among others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Stands {
    /// Keys act on it.
    pub(super) chosen: bool,
    /// It is one of those that acts are for.
    pub(super) selected: bool,
    /// Keys are for the list, not for what is typed above it.
    pub(super) active: bool,
}

/// The row of a card.
pub(super) fn row(
    line: &CardLine,
    stands: Stands,
    columns: &Fitted,
    (today, settings): (StudyDay, &Settings),
    look: Look,
) -> Line<'static> {
    let marks = format!("{}{} ", if stands.chosen { "▸" } else { " " }, if stands.selected { "●" } else { " " });
    let mut spans = vec![Span::styled(marks, style(Tone::Accent, look))];
    for (place, (column, room)) in columns.iter().copied().enumerate() {
        if place > 0 {
            spans.push(Span::raw(" ".repeat(GAP)));
        }
        let (text, tone) = cell(column, line, today, settings);
        spans.push(Span::styled(set(column, &text, room), style(tone, look)));
    }
    let mut line = Line::from(spans);
    if stands.chosen && stands.active {
        // Reversed as a whole, in one colour: it is one thing.
        for span in &mut line.spans {
            span.style = style(Tone::Chosen, look);
        }
    } else if stands.selected {
        line = line.patch_style(Modifier::BOLD);
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::card::NoteText;
    use crate::core::card::Value;
    use crate::core::grade::Quality;
    use crate::core::id::CardId;
    use crate::core::id::NoteUid;
    use crate::core::state::CardState;
    use crate::core::state::Memory;
    use crate::core::state::Model;
    use crate::core::units::Days;
    use crate::core::units::Ease;
    use crate::ui::Palette;

    const TODAY: StudyDay = StudyDay(1000);
    const SORT: Sort = Sort { by: SortBy::Due, downwards: false };

    fn look(colour: bool) -> Look {
        Look { colour, width: 80, links: false, palette: Palette::OWN, spoken: false }
    }

    fn line(deck: &str, front: &str, tags: &[&str], state: CardState) -> CardLine {
        let fields = [("front".to_owned(), Value::Text(front.to_owned()))].into();
        let tags = tags.iter().map(|tag| (*tag).to_owned()).collect();
        CardLine {
            card: CardId { note: NoteUid([1; 16]), ordinal: 1 },
            deck: deck.to_owned(),
            deck_name: deck.to_owned(),
            key: None,
            named: false,
            text: NoteText { kind: "basic".to_owned(), fields, tags, ..NoteText::default() },
            has_siblings: false,
            erased: false,
            retired: false,
            topic: None,
            state,
        }
    }

    fn learned(due: i64, interval: u32, ease: u32, lapses: u32) -> CardState {
        let memory = Memory {
            repetitions: 3,
            interval: Days(interval),
            lapses,
            last: StudyDay(900),
            due: TODAY.plus(due),
            last_quality: Quality::Q4,
            model: Model::Sm2 { ease: Ease::from_hundredths(ease) },
        };
        CardState { memory: Some(memory), ..CardState::default() }
    }

    fn lines() -> Vec<CardLine> {
        vec![
            line(
                "skills",
                "three skills take people in: ______, empathy and mindfulness",
                &["skills"],
                learned(0, 6, 236, 1),
            ),
            line("skills", "On whose list is strategic thinking?", &["pairs", "week 2"], CardState::default()),
            line(
                "leadership::management::deep",
                "日本語の質問はどこまで見えますか、長いときは",
                &[],
                learned(-2, 1, 130, 9),
            ),
            line(
                "skills",
                "What did poor communication cost here?",
                &["a tag that is much longer than its column"],
                CardState { suspended: true, marked: true, ..learned(400, 400, 260, 0) },
            ),
            line("quotes", "Who said so?", &[], learned(1, 38, 250, 12)),
        ]
    }

    fn needs() -> Needs {
        let mut needs = Needs::default();
        lines().iter().for_each(|line| needs.meet(line, TODAY, &Settings::default()));
        needs
    }

    #[test]
    fn the_card_has_what_short_columns_leave() {
        let mut needs = Needs::default();
        needs.meet(&line("mine", "one", &[], CardState::default()), TODAY, &Settings::default());
        let columns = Columns::default().fitted(100, &needs, SORT);
        let text = columns.iter().find(|(column, _)| *column == Column::Card).unwrap().1;
        assert!(columns.len() == Column::ALL.len() && text >= 36, "{columns:?}");
        assert_eq!((at(&columns, 5), at(&columns, 12)), (Some(Column::Deck), Some(Column::Card)));
        assert_eq!(at(&columns, 500), None);
    }

    fn shown(columns: &Columns, width: usize) -> String {
        let settings = Settings::default();
        let columns = columns.fitted(width, &needs(), SORT);
        let mut out = vec![head(&columns, SORT, look(false)).to_string()];
        for (place, line) in lines().iter().enumerate() {
            let stands = Stands { chosen: place == 2, selected: place % 2 == 0, active: true };
            let row = row(line, stands, &columns, (TODAY, &settings), look(false)).to_string();
            assert_eq!(row.width(), width, "{row}");
            out.push(row);
        }
        out.iter().map(|row| row.trim_end()).collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn the_table_at_each_width_is_this() {
        for width in [40, 80, 120, 200] {
            insta::assert_snapshot!(format!("table_{width}"), shown(&Columns::default(), width));
        }
    }

    #[test]
    fn every_row_fits_whatever_columns_are_chosen_and_however_narrow_it_is() {
        for width in 4..200 {
            for hidden in 0..Column::ALL.len() {
                let mut columns = Columns::default();
                Column::ALL.into_iter().skip(hidden).step_by(2).for_each(|column| columns.turn(column));
                let rows = shown(&columns, width);
                assert!(rows.lines().skip(1).all(|row| row.width() <= width), "{width}:\n{rows}");
            }
        }
    }

    #[test]
    fn a_column_that_was_hidden_comes_back_in_its_place_and_the_card_stays() {
        let mut columns = Columns::default();
        columns.turn(Column::Due);
        columns.turn(Column::Card);
        assert!(!columns.has(Column::Due) && columns.has(Column::Card));
        columns.turn(Column::Due);
        assert_eq!(columns, Columns::default());
    }

    #[test]
    fn states_have_colours_and_the_chosen_row_is_one_thing() {
        let settings = Settings::default();
        let span = |place: usize, stands: Stands, text: &str| {
            let columns = Columns::default().fitted(120, &needs(), SORT);
            let row = row(&lines()[place], stands, &columns, (TODAY, &settings), look(true));
            row.spans.into_iter().find(|span| span.content.trim() == text).unwrap().style
        };
        let plain = Stands::default();
        assert_eq!(span(0, plain, "today"), style(Tone::Due, look(true)));
        assert_eq!(span(1, plain, "new"), style(Tone::New, look(true)));
        assert_eq!(span(2, plain, "leech"), style(Tone::Again, look(true)));
        assert_eq!(span(3, plain, "suspended"), style(Tone::Quiet, look(true)));
        let chosen = Stands { chosen: true, active: true, ..plain };
        assert_eq!(span(1, chosen, "new"), style(Tone::Chosen, look(true)));
    }
}
