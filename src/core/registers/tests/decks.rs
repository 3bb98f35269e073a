use super::*;
use proptest::prelude::*;

const DECK: &str = "d";

fn head(at: u64, edition: u32, name: &str) -> Line {
    let head = Head { name: name.to_owned(), ..Head::default() };
    worded(at, Fact::Head { deck: DECK.to_owned(), edition }, &serde_json::to_string(&head).unwrap())
}

fn topic(at: u64, edition: u32, id: &str, title: &str, position: u32) -> Line {
    let topic = TopicText { id: id.to_owned(), title: title.to_owned(), primer: None, try_line: None, position };
    worded(at, Fact::Topic { deck: DECK.to_owned(), edition }, &serde_json::to_string(&topic).unwrap())
}

fn renamed(at: u64, name: &str) -> Line {
    worded(at, Fact::Renamed { deck: DECK.to_owned() }, name)
}

fn scheduler(at: u64, config: Option<ConfigId>) -> Line {
    line(at, Fact::Scheduler { deck: DECK.to_owned(), config })
}

fn name(lines: &[Line]) -> Option<String> {
    deck_of(lines).head.map(|head| head.name)
}

#[test]
fn the_head_is_that_of_the_highest_edition_and_the_newest_of_these() {
    assert_eq!(name(&[head(1, 0, "a"), head(2, 0, "b")]).as_deref(), Some("b"));
    assert_eq!(name(&[head(1, 0, "a"), head(2, 0, "b").void()]).as_deref(), Some("a"));
    let lines = [head(1, 3, "three"), head(2, 2, "two"), head(3, 3, "again"), head(4, 0, "file")];
    assert_eq!((name(&lines).as_deref(), deck_of(&lines).edition), (Some("again"), 3));
}

#[test]
fn a_deck_without_a_counting_head_was_made_by_nobody() {
    let now = deck_of(&[head(1, 2, "a").void(), renamed(2, "b")]);
    assert_eq!((now.made, now.edition, now.head, now.renamed.as_deref()), (false, 0, None, Some("b")));
    assert!(deck_of(&[head(1, 0, "a")]).made);
    assert_eq!(deck_of(&[]), ShownDeck::default());
}

#[test]
fn an_erased_head_stays_the_winner_without_its_words() {
    let now = deck_of(&[head(1, 1, "a"), head(2, 2, "b").erased()]);
    assert_eq!((now.head, now.edition, now.made), (None, 2, true));
}

#[test]
fn the_newest_own_name_wins() {
    let own = |lines: &[Line]| deck_of(lines).renamed;
    assert_eq!(own(&[renamed(1, "a"), renamed(2, "b"), head(3, 0, "c")]).as_deref(), Some("b"));
    assert_eq!(own(&[renamed(1, "a"), renamed(2, "b").void()]).as_deref(), Some("a"));
    assert_eq!(own(&[renamed(1, "a"), renamed(2, "b").erased()]).as_deref(), Some("a"));
}

#[test]
fn each_topic_is_that_of_the_highest_edition_and_the_newest_of_these() {
    let lines = [
        topic(1, 2, "x", "two", 0),
        topic(2, 1, "x", "one", 0),
        topic(3, 2, "x", "again", 0),
        topic(4, 2, "x", "undone", 0).void(),
        topic(5, 1, "y", "other", 0),
    ];
    let titles: Vec<String> = deck_of(&lines).topics.into_iter().map(|topic| topic.title).collect();
    assert_eq!(titles, strings(&["again", "other"]));
}

#[test]
fn topics_come_by_position_and_then_by_id() {
    let lines = [topic(1, 0, "c", "", 1), topic(2, 0, "b", "", 2), topic(3, 0, "a", "", 2)];
    let ids: Vec<String> = deck_of(&lines).topics.into_iter().map(|topic| topic.id).collect();
    assert_eq!(ids, strings(&["c", "a", "b"]));
}

#[test]
fn a_topic_or_head_that_can_not_be_read_is_passed_over_and_breaks_nothing() {
    let mut bad = topic(2, 0, "x", "b", 0);
    bad.words = Some("{".to_owned());
    let lines = [topic(1, 0, "x", "a", 0), bad, topic(3, 0, "x", "c", 0).erased()];
    assert_eq!(deck_of(&lines).topics.first().map(|topic| topic.title.as_str()), Some("a"));
    let mut bad = head(1, 0, "x");
    bad.words = Some("no head".to_owned());
    assert_eq!((deck_of(std::slice::from_ref(&bad)).head, deck_of(&[bad]).made), (None, true));
}

#[test]
fn the_newest_scheduler_wins_and_none_gives_the_settings_back() {
    let config = Some(ConfigId([5; 16]));
    assert_eq!(deck_of(&[scheduler(1, config)]).scheduler, config);
    assert_eq!(deck_of(&[scheduler(1, config), scheduler(2, None)]).scheduler, None);
    assert_eq!(deck_of(&[scheduler(1, config), scheduler(2, None).void()]).scheduler, config);
}

#[test]
fn heads_and_topics_from_before_their_newest_fields_can_be_read() {
    let head: Head = serde_json::from_str(r#"{"name":"a"}"#).unwrap();
    assert_eq!(head, Head { name: "a".to_owned(), ..Head::default() });
    assert_eq!(head.origin, "file");
    let topic: TopicText = serde_json::from_str(r#"{"id":"a","title":"b"}"#).unwrap();
    assert_eq!(topic.position, 0);
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn decks_that_know_the_same_facts_are_equal(
        choices in prop::collection::vec((0..4_u8, 0..3_u32, 0..3_u8, any::<bool>(), any::<bool>()), 0..12),
        seed in any::<prop::sample::Index>(),
    ) {
        let mut lines: Vec<Line> = choices
            .iter()
            .zip(1..)
            .map(|((kind, number, text, counts, erased), at)| {
                let text = ["a", "b", "c"][usize::from(*text)];
                let made = match kind {
                    0 => head(at, *number, text),
                    1 => topic(at, *number, text, &at.to_string(), *number),
                    2 => renamed(at, text),
                    _ => scheduler(at, (*number > 0).then_some(ConfigId([1; 16]))),
                };
                Line { counts: *counts, words: made.words.clone().filter(|_| !erased), ..made }
            })
            .collect();
        let before = deck_of(&lines);
        if !lines.is_empty() {
            let middle = seed.index(lines.len());
            lines.rotate_left(middle);
            lines[..].reverse();
        }
        prop_assert_eq!(&deck_of(&lines), &before);
        lines.retain(|line| line.counts);
        prop_assert_eq!(deck_of(&lines), before);
    }
}
