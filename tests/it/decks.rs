//! The built-in decks keep what they promise: every fact covered, every quotation verbatim, nothing copied.

use crate::world::World;
use lmq::core::card::NoteText;
use lmq::core::card::Showing;
use lmq::core::card::kind;
use lmq::formats::deck_toml;
use lmq::formats::deck_toml::DeckFile;
use lmq::ops::decks::BUILTIN;
use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::path::Path;

/// The excerpts that the decks quote, one a line, as the article has them.
const QUOTATIONS: &str = include_str!("data/quotations.txt");

fn decks() -> Vec<(&'static str, DeckFile)> {
    BUILTIN
        .iter()
        .map(|(name, text)| (*name, deck_toml::parse(text).unwrap_or_else(|faults| panic!("{name}: {faults:?}"))))
        .collect()
}

fn notes() -> Vec<(String, NoteText)> {
    let named = |name: &str, deck: DeckFile| -> Vec<(String, NoteText)> {
        deck.notes.into_iter().map(|item| (format!("{name}/{}", item.key.unwrap()), item.text)).collect()
    };
    decks().into_iter().flat_map(|(name, deck)| named(name, deck)).collect()
}

/// The ids of inventory.md: what the decks must teach.
fn ids() -> BTreeSet<String> {
    [('D', 24), ('S', 11), ('F', 5), ('Q', 20)]
        .into_iter()
        .flat_map(|(letter, count)| (1..=count).map(move |number| format!("{letter}{number:02}")))
        .collect()
}

/// The article, where it is there: `../shared` beside the repository.
fn article() -> Option<String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/source/leadership-vs-management.txt");
    std::fs::read_to_string(path).ok().map(|text| plain_quotes(&text))
}

/// Quotation marks inside quotations are single or double by taste: they don't count.
fn plain_quotes(text: &str) -> String {
    let text = text.replace(['‘', '’', '“', '”', '"'], "'");
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// All text of a note, clozes shown whole.
fn texts(note: &NoteText) -> Vec<String> {
    let mut texts = Vec::new();
    for (name, value) in &note.fields {
        for text in value.texts() {
            if note.kind == "cloze" && name == "text" {
                texts.push(kind("cloze").unwrap().question(note, u16::MAX, Showing::default()).prompt);
            } else {
                texts.push(text.clone());
            }
        }
    }
    texts.extend([&note.extra, &note.hint].into_iter().flatten().cloned());
    texts
}

fn quotations(text: &str) -> Vec<String> {
    text.split('“').skip(1).map(|rest| rest.split('”').next().unwrap().to_owned()).collect()
}

#[test]
fn every_fact_of_the_inventory_is_taught_and_every_source_is_one() {
    let ids = ids();
    let mut open = ids.clone();
    for (name, note) in notes() {
        assert!(!note.source.is_empty(), "{name} names no source");
        for source in &note.source {
            assert!(ids.contains(source), "{name}: `{source}` is in no inventory");
            if !note.held_out {
                open.remove(source);
            }
        }
    }
    assert!(open.is_empty(), "not taught: {open:?}");
}

#[test]
fn there_are_as_many_notes_as_people_keep_up_with() {
    let (kept, trained): (Vec<_>, Vec<_>) = notes().into_iter().partition(|(_, note)| note.held_out);
    assert!((120..=170).contains(&trained.len()), "{}", trained.len());
    assert!(kept.len() >= 24, "{}", kept.len());
    let mut by_pair: BTreeMap<String, usize> = BTreeMap::new();
    for (_, note) in &kept {
        *by_pair.entry(note.source[0].clone()).or_default() += 1;
    }
    for number in 1..=11 {
        let count = by_pair.get(&format!("D{number:02}")).copied().unwrap_or(0);
        assert!((2..=3).contains(&count), "D{number:02} has {count} check-up scenes");
    }
}

#[test]
fn every_difference_has_its_topic_and_every_topic_teaches() {
    for (name, deck) in decks() {
        for topic in &deck.topics {
            let primer = topic.primer.as_deref().unwrap_or_default();
            let words = primer.split_whitespace().count();
            assert!((15..=50).contains(&words), "{name}/{}: a primer of {words} words", topic.id);
            assert!(topic.try_line.is_some(), "{name}/{} has nothing to try", topic.id);
        }
        for note in &deck.notes {
            assert!(note.text.topic.is_some(), "{name}/{:?} belongs to no topic", note.key);
        }
        if name == "differences" {
            let topics: BTreeSet<&str> = deck.topics.iter().map(|topic| topic.id.as_str()).collect();
            assert!((1..=11).all(|number| topics.contains(format!("D{number:02}").as_str())));
        }
    }
}

#[test]
fn scenes_are_balanced_and_rotate() {
    for held_out in [false, true] {
        let mut counts: BTreeMap<String, usize> = BTreeMap::new();
        for (name, note) in notes().iter().filter(|(_, note)| note.kind == "sort" && note.held_out == held_out) {
            if note.texts("categories").iter().any(|side| side == "leader") {
                *counts.entry(note.text("answer").to_owned()).or_default() += 1;
            }
            let scenes = note.variants();
            assert!(if held_out { scenes == 1 } else { (3..=6).contains(&scenes) }, "{name} has {scenes} scenes");
            assert!(note.extra.is_some(), "{name} does not say why the other side tempts");
        }
        let (least, most) = (counts.values().min().unwrap(), counts.values().max().unwrap());
        assert!(counts.len() == 3 && most - least <= 2, "held out {held_out}: {counts:?}");
    }
}

#[test]
fn quotations_are_verbatim_short_and_have_their_speaker() {
    #[expect(clippy::disallowed_methods, reason = "a person who edits the decks says so")]
    let update = std::env::var_os("UPDATE_QUOTATIONS").is_some();
    let known: BTreeSet<&str> = QUOTATIONS.lines().collect();
    let mut found = BTreeSet::new();
    for (name, note) in notes() {
        for quotation in texts(&note).iter().flat_map(|text| quotations(text)) {
            let words = quotation.split_whitespace().filter(|word| *word != "[…]").count();
            assert!(words <= 25, "{name} quotes {words} words");
            assert!(note.speaker.is_some(), "{name} quotes without a speaker");
            found.insert(quotation);
        }
    }
    if update {
        let lines: Vec<&str> = found.iter().map(String::as_str).collect();
        std::fs::write(
            Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/data/quotations.txt"),
            lines.join("\n") + "\n",
        )
        .unwrap();
        return;
    }
    for quotation in &found {
        assert!(known.contains(quotation.as_str()), "not in tests/it/data/quotations.txt: {quotation}");
    }
    assert_eq!(known.len(), found.len(), "quotations.txt has lines that no card quotes");
    let Some(article) = article() else { return };
    for quotation in &found {
        for part in quotation.split("[…]") {
            let part = plain_quotes(part);
            let part = part.trim_matches([' ', '.', ',', ';']);
            assert!(article.to_lowercase().contains(&part.to_lowercase()), "misquoted: {part}");
        }
    }
}

#[test]
fn no_nine_words_in_a_row_are_the_articles_outside_quotations() {
    let Some(article) = article() else { return };
    let words = |text: &str| -> Vec<String> {
        let text = text.to_lowercase();
        text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_owned).collect()
    };
    let runs: BTreeSet<Vec<String>> = words(&article).windows(9).map(<[String]>::to_vec).collect();
    let mut all: Vec<(String, String)> = Vec::new();
    for (name, deck) in decks() {
        for topic in &deck.topics {
            let primer = topic.primer.clone().unwrap_or_default();
            all.push((format!("{name}/{}", topic.id), primer));
        }
    }
    for (name, note) in notes() {
        all.extend(texts(&note).into_iter().map(|text| (name.clone(), text)));
    }
    for (name, text) in all {
        // What stands between “ and ” is quoted on purpose.
        let own: String =
            text.split('“').map(|part| part.rsplit('”').next().unwrap_or_default()).collect::<Vec<_>>().join(" … ");
        for run in words(&own).windows(9) {
            assert!(!runs.contains(run), "{name} copies: {}", run.join(" "));
        }
    }
}

#[test]
fn no_invented_name_is_used_twice() {
    // A name is a capitalised word that begins no sentence and stands in a scene.
    let speakers = [
        "Rymsha", "Mason", "Williams", "Orbinati", "Krull", "Covey", "Nina", "Joan", "Jessica", "Milo", "Gallup",
        "Zippia",
    ];
    let mut seen: BTreeMap<String, String> = BTreeMap::new();
    for (name, note) in notes().iter().filter(|(_, note)| note.kind == "sort") {
        for scene in note.texts("prompt") {
            let mut in_scene = BTreeSet::new();
            let mut begins = true;
            for word in scene.split_whitespace() {
                let bare: String =
                    word.trim_matches(|c: char| !c.is_alphanumeric()).split(['’', '\'']).next().unwrap().to_owned();
                if !begins && bare.chars().next().is_some_and(char::is_uppercase) && bare.chars().count() > 2 {
                    in_scene.insert(bare);
                }
                begins = word.ends_with(['.', '?', ':', '!']);
            }
            for word in in_scene {
                let first = seen.entry(word.clone()).or_insert_with(|| scene.clone());
                let month_or_place = [
                    "January",
                    "June",
                    "May",
                    "Monday",
                    "Tuesday",
                    "Wednesday",
                    "Thursday",
                    "Friday",
                    "Saturday",
                    "Sunday",
                ];
                let free = speakers.contains(&word.as_str()) || month_or_place.contains(&word.as_str());
                assert!(first == scene || free, "{name}: {word} is in two scenes");
            }
        }
    }
}

#[test]
fn an_update_of_the_program_changes_only_what_the_user_has_not_edited() {
    let deck = |peru: &str, chile: &str, rest: &str| {
        format!(
            "[deck]\nid = \"d\"\n[[card]]\nkey = \"peru\"\nkind = \"basic\"\nfront = \"Capital of Peru?\"\nback = \"{peru}\"\n\
             [[card]]\nkey = \"chile\"\nkind = \"basic\"\nfront = \"Capital of Chile?\"\nback = \"{chile}\"\n{rest}"
        )
    };
    let third = "[[card]]\nkey = \"old\"\nkind = \"basic\"\nfront = \"Gone soon?\"\nback = \"yes, soon\"\n";
    let mut world = World::bare();
    let update = |world: &mut World, text: &str, edition: u32| {
        let stamp = world.stamp();
        lmq::ops::decks::update(&mut world.store, stamp, &[("d", text)], edition).unwrap();
    };
    update(&mut world, &deck("Lima", "Santiago", third), 1);
    world.import("mine.toml", deck("my Lima", "Santiago", third));
    let peru = world.card("d/peru").card;
    world.answer(peru, 4);
    update(&mut world, &deck("Lima, on the coast", "Santiago de Chile", ""), 2);
    assert_eq!(world.card("d/peru").text.answer(1), "my Lima", "the user's text stays");
    assert_eq!(world.card("d/chile").text.answer(1), "Santiago de Chile");
    assert!(world.cards().iter().all(|card| card.key.as_deref() != Some("old")), "what vanished is retired");
    let edited = world.store.edited().unwrap();
    assert_eq!(edited.len(), 1);
    assert_eq!(
        (edited[0].upstream.answer(1).as_str(), edited[0].shown.answer(1).as_str()),
        ("Lima, on the coast", "my Lima")
    );
    assert_eq!(world.card("d/peru").state.memory.map(|memory| memory.repetitions), Some(1), "and so does the history");
    assert!(world.doctor().is_empty());
}
