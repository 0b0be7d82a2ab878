//! The table as a page of Markdown.

use super::table::{InteropPair, InteropTable, Step};

/// How to write the page again.
const COMMAND: &str = "cargo run --release -p harness -- interop --install --write docs/interop.md";

/// The page.
pub fn markdown(table: &InteropTable) -> String {
    let head = format!(
        "# Who meets whom\n\nEvery peer meets every other in both roles, and itself, over two launchers of safe-mock. This page is \
         written by\n\n```sh\n{COMMAND}\n```\n\n| peer | what it is |\n|---|---|\n"
    );
    let peers = table.peers.iter().map(|peer| format!("| {} | {} |\n", peer.name, cell(&peer.about)));
    let pairs = table.pairs.iter().map(row);
    let each_pair = "\n## Each pair\n\nThe time is from when the initiator had the answer until both channels were open. Texts go in \
                     both directions; a\ntext of 60 KB is one message. A closing is seen if the other peer reports that the channel is \
                     closed.\nA pair that does not do well is tried up to three times.\n\n| initiator | recipient | connected | time | \
                     text | 60 KB | initiator closes | recipient closes | why not |\n|---|---|---|---|---|---|---|---|---|\n";
    [head, peers.collect(), overview(table), each_pair.to_owned(), pairs.collect()].concat()
}

/// A row for each initiator, and a column for each recipient.
fn overview(table: &InteropTable) -> String {
    let names: Vec<&str> = table.peers.iter().map(|peer| peer.name.as_str()).collect();
    let of = |initiator: &str, recipient: &str| {
        let pair = table.pairs.iter().find(|pair| pair.initiator == initiator && pair.recipient == recipient);
        pair.map_or("not tried", in_a_word)
    };
    let row = |initiator: &&str| {
        let cells = names.iter().map(|recipient| of(initiator, recipient)).collect::<Vec<_>>();
        format!("| **{initiator}** | {} |\n", cells.join(" | "))
    };
    format!(
        "\n## Overview\n\nA row for each initiator, a column for each recipient.\n\n| | {} |\n|---|{}\n{}",
        names.join(" | "),
        "---|".repeat(names.len()),
        names.iter().map(row).collect::<String>()
    )
}

fn in_a_word(pair: &InteropPair) -> &'static str {
    match (pair.is_well(), pair.connected) {
        (true, _) => "yes",
        (false, Step::Passed) => "in part",
        (false, _) => "no",
    }
}

fn row(pair: &InteropPair) -> String {
    let [connected, text, large_text, initiator_closes, recipient_closes] = pair.steps().map(word);
    let time = pair.connect_ms.map_or_else(|| "–".to_owned(), |ms| format!("{:.1} s", (ms / 1e3).max(0.1)));
    format!(
        "| {} | {} | {connected} | {time} | {text} | {large_text} | {initiator_closes} | {recipient_closes} | {} |\n",
        pair.initiator,
        pair.recipient,
        cell(pair.why.as_deref().unwrap_or_default())
    )
}

fn word(step: Step) -> &'static str {
    match step {
        Step::Passed => "yes",
        Step::Failed => "no",
        Step::NotReached => "–",
    }
}

/// A text in a cell.
fn cell(text: &str) -> String {
    text.replace('|', "\\|").replace('\n', " ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::interop::InteropPeer;

    #[test]
    fn the_page_of_a_table_stays_as_it_was_reviewed() {
        let peer = |name: &str| InteropPeer { name: name.to_owned(), about: format!("JavaScript: {name}.") };
        let pair = |initiator: &str, recipient: &str, connected| InteropPair {
            initiator: initiator.to_owned(),
            recipient: recipient.to_owned(),
            connected: Step::of(true, connected),
            connect_ms: connected.then_some(312.0),
            text: Step::of(connected, true),
            large_text: Step::of(connected, true),
            initiator_closes: Step::of(connected, true),
            recipient_closes: Step::of(connected, initiator != recipient),
            attempts: 1,
            why: (!connected).then(|| "b: it sends no INIT | none".to_owned()),
            is_excused: !connected,
        };
        let pairs = vec![pair("a", "a", true), pair("a", "b", false), pair("b", "a", true), pair("b", "b", true)];
        let table = InteropTable { schema: 1, passed: true, peers: vec![peer("a"), peer("b")], pairs };
        insta::assert_snapshot!(markdown(&table));
    }
}
