//! The three sentences at the beginning, made a second time from the events and from numbers of the report that the other
//! checks hold to them.

use super::*;

/// Half of a range that holds 19 times of 20, for a sum of chances.
fn variance(cards: &[(i64, i64)]) -> f64 {
    let all = cards.len() as f64;
    let share = Second::expected(cards, 0) / all;
    all * share * (1.0 - share)
}

fn counted(count: i64, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}

fn in_words(day: i64) -> String {
    let day = chrono::NaiveDate::from_num_days_from_ce_opt(i32::try_from(day).unwrap() + 719_163).unwrap();
    day.format("%-d %B %Y").to_string()
}

fn share(cell: &Value) -> String {
    let (passed, all) = (int(&cell["passed"]), int(&cell["all"]));
    if all < 100 {
        return format!("{passed} of {all}");
    }
    let (low, high) = wilson(passed as f64, all as f64);
    let of = passed as f64 / all as f64 * 100.0;
    format!("{of:.0} % ({:.0}–{:.0})", low * 100.0, high * 100.0)
}

/// `now`: days since the newest answer and interval of each card.
pub(super) fn same_opening(second: &Second, report: &Value, now: &[(i64, i64)]) {
    let said = &report["sections"]["opening"]["values"];
    let summary = &report["sections"]["summary"]["values"];
    let half = 1.959_964 * variance(now).sqrt();
    let sum = Second::expected(now, 0);
    let measured =
        rows(report, "retention").iter().filter(|row| ["period", "last_30"].iter().any(|name| row["window"] == *name));
    let measured = measured.max_by_key(|row| int(&row["both"]["all"])).unwrap();
    let measured = &measured["both"];
    let is_low = wilson(int(&measured["passed"]) as f64, int(&measured["all"]) as f64).1 < 0.85;
    let fewer = format!(
        "; probably fewer, since this assumes that nine of ten reviews are right, and of yours it was {}",
        share(measured)
    );
    assert_eq!(
        said["now"],
        format!(
            "You likely know {} of the {} cards that you have met (between {} and {}){}.",
            whole(sum),
            now.len(),
            whole(sum - half).max(0),
            whole(sum + half).min(i64::try_from(now.len()).unwrap()),
            if is_low { fewer.as_str() } else { "" }
        )
    );

    let end = second.number(
        "WITH RECURSIVE d(day) AS (SELECT :today - 14 UNION ALL SELECT day - 1 FROM d WHERE day > :today - 60) \
         SELECT max(day) FROM d WHERE strftime('%d', (day + 1) * 86400, 'unixepoch') = '01'",
    );
    let then = second.pairs(&format!(
        "SELECT {end} - day, {WORTH} FROM a x WHERE hlc = (SELECT max(hlc) FROM a y WHERE y.card = x.card AND y.day <= {end})"
    ));
    let change = if then.len() < 10 {
        "There is too little from before the last two weeks to say what has changed.".to_owned()
    } else {
        let more = sum - Second::expected(&then, 0);
        let half = 1.959_964 * (variance(now) + variance(&then)).sqrt();
        let (low, high) = (whole(more - half), whole(more + half));
        let since = in_words(end);
        match (low > 0, high < 0) {
            (true, _) => format!("That is {} more than on {since} ({low} to {high} more).", whole(more)),
            (_, true) => format!("That is {} fewer than on {since} ({} to {} fewer).", -whole(more), -high, -low),
            _ => format!("That is about as many as on {since} (between {} fewer and {high} more).", -low),
        }
    };
    assert_eq!(said["change"], change);

    let (due, overdue) = (int(&summary["due_today"]), int(&summary["overdue"]));
    let new = rows(report, "cards").iter().find(|row| row["state"] == "new").map_or(0, |row| int(&row["cards"]));
    let minutes = (int(&summary["time_mean_ms"]) * due + 59_999) / 60_000;
    let next = match (due, new) {
        (0, 0) => format!("nothing is due before {}", in_words(second.number("SELECT min(due) FROM waiting"))),
        (0, new) => format!("nothing is due, so begin new cards; {} left", counted(new, "is", "are")),
        (due, _) => format!(
            "{} today{}: {}",
            counted(due, "card is due", "cards are due"),
            if overdue > 0 { format!(", {overdue} of them overdue") } else { String::new() },
            match minutes {
                0..=15 => format!("about {}", counted(minutes, "minute", "minutes")),
                _ => "ten minutes a day will do, most at risk first".to_owned(),
            }
        ),
    };
    let weakest = rows(report, "weakest").first().map_or_else(String::new, |topic| {
        format!(
            "; the topic that needs it most is “{}” ({} right)",
            topic["topic"].as_str().unwrap(),
            share(&topic["retention"])
        )
    });
    assert_eq!(said["next"], format!("Next: {next}{weakest}."));
}
