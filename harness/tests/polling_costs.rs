//! `docs/polling.md`, held against what the schedules of polls really cost.

use harness::polling_costs::{DEFAULT_PAIRS, DEFAULT_SEED, costs};

const DOCUMENT: &str = include_str!("../../docs/polling.md");

/// How the program is asked for the table, as the document says it.
const COMMAND: &str = "cargo run --release -p harness -- economics";

#[tokio::test]
async fn the_table_in_the_document_is_what_the_harness_measures() {
    let (_, rest) = DOCUMENT.split_once("<!-- economics: begin -->\n").unwrap();
    let (shown, _) = rest.split_once("<!-- economics: end -->").unwrap();
    let measured = costs(DEFAULT_SEED, DEFAULT_PAIRS).await.unwrap().to_string();
    assert_eq!(
        shown, measured,
        "\n`{COMMAND}` shows what belongs between the markers in docs/polling.md:\n\n{measured}"
    );
}

#[test]
fn the_document_says_how_its_table_is_renewed() {
    assert!(DOCUMENT.contains(COMMAND));
}
