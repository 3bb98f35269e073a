//! Lines of a report that may be any number: the first ones in memory, the rest in a file that is gone with the report.

use std::fs::File;
use std::io;
use std::io::BufRead as _;
use std::io::BufReader;
use std::io::BufWriter;
use std::io::Seek as _;
use std::io::Write as _;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::PoisonError;

/// Lines that did not fit into memory, one JSON text each. Copies share them.
#[derive(Debug, Clone, Default)]
pub struct Spill {
    file: Option<Arc<Mutex<BufWriter<File>>>>,
}

impl Spill {
    /// Adds a line. Where there is no room on the disk the line is missing from the list, not from the count.
    pub(super) fn push(&mut self, line: &str) {
        if self.file.is_none() {
            self.file = tempfile::tempfile().ok().map(|file| Arc::new(Mutex::new(BufWriter::new(file))));
        }
        if let Some(file) = &self.file {
            let mut file = file.lock().unwrap_or_else(PoisonError::into_inner);
            // A text without a line end in it: JSON writes that as `\n`.
            serde_json::to_writer(&mut *file, line).map_err(io::Error::from).and_then(|()| file.write_all(b"\n")).ok();
        }
    }

    /// Hands over all lines in their order.
    ///
    /// # Errors
    /// When the file can't be read, or `take` fails.
    pub fn each<E: From<io::Error>>(&self, mut take: impl FnMut(&str) -> Result<(), E>) -> Result<(), E> {
        let Some(file) = &self.file else { return Ok(()) };
        let mut file = file.lock().unwrap_or_else(PoisonError::into_inner);
        file.flush()?;
        let mut reader = file.get_ref().try_clone()?;
        reader.rewind()?;
        for line in BufReader::new(reader).lines() {
            let line: String = serde_json::from_str(&line?).map_err(io::Error::from)?;
            take(&line)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_number_of_lines_comes_back_in_order() {
        let mut spill = Spill::default();
        let lines: Vec<String> = (0..5000).map(|number| format!("row {number}\nwith \"a quote\"")).collect();
        lines.iter().for_each(|line| spill.push(line));
        for _ in 0..2 {
            let mut found = Vec::new();
            spill
                .each(|line| {
                    found.push(line.to_owned());
                    Ok::<(), io::Error>(())
                })
                .unwrap();
            assert_eq!(found, lines);
        }
    }
}
