//! What makes a card poor although it can be asked: the mechanical part of good authorship.
//!
//! docs/authoring.md has a section for each rule, with its reason, a bad and a good example.

pub mod cues;
mod flaw;
pub mod links;
mod options;
pub mod surface;
#[cfg(test)]
mod tests;
mod together;

pub use flaw::Flaw;
pub use options::several_in_one;

use crate::core::card::Ask;
use crate::core::card::NoteText;
use crate::core::card::Showing;
use crate::core::card::Value;
use crate::core::card::kind;
use crate::core::checkup::can_be_judged;
use crate::core::compare::alternatives::alternatives;
use crate::core::compare::alternatives::may_have;
use crate::core::compare::opposites::are_told_apart;
use crate::core::compare::search::fold;
use crate::core::compare::search::plain;
use crate::core::id::hash64;
use crate::core::lint::cues::Guess;
use crate::core::lint::cues::measure;
use crate::core::lint::surface::Look;
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

/// A side that may come less often than the others: few honest scenes are of it.
const RARE_SIDE: &str = "neither";

/// Bytes of prompts and answers that are looked at for each note. A long text with many deletions is the prompt of each of
/// its cards: that it is too long is said of the first ones, and the others are the same.
const LOOKED_AT: usize = 2 << 20;
/// Deletions of a cloze that are looked at for answers that look like two.
const MOST_DELETIONS: usize = 20;
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
    "several-in-one",
    "unbalanced-sorts",
    "one-sided-topic",
    "surface-cue",
    "unjudged-scene",
    "form-of-trained",
    "missing-source",
    "missing-topic",
    "long-quotation",
    "missing-speaker",
    "long-primer",
    "two-answers",
    "lost-after",
    "waiting-circle",
    "lost-sequence",
    "after-held-out",
    "idle-sequence",
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

/// How many words a text has.
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
    // What a learner reads is looked at, and not the marks around it.
    let plain: Vec<NoteText> = notes.iter().map(|note| note.in_plain()).collect();
    let notes: &[&NoteText] = &plain.iter().collect::<Vec<_>>();
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
    findings.extend(two_answers(notes).map(|(note, flaw)| Finding { about: About::Note(note), flaw }));
    balance(notes, &mut findings);
    given_away(notes, &mut findings);
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
    if let Some(form) = note.form.filter(|_| !note.held_out) {
        find(Flaw::FormOfTrained(form));
    }
    if let Some(option) = several_in_one(note) {
        find(Flaw::SeveralInOne(option.to_owned()));
    }
    let items: Vec<String> = note.texts("items").iter().map(|item| fold(item)).collect();
    let mut left = LOOKED_AT;
    for ordinal in note.ordinals() {
        if left == 0 {
            break;
        }
        let answer = fold(&note.answer(ordinal));
        left = left.saturating_sub(answer.len());
        for variant in 0..note.variants() {
            if left == 0 {
                break;
            }
            let question = kind.question(note, ordinal, Showing { variant, seed: 0 });
            let prompt = fold(&question.prompt);
            let options: usize = question.options.iter().map(String::len).sum();
            left = left.saturating_sub(options + prompt.len() * (1 + items.len()));
            let count = words(&question.prompt);
            if count > PROMPT_WORDS {
                find(Flaw::LongPrompt(count));
            }
            let given_away = match question.ask {
                // A side's name in a scene that is to be judged gives it away; the question after it may name the sides.
                Ask::Sort => holds(&fold(scene(&question.prompt)), &answer),
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

/// Notes that are named of those whose answers look like two.
pub const MOST_NAMED: usize = 3;

/// The first typed answer that looks like two, by its place, and which others do. Said once: who writes answers so writes many so.
fn two_answers(notes: &[&NoteText]) -> Option<(usize, Flaw)> {
    let mut all = notes.iter().enumerate().filter_map(|(place, note)| as_two_answers(note).map(|found| (place, found)));
    let (place, (answer, each)) = all.next()?;
    let first_others: Vec<usize> = all.by_ref().take(MOST_NAMED).map(|(place, _)| place).collect();
    let others = first_others.len() + all.count();
    Some((place, Flaw::TwoAnswers { answer, each, others, first_others }))
}

/// The answer of a card that is typed, where it looks like two and the note accepts no others, and what each may be.
#[must_use]
pub fn as_two_answers(note: &NoteText) -> Option<(String, Vec<String>)> {
    if !matches!(note.kind.as_str(), "typed" | "cloze") || !note.texts("accept").is_empty() {
        return None;
    }
    // To take a text with deletions apart takes its time, and most have no such sign.
    let in_sentence = note.kind == "cloze";
    if in_sentence && !note.fields.values().flat_map(Value::texts).any(|text| may_have(text)) {
        return None;
    }
    note.ordinals().into_iter().take(MOST_DELETIONS).find_map(|ordinal| {
        let answer = note.answer(ordinal);
        alternatives(&answer, in_sentence).map(|each| (answer, each))
    })
}

/// The words of a prompt without the punctuation at their ends. Signs stay: a question about `+` is none about `-`.
fn telling(prompt: &str) -> String {
    let is_point = |c: char| {
        matches!(
            c,
            '.' | ','
                | ';'
                | ':'
                | '!'
                | '?'
                | '…'
                | '"'
                | '\''
                | '’'
                | '‘'
                | '“'
                | '”'
                | '„'
                | '«'
                | '»'
                | '('
                | ')'
        )
    };
    let plain = plain(prompt);
    let words = plain.split(' ').map(|word| word.trim_matches(is_point)).filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join(" ")
}

/// What a note asks.
fn asked(note: &NoteText) -> &[String] {
    let field = if note.kind == "cloze" { "text" } else { "prompt" };
    if note.texts(field).is_empty() { note.texts("front") } else { note.texts(field) }
}

/// Whether a prompt of a note, which differs from this one in a word at most, is taken for it: `the first step` is none but
/// `the second step`.
fn is_near(words: &[&str], note: &NoteText) -> bool {
    !asked(note).iter().any(|prompt| {
        let other = telling(prompt);
        let others: Vec<&str> = other.split(' ').collect();
        let same = |(one, other): &(&&str, &&str)| one == other;
        let begin = words.iter().zip(&others).take_while(same).count();
        let [rest, other_rest] = [words, others.as_slice()].map(|words| words.get(begin..).unwrap_or_default());
        let end = rest.iter().rev().zip(other_rest.iter().rev()).take_while(same).count();
        match [rest, other_rest].map(|rest| rest.get(..rest.len() - end).unwrap_or_default()) {
            [[one], [other]] => are_told_apart(one, other),
            [[one], []] | [[], [one]] => are_told_apart(one, ""),
            _ => false,
        }
    })
}

/// Prompts that are the same, or differ in one word: by hashes of the prompt and of the prompt with each word left out,
/// so that 100,000 cards take as many steps as they have words, and not as many as they have pairs.
fn equal_prompts(notes: &[&NoteText], findings: &mut Vec<Finding>) {
    let mut seen: HashMap<u64, usize> = HashMap::new();
    let mut without: HashMap<u64, usize> = HashMap::new();
    for (index, note) in notes.iter().enumerate() {
        let mut twin: Option<(usize, bool)> = None;
        for prompt in asked(note) {
            let folded = telling(prompt);
            let words: Vec<&str> = folded.split(' ').collect();
            let is_twin =
                |other: &usize| *other != index && notes.get(*other).is_some_and(|note| is_near(&words, note));
            let whole = hash64(folded.as_bytes());
            if let Some(other) = seen.insert(whole, index) {
                twin = twin.or(Some((other, true)));
            }
            if !(NEAR_WORDS..=FAR_WORDS).contains(&words.len()) {
                continue;
            }
            twin = twin.or_else(|| without.get(&whole).copied().filter(is_twin).map(|other| (other, false)));
            for left_out in 0..words.len() {
                let rest: Vec<&str> =
                    words.iter().enumerate().filter(|(place, _)| *place != left_out).map(|(_, word)| *word).collect();
                // The place belongs to the hash, or any two prompts with a word left out would meet.
                let hash = hash64(rest.join(" ").as_bytes());
                let other = without.insert(hash, index);
                twin = twin.or_else(|| other.filter(is_twin).map(|other| (other, false)));
                twin = twin.or_else(|| seen.get(&hash).copied().filter(is_twin).map(|other| (other, false)));
            }
        }
        if let Some((other, same)) = twin {
            findings.push(Finding { about: About::Note(index), flaw: Flaw::EqualPrompts { other, same } });
        }
    }
}

/// Whether the topic or the surface of sorts and choices gives their answers away.
fn given_away(notes: &[&NoteText], findings: &mut Vec<Finding>) {
    for measured in measure(notes) {
        findings.extend(
            measured
                .one_sided
                .into_iter()
                .map(|topic| Finding { about: About::Note(topic.first), flaw: Flaw::OneSidedTopic(topic) }),
        );
        let (together, single): (Vec<Guess>, Vec<Guess>) = measured
            .tried
            .into_iter()
            .filter(|tried| tried.is_cue)
            .partition(|tried| tried.look == Some(Look::Together));
        // What is weighed together finds each single cue once more: it is named where it is all that was found.
        let found = if single.is_empty() { together.into_iter().take(1).collect() } else { single };
        for tried in found {
            let flaw = Flaw::SurfaceCue {
                held_out: measured.held_out,
                look: tried.look,
                value: tried.value,
                answer: tried.answer,
                right: tried.right,
                of: tried.of,
                chance_percent: percent(tried.chance),
            };
            findings.push(Finding { about: About::Note(tried.first), flaw });
        }
    }
}

/// A share from 0 to 1 as a whole number of a hundred.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "from 0 to 100")]
fn percent(share: f64) -> u32 {
    (share.clamp(0.0, 1.0) * 100.0).round() as u32
}

/// Whether the sides of the deck's sorts come about equally often, trained and held-out ones apart.
fn balance(notes: &[&NoteText], findings: &mut Vec<Finding>) {
    let mut groups: BTreeMap<(bool, Vec<String>), BTreeMap<String, usize>> = BTreeMap::new();
    for note in notes.iter().filter(|note| note.kind == "sort") {
        let mut sides: Vec<String> = note.texts("categories").iter().map(|side| plain(side)).collect();
        sides.sort();
        let counts = groups.entry((note.held_out, sides.clone())).or_default();
        for side in sides {
            counts.entry(side).or_default();
        }
        *counts.entry(plain(note.text("answer"))).or_default() += 1;
    }
    for ((held_out, _), counts) in groups {
        let often = counts.iter().filter(|(side, _)| *side != RARE_SIDE).map(|(_, count)| *count);
        let (least, most) = (often.min().unwrap_or(0), counts.values().max().copied().unwrap_or(0));
        if counts.values().sum::<usize>() >= FEWEST_SORTS && most > 2 * least {
            let flaw = Flaw::UnbalancedSorts { held_out, counts: counts.into_iter().collect() };
            findings.push(Finding { about: About::Deck, flaw });
        }
    }
}
