//! A report for GitHub Actions: annotations as workflow commands on stdout, and a step summary in Markdown. The limits are GitHub's:
//! <https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands> and
//! <https://docs.github.com/en/actions/reference/limits>.

mod annotation;
mod publish;
mod summary;

pub(crate) use annotation::{Annotation, Level};
pub(crate) use publish::{GithubReport, Output};
pub(crate) use summary::Summary;
