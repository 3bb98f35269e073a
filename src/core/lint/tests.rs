//! Each rule with a card that breaks it, and cards that break none.

use super::*;
use crate::core::card::Fields;
use crate::core::card::Form;
use crate::core::card::Value;
use crate::core::lint::cues::OneSided;
use crate::core::scheduler::splitmix64;

fn note(kind: &str, fields: &[(&str, &[&str])]) -> NoteText {
    let value = |texts: &[&str]| match texts {
        [one] => Value::Text((*one).to_owned()),
        many => Value::Texts(many.iter().map(|text| (*text).to_owned()).collect()),
    };
    NoteText {
        kind: kind.to_owned(),
        fields: fields.iter().map(|(name, texts)| ((*name).to_owned(), value(texts))).collect::<Fields>(),
        source: vec!["S".to_owned()],
        topic: Some("t".to_owned()),
        ..NoteText::default()
    }
}

fn rules(notes: &[NoteText]) -> Vec<&'static str> {
    let notes: Vec<&NoteText> = notes.iter().collect();
    lint(&[], &notes).into_iter().map(|finding| finding.flaw.rule()).collect()
}

#[test]
fn a_good_card_is_left_alone() {
    assert!(
        rules(&[note(
            "basic",
            &[("front", &["Which two questions does a manager bring?"]), ("back", &["How and when"])]
        )])
        .is_empty()
    );
    let model =
        "“I want that conversation, and I want to do it justice. Friday at ten?” Until then she gets the files.";
    let say = [("prompt", &["Say your first sentence."][..]), ("model", &[model]), ("criteria", &["It asks."])];
    assert!(rules(&[note("say", &say)]).is_empty(), "a model is no quotation, and longer than an answer");
    assert!(rules(&[note("cloze", &[("text", &["Leaders ask {{c1::what}} and {{c2::why}}."])])]).is_empty());
}

#[test]
fn each_rule_finds_its_bad_card() {
    let long = "word ".repeat(46);
    let basic = |front: &str, back: &str| note("basic", &[("front", &[front]), ("back", &[back])]);
    let say = |model: &str, criterion: &str| {
        note("say", &[("prompt", &["Your first sentence?"]), ("model", &[model]), ("criteria", &[criterion])])
    };
    let items = ["a1", "b2", "c3", "d4", "e5", "f6"];
    let cases: Vec<(&str, NoteText)> = vec![
        ("answer-in-prompt", basic("Leaders have a vision. What do they have?", "a vision")),
        ("yes-no", basic("Do leaders focus on people?", "Yes")),
        ("two-way", basic("Who plans, the leader or the manager?", "leader")),
        (
            "two-way",
            note(
                "sort",
                &[("prompt", &["Makes plans?"]), ("answer", &["manager"]), ("categories", &["leader", "manager"])],
            ),
        ),
        ("long-list", note("list", &[("prompt", &["Which six?"]), ("items", &items)])),
        ("long-prompt", basic(&long, "x y z")),
        (
            "long-answer",
            basic("What is it?", "one two three four five six seven eight nine ten eleven twelve thirteen"),
        ),
        (
            "longest-choice",
            note("choice", &[("prompt", &["Which?"]), ("answer", &["longest"]), ("distractors", &["short", "a"])]),
        ),
        (
            "several-in-one",
            note(
                "choice",
                &[("prompt", &["Which?"]), ("answer", &["a long one"]), ("distractors", &["A) rank B) rule"])],
            ),
        ),
        ("long-model", say(&long, "It asks.")),
        ("long-criterion", say("What now?", "one two three four five six seven eight nine ten eleven twelve thirteen")),
        ("two-answers", note("typed", &[("prompt", &["Hue?"]), ("answer", &["colour/color"])])),
        ("missing-speaker", basic("Who said “climbing the ladder”?", "Covey")),
        (
            "long-quotation",
            NoteText { speaker: Some("S".to_owned()), ..basic(&format!("“{}”", "word ".repeat(26)), "x y z") },
        ),
        ("unjudged-scene", NoteText { held_out: true, ..basic("What comes first?", "This") }),
        ("form-of-trained", NoteText { form: Some(Form::A), ..basic("What comes first?", "This") }),
        ("missing-source", NoteText { source: Vec::new(), ..basic("What?", "This") }),
        ("missing-topic", NoteText { topic: None, ..basic("What?", "This") }),
    ];
    for (rule, note) in cases {
        let found = rules(std::slice::from_ref(&note));
        assert!(found.contains(&rule) && found.len() <= 2, "{found:?} {note:?}");
    }
    let primer = "word ".repeat(51);
    assert_eq!(lint(&[Some(&primer)], &[])[0].flaw.rule(), "long-primer");
}

#[test]
fn prompts_that_differ_in_one_word_are_nearly_the_same() {
    let basic = |front: &str| note("basic", &[("front", &[front]), ("back", &["unrelated"])]);
    let base = "Which two questions does a good manager bring to a meeting";
    assert_eq!(
        rules(&[basic(base), basic("Which two questions does a good leader bring to a meeting?")]),
        ["equal-prompts"]
    );
    assert_eq!(
        rules(&[basic(base), basic("Which two questions does a manager bring to a meeting?")]),
        ["equal-prompts"]
    );
    assert_eq!(
        rules(&[basic(base), basic("Which two questions does a good manager bring to a MEETING!")]),
        ["equal-prompts"]
    );
    for (one, other) in [
        (
            "What comes first in the plan that the team made in May?",
            "What comes second in the plan that the team made in May?",
        ),
        (
            "Which part of the contract is covered by its article 12?",
            "Which part of the contract is covered by its article 13?",
        ),
        (
            "What does a good manager do before a meeting with the team?",
            "What does a good manager do after a meeting with the team?",
        ),
        (
            "Which of the four steps does belong to the plan here?",
            "Which of the four steps does not belong to the plan here?",
        ),
    ] {
        assert!(rules(&[basic(one), basic(other)]).is_empty(), "{one}");
        assert_eq!(rules(&[basic(one), basic(other), basic(one)]), ["equal-prompts"], "{one}");
    }
    assert!(rules(&[basic("Capital of Peru?"), basic("Capital of Chile?")]).is_empty());
    assert!(rules(&[basic(base), basic("Which three habits does a good leader bring to the meeting?")]).is_empty());
}

#[test]
fn sorts_of_one_side_only_are_not_balanced() {
    let sort = |answer: &str, n: usize| {
        note(
            "sort",
            &[
                (
                    "prompt",
                    &[&format!(
                        "Number {n} does quite another thing with many words each time {}. Which role?",
                        "so ".repeat(n)
                    )],
                ),
                ("answer", &[answer]),
                ("categories", &["leader", "manager"]),
            ],
        )
    };
    let one_sided: Vec<NoteText> = (0..6).map(|n| sort("leader", n)).collect();
    assert!(rules(&one_sided).contains(&"unbalanced-sorts"));
    let rare = |answer: &str, n: usize| {
        let sides = ["leader", "manager", "neither"].map(str::to_owned).to_vec();
        let mut note = sort(answer, n);
        note.fields.insert("categories".to_owned(), Value::Texts(sides));
        note
    };
    let honest: Vec<NoteText> = (0..7)
        .map(|n| rare(["leader", "manager", "leader", "manager", "leader", "manager", "neither"][n], n))
        .collect();
    assert!(!rules(&honest).contains(&"unbalanced-sorts"), "what is neither is rarer");
    let fair: Vec<NoteText> = (0..6).map(|n| sort(if n % 2 == 0 { "leader" } else { "manager" }, n)).collect();
    assert!(!rules(&fair).contains(&"unbalanced-sorts"));
}

#[test]
fn of_a_very_long_note_the_first_cards_are_looked_at() {
    let words = "every word of it is the prompt of each card ".repeat(40);
    let text: String = (1..=500).map(|number| format!("{{{{c{number}::w}}}} “{words}” ")).collect();
    let fields = [("text".to_owned(), crate::core::card::Value::Text(text))].into();
    let note = NoteText { kind: "cloze".to_owned(), fields, ..NoteText::default() };
    let findings = lint(&[], &[&note, &note]);
    let count = |rule: &str| findings.iter().filter(|finding| finding.flaw.rule() == rule).count();
    assert!((2..40).contains(&count("long-prompt")), "{}", count("long-prompt"));
    assert_eq!(count("equal-prompts"), 1, "the same is noticed all the same");
}

/// Words that say nothing.
const FILLERS: [&str; 12] =
    ["amber", "basin", "cedar", "delta", "ember", "fjord", "grove", "heath", "inlet", "knoll", "ledge", "marsh"];

/// The `number`-th scene, whose look goes with nothing: name, length and words are by chance that is the same in every run.
fn scene(number: u64) -> String {
    let roll = |salt: u64, sides: u64| usize::try_from(splitmix64(number * 64 + salt) % sides).unwrap();
    let fillers: Vec<&str> = (0..6 + roll(1, 6)).map(|at| FILLERS[roll(2 + at as u64, 12)]).collect();
    format!("Person{number} looks at the {}. Which role?", fillers.join(" "))
}

/// Twenty-four sorts with three scenes each, in four topics with all three answers; `mark` leaves something in the scenes.
fn sorts(held_out: bool, mark: impl Fn(&str, &str) -> String) -> Vec<NoteText> {
    let answers = ["leader", "manager", "both"];
    (0..24)
        .map(|number: u64| {
            // Each answer once in three, in an order that tells nothing.
            let turn = [0, 1, 2, 2, 0, 1, 0, 2, 1, 1, 0, 2, 0, 1, 2, 2, 1, 0, 1, 2, 0, 1, 0, 2];
            let answer = answers[turn[usize::try_from(number).unwrap()]];
            let scenes: Vec<String> = (0..3).map(|scene_of| mark(answer, &scene(number * 3 + scene_of))).collect();
            let scenes: Vec<&str> = scenes.iter().map(String::as_str).collect();
            let topic = Some(format!("topic {}", number / 3 % 4));
            let fields = [("prompt", &scenes[..]), ("answer", &[answer]), ("categories", &answers)];
            NoteText { topic, held_out, ..note("sort", &fields) }
        })
        .collect()
}

/// What gives answers away in these notes: look, value and answer.
fn cues(notes: &[NoteText]) -> Vec<String> {
    let notes: Vec<&NoteText> = notes.iter().collect();
    let findings = lint(&[], &notes).into_iter();
    let cue = |finding: Finding| {
        let Flaw::SurfaceCue { look, value, answer, .. } = finding.flaw else { return None };
        Some(format!("{}: {value}: {answer}", look.map_or("pick", Look::name)))
    };
    findings.filter_map(cue).collect()
}

#[test]
fn a_deck_whose_scenes_look_alike_has_no_cue() {
    let same = |_: &str, scene: &str| scene.to_owned();
    for held_out in [false, true] {
        assert!(cues(&sorts(held_out, same)).is_empty(), "{:?}", cues(&sorts(held_out, same)));
    }
    let notes = sorts(false, same);
    let notes: Vec<&NoteText> = notes.iter().collect();
    let measured = measure(&notes);
    assert_eq!((measured.len(), measured[0].notes), (1, 24));
    assert_eq!(measured[0].answers.values().collect::<Vec<_>>(), [&24, &24, &24]);
    assert_eq!(measured[0].topics["topic 0"]["both"], 6);
    assert_eq!(measured[0].positions, [8, 8, 8]);
    assert!(measured[0].tried.len() > 15, "{}", measured[0].tried.len());
}

#[test]
fn a_planted_cue_is_found_by_its_name() {
    let of = |wanted: &'static str, change: fn(&str) -> String| {
        move |answer: &str, scene: &str| if answer == wanted { change(scene) } else { scene.to_owned() }
    };
    for (expected, notes) in [
        ("word: then: both", sorts(false, of("both", |scene| scene.replace(". W", " then. W")))),
        ("word: then: both", sorts(true, of("both", |scene| scene.replace(". W", " then. W")))),
        ("actions: 2: both", sorts(false, of("both", |scene| scene.replace(". W", " and writes. W")))),
        ("tense: past: leader", sorts(false, of("leader", |scene| scene.replace(" looks", " looked")))),
        ("first-word: now: manager", sorts(false, of("manager", |scene| format!("Now {scene}")))),
        (
            "figure: no: both",
            sorts(false, |answer, scene| {
                if answer == "both" { scene.replace(|c: char| c.is_ascii_digit(), "") } else { scene.to_owned() }
            }),
        ),
        ("quotation: yes: leader", sorts(false, of("leader", |scene| scene.replace("looks at", "says “hm” to")))),
        ("sentences: 3: manager", sorts(false, of("manager", |scene| scene.replace(". W", ". It rains. W")))),
        ("connecting-words: 1: both", sorts(false, of("both", |scene| scene.replace("looks", "also looks")))),
    ] {
        let found = cues(&notes);
        assert!(found.iter().any(|cue| cue == expected), "{expected}: {found:?}");
    }
    let long =
        sorts(false, of("leader", |scene| scene.replace("the", "the one and only and very old and rather worn")));
    assert!(cues(&long).iter().any(|cue| cue.starts_with("length: ") && cue.ends_with("or more: leader")));
}

#[test]
fn a_cue_of_several_looks_is_found_where_no_single_one_is() {
    // Each of four marks goes with leader a little more often than not; together they tell.
    let marks = [" quietly", ", on Friday", " twice", " outside"];
    let notes = sorts(false, |answer, scene| {
        let roll = hash64(scene.as_bytes());
        let added = marks.iter().enumerate().filter(|(at, _)| {
            let odds = if answer == "leader" { 10 } else { 6 };
            splitmix64(roll.wrapping_add(*at as u64)) % 16 < odds
        });
        let added: String = added.map(|(_, mark)| *mark).collect();
        scene.replace(". W", &format!("{added}. W"))
    });
    let found = cues(&notes);
    assert!(!found.is_empty() && found.iter().all(|cue| cue.starts_with("together: ")), "{found:?}");
}

#[test]
fn a_topic_with_one_answer_gives_it_away() {
    let mut notes = sorts(false, |_, scene| scene.to_owned());
    let one_sided = |notes: &[NoteText]| -> Vec<OneSided> {
        let notes: Vec<&NoteText> = notes.iter().collect();
        measure(&notes).into_iter().flat_map(|measured| measured.one_sided).collect()
    };
    assert!(one_sided(&notes).is_empty());
    notes.retain(|note| note.topic.as_deref() != Some("topic 2") || note.text("answer") != "both");
    assert!(one_sided(&notes).is_empty(), "half and half tells nothing");
    notes.retain(|note| note.topic.as_deref() != Some("topic 2") || note.text("answer") == "manager");
    let found = OneSided { topic: "topic 2".to_owned(), answer: "manager".to_owned(), count: 6, scenes: 6, first: 6 };
    assert_eq!(one_sided(&notes), [found]);
    assert!(rules(&notes).contains(&"one-sided-topic"));
}

#[test]
fn choices_are_tried_on_ways_to_pick_one() {
    let choice = |number: usize, answer: &str, distractors: &[&str]| {
        let prompt = format!("Number {number} of what stands on the table in the hall?");
        NoteText {
            topic: Some(format!("t{number}")),
            ..note("choice", &[("prompt", &[&prompt]), ("answer", &[answer]), ("distractors", distractors)])
        }
    };
    let of = |make: &dyn Fn(usize) -> NoteText| cues(&(0..9).map(make).collect::<Vec<_>>());
    let number = |number: usize| format!("ab{number}");
    assert!(of(&|at| choice(at, &number(at), &["cd1", "ef2", "gh3"])).is_empty());
    assert_eq!(of(&|at| choice(at, &number(at), &["wide", "tall", "deep"])), ["pick: the shortest choice: "]);
    let words =
        of(&|at| choice(at, &format!("hall{}", " hall".repeat(at + 1)), &["wide room", "tall room", "deep room"]));
    assert!(words.contains(&"pick: the choice with most words of the prompt: ".to_owned()), "{words:?}");
    assert_eq!(
        of(&|at| choice(at, ["aaa", "bbb"][at % 2], &["cd1", "ef2", "gh3"])),
        ["pick: the choice that is right most often elsewhere: "]
    );
}
