//! Which numbers a node takes and gives back, and how much of a shared limit belongs to a number.

use std::collections::BTreeMap;

/// Part `index` of a limit that is cut into `of` whole parts: the parts add up to the limit, and none grows when the limit
/// is cut into more.
pub fn part(limit: u32, index: usize, of: usize) -> u32 {
    let of = u32::try_from(of).unwrap_or(u32::MAX).max(1);
    let index = u32::try_from(index).unwrap_or(u32::MAX);
    limit / of + u32::from(index < limit % of)
}

/// A number as it is seen in the database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    /// Number.
    pub id: i64,
    /// Its account.
    pub account: i64,
    /// The account's limit a second.
    pub limit: u32,
    /// The account sends.
    pub active: bool,
    /// Who holds it.
    pub holder: Option<i64>,
}

/// What one node should do.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Plan {
    /// Free numbers to take.
    pub take: Vec<i64>,
    /// Own numbers to give back.
    pub release: Vec<i64>,
}

/// Numbers that one node must hold together.
#[derive(Debug, Default)]
struct Unit<'a> {
    numbers: Vec<&'a Seen>,
}

impl Unit<'_> {
    /// Who holds the first of them that is held.
    fn home(&self) -> Option<i64> {
        self.numbers.iter().find_map(|n| n.holder)
    }
}

/// Spreads numbers evenly over the nodes that send. Every node computes the same from the same rows, so that they agree
/// without speaking. Numbers of an account with fewer messages a second than numbers stay together: no whole share is left
/// for each of them, and one node can keep the limit for all.
pub fn plan(me: i64, senders: &[i64], numbers: &[Seen]) -> Plan {
    let mut plan = Plan::default();
    let own = |n: &&Seen| n.holder == Some(me);
    if !senders.contains(&me) {
        plan.release = numbers.iter().filter(own).map(|n| n.id).collect();
        return plan;
    }
    // Nothing leaves from these, but what a dead node left in flight must be parked.
    plan.take = numbers
        .iter()
        .filter(|n| !n.active && n.holder.is_none())
        .map(|n| n.id)
        .collect();
    let units = units(numbers);
    let mut held: BTreeMap<i64, usize> = senders.iter().map(|id| (*id, 0)).collect();
    for home in units.iter().filter_map(Unit::home) {
        if let Some(n) = held.get_mut(&home) {
            *n += 1;
        }
    }
    let quota = quota(me, &held, units.len());
    let mut room = quota.saturating_sub(held.get(&me).copied().unwrap_or_default());
    let mut surplus = held.get(&me).copied().unwrap_or_default().saturating_sub(quota);
    for unit in units.iter().rev() {
        if unit.home() == Some(me) && surplus > 0 {
            surplus -= 1;
            plan.release
                .extend(unit.numbers.iter().copied().filter(own).map(|n| n.id));
        } else if unit.home() == Some(me) {
            plan.take
                .extend(unit.numbers.iter().filter(|n| n.holder.is_none()).map(|n| n.id));
        } else {
            plan.release
                .extend(unit.numbers.iter().copied().filter(own).map(|n| n.id));
        }
    }
    // Nodes begin at different places, so that they seldom reach for the same number.
    let place = held.keys().position(|id| *id == me).unwrap_or_default();
    let first = place * units.len() / held.len().max(1);
    for unit in units.iter().cycle().skip(first).take(units.len()) {
        if unit.home().is_none() && room > 0 {
            room -= 1;
            plan.take.extend(unit.numbers.iter().map(|n| n.id));
        }
    }
    plan
}

fn units(numbers: &[Seen]) -> Vec<Unit<'_>> {
    let mut accounts: BTreeMap<i64, Vec<&Seen>> = BTreeMap::new();
    for number in numbers {
        accounts.entry(number.account).or_default().push(number);
    }
    let mut units = Vec::new();
    for mut numbers in accounts.into_values() {
        numbers.sort_unstable_by_key(|n| n.id);
        let (limit, active) = numbers.first().map_or((0, false), |n| (n.limit, n.active));
        if !active {
            continue;
        }
        if (limit as usize) < numbers.len() {
            units.push(Unit { numbers });
        } else {
            units.extend(numbers.into_iter().map(|n| Unit { numbers: vec![n] }));
        }
    }
    units
}

/// How many units a node should hold. Those that hold most keep the rest of the division, so that little moves.
fn quota(me: i64, held: &BTreeMap<i64, usize>, units: usize) -> usize {
    let mut order: Vec<(usize, i64)> = held.iter().map(|(id, n)| (*n, *id)).collect();
    order.sort_unstable_by_key(|(n, id)| (std::cmp::Reverse(*n), *id));
    let place = order.iter().position(|(_, id)| *id == me).unwrap_or(usize::MAX);
    let nodes = order.len().max(1);
    units / nodes + usize::from(place < units % nodes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn number(id: i64, account: i64, limit: u32, holder: Option<i64>) -> Seen {
        Seen {
            id,
            account,
            limit,
            active: true,
            holder,
        }
    }

    /// Everybody does what its plan says, one after the other.
    fn round(senders: &[i64], nodes: &[i64], numbers: &mut [Seen]) -> usize {
        let plans: Vec<(i64, Plan)> = nodes
            .iter()
            .map(|id| (*id, plan(*id, senders, numbers)))
            .collect();
        let mut moves = 0;
        for (_, plan) in &plans {
            for number in numbers.iter_mut().filter(|n| plan.release.contains(&n.id)) {
                number.holder = None;
                moves += 1;
            }
        }
        for (me, plan) in &plans {
            for number in numbers.iter_mut().filter(|n| plan.take.contains(&n.id)) {
                if number.holder.is_none() {
                    number.holder = Some(*me);
                    moves += 1;
                }
            }
        }
        moves
    }

    proptest! {
        #[test]
        fn the_parts_are_the_whole_and_never_grow(limit in 0u32..2_000, of in 1usize..50) {
            let parts: Vec<u32> = (0..of).map(|i| part(limit, i, of)).collect();
            prop_assert_eq!(parts.iter().sum::<u32>(), limit);
            for (i, p) in parts.iter().enumerate() {
                prop_assert!(part(limit, i, of + 1) <= *p);
                prop_assert!(part(limit + 1, i, of) >= *p);
            }
        }

        #[test]
        fn numbers_settle_evenly_and_then_stay(
            holders in prop::collection::vec(prop::option::of(1i64..5), 0..30),
            limits in prop::collection::vec(1u32..8, 4),
            senders in prop::collection::btree_set(1i64..5, 1..4),
        ) {
            let senders: Vec<i64> = senders.into_iter().collect();
            let mut numbers: Vec<Seen> = holders
                .iter()
                .enumerate()
                .map(|(i, holder)| number(i as i64, i as i64 % 4, limits[i % 4], *holder))
                .collect();
            let mut rounds = 0;
            while round(&senders, &[1, 2, 3, 4], &mut numbers) > 0 {
                rounds += 1;
                prop_assert!(rounds < 20, "it does not come to rest");
            }
            let mut held: BTreeMap<i64, usize> = senders.iter().map(|id| (*id, 0)).collect();
            for unit in units(&numbers) {
                let home = unit.home();
                prop_assert!(home.is_some_and(|id| senders.contains(&id)), "a number without a sender");
                prop_assert!(unit.numbers.iter().all(|n| n.holder == home), "what must stay together does not");
                *held.entry(home.unwrap()).or_default() += 1;
            }
            let (most, least) = (held.values().max().unwrap(), held.values().min().unwrap());
            prop_assert!(most - least <= 1, "{:?}", held);
        }
    }

    #[test]
    fn what_is_even_does_not_move() {
        let numbers = [
            number(1, 1, 80, Some(1)),
            number(2, 1, 80, Some(2)),
            number(3, 1, 80, Some(1)),
        ];
        assert_eq!(plan(1, &[1, 2], &numbers), Plan::default());
        assert_eq!(plan(2, &[1, 2], &numbers), Plan::default());
    }
}
