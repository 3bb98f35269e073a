//! Everything that decides, and nothing that reads or writes.
//!
//! No file here performs I/O, reads a clock, draws entropy or looks at the environment: whatever comes
//! from outside is an argument. Same input, same output, byte for byte.
#![deny(clippy::wildcard_enum_match_arm, clippy::match_wildcard_for_single_variants)]

pub mod action;
pub mod cadence;
pub mod card;
pub mod checkup;
pub mod circles;
pub mod compare;
pub mod document;
pub mod event;
pub mod excerpt;
pub mod fact;
pub mod grade;
pub mod id;
pub mod lines;
pub mod lint;
pub mod log;
pub mod mastery;
pub mod own_words;
pub mod pace;
pub mod pause;
pub mod progress;
pub mod queue;
pub mod registers;
pub mod replay;
pub mod scheduler;
pub mod search;
pub mod session;
pub mod settings;
pub mod state;
pub mod study_day;
pub mod tally;
pub mod team;
pub mod text;
pub mod three_ways;
pub mod totals;
pub mod tried;
pub mod units;
