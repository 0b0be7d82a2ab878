//! The commands that search: the world of one seed, the worlds of many, and every order of two peers' requests.

use std::sync::Arc;

use crate::cli::{OrdersArguments, SoakArguments, SummaryFormat, WorldArguments};
use crate::environment::on_a_thread;
use crate::orders::{self, ExploreError, OrderSettings};
use crate::plan::RunError;
use crate::program::written;
use crate::progress::ProgressMode;
use crate::scenario::Launchers;
use crate::soak::{self, SoakHooks};
use crate::stop_signal::stop_requested;

/// What is told, and whether all is well.
type RunOutput = (String, bool);

/// The world of one seed.
pub(crate) async fn world(arguments: &WorldArguments) -> Result<RunOutput, RunError> {
    let WorldArguments { seed, plant, save_in, format } = arguments.clone();
    let found = on_a_thread(move || soak::hunt(seed, plant, &save_in)).await??;
    Ok((written(&found.report, format, None), found.report.passed))
}

/// The worlds of many seeds.
pub(crate) async fn soak(arguments: &SoakArguments) -> Result<RunOutput, RunError> {
    let (seeds, plant) = (arguments.seeds.clone(), arguments.plant);
    let bar = ProgressMode::here(false).bar(usize::try_from(seeds.end - seeds.start).unwrap_or(usize::MAX), "worlds");
    let observer = move |_, failed: usize| {
        bar.step();
        if failed > 0 {
            bar.say(&format!("{failed} failed"));
        }
    };
    let hooks = SoakHooks { observer: Some(Arc::new(observer)), ..SoakHooks::default() };
    let stop = hooks.stop.clone();
    let mut soaking = std::pin::pin!(on_a_thread(move || soak::soak(seeds, plant, &hooks)));
    let soak = tokio::select! {
        soak = &mut soaking => soak??,
        _ = stop_requested() => {
            // What was found until then is told.
            stop.cancel();
            soaking.await??
        }
    };
    let text = match arguments.format {
        SummaryFormat::Text => soak::soak_text(&soak),
        SummaryFormat::Json => soak::soak_json(&soak),
    };
    if stop.is_cancelled() && soak.passed() {
        return Err(RunError::Stopped);
    }
    Ok((text, soak.passed()))
}

/// Every order of two peers' requests, or one of them.
pub(crate) async fn orders(arguments: &OrdersArguments) -> Result<RunOutput, ExploreError> {
    let launchers = if arguments.one_launcher { Launchers::OneForEachPair } else { Launchers::TwoForEachPair };
    let settings = OrderSettings { launchers, ..OrderSettings::default() };
    if let Some(order) = &arguments.order {
        let result = orders::replay(&settings, order).await?;
        return Ok((orders::execution_text(order, &result), result.outcome.breaches().is_empty()));
    }
    let exploration = orders::explore(&settings).await?;
    Ok((orders::text(&exploration), exploration.passed()))
}
