//! The gateway's one path: who calls, what is asked, and what is answered.

mod answer;
mod compose;
mod interactive;
mod opt;
mod send;
mod template_api;

use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Request, State};
use axum::response::Response;

use crate::ledger::AccountKind;
use crate::params::Params;
use crate::shared::Shared;
use crate::wire::{self, Exchange};
use crate::world::World;
use answer::{Answer, Item};

/// How an answer leaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Delivery {
    Whole,
    ServerError,
    Hang,
    Cut,
    Garbage,
}

/// A refusal: error id and details.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Refusal(String, String);

impl Refusal {
    fn missing(parameter: &str) -> Self {
        Self(
            "101".into(),
            format!("The required parameter {parameter} is missing or invalid."),
        )
    }

    fn invalid(details: impl Into<String>) -> Self {
        Self("101".into(), details.into())
    }

    fn unsupported(method: &str) -> Self {
        Self(
            "106".into(),
            format!("The method \"{}\" is not supported.", method.to_ascii_uppercase()),
        )
    }

    /// The id is invented: no source tells it. Only the words are known to matter.
    fn blocked_ip() -> Self {
        Self(
            "9001".into(),
            "The IP address of this request is not allowed for this account.".into(),
        )
    }
}

/// `GET` and `POST /GatewayAPI/rest`.
pub(crate) async fn rest(State(shared): State<Arc<Shared>>, request: Request) -> Response {
    let method = request.method().to_string();
    let params = match Params::read(request).await {
        Ok(params) => params,
        Err(problem) => {
            let answer = Answer::Envelope(vec![Item::refused(&Refusal::invalid(problem), "")]);
            return answer.render(&Params::default());
        }
    };
    let (at, began) = (shared.clock.now_ms(), shared.clock.real_micros());
    let (answer, delivery, pause, logged) = {
        let mut world = shared.lock();
        let micros = shared.clock.micros();
        let now = Now {
            micros,
            real: shared.clock.real_micros(),
            ms: shared.clock.epoch_ms(micros),
        };
        let (answer, delivery) = decide(&mut world, &params, now);
        let jitter = world.options.latency_jitter_ms;
        let pause = world.options.latency_ms + world.rng.range(0, jitter.saturating_add(1));
        let hang = world.options.hang_ms;
        (
            answer,
            delivery,
            if delivery == Delivery::Hang { hang } else { pause },
            world.options.wire_log,
        )
    };
    shared.changed();
    if pause > 0 {
        shared.sleep(Duration::from_millis(pause)).await;
    }
    let response = match delivery {
        Delivery::Whole => answer.render(&params),
        Delivery::ServerError => answer::server_error(),
        Delivery::Hang | Delivery::Cut => answer::cut(),
        Delivery::Garbage => answer::garbage(),
    };
    if logged == 0 {
        return response;
    }
    let (response, status, answered) = match delivery {
        Delivery::Hang | Delivery::Cut => (response, None, "The connection was cut.".to_owned()),
        _ => read(response).await,
    };
    let exchange = Exchange {
        n: 0,
        at,
        direction: "request",
        method,
        url: format!("{}/GatewayAPI/rest", shared.base_url),
        content_type: "application/x-www-form-urlencoded".into(),
        body: wire::form(params.all()),
        status,
        answer: answered,
        took_ms: shared.clock.real_micros().saturating_sub(began) / 1000,
    };
    shared.wire().note(exchange, logged);
    shared.changed();
    response
}

/// What an answer says, and the answer once more.
async fn read(response: Response) -> (Response, Option<u16>, String) {
    let (parts, body) = response.into_parts();
    let status = Some(parts.status.as_u16());
    let bytes = axum::body::to_bytes(body, usize::MAX).await.unwrap_or_default();
    let said = String::from_utf8_lossy(&bytes).into_owned();
    (Response::from_parts(parts, bytes.into()), status, said)
}

/// The moment of a request.
#[derive(Debug, Clone, Copy)]
struct Now {
    /// Microseconds since the start, with what was jumped over.
    micros: u64,
    /// Those that really passed.
    real: u64,
    /// Milliseconds since the Unix epoch.
    ms: i64,
}

fn decide(world: &mut World, params: &Params, now: Now) -> (Answer, Delivery) {
    world.counters.stats.requests += 1;
    world.templates.settle(now.ms);
    let method = params.text("method").to_ascii_lowercase();
    match method.as_str() {
        "get_whatsapp_hsm" => (
            Answer::Template(template_api::list(world, params)),
            Delivery::Whole,
        ),
        "create_whatsapp_hsm" => (
            Answer::Template(template_api::create(world, params, now.ms)),
            Delivery::Whole,
        ),
        "sendmessage" | "sendmediamessage" => send::send(world, params, now),
        "opt_in" | "opt_out" => (opt::opt(world, params, method == "opt_in"), Delivery::Whole),
        "" => (refuse(world, &Refusal::missing("method")), Delivery::Whole),
        other => {
            let refusal = match account(world, params) {
                Ok(_) => Refusal::unsupported(other),
                Err(refusal) => refusal,
            };
            (refuse(world, &refusal), Delivery::Whole)
        }
    }
}

/// The account that calls, if its credentials are right and its IP is allowed.
fn account(world: &World, params: &Params) -> Result<AccountKind, Refusal> {
    let user = params.get("userid").ok_or_else(|| Refusal::missing("userid"))?;
    let password = params
        .get("password")
        .ok_or_else(|| Refusal::missing("password"))?;
    let options = &world.options;
    let (kind, right, blocked) = if user == options.hsm.0 {
        (AccountKind::Hsm, &options.hsm.1, options.block_hsm_ip)
    } else if user == options.two_way.0 {
        (AccountKind::TwoWay, &options.two_way.1, options.block_two_way_ip)
    } else {
        return Err(Refusal("103".into(), "The userid does not exist.".into()));
    };
    if password != right {
        let details = "Authentication failed due to invalid userId or password";
        return Err(Refusal("102".into(), details.into()));
    }
    if blocked {
        Err(Refusal::blocked_ip())
    } else {
        Ok(kind)
    }
}

fn refuse(world: &mut World, refusal: &Refusal) -> Answer {
    *world
        .counters
        .stats
        .refusals
        .entry(refusal.0.clone())
        .or_default() += 1;
    Answer::Envelope(vec![Item::refused(refusal, "")])
}

/// A recipient: digits, at most 15. Ten digits are taken as an Indian number, as the gateway does.
fn phone(text: &str) -> Result<u64, Refusal> {
    let invalid = || {
        Refusal(
            "105".into(),
            format!("The phone number {text} is not a valid phone number."),
        )
    };
    if text.is_empty() || !text.bytes().all(|b| b.is_ascii_digit()) || text.starts_with('0') {
        return Err(invalid());
    }
    let number: u64 = text.parse().map_err(|_| invalid())?;
    match text.len() {
        10 => Ok(910_000_000_000 + number),
        11..=15 => Ok(number),
        _ => Err(invalid()),
    }
}

/// The words of an error id that a script or a number's ending asks for.
fn details(id: &str) -> &'static str {
    match id {
        "100" => "An unknown exception has occurred. Please retry the request after some time",
        "101" => "The request is invalid.",
        "102" => "Authentication failed due to invalid userId or password",
        "103" => "The userid does not exist.",
        "105" => "The phone number is not a valid phone number.",
        "106" => "The method is not supported.",
        "175" => "The INTERNATIONAL_PHONE service is disabled for you. Kindly get the service enabled.",
        "322" => "The phone number has already been marked as requested",
        NOT_OPTED_IN => "The phone number is not opted in.",
        _ => "The request was refused.",
    }
}

/// Invented as well; the words "not opted in" are what a client can rely on.
const NOT_OPTED_IN: &str = "9002";

#[cfg(test)]
mod tests {
    use super::phone;

    #[test]
    fn phone_numbers_are_digits_with_a_country_code() {
        assert_eq!(phone("919999900001"), Ok(919_999_900_001));
        assert_eq!(phone("9999900001"), Ok(919_999_900_001));
        for wrong in [
            "",
            "+919999900001",
            "12345",
            "0919999900001",
            "91 99999",
            "1234567890123456",
        ] {
            assert_eq!(phone(wrong).unwrap_err().0, "105", "{wrong}");
        }
    }
}
