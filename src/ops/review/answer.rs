//! One card graded without a sitting.

use crate::core::card::Unreadable;
use crate::core::card::Verdict;
use crate::core::grade::Quality;
use crate::core::id::CardId;
use crate::core::queue::Candidate;
use crate::core::queue::Origin;
use crate::core::queue::Queue;
use crate::core::queue::Siblings;
use crate::core::session::Effect;
use crate::core::session::Input;
use crate::core::session::Mode;
use crate::core::session::Session;
use crate::core::settings::Settings;
use crate::core::study_day::Timestamp;
use crate::core::text::one_line;
use crate::core::units::Millis;
use crate::env::Env;
use crate::failure::Failure;
use crate::ops::bulk;
use crate::ops::in_sitting;
use crate::ops::review::commit;
use crate::store::Fault;
use crate::store::Store;

/// What an answer without a sitting came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answered {
    /// The grade: the one that was given, else the one that the verdict suggests.
    pub quality: Quality,
    /// The lapses that made the card a leech, if this answer did.
    pub leech: Option<u32>,
    /// How what was typed compares with what is right, where the program can tell.
    pub verdict: Option<Verdict>,
}

/// Why an answer could not be read, and what to give instead.
#[must_use]
pub fn unreadable(why: &Unreadable) -> String {
    match why {
        Unreadable::NoAnswer => "that is not an answer; if you don't know, say so".to_owned(),
        Unreadable::TooLong => "that is too long: an answer has at most 10,000 characters".to_owned(),
        Unreadable::OutOfRange(options) => format!("choose 1 to {options}"),
        Unreadable::NoOption { given, options } => {
            format!("`{given}` is not one of the choices; type its number, 1 to {options}")
        }
        Unreadable::Ambiguous(given) => {
            format!("`{given}` could be several; type more of it, or its number, such as #2")
        }
        Unreadable::NoOrder(options) => {
            let example = (1..=*options).rev().map(|number| number.to_string()).collect::<Vec<_>>().join(" ");
            format!("give the numbers 1 to {options} in the right order, for example {example}")
        }
    }
}

/// Grades one card, without a sitting: early, past every limit, whatever it is; only a suspended card is refused.
/// `words` are what was typed, if anything.
///
/// # Errors
/// When the card is not there or suspended, the words can't be an answer to it, or it could not be committed.
pub fn answer(
    store: &mut Store,
    env: &Env,
    settings: &Settings,
    card: CardId,
    quality: impl Into<Option<Quality>>,
    took: Millis,
    words: &str,
) -> Result<Answered, Failure> {
    let (loaded, last) = store.load_to_answer(card)?;
    let when = in_sitting(env, settings, last);
    let Some(loaded) = loaded else {
        let line = store.card(card)?.filter(|line| line.erased);
        return Err(line.map_or_else(|| Fault::NoCard.at(store.path()).into(), |line| bulk::erased(&line)));
    };
    if loaded.state.suspended {
        return Err(Failure::failed(format!("the card {} is suspended", one_line(&loaded.known_by())))
            .hint("put it back with `lmq suspend --off`, or answer another"));
    }
    let mut queue = Queue::default();
    // There is nothing else in this queue that could be its sibling.
    queue.put_first(Candidate { card, siblings: Siblings(0) }, Origin::Review);
    let shown = Timestamp { unix_ms: when.now.unix_ms - i64::from(took.0), ..when.now };
    let name = loaded.known_by();
    let session = Session::new(queue, settings.clone(), Mode::Normal, None).present(Some(loaded), shown, when.today);
    let input = if words.trim().is_empty() { Input::Show } else { Input::Respond(words.to_owned()) };
    let revealed = session.step(input, when.now, when.today);
    if revealed.effects != [Effect::ShowBack] {
        let mut failure = Failure::usage(format!("this can't be an answer to {}", one_line(&name)));
        if let Some(Effect::AskAgain(why)) = revealed.effects.first() {
            failure = failure.at(unreadable(why));
        }
        let options = revealed.next.current().map_or(&[][..], |current| current.question.options.as_slice());
        let numbered = options.iter().zip(1_u32..).map(|(option, number)| format!("  {number} {}", one_line(option)));
        failure.places.extend(numbered);
        return Err(failure.hint("nothing was graded; without --response, give a grade"));
    }
    let revealed = revealed.next;
    let Some(quality) = quality.into().or_else(|| revealed.suggestion()) else {
        return Err(Failure::usage(format!("lmq can't judge {}: grade it yourself", one_line(&name)))
            .hint("add again, hard, good or easy"));
    };
    let step = revealed.step(Input::Grade(quality), when.now, when.today);
    let scheduler = revealed.scheduler();
    let verdict = revealed.current().and_then(|current| current.verdict.clone());
    let mut answered = Answered { quality, leech: None, verdict };
    for effect in step.effects {
        match effect {
            Effect::Append { kind, events } => {
                commit(store, when, kind, &events, &scheduler)?;
            }
            Effect::Leech { lapses, .. } => answered.leech = Some(lapses),
            Effect::ShowBack | Effect::AskAgain(_) | Effect::Ignored => {}
        }
    }
    Ok(answered)
}
