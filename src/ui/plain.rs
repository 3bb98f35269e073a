//! The session over lines: for pipes, scripts and screen readers. No escape codes, ever.

mod commands;

use crate::core::card::Ask;
use crate::core::card::Correctness;
use crate::core::card::Unreadable;
use crate::core::document::Document;
use crate::core::document::Side;
use crate::core::grade::Button;
use crate::core::session::Input;
use crate::core::session::Stage;
use crate::core::session::choices::Choice;
use crate::core::session::current::Current;
use crate::core::session::current::TopicLine;
use crate::core::text::isolated;
use crate::core::text::one_line;
use crate::core::text::printable;
use crate::core::tried::Tried;
use crate::failure::Failure;
use crate::ops::review::Notice;
use crate::ops::review::Review;
use crate::ui::Editor;
use crate::ui::Look;
use crate::ui::lines::Lines;
use crate::ui::spoken;
use crate::ui::typeset::text_lines;
use crate::ui::words;
use std::collections::BTreeSet;
use std::io;
use std::io::Write;
use unicode_width::UnicodeWidthStr as _;

/// A line that comes sooner than this after its prompt was typed before it was read.
const UNSEEN_MS: u64 = 200;

/// Columns of a text beside its label, at least: a narrow terminal breaks the line itself.
const LEAST_ROOM: usize = 8;

/// What is said to such a line.
const UNSEEN: &str = "(too fast: not taken, read first)";

struct Sitting<'l, 'r> {
    review: &'l mut Review<'r>,
    out: &'l mut dyn Write,
    width: usize,
    /// Whether it is heard.
    spoken: bool,
    live: bool,
    /// The numbers of the topics whose primers were shown: two decks may call theirs the same.
    primed: BTreeSet<i64>,
    asked_at: u64,
    editor: &'l dyn Editor,
    /// The text on the screen is no more the card's.
    anew: bool,
    /// A primer stands before the card, and waits to be read.
    primer: bool,
    /// Whether it was said what the sitting came to, at its end.
    ended: bool,
    /// Whether anything was done: a sitting in which nothing waited ends by itself.
    acted: bool,
    /// Whether it was said how to leave.
    told: bool,
    /// Whether to ask about a line to do before the next card: only people are asked.
    asks_try: bool,
}

/// Writes a text of a card behind words of ours, and what it is wrapped to below its beginning. Texts that are written from the
/// right stay on their side of the words.
pub(super) fn write_labelled(out: &mut dyn Write, width: usize, label: &str, text: &str) -> io::Result<()> {
    if text.is_empty() {
        return writeln!(out, "{}", label.trim_end());
    }
    let indent = " ".repeat(label.width());
    let mut label = label;
    for part in textwrap::wrap(&printable(text), width.saturating_sub(indent.len()).max(LEAST_ROOM)) {
        writeln!(out, "{label}{}", isolated(&part))?;
        label = &indent;
    }
    Ok(())
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
        width: look.columns(),
        spoken: look.spoken,
        live: typed_live,
        primed: BTreeSet::new(),
        asked_at: 0,
        editor,
        anew: false,
        primer: false,
        ended: false,
        acted: false,
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
                Stage::Finished | Stage::Between if !self.waits_at_the_end() => return self.end(),
                Stage::Finished | Stage::Between => self.last_page()?,
                Stage::Front(current) if shown != now => self.front(current)?,
                Stage::Back(current) if shown != now => self.back(current)?,
                Stage::Front(_) | Stage::Back(_) => {}
            }
            self.prompt(&stage)?;
            if shown != now || now.is_none() {
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

    /// A line as it is.
    fn plain_line(&mut self, text: &str) -> Result<(), Failure> {
        writeln!(self.out, "{}", printable(text)).map_err(|error| Failure::output(&error))
    }

    /// A text of a card behind words of ours. Texts that are written from the right stay on their side of it.
    fn labelled(&mut self, label: &str, text: &str) -> Result<(), Failure> {
        write_labelled(self.out, self.width, label, text).map_err(|error| Failure::output(&error))
    }

    fn prompt(&mut self, stage: &Stage) -> Result<(), Failure> {
        self.mark(match stage {
            Stage::Back(_) => "grade> ",
            Stage::Front(_) if self.primer => "Enter goes on ",
            Stage::Front(_) | Stage::Between | Stage::Finished => "> ",
        })
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
                line if commands::mark_of(line) == Some(":q") => return Ok(Then::End),
                line if line == "?" || commands::mark_of(line) == Some(":?") => self.line(words::TRIED_HELP)?,
                _ if self.is_unseen() => self.line(UNSEEN)?,
                line if said.is_some() || line.is_empty() => match self.review.say_tried(&tried, said) {
                    Ok(()) => {
                        if said.is_some() {
                            self.line(&words::noted(":u"))?;
                        }
                        self.blank()?;
                        return Ok(Then::Go);
                    }
                    Err(failure) => self.line(&failure.to_string())?,
                },
                _ => {}
            }
        }
    }

    /// Whether the end of the sitting waits for somebody who may take a step back, or go on.
    fn waits_at_the_end(&self) -> bool {
        self.live && (self.acted || self.review.is_time_over())
    }

    /// What the sitting came to, once, and what can be done now.
    fn last_page(&mut self) -> Result<(), Failure> {
        if std::mem::replace(&mut self.ended, true) {
            return Ok(());
        }
        self.came_to()?;
        let more = self.review.waits()?.minutes_over.map_or_else(String::new, |over| {
            let minutes = words::minutes(over);
            format!("m goes on for {} more, ", minutes.to_lowercase())
        });
        self.line(&format!("{more}u takes back the newest step, ? lists what else there is, Enter ends"))
    }

    fn front(&mut self, current: &Current) -> Result<(), Failure> {
        self.primer = false;
        let topic = current.loaded.topic.as_ref();
        if let Some(topic) = topic.filter(|topic| current.loaded.primer_first && !self.primed.contains(&topic.number)) {
            self.primed.insert(topic.number);
            self.labelled("New topic: ", &one_line(&topic.title))?;
            self.primer_of(topic)?;
            if self.live {
                self.primer = true;
                return Ok(());
            }
            self.blank()?;
        }
        self.question(current)
    }

    pub(super) fn primer_of(&mut self, topic: &TopicLine) -> Result<(), Failure> {
        let document = topic.primer_document();
        let document = if self.spoken { spoken::without_tables(document) } else { document };
        self.indented(&document, Side::Question)
    }

    fn question(&mut self, current: &Current) -> Result<(), Failure> {
        let left = words::left(self.review.session(), self.review.now(), ", ");
        self.labelled(&format!("[{left}] "), &one_line(&current.loaded.deck))?;
        self.blank()?;
        if self.spoken {
            for line in spoken::question(&current.prompt_document(), &current.loaded.text) {
                self.plain_line(&line)?;
            }
        } else {
            self.indented(&current.prompt_document(), Side::Question)?;
        }
        for (index, option) in current.question.options.iter().enumerate() {
            self.labelled(&format!("    {}  ", index + 1), &one_line(option))?;
        }
        self.blank()?;
        let mut how = words::how(current.question.ask, current.question.options.len(), None);
        if !matches!(current.question.ask, Ask::Recall | Ask::Say) {
            how.push_str("; Enter alone shows the answer");
        }
        if current.loaded.text.hint.is_some() {
            how.push_str("; :h for a hint");
        }
        if !std::mem::replace(&mut self.told, true) {
            how.push_str("; :? lists what else there is, :q leaves");
        }
        self.line(&how)
    }

    fn back(&mut self, current: &Current) -> Result<(), Failure> {
        if let Some(verdict) = &current.verdict {
            let remark = if verdict.remark.is_empty() { String::new() } else { format!("({})", verdict.remark) };
            self.labelled(&format!("{} ", words::verdict(verdict)), &remark)?;
            let ask = current.question.ask;
            let heard = if self.spoken { spoken::answered(verdict, ask) } else { None };
            if let Some(heard) = &heard {
                self.plain_line(heard)?;
            }
            if !self.spoken
                && verdict.outcome != Correctness::Right
                && verdict.close.is_none()
                && !matches!(ask, Ask::List(_))
                && !verdict.given.is_empty()
            {
                self.labelled("  you: ", &one_line(&verdict.given))?;
            }
            let close = verdict
                .close
                .as_ref()
                .filter(|_| !self.spoken)
                .and_then(|_| words::compared(verdict, current.question.ask));
            if let Some(compared) = close {
                let marked: String = compared.marked().into_iter().map(|(_, text)| text).collect();
                self.labelled("  you: ", &marked)?;
            }
        }
        let text = &current.loaded.text;
        if current.question.ask == Ask::Say {
            let earlier = if self.spoken { current.loaded.own.earlier().len() } else { 0 };
            for (place, (label, text)) in words::own_words(current).into_iter().enumerate() {
                let label = if place < earlier { format!("You said on {label}") } else { label };
                self.labelled(&label, &text)?;
            }
        }
        let answer = text.answer_document(current.loaded.card.ordinal);
        if self.spoken && current.question.ask != Ask::Say {
            let is_other = current.verdict.as_ref().is_some_and(|verdict| verdict.outcome != Correctness::Right);
            for line in spoken::answer(&answer, if is_other { "Right" } else { "Answer" }) {
                self.plain_line(&line)?;
            }
        } else {
            self.indented(&answer, Side::Answer)?;
        }
        if let Some(speaker) = &text.speaker {
            self.labelled("  – ", &text.line(speaker))?;
        }
        if let Some(extra) = &text.extra {
            self.blank()?;
            self.indented(&text.document(extra), Side::Answer)?;
        }
        if let Some(topic) = &current.loaded.topic {
            self.labelled("  Topic: ", &one_line(&topic.title))?;
        }
        self.blank()?;
        let today = self.review.today();
        let choices = self.review.session().choices(today);
        let enter = self.review.session().preselected();
        if self.spoken {
            return self.line(&spoken::grades(&choices, enter));
        }
        let buttons: Vec<String> = choices
            .iter()
            .map(|choice| {
                let button = words::button(choice, true);
                if Some(choice.quality) == enter { format!("{button} (Enter)") } else { button }
            })
            .collect();
        self.line(&buttons.join("   "))
    }

    fn handle(&mut self, stage: &Stage, line: &str) -> Result<Then, Failure> {
        if self.is_unseen() && commands::mark_of(line) != Some(":q") {
            self.line(UNSEEN)?;
            return Ok(Then::Go);
        }
        if let Some(literal) = line.strip_prefix("::") {
            return self.answer(stage, &format!(":{literal}"));
        }
        if line.starts_with(':') {
            return self.command(stage, line);
        }
        let bare = format!(":{line}");
        let asks_for_words = match stage {
            Stage::Front(current) if !self.primer => {
                match current.question.ask {
                    Ask::Type | Ask::Say | Ask::List(_) => true,
                    // A side is named by its first letter, so that only the list of commands is none.
                    Ask::Choose | Ask::Sort | Ask::Order => line != "?",
                    Ask::Recall => false,
                }
            }
            Stage::Front(_) | Stage::Between | Stage::Finished => false,
            Stage::Back(_) => self.grade_of(line).is_some(),
        };
        // On a question a word may be meant as its answer, whoever judges it.
        let is_question = matches!(stage, Stage::Front(_)) && !self.primer;
        if !asks_for_words && commands::mark_of(&bare).is_some_and(|mark| !is_question || mark == bare) {
            return self.command(stage, &bare);
        }
        self.answer(stage, line)
    }

    fn answer(&mut self, stage: &Stage, line: &str) -> Result<Then, Failure> {
        match stage {
            Stage::Front(_) if self.primer && !line.is_empty() => {
                self.line("Enter goes on to the card; :? lists what else there is")?;
                Ok(Then::Go)
            }
            Stage::Front(current) if self.primer => {
                self.primer = false;
                self.review.begin_card();
                self.blank()?;
                self.question(current)?;
                Ok(Then::Go)
            }
            Stage::Front(_) if line.trim().is_empty() => self.feed(Input::Show),
            Stage::Front(_) => self.feed(Input::Respond(line.to_owned())),
            Stage::Back(_) if line.is_empty() && self.review.session().preselected().is_none() => {
                if !self.live {
                    return self.grade(Input::Grade(Button::Good.quality()));
                }
                self.line(words::CHOOSE_GRADE)?;
                Ok(Then::Go)
            }
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
            Stage::Between | Stage::Finished if line == "m" && self.review.is_time_over() => {
                self.review.go_on()?;
                self.ended = false;
                self.blank()?;
                Ok(Then::Go)
            }
            Stage::Between | Stage::Finished => Ok(Then::End),
        }
    }

    fn grade_of(&self, line: &str) -> Option<Input> {
        self.review.session().scale().read(line).ok().map(Input::Grade)
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
            _ => session.preselected().unwrap_or(crate::core::grade::Button::Good.quality()),
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
                self.acted = true;
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
        let text = match said {
            // Somebody who left away the colon, which choices that are written out need.
            Notice::AskAgain(Unreadable::NoOption { given, .. })
                if commands::mark_of(&format!(":{given}")).is_some() =>
            {
                words::said(said, ":u").map(|text| format!("{text}; the command is :{given}"))
            }
            _ => words::said(said, ":u"),
        };
        match text {
            Some(text) => self.line(&one_line(&text)),
            None => Ok(()),
        }
    }

    fn end(&mut self) -> Result<(), Failure> {
        if !self.ended {
            self.came_to()?;
        }
        self.out.flush().map_err(|error| Failure::output(&error))
    }

    /// What the sitting came to.
    fn came_to(&mut self) -> Result<(), Failure> {
        let summary = self.review.summary();
        let waits = self.review.waits()?;
        for line in words::summary(&summary, &waits, self.review.settings(), None) {
            self.line(&one_line(&line))?;
        }
        if summary.waiting.all() == 0 && self.review.offers_scene()? {
            self.line(words::SCENE_LINE)?;
        }
        Ok(())
    }
}
