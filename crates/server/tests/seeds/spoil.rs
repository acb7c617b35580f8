//! The watchers are watched: each of these does to the database what a fault in the code would do, and must be found.

use harkara::store::Db;

use crate::check::writer;

/// What is spoiled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Spoil {
    /// Unknown messages are simply sent again.
    ResendUnknown,
    /// What is on its way is queued once more.
    QueueTwice,
    /// Planning begins again where it was before.
    PlanTwice,
    /// Planning leaves people out.
    SkipPeople,
    /// A callback that was answered with 2xx is gone.
    LoseCallback,
    /// A callback counts as applied and has no effect.
    LoseReport,
    /// A message counts twice in the funnel.
    CountTwice,
    /// Numbers send faster than they may.
    Hasten,
    /// People who opted out are written to.
    ForgetOptOut,
    /// A stopped campaign goes on.
    GoOn,
    /// A campaign ends while messages are open.
    EndEarly,
}

impl Spoil {
    pub const ALL: [Self; 11] = [
        Self::ResendUnknown,
        Self::QueueTwice,
        Self::PlanTwice,
        Self::SkipPeople,
        Self::LoseCallback,
        Self::LoseReport,
        Self::CountTwice,
        Self::Hasten,
        Self::ForgetOptOut,
        Self::GoOn,
        Self::EndEarly,
    ];

    fn sql(self) -> &'static str {
        match self {
            Self::ResendUnknown => "UPDATE message SET state = 10, due_at = 0 WHERE state = 25",
            Self::QueueTwice => {
                "UPDATE message SET state = 10, due_at = 0 WHERE state = 20 AND campaign_id IS NOT NULL"
            }
            Self::PlanTwice => {
                "UPDATE campaign_slice SET position = 0, planned = 0 WHERE position > 0
                     AND campaign_id IN (SELECT id FROM campaign WHERE state = 3)"
            }
            Self::SkipPeople => {
                "UPDATE campaign_slice SET position = upper WHERE planned = 0 AND position > 0"
            }
            Self::LoseCallback => "DELETE FROM callback WHERE state = 0",
            Self::LoseReport => "UPDATE callback SET state = 1 WHERE state = 0",
            Self::CountTwice => "UPDATE campaign_count SET n = n + 1 WHERE n = 5",
            Self::Hasten => "UPDATE number SET messages_per_second = 400 WHERE messages_per_second < 400",
            Self::ForgetOptOut => "DELETE FROM suppression",
            Self::GoOn => "UPDATE campaign SET state = 3 WHERE state = 6",
            Self::EndEarly => "UPDATE campaign SET state = 5 WHERE state = 3",
        }
    }

    /// Does it. Answers whether anything was there to be spoiled.
    pub async fn act(self, db: &Db) -> bool {
        let done = sqlx::raw_sql(self.sql()).execute(writer(db)).await.unwrap();
        done.rows_affected() > 0
    }
}
