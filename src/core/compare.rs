//! Comparing texts. There are three purposes, and each has a function of its own:
//!
//! - [`identity`]: is it the same text? For notes without a key, choices, sides, items.
//! - [`search`]: would somebody who types this want to find that? For searches and names.
//! - [`answer`]: did the learner know it? For everything that is typed as an answer.
//!
//! What they know of single letters stands in [`letters`], of what is no word in [`symbols`], and of words that few letters tell apart in
//! [`opposites`].

pub mod alternatives;
pub mod answer;
pub mod difference;
pub mod identity;
pub mod letters;
pub mod opposites;
pub mod search;
pub mod slip;
pub mod symbols;
