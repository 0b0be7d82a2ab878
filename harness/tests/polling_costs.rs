//! Compares `docs/polling.md` with the costs that the harness measures.

use harness::polling_costs::{DEFAULT_PAIRS, DEFAULT_SEED, polling_costs};

const DOCUMENT: &str = include_str!("../../docs/polling.md");

/// The command that shows the table, as the document names it.
const COMMAND: &str = "cargo run --release -p harness -- polling-costs";

#[tokio::test]
async fn the_table_in_the_document_is_what_the_harness_measures() {
    let (_, rest) = DOCUMENT.split_once("<!-- polling-costs: begin -->\n").unwrap();
    let (shown, _) = rest.split_once("<!-- polling-costs: end -->").unwrap();
    let measured = polling_costs(DEFAULT_SEED, DEFAULT_PAIRS).await.unwrap().to_string();
    assert_eq!(
        shown, measured,
        "\n`{COMMAND}` shows what belongs between the markers in docs/polling.md:\n\n{measured}"
    );
}

#[test]
fn the_document_names_the_command_of_its_table() {
    assert!(DOCUMENT.contains(COMMAND));
}
