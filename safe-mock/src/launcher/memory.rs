//! How the memory of a launcher is shared out to what it holds for others. Each kind has its own share, so that no
//! kind displaces another: who needs no session cannot end the sessions of others.

/// The shares of a launcher's memory, in bytes.
#[derive(Debug, Clone, Copy)]
pub struct Shares {
    /// Snapshots of structured data.
    pub structured_data: usize,
    /// Data ids.
    pub data_ids: usize,
    /// Choices of encryption.
    pub cipher_options: usize,
    /// Writers of immutable data, without their content.
    pub writers: usize,
    /// Readers of immutable data.
    pub readers: usize,
    /// Public keys of apps.
    pub encrypt_keys: usize,
    /// Public signing keys of accounts.
    pub sign_keys: usize,
    /// Copies of appendable data.
    pub appendable_data: usize,
    /// Sessions.
    pub sessions: usize,
    /// The journal.
    pub journal: usize,
    /// Apps that wait to be let in.
    pub questions: usize,
}

impl Shares {
    /// The shares of `bytes`.
    pub fn of(bytes: usize) -> Self {
        Self {
            structured_data: bytes / 2 - bytes / 8 - 4 * (bytes / 64),
            data_ids: bytes / 16,
            cipher_options: bytes / 16,
            writers: bytes / 64,
            readers: bytes / 64,
            encrypt_keys: bytes / 64,
            sign_keys: bytes / 64,
            appendable_data: bytes / 8,
            sessions: bytes / 4,
            journal: bytes / 16,
            questions: bytes / 16,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::MEMORY_BYTES_MIN;

    #[test]
    fn the_shares_are_the_whole_and_nothing_that_json_can_say_is_too_large_for_them() {
        let Shares {
            structured_data,
            data_ids,
            cipher_options,
            writers,
            readers,
            encrypt_keys,
            sign_keys,
            appendable_data,
            sessions,
            journal,
            questions,
        } = Shares::of(MEMORY_BYTES_MIN);
        let sealing = cipher_options + encrypt_keys + sign_keys;
        let handles = structured_data + data_ids + sealing + writers + readers + appendable_data;
        assert_eq!(handles + sessions + journal + questions, MEMORY_BYTES_MIN);
        // Content from an array-like object, and an app whose fields grow to three times their size.
        assert!(structured_data > (1 << 20) + 1_000);
        assert!(sessions.min(questions) > 3 * 102_400 + 1_000);
    }
}
