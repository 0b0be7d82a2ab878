//! Whether a run leaves tasks behind in this process.

use super::evidence::Evidence;
use super::verdict::Verdict;
use crate::check::left_behind;
use crate::record::Resource;

/// What holds if this passes.
pub const PROMISE: &str = "Every task that the run started has ended.";

/// Judges by how many there were before the run and after it.
pub fn judge(evidence: &Evidence) -> Verdict {
    left_behind::judge(evidence, "task", |resource| *resource == Resource::Tasks)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::test_run::{failures, good_run};
    use crate::record::CountTime;

    #[test]
    fn a_task_that_is_left_is_found() {
        let mut run = good_run();
        run.count(Resource::Tasks, CountTime::After, Ok(4));
        assert_eq!(failures(&judge(&run.evidence())), ["1 tasks more than before: 4, and 3 before"]);
    }

    #[test]
    fn where_tasks_cannot_be_counted_the_report_says_so() {
        let mut run = good_run();
        run.count(Resource::Tasks, CountTime::Before, Err("not here".to_owned()));
        assert_eq!(judge(&run.evidence()), Verdict::NotChecked("not here".to_owned()));
    }
}
