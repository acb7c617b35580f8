//! A browser of a user, without a socket: it keeps the cookie, and sends the header of our pages.

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Request, StatusCode, header};
use harkara::app::sign_in::{Client, Person, begin};
use harkara::app::{password, user};
use harkara::domain::permission::Role;
use serde_json::{Value, json};
use tower::ServiceExt;

use crate::client::Answer;
use crate::support::TestApp;

/// What every user of the tests types in.
pub const PASSWORD: &str = "correct horse battery";

pub struct Browser {
    router: Router,
    pub cookie: Option<String>,
    /// From where, when somebody passes it on.
    pub address: Option<std::net::SocketAddr>,
}

impl Browser {
    pub fn new(t: &TestApp) -> Self {
        Self {
            router: harkara::http::router(t.app.clone()),
            cookie: None,
            address: None,
        }
    }

    /// Somebody of this role, signed in.
    pub async fn of(t: &TestApp, role: Role) -> Self {
        let mut browser = Self::new(t);
        let email = format!("{}{}@shop.example", role.name(), t.app.id());
        let person = Person {
            email: &email,
            name: role.name(),
            password: PASSWORD,
        };
        let hash = password::hash(&t.app, person.password).await.unwrap();
        let mut tx = t.app.db.write().await.unwrap();
        let row = user::insert(&t.app, &mut tx, person.email, person.name, role, hash)
            .await
            .unwrap();
        let begun = begin(&t.app, &mut tx, row, &Client::default(), "session.create")
            .await
            .unwrap();
        tx.commit().await.unwrap();
        browser.cookie = Some(format!("harkara_session={}", begun.token));
        browser
    }

    pub async fn call(&mut self, method: &str, path: &str, body: Value) -> Answer {
        let request = Request::builder().header("x-harkara", "1");
        self.send(request, method, path, body).await
    }

    /// The same as a page of somebody else would: the browser adds the cookie, and no header of ours.
    pub async fn foreign(&mut self, method: &str, path: &str, body: Value) -> Answer {
        self.send(Request::builder(), method, path, body).await
    }

    async fn send(
        &mut self,
        mut request: axum::http::request::Builder,
        method: &str,
        path: &str,
        body: Value,
    ) -> Answer {
        request = request.method(method).uri(format!("/api/v1{path}"));
        if let Some(cookie) = &self.cookie {
            request = request.header(header::COOKIE, format!("theme=dark; {cookie}"));
        }
        if let Some(address) = self.address {
            request = request.extension(axum::extract::ConnectInfo(address));
        }
        let body = if body.is_null() {
            Body::empty()
        } else {
            Body::from(body.to_string())
        };
        let response = self
            .router
            .clone()
            .oneshot(request.body(body).unwrap())
            .await
            .unwrap();
        if let Some(set) = response.headers().get(header::SET_COOKIE) {
            let set = set.to_str().unwrap();
            assert!(
                set.contains("; HttpOnly; SameSite=Lax; Path=/; Max-Age=") && set.ends_with("; Secure"),
                "{set}"
            );
            let pair = set.split(';').next().unwrap();
            self.cookie = (!pair.ends_with('=')).then(|| pair.to_owned());
        }
        let status = response.status();
        let headers = response.headers().clone();
        let wait = response.headers().get(header::RETRY_AFTER).cloned();
        assert_eq!(wait.is_some(), status == StatusCode::TOO_MANY_REQUESTS);
        let bytes = to_bytes(response.into_body(), usize::MAX).await.unwrap();
        let text = String::from_utf8(bytes.to_vec()).unwrap();
        Answer {
            status,
            headers,
            text,
        }
    }

    pub async fn get(&mut self, path: &str) -> Value {
        self.call("GET", path, Value::Null).await.expect(200)
    }

    pub async fn sign_in(&mut self, email: &str, password: &str) -> Answer {
        let body = json!({"email": email, "password": password});
        self.call("POST", "/session", body).await
    }

    /// The code of a refusal with this status.
    pub async fn refused(&mut self, status: u16, method: &str, path: &str, body: Value) -> String {
        let problem = self.call(method, path, body).await.expect(status);
        problem["code"].as_str().unwrap().to_owned()
    }
}
