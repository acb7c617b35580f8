//! Files of the business: in and out in pieces, one for the same bytes, and there for as long as something sends them.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::body::Body;
use axum::http::{Request, header};
use bytes::Bytes;
use futures::{StreamExt, stream};
use harkara::app::retention::{Pass, step};
use harkara::clock::DAY;
use harkara::domain::id;
use harkara::domain::permission::Role;
use harkara::domain::state::FAILED;
use harkara::store::file as store;
use harkara::store::message::MessageChange;
use serde_json::{Value, json};

use crate::browser::Browser;
use crate::client::Answer;
use crate::post::Post;
use crate::support::{START, on_both_engines};
use crate::world::phone;

/// A pdf of so many bytes, no two pieces of which are alike.
fn pdf(length: usize) -> String {
    let mut text = String::from("%PDF-1.7\n");
    let mut n = 0;
    while text.len() < length {
        text.push_str(&format!("{n} "));
        n += 1;
    }
    text.truncate(length);
    text
}

impl Post {
    async fn upload(&self, query: &str, body: impl Into<Body>) -> Answer {
        self.client
            .call("POST", &format!("/api/v1/files?{query}"), body)
            .await
    }

    async fn fetch(&self, url: &str, headers: &[(header::HeaderName, &str)], method: &str) -> Answer {
        let path = url.strip_prefix("https://harkara.example").unwrap();
        let mut request = Request::builder().method(method).uri(path);
        for (name, value) in headers {
            request = request.header(name, *value);
        }
        self.client.send(request.body(Body::empty()).unwrap()).await
    }

    async fn answer(&self, i: i64, url: &Value) -> Answer {
        let conversation = id::CONVERSATION.show(self.conversation(i).await.id);
        let content = json!({"type": "media", "kind": "document", "url": url, "filename": "bill.pdf"});
        self.client
            .post(
                &format!("/api/v1/conversations/{conversation}/messages"),
                json!({"content": content}),
            )
            .await
    }

    /// One pass over what is old.
    async fn forget(&self) {
        let mut pass = Pass::START;
        while pass != Pass::Done {
            pass = step(self.w.app(), pass).await.unwrap();
        }
    }

    /// Pieces of a file that are left.
    async fn pieces(&self, of: i64) -> usize {
        let mut tx = self.w.app().db.read().await.unwrap();
        let mut found = 0;
        for n in 0..10 {
            found += usize::from(store::piece(&mut tx, of, n).await.unwrap().is_some());
        }
        found
    }
}

fn picture_template(p: &Post, url: &Value) -> Value {
    json!({
        "account_id": id::ACCOUNT.show(p.w.account), "name": "with_a_bill", "language": "en", "category": "utility",
        "status": "approved", "content": {"header": {"type": "document"}, "body": "Your bill."},
        "mapping": {"header": {"from": "text", "text": url}},
    })
}

on_both_engines! {
    async fn a_file_goes_in_and_out_in_pieces(t) {
        let p = Post::new(t).await;
        let text = pdf(1_300_000);
        let chunks: Vec<_> = text.as_bytes().chunks(70_001).map(|c| Ok::<_, std::io::Error>(Bytes::copy_from_slice(c))).collect();
        let made = p.upload("name=Price%20list.pdf", Body::from_stream(stream::iter(chunks))).await.expect(201);
        let url = made["url"].as_str().unwrap().to_owned();
        assert!(url.starts_with("https://harkara.example/files/hkf_") && url.ends_with("/Price-list.pdf"), "{url}");
        assert_eq!((&made["bytes"], &made["kind"], &made["mime"]), (&json!(1_300_000), &json!("document"), &json!("application/pdf")));
        // Without any sign-in, as a provider does.
        let whole = p.fetch(&url, &[], "GET").await;
        assert_eq!((whole.status.as_u16(), whole.text == text), (200, true));
        for (name, value) in [
            ("content-type", "application/pdf"), ("content-length", "1300000"), ("accept-ranges", "bytes"),
            ("x-content-type-options", "nosniff"), ("content-security-policy", "default-src 'none'; sandbox"),
            ("content-disposition", "attachment; filename*=UTF-8''Price%20list%2Epdf"),
        ] {
            assert_eq!(whole.headers[name], value);
        }
        let head = p.fetch(&url, &[], "HEAD").await;
        assert_eq!((head.status.as_u16(), head.text.as_str(), &head.headers["content-length"]), (200, "", &"1300000".parse().unwrap()));
        for (asked, first, last) in [
            ("bytes=0-8", 0, 8), ("bytes=524280-524300", 524_280, 524_300), ("bytes=1048570-", 1_048_570, 1_299_999),
            ("bytes=-5", 1_299_995, 1_299_999), ("bytes=500000-1100000", 500_000, 1_100_000),
        ] {
            let part = p.fetch(&url, &[(header::RANGE, asked)], "GET").await;
            assert_eq!((part.status.as_u16(), part.text == text[first..=last]), (206, true), "{asked}");
            assert_eq!(part.headers["content-range"], format!("bytes {first}-{last}/1300000"));
        }
        for wrong in [url.replace("Price-list.pdf", "other.pdf"), url.replace("hkf_", "hkf-"), format!("{url}x")] {
            assert_eq!(p.fetch(&wrong, &[], "GET").await.expect(404)["code"], "no_such_file");
        }
        // The same bytes are the same file, whatever it is called the second time.
        let again = p.upload("name=copy.pdf&type=application/pdf", text.clone()).await.expect(200);
        assert_eq!((&again["id"], &again["url"]), (&made["id"], &made["url"]));
        let all = p.client.get("/api/v1/files").await;
        assert_eq!((all["data"].as_array().unwrap().len(), &all["data"][0]["id"]), (1, &made["id"]));
        let one = p.client.get(&format!("/api/v1/files/{}", made["id"].as_str().unwrap())).await;
        assert_eq!((&one["name"], &one["by"], &one["used_by"]), (&json!("Price list.pdf"), &json!("test"), &json!([])));
        let acts = p.client.get("/api/v1/audit?action=file").await;
        assert_eq!(acts["data"].as_array().unwrap().iter().filter(|act| act["action"] == "file.create").count(), 1, "{acts}");
    }

    async fn what_whatsapp_does_not_take_is_refused_and_leaves_nothing(t) {
        let p = Post::new(t).await;
        for (query, body, status, pointer, words) in [
            ("name=a.png", "<!DOCTYPE html><html>", 422, "/body", "a web page"),
            ("name=a.png&type=image/png", "%PDF-1.7", 422, "/body", "it is application/pdf"),
            ("name=a.svg&type=image/svg%2Bxml", "<svg/>", 422, "/type", "image/svg+xml"),
            ("name=a.html", "<html>", 422, "/type", "It takes images (jpeg, png)"),
            ("name=a.pdf&kind=image", "%PDF-1.7", 422, "/type", "a jpeg or a png"),
            ("name=a.pdf&kind=film", "%PDF-1.7", 422, "/kind", "Use image"),
            ("name=a.pdf&purpose=fun", "%PDF-1.7", 422, "/purpose", "answer"),
            ("name=a.pdf", "", 422, "/body", "empty"),
            ("", "%PDF-1.7", 422, "/name", "name of the file"),
            ("name=..%2Fa.pdf", "%PDF-1.7", 422, "/name", "without slashes"),
        ] {
            let problem = p.upload(query, body).await.expect(status);
            assert_eq!(problem["errors"][0]["pointer"], pointer, "{query}: {problem}");
            assert!(problem["errors"][0]["detail"].as_str().unwrap().contains(words), "{query}: {problem}");
        }
        // What says that it is too large is not read at all, and what does not say so no further than it must be.
        let large = Request::post("/api/v1/files?name=a.png").header("authorization", format!("Bearer {}", p.client.key))
            .header(header::CONTENT_LENGTH, (5 << 20) + 1).body(Body::from_stream(stream::pending::<Result<Bytes, std::io::Error>>()));
        let problem = p.client.send(large.unwrap()).await.expect(413);
        assert_eq!(problem["title"], "Payload Too Large");
        assert_eq!((&problem["code"], &problem["errors"][0]["pointer"]), (&json!("too_large"), &json!("/body")));
        let given = Arc::new(AtomicUsize::new(0));
        let count = given.clone();
        let endless = stream::repeat_with(move || {
            let first = count.fetch_add(1, Ordering::SeqCst) == 0;
            let mut piece = vec![b'x'; 1 << 20];
            if first {
                piece[..8].copy_from_slice(b"\x89PNG\r\n\x1a\n");
            }
            Ok::<_, std::io::Error>(Bytes::from(piece))
        });
        let problem = p.upload("name=a.png", Body::from_stream(endless)).await.expect(413);
        assert!(problem["errors"][0]["detail"].as_str().unwrap().contains("5 MB at most"), "{problem}");
        assert_eq!(given.load(Ordering::SeqCst), 6);
        let broken = stream::iter([Ok(Bytes::from(pdf(600_000))), Err(std::io::Error::other("the line went"))]);
        let problem = p.upload("name=a.pdf", Body::from_stream(broken)).await.expect(422);
        assert_eq!(problem["errors"][0]["code"], "broke_off");
        assert_eq!(p.client.get("/api/v1/files").await["data"], json!([]));
        p.w.t.clock.advance(2 * DAY);
        p.forget().await;
        let mut tx = p.w.app().db.read().await.unwrap();
        assert_eq!(store::broken(&mut tx, i64::MAX).await.unwrap(), None, "nothing of it is left");
    }

    async fn a_file_that_is_still_to_be_sent_stays(t) {
        let p = Post::new(t).await;
        p.w.customers(2).await;
        p.says(1, "The bill, please", p.w.app().now()).await;
        let made = p.upload("name=bill.pdf", pdf(600_000)).await.expect(201);
        let path = format!("/api/v1/files/{}", made["id"].as_str().unwrap());
        let refused = async |words: &str| {
            let problem = p.client.delete(&path).await.expect(409);
            assert_eq!(problem["code"], "file_in_use");
            assert!(problem["detail"].as_str().unwrap().contains(words), "{words}: {problem}");
        };
        let template = p.client.post("/api/v1/templates", picture_template(&p, &made["url"])).await.expect(201);
        refused("The template \"with_a_bill\"").await;
        assert_eq!(p.client.get(&path).await["used_by"][0]["id"], template["id"]);
        let campaign = json!({"name": "Bills", "template_id": template["id"], "audience": {"type": "everyone"}});
        let campaign = p.client.post("/api/v1/campaigns", campaign).await.expect(201);
        let template = format!("/api/v1/templates/{}", template["id"].as_str().unwrap());
        let other = json!({"mapping": {"header": {"from": "text", "text": "https://shop.example/other.pdf"}}});
        p.client.patch(&template, other).await.expect(200);
        refused("The campaign \"Bills\"").await;
        let campaign = format!("/api/v1/campaigns/{}", campaign["id"].as_str().unwrap());
        p.client.delete(&campaign).await;
        let queued = p.answer(1, &made["url"]).await.expect(202);
        refused("A message to +9199999").await;
        for _ in 0..3 {
            p.w.step(1_000).await;
        }
        let sent = p.client.get(&format!("/api/v1/messages/{}", queued["message_id"].as_str().unwrap())).await;
        assert_eq!(sent["state"], "sent", "{sent}");
        // Who may not write templates deletes only what is their own.
        let mut agent = Browser::of(&p.w.t, Role::Agent).await;
        let of = path.strip_prefix("/api/v1").unwrap();
        assert_eq!(agent.call("DELETE", of, json!({})).await.expect(403)["code"], "not_allowed");
        assert_eq!(p.client.delete(&path).await.status.as_u16(), 204);
        assert_eq!(p.fetch(made["url"].as_str().unwrap(), &[], "GET").await.expect(404)["code"], "no_such_file");
        // Nothing is sent with an address that leads nowhere, by hand or by a campaign.
        let problem = p.answer(1, &made["url"]).await.expect(422);
        assert_eq!((&problem["errors"][0]["pointer"], &problem["errors"][0]["code"]), (&json!("/content"), &json!("file_gone")));
        let mut late = picture_template(&p, &made["url"]);
        late["name"] = json!("too_late");
        let late = p.client.post("/api/v1/templates", late).await.expect(201);
        let campaign = json!({"name": "Late", "template_id": late["id"], "audience": {"type": "everyone"}});
        let campaign = p.client.post("/api/v1/campaigns", campaign).await.expect(201);
        let launch = format!("/api/v1/campaigns/{}/launch", campaign["id"].as_str().unwrap());
        let problem = p.client.post(&launch, json!({})).await.expect(422);
        assert_eq!(problem["errors"][0]["code"], "file_gone", "{problem}");
        // The same bytes can come again.
        p.upload("name=bill.pdf", pdf(600_000)).await.expect(201);
    }

    async fn a_campaign_that_is_over_sends_nothing_again_without_its_file(t) {
        let p = Post::new(t).await;
        p.w.customers(2).await;
        let made = p.upload("name=bill.pdf", pdf(600_000)).await.expect(201);
        let template = p.client.post("/api/v1/templates", picture_template(&p, &made["url"])).await.expect(201);
        let campaign = json!({"name": "Bills", "template_id": template["id"], "audience": {"type": "everyone"}});
        let campaign = p.client.post("/api/v1/campaigns", campaign).await.expect(201);
        let path = format!("/api/v1/campaigns/{}", campaign["id"].as_str().unwrap());
        p.client.post(&format!("{path}/launch"), json!({})).await.expect(200);
        let campaign = id::CAMPAIGN.read(campaign["id"].as_str().unwrap()).unwrap();
        assert_eq!(p.w.run(campaign).await.funnel.sent, 2);
        let mut tx = p.w.app().db.write().await.unwrap();
        let sent = harkara::store::message::of_campaign(&mut tx, campaign, i64::MAX, 0, 10).await.unwrap();
        let change = MessageChange {
            id: sent[0].id,
            state: FAILED,
            attempt: sent[0].attempt,
            failure: Some(json!({"kind": "capped", "detail": "d", "help": "h"}).to_string()),
            failed_at: Some(START),
            ..MessageChange::default()
        };
        harkara::store::message::change(&mut tx, vec![change]).await.unwrap();
        tx.commit().await.unwrap();
        let template = format!("/api/v1/templates/{}", template["id"].as_str().unwrap());
        let other = json!({"mapping": {"header": {"from": "text", "text": "https://shop.example/other.pdf"}}});
        p.client.patch(&template, other).await.expect(200);
        let file = format!("/api/v1/files/{}", made["id"].as_str().unwrap());
        assert_eq!(p.client.delete(&file).await.status.as_u16(), 204);
        let resend = format!("{path}/resend");
        assert_eq!(p.client.post(&resend, json!({"dry_run": true})).await.expect(200)["resendable"], 1);
        let problem = p.client.post(&resend, json!({})).await.expect(422);
        assert_eq!(problem["errors"][0]["code"], "file_gone", "{problem}");
        p.w.step(5_000).await;
        assert_eq!(p.w.sim.state().stats().accepted, 2);
        // The same bytes come under another address: what was to be sent again is for a new campaign.
        p.upload("name=bill.pdf", pdf(600_000)).await.expect(201);
        p.client.post(&resend, json!({})).await.expect(422);
    }

    async fn a_file_for_one_person_goes_with_the_person(t) {
        let p = Post::new(t).await;
        p.w.customers(2).await;
        let mut made = Vec::new();
        for (n, query) in [(1, "purpose=answer"), (2, "purpose=answer"), (3, "kind=document")] {
            made.push(p.upload(&format!("name=bill{n}.pdf&{query}"), pdf(600_000 + n)).await.expect(201));
        }
        for i in [1, 2] {
            p.says(i, "The bill, please", p.w.app().now()).await;
        }
        // The first to one, the second to both, the third to one, and it is for anything.
        for (i, file) in [(1, 0), (1, 1), (2, 1), (1, 2)] {
            p.answer(i, &made[file]["url"]).await.expect(202);
        }
        p.w.step(1_000).await;
        let erase = async |i: i64| {
            let mut tx = p.w.app().db.read().await.unwrap();
            let row = harkara::store::profile::by_phone(&mut tx, &phone(i)).await.unwrap().remove(0);
            drop(tx);
            let path = format!("/api/v1/profiles/{}/erase", id::PROFILE.show(row.id));
            p.client.post(&path, json!({})).await.expect(200)["erased"]["files"].clone()
        };
        let there = async || {
            let mut there = Vec::new();
            for file in &made {
                there.push(p.fetch(file["url"].as_str().unwrap(), &[], "HEAD").await.status.as_u16());
            }
            there
        };
        assert_eq!(there().await, [200, 200, 200]);
        assert_eq!((erase(1).await, there().await), (json!(1), vec![404, 200, 200]));
        assert_eq!(p.pieces(id::FILE.read(made[0]["id"].as_str().unwrap()).unwrap()).await, 0);
        assert_eq!((erase(2).await, there().await), (json!(1), vec![404, 404, 200]));
    }

    async fn what_nobody_uses_is_forgotten_and_nothing_else(t) {
        let p = Post::new(t).await;
        let mut made = Vec::new();
        for n in 0..3 {
            made.push(p.upload(&format!("name=f{n}.pdf"), pdf(600_000 + n)).await.expect(201));
        }
        let file = |n: usize| id::FILE.read(made[n]["id"].as_str().unwrap()).unwrap();
        p.client.post("/api/v1/templates", picture_template(&p, &made[0]["url"])).await.expect(201);
        // Half a file, of a server that stopped in between.
        let half = p.w.app().id();
        let mut tx = p.w.app().db.write().await.unwrap();
        let row = store::by_id(&mut tx, file(0)).await.unwrap().unwrap();
        store::begin(&mut tx, &store::FileRow { id: half, token: "half".into(), ..row }).await.unwrap();
        store::add(&mut tx, half, 0, b"%PDF-").await.unwrap();
        tx.commit().await.unwrap();
        p.w.t.clock.advance(DAY - 1);
        p.forget().await;
        assert_eq!(p.pieces(half).await, 1, "it may still be coming");
        p.w.t.clock.advance(2 * DAY);
        p.forget().await;
        assert_eq!(p.pieces(half).await, 0);
        p.w.t.clock.advance(80 * DAY);
        assert_eq!(p.fetch(made[1]["url"].as_str().unwrap(), &[(header::RANGE, "bytes=0-0")], "GET").await.status.as_u16(), 206);
        p.w.t.clock.advance(8 * DAY);
        // The one that goes has its bytes for as long as somebody reads what was begun before.
        p.forget().await;
        p.forget().await;
        let left = [p.pieces(file(0)).await, p.pieces(file(1)).await, p.pieces(file(2)).await];
        assert_eq!(left, [2, 2, 0]);
        assert_eq!(p.client.get("/api/v1/files").await["data"].as_array().unwrap().len(), 2);
        p.w.t.clock.advance(89 * DAY);
        p.forget().await;
        assert_eq!(p.pieces(file(0)).await, 2, "the template has it");
        assert_eq!(p.pieces(file(1)).await, 0);
    }

    async fn the_page_is_told_what_can_be_uploaded(t) {
        let p = Post::new(t).await;
        let rules = p.client.get("/api/v1/files/rules").await;
        assert_eq!(rules["unreachable"], Value::Null);
        let image = &rules["kinds"][0];
        assert_eq!((&image["kind"], &image["bytes"], &image["endings"]), (&json!("image"), &json!(5 << 20), &json!(["jpg", "jpeg", "png"])));
    }
}

/// Whoever reads slowly keeps neither a transaction nor more than a piece.
#[tokio::test]
async fn a_slow_reader_holds_nothing() {
    let t = crate::support::TestApp::new(crate::support::Engine::Sqlite).await;
    let p = Post::new(t).await;
    let text = pdf(1_600_000);
    let made = p.upload("name=long.pdf", text.clone()).await.expect(201);
    let of = id::FILE.read(made["id"].as_str().unwrap()).unwrap();
    let mut readers: Vec<_> = (0..20)
        .map(|_| harkara::app::file::read(p.w.app(), of, 0, 1_599_999))
        .collect();
    for reader in &mut readers {
        assert_eq!(reader.next().await.unwrap().unwrap().len(), store::PIECE);
    }
    // SQLite has four readers: twenty that held one each would keep this from ever being answered.
    assert_eq!(p.client.get("/api/v1/files").await["data"][0]["bytes"], 1_600_000);
    drop(readers);
}
