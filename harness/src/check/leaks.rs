//! Whether a run leaks tasks or sockets of this process. Handles at launchers are compared in the same way.

use super::evidence::Evidence;
use super::verdict::Verdict;
use crate::format::counted;
use crate::record::Resource;

/// What holds if the check of tasks passes.
pub const TASKS_PROMISE: &str = "Every task that the run started has ended.";

/// What holds if the check of sockets passes.
pub const SOCKETS_PROMISE: &str = "Every socket that the run opened is closed.";

/// Judges by the number of tasks before the run and after it.
pub fn judge_tasks(evidence: &Evidence) -> Verdict {
    compare(evidence, "task", |resource| *resource == Resource::Tasks)
}

/// Judges by the number of sockets before the run and after it.
pub fn judge_sockets(evidence: &Evidence) -> Verdict {
    compare(evidence, "socket", |resource| *resource == Resource::Sockets)
}

/// Compares the counts of the `wanted` resources: more after the run than before it is a leak. `noun` names one of
/// them.
pub(super) fn compare(evidence: &Evidence, noun: &str, wanted: impl Fn(&Resource) -> bool) -> Verdict {
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
                    let more = counted(after - before, noun);
                    failures.push(format!("{more} more than before the run{place}: {after} after it, {before} before"));
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::test_run::{failures, good_run};
    use crate::record::CountTime;

    type Judge = fn(&Evidence) -> Verdict;
    const KINDS: [(Resource, Judge, &str); 2] =
        [(Resource::Tasks, judge_tasks, "task"), (Resource::Sockets, judge_sockets, "socket")];

    #[test]
    fn a_leaked_task_or_socket_is_found() {
        for (resource, judge, noun) in KINDS {
            for (after, more) in [(4, format!("1 {noun}")), (5, format!("2 {noun}s"))] {
                let mut run = good_run();
                run.count(resource.clone(), CountTime::After, Ok(after));
                let said = format!("{more} more than before the run: {after} after it, 3 before");
                assert_eq!(failures(&judge(&run.evidence())), [said]);
            }
        }
    }

    #[test]
    fn where_tasks_or_sockets_cannot_be_counted_the_report_says_so() {
        for (resource, judge, _) in KINDS {
            let mut run = good_run();
            run.count(resource, CountTime::Before, Err("not on this system".to_owned()));
            assert_eq!(judge(&run.evidence()), Verdict::NotChecked("not on this system".to_owned()));
        }
    }
}
