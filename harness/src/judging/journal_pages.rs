//! The journal of a launcher that is running, read page by page.

use std::time::Duration;

use safe_mock::JournalPage;

use super::error::JudgingError;
use crate::record::LauncherJournal;

/// How long a launcher may take for a page.
const ANSWER_WAIT: Duration = Duration::from_secs(10);

/// The most pages that are read: older entries count as missing. A page has at most 1,000 entries, or about a megabyte.
const PAGES_MAX: usize = 200;

/// Reads a whole journal, as far as it is there.
///
/// # Errors
/// There is no control plane, or it answers something else.
pub(super) async fn read_journal(client: &reqwest::Client, url: &str) -> Result<LauncherJournal, JudgingError> {
    let mut journal = LauncherJournal { url: url.to_owned(), ..LauncherJournal::default() };
    let mut before = None;
    for number in 0..PAGES_MAX {
        let page = read_page(client, url, before).await?;
        if number == 0 {
            // Requests that arrive from now on do not count.
            (journal.started_at, journal.written) = (page.summary.started_at, page.summary.written);
        }
        journal.forgotten = page.summary.forgotten;
        // Pages come from the latest to the earliest.
        journal.entries.splice(0..0, page.entries);
        before = page.before;
        if before.is_none() {
            break;
        }
    }
    Ok(journal)
}

async fn read_page(client: &reqwest::Client, url: &str, before: Option<u64>) -> Result<JournalPage, JudgingError> {
    let no_journal = |why: String| JudgingError::NoJournal { url: url.to_owned(), why };
    let query = before.map(|number| format!("&before={number}")).unwrap_or_default();
    let asked = client.get(format!("{url}/__mock/journal?limit=1000{query}")).timeout(ANSWER_WAIT).send().await;
    let answer = asked.map_err(|error| no_journal(error.to_string()))?;
    let status = answer.status().as_u16();
    if status != 200 {
        return Err(no_journal(format!("GET /__mock/journal gave status {status}")));
    }
    let body = answer.bytes().await.map_err(|error| no_journal(error.to_string()))?;
    serde_json::from_slice(&body).map_err(|error| no_journal(format!("what it answers is no journal: {error}")))
}
