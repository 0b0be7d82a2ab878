//! A peer program as a peer under test: one process for each visit.

use std::io;
use std::process::{ExitStatus, Stdio};
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::BoxFuture;
use parking_lot::Mutex;
use signaling::Message;
use tokio::io::AsyncWriteExt as _;
use tokio::process::{ChildStderr, ChildStdin, ChildStdout, Command};
use tokio::time::{Instant, sleep, sleep_until, timeout};

use super::command::PeerCommand;
use super::environment;
use super::gateway::Gateway;
use super::line::{Line, ProgramEvent, shown};
use super::log::ProgramLog;
use super::output::{Output, TooMuch};
use crate::format::{counted, length};
use crate::peer::{PeerUnderTest, PeerVisit};
use crate::process::{Family, Group, NodePreload, Process};

/// How long a program may take to end after `close`, by default.
const CLOSE_WAIT: Duration = Duration::from_secs(10);

/// How long output may still arrive after the program has ended, and what it has started may still run.
const AFTERMATH_WAIT: Duration = Duration::from_secs(3);

/// The most breaches of the contract that are noted of one visit; the others are counted.
const BREACHES_MAX: usize = 10;

/// How long killed processes may take to be gone, and how often that is looked at.
const GONE_WAIT: Duration = Duration::from_secs(5);
const GONE_LOOK: Duration = Duration::from_millis(10);

/// The exit code of a program that has written `failed`.
const FAILED: i32 = 1;

/// The line that tells a program to leave.
const CLOSE: &[u8] = b"close\n";

/// A peer program.
#[derive(Debug)]
pub(crate) struct Program {
    command: PeerCommand,
    close_wait: Duration,
    /// The processes of all visits.
    families: Arc<Mutex<Vec<Family>>>,
}

impl Program {
    pub(crate) fn new(command: PeerCommand) -> Self {
        Self { command, close_wait: CLOSE_WAIT, families: Arc::default() }
    }

    /// Sets how long it may take to end after `close`.
    pub(crate) fn close_wait(mut self, wait: Option<Duration>) -> Self {
        self.close_wait = wait.unwrap_or(CLOSE_WAIT);
        self
    }
}

impl PeerUnderTest for Program {
    fn visit(&self, visit: PeerVisit) -> BoxFuture<'static, ()> {
        let (command, close_wait) = (self.command.clone(), self.close_wait);
        let families = Arc::clone(&self.families);
        Box::pin(async move {
            let gateway = match Gateway::open(Arc::clone(&visit.service), &visit.launcher_url).await {
                Ok(gateway) => gateway,
                Err(error) => return visit.failed(&format!("there is no port for its launcher: {error}")),
            };
            let preload = match NodePreload::write() {
                Ok(preload) => preload,
                Err(error) => return visit.failed(&format!("the file for Node programs cannot be written: {error}")),
            };
            match start(&command, environment::of_visit(&visit, &gateway.url()), &preload) {
                Ok(process) => {
                    families.lock().push(process.family());
                    Running::new(&command, close_wait, process, visit).run().await;
                }
                Err(error) => {
                    let why = format!("`{command}` cannot be started: {error}");
                    visit.misbehaved(why.clone());
                    visit.failed(&why);
                }
            }
        })
    }

    fn wait_idle(&self) -> BoxFuture<'_, ()> {
        let families = std::mem::take(&mut *self.families.lock());
        Box::pin(async move {
            let gone = async {
                while !families.iter().all(Family::is_gone) {
                    sleep(GONE_LOOK).await;
                }
            };
            // What cannot be killed does not hold the run up.
            let _left = timeout(GONE_WAIT, gone).await;
        })
    }
}

/// Starts the program and kills it at once: whether the system can start it at all.
///
/// # Errors
/// It is not there, or it is no program.
pub(crate) fn try_to_start(command: &PeerCommand) -> io::Result<()> {
    let mut starting = Command::new(command.program());
    starting.args(command.arguments());
    starting.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    Process::start(starting, Group::Own).map(drop)
}

/// Starts the program, with stdin, stdout and stderr as pipes.
fn start(
    command: &PeerCommand,
    environment: impl IntoIterator<Item = (&'static str, String)>,
    preload: &NodePreload,
) -> io::Result<Process> {
    let mut starting = Command::new(command.program());
    starting.args(command.arguments()).envs(environment).envs([preload.variable()]);
    starting.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    Process::start(starting, Group::Own)
}

/// A program during its visit.
struct Running<'a> {
    command: &'a PeerCommand,
    close_wait: Duration,
    process: Process,
    visit: PeerVisit,
    log: ProgramLog,
    /// What it has reported.
    state: State,
    /// Whether it was told to leave.
    told: bool,
    /// How often it broke the contract.
    breaches: usize,
    /// Whether it wrote a line that is not UTF-8.
    is_binary: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// Nothing yet.
    Waiting,
    Connected,
    Failed,
}

/// Why a program is not read any further.
enum End {
    /// It has ended.
    Exited(io::Result<ExitStatus>),
    /// It wrote too much.
    Flooded(TooMuch),
    /// It did not leave when it was told to. It is deaf if it had closed its stdin before.
    Stayed { is_deaf: bool },
}

type Pipes = (Output<ChildStdout>, Output<ChildStderr>);

impl<'a> Running<'a> {
    fn new(command: &'a PeerCommand, close_wait: Duration, process: Process, visit: PeerVisit) -> Self {
        let (log, state, told, breaches, is_binary) = (ProgramLog::default(), State::Waiting, false, 0, false);
        Self { command, close_wait, process, visit, log, state, told, breaches, is_binary }
    }

    async fn run(mut self) {
        let child = &mut self.process.child;
        let (Some(stdin), Some(stdout), Some(stderr)) = (child.stdin.take(), child.stdout.take(), child.stderr.take())
        else {
            // All three are pipes.
            return self.visit.failed("its pipes are not there");
        };
        let mut pipes = (Output::new(stdout), Output::new(stderr));
        let end = self.read_until_end(stdin, &mut pipes).await;
        let family = self.process.family();
        let has_ended = matches!(end, End::Exited(_));
        if has_ended {
            let aftermath = async {
                self.read_rest(&mut pipes).await;
                while !family.is_gone() {
                    sleep(GONE_LOOK).await;
                }
            };
            let _goes_on = timeout(AFTERMATH_WAIT, aftermath).await;
        }
        let started = family.kill();
        self.judge_end(end);
        // What a program has started that was killed itself is not left behind.
        if has_ended && started > 0 {
            self.breach(format!("it left {started} of the processes that it had started behind; they were killed"));
        }
        if self.breaches > BREACHES_MAX {
            let more = counted(self.breaches - BREACHES_MAX, "more time");
            self.visit.misbehaved(format!("it broke the contract {more}"));
        }
        self.log.end(&self.visit);
    }

    /// Notes that it broke the contract, and how.
    fn breach(&mut self, how: String) {
        self.breaches += 1;
        if self.breaches <= BREACHES_MAX {
            self.visit.misbehaved(how);
        }
    }

    /// Reads what the program writes, and tells it to leave when it is time.
    async fn read_until_end(&mut self, stdin: ChildStdin, (stdout, stderr): &mut Pipes) -> End {
        let mut stdin = Some(stdin);
        let mut leave_until = Instant::now();
        let (mut has_stdout, mut has_stderr, mut is_deaf) = (true, true, false);
        let visit = self.visit.clone();
        loop {
            tokio::select! {
                biased;
                line = stdout.next_line(), if has_stdout => match line {
                    Ok(Some(line)) => self.read(&line),
                    Ok(None) => has_stdout = false,
                    Err(flood) => return End::Flooded(flood),
                },
                line = stderr.next_line(), if has_stderr => match line {
                    Ok(Some(line)) => self.log.write(&self.visit, String::from_utf8_lossy(&line).trim_end()),
                    Ok(None) => has_stderr = false,
                    Err(flood) => return End::Flooded(flood),
                },
                status = self.process.child.wait() => return End::Exited(status),
                () = visit.told_to_leave(), if stdin.is_some() => {
                    if let Some(mut stdin) = stdin.take() {
                        // A program that has closed its stdin cannot be told.
                        is_deaf = stdin.write_all(CLOSE).await.is_err();
                    }
                    if !has_stdout && self.state == State::Waiting {
                        self.breach("it closed its stdout before it wrote `connected` or `failed`".to_owned());
                    }
                    (self.told, leave_until) = (true, Instant::now() + self.close_wait);
                }
                () = sleep_until(leave_until), if self.told => return End::Stayed { is_deaf },
            }
        }
    }

    /// Reads what is left in the pipes of a program that has ended.
    async fn read_rest(&mut self, (stdout, stderr): &mut Pipes) {
        while let Ok(Some(line)) = stdout.next_line().await {
            self.read(&line);
        }
        while let Ok(Some(line)) = stderr.next_line().await {
            self.log.write(&self.visit, String::from_utf8_lossy(&line).trim_end());
        }
    }

    fn read(&mut self, line: &[u8]) {
        match Line::read(line) {
            Line::Event(event) => self.event(event),
            Line::Log(text) => self.log.write(&self.visit, &text),
            Line::Broken(why) => self.breach(why),
            Line::Binary if self.is_binary => {}
            Line::Binary => {
                self.is_binary = true;
                self.breach("it wrote a line to stdout that is not UTF-8; such lines are left out".to_owned());
            }
        }
    }

    fn event(&mut self, event: ProgramEvent) {
        match (event, self.state) {
            (ProgramEvent::Connected { role }, State::Waiting) => {
                self.state = State::Connected;
                self.visit.connected(role.into());
            }
            (ProgramEvent::Failed { reason }, State::Waiting) => {
                self.state = State::Failed;
                self.visit.failed(&shown(&reason));
            }
            (ProgramEvent::Connected { .. }, State::Connected) => {
                self.breach("it wrote `connected` twice in one visit".to_owned());
            }
            (ProgramEvent::Connected { .. }, State::Failed) => {
                self.breach("it wrote `connected` after `failed`".to_owned());
            }
            (ProgramEvent::Failed { reason }, _) => {
                self.breach(format!("it wrote `failed` after `connected` or twice: {reason}"));
            }
            (ProgramEvent::Message { text: Some(text) }, _) => self.visit.received(Message::text(text)),
            (ProgramEvent::Message { text: None }, _) => {}
            (ProgramEvent::Closed, _) => self.visit.closed(),
        }
    }

    fn judge_end(&mut self, end: End) {
        let wait = length(self.close_wait);
        let how = match end {
            End::Exited(Ok(status)) if self.told && status.success() => return,
            End::Exited(Ok(status)) => {
                let ended = match status.code() {
                    Some(code) => format!("it exited with code {code}"),
                    None => format!("it was ended by {status}"),
                };
                match self.state {
                    State::Failed if status.code() == Some(FAILED) => return,
                    State::Failed => format!("{ended} after `failed`, and not with code {FAILED}"),
                    State::Connected if status.success() => return,
                    _ if self.told => format!("{ended} after `close`, and not with code 0"),
                    State::Connected => format!("{ended} after it had met the other peer, and not with code 0"),
                    State::Waiting => format!("{ended} before it wrote `connected` or `failed`"),
                }
            }
            End::Exited(Err(error)) => format!("the system does not report how it ended: {error}"),
            End::Flooded(flood) => format!("{flood}, and was killed"),
            End::Stayed { is_deaf: true } => {
                format!("it had closed its stdin before `close`, did not end within {wait} after that, and was killed")
            }
            End::Stayed { is_deaf: false } => format!("it did not end within {wait} after `close`, and was killed"),
        };
        if self.state == State::Waiting && !self.told {
            self.visit.failed(&format!("`{}`: {how}", self.command));
        }
        self.breach(how);
    }
}
