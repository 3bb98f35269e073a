//! `lmq`: a spaced-repetition trainer for the terminal.
pub mod core;
pub mod formats;
pub mod report;
