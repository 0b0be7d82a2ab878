//! Shrinks a world that fails, as long as it fails in the same way.

use proptest::strategy::ValueTree;

use crate::scenario::Scenario;

/// The most worlds that are run to shrink one.
pub const SHRINK_STEPS_MAX: usize = 400;

/// The simplest world that still fails, and how many worlds were run.
pub(super) fn shrink(
    mut tree: impl ValueTree<Value = Scenario>,
    mut fails: impl FnMut(&Scenario) -> bool,
) -> (Scenario, usize) {
    let mut simplest = tree.current();
    let mut steps = 0;
    let mut is_other = tree.simplify();
    while is_other && steps < SHRINK_STEPS_MAX {
        steps += 1;
        let candidate = tree.current();
        // An invalid world shows nothing.
        is_other = if candidate.check().is_ok() && fails(&candidate) {
            simplest = candidate;
            tree.simplify()
        } else {
            tree.complicate()
        };
    }
    (simplest, steps)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::soak::strategy::tree;

    #[test]
    fn parts_without_influence_on_the_failure_are_removed() {
        let has_fault = |world: &Scenario| !world.faults.is_empty();
        let seed = (0..100).find(|seed| has_fault(&tree(*seed).unwrap().current())).unwrap();
        let (simplest, steps) = shrink(tree(seed).unwrap(), has_fault);
        assert_eq!((simplest.faults.len(), simplest.pairs, simplest.peers.len()), (1, 1, 2), "{simplest:?}");
        assert!((1..=SHRINK_STEPS_MAX).contains(&steps));
    }

    #[test]
    fn a_world_without_a_simpler_one_that_fails_stays_as_it_is() {
        let world = tree(7).unwrap().current();
        let (simplest, _) = shrink(tree(7).unwrap(), |candidate| *candidate == world);
        assert_eq!(simplest, world);
    }
}
