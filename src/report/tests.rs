use super::*;

use crate::core::checkup::Taken;
use crate::core::id::DeviceId;
use crate::core::mastery::TopicMastery;
use crate::core::progress::Progress;
use crate::core::progress::Totals;
use crate::core::progress::test_history;
use crate::core::state::StateWord;
use crate::core::study_day::StudyDay;
use crate::core::study_day::Timestamp;
use crate::core::totals::Counted;
use crate::core::totals::Recalls;
use crate::core::totals::SideTotals;
use crate::core::totals::TopicTotals;
use crate::core::units::Days;
use crate::core::units::Ease;

/// What must not work in any form, wherever a deck can put it.
const HOSTILE: &str = "=HYPERLINK(\"http://x.test\")<script>alert(1)</script>\u{1b}[2J\u{9b}1m\u{202e}|`x`\n# h *b*";

fn at() -> Timestamp {
    Timestamp::from_rfc3339("2026-04-14T18:05:00+02:00").unwrap()
}

fn report_of(totals: &Totals) -> Report {
    build(&Progress::new(totals), at(), None, None)
}

fn two_weeks() -> Report {
    let mut totals = test_history::totals();
    totals.since = Some(test_history::TODAY.plus(-13));
    let cards = [
        CardLine {
            deck: "Differences".into(),
            card: "D09-1".into(),
            state: StateWord::Review,
            due: Some(test_history::TODAY.plus(3)),
            interval: Some(Days(38)),
            ease: Some(Ease::START),
            lapses: 1,
        },
        CardLine {
            deck: "Skills".into(),
            card: "What does a person who listens do first, before anything else, and how can others tell".into(),
            state: StateWord::New,
            due: None,
            interval: None,
            ease: None,
            lapses: 0,
        },
    ];
    build(&Progress::new(&totals), at(), Some("Differences, Skills"), Some(&cards))
}

fn rendered(name: &str, report: &Report) -> String {
    let mut out = Vec::new();
    renderer(name).unwrap().render(report, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

fn json(report: &Report) -> serde_json::Value {
    serde_json::from_str(&rendered("json", report)).unwrap()
}

#[test]
fn one_report_in_every_form() {
    let report = two_weeks();
    for renderer in RENDERERS {
        insta::assert_snapshot!(renderer.name(), rendered(renderer.name(), &report));
    }
}

#[test]
fn an_empty_history_says_what_to_do() {
    let report = report_of(&test_history::empty());
    insta::assert_snapshot!("empty", rendered("text", &report));
    for form in ["text", "md"] {
        assert!(rendered(form, &report).contains("No answers yet: run `lmq review`."), "{form}");
    }
    let html = rendered("html", &report);
    assert!(html.contains("No answers yet: run <code>lmq review</code>."));
    assert!(!html.contains("NaN") && !html.contains("inf"));
}

#[test]
fn a_period_without_answers_does_not_say_that_there_never_were_any() {
    let mut totals = test_history::totals();
    totals.since = Some(test_history::TODAY.plus(-400));
    totals.until = Some(test_history::TODAY.plus(-300));
    let text = rendered("text", &report_of(&totals));
    assert!(text.contains("No answers in this period.") && !text.contains("No answers yet"));
    totals.since = Some(test_history::TODAY);
    for form in RENDERERS {
        rendered(form.name(), &report_of(&totals));
    }
}

#[test]
fn names_are_unique_and_found() {
    for (index, one) in RENDERERS.iter().enumerate() {
        assert!(RENDERERS.iter().skip(index + 1).all(|other| other.name() != one.name()));
        assert!(renderer(one.name()).is_some_and(|found| found.extension() == one.extension()));
    }
    assert!(renderer("pdf").is_none());
}

#[test]
fn text_fits_80_columns() {
    use unicode_width::UnicodeWidthStr as _;
    for report in [report_of(&test_history::totals()), report_of(&test_history::empty()), two_weeks(), hostile()] {
        for line in rendered("text", &report).lines() {
            assert!(line.width() <= 80, "{} columns: {line}", line.width());
        }
    }
}

fn with_commas(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

fn minutes(ms: u64) -> String {
    let minutes = ms as f64 / 60_000.0;
    match format!("{minutes:.0}").parse::<u64>().unwrap() {
        0 if ms > 0 => "< 1 min".to_owned(),
        minutes @ 0..60 => format!("{minutes} min"),
        minutes => format!("{} h {:02} min", minutes / 60, minutes % 60),
    }
}

/// Counts under a hundred; above that the percentage with its Wilson range, 0 % and 100 % kept for none and all.
fn share_worded(passed: u64, all: u64) -> String {
    match all {
        0 => "-".to_owned(),
        1..100 => format!("{} of {}", with_commas(passed), with_commas(all)),
        _ => {
            let (z, n, p) = (1.959_963_984_540_054_f64, all as f64, passed as f64 / all as f64);
            let half = z * (p * (1.0 - p) / n + z * z / (4.0 * n * n)).sqrt();
            let end = |half: f64| ((p + z * z / (2.0 * n) + half) / (1.0 + z * z / n)).clamp(0.0, 1.0) * 100.0;
            let percent = match passed {
                0 => 0.0,
                some if some == all => 100.0,
                _ => (p * 100.0 + 1e-9).round().clamp(1.0, 99.0),
            };
            format!("{percent:.0} % ({:.0}–{:.0})", end(-half), end(half))
        }
    }
}

/// A change with its sign, in the unit of the fact that changed.
fn change_worded(fact: &str, value: &serde_json::Value) -> String {
    let change = value.as_f64().unwrap();
    let size = change.abs();
    let whole = with_commas(format!("{size:.0}").parse().unwrap());
    let words = match fact {
        _ if change == 0.0 => return "=".to_owned(),
        "retention" if whole == "1" => "1 point".to_owned(),
        "retention" => format!("{whole} points"),
        "time_mean_ms" => format!("{:.1} s", size / 1000.0),
        fact if fact.ends_with("_ms") && size < 60_000.0 => format!("{:.0} s", size / 1000.0),
        fact if fact.ends_with("_ms") => minutes(value.as_i64().unwrap().unsigned_abs()),
        fact if fact.ends_with("_days") => format!("{whole} day{}", if whole == "1" { "" } else { "s" }),
        "daily_load" => format!("{size:.1} a day"),
        _ => whole,
    };
    format!("{}{words}", if change > 0.0 { '+' } else { '−' })
}

/// What a person reads where a program reads `value`: worded here a second time.
fn worded(key: &str, value: &serde_json::Value) -> String {
    let number = |key: &str| value[key].as_u64().unwrap();
    let points = |key: &str| {
        let points = format!("{:.0}", value[key].as_f64().unwrap() * 100.0).parse::<i64>().unwrap();
        match points {
            0 => "0".to_owned(),
            up @ 1.. => format!("+{up}"),
            down => format!("−{}", -down),
        }
    };
    match value {
        serde_json::Value::Null => "-".to_owned(),
        serde_json::Value::Object(parts) if parts.contains_key("expected") => {
            let expected = format!("{:.0}", parts["expected"].as_f64().unwrap()).parse().unwrap();
            format!("{} of {}", with_commas(expected), with_commas(number("cards")))
        }
        serde_json::Value::Object(parts) if parts.contains_key("passed") => {
            share_worded(number("passed"), number("all"))
        }
        serde_json::Value::Object(_) if key == "days_practised" => {
            format!("{} of {}", with_commas(number("count")), with_commas(number("of")))
        }
        serde_json::Value::Object(parts) if parts.contains_key("count") => share_worded(number("count"), number("of")),
        serde_json::Value::Object(parts) if parts.contains_key("difference") => {
            format!("{} to {} points", points("low"), points("high"))
        }
        serde_json::Value::Object(_) => {
            let percent = |key: &str| format!("{:.0}", value[key].as_f64().unwrap() * 100.0);
            format!("{}–{} %", percent("low"), percent("high"))
        }
        serde_json::Value::Number(number) if key == "moved" => match number.as_i64().unwrap() {
            0 => "=".to_owned(),
            up @ 1.. => format!("+{up}"),
            down => format!("−{}", -down),
        },
        serde_json::Value::Number(number) if key == "time_mean_ms" => {
            format!("{:.1} s", number.as_f64().unwrap() / 1000.0)
        }
        serde_json::Value::Number(number) if key.ends_with("_ms") => minutes(number.as_u64().unwrap()),
        serde_json::Value::Number(number) if key == "daily_load" => format!("{:.1} a day", number.as_f64().unwrap()),
        serde_json::Value::Number(number) if key == "ease" => format!("{:.2}", number.as_f64().unwrap()),
        // The card's page words an interval in the same way; its own test is with `Days`.
        serde_json::Value::Number(number) if key == "interval_days" => {
            Days(u32::try_from(number.as_u64().unwrap()).unwrap()).short()
        }
        serde_json::Value::Number(number) if key.ends_with("_days") || key == "within" => {
            let days = number.as_u64().unwrap();
            format!("{} day{}", with_commas(days), if days == 1 { "" } else { "s" })
        }
        serde_json::Value::Number(number) => with_commas(number.as_u64().unwrap()),
        other => other.as_str().unwrap_or_default().to_owned(),
    }
}

/// Whether a cell says this value of this row. Names have labels for people; of days the year or the month may do.
fn is_said(section: &str, row: &serde_json::Value, key: &str, cell: &str) -> bool {
    let value = &row[key];
    let about = row["value"].as_str().unwrap_or_default();
    match (key, value) {
        (_, serde_json::Value::String(text)) if text.parse::<chrono::NaiveDate>().is_ok() => {
            text.starts_with(cell) && cell.len() >= 4 || cell.ends_with(text.as_str())
        }
        (_, serde_json::Value::String(text)) => cell == text || figures(cell) == figures(text),
        ("before" | "now", _) => {
            let is_cards = section == "comparison_topics" && about == "known";
            cell == worded(if is_cards { "cards" } else { about }, value)
        }
        ("change", serde_json::Value::Number(_)) if about == "level" => cell == worded("moved", value),
        ("change", serde_json::Value::Number(_)) => cell == change_worded(about, value),
        _ => cell == worded(key, value),
    }
}

/// The names of the columns of a section, in the order in which people see them.
fn columns(report: &Report, id: &str) -> Vec<&'static str> {
    match &report.sections.iter().find(|section| section.id == id).unwrap().body {
        Body::Facts(_) => Vec::new(),
        Body::Table(table) | Body::Chart(_, table) => table.columns.iter().map(|column| column.key).collect(),
    }
}

/// The texts of the elements `name` in a piece of HTML, without markup.
fn texts(html: &str, name: &str) -> Vec<String> {
    let mut texts = Vec::new();
    for piece in html.split(&format!("<{name}")).skip(1) {
        let Some(rest) = piece.strip_prefix(['>', ' ']).map(|_| piece.split_once('>').unwrap().1) else { continue };
        let inner = rest.split(&format!("</{name}>")).next().unwrap();
        let mut text = String::new();
        let mut is_markup = false;
        for c in inner.chars() {
            match c {
                '<' => is_markup = true,
                '>' => is_markup = false,
                c if !is_markup => text.push(c),
                _ => {}
            }
        }
        texts.push(text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&"));
    }
    texts
}

/// What a report can have beside the sums: check-ups, an earlier period, an earlier report, cards; and that of a team.
fn all_sorts() -> Vec<Report> {
    let mut totals = test_history::totals();
    totals.since = Some(test_history::TODAY.plus(-80));
    let (all, late) = (report_of(&test_history::totals()), report_of(&totals));
    totals.since = Some(test_history::TODAY.plus(-160));
    totals.until = Some(test_history::TODAY.plus(-81));
    let earlier = Earlier::of_period(&report_of(&totals));
    let mut then = test_history::totals();
    then.topics.truncate(3);
    then.mastery.truncate(2);
    then.daily_load_milli = 31_000;
    let file = Earlier::of_file(rendered("json", &report_of(&then)).as_bytes(), &all).unwrap();
    let taken = |number: u64, ago: i64, passed: u64, finished: bool| Taken {
        device: DeviceId([1; 16]),
        number,
        day: test_history::TODAY.plus(-ago),
        score: Recalls { passed, all: 8 },
        finished,
        topics: [("people / things".to_owned(), Recalls { passed: passed.min(2), all: 2 })].into(),
        cards: Vec::new(),
        took_ms: 90_000,
    };
    let checkups = [taken(1, 80, 3, true), taken(2, 50, 1, false), taken(3, 49, 8, true), taken(4, 2, 2, true)];
    vec![
        all.clone(),
        late.clone(),
        late.clone().on_one_page(),
        with_checkups(late.compared_with(&earlier), &checkups, None),
        all.compared_with(&file),
        two_weeks(),
        report_of(&test_history::empty()),
        team::tests::sample(),
    ]
}

/// The figures in prose, without those of days.
fn figures(text: &str) -> Vec<String> {
    let is_part = |c: char| c.is_ascii_digit() || [',', '.', '-'].contains(&c);
    text.split(|c| !is_part(c))
        .map(|word| word.trim_matches([',', '.', '-']))
        .filter(|word| word.contains(|c: char| c.is_ascii_digit()) && !word.contains('-'))
        .map(str::to_owned)
        .collect()
}

/// What words and pictures around a table may say in figures: what stands in it, how many rows it has, what a column
/// comes to, and in a matrix what was taken for something else.
fn derived(section: &serde_json::Value, columns: &[&str]) -> Vec<String> {
    let mut found = Vec::new();
    let rows = section["rows"].as_array().cloned().unwrap_or_default();
    found.push(with_commas(rows.len().try_into().unwrap()));
    for key in columns {
        let values = || rows.iter().filter_map(|row| row[*key].as_u64());
        found.extend(values().map(with_commas));
        found.push(with_commas(values().sum()));
        let words = rows.iter().filter(|row| row[*key].is_object()).map(|row| worded(key, &row[*key]));
        found.extend(words.flat_map(|words| figures(&words)));
    }
    if columns.contains(&"given") {
        let mistakes =
            rows.iter().filter(|row| row["given"] != row["expected"]).filter_map(|row| row["times"].as_u64());
        found.push(with_commas(mistakes.sum()));
    }
    found
}

#[test]
fn every_number_in_html_is_the_one_in_json() {
    let mut compared = 0;
    for report in all_sorts() {
        let (html, json) = (rendered("html", &report), json(&report));
        for (id, section) in json["sections"].as_object().unwrap() {
            let Some((_, part)) = html.split_once(&format!("<section id=\"{id}\"")) else {
                let is_empty = section["rows"].as_array().is_some_and(Vec::is_empty)
                    || section["values"].as_object().is_some_and(|values| values.values().all(|value| *value == 0));
                assert!(is_empty, "{id} is not shown");
                continue;
            };
            let part = part.split_once("</section>").unwrap().0;
            let body = &report.sections.iter().find(|section| section.id == id).unwrap().body;
            if let Body::Facts(facts) = body {
                let shown: Vec<(String, String)> = texts(part, "dt").into_iter().zip(texts(part, "dd")).collect();
                let values = section["values"].as_object().unwrap();
                assert_eq!(values.len(), facts.len(), "{id}");
                for fact in facts {
                    let value = &values[fact.key];
                    match shown.iter().find(|(label, _)| label == fact.label) {
                        Some((_, cell)) => {
                            assert!(is_said(id, &section["values"], fact.key, cell), "{id}: {cell}, {value}");
                        }
                        // What is rare is left out where there was none of it.
                        None => {
                            let parts = value.as_object().map_or_else(|| vec![value], |parts| parts.values().collect());
                            let is_none = |part: &&serde_json::Value| part.is_null() || part.as_f64() == Some(0.0);
                            let is_nothing = parts.iter().all(is_none) || value["of"].is_u64() && value["count"] == 0;
                            let is_told =
                                fact.weight == Weight::Told && value.as_str().is_none_or(|day| html.contains(day));
                            assert!(is_nothing || is_told || report.is_summary, "{id} {}", fact.key);
                        }
                    }
                    compared += 1;
                }
                continue;
            }
            // The last table of a section has its numbers; a picture or a square of names stands before it.
            let (around, table) = part.rsplit_once("<tbody>").unwrap_or((part, ""));
            let rows = section["rows"].as_array().unwrap();
            assert_eq!(texts(table, "tr").len(), rows.len(), "{id}");
            let keys = columns(&report, id);
            for (row, html_row) in rows.iter().zip(table.split("<tr>").skip(1)) {
                let mut cells = texts(html_row, "th");
                cells.extend(texts(html_row, "td"));
                assert_eq!(cells.len(), keys.len(), "{id}");
                for (key, cell) in keys.iter().zip(cells) {
                    assert!(is_said(id, row, key, &cell), "{id} {key}: {cell}, not {}", row[*key]);
                    compared += 1;
                }
            }
            // Prose says in figures what stands in the table or the summary, how many rows there are, what a column comes
            // to, or a rule. (The 2 is that of SM-2.)
            let of_all: Vec<String> = json["sections"]["summary"]["values"]
                .as_object()
                .unwrap()
                .values()
                .filter_map(|value| value.as_u64())
                .map(with_commas)
                .collect();
            let of_rows = derived(section, &keys);
            for text in texts(around, "p").iter().chain(&texts(around, "desc")) {
                for figure in figures(text) {
                    let is_rule =
                        ["0.9", "2", "5", "8", "21", "30", "53", "89", "90", "95", "100"].contains(&figure.as_str());
                    assert!(
                        is_rule || of_rows.contains(&figure) || of_all.contains(&figure),
                        "{id}: {figure} in `{text}`"
                    );
                    compared += 1;
                }
            }
            // Each mark of a picture says what it is and which numbers it stands for.
            let marks: Vec<String> = texts(around, "title").into_iter().filter(|title| title.contains(": ")).collect();
            for mark in marks {
                let (_, values) = mark.rsplit_once(": ").unwrap();
                for figure in figures(values) {
                    assert!(of_rows.contains(&figure), "{id}: the mark `{mark}`");
                    compared += 1;
                }
            }
        }
        let said: Vec<&str> = ["from", "to"].map(|key| json["period"][key].as_str().unwrap()).to_vec();
        assert!(report.title == "Team report" || said.iter().all(|day| html.contains(day)));
    }
    assert!(compared > 3000, "only {compared} numbers were compared");
}

#[test]
fn no_percentage_stands_without_its_range_and_none_is_of_fewer_than_a_hundred() {
    let mut percentages = 0;
    for report in all_sorts() {
        let html = rendered("html", &report);
        let cells = ["td", "dd"].into_iter().flat_map(|name| texts(&html, name));
        for cell in cells.filter(|cell| cell.contains('%')) {
            // That of a check-up's scenes is nothing but a range, with the counts beside it.
            let (share, range) = cell.split_once(" % (").unwrap_or(("", cell.trim_end_matches(" %")));
            assert!(share.chars().all(|digit| digit.is_ascii_digit()), "{cell}");
            let (low, high) = range.trim_end_matches(')').split_once('–').unwrap_or_else(|| panic!("{cell}"));
            let [low, high] = [low, high].map(|end| end.parse::<u8>().unwrap());
            assert!(low <= high && high <= 100, "{cell}");
            percentages += 1;
        }
        for section in json(&report)["sections"].as_object().unwrap().values() {
            let shares = section["rows"].as_array().into_iter().flatten().filter_map(serde_json::Value::as_object);
            for (key, value) in shares.flatten().filter(|(_, value)| value["all"].as_u64().is_some_and(|all| all < 100))
            {
                assert!(!worded(key, value).contains('%'), "{key}: {value}");
            }
        }
    }
    assert!(percentages > 100, "{percentages}");
}

#[test]
fn json_is_what_its_schema_says() {
    let schema: serde_json::Value = serde_json::from_str(include_str!("../../docs/report.schema.json")).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let known = schema["properties"]["sections"]["properties"].as_object().unwrap();
    for report in [report_of(&test_history::totals()), report_of(&test_history::empty()), two_weeks(), hostile()] {
        let json = json(&report);
        let faults: Vec<String> =
            validator.iter_errors(&json).map(|error| format!("{}: {error}", error.instance_path())).collect();
        assert_eq!(faults, Vec::<String>::new());
        for (id, section) in json["sections"].as_object().unwrap() {
            assert!(known.contains_key(id), "{id} is not in the schema");
            let row = section["values"].as_object().or_else(|| section["rows"][0].as_object());
            let (properties, items) = (&known[id]["properties"], ["values", "rows"]);
            let allowed = match properties[items[0]].as_object() {
                Some(values) => &values["properties"],
                None => &properties[items[1]]["items"]["properties"],
            };
            for key in row.into_iter().flat_map(serde_json::Map::keys) {
                assert!(allowed.get(key).is_some(), "{id}.{key} is not in the schema");
            }
        }
        let mut wrong = json.clone();
        wrong["sections"]["summary"]["values"]["answers"] = serde_json::json!(-1);
        assert!(!validator.is_valid(&wrong));
    }
}

#[test]
fn html_says_what_it_is_to_those_who_cannot_see_it() {
    for report in [report_of(&test_history::totals()), report_of(&test_history::empty()), two_weeks()] {
        let html = rendered("html", &report);
        assert!(html.contains("<html lang=\"en-GB\">") && html.contains("<main"));
        assert_eq!(html.matches("<h1>").count(), 1);
        let levels: Vec<u32> = html.split("<h").filter_map(|rest| rest.chars().next()?.to_digit(10)).collect();
        assert!(levels.first() == Some(&1) && levels.windows(2).all(|pair| pair[1] <= pair[0] + 1), "{levels:?}");
        for svg in html.split("<svg").skip(1) {
            let head = svg.split_once("</desc>").expect("a description").0;
            assert!(head.contains("role=\"img\"") && head.contains("<title id="), "{head}");
            for id in head.split_once("aria-labelledby=\"").unwrap().1.split_once('"').unwrap().0.split(' ') {
                assert_eq!(html.matches(&format!("id=\"{id}\"")).count(), 1, "{id}");
            }
        }
        for table in html.split("<table").skip(1) {
            let table = table.split_once("</table>").unwrap().0;
            assert_eq!(table.matches("<th ").count(), table.matches("scope=\"").count(), "{table}");
            assert!(table.matches("<tr>").count() < 2 || table.contains("scope=\"row\""));
        }
        for section in html.split("<section ").skip(1) {
            let has_picture = section.contains("<svg");
            assert!(!has_picture || section.contains("<table>"), "a picture without its numbers");
        }
    }
}

#[test]
fn json_has_its_format_its_version_and_raw_values() {
    let json = json(&report_of(&test_history::totals()));
    assert_eq!((json["format"].as_str(), json["version"].as_u64()), (Some("lmq-report"), Some(1)));
    assert_eq!(json["generated_at"], "2026-04-14T18:05:00+02:00");
    assert_eq!(json["period"]["days"], 90);
    assert!(json["deck"].is_null());
    assert_eq!(json["sections"]["summary"]["values"]["daily_load"], 27.46);
    assert_eq!(json["sections"]["forecast"]["rows"][0]["overdue"], 6);
    assert_eq!(json["sections"]["sides"]["rows"][0]["share"]["of"], 118);
}

#[test]
fn csv_has_one_value_a_line() {
    let text = rendered("csv", &report_of(&test_history::totals()));
    let mut reader = ::csv::Reader::from_reader(text.as_bytes());
    for record in reader.records() {
        let record = record.unwrap();
        let (value, unit) = (record.get(3).unwrap(), record.get(4).unwrap());
        if !["text", "date", "time", ""].contains(&unit) && !value.is_empty() {
            assert!(value.parse::<f64>().is_ok(), "{record:?}");
        }
    }
    assert!(text.contains("summary,retention,value.passed,"));
}

fn hostile() -> Report {
    let mut totals = test_history::totals();
    totals.topics.push(TopicTotals { title: HOSTILE.into(), deck: HOSTILE.into(), ..totals.topics[0].clone() });
    totals.topics.push(TopicTotals { title: "@SUM(A1)".into(), ..totals.topics[0].clone() });
    for kind in Counted::MATRICES {
        totals.sides.push(SideTotals { kind, expected: HOSTILE.into(), given: "-1+1".into(), count: 3 });
    }
    totals.mastery.push(TopicMastery {
        id: HOSTILE.into(),
        title: HOSTILE.into(),
        deck: HOSTILE.into(),
        ..totals.mastery[0].clone()
    });
    let card = CardLine {
        deck: HOSTILE.into(),
        card: HOSTILE.into(),
        state: StateWord::New,
        due: None,
        interval: None,
        ease: None,
        lapses: 0,
    };
    build(&Progress::new(&totals), at(), Some(HOSTILE), Some(&[card]))
}

#[test]
fn a_hostile_name_is_harmless_in_every_form() {
    let report = hostile();
    for renderer in RENDERERS {
        let shown = rendered(renderer.name(), &report);
        assert!(!shown.chars().any(|c| (c.is_control() && c != '\n') || c == '\u{202e}'), "{}", renderer.name());
        assert!(!shown.contains("\n# h"), "{}", renderer.name());
    }
    let html = rendered("html", &report);
    assert!(!html.contains("<script") && html.contains("&lt;script&gt;"));
    let markdown = rendered("md", &report);
    assert!(
        !markdown.replace("\\<", "").contains("<script")
            && !markdown.contains("http://")
            && markdown.contains("\\|\\`x\\`")
    );
    let csv = rendered("csv", &report);
    let mut reader = ::csv::Reader::from_reader(csv.as_bytes());
    for record in reader.records() {
        for field in record.unwrap().iter() {
            assert!(!field.starts_with(['=', '+', '-', '@']), "{field}");
        }
    }
}

#[test]
fn html_needs_nothing_but_itself_and_stays_small() {
    let mut totals = test_history::totals();
    let day = totals.days[0].1;
    totals.days = (0..4000).map(|ago| (StudyDay(test_history::TODAY.0 - 4000 + ago), day)).collect();
    let topic = totals.topics[0].clone();
    totals.topics = (0..2000).map(|n| TopicTotals { title: format!("Topic {n}"), ..topic.clone() }).collect();
    let html = rendered("html", &report_of(&totals));
    assert!(html.len() <= 300_000, "{} bytes", html.len());
    for outside in ["src=", "href=", "url(", "@import", "<script", "<link", "http://", "https://"] {
        assert!(!html.contains(outside), "{outside}");
    }
}

#[test]
fn without_being_asked_for_no_card_is_named() {
    let report = report_of(&test_history::totals());
    assert!(report.sections.iter().all(|section| section.id != "card_list"));
    assert!(rendered("md", &report).contains("Left out: the text of cards"));
    assert!(two_weeks().contents.contains("the prompt of each card"));
}

#[test]
fn a_closed_pipe_is_still_a_closed_pipe() {
    struct Closed;
    impl Write for Closed {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            Err(io::ErrorKind::BrokenPipe.into())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    let report = report_of(&test_history::totals());
    for renderer in RENDERERS {
        let error = renderer.render(&report, &mut Closed).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::BrokenPipe, "{}", renderer.name());
    }
}

/// This needs features of textwrap that no other test would miss: see Cargo.toml.
#[test]
fn chinese_and_japanese_break_between_characters_and_no_line_begins_with_a_closing_mark() {
    let sentence =
        "リーダーは、人を動かす。「信頼」を築く。Kaizen改善（かいぜん）means improvement。管理者必须倾听，而不是回答！";
    let mut report = two_weeks();
    // Each width of the first word moves all that follows, so that marks come to stand at the end of lines.
    for shift in 1..=40 {
        report.sections[0].note = Some(format!("{}{}", "x".repeat(shift), sentence.repeat(4)));
        let text = rendered("text", &report);
        let lines: Vec<&str> =
            text.lines().map(str::trim).filter(|line| line.contains(|c: char| c >= '\u{3000}')).collect();
        assert!((5..9).contains(&lines.len()), "{lines:?}");
        assert_eq!(lines.concat().matches("improvement").count(), 4, "{lines:?}");
        for line in &lines {
            assert!(!line.starts_with(['、', '。', '，', '！', '」', '）']), "{lines:#?}");
            let whole = |word: &str| line.matches(word).count();
            assert_eq!(whole("Kai"), whole("Kaizen"), "{lines:#?}");
            assert_eq!(whole("imp"), whole("improvement"), "{lines:#?}");
        }
    }
}
