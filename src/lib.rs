//! `lmq`: a spaced-repetition trainer for the terminal.
pub mod cli;
pub mod core;
pub mod env;
pub mod failure;
pub mod formats;
pub mod ops;
pub mod report;
pub mod store;
pub mod ui;
