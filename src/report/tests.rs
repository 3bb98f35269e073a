//! One report in every form.

mod same_numbers;

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
use crate::report::tests::same_numbers::texts;
use crate::report::tests::same_numbers::worded;

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
fn text_fits_its_columns() {
    use unicode_width::UnicodeWidthStr as _;
    for report in [report_of(&test_history::totals()), report_of(&test_history::empty()), two_weeks(), hostile()] {
        for width in [40, 60, 80, 120] {
            let mut text = Vec::new();
            crate::report::render_text(&report, width, &mut text).unwrap();
            for line in String::from_utf8(text).unwrap().lines() {
                assert!(line.width() <= width, "{} columns of {width}: {line}", line.width());
            }
        }
    }
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
        is_early: true,
        form: None,
        missed: Vec::new(),
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

/// A word with what stands before it, at each of its places in a text.
fn places<'t>(text: &'t str, word: &'t str) -> impl Iterator<Item = (&'t str, &'t str)> {
    text.match_indices(word).map(|(at, _)| text.split_at_checked(at).unwrap())
}

/// *Known* is the chance of recall on a day, *mastered* the highest level, *retention* the share of reviews that were recalled: in
/// each form of a report, in a share and in a team's report. docs/metrics.md defines all three; the screens have tests of their own.
#[test]
fn known_mastered_and_retention_mean_one_thing_each_in_every_form() {
    let shared = crate::core::team::Share {
        id: crate::core::id::ShareId([7; 16]),
        name: None,
        made: at(),
        decks: Vec::new(),
        topics: test_history::totals().mastery,
        baseline: None,
        latest_checkup: None,
    };
    let reports = all_sorts().into_iter().chain([share(&shared, test_history::TODAY)]);
    let forms = ["text", "md", "html"];
    let texts = reports.flat_map(|report| forms.map(|form| rendered(form, &report)));
    let mut seen = 0;
    for text in texts {
        // Styles and tags of a page are for machines.
        let page = text.split_once("</style>").map(|(_, page)| page);
        let words =
            |page: &str| page.split('<').filter_map(|tag| Some(tag.split_once('>')?.1)).collect::<Vec<_>>().join("\n");
        let text = page.map_or(text.clone(), words).to_lowercase();
        for (before, after) in places(&text, "known") {
            assert!(before.trim_end().ends_with("likely"), "{after:.60}\nin {text}");
            seen += 1;
        }
        for (before, after) in places(&text, "retention") {
            // The whole words, or the head of a column.
            let is_head = before.ends_with("  ") || before.ends_with("| ") || before.ends_with('\n');
            let ends = after.get("retention".len()..).unwrap_or_default();
            let is_alone =
                ends.is_empty() || ends.starts_with("  ") || ends.starts_with(" |") || ends.starts_with('\n');
            assert!(before.ends_with("true ") || (is_head && is_alone), "{after:.60}\nin {text}");
        }
        assert!(!text.contains("mastery"), "a level is mastered; nothing else is");
    }
    assert!(seen > 20, "{seen}");
    for report in all_sorts() {
        let json = json(&report);
        let mut values = vec![&json["sections"]];
        while let Some(value) = values.pop() {
            for (key, value) in value.as_object().into_iter().flatten() {
                if key == "known" || key == "known_friday" {
                    let is_known = value["cards"].is_u64() && value["expected"].is_number();
                    assert!(is_known || value["before"].is_object(), "{key}: {value}");
                }
                assert!(key != "mastered" || value.is_u64() || value.is_null(), "{key}: {value}");
                assert_ne!(key, "mastery");
                assert_ne!((key.as_str(), value.as_str()), ("level", Some("known")));
                values.push(value);
            }
            values.extend(value.as_array().into_iter().flatten());
        }
    }
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
    assert!(rendered("md", &report).contains("Left out: the text of all other cards"));
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
