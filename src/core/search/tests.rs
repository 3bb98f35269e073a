use super::*;
use crate::core::card::Fields;
use crate::core::card::NoteText;
use crate::core::card::Value;
use crate::core::compare::search::fold;
use crate::core::grade::Scale;
use crate::core::search::error::SHOWN;
use crate::core::search::parse::parse as parse_on;
use crate::core::settings::Settings;
use crate::core::state::Memory;
use crate::core::state::Model;
use crate::core::units::Days;
use crate::core::units::Ease;
use proptest::prelude::*;
use std::collections::BTreeMap;

const TODAY: StudyDay = StudyDay(100);

fn asked() -> Asked {
    Asked { today: TODAY, rules: Settings::default().rules([]) }
}

fn note() -> NoteText {
    NoteText {
        kind: "basic".to_owned(),
        fields: Fields::from([
            (
                "front".to_owned(),
                Value::Texts(vec!["Why does “Café  crème” cost\n70 %?".to_owned(), "Another way".to_owned()]),
            ),
            ("back".to_owned(), Value::Text("Because it's C++ ∑ \\ \"quoted\"".to_owned())),
        ]),
        tags: vec!["team::habits".to_owned(), "C++".to_owned()],
        source: vec!["D09".to_owned()],
        topic: Some("D09".to_owned()),
        speaker: Some("Peter Drucker, writer".to_owned()),
        hint: Some("a hint".to_owned()),
        ..NoteText::default()
    }
}

fn state() -> CardState {
    let memory = Memory {
        repetitions: 3,
        interval: Days(21),
        lapses: 4,
        last: StudyDay(98),
        due: StudyDay(103),
        last_quality: Quality::Q4,
        model: Model::Sm2 { ease: Ease::from_hundredths(196) },
    };
    CardState { memory: Some(memory), answers: 9, marked: true, ..CardState::default() }
}

fn parse(query: &str) -> Result<Query, SearchError> {
    parse_saved(query, &[])
}

fn parse_saved(query: &str, searches: &[(&str, &str)]) -> Result<Query, SearchError> {
    let searches = searches.iter().map(|(name, query)| ((*name).to_owned(), (*query).to_owned())).collect();
    parse_on(query, Some(Scale::Sm2), &searches)
}

fn matches_with(query: &str, state: &CardState) -> bool {
    matches_note(&note(), query, state)
}

fn matches_note(note: &NoteText, query: &str, state: &CardState) -> bool {
    let body = serde_json::to_string(note).unwrap();
    let subject = Subject {
        note: NoteFacts {
            body: &body,
            key: Some("coffee-price"),
            topic: Some("What a vision is"),
            added: Some(StudyDay(71)),
        },
        deck: ("lang", "people::language"),
        state,
        offered: !state.suspended,
        held_out: false,
        answers: &[(StudyDay(94), Quality::Q1), (StudyDay(98), Quality::Q4)],
    };
    parse(query).unwrap_or_else(|error| panic!("{query}: {error:?}")).matches(&subject, &asked())
}

fn error(query: &str) -> String {
    let error = parse(query).unwrap_err();
    format!("{} {} / {}", error.at, error.fault, error.fault.help())
}

#[test]
fn a_number_is_a_grade_of_the_scale_in_force() {
    let rated = |query: &str, scale| {
        let query = parse_on(query, scale, &BTreeMap::new()).unwrap();
        let body = serde_json::to_string(&note()).unwrap();
        let subject = Subject {
            note: NoteFacts { body: &body, key: None, topic: None, added: None },
            deck: ("lang", "lang"),
            state: &state(),
            offered: true,
            held_out: false,
            answers: &[(StudyDay(98), Quality::Q1), (StudyDay(99), Quality::Q4)],
        };
        query.matches(&subject, &asked())
    };
    let (four, sm2) = (Some(Scale::Four), Some(Scale::Sm2));
    assert!(rated("rated:7d:3", four), "Good");
    assert!(!rated("rated:7d:3", sm2), "3 of six");
    assert!(rated("rated:7d:1", four), "Again is whatever was not recalled");
    assert!(!rated("rated:7d:2", four) && !rated("rated:7d:2", sm2));
    assert!(rated("rated:7d:good", None), "words are the same everywhere");
    let refused = |query: &str, scale| parse_on(query, scale, &BTreeMap::new()).unwrap_err().fault.to_string();
    assert!(refused("rated:7d:5", four).contains("1 to 4"));
    assert!(refused("rated:7d:3", None).contains("one grade in some decks and another in others"));
    assert!(refused("rated:7d:9", None).ends_with("use again, hard, good or easy"), "no number would be taken");
}

#[test]
fn words_stand_anywhere_without_case_and_accents() {
    for query in [
        "",
        "cafe",
        "CAFÉ",
        "\"Café  crème\"",
        "\"Cafe\u{301}  crème\"",
        "C++",
        "c++",
        "\"C++\"",
        "creme why",
        "70%",
        "\"70 %\"",
        "hint",
        "coffee",
        "\"a vision\"",
        "its",
        "it's",
        "drucker",
        "habits",
        "∑",
        "\"\\\\\"",
        "way",
        "d09",
        "another OR nowhere",
        "-nowhere",
        "--cafe",
        "(cafe)",
        "cost AND why",
    ] {
        assert!(matches_with(query, &state()), "{query}");
    }
    for query in [
        "front",
        "basic",
        "creme70",
        "\"creme cafe\"",
        "\"Café crème\"",
        "\"café  crème\"",
        "\"c++\"",
        "\"cafe creme\"",
        "\"CAFÉ\"",
        "c+++",
        "C#",
        "\"C+ +\"",
        "nowhere",
        "-cafe",
        "cafe nowhere",
        "∏",
        "\"price what\"",
        "ncost",
    ] {
        assert!(!matches_with(query, &state()), "{query}");
    }
}

#[test]
fn names_are_whole_parents_or_with_a_star_their_beginning() {
    for query in [
        "tag:team",
        "tag:TEAM::habits",
        "tag:c++",
        "tag:te*",
        "tag:*",
        "kind:basic",
        "source:d09",
        "source:D*",
        "topic:d09",
        "topic:vision",
        "speaker:drucker",
        "deck:lang",
        "deck:people",
        "deck:people::language",
        "deck:peo*",
        "speaker:\"Peter D\"",
    ] {
        assert!(matches_with(query, &state()), "{query}");
    }
    for query in [
        "tag:c",
        "tag:habits",
        "tag:tea",
        "kind:cloze",
        "source:d0",
        "topic:d0",
        "deck:peop",
        "deck:language",
        "tag:\"te*\"",
    ] {
        assert!(!matches_with(query, &state()), "{query}");
    }
}

#[test]
fn numbers_and_days_are_compared() {
    for query in [
        "ease<2",
        "ease=1.96",
        "ease>=1.9",
        "ease!=2",
        "interval>=21d",
        "interval>=3w",
        "interval<1m",
        "interval:21",
        "lapses>3",
        "lapses:4",
        "due<=3d",
        "due=3",
        "due>2d",
        "due>=-5d",
        "due<1970-05-01",
        "reviewed:3d",
        "rated:7d:1",
        "rated:7d:again",
        "rated:3d:good",
        "rated:3d",
        "added:30d",
        "is:marked",
        "is:review",
        "ease<2 lapses>3 -is:due",
    ] {
        assert!(matches_with(query, &state()), "{query}");
    }
    for query in [
        "ease>2",
        "interval>21d",
        "lapses>4",
        "due<=2d",
        "reviewed:2d",
        "rated:6d:1",
        "rated:7d:2",
        "added:29d",
        "is:due",
        "is:leech",
        "is:new",
        "is:learning",
        "is:suspended",
        "is:buried",
    ] {
        assert!(!matches_with(query, &state()), "{query}");
    }
}

#[test]
fn states_are_facts_where_they_can_be_together_and_words_where_not() {
    let mut both = CardState { suspended: true, buried_until: Some(StudyDay(101)), ..state() };
    assert!(matches_with("is:suspended is:buried -is:review", &both));
    both.buried_until = Some(StudyDay(100));
    assert!(!matches_with("is:buried", &both), "a bury ends by itself");
    assert!(matches_with("is:new -ease<9 lapses<1 -due<99d", &CardState::default()), "a new card has no ease");
    let mut memory = state().memory.unwrap();
    memory.due = TODAY;
    memory.lapses = 8;
    let due = CardState { memory: Some(memory), ..state() };
    assert!(matches_with("is:due is:leech tag:leech", &due));
    assert!(!matches_with("is:due", &CardState { suspended: true, ..due }));
}

#[test]
fn none_is_no_tag_at_all_or_one_of_that_name() {
    let tagged = |tags: &[&str], query: &str| {
        let note = NoteText { tags: tags.iter().map(|tag| (*tag).to_owned()).collect(), ..note() };
        matches_note(&note, query, &state())
    };
    assert!(tagged(&[], "tag:none") && tagged(&["none"], "tag:none") && !tagged(&["team"], "tag:none"));
    assert!(!tagged(&[], "-tag:none") && !tagged(&[], "tag:\"none\""));
}

#[test]
fn or_binds_less_than_what_stands_side_by_side() {
    assert!(matches_with("nowhere nothing OR cafe", &state()));
    assert!(!matches_with("nowhere (nothing OR cafe)", &state()));
    assert!(matches_with("-(nowhere OR nothing) cafe", &state()));
    assert!(matches_with("cafe or", &state()) == matches_with("or", &state()), "a small `or` is a word");
    assert!(matches_with("team::habits", &state()), "two colons are a word's");
}

#[test]
fn an_error_points_at_its_character() {
    for (query, said) in [
        ("culture \"tone", "8 this quote is never closed / add another \" after the words"),
        ("a (b OR c", "2 this `(` is never closed / add a `)`, or put the text in \"quotes\""),
        ("a) b", "1 there is no `(` for this `)` / remove it, or put the words that contain it in \"quotes\""),
        ("()", "1 there is nothing in these parentheses / write a condition, or take them out"),
        ("OR a", "0 there is nothing before this `OR` / write a condition before it, or \"OR\" in quotes for the word"),
        ("é OR", "2 nothing follows this `OR` / write another condition after it"),
        ("a AND", "2 nothing follows this `AND` / write another condition after it"),
        (
            "a - b",
            "2 nothing follows this `-` / `-word` means cards without the word; quote it to look for the sign: \"-\"",
        ),
        ("é tga:x", "2 there is no field `tga` / did you mean `tag`? To look for the text, put it in \"quotes\""),
        (
            "prop:ease<2",
            "0 there is no field `prop` / here it is `ease<2.1`, `interval>=21d`, `lapses>3` or `due<=3d`, without `prop:`; \
             to look for the text, put it in \"quotes\"",
        ),
        ("is:duee", "3 there is no state `duee` / did you mean `due`?"),
        ("kind:clozes", "5 there is no kind of card `clozes` / did you mean `cloze`?"),
        ("ease<low", "5 `low` is not a number that `ease` can have / write ease<2.1"),
        ("interval>3x", "9 `3x` is not a number that `interval` can have / write interval>=21d"),
        ("due<soon", "4 `soon` is not a number that `due` can have / write due<=3d, or due<2026-03-01"),
        (
            "rated:7d:9",
            "9 `9` is not a grade; use again, hard, good or easy, or 0 to 5 / write rated:7d or rated:7d:again",
        ),
        ("added:0d", "6 today is the first of these days: 1d at least / write added:30d"),
        ("deck: a", "5 `deck` needs a value / write deck:quotes"),
        ("deck<a", "4 `deck` can't be compared / write deck:quotes"),
        ("\"\"", "0 there is nothing in these quotes / write something, or take them out"),
        ("interval>99999999999", "9 `99999999999` is not a number that `interval` can have / write interval>=21d"),
    ] {
        assert_eq!(error(query), said, "{query}");
    }
    assert!(error("http://a.b").starts_with("0 there is no field `http` / there are deck"));
    assert!(error(&"(".repeat(40)).starts_with("32 too many parentheses"));
    assert!(error(&"a ".repeat(65)).starts_with("128 a query has at most 64"));
    assert!(error(&"a".repeat(2001)).starts_with("2000 a query has at most 2000 characters"));
    let [line, caret] = parse("日本 tga:x").unwrap_err().drawn("日本 tga:x");
    assert_eq!((line.as_str(), caret.as_str()), ("日本 tga:x", "     ^"));
    let long = format!("{}tga:x", "word ".repeat(40));
    let [line, caret] = parse(&long).unwrap_err().drawn(&long);
    assert!(line.chars().nth(caret.len() - 1) == Some('t') && line.len() <= SHOWN, "{line}\n{caret}");
}

#[test]
fn an_unknown_deck_is_named_with_the_nearest() {
    let decks = [("quotes", "quotes"), ("s", "a::skills")];
    assert_eq!(parse("deck:a deck:quotes -deck:s").unwrap().check_decks(decks), Ok(()));
    let error = parse("x deck:qoutes").unwrap().check_decks(decks).unwrap_err();
    let unknown = |name: &str, near: Option<&str>| SearchFault::UnknownDeck {
        name: name.to_owned(),
        near: near.map(str::to_owned),
    };
    assert_eq!((error.at, error.fault), (7, unknown("qoutes", Some("quotes"))));
    let error = parse("deck:skill").unwrap().check_decks([("s", "team skills")]).unwrap_err();
    assert_eq!(error.fault, unknown("skill", Some("s")), "a part of the name will do");
}

#[test]
fn a_saved_search_stands_for_its_conditions() {
    let searches = [
        ("hard ones", "ease<2 OR lapses>3"),
        ("both", "saved:\"hard ones\" -is:new"),
        ("Café", ""),
        ("broken", "tga:x"),
        ("outer", "saved:broken"),
        ("gone", "x deck:nosuch"),
        ("a", "saved:b"),
        ("b", "(saved:a)"),
    ];
    let same = |query: &str, long: &str| {
        let [found, meant] = [query, long].map(|query| parse_saved(query, &searches).unwrap());
        assert_eq!((found.root, found.notes), (meant.root, meant.notes), "{query}");
    };
    same("x -saved:\"hard ones\"", "x -(ease<2 OR lapses>3)");
    same("saved:BOTH", "((ease<2 OR lapses>3) -is:new)");
    same("saved:cafe", "");
    let error = |query: &str| {
        let error = parse_saved(query, &searches).unwrap_err();
        format!("{} {} / {}", error.at, error.fault, error.fault.help())
    };
    let mended = "`lmq config set 'searches.\"broken\"' QUERY` changes it";
    assert_eq!(
        error("is:due saved:outer"),
        format!("13 in the saved search `broken`: there is no field `tga` / {mended}")
    );
    assert!(error("saved:a").starts_with("6 in the saved search `b`: the saved search `a` holds itself / "));
    assert!(error("saved:bth").contains("did you mean `both`?"));
    assert!(error("saved:").ends_with("write saved:NAME"));
    let many = "saved:cafe ".repeat(65);
    assert!(error(&many).contains("at most 64 conditions"));
    // A deck that is not there is shown where the search is named.
    let unknown = parse_saved("is:due saved:gone", &searches).unwrap().check_decks([("quotes", "quotes")]).unwrap_err();
    assert_eq!(unknown.at, 13);
}

#[test]
fn a_query_says_what_has_to_be_read() {
    let needs = |query: &str| parse(query).unwrap().needs();
    assert_eq!(needs("deck:a"), Needs::default());
    assert!(needs("is:due").states && !needs("is:due").texts);
    assert!(needs("tag:a").texts && !needs("tag:a").words && needs("a").words);
    assert_eq!(needs("reviewed:7d -rated:30d:1").answers, Some(30));
    assert!(needs("added:3d").added && !needs("added:3d").texts);
}

proptest! {
    #[test]
    fn no_query_makes_it_stumble(query in "\\PC{0,40}", shaped in "[-a-z:<>=()\" *0-9]{0,40}") {
        for query in [query, shaped] {
            match parse(&query) {
                Ok(parsed) => {
                    let body = serde_json::to_string(&note()).unwrap();
                    let facts = NoteFacts { body: &body, key: None, topic: None, added: None };
                    prop_assert!(parsed.on_note(&facts, &asked(), &mut Scratch::default()) < u64::MAX);
                }
                Err(error) => {
                    prop_assert!(error.at <= query.chars().count());
                    prop_assert!(error.drawn(&query)[1].ends_with('^'));
                }
            }
        }
    }

    #[test]
    fn no_card_is_missed_for_being_looked_at_quickly(
        text in "[a-cA-C '%é’.]{0,12}", query in "[a-ce ]{1,4}", tag in "[a-b]", key in proptest::option::of("[a-c]{1,3}"),
    ) {
        let note = NoteText {
            kind: "basic".to_owned(),
            fields: Fields::from([("front".to_owned(), Value::Text(text.clone()))]),
            tags: vec![tag.clone()],
            ..NoteText::default()
        };
        let body = serde_json::to_string(&note).unwrap();
        let facts = NoteFacts { body: &body, key: key.as_deref(), topic: None, added: None };
        let whole = [Some(text.as_str()), Some(tag.as_str()), key.as_deref()].into_iter().flatten().map(fold);
        let expected = query.split_whitespace().all(|word| whole.clone().any(|text| text.contains(word)));
        let found = parse(&query).unwrap();
        let bits = found.on_note(&facts, &asked(), &mut Scratch::default());
        prop_assert_eq!(found.decide(bits, None, &asked()), Some(expected), "{:?} in {}", query, body);
    }
}
