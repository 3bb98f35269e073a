//! What stands beside a card on a wide screen: how far the session is, what comes, and what there is to know of the card.

use crate::core::session::Session;
use crate::core::session::Stage;
use crate::core::session::current::Current;
use crate::core::study_day::StudyDay;
use crate::core::study_day::Timestamp;
use crate::core::text::counted;
use crate::ops::review::Review;
use crate::ui::Look;
use crate::ui::tui::paint::Tone;
use crate::ui::tui::paint::gauge;
use crate::ui::tui::paint::say;
use crate::ui::tui::paint::style;
use crate::ui::tui::paint::wrapped;
use crate::ui::words;
use ratatui::style::Style;
use ratatui::text::Line;
use ratatui::text::Span;

/// Columns of the bar.
const GAUGE: u64 = 24;

/// The lines of the pane.
pub(super) fn beside(current: &Current, review: &Review<'_>, width: usize, look: Look) -> Vec<Line<'static>> {
    let (session, today) = (review.session(), review.today());
    let mut lines = progress(session, today, review.now(), width, look);
    let plain = |text: &str| wrapped(text, width, Style::new());
    lines.push(Line::default());
    lines.push(say("This card", Tone::Quiet, look));
    let state = &current.loaded.state;
    // Why it is asked, and what is known of it. What comes of each grade stands on the buttons.
    let known = if state.memory.is_some() { 2 } else { 1 };
    for line in words::info(current, session, today).into_iter().take(known) {
        lines.extend(plain(&line));
    }
    if state.answers > 0 {
        lines.extend(plain(&format!("Answered {}", counted(state.answers, "time", "times"))));
    }
    // Before the answer a topic's title may give it away.
    if let Some(topic) = current.loaded.topic.as_ref().filter(|_| matches!(session.stage(), Stage::Back(_))) {
        lines.push(Line::default());
        lines.push(say("Topic", Tone::Quiet, look));
        lines.extend(plain(&topic.title));
    }
    lines
}

/// How much is done, and what comes.
fn progress(session: &Session, today: StudyDay, now: Timestamp, width: usize, look: Look) -> Vec<Line<'static>> {
    let (summary, waiting) = (session.summary(today), session.waiting());
    let (done, all) = (summary.answers, summary.answers + waiting.all());
    let count = |count: usize| u64::try_from(count).unwrap_or(0);
    let mut lines = vec![say("This session", Tone::Quiet, look)];
    lines.push(Line::from(format!("{}  {done} of {all}", gauge(count(done), count(all), GAUGE))));
    let (passed, of) = summary.recalled;
    if of > 0 {
        lines.extend(wrapped(&words::recalled(passed, of), width, Style::new()));
    }
    lines.push(Line::default());
    lines.push(say(&format!("To come · {}", words::about(session.time_left(now))), Tone::Quiet, look));
    let kinds =
        [(waiting.reviews, "due", Tone::Due), (waiting.new, "new", Tone::New), (waiting.repeats, "again", Tone::Again)];
    for (count, word, tone) in kinds.into_iter().filter(|(count, ..)| *count > 0) {
        lines.push(Line::from(Span::styled(format!("{count:>4} {word}"), style(tone, look))));
    }
    lines
}
