//! docs/first-weeks.md: which new cards a new learner meets on each of the first 28 days. Written by the queue itself:
//! `UPDATE_DOCS=1 cargo test first_weeks` writes it anew.

use crate::docs::place;
use crate::docs::updating;
use crate::world::World;
use lmq::core::text::counted;
use lmq::ops;
use lmq::ops::queue::Options;

/// How many days the page lists.
const DAYS: i64 = 28;

const HEAD: &str = "# The first four weeks

Which new cards a learner meets on days 1 to 28 with the built-in decks and the default settings: ten new cards a day, one session a day,
every answer Good. Written by a test (`tests/it/first_weeks.rs`), which asks the program day by day; change the decks, not
this file. Each line has the card, its topic, and the beginning of what is asked.
";

/// A prompt as a line of the page has it.
fn beginning(prompt: &str) -> String {
    let plain: String =
        prompt.chars().map(|c| if matches!(c, '[' | ']' | '<' | '>' | '`' | '*') { ' ' } else { c }).collect();
    let words: Vec<&str> = plain.split_whitespace().collect();
    if words.len() > 12 { format!("{} …", words[..12].join(" ")) } else { words.join(" ") }
}

/// The page, from a life of 28 days.
fn page() -> String {
    let mut world = World::with_built_in_decks();
    let mut page = HEAD.to_owned();
    for day in 1..=DAYS {
        let (mut new, mut others) = (Vec::new(), 0);
        let today = world.today();
        while let Some((loaded, _)) =
            ops::queue::next(&world.store, &world.settings, &Options::default(), today).unwrap()
        {
            if loaded.state.memory.is_none() {
                let topic = loaded.topic.as_ref().map_or("", |topic| topic.title.as_str());
                let prompt = beginning(&loaded.text.prompt(loaded.card.ordinal));
                new.push(format!("- `{}` ({topic}): {prompt}\n", loaded.name));
            } else {
                others += 1;
            }
            world.answer(loaded.card, 4);
        }
        page.push_str(&format!("\n## Day {day}\n\n"));
        page.push_str(&format!(
            "{}, {}.\n\n",
            counted(new.len(), "new card", "new cards"),
            counted(others, "review", "reviews")
        ));
        page.extend(new);
        world.pass(24 * 60);
    }
    page.trim_end().to_owned() + "\n"
}

#[test]
fn the_first_four_weeks_are_what_the_queue_asks() {
    let made = page();
    if updating() {
        std::fs::write(place("docs/first-weeks.md"), &made).unwrap();
    }
    let there = std::fs::read_to_string(place("docs/first-weeks.md")).unwrap_or_default();
    assert!(there == made, "docs/first-weeks.md is not what the queue asks: UPDATE_DOCS=1 cargo test first_weeks");
}
