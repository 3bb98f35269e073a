//! What makes a card poor although it can be asked: the mechanical part of good authorship.
//!
//! docs/authoring.md has a section for each rule, with its reason, a bad and a good example.

use crate::core::card::Ask;
use crate::core::card::NoteText;
use crate::core::card::Showing;
use crate::core::card::kind;
use crate::core::checkup::can_be_judged;
use crate::core::id::hash64;
use crate::core::text::normalize;
use std::collections::BTreeMap;
use std::collections::HashMap;

/// Words that a prompt may have.
pub const PROMPT_WORDS: usize = 45;
/// Words that an answer may have.
pub const ANSWER_WORDS: usize = 12;
/// Words that a model in somebody's own words may have: it is said in one breath or two.
pub const MODEL_WORDS: usize = 45;
/// Words that a criterion may have: it is read while one's own sentence is still in the ear.
pub const CRITERION_WORDS: usize = 12;
/// Words that a primer may have.
pub const PRIMER_WORDS: usize = 50;
/// Words that a quotation may have.
pub const QUOTED_WORDS: usize = 25;
/// Items that a list may have.
pub const LIST_ITEMS: usize = 5;
/// Words from which on a prompt that differs from another in one word is nearly the same; shorter ones differ enough.
const NEAR_WORDS: usize = 8;
/// Words below which a sort's prompt is no scene.
const SCENE_WORDS: usize = 8;
/// Sorts from which on their balance says something.
const FEWEST_SORTS: usize = 6;

/// Bytes of prompts and answers that are looked at for each note. A long text with many deletions is the prompt of each of
/// its cards: that it is too long is said of the first ones, and the others are the same.
const LOOKED_AT: usize = 2 << 20;
/// Words above which a prompt is only compared as a whole. It is far too long then, which is said anyway.
const FAR_WORDS: usize = 200;

/// All rules, as `--allow` names them.
pub const RULES: &[&str] = &[
    "answer-in-prompt",
    "equal-prompts",
    "yes-no",
    "two-way",
    "long-list",
    "long-prompt",
    "long-answer",
    "long-model",
    "long-criterion",
    "longest-choice",
    "unbalanced-sorts",
    "unjudged-scene",
    "missing-source",
    "missing-topic",
    "long-quotation",
    "missing-speaker",
    "long-primer",
];

/// What a finding is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum About {
    /// The deck as a whole.
    Deck,
    /// The topic of that index.
    Topic(usize),
    /// The note of that index.
    Note(usize),
}

/// Something to look at again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Where.
    pub about: About,
    /// What is the matter.
    pub flaw: Flaw,
}

/// What makes a card poor. `cli/lint_words.rs` has the words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Flaw {
    /// The answer can be read in the prompt.
    AnswerInPrompt,
    /// Another note has the prompt, or nearly.
    EqualPrompts {
        /// The index of the other note.
        other: usize,
        /// Whether the prompts are the same, and not only nearly.
        same: bool,
    },
    /// The answer is yes or no.
    YesNo,
    /// It is a guess between two.
    TwoWay,
    /// A list of so many items.
    LongList(usize),
    /// A prompt of so many words.
    LongPrompt(usize),
    /// An answer of so many words.
    LongAnswer(usize),
    /// A model of so many words.
    LongModel(usize),
    /// A criterion of so many words.
    LongCriterion(usize),
    /// The right choice is the longest.
    LongestChoice,
    /// The sides of the deck's sorts come unequally often.
    UnbalancedSorts {
        /// Whether these are the held-out sorts.
        held_out: bool,
        /// How often each side comes, by its folded name.
        counts: Vec<(String, usize)>,
    },
    /// A held-out card of this kind, which no check-up asks.
    UnjudgedScene(String),
    /// The card names no source.
    MissingSource,
    /// The card belongs to no topic.
    MissingTopic,
    /// A quotation of so many words.
    LongQuotation(usize),
    /// A quotation without its speaker.
    MissingSpeaker,
    /// A primer of so many words.
    LongPrimer(usize),
}

impl Flaw {
    /// The rule that it breaks, one of [`RULES`].
    #[must_use]
    pub fn rule(&self) -> &'static str {
        match self {
            Self::AnswerInPrompt => "answer-in-prompt",
            Self::EqualPrompts { .. } => "equal-prompts",
            Self::YesNo => "yes-no",
            Self::TwoWay => "two-way",
            Self::LongList(_) => "long-list",
            Self::LongPrompt(_) => "long-prompt",
            Self::LongAnswer(_) => "long-answer",
            Self::LongModel(_) => "long-model",
            Self::LongCriterion(_) => "long-criterion",
            Self::LongestChoice => "longest-choice",
            Self::UnbalancedSorts { .. } => "unbalanced-sorts",
            Self::UnjudgedScene(_) => "unjudged-scene",
            Self::MissingSource => "missing-source",
            Self::MissingTopic => "missing-topic",
            Self::LongQuotation(_) => "long-quotation",
            Self::MissingSpeaker => "missing-speaker",
            Self::LongPrimer(_) => "long-primer",
        }
    }
}

fn words(text: &str) -> usize {
    text.split_whitespace().filter(|word| word.chars().any(char::is_alphanumeric)).count()
}

/// Whether the folded `phrase` stands in the folded `text` as whole words.
fn holds(text: &str, phrase: &str) -> bool {
    !phrase.is_empty() && format!(" {text} ").contains(&format!(" {phrase} "))
}

/// Looks at all notes of one deck. `primers` are those of its topics, by index.
#[must_use]
pub fn lint(primers: &[Option<&str>], notes: &[&NoteText]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (index, primer) in primers.iter().enumerate() {
        let count = primer.map_or(0, words);
        if count > PRIMER_WORDS {
            findings.push(Finding { about: About::Topic(index), flaw: Flaw::LongPrimer(count) });
        }
    }
    for (index, note) in notes.iter().enumerate() {
        look(note, &mut |flaw| findings.push(Finding { about: About::Note(index), flaw }));
    }
    equal_prompts(notes, &mut findings);
    balance(notes, &mut findings);
    findings.sort_by_key(|finding| finding.about);
    findings
}

type Find<'f> = &'f mut dyn FnMut(Flaw);

fn look(note: &NoteText, find: Find<'_>) {
    if note.source.is_empty() {
        find(Flaw::MissingSource);
    }
    if note.topic.is_none() {
        find(Flaw::MissingTopic);
    }
    let Some(kind) = kind(&note.kind) else { return };
    if note.held_out && !note.ordinals().iter().any(|ordinal| can_be_judged(note, *ordinal)) {
        find(Flaw::UnjudgedScene(note.kind.clone()));
    }
    let items: Vec<String> = note.texts("items").iter().map(|item| normalize(item)).collect();
    let mut left = LOOKED_AT;
    for ordinal in note.ordinals() {
        if left == 0 {
            break;
        }
        let answer = normalize(&note.answer(ordinal));
        left = left.saturating_sub(answer.len());
        for variant in 0..note.variants() {
            if left == 0 {
                break;
            }
            let question = kind.question(note, ordinal, Showing { variant, seed: 0 });
            let prompt = normalize(&question.prompt);
            let options: usize = question.options.iter().map(String::len).sum();
            left = left.saturating_sub(options + prompt.len() * (1 + items.len()));
            let count = words(&question.prompt);
            if count > PROMPT_WORDS {
                find(Flaw::LongPrompt(count));
            }
            let given_away = match question.ask {
                // A side's name in a scene that is to be judged gives it away; the question after it may name the sides.
                Ask::Sort => holds(&normalize(scene(&question.prompt)), &answer),
                Ask::List(_) => left > 0 && items.iter().any(|item| holds(&prompt, item)),
                // No words are right there, so none can be given away.
                Ask::Order | Ask::Say => false,
                Ask::Recall | Ask::Type | Ask::Choose => answer.chars().count() > 2 && holds(&prompt, &answer),
            };
            if given_away {
                find(Flaw::AnswerInPrompt);
            }
            two_way(note, question.ask, &prompt, &answer, find);
        }
        let count = words(&note.answer(ordinal));
        let single = !matches!(note.kind.as_str(), "list" | "order" | "say");
        if single && count > ANSWER_WORDS {
            find(Flaw::LongAnswer(count));
        }
        if matches!(answer.as_str(), "yes" | "no" | "true" | "false") {
            find(Flaw::YesNo);
        }
    }
    if note.kind == "say" {
        let long = |text: &String, most: usize| Some(words(text)).filter(|count| *count > most);
        let models = note.texts("model").iter().filter_map(|text| long(text, MODEL_WORDS)).map(Flaw::LongModel);
        let criteria = note.texts("criteria").iter().filter_map(|text| long(text, CRITERION_WORDS));
        models.chain(criteria.map(Flaw::LongCriterion)).for_each(&mut *find);
    }
    let items = note.texts("items").len();
    if items > LIST_ITEMS {
        find(Flaw::LongList(items));
    }
    let length = |text: &str| text.chars().count();
    let distractors = note.texts("distractors");
    if note.kind == "choice" && distractors.iter().all(|text| length(text) < length(note.text("answer"))) {
        find(Flaw::LongestChoice);
    }
    quotations(note, find);
}

/// A prompt without its last sentence, which is the question.
fn scene(prompt: &str) -> &str {
    let trimmed = prompt.trim_end_matches(['?', '.', ' ', '\n']);
    trimmed.rfind(['.', '?', '!', ';', ':']).and_then(|at| trimmed.get(..at)).unwrap_or("")
}

fn two_way(note: &NoteText, ask: Ask, prompt: &str, answer: &str, find: Find<'_>) {
    let choice_of_two = ask == Ask::Choose && note.texts("distractors").len() < 2;
    let no_scene = ask == Ask::Sort && prompt.split(' ').count() < SCENE_WORDS;
    let named = matches!(ask, Ask::Recall | Ask::Type) && {
        let one_of = |left: &str, right: &str| left == answer || right == answer;
        prompt.contains("which of the two roles")
            || prompt.split(" or ").zip(prompt.split(" or ").skip(1)).any(|(left, right)| {
                let left = left.rsplit(' ').next().unwrap_or_default();
                let right = right.split(' ').next().unwrap_or_default();
                one_of(left, right)
            })
    };
    if choice_of_two || no_scene || named {
        find(Flaw::TwoWay);
    }
}

fn quotations(note: &NoteText, find: Find<'_>) {
    let Some(kind) = kind(&note.kind) else { return };
    let mut quotes = false;
    // What a model says in quotation marks is nobody's but the learner's.
    let fields = note.fields.iter().filter(|(name, _)| !(kind.is_in_own_words() && *name == "model"));
    for text in fields.flat_map(|(_, value)| value.texts()) {
        for quotation in text.split('“').skip(1) {
            quotes = true;
            let quotation = quotation.split('”').next().unwrap_or_default();
            // In a cloze the markup does not count: what is quoted is the text with all of it shown.
            let shown = if kind.name() == "cloze" {
                let fields = [("text".to_owned(), crate::core::card::Value::Text(quotation.to_owned()))].into();
                let whole = NoteText { kind: note.kind.clone(), fields, ..NoteText::default() };
                kind.question(&whole, u16::MAX, Showing::default()).prompt
            } else {
                quotation.to_owned()
            };
            let count = words(&shown);
            if count > QUOTED_WORDS {
                find(Flaw::LongQuotation(count));
            }
        }
    }
    if quotes && note.speaker.is_none() {
        find(Flaw::MissingSpeaker);
    }
}

/// Prompts that are the same, or differ in one word: by hashes of the prompt and of the prompt with each word left out,
/// so that 100,000 cards take as many steps as they have words, and not as many as they have pairs.
fn equal_prompts(notes: &[&NoteText], findings: &mut Vec<Finding>) {
    let mut seen: HashMap<u64, usize> = HashMap::new();
    let mut without: HashMap<u64, usize> = HashMap::new();
    for (index, note) in notes.iter().enumerate() {
        let field = if note.kind == "cloze" { "text" } else { "prompt" };
        let prompts = if note.texts(field).is_empty() { note.texts("front") } else { note.texts(field) };
        let mut twin: Option<(usize, bool)> = None;
        for prompt in prompts {
            let folded = normalize(prompt);
            let words: Vec<&str> = folded.split(' ').collect();
            let whole = hash64(folded.as_bytes());
            if let Some(other) = seen.insert(whole, index) {
                twin = twin.or(Some((other, true)));
            }
            if !(NEAR_WORDS..=FAR_WORDS).contains(&words.len()) {
                continue;
            }
            twin = twin.or_else(|| without.get(&whole).filter(|other| **other != index).map(|other| (*other, false)));
            for left_out in 0..words.len() {
                let rest: Vec<&str> =
                    words.iter().enumerate().filter(|(place, _)| *place != left_out).map(|(_, word)| *word).collect();
                // The place belongs to the hash, or any two prompts with a word left out would meet.
                let hash = hash64(rest.join(" ").as_bytes());
                if let Some(other) = without.insert(hash, index).filter(|other| *other != index) {
                    twin = twin.or(Some((other, false)));
                }
                if let Some(other) = seen.get(&hash).filter(|other| **other != index) {
                    twin = twin.or(Some((*other, false)));
                }
            }
        }
        if let Some((other, same)) = twin {
            findings.push(Finding { about: About::Note(index), flaw: Flaw::EqualPrompts { other, same } });
        }
    }
}

/// Whether the sides of the deck's sorts come about equally often, trained and held-out ones apart.
fn balance(notes: &[&NoteText], findings: &mut Vec<Finding>) {
    let mut groups: BTreeMap<(bool, Vec<String>), BTreeMap<String, usize>> = BTreeMap::new();
    for note in notes.iter().filter(|note| note.kind == "sort") {
        let mut sides: Vec<String> = note.texts("categories").iter().map(|side| normalize(side)).collect();
        sides.sort();
        let counts = groups.entry((note.held_out, sides.clone())).or_default();
        for side in sides {
            counts.entry(side).or_default();
        }
        *counts.entry(normalize(note.text("answer"))).or_default() += 1;
    }
    for ((held_out, _), counts) in groups {
        let (least, most) = (counts.values().min().copied().unwrap_or(0), counts.values().max().copied().unwrap_or(0));
        if counts.values().sum::<usize>() >= FEWEST_SORTS && most > 2 * least {
            let flaw = Flaw::UnbalancedSorts { held_out, counts: counts.into_iter().collect() };
            findings.push(Finding { about: About::Deck, flaw });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::card::Fields;
    use crate::core::card::Value;

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
            ("long-model", say(&long, "It asks.")),
            (
                "long-criterion",
                say("What now?", "one two three four five six seven eight nine ten eleven twelve thirteen"),
            ),
            ("missing-speaker", basic("Who said “climbing the ladder”?", "Covey")),
            (
                "long-quotation",
                NoteText { speaker: Some("S".to_owned()), ..basic(&format!("“{}”", "word ".repeat(26)), "x y z") },
            ),
            ("unjudged-scene", NoteText { held_out: true, ..basic("What comes first?", "This") }),
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
}
