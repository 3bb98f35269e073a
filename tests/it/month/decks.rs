//! The built-in decks as the oracle of a month reads them: plain TOML, with nothing of `lmq::core`.

use super::Card;
use super::mix;
use sha2::Digest as _;
use sha2::Sha256;
use std::collections::BTreeSet;
use std::path::Path;

fn first_64(bytes: &[u8]) -> u64 {
    bytes[..8].iter().fold(0, |number, byte| number << 8 | u64::from(*byte))
}

/// The built-in decks in the order of their ids: in which they take turns.
const DECKS: [&str; 3] = ["differences", "quotes", "skills"];

/// A built-in deck, read as plain TOML.
fn builtin(name: &str) -> toml::Table {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("decks").join(format!("{name}.toml"));
    std::fs::read_to_string(path).unwrap().parse().unwrap()
}

/// What a word of a deck means: the deck and a name in it.
fn meant(deck: usize, word: &str) -> (usize, String) {
    let (of, name) = word.split_once('/').unwrap_or((DECKS[deck], word));
    (DECKS.iter().position(|known| *known == of).unwrap(), name.to_owned())
}

/// The sequence that each deck is in, and the topics of each. Only one of the decks may have one.
pub(super) fn builtin_sequences() -> (Vec<usize>, Vec<Vec<(usize, String)>>) {
    let words = |deck: usize| -> Vec<(usize, String)> {
        let file = builtin(DECKS[deck]);
        let sequence = file["deck"].get("sequence").and_then(|words| words.as_array()).cloned().unwrap_or_default();
        sequence.iter().map(|word| meant(deck, word.as_str().unwrap())).collect()
    };
    let sequences: Vec<Vec<(usize, String)>> = (0..DECKS.len()).map(words).collect();
    let with: Vec<usize> = (0..DECKS.len()).filter(|deck| !sequences[*deck].is_empty()).collect();
    assert!(with.len() < 2, "the oracle knows of one sequence");
    let in_it = |deck: usize| with.iter().copied().find(|own| sequences[*own].iter().any(|(of, _)| *of == deck));
    ((0..DECKS.len()).map(|deck| in_it(deck).unwrap_or(deck)).collect(), sequences)
}

/// The cards of the built-in decks.
pub(super) fn builtin_cards() -> Vec<Card> {
    let mut cards = Vec::new();
    for (deck, name) in DECKS.into_iter().enumerate() {
        let file = builtin(name);
        let known: BTreeSet<&str> =
            file["topic"].as_array().unwrap().iter().map(|topic| topic["id"].as_str().unwrap()).collect();
        for (position, note) in file["card"].as_array().unwrap().iter().enumerate() {
            let text = |field: &str| note.get(field).and_then(|value| value.as_str()).unwrap_or_default().to_owned();
            let key = text("key");
            let first_source = note.get("source").and_then(|source| source.as_array()?.first()?.as_str());
            let topic = match text("topic") {
                topic if topic.is_empty() => {
                    first_source.filter(|id| known.contains(id)).unwrap_or_default().to_owned()
                }
                topic => topic,
            };
            let ordinals: BTreeSet<u16> = match text("kind").as_str() {
                "reversed" => [1, 2].into(),
                "cloze" => text("text")
                    .split("{{c")
                    .skip(1)
                    .map(|rest| rest.split("::").next().unwrap().parse().unwrap())
                    .collect(),
                _ => [1].into(),
            };
            let uid = &Sha256::digest(format!("lmq:{name}/{key}"))[..16];
            let hex: String = uid.iter().map(|byte| format!("{byte:02x}")).collect();
            for ordinal in ordinals {
                let mut of_card = uid.to_vec();
                of_card.extend(u32::from(ordinal).to_be_bytes());
                let group = text("group");
                cards.push(Card {
                    id: format!("{hex}-{ordinal}"),
                    key: key.clone(),
                    topic: topic.clone(),
                    deck,
                    place: (position, ordinal),
                    group: if group.is_empty() { hex.clone() } else { format!("{name}/{group}") },
                    after: note
                        .get("after")
                        .and_then(|after| after.as_array())
                        .into_iter()
                        .flatten()
                        .map(|key| meant(deck, key.as_str().unwrap()))
                        .collect(),
                    returns: note
                        .get("returns")
                        .and_then(toml::Value::as_array)
                        .map_or_else(Vec::new, |days| days.iter().filter_map(toml::Value::as_integer).collect()),
                    held_out: note.get("held_out").and_then(toml::Value::as_bool) == Some(true),
                    shuffle: mix(first_64(&Sha256::digest(&of_card))),
                    reps: 0,
                    interval: 0,
                    ease: 250,
                    lapses: 0,
                    last: None,
                    due: 0,
                    last_quality: 5,
                    newest: 0,
                    met: BTreeSet::new(),
                });
            }
        }
    }
    cards
}
