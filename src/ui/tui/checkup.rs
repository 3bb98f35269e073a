//! The check-up screen: one scene at a time, and nothing about right or wrong before the end.

use crate::core::card::Ask;
use crate::core::checkup::Asked;
use crate::core::checkup::Input as Step;
use crate::core::checkup::Stage;
use crate::core::document::Side;
use crate::core::id::CardId;
use crate::core::text::one_line;
use crate::failure::Failure;
use crate::ops::checkup::CheckupSession;
use crate::ops::workspace::Workspace;
use crate::ui::Look;
use crate::ui::checkup;
use crate::ui::keymap::Command;
use crate::ui::tui::ScreenContext;
use crate::ui::tui::bar::Place;
use crate::ui::tui::bar::bar;
use crate::ui::tui::bar::help;
use crate::ui::tui::document;
use crate::ui::tui::input::Input;
use crate::ui::tui::input::option_of;
use crate::ui::tui::input::order_key;
use crate::ui::tui::missed;
use crate::ui::tui::pages;
use crate::ui::tui::paint::Tone;
use crate::ui::tui::paint::briefly;
use crate::ui::tui::paint::column;
use crate::ui::tui::paint::parts;
use crate::ui::tui::paint::say;
use crate::ui::tui::paint::scrolled;
use crate::ui::tui::paint::scrolls;
use crate::ui::tui::paint::style;
use crate::ui::tui::paint::wrapped;
use crate::ui::tui::term::Guard;
use crate::ui::tui::term::HELD_MS;
use crate::ui::tui::term::Term;
use crate::ui::tui::term::leaves;
use crate::ui::words;
use crossterm::event::Event;
use crossterm::event::KeyCode;
use crossterm::event::KeyEvent;
use ratatui::Frame;
use ratatui::layout::Position;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::Line;
use ratatui::text::Span;
use ratatui::widgets::Paragraph;

/// Said to a key that shows, where one of several is to be chosen and none is pointed at.
const CHOOSE: &str = "Choose one first";

/// The same, where lines are to be put in order and none was moved.
const PUT_IN_ORDER: &str = "Put them in order first; 0 says that you don't know";

/// What the screen remembers beside the check-up.
struct Screen {
    /// Whether the page that says what a check-up is is shown.
    opening: bool,
    typed: Input,
    items: Vec<String>,
    order: Vec<usize>,
    chosen: usize,
    /// Whether one of several was pointed at: a key that shows answers nothing before.
    pointed: bool,
    /// Whether letters go into the line that is being typed.
    typing: bool,
    scroll: u16,
    /// Lines of the body as it was drawn last: what a page is.
    height: u16,
    said: Option<String>,
    /// Whether it was said that the key before drops what was typed.
    warned: bool,
    guard: Guard,
    last_key: Option<KeyEvent>,
    last_key_at: u64,
    face: Option<(CardId, usize, bool)>,
}

/// Runs a check-up; with `confirm` it says first what it is. Its result is for whoever called to show.
pub(super) fn run(
    sitting: &mut CheckupSession<'_>,
    term: &mut Term,
    with: ScreenContext<'_>,
    confirm: bool,
) -> Result<(), Failure> {
    let mut screen = Screen {
        opening: confirm,
        typed: Input::default(),
        items: Vec::new(),
        order: Vec::new(),
        chosen: 0,
        pointed: false,
        typing: false,
        scroll: 0,
        height: 1,
        said: None,
        warned: false,
        guard: Guard::new(0),
        last_key: None,
        last_key_at: 0,
        face: None,
    };
    loop {
        let Stage::Asking(asked) = sitting.checkup().stage().clone() else { return Ok(()) };
        let face = Some((asked.card, sitting.checkup().done(), screen.opening));
        let is_new = screen.face != face;
        if is_new {
            screen.meet(&asked);
        }
        term.draw(|frame| screen.paint(frame, &asked, sitting, with))?;
        if is_new {
            screen.face = face;
            term.drain()?;
            screen.guard.shown(sitting.ticks_ms());
            sitting.while_idle();
        }
        match term.next(with.stop)? {
            None if (with.stop)() => return Ok(()),
            None => {}
            Some(Event::Paste(text)) if screen.typing && !screen.opening => screen.typed.insert(&text),
            Some(Event::Key(key)) if !screen.key(&key, &asked, sitting, term, with)? => return Ok(()),
            Some(_) => {}
        }
    }
}

/// A check-up from the first screen, with its result as a page. Gives what there is to say instead of one.
pub(super) fn sit(
    workspace: &mut Workspace<'_>,
    term: &mut Term,
    with: ScreenContext<'_>,
) -> Result<Option<String>, Failure> {
    let mut sitting = match workspace.checkup() {
        Ok(sitting) => sitting,
        Err(failure) => return Ok(Some(failure.to_string())),
    };
    run(&mut sitting, term, with, true)?;
    let outcome = sitting.outcome()?;
    let result = checkup::result(&outcome);
    if outcome.this.is_none() {
        return Ok(Some(result.join(" ")));
    }
    let more = (!outcome.missed.is_empty()).then_some("what you missed, one by one");
    if pages::leaf(&|width| page(&result, width, with.look), column, (&mut 0, Place::Page), more, term, with)? {
        missed::run(&outcome.missed, term, with)?;
    }
    Ok(None)
}

/// The result of a check-up as a page.
fn page(result: &[String], width: usize, look: Look) -> Vec<Line<'static>> {
    let mut lines = Vec::new();
    for (place, text) in result.iter().enumerate() {
        let tone = if place == 0 { Tone::Strong } else { Tone::Plain };
        let indent: String = text.chars().take_while(|c| *c == ' ').collect();
        let options = textwrap::Options::new(width.max(8)).initial_indent(&indent).subsequent_indent(&indent);
        for line in textwrap::wrap(&one_line(text), options) {
            lines.push(Line::from(Span::styled(line.into_owned(), style(tone, look))));
        }
    }
    lines
}

impl Screen {
    /// A new scene: what was typed for the last one is gone.
    fn meet(&mut self, asked: &Asked) {
        self.typed.clear();
        self.items.clear();
        self.order = (0..asked.question.options.len()).collect();
        self.chosen = 0;
        self.pointed = asked.question.ask == Ask::Order;
        self.scroll = 0;
        self.typing = matches!(asked.question.ask, Ask::Type | Ask::List(_));
    }

    fn paint(&mut self, frame: &mut Frame<'_>, asked: &Asked, sitting: &CheckupSession<'_>, with: ScreenContext<'_>) {
        let area = column(frame.area());
        let foot = self.foot(asked, area, with);
        let (head, body, foot_area) = parts(area, u16::try_from(foot.len()).unwrap_or(1));
        let checkup = sitting.checkup();
        let place = if self.opening {
            "check-up".to_owned()
        } else {
            format!("check-up · {} of {}", checkup.place(), checkup.planned())
        };
        frame.render_widget(say(&place, Tone::Quiet, with.look), head);
        self.height = body.height.max(1);
        let width = usize::from(body.width);
        let (lines, cursor) = if self.opening {
            (wrapped(&checkup::opening(sitting), width, Style::new()), None)
        } else {
            self.scene(asked, width, with)
        };
        // What is typed, or chosen, stays in sight.
        let chosen = lines.iter().position(|line| line.to_string().starts_with('▸'));
        let typed = cursor.filter(|_| !self.typed.is_empty() || !self.items.is_empty()).map(|(_, y)| y);
        if let Some(at) = typed.or(chosen.filter(|_| self.chosen > 0)).and_then(|at| u16::try_from(at).ok()) {
            self.scroll = self.scroll.min(at).max((at + 1).saturating_sub(body.height));
        }
        self.scroll = scrolled(frame, body, lines, self.scroll);
        frame.render_widget(Paragraph::new(foot), foot_area);
        if let Some((x, y)) = cursor {
            let (x, y) = (u16::try_from(x).unwrap_or(0), u16::try_from(y).unwrap_or(0).saturating_sub(self.scroll));
            if y < body.height {
                frame.set_cursor_position(Position { x: body.x + x, y: body.y + y });
            }
        }
    }

    fn scene(
        &self,
        asked: &Asked,
        width: usize,
        with: ScreenContext<'_>,
    ) -> (Vec<Line<'static>>, Option<(usize, usize)>) {
        let ask = asked.question.ask;
        let mut lines = document::lines(&asked.prompt_document(), Side::Question, width, with.look);
        lines.push(Line::default());
        for (place, index) in self.order.iter().enumerate() {
            let Some(option) = asked.question.options.get(*index) else { continue };
            let here = self.pointed && place == self.chosen;
            let arrow = if here { "▸" } else { " " };
            let text = format!("{arrow} {} {}", place + 1, one_line(option));
            let options = textwrap::Options::new(width.max(8)).subsequent_indent("    ");
            for (row, line) in textwrap::wrap(&text, options).into_iter().enumerate() {
                let tone = if here && row == 0 { Tone::Chosen } else { Tone::Plain };
                lines.push(Line::from(Span::styled(line.into_owned(), style(tone, with.look))));
            }
        }
        if let Ask::List(count) = ask {
            for item in &self.items {
                lines.push(say(&format!("  · {item}"), Tone::Plain, with.look));
            }
            lines.push(say(&format!("{} of {count}", self.items.len()), Tone::Quiet, with.look));
        }
        if !matches!(ask, Ask::Type | Ask::List(_)) {
            return (lines, None);
        }
        let (text, at) = self.typed.view(width.saturating_sub(2));
        let cursor = self.typing.then_some((2 + at, lines.len()));
        lines.push(Line::from(format!("> {text}")));
        (lines, cursor)
    }

    fn foot(&self, asked: &Asked, Rect { width, height, .. }: Rect, with: ScreenContext<'_>) -> Vec<Line<'static>> {
        let key = |command: Command| with.keys.first(command);
        let quiet = |text: String| (text, Tone::Quiet);
        if self.opening {
            let leave = quiet(format!("{} leave", key(Command::Quit)));
            let keys = quiet(format!("{} keys", key(Command::Help)));
            let begins = format!("{} begins", with.keys.shown(Command::Reveal, "enter"));
            return vec![bar(vec![(begins, Tone::Plain), keys, leave], 2, width, with.look)];
        }
        let mut lines = Vec::new();
        if let Some(said) = &self.said {
            lines.extend(wrapped(said, usize::from(width), style(Tone::Near, with.look)));
        }
        lines.extend(briefly(&checkup::how(asked, Some(with.keys)), usize::from(width), height));
        if self.typing {
            lines.push(bar(vec![quiet("Esc other keys".to_owned())], 1, width, with.look));
            return lines;
        }
        let mut pieces = vec![quiet("0 don't know".to_owned()), quiet(format!("{} take back", key(Command::Undo)))];
        if matches!(asked.question.ask, Ask::Type | Ask::List(_)) {
            pieces.push(quiet("Esc types on".to_owned()));
        }
        pieces.push(quiet(format!("{} keys", key(Command::Help))));
        pieces.push(quiet(format!("{} leave", key(Command::Quit))));
        lines.push(bar(pieces, 2, width, with.look));
        lines
    }

    /// One key; whether the sitting goes on.
    fn key(
        &mut self,
        key: &KeyEvent,
        asked: &Asked,
        sitting: &mut CheckupSession<'_>,
        term: &mut Term,
        with: ScreenContext<'_>,
    ) -> Result<bool, Failure> {
        let now = sitting.ticks_ms();
        let drops = !std::mem::take(&mut self.warned) && self.has_typed();
        if leaves(key) {
            return Ok(drops && self.warn());
        }
        let again = self.last_key == Some(*key) && now.saturating_sub(self.last_key_at) < HELD_MS;
        (self.last_key, self.last_key_at) = (Some(*key), now);
        let typing = self.typing && !self.opening && !with.keys.helps(key);
        let came = self.guard.came(now);
        // A held key answers one scene and not the next one, which nobody has read yet. Letters are waited for by nobody.
        let letter = typing && !(key.code == KeyCode::Enter && self.typed.is_empty());
        let held = again && !letter && came.alone && term.repeats()?;
        let admitted = came.acts() && !held;
        let command = with.keys.command(key);
        if command == Some(Command::Help) && !typing {
            pages::keys(&|width| help(Place::Checkup, with, width), term, with)?;
            self.guard.shown(sitting.ticks_ms());
            return Ok(true);
        }
        if self.opening {
            match command {
                Some(Command::Quit) => return Ok(false),
                Some(Command::Reveal | Command::Open) if admitted => {
                    self.opening = false;
                    sitting.begin_scene();
                }
                _ => {}
            }
            return Ok(true);
        }
        self.said = None;
        if self.typing {
            if came.meant && !held {
                self.typing_key(key, asked, sitting);
            }
            return Ok(true);
        }
        if self.pick(key, asked, sitting, admitted, with) {
            return Ok(true);
        }
        let is_typed = matches!(asked.question.ask, Ask::Type | Ask::List(_));
        match command {
            // The same key that made letters keys makes them letters again: pressed twice it does not leave.
            _ if key.code == KeyCode::Esc && is_typed => self.typing = true,
            _ if key.code == KeyCode::Char('0') && admitted => self.feed(sitting, &Step::DontKnow),
            Some(Command::Reveal) if !self.pointed && !asked.question.options.is_empty() => {
                self.said = Some(CHOOSE.to_owned());
            }
            // The order in which the lines are shown is never the right one.
            Some(Command::Reveal) if asked.question.ask == Ask::Order && self.order.is_sorted() => {
                self.said = Some(PUT_IN_ORDER.to_owned());
            }
            Some(Command::Reveal) if admitted => {
                let response = self.response(asked);
                self.feed(sitting, &Step::Respond(response));
            }
            Some(Command::Undo | Command::Quit) if drops => drop(self.warn()),
            Some(Command::Undo) if came.alone && !held => {
                let done = sitting.undo();
                self.said = match done {
                    Ok(done) => checkup::said(&done),
                    Err(failure) => Some(failure.to_string()),
                };
            }
            Some(Command::Quit) => return Ok(false),
            command if scrolls(command, &mut self.scroll, self.height) => {}
            Some(Command::Open) => self.typing = is_typed,
            _ => {}
        }
        Ok(true)
    }

    /// Whether something was typed that is not given as an answer yet.
    fn has_typed(&self) -> bool {
        !(self.typed.text().trim().is_empty() && self.items.is_empty())
    }

    /// Says once that a key drops it; the check-up goes on.
    fn warn(&mut self) -> bool {
        self.warned = true;
        self.said = Some(words::DROPS_ANSWER.to_owned());
        true
    }

    fn typing_key(&mut self, key: &KeyEvent, asked: &Asked, sitting: &mut CheckupSession<'_>) {
        match (key.code, asked.question.ask) {
            (KeyCode::Esc, _) => self.typing = false,
            // Enter takes an item, and alone it ends the list: nothing is answered by a key that was pressed for the last item.
            (KeyCode::Enter, Ask::List(_)) if !self.typed.is_empty() => {
                self.items.push(self.typed.text());
                self.typed.clear();
            }
            (KeyCode::Backspace, Ask::List(_)) if self.typed.is_empty() => {
                self.typed = self.items.pop().map_or_else(Input::default, |item| Input::of(&item));
            }
            // An empty answer is none, so that a held Enter does no harm.
            (KeyCode::Enter, _) => {
                let response = self.response(asked);
                self.feed(sitting, &Step::Respond(response));
            }
            _ => drop(self.typed.key(key)),
        }
    }

    /// What was typed, chosen or ordered so far, as a response.
    fn response(&self, asked: &Asked) -> String {
        match asked.question.ask {
            Ask::Type | Ask::Recall | Ask::Say => self.typed.text(),
            Ask::List(_) => {
                let typed = Some(self.typed.text()).filter(|typed| !typed.trim().is_empty());
                self.items.iter().cloned().chain(typed).collect::<Vec<_>>().join("\n")
            }
            Ask::Order => self.order.iter().map(|index| (index + 1).to_string()).collect::<Vec<_>>().join(" "),
            Ask::Choose | Ask::Sort => (self.chosen + 1).to_string(),
        }
    }

    /// Keys that choose, sort or put in order; whether this was one.
    fn pick(
        &mut self,
        key: &KeyEvent,
        asked: &Asked,
        sitting: &mut CheckupSession<'_>,
        admitted: bool,
        with: ScreenContext<'_>,
    ) -> bool {
        let (ask, options) = (asked.question.ask, &asked.question.options);
        let last = options.len().saturating_sub(1);
        if let Some(index) = option_of(key, ask, options) {
            if admitted {
                self.chosen = index;
                self.feed(sitting, &Step::Respond((index + 1).to_string()));
            }
            return true;
        }
        if ask == Ask::Order && order_key(key, with.keys, &mut self.order, &mut self.chosen) {
            return true;
        }
        if !matches!(ask, Ask::Choose | Ask::Sort | Ask::Order) {
            return false;
        }
        let to = match with.keys.command(key) {
            Some(Command::Up) => self.chosen.saturating_sub(1),
            Some(Command::Down) => (self.chosen + 1).min(last),
            _ => return false,
        };
        // The first of these keys only points.
        if std::mem::replace(&mut self.pointed, true) {
            self.chosen = to;
        }
        true
    }

    fn feed(&mut self, sitting: &mut CheckupSession<'_>, step: &Step) {
        self.said = match sitting.feed(step) {
            Ok(done) => done.as_ref().and_then(checkup::said),
            Err(failure) => Some(failure.to_string()),
        };
        // What could not be read is put together anew.
        if self.said.is_some() {
            self.items.clear();
        }
    }
}
