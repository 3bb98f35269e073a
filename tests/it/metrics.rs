//! Every number of a report, computed a second time in SQL from the table of events alone.
//!
//! The queries share no line with the program: they know the columns of the log and what docs/metrics.md says. What an answer
//! left behind is no column, so SM-2 is here in SQL too: an answer is a step over the one before it.
//!
//! Longer than 600 lines: a section of the report that nothing here compares must be missed at one look.

use crate::world::World;
use crate::year::PROFILES;
use crate::year::live;
use lmq::ops::report::Wanted;
use lmq::ops::report::build_report;
use lmq::report::renderer;
use rusqlite::Connection;
use serde_json::Value;
use std::collections::BTreeMap;

mod opening;

/// Due cards that are held back: the buried, and of cards of one note or group all but one, or all where one had its turn today.
const HELD: &str = "
WITH kin AS (SELECT w.card, coalesce(n.siblings, -n.id) AS kin, coalesce(b.until, 0) > :today AS buried
             FROM waiting w JOIN note n ON n.id = w.card >> 9 LEFT JOIN buried b ON b.card = w.card WHERE w.due <= :today),
     turn AS (SELECT DISTINCT coalesce(n.siblings, -n.id) AS kin FROM a JOIN note n ON n.id = a.card >> 9 WHERE a.day = :today)
SELECT (SELECT count(*) FROM kin) - (SELECT count(DISTINCT kin) FROM kin WHERE NOT buried AND kin NOT IN (SELECT kin FROM turn))";

/// The interval of a newest answer, or that it failed: then the card is not known, whatever the interval.
const WORTH: &str = "CASE WHEN quality < 3 THEN -1 ELSE ivl END";
const FAILED: i64 = -1;

/// Answers that count, with what they followed on: `nth` answer of the card, `before` (interval), `last`, `due_before`.
const VIEWS: &str = "
CREATE TEMP TABLE void AS SELECT f.arg AS first, f.arg + coalesce(w.entries, 1) - 1 AS last
FROM fact f LEFT JOIN action w ON w.id = f.arg WHERE f.kind = 17;
CREATE TEMP TABLE alive AS SELECT e.card, e.id, e.hlc, e.kind, e.study_day, e.study_day AS day, e.quality, d.arg, e.id >> 32 AS device
FROM event e LEFT JOIN event_detail d ON d.id = e.id
WHERE NOT EXISTS (SELECT 1 FROM void v WHERE e.id BETWEEN v.first AND v.last);
CREATE TEMP TABLE given AS SELECT card, row_number() OVER (PARTITION BY card ORDER BY hlc) AS nth, id, day, quality
FROM alive WHERE kind = 1;
CREATE UNIQUE INDEX temp.given_by_card ON given (card, nth);
CREATE TEMP TABLE memory AS
WITH RECURSIVE m (card, nth, id, day, due, reps, ivl, ease, lapses, quality) AS (
    SELECT DISTINCT card, 0, NULL, NULL, NULL, 0, 0, 250, 0, NULL FROM given
    UNION ALL
    SELECT g.card, g.nth, g.id, coalesce(max(m.day, g.day), g.day),
           CASE WHEN g.day <= m.day THEN m.due ELSE g.day + CASE WHEN g.quality < 3 OR m.reps = 0 THEN 1 WHEN m.reps = 1 THEN 6
                ELSE min((m.ivl * m.ease + 99) / 100, 36500) END END,
           CASE WHEN g.day <= m.day THEN m.reps WHEN g.quality < 3 THEN 0 ELSE m.reps + 1 END,
           CASE WHEN g.day <= m.day THEN m.ivl WHEN g.quality < 3 OR m.reps = 0 THEN 1 WHEN m.reps = 1 THEN 6
                ELSE min((m.ivl * m.ease + 99) / 100, 36500) END,
           CASE WHEN g.day <= m.day THEN m.ease
                ELSE max(m.ease + CASE g.quality WHEN 0 THEN -80 WHEN 1 THEN -54 WHEN 2 THEN -32 WHEN 3 THEN -14 WHEN 4 THEN 0 ELSE 10 END, 130) END,
           m.lapses + (m.nth > 0 AND g.day > m.day AND g.quality < 3), g.quality
    FROM m JOIN given g ON g.card = m.card AND g.nth = m.nth + 1)
SELECT * FROM m WHERE nth > 0;
CREATE UNIQUE INDEX temp.memory_by_id ON memory (id);
CREATE TEMP TABLE a AS
SELECT e.card, e.hlc, e.study_day AS day, e.quality, min(e.took_ms, 60000) AS took, m.ivl, m.due, m.reps, m.ease, m.lapses,
       e.quality AS last_quality, CASE d.asked WHEN 1 THEN 'type' WHEN 2 THEN 'choose' WHEN 3 THEN 'sort' ELSE d.asked END AS asked,
       json_extract(x.body, '$.response') AS response, json_extract(x.body, '$.expected') AS expected, d.suggested,
       coalesce(d.speakers, 0) AS speakers,
       m.nth, lag(m.ivl) OVER w AS before, lag(e.study_day) OVER w AS last,
       lag(m.due) OVER w AS due_before, lead(e.study_day) OVER w AS next
FROM memory m JOIN event e ON e.id = m.id LEFT JOIN event_detail d ON d.id = e.id LEFT JOIN text x ON x.id = e.id
WINDOW w AS (PARTITION BY e.card ORDER BY e.hlc);
CREATE INDEX temp.a_by_card ON a (card, hlc);
CREATE TEMP VIEW said AS SELECT card, kind, arg, row_number() OVER (PARTITION BY card, kind IN (7, 8) ORDER BY hlc DESC) AS nth
FROM alive WHERE kind IN (5, 6, 7, 8);
CREATE TEMP TABLE suspended AS SELECT card FROM said WHERE nth = 1 AND kind = 5;
CREATE TEMP TABLE buried AS SELECT card, arg AS until FROM said WHERE nth = 1 AND kind = 7;
CREATE TEMP VIEW reviewed AS SELECT * FROM a WHERE nth > 1 AND day > last;
CREATE TEMP TABLE newest AS SELECT * FROM a x WHERE hlc = (SELECT max(hlc) FROM a y WHERE y.card = x.card);
CREATE TEMP VIEW waiting AS SELECT * FROM newest WHERE card NOT IN suspended;
CREATE TEMP TABLE may AS SELECT n.id << 9 | o.value AS card, n.deck, n.topic, coalesce(n.tags, json_extract(x.body, '$.tags')) AS tags
FROM note n CROSS JOIN json_each(coalesce(n.ordinals, '[1]')) o LEFT JOIN text x ON x.id = coalesce(n.own, n.source)
WHERE n.retired = 0 AND n.held_out = 0;
CREATE INDEX temp.may_by_card ON may (card);
CREATE TEMP TABLE grouped AS
SELECT m.card, d.name_id || coalesce('/' || t.name_id, '#' || json_extract(m.tags, '$[0]'), '') AS id
FROM may m JOIN deck d ON d.id = m.deck LEFT JOIN topic t ON t.id = m.topic;
";

/// Level of a card by its newest answer, as a number; for `coalesce` where there is none.
const LEVEL: &str =
    "CASE WHEN reps < 2 OR last_quality < 3 THEN 1 WHEN ivl < 21 THEN 2 WHEN ivl < 90 THEN 3 ELSE 4 END";

struct Second {
    db: Connection,
    today: i64,
}

impl Second {
    fn of(world: &World) -> Self {
        let db = Connection::open(world.path()).unwrap();
        db.execute_batch(VIEWS).unwrap();
        Self { db, today: i64::from(world.today().0) }
    }

    fn sql(&self, text: &str) -> String {
        text.replace(":today", &self.today.to_string()).replace(":level", LEVEL)
    }

    fn number(&self, query: &str) -> i64 {
        let query = self.sql(query);
        self.db.query_row(&query, [], |row| row.get(0)).unwrap_or_else(|error| panic!("{error}: {query}"))
    }

    /// Rows of one name and numbers.
    fn rows(&self, query: &str) -> Vec<(String, Vec<i64>)> {
        let query = self.sql(query);
        let mut statement = self.db.prepare(&query).unwrap_or_else(|error| panic!("{error}: {query}"));
        let columns = statement.column_count();
        let rows = statement.query_map([], |row| {
            Ok((row.get(0)?, (1..columns).map(|column| row.get(column)).collect::<Result<_, _>>()?))
        });
        rows.unwrap().collect::<Result<_, _>>().unwrap()
    }

    /// Days and intervals for the chance of recall: one row a card.
    fn pairs(&self, query: &str) -> Vec<(i64, i64)> {
        let query = self.sql(query);
        let mut statement = self.db.prepare(&query).unwrap();
        let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)));
        rows.unwrap().collect::<Result<_, _>>().unwrap()
    }

    /// Expected cards known so many days after their last answers.
    fn expected(pairs: &[(i64, i64)], later: i64) -> f64 {
        let passed = pairs.iter().filter(|(_, interval)| *interval != FAILED);
        passed.map(|(days, interval)| 0.9_f64.powf((days + later) as f64 / (*interval).max(1) as f64)).sum()
    }
}

fn report(world: &World, since: Option<i64>) -> Value {
    let since = since.map(|day| lmq::core::study_day::StudyDay(i32::try_from(day).unwrap()));
    let wanted = Wanted { since, ..Wanted::default() };
    let report = build_report(&world.store, &world.settings, world.stamp(), &wanted).unwrap();
    let mut out = Vec::new();
    renderer("json").unwrap().render(&report, &mut out).unwrap();
    serde_json::from_slice(&out).unwrap()
}

fn iso(day: i64) -> String {
    lmq::core::study_day::StudyDay(i32::try_from(day).unwrap()).iso()
}

fn rows<'r>(report: &'r Value, section: &str) -> &'r Vec<Value> {
    report["sections"][section]["rows"].as_array().unwrap_or_else(|| panic!("no rows in {section}"))
}

fn int(value: &Value) -> i64 {
    value.as_i64().unwrap_or_else(|| panic!("{value} is no number"))
}

fn near(value: &Value, expected: f64, what: &str) {
    let value = value.as_f64().unwrap_or_else(|| panic!("{what}: {value}"));
    assert!((value - expected).abs() < 0.001, "{what}: {value}, not {expected}");
}

/// The Wilson range by its textbook formula.
fn wilson(passed: f64, all: f64) -> (f64, f64) {
    let (z, p) = (1.959_963_984_540_054_f64, passed / all);
    let half = z * (p * (1.0 - p) / all + z * z / (4.0 * all * all)).sqrt();
    let (middle, scale) = (p + z * z / (2.0 * all), 1.0 + z * z / all);
    ((middle - half) / scale, (middle + half) / scale)
}

fn same_share(cell: &Value, passed: i64, all: i64, what: &str) {
    assert_eq!((int(&cell["passed"]), int(&cell["all"])), (passed, all), "{what}");
    if all > 0 {
        let (low, high) = wilson(passed as f64, all as f64);
        near(&cell["ratio"], passed as f64 / all as f64, what);
        near(&cell["low"], low.max(0.0), what);
        near(&cell["high"], high.min(1.0), what);
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("{value} is no text")).to_owned()
}

fn whole(number: f64) -> i64 {
    format!("{number:.0}").parse().unwrap()
}

fn same_known(cell: &Value, cards: &[(i64, i64)], later: i64, what: &str) {
    let expected = Second::expected(cards, later);
    assert_eq!(int(&cell["cards"]), i64::try_from(cards.len()).unwrap(), "{what}");
    near(&cell["expected"], expected, what);
    near(&cell["ratio"], expected / cards.len() as f64, what);
}

/// How often what was taken for what: right, given.
type Counts = BTreeMap<(String, String), i64>;

/// Right, given, times, and of how many, of the twelve names that were mistaken most.
fn table_of(counts: &Counts) -> Vec<(&str, &str, i64, i64)> {
    let mut weights: BTreeMap<&str, (i64, i64)> = BTreeMap::new();
    for ((right, given), count) in counts {
        for name in [right, given] {
            let weight = weights.entry(name).or_default();
            *weight = (weight.0 - count * i64::from(right != given), weight.1 - count);
        }
    }
    let mut names: Vec<(&str, (i64, i64))> = weights.into_iter().collect();
    names.sort_by_key(|(name, weight)| (*weight, *name));
    let mut names: Vec<&str> = names.into_iter().map(|(name, _)| name).take(12).collect();
    names.sort_unstable();
    let times = |right: &str, given: &str| counts.get(&(right.to_owned(), given.to_owned())).copied().unwrap_or(0);
    let mut table = Vec::new();
    for right in &names {
        let of = names.iter().map(|given| times(right, given)).sum();
        for given in &names {
            let count = times(right, given);
            if count > 0 || right == given {
                table.push((*right, *given, count, of));
            }
        }
    }
    table
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Topic {
    title: String,
    deck: String,
    passed: i64,
    all: i64,
    answers: i64,
    time_ms: i64,
}

fn topic_of(row: &Value) -> Topic {
    Topic {
        title: text(&row["topic"]),
        deck: text(&row["deck"]),
        passed: int(&row["retention"]["passed"]),
        all: int(&row["retention"]["all"]),
        answers: int(&row["answers"]),
        time_ms: int(&row["time_ms"]),
    }
}

impl Second {
    /// Topics with answers, by deck and title.
    fn topics(&self, within: &str) -> Vec<Topic> {
        let is_review = "nth > 1 AND day > last";
        let rows = self.rows(&format!(
            "SELECT k.name || char(10) || coalesce(t.title, k.title), count(*) FILTER (WHERE {is_review} AND quality >= 3), \
             count(*) FILTER (WHERE {is_review}), count(*), sum(took) FROM a JOIN note n ON n.id = a.card >> 9 \
             JOIN deck k ON k.id = n.deck LEFT JOIN topic t ON t.id = n.topic \
             WHERE {within} GROUP BY 1 ORDER BY 1"
        ));
        let topic = |(names, sums): (String, Vec<i64>)| {
            let (deck, title) = names.split_once('\n').unwrap();
            let (deck, title) = (deck.to_owned(), title.to_owned());
            Topic { title, deck, passed: sums[0], all: sums[1], answers: sums[2], time_ms: sums[3] }
        };
        rows.into_iter().map(topic).collect()
    }

    /// The deck's name and the title of a group of cards: a topic's, else its tag, else the deck's title.
    fn names(&self, id: &str) -> (String, String) {
        let sql = "SELECT d.name, coalesce(t.title, json_extract(m.tags, '$[0]'), d.title) FROM grouped g \
                   JOIN may m ON m.card = g.card JOIN deck d ON d.id = m.deck \
                   LEFT JOIN topic t ON t.id = m.topic WHERE g.id = ?1";
        self.db.query_row(sql, [id], |row| Ok((row.get(0)?, row.get(1)?))).unwrap()
    }
}

/// Check-ups: right of asked, the ranges, the change since the baseline, and the same by topic.
fn same_checkups(second: &Second, report: &Value) {
    let all = second.rows(
        "SELECT date(min(study_day) * 86400, 'unixepoch'), sum(quality >= 3), count(*), max(arg % 2), arg / 2, \
         max(hlc) < coalesce((SELECT min(hlc) FROM alive WHERE kind IN (1, 2) GROUP BY card ORDER BY 1 LIMIT 1 OFFSET 9), \
         9000000000000000) FROM alive \
         WHERE kind = 15 GROUP BY device, arg / 2 HAVING max(arg % 2) = 1 OR min(study_day) < :today ORDER BY min(hlc)",
    );
    let finished: Vec<&Vec<i64>> = all.iter().map(|(_, sums)| sums).filter(|sums| sums[2] == 1).collect();
    let baseline = finished.iter().find(|sums| sums[4] == 1).copied();
    assert_eq!(rows(report, "checkups").len(), all.len());
    for (row, (day, sums)) in rows(report, "checkups").iter().zip(&all) {
        let state = match sums[2] {
            1 if Some(sums) == baseline => "baseline",
            1 => "finished",
            _ => "left",
        };
        assert_eq!((text(&row["day"]), text(&row["state"])), (day.clone(), state.to_owned()));
        assert_eq!((int(&row["right"]["count"]), int(&row["right"]["of"])), (sums[0], sums[1]), "{day}");
        let (low, high) = wilson(sums[0] as f64, sums[1] as f64);
        near(&row["range"]["low"], low.max(0.0), day);
        near(&row["range"]["high"], high.min(1.0), day);
        let Some(first) = baseline.filter(|first| sums[2] == 1 && *first != sums) else {
            assert!(row["change"].is_null() || row["change"]["difference"].is_null(), "{row}");
            continue;
        };
        let (p1, p2) = (first[0] as f64 / first[1] as f64, sums[0] as f64 / sums[1] as f64);
        let (l1, u1) = wilson(first[0] as f64, first[1] as f64);
        near(&row["change"]["difference"], p2 - p1, day);
        near(&row["change"]["low"], p2 - p1 - (p2 - low).hypot(u1 - p1), day);
        near(&row["change"]["high"], p2 - p1 + (high - p2).hypot(p1 - l1), day);
    }
    let of = |numbers: &[i64]| {
        let numbers: Vec<String> = numbers.iter().map(i64::to_string).collect();
        let among = format!("e.arg / 2 IN ({})", numbers.join(", "));
        let rows = second.rows(&format!(
            "SELECT coalesce(t.title, k.name), sum(e.quality >= 3), count(*) FROM alive e JOIN note n ON n.id = e.card >> 9 \
             JOIN deck k ON k.id = n.deck LEFT JOIN topic t ON t.id = n.topic \
             WHERE e.kind = 15 AND {among} GROUP BY 1"
        ));
        rows.into_iter().collect::<BTreeMap<_, _>>()
    };
    let before = baseline.map(|sums| of(&[sums[3]])).unwrap_or_default();
    let latest = finished.last().filter(|sums| Some(**sums) != baseline);
    let latest = latest.map(|sums| of(&[sums[3]])).unwrap_or_default();
    // One that still goes on says nothing yet.
    let sums = of(&all.iter().map(|(_, sums)| sums[3]).collect::<Vec<_>>());
    assert_eq!(rows(report, "checkup_topics").iter().map(|row| text(&row["topic"])).collect::<Vec<_>>(), {
        sums.keys().cloned().collect::<Vec<_>>()
    });
    for row in rows(report, "checkup_topics") {
        for (key, counts) in [("baseline", &before), ("latest", &latest), ("all", &sums)] {
            match counts.get(&text(&row["topic"])) {
                Some(counts) => {
                    assert_eq!((int(&row[key]["count"]), int(&row[key]["of"])), (counts[0], counts[1]), "{row} {key}");
                }
                None => assert!(row[key].is_null(), "{row} {key}"),
            }
        }
    }
}

/// All sections of a report from `since` on (none: from the first answer).
fn check(world: &World, second: &Second, since: Option<i64>, report: &Value) {
    let today = second.today;
    let from = since.unwrap_or_else(|| second.number("SELECT min(day) FROM a"));
    let within = format!("day BETWEEN {from} AND {today}");
    let summary = &report["sections"]["summary"]["values"];
    for (key, query) in [
        ("answers", "SELECT count(*) FROM a WHERE"),
        ("first", "SELECT count(*) FROM a WHERE nth = 1 AND"),
        ("repeats", "SELECT count(*) FROM a WHERE nth > 1 AND day = last AND"),
        ("reviews", "SELECT count(*) FROM reviewed WHERE"),
        ("early", "SELECT count(*) FROM reviewed WHERE day < due_before AND"),
        ("time_ms", "SELECT sum(took) FROM a WHERE"),
        ("time_per_day_ms", "SELECT sum(took) / count(DISTINCT day) FROM a WHERE"),
        ("crammed", "SELECT count(*) FROM alive WHERE kind = 2 AND"),
        ("imported", "SELECT count(*) FROM alive WHERE kind = 12 AND"),
        ("time_mean_ms", "SELECT CAST(round(1.0 * sum(took) / count(*)) AS INTEGER) FROM a WHERE"),
    ] {
        assert_eq!(int(&summary[key]), second.number(&format!("{query} {within}")), "{key}");
    }
    let practised = second.number(&format!("SELECT count(DISTINCT day) FROM a WHERE {within}"));
    assert_eq!(
        (int(&summary["days_practised"]["count"]), int(&summary["days_practised"]["of"])),
        (practised, today - from + 1)
    );

    let load = second.pairs("SELECT 0, ivl FROM waiting").into_iter().map(|(_, ivl)| 1.0 / ivl.max(1) as f64);
    near(&summary["daily_load"], load.sum(), "daily load");
    let (waiting, held) = (second.number("SELECT count(*) FROM waiting WHERE due <= :today"), second.number(HELD));
    assert_eq!(int(&summary["due_today"]), waiting - held);

    // Days in a row: a gap counts only where it has a day without a break.
    let runs = second.rows(
        "WITH RECURSIVE brk(day, until) AS (SELECT a.study_day, f.arg FROM fact f JOIN action a USING (id) WHERE f.kind = 19 \
           UNION ALL SELECT day + 1, until FROM brk WHERE day + 1 < until), \
         d AS (SELECT DISTINCT day FROM a UNION SELECT day FROM brk), \
         r AS (SELECT day, day - row_number() OVER (ORDER BY day) AS run FROM d) \
         SELECT '', count(*) FILTER (WHERE day IN (SELECT day FROM a)), max(day) FROM r GROUP BY run ORDER BY run",
    );
    let longest = runs.iter().map(|(_, run)| run[0]).max().unwrap();
    let current = runs.last().filter(|(_, run)| run[1] >= today - 1).map_or(0, |(_, run)| run[0]);
    assert_eq!((int(&summary["longest_streak_days"]), int(&summary["streak_days"])), (longest, current));

    // True retention.
    assert_eq!(summary["retention"], rows(report, "retention")[0]["both"]);
    let recalls = |filter: &str| {
        let query = format!("SELECT '', coalesce(sum(quality >= 3), 0), count(*) FROM reviewed WHERE {filter}");
        let row = second.rows(&query).remove(0).1;
        (row[0], row[1])
    };
    for (index, (window, days)) in [
        ("period", within.clone()),
        ("today", format!("day = {today}")),
        ("yesterday", format!("day = {today} - 1")),
        ("last_7", format!("day BETWEEN {today} - 6 AND {today}")),
        ("last_30", format!("day BETWEEN {today} - 29 AND {today}")),
        ("last_365", format!("day BETWEEN {today} - 364 AND {today}")),
        ("all", "1".to_owned()),
    ]
    .into_iter()
    .enumerate()
    {
        let row = &rows(report, "retention")[index];
        assert_eq!(row["window"], window);
        for (column, filter) in [("young", " AND before < 21"), ("mature", " AND before >= 21"), ("both", "")] {
            let (passed, all) = recalls(&format!("{days}{filter}"));
            same_share(&row[column], passed, all, &format!("{window} {column}"));
        }
    }
    let months = second.rows(&format!(
        "SELECT strftime('%Y-%m-01', max(day, {from}) * 86400, 'unixepoch'), sum(quality >= 3), count(*) FROM reviewed \
         WHERE {within} GROUP BY 1 ORDER BY 1"
    ));
    assert_eq!(rows(report, "retention_by_month").len(), months.len());
    for (row, (month, counts)) in rows(report, "retention_by_month").iter().zip(&months) {
        assert_eq!(row["month"], *month);
        same_share(&row["retention"], counts[0], counts[1], month);
    }

    // Knowledge: now, ahead, and at the ends of months.
    let now = second.pairs(&format!(
        "SELECT :today - day, {WORTH} FROM (SELECT card, max(day) AS day, ivl, quality FROM newest GROUP BY card)"
    ));
    let newest_days = second
        .pairs("SELECT :today - coalesce((SELECT max(day) FROM a b WHERE b.card = n.card), 0), ivl FROM newest n");
    assert_eq!(now.len(), newest_days.len());
    near(&summary["known"]["expected"], Second::expected(&now, 0), "known today");
    assert_eq!(int(&summary["known"]["cards"]), i64::try_from(now.len()).unwrap());
    near(&summary["known"]["ratio"], Second::expected(&now, 0) / now.len() as f64, "known of answered");
    opening::same_opening(second, report, &now);
    let friday = (1..=7).find(|ahead| (today + ahead - 1).rem_euclid(7) == 0).unwrap();
    same_known(&summary["known_friday"], &now, friday, "known on Friday");
    let mut ahead = vec![0, friday, 7, 30];
    ahead.sort_unstable();
    ahead.dedup();
    assert_eq!(rows(report, "fading").len(), ahead.len());
    for (row, later) in rows(report, "fading").iter().zip(ahead) {
        assert_eq!(row["day"], iso(today + later));
        same_known(&row["known"], &now, later, "known later");
        let forgotten = Second::expected(&now, 0) - Second::expected(&now, later);
        assert_eq!(int(&row["forgotten"]), whole(forgotten));
    }
    let points = rows(report, "known_over_time");
    let ends = second.number(&format!(
        "WITH RECURSIVE d(day) AS (SELECT {from} UNION ALL SELECT day + 1 FROM d WHERE day + 1 < {today}) \
         SELECT count(*) FROM d WHERE strftime('%d', (day + 1) * 86400, 'unixepoch') = '01'"
    ));
    assert_eq!(points.len(), usize::try_from(ends).unwrap() + 1, "each end of a month, and today");
    for point in points {
        let day: chrono::NaiveDate = point["day"].as_str().unwrap().parse().unwrap();
        let day = i64::from(lmq::core::study_day::StudyDay::from_date(day).0);
        let then = second.pairs(&format!(
            "SELECT {day} - day, {WORTH} FROM a x WHERE hlc = (SELECT max(hlc) FROM a y WHERE y.card = x.card AND y.day <= {day})"
        ));
        same_known(&point["known"], &then, 0, &iso(day));
        let known = whole(Second::expected(&then, 0));
        assert_eq!(int(&point["forgotten"]), i64::try_from(then.len()).unwrap() - known, "{}", iso(day));
    }

    // Levels now and at the end of the day before the period (or of a month).
    let looked_back = since.map_or_else(
        || {
            second.number(
                "SELECT CAST(julianday(date((:today - 27) * 86400, 'unixepoch', 'start of month')) - julianday('1970-01-01') \
                 AS INTEGER) - 1",
            )
        },
        |since| since - 1,
    );
    // Where nothing had been answered by then, there is nothing to compare with.
    let had_begun = second.number("SELECT min(day) FROM a") <= looked_back;
    assert_eq!(summary["moved_since"], if had_begun { iso(looked_back).into() } else { Value::Null });
    let levels = |day: i64| {
        let counts: Vec<String> = (0..5).map(|level| format!("sum(level = {level})")).collect();
        second.rows(&format!(
            "SELECT g.id, {} FROM (SELECT g.card, g.id, coalesce((SELECT :level FROM a WHERE a.card = g.card AND \
             a.day <= {day} ORDER BY hlc DESC LIMIT 1), 0) AS level FROM grouped g) g GROUP BY g.id ORDER BY g.id",
            counts.join(", ")
        ))
    };
    let reached = |cards: &[i64]| {
        let all: i64 = cards.iter().sum();
        (0..5).rev().find(|level| cards[*level..].iter().sum::<i64>() * 2 >= all).unwrap()
    };
    let names = ["unseen", "learning", "familiar", "solid", "mastered"];
    let then: BTreeMap<String, Vec<i64>> = levels(looked_back).into_iter().collect();
    let shown: BTreeMap<&str, &Value> =
        rows(report, "topic_levels").iter().map(|row| (row["id"].as_str().unwrap(), row)).collect();
    let now_levels = levels(today);
    assert_eq!(shown.len(), now_levels.len());
    let mut sums = [0; 5];
    for (id, cards) in &now_levels {
        let row = shown[id.as_str()];
        for (level, name) in names.iter().enumerate() {
            assert_eq!(int(&row[*name]), cards[level], "{id} {name}");
            sums[level] += cards[level];
        }
        assert_eq!(row["level"], names[reached(cards)], "{id}");
        let (deck, title) = second.names(id);
        assert_eq!((&row["deck"], &row["topic"]), (&deck.into(), &title.into()), "{id}");
        let moved = i64::try_from(reached(cards)).unwrap() - i64::try_from(reached(&then[id])).unwrap();
        assert_eq!(int(&row["moved"]), moved, "{id}");
    }
    assert_eq!(rows(report, "levels").len(), 5);
    for (row, level) in rows(report, "levels").iter().zip((0..5).rev()) {
        assert_eq!((row["level"].as_str().unwrap(), int(&row["cards"])), (names[level], sums[level]));
        assert_eq!(int(&row["then"]), then.values().map(|cards| cards[level]).sum::<i64>());
    }

    // What was taken for what.
    let kind = "CASE WHEN asked = 'sort' THEN 'sides' WHEN speakers THEN 'speakers' \
                WHEN expected LIKE '% / %' AND response LIKE '% / %' THEN 'pairs' ELSE 'choices' END";
    for section in ["sides", "pairs", "speakers", "choices"] {
        let counts: Counts = second
            .rows(&format!(
                "SELECT expected || char(10) || response, count(*) FROM a WHERE {within} AND asked IN ('sort', 'choose') \
                 AND expected IS NOT NULL AND response IS NOT NULL AND {kind} = '{section}' GROUP BY 1"
            ))
            .into_iter()
            .map(|(names, count)| (names.split_once('\n').map(|(a, b)| (a.to_owned(), b.to_owned())).unwrap(), count[0]))
            .collect();
        let shown: Vec<(&str, &str, i64, i64, i64)> = rows(report, section)
            .iter()
            .map(|row| {
                let name = |key: &str| row[key].as_str().unwrap();
                let share = &row["share"];
                (name("expected"), name("given"), int(&row["times"]), int(&share["count"]), int(&share["of"]))
            })
            .collect();
        let expected = table_of(&counts);
        let expected: Vec<_> =
            expected.iter().map(|(right, given, times, of)| (*right, *given, *times, *times, *of)).collect();
        assert_eq!(shown, expected, "{section}");
    }
    let typed = second.number(&format!("SELECT count(*) FROM a WHERE {within} AND asked = 'type'"));
    assert_eq!(rows(report, "typed").len(), 3);
    for (row, (judged, grade)) in
        rows(report, "typed").iter().zip([("right", "= 4"), ("near", "= 3"), ("wrong", "< 3")])
    {
        let counted =
            second.number(&format!("SELECT count(*) FROM a WHERE {within} AND asked = 'type' AND suggested {grade}"));
        assert_eq!((&row["judged"], int(&row["times"])), (&judged.into(), counted));
        assert_eq!((int(&row["share"]["count"]), int(&row["share"]["of"])), (counted, typed), "typed {grade}");
    }

    // Days and what is to come.
    let days = second.rows(&format!(
        "SELECT date(day * 86400, 'unixepoch'), count(*), sum(took) FROM a WHERE {within} \
         AND day > (SELECT max(day) FROM a WHERE {within}) - 371 GROUP BY day ORDER BY day"
    ));
    let shown: Vec<(String, Vec<i64>)> = rows(report, "calendar")
        .iter()
        .map(|row| (text(&row["day"]), vec![int(&row["answers"]), int(&row["time_ms"])]))
        .collect();
    assert_eq!(shown, days, "the last 53 weeks");
    let span = match today - from.max(second.number("SELECT min(day) FROM a")) + 1 {
        ..=92 => "day",
        93..=644 => "(day - (day + 3) % 7)",
        _ => panic!("no life is so long"),
    };
    let spans = second.rows(&format!(
        "WITH RECURSIVE d(day) AS (SELECT max({from}, (SELECT min(day) FROM a)) UNION ALL SELECT day + 1 FROM d \
           WHERE day < {today}) \
         SELECT date({span} * 86400, 'unixepoch'), count(nth) FILTER (WHERE nth > 1 AND a.day > last), \
           count(nth) FILTER (WHERE nth = 1), count(nth) FILTER (WHERE nth > 1 AND a.day = last), count(nth), \
           coalesce(sum(took), 0) FROM d LEFT JOIN a USING (day) GROUP BY 1 ORDER BY 1"
    ));
    let shown: Vec<(String, Vec<i64>)> = rows(report, "practice")
        .iter()
        .map(|row| {
            (
                text(&row["from"]),
                ["reviews", "first", "repeats", "answers", "time_ms"].map(|key| int(&row[key])).to_vec(),
            )
        })
        .collect();
    assert_eq!(shown, spans, "answers by day or week");
    assert_eq!(rows(report, "forecast").len(), 30);
    // Those that are due longest are held back last.
    let due_just_today = second.number("SELECT count(*) FROM waiting WHERE due = :today");
    let overdue = second.number("SELECT count(*) FROM waiting WHERE due < :today") - (held - due_just_today).max(0);
    for (ahead, row) in (0..).zip(rows(report, "forecast")) {
        let due = if ahead == 0 { "due <= :today".to_owned() } else { format!("due = :today + {ahead}") };
        // What is held back today waits for tomorrow.
        let moved = match ahead {
            0 => -held,
            1 => held,
            _ => 0,
        };
        let cards = second.number(&format!("SELECT count(*) FROM waiting WHERE {due}")) + moved;
        let overdue = overdue * i64::from(ahead == 0);
        assert_eq!(row["day"], iso(today + ahead));
        assert_eq!((int(&row["cards"]), int(&row["overdue"]), int(&row["due"])), (cards, overdue, cards - overdue));
    }
    assert_eq!(int(&summary["overdue"]), overdue);
    let left = second.number(
        "SELECT count(*) FROM may WHERE card NOT IN (SELECT card FROM a) AND card NOT IN suspended \
         AND card NOT IN (SELECT card FROM buried WHERE until > :today)",
    );
    let limit = i64::from(world.settings.new_per_day);
    let begun_today = second.number("SELECT count(*) FROM a WHERE nth = 1 AND day = :today");
    assert_eq!(int(&summary["due_later"]), second.number("SELECT count(*) FROM waiting WHERE due > :today + 29"));
    assert_eq!(int(&summary["new_per_day"]), limit);
    let (places, of_full_days) = ((limit - begun_today).max(0), left - (limit - begun_today).max(0));
    let last_new = today + if left <= places { 0 } else { (of_full_days + limit - 1) / limit };
    assert_eq!(summary["last_new"], if left == 0 { Value::Null } else { iso(last_new).into() });
    assert_eq!(rows(report, "outlook").len(), 3);
    for (row, horizon) in rows(report, "outlook").iter().zip([30, 90, 365]) {
        assert_eq!(int(&row["within"]), horizon);
        let path = "SELECT day + CASE reps WHEN 0 THEN 1 WHEN 1 THEN 6 ELSE (ivl * ease + 99) / 100 END, reps + 1, \
                    CASE reps WHEN 0 THEN 1 WHEN 1 THEN 6 ELSE (ivl * ease + 99) / 100 END, ease FROM p";
        let reviews = second.number(&format!(
            "WITH RECURSIVE p(day, reps, ivl, ease) AS (SELECT max(due - :today, 0), reps, max(ivl, 1), ease FROM waiting \
             UNION ALL {path} WHERE day < {horizon}) SELECT count(*) FROM p WHERE day < {horizon}"
        ));
        assert_eq!(int(&row["reviews"]), reviews, "reviews in {horizon} days");
        let of_new = second.rows(&format!(
            "WITH RECURSIVE n(day, begun, left) AS (SELECT 0, min({left}, max({limit} - {begun_today}, 0)), \
               {left} - min({left}, max({limit} - {begun_today}, 0)) \
             UNION ALL SELECT day + 1, min(left, {limit}), left - min(left, {limit}) FROM n WHERE day + 1 < {horizon}), \
             p(day, reps, ivl, ease) AS (SELECT 1, 1, 1, 250 UNION ALL {path} WHERE day < {horizon}) \
             SELECT '', (SELECT sum(begun) FROM n), (SELECT coalesce(sum(begun), 0) FROM n, p WHERE n.day + p.day < {horizon})"
        ));
        assert_eq!((int(&row["new"]), int(&row["reviews_of_new"])), (of_new[0].1[0], of_new[0].1[1]), "{horizon}");
        let answers = reviews + of_new[0].1.iter().sum::<i64>();
        assert_eq!((int(&row["answers"]), int(&row["time_ms"])), (answers, answers * int(&summary["time_mean_ms"])));
    }
    assert_eq!(
        int(&report["sections"]["maturity"]["values"]["leeches"]),
        second.number("SELECT count(*) FROM newest WHERE lapses >= 8")
    );
    assert_eq!(
        int(&report["sections"]["maturity"]["values"]["mature"]),
        second.number("SELECT count(*) FROM waiting WHERE ivl >= 21")
    );

    assert_eq!(
        int(&report["sections"]["maturity"]["values"]["young"]),
        second.number("SELECT count(*) FROM waiting WHERE ivl < 21")
    );
    let words = second.rows(
        "SELECT CASE WHEN m.card IN suspended THEN 'suspended' \
           WHEN m.card IN (SELECT card FROM buried WHERE until > :today) THEN 'buried' \
           WHEN n.card IS NULL THEN 'new' WHEN n.reps < 2 OR n.day = :today AND n.last_quality < 3 THEN 'learning' \
           ELSE 'review' END, count(*) FROM may m LEFT JOIN newest n USING (card) GROUP BY 1",
    );
    let words: BTreeMap<String, Vec<i64>> = words.into_iter().collect();
    assert_eq!(rows(report, "cards").len(), 5);
    for (row, state) in rows(report, "cards").iter().zip(["new", "learning", "review", "suspended", "buried"]) {
        assert_eq!((text(&row["state"]), int(&row["cards"])), (state.to_owned(), words.get(state).map_or(0, |n| n[0])));
    }

    // Topics over the period.
    let topics = second.topics(&format!("a.{within}"));
    let shown: Vec<Topic> = rows(report, "topics").iter().map(topic_of).collect();
    assert_eq!(shown, topics);
    for row in ["topics", "weakest", "strongest"].into_iter().flat_map(|section| rows(report, section)) {
        let topic = topic_of(row);
        same_share(&row["retention"], topic.passed, topic.all, &topic.title);
    }
    // Ranked by retention among those with five reviews and more: the best half, five at most, and of the others those
    // that were ever failed.
    let mut ranked: Vec<Topic> = topics.into_iter().filter(|topic| topic.all >= 5).collect();
    let worse = |a: &Topic, b: &Topic| (a.passed * b.all).cmp(&(b.passed * a.all));
    let tie = |a: &Topic, b: &Topic| b.all.cmp(&a.all).then_with(|| (&a.deck, &a.title).cmp(&(&b.deck, &b.title)));
    ranked.sort_by(|a, b| worse(b, a).then_with(|| tie(a, b)));
    let mut weakest = ranked.split_off(ranked.len().div_ceil(2).min(5));
    weakest.retain(|topic| topic.passed < topic.all);
    weakest.sort_by(|a, b| worse(a, b).then_with(|| tie(a, b)));
    weakest.truncate(5);
    for (section, expected) in [("strongest", ranked), ("weakest", weakest)] {
        assert_eq!(rows(report, section).iter().map(topic_of).collect::<Vec<_>>(), expected, "{section}");
    }
    same_checkups(second, report);
}

fn life(name: &str) -> World {
    live(PROFILES.into_iter().find(|profile| profile.name == name).unwrap())
}

fn check_life(name: &str) {
    let mut world = life(name);
    let second = Second::of(&world);
    for since in [None, Some(second.today - 13), Some(20_485)] {
        check(&world, &second, since, &report(&world, since));
    }
    assert_eq!(world.doctor(), []);
    // The same by a search, which reads the log and no sums.
    let wanted = Wanted { search: Some("is:suspended OR -is:suspended"), ..Wanted::default() };
    let found = build_report(&world.store, &world.settings, world.stamp(), &wanted).unwrap();
    let all = build_report(&world.store, &world.settings, world.stamp(), &Wanted::default()).unwrap();
    for (found, all) in found.sections.iter().zip(&all.sections) {
        assert_eq!(found, all);
    }
}

#[test]
fn every_metric_of_a_steady_year_is_what_sql_says() {
    check_life("steady");
}

#[test]
fn every_metric_of_a_forgetful_half_year_is_what_sql_says() {
    check_life("forgetful");
}

#[test]
fn every_metric_of_three_weeks_is_what_sql_says() {
    check_life("brief");
}

/// Where a value stands in a document, and what it is.
fn leaves(value: &Value, at: &str, found: &mut Vec<(String, Value)>) {
    match value {
        Value::Object(parts) => parts.iter().for_each(|(key, part)| leaves(part, &format!("{at}/{key}"), found)),
        Value::Array(parts) => {
            parts.iter().enumerate().for_each(|(place, part)| leaves(part, &format!("{at}/{place}"), found));
        }
        Value::Null => {}
        _ => found.push((at.to_owned(), value.clone())),
    }
}

/// That nothing is left out above: each value of each section, made wrong by one, has to fail.
#[test]
fn no_value_of_a_report_is_left_uncompared() {
    let world = life("forgetful");
    let second = Second::of(&world);
    let report = report(&world, None);
    check(&world, &second, None, &report);
    let mut tried = std::collections::BTreeSet::new();
    let mut missed = Vec::new();
    for (section, body) in report["sections"].as_object().unwrap() {
        let mut found = Vec::new();
        for part in ["rows", "values"] {
            leaves(&body[part], &format!("/sections/{section}/{part}"), &mut found);
        }
        assert!(!found.is_empty(), "{section} has nothing to compare");
        // One row will do, from the end: the first one has the least in it.
        for (at, value) in found.into_iter().rev() {
            let name: String =
                at.split('/').filter(|part| part.parse::<usize>().is_err()).collect::<Vec<_>>().join("/");
            if !tried.insert(name) {
                continue;
            }
            let mut wrong = report.clone();
            *wrong.pointer_mut(&at).unwrap() = match &value {
                Value::Number(number) if number.is_f64() => (number.as_f64().unwrap() + 0.01).into(),
                Value::Number(number) => (number.as_i64().unwrap() + 1).into(),
                other => format!("{}x", other.as_str().unwrap()).into(),
            };
            let outcome =
                std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| check(&world, &second, None, &wrong)));
            if outcome.is_ok() {
                missed.push(at);
            }
        }
    }
    assert_eq!(missed, Vec::<String>::new(), "nobody computes these a second time");
    assert!(tried.len() > 130, "{} kinds of values", tried.len());
}
