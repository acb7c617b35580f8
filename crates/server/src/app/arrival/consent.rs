//! STOP and START, and what providers say of them. What the person said last counts, in whatever order it arrives.

use harkara_provider::InboundContent;

use super::{Mail, plain};
use crate::app::{App, consent};
use crate::clock::Millis;
use crate::domain::consent::Intent;
use crate::domain::variant::names;
use crate::store::consent::{ConsentRow, latest, record};
use crate::store::profile::{OPTED_IN, OPTED_OUT};
use crate::store::{StoreError, Tx};

/// Somebody opted out or in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Act {
    /// The person.
    pub phone: String,
    /// When.
    pub at: Millis,
    /// Out, or in.
    pub out: bool,
    /// Where it comes from.
    pub source: &'static str,
    /// Its proof, in words.
    pub detail: String,
    /// Seen for the first time, as far as we can tell.
    pub fresh: bool,
}

/// What a message asks for, and the words it does so with: its text, or the button that was tapped. Opting out wins.
pub(super) fn asks(app: &App, content: &InboundContent) -> Option<(Intent, String)> {
    let reply = content.reply.as_ref();
    let said = [
        content.text.as_ref(),
        reply.and_then(|r| r.title.as_ref()),
        reply.and_then(|r| r.payload.as_ref()),
    ];
    let asked: Vec<(Intent, String)> = said
        .into_iter()
        .flatten()
        .filter_map(|text| Some((app.consent_words.intent(text)?, plain(text))))
        .collect();
    let out = asked.iter().find(|(intent, _)| *intent == Intent::OptOut);
    out.or(asked.first()).cloned()
}

impl Mail<'_> {
    /// Applies what people and providers decided in this batch, in the order in which they did.
    pub(super) async fn decide(&self, mut acts: Vec<Act>, tx: &mut Tx) -> Result<(), StoreError> {
        // At the same moment the opt-out comes last, and wins.
        acts.sort_by(|a, b| (a.at, a.out, &a.phone).cmp(&(b.at, b.out, &b.phone)));
        let mut phones: Vec<&str> = acts.iter().map(|act| act.phone.as_str()).collect();
        phones.sort_unstable();
        phones.dedup();
        let mut last = latest(tx, &phones).await?;
        for act in &acts {
            let before = last.get(&act.phone).copied();
            // Something newer was decided, and was told to us earlier.
            let late = before.is_some_and(|before| act.at < before || (act.at == before && !act.out));
            if late {
                continue;
            }
            let detail = Some(act.detail.as_str()).filter(|text| !text.is_empty());
            let changed = if act.out {
                consent::opt_out(self.app, tx, &act.phone, act.source, detail, act.at).await?
            } else {
                consent::opt_in(self.app, tx, &act.phone, act.source, detail, act.at).await?
            };
            if !changed && act.fresh {
                // It changes nothing now, but must outlast what was said before it and has not reached us yet.
                let row = ConsentRow {
                    id: self.app.id(),
                    phone: Some(act.phone.clone()),
                    profile_id: None,
                    action: if act.out { OPTED_OUT } else { OPTED_IN },
                    source: act.source.to_owned(),
                    detail: detail.map(str::to_owned),
                    at: act.at,
                };
                record(tx, &[row]).await?;
            }
            last.extend(names(&act.phone).into_iter().map(|name| (name, act.at)));
        }
        Ok(())
    }
}
