//! A check-up over lines, and what a check-up says at its end: no word about right or wrong before.

use crate::core::card::Ask;
use crate::core::card::Unreadable;
use crate::core::checkup::Asked;
use crate::core::checkup::Input;
use crate::core::checkup::Stage;
use crate::core::checkup::Taken;
use crate::core::checkup::change::before_and_after;
use crate::core::checkup::change::conclusion;
use crate::core::checkup::change::points;
use crate::core::checkup::introduction;
use crate::core::checkup::minutes_of;
use crate::core::checkup::score;
use crate::core::document::Side;
use crate::core::text::counted;
use crate::core::text::one_line;
use crate::core::text::printable;
use crate::failure::Failure;
use crate::ops::checkup::CheckupEnd;
use crate::ops::checkup::CheckupSession;
use crate::ops::checkup::MissedScene;
use crate::ops::checkup::Notice;
use crate::ops::checkup::Offer;
use crate::ops::review::unreadable;
use crate::ui::Look;
use crate::ui::keymap::Keymap;
use crate::ui::line_commands::LineCommand;
use crate::ui::line_commands::listed;
use crate::ui::line_commands::mark_of;
use crate::ui::line_commands::unknown;
use crate::ui::lines::Lines;
use crate::ui::plain::write_labelled;
use crate::ui::spoken;
use crate::ui::typeset::text_lines;
use crate::ui::words;
use std::io::Write;

/// A line that comes sooner than this after its prompt was typed before it was read.
const UNSEEN_MS: u64 = 200;

/// What is said to such a line.
const UNSEEN: &str = "(too fast: not taken, read first)";

/// Said before the first check-up, where ten cards were answered already.
const LATE: &str =
    "It is not a baseline: ten cards were answered before it, so it can't show what changes from the first day on.";

const COMMANDS: &[LineCommand] = &[
    (":d", &["skip"], "I don't know"),
    (":u", &["undo"], "take back the newest answer of this check-up"),
    (":r", &["repeat"], "the scene again"),
    (":q", &["quit", "leave", "exit"], "leave; what was answered is kept"),
    (":?", &["help"], "this list"),
];

/// Whether a line leaves.
fn is_quit(line: &str) -> bool {
    mark_of(COMMANDS, line) == Some(":q")
}

/// What is offered, in a line; `begin` says how it begins.
#[must_use]
pub fn offer(offer: Offer, begin: &str) -> String {
    match offer {
        Offer::GoOn(done) => format!("A check-up continues after {}: {begin}", counted(done, "scene", "scenes")),
        Offer::Due { day, scenes, is_start } => {
            let minutes = counted(minutes_of(scenes), "minute", "minutes");
            let takes = format!("{} in about {minutes}", counted(scenes, "scene", "scenes"));
            match (day, is_start) {
                (1, true) => {
                    format!(
                        "A first check-up shows where you start: {takes}; {begin}. It can do so until your tenth card."
                    )
                }
                (1, false) => format!("A check-up shows where you stand: {takes}; {begin}"),
                (day, _) => format!("A check-up is due, day {day}: {takes}; {begin}"),
            }
        }
    }
}

/// What a check-up is, before it begins.
#[must_use]
pub fn opening(sitting: &CheckupSession<'_>) -> String {
    let checkup = sitting.checkup();
    let text = introduction(checkup.planned(), checkup.done(), sitting.minutes());
    if sitting.is_late() { format!("{text} {LATE}") } else { text }
}

/// Something that happened, for people; nothing where nothing needs saying.
#[must_use]
pub fn said(said: &Notice) -> Option<String> {
    match said {
        Notice::AskAgain(why) => Some(unreadable(why)),
        Notice::TookBack => Some("Took back the answer".to_owned()),
        Notice::NothingToUndo => Some("There is nothing here to take back; `lmq undo` goes further".to_owned()),
        Notice::Stale => Some("This scene was answered in another window; this answer was not taken".to_owned()),
        Notice::Ignored => None,
    }
}

fn day(one: &Taken) -> String {
    one.day.iso()
}

/// The end of a check-up, a line each. One that was left says nothing about right or wrong: it may go on today.
#[must_use]
pub fn result(outcome: &CheckupEnd) -> Vec<String> {
    let Some(this) = &outcome.this else { return vec!["Nothing was answered.".to_owned()] };
    let done = this.cards.len();
    if !this.finished {
        return vec![
            format!("{done} of {} are answered and kept.", counted(outcome.planned, "scene", "scenes")),
            "`lmq checkup` continues it today; the result comes at the end.".to_owned(),
        ];
    }
    let place = outcome.all.iter().position(|one| one == this).map_or(1, |index| index + 1);
    let mut lines = vec![format!("Check-up {place}, {}: {}.", day(this), score(this.score))];
    lines.push("By topic:".to_owned());
    for (topic, score) in &this.topics {
        lines.push(format!("  {}: {} of {}", one_line(topic), score.passed, score.all));
    }
    if !outcome.missed.is_empty() {
        lines.push("What you missed:".to_owned());
        lines.extend(outcome.missed.iter().flat_map(missed));
    }
    if let Some((first, latest)) = before_and_after(&outcome.all)
        && let Some(points) = points(first.score, latest.score)
    {
        let one = |one: &Taken| format!("{} of {} ({})", one.score.passed, one.score.all, day(one));
        lines.push(format!("Before and after: {}, {}.", one(first), one(latest)));
        lines.push(format!("In 100 scenes that is a change of {points} (95 % range)."));
    }
    lines.push(conclusion(&outcome.all));
    lines
}

/// A scene that was answered wrong, a line each for what was asked, said, right, and why.
fn missed(scene: &MissedScene) -> Vec<String> {
    let mut lines = vec![format!("  {}", one_line(&scene.prompt))];
    let said = scene
        .response
        .as_deref()
        .map_or_else(|| "No answer".to_owned(), |said| format!("You said: {}", one_line(said)));
    lines.push(format!("    {said}. Right: {}.", one_line(&scene.answer)));
    lines.extend(scene.extra.as_deref().map(|extra| format!("    {}", one_line(extra))));
    lines
}

/// How to answer a scene, in a few words; with the keys that are bound, or over lines.
#[must_use]
pub fn how(asked: &Asked, keys: Option<&Keymap>) -> String {
    match (asked.question.ask, keys) {
        (Ask::Recall | Ask::Say | Ask::Type, _) => "Type the answer".to_owned(),
        (ask @ (Ask::Choose | Ask::Sort | Ask::List(_) | Ask::Order), keys) => {
            words::how(ask, asked.question.options.len(), keys)
        }
    }
}

struct Plain<'l, 'r> {
    sitting: &'l mut CheckupSession<'r>,
    out: &'l mut dyn Write,
    width: usize,
    spoken: bool,
    live: bool,
    asked_at: u64,
}

/// Runs a check-up over `input` and `out`, without its result. `live`: a person types, so that it may ask before it
/// begins (with `confirm`), and what came before it was read is dropped.
///
/// # Errors
/// When something could not be committed and nobody is there to try again, or `out` fails; a closed pipe ends quietly.
pub fn plain(
    sitting: &mut CheckupSession<'_>,
    input: &mut dyn Lines,
    out: &mut dyn Write,
    look: Look,
    live: bool,
    confirm: bool,
) -> Result<(), Failure> {
    let mut lines = Plain { sitting, out, width: look.columns(), spoken: look.spoken, live, asked_at: 0 };
    lines.run(input, confirm)
}

impl Plain<'_, '_> {
    fn run(&mut self, input: &mut dyn Lines, confirm: bool) -> Result<(), Failure> {
        let introduction = opening(self.sitting);
        self.line(&format!("Check-up: {introduction}"))?;
        if self.live && confirm {
            loop {
                self.prompt("Enter begins, :q leaves ")?;
                let Some(line) = self.read(input)? else { return Ok(()) };
                // No answer is waited for, so the colon may be left out.
                let line = line.trim();
                match line {
                    _ if [line, &format!(":{line}")].into_iter().any(is_quit) => return Ok(()),
                    _ if self.is_unseen() => self.line(UNSEEN)?,
                    "" => break,
                    _ => {}
                }
            }
            self.sitting.begin_scene();
        }
        let mut shown = None;
        loop {
            let Stage::Asking(asked) = self.sitting.checkup().stage().clone() else { return self.line("") };
            let now = (asked.card, self.sitting.checkup().done());
            if shown != Some(now) {
                self.scene(&asked)?;
                self.sitting.while_idle();
            }
            shown = Some(now);
            self.prompt("> ")?;
            let Some(line) = self.read(input)? else { return self.line("") };
            if !self.handle(line.trim())? {
                return self.line("");
            }
        }
    }

    fn line(&mut self, text: &str) -> Result<(), Failure> {
        let mut write = |text: &str| writeln!(self.out, "{text}").map_err(|error| Failure::output(&error));
        if text.is_empty() {
            return write("");
        }
        for part in printable(text).lines() {
            let indent: String = part.chars().take_while(|c| *c == ' ').collect();
            for wrapped in textwrap::wrap(part, textwrap::Options::new(self.width).subsequent_indent(&indent)) {
                write(&wrapped)?;
            }
        }
        Ok(())
    }

    fn prompt(&mut self, text: &str) -> Result<(), Failure> {
        write!(self.out, "{text}").and_then(|()| self.out.flush()).map_err(|error| Failure::output(&error))?;
        self.asked_at = self.sitting.ticks_ms();
        Ok(())
    }

    /// Whether a line that has just come was typed before its prompt was read.
    fn is_unseen(&self) -> bool {
        self.live && self.sitting.ticks_ms().saturating_sub(self.asked_at) < UNSEEN_MS
    }

    fn read(&mut self, input: &mut dyn Lines) -> Result<Option<String>, Failure> {
        let bytes = input.next().map_err(|error| {
            Failure::failed("cannot read standard input").at(error.to_string()).hint("every answer before is kept")
        })?;
        if !self.live && bytes.is_some() {
            // Through a pipe nobody typed the line end that a terminal would have shown.
            self.line("")?;
        }
        Ok(bytes.map(|bytes| String::from_utf8_lossy(&bytes).into_owned()))
    }

    fn scene(&mut self, asked: &Asked) -> Result<(), Failure> {
        let checkup = self.sitting.checkup();
        let head = format!("[{} of {}]", checkup.place(), checkup.planned());
        self.line("")?;
        self.line(&head)?;
        self.line("")?;
        // They are set already: a line of code must not be wrapped once more.
        let document = asked.prompt_document();
        let parts = match self.spoken {
            true => spoken::question(&document, asked.text()),
            false => text_lines(&document, Side::Question, self.width.saturating_sub(2)),
        };
        for part in parts {
            let part = if part.is_empty() { part } else { format!("  {part}") };
            writeln!(self.out, "{part}").map_err(|error| Failure::output(&error))?;
        }
        for (index, option) in asked.question.options.iter().enumerate() {
            write_labelled(self.out, self.width, &format!("    {}  ", index + 1), &one_line(option))
                .map_err(|error| Failure::output(&error))?;
        }
        self.line("")?;
        self.line(&format!("{}; :d if you don't know", how(asked, None)))
    }

    /// One line; whether it goes on.
    fn handle(&mut self, line: &str) -> Result<bool, Failure> {
        if self.is_unseen() && !is_quit(line) {
            self.line(UNSEEN)?;
            return Ok(true);
        }
        let Stage::Asking(asked) = self.sitting.checkup().stage() else { return Ok(false) };
        let asks_for_words = matches!(asked.question.ask, Ask::Type | Ask::Recall | Ask::Say | Ask::List(_));
        let mark = mark_of(COMMANDS, line);
        match mark.unwrap_or(line) {
            ":d" => return self.feed(&Input::DontKnow),
            ":q" => {
                self.feed(&Input::Quit)?;
                return Ok(false);
            }
            ":r" => {
                let asked = asked.clone();
                self.scene(&asked)?;
            }
            ":u" => match self.sitting.undo() {
                Ok(done) => self.say(&done)?,
                Err(failure) => return self.failed(failure),
            },
            // An answer in words may be anything.
            "?" if asks_for_words => return self.feed(&Input::Respond(line.to_owned())),
            ":?" | "?" => {
                for command in COMMANDS {
                    self.line(&listed(command))?;
                }
                self.line("An answer that begins with : is typed with two, as ::x")?;
            }
            other if other.starts_with(':') && !other.starts_with("::") => self.line(&unknown(COMMANDS, other))?,
            answer => {
                // Two colons stand for one.
                let answer = if answer.starts_with("::") { answer.strip_prefix(':').unwrap_or(answer) } else { answer };
                return self.feed(&Input::Respond(answer.to_owned()));
            }
        }
        Ok(true)
    }

    fn feed(&mut self, input: &Input) -> Result<bool, Failure> {
        match self.sitting.feed(input) {
            Ok(Some(done)) => self.say(&done)?,
            Ok(None) => {}
            Err(failure) => return self.failed(failure),
        }
        Ok(true)
    }

    /// A person sees what happened and can try again; a script has to hear of it.
    fn failed(&mut self, failure: Failure) -> Result<bool, Failure> {
        if !self.live {
            return Err(failure);
        }
        self.line(&failure.to_string())?;
        Ok(true)
    }

    fn say(&mut self, done: &Notice) -> Result<(), Failure> {
        match said(done) {
            Some(_) if matches!(done, Notice::AskAgain(Unreadable::NoAnswer)) => {
                self.line("That is not an answer; type :d if you don't know")
            }
            Some(text) => self.line(&one_line(&text)),
            None => Ok(()),
        }
    }
}
