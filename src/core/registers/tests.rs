use super::*;
use crate::core::id::DeviceId;
use proptest::test_runner::Config;
use proptest::test_runner::RngSeed;

mod decks;
mod laws;

const NOTE: NoteUid = NoteUid([1; 16]);
const OTHER: NoteUid = NoteUid([2; 16]);

/// The same cases in every run; `PROPTEST_RNG_SEED` and `PROPTEST_CASES` give others.
fn config() -> Config {
    let mut config = Config::default();
    if config.rng_seed == RngSeed::Random {
        config.rng_seed = RngSeed::Fixed(1);
    }
    config
}

/// A fact with its place in the order, whether it counts, and its words.
#[derive(Debug, Clone)]
struct Line {
    at: (i64, u8, u64),
    fact: Fact,
    counts: bool,
    words: Option<String>,
}

impl Line {
    fn id(&self) -> EventId {
        EventId { device: DeviceId([self.at.1; 16]), sequence: self.at.2 }
    }

    fn said(&self) -> Said<'_> {
        Said { id: self.id(), hlc: Hlc(self.at.0), fact: &self.fact, counts: self.counts, words: self.words.as_deref() }
    }

    fn void(self) -> Self {
        Self { counts: false, ..self }
    }

    fn erased(self) -> Self {
        Self { words: None, ..self }
    }

    fn by(mut self, device: u8) -> Self {
        self.at.1 = device;
        self
    }
}

/// A fact of device 1 at `at`, which is its sequence too.
fn line(at: u64, fact: Fact) -> Line {
    let hlc = i64::try_from(at).unwrap();
    let words = fact.has_text().then(|| "words".to_owned());
    Line { at: (hlc, 1, at), fact, counts: true, words }
}

fn worded(at: u64, fact: Fact, words: &str) -> Line {
    Line { words: Some(words.to_owned()), ..line(at, fact) }
}

fn brought(at: u64, deck: &str, position: i64) -> Line {
    line(at, Fact::Brought { note: NOTE, deck: deck.to_owned(), position, edition: 0 })
}

fn edition(at: u64, edition: u32) -> Line {
    line(at, Fact::Brought { note: NOTE, deck: "built-in".to_owned(), position: i64::from(edition), edition })
}

fn gone(at: u64) -> Line {
    line(at, Fact::Gone { note: NOTE })
}

fn ordered(at: u64, position: i64) -> Line {
    line(at, Fact::Ordered { note: NOTE, position })
}

fn edited(at: u64) -> Line {
    line(at, Fact::Edited { note: NOTE })
}

fn cleared(at: u64) -> Line {
    line(at, Fact::Cleared { note: NOTE })
}

fn tagged(at: u64, tag: &str) -> Line {
    worded(at, Fact::Tagged { note: NOTE }, tag)
}

fn untagged(at: u64, tag: &str) -> Line {
    worded(at, Fact::Untagged { note: NOTE }, tag)
}

fn placed(at: u64, deck: &str, position: Option<i64>) -> Line {
    line(at, Fact::Placed { note: NOTE, deck: deck.to_owned(), position })
}

fn deleted(at: u64) -> Line {
    line(at, Fact::Deleted { note: NOTE })
}

fn revived(at: u64) -> Line {
    line(at, Fact::Revived { note: NOTE })
}

fn keyed(at: u64, key: &str) -> Line {
    worded(at, Fact::Keyed { note: NOTE }, key)
}

fn aliased(at: u64, note: NoteUid) -> Line {
    line(at, Fact::Aliased { alias: NOTE, note })
}

fn shown_if(lines: &[Line], answered: bool, highest: u32) -> ShownNote {
    let said: Vec<Said<'_>> = lines.iter().map(Line::said).collect();
    note(&said, answered, &|deck| if deck == "built-in" { highest } else { 0 })
}

fn shown(lines: &[Line]) -> ShownNote {
    shown_if(lines, false, 0)
}

fn alias_of(lines: &[Line]) -> Option<NoteUid> {
    alias(&lines.iter().map(Line::said).collect::<Vec<_>>())
}

fn deck_of(lines: &[Line]) -> ShownDeck {
    deck(&lines.iter().map(Line::said).collect::<Vec<_>>())
}

fn id(sequence: u64) -> Option<EventId> {
    Some(EventId { device: DeviceId([1; 16]), sequence })
}

fn strings(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|text| (*text).to_owned()).collect()
}

mod source {
    use super::*;

    #[test]
    fn the_newest_counting_import_wins() {
        let now = shown(&[brought(1, "a", 1), brought(2, "b", 2), brought(3, "c", 3).void()]);
        assert_eq!((now.source, now.text, now.own), (id(2), id(2), None));
        assert_eq!((now.deck.as_deref(), now.home.as_deref(), now.position), (Some("b"), Some("b"), 2));
        assert!(now.living);
    }

    #[test]
    fn the_order_is_stamp_then_device_then_sequence() {
        assert_eq!(shown(&[brought(2, "late", 0), brought(1, "early", 0).by(9)]).deck.as_deref(), Some("late"));
        assert_eq!(shown(&[brought(1, "one", 0), brought(1, "nine", 0).by(9)]).deck.as_deref(), Some("nine"));
        let mut second = brought(1, "second", 0);
        second.at.2 = 2;
        assert_eq!(shown(&[second, brought(1, "first", 0)]).deck.as_deref(), Some("second"));
    }

    #[test]
    fn the_highest_edition_wins_over_newer_lower_ones() {
        let now = shown_if(&[edition(1, 3), edition(2, 2), brought(3, "file", 9)], false, 3);
        assert_eq!((now.source, now.deck.as_deref(), now.living), (id(1), Some("built-in"), true));
        let both = shown_if(&[edition(1, 3), edition(2, 3)], false, 3);
        assert_eq!(both.source, id(2), "the newest of one edition");
        let undone = shown_if(&[edition(1, 3).void(), edition(2, 2)], false, 2);
        assert_eq!((undone.source, undone.living), (id(2), true));
    }

    #[test]
    fn a_built_in_note_that_the_highest_edition_lacks_is_gone() {
        assert!(!shown_if(&[edition(1, 2)], false, 3).living);
        assert!(!shown_if(&[edition(1, 2)], true, 3).living, "answers do not revive");
        assert!(shown_if(&[edition(1, 2)], false, 2).living);
        let now = shown_if(&[edition(1, 2)], false, 3);
        assert_eq!((now.source, now.text), (id(1), id(1)), "its text is still known");
    }

    #[test]
    fn an_older_program_brings_no_older_text_back() {
        let lines = [edition(1, 4), edition(5, 3).by(2)];
        assert_eq!(shown_if(&lines, false, 4).source, id(1));
    }

    #[test]
    fn gone_after_the_newest_import_means_gone_until_the_next() {
        assert!(!shown(&[brought(1, "a", 1), gone(2)]).living);
        assert_eq!(shown(&[brought(1, "a", 1), gone(2)]).source, id(1));
        assert!(shown(&[brought(1, "a", 1), gone(2).void()]).living);
        assert!(shown(&[brought(1, "a", 1), gone(2), brought(3, "a", 1)]).living);
        assert!(!shown(&[brought(1, "a", 1), gone(2), brought(3, "a", 1).void()]).living);
    }

    #[test]
    fn files_that_lose_a_note_do_not_take_it_from_a_built_in_deck() {
        assert!(shown_if(&[edition(1, 2), brought(2, "file", 1), gone(3)], false, 2).living);
        assert!(!shown_if(&[edition(1, 2), brought(2, "file", 1)], false, 3).living);
        assert!(!shown(&[brought(1, "file", 1), gone(2), edition(3, 1).void()]).living);
    }

    #[test]
    fn a_new_order_gives_the_position_until_the_next_text() {
        assert_eq!(shown(&[brought(1, "a", 1), ordered(2, 7), ordered(3, 8)]).position, 8);
        assert_eq!(shown(&[brought(1, "a", 1), ordered(2, 7), ordered(3, 8).void()]).position, 7);
        assert_eq!(shown(&[brought(1, "a", 1), ordered(2, 7), brought(3, "a", 4)]).position, 4);
        assert_eq!(shown(&[brought(1, "a", 1), ordered(2, 7), brought(3, "a", 4).void()]).position, 7);
    }
}

mod own {
    use super::*;

    #[test]
    fn own_text_is_shown_and_stays_when_the_source_changes() {
        let now = shown(&[brought(1, "a", 1), edited(2), brought(3, "a", 1).by(2)]);
        assert_eq!((now.text, now.own), (id(2), id(2)));
        assert_eq!(now.source.map(|source| source.device), Some(DeviceId([2; 16])));
    }

    #[test]
    fn the_newest_own_text_wins_and_an_undone_one_gives_way_to_the_one_before() {
        assert_eq!(shown(&[brought(1, "a", 1), edited(2), edited(3)]).text, id(3));
        assert_eq!(shown(&[brought(1, "a", 1), edited(2), edited(3).void()]).text, id(2));
        assert_eq!(shown(&[brought(1, "a", 1), edited(2).void(), edited(3).void()]).text, id(1));
    }

    #[test]
    fn a_text_taken_back_shows_the_sources_until_the_next_edit() {
        let lines = [brought(1, "a", 1), edited(2), cleared(3)];
        assert_eq!((shown(&lines).text, shown(&lines).own), (id(1), None));
        let [source, own, taken_back] = lines;
        assert_eq!(shown(&[source.clone(), own.clone(), taken_back.clone(), edited(4)]).own, id(4));
        assert_eq!(shown(&[source, own, taken_back.void()]).own, id(2));
    }

    #[test]
    fn taking_back_changes_nothing_where_there_is_no_source_to_go_back_to() {
        let with_source = [edited(1), placed(2, "mine", Some(1)), brought(3, "a", 1), cleared(4)];
        assert_eq!(shown(&with_source).text, id(3));
        let mut undone = with_source;
        undone[2].counts = false;
        let now = shown(&undone);
        assert_eq!((now.text, now.own, now.living), (id(1), id(1), true));
        assert!(!shown(&[edited(1), deleted(2), cleared(3)]).living);
    }

    #[test]
    fn own_place_wins_over_the_sources() {
        let now = shown(&[brought(1, "a", 1), placed(2, "b", Some(5)), brought(3, "c", 3), ordered(4, 4)]);
        assert_eq!((now.deck.as_deref(), now.position, now.home.as_deref()), (Some("b"), 5, Some("c")));
        let undone = shown(&[brought(1, "a", 1), placed(2, "b", None), placed(3, "c", None).void()]);
        assert_eq!(undone.deck.as_deref(), Some("b"));
    }

    #[test]
    fn a_place_without_a_position_leaves_it_as_it_was() {
        assert_eq!(shown(&[brought(1, "a", 7), placed(2, "b", None)]).position, 7);
        assert_eq!(shown(&[brought(1, "a", 7), placed(2, "b", None), ordered(3, 8)]).position, 8);
        assert_eq!(shown(&[brought(1, "a", 7), placed(2, "b", Some(9)), placed(3, "c", None)]).position, 9);
    }

    #[test]
    fn an_added_note_needs_no_source() {
        let now = shown(&[edited(1), placed(2, "mine", Some(3)), tagged(3, "t")]);
        assert_eq!((now.text, now.own, now.source, now.made), (id(1), id(1), None, id(1)));
        assert_eq!((now.deck.as_deref(), now.home.as_deref(), now.position), (Some("mine"), Some("mine"), 3));
        assert_eq!((now.added_tags, now.living), (strings(&["t"]), true));
    }

    #[test]
    fn the_newest_key_wins_and_erased_ones_are_passed_over() {
        assert_eq!(shown(&[brought(1, "a", 1)]).key, None);
        assert_eq!(shown(&[brought(1, "a", 1), keyed(2, "x"), keyed(3, "y")]).key.as_deref(), Some("y"));
        assert_eq!(shown(&[brought(1, "a", 1), keyed(2, "x"), keyed(3, "y").void()]).key.as_deref(), Some("x"));
        assert_eq!(shown(&[brought(1, "a", 1), keyed(2, "x"), keyed(3, "y").erased()]).key.as_deref(), Some("x"));
    }
}

mod tag {
    use super::*;

    fn tags_of(source: &[&str], lines: &[Line]) -> Vec<String> {
        let mut all = vec![brought(1, "a", 1)];
        all.extend(lines.iter().cloned());
        tags(&strings(source), &shown(&all))
    }

    #[test]
    fn additions_come_after_the_sources_in_the_order_in_which_they_were_made() {
        assert_eq!(tags_of(&["s", "r"], &[tagged(3, "z"), tagged(2, "y")]), strings(&["s", "r", "y", "z"]));
        let again = [tagged(2, "y"), tagged(3, "z"), tagged(4, "y")];
        assert_eq!(tags_of(&[], &again), strings(&["z", "y"]), "the newest act of each tag has its place");
    }

    #[test]
    fn per_tag_the_newest_counting_act_wins() {
        assert_eq!(tags_of(&["s"], &[untagged(2, "s"), tagged(3, "s").by(2)]), strings(&["s"]));
        assert_eq!(tags_of(&["s"], &[tagged(2, "t"), untagged(3, "t").by(2)]), strings(&["s"]));
        assert_eq!(tags_of(&[], &[tagged(2, "t"), untagged(3, "t").void()]), strings(&["t"]));
        assert_eq!(tags_of(&["s"], &[untagged(2, "s"), tagged(3, "s"), untagged(4, "s")]), strings(&[]));
    }

    #[test]
    fn tags_take_what_the_source_changes_and_keep_what_the_learner_changed() {
        // Opened with a and b; the learner takes b away and adds c.
        let own = [untagged(2, "b"), tagged(3, "c")];
        assert_eq!(tags_of(&["a", "b"], &own), strings(&["a", "c"]));
        assert_eq!(tags_of(&["a", "b", "d"], &own), strings(&["a", "d", "c"]), "the source adds one");
        assert_eq!(tags_of(&["b"], &own), strings(&["c"]), "the source takes one away");
        assert_eq!(tags_of(&["c", "a"], &own), strings(&["c", "a"]), "both add the same");
        assert_eq!(tags_of(&["a"], &own), strings(&["a", "c"]), "both take the same away");
        let [removal, addition] = own;
        assert_eq!(tags_of(&["a", "b"], &[removal.clone().void(), addition.clone()]), strings(&["a", "b", "c"]));
        assert_eq!(tags_of(&["a", "b"], &[removal, addition.void()]), strings(&["a"]));
    }

    #[test]
    fn tags_are_told_apart_by_their_exact_text() {
        assert_eq!(tags_of(&["Tag"], &[untagged(2, "tag"), tagged(3, "TAG")]), strings(&["Tag", "TAG"]));
    }

    #[test]
    fn a_tag_whose_words_were_erased_is_passed_over() {
        assert_eq!(tags_of(&["s"], &[tagged(2, "t").erased(), untagged(3, "s").erased()]), strings(&["s"]));
        let lines = [brought(1, "a", 1), gone(2), tagged(3, "t").erased()];
        assert!(shown(&lines).living, "but it is an act of the learner");
    }

    #[test]
    fn own_text_taken_back_leaves_own_tags() {
        assert_eq!(tags_of(&["s"], &[edited(2), tagged(3, "t"), cleared(4)]), strings(&["s", "t"]));
    }
}

mod existence {
    use super::*;

    /// One own act of each kind that is no deletion.
    fn acts(at: u64) -> [Line; 6] {
        [revived(at), edited(at), placed(at, "b", None), tagged(at, "t"), untagged(at, "t"), keyed(at, "k")]
    }

    #[test]
    fn whatever_the_learner_does_after_a_deletion_revives_on_whichever_device() {
        for act in acts(3) {
            let lines = [brought(1, "a", 1), deleted(2), act.clone().by(2)];
            assert!(shown(&lines).living, "{act:?}");
            let [source, deletion, _] = lines;
            assert!(!shown(&[source, deletion, act.void()]).living);
        }
    }

    #[test]
    fn a_deletion_after_all_else_deletes() {
        for act in acts(2) {
            assert!(!shown(&[brought(1, "a", 1), act.clone(), deleted(3).by(2)]).living);
            assert!(shown(&[brought(1, "a", 1), act, deleted(3).by(2).void()]).living);
        }
    }

    #[test]
    fn imports_do_not_revive() {
        let lines = [brought(1, "a", 1), deleted(2), brought(3, "a", 1), ordered(4, 2)];
        assert!(!shown_if(&lines, true, 0).living);
    }

    #[test]
    fn what_the_learner_did_lives_on_where_the_source_has_gone() {
        for act in acts(2) {
            assert!(shown(&[brought(1, "a", 1), act.clone(), gone(3)]).living);
            assert!(shown_if(&[edition(1, 1), act.clone()], false, 2).living);
            assert!(!shown(&[brought(1, "a", 1), act.void(), gone(3)]).living);
        }
    }

    #[test]
    fn with_a_text_taken_back_the_source_decides_again() {
        assert!(!shown(&[brought(1, "a", 1), edited(2), gone(3), cleared(4)]).living);
        assert!(shown(&[brought(1, "a", 1), edited(2), cleared(4)]).living);
        assert!(shown(&[brought(1, "a", 1), deleted(2), cleared(3)]).living, "an edit back to the source's text");
        assert!(!shown(&[brought(1, "a", 1), deleted(2), gone(3), cleared(4)]).living);
        assert!(!shown(&[brought(1, "a", 1), cleared(2), deleted(3)]).living);
        assert!(shown(&[brought(1, "a", 1), edited(2), gone(3), cleared(4), tagged(5, "t")]).living);
        assert!(!shown(&[brought(1, "a", 1), edited(2), deleted(3), cleared(4).void()]).living);
    }

    #[test]
    fn a_note_exists_only_while_a_text_or_an_answer_counts() {
        let undone = [brought(1, "a", 4).void(), brought(2, "b", 5).void()];
        assert!(!shown(&undone).living);
        let kept = shown_if(&undone, true, 0);
        assert_eq!((kept.living, kept.text, kept.source, kept.own), (true, id(2), None, None));
        assert_eq!((kept.deck.as_deref(), kept.home.as_deref(), kept.position), (Some("b"), Some("b"), 5));
        assert_eq!(kept.made, id(1));
        assert!(!shown(&[tagged(1, "t"), revived(2)]).living, "only named so far");
        assert!(!shown_if(&[tagged(1, "t")], true, 0).living, "there is nothing to ask");
    }

    #[test]
    fn of_texts_that_do_not_count_the_newest_is_shown_whoever_wrote_it() {
        let own = [brought(1, "a", 1).void(), edited(2).void()];
        assert_eq!(shown_if(&own, true, 0).text, id(2));
        let source = [edited(1).void(), placed(2, "mine", Some(6)).void(), brought(3, "a", 1).void()];
        let now = shown_if(&source, true, 0);
        assert_eq!((now.text, now.deck.as_deref()), (id(3), Some("a")));
        let now = shown_if(&source[..2], true, 0);
        assert_eq!((now.text, now.deck.as_deref(), now.position), (id(1), Some("mine"), 6));
    }

    #[test]
    fn a_move_that_was_taken_back_does_not_come_back_with_the_text() {
        let lines = [brought(1, "a", 1).void(), placed(2, "b", Some(2)).void()];
        assert_eq!(shown_if(&lines, true, 0).deck.as_deref(), Some("a"));
        let lines = [brought(1, "a", 1).void(), placed(2, "b", Some(2))];
        let now = shown_if(&lines, true, 0);
        assert_eq!((now.deck.as_deref(), now.position, now.home.as_deref()), (Some("b"), 2, Some("a")));
    }

    #[test]
    fn an_answered_note_without_a_counting_text_can_be_deleted() {
        let lines = [brought(1, "a", 1).void(), deleted(2)];
        assert!(!shown_if(&lines, true, 0).living);
        assert!(shown_if(&[brought(1, "a", 1).void(), tagged(2, "t")], true, 0).living);
    }

    #[test]
    fn undoing_an_import_does_not_bring_back_what_the_file_has_lost_since() {
        assert!(!shown_if(&[brought(1, "a", 1).void(), gone(2)], true, 0).living);
        assert!(shown_if(&[brought(1, "a", 1).void(), gone(2), brought(3, "a", 1).void()], true, 0).living);
        assert!(shown_if(&[brought(1, "a", 1).void(), gone(2).void()], true, 0).living);
    }

    #[test]
    fn an_erased_text_stays_the_winner() {
        let now = shown(&[brought(1, "a", 1), edited(2), edited(3).erased()]);
        assert_eq!((now.text, now.living), (id(3), true));
    }

    #[test]
    fn the_first_text_that_counts_made_the_note() {
        assert_eq!(shown(&[edited(3), brought(2, "a", 1), tagged(1, "t")]).made, id(2));
        assert_eq!(shown(&[brought(1, "a", 1).void(), edited(2)]).made, id(2));
        assert_eq!(shown(&[tagged(1, "t")]).made, None);
    }

    #[test]
    fn a_note_that_is_only_named_shows_nothing() {
        let now = shown(&[]);
        assert_eq!(now, ShownNote::default());
        let now = shown(&[placed(1, "b", Some(2)), gone(2), aliased(3, OTHER)]);
        assert_eq!((now.text, now.made, now.living), (None, None, false));
    }
}

mod aliases {
    use super::*;

    #[test]
    fn the_newest_counting_alias_wins() {
        let third = NoteUid([3; 16]);
        assert_eq!(alias_of(&[aliased(1, OTHER), aliased(2, third)]), Some(third));
        assert_eq!(alias_of(&[aliased(1, OTHER), aliased(2, third).void()]), Some(OTHER));
        assert_eq!(alias_of(&[]), None);
    }

    #[test]
    fn an_alias_is_void_while_its_uid_has_a_note_of_its_own() {
        assert_eq!(alias_of(&[brought(1, "a", 1), aliased(2, OTHER)]), None);
        assert_eq!(alias_of(&[aliased(1, OTHER), edited(2)]), None);
        assert_eq!(alias_of(&[aliased(1, OTHER), brought(2, "a", 1).void()]), Some(OTHER));
        assert_eq!(alias_of(&[aliased(1, OTHER), tagged(2, "t")]), Some(OTHER), "only a text makes a note");
    }

    #[test]
    fn a_uid_that_is_said_to_be_itself_is_no_alias() {
        assert_eq!(alias_of(&[aliased(1, OTHER), aliased(2, NOTE)]), None);
    }
}
