use super::*;

use crate::core::mastery::TopicMastery;
use crate::core::progress::Counted;
use crate::core::progress::Progress;
use crate::core::progress::SideTotals;
use crate::core::progress::TopicTotals;
use crate::core::progress::Totals;
use crate::core::progress::sample;
use crate::core::state::StateWord;
use crate::core::study_day::StudyDay;
use crate::core::study_day::Timestamp;
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
    let mut totals = sample::totals();
    totals.since = Some(sample::TODAY.plus(-13));
    let cards = [
        CardLine {
            deck: "Differences".into(),
            card: "D09-1".into(),
            state: StateWord::Review,
            due: Some(sample::TODAY.plus(3)),
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
    let report = report_of(&sample::empty());
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
    let mut totals = sample::totals();
    totals.since = Some(sample::TODAY.plus(-400));
    totals.until = Some(sample::TODAY.plus(-300));
    let text = rendered("text", &report_of(&totals));
    assert!(text.contains("No answers in this period.") && !text.contains("No answers yet"));
    totals.since = Some(sample::TODAY);
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
    for report in [report_of(&sample::totals()), report_of(&sample::empty()), two_weeks(), hostile()] {
        for line in rendered("text", &report).lines() {
            assert!(line.width() <= 80, "{} columns: {line}", line.width());
        }
    }
}

/// What a person reads where a program reads `value`: worded here a second time.
fn worded(key: &str, value: &serde_json::Value) -> String {
    let whole = |value: &serde_json::Value| {
        let digits = value.to_string();
        let mut out = String::new();
        for (index, digit) in digits.chars().enumerate() {
            if index > 0 && (digits.len() - index).is_multiple_of(3) {
                out.push(',');
            }
            out.push(digit);
        }
        out
    };
    let percent = |value: &serde_json::Value| format!("{:.0}", value.as_f64().unwrap() * 100.0);
    let share =
        |passed: &serde_json::Value, all: &serde_json::Value, of: &serde_json::Value| match all.as_u64().unwrap() {
            0 => "-".to_owned(),
            1..100 => format!("{} of {}", whole(passed), whole(all)),
            _ if of.is_null() => "a share".to_owned(),
            _ => format!("{} % ({}–{})", percent(&of["ratio"]), percent(&of["low"]), percent(&of["high"])),
        };
    match value {
        serde_json::Value::Null => "-".to_owned(),
        serde_json::Value::Object(parts) if parts.contains_key("expected") => {
            let expected = format!("{:.0}", parts["expected"].as_f64().unwrap());
            format!("{} of {}", whole(&serde_json::from_str(&expected).unwrap()), whole(&parts["cards"]))
        }
        serde_json::Value::Object(parts) if parts.contains_key("passed") => {
            share(&parts["passed"], &parts["all"], value)
        }
        serde_json::Value::Object(parts) if key == "days_practised" => {
            format!("{} of {}", whole(&parts["count"]), whole(&parts["of"]))
        }
        serde_json::Value::Object(parts) => share(&parts["count"], &parts["of"], &serde_json::Value::Null),
        serde_json::Value::Number(number) if key == "moved" => match number.as_i64().unwrap() {
            0 => "=".to_owned(),
            up @ 1.. => format!("+{up}"),
            down => format!("−{}", -down),
        },
        serde_json::Value::Number(number) if key == "time_mean_ms" => {
            format!("{:.1} s", number.as_f64().unwrap() / 1000.0)
        }
        serde_json::Value::Number(number) if key.ends_with("_ms") => {
            let minutes = number.as_f64().unwrap() / 60_000.0;
            match format!("{minutes:.0}").parse::<u64>().unwrap() {
                0 if minutes > 0.0 => "< 1 min".to_owned(),
                minutes @ 0..60 => format!("{minutes} min"),
                minutes => format!("{} h {:02} min", minutes / 60, minutes % 60),
            }
        }
        serde_json::Value::Number(number) if key == "daily_load" => format!("{:.1} a day", number.as_f64().unwrap()),
        serde_json::Value::Number(number) if key == "ease" => format!("{:.2}", number.as_f64().unwrap()),
        serde_json::Value::Number(_) if key.ends_with("_days") || key == "within" => {
            format!("{} day{}", whole(value), if *value == 1 { "" } else { "s" })
        }
        serde_json::Value::Number(_) => whole(value),
        other => other.as_str().unwrap_or_default().to_owned(),
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

#[test]
fn every_number_in_html_is_the_one_in_json() {
    let mut totals = sample::totals();
    totals.since = Some(sample::TODAY.plus(-80));
    for report in [report_of(&sample::totals()), report_of(&totals), report_of(&totals).on_one_page()] {
        let (html, json) = (rendered("html", &report), json(&report));
        let mut compared = 0;
        for (id, section) in json["sections"].as_object().unwrap() {
            let Some((_, part)) = html.split_once(&format!("<section id=\"{id}\"")) else {
                assert!(section["rows"].as_array().is_some_and(Vec::is_empty), "{id} is not shown");
                continue;
            };
            let part = part.split_once("</section>").unwrap().0;
            if let Some(values) = section["values"].as_object() {
                let shown = texts(part, "dd");
                for (key, value) in values {
                    let is_zero = value.as_u64() == Some(0);
                    let words = worded(key, value);
                    assert!(is_zero || shown.contains(&words), "{id} {key}: {words} is not in {shown:?}");
                    compared += 1;
                }
                continue;
            }
            // The last table of a section has its numbers; a picture or a square of names stands before it.
            let table = part.rsplit_once("<tbody>").map_or("", |(_, table)| table);
            let shown = texts(table, "tr");
            let rows = section["rows"].as_array().unwrap();
            assert_eq!(shown.len(), rows.len(), "{id}");
            for (row, html_row) in rows.iter().zip(table.split("<tr>").skip(1)) {
                let mut cells = texts(html_row, "th");
                cells.extend(texts(html_row, "td"));
                for (key, cell) in columns(&report, id).into_iter().zip(cells) {
                    let value = &row[key];
                    let words = worded(key, value);
                    let is_named = value.is_string();
                    let is_share = words == "a share" && cell.contains(" % (");
                    assert!(is_named || is_share || cell == words, "{id} {key}: {cell}, not {words}");
                    compared += usize::from(!is_named);
                }
            }
        }
        assert!(compared > 60, "only {compared} numbers were compared");
    }
}

#[test]
fn json_is_what_its_schema_says() {
    let schema: serde_json::Value = serde_json::from_str(include_str!("../../docs/report.schema.json")).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let known = schema["properties"]["sections"]["properties"].as_object().unwrap();
    for report in [report_of(&sample::totals()), report_of(&sample::empty()), two_weeks(), hostile()] {
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
    for report in [report_of(&sample::totals()), report_of(&sample::empty()), two_weeks()] {
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
    let json = json(&report_of(&sample::totals()));
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
    let text = rendered("csv", &report_of(&sample::totals()));
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
    let mut totals = sample::totals();
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
    let mut totals = sample::totals();
    let day = totals.days[0].1;
    totals.days = (0..4000).map(|ago| (StudyDay(sample::TODAY.0 - 4000 + ago), day)).collect();
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
    let report = report_of(&sample::totals());
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
    let report = report_of(&sample::totals());
    for renderer in RENDERERS {
        let error = renderer.render(&report, &mut Closed).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::BrokenPipe, "{}", renderer.name());
    }
}
