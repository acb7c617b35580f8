//! The customer service window: free-form messages may leave for 24 hours after the person's last message.

use crate::clock::{DAY, MINUTE, Millis};

/// The window is treated as closed a little early, so that the provider does not refuse what we let pass.
const GUARD: Millis = MINUTE;

/// When the window closes that a message at `last_inbound_at` opened.
pub fn closes_at(last_inbound_at: Millis) -> Millis {
    last_inbound_at + DAY - GUARD
}

/// May a free-form message leave?
pub fn is_open(last_inbound_at: Millis, now: Millis) -> bool {
    now < closes_at(last_inbound_at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_window_closes_a_minute_early() {
        assert!(is_open(0, 0));
        assert!(is_open(0, DAY - MINUTE - 1));
        assert!(!is_open(0, DAY - MINUTE));
    }
}
