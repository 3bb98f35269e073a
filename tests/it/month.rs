//! A month of daily use through the real program, against a second implementation of ../shared/scheduling.md part A
//! that shares no line with the first: nothing here names `lmq::core`.

mod decks;

use self::decks::builtin_cards;
use self::decks::builtin_sequences;
use chrono::DateTime;
use chrono::FixedOffset;
use chrono::NaiveDate;
use chrono::TimeDelta;
use chrono::TimeZone as _;
use chrono_tz::Europe::Berlin;
use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::process::Command;
use std::process::Output;

/// SplitMix64, by which docs/scheduling.md shuffles.
fn mix(x: u64) -> u64 {
    let z = x.wrapping_add(0x9E37_79B9_7F4A_7C15);
    let z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

/// Chance that is the same in every run.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_add(1);
        mix(self.0) % sides
    }
}

/// The study day of an instant by docs/scheduling.md: the formula, with the rollover at 4.
fn study_day(at: DateTime<FixedOffset>) -> i64 {
    let offset_min = i64::from(at.offset().local_minus_utc() / 60);
    (at.timestamp() + 60 * offset_min - 3600 * 4).div_euclid(86_400)
}

fn iso(day: i64) -> String {
    (NaiveDate::from_ymd_opt(1970, 1, 1).unwrap() + TimeDelta::days(day)).to_string()
}

/// A card as the text of scheduling.md has it.
#[derive(Debug, Clone)]
struct Card {
    id: String,
    key: String,
    deck: usize,
    place: (usize, u16),
    group: String,
    topic: String,
    /// Decks and keys.
    after: Vec<(usize, String)>,
    held_out: bool,
    shuffle: u64,
    reps: u64,
    interval: u64,
    ease: u64,
    lapses: u64,
    last: Option<i64>,
    due: i64,
    last_quality: u8,
    /// Order of its newest answer among all.
    newest: u64,
    /// Days with an answer that was no drill.
    met: BTreeSet<i64>,
    /// Days after the first answer on which it comes back.
    returns: Vec<i64>,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Kind {
    First,
    Early,
    Review,
    Drill,
}

impl Card {
    /// The step of docs/scheduling.md.
    fn answer(&mut self, q: u8, today: i64) -> Kind {
        // 1. t is raised to `last` if smaller.
        let t = today.max(self.last.unwrap_or(today));
        self.last_quality = q;
        // 2. A drill changes nothing but what is pending.
        if self.last == Some(t) {
            return Kind::Drill;
        }
        // 3.
        let kind = match self.last {
            None => Kind::First,
            Some(_) if t < self.due => Kind::Early,
            Some(_) => Kind::Review,
        };
        // 4.
        let next = if q < 3 {
            self.reps = 0;
            self.lapses += u64::from(kind != Kind::First);
            1
        } else {
            self.reps += 1;
            match self.reps {
                1 => 1,
                2 => 6,
                _ => {
                    // Rounded up.
                    let exact = self.interval * self.ease;
                    exact / 100 + u64::from(!exact.is_multiple_of(100))
                }
            }
        };
        // 5.
        let moved = [-80, -54, -32, -14, 0, 10][usize::from(q)];
        self.ease = u64::try_from((i64::try_from(self.ease).unwrap() + moved).max(130)).unwrap();
        // 6.
        self.interval = next.min(36_500);
        self.last = Some(t);
        self.due = t + i64::try_from(self.interval).unwrap();
        self.met.insert(today);
        let first = *self.met.first().unwrap();
        if let Some(day) = self.returns.iter().map(|days| first + days).find(|day| *day > t) {
            self.due = day;
        }
        kind
    }
}

/// The learner's whole collection, and what is counted each day.
struct Oracle {
    cards: Vec<Card>,
    /// The order of topics that each deck is in: that of the deck of this number, its own where it is alone.
    sequence_of: Vec<usize>,
    sequences: Vec<Vec<(usize, String)>>,
    decks: usize,
    new_per_day: usize,
    reviews_per_day: usize,
    /// Grades below it are repeated the same day.
    threshold: u8,
    first: BTreeMap<(i64, usize), usize>,
    reviews: BTreeMap<i64, usize>,
    answers: u64,
}

impl Oracle {
    fn pending(&self, card: &Card, today: i64) -> bool {
        card.last == Some(today) && card.last_quality < self.threshold
    }

    fn hidden(&self, card: &Card, today: i64) -> bool {
        !card.met.contains(&today)
            && self.cards.iter().any(|other| other.group == card.group && other.met.contains(&today))
    }

    fn held_back(&self, card: &Card) -> bool {
        card.after.iter().any(|(deck, key)| {
            self.cards.iter().any(|other| other.deck == *deck && other.key == *key && other.reps < 2)
        })
    }

    /// New cards that the day's limit counts: where the clock went back, those begun under tomorrow too.
    fn firsts(&self, today: i64) -> usize {
        let days = [today, today + 1].into_iter();
        days.flat_map(|day| (0..self.decks).map(move |deck| (day, deck)))
            .map(|place| self.first.get(&place).copied().unwrap_or(0))
            .sum()
    }

    /// The card that docs/scheduling.md asks next, or none.
    fn next(&self, today: i64) -> Option<usize> {
        let (reviews_done, new_done) = (self.reviews.get(&today).copied().unwrap_or(0), self.firsts(today));
        // Due cards by (due day, shuffle), or the most at risk first; of each sibling group the first.
        let mut due: Vec<usize> = (0..self.cards.len())
            .filter(|card| {
                let card = &self.cards[*card];
                card.last.is_some() && card.due <= today && !card.met.contains(&today) && !self.hidden(card, today)
            })
            .collect();
        due.sort_by_key(|card| (self.cards[*card].due, self.cards[*card].shuffle));
        // Where more is due than has a place, most at risk first: days late over the interval.
        let left = self.reviews_per_day.saturating_sub(reviews_done);
        if self.cards.iter().filter(|card| card.last.is_some() && card.due <= today).count() > left {
            let risk = |card: usize| {
                let card = &self.cards[card];
                (today - card.due) as f64 / card.interval.max(1) as f64
            };
            due.sort_by(|a, b| risk(*b).total_cmp(&risk(*a)).then(self.cards[*a].due.cmp(&self.cards[*b].due)));
        }
        let mut groups = BTreeSet::new();
        due.retain(|card| groups.insert(self.cards[*card].group.clone()));
        due.truncate(left);
        // New ones, deck by deck in turns.
        let mut groups: BTreeSet<String> = due.iter().map(|card| self.cards[*card].group.clone()).collect();
        let of_deck: Vec<usize> =
            (0..self.decks).map(|deck| self.first.get(&(today, deck)).copied().unwrap_or(0)).collect();
        let waited_deck: Vec<Option<i64>> = (0..self.decks)
            .map(|deck| self.first.keys().filter(|(_, of)| *of == deck).map(|(day, _)| *day).max())
            .collect();
        // Decks of one sequence are as one.
        let members = |sequence: usize| (0..self.decks).filter(move |deck| self.sequence_of[*deck] == sequence);
        let mut introduced: Vec<usize> =
            (0..self.decks).map(|sequence| members(sequence).map(|deck| of_deck[deck]).sum()).collect();
        let waited: Vec<Option<i64>> =
            (0..self.decks).map(|sequence| members(sequence).filter_map(|deck| waited_deck[deck]).max()).collect();
        let mut introduced_rest = of_deck;
        let mut new = Vec::new();
        while new.len() < self.new_per_day.saturating_sub(new_done) {
            let named = |card: &Card| {
                let topics = &self.sequences[self.sequence_of[card.deck]];
                topics.iter().position(|(deck, topic)| *deck == card.deck && *topic == card.topic)
            };
            let first_of = |sequence: usize| {
                (0..self.cards.len())
                    .filter(|card| {
                        let card = &self.cards[*card];
                        self.sequence_of[card.deck] == sequence
                            && card.last.is_none()
                            && !card.held_out
                            && !groups.contains(&card.group)
                            && !self.hidden(card, today)
                            && !self.held_back(card)
                    })
                    .min_by_key(|index| {
                        let card = &self.cards[*index];
                        // Topic by topic; then what it does not name, for which its decks take turns.
                        let rest = named(card).is_none().then(|| (introduced_rest[card.deck], waited_deck[card.deck]));
                        (named(card).unwrap_or(usize::MAX), rest, card.deck, card.place)
                    })
            };
            let turn = (0..self.decks)
                .filter_map(|sequence| Some((introduced[sequence], waited[sequence], sequence, first_of(sequence)?)))
                .min();
            let Some((_, _, sequence, card)) = turn else { break };
            introduced[sequence] += 1;
            if named(&self.cards[card]).is_none() {
                introduced_rest[self.cards[card].deck] += 1;
            }
            groups.insert(self.cards[card].group.clone());
            new.push(card);
        }
        // The k-th new card comes after floor((k + 1) * R / (N + 1)) reviews.
        let (r, n) = (reviews_done + due.len(), new_done + new.len());
        let place = (new_done + 1) * r / (n + 1);
        let repeats = (0..self.cards.len())
            .filter(|card| self.pending(&self.cards[*card], today))
            .min_by_key(|card| self.cards[*card].newest);
        let (review, fresh) = (due.first().copied(), new.first().copied());
        let ordered = if review.is_none() || reviews_done >= place { fresh.or(review) } else { review.or(fresh) };
        ordered.or(repeats)
    }

    fn answer(&mut self, card: usize, q: u8, today: i64) -> Kind {
        self.answers += 1;
        let kind = self.cards[card].answer(q, today);
        self.cards[card].newest = self.answers;
        let deck = self.cards[card].deck;
        match kind {
            Kind::First => *self.first.entry((today, deck)).or_default() += 1,
            Kind::Review => *self.reviews.entry(today).or_default() += 1,
            Kind::Early | Kind::Drill => {}
        }
        kind
    }

    /// What `--json` must say about a card.
    fn told(&self, card: usize, today: i64) -> serde_json::Value {
        let card = &self.cards[card];
        let state = match card.last {
            None => "new",
            Some(_) if self.pending(card, today) || card.reps < 2 => "learning",
            Some(_) => "review",
        };
        #[expect(clippy::cast_precision_loss, reason = "an ease has three or four digits")]
        let ease = card.ease as f64 / 100.0;
        serde_json::json!({
            "id": card.id, "state": state, "ease": ease, "interval_days": card.interval,
            "repetitions": card.reps, "lapses": card.lapses, "due": card.last.map(|_| iso(card.due)),
        })
    }
}

fn told_by(card: &serde_json::Value) -> serde_json::Value {
    let names = ["id", "state", "ease", "interval_days", "repetitions", "lapses", "due"];
    names.iter().map(|name| ((*name).to_owned(), card[*name].clone())).collect::<serde_json::Map<_, _>>().into()
}

/// The program on a database of its own.
struct Program {
    folder: tempfile::TempDir,
}

impl Program {
    fn run(&self, now: DateTime<FixedOffset>, args: &[&str]) -> Output {
        Command::new(env!("CARGO_BIN_EXE_lmq"))
            .env("LMQ_CONFIG", self.folder.path().join("config.toml"))
            .env("XDG_STATE_HOME", self.folder.path().join("state"))
            .env_remove("LMQ_NOW")
            .arg("--db")
            .arg(self.folder.path().join("lmq.db"))
            .args(["--quiet", "--now", &now.to_rfc3339()])
            .args(args)
            .output()
            .unwrap()
    }

    fn json(&self, now: DateTime<FixedOffset>, args: &[&str]) -> serde_json::Value {
        let output = self.run(now, args);
        assert!(output.status.success(), "{args:?} at {now}: {}", String::from_utf8_lossy(&output.stderr));
        serde_json::from_slice(&output.stdout).unwrap()
    }
}

/// A learner with the program on one side and the oracle on the other.
struct Learner {
    program: Program,
    oracle: Oracle,
    dice: Dice,
    kinds: BTreeMap<String, usize>,
    settings: &'static str,
}

impl Learner {
    fn new(settings: &'static str, new_per_day: usize, reviews_per_day: usize, threshold: u8, seed: u64) -> Self {
        let folder = tempfile::tempdir().unwrap();
        // The oracle knows no minutes: where they are short, what is most at risk comes first.
        let settings_file = format!("session_minutes = 0\n{settings}");
        std::fs::write(folder.path().join("config.toml"), settings_file).unwrap();
        let (sequence_of, sequences) = builtin_sequences();
        let oracle = Oracle {
            cards: builtin_cards(),
            sequence_of,
            sequences,
            decks: 3,
            new_per_day,
            reviews_per_day,
            threshold,
            first: BTreeMap::new(),
            reviews: BTreeMap::new(),
            answers: 0,
        };
        Self { program: Program { folder }, oracle, dice: Dice(seed), kinds: BTreeMap::new(), settings }
    }

    /// Grades a card and compares what the program says about it.
    fn answer(&mut self, card: usize, q: u8, now: DateTime<FixedOffset>) {
        let today = study_day(now);
        let before = self.oracle.cards[card].clone();
        let kind = self.oracle.answer(card, q, today);
        *self.kinds.entry(format!("{kind:?}")).or_default() += 1;
        let id = before.id.clone();
        // On four buttons a grade goes by its word: the number of a key is another one than SM-2's.
        let words = ["", "", "again", "hard", "good", "easy"];
        let grade = if self.settings.contains("sm2") { q.to_string() } else { words[usize::from(q)].to_owned() };
        let said = self.program.json(now, &["answer", &id, &grade, "--json"]);
        let expected = self.oracle.told(card, today);
        assert_eq!(told_by(&said), expected, "{} graded {q} at {now} ({kind:?}), before: {before:?}", before.key);
    }

    fn grade(&mut self) -> u8 {
        let grades: &[u8] = if self.settings.contains("sm2") {
            &[0, 1, 2, 3, 3, 4, 4, 4, 4, 5, 5, 5]
        } else {
            &[2, 2, 3, 4, 4, 4, 4, 4, 4, 5, 5]
        };
        grades[usize::try_from(self.dice.roll(u64::try_from(grades.len()).unwrap())).unwrap()]
    }

    /// Answers what `lmq next` asks, until nothing waits or `most` were answered. Gives how many.
    fn sit(&mut self, mut now: DateTime<FixedOffset>, most: usize) -> usize {
        for answered in 0..most {
            let today = study_day(now);
            let expected = self.oracle.next(today);
            let said = self.program.json(now, &["next", "--json"]);
            let wanted = expected.map_or(serde_json::Value::Null, |card| self.oracle.told(card, today));
            let found = if said.is_null() { said } else { told_by(&said) };
            assert_eq!(found, wanted, "asked at {now} as number {answered} of the sitting, study day {}", iso(today));
            let Some(card) = expected else { return answered };
            let q = self.grade();
            self.answer(card, q, now);
            now += TimeDelta::seconds(7);
        }
        most
    }

    /// Any card that was answered and satisfies `fits`, by chance.
    fn some(&mut self, fits: impl Fn(&Card) -> bool) -> Option<usize> {
        let those: Vec<usize> = (0..self.oracle.cards.len()).filter(|card| fits(&self.oracle.cards[*card])).collect();
        if those.is_empty() {
            return None;
        }
        Some(those[usize::try_from(self.dice.roll(u64::try_from(those.len()).unwrap())).unwrap()])
    }

    /// An answer before its day, and one more on the day of the last.
    fn early_and_again(&mut self, now: DateTime<FixedOffset>) {
        let today = study_day(now);
        if let Some(card) = self.some(|card| card.last.is_some_and(|last| last < today) && card.due > today) {
            let q = self.grade();
            self.answer(card, q, now);
        }
        if let Some(card) = self.some(|card| card.last == Some(today)) {
            let q = self.grade();
            self.answer(card, q, now);
        }
    }

    /// At the end: the log holds every answer with the state that it left, and nothing is out of order.
    fn close(&mut self, now: DateTime<FixedOffset>) {
        let today = study_day(now);
        // The scenes of check-ups are listed only where they are asked for.
        let lists = [&["cards", "--json"][..], &["cards", "is:checkup", "--json"]];
        let lists = lists.map(|list| self.program.json(now, list));
        let cards: Vec<_> = lists.iter().flat_map(|list| list.as_array().unwrap()).collect();
        let mut compared = 0;
        for (index, card) in self.oracle.cards.iter().enumerate() {
            if let Some(said) = cards.iter().find(|said| said["id"] == card.id.as_str()) {
                assert_eq!(told_by(said), self.oracle.told(index, today), "{} in the end", card.key);
                compared += 1;
            }
        }
        assert_eq!(compared, self.oracle.cards.len());
        let history = self.program.json(now, &["history", "--json"]);
        let answered = history.as_array().unwrap().iter().filter(|row| row["kind"] == "answered").count();
        assert_eq!(u64::try_from(answered).unwrap(), self.oracle.answers, "answers in the log");
        let doctor = self.program.run(now, &["doctor"]);
        assert!(doctor.status.success(), "{}", String::from_utf8_lossy(&doctor.stdout));
    }

    fn count(&self, kind: Kind) -> usize {
        self.kinds.get(&format!("{kind:?}")).copied().unwrap_or(0)
    }
}

fn berlin(date: NaiveDate, hour: u32, minute: u32) -> DateTime<FixedOffset> {
    let mut naive = date.and_hms_opt(hour, minute, 0).unwrap();
    loop {
        if let Some(at) = Berlin.from_local_datetime(&naive).earliest() {
            return at.fixed_offset();
        }
        naive += TimeDelta::minutes(15);
    }
}

fn elsewhere(date: NaiveDate, hour: u32, minute: u32, offset_hours: i32) -> DateTime<FixedOffset> {
    let offset = FixedOffset::east_opt(offset_hours * 3600).unwrap();
    offset.from_local_datetime(&date.and_hms_opt(hour, minute, 0).unwrap()).unwrap()
}

#[test]
fn a_month_of_daily_use_gives_the_cards_and_states_that_scheduling_md_gives() {
    let mut learner = Learner::new("", 10, 200, 3, 1);
    // The clocks of Berlin go forward in the night to the 29th.
    let start = NaiveDate::from_ymd_opt(2026, 3, 9).unwrap();
    let mut last = berlin(start, 9, 0);
    for day in 0..31 {
        let date = start + TimeDelta::days(day);
        match day {
            // Missed days: everything is late afterwards.
            5 | 12 | 13 => continue,
            // Before the rollover it is still yesterday, after it is today.
            3 => {
                learner.sit(berlin(date, 3, 58), 3);
                learner.sit(berlin(date, 4, 0), 4);
                last = berlin(date, 22, 30);
            }
            // A flight to San Francisco, and then to Auckland and back.
            15 => last = elsewhere(date, 8, 15, -7),
            16 => last = elsewhere(date, 23, 50, -7),
            17 => last = elsewhere(date, 7, 0, 13),
            // The clock is a day slow for a short sitting.
            18 => {
                learner.sit(berlin(date, 8, 0), 6);
                learner.sit(berlin(date - TimeDelta::days(1), 8, 5), 4);
                learner.early_and_again(berlin(date - TimeDelta::days(1), 8, 30));
                last = berlin(date, 9, 0);
            }
            // The night of the jump: 01:59, then 03:00 to 03:59 is still the 28th, and at 04:00 it is the 29th.
            20 => {
                learner.sit(berlin(date, 1, 59), 3);
                learner.sit(berlin(date, 3, 0), 3);
                learner.sit(berlin(date, 3, 59), 2);
                last = berlin(date, 4, 0);
            }
            _ => last = berlin(date, 7 + u32::try_from(learner.dice.roll(15)).unwrap(), 20),
        }
        if day % 4 == 2 {
            learner.sit(last, 9);
            learner.early_and_again(last + TimeDelta::minutes(30));
            last += TimeDelta::minutes(60);
        }
        learner.sit(last, 500);
    }
    learner.close(last);
    assert!(learner.count(Kind::First) > 100, "{:?}", learner.kinds);
    assert!(learner.count(Kind::Review) > 250 && learner.count(Kind::Drill) > 50, "{:?}", learner.kinds);
    assert!(learner.count(Kind::Early) >= 5, "{:?}", learner.kinds);
}

#[test]
fn sixty_days_on_six_grades_with_small_limits_give_the_same_as_scheduling_md() {
    let settings = "new_per_day = 4\nreviews_per_day = 7\nscale = \"sm2\"\n";
    let mut learner = Learner::new(settings, 4, 7, 4, 2);
    // The clocks of Berlin go back in the night to 25 October.
    let start = NaiveDate::from_ymd_opt(2026, 9, 20).unwrap();
    let mut last = berlin(start, 9, 0);
    for day in 0..60 {
        let date = start + TimeDelta::days(day);
        match day {
            7..=10 | 28 | 44 => continue,
            35 => {
                // 02:30 comes twice, an hour apart; both are the 24th.
                let twice = Berlin.from_local_datetime(&date.and_hms_opt(2, 30, 0).unwrap());
                learner.sit(twice.earliest().unwrap().fixed_offset(), 2);
                learner.sit(twice.latest().unwrap().fixed_offset(), 2);
                learner.sit(berlin(date, 3, 59), 1);
                last = berlin(date, 4, 0);
            }
            _ => last = berlin(date, 6 + u32::try_from(learner.dice.roll(17)).unwrap(), 45),
        }
        if day % 9 == 4 {
            learner.early_and_again(last - TimeDelta::minutes(40));
        }
        learner.sit(last, 500);
    }
    learner.close(last);
    assert!(learner.count(Kind::First) > 100, "{:?}", learner.kinds);
    assert!(learner.count(Kind::Review) > 300 && learner.count(Kind::Drill) > 100, "{:?}", learner.kinds);
}

#[test]
fn an_undone_answer_gives_its_place_in_the_days_limit_back() {
    let mut learner = Learner::new("new_per_day = 2\n", 2, 200, 3, 3);
    let now = berlin(NaiveDate::from_ymd_opt(2026, 3, 9).unwrap(), 9, 0);
    let first = learner.oracle.next(study_day(now)).unwrap();
    let before = learner.program.json(now, &["next", "--json"]);
    for _ in 0..2 {
        let next = learner.oracle.next(study_day(now)).unwrap();
        learner.answer(next, 4, now);
    }
    assert!(learner.program.json(now, &["next", "--json"]).is_null(), "the day's new cards are done");
    for _ in 0..2 {
        assert!(learner.program.run(now, &["undo", "--yes"]).status.success());
    }
    let after = learner.program.json(now, &["next", "--json"]);
    assert_eq!(before, after);
    assert_eq!(after["id"], learner.oracle.cards[first].id.as_str());
}
