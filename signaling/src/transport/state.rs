//! The state of a channel.

use std::fmt;
use std::sync::Arc;

use tokio::sync::watch;

/// The state of a channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ChannelState {
    /// Messages go both ways.
    Open,
    /// Nothing has arrived for some seconds. The channel may recover; messages wait until then.
    Interrupted,
    /// The channel is closed. No state follows.
    Closed(CloseReason),
}

/// Why a channel is closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum CloseReason {
    /// This side closed it, or dropped it.
    ThisSide,
    /// The other side closed it, or dropped it.
    OtherSide,
    /// The connection to the other side was lost.
    Lost,
    /// The other side sent a message that is larger than this side can receive.
    MessageTooLarge,
}

impl ChannelState {
    /// Why the channel is closed, if it is.
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
            Self::MessageTooLarge => "closed, because the other side sent a message larger than this side can receive",
        })
    }
}

/// Sends the states of a channel, for implementors of a transport. Clones belong to the same channel.
#[derive(Debug, Clone)]
pub struct StateSender(Arc<watch::Sender<ChannelState>>);

impl StateSender {
    /// A sender and a receiver for an open channel. The receiver has seen that it is open.
    pub fn new() -> (Self, watch::Receiver<ChannelState>) {
        let (sender, state) = watch::channel(ChannelState::Open);
        (Self(Arc::new(sender)), state)
    }

    /// Sends a change. No state follows a closed channel, so the first reason counts.
    pub fn send(&self, state: ChannelState) {
        self.0.send_if_modified(|current| {
            let is_change = current.close_reason().is_none() && *current != state;
            if is_change {
                *current = state;
            }
            is_change
        });
    }

    /// The last state that was sent.
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
    fn a_state_that_is_sent_twice_is_no_change() {
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
