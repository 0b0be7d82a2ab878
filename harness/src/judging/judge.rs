//! Judges what launchers that are running have seen.

use super::arguments::{JudgeArguments, LAUNCHERS_MAX};
use super::error::JudgingError;
use super::journal_pages::read_journal;
use super::rooms::Judging;
use crate::environment::{check_reachable, client, networks, once, seen_at};
use crate::plan::{RunError, WallTime};
use crate::report::Report;

/// Judges every room that was used.
///
/// # Errors
/// A launcher cannot be reached or has no journal, the launchers are of two networks, or no room was used.
pub(crate) async fn judge(arguments: &JudgeArguments) -> Result<Report, JudgingError> {
    let wall = WallTime::start();
    if arguments.launchers.len() > LAUNCHERS_MAX {
        return Err(JudgingError::TooManyLaunchers(arguments.launchers.len()));
    }
    let client = client().map_err(RunError::from)?;
    // Each once: a request that is read twice would be judged twice.
    let mut urls: Vec<String> = Vec::new();
    for url in arguments.launchers.iter().map(|url| url.as_str().to_owned()) {
        if !urls.contains(&url) {
            urls.push(url);
        }
    }
    for url in &urls {
        check_reachable(&client, url).await?;
    }
    // A room of the same name on two networks is two rooms, which journals do not tell apart.
    if let Some([first, second]) = networks::apart(&client, &urls).await {
        return Err(RunError::TwoNetworks { first, second }.into());
    }
    let mut journals = Vec::new();
    for url in &urls {
        journals.push(read_journal(&client, url).await?);
    }
    let launchers = urls.iter().map(|url| format!(" --launcher {url}")).collect::<Vec<_>>().concat();
    let judging = Judging {
        name: "judge",
        expectations: &arguments.expectations,
        seed: 0,
        counts: Vec::new(),
        wall: wall.elapsed(),
        repeat: format!("judge{launchers}{}", arguments.expectations.flags()),
    };
    let mut report = judging.report(&journals)?;
    let mut seen = Vec::new();
    for url in &urls {
        seen.extend(seen_at(&client, url).await);
    }
    report.add_seen(&once(seen));
    if report.pairs.is_empty() {
        let advice = "Let two clients meet over these launchers, then judge again; docs/judging.md says what is judged";
        return Err(JudgingError::NoRoom { launchers: urls.join(" and "), advice });
    }
    Ok(report)
}
