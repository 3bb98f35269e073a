//! The review screen: one card, its question set for the eye, the answer below without moving the question.

use crate::core::card::Ask;
use crate::core::card::Correctness;
use crate::core::grade::Button;
use crate::core::id::CardId;
use crate::core::session::Input as Step;
use crate::core::session::Stage;
use crate::core::session::current::Current;
use crate::core::state::is_leech;
use crate::core::text::joined;
use crate::core::text::normalize;
use crate::core::text::one_line;
use crate::failure::Failure;
use crate::ops::review::Notice;
use crate::ops::review::Review;
use crate::ui::keymap::Command;
use crate::ui::tui::ScreenContext;
use crate::ui::tui::card;
use crate::ui::tui::edit;
use crate::ui::tui::input::Input;
use crate::ui::tui::leech;
use crate::ui::tui::markdown;
use crate::ui::tui::pages;
use crate::ui::tui::paint::Tone;
use crate::ui::tui::paint::buttons;
use crate::ui::tui::paint::column;
use crate::ui::tui::paint::fit;
use crate::ui::tui::paint::footer;
use crate::ui::tui::paint::parts;
use crate::ui::tui::paint::say;
use crate::ui::tui::paint::scrolled;
use crate::ui::tui::paint::style;
use crate::ui::tui::paint::wrapped;
use crate::ui::tui::steps;
use crate::ui::tui::term::Came;
use crate::ui::tui::term::Guard;
use crate::ui::tui::term::HELD_MS;
use crate::ui::tui::term::Term;
use crate::ui::words;
use crossterm::event::Event;
use crossterm::event::KeyCode;
use crossterm::event::KeyEvent;
use crossterm::event::KeyModifiers;
use ratatui::Frame;
use ratatui::layout::Position;
use ratatui::layout::Rect;
use ratatui::style::Modifier;
use ratatui::style::Style;
use ratatui::text::Line;
use ratatui::text::Span;
use ratatui::widgets::Paragraph;
use std::collections::BTreeSet;
use unicode_width::UnicodeWidthStr as _;

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
    face: Option<(CardId, bool, usize)>,
    /// A card that the last answer made a leech, and whether it was suspended for it.
    leech: Option<(CardId, bool)>,
    /// Lines of the body as it was drawn last: what a page is.
    height: u16,
}

pub(super) fn run(review: &mut Review<'_>, term: &mut Term, with: ScreenContext<'_>) -> Result<(), Failure> {
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
        guard: Guard::new(review.settings().look_ms),
        last_key: None,
        last_key_at: 0,
        face: None,
        leech: None,
        height: 1,
    };
    loop {
        if let Some((card, suspended)) = screen.leech.take() {
            review.while_idle();
            screen.said = leech::run(card, suspended, review, term, with)?;
            screen.face = None;
        }
        if review.session().current().is_none() {
            return Ok(());
        }
        screen.meet(review);
        term.draw(|frame| screen.paint(frame, review, with))?;
        if screen.face != review.session().face() {
            screen.face = review.session().face();
            term.drain()?;
            screen.guard.look(review.session().rules().look_ms);
            screen.guard.shown(review.ticks_ms());
            review.while_idle();
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

    fn paint(&mut self, frame: &mut Frame<'_>, review: &Review<'_>, with: ScreenContext<'_>) {
        let area = frame.area();
        let session = review.session();
        let Some(current) = session.current() else { return };
        let foot = self.foot(review, column(area), with);
        let height = u16::try_from(foot.len()).unwrap_or(1);
        let (head, body, foot_area) = parts(column(area), height);
        let deck = one_line(&current.loaded.deck);
        let mark = if current.loaded.state.marked { "* " } else { "" };
        let left = words::left(session);
        // What is left matters more than a long name of a deck.
        let name = fit(&format!("{mark}{deck}"), usize::from(head.width).saturating_sub(left.width() + 3).max(6));
        frame.render_widget(say(&format!("{name} · {left}"), Tone::Quiet, with.look), head);
        self.height = body.height.max(1);
        let width = usize::from(body.width);
        let (lines, cursor) = match self.over {
            Over::Nothing => self.card(current, review, width, with),
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
        review: &Review<'_>,
        width: usize,
        with: ScreenContext<'_>,
    ) -> (Vec<Line<'static>>, Option<(usize, usize)>) {
        let mut lines = markdown::lines(&current.question.prompt, width);
        let mut cursor = None;
        let shown = matches!(review.session().stage(), Stage::Back(_));
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
                let ticks = current.ticks(&self.items);
                for (item, ticked) in self.items.iter().zip(&ticks) {
                    let (mark, tone) = if *ticked { ("  ✓ ", Tone::Good) } else { ("  ✗ ", Tone::Bad) };
                    lines.extend(markdown::hanging(mark, item, width, style(tone, with.look)));
                }
                let (found, named) = (ticks.iter().filter(|ticked| **ticked).count(), self.items.len());
                lines.push(say(&format!("{found} of {count} found, {named} named"), Tone::Quiet, with.look));
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
        if is_leech(current.loaded.state.lapses(), review.settings().leech_lapses) {
            let keys = format!(
                "{} takes it out, {} adds a smaller card",
                with.keys.first(Command::Suspend),
                with.keys.first(Command::Split)
            );
            lines.push(Line::default());
            lines.extend(wrapped(&words::leech_shown(current, &keys), width, style(Tone::Near, with.look)));
        }
        (lines, None)
    }

    fn options(&self, current: &Current, shown: bool, width: usize, with: ScreenContext<'_>) -> Vec<Line<'static>> {
        let mut lines = Vec::new();
        let ordering = current.question.ask == Ask::Order;
        for (place, index) in self.order.iter().enumerate() {
            let Some(option) = current.question.options.get(*index) else { continue };
            let here = !shown && place == self.chosen;
            // What was right and what was taken: marks say it, colours only repeat it.
            let judged = current.verdict.as_ref().filter(|_| shown && !ordering);
            let is = |text: &str| normalize(option) == normalize(text);
            let (mark, tone) = match judged {
                Some(verdict) if is(&verdict.expected) => ("✓", Tone::Good),
                Some(verdict) if is(&verdict.given) => ("✗", Tone::Bad),
                _ if here => ("▸", Tone::Chosen),
                _ => (" ", Tone::Plain),
            };
            let number = if ordering { String::new() } else { format!("{} ", place + 1) };
            lines.extend(markdown::hanging(&format!("{mark} {number}"), option, width, style(tone, with.look)));
        }
        lines
    }

    fn answer(&self, current: &Current, width: usize, with: ScreenContext<'_>) -> Vec<Line<'static>> {
        let mut lines = Vec::new();
        let text = &current.loaded.text;
        if let Some(verdict) = &current.verdict {
            let tone = match verdict.outcome {
                Correctness::Right => Tone::Good,
                Correctness::Near => Tone::Near,
                Correctness::Wrong => Tone::Bad,
            };
            let remark = if verdict.remark.is_empty() { String::new() } else { format!(": {}", verdict.remark) };
            lines.extend(wrapped(&format!("{}{remark}", words::verdict(verdict)), width, style(tone, with.look)));
            if verdict.outcome != Correctness::Right {
                match current.question.ask {
                    Ask::Type => lines.extend(markdown::runs(diff(&verdict.given, &verdict.expected), width)),
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

    fn primer(&self, current: &Current, width: usize, with: ScreenContext<'_>) -> Vec<Line<'static>> {
        let Some(topic) = &current.loaded.topic else { return Vec::new() };
        let mut lines = vec![say("New topic", Tone::Quiet, with.look)];
        lines.extend(wrapped(&topic.title, width, style(Tone::Strong, with.look)));
        lines.push(Line::default());
        lines.extend(markdown::lines(topic.primer.as_deref().unwrap_or_default(), width));
        lines
    }

    fn info(
        &self,
        current: &Current,
        review: &Review<'_>,
        width: usize,
        with: ScreenContext<'_>,
    ) -> Vec<Line<'static>> {
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

    fn foot(&self, review: &Review<'_>, area: Rect, with: ScreenContext<'_>) -> Vec<Line<'static>> {
        let width = area.width;
        let session = review.session();
        let key = |command: Command| with.keys.first(command);
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
                // In a narrow terminal each button with its interval is a row, which a low one has no room for.
                let mut pieces = pieces(width >= 32 || area.height >= 20);
                // The other keys stand behind the buttons, where they cost no row of their own.
                let rows = buttons(&pieces, width, with.look).len();
                for (command, word) in [(Command::Guessed, "guessed"), (Command::Undo, "undo"), (Command::Help, "keys")]
                {
                    pieces.push(quiet(format!("{} {word}", key(command))));
                    if buttons(&pieces, width, with.look).len() > rows {
                        pieces.pop();
                        break;
                    }
                }
                lines.extend(buttons(&pieces, width, with.look));
            }
            (Over::Nothing, Stage::Front(current)) => {
                let how = words::how(current.question.ask, current.question.options.len(), true);
                // How to answer is always said, if need be on lines of its own.
                let mut pieces = Vec::new();
                if how.width() > usize::from(width) {
                    lines.extend(wrapped(&how, usize::from(width), Style::new()));
                } else {
                    pieces.push((how, Tone::Plain));
                }
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
            (Over::Info, _) => {
                let more = format!("{} the whole card", key(Command::Info));
                lines.push(footer(&[quiet("Space goes on".to_owned()), quiet(more)], width, with.look));
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
        with: ScreenContext<'_>,
    ) -> Result<bool, Failure> {
        let now = review.ticks_ms();
        let ctrl = key.modifiers.contains(KeyModifiers::CONTROL);
        if ctrl && matches!(key.code, KeyCode::Char('c' | 'd')) {
            self.feed(review, Step::Quit);
            return Ok(false);
        }
        let again = self.last_key == Some(*key) && now.saturating_sub(self.last_key_at) < HELD_MS;
        (self.last_key, self.last_key_at) = (Some(*key), now);
        let front = matches!(review.session().stage(), Stage::Front(_));
        let typing = front && self.typing && self.over == Over::Nothing;
        let command = if typing { None } else { with.keys.command(key) };
        let moves = matches!(command, Some(Command::Undo | Command::Bury | Command::Suspend | Command::Mark));
        let came = self.guard.came(now);
        // To show an answer does no harm, nor do letters: only a key that would grade, choose or move the card, or take an
        // empty line for an answer, has to wait for the next one.
        let only_shows = front
            && self.over == Over::Nothing
            && !moves
            && !(typing && key.code == KeyCode::Enter && self.typed.is_empty())
            && review.session().current().is_some_and(|current| current.question.options.is_empty());
        // The first repeat of a held key comes late, after 200 to 700 ms; the ones after it come fast.
        let held = again && !only_shows && came.alone && term.repeats()?;
        let admitted = came.acts() && !held;
        if self.over == Over::Info && with.keys.command(key) == Some(Command::Info) {
            self.card_page(review, term, with)?;
            return Ok(true);
        }
        if self.over != Over::Nothing {
            return Ok(self.over_key(key, admitted, with, review));
        }
        self.said = None;
        if front && self.typing {
            if came.meant && !held {
                self.typing_key(key, review, came);
            }
            return Ok(true);
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
        let Some(command) = command else { return Ok(true) };
        match command {
            Command::Reveal if admitted => {
                let step = match review.session().stage() {
                    Stage::Back(_) => Step::Accept,
                    Stage::Front(_) | Stage::Between | Stage::Finished => Step::Respond(self.response(review)),
                };
                self.feed(review, step);
            }
            Command::Guessed if !front && admitted => self.feed(review, Step::Guessed),
            // What it takes back was seen, however short this card was: it need not wait for the look.
            Command::Undo if came.alone && !held => self.undo(review, 1),
            Command::UndoList => {
                let back = steps::run(&review.steps()?, term, with)?;
                if back > 0 {
                    self.undo(review, back);
                }
                self.guard.shown(review.ticks_ms());
            }
            Command::Edit => self.edit(review, term, with)?,
            Command::Split => {
                if let Some(card) = review.session().current().map(|current| current.loaded.card) {
                    self.said = leech::split(card, review, term, with)?;
                    self.guard.shown(review.ticks_ms());
                }
            }
            Command::Bury if admitted => self.feed(review, Step::Bury),
            Command::Suspend if admitted => self.feed(review, Step::Suspend),
            Command::Mark if admitted => self.feed(review, Step::Mark),
            Command::Info => self.open(Over::Info),
            Command::Help => self.open(Over::Help),
            Command::Hint => self.hint = true,
            Command::Quit => {
                self.feed(review, Step::Quit);
                return Ok(false);
            }
            Command::Down | Command::PageDown => self.scroll = self.scroll.saturating_add(self.page(command)),
            Command::Up | Command::PageUp => self.scroll = self.scroll.saturating_sub(self.page(command)),
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
            | Command::Undo
            | Command::Bury
            | Command::Suspend
            | Command::Mark
            | Command::Open
            | Command::Left
            | Command::Right
            | Command::Search
            | Command::Add
            | Command::Browse
            | Command::Checkup
            | Command::Stats => {}
        }
        Ok(true)
    }

    /// The card's text is changed, and shown in place of the old one.
    fn edit(&mut self, review: &mut Review<'_>, term: &mut Term, with: ScreenContext<'_>) -> Result<(), Failure> {
        let Some(card) = review.session().current().map(|current| current.loaded.card) else { return Ok(()) };
        self.said = edit::edit(&mut review.note_editor(), card, term, with)?;
        review.show_edited()?;
        self.order = (0..review.session().current().map_or(0, |current| current.question.options.len())).collect();
        self.chosen = 0;
        self.guard.shown(review.ticks_ms());
        Ok(())
    }

    fn page(&self, command: Command) -> u16 {
        if matches!(command, Command::PageUp | Command::PageDown) { self.height } else { 1 }
    }

    /// Everything about the card on the screen; its answer only where it is shown already.
    fn card_page(&mut self, review: &Review<'_>, term: &mut Term, with: ScreenContext<'_>) -> Result<(), Failure> {
        let session = review.session();
        if let Some(current) = session.current()
            && let Some(page) = review.page(current.loaded.card)?
        {
            let why = words::info(current, session, review.today()).into_iter().next();
            let hidden = !matches!(session.stage(), Stage::Back(_));
            card::run(&page, why.as_deref(), hidden, term, with)?;
        }
        self.open(Over::Nothing);
        self.guard.shown(review.ticks_ms());
        Ok(())
    }

    /// Takes back the newest steps, one after the other, and asks the last of them again.
    fn undo(&mut self, review: &mut Review<'_>, count: usize) {
        let mut labels = Vec::new();
        for _ in 0..count {
            match review.undo() {
                Ok(Notice::Undone(label)) => labels.push(label),
                Ok(_) => break,
                Err(failure) => {
                    self.said = Some(failure.to_string());
                    return;
                }
            }
        }
        self.said = Some(words::taken_back(&labels));
        self.face = None;
    }

    fn open(&mut self, over: Over) {
        self.over = over;
        self.scroll = 0;
    }

    fn over_key(&mut self, key: &KeyEvent, admitted: bool, with: ScreenContext<'_>, review: &mut Review<'_>) -> bool {
        match with.keys.command(key) {
            Some(command @ (Command::Down | Command::PageDown)) => {
                self.scroll = self.scroll.saturating_add(self.page(command));
            }
            Some(command @ (Command::Up | Command::PageUp)) => {
                self.scroll = self.scroll.saturating_sub(self.page(command));
            }
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

    /// A key while a line is being typed. Enter is an answer, so it waits for the look, and without a text for a key of its own.
    fn typing_key(&mut self, key: &KeyEvent, review: &mut Review<'_>, came: Came) {
        let ask = review.session().current().map(|current| current.question.ask);
        match (key.code, ask) {
            (KeyCode::Esc, _) => self.typing = false,
            (KeyCode::Tab, _) => self.hint = true,
            (KeyCode::Enter, Some(Ask::List(count))) if !self.typed.is_empty() => {
                // The last line ends the list, and with it the question.
                if self.items.len() + 1 < count || came.looked {
                    self.items.push(self.typed.text());
                    self.typed.clear();
                }
                if self.items.len() >= count {
                    let response = self.items.join("\n");
                    self.feed(review, Step::Respond(response));
                }
            }
            (KeyCode::Enter, _) if came.acts() || (came.looked && !self.typed.is_empty()) => {
                let response = self.response(review);
                self.feed(review, Step::Respond(response));
            }
            (KeyCode::Enter, _) => {}
            _ => drop(self.typed.key(key)),
        }
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
                        .filter(|i| options.get(*i).is_some_and(|o| normalize(o).starts_with(c.to_ascii_lowercase())))
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
                self.leech = said.iter().find_map(|said| match said {
                    Notice::Leech { id, suspended, .. } => Some((*id, *suspended)),
                    _ => None,
                });
                let texts: Vec<String> = said.iter().filter_map(words::said).collect();
                self.said = (!texts.is_empty()).then(|| joined(&texts));
            }
            Err(failure) => self.said = Some(failure.to_string()),
        }
    }
}

/// What was typed against what was expected, grapheme by grapheme: what is too much in [ ], what is missing in { }. Case
/// does not count in an answer, so it is not shown as a difference either.
fn diff(given: &str, expected: &str) -> Vec<(String, Style)> {
    use similar::ChangeTag;
    let (given, expected) = (one_line(given).to_lowercase(), one_line(expected).to_lowercase());
    let (too_much, missing) =
        (Style::new().add_modifier(Modifier::REVERSED), Style::new().add_modifier(Modifier::UNDERLINED));
    let mut runs: Vec<(ChangeTag, String)> = Vec::new();
    for change in similar::TextDiff::from_graphemes(&given, &expected).iter_all_changes() {
        match runs.last_mut().filter(|(tag, _)| *tag == change.tag()) {
            Some((_, text)) => text.push_str(change.value()),
            None => runs.push((change.tag(), change.value().to_owned())),
        }
    }
    let differs = |wanted: ChangeTag| runs.iter().any(|(tag, _)| *tag == wanted);
    let legend = match (differs(ChangeTag::Delete), differs(ChangeTag::Insert)) {
        (true, true) => "  ([\u{a0}] too much, {\u{a0}} missing)",
        (true, false) => "  ([\u{a0}] too much)",
        (false, true) => "  ({\u{a0}} missing)",
        (false, false) => "",
    };
    let mut spans = vec![("you: ".to_owned(), Style::new())];
    spans.extend(runs.into_iter().map(|(tag, text)| match tag {
        ChangeTag::Equal => (text, Style::new()),
        ChangeTag::Delete => (format!("[{text}]"), too_much),
        ChangeTag::Insert => (format!("{{{text}}}"), missing),
    }));
    spans.push((legend.to_owned(), Style::new().add_modifier(Modifier::DIM)));
    spans
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_typed_answer_is_compared_grapheme_by_grapheme() {
        let shown = |given, expected| {
            diff(given, expected).into_iter().map(|(text, _)| text.replace('\u{a0}', " ")).collect::<String>()
        };
        assert_eq!(shown("box chekers", "box checkers"), "you: box che{c}kers  ({ } missing)");
        assert_eq!(shown("visionn", "vision"), "you: vision[n]  ([ ] too much)");
        assert_eq!(shown("Vision", "vision"), "you: vision");
        assert_eq!(shown("e\u{301}", "e"), "you: [e\u{301}]{e}  ([ ] too much, { } missing)");
    }
}
