//! Second factors: from the secret to the sign-in with a code, and what happens when the phone is lost, on both engines.

use harkara::app::audit::Actor;
use harkara::app::{factor, retention, user};
use harkara::clock::{HOUR, MINUTE, SECOND};
use harkara::domain::factor::code_at;
use harkara::domain::permission::{Rights, Role};
use harkara::store;
use serde_json::{Value, json};

use crate::browser::{Browser, PASSWORD};
use crate::client::Client;
use crate::support::{TestApp, on_both_engines};

/// The bytes of a secret as it is shown.
fn bytes(shown: &str) -> Vec<u8> {
    let letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    let mut held = 0u32;
    let (mut bits, mut bytes) = (0, Vec::new());
    for letter in shown.chars() {
        held = (held << 5) | u32::try_from(letters.find(letter).unwrap()).unwrap();
        bits += 5;
        if bits >= 8 {
            bits -= 8;
            bytes.push((held >> bits) as u8);
        }
    }
    bytes
}

/// Somebody with a second factor.
struct Guarded {
    browser: Browser,
    email: String,
    id: String,
    secret: Vec<u8>,
    recovery: Vec<String>,
}

impl Guarded {
    async fn of(t: &TestApp, role: Role) -> Self {
        let mut browser = Browser::of(t, role).await;
        let user = browser.get("/session").await["user"].clone();
        let begun = browser
            .call("POST", "/session/factor", json!({"password": PASSWORD}))
            .await
            .expect(201);
        let secret = bytes(begun["secret"].as_str().unwrap());
        let code = json!({"code": code_at(&secret, t.app.now())});
        let on = browser
            .call("POST", "/session/factor/confirm", code)
            .await
            .expect(200);
        let recovery = on["codes"].as_array().unwrap().iter();
        let recovery = recovery.map(|code| code.as_str().unwrap().to_owned()).collect();
        // The next code is another one.
        t.clock.advance(30 * SECOND);
        let text = |field: &str| user[field].as_str().unwrap().to_owned();
        Self {
            browser,
            email: text("email"),
            id: text("id"),
            secret,
            recovery,
        }
    }

    /// A browser that gave the password, and the token with which it owes the code.
    async fn half(&self, t: &TestApp) -> (Browser, String) {
        let mut browser = Browser::new(t);
        let half = browser.sign_in(&self.email, PASSWORD).await.expect(202);
        assert_eq!(browser.cookie, None);
        (browser, half["token"].as_str().unwrap().to_owned())
    }

    fn code(&self, t: &TestApp) -> String {
        code_at(&self.secret, t.app.now())
    }

    async fn acts(&mut self) -> Vec<String> {
        let acts = self.browser.get("/audit").await["data"].clone();
        acts.as_array()
            .unwrap()
            .iter()
            .map(|act| act["action"].as_str().unwrap().to_owned())
            .collect()
    }
}

fn answer(token: &str, code: &str) -> Value {
    json!({"token": token, "code": code})
}

const CODE: &str = "/session/code";

on_both_engines! {
    async fn it_is_off_until_a_first_right_code_was_given(t) {
        let mut asha = Browser::of(&t, Role::Agent).await;
        let email = asha.get("/session").await["user"]["email"].as_str().unwrap().to_owned();
        assert_eq!(asha.get("/session/factor").await, json!({"since": null, "recovery_codes_left": 0}));
        let wrong = asha.call("POST", "/session/factor", json!({"password": "somebody else"})).await.expect(422);
        assert_eq!(wrong["errors"][0]["pointer"], "/password");
        let confirm = "/session/factor/confirm";
        assert_eq!(asha.refused(409, "POST", confirm, json!({"code": "123456"})).await, "factor_not_begun");
        let begun = asha.call("POST", "/session/factor", json!({"password": PASSWORD})).await.expect(201);
        let secret = bytes(begun["secret"].as_str().unwrap());
        assert!(begun["uri"].as_str().unwrap().contains(begun["secret"].as_str().unwrap()), "{begun}");
        let off = code_at(&secret, t.app.now() + 2 * MINUTE);
        let told = asha.call("POST", confirm, json!({"code": off})).await.expect(422);
        assert_eq!(told["errors"][0]["pointer"], "/code");
        Browser::new(&t).sign_in(&email, PASSWORD).await.expect(200);
        let code = json!({"code": code_at(&secret, t.app.now())});
        let on = asha.call("POST", confirm, code).await.expect(200);
        assert_eq!(on["codes"].as_array().unwrap().len(), 10);
        assert_eq!(asha.get("/session/factor").await["recovery_codes_left"], 10);
        assert_eq!(asha.refused(409, "POST", "/session/factor", json!({"password": PASSWORD})).await, "factor_on");
        Browser::new(&t).sign_in(&email, PASSWORD).await.expect(202);
    }

    async fn who_turns_it_on_is_signed_out_elsewhere_and_the_log_tells_it_without_the_secret(t) {
        let mut owner = Browser::of(&t, Role::Owner).await;
        let email = owner.get("/session").await["user"]["email"].as_str().unwrap().to_owned();
        let mut elsewhere = Browser::new(&t);
        elsewhere.sign_in(&email, PASSWORD).await.expect(200);
        let begun = owner.call("POST", "/session/factor", json!({"password": PASSWORD})).await.expect(201);
        let shown = begun["secret"].as_str().unwrap();
        let code = json!({"code": code_at(&bytes(shown), t.app.now())});
        owner.call("POST", "/session/factor/confirm", code).await.expect(200);
        elsewhere.call("GET", "/session", Value::Null).await.expect(401);
        assert_eq!(owner.get("/users").await["data"][0]["second_factor"], true);
        let log = owner.call("GET", "/audit", Value::Null).await;
        assert!(log.text.contains("user.turn_on_factor") && !log.text.contains(shown), "{}", log.text);
        let id = owner.get("/session").await["user"]["id"].as_str().unwrap().to_owned();
        let id = harkara::domain::id::USER.read(&id).unwrap();
        let kept = store::factor::of_user(&mut t.app.db.read().await.unwrap(), id).await.unwrap().unwrap();
        assert!(!kept.secret.contains(shown));
    }

    async fn a_password_alone_begins_no_session_and_a_code_does(t) {
        let asha = Guarded::of(&t, Role::Agent).await;
        let (mut browser, token) = asha.half(&t).await;
        browser.call("GET", "/session", Value::Null).await.expect(401);
        browser.cookie = Some(format!("harkara_session={token}"));
        browser.call("GET", "/session", Value::Null).await.expect(401);
        let wrong = browser.call("POST", CODE, answer(&token, "000000")).await.expect(401);
        assert_eq!(wrong["code"], "wrong_code");
        assert_eq!(browser.refused(401, "POST", CODE, answer("another", &asha.code(&t))).await, "sign_in_expired");
        browser.call("POST", CODE, answer(&token, &asha.code(&t))).await.expect(200);
        assert_eq!(browser.get("/session").await["user"]["email"], asha.email);
    }

    async fn a_code_works_once_and_so_does_the_first_step(t) {
        let asha = Guarded::of(&t, Role::Agent).await;
        let (mut first, token) = asha.half(&t).await;
        let (mut second, other) = asha.half(&t).await;
        let code = asha.code(&t);
        first.call("POST", CODE, answer(&token, &code)).await.expect(200);
        assert_eq!(second.refused(401, "POST", CODE, answer(&other, &code)).await, "code_used");
        t.clock.advance(30 * SECOND);
        let next = asha.code(&t);
        assert_eq!(second.refused(401, "POST", CODE, answer(&token, &next)).await, "sign_in_expired");
        second.call("POST", CODE, answer(&other, &next)).await.expect(200);
    }

    async fn the_same_code_twice_at_once_begins_one_session(t) {
        let asha = Guarded::of(&t, Role::Agent).await;
        let code = asha.code(&t);
        let halves = futures::future::join_all((0..3).map(|_| asha.half(&t))).await;
        let tries = halves.into_iter().map(async |(mut browser, token)| {
            browser.call("POST", CODE, answer(&token, &code)).await.status.as_u16()
        });
        let all = futures::future::join_all(tries).await;
        assert_eq!(all.iter().filter(|status| **status == 200).count(), 1, "{all:?}");
    }

    async fn the_clock_of_the_phone_may_be_a_step_off(t) {
        let asha = Guarded::of(&t, Role::Agent).await;
        t.clock.advance(5 * MINUTE);
        let (mut browser, token) = asha.half(&t).await;
        let shown = |off: i64| code_at(&asha.secret, t.app.now() + off * SECOND);
        for far in [-60, 60] {
            assert_eq!(browser.refused(401, "POST", CODE, answer(&token, &shown(far))).await, "wrong_code");
        }
        browser.call("POST", CODE, answer(&token, &shown(-30))).await.expect(200);
        let (mut browser, token) = asha.half(&t).await;
        browser.call("POST", CODE, answer(&token, &shown(30))).await.expect(200);
        // What was shown before a code that was used is no longer good.
        let (mut browser, token) = asha.half(&t).await;
        assert_eq!(browser.refused(401, "POST", CODE, answer(&token, &shown(0))).await, "code_used");
    }

    async fn the_first_step_ends_with_its_time(t) {
        let asha = Guarded::of(&t, Role::Agent).await;
        let (mut browser, token) = asha.half(&t).await;
        t.clock.advance(10 * MINUTE);
        assert_eq!(browser.refused(401, "POST", CODE, answer(&token, &asha.code(&t))).await, "sign_in_expired");
        let mut pass = retention::Pass::SignIns;
        while pass != retention::Pass::Done {
            pass = retention::step(&t.app, pass).await.unwrap();
        }
        let (mut browser, token) = asha.half(&t).await;
        browser.call("POST", CODE, answer(&token, &asha.code(&t))).await.expect(200);
    }

    async fn who_guesses_codes_waits_even_with_the_right_password(t) {
        let asha = Guarded::of(&t, Role::Agent).await;
        for _ in 0..5 {
            let (mut browser, token) = asha.half(&t).await;
            browser.call("POST", CODE, answer(&token, "000000")).await.expect(401);
        }
        let (mut browser, token) = asha.half(&t).await;
        let told = browser.call("POST", CODE, answer(&token, &asha.code(&t))).await.expect(429);
        assert_eq!(told["code"], "too_many_tries");
        assert!(told["detail"].as_str().unwrap().contains("30 seconds"), "{told}");
        let recovery = answer(&token, &asha.recovery[0]);
        browser.call("POST", CODE, recovery).await.expect(429);
        t.clock.advance(30 * SECOND);
        browser.call("POST", CODE, answer(&token, &asha.code(&t))).await.expect(200);
        let (mut browser, token) = asha.half(&t).await;
        browser.call("POST", CODE, answer(&token, "000000")).await.expect(401);
    }

    async fn a_recovery_code_works_once_however_it_is_typed(t) {
        let mut asha = Guarded::of(&t, Role::Owner).await;
        let (mut browser, token) = asha.half(&t).await;
        let typed = asha.recovery[0].to_uppercase().replace('-', " ");
        browser.call("POST", CODE, answer(&token, &typed)).await.expect(200);
        assert_eq!(browser.get("/session/factor").await["recovery_codes_left"], 9);
        let (mut again, token) = asha.half(&t).await;
        assert_eq!(again.refused(401, "POST", CODE, answer(&token, &typed)).await, "wrong_recovery_code");
        let acts = asha.acts().await;
        assert!(acts.contains(&"user.use_recovery_code".to_owned()), "{acts:?}");
        let password = json!({"password": PASSWORD});
        let new = asha.browser.call("POST", "/session/factor/recovery-codes", password).await.expect(200);
        assert_eq!(asha.browser.get("/session/factor").await["recovery_codes_left"], 10);
        assert_eq!(again.refused(401, "POST", CODE, answer(&token, &asha.recovery[1])).await, "wrong_recovery_code");
        again.call("POST", CODE, answer(&token, new["codes"][9].as_str().unwrap())).await.expect(200);
    }

    async fn turning_it_off_asks_for_the_password(t) {
        let mut asha = Guarded::of(&t, Role::Owner).await;
        let off = "/session/factor/off";
        let code = json!({"password": asha.code(&t)});
        asha.browser.call("POST", off, code).await.expect(422);
        let (mut half, token) = asha.half(&t).await;
        assert_eq!(asha.browser.call("POST", off, json!({"password": PASSWORD})).await.status, 204);
        assert_eq!(half.refused(401, "POST", CODE, answer(&token, &asha.code(&t))).await, "sign_in_expired");
        Browser::new(&t).sign_in(&asha.email, PASSWORD).await.expect(200);
        assert_eq!(asha.browser.get("/session/factor").await, json!({"since": null, "recovery_codes_left": 0}));
        let password = json!({"password": PASSWORD});
        assert_eq!(asha.browser.refused(409, "POST", off, password.clone()).await, "factor_off");
        assert_eq!(asha.browser.refused(409, "POST", "/session/factor/recovery-codes", password).await, "factor_off");
        assert!(asha.acts().await.contains(&"user.turn_off_factor".to_owned()));
    }

    async fn a_new_password_by_link_or_command_line_keeps_the_factor(t) {
        let mut owner = Browser::of(&t, Role::Owner).await;
        let asha = Guarded::of(&t, Role::Agent).await;
        let (mut before, old) = asha.half(&t).await;
        let link = owner.call("POST", &format!("/users/{}/reset", asha.id), Value::Null).await.expect(201);
        let token = link["url"].as_str().unwrap().rsplit_once('/').unwrap().1.to_owned();
        let mut browser = Browser::new(&t);
        let taken = json!({"token": token, "password": "a brand new password"});
        let half = browser.call("POST", "/invites/accept", taken).await.expect(202);
        assert_eq!(browser.cookie, None);
        assert_eq!(before.refused(401, "POST", CODE, answer(&old, &asha.code(&t))).await, "sign_in_expired");
        let token = half["token"].as_str().unwrap();
        browser.call("POST", CODE, answer(token, &asha.code(&t))).await.expect(200);
        browser.sign_in(&asha.email, "a brand new password").await.expect(202);
        let log = owner.call("GET", "/audit", Value::Null).await;
        assert!(log.text.contains("user.reset_password"), "{}", log.text);
        let id = harkara::domain::id::USER.read(&asha.id).unwrap();
        user::set_password(&t.app, id, "from the command line", &Actor::cli()).await.unwrap();
        browser.sign_in(&asha.email, "from the command line").await.expect(202);
    }

    async fn an_owner_takes_it_away_from_who_lost_the_phone(t) {
        let mut owner = Browser::of(&t, Role::Owner).await;
        let mut asha = Guarded::of(&t, Role::Agent).await;
        let path = format!("/users/{}/factor", asha.id);
        let mut agent = Browser::of(&t, Role::Agent).await;
        assert_eq!(agent.refused(403, "DELETE", &path, Value::Null).await, "not_allowed");
        assert_eq!(owner.call("DELETE", &path, Value::Null).await.status, 204);
        asha.browser.call("GET", "/session", Value::Null).await.expect(401);
        asha.browser.sign_in(&asha.email, PASSWORD).await.expect(200);
        assert_eq!(owner.refused(409, "DELETE", &path, Value::Null).await, "factor_off");
        let acts = owner.get("/audit?action=user.take_factor").await["data"].clone();
        assert_eq!(acts[0]["object_id"], asha.id);
        assert_eq!(acts[0]["changes"], json!([{"field": "second_factor", "before": true, "after": false}]));
    }

    async fn only_owners_take_it_away_from_owners(t) {
        let owner = Guarded::of(&t, Role::Owner).await;
        let mut admin = Browser::of(&t, Role::Admin).await;
        let path = format!("/users/{}/factor", owner.id);
        assert_eq!(admin.refused(403, "DELETE", &path, Value::Null).await, "not_allowed");
        let mut tx = t.app.db.write().await.unwrap();
        let id = harkara::domain::id::USER.read(&owner.id).unwrap();
        let row = factor::take_away(&t.app, &mut tx, &Rights::Role(Role::Owner), id).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(row.factor_since, None);
        Browser::new(&t).sign_in(&owner.email, PASSWORD).await.expect(200);
    }

    async fn setting_up_ends_after_an_hour_and_is_then_forgotten(t) {
        let mut asha = Browser::of(&t, Role::Agent).await;
        let begun = asha.call("POST", "/session/factor", json!({"password": PASSWORD})).await.expect(201);
        t.clock.advance(HOUR);
        let code = json!({"code": code_at(&bytes(begun["secret"].as_str().unwrap()), t.app.now())});
        assert_eq!(asha.refused(409, "POST", "/session/factor/confirm", code).await, "factor_not_begun");
        t.clock.advance(1);
        retention::step(&t.app, retention::Pass::SignIns).await.unwrap();
        let id = asha.get("/session").await["user"]["id"].as_str().unwrap().to_owned();
        let id = harkara::domain::id::USER.read(&id).unwrap();
        assert_eq!(store::factor::of_user(&mut t.app.db.read().await.unwrap(), id).await.unwrap(), None);
    }

    async fn who_was_deactivated_gets_no_further_than_the_first_step(t) {
        let mut owner = Browser::of(&t, Role::Owner).await;
        let asha = Guarded::of(&t, Role::Agent).await;
        let (mut browser, token) = asha.half(&t).await;
        owner.call("PATCH", &format!("/users/{}", asha.id), json!({"active": false})).await.expect(200);
        assert_eq!(browser.refused(401, "POST", CODE, answer(&token, &asha.code(&t))).await, "sign_in_expired");
    }

    async fn programs_are_not_asked_for_codes(t) {
        Guarded::of(&t, Role::Owner).await;
        let client = Client::new(&t).await;
        client.get("/api/v1/campaigns").await;
        let refused = client.call("GET", "/api/v1/session/factor", axum::body::Body::empty()).await.expect(403);
        assert_eq!(refused["code"], "not_a_user");
    }
}
