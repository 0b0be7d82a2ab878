//! Peer programs that break their contract (docs/peers.md): the report says what each did, the run ends, and no process is left.

#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::fs;
use std::time::Duration;

use harness::peer::{PeerChoice, PeerCommand};
use harness::record::EventKind;
use harness::scenario::{ExpectedEnd, Join, Peer, Visit};
use harness::{Hooks, Report, RunError, Scenario, Settings, run, run_with};

/// A peer that is as a peer program has to be, but for what is put before: it reports a failure, and exits with code 1.
const FAILS: &str = r#"echo '{"event":"failed","reason":"it is bad"}'; exit 1"#;

/// A program in the language of the shell. All of its processes have a variable by which a test finds them.
struct Program {
    mark: String,
    command: PeerCommand,
}

impl Program {
    fn new(name: &str, script: &str) -> Self {
        let mark = format!("BAD_PROGRAM={name}-{}", std::process::id());
        let words = ["env", &mark, "sh", "-c", script].map(ToOwned::to_owned).to_vec();
        Self { command: PeerCommand::new(words).unwrap(), mark }
    }

    fn choice(&self) -> PeerChoice {
        PeerChoice::Program(self.command.clone())
    }

    /// Plays a scenario in which both peers are this program, and returns its report. No process is left then.
    async fn play(&self) -> Report {
        let report = run(&both_at_once(), &settings(self.choice())).await.unwrap();
        self.assert_gone();
        report
    }

    /// The breaches of the contract by the first peer.
    async fn breaches(&self) -> Vec<String> {
        breaches(&self.play().await)
    }

    fn processes(&self) -> Vec<String> {
        let is_marked =
            |environment: Vec<u8>| environment.split(|byte| *byte == 0).any(|one| one == self.mark.as_bytes());
        let folders = fs::read_dir("/proc").unwrap().map(|entry| entry.unwrap().path());
        let marked = folders.filter(|folder| fs::read(folder.join("environ")).is_ok_and(is_marked));
        marked.map(|folder| fs::read_to_string(folder.join("cmdline")).unwrap_or_default().replace('\0', " ")).collect()
    }

    fn assert_gone(&self) {
        // Elsewhere there is no list of processes.
        if cfg!(target_os = "linux") {
            assert_eq!(self.processes(), [""; 0]);
        }
    }
}

/// Both peers join at the same time, and may end as they like.
fn both_at_once() -> Scenario {
    let visit = Visit { joins: Join::AtOnce, ends: Some(ExpectedEnd::Either), ..Visit::default() };
    let peers = vec![Peer::visiting(vec![visit.clone()]), Peer::visiting(vec![visit])];
    Scenario::of("both-at-once", "bad programs are reported", peers)
}

fn settings(peer: PeerChoice) -> Settings {
    let settings = Settings::default().seed(7).poll_interval(Duration::from_millis(100)).peers(vec![peer]);
    settings.deadline(Duration::from_secs(1)).close_wait(Duration::from_secs(1))
}

fn breaches(report: &Report) -> Vec<String> {
    let of_the_first = report.pairs[0]
        .events
        .iter()
        .filter(|event| event.who.is_some_and(|who| who.peer_index == harness::scenario::PeerIndex::First));
    let misbehaved = of_the_first.filter_map(|event| match &event.kind {
        EventKind::Misbehaved(how) => Some(how.clone()),
        _ => None,
    });
    misbehaved.collect()
}

fn assert_failed(report: &Report, check: &str, said: &str) {
    let failed: Vec<_> = report.failed().chain(report.lenient()).map(|check| (&check.name, &check.detail)).collect();
    assert!(failed.iter().any(|(name, detail)| *name == check && detail.contains(said)), "{failed:#?}");
}

#[tokio::test]
async fn a_command_that_does_not_exist_is_named_with_the_reason() {
    let command = PeerCommand::new(vec!["no-such-program".to_owned(), "--fast".to_owned()]).unwrap();
    let report = run(&both_at_once(), &settings(PeerChoice::Program(command))).await.unwrap();
    let said = "`no-such-program --fast` cannot be started: No such file or directory (os error 2)";
    assert_failed(&report, "contract", &format!("the first peer of pair 1: {said}"));
    assert_eq!(breaches(&report), [said]);
}

#[tokio::test]
async fn a_program_that_exits_at_once_is_reported_with_its_code() {
    for code in [0, 3] {
        let program = Program::new("exits", &format!("exit {code}"));
        let report = program.play().await;
        let said = format!("it exited with code {code} before it wrote `connected` or `failed`");
        assert_failed(&report, "contract", &format!("the first peer of pair 1: {said}"));
        assert_eq!(breaches(&report), [said]);
    }
}

#[tokio::test]
async fn a_program_that_a_signal_ends_is_reported_with_the_signal() {
    let said = "it was ended by signal: 9 (SIGKILL) before it wrote `connected` or `failed`";
    assert_eq!(Program::new("killed", "kill -KILL $$").breaches().await, [said]);
}

#[tokio::test]
async fn a_program_that_writes_too_much_is_killed() {
    for (name, script, said) in [
        ("line", "head -c 100000000 /dev/zero", "it wrote a line of more than 1 MiB, and was killed"),
        ("lines", "yes", "it wrote more than 100000 lines, and was killed"),
        (
            "output",
            "line=$(head -c 100000 /dev/zero | tr '\\0' x); while :; do echo $line; done",
            "it wrote more than 16 MiB, and was killed",
        ),
        ("stderr", "yes >&2", "it wrote more than 100000 lines, and was killed"),
    ] {
        assert_eq!(Program::new(name, script).breaches().await, [said], "{name}");
    }
}

#[tokio::test]
async fn output_that_is_no_text_is_noted_once() {
    let report =
        Program::new("binary", &format!("printf '\\377\\376\\n\\377\\n'; printf '\\377\\n' >&2; {FAILS}")).play().await;
    let said = "it wrote a line to stdout that is not UTF-8; such lines are left out";
    assert_failed(&report, "contract", said);
    assert_eq!(breaches(&report), [said]);
}

#[tokio::test]
async fn a_program_that_says_nothing_and_ends_when_it_is_told_to_waits_for_ever() {
    let report = Program::new("silent", "read -r line").play().await;
    assert_failed(&report, "ends", "the first peer of pair 1: it still waited 10 s after its deadline");
    assert!(report.passed, "it does no harm: {}", harness::report::text(&report));
    assert_eq!(breaches(&report), [""; 0]);
}

#[tokio::test]
async fn a_program_that_ignores_close_is_killed() {
    let program = Program::new("deaf", &format!("{FAILS_AND_STAYS}; while :; do sleep 60; done"));
    assert_eq!(program.breaches().await, ["it did not end within 1 s after `close`, and was killed"]);
}

const FAILS_AND_STAYS: &str = r#"echo '{"event":"failed","reason":"it is bad"}'"#;

#[tokio::test]
async fn a_program_that_has_closed_its_stdin_is_killed() {
    let program = Program::new("no-stdin", &format!("exec 0<&-; {FAILS_AND_STAYS}; exec sleep 600"));
    let said = "it had closed its stdin before `close`, did not end within 1 s after that, and was killed";
    assert_eq!(program.breaches().await, [said]);
}

#[tokio::test]
async fn a_program_that_closes_its_stdout_and_goes_on_is_reported() {
    let program = Program::new("no-stdout", "exec 1>&-; read -r line");
    assert_eq!(program.breaches().await, ["it closed its stdout before it wrote `connected` or `failed`"]);
}

#[tokio::test]
async fn half_an_event_is_shown() {
    let breaches = Program::new("half", r#"printf '{"event":"connec'; exit 1"#).breaches().await;
    assert!(breaches[0].starts_with("it wrote an event that cannot be read (EOF while parsing"), "{breaches:?}");
    assert!(breaches[0].ends_with(r#"{"event":"connec"#), "{breaches:?}");
    assert_eq!(breaches[1..], ["it exited with code 1 before it wrote `connected` or `failed`"]);
}

#[tokio::test]
async fn many_broken_events_are_counted() {
    let script = format!(r#"i=0; while [ $i -lt 25 ]; do echo '{{"event":"what"}}'; i=$((i+1)); done; {FAILS}"#);
    let breaches = Program::new("broken", &script).breaches().await;
    assert_eq!((breaches.len(), breaches[10].as_str()), (11, "it broke the contract 15 more times"), "{breaches:?}");
}

#[tokio::test]
async fn events_that_contradict_each_other_are_reported() {
    let connected = r#"echo '{"event":"connected","role":"initiator"}'"#;
    let script = format!("{FAILS_AND_STAYS}; {connected}; {FAILS}");
    let said = ["it wrote `connected` after `failed`", "it wrote `failed` after `connected` or twice: it is bad"];
    assert_eq!(Program::new("contradicts", &script).breaches().await, said);
}

#[tokio::test]
async fn processes_that_a_program_leaves_behind_are_killed_and_counted() {
    for (name, script) in [
        ("child", "sleep 600 &"),
        ("own-session", "setsid sleep 600 &"),
        ("double-fork", "(setsid sleep 600 </dev/null >/dev/null 2>&1 &);"),
    ] {
        let program = Program::new(name, &format!("{script} {FAILS}"));
        let said = "it left 1 of the processes that it had started behind; they were killed";
        assert_eq!(program.breaches().await, [said], "{name}");
    }
}

#[tokio::test]
async fn the_children_of_a_program_that_is_killed_are_killed_too() {
    let program = Program::new("family", &format!("setsid sleep 600 & {FAILS_AND_STAYS}; exec sleep 600"));
    assert_eq!(program.breaches().await, ["it did not end within 1 s after `close`, and was killed"]);
}

#[tokio::test]
async fn eight_pairs_of_a_bad_program_end_and_leave_nothing() {
    let program = Program::new("eight", &format!("setsid sleep 600 & sleep 600 & {FAILS}"));
    let report = run(&both_at_once(), &settings(program.choice()).pairs(8)).await.unwrap();
    program.assert_gone();
    let breaches: usize = report
        .pairs
        .iter()
        .flat_map(|pair| pair.events.iter())
        .filter(|event| matches!(event.kind, EventKind::Misbehaved(_)))
        .count();
    assert_eq!((report.pairs.len(), breaches), (8, 16));
}

#[tokio::test]
async fn a_run_that_is_stopped_leaves_no_process() {
    let program = Program::new("stopped", "setsid sleep 600 & echo started; exec sleep 600");
    let mut hooks = Hooks::default();
    let stop = hooks.stop.clone();
    hooks.observer = Some(std::sync::Arc::new(move |event| {
        if matches!(&event.kind, EventKind::Logged(line) if line == "started") {
            stop.cancel();
        }
    }));
    let stopped = run_with(&both_at_once(), &settings(program.choice()), &hooks).await;
    assert!(matches!(stopped, Err(RunError::Stopped)), "{stopped:?}");
    program.assert_gone();
}
