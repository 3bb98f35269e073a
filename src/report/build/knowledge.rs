//! What is known, what fades, how topics stand, and what is taken for what.

use crate::core::mastery::Level;
use crate::core::mastery::level_of;
use crate::core::progress::Progress;
use crate::core::progress::Standing;
use crate::core::progress::knowledge::Known;
use crate::core::text::thousands;
use crate::core::totals::Counted;
use crate::report::HOW_TO_READ;
use crate::report::build::MOST_MONTHS;
use crate::report::build::MOST_TOPICS_LISTED;
use crate::report::build::name;
use crate::report::build::number;
use crate::report::build::when_empty;
use crate::report::cell::Cell;
use crate::report::chart::Chart;
use crate::report::chart::Shape;
use crate::report::model::Body;
use crate::report::model::Section;
use crate::report::table::Table;

/// How a level is called, for programs and for people.
pub(in crate::report) fn level_name(level: Level) -> Cell {
    let label = match level {
        Level::Unseen => "Unseen",
        Level::Learning => "Learning",
        Level::Familiar => "Familiar",
        Level::Solid => "Solid",
        Level::Mastered => "Mastered",
    };
    Cell::Named(level.name(), label)
}

fn sum_of<'s>(cards: impl Iterator<Item = &'s [u64; 5]>) -> [u64; 5] {
    cards.fold([0; 5], |mut sum, cards| {
        for (sum, count) in sum.iter_mut().zip(cards) {
            *sum += count;
        }
        sum
    })
}

/// How all cards stand, now and then.
pub(super) fn levels(progress: &Progress) -> Section {
    let now = sum_of(progress.standings.iter().map(|standing| &standing.now.cards));
    let then = sum_of(progress.standings.iter().filter_map(|standing| standing.then.as_ref()));
    let all: u64 = now.iter().sum();
    let rows = Level::ALL.into_iter().rev().map(|level| {
        let of = |cards: &[u64; 5]| cards.get(level.index()).copied().unwrap_or(0);
        vec![level_name(level), Cell::Count(of(&now)), Cell::Count(of(&then))]
    });
    let since = progress.standings_since;
    Section {
        id: "levels",
        title: "Levels of the cards".to_owned(),
        note: progress.has_history.then(|| {
            let then = since.map_or_else(
                || "before your first answer".to_owned(),
                |day| format!("on the evening of {}", day.iso()),
            );
            format!(
                "Mastered: an interval of 90 days or more. Solid: 21 to 89 days. Familiar: less. Learning: not yet \
                 recalled twice in a row, or failed last. Then: {then}."
            )
        }),
        body: Body::Chart(
            Chart {
                shape: Shape::Bars,
                series: vec![1],
                full: now.iter().copied().max().unwrap_or(0).max(1),
                description: format!("{} cards by level, the highest first.", thousands(all)),
            },
            Table {
                names: 1,
                columns: vec![name("level", "Level"), number("cards", "Cards now"), number("then", "Then")],
                rows: if progress.has_history && all > 0 { rows.collect() } else { Vec::new() },
                when_empty: "",
            },
        ),
    }
}

/// What was known at the end of each month.
pub(super) fn over_time(progress: &Progress) -> Section {
    let points = progress.known_over_time.as_slice();
    let shown = points.get(points.len().saturating_sub(MOST_MONTHS)..).unwrap_or(points);
    let rows = shown.iter().map(|(day, known)| {
        vec![Cell::Date(*day), Cell::Known(*known), Cell::Count(known.cards - known.whole().min(known.cards))]
    });
    let most = shown.iter().map(|(_, known)| known.cards).max().unwrap_or(0);
    let description = match (shown.first(), shown.last()) {
        (Some((first, then)), Some((last, now))) => format!(
            "On {}: {} cards answered, {} of them likely known; on {}: {}, {}.",
            first.iso(),
            thousands(then.cards),
            thousands(then.whole()),
            last.iso(),
            thousands(now.cards),
            thousands(now.whole())
        ),
        _ => String::new(),
    };
    Section {
        id: "known_over_time",
        title: "What you knew, by month".to_owned(),
        note: Some(
            "At the end of each month, of all cards ever answered. SM-2 predicts nothing itself: its intervals are \
             meant to end where nine of ten cards are recalled, so a card's chance is taken as 0.9 to the power of days \
             since its last answer ÷ interval, and as 0 where that answer failed."
                .to_owned(),
        ),
        body: Body::Chart(
            Chart { shape: Shape::Columns, series: vec![1, 2], full: Chart::round_full(most), description },
            Table {
                names: 1,
                columns: vec![name("day", "Day"), number("known", "Likely known"), number("forgotten", "Likely not")],
                rows: rows.collect(),
                when_empty: "",
            },
        ),
    }
}

/// What will have been forgotten if nothing is reviewed.
pub(super) fn fading(progress: &Progress) -> Section {
    let now = progress.knowledge.now;
    let rows = std::iter::once((progress.today, now.millionths)).chain(progress.knowledge.ahead.iter().copied());
    let rows = rows.map(|(day, millionths)| {
        let known = Known { millionths, ..now };
        vec![
            Cell::Weekday(day),
            Cell::Known(known),
            Cell::Count(Known { millionths: now.millionths.saturating_sub(millionths), ..now }.whole()),
        ]
    });
    Section {
        id: "fading",
        title: "If nothing is reviewed".to_owned(),
        note: Some(
            "Cards that you likely know on that day, and those of today that you will likely have forgotten by then."
                .to_owned(),
        ),
        body: Body::Table(Table {
            names: 1,
            columns: vec![name("day", "On"), number("known", "Likely known"), number("forgotten", "Forgotten")],
            rows: if now.cards > 0 { rows.collect() } else { Vec::new() },
            when_empty: "",
        }),
    }
}

/// How each topic stands and what moved.
pub(super) fn topic_levels(progress: &Progress) -> Section {
    let mut listed: Vec<&Standing> = progress.standings.iter().collect();
    let all = listed.len();
    listed.truncate(MOST_TOPICS_LISTED);
    let rows = listed.iter().map(|standing| {
        let mut row = vec![
            Cell::Text(standing.now.title.clone()),
            Cell::Text(standing.now.deck.clone()),
            Cell::Text(standing.now.id.clone()),
            standing.now.level().map_or(Cell::Nothing, level_name),
        ];
        row.extend(standing.now.cards.iter().rev().map(|count| Cell::Count(*count)));
        row.push(standing.then.map_or(Cell::Nothing, |_| Cell::Moved(standing.moved())));
        row
    });
    let reached = |least: Level| {
        listed.iter().filter(|standing| standing.now.level().is_some_and(|level| level >= least)).count()
    };
    let climbed = listed.iter().filter(|standing| standing.moved() > 0).count();
    let overall = level_of(sum_of(listed.iter().map(|standing| &standing.now.cards)));
    let since =
        progress.standings_since.map_or_else(|| "since you began".to_owned(), |day| format!("since {}", day.iso()));
    Section {
        id: "topic_levels",
        title: "Levels by topic".to_owned(),
        note: Some(format!(
            "A topic has the level that at least half of its cards have reached. Moved: levels climbed {since}.{}",
            if all > listed.len() { format!(" {} of {all} topics.", listed.len()) } else { String::new() }
        )),
        body: Body::Chart(
            Chart {
                shape: Shape::Stacked,
                series: vec![4, 5, 6, 7, 8],
                full: 0,
                description: format!(
                    "{} topics: {} mastered, {} solid or better, {} familiar or better; {climbed} climbed {since}. All \
                     cards together: {}.",
                    listed.len(),
                    reached(Level::Mastered),
                    reached(Level::Solid),
                    reached(Level::Familiar),
                    overall.map_or("none", Level::name)
                ),
            },
            Table {
                names: 2,
                columns: vec![
                    name("topic", "Topic"),
                    name("deck", "Deck"),
                    name("id", "Id"),
                    name("level", "Level"),
                    number("mastered", "Mastered"),
                    number("solid", "Solid"),
                    number("familiar", "Familiar"),
                    number("learning", "Learning"),
                    number("unseen", "Unseen"),
                    number("moved", "Moved"),
                ],
                rows: if progress.has_history { rows.collect() } else { Vec::new() },
                when_empty: "",
            },
        ),
    }
}

/// What was taken for what, of one kind.
pub(super) fn confusion(progress: &Progress, kind: Counted) -> Section {
    let (title, note) = match kind {
        Counted::Sides => ("Taken for the other side", "Sort cards: how often which side was chosen."),
        Counted::Pairs => ("Taken for another pair", "Choice cards: how often which pair was chosen."),
        Counted::Speakers => ("Taken for another speaker", "Choice cards: how often which speaker was chosen."),
        Counted::Choices | Counted::Typed => {
            ("Taken for another answer", "Other choice cards: how often which answer was chosen.")
        }
    };
    let found = progress.confusions.iter().find(|confusion| confusion.kind == kind);
    let mut rows = Vec::new();
    let mut description = String::new();
    if let Some(confusion) = found {
        for (expected, counts) in confusion.counts.iter().enumerate() {
            for (given, count) in counts.iter().enumerate() {
                if *count > 0 || expected == given {
                    let name = |place: usize| confusion.names.get(place).cloned().unwrap_or_default();
                    rows.push(vec![
                        Cell::Text(name(expected)),
                        Cell::Text(name(given)),
                        Cell::Count(*count),
                        Cell::Part(*count, confusion.of(expected)),
                    ]);
                }
            }
        }
        let answers: u64 = confusion.counts.iter().flatten().sum();
        let mistakes: u64 = confusion.mistaken().iter().map(|(_, _, count)| count).sum();
        description = match mistakes {
            0 => format!("{} answers, and nothing was taken for anything else.", thousands(answers)),
            _ => {
                format!("{} answers; in {} of them something else was chosen.", thousands(answers), thousands(mistakes))
            }
        };
    }
    Section {
        id: kind.name(),
        title: title.to_owned(),
        note: Some(format!("{note}{HOW_TO_READ}")),
        body: Body::Chart(
            Chart { shape: Shape::Matrix, series: vec![2, 3], full: 1, description },
            Table {
                names: 2,
                columns: vec![
                    name("expected", "Right"),
                    name("given", "Chosen"),
                    number("times", "Times"),
                    number("share", "Share"),
                ],
                rows,
                when_empty: "",
            },
        ),
    }
}

/// Typed answers: right, a slip away, wrong.
pub(super) fn typed(progress: &Progress) -> Section {
    let typed = progress.typed;
    let all = typed.right + typed.near + typed.wrong;
    let rows = [
        ("right", "Right", typed.right),
        ("near", "Nearly: a slip", typed.near),
        ("wrong", "Another answer", typed.wrong),
    ]
    .map(|(key, label, count)| vec![Cell::Named(key, label), Cell::Count(count), Cell::Part(count, all)]);
    Section {
        id: "typed",
        title: "Typed answers".to_owned(),
        note: (all > 0).then(|| "As the program judged them, before you graded.".to_owned()),
        body: Body::Table(Table {
            names: 1,
            columns: vec![name("judged", "Judged"), number("times", "Times"), number("share", "Share")],
            rows: if all > 0 { rows.to_vec() } else { Vec::new() },
            when_empty: when_empty(progress, ""),
        }),
    }
}
