//! What `tests/proof/run` and `cargo test` say to this program.

/// The seed where nobody names one.
const SEED: u64 = 13;

/// What is asked for.
pub(crate) enum Order {
    Run(Arguments),
    /// The names of the rows.
    List,
    Nothing,
}

/// Which rows are tried, and how.
pub(crate) struct Arguments {
    /// All cases, not just those that fit into every run of the tests.
    pub(crate) is_long: bool,
    /// What all cases follow from.
    pub(crate) seed: u64,
    only: Vec<String>,
    not: Vec<String>,
}

impl Arguments {
    /// Whether a row was asked for: by a piece of its name, as `cargo test` has it, or as `row/part`.
    pub(crate) fn wants(&self, name: &str) -> bool {
        let is_in = |list: &[String]| list.iter().any(|word| name.contains(row_and_part(word).0));
        (self.only.is_empty() || is_in(&self.only)) && !is_in(&self.not)
    }

    /// The parts of a row that were asked for; none where all were.
    pub(crate) fn parts_of(&self, row: &str) -> Vec<String> {
        let words = self.only.iter().map(|word| row_and_part(word)).filter(|(name, _)| row.contains(name));
        words.filter_map(|(_, part)| part.map(str::to_owned)).collect()
    }
}

fn row_and_part(word: &str) -> (&str, Option<&str>) {
    word.split_once('/').map_or((word, None), |(row, part)| (row, Some(part)))
}

#[expect(clippy::disallowed_methods, reason = "whoever starts the proof says so in the environment")]
fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

/// Reads the command line. What `cargo test` hands to every test program means here what it means there, or nothing.
///
/// # Errors
/// When the seed is no number.
pub(crate) fn read() -> Result<Order, String> {
    let seed = match variable("LMQ_PROOF_SEED") {
        Some(text) => text.parse().map_err(|_| format!("LMQ_PROOF_SEED={text} is no number"))?,
        None => SEED,
    };
    let mut arguments = Arguments { is_long: false, seed, only: Vec::new(), not: Vec::new() };
    let mut words = std::env::args().skip(1);
    while let Some(word) = words.next() {
        match word.as_str() {
            "--long" => arguments.is_long = true,
            "--list" => return Ok(Order::List),
            // No row is marked so.
            "--ignored" => return Ok(Order::Nothing),
            "--skip" => arguments.not.extend(words.next()),
            "--test-threads" | "--color" | "--format" | "--logfile" | "-Z" => drop(words.next()),
            flag if flag.starts_with('-') => {}
            name => arguments.only.push(name.to_owned()),
        }
    }
    // The second run of all tests, in another zone, proves nothing new here.
    if variable("LMQ_PROOF").is_some_and(|said| said == "off") {
        return Ok(Order::Nothing);
    }
    Ok(Order::Run(arguments))
}
