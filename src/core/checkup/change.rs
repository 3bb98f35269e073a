//! Before and after: what a check-up is compared with, and what can be said of the change.

use crate::core::checkup::Taken;
use crate::core::totals::Recalls;
use crate::core::totals::wilson;

#[cfg(test)]
mod tests;

/// The card before whose first answer a check-up has to be over to count as a baseline: the tenth.
pub const BASELINE_CARDS: usize = 10;

/// What is said where there is nothing to compare with.
pub const NO_BASELINE: &str = "No baseline: that takes a check-up finished before your tenth card is answered and before you see \
     its answers. So no change since the start can be told.";

/// What is said where the interval of a change holds 0.
pub const TOO_FEW: &str = "Too few scenes to tell: chance alone could do that.";

/// The check-up that later ones are compared with: the first that came to its end before [`BASELINE_CARDS`] cards were
/// answered. A later one is no start, whatever came before it.
#[must_use]
pub fn baseline(all: &[Taken]) -> Option<&Taken> {
    all.iter().find(|one| one.finished && one.is_early)
}

/// The newest check-up that came to its end, where it is not the baseline.
#[must_use]
pub fn latest(all: &[Taken]) -> Option<&Taken> {
    all.iter().rfind(|one| one.finished).filter(|one| Some(*one) != baseline(all))
}

/// The baseline and the newest check-up after it; `None` where one of them is missing.
#[must_use]
pub fn before_and_after(all: &[Taken]) -> Option<(&Taken, &Taken)> {
    baseline(all).zip(latest(all))
}

/// A change between two shares, in shares: the difference and the ends of its 95 % interval.
///
/// Newcombe's hybrid score interval without continuity correction, from the Wilson intervals of both. `None` where one
/// has no answers. Source: R. G. Newcombe, *Interval estimation for the difference between independent proportions*,
/// Statistics in Medicine 17 (1998), method 10.
#[must_use]
pub fn change(before: Recalls, after: Recalls) -> Option<(f64, f64, f64)> {
    let (p1, p2) = (before.ratio()?, after.ratio()?);
    let (l1, u1) = wilson(before.passed, before.all)?;
    let (l2, u2) = wilson(after.passed, after.all)?;
    let difference = p2 - p1;
    let low = difference - ((p2 - l2).powi(2) + (u1 - p1).powi(2)).sqrt();
    let high = difference + ((u2 - p2).powi(2) + (p1 - l1).powi(2)).sqrt();
    Some((difference, low.max(-1.0), high.min(1.0)))
}

/// Whether a change is more than chance explains: its interval does not hold 0.
#[must_use]
pub fn is_told(before: Recalls, after: Recalls) -> bool {
    change(before, after).is_some_and(|(_, low, high)| low > 0.0 || high < 0.0)
}

/// What can be said of a change, and what not, in a sentence or two.
#[must_use]
pub fn conclusion(all: &[Taken]) -> String {
    let Some(before) = baseline(all) else {
        return match all.iter().any(|one| one.finished) {
            false => "Nothing can be concluded before a check-up has come to its end.".to_owned(),
            true => NO_BASELINE.to_owned(),
        };
    };
    let Some(after) = latest(all) else {
        return "This is where you start: one check-up says nothing about a change. The next one compares.".to_owned();
    };
    let scores = format!(
        "From {} of {} right to {} of {}",
        before.score.passed, before.score.all, after.score.passed, after.score.all
    );
    match change(before.score, after.score) {
        Some((_, low, _)) if low > 0.0 => format!(
            "{scores}: more than chance explains. You judge scenes that you never practised better than at first. A \
             check-up can't tell whether the cards were the cause, or something else in your life."
        ),
        Some((_, _, high)) if high < 0.0 => format!(
            "{scores}: a greater fall than chance explains. You judge scenes that you never practised worse than at \
             first. A check-up can't tell why."
        ),
        _ => format!("{scores}. {TOO_FEW} Neither a gain nor the lack of one is shown."),
    }
}

/// The interval of a change in words, in points of a hundred.
#[must_use]
pub fn points(before: Recalls, after: Recalls) -> Option<String> {
    let (_, low, high) = change(before, after)?;
    Some(format!("{} to {} points", signed(low), signed(high)))
}

fn signed(share: f64) -> String {
    let points = (share * 100.0).round();
    if points < 0.0 {
        format!("−{:.0}", points.abs())
    } else if points > 0.0 {
        format!("+{points:.0}")
    } else {
        "0".to_owned()
    }
}
