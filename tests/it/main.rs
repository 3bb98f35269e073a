//! All integration tests, in one binary.
#![expect(clippy::unwrap_used, clippy::panic, reason = "helpers of tests fail by panicking")]

mod bad_input;
mod bulk;
mod check;
mod commands;
mod copies;
mod decks;
mod docs;
mod import;
mod kill;
mod laws;
mod layers;
mod licences;
mod migrations;
mod month;
mod report;
mod review;
mod search;
mod support;
mod two_windows;
mod world;
