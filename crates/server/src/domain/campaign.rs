//! The life of a campaign.

/// A campaign's state, as stored.
pub type State = i16;

/// Being written.
pub const DRAFT: State = 1;
/// Waits for its time.
pub const SCHEDULED: State = 2;
/// Sending.
pub const RUNNING: State = 3;
/// Held by a person.
pub const PAUSED: State = 4;
/// Every message is terminal or unknown.
pub const FINISHED: State = 5;
/// Ended by a person; what had not left was cancelled.
pub const STOPPED: State = 6;

/// Bucket of the funnel that counts people who answered, each once. Below 100 are message states, from 100 on reasons for
/// leaving people out.
pub const REPLIED: i16 = 200;

/// Bucket of those of the skipped whom the cut-off came before, in the same funnel.
pub const CUT_OFF: i16 = 201;

/// Every state.
pub const ALL: [State; 6] = [DRAFT, SCHEDULED, RUNNING, PAUSED, FINISHED, STOPPED];

/// Stable name, used in the API.
pub fn name(state: State) -> &'static str {
    match state {
        DRAFT => "draft",
        SCHEDULED => "scheduled",
        RUNNING => "running",
        PAUSED => "paused",
        FINISHED => "finished",
        STOPPED => "stopped",
        _ => "corrupt",
    }
}

/// What a person can ask of a campaign.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Act {
    /// Begin now or at a time.
    Launch,
    /// Hold.
    Pause,
    /// Go on.
    Resume,
    /// End for good.
    Stop,
    /// Change what it says or to whom.
    Edit,
    /// Take back a launch that has not begun.
    Unschedule,
    /// Throw away.
    Delete,
}

/// May this be done in this state? The error says why not and what else can be done.
pub fn may(state: State, act: Act) -> Result<(), &'static str> {
    match (act, state) {
        (Act::Launch | Act::Edit | Act::Delete, DRAFT) => Ok(()),
        (Act::Unschedule, SCHEDULED | PAUSED)
        | (Act::Pause, RUNNING | SCHEDULED)
        | (Act::Resume, PAUSED)
        | (Act::Stop, RUNNING | PAUSED | SCHEDULED) => Ok(()),
        (Act::Launch, _) => Err("It was launched before. Make a new campaign to send again."),
        (Act::Edit, SCHEDULED) => Err("It waits for its time. Take it back to a draft to change it."),
        (Act::Edit, PAUSED | RUNNING) => {
            Err("It was launched, so that what it says is fixed. Stop it and make a new one to change it.")
        }
        (Act::Edit, _) => Err("It is over. Make a new campaign."),
        (Act::Unschedule, _) => Err("Only a campaign that waits for its time can be made a draft again."),
        (Act::Delete, _) => {
            Err("It was launched, so that its record stays. A scheduled one can be made a draft again.")
        }
        (Act::Pause, PAUSED) => Err("It is paused already."),
        (Act::Pause, _) => Err("Only a running or scheduled campaign can be paused."),
        (Act::Resume, _) => Err("Only a paused campaign can be resumed."),
        (Act::Stop, _) => Err("It is not running, so there is nothing to stop."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_campaign_is_launched_once_and_stopped_for_good() {
        assert!(may(DRAFT, Act::Launch).is_ok());
        for state in [SCHEDULED, RUNNING, PAUSED, FINISHED, STOPPED] {
            assert!(may(state, Act::Launch).is_err());
        }
        for act in [
            Act::Launch,
            Act::Pause,
            Act::Resume,
            Act::Stop,
            Act::Edit,
            Act::Unschedule,
            Act::Delete,
        ] {
            assert!(may(STOPPED, act).is_err(), "{act:?}");
        }
    }

    #[test]
    fn what_has_not_begun_is_taken_back_and_only_drafts_are_thrown_away() {
        for state in ALL {
            assert_eq!(may(state, Act::Delete).is_ok(), state == DRAFT);
            let waits = matches!(state, SCHEDULED | PAUSED);
            assert_eq!(may(state, Act::Unschedule).is_ok(), waits, "{}", name(state));
        }
    }
}
