//! What can be said to a session over lines beside answers: commands, each with a colon before it.

use crate::core::card::Ask;
use crate::core::id::CardId;
use crate::core::session::Input;
use crate::core::session::Stage;
use crate::core::session::current::Current;
use crate::core::text::one_line;
use crate::failure::Failure;
use crate::ops::edit::How;
use crate::ops::edit::Meaning;
use crate::ops::edit::Refusal;
use crate::ui::line_commands;
use crate::ui::line_commands::LineCommand;
use crate::ui::open;
use crate::ui::plain::Sitting;
use crate::ui::plain::Then;
use crate::ui::spoken::grades;
use crate::ui::words;

/// What can be said beside an answer. Where no answer in words is waited for the colon may be left away, on a question before marks
/// alone.
const COMMANDS: &[LineCommand] = &[
    (":u", &["undo"], "hide the answer again, else take back the newest step"),
    (":redo", &[], "bring back what was taken back last"),
    (":-", &["bury"], "hold the card back until tomorrow"),
    (":!", &["suspend"], "take the card out"),
    (":*", &["mark", "star"], "set or take away the star"),
    (":i", &["info", "why"], "why this card, its numbers, its topic"),
    (":h", &["hint"], "the hint"),
    (":o", &["open"], "open its pictures and sounds"),
    (":d", &["show"], "show the answer to somebody who gives none"),
    (":g", &["guess", "guessed"], "right, but a guess: Hard"),
    (":e", &["edit"], "change the card's text in your editor"),
    (":em", &["meaning"], "the same, for another meaning: the card starts again, gently"),
    (":r", &["repeat"], "the question again, or the answer where it is shown"),
    (":q", &["quit", "leave", "exit"], "leave; everything is kept"),
    (":?", &["help"], "this list"),
];

/// The mark of the command that a line is, said with its colon.
pub(super) fn mark_of(line: &str) -> Option<&'static str> {
    line_commands::mark_of(COMMANDS, line)
}

/// Said where a command is about a card, and there is none.
const NO_CARD: &str = "There is no card here";

/// Parts of a line over lines: the dot that stands between them on a screen would be read out.
fn without_dots(line: &str) -> String {
    one_line(line).replace(" · ", "; ")
}

/// Whether a card is asked, or its answer is shown.
fn has_card(stage: &Stage) -> bool {
    matches!(stage, Stage::Front(_) | Stage::Back(_))
}

impl Sitting<'_, '_> {
    pub(super) fn command(&mut self, stage: &Stage, line: &str) -> Result<Then, Failure> {
        let Some(mark) = mark_of(line) else {
            self.line(&line_commands::unknown(COMMANDS, line))?;
            return Ok(Then::Go);
        };
        match mark {
            ":q" => {
                self.feed(Input::Quit)?;
                return Ok(Then::End);
            }
            // A program that says it means the newest answer, whatever is shown.
            ":u" if self.live && self.review.hides() => match self.review.hide() {
                Ok(()) => self.line(&words::hidden(":u"))?,
                Err(failure) => return self.failed(failure),
            },
            ":u" => match self.review.undo() {
                Ok(said) => {
                    self.say(&said)?;
                    self.asks_try = self.live;
                    // Where a card is asked again the sitting comes to another end.
                    self.ended = self.review.session().current().is_none();
                }
                Err(failure) => return self.failed(failure),
            },
            ":redo" => match self.review.redo() {
                Ok(label) => {
                    self.line(&words::brought_back(label.as_deref()))?;
                    self.ended &= label.is_none();
                }
                Err(failure) => return self.failed(failure),
            },
            ":-" | ":!" | ":*" | ":o" | ":r" if !has_card(stage) => self.line(NO_CARD)?,
            ":-" => return self.feed(Input::Bury),
            ":!" => return self.feed(Input::Suspend),
            ":*" => return self.feed(Input::Mark),
            ":d" if matches!(stage, Stage::Front(_)) && !self.primer => return self.feed(Input::Show),
            ":d" => self.line("There is no answer to show now")?,
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
                match hint {
                    Some(hint) => self.labelled("Hint: ", &hint)?,
                    None => self.line("There is no hint")?,
                }
            }
            ":r" => {
                if let Stage::Front(current) = stage
                    && let Some(topic) = current.loaded.topic.as_ref().filter(|_| self.primer)
                {
                    self.primed.remove(&topic.number);
                }
                self.anew = true;
            }
            _ => self.help(stage)?,
        }
        Ok(Then::Go)
    }

    /// What works here, a line each.
    fn help(&mut self, stage: &Stage) -> Result<(), Failure> {
        let openable = if has_card(stage) { Some(self.review.openable()?) } else { None };
        let opens = openable.is_some_and(|openable| !openable.targets.is_empty() || !openable.missing.is_empty());
        let has_hint = |current: &Current| current.loaded.text.hint.is_some();
        for command in COMMANDS {
            let works = match (command.0, stage) {
                (":u" | ":redo" | ":q" | ":?", _) => true,
                (":h", Stage::Front(current) | Stage::Back(current)) => has_hint(current),
                (":o", _) => opens,
                (":g", Stage::Back(current)) => current.question.ask != Ask::Say,
                (":d", Stage::Front(_)) => !self.primer,
                (":d" | ":g" | ":h", _) => false,
                (":i" | ":e" | ":em", _) => has_card(stage) || self.review.last_card().is_some(),
                _ => has_card(stage),
            };
            if works {
                self.line(&line_commands::listed(command))?;
            }
        }
        match stage {
            Stage::Front(_) if self.primer => self.line("Enter goes on to the card"),
            Stage::Front(current) => {
                self.line(&words::how(current.question.ask, current.question.options.len(), None))?;
                self.line("An answer that begins with : is typed with two, as ::x")
            }
            Stage::Back(_) => {
                self.line("A grade by its number or its name; Enter takes the suggested one")?;
                self.line(words::SAME_INTERVALS)
            }
            Stage::Between | Stage::Finished => self.line("Enter ends"),
        }
    }

    /// The card's text in the editor; it is asked anew with what came of it. At the end it is the last card's.
    fn edit(&mut self, stage: &Stage, meaning: Meaning) -> Result<Then, Failure> {
        let card = match stage {
            Stage::Front(current) | Stage::Back(current) => {
                if !self.live {
                    self.line(&format!("`lmq edit {}` changes this card", one_line(&current.loaded.name)))?;
                    return Ok(Then::Go);
                }
                Some(current.loaded.card)
            }
            Stage::Between | Stage::Finished => self.review.last_card(),
        };
        let Some(card) = card else {
            self.line(NO_CARD)?;
            return Ok(Then::Go);
        };
        match self.edited(card, meaning) {
            Ok(said) => {
                self.line(&said)?;
                self.review.show_edited()?;
                self.anew = true;
                Ok(Then::Go)
            }
            Err(failure) => self.failed(failure),
        }
    }

    fn edited(&mut self, card: CardId, meaning: Meaning) -> Result<String, Failure> {
        let mut note_editor = self.review.note_editor();
        let note = note_editor.open(card)?;
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
        let (Stage::Front(current) | Stage::Back(current)) = stage else { return self.last_card() };
        let (session, today) = (self.review.session(), self.review.today());
        let lines = if self.spoken {
            words::info_with(current, session, today, |choices| grades(choices, None))
        } else {
            words::info(current, session, today)
        };
        for line in lines {
            self.line(&without_dots(&line))?;
        }
        if let Some(topic) = &current.loaded.topic {
            // Before the answer a title may give it away.
            if matches!(stage, Stage::Back(_)) {
                self.line(&format!("Topic: {}", one_line(&topic.title)))?;
            }
            if topic.primer.is_some() {
                self.primer_of(topic)?;
            }
        }
        Ok(())
    }

    /// At the end: the card that something was done to last.
    fn last_card(&mut self) -> Result<(), Failure> {
        let page = self.review.last_card().map(|card| self.review.page(card)).transpose()?.flatten();
        let Some(page) = page else { return self.line(NO_CARD) };
        self.line(&words::stands(&page, None))?;
        for (label, text) in words::facts(&page, false) {
            self.labelled(&format!("{label}: "), &without_dots(&text))?;
        }
        Ok(())
    }
}
