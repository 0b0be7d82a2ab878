//! Signals that ask the program to stop.

use std::process::Stdio;

use safe_mock::MockLauncher;
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::Command;

use super::command;

#[tokio::test]
async fn ctrl_c_ends_the_program_without_leaked_handles() {
    let launcher = MockLauncher::start().await.unwrap();
    let url = launcher.url();
    let mut child = command(&["run", "--verbose", "--launcher", &url])
        .stderr(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
    while let Some(line) = lines.next_line().await.unwrap() {
        if line.ends_with("its answer is stored") {
            break;
        }
    }
    let number = child.id().unwrap().to_string();
    assert!(Command::new("kill").args(["-INT", &number]).status().await.unwrap().success());
    assert_eq!(child.wait().await.unwrap().code(), Some(130));
    assert_eq!(launcher.handles().live(), 0);
}

#[tokio::test]
async fn a_signal_ends_every_command_and_a_second_one_at_once() {
    for (arguments, times) in [
        (&["soak", "--seeds", "0..100000000"][..], 1),
        (&["soak", "--seeds", "0..100000000"], 2),
        (&["polling-costs", "--pairs", "10000"], 1),
        (&["run", "--scenario", "all", "--verbose"], 2),
        (&["run", "--pairs", "10000"], 1),
        (&["run", "--clock", "virtual", "--pairs", "10000"], 1),
        (&["run", "--clock", "virtual", "--pairs", "10000", "--transport", "webrtc"], 1),
    ] {
        let mut child = command(arguments).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        let number = child.id().unwrap().to_string();
        catches_signals(&number).await;
        for signal in ["-INT", "-TERM"].iter().take(times) {
            // It may have ended already.
            let _sent =
                Command::new("kill").args([signal, number.as_str()]).stderr(Stdio::null()).status().await.unwrap();
        }
        let code = child.wait().await.unwrap().code();
        assert_eq!(code, Some(130), "{arguments:?}");
    }
}

/// How many processes have this variable. There is a list of processes on Linux alone.
#[cfg(target_os = "linux")]
fn processes_with(variable: &str) -> usize {
    let folders = std::fs::read_dir("/proc").unwrap().map(|entry| entry.unwrap().path());
    let has_variable =
        |environment: Vec<u8>| environment.split(|byte| *byte == 0).any(|one| one == variable.as_bytes());
    folders.filter(|folder| std::fs::read(folder.join("environ")).is_ok_and(has_variable)).count()
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_signal_ends_peer_programs_too_and_so_does_a_second_one() {
    for times in [1, 2] {
        let variable = format!("STOPPED_PROGRAM={}-{times}", std::process::id());
        // Each peer has a process in its own session, where neither the signal nor the process group reaches it.
        let peer = format!("env {variable} sh -c 'setsid sleep 600 & exec sleep 600'");
        let mut child = command(&["run", "--peer", &peer]).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        while processes_with(&variable) < 2 {
            tokio::task::yield_now().await;
        }
        let number = child.id().unwrap().to_string();
        for signal in ["-INT", "-TERM"].iter().take(times) {
            let _sent =
                Command::new("kill").args([signal, number.as_str()]).stderr(Stdio::null()).status().await.unwrap();
        }
        assert_eq!(child.wait().await.unwrap().code(), Some(130));
        // Killed processes may be there for a moment.
        while processes_with(&variable) > 0 {
            tokio::task::yield_now().await;
        }
    }
}

/// Waits until a process no longer ends by SIGTERM. Elsewhere than on Linux there is no way to know.
async fn catches_signals(process: &str) {
    const SIGTERM_BIT: u64 = 1 << 14;
    while cfg!(target_os = "linux") {
        let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap();
        let caught = status.lines().find_map(|line| line.strip_prefix("SigCgt:")).unwrap().trim();
        if u64::from_str_radix(caught, 16).unwrap() & SIGTERM_BIT != 0 {
            return;
        }
        tokio::task::yield_now().await;
    }
}
