//! The scenarios that come with the harness, each a file in `harness/scenarios`.

use std::sync::LazyLock;

use super::model::{Peer, Scenario};
use super::visit::{Join, Visit};
use crate::suggestion::did_you_mean;

impl Scenario {
    /// Two users, each with their own launcher: the second joins once the first has stored an offer.
    pub fn classic() -> Self {
        let second = Visit { joins: Join::AfterPolls(0), ..Visit::default() };
        let peers = vec![Peer::visiting(vec![Visit::default()]), Peer::visiting(vec![second])];
        let proves = "two users, each with their own launcher and account, meet over one network";
        Self::find("classic").unwrap_or_else(|| Self::of("classic", proves, peers))
    }

    /// The named scenario of that name.
    pub fn find(name: &str) -> Option<Self> {
        named().iter().find(|scenario| scenario.name == name).cloned()
    }
}

/// What is said of names that no scenario has.
pub(crate) fn no_such_scenarios<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    let known = || named().iter().map(|scenario| scenario.name.as_str());
    let unknown = names.into_iter().map(|name| format!("there is no scenario {name:?}{}", did_you_mean(name, known())));
    format!("{}; `harness list` shows all", unknown.collect::<Vec<_>>().join("; "))
}

/// Every named scenario, in the order of `harness list`. The first is played by default.
pub fn named() -> &'static [Scenario] {
    // Each file is a valid scenario: a test holds that.
    static NAMED: LazyLock<Vec<Scenario>> =
        LazyLock::new(|| FILES.iter().filter_map(|(_, text)| Scenario::from_toml(text).ok()).collect());
    &NAMED
}

/// The files by their names.
macro_rules! files {
    ($($name:literal),* $(,)?) => {
        &[$(($name, include_str!(concat!("../../scenarios/", $name, ".toml")))),*]
    };
}

static FILES: &[(&str, &str)] = files![
    "classic",
    "one-launcher",
    "two-accounts",
    "many-pairs",
    "poll-storm",
    "late-recipient",
    "long-interval",
    "very-long-wait",
    "jittered",
    "back-off",
    "eager-then-slow",
    "slow-network",
    "long-tail",
    "slow-polls",
    "lossy",
    "lossy-polls",
    "network-errors",
    "lost-offer-answer",
    "lost-answer-answer",
    "answers-lost-first",
    "answers-lost-second",
    "malformed-answers",
    "cut-answers",
    "stale-reads",
    "slow-visibility",
    "restarted-first",
    "restarted-second",
    "revoked-token",
    "expired-handles",
    "cut-off",
    "two-initiators",
    "three-peers",
    "used-room",
    "often-used-room",
    "next-pair",
    "reloaded-initiator",
    "reloaded-stranger",
    "replaced-offer",
    "stopped-initiator",
    "gone-initiator",
    "next-generation",
    "returning-owner",
    "dropped-initiator",
    "dropped-recipient",
    "crashed-initiator",
    "crashed-recipient",
    "recipient-dies-before-answering",
    "recipient-dies-after-answering",
    "returning-recipient",
    "returning-answerer",
    "returning-answerer-of-one-account",
];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_file_is_a_scenario_of_its_own_name() {
        for (name, text) in FILES {
            let scenario = Scenario::from_toml(text).unwrap_or_else(|error| panic!("{name}: {error}"));
            assert_eq!(scenario.name, *name);
        }
        assert_eq!(named().len(), FILES.len());
    }

    #[test]
    fn every_file_is_listed_once() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/scenarios");
        let files: BTreeSet<String> = std::fs::read_dir(folder)
            .unwrap()
            .map(|file| file.unwrap().path().file_stem().unwrap().to_string_lossy().into_owned())
            .collect();
        let listed: BTreeSet<String> = FILES.iter().map(|(name, _)| (*name).to_owned()).collect();
        assert_eq!(listed, files);
        assert_eq!(listed.len(), FILES.len());
    }

    #[test]
    fn what_a_scenario_proves_is_one_line() {
        for scenario in named() {
            let is_line =
                !scenario.proves.is_empty() && !scenario.proves.contains('\n') && !scenario.proves.ends_with('.');
            assert!(is_line, "{}: {}", scenario.name, scenario.proves);
        }
    }

    #[test]
    fn there_are_as_many_scenarios_as_were_promised() {
        assert!(named().len() >= 24, "{}", named().len());
    }
}
