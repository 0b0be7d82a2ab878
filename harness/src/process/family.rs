//! A process that the harness has started, with all processes that it starts.
//!
//! A program may start others, and these may leave its process group. They inherit its environment, and with it a mark: on Linux,
//! all that have the mark are found by it and killed. On other systems it is the process group.

use std::collections::BTreeMap;
use std::io;
use std::sync::atomic::{AtomicU64, Ordering};

use parking_lot::Mutex;
use tokio::process::{Child, Command};

/// The variable with the mark.
const MARK: &str = "SIGNALING_PROCESS_MARK";

/// Counts the processes of this one.
static NUMBER: AtomicU64 = AtomicU64::new(1);

/// The programs that run now, by their numbers.
static RUNNING: Mutex<BTreeMap<u64, Family>> = Mutex::new(BTreeMap::new());

/// Kills all programs that run, with all that they have started: this process is about to end.
pub(crate) fn kill_all() {
    let families = std::mem::take(&mut *RUNNING.lock());
    for family in families.into_values() {
        family.kill();
    }
}

/// A running program. When it is dropped, it is killed with all that it has started.
#[derive(Debug)]
pub(crate) struct Process {
    /// The program itself.
    pub(crate) child: Child,
    number: u64,
    family: Family,
}

/// The process group of a program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Group {
    /// Its own: a ctrl-c in the terminal does not reach it.
    Own,
    /// That of the harness: a ctrl-c in the terminal reaches both.
    Shared,
}

/// All processes with one mark.
#[derive(Debug, Clone)]
pub(crate) struct Family {
    mark: String,
    /// The program itself.
    first: Option<u32>,
    group: Group,
}

impl Process {
    /// Starts a program.
    ///
    /// # Errors
    /// The program is not there, or cannot be started.
    pub(crate) fn start(mut command: Command, group: Group) -> io::Result<Self> {
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let mark = format!("{}-{number}-{:08x}", std::process::id(), getrandom::u32().unwrap_or_default());
        command.env(MARK, &mark).kill_on_drop(true);
        #[cfg(unix)]
        if group == Group::Own {
            command.process_group(0);
        }
        let child = command.spawn()?;
        let first = child.id();
        let family = Family { mark, first, group };
        RUNNING.lock().insert(number, family.clone());
        Ok(Self { child, number, family })
    }

    /// The program, and what it starts.
    pub(crate) fn family(&self) -> Family {
        self.family.clone()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.family.kill();
        RUNNING.lock().remove(&self.number);
    }
}

impl Family {
    /// Kills all that are left, and returns how many they were beside the program itself.
    pub(crate) fn kill(&self) -> usize {
        let others = self.others().len();
        if self.group == Group::Own {
            self.kill_group();
        }
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

    /// Tells all of them to end, as a terminal does.
    pub(crate) fn tell_to_end(&self) {
        #[cfg(unix)]
        for id in self.members().into_iter().filter_map(pid) {
            // It may be gone already.
            let _gone = rustix::process::kill_process(id, rustix::process::Signal::TERM);
        }
    }

    /// Whether no process is left.
    pub(crate) fn is_gone(&self) -> bool {
        self.members().is_empty()
    }

    fn others(&self) -> Vec<u32> {
        self.members().into_iter().filter(|id| Some(*id) != self.first).collect()
    }

    #[cfg(unix)]
    fn kill_group(&self) {
        if let Some(group) = self.first.and_then(pid) {
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
