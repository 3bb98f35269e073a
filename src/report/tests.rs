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

/// The text of the element that follows `before`, without markup.
fn shown_after(html: &str, before: &str, open: &str) -> String {
    let rest = html.split_once(before).unwrap_or_else(|| panic!("no {before}")).1;
    rest.split_once(open).unwrap().1.split_once('<').unwrap().0.replace(',', "")
}

#[test]
fn numbers_in_html_are_those_in_json() {
    let report = report_of(&sample::totals());
    let (html, json) = (rendered("html", &report), json(&report));
    let values = &json["sections"]["summary"]["values"];
    for (label, key) in [("Answers", "answers"), ("Due today", "due_today"), ("New cards begun", "first")] {
        let shown = shown_after(&html, &format!("<dt>{label}</dt>"), "<dd>");
        assert_eq!(shown, values[key].to_string(), "{label}");
    }
    let recalls = &values["retention"];
    let percent = (recalls["ratio"].as_f64().unwrap() * 100.0).round();
    assert_eq!(shown_after(&html, "<dt>True retention</dt>", "<dd>"), format!("{percent} %"));
    assert_eq!(shown_after(&html, "<dt>Current streak</dt>", "<dd>"), format!("{} days", values["streak_days"]));
    for (section, key) in [("practice", "from"), ("forecast", "day")] {
        let rows = json["sections"][section]["rows"].as_array().unwrap();
        let table = html.split_once(&format!("<section id=\"{section}\"")).unwrap().1;
        assert!(rows.len() >= 30);
        for row in rows {
            let first = row.as_object().unwrap().iter().find(|(name, _)| ["reviews", "due"].contains(&name.as_str()));
            let name = row[key].as_str().unwrap();
            let shown = shown_after(table, &format!("<th scope=\"row\">{name}</th>"), "<td class=\"n\">");
            assert_eq!(shown, first.unwrap().1.to_string(), "{section} {name}");
        }
    }
    let state = |name: &str| shown_after(&html, &format!("<th scope=\"row\">{name}</th>"), "<td class=\"n\">");
    assert_eq!((state("Review").as_str(), state("Suspended").as_str()), ("391", "6"));
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
