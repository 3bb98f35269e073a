//! All integration tests, in one binary.
#![expect(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "helpers of tests fail by panicking")]

mod kill;
mod laws;
mod layers;
mod month;

mod two_windows;
mod world;
