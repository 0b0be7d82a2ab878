//! The steps of a pair as lines of text.

use super::folding::fold;
use super::step::{Actor, Shape, Step};
use super::steps::steps;
use crate::report::pair::PairReport;

/// A line for each step, with empty polls folded.
pub(in crate::report) fn steps_as_text(pair: &PairReport) -> Vec<String> {
    fold(steps(pair)).iter().map(line).collect()
}

fn line(step: &Step) -> String {
    let at = step.at.map(|at| format!("{:.3} s, ", at.as_secs_f64())).unwrap_or_default();
    let who = match step.shape {
        Shape::Arrow { from: Actor::Peer(peer_index), .. }
        | Shape::Arrow { from: Actor::Launcher(_), to: Actor::Peer(peer_index), .. }
        | Shape::Note(peer_index) => format!("{peer_index}: "),
        Shape::Arrow { .. } | Shape::NoteOverAll => String::new(),
    };
    format!("{at}{who}{}", step.text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::test_run::good_run;
    use crate::report::model::tests::report_of;

    #[test]
    fn each_step_is_a_line_with_its_time_and_its_peer() {
        let lines = steps_as_text(&report_of(&good_run()).pairs[0]);
        assert_eq!(lines[0], "0.000 s, first peer: joins");
        assert!(
            lines.contains(&"0.012 s, first peer: store the offer: 200, version 0, in 3 ms".to_owned()),
            "{lines:#?}"
        );
    }
}
