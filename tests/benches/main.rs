//! Speed: what `cargo bench` prints. Figures of one run on one machine; ratios compare within the run.
//!
//! A slow figure fails nothing, since machines are noisy. The goals stand beside the figures.
#![expect(clippy::unwrap_used, reason = "a benchmark that cannot go on has nothing to print")]

mod appendable;
mod bare;
mod connect;
mod content;
mod files;
mod idle;
mod launchers;
mod linearizability;
mod memory;
mod rendezvous;
mod statistics;
mod virtual_time;

use std::io::{self, Write};

use statistics::Figure;

/// How many threads serve and call in the measurements over TCP.
const WORKERS: usize = 2;

fn main() -> io::Result<()> {
    // `cargo test --benches` only checks that the program starts.
    if std::env::args().any(|argument| argument == "--test") {
        return Ok(());
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(WORKERS).enable_all().build()?;
    if std::env::args().any(|argument| argument == virtual_time::MEMORY_ALONE) {
        return runtime.block_on(virtual_time::tell_memory_per_pair());
    }
    if std::env::args().any(|argument| argument == content::CONTENT_ALONE) {
        return runtime.block_on(content::tell_time_and_memory());
    }
    let mut stdout = io::stdout().lock();
    writeln!(stdout, "{:<58} {:>22}   aim", "what", "figure")?;
    let mut show = |figures: Vec<Figure>| -> io::Result<()> {
        for figure in figures {
            writeln!(stdout, "{:<58} {:>22}   {}", figure.what, figure.value, figure.aim)?;
        }
        stdout.flush()
    };
    // `cargo bench -p suite -- memory` measures memory alone. Memory comes first, since freed memory is not requested again.
    let wanted: Vec<_> = std::env::args().skip(1).filter(|argument| !argument.starts_with('-')).collect();
    let is_wanted = |name: &str| wanted.is_empty() || wanted.iter().any(|wanted| name.contains(wanted.as_str()));
    if is_wanted("memory") {
        show(runtime.block_on(memory::per_launcher_and_record()))?;
    }
    if is_wanted("files") {
        show(runtime.block_on(files::listed_and_created()))?;
    }
    if is_wanted("appendable") {
        show(runtime.block_on(appendable::many_items()))?;
    }
    if is_wanted("rendezvous") {
        show(runtime.block_on(rendezvous::over_tcp()))?;
    }
    if is_wanted("in-process") {
        show(runtime.block_on(rendezvous::in_process()))?;
    }
    if is_wanted("content") {
        show(runtime.block_on(content::there_and_back()))?;
    }
    if is_wanted("launchers") {
        show(runtime.block_on(launchers::until_first_answer()))?;
    }
    if is_wanted("connect") {
        show(runtime.block_on(connect::offer_to_open()))?;
    }
    if is_wanted("idle") {
        show(idle::beside_the_bare_crate())?;
    }
    if is_wanted("virtual-pairs") {
        show(runtime.block_on(virtual_time::scripted_pairs()))?;
    }
    if is_wanted("virtual-webrtc") {
        show(runtime.block_on(virtual_time::webrtc_pairs()))?;
    }
    if is_wanted("linearizability") {
        show(linearizability::order_of_many_operations())?;
    }
    Ok(())
}
