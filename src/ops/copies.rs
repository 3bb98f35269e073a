//! The copies of a database that lie beside it.

use crate::failure::Failure;
use std::fs;
use std::io;
use std::path::Path;
use std::path::PathBuf;

/// Copies of the database that lmq made by itself, and databases that it set aside: all lie beside it.
///
/// # Errors
/// When the folder can't be read.
pub(super) fn copies_beside(db: &Path) -> Result<Vec<PathBuf>, Failure> {
    find_copies(db)
        .map_err(|error| Failure::failed("the copies beside the database can't be found").at(error.to_string()))
}

fn find_copies(db: &Path) -> io::Result<Vec<PathBuf>> {
    let folder = db.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let name = db.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let beginnings = [format!("{name}.before-"), format!("{name}.set-aside.")];
    let mut copies = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let file = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let is_side = file.ends_with("-wal") || file.ends_with("-shm");
        if beginnings.iter().any(|beginning| file.starts_with(beginning)) && !is_side && path.is_file() {
            copies.push(path);
        }
    }
    copies.sort();
    Ok(copies)
}
