//! Whether a channel is open, and who told it so.

use std::fmt;
use std::sync::Arc;

use tokio::sync::watch;

/// How an open channel is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ChannelState {
    /// Messages go both ways.
    Open,
    /// Nothing has arrived for [`INTERRUPTED_AFTER`](super::INTERRUPTED_AFTER). It may come back; what is sent meanwhile
    /// waits.
    Interrupted,
    /// It is over. Nothing follows this.
    Closed(CloseReason),
}

/// Why a channel is closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum CloseReason {
    /// This side closed it, or dropped it.
    ThisSide,
    /// The other side did.
    OtherSide,
    /// There is no way to the other side any more.
    Lost,
}

impl ChannelState {
    /// Why it is closed, if it is.
    pub fn close_reason(self) -> Option<CloseReason> {
        match self {
            Self::Closed(reason) => Some(reason),
            Self::Open | Self::Interrupted => None,
        }
    }
}

impl fmt::Display for ChannelState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Open => f.write_str("open"),
            Self::Interrupted => f.write_str("interrupted"),
            Self::Closed(reason) => reason.fmt(f),
        }
    }
}

impl fmt::Display for CloseReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::ThisSide => "closed by this side",
            Self::OtherSide => "closed by the other side",
            Self::Lost => "lost",
        })
    }
}

/// What a channel's state is told to. Clones tell of the same channel.
#[derive(Debug, Clone)]
pub struct StateSender(Arc<watch::Sender<ChannelState>>);

impl StateSender {
    /// The teller of a channel that is open, and who hears it. The receiver has seen that it is open.
    pub fn new() -> (Self, watch::Receiver<ChannelState>) {
        let (sender, state) = watch::channel(ChannelState::Open);
        (Self(Arc::new(sender)), state)
    }

    /// Tells of a change. Nothing follows a closed channel, so the first reason is the one that counts.
    pub fn send(&self, state: ChannelState) {
        self.0.send_if_modified(|current| {
            let is_news = current.close_reason().is_none() && *current != state;
            if is_news {
                *current = state;
            }
            is_news
        });
    }

    /// What was told last.
    pub fn current(&self) -> ChannelState {
        *self.0.borrow()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_reason_for_closing_counts_and_nothing_follows_it() {
        let (sender, state) = StateSender::new();
        sender.send(ChannelState::Closed(CloseReason::Lost));
        sender.send(ChannelState::Closed(CloseReason::ThisSide));
        sender.send(ChannelState::Open);
        assert_eq!(*state.borrow(), ChannelState::Closed(CloseReason::Lost));
    }

    #[test]
    fn what_is_told_twice_is_no_change() {
        let (sender, mut state) = StateSender::new();
        sender.send(ChannelState::Open);
        assert!(!state.has_changed().unwrap());
        sender.send(ChannelState::Interrupted);
        assert!(state.has_changed().unwrap());
        state.mark_unchanged();
        sender.send(ChannelState::Interrupted);
        assert!(!state.has_changed().unwrap());
    }
}
