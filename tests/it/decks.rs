//! The built-in decks keep what they promise: every fact covered, every quotation verbatim, nothing copied.

use crate::world::World;
use lmq::core::card::NoteText;
use lmq::core::card::Showing;
use lmq::core::card::kind;
use lmq::core::lint::cues::measure;
use lmq::formats::deck_toml;
use lmq::formats::deck_toml::DeckFile;
use lmq::ops::decks::BUILTIN;
use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::path::Path;

/// The excerpts that the decks quote, one a line, as the article has them.
const QUOTATIONS: &str = include_str!("data/quotations.txt");

/// Words with a capital that are no invented names.
const NOT_NAMES: &[&str] = &[
    "Rymsha",
    "Mason",
    "Williams",
    "Orbinati",
    "Krull",
    "Covey",
    "Nina",
    "Joan",
    "Jessica",
    "Milo",
    "Gallup",
    "Zippia",
    "Pumble",
    "SMART",
    "Monday",
    "Mondays",
    "Tuesday",
    "Tuesdays",
    "Wednesday",
    "Wednesdays",
    "Thursday",
    "Thursdays",
    "Friday",
    "Fridays",
    "Saturday",
    "Saturdays",
    "Sunday",
    "Sundays",
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

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
    // D15 names three categories and never says which pair is in which: it may be told without being asked.
    let decks = decks();
    let mut primers = decks.iter().flat_map(|(_, deck)| &deck.topics).filter_map(|topic| topic.primer.as_deref());
    if primers.any(|primer| ["people", "tasks", "goals"].iter().all(|word| primer.contains(word))) {
        open.remove("D15");
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
        assert!((2..=4).contains(&count), "D{number:02} has {count} check-up scenes");
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
            if note.texts("categories").iter().any(|side| side == "leader") && note.text("answer") != "neither" {
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
    for (name, mut note) in notes() {
        // A model is what somebody might say, and nobody's words.
        note.fields.remove("model");
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
fn no_seven_words_in_a_row_are_the_articles_outside_quotations() {
    assert_eq!(copied(7), [""; 0]);
}

/// Runs of so many words that the decks have from the article outside quotations, each with its place.
fn copied(length: usize) -> Vec<String> {
    let Some(article) = article() else { return Vec::new() };
    let words = |text: &str| -> Vec<String> {
        let text = text.to_lowercase();
        text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_owned).collect()
    };
    let runs: BTreeSet<Vec<String>> = words(&article).windows(length).map(<[String]>::to_vec).collect();
    let mut all: Vec<(String, String)> = Vec::new();
    for (name, deck) in decks() {
        for topic in &deck.topics {
            let texts = [Some(topic.title.clone()), topic.primer.clone(), topic.try_line.clone()];
            all.extend(texts.into_iter().flatten().map(|text| (format!("{name}/{}", topic.id), text)));
        }
    }
    for (name, note) in notes() {
        all.extend(texts(&note).into_iter().map(|text| (name.clone(), text)));
    }
    let mut found = Vec::new();
    for (name, text) in all {
        // What stands between “ and ” is quoted on purpose.
        let own: String =
            text.split('“').map(|part| part.rsplit('”').next().unwrap_or_default()).collect::<Vec<_>>().join(" … ");
        let copied = words(&own).windows(length).filter(|run| runs.contains(*run)).map(|run| run.join(" ")).next();
        found.extend(copied.map(|run| format!("{name} copies: {run}")));
    }
    found
}

#[test]
fn no_invented_name_is_used_twice() {
    // A name is a capitalised word that begins no sentence and stands in a scene.
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
                let free = NOT_NAMES.contains(&word.as_str());
                assert!(first == scene || free, "{name}: {word} is in two scenes");
            }
        }
    }
}

/// How many trained notes these decks have that satisfy `is_meant`.
fn trained(is_meant: impl Fn(&str, &NoteText) -> bool) -> usize {
    notes().iter().filter(|(name, note)| !note.held_out && is_meant(name, note)).count()
}

#[test]
fn the_decks_hold_what_makes_a_manager_act() {
    let all = trained(|_, _| true);
    assert!((130..=170).contains(&all), "{all} trained notes");
    for tag in ["say", "if-then", "moment"] {
        let tagged = trained(|_, note| note.tags.iter().any(|one| one == tag));
        assert!(tagged >= 11, "{tagged} notes tagged `{tag}`");
    }
    let quotes = trained(|name, _| name.starts_with("quotes/"));
    assert!(quotes <= 22, "{quotes} notes in quotes");
    let held_out = notes().iter().filter(|(_, note)| note.held_out).count();
    assert!(held_out >= 44, "{held_out} scenes for check-ups");
}

#[test]
fn nothing_but_the_idea_gives_an_answer_away() {
    let mut found = Vec::new();
    for (name, deck) in decks() {
        let texts: Vec<&NoteText> = deck.notes.iter().map(|item| &item.text).collect();
        for measured in measure(&texts) {
            found.extend(measured.one_sided.iter().map(|topic| format!("{name}: {topic:?}")));
            let cues = measured.tried.iter().filter(|tried| tried.is_cue);
            found.extend(cues.map(|cue| format!("{name}, held out {}: {cue:?}", measured.held_out)));
        }
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn every_difference_trains_the_leaders_side_the_managers_and_both() {
    let mut sides: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (_, note) in notes().into_iter().filter(|(_, note)| note.kind == "sort" && !note.held_out) {
        let topic = note.topic.clone().unwrap_or_default();
        sides.entry(topic).or_default().insert(note.text("answer").to_owned());
    }
    for number in 1..=11 {
        let there = sides.get(&format!("D{number:02}")).cloned().unwrap_or_default();
        let missing: Vec<&str> =
            ["leader", "manager", "both"].into_iter().filter(|side| !there.contains(*side)).collect();
        assert!(missing.is_empty(), "D{number:02} trains no {missing:?}");
    }
}

#[test]
fn no_invented_name_is_used_twice_in_any_card() {
    let all: Vec<(String, Vec<String>)> = notes()
        .iter()
        .map(|(name, note)| (name.clone(), [note.texts("prompt"), note.texts("front")].concat()))
        .collect();
    let bare = |word: &str| -> String {
        let word = word.trim_matches(|c: char| !c.is_alphanumeric());
        word.split(['’', '\'']).next().unwrap_or_default().to_owned()
    };
    let capital = |word: &str| word.chars().next().is_some_and(char::is_uppercase) && word.chars().count() > 2;
    // Whatever stands anywhere in small letters is no name, and neither are speakers, days and months.
    let plain: BTreeSet<String> = notes()
        .iter()
        .flat_map(|(_, note)| texts(note))
        .flat_map(|text| text.split_whitespace().map(bare).collect::<Vec<_>>())
        .filter(|word| !capital(word))
        .collect();
    let mut seen: BTreeMap<String, String> = BTreeMap::new();
    let mut twice = Vec::new();
    for (name, scenes) in &all {
        for scene in scenes {
            let words: Vec<&str> = scene.split_whitespace().collect();
            let mut in_scene = BTreeSet::new();
            for (place, word) in words.iter().enumerate() {
                let begins =
                    place.checked_sub(1).is_none_or(|before| words[before].ends_with(['.', '?', ':', '!', '“', '…']));
                // A word that opens a sentence is a name where a verb follows.
                let acts = words.get(place + 1).is_some_and(|next| {
                    next.ends_with('s') && !["has", "is", "was"].contains(next) && next.chars().all(char::is_lowercase)
                });
                let word_alone = bare(word);
                let is_name = capital(&word_alone) && (!begins || acts);
                if is_name && !plain.contains(&word_alone.to_lowercase()) && !NOT_NAMES.contains(&word_alone.as_str()) {
                    in_scene.insert(word_alone);
                }
            }
            for word in in_scene {
                let first = seen.entry(word.clone()).or_insert_with(|| format!("{name}: {scene}"));
                if *first != format!("{name}: {scene}") {
                    twice.push(format!("{word}: {first} / {name}"));
                }
            }
        }
    }
    assert!(twice.is_empty(), "{}", twice.join("\n"));
}

#[test]
fn an_update_of_the_decks_says_on_one_line_what_changed() {
    let card = |key: &str, back: &str| {
        format!("[[card]]\nkey = \"{key}\"\nkind = \"basic\"\nfront = \"What of {key}?\"\nback = \"{back}\"\n")
    };
    let deck = |id: &str, version: u32, cards: &[(&str, &str)]| {
        let cards: String = cards.iter().map(|(key, back)| card(key, back)).collect();
        format!("[deck]\nid = \"{id}\"\nversion = {version}\n{cards}")
    };
    let mut world = World::bare();
    let update = |world: &mut World, decks: &[(&str, String)], edition: u32| {
        let stamp = world.stamp();
        let texts: Vec<(&str, &str)> = decks.iter().map(|(name, text)| (*name, text.as_str())).collect();
        lmq::ops::decks::update(&mut world.store, stamp, &texts, edition).unwrap()
    };
    let first = [
        ("d", deck("d", 1, &[("stays", "a"), ("mine", "b"), ("other", "c"), ("goes", "d"), ("went", "e")])),
        ("e", deck("e", 1, &[("old", "a")])),
    ];
    assert_eq!(update(&mut world, &first, 1), None, "at first all is new");
    let second = [
        ("d", deck("d", 2, &[("stays", "a"), ("mine", "B"), ("other", "C"), ("new", "f")])),
        ("e", deck("e", 2, &[("new", "a")])),
    ];
    assert_eq!(update(&mut world, &second, 2), None, "who has not begun is told nothing");
    world.answer_named("d/stays", 4);
    world.answer_named("d/other", 4);
    let third = [
        ("d", deck("d", 3, &[("stays", "a"), ("mine", "b"), ("other", "c"), ("newer", "g"), ("newest", "h")])),
        ("e", deck("e", 3, &[("newer", "a")])),
    ];
    let told = update(&mut world, &third, 3);
    assert_eq!(told.as_deref(), Some("d 3: 2 notes are new, 2 changed, 1 removed; your history of the others stays"));
    assert_eq!(update(&mut world, &third, 3), None, "it is said once");
    assert_eq!(world.card("d/other").state.memory.map(|memory| memory.repetitions), Some(1));
    assert!(world.doctor().is_empty());
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
