//! Browse: all cards or those of a query, in a table that can be sorted; what the chosen one says; and what can be done with
//! many at once.
//!
//! A list may have a hundred thousand cards. So it is made a slice at a time while no key waits, and texts are read of the lines
//! in sight alone.

mod table;

use crate::core::document::Side;
use crate::core::search::error::SearchError;
use crate::core::text::counted;
use crate::core::text::joined;
use crate::core::text::one_line;
use crate::core::text::thousands;
use crate::failure::Failure;
use crate::ops::browse::Act;
use crate::ops::browse::CardLine;
use crate::ops::browse::Listing;
use crate::ops::browse::RowId;
use crate::ops::browse::Sort;
use crate::ops::workspace::Workspace;
use crate::ui::keymap::BROWSE;
use crate::ui::keymap::Command;
use crate::ui::tui::ScreenContext;
use crate::ui::tui::browse::table::Column;
use crate::ui::tui::browse::table::Columns;
use crate::ui::tui::browse::table::Stands;
use crate::ui::tui::card;
use crate::ui::tui::document;
use crate::ui::tui::edit;
use crate::ui::tui::input::Input;
use crate::ui::tui::pages;
use crate::ui::tui::paint::Tone;
use crate::ui::tui::paint::fit;
use crate::ui::tui::paint::footer;
use crate::ui::tui::paint::say;
use crate::ui::tui::paint::style;
use crate::ui::tui::paint::wrapped;
use crate::ui::tui::pick;
use crate::ui::tui::pick::Choice;
use crate::ui::tui::steps;
use crate::ui::tui::term::Term;
use crossterm::event::Event;
use crossterm::event::KeyCode;
use crossterm::event::KeyEvent;
use crossterm::event::KeyModifiers;
use ratatui::Frame;
use ratatui::layout::Position;
use ratatui::layout::Rect;
use ratatui::layout::Size;
use ratatui::text::Line;
use ratatui::widgets::Paragraph;
use std::collections::HashMap;
use std::collections::HashSet;
use unicode_width::UnicodeWidthStr as _;

/// From so many columns on the preview stands beside the list.
const WIDE: u16 = 120;

/// Milliseconds of work on a list before the first frame: longer looks like waiting.
const FIRST_MS: u64 = 8;

/// Lines whose texts are kept: those in sight are read in a moment.
const MOST_KEPT: usize = 2000;

/// What stays from one time to the next.
#[derive(Default)]
pub(super) struct Kept {
    columns: Columns,
    sort: Sort,
}

/// The list and what is being done to it.
struct Browser<'w> {
    workspace: &'w mut Workspace,
    kept: &'w mut Kept,
    query: Input,
    /// Whether keys are for the query.
    typing: bool,
    /// What is wrong with the query. The rows are then those of the last one that could be read.
    fault: Option<SearchError>,
    /// The list, until it is whole.
    listing: Option<Listing>,
    rows: Vec<RowId>,
    /// How many cards there are in all, where that is known.
    all: Option<usize>,
    chosen: usize,
    top: usize,
    selected: HashSet<RowId>,
    /// Where a range began, and what was selected before it.
    range: Option<(usize, HashSet<RowId>)>,
    /// The card to go to once the list is whole.
    goes_to: Option<RowId>,
    lines: HashMap<RowId, CardLine>,
    said: Option<String>,
}

/// The areas of the screen.
struct Places {
    head: Rect,
    /// The line under the query: a caret where that is wrong.
    caret: Rect,
    heads: Rect,
    list: Rect,
    preview: Option<Rect>,
    foot: Rect,
}

impl Places {
    fn of(area: Rect, foot: u16) -> Self {
        let foot_height = foot.clamp(1, area.height.saturating_sub(3).max(1)).min(area.height);
        let mut y = area.y;
        let mut left = area.height - foot_height;
        let mut take = |height: u16| {
            let height = height.min(left);
            let taken = Rect { y, height, ..area };
            (y, left) = (y + height, left - height);
            taken
        };
        let (head, caret, heads, body) = (take(1), take(1), take(1), take(area.height));
        let foot = Rect { y: area.y + area.height - foot_height, height: foot_height, ..area };
        // A line stays free above the foot, as on other screens.
        let body = Rect { height: body.height.saturating_sub(u16::from(body.height > 6)), ..body };
        let (list, preview) = if area.width >= WIDE {
            let width = area.width / 5 * 3;
            let beside = Rect { x: body.x + width + 3, width: body.width - width - 3, y: heads.y, height: body.height + heads.height };
            (Rect { width, ..body }, Some(beside))
        } else if body.height >= 14 {
            let height = body.height / 2;
            let below = Rect { y: body.y + height + 1, height: body.height - height - 1, ..body };
            (Rect { height, ..body }, Some(below))
        } else {
            (body, None)
        };
        Self { head, caret, heads: Rect { width: list.width, ..heads }, list, preview, foot }
    }
}

/// Shows all cards, or begins with a query where keys go to it at first.
pub(super) fn run(
    workspace: &mut Workspace,
    kept: &mut Kept,
    typing: bool,
    term: &mut Term,
    with: ScreenContext<'_>,
) -> Result<(), Failure> {
    let mut browser = Browser::new(workspace, kept, typing);
    browser.begin()?;
    let begun = browser.workspace.ticks_ms();
    browser.go_on(|workspace| workspace.ticks_ms().saturating_sub(begun) >= FIRST_MS)?;
    loop {
        browser.reads(term.size()?)?;
        term.draw(|frame| browser.draw(frame, with))?;
        // Whoever types waits for nothing: a list goes on while no key waits.
        if browser.listing.is_some() {
            let waits = || term.has_event().unwrap_or(true);
            if browser.go_on(|_| waits())? {
                continue;
            }
        }
        let event = match term.next(with.stop)? {
            None if (with.stop)() => return Ok(()),
            None => continue,
            Some(event) => event,
        };
        if browser.event(&event, term, with)? {
            return Ok(());
        }
    }
}

impl<'w> Browser<'w> {
    fn new(workspace: &'w mut Workspace, kept: &'w mut Kept, typing: bool) -> Self {
        Self {
            workspace,
            kept,
            query: Input::default(),
            typing,
            fault: None,
            listing: None,
            rows: Vec::new(),
            all: None,
            chosen: 0,
            top: 0,
            selected: HashSet::new(),
            range: None,
            goes_to: None,
            lines: HashMap::new(),
            said: None,
        }
    }

    /// Begins the list of what is typed. The rows stay until there are others; those of a query with a fault stay.
    fn begin(&mut self) -> Result<(), Failure> {
        match self.workspace.list(&self.query.text(), self.kept.sort)? {
            Ok(listing) => (self.listing, self.fault) = (Some(listing), None),
            Err(error) => (self.listing, self.fault) = (None, Some(error)),
        }
        Ok(())
    }

    /// Goes on with the list; whether there is something new to show.
    fn go_on(&mut self, pause: impl Fn(&Workspace) -> bool) -> Result<bool, Failure> {
        let Some(listing) = &mut self.listing else { return Ok(false) };
        let workspace = &*self.workspace;
        let whole = workspace.go_on(listing, || pause(workspace))?;
        if !whole && !self.rows.is_empty() {
            return Ok(false);
        }
        // At the very beginning a part is better than nothing.
        let rows = listing.rows();
        let is_new = whole || !rows.is_empty();
        self.rows = rows;
        if whole {
            self.listing = None;
            if self.query.text().trim().is_empty() {
                self.all = Some(self.rows.len());
            }
            let here: HashSet<RowId> = self.rows.iter().copied().collect();
            // What acts are for is in the list.
            self.selected.retain(|row| here.contains(row));
            if let Some(row) = self.goes_to.take() {
                self.chosen = self.rows.iter().position(|one| *one == row).unwrap_or(self.chosen);
            }
        }
        self.chosen = self.chosen.min(self.rows.len().saturating_sub(1));
        Ok(is_new)
    }

    /// The list anew, after something was changed: with the same card chosen, where it is still there.
    fn anew(&mut self) -> Result<(), Failure> {
        self.lines.clear();
        self.range = None;
        if !self.query.text().trim().is_empty() {
            self.all = None;
        }
        self.goes_to = self.row();
        self.begin()
    }

    fn row(&self) -> Option<RowId> {
        self.rows.get(self.chosen).copied()
    }

    fn line(&self) -> Option<&CardLine> {
        self.lines.get(&self.row()?)
    }

    /// Reads the texts of the lines that a screen of that size shows.
    fn reads(&mut self, size: Size) -> Result<(), Failure> {
        let places = Places::of(Rect { x: 0, y: 0, width: size.width, height: size.height }, 1);
        let rows = usize::from(places.list.height).max(1);
        self.top = self.top.min(self.chosen).max((self.chosen + 1).saturating_sub(rows));
        if self.lines.len() > MOST_KEPT {
            self.lines.clear();
        }
        let wanted: Vec<RowId> =
            self.rows.iter().skip(self.top).take(rows).filter(|row| !self.lines.contains_key(row)).copied().collect();
        self.lines.extend(self.workspace.lines(&wanted)?);
        Ok(())
    }

    fn draw(&self, frame: &mut Frame<'_>, with: ScreenContext<'_>) {
        let width = usize::from(frame.area().width);
        let said = match (&self.fault, &self.said) {
            (Some(error), _) => wrapped(
                &joined(&[capital(&error.fault.to_string()), error.fault.help()]),
                width,
                style(Tone::Bad, with.look),
            ),
            (None, Some(said)) => wrapped(said, width, style(Tone::Near, with.look)),
            (None, None) => Vec::new(),
        };
        let places = Places::of(frame.area(), u16::try_from(said.len() + 1).unwrap_or(1).min(4));
        self.draw_query(frame, &places, with);
        let rows = usize::from(places.list.height);
        // What was said may have taken lines from the list.
        let top = self.top.max((self.chosen + 1).saturating_sub(rows.max(1)));
        let list_width = usize::from(places.list.width);
        let (today, settings) = (self.workspace.today(), self.workspace.settings());
        frame.render_widget(table::head(&self.kept.columns, self.kept.sort, list_width, with.look), places.heads);
        let lines: Vec<Line<'static>> = self
            .rows
            .iter()
            .enumerate()
            .skip(top)
            .take(rows)
            .filter_map(|(place, row)| {
                let stands = Stands {
                    chosen: place == self.chosen,
                    selected: self.selected.contains(row),
                    active: !self.typing,
                };
                let line = self.lines.get(row)?;
                Some(table::row(line, stands, &self.kept.columns, list_width, (today, settings), with.look))
            })
            .collect();
        frame.render_widget(Paragraph::new(lines), places.list);
        if let Some(area) = places.preview {
            self.draw_preview(frame, area, with);
        }
        let above = u16::try_from(said.len()).unwrap_or(0).min(places.foot.height.saturating_sub(1));
        frame.render_widget(Paragraph::new(said), Rect { height: above, ..places.foot });
        let foot = Rect { y: places.foot.y + above, height: places.foot.height - above, ..places.foot };
        frame.render_widget(footer(&self.hints(with), foot.width, with.look), foot);
    }

    /// The query, how many cards it means, and a caret where it is wrong.
    fn draw_query(&self, frame: &mut Frame<'_>, places: &Places, with: ScreenContext<'_>) {
        let width = usize::from(places.head.width);
        let mut count = match (self.rows.len(), self.all) {
            (rows, Some(all)) if rows < all => format!("{} of {}", number(rows), counted(all, "card", "cards")),
            (rows, _) => counted(rows, "card", "cards"),
        };
        if self.listing.is_some() {
            count.push('…');
        }
        if !self.selected.is_empty() {
            count.push_str(&format!(" · {} selected", number(self.selected.len())));
        }
        let sign = "/ ";
        let has_query = self.typing || !self.query.is_empty();
        let room = width.saturating_sub(sign.width() + count.width() + 2);
        // Whoever types needs the place more than the count.
        let (room, count) = if self.typing && room < 20 { (width - sign.width().min(width), String::new()) } else { (room, count) };
        let (text, x) = self.query.view(room.max(4));
        let shown = if has_query { format!("{sign}{text}") } else { String::new() };
        let gap = " ".repeat(width.saturating_sub(shown.width() + count.width()));
        let tone = if has_query { Tone::Quiet } else { Tone::Strong };
        let mut head = say(&shown, Tone::Plain, with.look);
        head.push_span(if has_query { gap } else { String::new() });
        head.spans.extend(say(&fit(&count, width), tone, with.look).spans);
        frame.render_widget(head, places.head);
        if self.typing {
            let x = u16::try_from(sign.width() + x).unwrap_or(0).min(places.head.width.saturating_sub(1));
            frame.set_cursor_position(Position { x: places.head.x + x, y: places.head.y });
        }
        if let Some(error) = &self.fault {
            let columns = sign.width() + self.query.column_in_view(error.at, room.max(4));
            frame.render_widget(say(&format!("{}^", " ".repeat(columns)), Tone::Bad, with.look), places.caret);
        }
    }

    fn draw_preview(&self, frame: &mut Frame<'_>, area: Rect, with: ScreenContext<'_>) {
        let Some(line) = self.line() else { return };
        // Beside the list a rule parts them; below it an empty line does.
        if area.y < frame.area().height && area.x > 0 {
            let rule = vec![say("│", Tone::Quiet, with.look); usize::from(area.height)];
            frame.render_widget(Paragraph::new(rule), Rect { x: area.x - 2, width: 1, ..area });
        }
        let area = Rect { width: area.width.min(crate::ui::tui::paint::COLUMN), ..area };
        let width = usize::from(area.width);
        let mut lines = document::lines(&line.text.prompt_document(line.card.ordinal), Side::Answer, width, with.look);
        lines.push(say(&"─".repeat(width), Tone::Quiet, with.look));
        let answer = line.text.answer_document(line.card.ordinal);
        lines.extend(document::lines(&answer, Side::Answer, width, with.look));
        let mut facts = vec![one_line(&line.deck_name)];
        facts.extend(line.topic.clone());
        if !line.text.tags.is_empty() {
            facts.push(line.text.tags.join(", "));
        }
        lines.push(Line::default());
        lines.extend(wrapped(&facts.join(" · "), width, style(Tone::Quiet, with.look)));
        let rows = usize::from(area.height);
        if lines.len() > rows {
            lines.truncate(rows.saturating_sub(1));
            lines.push(say("…", Tone::Quiet, with.look));
        }
        frame.render_widget(Paragraph::new(lines), area);
    }

    /// The keys that work now, the most useful first.
    fn hints(&self, with: ScreenContext<'_>) -> Vec<(String, Tone)> {
        let key = |command| with.keys.first(command);
        if self.typing {
            let pieces = ["Enter to the list", "Esc shows all cards"];
            return pieces.map(|piece| (piece.to_owned(), Tone::Quiet)).into();
        }
        let count = if self.selected.is_empty() { String::new() } else { format!(" ({})", number(self.selected.len())) };
        let pieces = [
            (Command::Actions, format!("actions{count}")),
            (Command::Help, "keys".to_owned()),
            (Command::Search, "filter".to_owned()),
            (Command::Select, "select".to_owned()),
            (Command::Page, "page".to_owned()),
            (Command::Edit, "edit".to_owned()),
            (Command::Sort, "sort".to_owned()),
        ];
        pieces
            .into_iter()
            .filter(|(command, _)| !key(*command).is_empty())
            .map(|(command, what)| (format!("{} {what}", key(command)), Tone::Quiet))
            .collect()
    }

    /// Does what a key or a paste asks for; whether the screen is left.
    fn event(&mut self, event: &Event, term: &mut Term, with: ScreenContext<'_>) -> Result<bool, Failure> {
        self.said = None;
        match event {
            Event::Paste(text) if self.typing => {
                self.query.insert(text);
                self.retyped()?;
            }
            Event::Key(key) if key.modifiers.contains(KeyModifiers::CONTROL) && key.code == KeyCode::Char('c') => {
                return Ok(true);
            }
            Event::Key(key) if self.typing => match key.code {
                KeyCode::Esc => {
                    self.typing = false;
                    if !self.query.is_empty() {
                        self.query.clear();
                        self.retyped()?;
                    }
                }
                KeyCode::Enter | KeyCode::Tab | KeyCode::Down => self.typing = false,
                _ => {
                    let before = self.query.text();
                    if self.query.key(key) && self.query.text() != before {
                        self.retyped()?;
                    }
                }
            },
            Event::Key(key) => return self.key(key, term, with),
            _ => {}
        }
        Ok(false)
    }

    fn retyped(&mut self) -> Result<(), Failure> {
        (self.chosen, self.range, self.goes_to) = (0, None, None);
        self.begin()
    }

    fn key(&mut self, key: &KeyEvent, term: &mut Term, with: ScreenContext<'_>) -> Result<bool, Failure> {
        let Some(command) = with.keys.among(BROWSE, key) else { return Ok(false) };
        let page = usize::from(Places::of(Rect::from((Position::ORIGIN, term.size()?)), 1).list.height).max(2) - 1;
        let last = self.rows.len().saturating_sub(1);
        let to = match command {
            Command::Down => Some((self.chosen + 1).min(last)),
            Command::Up => Some(self.chosen.saturating_sub(1)),
            Command::PageDown => Some((self.chosen + page).min(last)),
            Command::PageUp => Some(self.chosen.saturating_sub(page)),
            Command::First => Some(0),
            Command::Last => Some(last),
            _ => None,
        };
        if let Some(to) = to {
            if key.modifiers.contains(KeyModifiers::SHIFT) && key.code != KeyCode::Char('G') {
                self.begin_range();
            }
            self.go_to(to);
            return Ok(false);
        }
        match command {
            Command::Search => (self.typing, self.range) = (true, None),
            Command::Select => {
                self.range = None;
                if let Some(row) = self.row()
                    && !self.selected.remove(&row)
                {
                    self.selected.insert(row);
                }
                self.chosen = (self.chosen + 1).min(last);
            }
            Command::SelectRange => match self.range.take() {
                Some(_) => {}
                None => {
                    self.begin_range();
                    self.go_to(self.chosen);
                }
            },
            Command::SelectAll => {
                self.range = None;
                if self.selected.len() == self.rows.len() {
                    self.selected.clear();
                } else {
                    self.selected = self.rows.iter().copied().collect();
                }
            }
            Command::Page | Command::Info => {
                if let Some(line) = self.line()
                    && let Some(page) = self.workspace.page(line.card)?
                {
                    card::run(&page, None, false, term, with)?;
                }
            }
            Command::Edit => {
                if let Some(card) = self.line().map(|line| line.card) {
                    self.said = edit::edit(&mut self.workspace.note_editor(), card, term, with)?;
                    self.anew()?;
                }
            }
            Command::Add => {
                let deck = self.line().map_or_else(String::new, |line| line.deck_name.clone());
                self.said = edit::add(&mut self.workspace.note_editor(), &deck, term, with)?;
                self.anew()?;
            }
            Command::Sort => self.choose_sort(term, with)?,
            Command::Columns => self.choose_columns(term, with)?,
            Command::Actions => {
                if let Some(act) = self.choose_action(term, with)? {
                    self.act(act, term, with)?;
                }
            }
            Command::Undo => {
                self.said = Some(steps::take_back(1, || self.workspace.undo()).0);
                self.anew()?;
            }
            Command::UndoList => {
                let back = steps::run(&self.workspace.steps()?, term, with)?;
                if back > 0 {
                    self.said = Some(steps::take_back(back, || self.workspace.undo()).0);
                    self.anew()?;
                }
            }
            Command::Help => pages::show(&|width| pages::help(with, BROWSE, width), term, with)?,
            Command::Quit => return Ok(true),
            act => self.act(act, term, with)?,
        }
        Ok(false)
    }

    fn begin_range(&mut self) {
        if self.range.is_none() {
            self.range = Some((self.chosen, self.selected.clone()));
        }
    }

    /// Goes to a row; what lies between it and the beginning of a range is selected.
    fn go_to(&mut self, to: usize) {
        self.chosen = to;
        if let Some((from, before)) = &self.range {
            let (first, last) = ((*from).min(to), (*from).max(to));
            self.selected = before.clone();
            self.selected.extend(self.rows.get(first..=last).unwrap_or_default());
        }
    }

    /// The rows that an act is for: those that are selected, else the chosen one.
    fn meant(&self) -> Vec<RowId> {
        if self.selected.is_empty() {
            return self.row().into_iter().collect();
        }
        self.rows.iter().filter(|row| self.selected.contains(row)).copied().collect()
    }

    /// What an act is for, in words.
    fn meant_in_words(&self) -> String {
        match (self.selected.len(), self.line()) {
            (0, Some(line)) => line.text.listed_prompt(line.card.ordinal),
            (count, _) => counted(count, "card", "cards"),
        }
    }

    fn choose_sort(&mut self, term: &mut Term, with: ScreenContext<'_>) -> Result<(), Failure> {
        let sorts: Vec<Column> = Column::ALL.into_iter().filter(|column| column.sorts().is_some()).collect();
        let now = self.kept.sort;
        let choice = |column: &Column| {
            let is_now = column.sorts() == Some(now.by);
            let what = match is_now {
                true if now.downwards => "now, the greatest first; again turns it round",
                true => "now; again turns it round",
                false => "",
            };
            Choice { key: first_letter(column.name()), what: format!("{}  {what}", column.name()).trim().to_owned() }
        };
        let choices: Vec<Choice> = sorts.iter().map(choice).collect();
        let at = sorts.iter().position(|column| column.sorts() == Some(now.by)).unwrap_or(0);
        let chosen = pick::one("Sort by", &choices, at, &|frame| self.draw(frame, with), term, with)?;
        if let Some(by) = chosen.and_then(|place| sorts.get(place)).and_then(|column| column.sorts()) {
            self.kept.sort = Sort { by, downwards: by == now.by && !now.downwards };
            (self.chosen, self.top, self.range) = (0, 0, None);
            self.begin()?;
        }
        Ok(())
    }

    fn choose_columns(&mut self, term: &mut Term, with: ScreenContext<'_>) -> Result<(), Failure> {
        let columns: Vec<Column> = Column::ALL.into_iter().filter(|column| *column != Column::Card).collect();
        let mut at = 0;
        loop {
            let choice = |column: &Column| {
                let mark = if self.kept.columns.has(*column) { "✓" } else { " " };
                Choice { key: first_letter(column.name()), what: format!("{mark} {}", column.name()) }
            };
            let choices: Vec<Choice> = columns.iter().map(choice).collect();
            let title = "Columns: Enter shows one or hides it";
            let chosen = pick::one(title, &choices, at, &|frame| self.draw(frame, with), term, with)?;
            let Some(column) = chosen.and_then(|place| columns.get(place)) else { return Ok(()) };
            self.kept.columns.turn(*column);
            at = chosen.unwrap_or(0);
        }
    }

    fn choose_action(&self, term: &mut Term, with: ScreenContext<'_>) -> Result<Option<Command>, Failure> {
        if self.rows.is_empty() {
            return Ok(None);
        }
        let choices: Vec<Choice> = ACTS
            .iter()
            .map(|(command, what)| Choice { key: with.keys.first(*command), what: (*what).to_owned() })
            .collect();
        let title = self.meant_in_words();
        let chosen = pick::one(&title, &choices, 0, &|frame| self.draw(frame, with), term, with)?;
        Ok(chosen.and_then(|place| ACTS.get(place)).map(|(command, _)| *command))
    }

    /// Does something to the cards that are meant, and says what.
    fn act(&mut self, command: Command, term: &mut Term, with: ScreenContext<'_>) -> Result<(), Failure> {
        let meant = self.meant();
        if meant.is_empty() {
            return Ok(());
        }
        let mut ask = |what: &str, known: &[String]| {
            pick::word(&format!("{what} ({})", fit(&self.meant_in_words(), 30)), known, &|frame| self.draw(frame, with), term, with)
        };
        let listed = |words: std::collections::BTreeSet<String>| words.into_iter().collect::<Vec<_>>();
        let act = match command {
            Command::Suspend => Some(Act::Suspend),
            Command::Bury => Some(Act::Bury),
            Command::Mark => Some(Act::Mark),
            Command::Reset => Some(Act::Reset),
            Command::Delete => Some(Act::Delete),
            Command::Tag => ask("Tag", &listed(self.workspace.tags()?))?.map(Act::Tag),
            Command::Untag => ask("Take away the tag", &listed(self.workspace.tags()?))?.map(Act::Untag),
            Command::Move => ask("Move to the deck", &listed(self.workspace.decks()?))?.map(Act::Move),
            Command::SetDue => {
                let known = ["today", "tomorrow", "7d", "30d"].map(str::to_owned);
                ask("Due on", &known)?.map(Act::SetDue)
            }
            _ => None,
        };
        let Some(act) = act else { return Ok(()) };
        self.said = Some(match self.workspace.act(&meant, &act) {
            Ok(said) => {
                let did = !said.first().is_some_and(|said| said.starts_with("nothing"));
                let back = format!("{} takes it back", with.keys.first(Command::Undo));
                capital(&joined(&said.into_iter().chain(Some(back).filter(|_| did)).collect::<Vec<_>>()))
            }
            Err(failure) => failure.to_string(),
        });
        self.anew()
    }
}

/// What can be done with cards, in the order of the menu.
const ACTS: &[(Command, &str)] = &[
    (Command::Suspend, "suspend, or put back"),
    (Command::Bury, "hold back until tomorrow, or no longer"),
    (Command::Mark, "give the star, or take it away"),
    (Command::Tag, "give a tag"),
    (Command::Untag, "take a tag away"),
    (Command::Move, "move to another deck"),
    (Command::SetDue, "set the day on which they are due"),
    (Command::Reset, "make new again"),
    (Command::Delete, "delete their notes"),
];

fn first_letter(word: &str) -> String {
    word.chars().take(1).collect()
}

fn number(count: usize) -> String {
    thousands(u64::try_from(count).unwrap_or(u64::MAX))
}

/// A sentence, which begins with a capital.
fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}
