//! People whom WhatsApp knows by another way of writing their number than the one in our books.

use harkara::app::dispatch::{self, Finished, Trace};
use harkara::app::message::{self, MessageInput};
use harkara::app::{consent, conversation, person};
use harkara::domain::audience::Audience;
use harkara::domain::id;
use harkara::domain::state::{QUEUED, RECEIVED, SENDING, SENT};
use harkara::store;
use harkara::store::conversation::Heard;
use harkara::store::message::{API, NewMessage};
use harkara::store::profile::ProfileRow;
use harkara::store::wa_id::{self, Found, INBOUND, PROVIDER};
use harkara_provider::{Content, Receipt};
use serde_json::json;

use crate::post::{Post, SHOP};
use crate::support::{START, TestApp, on_both_engines};

/// A Brazilian mobile number with its ninth digit, and as an old account kept it.
const BOOK: &str = "+5551999990001";
const WA: &str = "+555199990001";

fn profile(t: &TestApp, identity: &str, phone: &str) -> ProfileRow {
    ProfileRow {
        id: t.app.id(),
        identity: identity.into(),
        phone: Some(phone.into()),
        name: Some("Ana".into()),
        attributes: "{}".into(),
        opt_in: 1,
        opt_source: Some("test".into()),
        opt_at: Some(START),
        created_at: START,
        updated_at: START,
    }
}

async fn keep(p: &Post, phone: &str) -> i64 {
    let row = profile(&p.w.t, phone, phone);
    let mut tx = p.w.app().db.write().await.unwrap();
    store::profile::insert_many(&mut tx, std::slice::from_ref(&row))
        .await
        .unwrap();
    tx.commit().await.unwrap();
    row.id
}

/// The person writes from this number.
async fn says(p: &Post, from: &str, text: &str, at: i64) {
    let body = json!({
        "waNumber": SHOP.trim_start_matches('+'), "mobile": from.trim_start_matches('+'), "type": "text", "text": text,
        "timestamp": at.to_string(), "name": "Ana",
    });
    p.post("inbound", &body).await.expect(200);
    p.apply().await;
}

async fn conversations(p: &Post) -> Vec<(String, i64)> {
    let mut tx = p.w.app().db.read().await.unwrap();
    let rows = store::conversation::page(&mut tx, (i64::MAX, i64::MAX), store::conversation::Which::All, 50)
        .await
        .unwrap();
    rows.into_iter().map(|row| (row.phone, row.unread)).collect()
}

fn text(body: &str) -> Content {
    Content::Text {
        body: body.into(),
        preview_url: false,
    }
}

on_both_engines! {
    async fn what_a_person_writes_from_another_way_of_writing_joins_everything(t) {
        let p = Post::with(t, json!({"auto_reply": "true", "auto_reply_text": "We will answer soon."})).await;
        let ana = keep(&p, BOOK).await;
        let campaign = p.w.launch(Audience::Everyone).await;
        assert_eq!(p.w.run(campaign).await.funnel.sent, 1);
        p.w.t.clock.advance(60_000);
        let now = p.w.app().now();
        says(&p, WA, "Ola!", now).await;
        says(&p, WA, "Alguem?", now + 1).await;

        // One conversation, under the number of the book; she is no stranger, and has answered the campaign.
        assert_eq!(conversations(&p).await, [(BOOK.to_owned(), 2)]);
        let mut tx = p.w.app().db.write().await.unwrap();
        let thread = store::message::of_phone(&mut tx, BOOK, i64::MAX, 50).await.unwrap();
        let seen: Vec<(i16, &str, Option<i64>)> = thread.iter().map(|m| (m.state, m.phone.as_str(), m.profile_id)).collect();
        assert_eq!(seen, [(RECEIVED, WA, Some(ana)), (RECEIVED, WA, Some(ana)), (SENT, BOOK, Some(ana))]);
        assert_eq!(wa_id::belongs(&mut tx, &[WA, BOOK]).await.unwrap(), [(WA.to_owned(), BOOK.to_owned())].into());

        // The answer dials what she wrote from, once, whoever asks for it and by whatever number.
        let row = person::conversation_of(&mut tx, WA).await.unwrap().unwrap();
        let answer = conversation::answer(p.w.app(), &mut tx, row.id, conversation::Reply::Content(&text("Oi Ana"))).await.unwrap();
        let input = MessageInput {
            to: Some(BOOK.into()), profile_id: None, content: Some(text("Tudo bem?")), template_id: None, mapping: None,
            number_id: None,
        };
        let by_api = message::send(p.w.app(), &mut tx, &input).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(p.w.progress(campaign).await.replies.replied, 1);
        for _ in 0..5 { p.w.step(500).await; }
        let accepted = p.w.accepted();
        assert_eq!((accepted[WA].len(), accepted[BOOK].len()), (2, 1));
        let mut tx = p.w.app().db.read().await.unwrap();
        for id in [answer, by_api] {
            let row = store::message::by_id(&mut tx, id).await.unwrap().unwrap();
            assert_eq!((row.phone.as_str(), row.state, row.profile_id), (WA, SENT, Some(ana)));
        }
    }

    async fn an_opt_out_is_of_the_person_in_whatever_way_the_number_is_written(t) {
        let p = Post::new(t).await;
        keep(&p, BOOK).await;
        says(&p, WA, "PARAR", START).await;
        let mut tx = p.w.app().db.write().await.unwrap();
        for phone in [BOOK, WA] {
            assert!(store::consent::suppressed(&mut tx, &[phone]).await.unwrap().contains(phone), "{phone}");
        }
        let row = store::profile::by_phone(&mut tx, BOOK).await.unwrap().remove(0);
        assert_eq!(row.opt_in, 2);
        assert_eq!(store::consent::history(&mut tx, &row, i64::MAX, 10).await.unwrap().len(), 1);
        tx.commit().await.unwrap();
        let campaign = p.w.launch(Audience::Everyone).await;
        let funnel = p.w.run(campaign).await.funnel;
        assert_eq!((funnel.recipients, funnel.excluded), (0, 1));
        assert!(p.w.accepted().is_empty());

        // She changes her mind, and is known by the other number meanwhile.
        says(&p, BOOK, "START", START + 5).await;
        let mut tx = p.w.app().db.write().await.unwrap();
        assert!(store::consent::suppressed(&mut tx, &[BOOK, WA]).await.unwrap().is_empty());
        assert_eq!(store::profile::by_phone(&mut tx, BOOK).await.unwrap()[0].opt_in, 1);
        // A late STOP of before, from the first number, changes nothing any more.
        drop(tx);
        says(&p, WA, "parar", START + 2).await;
        let mut tx = p.w.app().db.write().await.unwrap();
        assert!(store::consent::suppressed(&mut tx, &[BOOK, WA]).await.unwrap().is_empty());
        // An upload may lift only what an upload said, in every way of writing.
        consent::opt_out(p.w.app(), &mut tx, WA, "upload", None, START + 9).await.unwrap();
        assert!(store::consent::suppressed_by_upload(&mut tx, &[BOOK]).await.unwrap().contains(BOOK));
        consent::opt_out(p.w.app(), &mut tx, BOOK, "keyword", None, START + 10).await.unwrap();
        assert!(store::consent::suppressed_by_upload(&mut tx, &[BOOK, WA]).await.unwrap().is_empty());
    }

    async fn exact_matches_win_and_what_was_found_stays(t) {
        let p = Post::new(t).await;
        // Nobody is known: a conversation of its own.
        says(&p, WA, "first", START).await;
        assert_eq!(conversations(&p).await, [(WA.to_owned(), 1)]);
        // A profile with the other number: the conversation becomes hers.
        keep(&p, BOOK).await;
        says(&p, WA, "second", START + 1).await;
        assert_eq!(conversations(&p).await, [(BOOK.to_owned(), 2)]);
        let mut tx = p.w.app().db.read().await.unwrap();
        assert_eq!(store::message::of_phone(&mut tx, BOOK, i64::MAX, 50).await.unwrap().len(), 2);
        drop(tx);
        // Somebody keeps a profile with the exact number afterwards: what was found first stays.
        keep(&p, WA).await;
        says(&p, WA, "third", START + 2).await;
        assert_eq!(conversations(&p).await, [(BOOK.to_owned(), 3)]);
        // With both profiles from the beginning each is itself.
        let (other_book, other_wa) = ("+5215599990002", "+525599990002");
        keep(&p, other_book).await;
        keep(&p, other_wa).await;
        says(&p, other_wa, "hola", START + 3).await;
        assert!(conversations(&p).await.contains(&(other_wa.to_owned(), 1)));
    }

    async fn the_words_of_a_provider_are_kept_and_remembered(t) {
        let p = Post::new(t).await;
        let (app, number) = (p.w.app(), p.number);
        keep(&p, BOOK).await;
        says(&p, WA, "before", START).await;
        let term = p.w.term().await;
        let row = |id, phone: &str| NewMessage {
            id, number_id: number, campaign_id: None, profile_id: None, phone: phone.into(), state: SENDING, lane: API,
            attempt: 1, due_at: START, params: None, content: Some("{\"type\":\"text\",\"body\":\"x\"}".into()),
            in_reply_to: None, event_key: None,
        };
        let said = [
            (app.id(), "+5491199990003", Some("541199990003"), Some("+541199990003")),
            (app.id(), "+919999900004", Some("919999900004"), None),
            (app.id(), "+919999900005", Some("919999900006"), Some("+919999900006")),
            (app.id(), "+919999900007", None, None),
            (app.id(), "+919999900008", Some("BSUID.1"), None),
        ];
        let mut tx = app.db.write().await.unwrap();
        let rows: Vec<NewMessage> = said.iter().map(|(id, phone, ..)| row(*id, phone)).collect();
        store::message::insert(&mut tx, rows).await.unwrap();
        tx.commit().await.unwrap();
        let finished = said.map(|(id, _, wa_id, _)| Finished {
            held: false,
            id, account_id: p.w.account, account_version: START, number_id: number, attempt: 1, at: START,
            outcome: Ok(Receipt { external_id: format!("e{id}"), wa_id: wa_id.map(str::to_owned), warning: None }),
            trace: Trace::default(),
        });
        dispatch::settle(app, term, &finished).await.unwrap();
        let mut tx = app.db.write().await.unwrap();
        for (id, _, _, kept) in said {
            assert_eq!(wa_id::of_message(&mut tx, id).await.unwrap().as_deref(), kept);
            assert_eq!(message::tell(app, &mut tx, id).await.unwrap().wa_id.as_deref(), kept);
        }
        // Only another way of writing the same number joins what people write.
        let wa_ids = ["+541199990003", "+919999900006"];
        let belongs = wa_id::belongs(&mut tx, &wa_ids).await.unwrap();
        assert_eq!(belongs, [("+541199990003".to_owned(), "+5491199990003".to_owned())].into());
        tx.commit().await.unwrap();
        says(&p, "+541199990003", "hola", START + 1).await;
        assert!(conversations(&p).await.contains(&("+5491199990003".to_owned(), 1)));
    }

    async fn the_store_knows_joins_and_remembers(t) {
        let mut tx = t.app.db.write().await.unwrap();
        let heard = |id, phone: &str, at| Heard {
            id, phone: phone.into(), name: None, number_id: 1, at, text: "hi".into(), unread: 2,
        };
        store::profile::insert_many(&mut tx, &[profile(&t, "a", BOOK)]).await.unwrap();
        store::conversation::hear(&mut tx, &[heard(1, WA, 5), heard(2, "+919999900001", 5)]).await.unwrap();
        let known = wa_id::known(&mut tx, &[BOOK, WA, "+1"]).await.unwrap();
        let flags = |phone: &str| (known[phone].profile, known[phone].conversation, known[phone].written);
        assert_eq!([flags(BOOK), flags(WA), flags("+1")], [(true, false, false), (false, true, false), (false, false, false)]);
        wa_id::join(&mut tx, WA, BOOK).await.unwrap();
        assert_eq!(store::conversation::by_id(&mut tx, 1).await.unwrap().unwrap().phone, BOOK);
        store::conversation::hear(&mut tx, &[heard(3, WA, 9)]).await.unwrap();
        wa_id::join(&mut tx, WA, BOOK).await.unwrap();
        assert!(store::conversation::by_phone(&mut tx, WA).await.unwrap().is_none());
        let row = store::conversation::by_id(&mut tx, 1).await.unwrap().unwrap();
        assert_eq!((row.unread, row.last_inbound_at), (4, 9));
        assert!(store::conversation::by_id(&mut tx, 2).await.unwrap().is_some());
        let found = |phone: &str, source| Found { wa_id: WA.into(), phone: phone.into(), source, at: START };
        wa_id::remember(&mut tx, &[found(BOOK, INBOUND)]).await.unwrap();
        wa_id::remember(&mut tx, &[found("+1", PROVIDER)]).await.unwrap();
        assert_eq!(wa_id::belongs(&mut tx, &[WA, BOOK]).await.unwrap(), [(WA.to_owned(), BOOK.to_owned())].into());
    }
}

#[tokio::test]
async fn the_api_shows_both_and_finds_by_either() {
    let p = Post::new(TestApp::new(crate::support::Engine::Sqlite).await).await;
    let ana = keep(&p, BOOK).await;
    says(&p, WA, "Ola", START).await;
    for phone in [BOOK, WA] {
        let found = p
            .client
            .get(&format!(
                "/api/v1/conversations?phone={}",
                phone.replace('+', "%2B")
            ))
            .await;
        assert_eq!(found["data"][0]["phone"], BOOK, "{phone}");
        assert_eq!(found["data"][0]["profile_id"], json!(id::PROFILE.show(ana)));
        let thread = format!(
            "/api/v1/conversations/{}/messages",
            found["data"][0]["id"].as_str().unwrap()
        );
        assert_eq!(p.client.get(&thread).await["data"][0]["phone"], WA);
    }
    let row = p
        .client
        .get(&format!(
            "/api/v1/conversations?phone={}",
            BOOK.replace('+', "%2B")
        ))
        .await;
    assert_eq!(row["data"][0]["window_open"], json!(true));
    let mut tx = p.w.app().db.read().await.unwrap();
    let thread = store::message::of_phone(&mut tx, WA, i64::MAX, 10).await.unwrap();
    assert!(thread.iter().all(|m| m.state != QUEUED) && thread.len() == 1);
}
