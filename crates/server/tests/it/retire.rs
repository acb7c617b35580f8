//! Accounts and numbers go out of use; a customer moves between accounts.

use harkara::app::{account, campaign};
use harkara::domain::audience::Audience;
use harkara::domain::id;
use harkara::domain::state::{CANCELLED, QUEUED, SENDING, SENT};
use harkara::store;
use harkara::store::retired;
use harkara_provider::{SendError, SendErrorKind};
use harkara_sim::Options;
use serde_json::{Value, json};

use crate::post::{Post, SECOND_SHOP, says, says_to};
use crate::support::{START, on_both_engines};
use crate::world::{World, phone};

/// A second business with a gateway of its own.
struct Branch {
    sim: harkara_sim::Running,
    id: String,
    token: String,
    number: String,
}

const BRANCH: &str = "+919999900777";

async fn branch(p: &Post) -> Branch {
    let options = Options {
        listen: "127.0.0.1:0".parse().unwrap(),
        number: BRANCH.trim_start_matches('+').into(),
        hsm: ("2000000011".into(), "other-hsm".into()),
        two_way: ("2000000012".into(), "other-two-way".into()),
        ..Options::default()
    };
    let sim = harkara_sim::start(options).await.unwrap();
    let base = format!("{}/GatewayAPI/rest", sim.base_url());
    let settings = json!({
        "nickname": "Branch", "number": BRANCH, "base_url": base, "template_base_url": base,
        "hsm_user_id": "2000000011", "hsm_password": "other-hsm", "two_way_user_id": "2000000012",
        "two_way_password": "other-two-way", "auto_reply": "true", "auto_reply_text": "The branch will answer.",
    });
    let saved = p
        .client
        .post(
            "/api/v1/accounts",
            json!({"provider": "gupshup-enterprise", "settings": settings}),
        )
        .await;
    let saved = saved.expect(201);
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let url = text(&saved["inbound_url"]);
    let token = url.split('/').nth_back(1).unwrap().to_owned();
    Branch {
        sim,
        id: text(&saved["id"]),
        token,
        number: text(&saved["numbers"][0]["id"]),
    }
}

async fn says_at(p: &Post, b: &Branch, i: i64, text: &str, at: i64) {
    let body = says_to(BRANCH, i, text, at).to_string().into();
    p.bytes(&format!("/callbacks/{}/inbound", b.token), body)
        .await
        .expect(200);
    p.apply().await;
}

async fn conversation(p: &Post, i: i64) -> Value {
    let found = p
        .client
        .get(&format!(
            "/api/v1/conversations?phone={}",
            phone(i).replace('+', "%2B")
        ))
        .await;
    found["data"][0].clone()
}

async fn answer(p: &Post, i: i64, text: &str) -> crate::client::Answer {
    let id = conversation(p, i).await["id"].as_str().unwrap().to_owned();
    let body = json!({"content": {"type": "text", "body": text}});
    p.client
        .post(&format!("/api/v1/conversations/{id}/messages"), body)
        .await
}

async fn steps(w: &World, n: usize) {
    for _ in 0..n {
        w.step(500).await;
    }
}

fn texts(sim: &harkara_sim::Running, i: i64) -> usize {
    let to = phone(i).trim_start_matches('+').to_owned();
    sim.state().accepted().iter().filter(|a| a.to == to).count()
}

on_both_engines! {
    /// One customer, two businesses at two gateways: what is said leaves from where the customer last wrote to.
    async fn a_customer_moves_between_two_accounts_and_is_answered_where_they_wrote_last(t) {
        let p = Post::with(t, json!({"auto_reply": "true", "auto_reply_text": "The shop will answer."})).await;
        let b = branch(&p).await;
        // The simulators refuse free-form text to whoever did not write to them: let both know of the customer.
        for sim in [&p.w.sim, &b.sim] {
            let hello = json!({"customer": phone(5).trim_start_matches('+'), "type": "text", "text": "hi"});
            sim.state().inject(&serde_json::from_value(hello).unwrap()).unwrap();
        }
        p.says(5, "Do you have it in red?", START).await;
        steps(&p.w, 4).await;
        // A stranger to both: each answers for itself, once.
        assert_eq!((texts(&p.w.sim, 5), texts(&b.sim, 5)), (1, 0));
        answer(&p, 5, "Yes, we do.").await.expect(202);
        steps(&p.w, 4).await;
        assert_eq!((texts(&p.w.sim, 5), texts(&b.sim, 5)), (2, 0));

        says_at(&p, &b, 5, "And here, in the branch?", START + 10).await;
        let seen = conversation(&p, 5).await;
        assert_eq!((seen["number"].as_str(), seen["unread"].as_i64()), (Some(BRANCH), Some(2)));
        steps(&p.w, 4).await;
        assert_eq!((texts(&p.w.sim, 5), texts(&b.sim, 5)), (2, 1));
        answer(&p, 5, "Only here.").await.expect(202);
        let by_api = json!({"to": phone(5), "content": {"type": "text", "body": "Come by!"}});
        p.client.post("/api/v1/messages", by_api).await.expect(202);
        steps(&p.w, 4).await;
        assert_eq!((texts(&p.w.sim, 5), texts(&b.sim, 5)), (2, 3));

        // What arrives late from the shop moves nothing back; what is new does.
        p.says(5, "An older question", START + 5).await;
        assert_eq!(conversation(&p, 5).await["number"], BRANCH);
        p.says(5, "Back at the shop", START + 20).await;
        answer(&p, 5, "Welcome back.").await.expect(202);
        steps(&p.w, 4).await;
        assert_eq!((texts(&p.w.sim, 5), texts(&b.sim, 5)), (3, 3));

        // A held account keeps the answer and says so; an archived one refuses it.
        says_at(&p, &b, 5, "One more thing", START + 30).await;
        let branch_id = id::ACCOUNT.read(&b.id).unwrap();
        let mut tx = p.w.app().db.write().await.unwrap();
        store::account::hold(&mut tx, branch_id, "The password is wrong.", i64::MAX, START).await.unwrap();
        tx.commit().await.unwrap();
        let waits = answer(&p, 5, "Tell us.").await.expect(202);
        assert!(waits["waits"].as_str().unwrap().contains("The password is wrong."), "{waits}");
        let asked = p.client.call("DELETE", &format!("/api/v1/accounts/{}", b.id), "").await.expect(409);
        assert_eq!(asked["code"], "account_in_use");
        let told = p.client.call("DELETE", &format!("/api/v1/accounts/{}?dry_run=true", b.id), "").await.expect(200);
        assert_eq!((told["queued"].as_i64(), told["open_chats"].as_i64(), told["state"].as_str()), (Some(1), Some(1), Some("in_use")));
        p.client.call("DELETE", &format!("/api/v1/accounts/{}?stop=true", b.id), "").await.expect(200);
        let refused = answer(&p, 5, "Too late.").await.expect(409);
        assert_eq!(refused["code"], "number_retired");
        let said = refused["detail"].as_str().unwrap();
        assert!(said.contains(BRANCH) && said.contains("Branch"), "{said}");
        let cancelled = p.client.get(&format!("/api/v1/messages/{}", waits["message_id"].as_str().unwrap())).await;
        assert_eq!(cancelled["state"], "cancelled");
        assert!(cancelled["failure"]["detail"].as_str().unwrap().contains("Branch"), "{cancelled}");
        // Messages to it are still taken, and nobody answers them automatically.
        says_at(&p, &b, 6, "Hello?", START + 40).await;
        assert_eq!(conversation(&p, 6).await["unread"], 1);
        steps(&p.w, 4).await;
        assert_eq!(texts(&b.sim, 6), 0);
    }

    async fn archiving_says_what_stops_and_stops_it_with_a_reason(t) {
        let w = World::new(t, Options::default()).await;
        w.customers(200).await;
        let id = w.launch(Audience::Everyone).await;
        let draft = w.draft(Audience::Everyone, &[]).await;
        let mut tx = w.app().db.write().await.unwrap();
        store::account::hold(&mut tx, w.account, "Later.", i64::MAX, START).await.unwrap();
        let input = harkara::app::message::MessageInput {
            to: Some(phone(900)), profile_id: None, content: None, template_id: Some(id::TEMPLATE.show(w.template)),
            mapping: None, number_id: None,
        };
        let queued = harkara::app::message::send(w.app(), &mut tx, &input).await.unwrap();
        tx.commit().await.unwrap();
        let mut tx = w.app().db.write().await.unwrap();
        let before = account::account_stops(w.app(), &mut tx, w.account, account::Way::Archive).await.unwrap();
        assert_eq!((before.campaigns.len(), before.drafts.len(), before.queued), (1, 1, 1));
        let said = before.said.join("\n");
        assert!(said.contains("\"Welcome\" is running") && said.contains("1 queued message(s)"), "{said}");
        let refused = account::retire(w.app(), &mut tx, w.account, account::Way::Archive, false).await.unwrap_err();
        assert!(refused.to_string().contains("?stop=true"), "{refused}");
        let after = account::retire(w.app(), &mut tx, w.account, account::Way::Archive, true).await.unwrap();
        assert_eq!(after.said, before.said);
        tx.commit().await.unwrap();
        let progress = w.progress(id).await;
        assert_eq!((progress.state.as_str(), progress.funnel.queued), ("stopped", 0));
        let waiting = progress.waiting.unwrap();
        assert!(waiting.code == "stopped" && waiting.reason.contains("Shop"), "{waiting:?}");
        let mut tx = w.app().db.write().await.unwrap();
        let row = store::message::by_id(&mut tx, queued).await.unwrap().unwrap();
        assert_eq!(row.state, CANCELLED);
        assert!(row.failure.unwrap().contains("went out of use"));
        assert!(campaign::launch(w.app(), &mut tx, draft, campaign::When::default()).await.unwrap_err().to_string().contains("archived"));
        // Deleted: the credentials are gone, what happened stays.
        account::retire(w.app(), &mut tx, w.account, account::Way::Delete, false).await.unwrap();
        let row = store::account::by_id(&mut tx, w.account).await.unwrap().unwrap();
        assert_eq!((row.secrets.as_str(), row.settings.as_str(), row.state), ("{}", "{}", store::account::DELETED));
        assert!(row.nickname.starts_with("Shop (deleted"), "{}", row.nickname);
        assert!(store::account::by_token(&mut tx, &row.token).await.unwrap().is_none());
        assert!(store::account::list(&mut tx, i64::MAX, 10).await.unwrap().is_empty());
        assert_eq!(harkara::app::message::tell(w.app(), &mut tx, queued).await.unwrap().state, "cancelled");
        assert!(account::retire(w.app(), &mut tx, w.account, account::Way::Delete, true).await.is_err());
    }

    async fn a_number_goes_with_its_campaigns_and_leaves_an_heir(t) {
        let p = Post::new(t).await;
        let second = p.second_number().await;
        p.w.customers(30).await;
        p.says(1, "hello", START).await;
        let spread = p.w.launch_over(Audience::Everyone, &[p.number, second]).await;
        let path = format!("/api/v1/numbers/{}", id::NUMBER.show(p.number));
        let told = p.client.call("DELETE", &format!("{path}?dry_run=true"), "").await.expect(200);
        assert_eq!(told["campaigns"][0]["id"], json!(id::CAMPAIGN.show(spread)));
        assert!(told["stopped"].as_str().unwrap().contains(&format!("{SECOND_SHOP} becomes the default")), "{told}");
        p.client.call("DELETE", &path, "").await.expect(409);
        p.client.call("DELETE", &format!("{path}?stop=true"), "").await.expect(200);
        assert_eq!(p.w.progress(spread).await.state, "stopped");
        let shown = p.client.get(&format!("/api/v1/accounts/{}", id::ACCOUNT.show(p.w.account))).await;
        let flags: Vec<_> = shown["numbers"].as_array().unwrap().iter()
            .map(|n| (n["phone"].as_str().unwrap(), n["default"].as_bool().unwrap(), n["archived"].as_bool().unwrap())).collect();
        assert_eq!(flags, [(SECOND_SHOP, true, false), ("+919999900000", false, true)]);
        // It still hears, and says clearly that it does not answer.
        p.post("inbound", &says(1, "still there?", START + 9)).await.expect(200);
        p.apply().await;
        assert_eq!(answer(&p, 1, "no").await.expect(409)["code"], "number_retired");
        p.client.call("DELETE", &path, "").await.expect(409);
        let last = format!("/api/v1/numbers/{}?stop=true", id::NUMBER.show(second));
        assert_eq!(p.client.call("DELETE", &last, "").await.expect(409)["code"], "last_number");
        // Campaigns go on from the other one, and the archived one cannot be chosen.
        let next = p.w.launch_over(Audience::Everyone, &[second]).await;
        assert_eq!(p.w.run(next).await.funnel.recipients, 30);
        // It comes back when it is added again, with what it was.
        let default = json!({"default": true});
        assert_eq!(p.client.patch(&path, default.clone()).await.expect(422)["errors"][0]["code"], "number_archived");
        let again = json!({"phone": "+919999900000", "messages_per_second": 7});
        let numbers = format!("/api/v1/accounts/{}/numbers", id::ACCOUNT.show(p.w.account));
        let back = p.client.post(&numbers, again).await.expect(201);
        assert_eq!((&back["id"], &back["archived"]), (&json!(id::NUMBER.show(p.number)), &json!(false)));
        answer(&p, 1, "Here we are again.").await.expect(202);
        p.client.patch(&path, default).await.expect(200);
        // A number that was never used is simply removed.
        let new = json!({"phone": "+919999900778"});
        let new = p.client.post(&format!("/api/v1/accounts/{}/numbers", id::ACCOUNT.show(p.w.account)), new).await.expect(201);
        let new = new["id"].as_str().unwrap();
        p.client.call("DELETE", &format!("/api/v1/numbers/{new}"), "").await.expect(200);
        let mut tx = p.w.app().db.read().await.unwrap();
        assert!(store::number::by_id(&mut tx, id::NUMBER.read(new).unwrap()).await.unwrap().is_none());
    }

    async fn what_comes_back_to_a_retired_number_is_cancelled_not_stuck(t) {
        let w = World::new(t, Options::default()).await;
        let term = w.term().await;
        let app = w.app();
        let mut tx = app.db.write().await.unwrap();
        let number = store::number::of_account(&mut tx, w.account).await.unwrap()[0].id;
        let row = store::message::NewMessage {
            id: app.id(), number_id: number, campaign_id: None, profile_id: None, phone: phone(1), state: SENDING, lane: 1,
            attempt: 1, due_at: START, params: None, content: Some("{\"type\":\"text\",\"body\":\"x\"}".into()),
            in_reply_to: None, event_key: None,
        };
        store::message::insert(&mut tx, vec![row.clone()]).await.unwrap();
        account::retire(app, &mut tx, w.account, account::Way::Archive, false).await.unwrap();
        tx.commit().await.unwrap();
        let busy = SendError::new(SendErrorKind::Unavailable, None, "busy", "Later.");
        let done = harkara::app::dispatch::Finished {
            held: false,
            id: row.id, account_id: w.account, account_version: START, number_id: number, attempt: 1, at: START,
            outcome: Err(busy), trace: harkara::app::dispatch::Trace::default(),
        };
        harkara::app::dispatch::settle(app, term, &[done]).await.unwrap();
        let mut tx = app.db.read().await.unwrap();
        assert_eq!(store::message::by_id(&mut tx, row.id).await.unwrap().unwrap().state, CANCELLED);
    }

    async fn the_store_tells_what_depends_on_numbers(t) {
        let w = World::new(t, Options::default()).await;
        w.customers(3).await;
        let second = w.number(1, 100).await;
        let mut tx = w.app().db.read().await.unwrap();
        let first = store::number::of_account(&mut tx, w.account).await.unwrap()[0].id;
        drop(tx);
        let draft = w.draft(Audience::Everyone, &[first, second]).await;
        let over = w.launch(Audience::Everyone).await;
        w.run(over).await;
        let mut tx = w.app().db.write().await.unwrap();
        let of: Vec<i64> = retired::campaigns(&mut tx, &[second]).await.unwrap().into_iter().map(|c| c.id).collect();
        assert_eq!(of, [draft]);
        assert_eq!(retired::open(&mut tx, &[first, second]).await.unwrap(), (0, 0));
        assert_eq!(retired::chats(&mut tx, &[first], 0).await.unwrap(), 0);
        assert!(retired::queued(&mut tx, &[first]).await.unwrap().is_empty());
        retired::archive_number(&mut tx, second, START).await.unwrap();
        assert_eq!(retired::in_use(&mut tx, w.account).await.unwrap(), [first]);
        assert_eq!(retired::retired(&mut tx, &[first, second]).await.unwrap(), [second]);
        assert!(retired::retired(&mut tx, &[]).await.unwrap().is_empty());
        let standing = retired::standing(&mut tx, second).await.unwrap().unwrap();
        assert!(standing.is_retired() && !standing.is_held());
        assert!(!retired::standing(&mut tx, first).await.unwrap().unwrap().is_retired());
        let sending: Vec<i64> = store::number::all_active(&mut tx).await.unwrap().into_iter().map(|n| n.id).collect();
        assert_eq!(sending, [first]);
        let sent = store::message::of_campaign(&mut tx, over, i64::MAX, 0, 10).await.unwrap();
        assert!(sent.iter().all(|row| row.state == SENT || row.state == QUEUED));
    }
}

#[tokio::test]
async fn a_campaign_names_its_account_and_must_have_a_template_of_it() {
    let p = Post::new(crate::support::TestApp::new(crate::support::Engine::Sqlite).await).await;
    let b = branch(&p).await;
    assert!(b.number.starts_with("num_"));
    let mut campaign = json!({
        "name": "Red", "account_id": b.id, "template_id": id::TEMPLATE.show(p.w.template), "audience": {"type": "everyone"},
    });
    let wrong = p
        .client
        .post("/api/v1/campaigns", campaign.clone())
        .await
        .expect(422);
    assert_eq!(wrong["errors"][0]["pointer"], "/account_id");
    campaign["account_id"] = json!(id::ACCOUNT.show(p.w.account));
    let saved = p.client.post("/api/v1/campaigns", campaign).await.expect(201);
    assert_eq!(saved["account_id"], json!(id::ACCOUNT.show(p.w.account)));
}
