//! The grades that a card can be given, with what each would do.

use crate::core::grade::Button;
use crate::core::grade::Quality;
use crate::core::grade::Scale;
use crate::core::id::CardId;
use crate::core::scheduler::AnswerKind;
use crate::core::scheduler::Scheduler;
use crate::core::session::Mode;
use crate::core::settings::Settings;
use crate::core::state::CardState;
use crate::core::study_day::StudyDay;
use crate::core::units::Days;

/// A grade and what it would do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// The key.
    pub key: char,
    /// The word.
    pub label: String,
    /// The grade.
    pub quality: Quality,
    /// The interval that it gives; `None` where it moves nothing (a repeat, or cramming).
    pub interval: Option<Days>,
    /// Whether the card comes again in this session, before any interval begins.
    pub repeats: bool,
}

/// The grades that a card in this state can be given, each with the interval that it would give. `comes_back` is the study
/// day that its note wants, whatever the grade.
#[must_use]
pub fn choices(
    settings: &Settings,
    scheduler: &Scheduler,
    mode: Mode,
    card: CardId,
    before: &CardState,
    comes_back: Option<StudyDay>,
    today: StudyDay,
) -> Vec<Choice> {
    let moves = mode == Mode::Normal && AnswerKind::of(before, today) != AnswerKind::Drill;
    let repeats = |quality| mode == Mode::Normal && settings.drill().repeats(quality);
    let interval = |quality| {
        let after = scheduler.answer(card, before, quality, today);
        let due = after.memory.filter(|_| moves).map(|memory| comes_back.unwrap_or(memory.due));
        due.map(|due| Days(u32::try_from(due.since(today)).unwrap_or(0)))
    };
    match settings.scale {
        Scale::Four => Button::ALL
            .into_iter()
            .zip('1'..)
            .map(|(button, key)| Choice {
                key,
                label: button.name().to_owned(),
                quality: button.quality(),
                interval: interval(button.quality()),
                repeats: repeats(button.quality()),
            })
            .collect(),
        Scale::Sm2 => Quality::ALL
            .into_iter()
            .zip('0'..)
            .map(|(quality, key)| Choice {
                key,
                label: quality.button().name().to_lowercase(),
                quality,
                interval: interval(quality),
                repeats: repeats(quality),
            })
            .collect(),
    }
}
