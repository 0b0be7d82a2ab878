//! Columns of text.

use textwrap::core::display_width;

use super::look::Look;
use super::span::{Span, Tone};
use super::wrap::wrapped;
use crate::format::padded;

/// The least room for the last column, which is wrapped.
const LAST_MIN: usize = 14;

/// The space between two columns, and before the first.
const GAP: &str = "  ";

/// The rows as lines, each column as wide as its widest cell; the last one is wrapped. The words of the head stand one below the
/// other where the terminal is too narrow for it; where the cells are too wide too, each row is a block, with a line for each cell.
/// Lines have no space at their end.
pub(super) fn table<const COLUMNS: usize>(
    head: Option<&[&str; COLUMNS]>,
    rows: &[[Span; COLUMNS]],
    look: Look,
) -> Vec<String> {
    let widest = |column: usize, least: usize| {
        rows.iter().map(|row| display_width(row[column].text())).max().unwrap_or(0).max(least)
    };
    let of_head = |column: usize, width: fn(&str) -> usize| head.map_or(0, |head| width(head[column]));
    let mut widths: Vec<usize> = (0..COLUMNS).map(|column| widest(column, of_head(column, display_width))).collect();
    let all = widths.iter().map(|width| width + GAP.len()).sum::<usize>();
    if look.width.is_some_and(|width| all > width) {
        widths = (0..COLUMNS).map(|column| widest(column, of_head(column, longest_word))).collect();
    }
    let last = widths.last().copied().unwrap_or(0);
    let narrowest = widths.iter().map(|width| width + GAP.len()).sum::<usize>() - last + last.min(LAST_MIN);
    if let (Some(head), Some(width)) = (head, look.width)
        && narrowest > width
    {
        return rows.iter().flat_map(|row| block(head, row, look)).collect();
    }
    let mut lines = head.map(|head| head_lines(head, &widths, look)).unwrap_or_default();
    for row in rows {
        let Some((last, before)) = row.split_last() else { continue };
        let cells = before.iter().zip(&widths).map(|(cell, width)| {
            let room = " ".repeat(width.saturating_sub(display_width(cell.text())));
            format!("{GAP}{}{room}", cell.painted(look.has_colours))
        });
        let label = cells.collect::<String>() + GAP;
        lines.extend(wrapped(&label, &last.painted(look.has_colours), look.width));
    }
    lines
}

/// A row as a block: a line for each cell, with its name. The first cell is the heading of the block.
fn block<const COLUMNS: usize>(head: &[&str; COLUMNS], row: &[Span; COLUMNS], look: Look) -> Vec<String> {
    let names = head.iter().skip(1).map(|name| display_width(name)).max().unwrap_or(0);
    let mut lines = Vec::new();
    for (index, (name, cell)) in head.iter().zip(row).enumerate() {
        let room = padded("", names.saturating_sub(display_width(name)));
        let label = match index {
            0 if name.is_empty() => GAP.to_owned(),
            0 => format!("{GAP}{} ", Span::new(Tone::Strong, name).painted(look.has_colours)),
            _ => format!("{GAP}{GAP}{}{room}{GAP}", Span::new(Tone::Faint, name).painted(look.has_colours)),
        };
        lines.extend(wrapped(&label, &cell.painted(look.has_colours), look.width));
    }
    lines
}

fn longest_word(text: &str) -> usize {
    text.split(' ').map(display_width).max().unwrap_or(0)
}

/// The head, each cell as many lines as it needs. The last lines stand side by side.
fn head_lines<const COLUMNS: usize>(head: &[&str; COLUMNS], widths: &[usize], look: Look) -> Vec<String> {
    let cells: Vec<Vec<String>> = head.iter().zip(widths).map(|(cell, width)| words_within(cell, *width)).collect();
    let height = cells.iter().map(Vec::len).max().unwrap_or(0);
    let line = |above: usize| {
        let cell = |(cell, width): (&Vec<String>, &usize)| {
            let text = (above + cell.len()).checked_sub(height).and_then(|line| cell.get(line));
            let text = Span::new(Tone::Strong, text.map_or("", String::as_str));
            let room = padded("", width.saturating_sub(display_width(text.text())));
            format!("{GAP}{}{room}", text.painted(look.has_colours))
        };
        cells.iter().zip(widths).map(cell).collect::<String>().trim_end().to_owned()
    };
    (0..height).map(line).collect()
}

/// The words as lines of this width.
fn words_within(text: &str, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split(' ') {
        match lines.last_mut() {
            Some(line) if display_width(line) + 1 + display_width(word) <= width => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cells<const COLUMNS: usize>(rows: &[[&str; COLUMNS]]) -> Vec<[Span; COLUMNS]> {
        rows.iter().map(|row| row.map(Span::from)).collect()
    }

    #[test]
    fn columns_are_as_wide_as_their_widest_cell() {
        let rows = cells(&[["a", "bcd", "e"], ["fgh", "語", ""], ["i", "", "j"]]);
        assert_eq!(table(None, &rows, Look::plain()), ["  a    bcd  e", "  fgh  語", "  i         j"]);
    }

    #[test]
    fn a_cell_may_be_of_any_length() {
        let long = "x".repeat(100_000);
        assert_eq!(table(None, &cells(&[["a", &long]]), Look::plain()), [format!("  a  {long}")]);
    }

    #[test]
    fn on_a_narrow_terminal_the_words_of_the_head_stand_one_below_the_other() {
        let rows = cells(&[["1", "1.965 s", "2 s"]]);
        let head = ["pair", "answer found after", "open after"];
        assert_eq!(table(Some(&head), &rows, Look::plain()).len(), 2);
        let narrow = Look { width: Some(28), ..Look::plain() };
        let expected = ["        answer", "        found    open", "  pair  after    after", "  1     1.965 s  2 s"];
        assert_eq!(table(Some(&head), &rows, narrow), expected);
    }

    #[test]
    fn a_row_for_whose_cells_a_terminal_is_too_narrow_is_a_block() {
        let rows = cells(&[["1", "harness-1490515867-1", "1.965 s", "yes"], ["2", "b", "", "no"]]);
        let head = ["pair", "room", "answer found after", "connected"];
        let lines = table(Some(&head), &rows, Look { width: Some(40), ..Look::plain() });
        let expected = [
            "  pair 1",
            "    room                harness-1490515867-1",
            "    answer found after  1.965 s",
            "    connected           yes",
            "  pair 2",
            "    room                b",
            "    answer found after",
            "    connected           no",
        ];
        assert_eq!(lines, expected);
    }

    #[test]
    fn the_last_column_is_wrapped_below_itself() {
        let rows = cells(&[["passed", "roles", "two peers that know their roles, and no other"]]);
        let lines = table(None, &rows, Look { width: Some(40), ..Look::plain() });
        assert_eq!(
            lines,
            ["  passed  roles  two peers that know", "                 their roles, and no", "                 other"]
        );
    }
}
