//! The one question of an import: which column is the question, where only a person can tell.

use crate::cli::Ctx;
use crate::cli::ask::asked;
use crate::core::text::one_line;
use crate::failure::Failure;
use crate::formats::ColumnChoice;
use crate::formats::Diagnosis;
use crate::formats::Role;
use crate::formats::parse_columns;
use crate::ops::import::unclear;
use crate::ui::ask_line;
use std::io::Write as _;

/// Asks for the columns of a table; nothing where the person left.
pub(super) fn ask(ctx: &mut Ctx, shown: &str, diagnosis: &Diagnosis) -> Result<Option<Vec<ColumnChoice>>, Failure> {
    let described = unclear(shown, diagnosis);
    ctx.line(format!("Which column of `{}` is the question, and which the answer?", one_line(shown)))?;
    for place in &described.places {
        ctx.line(format!("  {}", one_line(place)))?;
    }
    let (front, back) = guess(diagnosis);
    let leave = if ctx.screen_reader { "q" } else { "Esc" };
    let question = format!("Two numbers, or Enter for {front},{back}; {leave} leaves: ");
    for _ in 0..3 {
        let answered = if ctx.screen_reader {
            // Keys are echoed as they come, and taken back on the screen: that is no line.
            asked(ctx, &question)?.filter(|answer| answer != leave)
        } else {
            ctx.out.flush().map_err(|error| Failure::output(&error))?;
            ask_line(&question).map_err(|error| Failure::output(&error))?
        };
        let Some(answer) = answered else { return Ok(None) };
        match columns(&answer, diagnosis) {
            Some(choices) => return Ok(Some(choices)),
            None => ctx.line(format!("The columns are 1 to {}.", diagnosis.columns.len()))?,
        }
    }
    Ok(None)
}

/// The columns that are taken for question and answer.
fn guess(diagnosis: &Diagnosis) -> (usize, usize) {
    let of = |role: &Role| diagnosis.columns.iter().find(|column| column.role == *role).map(|column| column.number);
    let front = of(&Role::Front).unwrap_or(1);
    (front, of(&Role::Back).unwrap_or(front + 1))
}

/// What was answered, as `--columns` says it: the question, the answer, and all other columns as they were taken for.
fn columns(answer: &str, diagnosis: &Diagnosis) -> Option<Vec<ColumnChoice>> {
    let (guessed_front, guessed_back) = guess(diagnosis);
    let numbers: Vec<&str> = answer.split([',', ' ', ';']).filter(|part| !part.is_empty()).collect();
    let all = diagnosis.columns.len();
    let number = |text: &str| text.parse::<usize>().ok().filter(|number| (1..=all).contains(number));
    let (front, back) = match numbers.as_slice() {
        [] => (guessed_front, guessed_back),
        [front] => {
            let front = number(front)?;
            // The answer stays what it was taken for, unless that is the question now.
            let back = if guessed_back == front { guessed_front } else { guessed_back };
            (front, if back == front { front % all + 1 } else { back })
        }
        [front, back] => (number(front)?, number(back)?),
        _ => return None,
    };
    if front == back {
        return None;
    }
    let mut parts = vec![format!("front={front}"), format!("back={back}")];
    for column in &diagnosis.columns {
        if column.number == front || column.number == back {
            continue;
        }
        let role = match &column.role {
            Role::Front | Role::Back => Some("extra"),
            other => other.word(),
        };
        parts.extend(role.map(|role| format!("{role}={}", column.number)));
    }
    parse_columns(&parts.join(",")).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::ColumnRole;

    fn diagnosis() -> Diagnosis {
        let column = |number, role| ColumnRole { number, name: None, role, is_sure: false };
        Diagnosis {
            columns: vec![
                column(1, Role::Labelled("type".to_owned())),
                column(2, Role::Front),
                column(3, Role::Back),
                column(4, Role::Tags),
            ],
            ..Diagnosis::default()
        }
    }

    #[test]
    fn an_answer_names_question_and_answer_and_leaves_the_rest_as_it_is() {
        let said = |answer: &str| {
            let choices = columns(answer, &diagnosis())?;
            Some(choices.iter().map(|one| format!("{}={}", one.role, one.column)).collect::<Vec<_>>().join(","))
        };
        for (answer, wanted) in [
            ("", Some("front=2,back=3,extra=1,tags=4")),
            ("3", Some("front=3,back=2,extra=1,tags=4")),
            ("1", Some("front=1,back=3,extra=2,tags=4")),
            ("3,1", Some("front=3,back=1,extra=2,tags=4")),
            ("3 1", Some("front=3,back=1,extra=2,tags=4")),
            ("5", None),
            ("2,2", None),
            ("word", None),
            ("1,2,3", None),
        ] {
            assert_eq!(said(answer).as_deref(), wanted, "{answer}");
        }
    }
}
