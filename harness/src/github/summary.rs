//! The summary of a step, in Markdown.

use std::fmt::Write as _;

use signaling::Printable;

use super::annotation::bounded;

/// The most characters of a cell.
const CELL_CHARS_MAX: usize = 1_000;

/// What is said where there is no room for the rest.
const CUT: &str = "\nThe rest is left out: GitHub keeps 1 MiB of the summary of a step.\n";

/// The summary of a step: pieces that are not divided, such as a row or a diagram.
#[derive(Debug, Clone, Default)]
pub(crate) struct Summary {
    pieces: Vec<String>,
}

impl Summary {
    /// A heading.
    pub(crate) fn heading(&mut self, text: &str) {
        self.pieces.push(format!("\n### {}\n", markdown(text)));
    }

    /// A paragraph.
    pub(crate) fn paragraph(&mut self, text: &str) {
        self.pieces.push(format!("\n{}\n", markdown(text)));
    }

    /// A table, unless it has no row.
    pub(crate) fn table<const COLUMNS: usize>(&mut self, head: [&str; COLUMNS], rows: &[[String; COLUMNS]]) {
        if rows.is_empty() {
            return;
        }
        self.pieces.push(format!("\n| {} |\n|{}\n", head.join(" | "), "---|".repeat(COLUMNS)));
        let cell = |cell: &String| markdown(&bounded(cell, CELL_CHARS_MAX));
        let row = |row: &[String; COLUMNS]| format!("| {} |\n", row.iter().map(cell).collect::<Vec<_>>().join(" | "));
        self.pieces.extend(rows.iter().map(row));
    }

    /// A table that is folded below its title, unless it has no row. It is not divided.
    pub(crate) fn folded_table<const COLUMNS: usize>(
        &mut self,
        title: &str,
        head: [&str; COLUMNS],
        rows: &[[String; COLUMNS]],
    ) {
        if rows.is_empty() {
            return;
        }
        let mut table = Self::default();
        table.table(head, rows);
        let title = markdown(title);
        self.pieces.push(format!("\n<details><summary>{title}</summary>\n{}\n</details>\n", table.pieces.concat()));
    }

    /// A block that is shown as it is, or drawn, as its language says.
    pub(crate) fn block(&mut self, language: &str, text: &str) {
        // Longer than any row of backticks in the text, which then cannot end the block.
        let longest = text.split(|letter| letter != '`').map(str::len).max().unwrap_or(0);
        let fence = "`".repeat((longest + 1).max(3));
        self.pieces.push(format!("\n{fence}{language}\n{}\n{fence}\n", text.trim_end()));
    }

    /// The Markdown, with at most so many bytes: the first pieces for which there is room.
    pub(crate) fn markdown(&self, bytes_max: usize) -> String {
        let mut text = String::new();
        for piece in &self.pieces {
            if text.len() + piece.len() + CUT.len() > bytes_max {
                if text.len() + CUT.len() <= bytes_max {
                    text.push_str(CUT);
                }
                break;
            }
            text.push_str(piece);
        }
        text
    }
}

/// A text that Markdown shows as it is: no table, link, tag or mention begins in it.
fn markdown(text: &str) -> String {
    let mut safe = String::new();
    for letter in Printable(text).to_string().chars() {
        match letter {
            '&' | '<' | '>' | '|' | '\\' | '`' | '*' | '_' | '[' | ']' | '!' | '~' | '#' | '@' | '$' | ':' => {
                // Writing to a String cannot fail.
                let _written = write!(safe, "&#{};", u32::from(letter));
            }
            '\n' | '\r' => safe.push(' '),
            _ => safe.push(letter),
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::*;

    const FOREIGN: &str = "a|b\n| c | `d` ![e](http://f) <img src=g> @h #1 **i**";

    #[test]
    fn a_foreign_text_breaks_no_table_and_begins_no_link_tag_or_mention() {
        let mut summary = Summary::default();
        summary.heading(FOREIGN);
        summary.paragraph(FOREIGN);
        summary.table(["result", "found"], &[[FOREIGN.to_owned(), "2 s".to_owned()]]);
        let text = summary.markdown(usize::MAX);
        assert_eq!(text.lines().filter(|line| line.matches('|').count() == 3).count(), 3, "{text}");
        assert!(!text.contains(['@', '`', '<', '!', '[', '*']), "{text}");
        insta::assert_snapshot!(text);
    }

    #[test]
    fn a_folded_table_is_closed_or_not_there() {
        let mut summary = Summary::default();
        summary.folded_table("nothing", ["a"], &[]);
        assert_eq!(summary.markdown(usize::MAX), "");
        summary.folded_table("2 <checks>", ["a"], &[[FOREIGN.to_owned()], ["b".to_owned()]]);
        let text = summary.markdown(usize::MAX);
        assert!(text.starts_with("\n<details><summary>2 &#60;checks&#62;</summary>\n\n| a |\n|---|\n| "), "{text}");
        assert!(text.ends_with("| b |\n\n</details>\n") && text.matches('<').count() == 4, "{text}");
        assert!(!summary.markdown(150).contains("<details>"));
    }

    #[test]
    fn a_foreign_text_cannot_end_a_block() {
        let mut summary = Summary::default();
        summary.block("mermaid", "sequenceDiagram\n```\n# a heading\n````\n");
        assert_eq!(summary.markdown(usize::MAX), "\n`````mermaid\nsequenceDiagram\n```\n# a heading\n````\n`````\n");
    }

    #[test]
    fn a_summary_is_cut_between_pieces_and_says_so() {
        let mut summary = Summary::default();
        let rows: Vec<_> = (0..10_000).map(|_| ["x".repeat(500)]).collect();
        summary.table(["a"], &rows);
        let text = summary.markdown(1 << 20);
        assert!(text.len() <= 1 << 20 && text.ends_with(CUT), "{}", text.len());
        assert!(text.trim_end_matches(CUT).ends_with(" |\n"));
        assert_eq!(summary.markdown(10), "");
    }
}
