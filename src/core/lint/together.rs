//! Whether all that is seen of a scene, taken together, gives its answer away.
//!
//! Single rules miss a cue that is made of several looks, each of them weak. So a naive Bayes classifier weighs all values of a
//! scene (Duda & Hart 1973, chapter 2, with Laplace's correction): of the answers it takes the one with the greatest
//!
//! ln((n + 1) / (N + k)) + Σ ln((m + 1) / (n + 2))
//!
//! over the values that the scene has; n of N scenes have the answer, m of those n the value, and k answers there are. It is tried
//! on scenes of topics that it has not seen, so that it can learn the style of a deck and not the contents of a topic.

use crate::core::lint::surface::Look;
use std::collections::BTreeMap;

/// Topics from which on whole topics are left out, and not single notes.
const FEWEST_TOPICS: usize = 3;
/// Values that are named of those that told most.
const NAMED: usize = 3;

/// A scene as the classifier gets it.
pub(super) struct Scene<'n> {
    /// Its note, by its place among those measured.
    pub(super) note: usize,
    /// The topic of its note.
    pub(super) topic: Option<&'n str>,
    /// The answer of its note.
    pub(super) answer: &'n str,
    /// What is seen of it, each once.
    pub(super) seen: Vec<(Look, String)>,
}

/// What came of a trial.
#[derive(Debug, PartialEq)]
pub(super) struct Trial {
    /// Scenes whose answer it gave.
    pub(super) right: usize,
    /// The note of the first of them.
    pub(super) first: usize,
    /// The values that told most in them, with the answer for which they spoke.
    pub(super) most: Vec<(Look, String, String)>,
}

/// How often each answer goes with one value, or has a scene at all.
type Counts = Vec<usize>;

/// A scene, its answer and values by number.
struct Coded {
    note: usize,
    answer: usize,
    values: Vec<usize>,
}

/// What was learned.
struct Learned {
    scenes: Counts,
    values: Vec<Counts>,
}

impl Learned {
    fn count(&mut self, scene: &Coded, step: impl Fn(usize) -> usize) {
        if let Some(count) = self.scenes.get_mut(scene.answer) {
            *count = step(*count);
        }
        for value in &scene.values {
            if let Some(count) = self.values.get_mut(*value).and_then(|counts| counts.get_mut(scene.answer)) {
                *count = step(*count);
            }
        }
    }

    /// What a value says for an answer; nothing where no scene had it.
    fn weight(&self, value: usize, answer: usize) -> f64 {
        let of = |counts: &Counts| counts.get(answer).copied().unwrap_or_default() as f64;
        match self.values.get(value) {
            Some(counts) if counts.iter().any(|count| *count > 0) => {
                ((of(counts) + 1.0) / (of(&self.scenes) + 2.0)).ln()
            }
            _ => 0.0,
        }
    }

    /// The likeliest answer; among equals the first.
    fn guess(&self, values: &[usize]) -> usize {
        let all: usize = self.scenes.iter().sum();
        let score = |answer: usize| {
            let scenes = self.scenes.get(answer).copied().unwrap_or_default();
            let prior = ((scenes + 1) as f64 / (all + self.scenes.len()) as f64).ln();
            prior + values.iter().map(|value| self.weight(*value, answer)).sum::<f64>()
        };
        let mut best = (0, f64::NEG_INFINITY);
        for answer in 0..self.scenes.len() {
            let score = score(answer);
            if score > best.1 {
                best = (answer, score);
            }
        }
        best.0
    }
}

/// Tries the classifier on every scene, with the values of the looks that are asked for.
pub(super) fn try_together(scenes: &[Scene<'_>], is_looked_at: impl Fn(Look) -> bool) -> Trial {
    let mut answers: Vec<&str> = scenes.iter().map(|scene| scene.answer).collect();
    answers.sort_unstable();
    answers.dedup();
    let mut numbers: BTreeMap<&(Look, String), usize> = BTreeMap::new();
    let mut topics: BTreeMap<Option<&str>, Vec<usize>> = BTreeMap::new();
    let mut notes: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    let mut all: Vec<Coded> = Vec::with_capacity(scenes.len());
    for (place, scene) in scenes.iter().enumerate() {
        topics.entry(scene.topic).or_default().push(place);
        notes.entry(scene.note).or_default().push(place);
        let mut values = Vec::new();
        for value in scene.seen.iter().filter(|(look, _)| is_looked_at(*look)) {
            let next = numbers.len();
            values.push(*numbers.entry(value).or_insert(next));
        }
        let answer = answers.binary_search(&scene.answer).unwrap_or_default();
        all.push(Coded { note: scene.note, answer, values });
    }
    let mut learned = Learned { scenes: vec![0; answers.len()], values: vec![vec![0; answers.len()]; numbers.len()] };
    for scene in &all {
        learned.count(scene, |count| count + 1);
    }
    let left_out: Vec<Vec<usize>> =
        if topics.len() >= FEWEST_TOPICS { topics.into_values().collect() } else { notes.into_values().collect() };
    let (mut right, mut first) = (0, usize::MAX);
    let mut told: BTreeMap<(usize, usize), f64> = BTreeMap::new();
    for group in left_out {
        let group: Vec<&Coded> = group.into_iter().filter_map(|place| all.get(place)).collect();
        for scene in &group {
            learned.count(scene, |count| count.saturating_sub(1));
        }
        for scene in group.iter().filter(|scene| learned.guess(&scene.values) == scene.answer) {
            right += 1;
            first = first.min(scene.note);
            for value in &scene.values {
                let others = (0..answers.len()).filter(|other| *other != scene.answer);
                let best = others.map(|other| learned.weight(*value, other)).fold(f64::NEG_INFINITY, f64::max);
                *told.entry((*value, scene.answer)).or_default() += learned.weight(*value, scene.answer) - best;
            }
        }
        for scene in &group {
            learned.count(scene, |count| count + 1);
        }
    }
    let mut told: Vec<((usize, usize), f64)> = told.into_iter().filter(|(_, weight)| *weight > 0.0).collect();
    told.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
    let names: BTreeMap<usize, &(Look, String)> = numbers.into_iter().map(|(value, number)| (number, value)).collect();
    let named = told.into_iter().filter_map(|((value, answer), _)| {
        let ((look, value), answer) = (names.get(&value)?, answers.get(answer)?);
        Some((*look, value.clone(), (*answer).to_owned()))
    });
    Trial { right, first: if right == 0 { 0 } else { first }, most: named.take(NAMED).collect() }
}
