//! What needs a person: each with its reason, and what to do.

use serde::Serialize;
use utoipa::ToSchema;

use crate::app::AppError;
use crate::app::campaign::Progress;
use crate::clock::{DAY, HOUR, MINUTE, Millis};
use crate::domain::campaign::PAUSED;
use crate::domain::id::{ACCOUNT, CAMPAIGN, CONVERSATION, IMPORT, TEMPLATE};
use crate::domain::window::closes_at;
use crate::store::account::HELD;
use crate::store::home::{self, AccountTrouble, TemplateTrouble};
use crate::store::import::FAILED;
use crate::store::{Tx, campaign};

/// How long what went wrong with imports and templates stands here.
const REMEMBERED: Millis = 7 * DAY;
/// Time in which a first callback should have come.
const PATIENCE: Millis = 10 * MINUTE;
/// Of one kind at most.
const MOST: usize = 20;

/// Something that needs a person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Need {
    /// `account_held`, `callbacks_refused`, `callbacks_missing`, `campaign_stalled`, `campaign_paused`, `template_rejected`,
    /// `template_paused`, `windows_closing` or `import_failed`.
    pub kind: &'static str,
    /// What it is, in a few words.
    pub title: String,
    /// Why.
    pub detail: String,
    /// What to do.
    pub help: String,
    /// Where to do it.
    pub link: Link,
}

/// A place in the dashboard.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Link {
    /// `account`, `campaign`, `template`, `import`, `conversation`, or `conversations` for the list of them.
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// Of which one.
    pub id: Option<String>,
}

fn link(kind: &'static str, id: String) -> Link {
    Link { kind, id: Some(id) }
}

/// The last message of a person whose window is open came after this moment.
pub fn open_since(now: Millis) -> Millis {
    now - closes_at(0) + 1
}

/// Everything that needs a person now, the most urgent first. `running` are the campaigns that send.
pub(super) async fn needs(tx: &mut Tx, now: Millis, running: &[Progress]) -> Result<Vec<Need>, AppError> {
    let mut needs = Vec::new();
    for row in home::accounts(tx, now - DAY, now - PATIENCE).await? {
        needs.extend(account(&row));
    }
    // A held account explains itself: its campaigns need not say it again. Quiet hours and a cut-off are as somebody wished.
    let stalled = running.iter().filter_map(|p| Some((p, p.waiting.as_ref()?)));
    let stalled =
        stalled.filter(|(_, why)| !matches!(why.code.as_str(), "account_held" | "quiet_hours" | "cut_off"));
    needs.extend(stalled.take(MOST).map(|(progress, why)| Need {
        kind: "campaign_stalled",
        title: format!("\"{}\" is held up", progress.name),
        detail: why.reason.clone(),
        help: "It goes on by itself when this is over; pause or stop it to change something.".into(),
        link: link("campaign", progress.id.clone()),
    }));
    let mut paused = campaign::in_state(tx, PAUSED).await?;
    paused.reverse();
    needs.extend(paused.into_iter().take(MOST).map(|row| {
        let by_hand = "A person paused it.";
        Need {
            kind: "campaign_paused",
            title: format!("\"{}\" is paused", row.name),
            detail: row.waiting_reason.unwrap_or_else(|| by_hand.into()),
            help: "Resume it to send the rest, or stop it.".into(),
            link: link("campaign", CAMPAIGN.show(row.id)),
        }
    }));
    needs.extend(closing(tx, now).await?);
    for row in home::templates(tx, now - REMEMBERED).await? {
        needs.push(template(row));
    }
    for (id, file, state, problem) in home::imports(tx, now - REMEMBERED).await? {
        let failed = state == FAILED;
        needs.push(Need {
            kind: "import_failed",
            title: format!(
                "The import of {file} {}",
                if failed { "failed" } else { "was cut off" }
            ),
            detail: problem.unwrap_or_else(|| "The server stopped, and the file is gone.".into()),
            help: "What was read before is kept. Mend the file if it needs it, and import it again.".into(),
            link: link("import", IMPORT.show(id)),
        });
    }
    Ok(needs)
}

fn account(row: &AccountTrouble) -> Vec<Need> {
    let mut needs = Vec::new();
    let place = || link("account", ACCOUNT.show(row.id));
    let name = &row.nickname;
    if row.state == HELD {
        let reason = row.held_reason.as_deref();
        needs.push(Need {
            kind: "account_held",
            title: format!("{name} sends nothing"),
            detail: reason.unwrap_or("Its provider refused it.").into(),
            help: "Nothing is lost. Mend what is wrong, then resume the account.".into(),
            link: place(),
        });
    }
    if let Some(refused) = row.refused {
        needs.push(Need {
            kind: "callbacks_refused",
            title: format!("Callbacks of {name} are refused"),
            detail: format!(
                "{refused} so far. {}",
                row.refused_reason.as_deref().unwrap_or_default()
            ),
            help: "Check the signing secret in the account's settings against the provider's.".into(),
            link: place(),
        });
    }
    if row.silent == 1 && row.refused.is_none() {
        needs.push(Need {
            kind: "callbacks_missing",
            title: format!("No callback of {name} ever came"),
            detail: "Messages were sent, but the provider reported nothing: nobody can see whether they arrive, and answers \
                     do not come in."
                .into(),
            help: "Paste the account's callback URLs at the provider. They must lead to this server from the internet.".into(),
            link: place(),
        });
    }
    needs
}

fn template(row: TemplateTrouble) -> Need {
    let rejected = row.status == "rejected";
    let campaigns = match row.open {
        0 => String::new(),
        1 => " One campaign needs it.".into(),
        n => format!(" {n} campaigns need it."),
    };
    let reason = row.status_detail.filter(|why| !why.is_empty());
    let unsaid = "The provider gave no reason.";
    Need {
        kind: if rejected {
            "template_rejected"
        } else {
            "template_paused"
        },
        title: format!("The template {} ({}) is {}", row.name, row.language, row.status),
        detail: format!("{}{campaigns}", reason.unwrap_or_else(|| unsaid.into())),
        help: if rejected {
            "Change what the provider found wrong, and submit it again.".into()
        } else {
            "Use another template until it is released; fewer people who block you is what helps.".into()
        },
        link: link("template", TEMPLATE.show(row.id)),
    }
}

/// People who wait for an answer that can be given for an hour at most.
async fn closing(tx: &mut Tx, now: Millis) -> Result<Option<Need>, AppError> {
    let from = open_since(now);
    let (count, first) = home::waiting(tx, from, from + HOUR).await?;
    let Some((id, name)) = first else { return Ok(None) };
    let title = match count {
        1 => format!("{name} waits for an answer"),
        n => format!("{n} people wait for an answer"),
    };
    Ok(Some(Need {
        kind: "windows_closing",
        title,
        detail: "Their 24-hour window closes within an hour.".into(),
        help: "Answer now: after that only an approved template can reach them.".into(),
        link: match count {
            1 => link("conversation", CONVERSATION.show(id)),
            _ => Link {
                kind: "conversations",
                id: None,
            },
        },
    }))
}
