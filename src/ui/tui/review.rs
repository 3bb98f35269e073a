//! The review screen: one card, its question set for the eye, the answer below without moving the question.

use crate::core::card::Ask;
use crate::core::card::Outcome;
use crate::core::grade::Button;
use crate::core::session::Current;
use crate::core::session::Input as Step;
use crate::core::session::Stage;
use crate::core::text::fold;
use crate::core::text::one_line;
use crate::failure::Failure;
use crate::ops::review::Review;
use crate::ui::keymap::Command;
use crate::ui::tui::With;
use crate::ui::tui::input::Input;
use crate::ui::tui::markdown;
use crate::ui::tui::pages;
use crate::ui::tui::paint::Tone;
use crate::ui::tui::paint::buttons;
use crate::ui::tui::paint::column;
use crate::ui::tui::paint::footer;
use crate::ui::tui::paint::parts;
use crate::ui::tui::paint::say;
use crate::ui::tui::paint::scrolled;
use crate::ui::tui::paint::style;
use crate::ui::tui::paint::wrapped;
use crate::ui::tui::term::Guard;
use crate::ui::tui::term::Term;
use crate::ui::words;
use crossterm::event::Event;
use crossterm::event::KeyCode;
use crossterm::event::KeyEvent;
use crossterm::event::KeyModifiers;
use ratatui::Frame;
use ratatui::layout::Position;
use ratatui::style::Modifier;
use ratatui::style::Style;
use ratatui::text::Line;
use ratatui::text::Span;
use ratatui::widgets::Paragraph;
use std::collections::BTreeSet;

/// The same key again within so many milliseconds may be one that is held.
const HELD_MS: u64 = 1000;

/// What is laid over the card.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Over {
    Nothing,
    Primer,
    Info,
    Help,
}

/// What the screen remembers beside the session.
struct Screen {
    typed: Input,
    items: Vec<String>,
    order: Vec<usize>,
    chosen: usize,
    /// Whether letters go into the line that is being typed.
    typing: bool,
    /// Whether the answer has just come up: where it finds no room, the question makes way.
    revealed: bool,
    hint: bool,
    over: Over,
    scroll: u16,
    said: Option<String>,
    primed: BTreeSet<String>,
    guard: Guard,
    last_key: Option<KeyEvent>,
    last_key_at: u64,
    face: Option<(crate::core::id::CardId, bool, usize)>,
}

pub(super) fn run(review: &mut Review<'_>, term: &mut Term, with: With<'_>) -> Result<(), Failure> {
    let mut screen = Screen {
        typed: Input::default(),
        items: Vec::new(),
        order: Vec::new(),
        chosen: 0,
        typing: false,
        revealed: false,
        hint: false,
        over: Over::Nothing,
        scroll: 0,
        said: None,
        primed: BTreeSet::new(),
        guard: Guard::default(),
        last_key: None,
        last_key_at: 0,
        face: None,
    };
    loop {
        if review.session().current().is_none() {
            return Ok(());
        }
        screen.meet(review);
        term.draw(|frame| screen.paint(frame, review, with))?;
        if screen.face != review.session().face() {
            screen.face = review.session().face();
            term.drain()?;
            screen.guard.shown(review.ticks_ms());
            review.rest();
        }
        match term.next(with.stop)? {
            None if (with.stop)() => return Ok(()),
            None => {}
            Some(Event::Paste(text)) if screen.typing => screen.typed.insert(&text),
            Some(Event::Key(key)) if !screen.key(&key, review, term, with)? => return Ok(()),
            Some(_) => {}
        }
    }
}

impl Screen {
    /// A new card or a new side of it: what was typed for the last one is gone.
    fn meet(&mut self, review: &Review<'_>) {
        let face = review.session().face();
        if self.face == face {
            return;
        }
        let Some(current) = review.session().current() else { return };
        let same_card =
            self.face.map(|(card, _, answers)| (card, answers)) == face.map(|(card, _, answers)| (card, answers));
        self.scroll = 0;
        self.revealed = same_card;
        if same_card {
            return;
        }
        self.typed.clear();
        self.items.clear();
        self.order = (0..current.question.options.len()).collect();
        self.chosen = 0;
        self.hint = false;
        self.over = Over::Nothing;
        self.typing = matches!(current.question.ask, Ask::Type | Ask::List(_));
        if let Some(topic) = current.loaded.topic.as_ref().filter(|topic| topic.primer.is_some())
            && current.loaded.primer_first
            && self.primed.insert(topic.title.clone())
        {
            self.over = Over::Primer;
        }
    }

    fn paint(&mut self, frame: &mut Frame<'_>, review: &Review<'_>, with: With<'_>) {
        let area = frame.area();
        let session = review.session();
        let Some(current) = session.current() else { return };
        let foot = self.foot(review, column(area).width, with);
        let height = u16::try_from(foot.len()).unwrap_or(1);
        let (head, body, foot_area) = parts(column(area), height);
        let deck = one_line(&current.loaded.deck);
        let mark = if current.loaded.state.marked { "* " } else { "" };
        frame.render_widget(say(&format!("{mark}{deck} · {}", words::left(session)), Tone::Quiet, with.look), head);
        let width = usize::from(body.width);
        let (lines, cursor) = match self.over {
            Over::Nothing => self.card(current, session.stage(), width, with),
            Over::Primer => (self.primer(current, width, with), None),
            Over::Info => (self.info(current, review, width, with), None),
            Over::Help => (pages::help(with, width), None),
        };
        if std::mem::take(&mut self.revealed) && lines.len() > usize::from(body.height) {
            let rule = lines.iter().position(|line| line.to_string().starts_with('─')).unwrap_or(0);
            self.scroll = u16::try_from(rule + 1).unwrap_or(0);
        }
        self.scroll = scrolled(frame, body, lines, self.scroll);
        frame.render_widget(Paragraph::new(foot), foot_area);
        if let Some((x, y)) = cursor {
            let y = y.saturating_sub(usize::from(self.scroll));
            let (x, y) = (u16::try_from(x).unwrap_or(0), u16::try_from(y).unwrap_or(0));
            if y < body.height {
                frame.set_cursor_position(Position { x: body.x + x, y: body.y + y });
            }
        }
    }

    fn card(
        &self,
        current: &Current,
        stage: &Stage,
        width: usize,
        with: With<'_>,
    ) -> (Vec<Line<'static>>, Option<(usize, usize)>) {
        let mut lines = markdown::lines(&current.question.prompt, width);
        let mut cursor = None;
        let shown = matches!(stage, Stage::Back(_));
        if !current.question.options.is_empty() {
            lines.push(Line::default());
            lines.extend(self.options(current, shown, width, with));
        }
        if self.hint
            && let Some(hint) = &current.loaded.text.hint
        {
            lines.push(Line::default());
            lines.extend(wrapped(&format!("Hint: {hint}"), width, style(Tone::Quiet, with.look)));
        }
        if !shown {
            lines.push(Line::default());
            if let Ask::List(count) = current.question.ask {
                for item in &self.items {
                    lines.push(say(&format!("  ✓ {item}"), Tone::Plain, with.look));
                }
                lines.push(say(&format!("{} of {count}", self.items.len()), Tone::Quiet, with.look));
            }
            if matches!(current.question.ask, Ask::Type | Ask::List(_)) {
                let (text, at) = self.typed.view(width.saturating_sub(2));
                cursor = self.typing.then_some((2 + at, lines.len()));
                lines.push(Line::from(format!("> {text}")));
            }
            return (lines, cursor);
        }
        lines.push(Line::from(Span::styled("─".repeat(width), style(Tone::Quiet, with.look))));
        lines.extend(self.answer(current, width, with));
        (lines, None)
    }

    fn options(&self, current: &Current, shown: bool, width: usize, with: With<'_>) -> Vec<Line<'static>> {
        let mut lines = Vec::new();
        let ordering = current.question.ask == Ask::Order;
        for (place, index) in self.order.iter().enumerate() {
            let Some(option) = current.question.options.get(*index) else { continue };
            let here = !shown && place == self.chosen;
            let tone = if here { Tone::Chosen } else { Tone::Plain };
            let arrow = if here { "▸" } else { " " };
            let number = if ordering { String::new() } else { format!("{} ", place + 1) };
            let text = format!("{arrow} {number}{}", one_line(option));
            for (row, line) in
                textwrap::wrap(&text, textwrap::Options::new(width).subsequent_indent("    ")).iter().enumerate()
            {
                let look = if row == 0 { tone } else { Tone::Plain };
                lines.push(Line::from(Span::styled(line.to_string(), style(look, with.look))));
            }
        }
        lines
    }

    fn answer(&self, current: &Current, width: usize, with: With<'_>) -> Vec<Line<'static>> {
        let mut lines = Vec::new();
        let text = &current.loaded.text;
        if let Some(verdict) = &current.verdict {
            let tone = match verdict.outcome {
                Outcome::Right => Tone::Good,
                Outcome::Near => Tone::Near,
                Outcome::Wrong => Tone::Bad,
            };
            let remark = if verdict.remark.is_empty() { String::new() } else { format!(": {}", verdict.remark) };
            lines.extend(wrapped(&format!("{}{remark}", words::verdict(verdict)), width, style(tone, with.look)));
            if verdict.outcome != Outcome::Right {
                match current.question.ask {
                    Ask::Type => lines.push(diff(&verdict.given, &verdict.expected)),
                    Ask::Choose | Ask::Sort | Ask::List(_) | Ask::Order | Ask::Recall => {
                        lines.extend(wrapped(&format!("you: {}", verdict.given), width, style(Tone::Quiet, with.look)));
                    }
                }
            }
            lines.push(Line::default());
        } else if let Some(response) = &current.response {
            lines.extend(wrapped(&format!("you: {response}"), width, style(Tone::Quiet, with.look)));
        }
        for line in markdown::lines(&text.answer(current.loaded.card.ordinal), width) {
            let spans: Vec<Span<'static>> = line
                .spans
                .into_iter()
                .map(|span| Span::styled(span.content, span.style.add_modifier(Modifier::BOLD)))
                .collect();
            lines.push(Line::from(spans));
        }
        if let Some(speaker) = &text.speaker {
            lines.extend(wrapped(&format!("– {speaker}"), width, style(Tone::Quiet, with.look)));
        }
        if let Some(extra) = &text.extra {
            lines.push(Line::default());
            lines.extend(markdown::lines(extra, width));
        }
        if let Some(topic) = &current.loaded.topic {
            lines.push(Line::default());
            lines.extend(wrapped(&topic.title, width, style(Tone::Quiet, with.look)));
        }
        lines
    }

    fn primer(&self, current: &Current, width: usize, with: With<'_>) -> Vec<Line<'static>> {
        let Some(topic) = &current.loaded.topic else { return Vec::new() };
        let mut lines = vec![say("New topic", Tone::Quiet, with.look)];
        lines.extend(wrapped(&topic.title, width, style(Tone::Strong, with.look)));
        lines.push(Line::default());
        lines.extend(markdown::lines(topic.primer.as_deref().unwrap_or_default(), width));
        lines
    }

    fn info(&self, current: &Current, review: &Review<'_>, width: usize, with: With<'_>) -> Vec<Line<'static>> {
        let mut lines = Vec::new();
        for line in words::info(current, review.session(), review.today()) {
            lines.extend(wrapped(&line, width, Style::new()));
        }
        let shown = matches!(review.session().stage(), Stage::Back(_));
        if let Some(topic) = &current.loaded.topic {
            lines.push(Line::default());
            // Before the answer a topic's title may give it away.
            if shown {
                lines.extend(wrapped(&topic.title, width, style(Tone::Strong, with.look)));
            }
            lines.extend(markdown::lines(topic.primer.as_deref().unwrap_or_default(), width));
        }
        lines
    }

    fn foot(&self, review: &Review<'_>, width: u16, with: With<'_>) -> Vec<Line<'static>> {
        let session = review.session();
        let key = |command: Command| with.keys.keys(command).split(' ').next().unwrap_or_default().to_owned();
        let mut lines = Vec::new();
        if let Some(said) = &self.said {
            lines.extend(wrapped(said, usize::from(width), style(Tone::Near, with.look)));
        }
        let quiet = |text: String| (text, Tone::Quiet);
        match (self.over, session.stage()) {
            (Over::Nothing, Stage::Back(_)) => {
                let enter = session.suggestion().unwrap_or(Button::Good.quality());
                let pieces = |with_interval: bool| -> Vec<(String, Tone)> {
                    session
                        .choices(review.today())
                        .iter()
                        .map(|choice| {
                            let text = words::button(choice, with_interval);
                            if choice.quality == enter {
                                (format!("▸{text}"), Tone::Strong)
                            } else {
                                (text, Tone::Plain)
                            }
                        })
                        .collect()
                };
                let rows = buttons(&pieces(width >= 32), width, with.look);
                lines.extend(rows);
            }
            (Over::Nothing, Stage::Front(current)) => {
                let how = words::how(current.question.ask, current.question.options.len(), true);
                let mut pieces = vec![(how, Tone::Plain)];
                if current.loaded.text.hint.is_some() && !self.hint {
                    pieces.push(quiet(if self.typing {
                        "Tab hint".to_owned()
                    } else {
                        format!("{} hint", key(Command::Hint))
                    }));
                }
                if self.typing {
                    pieces.push(quiet("Esc other keys".to_owned()));
                } else {
                    pieces.push(quiet(format!("{} keys", key(Command::Help))));
                }
                lines.push(footer(&pieces, width, with.look));
            }
            (_, _) => lines.push(footer(&[quiet("Space goes on".to_owned())], width, with.look)),
        }
        lines
    }

    /// One key; whether the sitting goes on.
    fn key(
        &mut self,
        key: &KeyEvent,
        review: &mut Review<'_>,
        term: &mut Term,
        with: With<'_>,
    ) -> Result<bool, Failure> {
        let now = review.ticks_ms();
        let ctrl = key.modifiers.contains(KeyModifiers::CONTROL);
        if ctrl && matches!(key.code, KeyCode::Char('c' | 'd')) {
            self.feed(review, Step::Quit);
            return Ok(false);
        }
        let again = self.last_key == Some(*key) && now.saturating_sub(self.last_key_at) < HELD_MS;
        (self.last_key, self.last_key_at) = (Some(*key), now);
        // The first repeat of a held key comes late, after 200 to 700 ms; the ones after it come fast.
        let admitted = self.guard.admits(now) && !(again && term.repeats()?);
        if self.over != Over::Nothing {
            return Ok(self.over_key(key, admitted, with, review));
        }
        self.said = None;
        let front = matches!(review.session().stage(), Stage::Front(_));
        if front && self.typing {
            return Ok(self.typing_key(key, review));
        }
        if front && self.pick(key, review, admitted) {
            return Ok(true);
        }
        if let (KeyCode::Char(c), false) = (key.code, front)
            && let Some(quality) =
                c.to_digit(10).and_then(|d| u8::try_from(d).ok()).and_then(|d| review.session().scale().quality(d))
        {
            if admitted {
                self.feed(review, Step::Grade(quality));
            }
            return Ok(true);
        }
        let Some(command) = with.keys.command(key) else { return Ok(true) };
        match command {
            Command::Reveal if admitted => {
                let step = match review.session().stage() {
                    Stage::Back(_) => Step::Accept,
                    Stage::Front(_) | Stage::Between | Stage::Finished => Step::Respond(self.response(review)),
                };
                self.feed(review, step);
            }
            Command::Guessed if !front && admitted => self.feed(review, Step::Guessed),
            Command::Undo => match review.undo() {
                Ok(said) => {
                    self.said = words::said(&said);
                    self.face = None;
                }
                Err(failure) => self.said = Some(failure.to_string()),
            },
            Command::Bury => self.feed(review, Step::Bury),
            Command::Suspend => self.feed(review, Step::Suspend),
            Command::Mark => self.feed(review, Step::Mark),
            Command::Info => self.open(Over::Info),
            Command::Help => self.open(Over::Help),
            Command::Hint => self.hint = true,
            Command::Quit => {
                self.feed(review, Step::Quit);
                return Ok(false);
            }
            Command::Down | Command::PageDown => self.scroll = self.scroll.saturating_add(self.page(command, term)),
            Command::Up | Command::PageUp => self.scroll = self.scroll.saturating_sub(self.page(command, term)),
            Command::Open if front => {
                let ask = review.session().current().map(|current| current.question.ask);
                self.typing = matches!(ask, Some(Ask::Type | Ask::List(_)));
            }
            Command::Again | Command::Hard | Command::Good | Command::Easy => {
                if let (Some(button), false, true) = (command.button(), front, admitted) {
                    self.feed(review, Step::Grade(button.quality()));
                }
            }
            Command::Reveal
            | Command::Guessed
            | Command::Open
            | Command::UndoList
            | Command::Left
            | Command::Right
            | Command::Search
            | Command::Browse
            | Command::Stats => {}
        }
        Ok(true)
    }

    fn page(&self, command: Command, term: &Term) -> u16 {
        if matches!(command, Command::PageUp | Command::PageDown) { term.width().clamp(5, 10) } else { 1 }
    }

    fn open(&mut self, over: Over) {
        self.over = over;
        self.scroll = 0;
    }

    fn over_key(&mut self, key: &KeyEvent, admitted: bool, with: With<'_>, review: &mut Review<'_>) -> bool {
        match with.keys.command(key) {
            Some(Command::Down | Command::PageDown) => self.scroll = self.scroll.saturating_add(1),
            Some(Command::Up | Command::PageUp) => self.scroll = self.scroll.saturating_sub(1),
            Some(Command::Quit) if self.over == Over::Primer && key.code != KeyCode::Esc => {
                self.feed(review, Step::Quit);
                return false;
            }
            // A primer is there to be read: a held key does not turn it away.
            _ if self.over == Over::Primer && !admitted => {}
            _ => {
                if self.over == Over::Primer {
                    review.begin_card();
                }
                self.open(Over::Nothing);
                self.guard.shown(review.ticks_ms());
            }
        }
        true
    }

    fn typing_key(&mut self, key: &KeyEvent, review: &mut Review<'_>) -> bool {
        let ask = review.session().current().map(|current| current.question.ask);
        match (key.code, ask) {
            (KeyCode::Esc, _) => self.typing = false,
            (KeyCode::Tab, _) => self.hint = true,
            (KeyCode::Enter, Some(Ask::List(count))) if !self.typed.is_empty() => {
                self.items.push(self.typed.text());
                self.typed.clear();
                if self.items.len() >= count {
                    let response = self.items.join("\n");
                    self.feed(review, Step::Respond(response));
                }
            }
            (KeyCode::Enter, _) => {
                let response = self.response(review);
                self.feed(review, Step::Respond(response));
            }
            _ => drop(self.typed.key(key)),
        }
        true
    }

    /// What was typed, chosen or ordered so far, as a response.
    fn response(&self, review: &Review<'_>) -> String {
        match review.session().current().map(|current| current.question.ask) {
            Some(Ask::Type) => self.typed.text(),
            Some(Ask::List(_)) => self.items.join("\n"),
            Some(Ask::Order) => self.order.iter().map(|index| (index + 1).to_string()).collect::<Vec<_>>().join(" "),
            Some(Ask::Choose | Ask::Sort) => (self.chosen + 1).to_string(),
            Some(Ask::Recall) | None => String::new(),
        }
    }

    /// Keys that choose, sort or put in order; whether this was one.
    fn pick(&mut self, key: &KeyEvent, review: &mut Review<'_>, admitted: bool) -> bool {
        let Some(current) = review.session().current() else { return false };
        let ask = current.question.ask;
        let options: Vec<String> = current.question.options.clone();
        let last = options.len().saturating_sub(1);
        let shift = key.modifiers.contains(KeyModifiers::SHIFT);
        match (ask, key.code) {
            (Ask::Choose | Ask::Sort, KeyCode::Char(c)) => {
                let by_digit = c.to_digit(10).and_then(|d| usize::try_from(d).ok()).and_then(|d| d.checked_sub(1));
                let by_letter = || {
                    let begins: Vec<usize> = (0..options.len())
                        .filter(|i| options.get(*i).is_some_and(|o| fold(o).starts_with(c.to_ascii_lowercase())))
                        .collect();
                    match begins.as_slice() {
                        [one] if ask == Ask::Sort => Some(*one),
                        _ => None,
                    }
                };
                match by_digit.filter(|index| *index <= last).or_else(by_letter) {
                    Some(index) if admitted => {
                        self.chosen = index;
                        self.feed(review, Step::Respond((index + 1).to_string()));
                        true
                    }
                    Some(_) => true,
                    None => false,
                }
            }
            (Ask::Choose, KeyCode::Up) | (Ask::Sort, KeyCode::Up | KeyCode::Left) => {
                self.chosen = self.chosen.saturating_sub(1);
                true
            }
            (Ask::Choose, KeyCode::Down) | (Ask::Sort, KeyCode::Down | KeyCode::Right) => {
                self.chosen = (self.chosen + 1).min(last);
                true
            }
            (Ask::Order, KeyCode::Up | KeyCode::Char('k')) => {
                if shift || key.code == KeyCode::Char('K') {
                    self.shift(-1);
                } else {
                    self.chosen = self.chosen.saturating_sub(1);
                }
                true
            }
            (Ask::Order, KeyCode::Down | KeyCode::Char('j')) => {
                if shift {
                    self.shift(1);
                } else {
                    self.chosen = (self.chosen + 1).min(last);
                }
                true
            }
            (Ask::Order, KeyCode::Char('K') | KeyCode::Left) => {
                self.shift(-1);
                true
            }
            (Ask::Order, KeyCode::Char('J') | KeyCode::Right) => {
                self.shift(1);
                true
            }
            _ => false,
        }
    }

    /// Moves the chosen line of an ordering up or down.
    fn shift(&mut self, by: isize) {
        let to = self.chosen.saturating_add_signed(by);
        if to < self.order.len() && to != self.chosen {
            self.order.swap(self.chosen, to);
            self.chosen = to;
        }
    }

    fn feed(&mut self, review: &mut Review<'_>, step: Step) {
        match review.feed(step) {
            Ok(said) => {
                let texts: Vec<String> = said.iter().filter_map(words::said).collect();
                self.said = (!texts.is_empty()).then(|| texts.join(". "));
            }
            Err(failure) => self.said = Some(failure.to_string()),
        }
    }
}

/// What was typed against what was expected, grapheme by grapheme: wrong ones in [ ], missing ones as _. Case does not
/// count in an answer, so it is not shown as a difference either.
fn diff(given: &str, expected: &str) -> Line<'static> {
    use similar::ChangeTag;
    let (given, expected) = (one_line(given).to_lowercase(), one_line(expected).to_lowercase());
    let wrong = Style::new().add_modifier(Modifier::REVERSED);
    let mut spans: Vec<Span<'static>> = vec![Span::raw("you: ")];
    for change in similar::TextDiff::from_graphemes(&given, &expected).iter_all_changes() {
        spans.push(match change.tag() {
            ChangeTag::Equal => Span::raw(change.value().to_owned()),
            ChangeTag::Delete => Span::styled(format!("[{}]", change.value()), wrong),
            ChangeTag::Insert => Span::styled("_", wrong),
        });
    }
    Line::from(spans)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_typed_answer_is_compared_grapheme_by_grapheme() {
        assert_eq!(diff("box chekers", "box checkers").to_string(), "you: box che_kers");
        assert_eq!(diff("visionn", "vision").to_string(), "you: vision[n]");
        assert_eq!(diff("Vision", "vision").to_string(), "you: vision");
        assert_eq!(diff("e\u{301}", "e").to_string(), "you: [e\u{301}]_");
    }
}
