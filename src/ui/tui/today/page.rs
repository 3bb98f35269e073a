//! What the first screen shows: one line that matters, the decks, and from 120 columns on a pane beside them.

use crate::core::progress::knowledge::Known;
use crate::core::settings::Settings;
use crate::core::study_day::StudyDay;
use crate::core::text::capitalised;
use crate::core::text::counted;
use crate::core::text::one_line;
use crate::ops::workspace::DeckRow;
use crate::ops::workspace::Overview;
use crate::ops::workspace::Recall;
use crate::report::Chart;
use crate::ui::keymap::Command;
use crate::ui::stats::share;
use crate::ui::tui::ScreenContext;
use crate::ui::tui::paint::Tone;
use crate::ui::tui::paint::fit;
use crate::ui::tui::paint::gauge;
use crate::ui::tui::paint::say;
use crate::ui::tui::paint::style;
use crate::ui::tui::paint::wrapped;
use crate::ui::words;
use ratatui::style::Style;
use ratatui::text::Line;
use ratatui::text::Span;
use std::collections::BTreeSet;
use unicode_width::UnicodeWidthStr as _;

/// Days of use from which there is something to draw: before them a chart shows next to nothing.
const CHART_DAYS: u64 = 7;

/// Weeks of the calendar in the pane.
const WEEKS: i64 = 4;

/// What is shown.
pub(super) struct Page<'p> {
    pub(super) overview: &'p Overview,
    /// How much is recalled, and the day for which it is foretold.
    pub(super) recall: Option<&'p (Recall, StudyDay)>,
    pub(super) rows: &'p [DeckRow],
    pub(super) chosen: usize,
    pub(super) folded: &'p BTreeSet<String>,
    pub(super) with: ScreenContext<'p>,
    pub(super) settings: &'p Settings,
}

/// Cards that are likely known on the day for which it is foretold, if nobody studies until then.
fn known_then(recall: &Recall) -> u64 {
    Known { millionths: recall.then, ..recall.now }.whole()
}

fn percent(part: u64, all: u64) -> u64 {
    (part * 100 + all / 2).checked_div(all).unwrap_or(0)
}

/// A count in a table, where nothing is a dot.
fn number(count: u64) -> String {
    if count == 0 { "·".to_owned() } else { count.to_string() }
}

impl Page<'_> {
    /// The line at the top: the program, and at the right the day.
    pub(super) fn head(&self, width: usize) -> Line<'static> {
        let mut facts = vec![self.overview.today.date().format("%a %-d %b").to_string()];
        if self.overview.day > 0 {
            facts.push(format!("day {}", self.overview.day));
        }
        let right = facts.join(" · ");
        let look = self.with.look;
        let gap = width.saturating_sub("lmq".width() + right.width());
        if gap < 2 {
            return say("lmq", Tone::Strong, look);
        }
        Line::from(vec![
            Span::styled("lmq", style(Tone::Strong, look)),
            Span::raw(" ".repeat(gap)),
            Span::styled(right, style(Tone::Quiet, look)),
        ])
    }

    /// What matters, the decks, and what is said besides; and which line has the chosen deck.
    pub(super) fn lines(&self, width: usize, has_pane: bool) -> (Vec<Line<'static>>, usize) {
        let look = self.with.look;
        let mut lines = self.now(width);
        let practised = self.overview.day > 0;
        if practised && !has_pane {
            lines.extend(self.known().map(|said| wrapped(&said, width, Style::new())).into_iter().flatten());
            lines.extend(wrapped(&self.done(), width, style(Tone::Quiet, look)));
        }
        let back = self.overview.comeback.as_ref().and_then(words::welcome_back);
        if let Some(back) = &back {
            lines.push(Line::default());
            lines.extend(wrapped(back, width, Style::new()));
        }
        lines.push(Line::default());
        let (table, at) = self.decks(width);
        let at = lines.len() + at;
        lines.extend(table);
        if !has_pane {
            lines.extend(self.ahead(width));
        }
        // Before the first card it stands beside what Enter does: soon it is too late.
        if !self.overview.first_run {
            lines.extend(self.offer(width));
        }
        (lines, at)
    }

    /// The check-up that is offered.
    fn offer(&self, width: usize) -> Vec<Line<'static>> {
        // One notice at a time.
        let is_back = self.overview.comeback.as_ref().and_then(words::welcome_back).is_some();
        let Some(offer) = self.overview.checkup.filter(|_| !is_back) else { return Vec::new() };
        let key = self.with.keys.first(Command::Checkup);
        let said = crate::ui::checkup::offer(offer, &format!("{key} begins"));
        let mut lines = vec![Line::default()];
        lines.extend(wrapped(&said, width, style(Tone::Accent, self.with.look)));
        lines
    }

    /// What to do now, and how long it takes.
    fn now(&self, width: usize) -> Vec<Line<'static>> {
        let look = self.with.look;
        let overview = self.overview;
        let strong = |text: &str| wrapped(text, width, style(Tone::Strong, look));
        if let Some(nothing) = &overview.nothing {
            let said = words::nothing_here(nothing, self.settings, self.with.keys);
            let mut lines = Vec::new();
            for (place, text) in said.iter().enumerate() {
                lines.extend(if place == 0 { strong(text) } else { wrapped(text, width, Style::new()) });
            }
            if overview.pause.is_none()
                && let Some(next) = overview.next_due
            {
                let days = next.since(overview.today);
                lines.extend(wrapped(
                    &format!("The next cards fall due {}", words::in_days(days)),
                    width,
                    Style::new(),
                ));
            }
            return lines;
        }
        let mut lines = strong(&words::fits(&overview.fit));
        if overview.first_run {
            lines.push(Line::default());
            let key = self.with.keys.shown(Command::Reveal, "enter");
            lines.extend(wrapped(&words::welcome(self.settings.new_per_day, &key), width, Style::new()));
            if self.asks_whose() {
                let choice = format!("{CHOICE} {key} with both.");
                lines.extend(wrapped(&choice, width, style(Tone::Accent, look)));
            }
            lines.extend(self.offer(width));
        }
        lines
    }

    /// Whether to ask whose cards to begin with: both are there.
    pub(super) fn asks_whose(&self) -> bool {
        let has = |built_in: bool| {
            self.overview
                .decks
                .iter()
                .any(|row| row.number != 0 && !row.left_out && row.is_built_in == built_in && row.new > 0)
        };
        self.overview.first_run && has(true) && has(false)
    }

    /// A day of the coming week by its name.
    fn weekday(&self, day: StudyDay) -> String {
        words::on_weekday(day, self.overview.today)
    }

    /// How much is likely known.
    fn known(&self) -> Option<String> {
        let (recall, friday) = self.recall.filter(|(recall, _)| recall.now.cards > 0)?;
        let (now, then, all) = (recall.now.whole(), known_then(recall), recall.now.cards);
        let day = self.weekday(*friday);
        let of = counted(all, "card", "cards");
        Some(format!("You likely know {now} of {of} today; {day}, if you stop now: {then}"))
    }

    /// What was done today, and how many days in a row.
    fn done(&self) -> String {
        let done = counted(u64::from(self.overview.answers_today), "answer today", "answers today");
        match self.overview.streak {
            0 => done,
            days => format!("{done}, {} in a row", counted(days, "day", "days")),
        }
    }

    /// The decks with what waits in them, and which line has the chosen one.
    fn decks(&self, width: usize) -> (Vec<Line<'static>>, usize) {
        let look = self.with.look;
        let overview = self.overview;
        let narrow = width < 32;
        // Columns of a count.
        let (count, again) = if narrow { (4, "rep") } else { (6, "again") };
        let recall = self.recall.map(|(recall, _)| recall).filter(|_| width >= 60 && overview.day > 0);
        // The share that is likely known, and its bar.
        let known = if recall.is_some() { 8 } else { 0 };
        // Whole titles are worth more than a bar.
        let titles = self.rows.iter().map(|row| 2 * row.depth + 2 + row.title.width().max(row.name.width()));
        let has_room = titles.max().unwrap_or(0) + 2 + 3 * count + known + 14 < width;
        let drawn: u64 = if recall.is_some() && has_room && overview.day >= CHART_DAYS { 12 } else { 0 };
        let bar_room = if drawn > 0 { 14 } else { 0 };
        let room = width.saturating_sub(2 + 3 * count + known + bar_room).max(4);
        let mut heads = vec![
            Span::styled(format!("  {:<room$}", ""), Style::new()),
            Span::styled(format!("{:>count$}", "due"), style(Tone::Due, look)),
            Span::styled(format!("{:>count$}", "new"), style(Tone::New, look)),
            Span::styled(format!("{again:>count$}"), style(Tone::Again, look)),
        ];
        if known > 0 {
            heads.push(Span::styled(format!("{:>known$}", "known"), style(Tone::Quiet, look)));
        }
        let mut lines = vec![Line::from(heads)];
        // The name is ready to be shown: an indent would not outlive `one_line`.
        let row = |place: usize, name: &str, counts: [u64; 3], share: Option<(u64, u64)>| {
            let chosen = place == self.chosen;
            let arrow = if chosen { "▸" } else { " " };
            let shown = fit(name, room.saturating_sub(1));
            let pad = " ".repeat(room.saturating_sub(shown.width()));
            let tone = |tone: Tone| style(if chosen { Tone::Chosen } else { tone }, look);
            let mut spans = vec![Span::styled(format!("{arrow} {shown}{pad}"), tone(Tone::Plain))];
            for (number_of, role) in counts.into_iter().zip([Tone::Due, Tone::New, Tone::Again]) {
                let role = if number_of == 0 { Tone::Quiet } else { role };
                spans.push(Span::styled(format!("{:>count$}", number(number_of)), tone(role)));
            }
            if let Some((part, all)) = share {
                spans.push(Span::styled(format!("{:>known$}", format!("{} %", percent(part, all))), tone(Tone::Plain)));
                if drawn > 0 {
                    spans.push(Span::styled(format!("  {}", gauge(part, all, drawn)), tone(Tone::Quiet)));
                }
            }
            Line::from(spans)
        };
        // Rows at the top hold those inside them already.
        let all: u64 = overview.decks.iter().filter(|row| row.depth == 0).map(|row| row.cards).sum();
        let name = if overview.decks.iter().any(|row| row.left_out) { "daily decks" } else { "all decks" };
        let first = lines.len();
        lines.push(row(0, name, overview.daily, recall.map(|recall| (recall.now.whole(), all))));
        let folds = overview.decks.iter().any(|row| row.holds_others);
        for (index, deck) in self.rows.iter().enumerate() {
            let leaf = one_line(deck.name.rsplit("::").next().unwrap_or(&deck.name));
            let fold = match (folds, deck.holds_others, self.folded.contains(&deck.name)) {
                (false, ..) => "",
                (true, false, _) => "  ",
                (true, true, true) => "+ ",
                (true, true, false) => "- ",
            };
            let title = if deck.title.is_empty() { leaf } else { one_line(&deck.title) };
            let title = if deck.left_out { format!("{title} (not daily)") } else { title };
            let indent = "  ".repeat(if narrow { 0 } else { deck.depth.min(room / 4) });
            let known = recall.map(|recall| (self.known_in(deck, recall).whole(), deck.cards));
            lines.push(row(index + 1, &format!("{indent}{fold}{title}"), [deck.due, deck.new, deck.repeats], known));
        }
        (lines, first + self.chosen)
    }

    /// What is known in a deck and those inside it.
    fn known_in(&self, deck: &DeckRow, recall: &Recall) -> Known {
        let inside = format!("{}::", deck.name);
        let decks = self.overview.decks.iter();
        let meant = decks.filter(|row| row.name == deck.name || row.name.starts_with(&inside));
        meant.filter_map(|row| recall.by_deck.get(&row.number)).copied().fold(Known::default(), Known::plus)
    }

    /// What falls due on the next days, once there are days to compare.
    fn ahead(&self, width: usize) -> Vec<Line<'static>> {
        let overview = self.overview;
        if overview.day < CHART_DAYS || overview.forecast.iter().all(|count| *count == 0) {
            return Vec::new();
        }
        let days = overview.forecast.iter().enumerate().skip(1).map(|(ahead, count)| {
            let day = overview.today.plus(i64::try_from(ahead).unwrap_or(0)).date().format("%a").to_string();
            format!("{day} {count}")
        });
        let text = format!("next days  {}", days.collect::<Vec<_>>().join(" · "));
        let mut lines = vec![Line::default()];
        lines.extend(wrapped(&text, width, style(Tone::Quiet, self.with.look)));
        lines
    }

    /// The pane beside the decks.
    pub(super) fn pane(&self, width: usize) -> Vec<Line<'static>> {
        let look = self.with.look;
        let overview = self.overview;
        let mut lines = Vec::new();
        if overview.day == 0 {
            return lines;
        }
        if let Some((recall, friday)) = self.recall.filter(|(recall, _)| recall.now.cards > 0) {
            let (now, all) = (recall.now.whole(), recall.now.cards);
            let of = counted(all, "card", "cards");
            lines.extend(wrapped(&format!("You likely know {now} of {of} today"), width, style(Tone::Strong, look)));
            if overview.day >= CHART_DAYS {
                lines.push(Line::from(format!("{:>3} %   {}", percent(now, all), gauge(now, all, 24))));
            }
            let day = capitalised(&self.weekday(*friday));
            lines.extend(wrapped(&format!("{day}, if you stop now: {}", known_then(recall)), width, Style::new()));
            lines.push(Line::default());
        }
        lines.extend(wrapped(&self.done(), width, style(Tone::Quiet, look)));
        if overview.day < CHART_DAYS {
            return lines;
        }
        if overview.retention.all > 0 {
            lines.push(Line::default());
            let said = format!("True retention {} in 30 days", share(overview.retention));
            lines.extend(wrapped(&said, width, Style::new()));
        }
        lines.push(Line::default());
        lines.extend(self.weeks());
        lines.extend(self.ahead(width));
        lines
    }

    /// The last weeks, a day each: how much was answered.
    fn weeks(&self) -> Vec<Line<'static>> {
        let overview = self.overview;
        let monday = Chart::monday(overview.today);
        let answers = |day: StudyDay| {
            overview.practised.iter().find(|(practised, _)| *practised == day).map_or(0, |(_, answers)| *answers)
        };
        let most = overview.practised.iter().map(|(_, answers)| *answers).max().unwrap_or(0);
        let mut lines = vec![say("       M T W T F S S", Tone::Quiet, self.with.look)];
        for week in (0..WEEKS).rev() {
            let begins = monday.plus(-7 * week);
            let days = (0..7).map(|day| begins.plus(day)).map(|day| match answers(day) {
                _ if day > overview.today => " ",
                0 => "·",
                few if few * 3 <= most => "░",
                some if some * 3 <= 2 * most => "▒",
                _ => "▓",
            });
            let days = days.collect::<Vec<_>>().join(" ");
            lines.push(Line::from(format!("{:<6} {days}", begins.date().format("%-d %b"))));
        }
        lines
    }
}

/// Whose cards to begin with; what Enter does follows, by the key that is bound.
const CHOICE: &str = "1 begins with your own cards, 2 with those that came with lmq,";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::queue::Comeback;
    use crate::core::settings::KeyPreset;
    use crate::core::totals::Recalls;
    use crate::core::units::Millis;
    use crate::ops::checkup::Offer;
    use crate::ops::queue::Fit;
    use crate::ui::Look;
    use crate::ui::keymap::Keymap;
    use crate::ui::palette::Palette;
    use crate::ui::tui::NoEditor;
    use crate::ui::tui::paint::column_beside;
    use crate::ui::tui::paint::halves;
    use crate::ui::tui::today::bottom;
    use ratatui::layout::Rect;
    use std::collections::BTreeMap;

    /// Tuesday 10 February 2026, on that day of use.
    fn overview(day: u64) -> Overview {
        let row = |name: &str, title: &str, due, new| DeckRow {
            name: name.to_owned(),
            title: title.to_owned(),
            number: 1,
            is_built_in: true,
            cards: 100,
            due,
            new,
            ..DeckRow::default()
        };
        Overview {
            decks: vec![
                row("differences", "Leadership and management: the eleven differences that people mix up most", 27, 37),
                DeckRow { number: 2, repeats: 3, ..row("skills", "Skills", 0, 18) },
            ],
            daily: [27, 55, 3],
            fit: Fit { all: 64, cards: 41, time: Millis(600_000), minutes: 10, most_at_risk_first: true },
            nothing: None,
            next_due: None,
            answers_today: 12,
            day,
            practised: vec![(StudyDay(20_494), 12), (StudyDay(20_493), 40), (StudyDay(20_490), 5)],
            retention: Recalls { passed: 84, all: 100 },
            streak: 2,
            forecast: [64, 9, 5, 6, 10, 20, 2],
            today: StudyDay(20_494),
            pause: None,
            comeback: None,
            first_run: day == 0,
            checkup: Some(Offer::Due { day: 30, scenes: 8, is_start: false }),
        }
    }

    /// What a screen of so many columns shows: head, body, pane.
    fn shown(overview: &Overview, columns: u16) -> (String, String) {
        let keys = Keymap::new(KeyPreset::Usual, &BTreeMap::new()).unwrap();
        let look = Look { colour: false, width: 80, links: false, palette: Palette::OWN, spoken: false };
        let with = ScreenContext { look, keys: &keys, stop: &|| false, editor: &NoEditor };
        let known = |cards, millionths| Known { cards, millionths };
        let recall = Recall {
            now: known(190, 177_000_000),
            then: 161_000_000,
            by_deck: [(1, known(90, 84_000_000)), (2, known(100, 93_000_000))].into(),
        };
        let recall = (recall, StudyDay(20_497));
        let folded = BTreeSet::new();
        let settings = Settings::default();
        let recall = Some(&recall).filter(|_| overview.day > 0);
        let page =
            Page { overview, recall, rows: &overview.decks, chosen: 1, folded: &folded, with, settings: &settings };
        let screen = Rect { x: 0, y: 0, width: columns, height: 24 };
        let (area, has_pane) = column_beside(screen, overview.day > 0);
        let [left, _, right] = if has_pane { halves(area) } else { [area; 3] };
        let text = |lines: &[Line<'_>], width: u16| {
            for line in lines {
                assert!(line.width() <= usize::from(width), "{columns} columns: {line}");
            }
            lines.iter().map(|line| line.to_string().trim_end().to_owned()).collect::<Vec<_>>().join("\n")
        };
        let (lines, at) = page.lines(usize::from(left.width), has_pane);
        assert!(lines[at].to_string().starts_with('▸'), "{columns} columns: {}", lines[at]);
        let head = text(&[page.head(usize::from(area.width))], area.width);
        let pane = if has_pane { text(&page.pane(usize::from(right.width)), right.width) } else { String::new() };
        (format!("{head}\n{}", text(&lines, left.width)), pane)
    }

    #[test]
    fn a_command_without_a_key_is_not_in_the_line_of_keys() {
        let pieces = |changes: &[(&str, &str)]| {
            let changes = changes.iter().map(|(name, key)| ((*name).to_owned(), (*key).to_owned())).collect();
            let keys = Keymap::new(KeyPreset::Usual, &changes).unwrap();
            bottom(&overview(27), &keys).into_iter().map(|(text, _)| text).collect::<Vec<_>>().join(", ")
        };
        assert_eq!(pieces(&[]), "Enter review, b browse, s stats, a add, x decks, ? keys, q leave");
        assert_eq!(pieces(&[("checkup", "x")]), "Enter review, b browse, s stats, a add, ? keys, q leave");
    }

    #[test]
    fn one_line_that_matters_and_whole_titles_or_an_ellipsis_at_any_width() {
        for columns in [20, 30, 40, 80, 100, 120, 200] {
            let (body, pane) = shown(&overview(27), columns);
            let flat = body.split_whitespace().collect::<Vec<_>>().join(" ");
            assert!(flat.contains("Ten minutes: 41 of "), "{columns}:\n{body}");
            let title = body.lines().find(|line| line.starts_with('▸')).unwrap();
            assert!(title.contains('…') || title.contains("mix up most"), "{columns}: {title}");
            assert_eq!(pane.is_empty(), columns < 120, "{columns}");
            let known = if pane.is_empty() { &flat } else { &pane };
            assert!(known.contains("You likely know 177 of 190 cards today"), "{columns}:\n{body}\n{pane}");
        }
        let (body, pane) = shown(&overview(27), 120);
        assert!(body.starts_with("lmq ") && body.contains("Tue 10 Feb · day 27"), "{body}");
        assert!(body.contains("89 %") && !body.contains('░'), "177 of 200 cards; no room for a bar: {body}");
        let mut short = overview(27);
        short.decks.truncate(1);
        short.decks[0].title = "Short".to_owned();
        assert!(shown(&short, 120).0.contains('░'));
        assert!(
            pane.contains("On Friday, if you stop now: 161") && pane.contains("True retention 84 % (76–90 %)"),
            "{pane}"
        );
        assert!(pane.contains("M T W T F S S") && pane.contains("9 Feb"), "{pane}");
    }

    #[test]
    fn nothing_is_drawn_before_a_week_and_nothing_is_counted_before_the_first_answer() {
        for columns in [40, 80, 120] {
            let (body, pane) = shown(&overview(6), columns);
            let all = format!("{body}\n{pane}");
            assert!(!["next days", "M T W", "True retention"].iter().any(|said| all.contains(said)), "{all}");
            assert!(!all.contains(['█', '▓', '▒', '░']), "{all}");
            let (body, pane) = shown(&overview(7), columns);
            assert!(format!("{body}{pane}").contains("next days"), "{body}\n{pane}");
            let (first, pane) = shown(&overview(0), columns);
            assert!(
                !first.contains("You likely know") && !first.contains("answers today") && pane.is_empty(),
                "{first}"
            );
        }
    }

    #[test]
    fn one_notice_at_a_time() {
        let offers = |overview: &Overview| shown(overview, 80).0.contains("check-up");
        let usual = overview(30);
        assert!(offers(&usual));
        let comeback = Comeback { last_days_ago: 9, waiting: 300, today: 200, days: Some(2), new_wait: true };
        let back = Overview { comeback: Some(comeback), ..usual };
        assert!(!offers(&back));
        let (body, _) = shown(&back, 80);
        assert!(body.contains("Your last answer here was 9 days ago") && !body.contains("300"), "no mountain: {body}");
        for (day, is_back, is_offered) in [0, 6, 30].into_iter().flat_map(|day| {
            [(false, false), (false, true), (true, false), (true, true)].map(|(back, offer)| (day, back, offer))
        }) {
            let usual = overview(day);
            let home = Overview {
                comeback: back.comeback.filter(|_| is_back),
                checkup: usual.checkup.filter(|_| is_offered),
                ..usual
            };
            for columns in [40, 80, 120] {
                let (body, pane) = shown(&home, columns);
                let all = format!("{body}\n{pane}");
                let notices = ["Welcome back", "check-up"].iter().filter(|notice| all.contains(**notice)).count();
                assert_eq!(notices, usize::from(is_back || is_offered), "day {day}, {columns} columns:\n{all}");
            }
        }
    }

    #[test]
    fn before_the_first_card_the_check_up_is_a_choice_beside_what_enter_does() {
        let mut first = overview(0);
        first.checkup = Some(Offer::Due { day: 1, scenes: 8, is_start: true });
        for columns in [40, 80, 120] {
            let (body, _) = shown(&first, columns);
            let place = |text: &str| body.find(text).unwrap_or_else(|| panic!("{columns} columns, {text}:\n{body}"));
            let (enter, choice, decks) = (place("10 new cards a day"), place("A first check-up"), place("all decks"));
            assert!(enter < choice && choice < decks, "{columns} columns:\n{body}");
            assert_eq!(body.matches("check-up").count(), 1, "{columns} columns:\n{body}");
        }
    }

    #[test]
    fn whose_cards_to_begin_with_is_asked_once_and_only_where_both_are_there() {
        let mut first = overview(0);
        assert!(!shown(&first, 80).0.contains("your own cards"));
        first.decks[1].is_built_in = false;
        assert!(shown(&first, 80).0.contains("1 begins with your own cards"));
        let later = Overview { first_run: false, day: 3, ..first };
        assert!(!shown(&later, 80).0.contains("your own cards"));
    }
}
