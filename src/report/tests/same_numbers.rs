//! Every number that people read in HTML is the one that programs get in JSON.

use super::*;

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
pub(super) fn worded(key: &str, value: &serde_json::Value) -> String {
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
            let is_cards = section == "comparison_topics" && about == "solid";
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
        Body::Facts(_) | Body::Sentences(_) => Vec::new(),
        Body::Table(table) | Body::Prose(table) | Body::Chart(_, table) => {
            table.columns.iter().map(|column| column.key).collect()
        }
    }
}

/// The texts of the elements `name` in a piece of HTML, without markup.
pub(super) fn texts(html: &str, name: &str) -> Vec<String> {
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
            if let Body::Sentences(_) = body {
                let shown = texts(part, "p");
                let sentences = section["values"].as_object().unwrap().values();
                assert!(
                    sentences.clone().all(|said| shown.iter().any(|text| text == said.as_str().unwrap())),
                    "{shown:?}"
                );
                compared += sentences.count();
                continue;
            }
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
