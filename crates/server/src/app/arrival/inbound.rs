//! Messages from people: kept once, shown in their conversation, counted as answers to campaigns, obeyed when they say
//! STOP, and answered automatically when we do not know the person.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use harkara_provider::{Content, Event, Inbound};
use serde_json::Value;

use super::consent::{Act, asks};
use super::found::Known;
use super::{Mail, NO_NUMBER, Notes, plain_option};
use crate::app::person;
use crate::clock::{DAY, Millis, SECOND, first_id_at, id_time};
use crate::domain::consent::Intent;
use crate::domain::id::MESSAGE;
use crate::domain::phone::Phone;
use crate::domain::state::{QUEUED, RECEIVED};
use crate::domain::{campaign, preview, window};
use crate::store::account::ARCHIVED;
use crate::store::conversation::{Heard, Opening, claim_auto_reply, hear, open_windows};
use crate::store::message::{CONVERSATION, NewMessage, insert};
use crate::store::number::pick_own;
use crate::store::reply::{Answered, candidates, mark};
use crate::store::{StoreError, Tx, consent, profile, retired, to_json};

/// How long after a campaign a message that names nothing it answers still counts as an answer.
const ANSWERS_FOR: Millis = 7 * DAY;
/// Vendors cut the time of a message down to the second.
const ROUGHNESS: Millis = 2 * SECOND;
/// How long one automatic answer is enough.
const ANSWERED_FOR: Millis = DAY;

/// When somebody last gave a name, and which.
type Named<'m> = Option<(Millis, &'m str)>;

/// A message of a person to a number of ours.
struct Post<'m> {
    /// Its id, should it be new.
    id: i64,
    /// The callback that brought it.
    callback: i64,
    account_id: i64,
    number_id: i64,
    /// What the provider calls the person.
    phone: String,
    /// The number that the person has in our books: mostly the same.
    home: String,
    at: Millis,
    message: &'m Inbound,
    /// The message of ours that it names as answered, and whether that is of a campaign.
    answers: Option<(i64, bool)>,
    key: String,
    asks: Option<Intent>,
}

impl Mail<'_> {
    /// Applies all messages of the batch, and everything that was decided about consent in it.
    pub(super) async fn apply_inbound(
        &self,
        notes: &mut Notes,
        tx: &mut Tx,
        known: &Known,
    ) -> Result<(), StoreError> {
        let mut posts = self.posts(notes, known);
        let senders: BTreeSet<&str> = posts.iter().map(|post| post.phone.as_str()).collect();
        let homes = person::homes(self.app, tx, &senders.into_iter().collect::<Vec<_>>()).await?;
        for post in &mut posts {
            post.home = homes.get(&post.phone).unwrap_or(&post.phone).clone();
        }
        let phones: BTreeSet<&str> = posts.iter().flat_map(Post::names).collect();
        let phones: Vec<&str> = phones.into_iter().collect();
        let profiles = profile::first_of_phones(tx, &phones).await?;
        let rows: Vec<NewMessage> = posts.iter().map(|post| row(post, &profiles)).collect();
        let new: HashSet<i64> = insert(tx, rows).await?.into_iter().collect();
        // Only what is new has consequences: the rest was here before.
        let posts: Vec<Post<'_>> = posts.into_iter().filter(|post| new.contains(&post.id)).collect();
        notes
            .links
            .extend(posts.iter().map(|post| (post.id, post.callback)));
        self.count_answers(notes, tx, &posts).await?;
        hear(tx, &self.heard(&posts)).await?;
        open_windows(tx, &openings(&posts)).await?;
        for post in &posts {
            notes.acts.extend(post.act());
        }
        self.decide(std::mem::take(&mut notes.acts), tx).await?;
        self.answer_strangers(notes, tx, &posts, &profiles).await
    }

    /// The messages that are for numbers of ours. Somebody who wrote STOP to any other is opted out all the same.
    fn posts<'m>(&'m self, notes: &mut Notes, known: &Known) -> Vec<Post<'m>> {
        let mut posts = Vec::new();
        for (place, letter, event) in self.events() {
            let Event::Message(message) = event else { continue };
            let mark = &mut notes.marks[place.0];
            let Some(phone) = Phone::from_provider(&message.from) else {
                mark.problem("a message from somebody who has no phone number");
                continue;
            };
            let phone = phone.into_string();
            let at = letter.when(message.at);
            let asked = asks(self.app, &message.content);
            let numbers = self
                .owns
                .get(&letter.account_id)
                .map(|own| own.numbers.as_slice());
            let Some(number) = pick_own(numbers.unwrap_or_default(), &message.to) else {
                mark.problem(format!(
                    "a message to {}, {NO_NUMBER}: add the number and replay",
                    if message.to.is_empty() {
                        "no number"
                    } else {
                        &message.to
                    }
                ));
                notes.acts.extend(asked.map(|(intent, detail)| Act {
                    phone,
                    at,
                    out: intent == Intent::OptOut,
                    source: "keyword",
                    detail,
                    fresh: false,
                }));
                continue;
            };
            mark.taken = true;
            let answers = self.own(known, place).filter(|row| row.state != RECEIVED);
            posts.push(Post {
                id: self.app.id(),
                callback: letter.id,
                account_id: letter.account_id,
                number_id: number.id,
                home: String::new(),
                phone,
                at,
                message,
                answers: answers.map(|row| (row.id, row.campaign_id.is_some())),
                key: letter.key(&message.key),
                asks: asked.map(|(intent, _)| intent),
            });
        }
        posts
    }

    /// Counts people who answered a campaign, each once: by what they answered if they name it, else by the last campaign
    /// message that they got from this number.
    async fn count_answers(
        &self,
        notes: &mut Notes,
        tx: &mut Tx,
        posts: &[Post<'_>],
    ) -> Result<(), StoreError> {
        let open: BTreeSet<(i64, &str)> = posts
            .iter()
            .filter(|post| post.answers.is_none())
            .flat_map(|post| post.names().map(|name| (post.number_id, name)))
            .collect();
        let open: Vec<(i64, &str)> = open.into_iter().collect();
        let since = posts.iter().map(|post| post.at).min().unwrap_or(self.now) - ANSWERS_FOR;
        let sent = candidates(tx, &open, since, first_id_at(since)).await?;
        let mut answered: BTreeMap<i64, Millis> = BTreeMap::new();
        for post in posts {
            let before = |id: i64| (post.at - ANSWERS_FOR..=post.at + ROUGHNESS).contains(&id_time(id));
            let message = match post.answers {
                Some((id, of_campaign)) => of_campaign.then_some(id),
                None => sent
                    .iter()
                    .rev()
                    .find(|c| {
                        c.number_id == post.number_id
                            && post.names().any(|name| name == c.phone)
                            && before(c.id)
                    })
                    .map(|c| c.id),
            };
            if let Some(id) = message {
                let at = answered.entry(id).or_insert(post.at);
                *at = post.at.min(*at);
            }
        }
        let answered: Vec<Answered> = answered.into_iter().map(|(id, at)| Answered { id, at }).collect();
        for campaign in mark(tx, &answered).await? {
            notes.counts.add(Some(campaign), campaign::REPLIED, 1);
        }
        Ok(())
    }

    /// What the messages make of conversations, by person.
    fn heard(&self, posts: &[Post<'_>]) -> Vec<Heard> {
        let mut heard: BTreeMap<&str, Heard> = BTreeMap::new();
        for post in posts {
            let news = Heard {
                id: self.app.id(),
                phone: post.home.clone(),
                name: plain_option(post.message.name.as_ref()),
                number_id: post.number_id,
                at: post.at,
                text: preview::of_inbound(&post.message.content),
                unread: 1,
            };
            match heard.get_mut(post.home.as_str()) {
                None => {
                    heard.insert(&post.home, news);
                }
                Some(kept) => {
                    let (unread, id) = (kept.unread + 1, kept.id);
                    if news.at >= kept.at {
                        let name = news.name.clone().or(kept.name.take());
                        *kept = Heard { name, ..news };
                    }
                    (kept.unread, kept.id) = (unread, id);
                }
            }
        }
        heard.into_values().collect()
    }

    /// Answers people without a profile, once a window, from the number that they wrote to.
    async fn answer_strangers(
        &self,
        notes: &mut Notes,
        tx: &mut Tx,
        posts: &[Post<'_>],
        profiles: &HashMap<String, i64>,
    ) -> Result<(), StoreError> {
        let mut strangers: BTreeMap<(i64, &str, i64), Named<'_>> = BTreeMap::new();
        for post in posts {
            let row = self.owns.get(&post.account_id).map(|own| &own.loaded.row);
            let wanted = row.is_some_and(|row| row.auto_reply == 1 && row.state < ARCHIVED);
            if wanted
                && post.asks.is_none()
                && window::is_open(post.at, self.now)
                && post.profile(profiles).is_none()
            {
                let stranger = (post.number_id, post.phone.as_str(), post.account_id);
                let name = post.message.name.as_deref().map(|name| (post.at, name));
                let known = strangers.entry(stranger).or_default();
                *known = name.max(*known);
            }
        }
        let phones: Vec<&str> = strangers.keys().map(|(_, phone, _)| *phone).collect();
        let suppressed = consent::suppressed(tx, &phones).await?;
        let mut answers = Vec::new();
        for ((number_id, phone, account_id), name) in strangers {
            let Some(own) = self.owns.get(&account_id) else {
                continue;
            };
            let row = &own.loaded.row;
            let name = name.map(|(_, name)| name);
            // Where nothing is said outside of the hours, nothing is used up: the next message within them is answered.
            let Some(body) = row.auto_reply()?.answer(name, &row.nickname, self.now) else {
                continue;
            };
            let number = retired::standing(tx, number_id).await?;
            if suppressed.contains(phone)
                || number.is_none_or(|number| number.is_retired())
                || !claim_auto_reply(tx, number_id, phone, self.now, self.now - ANSWERED_FOR).await?
            {
                continue;
            }
            let content = Content::Text {
                body,
                preview_url: false,
            };
            answers.push(NewMessage {
                id: self.app.id(),
                number_id,
                campaign_id: None,
                profile_id: None,
                phone: phone.to_owned(),
                state: QUEUED,
                lane: CONVERSATION,
                attempt: 0,
                due_at: self.now,
                params: None,
                content: Some(to_json(&content)),
                in_reply_to: None,
                event_key: None,
            });
        }
        notes.queued |= !answers.is_empty();
        insert(tx, answers).await?;
        Ok(())
    }
}

impl Post<'_> {
    /// The numbers that the person goes by.
    fn names(&self) -> impl Iterator<Item = &str> {
        let other = (self.home != self.phone).then_some(self.phone.as_str());
        [self.home.as_str()].into_iter().chain(other)
    }

    fn profile(&self, profiles: &HashMap<String, i64>) -> Option<i64> {
        self.names().find_map(|name| profiles.get(name).copied())
    }

    fn act(&self) -> Option<Act> {
        let intent = self.asks?;
        Some(Act {
            phone: self.phone.clone(),
            at: self.at,
            out: intent == Intent::OptOut,
            source: "keyword",
            detail: preview::of_inbound(&self.message.content),
            fresh: true,
        })
    }
}

fn row(post: &Post<'_>, profiles: &HashMap<String, i64>) -> NewMessage {
    let mut content = serde_json::to_value(&post.message.content).unwrap_or_default();
    if let (Value::Object(content), Some(name)) = (&mut content, &post.message.name) {
        content.insert("name".into(), Value::String(name.clone()));
    }
    let answers = post.answers.map(|(id, _)| MESSAGE.show(id));
    NewMessage {
        id: post.id,
        number_id: post.number_id,
        campaign_id: None,
        profile_id: post.profile(profiles),
        phone: post.phone.clone(),
        state: RECEIVED,
        lane: CONVERSATION,
        attempt: 0,
        due_at: post.at,
        params: None,
        content: Some(content.to_string()),
        in_reply_to: answers.or_else(|| plain_option(post.message.in_reply_to.as_ref())),
        event_key: Some(post.key.clone()),
    }
}

fn openings(posts: &[Post<'_>]) -> Vec<Opening> {
    let mut latest: BTreeMap<(i64, &str), Millis> = BTreeMap::new();
    for post in posts {
        let at = latest.entry((post.number_id, &post.phone)).or_insert(post.at);
        *at = post.at.max(*at);
    }
    let opening = |((number_id, phone), at): ((i64, &str), Millis)| Opening {
        number_id,
        phone: phone.to_owned(),
        at,
    };
    latest.into_iter().map(opening).collect()
}
