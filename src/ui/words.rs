//! Everything that front ends say, in one place, as plain text without wrapping.

mod asking;
mod end;
mod waits;

pub use asking::CHOOSE_GRADE;
pub use asking::DROPS_ANSWER;
pub use asking::SAME_INTERVALS;
pub use asking::TYPED_TOO_LATE;
pub use asking::hidden;
pub use asking::how;
pub use asking::letters_are_keys;
pub use asking::letters_go_on;
pub use asking::unanswered;
pub use end::recalled;
pub use end::summary;
pub use waits::comeback;
pub use waits::fits;
pub use waits::minutes;
pub use waits::nothing;
pub use waits::nothing_here;
pub use waits::paused;
pub use waits::welcome_back;

use crate::core::card::Ask;
use crate::core::card::Correctness;
use crate::core::card::Verdict;
use crate::core::compare::answer::Difference;
use crate::core::compare::difference;
use crate::core::compare::difference::Compared;
use crate::core::event::Event;
use crate::core::event::EventKind;
use crate::core::grade::Quality;
use crate::core::queue::Origin;
use crate::core::session::Mode;
use crate::core::session::Session;
use crate::core::session::choices::Choice;
use crate::core::session::current::Current;
use crate::core::study_day::StudyDay;
use crate::core::study_day::Timestamp;
use crate::core::text::counted;
use crate::core::text::one_line;
use crate::core::units::Days;
use crate::core::units::Millis;
use crate::core::units::in_seconds;
use crate::ops::card_details::AskedToday;
use crate::ops::card_details::CardDetails;
use crate::ops::card_details::Happened;
use crate::ops::card_details::HistoryRow;
use crate::ops::review::Notice;
use crate::ops::review::unreadable;
use crate::ui::keymap::Command;
use crate::ui::keymap::Keymap;

/// What is said of pictures and sounds that are not there, with their names where these may be said.
#[must_use]
pub fn missing(names: &[String], may_be_said: bool) -> String {
    if !may_be_said {
        let found =
            counted(names.len(), "picture or sound of the question is", "pictures or sounds of the question are");
        return format!("{found} not beside the deck file");
    }
    let names: Vec<String> = names.iter().map(|name| format!("`{}`", one_line(name))).collect();
    format!("Not found beside the deck file: {}", names.join(", "))
}

/// A number of days for people.
#[must_use]
pub fn in_days(days: i64) -> String {
    match days {
        ..=0 => "today".to_owned(),
        1 => "tomorrow".to_owned(),
        days => format!("in {days} days"),
    }
}

/// Today, or a day of the coming week by its name; the one a week from today has the name of today.
#[must_use]
pub fn on_weekday(day: StudyDay, today: StudyDay) -> String {
    let which = match day.since(today) {
        0 => return "today".to_owned(),
        ..7 => "on",
        _ => "next",
    };
    format!("{which} {}", day.date().format("%A"))
}

/// About how long.
#[must_use]
pub fn about(time: Millis) -> String {
    match time.0 / 1000 {
        0..=45 => "under a minute".to_owned(),
        seconds => counted(seconds.div_ceil(60), "minute", "minutes"),
    }
}

/// What waits for a session, and how long the session takes: `4 due · 2 minutes`, with what stands between the two. The counts are of
/// all that waits, so that each answer makes them smaller; an estimate of what fits into the time would rise and fall with the pace.
#[must_use]
pub fn left(session: &Session, now: Timestamp, between: &str) -> String {
    let waiting = session.waiting();
    let mut parts = Vec::new();
    for (count, word) in [(waiting.new, "new"), (waiting.reviews, "due"), (waiting.repeats, "again")] {
        if count > 0 {
            parts.push(format!("{count} {word}"));
        }
    }
    format!("{}{between}{}", parts.join(", "), about(session.time_left(now)))
}

/// What stands above the model of a card that was answered in one's own words: the sentences of earlier days, today's, and
/// what comes below. Each with its label.
#[must_use]
pub fn own_words(current: &Current) -> Vec<(String, String)> {
    let earlier = current.loaded.own.earlier().into_iter();
    let earlier = earlier.map(|said| (format!("{}: ", said.day.iso()), one_line(&said.words)));
    let today = current.response.iter().map(|words| ("You said: ".to_owned(), one_line(words)));
    let mut lines: Vec<(String, String)> = earlier.chain(today).collect();
    if !lines.is_empty() {
        lines.push((String::new(), String::new()));
    }
    lines.push(("One way to say it:".to_owned(), String::new()));
    lines
}

/// The verdict with what there is to add.
#[must_use]
pub fn judged(verdict: &Verdict) -> String {
    let word = self::verdict(verdict);
    if verdict.remark.is_empty() { word.to_owned() } else { format!("{word} ({})", verdict.remark) }
}

/// What was typed against the right answer, where that is worth a look: it is another one, or not spelled the same.
#[must_use]
pub fn compared(verdict: &Verdict, ask: Ask) -> Option<Compared> {
    if !matches!(ask, Ask::Type | Ask::List(_)) {
        return None;
    }
    match &verdict.close {
        // Capitals are shown only where they are what differs.
        Some(close) => {
            let case = close.differences.contains(&Difference::Case);
            Some(difference::compare(&verdict.given, &close.answer, case))
        }
        // Where no item was misspelled, the remark says all.
        None if verdict.outcome == Correctness::Right || ask != Ask::Type => None,
        None => Some(difference::compare(&verdict.given, &verdict.expected, false)),
    }
}

/// The word for how an answer compares.
#[must_use]
pub fn verdict(verdict: &Verdict) -> &'static str {
    match verdict.outcome {
        Correctness::Right => "Right",
        Correctness::Near => "Nearly",
        Correctness::Wrong => "Not this time",
    }
}

/// A grade button with what comes of it: `1 Again this session`, `3 Good 6 d`.
#[must_use]
pub fn button(choice: &Choice, with_interval: bool) -> String {
    let then = match choice.interval {
        _ if !with_interval => String::new(),
        _ if choice.repeats => " this session".to_owned(),
        Some(days) => format!(" {}", spaced(days)),
        None => String::new(),
    };
    format!("{} {}{then}", choice.key, choice.label)
}

/// The same in a very narrow terminal.
#[must_use]
pub fn narrow_button(choice: &Choice) -> String {
    if choice.repeats { format!("{} {} soon", choice.key, choice.label) } else { button(choice, true) }
}

/// An interval with a blank before its unit: `6 d`.
fn spaced(days: Days) -> String {
    let short = days.short();
    let unit: String = short.chars().skip_while(|c| !c.is_alphabetic()).collect();
    format!("{} {unit}", short.trim_end_matches(char::is_alphabetic))
}

/// What comes of a grade.
#[must_use]
pub fn graded(choice: Option<&Choice>, repeats: bool) -> String {
    let then = match choice.and_then(|choice| choice.interval) {
        Some(Days(days)) => format!("back {}", in_days(i64::from(days))),
        None => "its interval stays".to_owned(),
    };
    let word = choice.map_or("", |choice| choice.label.as_str());
    if repeats { format!("{word}: once more in this session, then {then}") } else { format!("{word}: {then}") }
}

/// That an answer made a card a leech, and what to do.
#[must_use]
pub fn leech(card: &str, lapses: u32, suspended: bool) -> String {
    let what = if suspended { "It is suspended now" } else { "Rewrite it, split it, or suspend it" };
    format!("{card} is a leech: failed {}. {what}", counted(lapses, "time", "times"))
}

/// Something that happened, for people; nothing where nothing needs saying. `undo` is how it is taken back: a key, or a line.
#[must_use]
pub fn said(said: &Notice, undo: &str) -> Option<String> {
    match said {
        Notice::AskAgain(why) => Some(unreadable(why)),
        Notice::Leech { card, lapses, suspended, .. } => Some(leech(card, *lapses, *suspended)),
        Notice::Undone(label) => Some(format!("Took back: {label}")),
        Notice::NothingToUndo => Some("There is nothing to take back".to_owned()),
        Notice::Stale(card) => Some(format!("{card} was changed elsewhere in the meantime; this answer was not taken")),
        Notice::Marked(true) => Some(format!("Marked. {undo} takes it back")),
        Notice::Marked(false) => Some(format!("The mark is gone. {undo} brings it back")),
        Notice::Buried => Some(format!("Buried until tomorrow. {undo} takes it back")),
        Notice::Suspended => Some(format!("Suspended. {undo} takes it back")),
        Notice::Ignored => None,
    }
}

/// Why this card, and its numbers: a line each.
#[must_use]
pub fn info(current: &Current, session: &Session, today: StudyDay) -> Vec<String> {
    info_with(current, session, today, |choices| {
        choices.iter().map(|choice| button(choice, true)).collect::<Vec<_>>().join("  ")
    })
}

/// The same, with the grades to choose from in other words.
pub(super) fn info_with(
    current: &Current,
    session: &Session,
    today: StudyDay,
    grades: impl Fn(&[Choice]) -> String,
) -> Vec<String> {
    let state = &current.loaded.state;
    let mut lines = vec![match (session.mode(), current.origin) {
        (Mode::Cram, _) => "Asked because you cram: no schedule moves".to_owned(),
        (Mode::Normal, Origin::New) => "Asked because it is new".to_owned(),
        (Mode::Normal, Origin::Repeat) => "Asked again because it was not recalled well today".to_owned(),
        (Mode::Normal, Origin::Review) => match &state.memory {
            Some(memory) if memory.due > today => format!("Asked early: it is due {}", memory.due.iso()),
            Some(memory) if memory.due < today => {
                format!(
                    "Asked because it was due {} ({} late)",
                    memory.due.iso(),
                    counted(usize::try_from(today.since(memory.due)).unwrap_or(0), "day", "days")
                )
            }
            _ => "Asked because it is due today".to_owned(),
        },
    }];
    if let Some(memory) = &state.memory {
        let ease = memory.ease().map_or_else(String::new, |ease| format!("ease {:.2}, ", ease.decimal()));
        lines.push(format!(
            "Interval {}, {ease}{}, {}",
            memory.interval.short(),
            counted(memory.repetitions, "recall in a row", "recalls in a row"),
            counted(memory.lapses, "lapse", "lapses"),
        ));
    }
    lines.push(format!("Next: {}", grades(&session.choices(today))));
    let mut facts = vec![current.loaded.name.clone(), format!("kind {}", current.loaded.text.kind)];
    if !current.loaded.text.source.is_empty() {
        facts.push(format!("source {}", current.loaded.text.source.join(", ")));
    }
    if !current.loaded.text.tags.is_empty() {
        facts.push(format!("tags {}", current.loaded.text.tags.join(", ")));
    }
    if state.marked {
        facts.push("marked".to_owned());
    }
    lines.push(facts.join(" · "));
    lines
}

/// In place of the answer of a card that only check-ups ask.
pub const HELD_OUT: &str = "Kept for a check-up: the answer stays hidden, since seeing it would spoil the result";

/// Why a card is asked today, or is not; with the keys that change that, where these work.
#[must_use]
pub fn stands(page: &CardDetails, keys: Option<&Keymap>) -> String {
    match page.asked_today {
        AskedToday::Suspended => match keys {
            Some(keys) => {
                format!("Not asked: it is suspended, until {} in the list of cards", keys.first(Command::Suspend))
            }
            None => "Not asked: it is suspended, until `lmq suspend --off`".to_owned(),
        },
        AskedToday::Buried(until) => format!("Not asked before {}: it is buried", until.iso()),
        AskedToday::Paused(until) => paused(until),
        AskedToday::HeldOut => "Never asked: it is kept for a check-up".to_owned(),
        AskedToday::Waits(before) => {
            let why = match &page.line.state.memory {
                None => "it is new".to_owned(),
                Some(memory) if memory.due > page.today => "it was not recalled well today".to_owned(),
                Some(memory) if memory.due == page.today => "it is due".to_owned(),
                Some(memory) => format!("it was due {}", memory.due.iso()),
            };
            match before {
                0 => format!("Asked next: {why}"),
                before => format!("Asked today, after {}: {why}", counted(before, "other card", "other cards")),
            }
        }
        AskedToday::PastLimit => "Not asked today: the day's limit leaves it out".to_owned(),
        AskedToday::BuildsOn => {
            format!("Not asked yet: {} must be learned first", page.line.text.after.join(", "))
        }
        AskedToday::NotDaily => {
            let asks = match keys {
                Some(keys) => format!(
                    "{} on it, on the first screen, asks one that is listed",
                    keys.shown(Command::Reveal, "enter")
                ),
                None => "`lmq review DECK` asks it".to_owned(),
            };
            format!("Not asked every day: its deck is hidden or left out; {asks}")
        }
        AskedToday::NotItsTurn => "Not asked today: a card of the same note or group comes first".to_owned(),
        AskedToday::Later(due) => format!("Not asked today: due {}, {}", due.iso(), in_days(due.since(page.today))),
    }
}

/// The facts about a card: label and value. `hidden`: it is being asked, so that nothing may give its answer away.
#[must_use]
pub fn facts(page: &CardDetails, hidden: bool) -> Vec<(&'static str, String)> {
    let line = &page.line;
    let state = &line.state;
    let mut word = state.word(page.today, page.drill).name().to_owned();
    let both = state.suspended && state.is_buried(page.today);
    for (is, tag) in [(both, "buried"), (state.marked, "marked"), (page.leech, "leech")] {
        if is {
            word.push_str(&format!(", {tag}"));
        }
    }
    let mut facts = vec![("state", word)];
    if let Some(memory) = &state.memory {
        facts.push(("due", format!("{}, {}", memory.due.iso(), in_days(memory.due.since(page.today)))));
        facts.push(("interval", memory.interval.short()));
        facts.extend(memory.ease().map(|ease| ("ease", format!("{:.2}", ease.decimal()))));
        facts.push(("recalls", format!("{} in a row", memory.repetitions)));
        facts.push(("lapses", memory.lapses.to_string()));
    }
    // Only check-ups ask it: no grade, no interval.
    if !line.text.held_out {
        facts.push(("next", page.choices.iter().map(|choice| button(choice, true)).collect::<Vec<_>>().join(" · ")));
    }
    facts.push(("deck", line.deck_name.clone()));
    facts.push(("kind", line.text.kind.clone()));
    // A topic's title or a tag may name the answer.
    if !hidden {
        facts.extend(line.topic.clone().map(|topic| ("topic", topic)));
        facts.extend(line.text.speaker.clone().map(|speaker| ("speaker", speaker)));
        if !line.text.tags.is_empty() {
            facts.push(("tags", line.text.tags.join(", ")));
        }
        facts.extend(line.text.hint.clone().map(|hint| ("hint", hint)));
    }
    if !line.text.source.is_empty() {
        facts.push(("source", line.text.source.join(", ")));
    }
    facts.push(("id", line.card.to_string()));
    facts
}

/// An event in one line.
#[must_use]
pub fn event(row: &HistoryRow) -> String {
    let when = |at: Timestamp| at.to_datetime().map_or_else(String::new, |at| at.format("%Y-%m-%d %H:%M").to_string());
    let mut line = match &row.what {
        Happened::Fact { at, fact, .. } => format!("{} {}", when(*at), fact.name()),
        Happened::Event(event) => {
            let mut line = format!("{} {}", when(event.at), event.kind.name());
            if let Some((quality, took)) = event.kind.answer() {
                line.push_str(&format!(" {} in {}", quality.button().name(), in_seconds(took.0.into())));
            }
            if event.detail.guessed {
                line.push_str(", guessed");
            }
            if let Some(response) = &event.detail.response {
                line.push_str(&format!(", answered “{response}”"));
            }
            if let Some(after) = row.after.as_ref().and_then(|state| state.memory.as_ref()).filter(|_| moves(event)) {
                line.push_str(&format!(" → {}, due {}", after.interval.short(), after.due.iso()));
            }
            line
        }
    };
    if row.voided {
        line.push_str(" (taken back)");
    }
    line
}

/// Whether an event leaves a memory of its own.
fn moves(event: &Event) -> bool {
    match event.kind {
        EventKind::Answered { .. } | EventKind::Rescheduled | EventKind::Adopted | EventKind::Restarted => true,
        EventKind::Crammed { .. }
        | EventKind::Reset
        | EventKind::Suspended
        | EventKind::Unsuspended
        | EventKind::Buried { .. }
        | EventKind::Unburied
        | EventKind::Marked
        | EventKind::Unmarked
        | EventKind::Flagged { .. }
        | EventKind::Imported { .. }
        | EventKind::Checked { .. } => false,
    }
}

/// What can be done about a leech, each with its key. Everything that offers them reads this list.
pub const LEECH_OFFERS: &[(Command, &str)] = &[
    (Command::Edit, "rewrite it"),
    (Command::Split, "split it: add a card that takes over half of it"),
    (Command::Hint, "give it a hint"),
    (Command::Suspend, "take it out"),
];

/// The history of a leech in one line.
#[must_use]
pub fn leech_history(page: &CardDetails) -> String {
    let counting = page.events.iter().filter(|row| !row.voided);
    let answers: Vec<(StudyDay, Quality)> = counting
        .filter_map(|row| match &row.what {
            Happened::Event(event) => match event.kind {
                EventKind::Answered { quality, .. } => Some((event.study_day, quality)),
                _ => None,
            },
            Happened::Fact { .. } => None,
        })
        .collect();
    let last: Vec<&str> = answers.iter().rev().take(6).rev().map(|(_, quality)| quality.button().name()).collect();
    let since = answers.first().map_or_else(String::new, |(day, _)| format!(" since {}", day.iso()));
    format!(
        "Failed {} in {}{since}; lately {}",
        counted(page.line.state.lapses(), "time", "times"),
        counted(answers.len(), "answer", "answers"),
        last.join(", "),
    )
}

/// What a leech that is being asked says of itself, and what can be done.
#[must_use]
pub fn leech_shown(current: &Current, keys: &str) -> String {
    format!(
        "A leech: failed {} in {}. {keys}",
        counted(current.loaded.state.lapses(), "time", "times"),
        counted(current.loaded.state.answers, "answer", "answers"),
    )
}

/// What the first screen says before the first answer; `key` begins.
#[must_use]
pub fn welcome(new_per_day: u32, key: &str) -> String {
    let new = counted(new_per_day, "new card", "new cards");
    format!(
        "{new} a day, taught first and then asked; what you recall comes back later and later. Press {key} for the \
         first one."
    )
}

/// What was taken back, newest first.
#[must_use]
pub fn taken_back(labels: &[String]) -> String {
    match labels {
        [] => "There is nothing to take back".to_owned(),
        [one] => format!("Took back: {one}"),
        [.., last] => format!("Took back {}, down to: {last}", counted(labels.len(), "step", "steps")),
    }
}

/// What was brought back, if anything was.
#[must_use]
pub fn brought_back(label: Option<&str>) -> String {
    label.map_or_else(|| "There is nothing to bring back".to_owned(), |label| format!("Brought back: {label}"))
}

/// The offer at the end of a week's first session.
pub const SCENE: &str =
    "Once a week: write down one moment of the past days in which somebody led or managed, as a card of your own.";

/// What the form asks for.
pub const SCENE_LABELS: [&str; 2] = ["What happened? (the question)", "What does it show? (the answer)"];

/// It was written.
pub const SCENE_KEPT: &str = "It is in the deck `my scenes`, and comes with the next new cards.";

/// It was switched off.
pub const SCENE_OFF: &str = "Not offered again. `lmq config set weekly_scene true` brings it back.";

/// The offer over lines.
pub const SCENE_LINE: &str = "Once a week: write down one moment of the past days in which somebody led or managed, with `lmq add \"my scenes\" QUESTION ANSWER`. `lmq config set weekly_scene false` ends this";

/// The question about the line to do that a session showed on `day`, without its keys.
#[must_use]
pub fn did_you(line: &str, day: StudyDay, today: StudyDay) -> String {
    let when = if today.since(day) == 1 { "Yesterday" } else { "Last time" };
    format!("{when}: {} Did you?", sentence(line))
}

/// A text with a full stop, unless it ends with a mark of its own.
fn sentence(text: &str) -> String {
    let text = text.trim();
    if text.ends_with(['.', '!', '?', '…', '”', '"']) { text.to_owned() } else { format!("{text}.") }
}

/// Why that is asked, and what becomes of the answer.
pub const TRIED_HELP: &str = "Your last session ended with this line to do, and \"Did you?\" asks once what became of it. \
     The answer is yours alone: it moves no schedule, nothing that you share has it, and `lmq stats --all` counts it. Enter goes on \
     without one.";

/// That the answer is kept; `undo` takes it back.
#[must_use]
pub fn noted(undo: &str) -> String {
    format!("Noted. {undo} takes it back")
}

/// How the question about a line to do is answered, with the key of each answer.
pub const TRIED_KEYS: &str = "y yes   n no   t not yet   Enter goes on";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_week_from_today_is_the_next_day_of_its_name() {
        // A Friday.
        let friday = StudyDay(20_468 - (20_468 - 1) % 7);
        assert_eq!(on_weekday(friday, friday.plus(-3)), "on Friday");
        assert_eq!(on_weekday(friday.plus(7), friday), "next Friday");
        assert_eq!(on_weekday(friday, friday), "today");
    }

    #[test]
    fn before_the_answer_no_name_of_a_picture_is_said() {
        let names = ["France.png".to_owned(), "Spain.png".to_owned()];
        assert!(missing(&names, true).contains("`France.png`, `Spain.png`"));
        assert_eq!(missing(&names, false), "2 pictures or sounds of the question are not beside the deck file");
    }
}
