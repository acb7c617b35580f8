//! Who may call what: every path of the OpenAPI document, by every role, by keys of one permission, and by nobody.

use std::collections::BTreeSet;
use std::sync::Arc;

use harkara::app::sign_in::{Client, begin};
use harkara::app::{App, api_key, user};
use harkara::clock::ManualClock;
use harkara::config::Config;
use harkara::domain::id::Kind;
use harkara::domain::permission::{Permission, Rights, Role};
use harkara::http::access::{Access, RULES, Rule};
use harkara::serve;
use harkara::store::user::UserRow;
use reqwest::header::COOKIE;
use serde_json::Value;

use crate::support::START;

/// Method and path of everything in the document.
fn documented() -> BTreeSet<(String, String)> {
    let doc = serde_json::to_value(harkara::http::openapi()).unwrap();
    let paths = doc["paths"].as_object().unwrap();
    let methods = |(path, item): (&String, &Value)| {
        let methods: Vec<_> = item
            .as_object()
            .unwrap()
            .keys()
            .map(|m| m.to_uppercase())
            .collect();
        methods.into_iter().map(|m| (m, path.clone())).collect::<Vec<_>>()
    };
    paths.iter().flat_map(methods).collect()
}

#[test]
fn the_table_is_the_document() {
    let table: BTreeSet<_> = RULES
        .iter()
        .map(|r| (r.method.to_owned(), r.path.to_owned()))
        .collect();
    let documented = documented();
    assert!(documented.len() > 60);
    assert_eq!(
        documented.difference(&table).collect::<Vec<_>>(),
        Vec::<&(String, String)>::new()
    );
    assert_eq!(
        table.difference(&documented).collect::<Vec<_>>(),
        Vec::<&(String, String)>::new()
    );
}

struct Server {
    running: serve::Running,
    http: reqwest::Client,
    _folder: tempfile::TempDir,
}

impl Server {
    async fn new() -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let folder = tempfile::tempdir().unwrap();
        let mut config = Config::load(None).unwrap();
        config.data = folder.path().to_owned();
        config.listen = "127.0.0.1:0".into();
        let running = serve::start(config, Arc::new(ManualClock::at(START)))
            .await
            .unwrap();
        Self {
            running,
            http: reqwest::Client::new(),
            _folder: folder,
        }
    }

    fn app(&self) -> &App {
        &self.running.app
    }

    async fn user(&self, role: Role) -> UserRow {
        let mut tx = self.app().db.write().await.unwrap();
        let email = format!("{}@shop.example", role.name());
        let row = user::insert(
            self.app(),
            &mut tx,
            &email,
            role.name(),
            role,
            "no password".into(),
        )
        .await;
        let row = row.unwrap();
        tx.commit().await.unwrap();
        row
    }

    /// A new session each time: some endpoints end the one that asks.
    async fn session(&self, user: &UserRow) -> String {
        let mut tx = self.app().db.write().await.unwrap();
        let begun = begin(
            self.app(),
            &mut tx,
            user.clone(),
            &Client::default(),
            "session.create",
        )
        .await;
        tx.commit().await.unwrap();
        begun.unwrap().token
    }

    async fn key(&self, scopes: &[Permission]) -> String {
        let mut tx = self.app().db.write().await.unwrap();
        let made = api_key::create_for(self.app(), &mut tx, "walk", Some(scopes), None).await;
        tx.commit().await.unwrap();
        made.unwrap().1
    }

    /// Status and code; the ids in the path are of nothing, and the body is empty.
    async fn call(&self, rule: &Rule, name: &'static str, value: Option<String>) -> (u16, String) {
        let mut path = rule.path.replace("{token}", "none");
        if path.contains("{id}") {
            let kinds = [
                ("accounts", "acc"),
                ("api-keys", "key"),
                ("callbacks", "cbk"),
                ("campaigns", "cmp"),
                ("conversations", "cnv"),
                ("files", "fil"),
                ("imports", "imp"),
                ("invites", "inv"),
                ("lists", "lst"),
                ("messages", "msg"),
                ("numbers", "num"),
                ("profiles", "pro"),
                ("sessions", "ses"),
                ("templates", "tpl"),
                ("users", "usr"),
            ];
            let feature = path.split('/').nth(3).unwrap().to_owned();
            let prefix = kinds.iter().find(|(name, _)| *name == feature);
            let prefix = prefix.map_or("acc", |(_, prefix)| *prefix);
            path = path.replace("{id}", &Kind(prefix).show(1));
        }
        let method = rule.method.parse().unwrap();
        let url = format!("{}{path}", self.running.url());
        let mut request = self.http.request(method, url).body("{}");
        if name != "authorization" {
            request = request.header("x-harkara", "1");
        }
        if let Some(value) = value {
            request = request.header(name, value);
        }
        let response = request.send().await.unwrap();
        let status = response.status().as_u16();
        if status < 400 {
            // Its body may be a stream that does not end.
            return (status, String::new());
        }
        let problem: Value = serde_json::from_str(&response.text().await.unwrap()).unwrap_or_default();
        let code = problem["code"].as_str().unwrap_or_default();
        (status, code.to_owned())
    }
}

#[tokio::test]
async fn nobody_reaches_more_than_what_is_public() {
    let server = Server::new().await;
    server.user(Role::Owner).await;
    for rule in RULES {
        let (status, code) = server.call(rule, "cookie", None).await;
        let at = format!("{} {}: {status} {code}", rule.method, rule.path);
        match rule.access {
            Access::Public => assert!(status != 401 && status != 403, "{at}"),
            Access::Passcode => assert_eq!(status, 401, "{at}"),
            _ => assert_eq!((status, code.as_str()), (401, "not_signed_in"), "{at}"),
        }
    }
    let public: Vec<_> = RULES
        .iter()
        .filter(|r| r.access == Access::Public)
        .map(|r| (r.method, r.path))
        .collect();
    assert_eq!(
        public,
        [
            ("POST", "/api/v1/invites/accept"),
            ("GET", "/api/v1/invites/by-token/{token}"),
            ("POST", "/api/v1/owner"),
            ("POST", "/api/v1/session"),
            ("POST", "/api/v1/session/code"),
            ("GET", "/api/v1/start"),
            ("GET", "/api/v1/texts/{language}"),
        ]
    );
    server.running.shutdown().await;
}

/// What the answer must be for somebody with these rights.
fn judge(rule: &Rule, rights: &Rights, by_key: bool, (status, code): &(u16, String)) {
    let at = format!("{rights:?} {} {}: {status} {code}", rule.method, rule.path);
    let refused = *status == 401 || *status == 403 || *status == 405;
    match rule.access {
        Access::Needs(permission) if !rights.may(permission) => {
            assert_eq!((*status, code.as_str()), (403, "not_allowed"), "{at}");
        }
        Access::User if by_key => assert_eq!((*status, code.as_str()), (403, "not_a_user"), "{at}"),
        Access::Passcode => assert_eq!(*status, 401, "{at}"),
        // A key that may manage keys still cannot give more than it has.
        Access::Needs(Permission::KeysManage) if by_key && *status == 403 => {
            assert_eq!(rule.method, "POST", "{at}")
        }
        _ => assert!(!refused && *status != 500, "{at}"),
    }
}

#[tokio::test]
async fn every_role_reaches_what_it_may_and_nothing_else() {
    let server = Server::new().await;
    for role in Role::ALL {
        let user = server.user(role).await;
        for rule in RULES {
            let cookie = format!("harkara_session={}", server.session(&user).await);
            let answer = server.call(rule, COOKIE.as_str(), Some(cookie)).await.to_owned();
            judge(rule, &Rights::Role(role), false, &answer);
        }
    }
    server.running.shutdown().await;
}

#[tokio::test]
async fn a_key_reaches_what_its_permission_opens_and_nothing_else() {
    let server = Server::new().await;
    for permission in Permission::ALL.iter().filter(|p| p.is_for_keys()) {
        let key = format!("Bearer {}", server.key(&[*permission]).await);
        for rule in RULES {
            let answer = server.call(rule, "authorization", Some(key.clone())).await;
            if rule.access == Access::Public {
                continue;
            }
            judge(rule, &Rights::Only(vec![*permission]), true, &answer);
        }
    }
    server.running.shutdown().await;
}
