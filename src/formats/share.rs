//! What a person shares with a team: small JSON with a hash over its content. docs/share.md describes it, and
//! docs/share.schema.json is held to it by a test.

use crate::core::id::ShareId;
use crate::core::mastery::TopicMastery;
use crate::core::study_day::Timestamp;
use crate::core::team::Share;
use crate::core::team::SharedDeck;
use crate::core::totals::Recalls;
use serde::Deserialize;
use serde::Serialize;
use serde_json::Value;
use sha2::Digest as _;
use sha2::Sha256;
use std::io;
use std::io::Write;

/// Raised when a key changes its meaning or goes away; new keys don't count.
pub const VERSION: u64 = 1;

/// The longest file that is read: forty times what all built-in decks need.
pub const MOST_BYTES: u64 = 1 << 20;

/// The most characters of a name, a title or an id.
pub const MOST_CHARS: usize = 200;

/// The most questions of a check-up: hours of them.
const MOST_ASKED: u64 = 1000;

const FORMAT: &str = "lmq-share";

/// Why a file can't be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ShareError {
    /// It ends in the middle.
    #[error("it ends too early, at line {0}: a part of it is missing")]
    Cut(usize),
    /// It is not JSON.
    #[error("it is not JSON, from line {0}, column {1} on")]
    NotJson(usize, usize),
    /// It is JSON, but another kind of file.
    #[error("it is not a file of `lmq report --share`")]
    NotAShare,
    /// It comes from a newer program.
    #[error("it was written by a newer lmq: it has version {0} and this one knows {VERSION}; update lmq")]
    Newer(u64),
    /// Its hash is that of another content.
    #[error("it was changed after it was written: its content does not match its hash")]
    Changed,
    /// It holds this number.
    #[error("it contains {0}, which is not a whole number")]
    NotWhole(String),
    /// Its version is none.
    #[error("its `version` is not a number from 1 on")]
    NoVersion,
    /// A part of it is not there.
    #[error("it lacks `content` or `sha256`")]
    Incomplete,
    /// Its content has another form; with serde's words.
    #[error("{0}")]
    Form(String),
    /// Its id is none.
    #[error("its `share` is not 32 hexadecimal digits")]
    BadId,
    /// The time at which it was made is none.
    #[error("its `made` is not a time like 2026-01-15T09:00:00+01:00")]
    BadTime,
    /// A check-up with a score that can't be.
    #[error("its {which} check-up has {right} right of {asked}")]
    BadScore {
        /// Which of its check-ups.
        which: &'static str,
        /// How many were right.
        right: u64,
        /// How many were asked.
        asked: u64,
    },
    /// A topic of which more was recalled than was asked.
    #[error("topic `{topic}` has {passed} recalled of {all}")]
    BadRecalls {
        /// The topic's id.
        topic: String,
        /// How many were recalled.
        passed: u64,
        /// How many were asked.
        all: u64,
    },
    /// A topic with more than there can be; its id.
    #[error("topic `{0}` has more cards or answers than there can be")]
    TooMany(String),
}

#[derive(Serialize)]
struct Document<'c> {
    format: &'static str,
    version: u64,
    sha256: String,
    content: &'c Content,
}

#[derive(Serialize, Deserialize)]
struct Content {
    share: String,
    name: Option<String>,
    made: String,
    decks: Vec<Deck>,
    topics: Vec<Topic>,
    checkups: Checkups,
}

#[derive(Serialize, Deserialize)]
struct Deck {
    id: String,
    name: String,
    version: Option<String>,
}

#[derive(Serialize, Deserialize)]
struct Topic {
    id: String,
    title: String,
    deck: String,
    cards: Levels,
    recalls: Recalled,
}

#[derive(Serialize, Deserialize)]
struct Levels {
    unseen: u64,
    learning: u64,
    familiar: u64,
    solid: u64,
    mastered: u64,
}

#[derive(Serialize, Deserialize, Clone, Copy)]
struct Recalled {
    passed: u64,
    all: u64,
}

#[derive(Serialize, Deserialize)]
struct Checkups {
    baseline: Option<Score>,
    latest: Option<Score>,
}

#[derive(Serialize, Deserialize, Clone, Copy)]
struct Score {
    right: u64,
    asked: u64,
}

/// The text, not longer than is read.
fn cut(text: &str) -> String {
    text.chars().take(MOST_CHARS).collect()
}

/// Appends `value` as the hash sees it: keys in the order of their bytes, no space, whole numbers only.
fn canonical(value: &Value, out: &mut String) -> Result<(), ShareError> {
    match value {
        Value::Object(map) => {
            let mut entries: Vec<(&String, &Value)> = map.iter().collect();
            entries.sort_by_key(|(key, _)| *key);
            out.push('{');
            for (index, (key, value)) in entries.into_iter().enumerate() {
                if index > 0 {
                    out.push(',');
                }
                out.push_str(&Value::from(key.as_str()).to_string());
                out.push(':');
                canonical(value, out)?;
            }
            out.push('}');
        }
        Value::Array(values) => {
            out.push('[');
            for (index, value) in values.iter().enumerate() {
                if index > 0 {
                    out.push(',');
                }
                canonical(value, out)?;
            }
            out.push(']');
        }
        Value::Number(number) if number.is_f64() => {
            return Err(ShareError::NotWhole(number.to_string()));
        }
        Value::Number(_) | Value::String(_) | Value::Bool(_) | Value::Null => out.push_str(&value.to_string()),
    }
    Ok(())
}

fn hash_of(content: &Value) -> Result<[u8; 32], ShareError> {
    let mut text = String::new();
    canonical(content, &mut text)?;
    Ok(Sha256::digest(text.as_bytes()).into())
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn content_of(share: &Share) -> Content {
    let score = |recalls: Recalls| Score { right: recalls.passed, asked: recalls.all };
    let topic = |topic: &TopicMastery| {
        let [unseen, learning, familiar, solid, mastered] = topic.cards;
        Topic {
            id: cut(&topic.id),
            title: cut(&topic.title),
            deck: cut(&topic.deck),
            cards: Levels { unseen, learning, familiar, solid, mastered },
            recalls: Recalled { passed: topic.recalls.passed, all: topic.recalls.all },
        }
    };
    Content {
        share: share.id.to_string(),
        name: share.name.as_deref().map(cut),
        made: share.made.to_rfc3339(),
        decks: share
            .decks
            .iter()
            .map(|deck| Deck { id: cut(&deck.id), name: cut(&deck.name), version: deck.version.as_deref().map(cut) })
            .collect(),
        topics: share.topics.iter().map(topic).collect(),
        checkups: Checkups { baseline: share.baseline.map(score), latest: share.latest_checkup.map(score) },
    }
}

/// Writes a share.
///
/// # Errors
/// Only when `out` refuses what is written to it.
pub fn write(share: &Share, out: &mut dyn Write) -> io::Result<()> {
    let content = content_of(share);
    let hash = hash_of(&serde_json::to_value(&content)?).map_err(io::Error::other)?;
    let document = Document { format: FORMAT, version: VERSION, sha256: hex(&hash), content: &content };
    serde_json::to_writer_pretty(&mut *out, &document)?;
    writeln!(out)
}

fn score(score: Option<Score>, which: &'static str) -> Result<Option<Recalls>, ShareError> {
    match score {
        Some(Score { right, asked }) if right > asked || asked == 0 || asked > MOST_ASKED => {
            Err(ShareError::BadScore { which, right, asked })
        }
        score => Ok(score.map(|Score { right, asked }| Recalls { passed: right, all: asked })),
    }
}

fn share_of(content: Content) -> Result<Share, ShareError> {
    let id = ShareId::from_hex(&content.share).ok_or(ShareError::BadId)?;
    let made = Timestamp::from_rfc3339(&content.made).ok_or(ShareError::BadTime)?;
    let topic = |topic: &Topic| {
        let Recalled { passed, all } = topic.recalls;
        if passed > all {
            return Err(ShareError::BadRecalls { topic: topic.id.clone(), passed, all });
        }
        let Levels { unseen, learning, familiar, solid, mastered } = topic.cards;
        let cards = [unseen, learning, familiar, solid, mastered];
        // So that no sum of a whole team can overflow.
        if cards.iter().chain([&all]).any(|number| *number > u64::from(u32::MAX)) {
            return Err(ShareError::TooMany(topic.id.clone()));
        }
        Ok(TopicMastery {
            id: cut(&topic.id),
            title: cut(&topic.title),
            deck: cut(&topic.deck),
            cards,
            recalls: Recalls { passed, all },
        })
    };
    let deck = |deck: &Deck| SharedDeck {
        id: cut(&deck.id),
        name: cut(&deck.name),
        version: deck.version.as_deref().map(cut),
    };
    Ok(Share {
        id,
        name: content.name.as_deref().map(cut).filter(|name| !name.trim().is_empty()),
        made,
        decks: content.decks.iter().map(deck).collect(),
        topics: content.topics.iter().map(topic).collect::<Result<_, _>>()?,
        baseline: score(content.checkups.baseline, "baseline")?,
        latest_checkup: score(content.checkups.latest, "latest")?,
    })
}

/// Reads a share, with the hash of its content.
///
/// The hash tells that the file is whole and was not changed by accident or by hand. It proves nothing against somebody
/// who makes a new one.
///
/// # Errors
/// When the file is cut, changed, newer, or no share.
pub fn read(bytes: &[u8]) -> Result<(Share, [u8; 32]), ShareError> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let document: Value = serde_json::from_slice(bytes).map_err(|error| {
        if error.is_eof() { ShareError::Cut(error.line()) } else { ShareError::NotJson(error.line(), error.column()) }
    })?;
    if document.get("format").and_then(Value::as_str) != Some(FORMAT) {
        return Err(ShareError::NotAShare);
    }
    match document.get("version").and_then(Value::as_u64) {
        Some(1..=VERSION) => {}
        Some(newer) if newer > VERSION => return Err(ShareError::Newer(newer)),
        _ => return Err(ShareError::NoVersion),
    }
    let (Some(content), Some(said)) = (document.get("content"), document.get("sha256").and_then(Value::as_str)) else {
        return Err(ShareError::Incomplete);
    };
    let hash = hash_of(content)?;
    if !hex(&hash).eq_ignore_ascii_case(said) {
        return Err(ShareError::Changed);
    }
    let content = Content::deserialize(content).map_err(|error| ShareError::Form(error.to_string()))?;
    Ok((share_of(content)?, hash))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn share() -> Share {
        let topic = |id: &str, cards, passed, all| TopicMastery {
            id: id.to_owned(),
            title: format!("\"{id}\" – Ümläut\u{1b}[2J\n"),
            deck: "differences".into(),
            cards,
            recalls: Recalls { passed, all },
        };
        Share {
            id: ShareId([7; 16]),
            name: Some("Amara".into()),
            made: Timestamp::from_rfc3339("2026-04-14T18:05:00+02:00").unwrap(),
            decks: vec![SharedDeck { id: "d".into(), name: "differences".into(), version: Some("1".into()) }],
            topics: vec![topic("d/D01", [1, 2, 0, 0, 3], 5, 6), topic("d/D02", [0; 5], 0, 0)],
            baseline: Some(Recalls { passed: 3, all: 8 }),
            latest_checkup: None,
        }
    }

    fn written(share: &Share) -> String {
        let mut out = Vec::new();
        write(share, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn what_is_written_is_read_again() {
        for share in [share(), Share { name: None, topics: vec![], decks: vec![], baseline: None, ..share() }] {
            let text = written(&share);
            assert_eq!(read(text.as_bytes()).unwrap().0, share);
            assert_eq!(read(format!("\u{feff}{text}").as_bytes()).unwrap().0, share, "an editor's mark is no change");
        }
    }

    #[test]
    fn what_is_written_is_what_the_schema_says() {
        let schema = serde_json::from_str(include_str!("../../docs/share.schema.json")).unwrap();
        let validator = jsonschema::validator_for(&schema).unwrap();
        let mut long = share();
        long.topics[0].title = "é".repeat(1000);
        for share in [share(), long, Share { name: None, topics: vec![], ..share() }] {
            let value: Value = serde_json::from_str(&written(&share)).unwrap();
            let faults: Vec<String> = validator.iter_errors(&value).map(|error| error.to_string()).collect();
            assert_eq!(faults, [""; 0]);
            // No key is there that the schema does not know.
            let known = schema["properties"]["content"]["properties"].as_object().unwrap();
            assert!(value["content"].as_object().unwrap().keys().all(|key| known.contains_key(key)));
        }
        for (pointer, bad) in [("/version", Value::from(2)), ("/content/topics/0/cards/solid", Value::from(-1))] {
            let mut value: Value = serde_json::from_str(&written(&share())).unwrap();
            *value.pointer_mut(pointer).unwrap() = bad;
            assert!(!validator.is_valid(&value), "{pointer}");
        }
    }

    #[test]
    fn the_hash_is_over_the_content_and_not_over_how_it_is_laid_out() {
        let text = written(&share());
        let value: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(read(value.to_string().as_bytes()).unwrap(), read(text.as_bytes()).unwrap());
        // The same in another language: sha256(json.dumps(content, sort_keys=True, separators=(",", ":"),
        // ensure_ascii=False)). docs/share.md promises it.
        let mut canon = String::new();
        canonical(&serde_json::json!({"b": [1, null, true], "a": {"é": "\u{1b}\"\n/"}}), &mut canon).unwrap();
        assert_eq!(canon, r#"{"a":{"é":"\u001b\"\n/"},"b":[1,null,true]}"#);
    }

    #[test]
    fn each_way_of_being_wrong_is_told_from_the_others() {
        let text = written(&share());
        let error = |text: &str| read(text.as_bytes()).unwrap_err();
        assert!(matches!(error(text.get(..text.len() / 2).unwrap()), ShareError::Cut(_)));
        assert_eq!(error(""), ShareError::Cut(1));
        assert!(matches!(error("hello"), ShareError::NotJson(1, _)));
        for other in ["{}", "[]", "3", r#"{"format":"lmq-report","version":1}"#] {
            assert_eq!(error(other), ShareError::NotAShare, "{other}");
        }
        assert_eq!(error(&text.replace("\"version\": 1,", "\"version\": 2,")), ShareError::Newer(2));
        for no in ["0", "-1", "\"1\"", "1.5"] {
            let error = error(&text.replace("\"version\": 1,", &format!("\"version\": {no},")));
            assert_eq!(error, ShareError::NoVersion, "{no}");
        }
        for (from, to) in [("\"passed\": 5", "\"passed\": 6"), ("Amara", "Amar4"), ("\"asked\": 8", "\"asked\": 80")] {
            assert!(text.contains(from));
            assert_eq!(error(&text.replace(from, to)), ShareError::Changed, "{from}");
        }
        assert_eq!(error(&text.replace("\"all\": 6", "\"all\": 6.5")), ShareError::NotWhole("6.5".to_owned()));
        assert_eq!(error(&text.replace("sha256", "sha1")), ShareError::Incomplete);
    }

    /// A file of this content with the hash that fits: whoever makes one by hand can do that.
    fn forged(content: &Value) -> String {
        let hash = hex(&hash_of(content).unwrap());
        serde_json::json!({"format": FORMAT, "version": 1, "sha256": hash, "content": content}).to_string()
    }

    #[test]
    fn a_right_hash_does_not_make_nonsense_true() {
        let good = serde_json::to_value(content_of(&share())).unwrap();
        assert_eq!(read(forged(&good).as_bytes()).unwrap().0, share());
        let error = |pointer: &str, value: Value| {
            let mut bad = good.clone();
            *bad.pointer_mut(pointer).unwrap() = value;
            read(forged(&bad).as_bytes()).unwrap_err()
        };
        let topic = || "d/D01".to_owned();
        let score = |right, asked| ShareError::BadScore { which: "baseline", right, asked };
        for (pointer, value, wanted) in [
            ("/share", Value::from("me"), ShareError::BadId),
            ("/made", "yesterday".into(), ShareError::BadTime),
            ("/topics/0/recalls/passed", 7.into(), ShareError::BadRecalls { topic: topic(), passed: 7, all: 6 }),
            ("/topics/0/cards/solid", u64::MAX.into(), ShareError::TooMany(topic())),
            ("/checkups/baseline/right", 9.into(), score(9, 8)),
            ("/checkups/baseline/asked", 1001.into(), score(3, 1001)),
        ] {
            assert_eq!(error(pointer, value), wanted, "{pointer}");
        }
        for (pointer, value) in [("/topics/0/cards/solid", Value::from(-1)), ("/topics", Value::Null)] {
            let error = error(pointer, value);
            assert!(matches!(error, ShareError::Form(_)), "{pointer}: {error:?}");
        }
        let mut long = good.clone();
        long["name"] = "x".repeat(100_000).into();
        long["new_key"] = "is no fault".into();
        assert_eq!(read(forged(&long).as_bytes()).unwrap().0.name.unwrap().len(), MOST_CHARS);
    }

    #[test]
    fn a_file_that_is_cut_is_said_to_be_cut() {
        let text = written(&share());
        let end = text.trim_end().len();
        for cut in 0..end {
            let error = read(&text.as_bytes()[..cut]).unwrap_err();
            assert!(matches!(error, ShareError::Cut(_)), "{cut}: {error}");
        }
        assert_eq!(read(&text.as_bytes()[..end]).unwrap().0, share());
    }

    #[test]
    fn damaged_bytes_are_refused_or_are_no_change() {
        let text = written(&share());
        let mut state = 1_u64;
        let mut refused = 0;
        for _ in 0..2000 {
            let mut bytes = text.clone().into_bytes();
            for _ in 0..3 {
                state = crate::core::scheduler::splitmix64(state);
                let at = usize::try_from(state % u64::try_from(bytes.len()).unwrap()).unwrap();
                bytes[at] = state.to_be_bytes()[0];
            }
            // The hash is over the content: only white space between the values, or a key outside of it, may differ.
            match read(&bytes) {
                Ok((found, _)) => assert_eq!(found, share(), "{}", String::from_utf8_lossy(&bytes)),
                Err(_) => refused += 1,
            }
        }
        assert!(refused > 1900, "{refused}");
    }

    #[test]
    fn nesting_100_000_deep_is_refused() {
        let deep = format!("{{\"format\":\"lmq-share\",\"version\":1,\"content\":{}", "[".repeat(100_000));
        assert!(matches!(read(deep.as_bytes()).unwrap_err(), ShareError::NotJson(1, _)));
    }
}
