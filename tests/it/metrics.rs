//! Every number of a report, computed a second time in SQL from the table of events alone.
//!
//! The queries share no line with the program: they know the columns of `event` and what docs/metrics.md says.

use crate::world::World;
use crate::year::PROFILES;
use crate::year::live;
use lmq::ops::report::Wanted;
use lmq::ops::report::make;
use lmq::report::renderer;
use rusqlite::Connection;
use serde_json::Value;
use std::collections::BTreeMap;

/// Answers that count, with what they followed on: `nth` answer of the card, `before` (interval), `last`, `due_before`.
const VIEWS: &str = "
CREATE TEMP TABLE a AS
SELECT e.card, e.hlc, e.study_day AS day, e.quality, min(e.took_ms, 60000) AS took, e.interval_days AS ivl, e.due,
       e.repetitions AS reps, e.ease, e.lapses, e.last_quality, d.asked, d.response, d.expected, d.suggested, d.extra,
       row_number() OVER w AS nth, lag(e.interval_days) OVER w AS before, lag(e.study_day) OVER w AS last,
       lag(e.due) OVER w AS due_before, lead(e.study_day) OVER w AS next
FROM event e LEFT JOIN event_detail d ON d.device = e.device AND d.sequence = e.sequence
WHERE e.kind = 1 AND NOT EXISTS (SELECT 1 FROM event u WHERE u.kind = 3 AND u.arg = e.action AND u.arg_device = e.device)
WINDOW w AS (PARTITION BY e.card ORDER BY e.hlc);
CREATE TEMP VIEW reviewed AS SELECT * FROM a WHERE nth > 1 AND day > last;
CREATE TEMP VIEW newest AS SELECT * FROM a x WHERE hlc = (SELECT max(hlc) FROM a y WHERE y.card = x.card);
CREATE TEMP VIEW may AS SELECT c.id AS card, c.deck, n.topic, n.body FROM card c JOIN note n ON n.id = c.note
WHERE c.retired = 0 AND n.retired = 0 AND n.held_out = 0;
CREATE TEMP VIEW grouped AS
SELECT m.card, d.name_id || coalesce('/' || t.name_id, '#' || json_extract(m.body, '$.tags[0]'), '') AS id
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
        pairs.iter().map(|(days, interval)| 0.9_f64.powf((days + later) as f64 / (*interval).max(1) as f64)).sum()
    }
}

fn report(world: &World, since: Option<i64>) -> Value {
    let since = since.map(|day| lmq::core::study_day::StudyDay(i32::try_from(day).unwrap()));
    let wanted = Wanted { since, ..Wanted::default() };
    let report = make(&world.store, &world.settings, world.stamp(), &wanted).unwrap();
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

/// All sections of a report from `since` on (none: from the first answer).
fn check(world: &World, since: Option<i64>) {
    let second = Second::of(world);
    let today = second.today;
    let report = report(world, since);
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
        ("time_mean_ms", "SELECT CAST(round(1.0 * sum(took) / count(*)) AS INTEGER) FROM a WHERE"),
    ] {
        assert_eq!(int(&summary[key]), second.number(&format!("{query} {within}")), "{key}");
    }
    let practised = second.number(&format!("SELECT count(DISTINCT day) FROM a WHERE {within}"));
    assert_eq!(
        (int(&summary["days_practised"]["count"]), int(&summary["days_practised"]["of"])),
        (practised, today - from + 1)
    );

    // Days in a row: a gap counts only where it has a day without a break.
    let runs = second.rows(
        "WITH RECURSIVE brk(day, until) AS (SELECT study_day, arg FROM event WHERE kind = 17 \
           UNION ALL SELECT day + 1, until FROM brk WHERE day + 1 < until), \
         d AS (SELECT DISTINCT day FROM a UNION SELECT day FROM brk), \
         r AS (SELECT day, day - row_number() OVER (ORDER BY day) AS run FROM d) \
         SELECT '', count(*) FILTER (WHERE day IN (SELECT day FROM a)), max(day) FROM r GROUP BY run ORDER BY run",
    );
    let longest = runs.iter().map(|(_, run)| run[0]).max().unwrap();
    let current = runs.last().filter(|(_, run)| run[1] >= today - 1).map_or(0, |(_, run)| run[0]);
    assert_eq!((int(&summary["longest_streak_days"]), int(&summary["streak_days"])), (longest, current));

    // True retention.
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
        let row = &rows(&report, "retention")[index];
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
    assert_eq!(rows(&report, "retention_by_month").len(), months.len());
    for (row, (month, counts)) in rows(&report, "retention_by_month").iter().zip(&months) {
        assert_eq!(row["month"], *month);
        same_share(&row["retention"], counts[0], counts[1], month);
    }

    // Knowledge: now, ahead, and at the ends of months.
    let now =
        second.pairs("SELECT :today - day, ivl FROM (SELECT card, max(day) AS day, ivl FROM newest GROUP BY card)");
    let newest_days = second
        .pairs("SELECT :today - coalesce((SELECT max(day) FROM a b WHERE b.card = n.card), 0), ivl FROM newest n");
    assert_eq!(now.len(), newest_days.len());
    near(&summary["known"]["expected"], Second::expected(&now, 0), "known today");
    assert_eq!(int(&summary["known"]["cards"]), i64::try_from(now.len()).unwrap());
    let friday = (1..=7).find(|ahead| (today + ahead - 1).rem_euclid(7) == 0).unwrap();
    let mut ahead = vec![0, friday, 7, 30];
    ahead.sort_unstable();
    ahead.dedup();
    assert_eq!(rows(&report, "fading").len(), ahead.len());
    for (row, later) in rows(&report, "fading").iter().zip(ahead) {
        assert_eq!(row["day"], iso(today + later));
        near(&row["known"]["expected"], Second::expected(&now, later), "known later");
    }
    let points = rows(&report, "known_over_time");
    let ends = second.number(&format!(
        "WITH RECURSIVE d(day) AS (SELECT {from} UNION ALL SELECT day + 1 FROM d WHERE day + 1 < {today}) \
         SELECT count(*) FROM d WHERE strftime('%d', (day + 1) * 86400, 'unixepoch') = '01'"
    ));
    assert_eq!(points.len(), usize::try_from(ends).unwrap() + 1, "each end of a month, and today");
    for point in points {
        let day: chrono::NaiveDate = point["day"].as_str().unwrap().parse().unwrap();
        let day = i64::from(lmq::core::study_day::StudyDay::from_date(day).0);
        let then = second.pairs(&format!(
            "SELECT {day} - day, ivl FROM a x WHERE hlc = (SELECT max(hlc) FROM a y WHERE y.card = x.card AND y.day <= {day})"
        ));
        assert_eq!(int(&point["known"]["cards"]), i64::try_from(then.len()).unwrap(), "{}", iso(day));
        near(&point["known"]["expected"], Second::expected(&then, 0), &iso(day));
    }

    // Mastery now and at the end of the day before the period (or of a month).
    let looked_back = since.map_or_else(
        || {
            second.number(
                "SELECT CAST(julianday(date((:today - 27) * 86400, 'unixepoch', 'start of month')) - julianday('1970-01-01') \
                 AS INTEGER) - 1",
            )
        },
        |since| since - 1,
    );
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
    let names = ["unseen", "learning", "familiar", "known", "mastered"];
    let then: BTreeMap<String, Vec<i64>> = levels(looked_back).into_iter().collect();
    let shown: BTreeMap<&str, &Value> =
        rows(&report, "mastery").iter().map(|row| (row["id"].as_str().unwrap(), row)).collect();
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
        let moved = i64::try_from(reached(cards)).unwrap() - i64::try_from(reached(&then[id])).unwrap();
        assert_eq!(int(&row["moved"]), moved, "{id}");
    }
    for (row, level) in rows(&report, "levels").iter().zip((0..5).rev()) {
        assert_eq!((row["level"].as_str().unwrap(), int(&row["cards"])), (names[level], sums[level]));
        assert_eq!(int(&row["then"]), then.values().map(|cards| cards[level]).sum::<i64>());
    }

    // What was taken for what.
    let kind = "CASE WHEN asked = 'sort' THEN 'sides' WHEN extra IS NOT NULL THEN 'speakers' \
                WHEN expected LIKE '% / %' AND response LIKE '% / %' THEN 'pairs' ELSE 'choices' END";
    for section in ["sides", "pairs", "speakers", "choices"] {
        for row in rows(&report, section) {
            let (expected, given) = (row["expected"].as_str().unwrap(), row["given"].as_str().unwrap());
            let counted = second.number(&format!(
                "SELECT count(*) FROM a WHERE {within} AND asked IN ('sort', 'choose') AND {kind} = '{section}' \
                 AND expected = '{expected}' AND response = '{given}'"
            ));
            assert_eq!(int(&row["times"]), counted, "{section}: {expected}, {given}");
        }
    }
    let sides = second.number(&format!("SELECT count(*) FROM a WHERE {within} AND asked = 'sort'"));
    assert_eq!(rows(&report, "sides").iter().map(|row| int(&row["times"])).sum::<i64>(), sides);
    for (row, grade) in rows(&report, "typed").iter().zip(["= 4", "= 3", "< 3"]) {
        let counted =
            second.number(&format!("SELECT count(*) FROM a WHERE {within} AND asked = 'type' AND suggested {grade}"));
        assert_eq!(int(&row["times"]), counted, "typed {grade}");
    }

    // Days and what is to come.
    let days = second.rows(&format!(
        "SELECT date(day * 86400, 'unixepoch'), count(*), sum(took) FROM a WHERE {within} AND day > :today - 371 \
         GROUP BY day ORDER BY day"
    ));
    let shown = rows(&report, "calendar");
    assert!(days.len() >= shown.len() && shown.len() + 7 >= days.len().min(300));
    for (row, (day, sums)) in shown.iter().rev().zip(days.iter().rev()) {
        assert_eq!(
            (&row["day"], int(&row["answers"]), int(&row["time_ms"])),
            (&Value::from(day.as_str()), sums[0], sums[1])
        );
    }
    let practice: i64 = rows(&report, "practice").iter().map(|row| int(&row["answers"])).sum();
    assert_eq!(practice, int(&summary["answers"]));
    for (ahead, row) in (0..).zip(rows(&report, "forecast")) {
        let due = if ahead == 0 { "due <= :today".to_owned() } else { format!("due = :today + {ahead}") };
        assert_eq!(int(&row["cards"]), second.number(&format!("SELECT count(*) FROM newest WHERE {due}")), "{ahead}");
    }
    assert_eq!(int(&summary["overdue"]), second.number("SELECT count(*) FROM newest WHERE due < :today"));
    let left = second.number("SELECT count(*) FROM may WHERE card NOT IN (SELECT card FROM a)");
    let limit = i64::from(world.settings.new_per_day);
    let begun_today = second.number("SELECT count(*) FROM a WHERE nth = 1 AND day = :today");
    for (row, horizon) in rows(&report, "outlook").iter().zip([30, 90, 365]) {
        let path = "SELECT day + CASE reps WHEN 0 THEN 1 WHEN 1 THEN 6 ELSE (ivl * ease + 99) / 100 END, reps + 1, \
                    CASE reps WHEN 0 THEN 1 WHEN 1 THEN 6 ELSE (ivl * ease + 99) / 100 END, ease FROM p";
        let reviews = second.number(&format!(
            "WITH RECURSIVE p(day, reps, ivl, ease) AS (SELECT max(due - :today, 0), reps, max(ivl, 1), ease FROM newest \
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
    }
    assert_eq!(
        int(&report["sections"]["maturity"]["values"]["leeches"]),
        second.number("SELECT count(*) FROM newest WHERE lapses >= 8")
    );
    assert_eq!(
        int(&report["sections"]["maturity"]["values"]["mature"]),
        second.number("SELECT count(*) FROM newest WHERE ivl >= 21")
    );

    // Topics over the period.
    for row in rows(&report, "topics") {
        let (title, deck) = (row["topic"].as_str().unwrap(), row["deck"].as_str().unwrap());
        let of_topic = format!(
            "card IN (SELECT m.card FROM may m JOIN deck d ON d.id = m.deck LEFT JOIN topic t ON t.id = m.topic \
             WHERE coalesce(t.title, d.title) = '{title}' AND d.name = '{deck}')"
        );
        let (passed, all) = recalls(&format!("{within} AND {of_topic}"));
        same_share(&row["retention"], passed, all, title);
        assert_eq!(
            int(&row["answers"]),
            second.number(&format!("SELECT count(*) FROM a WHERE {within} AND {of_topic}"))
        );
    }
}

fn check_life(name: &str) {
    let profile = PROFILES.into_iter().find(|profile| profile.name == name).unwrap();
    let mut world = live(profile);
    let today = i64::from(world.today().0);
    for since in [None, Some(today - 13), Some(20_485)] {
        check(&world, since);
    }
    assert_eq!(world.doctor(), []);
    // The same by a search, which reads the log and no sums.
    let wanted = Wanted { search: Some("-is:suspended"), ..Wanted::default() };
    let found = make(&world.store, &world.settings, world.stamp(), &wanted).unwrap();
    let all = make(&world.store, &world.settings, world.stamp(), &Wanted::default()).unwrap();
    assert_eq!(found.sections, all.sections);
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
