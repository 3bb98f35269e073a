//! All integration tests, in one binary.
#![expect(clippy::unwrap_used, clippy::panic, reason = "helpers of tests fail by panicking")]

mod check;
mod copies;
mod decks;
mod kill;
mod laws;
mod layers;
mod migrations;
mod month;
mod two_windows;
mod world;
