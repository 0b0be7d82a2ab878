//! A rule: which calls, what goes wrong, until when.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::error::InvalidRule;
use super::kind::Fault;
use super::matcher::Matcher;
use crate::millis;

/// Which calls, what goes wrong with them, and until when.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// Which calls. By default every call.
    #[serde(default)]
    pub matching: Matcher,
    /// What goes wrong.
    pub fault: Fault,
    /// Until when. By default until the rule is removed.
    #[serde(default)]
    pub until: Until,
}

/// Until when a rule holds. If both are given, the first that is reached ends it; if none, it holds until it is
/// removed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Until {
    /// Until it struck this many times.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub times: Option<u64>,
    /// Until this much time has passed since it was added.
    #[serde(rename = "for_ms", with = "millis::optional", skip_serializing_if = "Option::is_none")]
    pub expires_after: Option<Duration>,
}

impl Rule {
    /// A fault that strikes every call until it is removed.
    pub fn new(fault: Fault) -> Self {
        Self { matching: Matcher::default(), fault, until: Until::default() }
    }

    /// Only these calls.
    #[must_use]
    pub fn on(mut self, matching: Matcher) -> Self {
        self.matching = matching;
        self
    }

    /// At most this many times.
    #[must_use]
    pub fn times(mut self, times: u64) -> Self {
        self.until.times = Some(times);
        self
    }

    /// For this long, counted from the moment when it is added.
    #[must_use]
    pub fn expires_after(mut self, time: Duration) -> Self {
        self.until.expires_after = Some(time);
        self
    }

    /// Checks that it is valid.
    ///
    /// # Errors
    /// A number or text in it is out of range.
    pub fn check(&self) -> Result<(), InvalidRule> {
        self.matching.check()?;
        self.fault.check()?;
        if self.until.times == Some(0) { Err(InvalidRule::NeverStrikes) } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fault::{Call, Latency, When};

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Scenario {
        faults: Vec<Rule>,
    }

    #[test]
    fn a_section_of_a_scenario_file_is_the_same_rule() {
        let file = r#"
            [[faults]]
            matching = { call = "fetch", room = "kitchen", from_nth = 3, chance = 0.25 }
            fault.delay = { by.long_tailed = { median_ms = 100, max_ms = 5000 }, when = "after" }
            until = { times = 7, for_ms = 60000 }

            [[faults]]
            fault = "lose_answer"
        "#;
        let scenario: Scenario = toml::from_str(file).unwrap();
        let matching = Matcher {
            room: Some("kitchen".into()),
            from_nth: Some(3),
            chance: Some(0.25),
            ..Matcher::call(Call::Fetch)
        };
        let by = Latency::LongTailed { median: Duration::from_millis(100), max: Duration::from_secs(5) };
        let late = Rule::new(Fault::Delay { by, when: When::After })
            .on(matching)
            .times(7)
            .expires_after(Duration::from_mins(1));
        assert_eq!(scenario.faults, [late, Rule::new(Fault::LoseAnswer)]);
        for rule in scenario.faults {
            let written = toml::to_string(&rule).unwrap();
            assert_eq!(toml::from_str::<Rule>(&written).unwrap(), rule, "{written}");
        }
    }

    #[test]
    fn a_mistake_in_a_scenario_file_is_shown_where_it_is() {
        for (mistake, line, says) in [
            ("[[faults]]\nfault = \"explode\"", "line 2", "unknown variant `explode`"),
            ("[[faults]]\nfault = \"refuse\"\nmatching = { colour = 1 }", "line 3", "unknown field `colour`"),
            ("[[faults]]\nfault.fail = { error = \"Coffee\" }", "line 2", "unknown variant `Coffee`"),
            ("[[faults]]\nfault = \"refuse\"\n\n[faults.until]\ntimes = -1", "line 5", "invalid value"),
        ] {
            let error = toml::from_str::<Scenario>(mistake).unwrap_err().to_string();
            assert!(error.contains(line) && error.contains(says), "{error}");
        }
    }
}
