//! What people type: searches, times, names, whole command lines.

use super::Target;
use crate::mutate::Seeds;
use crate::mutate::files_in;
use crate::trial::Chance;
use lmq::core::compare::answer::Given;
use lmq::core::compare::answer::Likeness;
use lmq::core::compare::answer::Nature;
use lmq::core::compare::answer::Read;
use lmq::core::compare::answer::Weights;
use lmq::core::compare::answer::key;
use lmq::core::compare::answer::liken;
use lmq::core::compare::search::fold;
use lmq::core::grade::Quality;
use lmq::core::id::ActionId;
use lmq::core::id::EventId;
use lmq::core::id::MediaHash;
use lmq::core::id::NoteUid;
use lmq::core::search::Asked;
use lmq::core::search::CardFacts;
use lmq::core::search::NoteFacts;
use lmq::core::search::parse::parse;
use lmq::core::search::scan::Scratch;
use lmq::core::settings::Settings;
use lmq::core::state::CardState;
use lmq::core::study_day::Rollover;
use lmq::core::study_day::StudyDay;
use lmq::core::study_day::Timestamp;
use lmq::core::text;
use lmq::env::Env;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::hint::black_box;

pub(super) fn targets() -> Vec<Target> {
    let mut lines = Vec::new();
    for file in files_in("commands") {
        lines.extend(file.split(|byte| *byte == b'\n').map(<[u8]>::to_vec));
    }
    let bodies = files_in("bodies");
    vec![
        Target::new("search", lines_of("search"), move |bytes, chance| search(bytes, &bodies, chance)),
        Target::new("times", lines_of("times"), times),
        Target::new("names and texts", Seeds::of(&["search", "toml", "csv"]), names),
        Target { rarer: 20, ..Target::new("command lines", Seeds::new(lines), command) },
    ]
}

/// Each line of a folder's files.
fn lines_of(folder: &str) -> Seeds {
    let files = files_in(folder);
    Seeds::new(files.iter().flat_map(|file| file.split(|byte| *byte == b'\n')).map(<[u8]>::to_vec).collect())
}

/// A query that was read is asked of notes; what it decides without the card holds with it.
fn search(bytes: &[u8], bodies: &[Vec<u8>], chance: &mut Chance) -> Result<(), String> {
    let line = String::from_utf8_lossy(bytes);
    let query = match parse(&line, None, &BTreeMap::new()) {
        Ok(query) => query,
        Err(error) => {
            let [shown, caret] = error.drawn(&line);
            let is_right =
                !error.fault.to_string().is_empty() && error.at <= line.chars().count() && caret.ends_with('^');
            return if is_right { Ok(()) } else { Err(format!("{error:?}, drawn as {shown:?} and {caret:?}")) };
        }
    };
    query.check_decks([("team", "work::team")]).ok();
    black_box(query.needs());
    let today = StudyDay(20_468);
    let asked = Asked { today, rules: Settings::default().rules([]) };
    let state = CardState { buried_until: Some(today), marked: chance.one_in(2), ..CardState::default() };
    let answers = [(today.plus(-3), Quality::Q4), (today, Quality::Q1)];
    let mut scratch = Scratch::default();
    for _ in 0..3 {
        // A body comes out of a database that may be damaged.
        let body = if bodies.is_empty() {
            String::new()
        } else {
            String::from_utf8_lossy(chance.pick::<Vec<u8>>(bodies)).into_owned()
        };
        let cut = chance.below(body.len() + 1);
        let body = if chance.one_in(4) { body.get(..cut).unwrap_or(&body) } else { &body };
        let note = NoteFacts { body, key: Some("lima"), topic: Some("South"), added: Some(today.plus(-30)) };
        let notes = query.on_note(&note, &asked, &mut scratch);
        let decks = query.on_deck("team", "work::team");
        let rule = asked.rules.usual();
        let card = CardFacts { decks, rule, state: &state, offered: true, held_out: false, answers: &answers };
        let (early, late) = (query.decide(notes, None, &asked), query.decide(notes, Some(&card), &asked));
        if late.is_none() || early.is_some() && early != late {
            return Err(format!("{early:?} without the card, {late:?} with it, on {body:?}"));
        }
    }
    Ok(())
}

/// A time that was read is written and read back equal, and has a study day.
fn times(bytes: &[u8], chance: &mut Chance) -> Result<(), String> {
    let line = String::from_utf8_lossy(bytes);
    for read in [Timestamp::from_rfc3339(&line), Env::local_time(&line)].into_iter().flatten() {
        let rollover = Rollover::new(u8::try_from(chance.below(24)).unwrap()).unwrap();
        let day = StudyDay::of(read, rollover);
        let (date, iso) = (day.date(), day.iso());
        if StudyDay::from_date(date) != day || iso.is_empty() {
            return Err(format!("{day:?} is the date {date}, {iso}"));
        }
        let written = read.to_rfc3339();
        if Timestamp::from_rfc3339(&written) != Some(read) {
            return Err(format!("{read:?} is written as {written}, which is {:?}", Timestamp::from_rfc3339(&written)));
        }
    }
    Ok(())
}

fn names(bytes: &[u8], chance: &mut Chance) -> Result<(), String> {
    let line = String::from_utf8_lossy(bytes);
    let line = &*line.chars().take(chance.below(80)).collect::<String>();
    let again = |what: &str, read: Option<String>| match read {
        Some(written) if written.to_lowercase() != line.replace('-', "").to_lowercase() => {
            Err(format!("the {what} {line:?} is written {written:?}"))
        }
        _ => Ok(()),
    };
    again("uid", NoteUid::from_hex(line).map(|id| id.to_string()))?;
    again("hash", MediaHash::from_hex(line).map(|id| id.to_string()))?;
    black_box(ActionId::parse(line));
    black_box(EventId::parse(line));
    let (printed, one) = (text::printable(line), text::one_line(line));
    if text::has_unsafe(&printed) || text::has_unsafe(&one) || one.contains('\n') {
        return Err(format!("{line:?} is printed as {printed:?} and {one:?}"));
    }
    let folded = fold(line);
    if fold(&folded) != folded {
        return Err(format!("{line:?} is {folded:?}, which is {:?}", fold(&folded)));
    }
    if !key(line).is_empty()
        && liken(&Given::new(line), &Read::new(line, Nature::Words), Weights::default()) != Likeness::Same(Vec::new())
    {
        return Err(format!("{line:?} is not right for itself"));
    }
    black_box(text::nearest(line, ["deck", "", "Übung"]));
    black_box(text::beginning(line, chance.below(20)));
    Ok(())
}

/// A line of a shell; nothing is run.
fn command(bytes: &[u8], _: &mut Chance) -> Result<(), String> {
    thread_local! {
        static COMMAND: RefCell<clap::Command> = RefCell::new(lmq::cli::command());
    }
    let line = String::from_utf8_lossy(bytes);
    let Some(words) = shlex::split(&line) else { return Ok(()) };
    COMMAND.with_borrow_mut(|command| match command.try_get_matches_from_mut(words) {
        Err(error) if error.render().to_string().trim().is_empty() => Err("refused without a word".to_owned()),
        _ => Ok(()),
    })
}
