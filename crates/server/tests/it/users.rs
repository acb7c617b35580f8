//! Users, sessions, invitations and what they leave in the store, on both engines.

use harkara::app::audit::Actor;
use harkara::app::{sign_in, user};
use harkara::clock::{DAY, MINUTE, SECOND};
use harkara::domain::id;
use harkara::domain::permission::{Rights, Role};
use harkara::store;
use harkara::store::audit::{AuditRow, Wanted};
use serde_json::{Value, json};

use crate::browser::{Browser, PASSWORD};
use crate::client::Client;
use crate::support::{TestApp, on_both_engines};

fn owner() -> Value {
    json!({"email": "Asha@Shop.example", "name": "Asha", "password": PASSWORD})
}

/// The first owner, made with the code that the server prints.
async fn first_owner(t: &TestApp) -> Browser {
    let mut browser = Browser::new(t);
    let url = sign_in::setup_url(&t.app).unwrap();
    let mut body = owner();
    body["code"] = url.rsplit_once("code=").unwrap().1.into();
    browser.call("POST", "/owner", body).await.expect(201);
    browser
}

/// What stands behind the last slash of a link.
fn token(link: &Value) -> String {
    let url = link["url"].as_str().unwrap();
    assert!(url.starts_with("https://harkara.example/invite/"), "{url}");
    url.rsplit_once('/').unwrap().1.to_owned()
}

on_both_engines! {
    async fn the_first_owner_needs_the_code_and_is_the_only_one_made_so(t) {
        let mut browser = Browser::new(&t);
        let start = browser.get("/start").await;
        assert_eq!((&start["needs_owner"], &start["needs_code"]), (&json!(true), &json!(true)));
        let without = browser.call("POST", "/owner", owner()).await.expect(422);
        assert_eq!(without["errors"][0]["pointer"], "/code");
        assert_eq!(browser.foreign("POST", "/owner", owner()).await.expect(403)["code"], "no_csrf_header");
        let mut signed_in = first_owner(&t).await;
        let session = signed_in.get("/session").await;
        assert_eq!((&session["user"]["email"], &session["user"]["role"]), (&json!("asha@shop.example"), &json!("owner")));
        assert!(session["permissions"].as_array().unwrap().contains(&json!("owners.manage")));
        assert_eq!(browser.refused(409, "POST", "/owner", owner()).await, "owner_exists");
        assert_eq!(browser.get("/start").await["needs_owner"], false);
    }

    async fn a_wrong_password_and_an_unknown_address_look_the_same(t) {
        first_owner(&t).await;
        let mut browser = Browser::new(&t);
        let wrong = browser.sign_in("asha@shop.example", "wrong password").await.expect(401);
        let unknown = browser.sign_in("nobody@shop.example", PASSWORD).await.expect(401);
        assert_eq!((wrong["code"].as_str(), &wrong), (Some("wrong_sign_in"), &unknown));
        browser.sign_in(" ASHA@shop.example", PASSWORD).await.expect(200);
        assert_eq!(browser.get("/session").await["user"]["name"], "Asha");
    }

    async fn who_guesses_has_to_wait_and_is_told_how_long(t) {
        first_owner(&t).await;
        let mut browser = Browser::new(&t);
        for _ in 0..5 {
            browser.sign_in("asha@shop.example", "guess guess guess").await.expect(401);
        }
        let problem = browser.sign_in("asha@shop.example", PASSWORD).await.expect(429);
        assert_eq!(problem["code"], "too_many_tries");
        assert!(problem["detail"].as_str().unwrap().contains("30 seconds"), "{problem}");
        t.clock.advance(30 * SECOND);
        browser.sign_in("asha@shop.example", "guess guess guess").await.expect(401);
        t.clock.advance(30 * SECOND);
        browser.sign_in("asha@shop.example", PASSWORD).await.expect(429);
        t.clock.advance(30 * SECOND);
        browser.sign_in("asha@shop.example", PASSWORD).await.expect(200);
        browser.sign_in("asha@shop.example", "guess guess guess").await.expect(401);
    }

    async fn one_address_cannot_try_many_accounts(t) {
        first_owner(&t).await;
        let mut browser = Browser::new(&t);
        browser.address = Some("203.0.113.9:1234".parse().unwrap());
        for n in 0..30 {
            browser.sign_in(&format!("user{n}@shop.example"), "guess guess guess").await.expect(401);
        }
        browser.sign_in("asha@shop.example", PASSWORD).await.expect(429);
        browser.address = Some("203.0.113.10:1234".parse().unwrap());
        browser.sign_in("asha@shop.example", PASSWORD).await.expect(200);
    }

    async fn guesses_at_the_same_moment_all_count(t) {
        first_owner(&t).await;
        let guess = async || Browser::new(&t).sign_in("asha@shop.example", "guess guess guess").await.status.as_u16();
        let all = futures::future::join_all((0..9).map(|_| guess())).await;
        assert_eq!(all.iter().filter(|status| **status == 401).count(), 5, "{all:?}");
        assert_eq!(all.iter().filter(|status| **status == 429).count(), 4, "{all:?}");
    }

    async fn an_invitation_is_taken_once_and_gives_its_role(t) {
        let mut owner = first_owner(&t).await;
        let asked = json!({"email": "Ravi@Shop.example", "role": "agent"});
        let old = owner.call("POST", "/invites", asked.clone()).await.expect(201);
        let link = owner.call("POST", "/invites", asked).await.expect(201);
        let mut ravi = Browser::new(&t);
        let path = |link: &Value| format!("/invites/by-token/{}", token(link));
        assert_eq!(ravi.refused(404, "GET", &path(&old), Value::Null).await, "not_found");
        let shown = ravi.get(&path(&link)).await;
        assert_eq!((&shown["kind"], &shown["email"], &shown["invited_by"]), (&json!("invite"), &json!("ravi@shop.example"), &json!("Asha")));
        let mut taken = json!({"token": token(&link), "name": "Ravi", "password": "short"});
        let short = ravi.call("POST", "/invites/accept", taken.clone()).await.expect(422);
        assert_eq!(short["errors"][0]["pointer"], "/password");
        taken["password"] = PASSWORD.into();
        ravi.call("POST", "/invites/accept", taken.clone()).await.expect(201);
        assert_eq!(ravi.get("/session").await["user"]["role"], "agent");
        assert_eq!(ravi.refused(404, "POST", "/invites/accept", taken).await, "not_found");
        assert_eq!(owner.get("/invites").await["data"], json!([]));
        assert_eq!(owner.get("/users").await["data"].as_array().unwrap().len(), 2);
        let again = json!({"email": "ravi@shop.example", "role": "admin"});
        assert_eq!(owner.refused(409, "POST", "/invites", again).await, "user_exists");
    }

    async fn an_invitation_ends_with_its_time_or_when_it_is_withdrawn(t) {
        let mut owner = first_owner(&t).await;
        let first = owner.call("POST", "/invites", json!({"email": "a@b.example", "role": "viewer"})).await.expect(201);
        let second = owner.call("POST", "/invites", json!({"email": "c@d.example", "role": "viewer"})).await.expect(201);
        let path = format!("/invites/{}", first["id"].as_str().unwrap());
        owner.call("DELETE", &path, Value::Null).await;
        let mut stranger = Browser::new(&t);
        let of = |link: &Value| format!("/invites/by-token/{}", token(link));
        stranger.call("GET", &of(&first), Value::Null).await.expect(404);
        stranger.call("GET", &of(&second), Value::Null).await.expect(200);
        t.clock.advance(7 * DAY);
        stranger.call("GET", &of(&second), Value::Null).await.expect(404);
        assert_eq!(owner.get("/invites").await["data"][0]["expired"], true);
    }

    async fn a_session_ends_with_sign_out_password_change_and_time(t) {
        let mut here = first_owner(&t).await;
        let mut there = Browser::new(&t);
        there.sign_in("asha@shop.example", PASSWORD).await.expect(200);
        let sessions = here.get("/sessions").await["data"].clone();
        assert_eq!(sessions.as_array().unwrap().len(), 2);
        assert_eq!((&sessions[0]["current"], &sessions[1]["current"]), (&json!(false), &json!(true)));
        let change = |current: &str| json!({"current": current, "new": "another long password"});
        let wrong = here.call("PATCH", "/session/password", change("wrong")).await.expect(422);
        assert_eq!(wrong["errors"][0]["pointer"], "/current");
        assert_eq!(here.call("PATCH", "/session/password", change(PASSWORD)).await.status, 204);
        assert_eq!(there.refused(401, "GET", "/session", Value::Null).await, "not_signed_in");
        there.sign_in("asha@shop.example", PASSWORD).await.expect(401);
        there.sign_in("asha@shop.example", "another long password").await.expect(200);
        let kept = there.cookie.clone();
        assert_eq!(there.call("DELETE", "/session", Value::Null).await.status, 204);
        assert_eq!(there.cookie, None);
        there.cookie = kept;
        there.call("GET", "/session", Value::Null).await.expect(401);
        t.clock.advance(30 * DAY);
        here.call("GET", "/session", Value::Null).await.expect(401);
    }

    async fn there_is_always_an_owner_who_can_sign_in(t) {
        let mut asha = first_owner(&t).await;
        let of = |user: &Value| format!("/users/{}", user["id"].as_str().unwrap());
        let own = of(&asha.get("/session").await["user"]);
        assert_eq!(asha.refused(409, "PATCH", &own, json!({"role": "admin"})).await, "last_owner");
        assert_eq!(asha.refused(409, "PATCH", &own, json!({"active": false})).await, "last_owner");
        let mut admin = Browser::of(&t, Role::Admin).await;
        assert_eq!(admin.refused(403, "PATCH", &own, json!({"name": "A"})).await, "not_allowed");
        assert_eq!(admin.refused(403, "POST", &format!("{own}/reset"), Value::Null).await, "not_allowed");
        let invited = json!({"email": "x@y.example", "role": "owner"});
        assert_eq!(admin.refused(403, "POST", "/invites", invited).await, "not_allowed");
        let second = of(&admin.get("/session").await["user"]);
        asha.call("PATCH", &second, json!({"role": "owner"})).await.expect(200);
        asha.call("PATCH", &own, json!({"role": "viewer"})).await.expect(200);
        assert_eq!(asha.get("/session").await["user"]["role"], "viewer");
        assert_eq!(asha.refused(403, "GET", "/users", Value::Null).await, "not_allowed");
    }

    async fn two_owners_who_demote_each_other_do_not_both_succeed(t) {
        let ids = futures::join!(Browser::of(&t, Role::Owner), Browser::of(&t, Role::Owner));
        let (mut a, mut b) = ids;
        let id_of = async |browser: &mut Browser| browser.get("/session").await["user"]["id"].as_str().unwrap().to_owned();
        let (of_a, of_b) = (format!("/users/{}", id_of(&mut a).await), format!("/users/{}", id_of(&mut b).await));
        let change = json!({"role": "viewer"});
        let (first, second) = futures::join!(a.call("PATCH", &of_b, change.clone()), b.call("PATCH", &of_a, change));
        let both = [first.status.as_u16(), second.status.as_u16()];
        assert!(both.contains(&200) && both != [200, 200], "{both:?}");
    }

    async fn who_is_deactivated_is_out_at_once_and_comes_back_with_a_link(t) {
        let mut owner = first_owner(&t).await;
        let mut agent = Browser::of(&t, Role::Agent).await;
        let user = agent.get("/session").await["user"].clone();
        let path = format!("/users/{}", user["id"].as_str().unwrap());
        owner.call("PATCH", &path, json!({"active": false})).await.expect(200);
        agent.call("GET", "/session", Value::Null).await.expect(401);
        let told = agent.sign_in(user["email"].as_str().unwrap(), PASSWORD).await.expect(401);
        assert_eq!(told["code"], "deactivated");
        assert_eq!(owner.refused(409, "POST", &format!("{path}/reset"), Value::Null).await, "deactivated");
        owner.call("PATCH", &path, json!({"active": true})).await.expect(200);
        for _ in 0..7 {
            agent.sign_in(user["email"].as_str().unwrap(), "guess guess guess").await;
        }
        let link = owner.call("POST", &format!("{path}/reset"), Value::Null).await.expect(201);
        let shown = agent.get(&format!("/invites/by-token/{}", token(&link))).await;
        assert_eq!((&shown["kind"], &shown["name"]), (&json!("reset"), &json!("agent")));
        let taken = json!({"token": token(&link), "password": "a brand new password"});
        agent.call("POST", "/invites/accept", taken).await.expect(201);
        agent.sign_in(user["email"].as_str().unwrap(), "a brand new password").await.expect(200);
    }

    async fn a_foreign_page_changes_nothing(t) {
        let mut owner = first_owner(&t).await;
        let invited = json!({"email": "x@y.example", "role": "owner"});
        assert_eq!(owner.foreign("POST", "/invites", invited).await.expect(403)["code"], "no_csrf_header");
        assert_eq!(owner.get("/invites").await["data"], json!([]));
        owner.foreign("GET", "/session", Value::Null).await.expect(200);
        let client = Client::new(&t).await;
        let made = client.post("/api/v1/invites", json!({"email": "x@y.example", "role": "viewer"})).await;
        made.expect(201);
        let made = client.post("/api/v1/invites", json!({"email": "z@y.example", "role": "owner"})).await;
        assert_eq!(made.expect(403)["code"], "not_allowed");
    }

    async fn one_changes_ones_own_name_and_language(t) {
        let mut browser = first_owner(&t).await;
        let change = json!({"name": "Asha K", "language": "hi"});
        browser.call("PATCH", "/session", change).await.expect(200);
        let user = browser.get("/session").await["user"].clone();
        assert_eq!((&user["name"], &user["language"]), (&json!("Asha K"), &json!("hi")));
        browser.call("PATCH", "/session", json!({"language": ""})).await.expect(200);
        assert_eq!(browser.get("/session").await["user"]["language"], Value::Null);
        browser.call("PATCH", "/session", json!({"language": "<script>"})).await.expect(422);
    }

    async fn a_session_notes_its_use_once_a_minute(t) {
        let mut browser = first_owner(&t).await;
        let used = async |browser: &mut Browser| browser.get("/sessions").await["data"][0]["last_used_at"].as_i64().unwrap();
        let first = used(&mut browser).await;
        t.clock.advance(MINUTE);
        assert_eq!(used(&mut browser).await, first);
        t.clock.advance(1);
        assert_eq!(used(&mut browser).await, first + MINUTE + 1);
    }

    async fn the_command_line_resets_a_password_and_changes_a_role(t) {
        let mut owner = first_owner(&t).await;
        let row = store::user::list(&mut t.app.db.read().await.unwrap()).await.unwrap().remove(0);
        user::set_password(&t.app, row.id, "from the command line", &Actor::cli()).await.unwrap();
        owner.call("GET", "/session", Value::Null).await.expect(401);
        owner.sign_in("asha@shop.example", "from the command line").await.expect(200);
        let mut tx = t.app.db.write().await.unwrap();
        let rights = Rights::Role(Role::Owner);
        let link = user::reset(&t.app, &mut tx, &Actor::cli(), &rights, row.id).await.unwrap();
        tx.commit().await.unwrap();
        assert!(link.url.starts_with("https://harkara.example/invite/"));
        let acts = owner.get("/audit?actor=cli").await["data"].clone();
        assert_eq!(acts[0]["action"], "user.reset_password");
    }

    async fn acts_are_found_by_what_is_asked_for(t) {
        let app = &t.app;
        let mut tx = app.db.write().await.unwrap();
        for (actor, action, object) in [(1, "campaign.launch", 7), (2, "campaign.stop", 7), (1, "campaigns.odd", 0)] {
            let row = AuditRow {
                id: app.id(), at: app.now(), actor_type: "user".into(), actor_id: actor, actor_name: "A".into(),
                action: action.into(), object_type: "campaign".into(), object_id: object, object_name: String::new(),
                address: String::new(), changes: "[]".into(),
            };
            store::audit::insert(&mut tx, &row).await.unwrap();
        }
        let all = Wanted { before: i64::MAX, until: i64::MAX, ..Wanted::default() };
        let mut found = async |wanted: Wanted| {
            let rows = store::audit::page(&mut tx, &wanted, 10).await.unwrap();
            rows.into_iter().map(|row| row.action).collect::<Vec<_>>()
        };
        assert_eq!(found(all.clone()).await, ["campaigns.odd", "campaign.stop", "campaign.launch"]);
        assert_eq!(found(Wanted { actor_id: 1, object_id: 7, ..all.clone() }).await, ["campaign.launch"]);
        assert_eq!(found(Wanted { action: "campaign".into(), ..all.clone() }).await, ["campaign.stop", "campaign.launch"]);
        assert_eq!(found(Wanted { actor_type: "cli".into(), ..all.clone() }).await.len(), 0);
        assert_eq!(found(Wanted { until: app.now(), ..all.clone() }).await.len(), 0);
        assert_eq!(found(Wanted { since: app.now(), object_type: "campaign".into(), ..all }).await.len(), 3);
        assert!(!store::audit::forget(&mut tx, i64::MAX, 10).await.unwrap());
        assert!(store::audit::page(&mut tx, &Wanted { before: i64::MAX, until: i64::MAX, ..Wanted::default() }, 10).await.unwrap().is_empty());
    }

    async fn a_key_has_its_scopes_and_nobody_gives_more_than_they_have(t) {
        let all = Client::new(&t).await;
        let made = all.post("/api/v1/api-keys", json!({"name": "CRM", "scopes": ["profiles.read", "keys.manage"]})).await.expect(201);
        let mut scoped = Client::new(&t).await;
        scoped.key = made["key"].as_str().unwrap().to_owned();
        scoped.get("/api/v1/profiles").await;
        let refused = scoped.call("GET", "/api/v1/campaigns", axum::body::Body::empty()).await.expect(403);
        assert_eq!(refused["code"], "not_allowed");
        assert!(refused["help"].as_str().unwrap().contains("campaigns.read"), "{refused}");
        for scopes in [json!(null), json!(["profiles.write"])] {
            let more = scoped.post("/api/v1/api-keys", json!({"name": "more", "scopes": scopes})).await;
            assert_eq!(more.expect(403)["code"], "not_allowed");
        }
        let odd = all.post("/api/v1/api-keys", json!({"name": "odd", "scopes": ["owners.manage", "x"]})).await.expect(422);
        assert_eq!(odd["errors"].as_array().unwrap().len(), 2);
        let listed = all.get("/api/v1/api-keys").await["data"].clone();
        let of = |name: &str| listed.as_array().unwrap().iter().find(|k| k["name"] == name).unwrap()["scopes"].clone();
        assert_eq!((of("CRM"), of("test")), (json!(["profiles.read", "keys.manage"]), Value::Null));
    }

    async fn ids_of_people_have_prefixes(t) {
        let mut browser = first_owner(&t).await;
        let session = browser.get("/session").await;
        assert!(id::USER.read(session["user"]["id"].as_str().unwrap()).is_some());
        let own = browser.get("/sessions").await;
        assert!(id::SESSION.read(own["data"][0]["id"].as_str().unwrap()).is_some());
        let acts = browser.get("/audit").await;
        assert!(id::AUDIT.read(acts["data"][0]["id"].as_str().unwrap()).is_some());
        assert_eq!(acts["data"][0]["action"], "user.create_owner");
    }
}
