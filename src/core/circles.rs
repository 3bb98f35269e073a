//! What waits for each other in a circle, so that none of it ever comes.

use std::collections::BTreeMap;

/// The circles of what waits for each other, each from its first member on. Where circles share members, one of them is found.
#[must_use]
pub fn circles<T: Copy + Ord>(waits: &BTreeMap<T, Vec<T>>) -> Vec<Vec<T>> {
    let is_waiting = |one: &T| waits.contains_key(one);
    // For how many that wait themselves each one waits, and who waits for each.
    let mut open: BTreeMap<T, usize> =
        waits.iter().map(|(one, wanted)| (*one, wanted.iter().filter(|one| is_waiting(one)).count())).collect();
    let mut waiters: BTreeMap<T, Vec<T>> = BTreeMap::new();
    for (one, wanted) in waits {
        for wanted in wanted.iter().filter(|one| is_waiting(one)) {
            waiters.entry(*wanted).or_default().push(*one);
        }
    }
    let mut free: Vec<T> = open.iter().filter(|(_, count)| **count == 0).map(|(one, _)| *one).collect();
    let mut found = Vec::new();
    loop {
        while let Some(one) = free.pop() {
            if open.remove(&one).is_none() {
                continue;
            }
            for waiter in waiters.get(&one).into_iter().flatten() {
                let Some(count) = open.get_mut(waiter) else { continue };
                *count = count.saturating_sub(1);
                if *count == 0 {
                    free.push(*waiter);
                }
            }
        }
        let Some(mut at) = open.keys().next().copied() else { return found };
        // All that are left wait for one that is left, so that the way comes back to where it was.
        let mut way: Vec<T> = Vec::new();
        let mut places: BTreeMap<T, usize> = BTreeMap::new();
        let begins = loop {
            if let Some(place) = places.get(&at) {
                break *place;
            }
            places.insert(at, way.len());
            way.push(at);
            let Some(next) = waits.get(&at).and_then(|wanted| wanted.iter().find(|one| open.contains_key(one))) else {
                return found;
            };
            at = *next;
        };
        let mut circle = way.split_off(begins);
        let least = circle.iter().enumerate().min_by_key(|(_, one)| **one).map_or(0, |(place, _)| place);
        circle.rotate_left(least);
        // Its members count as free from now on, so that who only waits for them is not taken for a part of it.
        free.extend(&circle);
        found.push(circle);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_circle_has_its_members_and_not_who_waits_for_them() {
        let waits = |edges: &[(char, char)]| {
            let mut waits: BTreeMap<char, Vec<char>> = BTreeMap::new();
            for (one, wanted) in edges {
                waits.entry(*one).or_default().push(*wanted);
            }
            circles(&waits)
        };
        assert_eq!(waits(&[('a', 'b'), ('b', 'c')]), Vec::<Vec<char>>::new());
        assert_eq!(
            waits(&[('z', 'a'), ('a', 'c'), ('c', 'b'), ('b', 'a'), ('y', 'y')]),
            [vec!['a', 'c', 'b'], vec!['y']]
        );
    }

    #[test]
    fn a_long_chain_takes_no_time_that_grows_with_its_square() {
        // By layers, one link a pass, this took minutes.
        let waits: BTreeMap<u32, Vec<u32>> = (0..200_000).map(|one| (one, vec![one + 1])).collect();
        assert_eq!(circles(&waits), Vec::<Vec<u32>>::new());
    }
}
