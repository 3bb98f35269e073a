//! The session over lines: for pipes, scripts and screen readers. No escape codes, ever.

use crate::core::card::Ask;
use crate::core::document::Document;
use crate::core::document::Side;
use crate::core::session::Input;
use crate::core::session::Stage;
use crate::core::session::choices::Choice;
use crate::core::session::current::Current;
use crate::core::text::nearest;
use crate::core::text::one_line;
use crate::core::text::printable;
use crate::core::tried::Tried;
use crate::failure::Failure;
use crate::ops::edit::How;
use crate::ops::edit::Meaning;
use crate::ops::edit::Refusal;
use crate::ops::review::Notice;
use crate::ops::review::Review;
use crate::ui::Editor;
use crate::ui::Look;
use crate::ui::lines::Lines;
use crate::ui::open;
use crate::ui::typeset::text_lines;
use crate::ui::words;
use std::collections::BTreeSet;
use std::io::Write;

/// A line that comes sooner than this after its prompt was typed before it was read.
const UNSEEN_MS: u64 = 200;

/// What is said to such a line.
const UNSEEN: &str = "(too fast: not taken, read first)";

const COMMANDS: &[(&str, &str)] = &[
    (":u", "take back the newest step"),
    (":-", "hold the card back until tomorrow"),
    (":!", "take the card out"),
    (":*", "set or take away the star"),
    (":i", "why this card, its numbers, its topic"),
    (":h", "the hint"),
    (":o", "open its pictures and sounds"),
    (":g", "right, but a guess: Hard"),
    (":e", "change the card's text in your editor"),
    (":em", "the same, for another meaning: the card starts again, gently"),
    (":q", "leave; everything is kept"),
    (":?", "this list"),
];

struct Sitting<'l, 'r> {
    review: &'l mut Review<'r>,
    out: &'l mut dyn Write,
    width: usize,
    live: bool,
    /// The numbers of the topics whose primers were shown: two decks may call theirs the same.
    primed: BTreeSet<i64>,
    asked_at: u64,
    editor: &'l dyn Editor,
    /// The text on the screen is no more the card's.
    anew: bool,
    /// Whether it was said how to leave.
    told: bool,
    /// Whether to ask about a line to do before the next card: only people are asked.
    asks_try: bool,
}

/// Whether the sitting goes on.
#[derive(PartialEq, Eq)]
enum Then {
    Go,
    End,
}

/// Runs a sitting over `input` and `out`. `typed_live`: a person types, so that what came before it was read is dropped.
///
/// # Errors
/// When something could not be committed and nobody is there to try again, or `out` fails; a closed pipe ends quietly.
pub fn plain(
    review: &mut Review<'_>,
    input: &mut dyn Lines,
    out: &mut dyn Write,
    look: Look,
    typed_live: bool,
    editor: &dyn Editor,
) -> Result<(), Failure> {
    let mut sitting = Sitting {
        review,
        out,
        width: look.width.clamp(20, 100),
        live: typed_live,
        primed: BTreeSet::new(),
        asked_at: 0,
        editor,
        anew: false,
        // Whoever writes to a pipe has read the page.
        told: !typed_live,
        asks_try: typed_live,
    };
    sitting.run(input)
}

impl Sitting<'_, '_> {
    fn run(&mut self, input: &mut dyn Lines) -> Result<(), Failure> {
        let mut shown = None;
        loop {
            if std::mem::take(&mut self.asks_try) && self.did_you(input)? == Then::End {
                return self.end();
            }
            let stage = self.review.session().stage().clone();
            // What is on the screen: a star that was set does not ask the card again.
            let now = self.review.session().face();
            if std::mem::take(&mut self.anew) {
                shown = None;
            }
            match &stage {
                Stage::Finished | Stage::Between => {
                    if self.goes_on(input)? == Then::End {
                        return self.end();
                    }
                }
                Stage::Front(current) if shown != now => {
                    if self.front(current, input)? == Then::End {
                        self.blank()?;
                        return self.end();
                    }
                }
                Stage::Back(current) if shown != now => self.back(current)?,
                Stage::Front(_) | Stage::Back(_) => {}
            }
            self.prompt(&stage)?;
            if shown != now {
                self.wait_for(input);
            }
            shown = now;
            let Some(line) = self.read(input)? else {
                self.blank()?;
                return self.end();
            };
            if self.handle(&stage, line.trim())? == Then::End {
                return self.end();
            }
        }
    }

    fn line(&mut self, text: &str) -> Result<(), Failure> {
        let write = |out: &mut dyn Write, text: &str| writeln!(out, "{text}").map_err(|error| Failure::output(&error));
        if text.is_empty() {
            return write(self.out, "");
        }
        for part in printable(text).lines() {
            let indent: String = part.chars().take_while(|c| *c == ' ').collect();
            let options = textwrap::Options::new(self.width).initial_indent("").subsequent_indent(&indent);
            for wrapped in textwrap::wrap(part, options) {
                write(self.out, &wrapped)?;
            }
        }
        Ok(())
    }

    fn blank(&mut self) -> Result<(), Failure> {
        self.line("")
    }

    fn indented(&mut self, document: &Document, side: Side) -> Result<(), Failure> {
        for line in text_lines(document, side, self.width.saturating_sub(2)) {
            let line = if line.is_empty() { line } else { format!("  {line}") };
            writeln!(self.out, "{line}").map_err(|error| Failure::output(&error))?;
        }
        Ok(())
    }

    fn prompt(&mut self, stage: &Stage) -> Result<(), Failure> {
        self.mark(if matches!(stage, Stage::Back(_)) { "grade> " } else { "> " })
    }

    fn mark(&mut self, mark: &str) -> Result<(), Failure> {
        write!(self.out, "{mark}").and_then(|()| self.out.flush()).map_err(|error| Failure::output(&error))?;
        self.asked_at = self.review.ticks_ms();
        Ok(())
    }

    /// Whether a line that has just come was typed before its prompt was read.
    fn is_unseen(&self) -> bool {
        self.live && self.review.ticks_ms().saturating_sub(self.asked_at) < UNSEEN_MS
    }

    /// What can wait is done while the person reads. A program that answers at once would wait for it.
    fn wait_for(&mut self, input: &mut dyn Lines) {
        if input.rests() {
            self.review.while_idle();
        } else {
            self.review.while_busy();
        }
    }

    fn read(&mut self, input: &mut dyn Lines) -> Result<Option<String>, Failure> {
        let bytes = input.next().map_err(|error| {
            Failure::failed("cannot read standard input").at(error.to_string()).hint("every answer before is kept")
        })?;
        if !self.live && bytes.is_some() {
            // Through a pipe nobody typed the line end that a terminal would have shown.
            self.blank()?;
        }
        Ok(bytes.map(|bytes| String::from_utf8_lossy(&bytes).into_owned()))
    }

    /// Asks about the line to do that a session showed on an earlier day, if there is one to ask about.
    fn did_you(&mut self, input: &mut dyn Lines) -> Result<Then, Failure> {
        let Some(tried) = self.review.did_you()? else { return Ok(Then::Go) };
        self.line(&words::did_you(&tried.line, tried.day, self.review.today()))?;
        loop {
            self.line(words::TRIED_KEYS)?;
            self.mark("> ")?;
            self.wait_for(input);
            let Some(line) = self.read(input)? else { return Ok(Then::End) };
            let said = Tried::of_input(&line);
            match line.trim() {
                ":q" => return Ok(Then::End),
                _ if self.is_unseen() => self.line(UNSEEN)?,
                line if said.is_some() || line.is_empty() => match self.review.say_tried(&tried, said) {
                    Ok(()) => {
                        self.blank()?;
                        return Ok(Then::Go);
                    }
                    Err(failure) => self.line(&failure.to_string())?,
                },
                _ => {}
            }
        }
    }

    /// Once the minutes of the sitting are over, asks whether it goes on.
    fn goes_on(&mut self, input: &mut dyn Lines) -> Result<Then, Failure> {
        let Some(over) = self.review.waits()?.minutes_over.filter(|_| self.live) else { return Ok(Then::End) };
        let minutes = words::minutes(over);
        self.line(&format!("{minutes} are over; m goes on for {} more, Enter ends", minutes.to_lowercase()))?;
        self.mark("> ")?;
        self.wait_for(input);
        match self.read(input)?.as_deref().map(str::trim) {
            Some("m") => {
                self.review.go_on()?;
                self.blank()?;
                Ok(Then::Go)
            }
            _ => Ok(Then::End),
        }
    }

    fn front(&mut self, current: &Current, input: &mut dyn Lines) -> Result<Then, Failure> {
        let head = format!("[{}] {}", words::left(self.review.session()), one_line(&current.loaded.deck));
        let topic = current.loaded.topic.as_ref();
        if let Some(topic) = topic.filter(|topic| current.loaded.primer_first && !self.primed.contains(&topic.number)) {
            self.primed.insert(topic.number);
            self.line(&format!("New topic: {}", one_line(&topic.title)))?;
            self.indented(&topic.primer_document(), Side::Question)?;
            if self.live {
                loop {
                    self.mark("Enter goes on ")?;
                    self.wait_for(input);
                    match self.read(input)?.as_deref().map(str::trim) {
                        None | Some(":q") => return Ok(Then::End),
                        Some(_) if self.is_unseen() => self.line(UNSEEN)?,
                        Some(_) => break,
                    }
                }
                self.review.begin_card();
            }
            self.blank()?;
        }
        self.line(&head)?;
        self.blank()?;
        self.indented(&current.prompt_document(), Side::Question)?;
        self.options(current)?;
        self.blank()?;
        let mut how = words::how(current.question.ask, current.question.options.len(), false);
        if current.loaded.text.hint.is_some() {
            how.push_str("; :h for a hint");
        }
        if !std::mem::replace(&mut self.told, true) {
            how.push_str("; :? lists what else there is, :q leaves");
        }
        self.line(&how)?;
        Ok(Then::Go)
    }

    fn options(&mut self, current: &Current) -> Result<(), Failure> {
        for (index, option) in current.question.options.iter().enumerate() {
            self.line(&format!("    {}  {}", index + 1, one_line(option)))?;
        }
        Ok(())
    }

    fn back(&mut self, current: &Current) -> Result<(), Failure> {
        if let Some(verdict) = &current.verdict {
            self.line(&words::judged(verdict))?;
            let close = verdict.close.as_ref().and_then(|_| words::compared(verdict, current.question.ask));
            if let Some(compared) = close {
                let marked: String = compared.marked().into_iter().map(|(_, text)| text).collect();
                self.line(&format!("  you: {marked}"))?;
            }
        }
        let text = &current.loaded.text;
        if current.question.ask == Ask::Say {
            for line in words::own_words(current) {
                self.line(&line)?;
            }
        }
        self.indented(&text.answer_document(current.loaded.card.ordinal), Side::Answer)?;
        if let Some(speaker) = &text.speaker {
            self.line(&format!("  – {}", text.line(speaker)))?;
        }
        if let Some(extra) = &text.extra {
            self.blank()?;
            self.indented(&text.document(extra), Side::Answer)?;
        }
        if let Some(topic) = &current.loaded.topic {
            self.line(&format!("  ({})", one_line(&topic.title)))?;
        }
        self.blank()?;
        let today = self.review.today();
        let choices = self.review.session().choices(today);
        let suggestion = self.review.session().suggestion();
        let enter = suggestion.unwrap_or(crate::core::grade::Button::Good.quality());
        let buttons: Vec<String> = choices
            .iter()
            .map(|choice| {
                let button = words::button(choice, true);
                if choice.quality == enter { format!("{button} (Enter)") } else { button }
            })
            .collect();
        self.line(&buttons.join("   "))
    }

    fn handle(&mut self, stage: &Stage, line: &str) -> Result<Then, Failure> {
        if self.is_unseen() && line != ":q" {
            self.line(UNSEEN)?;
            return Ok(Then::Go);
        }
        if let Some(literal) = line.strip_prefix("::") {
            return self.answer(stage, &format!(":{literal}"));
        }
        if line.starts_with(':') {
            return self.command(stage, line);
        }
        self.answer(stage, line)
    }

    fn answer(&mut self, stage: &Stage, line: &str) -> Result<Then, Failure> {
        match stage {
            Stage::Front(_) => self.feed(Input::Respond(line.to_owned())),
            Stage::Back(_) if line.is_empty() => self.grade(Input::Accept),
            Stage::Back(_) => match self.grade_of(line) {
                Some(input) => self.grade(input),
                None => {
                    let keys = self.review.session().choices(self.review.today());
                    let names: Vec<String> = keys.iter().map(|choice| words::button(choice, false)).collect();
                    self.line(&format!(
                        "`{}` is not a grade here: {}; :? lists what else there is",
                        one_line(line),
                        names.join(", ")
                    ))?;
                    Ok(Then::Go)
                }
            },
            Stage::Between | Stage::Finished => Ok(Then::End),
        }
    }

    fn grade_of(&self, line: &str) -> Option<Input> {
        self.review.session().scale().read(line).ok().map(Input::Grade)
    }

    fn command(&mut self, stage: &Stage, line: &str) -> Result<Then, Failure> {
        match line {
            ":q" => {
                self.feed(Input::Quit)?;
                return Ok(Then::End);
            }
            ":u" => match self.review.undo() {
                Ok(said) => {
                    self.say(&said)?;
                    self.asks_try = self.live;
                }
                Err(failure) => return self.failed(failure),
            },
            ":-" => return self.feed(Input::Bury),
            ":!" => return self.feed(Input::Suspend),
            ":*" => return self.feed(Input::Mark),
            ":g" if matches!(stage, Stage::Back(current) if current.question.ask == Ask::Say) => {
                self.line("Your own words are not a guess: grade them by the criteria")?;
            }
            ":g" if matches!(stage, Stage::Back(_)) => return self.grade(Input::Guessed),
            ":g" => self.line("Answer first; then :g says that it was a guess")?,
            ":e" => return self.edit(stage, Meaning::Typo),
            ":em" => return self.edit(stage, Meaning::Changed),
            ":i" => self.info(stage)?,
            ":o" => {
                let said = open(&self.review.openable()?, self.editor);
                self.line(said.as_deref().unwrap_or("Opened"))?;
            }
            ":h" => {
                let hint = match stage {
                    Stage::Front(current) | Stage::Back(current) => {
                        let text = &current.loaded.text;
                        text.hint.as_ref().map(|hint| text.hint_line(hint))
                    }
                    Stage::Between | Stage::Finished => None,
                };
                self.line(&hint.map_or_else(|| "There is no hint".to_owned(), |hint| format!("Hint: {hint}")))?;
            }
            ":?" => {
                for (name, what) in COMMANDS {
                    self.line(&format!("{name}  {what}"))?;
                }
                self.line("An answer that begins with : is typed with two, as ::x")?;
            }
            _ => {
                let near = nearest(line, COMMANDS.iter().map(|(name, _)| *name));
                let hint = near.map_or_else(String::new, |near| format!(", did you mean {near}"));
                self.line(&format!("There is no command {}{hint}; :? lists all", one_line(line)))?;
            }
        }
        Ok(Then::Go)
    }

    /// The card's text in the editor; it is asked anew with what came of it.
    fn edit(&mut self, stage: &Stage, meaning: Meaning) -> Result<Then, Failure> {
        let (Stage::Front(current) | Stage::Back(current)) = stage else { return Ok(Then::Go) };
        if !self.live {
            self.line(&format!("`lmq edit {}` changes this card", one_line(&current.loaded.name)))?;
            return Ok(Then::Go);
        }
        match self.edited(current, meaning) {
            Ok(said) => {
                self.line(&said)?;
                self.review.show_edited()?;
                self.anew = true;
                Ok(Then::Go)
            }
            Err(failure) => self.failed(failure),
        }
    }

    fn edited(&mut self, current: &Current, meaning: Meaning) -> Result<String, Failure> {
        let mut note_editor = self.review.note_editor();
        let note = note_editor.open(current.loaded.card)?;
        let unchanged = "Nothing was changed".to_owned();
        let before = crate::ops::edit::write(std::slice::from_ref(&note));
        let Some(text) = self.editor.edit(&before)? else { return Ok(unchanged) };
        let kept = |mut failure: Failure| match self.editor.keep(&text) {
            Ok(how) => failure.hint(how),
            Err(also) => {
                failure.places.push(also.what);
                failure
            }
        };
        match note_editor.read(&note, &text)? {
            Err(faults) => {
                let mut failure = Failure::data("nothing was changed: the text has faults");
                failure.places = faults;
                Err(kept(failure))
            }
            Ok(None) => Ok(unchanged),
            Ok(Some(rewrite)) => match note_editor.apply(rewrite, How { meaning, ..How::default() }) {
                Ok(done) if done.notes.is_empty() => Ok(unchanged),
                Ok(done) => Ok(done.label),
                Err(Refusal::Failure(failure)) => Err(kept(failure)),
                Err(Refusal::Conflict(_)) => {
                    Err(kept(Failure::failed("nothing was changed: the card was changed elsewhere in the meantime")))
                }
            },
        }
    }

    fn info(&mut self, stage: &Stage) -> Result<(), Failure> {
        let (Stage::Front(current) | Stage::Back(current)) = stage else { return Ok(()) };
        let lines = words::info(current, self.review.session(), self.review.today());
        for line in lines {
            self.line(&one_line(&line))?;
        }
        if let Some(topic) = &current.loaded.topic {
            // Before the answer a title may give it away.
            if matches!(stage, Stage::Back(_)) {
                self.line(&format!("Topic: {}", one_line(&topic.title)))?;
            }
            if topic.primer.is_some() {
                self.indented(&topic.primer_document(), Side::Question)?;
            }
        }
        Ok(())
    }

    fn grade(&mut self, input: Input) -> Result<Then, Failure> {
        let session = self.review.session().clone();
        let today = self.review.today();
        let quality = match &input {
            Input::Grade(quality) => *quality,
            Input::Guessed => {
                let wrong = session.suggestion() == Some(crate::core::grade::Button::Again.quality());
                if wrong {
                    crate::core::grade::Button::Again.quality()
                } else {
                    crate::core::grade::Button::Hard.quality()
                }
            }
            _ => session.suggestion().unwrap_or(crate::core::grade::Button::Good.quality()),
        };
        let choice: Option<Choice> = session.choices(today).into_iter().find(|choice| choice.quality == quality);
        let answers = session.answers();
        let then = self.feed(input)?;
        if self.review.session().answers() > answers {
            let repeats =
                session.rules().drill().repeats(quality) && session.mode() == crate::core::session::Mode::Normal;
            self.line(&words::graded(choice.as_ref(), repeats))?;
            self.blank()?;
        }
        Ok(then)
    }

    fn feed(&mut self, input: Input) -> Result<Then, Failure> {
        match self.review.feed(input) {
            Ok(said) => {
                for said in said {
                    self.say(&said)?;
                }
                Ok(Then::Go)
            }
            Err(failure) => self.failed(failure),
        }
    }

    /// A person sees what happened and can try again; a script has to hear of it.
    fn failed(&mut self, failure: Failure) -> Result<Then, Failure> {
        if !self.live {
            return Err(failure);
        }
        self.line(&failure.to_string())?;
        Ok(Then::Go)
    }

    fn say(&mut self, said: &Notice) -> Result<(), Failure> {
        match words::said(said, ":u") {
            Some(text) => self.line(&one_line(&text)),
            None => Ok(()),
        }
    }

    fn end(&mut self) -> Result<(), Failure> {
        let summary = self.review.summary();
        let waits = self.review.waits()?;
        for line in words::summary(&summary, &waits, self.review.settings()) {
            self.line(&one_line(&line))?;
        }
        if summary.waiting.all() == 0 && self.review.offers_scene()? {
            self.line(words::SCENE_LINE)?;
        }
        self.out.flush().map_err(|error| Failure::output(&error))
    }
}
