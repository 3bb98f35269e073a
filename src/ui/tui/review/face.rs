//! What the review screen shows: the card, what may be laid over it, and the line of keys below.

use crate::core::card::Ask;
use crate::core::card::Correctness;
use crate::core::card::Tick;
use crate::core::compare::difference::Compared;
use crate::core::compare::difference::Part;
use crate::core::compare::identity::is_same;
use crate::core::document::Side;
use crate::core::session::Stage;
use crate::core::session::current::Current;
use crate::core::state::is_leech;
use crate::core::text::one_line;
use crate::ops::review::Review;
use crate::ui::keymap::Command;
use crate::ui::tui::ScreenContext;
use crate::ui::tui::bar::Place;
use crate::ui::tui::bar::bar;
use crate::ui::tui::bar::help;
use crate::ui::tui::document;
use crate::ui::tui::paint::Tone;
use crate::ui::tui::paint::briefly;
use crate::ui::tui::paint::buttons;
use crate::ui::tui::paint::column_beside;
use crate::ui::tui::paint::fit;
use crate::ui::tui::paint::footer;
use crate::ui::tui::paint::pane;
use crate::ui::tui::paint::parts;
use crate::ui::tui::paint::say;
use crate::ui::tui::paint::scrolled;
use crate::ui::tui::paint::style;
use crate::ui::tui::paint::wrapped;
use crate::ui::tui::review::Over;
use crate::ui::tui::review::SHOWS;
use crate::ui::tui::review::Screen;
use crate::ui::tui::review::beside::beside;
use crate::ui::tui::review::is_typed;
use crate::ui::words;
use ratatui::Frame;
use ratatui::layout::Position;
use ratatui::layout::Rect;
use ratatui::style::Modifier;
use ratatui::style::Style;
use ratatui::text::Line;
use ratatui::text::Span;
use ratatui::widgets::Paragraph;
use unicode_width::UnicodeWidthStr as _;

/// What makes letters keys while a line is typed.
const ESC_KEYS: &str = "Esc other keys";

impl Screen {
    /// Draws the screen.
    pub(super) fn paint(&mut self, frame: &mut Frame<'_>, review: &Review<'_>, with: ScreenContext<'_>) {
        let area = frame.area();
        let session = review.session();
        let Some(current) = session.current() else { return };
        let (column, has_pane) = column_beside(area, true);
        let foot = self.foot(review, column, with);
        let height = u16::try_from(foot.len()).unwrap_or(1);
        let (head, body, foot_area) = parts(column, height);
        let deck = one_line(&current.loaded.deck);
        let mark = if current.loaded.state.marked { "* " } else { "" };
        // What is left matters more than a long name of a deck. The pane says it itself.
        let left = if has_pane { String::new() } else { format!(" · {}", words::left(session, review.now(), " · ")) };
        let name = fit(&format!("{mark}{deck}"), usize::from(head.width).saturating_sub(left.width()).max(6));
        let title = fit(&format!("{name}{left}"), usize::from(head.width));
        frame.render_widget(say(&title, Tone::Quiet, with.look), head);
        let body = match has_pane {
            true => pane(frame, body, with.look, |width| beside(current, review, width, with.look)),
            false => body,
        };
        self.height = body.height.max(1);
        let width = usize::from(body.width);
        let (lines, cursor) = match self.over {
            Over::Nothing => self.card(current, review, (width, has_pane), with),
            Over::Primer => (self.primer(current, width, with), None),
            Over::Info => (self.info(current, review, width, with), None),
            Over::Help => (help(self.place(review), with, width), None),
        };
        if std::mem::take(&mut self.revealed) && lines.len() > usize::from(body.height) {
            let rule = lines.iter().position(|line| line.to_string().starts_with('─')).unwrap_or(0);
            self.scroll = u16::try_from(rule + 1).unwrap_or(0);
        }
        if self.follows {
            // What is typed, or chosen, stays in sight.
            let chosen = lines.iter().position(|line| line.to_string().starts_with('▸'));
            if let Some(at) = cursor.map(|(_, y)| y).or(chosen).and_then(|at| u16::try_from(at).ok()) {
                self.scroll = self.scroll.min(at).max((at + 1).saturating_sub(body.height));
            }
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

    /// Which keys the help lists.
    fn place(&self, review: &Review<'_>) -> Place {
        match review.session().stage() {
            _ if self.primer => Place::Primer,
            Stage::Front(current) => Place::Question(current.question.ask),
            Stage::Back(_) | Stage::Between | Stage::Finished => Place::Answer,
        }
    }

    fn card(
        &self,
        current: &Current,
        review: &Review<'_>,
        (width, has_pane): (usize, bool),
        with: ScreenContext<'_>,
    ) -> (Vec<Line<'static>>, Option<(usize, usize)>) {
        let shown = matches!(review.session().stage(), Stage::Back(_));
        // What names and addresses would give away they may say with the answer.
        let side = if shown { Side::Answer } else { Side::Question };
        let mut lines = document::lines(&current.prompt_document(), side, width, with.look);
        let mut cursor = None;
        if !current.question.options.is_empty() {
            lines.push(Line::default());
            lines.extend(self.options(current, shown, width, with));
        }
        if self.hint
            && let Some(hint) = &current.loaded.text.hint
        {
            lines.push(Line::default());
            lines.extend(wrapped(
                &format!("Hint: {}", current.loaded.text.hint_line(hint)),
                width,
                style(Tone::Quiet, with.look),
            ));
        }
        if !shown {
            lines.push(Line::default());
            if let Ask::List(count) = current.question.ask {
                let ticks = current.ticks(&self.items);
                for (item, tick) in self.items.iter().zip(&ticks) {
                    let (mark, tone) = match tick {
                        Tick::Named => ("  ✓ ", Tone::Good),
                        Tick::Again => ("    ", Tone::Quiet),
                        Tick::Other => ("  ✗ ", Tone::Bad),
                    };
                    lines.extend(document::hanging(mark, item, width, style(tone, with.look)));
                }
                // Nothing is counted for somebody who only wants to see the answer.
                if !ticks.is_empty() {
                    let found = ticks.iter().filter(|tick| **tick == Tick::Named).count();
                    let named = ticks.iter().filter(|tick| **tick != Tick::Again).count();
                    lines.push(say(&format!("{found} of {count} found, {named} named"), Tone::Quiet, with.look));
                }
            }
            if is_typed(current.question.ask) {
                let (rows, (x, y)) = self.typed.rows(width.saturating_sub(2));
                cursor = self.typing.then_some((2 + x, lines.len() + y));
                let marks = std::iter::once("> ").chain(std::iter::repeat("  "));
                lines.extend(marks.zip(rows).map(|(mark, row)| Line::from(format!("{mark}{row}"))));
            }
            return (lines, cursor);
        }
        lines.push(Line::from(Span::styled("─".repeat(width), style(Tone::Quiet, with.look))));
        lines.extend(self.answer(current, width, with));
        // The pane has it too.
        if let Some(topic) = current.loaded.topic.as_ref().filter(|_| !has_pane) {
            lines.push(Line::default());
            lines.extend(wrapped(&topic.title, width, style(Tone::Quiet, with.look)));
        }
        if is_leech(current.loaded.state.lapses(), review.session().rules().leech_lapses) {
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
            let here = !shown && place == self.chosen && (self.pointed || ordering);
            // What was right and what was taken: marks say it, colours only repeat it.
            let judged = current.verdict.as_ref().filter(|_| shown && !ordering);
            let is = |text: &str| is_same(option, text);
            let (mark, tone) = match judged {
                Some(verdict) if is(&verdict.expected) => ("✓", Tone::Good),
                Some(verdict) if is(&verdict.given) => ("✗", Tone::Bad),
                _ if here => ("▸", Tone::Chosen),
                _ => (" ", Tone::Plain),
            };
            lines.extend(document::hanging(&format!("{mark} {} ", place + 1), option, width, style(tone, with.look)));
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
            if let Some(compared) = words::compared(verdict, current.question.ask) {
                lines.extend(document::runs(difference(&compared), width));
            } else if verdict.outcome != Correctness::Right {
                match current.question.ask {
                    Ask::Type => {}
                    Ask::Choose | Ask::Sort | Ask::List(_) | Ask::Order | Ask::Recall | Ask::Say => {
                        lines.extend(wrapped(&format!("you: {}", verdict.given), width, style(Tone::Quiet, with.look)));
                    }
                }
            }
            lines.push(Line::default());
        } else if current.question.ask == Ask::Say {
            for (label, text) in words::own_words(current) {
                lines.extend(wrapped(&format!("{label}{text}"), width, style(Tone::Quiet, with.look)));
            }
        } else if let Some(response) = &current.response {
            lines.extend(wrapped(&format!("you: {response}"), width, style(Tone::Quiet, with.look)));
        }
        let answer = text.answer_document(current.loaded.card.ordinal);
        for line in document::lines(&answer, Side::Answer, width, with.look) {
            let spans: Vec<Span<'static>> = line
                .spans
                .into_iter()
                .map(|span| Span::styled(span.content, span.style.add_modifier(Modifier::BOLD)))
                .collect();
            lines.push(Line::from(spans));
        }
        if let Some(speaker) = &text.speaker {
            lines.extend(wrapped(&format!("– {}", text.line(speaker)), width, style(Tone::Quiet, with.look)));
        }
        if let Some(extra) = &text.extra {
            lines.push(Line::default());
            lines.extend(document::lines(&text.document(extra), Side::Answer, width, with.look));
        }
        lines
    }

    fn primer(&self, current: &Current, width: usize, with: ScreenContext<'_>) -> Vec<Line<'static>> {
        let Some(topic) = &current.loaded.topic else { return Vec::new() };
        let mut lines = vec![say("New topic", Tone::Quiet, with.look)];
        lines.extend(wrapped(&topic.title, width, style(Tone::Strong, with.look)));
        lines.push(Line::default());
        lines.extend(document::lines(&topic.primer_document(), Side::Question, width, with.look));
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
            lines.extend(document::lines(&topic.primer_document(), Side::Question, width, with.look));
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
        let goes_on = || quiet(format!("{} goes on", with.keys.shown(Command::Reveal, "space")));
        match (self.over, session.stage()) {
            (Over::Nothing, Stage::Back(current)) => {
                let enter = session.preselected();
                // In a narrow terminal each button with its interval is a row, which a low one has no room for.
                let with_interval = width >= 32 || area.height >= 20;
                let mut pieces: Vec<(String, Tone)> = session
                    .choices(review.today())
                    .iter()
                    .map(|choice| {
                        let text = words::button(choice, with_interval);
                        let is_cut = text.width() + 1 > usize::from(width);
                        let text = if is_cut { words::narrow_button(choice) } else { text };
                        if Some(choice.quality) == enter {
                            (format!("▸{text}"), Tone::Strong)
                        } else {
                            (text, Tone::Plain)
                        }
                    })
                    .collect();
                // The other keys stand behind the buttons, where they cost no row of their own.
                let rows = buttons(&pieces, width, with.look).len();
                let has_media = !current.media(true).is_empty();
                let others = [
                    (Command::Open, "open"),
                    (Command::Help, "keys"),
                    (Command::Undo, if review.hides() { "hide" } else { "undo" }),
                    (Command::Edit, "edit"),
                    (Command::Guessed, "guessed"),
                ];
                // Nobody guesses their own words.
                let is_guess = current.question.ask != Ask::Say;
                for (command, word) in others.into_iter().filter(|(command, _)| match command {
                    Command::Guessed => is_guess,
                    Command::Open => has_media,
                    _ => true,
                }) {
                    pieces.push(quiet(format!("{} {word}", key(command))));
                    if buttons(&pieces, width, with.look).len() > rows {
                        pieces.pop();
                        break;
                    }
                }
                lines.extend(buttons(&pieces, width, with.look));
            }
            (Over::Nothing, Stage::Front(current)) => {
                let how = words::how(current.question.ask, current.question.options.len(), Some(with.keys));
                // How to answer is always said, if need be on lines of its own.
                let mut pieces = Vec::new();
                let keys = if self.typing { ESC_KEYS.to_owned() } else { format!("{} keys", key(Command::Help)) };
                if how.width() + 2 + keys.width() > usize::from(width) {
                    lines.extend(briefly(&how, usize::from(width), area.height));
                } else {
                    pieces.push((how, Tone::Plain));
                }
                if matches!(current.question.ask, Ask::Choose | Ask::Sort | Ask::Order) {
                    pieces.push(quiet(format!("{SHOWS} shows it")));
                }
                if current.loaded.text.hint.is_some() && !self.hint {
                    pieces.push(quiet(if self.typing {
                        "Tab hint".to_owned()
                    } else {
                        format!("{} hint", key(Command::Hint))
                    }));
                }
                // While letters are not typed they are keys.
                let others = [(Command::Undo, "undo"), (Command::Info, "why"), (Command::Edit, "edit")];
                let others = others.map(|(command, word)| quiet(format!("{} {word}", key(command))));
                if self.typing {
                    pieces.push(quiet(keys));
                    lines.push(bar(pieces, 1, width, with.look));
                } else if is_typed(current.question.ask) {
                    let mut pieces = vec![(
                        if self.undone { "Esc types an answer" } else { "Esc types on" }.to_owned(),
                        Tone::Plain,
                    )];
                    pieces.extend(others);
                    pieces.push(quiet(keys));
                    pieces.push(quiet(format!("{} leave", key(Command::Quit))));
                    lines.push(bar(pieces, 2, width, with.look));
                } else {
                    pieces.extend(others);
                    pieces.push(quiet(keys));
                    lines.push(bar(pieces, 1, width, with.look));
                }
            }
            (Over::Info, _) => {
                let more = format!("{} the whole card", key(Command::Info));
                lines.push(footer(&[goes_on(), quiet(more)], width, with.look));
            }
            (Over::Primer, _) => {
                let mut pieces = vec![goes_on()];
                let keys = [
                    (Command::Undo, "undo"),
                    (Command::Info, "shows it again later"),
                    (Command::Help, "keys"),
                    (Command::Quit, "leave"),
                ];
                pieces.extend(keys.map(|(command, word)| quiet(format!("{} {word}", key(command)))));
                lines.push(bar(pieces, 2, width, with.look));
            }
            (_, _) => lines.push(footer(&[goes_on()], width, with.look)),
        }
        lines
    }
}

/// What was typed against what is right: what is too much is reversed, what is missing underlined. The signs around both say so
/// without colours.
fn difference(compared: &Compared) -> Vec<(String, Style)> {
    let mut spans = vec![("you: ".to_owned(), Style::new())];
    spans.extend(compared.marked().into_iter().map(|(part, text)| {
        let style = match part {
            Some(Part::Same) => Style::new(),
            Some(Part::TooMuch) => Style::new().add_modifier(Modifier::REVERSED),
            Some(Part::Missing) => Style::new().add_modifier(Modifier::UNDERLINED),
            None => Style::new().add_modifier(Modifier::DIM),
        };
        (text, style)
    }));
    spans
}
