//! The process of a peer program, with all processes that it starts.
//!
//! A program may start others, and these may leave its process group. They inherit its environment, and with it a mark: on Linux,
//! all that have the mark are found by it and killed. On other systems it is the process group.

use std::io;
use std::process::Stdio;
use std::sync::atomic::{AtomicU64, Ordering};

use tokio::process::{Child, Command};

use super::command::PeerCommand;

/// The variable with the mark.
const MARK: &str = "SIGNALING_PROCESS_MARK";

/// Counts the processes of this one.
static NUMBER: AtomicU64 = AtomicU64::new(1);

/// A running program. When it is dropped, it is killed with all that it has started.
#[derive(Debug)]
pub(super) struct Process {
    pub(super) child: Child,
    family: Family,
}

/// All processes with one mark.
#[derive(Debug, Clone)]
pub(super) struct Family {
    mark: String,
    group: Option<u32>,
}

impl Process {
    /// Starts the program, with stdin, stdout and stderr as pipes.
    ///
    /// # Errors
    /// The program is not there, or cannot be started.
    pub(super) fn start(
        command: &PeerCommand,
        environment: impl IntoIterator<Item = (&'static str, String)>,
    ) -> io::Result<Self> {
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let mark = format!("{}-{number}-{:08x}", std::process::id(), getrandom::u32().unwrap_or_default());
        let mut starting = Command::new(command.program());
        starting.args(command.arguments()).envs(environment).env(MARK, &mark).kill_on_drop(true);
        starting.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        #[cfg(unix)]
        starting.process_group(0);
        let child = starting.spawn()?;
        let group = child.id();
        Ok(Self { child, family: Family { mark, group } })
    }

    /// The program, and what it starts.
    pub(super) fn family(&self) -> Family {
        self.family.clone()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.family.kill();
    }
}

impl Family {
    /// Kills all that are left, and returns how many they were beside the program itself.
    pub(super) fn kill(&self) -> usize {
        let others = self.others().len();
        self.kill_group();
        // One that is being started while the list is read is in the next.
        for _ in 0..ROUNDS_MAX {
            let left = self.members();
            if left.is_empty() {
                break;
            }
            left.into_iter().for_each(kill_one);
        }
        others
    }

    /// Whether a process is left.
    pub(super) fn is_gone(&self) -> bool {
        self.members().is_empty()
    }

    fn others(&self) -> Vec<u32> {
        self.members().into_iter().filter(|id| Some(*id) != self.group).collect()
    }

    #[cfg(unix)]
    fn kill_group(&self) {
        if let Some(group) = self.group.and_then(pid) {
            // The group may be gone already.
            let _gone = rustix::process::kill_process_group(group, rustix::process::Signal::KILL);
        }
    }

    #[cfg(not(unix))]
    fn kill_group(&self) {}

    /// The processes with the mark that are not dead.
    #[cfg(target_os = "linux")]
    fn members(&self) -> Vec<u32> {
        let marked = format!("{MARK}={}", self.mark).into_bytes();
        let Ok(entries) = std::fs::read_dir("/proc") else { return Vec::new() };
        let ids = entries.filter_map(|entry| entry.ok()?.file_name().to_str()?.parse::<u32>().ok());
        // The environment of a process that is dead is empty, and that of another user cannot be read.
        let is_marked = |id: &u32| {
            std::fs::read(format!("/proc/{id}/environ"))
                .is_ok_and(|environment| environment.split(|byte| *byte == 0).any(|variable| variable == marked))
        };
        ids.filter(is_marked).collect()
    }

    #[cfg(not(target_os = "linux"))]
    fn members(&self) -> Vec<u32> {
        Vec::new()
    }
}

/// How often the list of processes is read again.
const ROUNDS_MAX: usize = 20;

#[cfg(unix)]
fn pid(id: u32) -> Option<rustix::process::Pid> {
    rustix::process::Pid::from_raw(i32::try_from(id).ok()?)
}

fn kill_one(id: u32) {
    #[cfg(unix)]
    if let Some(id) = pid(id) {
        let _gone = rustix::process::kill_process(id, rustix::process::Signal::KILL);
    }
    #[cfg(not(unix))]
    let _ = id;
}
