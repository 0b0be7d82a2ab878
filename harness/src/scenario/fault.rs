//! A fault rule, and the launchers that get it.

use safe_mock::fault::Rule;
use serde::{Deserialize, Deserializer, Serialize};

/// A fault rule, and the launchers that get it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlacedFault {
    /// Which launcher of a pair gets it, counted from 1; absent means each, and each counts its own calls.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub launcher: Option<usize>,
    /// Which pair, counted from 1; absent means all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pair: Option<usize>,
    /// Whether it strikes the n-th matching call in pair n, so that a run of enough pairs tries each step.
    #[serde(default, skip_serializing_if = "is_false")]
    pub each_step: bool,
    /// The calls that it strikes, the fault, and how often.
    #[serde(deserialize_with = "checked")]
    pub rule: Rule,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks for a reference")]
fn is_false(value: &bool) -> bool {
    !value
}

/// Refuses an invalid rule while it is read, so that the error names the line.
fn checked<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Rule, D::Error> {
    let rule = Rule::deserialize(deserializer)?;
    rule.check().map_err(serde::de::Error::custom)?;
    Ok(rule)
}

impl PlacedFault {
    /// A rule at every launcher, in every pair.
    pub fn everywhere(rule: Rule) -> Self {
        Self { launcher: None, pair: None, each_step: false, rule }
    }

    /// A rule at one launcher of each pair, counted from 1.
    pub fn at(launcher: usize, rule: Rule) -> Self {
        Self { launcher: Some(launcher), ..Self::everywhere(rule) }
    }

    /// The rule for a launcher of a pair, both counted from 1; `None` if it does not get the rule.
    pub(crate) fn rule_for(&self, pair: usize, launcher: usize) -> Option<Rule> {
        let is_here = self.launcher.is_none_or(|at| at == launcher) && self.pair.is_none_or(|of| of == pair);
        is_here.then(|| {
            let mut rule = self.rule.clone();
            if self.each_step {
                rule.matching.nth = u64::try_from(pair).ok();
            }
            rule
        })
    }
}

#[cfg(test)]
mod tests {
    use safe_mock::fault::Fault;

    use super::*;

    #[test]
    fn a_fault_of_each_step_strikes_the_nth_call_in_pair_n_and_nowhere_else() {
        let fault = PlacedFault { each_step: true, ..PlacedFault::at(2, Rule::new(Fault::LoseAnswer)) };
        assert_eq!(fault.rule_for(3, 2).and_then(|rule| rule.matching.nth), Some(3));
        assert_eq!(fault.rule_for(3, 1), None);
    }
}
