//! What people do meanwhile.

use std::sync::Arc;

use harkara::app::campaign::CampaignInput;
use harkara::app::dispatch::look_ahead;
use harkara::app::{App, AppError, account, campaign, consent, conversation, message};
use harkara::domain::audience::{Audience, Comparison, Condition};
use harkara::domain::id;
use harkara::store::{self, campaign_list, number, slice};
use harkara_provider::Content;
use serde_json::json;

use crate::rng::Rng;
use crate::story::Story;
use crate::world::{self, NUMBERS, PEOPLE, USERS, phone, template};

/// One act of one person.
#[derive(Debug, Clone)]
pub enum Act {
    Launch(i64, i64),
    Pause(i64),
    Resume(i64),
    Stop(i64),
    Send(i64),
    Reply(i64),
    Resend(usize),
    OptOut(i64),
    Rate(usize, i64),
    Import(i64),
    Mend(usize),
    /// So many people of a campaign at most, before their turn.
    LookAhead(i64, usize),
}

/// A draft of a campaign of this seed.
pub async fn draft(app: &App, rng: &mut Rng, n: usize) -> i64 {
    let template = template();
    let place = rng.below(3);
    let audience = rng.weighted(&[
        (3, Audience::Everyone),
        (
            1,
            Audience::Conditions {
                all: vec![Condition {
                    attribute: "city".into(),
                    is: Comparison::Equal,
                    value: json!("pune"),
                }],
            },
        ),
    ]);
    let own = |place: usize| id::NUMBER.show(template.numbers[place]);
    // The first account has two numbers.
    let shared = place < 2 && rng.chance(300);
    let input = CampaignInput {
        name: format!("Campaign {n}"),
        account_id: None,
        template_id: id::TEMPLATE.show(template.templates[place / 2]),
        number_id: (!shared).then(|| own(place)),
        number_ids: if shared {
            vec![own(place), own(place ^ 1)]
        } else {
            Vec::new()
        },
        audience,
        mapping: None,
        // One for each number at least.
        messages_per_second: rng
            .chance(250)
            .then(|| rng.between(1 + i64::from(shared), 20) as u32),
        starts: None,
        ends: None,
        quiet: None,
        exclude: None,
        control_percent: None,
        respect_frequency_cap: None,
        version: None,
    };
    let mut tx = app.db.write().await.unwrap();
    let id = campaign::create(app, &mut tx, &input).await.unwrap().row.id;
    tx.commit().await.unwrap();
    id
}

/// Does it, as the endpoint behind it would.
pub async fn perform(app: &Arc<App>, act: &Act) -> Result<(), AppError> {
    let template = template();
    let now = app.now();
    if let Act::Launch(id, later) = act {
        let mut tx = app.db.write().await?;
        let when = campaign::When {
            at: (*later > 0).then_some(now + later),
            ..campaign::When::default()
        };
        campaign::launch(app, &mut tx, *id, when).await?;
        tx.commit().await?;
        return campaign::count_expected(app, *id).await;
    }
    if let Act::LookAhead(id, most) = act {
        let mut tx = app.db.write().await?;
        let slice = slice::next_of(&mut tx, *id).await?;
        tx.commit().await?;
        if let Some(slice) = slice {
            look_ahead(app, &slice, &[], 1..=*most).await?;
        }
        return Ok(());
    }
    let mut tx = app.db.write().await?;
    match act {
        Act::Launch(..) | Act::LookAhead(..) => {}
        Act::Pause(id) => drop(campaign::pause(app, &mut tx, *id).await?),
        Act::Resume(id) => drop(campaign::resume(app, &mut tx, *id).await?),
        Act::Stop(id) => drop(campaign::stop(app, &mut tx, *id).await?),
        Act::Send(i) => {
            let input = message::MessageInput {
                to: Some(phone(*i)),
                profile_id: None,
                content: None,
                template_id: Some(id::TEMPLATE.show(template.templates[(*i % 2) as usize])),
                mapping: None,
                number_id: None,
            };
            message::send(app, &mut tx, &input).await?;
        }
        Act::Reply(i) => {
            if let Some(chat) = store::conversation::by_phone(&mut tx, &phone(*i)).await? {
                let said = Content::Text {
                    body: "We are here.".into(),
                    preview_url: false,
                };
                conversation::answer(app, &mut tx, chat.id, conversation::Reply::Content(&said)).await?;
            }
        }
        Act::Resend(n) => {
            let all = campaign_list::Wanted {
                states: &harkara::domain::campaign::ALL,
                ..campaign_list::Wanted::default()
            };
            let campaigns =
                campaign_list::list(&mut tx, campaign_list::After::Newest(i64::MAX), &all, 10).await?;
            let mut stuck = Vec::new();
            for row in &campaigns {
                for state in [25, 35] {
                    stuck
                        .extend(store::message::of_campaign(&mut tx, row.row.id, i64::MAX, state, 20).await?);
                }
            }
            if let Some(row) = stuck.get(n % stuck.len().max(1)) {
                message::resend(app, &mut tx, row.id, true).await?;
            }
        }
        Act::OptOut(i) => drop(consent::opt_out(app, &mut tx, &phone(*i), "api", None, now).await?),
        Act::Rate(n, rate) => {
            let row = number::by_id(&mut tx, template.numbers[*n]).await?;
            if let Some(mut row) = row {
                row.messages_per_second = *rate;
                number::update(&mut tx, &row).await?;
            }
        }
        Act::Import(n) => {
            let rows = [world::person(app, PEOPLE + n)];
            store::profile::insert_many(&mut tx, &rows).await?;
        }
        Act::Mend(n) => account::resume(app, &mut tx, template.accounts[*n]).await?,
    }
    tx.commit().await?;
    app.wake_dispatch.notify_one();
    Ok(())
}

impl Story {
    /// What somebody does next.
    pub fn act(&mut self) -> Act {
        let campaign = self.rng.pick(&self.campaigns);
        let person = self.rng.between(1, PEOPLE + 4);
        if !std::mem::replace(&mut self.launched, true) {
            return Act::Launch(campaign, 0);
        }
        match self.rng.below(22) {
            0..=5 => Act::Launch(campaign, self.rng.pick(&[0, 0, 0, 3_000])),
            6 => Act::Pause(campaign),
            7 | 8 => Act::Resume(campaign),
            9 if self.rng.chance(300) => Act::Stop(campaign),
            9 | 10 => Act::Send(person),
            11 | 12 => Act::Reply(person),
            13 => Act::Resend(self.rng.below(50)),
            14 => Act::OptOut(person),
            15 => {
                let (n, rate) = (self.rng.below(3), self.rng.pick(&[2, 5, 40]));
                self.rates.0[n] = self.rates.0[n].max(rate);
                Act::Rate(n, rate)
            }
            16 => {
                self.imported += 1;
                Act::Import(self.imported)
            }
            17..=20 => Act::LookAhead(campaign, self.rng.pick(&[2, 7, 30])),
            _ => {
                let n = self.rng.below(2);
                for user in &USERS[n * 2..n * 2 + 2] {
                    self.gateway.set_broken(user, false);
                }
                Act::Mend(n)
            }
        }
    }

    /// Somebody writes to one of the numbers.
    pub fn write(&mut self) {
        self.said += 1;
        let place = self.rng.below(3);
        let from = phone(self.rng.between(1, PEOPLE + 4));
        let word = self.rng.weighted(&[(3, "STOP"), (2, "START"), (6, "")]);
        let text = if word.is_empty() {
            format!("hello {}", self.said)
        } else {
            word.to_owned()
        };
        self.tell(format_args!("{from} writes {text} to number {place}"));
        self.gateway.wrote(place / 2, &from, NUMBERS[place], &text);
    }
}
