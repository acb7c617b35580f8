//! Who gets a campaign: several lists, and people who are left out on purpose. What is counted is what is shown is what is sent.

use std::collections::BTreeSet;

use harkara::app::campaign;
use harkara::domain::audience::{Audience, Comparison, Condition};
use harkara::domain::exclude::{Exclude, Who};
use harkara::domain::id;
use harkara::domain::state::{FAILED, UNKNOWN};
use harkara::domain::template::Frozen;
use harkara::store;
use harkara::store::message::MessageChange;
use harkara::store::profile::ProfileRow;
use harkara_sim::Options;
use serde_json::json;

use crate::client::Client;
use crate::support::on_both_engines;
use crate::world::{World, phone};

struct Rng(u64);

impl Rng {
    fn below(&mut self, n: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % n
    }

    fn chance(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }

    /// Each of them with this chance.
    fn some<T: Clone>(&mut self, of: &[T], percent: u64) -> Vec<T> {
        of.iter().filter(|_| self.chance(percent)).cloned().collect()
    }
}

const CITIES: [&str; 3] = ["Pune", "Delhi", "Kochi"];

/// A person as the oracle knows them.
struct One {
    row: ProfileRow,
    city: &'static str,
    on: Vec<i64>,
}

/// A town of people on lists, and the campaigns that they got.
struct Town {
    people: Vec<One>,
    lists: Vec<i64>,
    got: Vec<(i64, BTreeSet<String>)>,
}

impl Town {
    async fn new(w: &World, rng: &mut Rng, n: i64) -> Self {
        let mut tx = w.app().db.write().await.unwrap();
        let mut lists = Vec::new();
        for name in ["VIP", "Staff", "Diwali", "Old"] {
            let id = store::list::find_or_add(&mut tx, w.app().id(), name, w.app().now()).await;
            lists.push(id.unwrap());
        }
        let mut people = Vec::new();
        for i in 1..=n {
            let city = CITIES[rng.below(3) as usize];
            let number = match rng.below(12) {
                0 => None,
                1 => Some(phone(1 + rng.below(i as u64) as i64)),
                _ => Some(phone(i)),
            };
            let row = ProfileRow {
                phone: number,
                opt_in: if rng.chance(85) { 1 } else { 0 },
                attributes: json!({ "city": city }).to_string(),
                ..w.customer(i)
            };
            let on = rng.some(&lists, 30);
            people.push(One { row, city, on });
        }
        let rows: Vec<ProfileRow> = people.iter().map(|one| one.row.clone()).collect();
        store::profile::insert_many(&mut tx, &rows).await.unwrap();
        for list in &lists {
            let on: Vec<i64> = people
                .iter()
                .filter(|one| one.on.contains(list))
                .map(|one| one.row.id)
                .collect();
            store::list::add(&mut tx, *list, &on).await.unwrap();
        }
        tx.commit().await.unwrap();
        Self {
            people,
            lists,
            got: Vec::new(),
        }
    }

    fn who(&self, rng: &mut Rng) -> Who {
        let shown = |lists: Vec<i64>| lists.into_iter().map(|list| id::LIST.show(list)).collect();
        let condition = |city: &str, is| Condition {
            attribute: "city".into(),
            is,
            value: json!(city.to_uppercase()),
        };
        let audience = match rng.below(4) {
            0 => Audience::Everyone,
            1 => Audience::List {
                list_id: id::LIST.show(self.lists[rng.below(4) as usize]),
            },
            2 => {
                let mut lists = rng.some(&self.lists, 50);
                lists.push(self.lists[0]);
                Audience::Lists {
                    list_ids: shown(lists),
                }
            }
            _ => Audience::Conditions {
                all: vec![condition(CITIES[rng.below(3) as usize], Comparison::NotEqual)],
            },
        };
        let got: Vec<i64> = self.got.iter().map(|(id, _)| *id).collect();
        let city = CITIES[rng.below(3) as usize];
        let exclude = Exclude {
            list_ids: shown(rng.some(&self.lists, 25)),
            conditions: rng.some(&[condition(city, Comparison::Equal)], 40),
            campaign_ids: rng
                .some(&got, 25)
                .into_iter()
                .map(|campaign| id::CAMPAIGN.show(campaign))
                .collect(),
        };
        Who {
            exclude,
            ..Who::from(audience)
        }
    }

    /// The numbers that should get it, and how many are left out on purpose.
    fn expected(&self, who: &Who) -> (BTreeSet<String>, i64) {
        let is_on =
            |one: &One, lists: &[String]| one.on.iter().any(|list| lists.contains(&id::LIST.show(*list)));
        let is_in = |one: &One, all: &[Condition]| {
            all.iter().all(|condition| {
                let same = condition.value == json!(one.city.to_uppercase());
                same == (condition.is == Comparison::Equal)
            })
        };
        let (mut numbers, mut on_purpose) = (BTreeSet::new(), 0);
        for one in &self.people {
            let inside = match &who.audience {
                Audience::Everyone => true,
                Audience::List { list_id } => is_on(one, std::slice::from_ref(list_id)),
                Audience::Lists { list_ids } => is_on(one, list_ids),
                Audience::Conditions { all } => is_in(one, all),
            };
            let Exclude {
                list_ids,
                conditions,
                campaign_ids,
            } = &who.exclude;
            let got = self.got.iter().any(|(id, numbers)| {
                campaign_ids.contains(&harkara::domain::id::CAMPAIGN.show(*id))
                    && one
                        .row
                        .phone
                        .as_ref()
                        .is_some_and(|number| numbers.contains(number))
            });
            let out = is_on(one, list_ids) || got || (!conditions.is_empty() && is_in(one, conditions));
            if inside && out {
                on_purpose += 1;
            } else if inside && one.row.opt_in == 1 {
                numbers.extend(one.row.phone.clone());
            }
        }
        (numbers, on_purpose)
    }
}

async fn recipients(w: &World, campaign: i64) -> Vec<store::message::MessageRow> {
    let mut tx = w.app().db.read().await.unwrap();
    store::message::of_campaign(&mut tx, campaign, i64::MAX, 0, 5_000)
        .await
        .unwrap()
}

async fn says(w: &World, id: i64) -> Frozen {
    let mut tx = w.app().db.read().await.unwrap();
    campaign::frozen(&campaign::load(&mut tx, id).await.unwrap()).unwrap()
}

on_both_engines! {
    async fn what_is_counted_is_what_is_shown_and_what_is_sent(t) {
        let w = World::with(t, Options::default(), json!({"requests_per_second": 5000})).await;
        let mut rng = Rng(0x5eed_cafe);
        let mut town = Town::new(&w, &mut rng, 600).await;
        let several = {
            let mut tx = w.app().db.read().await.unwrap();
            let main = store::number::of_account(&mut tx, w.account).await.unwrap()[0].id;
            drop(tx);
            [main, w.number(1, 500).await]
        };
        for round in 0..10 {
            let who = town.who(&mut rng);
            let (numbers, on_purpose) = town.expected(&who);
            let mut input = w.input(who.audience.clone(), if round % 2 == 0 { &[] } else { &several });
            input.exclude = Some(who.exclude.clone());
            let id = w.launch_as(&input).await;
            let frozen = says(&w, id).await;
            let reach = campaign::reach(w.app(), &who, Some(&frozen), None).await.unwrap();
            let sample = campaign::sample(w.app(), &who, &frozen, 5_000).await.unwrap();
            let funnel = w.run(id).await.funnel;
            let rows = recipients(&w, id).await;
            let sent: BTreeSet<String> = rows.iter().map(|row| row.phone.clone()).collect();
            let shown: BTreeSet<String> = sample.people.into_iter().map(|one| one.phone).collect();
            assert_eq!(sent, numbers, "round {round}: {who:?}");
            assert_eq!(shown, numbers, "round {round}: {who:?}");
            assert_eq!((reach.reachable, funnel.recipients), (numbers.len() as i64, numbers.len() as i64));
            let counted: Vec<(String, i64)> = reach.excluded.iter()
                .filter(|(_, n)| **n > 0).map(|(reason, n)| ((*reason).to_owned(), *n)).collect();
            assert_eq!(counted, funnel.excluded_by_reason.into_iter().collect::<Vec<_>>(), "round {round}: {who:?}");
            assert_eq!(reach.audience, reach.reachable + reach.excluded.values().sum::<i64>());
            let purpose = ["on_list", "meets_conditions", "got_campaign"];
            assert_eq!(purpose.iter().map(|reason| reach.excluded[reason]).sum::<i64>(), on_purpose);

            // Some fail after all, and of some nobody knows: they did not get it.
            let mut got = sent;
            let mut tx = w.app().db.write().await.unwrap();
            let odd: Vec<MessageChange> = rng.some(&rows, 20).iter().map(|row| {
                got.remove(&row.phone);
                MessageChange {
                    id: row.id,
                    campaign_id: Some(id),
                    state: if rng.chance(50) { FAILED } else { UNKNOWN },
                    attempt: 1,
                    ..MessageChange::default()
                }
            }).collect();
            store::message::change(&mut tx, odd).await.unwrap();
            tx.commit().await.unwrap();
            town.got.push((id, got));
        }
    }

    async fn many_who_are_left_out_do_not_make_the_others_wait(t) {
        let w = World::new(t, Options::default()).await;
        w.customers(9_000).await;
        let mut tx = w.app().db.write().await.unwrap();
        let list = store::list::find_or_add(&mut tx, w.app().id(), "Old", w.app().now()).await.unwrap();
        let first = store::profile::slice(&mut tx, 0, i64::MAX, None, 8_990).await.unwrap();
        let first: Vec<i64> = first.iter().map(|p| p.id).collect();
        store::list::add(&mut tx, list, &first).await.unwrap();
        tx.commit().await.unwrap();
        let mut input = w.input(Audience::Everyone, &[]);
        input.messages_per_second = Some(5);
        input.exclude = Some(Exclude { list_ids: vec![id::LIST.show(list)], ..Exclude::default() });
        let campaign = w.launch_as(&input).await;
        for _ in 0..60 {
            w.step(50).await;
        }
        let funnel = w.progress(campaign).await.funnel;
        assert_eq!(funnel.excluded_by_reason["on_list"], 8_990);
        assert!(funnel.sent > 0, "{funnel:?}");
        assert_eq!(w.run(campaign).await.funnel.sent, 10);
    }

    async fn whom_a_campaign_leaves_out_is_kept_with_the_draft_and_checked(t) {
        let w = World::new(t, Options::default()).await;
        w.customers(4).await;
        let client = Client::new(&w.t).await;
        let template = id::TEMPLATE.show(w.template);
        let mut tx = w.app().db.write().await.unwrap();
        let list = store::list::find_or_add(&mut tx, w.app().id(), "VIP", w.app().now()).await.unwrap();
        let first = store::profile::slice(&mut tx, 0, i64::MAX, None, 1).await.unwrap()[0].id;
        store::list::add(&mut tx, list, &[first]).await.unwrap();
        tx.commit().await.unwrap();
        let list = id::LIST.show(list);
        let earlier = client.post("/api/v1/campaigns", json!({
            "name": "Earlier", "template_id": template, "audience": {"type": "lists", "list_ids": [list]},
        })).await.expect(201);
        let earlier = earlier["id"].as_str().unwrap().to_owned();
        let exclude = json!({"list_ids": [list], "campaign_ids": [earlier],
            "conditions": [{"attribute": "city", "is": "equal", "value": "pune"}]});
        let body = |exclude: serde_json::Value| json!({
            "name": "Later", "template_id": template, "audience": {"type": "everyone"}, "exclude": exclude,
        });
        let made = client.post("/api/v1/campaigns", body(exclude.clone())).await.expect(201);
        assert_eq!(made["exclude"], exclude);
        let path = format!("/api/v1/campaigns/{}", made["id"].as_str().unwrap());
        let reach = client.get(&format!("{path}/reach")).await;
        assert_eq!((&reach["audience"], &reach["reachable"]), (&json!(4), &json!(1)));
        assert_eq!((&reach["excluded"]["on_list"], &reach["excluded"]["meets_conditions"]), (&json!(1), &json!(2)));
        let copy = client.post(&format!("{path}/clone"), json!({})).await.expect(201);
        assert_eq!(copy["exclude"], exclude);

        // What does not exist is named where it stands, in the draft and in every question about it.
        for (wrong, pointer) in [
            (json!({"list_ids": [list, "lst_0000000000001"]}), "/exclude/list_ids/1"),
            (json!({"campaign_ids": ["lst_1"]}), "/exclude/campaign_ids/0"),
            (json!({"campaign_ids": [made["id"]]}), "/exclude/campaign_ids"),
            (json!({"conditions": [{"attribute": "", "is": "set"}]}), "/exclude/conditions/0/attribute"),
        ] {
            let refused = client.put(&path, body(wrong.clone())).await.expect(422);
            assert_eq!(refused["errors"][0]["pointer"], pointer, "{wrong}");
            if pointer != "/exclude/campaign_ids" {
                let asked = json!({"audience": {"type": "everyone"}, "exclude": wrong});
                let refused = client.post("/api/v1/reach", asked).await.expect(422);
                assert_eq!(refused["errors"][0]["pointer"], pointer, "{wrong}");
            }
        }
        let none = json!({"audience": {"type": "lists", "list_ids": []}});
        let refused = client.post("/api/v1/reach", none).await.expect(422);
        assert_eq!(refused["errors"][0]["pointer"], "/audience/list_ids");

        // A campaign that is gone would let people in who were to be left out: nothing is launched.
        let gone = client.delete(&format!("/api/v1/campaigns/{earlier}")).await;
        assert_eq!(gone.status.as_u16(), 204);
        client.post(&format!("{path}/launch"), json!({})).await.expect(422);
        let checks = client.get(&format!("{path}/preflight")).await;
        let who = checks["checks"].as_array().unwrap().iter().find(|check| check["key"] == "who").unwrap();
        assert_eq!((&who["level"], &who["fix"]), (&json!("red"), &json!("who")));

        // Without the field nobody is left out, as ever.
        let plain = client.put(&path, json!({
            "name": "Later", "template_id": template, "audience": {"type": "list", "list_id": list},
        })).await.expect(200);
        assert_eq!(plain["exclude"], json!(null));
        client.post(&format!("{path}/launch"), json!({})).await.expect(200);
    }
}
