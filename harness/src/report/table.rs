//! Columns of text.

use crate::format::padded;

/// The space between two columns.
const GAP: &str = "  ";

/// The rows as text, each column as wide as its widest cell. Lines have no space at their end.
pub(crate) fn columns<const COLUMNS: usize>(rows: &[[String; COLUMNS]]) -> String {
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
    let widths: Vec<_> = (0..COLUMNS).map(width).collect();
    let mut text = String::new();
    for row in rows {
        let cells: Vec<_> = row.iter().zip(&widths).map(|(cell, width)| padded(cell, *width)).collect();
        text.push_str(format!("{GAP}{}", cells.join(GAP)).trim_end());
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_as_wide_as_their_widest_cell() {
        let rows = [["a", "bcd", "e"], ["fgh", "i", ""]].map(|row| row.map(ToOwned::to_owned));
        assert_eq!(columns(&rows), "  a    bcd  e\n  fgh  i\n");
    }

    #[test]
    fn a_cell_may_be_of_any_length() {
        let long = "x".repeat(100_000);
        assert_eq!(columns(&[["a".to_owned(), long.clone()]]), format!("  a  {long}\n"));
    }
}
