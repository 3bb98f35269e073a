//! Whether a scene can be answered without the idea: how often each answer comes, and whether its surface gives it away.
//!
//! A cue is a rule, "who sees this answers that". It is tried on each note as if that note were new: the answer that goes with
//! the value most often in all *other* notes, since scenes of one note have one answer and one style. A rule beats chance where
//! the commonest answer of all would be right so often with a probability of at most [`DOUBT`] divided by the number of rules
//! that were tried: the upper tail of a binomial distribution, with Bonferroni's correction. A classifier weighs everything
//! together; its three trials are corrected among themselves.

use crate::core::card::NoteText;
use crate::core::card::Showing;
use crate::core::card::kind;
use crate::core::compare::search::plain;
use crate::core::id::hash64;
use crate::core::lint::surface;
use crate::core::lint::surface::Look;
use crate::core::lint::together;
use crate::core::lint::together::Scene;
use crate::core::scheduler::splitmix64;
use std::collections::BTreeMap;
use std::collections::BTreeSet;

/// The probability of a finding in a deck without cues.
pub const DOUBT: f64 = 0.05;
/// Notes that must have a value before a rule is tried on it: fewer can't show anything.
const FEWEST_NOTES: usize = 5;
/// Scenes of a topic from which on their answers say something.
const FEWEST_SCENES: usize = 4;
/// Notes of a kind that are measured; a deck with more has shown its habits by then.
const MOST_NOTES: usize = 5000;
/// Days for which the positions of the right choice are counted, as the choices are shown.
const DAYS: u64 = 28;

/// A way to guess without the idea, as it was tried.
#[derive(Debug, Clone, PartialEq)]
pub struct Guess {
    /// What is looked at; `None` for a way to pick one of several choices.
    pub look: Option<Look>,
    /// What is seen there, or the way to pick, or what was weighed together and told most.
    pub value: String,
    /// The answer that mostly goes with it; empty where there is none.
    pub answer: String,
    /// How often it was right: of scenes, for a word of notes.
    pub right: usize,
    /// How often it could be used.
    pub of: usize,
    /// The share of the commonest answer, or of a blind pick.
    pub chance: f64,
    /// With which probability chance is right as often.
    pub doubt: f64,
    /// Whether that is too rare to be chance.
    pub is_cue: bool,
    /// The first note that has it.
    pub first: usize,
}

/// What was measured of the sorts with the same sides, or of the choices of a deck; those held out for check-ups apart.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Measured {
    /// Whether they are held out.
    pub held_out: bool,
    /// The sides, folded; none for choices.
    pub sides: Vec<String>,
    /// Notes.
    pub notes: usize,
    /// How many scenes have each answer.
    pub answers: BTreeMap<String, usize>,
    /// The same for each topic.
    pub topics: BTreeMap<String, BTreeMap<String, usize>>,
    /// How often the right one is first, second, …: of the sides as written, of choices as shown over 28 days.
    pub positions: Vec<usize>,
    /// The rules that were tried, the least likely to be chance first.
    pub tried: Vec<Guess>,
    /// Topics with mostly one answer.
    pub one_sided: Vec<OneSided>,
}

/// A topic that gives its answer away.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OneSided {
    /// The topic.
    pub topic: String,
    /// The answer of more than two thirds of its scenes.
    pub answer: String,
    /// How many scenes have it.
    pub count: usize,
    /// How many there are.
    pub scenes: usize,
    /// The topic's first note.
    pub first: usize,
}

/// A note to measure.
struct Scenes<'n> {
    index: usize,
    note: &'n NoteText,
    answer: String,
    scenes: &'n [String],
}

/// Measures the sorts and choices among the notes of one deck.
#[must_use]
pub fn measure(notes: &[&NoteText]) -> Vec<Measured> {
    let mut groups: BTreeMap<(bool, bool, Vec<String>), Vec<Scenes<'_>>> = BTreeMap::new();
    for (index, note) in notes.iter().enumerate() {
        let is_sort = note.kind == "sort";
        if !is_sort && note.kind != "choice" {
            continue;
        }
        let mut sides: Vec<String> = note.texts("categories").iter().map(|side| plain(side)).collect();
        sides.sort();
        let group = groups.entry((note.held_out, !is_sort, sides)).or_default();
        if group.len() < MOST_NOTES {
            let (answer, scenes) = (plain(note.text("answer")), note.texts("prompt"));
            group.push(Scenes { index, note, answer, scenes });
        }
    }
    groups.into_iter().map(|((held_out, choices, sides), notes)| measured(held_out, choices, sides, &notes)).collect()
}

fn measured(held_out: bool, choices: bool, sides: Vec<String>, notes: &[Scenes<'_>]) -> Measured {
    let mut all = Measured { held_out, sides, notes: notes.len(), ..Measured::default() };
    let mut first: BTreeMap<&str, usize> = BTreeMap::new();
    for note in notes {
        *all.answers.entry(note.answer.clone()).or_default() += note.scenes.len();
        if let Some(topic) = &note.note.topic {
            let topic_answers = all.topics.entry(topic.clone()).or_default();
            *topic_answers.entry(note.answer.clone()).or_default() += note.scenes.len();
            first.entry(topic).or_insert(note.index);
        }
        for position in positions(note.note) {
            if all.positions.len() <= position {
                all.positions.resize(position + 1, 0);
            }
            if let Some(count) = all.positions.get_mut(position) {
                *count += 1;
            }
        }
    }
    for (topic, answers) in &all.topics {
        let scenes: usize = answers.values().sum();
        let answer = commonest(answers);
        let count = answers.get(answer).copied().unwrap_or(0);
        if scenes >= FEWEST_SCENES && count * 3 > scenes * 2 {
            let note = first.get(topic.as_str()).copied().unwrap_or_default();
            let (topic, answer) = (topic.clone(), answer.to_owned());
            all.one_sided.push(OneSided { topic, answer, count, scenes, first: note });
        }
    }
    let (rules, together) = if choices { (picks(notes), Vec::new()) } else { rules(notes, &all.answers) };
    for mut family in [rules, together] {
        let number = family.len() as f64;
        for guess in &mut family {
            guess.is_cue = guess.doubt <= DOUBT / number;
        }
        all.tried.append(&mut family);
    }
    all.tried.sort_by(|a, b| a.doubt.total_cmp(&b.doubt));
    all
}

/// Where the right one stands, from 0: among the sides as written, among the choices on each of [`DAYS`] days.
fn positions(note: &NoteText) -> Vec<usize> {
    let answer = plain(note.text("answer"));
    let place = |options: &[String]| {
        let exact = options.iter().position(|option| option == note.text("answer"));
        exact.or_else(|| options.iter().position(|option| plain(option) == answer))
    };
    match kind(&note.kind) {
        // A session mixes the day with the card; here the prompt stands for the card.
        Some(kind) if note.kind == "choice" => (0..DAYS)
            .map(|day| hash64(note.text("prompt").as_bytes()) ^ splitmix64(day))
            .filter_map(|seed| place(&kind.question(note, 1, Showing { variant: 0, seed }).options))
            .collect(),
        Some(_) | None => place(note.texts("categories")).into_iter().collect(),
    }
}

/// How often each answer goes with a value, in all notes and in each by its place.
#[derive(Default)]
struct Seen {
    answers: BTreeMap<String, usize>,
    notes: BTreeMap<usize, usize>,
}

/// What the classifier weighs in each of its trials.
type Weighed = (&'static str, fn(Look) -> bool);
const TOGETHER: [Weighed; 3] = [
    ("all but the words", |look| look != Look::Word),
    ("all words", |look| look == Look::Word),
    ("everything", |_| true),
];

/// The rules of all looks, tried on sorts, and the classifier.
fn rules(notes: &[Scenes<'_>], answers: &BTreeMap<String, usize>) -> (Vec<Guess>, Vec<Guess>) {
    let mut lengths: Vec<usize> = notes.iter().flat_map(|note| note.scenes).map(|scene| super::words(scene)).collect();
    lengths.sort_unstable();
    let third = |part: usize| lengths.get(lengths.len() * part / 3).copied().unwrap_or_default();
    let (short, long) = (third(1), third(2));
    let length = |scene: &str| match super::words(scene) {
        count if count < short => format!("under {short} words"),
        count if count < long && short + 1 == long => format!("{short} words"),
        count if count < long => format!("{short} to {} words", long - 1),
        _ => format!("{long} words or more"),
    };
    let mut seen: BTreeMap<(Look, String), Seen> = BTreeMap::new();
    let mut of_notes: BTreeMap<String, usize> = BTreeMap::new();
    let mut in_topic: BTreeMap<Option<&String>, usize> = BTreeMap::new();
    let mut scenes: Vec<Scene<'_>> = Vec::new();
    for (place, note) in notes.iter().enumerate() {
        let nth = in_topic.entry(note.note.topic.as_ref()).or_default();
        *nth += 1;
        *of_notes.entry(note.answer.clone()).or_default() += 1;
        let mut add = |look: Look, value: String| {
            let found = seen.entry((look, value)).or_default();
            *found.answers.entry(note.answer.clone()).or_default() += 1;
            *found.notes.entry(place).or_default() += 1;
        };
        let mut words = BTreeSet::new();
        let topic = note.note.topic.as_deref();
        for scene in note.scenes {
            let mut seen = surface::seen(scene);
            seen.push((Look::Length, length(scene)));
            for (look, value) in &seen {
                add(*look, value.clone());
            }
            add(Look::Topic, topic.unwrap_or_default().to_owned());
            let of_scene = surface::words(scene);
            seen.extend(of_scene.iter().map(|word| (Look::Word, word.clone())));
            words.extend(of_scene);
            scenes.push(Scene { note: place, topic, answer: &note.answer, seen });
        }
        for word in words {
            add(Look::Word, word);
        }
        add(Look::Place, nth.to_string());
        if let Some(before) = place.checked_sub(1).and_then(|before| notes.get(before)) {
            add(Look::Before, before.answer.clone());
        }
    }
    let share = |counts: &BTreeMap<String, usize>| {
        counts.values().max().copied().unwrap_or(0) as f64 / counts.values().sum::<usize>().max(1) as f64
    };
    let (of_scenes, of_notes) = (share(answers), share(&of_notes));
    let mut all = Vec::new();
    // A word that every note has tells nothing apart.
    for ((look, value), seen) in seen.into_iter().filter(|((look, _), seen)| {
        seen.notes.len() >= FEWEST_NOTES && (*look != Look::Word || seen.notes.len() < notes.len())
    }) {
        let (mut right, mut of) = (0, 0);
        for (place, scenes) in &seen.notes {
            let Some(note) = notes.get(*place) else { continue };
            let mut others = seen.answers.clone();
            if let Some(own) = others.get_mut(&note.answer) {
                *own -= scenes;
            }
            of += scenes;
            right += if commonest(&others) == note.answer { *scenes } else { 0 };
        }
        let of_whole_notes = matches!(look, Look::Word | Look::Place | Look::Before);
        let chance = if of_whole_notes { of_notes } else { of_scenes };
        let first = seen.notes.keys().next().and_then(|place| notes.get(*place)).map_or(0, |note| note.index);
        let answer = commonest(&seen.answers).to_owned();
        let doubt = at_least(right, of, chance);
        all.push(Guess { look: Some(look), value, answer, right, of, chance, doubt, is_cue: false, first });
    }
    let together = TOGETHER.into_iter().map(|(what, is_weighed)| {
        let trial = together::try_together(&scenes, is_weighed);
        let most: Vec<String> =
            trial.most.iter().map(|(look, value, answer)| format!("{} {value} → {answer}", look.name())).collect();
        let value = if most.is_empty() { what.to_owned() } else { format!("{what} ({})", most.join(", ")) };
        let (right, of) = (trial.right, scenes.len());
        let first = notes.get(trial.first).map_or(0, |note| note.index);
        let (chance, doubt) = (of_scenes, at_least(right, of, of_scenes));
        Guess {
            look: Some(Look::Together),
            value,
            answer: String::new(),
            right,
            of,
            chance,
            doubt,
            is_cue: false,
            first,
        }
    });
    (all, together.collect())
}

/// The commonest answer; among equals the first by name.
fn commonest(answers: &BTreeMap<String, usize>) -> &str {
    let most = answers.values().max().copied().unwrap_or(0);
    answers.iter().find(|(_, count)| **count == most).map_or("", |(answer, _)| answer.as_str())
}

/// How much speaks for a choice, given the words of its prompt and how often each answer is right elsewhere.
type Pick = fn(&BTreeSet<String>, &str, &BTreeMap<String, usize>) -> usize;

/// Ways to pick a choice without the idea.
const PICKS: &[(&str, Pick)] = &[
    ("the longest choice", |_, option, _| option.chars().count()),
    ("the shortest choice", |_, option, _| usize::MAX - option.chars().count()),
    ("the choice with most words of the prompt", |prompt, option, _| {
        surface::words(option).iter().filter(|word| prompt.contains(*word)).count()
    }),
    ("the choice that is right most often elsewhere", |_, option, right| {
        right.get(&plain(option)).copied().unwrap_or(0)
    }),
];

/// The ways to pick, tried on choices. Where several choices are equally good to pick, none is picked.
fn picks(notes: &[Scenes<'_>]) -> Vec<Guess> {
    let mut answers: BTreeMap<String, usize> = BTreeMap::new();
    for note in notes {
        *answers.entry(note.answer.clone()).or_default() += 1;
    }
    let prompts: Vec<BTreeSet<String>> =
        notes.iter().map(|note| note.scenes.iter().flat_map(|scene| surface::words(scene)).collect()).collect();
    let mut all = Vec::new();
    for (way, value) in PICKS {
        let (mut right, mut of, mut chance, mut first) = (0, 0, 0.0_f64, None);
        for (note, prompt) in notes.iter().zip(&prompts) {
            if let Some(own) = answers.get_mut(&note.answer) {
                *own -= 1;
            }
            let options: Vec<&String> =
                note.note.texts("answer").iter().chain(note.note.texts("distractors")).collect();
            let values: Vec<usize> = options.iter().map(|option| value(prompt, option, &answers)).collect();
            let most = values.iter().max().copied().unwrap_or(0);
            if values.iter().filter(|value| **value == most).count() == 1 {
                of += 1;
                right += usize::from(values.first() == Some(&most));
                chance = chance.max(1.0 / options.len() as f64);
                first.get_or_insert(note.index);
            }
            *answers.entry(note.answer.clone()).or_default() += 1;
        }
        if of >= FEWEST_NOTES {
            let (value, answer, doubt) = ((*way).to_owned(), String::new(), at_least(right, of, chance));
            let first = first.unwrap_or_default();
            all.push(Guess { look: None, value, answer, right, of, chance, doubt, is_cue: false, first });
        }
    }
    all
}

/// The probability that of `of` tries at least `right` come out, each with the probability `chance`: the upper tail of the
/// binomial distribution, its terms in logarithms so that long decks do not lose them.
fn at_least(right: usize, of: usize, chance: f64) -> f64 {
    if right == 0 || chance >= 1.0 {
        return 1.0;
    }
    let (n, odds) = (of as f64, (chance / (1.0 - chance)).ln());
    let mut term = n * (1.0 - chance).ln();
    let mut sum = 0.0;
    for i in 1..=of {
        let taken = i as f64;
        term += ((n - taken + 1.0) / taken).ln() + odds;
        if i >= right {
            sum += term.exp();
        }
    }
    sum.min(1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tail_is_that_of_the_binomial_distribution() {
        // 10 tosses: P(X ≥ 9) = 11/1024; a die: P(X ≥ 1 of 3) = 1 - (5/6)^3.
        let near = |a: f64, b: f64| (a - b).abs() < 1e-12;
        assert!(near(at_least(9, 10, 0.5), 11.0 / 1024.0));
        assert!(near(at_least(1, 3, 1.0 / 6.0), 1.0 - 125.0 / 216.0));
        assert!(near(at_least(0, 10, 0.5), 1.0) && near(at_least(4, 4, 1.0), 1.0));
        assert!(at_least(3000, 5000, 0.5) < 1e-40);
    }

    #[test]
    fn an_order_that_gives_the_answers_away_is_a_cue() {
        use crate::core::card::Value;
        let sort = |number: u64, topic: u64, answer: &str| {
            let text = |text: String| Value::Text(text);
            let sides = Value::Texts(vec!["left".to_owned(), "right".to_owned()]);
            let words = [splitmix64(number) % 97, splitmix64(number + 7) % 97].map(|word| format!("w{word}"));
            let fields = [
                ("prompt".to_owned(), text(format!("Somebody meets {} and {}. Which side?", words[0], words[1]))),
                ("answer".to_owned(), text(answer.to_owned())),
                ("categories".to_owned(), sides),
            ];
            let topic = Some(format!("t{topic}"));
            NoteText { kind: "sort".to_owned(), fields: fields.into(), topic, ..NoteText::default() }
        };
        let cues = |answer: &dyn Fn(u64) -> bool| -> Vec<Look> {
            let all: Vec<NoteText> =
                (0..24).map(|number| sort(number, number / 2, if answer(number) { "left" } else { "right" })).collect();
            let measured = measure(&all.iter().collect::<Vec<_>>());
            measured
                .iter()
                .flat_map(|one| &one.tried)
                .filter(|tried| tried.is_cue)
                .filter_map(|tried| tried.look)
                .collect()
        };
        let alternating = cues(&|number| number % 2 == 0);
        assert!(alternating.contains(&Look::Place) && alternating.contains(&Look::Before), "{alternating:?}");
        assert_eq!(cues(&|number| splitmix64(number / 2) % 2 == number % 2), []);
    }
}
