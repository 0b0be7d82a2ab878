//! Writes a sequence diagram in the Mermaid language, which Markdown viewers draw.

use std::fmt::Write as _;

use signaling::Printable;

use super::folding::fold;
use super::step::{Actor, Arrow, Shape, Step};
use super::steps::steps;
use crate::record::Event;
use crate::report::model::Report;
use crate::scenario::PeerIndex;

/// The most rows of a diagram; further rows in the middle are left out. Viewers refuse texts of more than 50,000 characters.
pub const ROWS_MAX: usize = 240;

/// The most characters of a row; the rest is left out.
pub const ROW_CHARACTERS_MAX: usize = 160;

/// The sequence diagram of one pair, counted from 1, with a newline at the end; `None` if there is no such pair. By default,
/// it shows the first pair with a failure, or the first pair.
pub fn mermaid(report: &Report, pair: Option<usize>) -> Option<String> {
    let number = pair.or_else(|| report.first_bad_pair()).unwrap_or(1);
    let pair = report.pairs.get(number.checked_sub(1)?)?;
    let mut lines = vec!["sequenceDiagram".to_owned()];
    lines.push(format!("    %% To repeat: {}", Printable(&report.repeat)));
    let title = format!(
        "Pair {number} of {}, {} clock, seed {}, room {}",
        report.scenario, report.clock, report.seed, pair.room
    );
    lines.push(format!("    title {}", escaped(&title)));
    let is_third = |event: &Event| event.who.is_some_and(|who| who.peer_index == PeerIndex::Third);
    let has_third = pair.events.iter().any(is_third);
    let lifelines = Lifelines { one_launcher: report.one_launcher, has_third };
    lines.extend(lifelines.all().iter().map(|(id, name)| format!("    participant {id} as {name}")));
    lines.extend(shortened(fold(steps(pair))).iter().map(|step| format!("    {}", lifelines.row(step))));
    Some(lines.join("\n") + "\n")
}

/// Leaves out the rows in the middle of a diagram that is too long.
fn shortened(mut steps: Vec<Step>) -> Vec<Step> {
    let more = steps.len().saturating_sub(ROWS_MAX);
    if more > 0 {
        let text = format!("{more} more rows are left out here");
        let gap = Step { at: None, shape: Shape::NoteOverAll, text, poll: None, event: None };
        steps.splice(ROWS_MAX / 2..ROWS_MAX / 2 + more, [gap]);
    }
    steps
}

/// The lifelines, with their ids.
struct Lifelines {
    one_launcher: bool,
    /// Whether a third peer joined.
    has_third: bool,
}

impl Lifelines {
    /// From left to right.
    fn all(&self) -> Vec<(&'static str, &'static str)> {
        let (first, second) = (("P1", "first peer"), ("P2", "second peer"));
        let third = self.has_third.then_some(("P3", "third peer"));
        if self.one_launcher {
            let mut lifelines = vec![first, ("L1", "the launcher of both"), second];
            lifelines.extend(third);
            return lifelines;
        }
        let mut lifelines = vec![first, ("L1", "its launcher"), ("L2", "its launcher"), second];
        lifelines.extend(third);
        lifelines
    }

    fn id(&self, actor: Actor) -> &'static str {
        match actor {
            Actor::Peer(PeerIndex::First) => "P1",
            Actor::Peer(PeerIndex::Second) => "P2",
            Actor::Peer(PeerIndex::Third) => "P3",
            Actor::Launcher(PeerIndex::Second | PeerIndex::Third) if !self.one_launcher => "L2",
            Actor::Launcher(_) => "L1",
        }
    }

    fn row(&self, step: &Step) -> String {
        let mut text = step.at.map(|at| format!("{:.3} s ", at.as_secs_f64())).unwrap_or_default();
        text.push_str(&step.text);
        let text = escaped(&text);
        match step.shape {
            Shape::Arrow { from, to, kind } => format!("{}{}{}: {text}", self.id(from), drawn(kind), self.id(to)),
            Shape::Note(peer_index) => format!("Note over {}: {text}", self.id(Actor::Peer(peer_index))),
            Shape::NoteOverAll => format!("Note over P1,P2: {text}"),
        }
    }
}

fn drawn(arrow: Arrow) -> &'static str {
    match arrow {
        Arrow::Request => "->>",
        Arrow::Response => "-->>",
        Arrow::Unanswered => "-x",
        Arrow::Message => "-)",
    }
}

/// The text of a row. Each character with a meaning in Mermaid, Markdown or HTML is written as its number.
fn escaped(text: &str) -> String {
    let is_plain = |character: char| character.is_alphanumeric() || " .,:()/'-_+=?!".contains(character);
    let text = Printable(&text.replace(char::is_control, " ")).to_string();
    let is_long = text.chars().count() > ROW_CHARACTERS_MAX;
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars().take(ROW_CHARACTERS_MAX) {
        match character {
            plain if is_plain(plain) => escaped.push(plain),
            // Writing to a String cannot fail.
            other => _ = write!(escaped, "#{};", u32::from(other)),
        }
    }
    escaped + if is_long { " ..." } else { "" }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use signaling::{Message, Sdp};

    use super::*;
    use crate::check::test_run::{Run, good_run, poll};
    use crate::record::{Call, CallOutcome, Description, EventKind, RequestKind};
    use crate::report::model::tests::report_of;

    fn diagram(run: &Run) -> String {
        mermaid(&report_of(run), None).unwrap()
    }

    /// The good run, with empty polls of the initiator until the poll at 120,010 ms.
    fn run_of_sixty_polls() -> Run {
        let mut run = good_run();
        run.remove(
            PeerIndex::First,
            |what| matches!(what, EventKind::Called(call) if call.name.as_deref() == Some("answer")),
        );
        run.remove(PeerIndex::First, |what| matches!(what, EventKind::Applied(..)));
        for number in 1..60 {
            run.add_all(PeerIndex::First, poll(2_000 * number + 10, 5, 100 * number, false));
        }
        run.add_all(PeerIndex::First, poll(120_010, 8, 9_000, true));
        run.add(PeerIndex::First, 120_020, EventKind::Applied(Description::Answer, Sdp::new("answer")));
        run
    }

    fn unanswered(at_ms: u64, outcome: CallOutcome) -> EventKind {
        let started = Duration::from_millis(at_ms);
        EventKind::Called(Call { kind: RequestKind::StoreRecord, started, outcome, ..Call::default() })
    }

    /// The lines that Mermaid would not understand, by the part of its grammar that is written here.
    fn faults(diagram: &str) -> Vec<String> {
        let mut lines = diagram.lines();
        let mut faults = Vec::new();
        if lines.next() != Some("sequenceDiagram") {
            faults.push("the first line is not sequenceDiagram".to_owned());
        }
        let mut known = Vec::new();
        for line in lines {
            let Some(row) = line.strip_prefix("    ") else {
                faults.push(format!("not indented: {line}"));
                continue;
            };
            let is_good = if let Some(comment) = row.strip_prefix("%% ") {
                !comment.starts_with('{')
            } else if let Some(title) = row.strip_prefix("title ") {
                is_a_text(title)
            } else if let Some((id, name)) = row.strip_prefix("participant ").and_then(|rest| rest.split_once(" as ")) {
                known.push(id);
                is_a_text(name)
            } else {
                is_a_row(row, &known)
            };
            if !is_good {
                faults.push(line.to_owned());
            }
        }
        faults
    }

    fn is_a_row(row: &str, known: &[&str]) -> bool {
        let Some((head, text)) = row.split_once(": ") else { return false };
        let ids: Vec<_> = if let Some(over) = head.strip_prefix("Note over ") {
            over.split(',').collect()
        } else {
            let arrow = ["-->>", "->>", "-x", "-)"].into_iter().find(|arrow| head.contains(arrow));
            arrow.map(|arrow| head.split(arrow).collect()).unwrap_or_default()
        };
        matches!(ids.len(), 1 | 2) && ids.iter().all(|id| known.contains(id)) && is_a_text(text)
    }

    /// A `#` begins a number that ends with `;`, a `;` ends one, and two `%` would begin a comment.
    fn is_a_text(text: &str) -> bool {
        let mut visits = text.split('#');
        let is_free = |visit: &str| !visit.is_empty() && !visit.contains([';', '%', '{', '<', '"']);
        let first = visits.next().unwrap_or_default();
        let numbers_end = visits.all(|visit| {
            let (number, rest) = visit.split_once(';').unwrap_or_default();
            number.parse::<u32>().is_ok() && (rest.is_empty() || is_free(rest))
        });
        numbers_end && (first.is_empty() || is_free(first)) && !text.trim().is_empty()
    }

    #[test]
    fn the_diagram_of_a_good_pair_stays_as_it_was_reviewed() {
        insta::assert_snapshot!(diagram(&good_run()));
    }

    #[test]
    fn the_diagram_of_many_polls_stays_as_it_was_reviewed() {
        insta::assert_snapshot!(diagram(&run_of_sixty_polls()));
    }

    #[test]
    fn the_diagram_of_a_bad_pair_stays_as_it_was_reviewed() {
        let mut run = good_run();
        run.remove(PeerIndex::Second, |what| {
            matches!(what, EventKind::Applied(..) | EventKind::Met(_) | EventKind::Received(_))
        });
        run.add(PeerIndex::Second, 30, EventKind::Applied(Description::Offer, Sdp::new("another offer")));
        run.add(
            PeerIndex::Second,
            38,
            unanswered(37, CallOutcome::Failed("connection \"reset\"; #2\nby peer".to_owned())),
        );
        run.add(PeerIndex::Second, 2_035, unanswered(50, CallOutcome::Abandoned));
        run.add(PeerIndex::Second, 2_050, EventKind::Failed("the deadline passed".to_owned()));
        insta::assert_snapshot!(diagram(&run));
    }

    #[test]
    fn a_diagram_keeps_to_mermaids_grammar() {
        let mut nasty = good_run();
        let text = "a: b; #quot; \"<br>\" %%{init}%% $$x$$ end\r\n\u{0}日本 `*_~|\\";
        nasty.add(PeerIndex::First, 2_044, EventKind::Sent(Message::text(text)));
        nasty.add(PeerIndex::First, 2_045, EventKind::Failed(text.to_owned()));
        let mut report = report_of(&nasty);
        report.repeat = text.to_owned();
        report.scenario = text.to_owned();
        report.pairs[0].room = text.to_owned();
        report.one_launcher = true;
        for diagram in [diagram(&good_run()), diagram(&run_of_sixty_polls()), mermaid(&report, Some(1)).unwrap()] {
            assert_eq!(faults(&diagram), [""; 0], "{diagram}");
        }
    }

    #[test]
    fn a_break_of_mermaids_grammar_is_found() {
        let good = diagram(&good_run());
        for (from, to) in [
            ("sequenceDiagram", "graph"),
            ("P1->>L1:", "P1=>L1:"),
            ("P1->>L1:", "P9->>L1:"),
            ("joins", "joins; leaves"),
            ("joins", "joins #1"),
            ("joins", "joins %% not"),
            ("joins", "joins\nleaves"),
        ] {
            let bad = good.replacen(from, to, 1);
            assert_ne!(bad, good, "{from}");
            assert_ne!(faults(&bad), [""; 0], "{from} {to}");
        }
    }

    #[test]
    fn polls_of_two_peers_in_turn_are_folded_separately() {
        let mut run = good_run();
        run.events.retain(|event| event.at < Duration::from_millis(16));
        // The first lookup of a peer is its room, and not a poll.
        let joining = run.events.iter().filter(|event| matches!(event.kind, EventKind::Called(_))).cloned();
        let joining: Vec<_> = joining.map(|event| (14, event.kind)).collect();
        run.add_all(PeerIndex::Second, joining);
        for (peer_index, after_ms) in [PeerIndex::First, PeerIndex::Second].into_iter().zip([10, 900]) {
            for number in 1..30 {
                run.add_all(peer_index, poll(2_000 * number + after_ms, 5, 100 * number, false));
            }
        }
        let diagram = diagram(&run);
        let folded: Vec<_> = diagram.lines().filter(|line| line.contains("empty, the last")).collect();
        let notes = [
            "    Note over P1: 4.010 s polls 2-29 empty, the last at 58.010 s",
            "    Note over P2: 4.900 s polls 2-29 empty, the last at 58.900 s",
        ];
        assert_eq!(folded, notes, "{diagram}");
    }

    #[test]
    fn the_diagram_is_of_the_given_pair_or_of_the_first_bad_one() {
        let mut report = report_of(&good_run());
        let bad = {
            let mut run = good_run();
            run.remove(PeerIndex::First, |what| matches!(what, EventKind::Applied(..)));
            report_of(&run).pairs
        };
        report.pairs.extend(bad);
        let title = |pair| mermaid(&report, pair).map(|text| text.contains("title Pair 2 of classic"));
        assert_eq!(title(None), Some(true));
        assert_eq!(title(Some(1)), Some(false));
        assert_eq!((title(Some(0)), title(Some(3))), (None, None));
    }

    #[test]
    fn a_diagram_is_not_longer_than_viewers_accept() {
        let mut run = good_run();
        for number in 0..5_000 {
            run.add(PeerIndex::First, 3_000 + number, EventKind::Failed("\u{1F4A5}".repeat(1_000)));
        }
        let diagram = diagram(&run);
        assert!(diagram.lines().count() <= ROWS_MAX + 10, "{}", diagram.lines().count());
        assert!(diagram.contains("more rows are left out here") && diagram.contains(" ..."));
        assert_eq!(faults(&diagram), [""; 0]);
    }
}
