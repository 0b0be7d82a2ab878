//! What the checks of things left behind have in common: more after the run than before it is a breach.

use super::evidence::Evidence;
use super::verdict::Verdict;
use crate::record::Resource;

/// Compares the counts of what `wanted` says; `noun` names one of them.
pub(super) fn judge(evidence: &Evidence, noun: &str, wanted: impl Fn(&Resource) -> bool) -> Verdict {
    let mut failures = Vec::new();
    let mut unknown = Vec::new();
    let mut before_all = 0;
    let mut after_all = 0;
    let counts = evidence.before_and_after(wanted);
    for (before, after) in &counts {
        let place = match &before.resource {
            Resource::Handles(url) => format!(" at {url}"),
            Resource::Tasks | Resource::Sockets => String::new(),
        };
        match (&before.number, after.as_ref().map(|after| &after.number)) {
            (Ok(before), Some(Ok(after))) => {
                before_all += before;
                after_all += after;
                if after > before {
                    failures.push(format!(
                        "{} {noun}s more than before{place}: {after}, and {before} before",
                        after - before
                    ));
                }
            }
            (Err(why), _) | (_, Some(Err(why))) => unknown.push(why.clone()),
            (Ok(_), None) => unknown.push(format!("the {noun}s{place} were not counted after the run")),
        }
    }
    if !failures.is_empty() {
        return Verdict::Failed(failures);
    }
    if let Some(why) = unknown.into_iter().next() {
        return Verdict::NotChecked(why);
    }
    if counts.is_empty() {
        return Verdict::NotChecked(format!("the {noun}s were not counted"));
    }
    Verdict::Passed(match (before_all, after_all) {
        (0, 0) => "none left".to_owned(),
        (before, after) => format!("none left: {after} after the run, {before} before"),
    })
}
