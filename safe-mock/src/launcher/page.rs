//! Pages: a part of a list that is copied under one lock, so that no list holds the lock for long.

/// How many items a page has at most, and by default.
pub const PAGE_ITEMS_MAX: usize = 1_000;

/// A page ends after so many bytes.
pub const PAGE_BYTES_MAX: usize = 1 << 20;

/// A part of a list.
#[derive(Debug)]
pub struct Page<T, C> {
    /// The items.
    pub items: Vec<T>,
    /// The cursor of the last item, if more items follow.
    pub next: Option<C>,
}

impl<T, C> Page<T, C> {
    /// The first of `items`, with the cursor and the size in bytes of each.
    pub fn of(items: impl IntoIterator<Item = (C, usize, T)>, limit: Option<usize>) -> Self {
        let limit = limit.unwrap_or(PAGE_ITEMS_MAX).clamp(1, PAGE_ITEMS_MAX);
        let mut page = Self { items: Vec::new(), next: None };
        let mut bytes = 0_usize;
        let mut last = None;
        for (cursor, size, item) in items {
            if page.items.len() == limit || bytes >= PAGE_BYTES_MAX {
                page.next = last;
                break;
            }
            bytes = bytes.saturating_add(size);
            page.items.push(item);
            last = Some(cursor);
        }
        page
    }

    /// The same page of other items.
    pub fn map<U>(self, change: impl FnMut(T) -> U) -> Page<U, C> {
        Page { items: self.items.into_iter().map(change).collect(), next: self.next }
    }
}

/// The items of all pages, from the first on. `page` gives the page behind a cursor.
pub fn all<T, C>(mut page: impl FnMut(Option<C>) -> Page<T, C>) -> Vec<T> {
    let mut first = page(None);
    while let Some(cursor) = first.next.take() {
        let more = page(Some(cursor));
        first.items.extend(more.items);
        first.next = more.next;
    }
    first.items
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(after: Option<u64>, size: usize, limit: Option<usize>) -> Page<u64, u64> {
        Page::of((after.unwrap_or(0) + 1..=10).map(|number| (number, size, number)), limit)
    }

    #[test]
    fn a_page_ends_after_its_items_or_bytes_and_says_what_follows() {
        let ends = |page: Page<u64, u64>| (page.items.len(), page.next);
        assert_eq!(ends(page(None, 1, None)), (10, None));
        assert_eq!(ends(page(None, 1, Some(10))), (10, None));
        assert_eq!(ends(page(None, 1, Some(4))), (4, Some(4)));
        assert_eq!(ends(page(None, 1, Some(0))), (1, Some(1)));
        assert_eq!(ends(page(None, PAGE_BYTES_MAX / 2, None)), (2, Some(2)));
        assert_eq!(ends(page(None, usize::MAX, None)), (1, Some(1)));
    }

    #[test]
    fn all_pages_together_are_the_list() {
        for limit in 1..12 {
            assert_eq!(all(|after| page(after, 1, Some(limit))), (1..=10).collect::<Vec<_>>());
        }
    }
}
