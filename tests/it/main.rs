//! All integration tests, in one binary.
#![expect(clippy::unwrap_used, clippy::panic, reason = "helpers of tests fail by panicking")]

mod add;
mod answer;
mod backup;
mod bad_input;
mod cards;
mod completions;
mod config;
mod damaged;
mod deck_faults;
mod decks;
mod doctor;
mod export;
mod glance;
mod history;
mod import;
mod import_link;
mod import_tables;
mod layers;
mod man;
mod next;
mod registries;
mod report;
mod restore;
mod show;
mod stats;
mod support;
mod undo;
