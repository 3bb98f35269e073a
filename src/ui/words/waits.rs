//! What is said of what waits: how much comes now, why nothing does, and what someone finds who was away.

use crate::core::queue::Comeback;
use crate::core::settings::Settings;
use crate::core::study_day::StudyDay;
use crate::core::text::capitalised;
use crate::core::text::counted;
use crate::core::text::thousands;
use crate::ops::day::Nothing;
use crate::ops::queue::Fit;
use crate::ui::keymap::Command;
use crate::ui::keymap::Keymap;
use crate::ui::words::about;

/// That a break lasts.
#[must_use]
pub fn paused(until: StudyDay) -> String {
    paused_until(until, "`lmq pause --off`")
}

/// The same, and what ends it.
fn paused_until(until: StudyDay, off: &str) -> String {
    format!("Paused until {}: nothing is due, and your streak is safe. {off} ends the break", until.iso())
}

/// What waits for someone who was away or fell behind, and how it is spread.
#[must_use]
pub fn comeback(comeback: &Comeback) -> String {
    let waiting = counted(comeback.waiting, "due card waits", "due cards wait");
    let away = last_answer(comeback).map_or_else(String::new, |said| format!("{said} "));
    let new_wait = if comeback.new_wait { format!(". {NEW_WAIT}") } else { String::new() };
    if comeback.waiting <= comeback.today {
        return format!("{away}{waiting}, and there is time for all of them today{new_wait}");
    }
    let today = if comeback.today > 0 { format!(", {} of them today", comeback.today) } else { String::new() };
    let Some(days) = comeback.days else {
        let rest = if comeback.today > 0 { "the others wait" } else { "they wait" };
        return format!("{away}{waiting}{today}; `reviews_per_day` is 0, so {rest} until you raise it{new_wait}");
    };
    let days = if comeback.today > 0 { counted(days, "day", "days") } else { counted(days, "more day", "more days") };
    format!("{away}{waiting}{today}; within the daily limit it takes {days}, most at risk first{new_wait}")
}

/// Said to someone whose last answer is long ago. They may have practised where this database does not know of it.
fn last_answer(comeback: &Comeback) -> Option<String> {
    let days = counted(comeback.last_days_ago, "day", "days");
    (comeback.last_days_ago > 0).then(|| format!("Welcome back. Your last answer here was {days} ago."))
}

/// Said to someone who is back from a long absence.
const NEW_WAIT: &str = "New cards wait until what is due fits into one session";

/// The same in a sentence that shows no mountain: for the first screen, which says how many cards come now.
#[must_use]
pub fn welcome_back(comeback: &Comeback) -> Option<String> {
    let back = last_answer(comeback).map(|said| format!("{said} What is most at risk comes first."));
    let new_wait = comeback.new_wait.then(|| format!("{NEW_WAIT}."));
    let said: Vec<String> = back.into_iter().chain(new_wait).collect();
    (!said.is_empty()).then(|| said.join(" "))
}

/// A small number as people say it.
fn number_word(number: u64) -> String {
    match number {
        1 => "one".to_owned(),
        2 => "two".to_owned(),
        3 => "three".to_owned(),
        4 => "four".to_owned(),
        5 => "five".to_owned(),
        10 => "ten".to_owned(),
        20 => "twenty".to_owned(),
        number => number.to_string(),
    }
}

/// Minutes as the first word of a line: `Ten minutes`.
#[must_use]
pub fn minutes(minutes: u32) -> String {
    let word = capitalised(&number_word(minutes.into()));
    format!("{word} {}", if minutes == 1 { "minute" } else { "minutes" })
}

/// How much comes now: `Ten minutes: 41 of 64 cards, most at risk first`.
#[must_use]
pub fn fits(fit: &Fit) -> String {
    let risk = if fit.most_at_risk_first { ", most at risk first" } else { "" };
    if fit.cards < fit.all {
        let all = counted(fit.all, "card", "cards");
        return format!("{}: {} of {all}{risk}", minutes(fit.minutes), thousands(fit.cards));
    }
    let cards = counted(fit.cards, "card", "cards");
    format!("{}: {cards}{risk}", capitalised(&about(fit.time)))
}

/// Why there is nothing to ask, and which command brings more.
#[must_use]
pub fn nothing(nothing: &Nothing, settings: &Settings) -> Vec<String> {
    why(nothing, settings, None)
}

/// The same on the first screen, with the keys that work there.
#[must_use]
pub fn nothing_here(nothing: &Nothing, settings: &Settings, keys: &Keymap) -> Vec<String> {
    why(nothing, settings, Some(keys))
}

fn why(nothing: &Nothing, settings: &Settings, keys: Option<&Keymap>) -> Vec<String> {
    let key = |command| keys.map(|keys| keys.first(command));
    if let Some(until) = nothing.paused_until {
        return vec![match key(Command::Actions) {
            Some(key) => paused_until(until, &format!("{key}, then p,")),
            None => paused(until),
        }];
    }
    if nothing.no_cards {
        let none = "There are no cards yet.";
        return vec![match key(Command::Add) {
            _ if nothing.of_some => "No card matches this search".to_owned(),
            Some(key) => format!("{none} {key} adds one, `lmq import FILE` in a shell brings many"),
            None => format!("{none} `lmq import FILE` or `lmq add` brings some"),
        }];
    }
    if nothing.none_daily {
        let brings = match keys {
            Some(keys) => format!("Choose one: {} asks it", keys.shown(Command::Reveal, "enter")),
            None => "`lmq decks --all` lists those that are left out".to_owned(),
        };
        return vec![format!("No deck with cards is asked every day. {brings}")];
    }
    // One key brings one thing after the other.
    let mut more = key(Command::More);
    let mut brings = |option: &str, count: u64| {
        let how = match (keys, more.take()) {
            (Some(_), None) => return String::new(),
            (_, Some(key)) => key,
            (None, None) if nothing.of_some => format!("The same with `{option}`"),
            (None, None) => format!("`lmq review {option}`"),
        };
        format!(". {how} brings {} more", number_word(count))
    };
    let mut lines = Vec::new();
    if nothing.past_limit > 0 {
        let more = brings("--limit 20", nothing.past_limit.min(20));
        lines.push(format!("Today's reviews are done{more}"));
    }
    if nothing.siblings > 0 {
        lines.push(counted(
            nothing.siblings,
            "due card waits until tomorrow: a card of the same note or group has its turn first",
            "due cards wait until tomorrow: cards of the same notes or groups have their turn first",
        ));
    }
    if nothing.buried > 0 {
        let cards = counted(nothing.buried, "due card is buried", "due cards are buried");
        let back = if nothing.buried == 1 { "it" } else { "them" };
        lines.push(match (key(Command::Search), key(Command::Bury)) {
            (Some(search), Some(bury)) => {
                format!("{cards}. {search} with is:buried lists {back}, and there {bury} brings {back} back")
            }
            _ => format!("{cards}. `lmq bury --off is:buried` brings {back} back"),
        });
    }
    let due = if lines.is_empty() { "Nothing is due" } else { "" };
    let new = counted(nothing.new, "new card waits", "new cards wait");
    if nothing.new > 0 && nothing.more_new == 0 {
        let why = "what comes before must be learned first, or a card of the same note has its turn first";
        lines.push(format!("{new}: {why}"));
    } else if nothing.new > 0 {
        let more = brings("--new 5", nothing.more_new);
        if nothing.new_wait {
            lines.push(format!("{NEW_WAIT}{more}"));
        } else if settings.new_per_day == 0 {
            lines.push(format!("{new}, and your limit is none a day{more}"));
        } else if nothing.new_met {
            let met = counted(u64::from(settings.new_per_day), "new card", "new cards");
            let met = format!("you have met today's {met}{more}");
            lines.push(if due.is_empty() { capitalised(&met) } else { format!("{due}, and {met}") });
            return lines;
        } else {
            let cards = counted(
                nothing.new,
                "new card waits for another day, by the limit of its deck",
                "new cards wait for another day, by the limits of their decks",
            );
            lines.push(format!("{cards}{more}"));
        }
    }
    if !due.is_empty() {
        lines.insert(0, due.to_owned());
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::settings::KeyPreset;
    use crate::core::units::Millis;

    fn said(why: &Nothing) -> String {
        nothing(why, &Settings::default()).join("\n")
    }

    #[test]
    fn every_reason_for_nothing_to_do_is_said_and_nothing_is_promised_that_does_not_come() {
        let none = Nothing::default();
        assert_eq!(said(&none), "Nothing is due");
        assert_eq!(
            said(&Nothing { siblings: 1, ..none.clone() }),
            "1 due card waits until tomorrow: a card of the same note or group has its turn first"
        );
        assert!(
            said(&Nothing { past_limit: 64, ..none.clone() }).ends_with("`lmq review --limit 20` brings twenty more")
        );
        assert!(
            said(&Nothing { past_limit: 3, ..none.clone() }).ends_with("brings three more"),
            "no more than there are"
        );
        assert!(said(&Nothing { buried: 2, ..none.clone() }).ends_with("`lmq bury --off is:buried` brings them back"));
        let new = Nothing { new: 30, more_new: 5, new_met: true, ..none.clone() };
        assert_eq!(
            said(&new),
            "Nothing is due, and you have met today's 10 new cards. `lmq review --new 5` brings five more"
        );
        assert!(said(&Nothing { more_new: 2, ..new.clone() }).ends_with("brings two more"));
        assert!(!said(&Nothing { more_new: 0, ..new.clone() }).contains("brings"), "five places would bring none");
        assert!(said(&Nothing { new_wait: true, past_limit: 9, ..new.clone() }).contains("fits into one session"));
        assert!(said(&Nothing { of_some: true, ..new.clone() }).ends_with("The same with `--new 5` brings five more"));
        assert_eq!(said(&Nothing { no_cards: true, of_some: true, ..none.clone() }), "No card matches this search");
        assert!(said(&Nothing { no_cards: true, ..none.clone() }).starts_with("There are no cards yet"));
        assert!(said(&Nothing { none_daily: true, ..none.clone() }).contains("`lmq decks --all`"));
        let paused = Nothing { paused_until: Some(StudyDay(20_000)), past_limit: 9, ..none };
        assert!(said(&paused).starts_with("Paused until") && !said(&paused).contains("limit"));
    }

    #[test]
    fn on_the_first_screen_keys_bring_what_a_command_brings_elsewhere() {
        let keys = Keymap::new(KeyPreset::Usual, &[("more".to_owned(), "z".to_owned())].into()).unwrap();
        let said = |why: &Nothing| nothing_here(why, &Settings::default(), &keys).join("\n");
        let new = Nothing { new: 30, more_new: 5, new_met: true, ..Nothing::default() };
        assert_eq!(said(&new), "Nothing is due, and you have met today's 10 new cards. z brings five more");
        let both = said(&Nothing { past_limit: 64, ..new.clone() });
        assert_eq!(both, "Today's reviews are done. z brings twenty more\nYou have met today's 10 new cards");
        for why in [
            Nothing { of_some: true, ..new },
            Nothing { no_cards: true, ..Nothing::default() },
            Nothing { none_daily: true, ..Nothing::default() },
            Nothing { buried: 2, ..Nothing::default() },
            Nothing { paused_until: Some(StudyDay(20_000)), ..Nothing::default() },
        ] {
            assert!(!said(&why).contains("`lmq") || said(&why).contains("adds one"), "{}", said(&why));
        }
    }

    #[test]
    fn ten_minutes_are_named_where_not_all_fits_into_them() {
        let fit = Fit { all: 64, cards: 41, time: Millis(600_000), minutes: 10, most_at_risk_first: true };
        assert_eq!(fits(&fit), "Ten minutes: 41 of 64 cards, most at risk first");
        assert_eq!(fits(&Fit { minutes: 15, most_at_risk_first: false, ..fit }), "15 minutes: 41 of 64 cards");
        let all = Fit { all: 12, cards: 12, time: Millis(170_000), minutes: 10, most_at_risk_first: false };
        assert_eq!(fits(&all), "3 minutes: 12 cards");
        assert_eq!(minutes(1), "One minute");
    }

    #[test]
    fn who_comes_back_reads_one_sentence_without_a_mountain() {
        let back = Comeback { last_days_ago: 12, waiting: 340, today: 200, days: Some(2), new_wait: true };
        let said = welcome_back(&back).unwrap();
        assert!(said.contains("12 days") && said.contains("New cards wait") && !said.contains("340"), "{said}");
        assert_eq!(welcome_back(&Comeback { last_days_ago: 0, new_wait: false, ..back }), None);
        assert!(comeback(&back).ends_with("New cards wait until what is due fits into one session"));
        let never = comeback(&Comeback { last_days_ago: 0, today: 0, days: None, new_wait: false, ..back });
        assert_eq!(never, "340 due cards wait; `reviews_per_day` is 0, so they wait until you raise it");
    }
}
