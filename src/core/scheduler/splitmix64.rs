//! The one hash that stands in for chance, so that every machine shuffles alike.

const GOLDEN: u64 = 0x9E37_79B9_7F4A_7C15;

/// The SplitMix64 step, modulo 2^64. Source: Steele, Lea and Flood, 2014 (docs/scheduling.md, *The order of a session*).
#[must_use]
pub fn splitmix64(x: u64) -> u64 {
    let mut z = x.wrapping_add(GOLDEN);
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

/// Sort key of the `index`-th of some things to be shuffled under `seed`.
#[must_use]
pub fn shuffle_key(seed: u64, index: usize) -> u64 {
    splitmix64(seed ^ splitmix64(u64::try_from(index).unwrap_or(u64::MAX)))
}

/// Days until due for an interval under fuzz (docs/scheduling.md, *Fuzz*): only the due day moves, the interval stays exact.
///
/// `card_hash` is [`crate::core::id::CardId::hash`], `answers` counts the card's answers that were no drills,
/// this one included. Integers throughout; thousandths of a day inside.
#[must_use]
pub(super) fn fuzzed(card_hash: u64, answers: u32, interval_days: u32, maximum_days: u32) -> u32 {
    let i = u64::from(interval_days);
    if i < 3 {
        return interval_days;
    }
    let spread = (1000 + 150 * i.min(7)) - 375 + 100 * i.min(20).saturating_sub(7) + 50 * i.saturating_sub(20);
    let lowest = ((1000 * i).saturating_sub(spread) + 500).div_euclid(1000).max(2);
    let highest = ((1000 * i + spread + 500) / 1000).min(u64::from(maximum_days));
    if highest < lowest {
        return interval_days;
    }
    let turn = card_hash ^ u64::from(answers).wrapping_mul(GOLDEN);
    u32::try_from(lowest + splitmix64(turn) % (highest - lowest + 1)).unwrap_or(interval_days)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fuzz_stays_in_its_ranges() {
        for (interval, low, high) in
            [(3, 2, 4), (6, 4, 8), (7, 5, 9), (15, 13, 17), (20, 17, 23), (38, 34, 42), (100, 93, 107), (365, 345, 385)]
        {
            let days: std::collections::BTreeSet<u32> =
                (0..5000).map(|card| fuzzed(card, 1, interval, 36500)).collect();
            assert_eq!((days.first(), days.last()), (Some(&low), Some(&high)), "{interval}");
        }
    }

    #[test]
    fn fuzz_gives_the_worked_days() {
        for (card, answers, interval, days) in
            [(1, 3, 15, 15), (1, 4, 38, 37), (2, 3, 15, 13), (42, 2, 6, 6), (1_000_000_007, 5, 95, 102)]
        {
            assert_eq!(fuzzed(card, answers, interval, 36500), days, "card {card}, answer {answers}");
        }
    }

    #[test]
    fn short_intervals_are_never_fuzzed() {
        assert_eq!(fuzzed(9, 9, 1, 36500), 1);
        assert_eq!(fuzzed(9, 9, 2, 36500), 2);
    }
}
