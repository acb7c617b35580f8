//! `/api/v1/handset/clock`: the time of the demo, which people may move forward.

use axum::Json;
use axum::extract::{Query, Request, State};
use axum::http::{HeaderValue, header};
use axum::middleware::Next;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::Shared;
use super::extract::{Body, Caller};
use super::handset::no_handset;
use super::problem::Problem;
use super::routes::{Routes, routes};
use crate::app::AppError;
use crate::app::audit::Before;
use crate::clock::MovedClock;
use crate::demo::time::{self, Move};
use crate::demo::workspace;
use crate::domain::phone::Phone;

/// Routes.
pub fn routes() -> Routes {
    Routes::new().routes(routes!(show, forward))
}

/// What the demo takes for the time.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = DemoTime)]
struct Time {
    /// Milliseconds since 1970 UTC.
    now: i64,
    /// How many milliseconds it is ahead of the machine's clock.
    ahead_ms: i64,
    /// Whether it can be moved: in `harkara demo` only.
    movable: bool,
    /// When the 24-hour window of the asked person closes, milliseconds since 1970 UTC; absent when it is not open.
    window_closes_at: Option<i64>,
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct Whose {
    /// The number of a person whose 24-hour window is asked for, digits.
    customer: Option<String>,
}

/// How far to move the time of the demo: one of both.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = DemoTimeMove)]
#[serde(deny_unknown_fields)]
struct Forward {
    /// By so many milliseconds, at most 31 days.
    forward_ms: Option<i64>,
    /// To one minute before the 24-hour window of this person closes; their number in digits.
    to_window_of: Option<String>,
}

/// The time of the demo.
#[utoipa::path(get, path = "/handset/clock", tag = "Handset", params(Whose), responses((status = 200, body = Time), (status = 404, body = Problem), (status = 422, body = Problem)))]
async fn show(
    _: Caller,
    State(app): State<Shared>,
    Query(whose): Query<Whose>,
) -> Result<Json<Time>, Problem> {
    let person = whose.customer.as_deref().map(|text| phone(text, "/customer"));
    told(&app, person.transpose()?).await
}

/// Moves the time of the demo forward, of this server and of its simulated provider alike: windows close, what is due leaves, and
/// what is scheduled begins. It never goes back. Only in `harkara demo`, and only while all accounts are the demo's.
#[utoipa::path(post, path = "/handset/clock", tag = "Handset", request_body = Forward, responses((status = 200, body = Time), (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
async fn forward(
    caller: Caller,
    State(app): State<Shared>,
    Body { value: asked, .. }: Body<Forward>,
) -> Result<Json<Time>, Problem> {
    let (how, person) = match (asked.forward_ms, asked.to_window_of) {
        (Some(by), None) => (Move::By(by), None),
        (None, Some(person)) => {
            let person = phone(&person, "/to_window_of")?;
            (Move::ToWindowOf(person.clone()), Some(person))
        }
        _ => {
            let detail = "Give either forward_ms or to_window_of.";
            return Err(AppError::field("/forward_ms", "required", detail).into());
        }
    };
    if !app.demo.is_on() {
        return Err(no_handset());
    }
    time::forward(&app, &how).await?;
    let account = {
        let mut tx = app.db.read().await?;
        workspace::state(&mut tx).await?.account
    };
    caller.afterwards(&app, Before::New, account.unwrap_or(0)).await?;
    told(&app, person).await
}

async fn told(app: &Shared, person: Option<Phone>) -> Result<Json<Time>, Problem> {
    if !app.demo.is_on() {
        return Err(no_handset());
    }
    let time = time::show(app, person.as_ref()).await?;
    Ok(Json(Time {
        now: time.now,
        ahead_ms: time.ahead,
        movable: time.movable,
        window_closes_at: time.closes_at,
    }))
}

fn phone(text: &str, pointer: &str) -> Result<Phone, Problem> {
    Phone::from_provider(text).ok_or_else(|| {
        let detail = "Give the number in digits with its country code, 7 to 15 of them.";
        AppError::field(pointer, "phone_invalid", detail).into()
    })
}

/// Browsers show times by the `Date` of an answer, which is that of the demo where it was moved.
pub async fn date(State(app): State<Shared>, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    if app.clock.movable().map_or(0, MovedClock::ahead) > 0
        && let Some(date) = http_date(app.now())
    {
        response.headers_mut().insert(header::DATE, date);
    }
    response
}

fn http_date(at: i64) -> Option<HeaderValue> {
    let at = jiff::Timestamp::from_millisecond(at).ok()?;
    HeaderValue::from_str(&at.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string()).ok()
}

#[cfg(test)]
mod tests {
    use super::http_date;

    #[test]
    fn a_date_is_written_as_http_wants_it() {
        let date = http_date(784_111_777_000).unwrap();
        assert_eq!(date, "Sun, 06 Nov 1994 08:49:37 GMT");
    }
}
