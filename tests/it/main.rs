//! All integration tests, in one binary.
#![expect(clippy::unwrap_used, clippy::panic, reason = "helpers of tests fail by panicking")]

mod check;
mod decks;
mod layers;
