//! How to read a table, where the person said so.

use crate::core::card::Markup;
use crate::formats::columns;
use serde::Deserialize;
use serde::Serialize;

/// What the person said of a table. What is left open is found out.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct TableOptions {
    /// What separates the columns: any text without line ends.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub delimiter: Option<String>,
    /// Which columns hold what; the others are not read.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub columns: Vec<ColumnChoice>,
    /// Whether the first row names the columns.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub header: Option<bool>,
    /// The encoding of its bytes, one that [`is_encoding`](super::is_encoding) knows.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub encoding: Option<String>,
    /// How its texts are marked up.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub markup: Option<Markup>,
    /// The sheet of a spreadsheet: its name, or its number from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sheet: Option<String>,
}

/// One part of `--columns`: `front=2`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ColumnChoice {
    /// What the column holds, as a header would name it.
    pub role: String,
    /// Its number from 1, or its name.
    pub column: String,
}

/// Reads `front=2,back=3,tags=5`.
///
/// # Errors
/// When it is not written so, in words.
pub fn parse_columns(text: &str) -> Result<Vec<ColumnChoice>, String> {
    let mut choices: Vec<ColumnChoice> = Vec::new();
    for part in text.split(',').map(str::trim).filter(|part| !part.is_empty()) {
        let Some((role, column)) = part.split_once('=') else {
            return Err(format!("`{part}` is not a column; write front=2,back=3,tags=5"));
        };
        let (role, column) = (role.trim().to_lowercase(), column.trim());
        if !columns::is_role(&role) {
            return Err(format!("a card has no `{role}`; {}", columns::roles_meant(&role)));
        }
        if column.is_empty() || column == "0" {
            return Err(format!("`{part}` is not a column; columns are numbered from 1"));
        }
        if !matches!(role.as_str(), "extra" | "back") && choices.iter().any(|choice| choice.role == role) {
            return Err(format!("`{role}` is given twice; only `back` and `extra` can take several columns"));
        }
        if choices.iter().any(|choice| choice.column == column) {
            return Err(format!("column {column} is given twice"));
        }
        choices.push(ColumnChoice { role, column: column.to_owned() });
    }
    if choices.is_empty() { Err("no columns; write front=2,back=3,tags=5".to_owned()) } else { Ok(choices) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_said_by_role_and_number_or_name() {
        let said = parse_columns("front=2, Back=German,extra=4,extra=5").unwrap();
        let said: Vec<(&str, &str)> = said.iter().map(|choice| (&*choice.role, &*choice.column)).collect();
        assert_eq!(said, [("front", "2"), ("back", "German"), ("extra", "4"), ("extra", "5")]);
        assert_eq!(parse_columns("front=1,back=2,back=3").unwrap().len(), 3);
        for (bad, why) in [
            ("", "no columns"),
            ("2,3", "`2` is not a column"),
            ("fornt=1", "did you mean `front`?"),
            ("front=0", "numbered from 1"),
            ("front=1,front=2", "`front` is given twice"),
            ("front=1,back=1", "column 1 is given twice"),
            ("front=1,tags=2,tags=3", "`tags` is given twice"),
        ] {
            let fault = parse_columns(bad).unwrap_err();
            assert!(fault.contains(why), "{bad}: {fault}");
        }
    }
}
