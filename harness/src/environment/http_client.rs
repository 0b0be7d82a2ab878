//! How the harness itself asks running launchers.

use std::time::Duration;

/// How long a running launcher may take to answer a question about itself.
pub(super) const ANSWER_WAIT: Duration = Duration::from_secs(5);

/// An HTTP client for launchers: it uses no proxy and follows no redirect.
///
/// # Errors
/// The client cannot be made.
pub(crate) fn client() -> Result<reqwest::Client, reqwest::Error> {
    reqwest::Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none()).build()
}
