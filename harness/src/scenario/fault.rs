//! A rule of what goes wrong, and at which launcher.

use safe_mock::fault::Rule;
use serde::{Deserialize, Deserializer, Serialize};

/// What goes wrong, and where.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlacedFault {
    /// At which launcher of a pair, counted from 1; absent means at each, which counts for itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub launcher: Option<usize>,
    /// In which pair, counted from 1; absent means in all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pair: Option<usize>,
    /// Whether it strikes the n-th matching call in pair n: so each step is tried in a run of enough pairs.
    #[serde(default, skip_serializing_if = "is_false")]
    pub each_step: bool,
    /// Which calls, what goes wrong with them, and until when.
    #[serde(deserialize_with = "checked")]
    pub rule: Rule,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks for a reference")]
fn is_false(value: &bool) -> bool {
    !value
}

/// A rule that cannot be meant is refused where it is written, so that the error knows the line.
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

    /// The rule as a launcher of this pair gets it, counted from 1; `None` if it gets none.
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
