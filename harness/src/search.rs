//! The commands that search: the world of one seed, the worlds of many, and every order of two peers' requests.

use std::sync::Arc;

use safe_mock::cli::stop_requested;

use crate::cli::{OrdersArguments, SoakArguments, SummaryFormat, WorldArguments};
use crate::error::RunError;
use crate::interleaving::{self, Launchers, Setting};
use crate::program::written;
use crate::progress::Audience;
use crate::report;
use crate::worlds::{self, SoakHooks};

/// What is told, and whether all is well.
type Told = (String, bool);

/// The world of one seed.
pub(crate) async fn world(arguments: &WorldArguments) -> Result<Told, RunError> {
    let WorldArguments { seed, plant, save_in, format } = arguments.clone();
    let found = on_a_thread(move || worlds::hunt(seed, plant, &save_in)).await?;
    Ok((written(&found.report, format, None), found.report.passed))
}

/// The worlds of many seeds.
pub(crate) async fn soak(arguments: &SoakArguments) -> Result<Told, RunError> {
    let (seeds, plant) = (arguments.seeds.clone(), arguments.plant);
    let bar = Audience::here(false).bar(usize::try_from(seeds.end - seeds.start).unwrap_or(usize::MAX), "worlds");
    let observer = move |_, failed: usize| {
        bar.step();
        if failed > 0 {
            bar.say(&format!("{failed} failed"));
        }
    };
    let hooks = SoakHooks { observer: Some(Arc::new(observer)), ..SoakHooks::default() };
    let stop = hooks.stop.clone();
    let mut soaking = std::pin::pin!(on_a_thread(move || worlds::soak(seeds, plant, &hooks)));
    let soak = tokio::select! {
        soak = &mut soaking => soak?,
        _ = stop_requested() => {
            // What was found until then is told.
            stop.cancel();
            soaking.await?
        }
    };
    let text = match arguments.format {
        SummaryFormat::Text => report::soak_text(&soak),
        SummaryFormat::Json => report::soak_json(&soak),
    };
    if stop.is_cancelled() && soak.passed() {
        return Err(RunError::Stopped);
    }
    Ok((text, soak.passed()))
}

/// Every order of two peers' requests, or one of them.
pub(crate) async fn orders(arguments: &OrdersArguments) -> Result<Told, RunError> {
    let launchers = if arguments.one_launcher { Launchers::One } else { Launchers::Two };
    let setting = Setting { launchers, ..Setting::default() };
    if let Some(order) = &arguments.order {
        let played = interleaving::replay(&setting, order).await?;
        return Ok((interleaving::played_text(order, &played), played.outcome.breaches().is_empty()));
    }
    let exploration = interleaving::explore(&setting).await?;
    Ok((interleaving::text(&exploration), exploration.passed()))
}

/// Does what keeps a thread busy elsewhere, so that this one can be told to stop.
async fn on_a_thread<R: Send + 'static>(
    work: impl FnOnce() -> Result<R, RunError> + Send + 'static,
) -> Result<R, RunError> {
    let working = tokio::task::spawn_blocking(work);
    // A thread that panicked met a bug of ours, and so do we.
    working.await.unwrap_or_else(|bug| std::panic::resume_unwind(bug.into_panic()))
}
